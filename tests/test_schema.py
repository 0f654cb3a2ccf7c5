import datetime
import tomllib
from pathlib import Path

import jsonschema
import pytest

from iopsim.scenario import json_schema, resolve, resolved_toml
from iopsim.scenario.schema import PUBLISHED, schema_text
from iopsim.scenario.starter import starter_text

ROOT = Path(__file__).parent.parent
PLAIN = ROOT / "tests" / "plain.toml"
VALIDATOR = jsonschema.Draft202012Validator(json_schema(), format_checker=jsonschema.FormatChecker())


def as_editors_see(value):
    """Dates and times as text, as editors of TOML hand them to a schema."""
    if isinstance(value, dict):
        return {key: as_editors_see(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_editors_see(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def refused(text):
    return sorted(error.json_path for error in VALIDATOR.iter_errors(as_editors_see(tomllib.loads(text))))


def test_the_published_schema_is_current():
    published = (ROOT / PUBLISHED).read_text(encoding="utf-8")
    assert published == schema_text(), f"iopsim schema > {PUBLISHED}"


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda file: file.name)
def test_every_scenario_of_the_repository_satisfies_the_schema(file):
    assert refused(file.read_text(encoding="utf-8")) == []


def test_the_starter_file_and_a_resolved_file_satisfy_the_schema():
    assert refused(starter_text()) == []
    assert refused(resolved_toml(resolve(PLAIN, ["calendar.closures=[{first=2027-05-03,last=2027-05-07}]"]))) == []


def test_the_schema_requires_only_what_has_no_default():
    schema = json_schema()
    group = next(iter(schema["properties"]["groups"]["patternProperties"].values()))
    assert schema["required"] == ["name", "opening", "referrals", "phases", "groups"]
    assert group["required"] == ["nights"]
    assert "required" not in schema["properties"]["attendance"]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("seats = 12", "seats = 0", "$.groups.evening.seats"),
        ("seats = 12", 'seats = "12"', "$.groups.evening.seats"),
        ("seats = 12", "seats = { low = 3 }", "$.groups.evening.seats"),
        ("seats = 12", 'seats = { value = 12, unit = "chairs" }', "$.groups.evening.seats"),
        ("seats = 12", "seets = 12", "$.groups.evening"),
        ('"Mon"', '"Mun"', "$.groups.evening.nights[0]"),
        ("start = 17:30:00", 'start = "17:30"', "$.groups.evening.start"),
        ("opening = 2027-01-04", 'opening = "4 January"', "$.opening"),
        ("[groups.evening]", '[groups."the evening"]', "$.groups"),
        ('name = "Plain"', "", "$"),
    ],
)
def test_an_editor_marks_what_iopsim_refuses(old, new, path):
    assert refused(PLAIN.read_text(encoding="utf-8").replace(old, new)) == [path]


def leaves(schema, path=""):
    for name, child in {**schema.get("properties", {}), **schema.get("patternProperties", {})}.items():
        if "properties" in child or "patternProperties" in child:
            yield from leaves(child, f"{path}.{name}")
        else:
            yield f"{path}.{name}", child


def test_every_value_is_described():
    assert [path for path, leaf in leaves(json_schema()) if not leaf.get("description")] == []


def test_every_number_has_bounds_and_a_unit():
    schema = json_schema()
    numbers = [leaf["anyOf"] for _, leaf in leaves(schema) if "anyOf" in leaf and "$ref" in leaf["anyOf"][-1]]
    assert len(numbers) > 40
    for bare, *_, evidence in numbers:
        told = schema["$defs"][evidence["$ref"].rpartition("/")[2]]
        assert bare["minimum"] < bare["maximum"]
        assert told["properties"]["unit"]["const"]

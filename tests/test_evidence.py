import csv
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from iopsim.errors import ScenarioError
from iopsim.evidence import FOLLOWED, GRADES, UNVERIFIED, sources
from iopsim.scenario import from_toml
from iopsim.scenario.defaults import defaults
from iopsim.scenario.evidence_base import default_values
from iopsim.scenario.shape import Leaf, at

SMALL = """\
name = "Small"
opening = 2027-01-04
[referrals.self]
per_week = NUMBER
[phases.only]
nights_per_week = 1
planned_weeks = 4
[groups.evening]
nights = ["Mon"]
"""


def numbers(table, key=()):
    """Every number of the defaults that carries evidence, and every bare one."""
    for name, value in table.items():
        inner = (*key, name)
        leaf = at(inner)
        if isinstance(leaf, Leaf) and leaf.numeric:
            yield ".".join(inner), leaf, value if isinstance(value, dict) else {"value": value}
        elif isinstance(value, dict):
            yield from numbers(value, inner)


NUMBERS = list(numbers(defaults()))

# The rows of the evidence document that may be cited, and how far each was followed; a row may say several.
with (Path(__file__).parent / "evidence_rows.csv").open(encoding="utf-8", newline="") as file:
    ROWS = {f"E{row['row']}": row["conf"].split() for row in csv.DictReader(file)}

# How far a source was followed, best first, and the best grade that a value may then have.
BEST_GRADE = {"V1": "primary", "V2": "secondary", "D": "derived", **dict.fromkeys(("S", *UNVERIFIED), "assumed")}


def messages(number):
    with pytest.raises(ScenarioError) as caught:
        from_toml(SMALL.replace("NUMBER", number), "clinic.toml")
    return [str(problem) for problem in caught.value.problems]


def test_there_are_numbers_to_look_at():
    assert len(NUMBERS) > 40


def test_every_default_is_known_to_the_shape():
    def unknown(table, key=()):
        for name, value in table.items():
            node = at((*key, name))
            if node is None:
                yield ".".join((*key, name))
            elif isinstance(value, dict) and not isinstance(node, Leaf):
                yield from unknown(value, (*key, name))

    assert list(unknown(defaults())) == []


def test_every_source_of_the_defaults_is_in_the_package():
    assert {value["source"] for _, _, value in NUMBERS if "source" in value} <= set(sources())


def test_every_source_of_the_package_says_how_far_it_was_followed():
    assert {source.conf for source in sources().values()} <= set(FOLLOWED)
    assert set(UNVERIFIED) <= set(FOLLOWED)
    assert all(source.citation.strip() for source in sources().values())


def test_a_source_with_a_number_is_a_row_of_the_evidence():
    assert {name for name in sources() if name not in ("convention", "calibration")} <= set(ROWS)


@pytest.mark.parametrize("name", [name for name in sources() if name in ROWS])
def test_a_source_was_followed_no_further_than_its_row_says(name):
    order = list(BEST_GRADE)
    assert order.index(sources()[name].conf) >= min(order.index(conf) for conf in ROWS[name])


def test_a_source_that_a_citation_names_is_in_the_package():
    named = {row for source in sources().values() for row in re.findall(r"\bE\d+\.\d+\b", source.citation)}
    assert named <= set(sources())


def test_the_file_of_evidence_names_each_source_once():
    text = files("iopsim").joinpath("evidence.toml").read_text(encoding="utf-8")
    assert len(re.findall(r"(?m)^\[", text)) == len(tomllib.loads(text)) == len(sources())


@pytest.mark.parametrize(("path", "leaf", "value"), NUMBERS, ids=[path for path, _, _ in NUMBERS])
def test_a_default_lies_within_its_range_and_its_range_within_the_bounds(path, leaf, value):
    if value["value"] == "none":
        assert leaf.kind == "limit"
        assert set(value) == {"value"}
    else:
        assert leaf.low <= value.get("low", value["value"]) <= value["value"]
        assert value["value"] <= value.get("high", value["value"]) <= leaf.high


@pytest.mark.parametrize(("path", "leaf", "value"), NUMBERS, ids=[path for path, _, _ in NUMBERS])
def test_a_default_that_is_a_number_says_all_that_stands_behind_it(path, leaf, value):
    if value["value"] != "none":
        assert set(value) == {"value", "low", "high", "unit", "source", "grade"}
        assert value["low"] <= value["value"] <= value["high"]
        assert value["unit"] == leaf.unit


@pytest.mark.parametrize(
    "default", [default for default in default_values() if default.grade], ids=lambda one: one.path
)
def test_a_default_is_graded_no_better_than_its_source_allows(default):
    assert GRADES.index(default.grade) >= GRADES.index(BEST_GRADE[sources()[default.source].conf])


@pytest.mark.parametrize(
    "number",
    [
        "2",
        "{ value = 2 }",
        "{ value = 2, low = 2, high = 2 }",
        '{ value = 2, low = 1, high = 3, unit = "clients/week", source = "E4.4", grade = "primary" }',
        '{ value = 2, source = "A talk with the drug court, March 2026", grade = "secondary" }',
        '{ value = 2, source = "SAMHSA" }',
        '{ value = 2, source = "convention", grade = "assumed" }',
        '{ value = 2, grade = "derived" }',
    ],
)
def test_a_number_may_carry_evidence(number):
    assert from_toml(SMALL.replace("NUMBER", number)).referrals["self"].per_week == 2.0


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("{ low = 1 }", ": found a table without value; per_week needs a value, such as { value = 2.5 }"),
        (
            "{ value = 2, lo = 1 }",
            ".lo: found lo; a number with evidence may have value, low, high, unit, source, grade (did you mean low?)",
        ),
        ("{ value = 2, low = 2.5 }", ".low: found 2.5; low of per_week must be at most its value, 2"),
        ("{ value = 2, high = 1 }", ".high: found 1; high of per_week must be at least its value, 2"),
        (
            "{ value = 2, high = 501 }",
            ".high: found 501; high of per_week must be a number between 0 and 500 clients per week",
        ),
        (
            '{ value = 2, low = "1" }',
            '.low: found "1"; low of per_week must be a number between 0 and 500 clients per week',
        ),
        (
            "{ value = 2, high = inf }",
            ".high: found inf; high of per_week must be a number between 0 and 500 clients per week",
        ),
        (
            '{ value = 2, unit = "clients" }',
            '.unit: found "clients"; the unit of per_week is "clients/week"',
        ),
        (
            '{ value = 2, grade = "guessed" }',
            '.grade: found "guessed"; grade must be one of "primary", "secondary", "derived", "assumed"',
        ),
        (
            '{ value = 2, grade = "asumed" }',
            (
                '.grade: found "asumed"; grade must be one of "primary", "secondary", "derived", "assumed" '
                "(did you mean assumed?)"
            ),
        ),
        (
            '{ value = 2, source = "E4.5", grade = "primary" }',
            (
                '.source: found "E4.5"; source must be an id of the packaged evidence, such as "E4.4", '
                "or a citation in words (did you mean E4.4?)"
            ),
        ),
        (
            "{ value = 2, source = 4 }",
            '.source: found 4; source must be text in double quotes: an id such as "E4.4", or a citation',
        ),
        (
            '{ value = 2, source = "E3.1", grade = "primary" }',
            '.grade: found "primary"; grade must be "assumed", for the source "E3.1" is not a verified one',
        ),
        (
            '{ value = 2, source = "convention" }',
            '.grade: found no grade; grade must be "assumed", for the source "convention" is not a verified one',
        ),
    ],
)
def test_evidence_that_does_not_hold_is_answered(number, message):
    assert messages(number) == [f"clinic.toml:4: referrals.self.per_week{message}"]

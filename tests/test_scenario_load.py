import datetime
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.errors import IopsimError, ScenarioError
from iopsim.scenario import from_toml, load, resolve, resolve_text, resolved_toml, write_starter
from iopsim.scenario.defaults import default_places, defaults
from iopsim.scenario.lines import places
from iopsim.scenario.starter import starter_text

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"

SMALL = """\
name = "Small"
opening = 2027-01-04
[referrals.self]
per_week = 2
[phases.second]
nights_per_week = 1
planned_weeks = 4
[phases.first]
nights_per_week = 2
planned_weeks = 6
[groups.evening]
nights = ["Mon", "Tue"]
"""


def test_the_palmetto_file_says_what_it_says():
    scenario = load(PALMETTO)
    assert scenario.name == "Palmetto Alexandria"
    assert scenario.opening == datetime.date(2027, 1, 4)
    assert list(scenario.referrals) == ["self", "court", "health_care", "inpatient"]
    assert scenario.groups["evening"].nights == ("Mon", "Tue", "Wed")
    assert scenario.groups["evening"].start == datetime.time(17, 30)


def test_a_setting_that_the_file_leaves_out_comes_from_the_defaults():
    assert from_toml(SMALL).attendance.probability == defaults()["attendance"]["probability"]["value"]


def test_only_the_entries_that_the_file_names_exist():
    scenario = from_toml(SMALL)
    assert list(scenario.groups) == ["evening"]
    assert scenario.traits == {}
    assert scenario.staff == {}


def test_each_entry_inherits_the_template():
    group = from_toml(SMALL).groups["evening"]
    assert (group.hours, group.seats, group.serves, group.first_week) == (3.0, 12, (), 0)


def test_a_month_that_is_named_leaves_the_others_as_they_were():
    months = from_toml(SMALL + "[referrals.self.months]\nJul = 0.5\n").referrals["self"].months
    assert (months["Jan"], months["Jul"], months["Aug"]) == (1.15, 0.5, 1.0)
    assert next(iter(months)) == "Jan"


def test_a_delay_of_which_one_half_is_named_keeps_the_other_half():
    delay = from_toml(SMALL + "[assessment.client_delay]\nmean_days = 9\n").assessment.client_delay
    assert (delay.median_days, delay.mean_days) == (3.0, 9.0)


def test_phases_keep_the_order_of_the_file():
    assert list(from_toml(SMALL).phases) == ["second", "first"]


def test_evidence_changes_neither_the_scenario_nor_its_hash():
    bare = from_toml(SMALL)
    told = from_toml(SMALL.replace("]\nper_week = 2", "]\nper_week = { value = 2.0, low = 1, high = 3 }"))
    assert told == bare
    assert told.hash == bare.hash


def test_another_value_makes_another_hash():
    assert from_toml(SMALL).hash != from_toml(SMALL.replace("]\nper_week = 2", "]\nper_week = 3")).hash


def test_a_byte_order_mark_and_line_ends_of_another_system_do_not_matter(tmp_path):
    file = tmp_path / "clinic.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(file) == from_toml(SMALL)


def test_a_scenario_does_not_change():
    scenario = from_toml(SMALL)
    with pytest.raises(TypeError, match="make a new one"):
        scenario.groups["late"] = scenario.groups["evening"]
    with pytest.raises(ValueError, match="frozen"):
        scenario.weeks = 3


def test_a_scenario_error_keeps_its_problems_between_processes():
    with pytest.raises(ScenarioError) as caught:
        from_toml("weeks = 0")
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


# ---------------------------------------------------------------------------------------------- origins


def test_every_value_has_an_origin():
    resolved = resolve(PALMETTO, ["groups.evening.seats=15"])
    origins = resolved.origins
    lines = PALMETTO.read_text(encoding="utf-8").splitlines()
    hours = origins["groups.evening.hours"]
    assert (hours.layer, hours.where, lines[hours.line - 1]) == ("file", str(PALMETTO), "hours = 3.0")
    weight = origins["referrals.self.months.Jan"]
    assert (weight.layer, weight.where, weight.template) == ("default", "defaults.toml", True)
    assert weight.line == default_places()["referrals", "*", "months", "Jan"].line
    assert (weight.low, weight.high, weight.source, weight.grade) == (1.0, 1.33, "E8.4", "assumed")
    seats = origins["groups.evening.seats"]
    assert (seats.layer, seats.where, seats.unit) == ("change", "--set groups.evening.seats=15", "seats")


def test_a_bare_number_drops_the_evidence_of_the_default():
    resolved = resolve_text(SMALL + "[attendance]\nprobability = 0.7\n", "small.toml")
    origin = resolved.origins["attendance.probability"]
    assert (origin.low, origin.high, origin.source, origin.grade) == (None, None, "", "")


def test_the_resolved_file_is_the_same_scenario():
    resolved = resolve(PALMETTO, ["groups.evening.seats=15", "calendar.closures=[2027-05-03]"])
    again = resolve_text(resolved_toml(resolved), "resolved.toml")
    assert again.scenario == resolved.scenario
    assert again.scenario.hash == resolved.scenario.hash
    for path, origin in resolved.origins.items():
        other = again.origins[path]
        assert (origin.low, origin.high, origin.source, origin.grade) == (
            other.low,
            other.high,
            other.source,
            other.grade,
        )


def test_the_resolved_file_names_the_origin_of_each_value():
    text = resolved_toml(resolve_text(SMALL, "small.toml", ["groups.evening.seats=15"]))
    assert "seats = 15  # --set groups.evening.seats=15; no evidence given\n" in text
    assert 'nights = ["Mon", "Tue"]  # small.toml:12\n' in text
    line = default_places()["groups", "*", "serves"].line
    assert f"serves = []  # defaults.toml:{line} (every entry)\n" in text


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_any_name_survives_the_resolved_file(name):
    resolved = resolve_text(SMALL, "small\n.toml", {"name": name, "description": name})
    assert from_toml(resolved_toml(resolved)).name == name


# ------------------------------------------------------------------------------------------------ lines


def test_every_way_to_write_a_key_has_its_line():
    text = """\
# a remark
top = 1
a . b."c d" = 2
[groups.evening]
nights = ["Mon",
  "Tue"]
x = { value = 1, low.y = 2, 'q' = [ { k = 1 }, { k = 2 } ] }
[[many]]
k = 1
[[many]]
k = 17:30:00
[many.sub]
z = 1"""
    found = {key: place.line for key, place in places(text).items()}
    assert found["top",] == 2
    assert found["a", "b", "c d"] == 3
    assert found["groups",] == found["groups", "evening"] == 4
    assert found["groups", "evening", "nights"] == found["groups", "evening", "nights", 0] == 5
    assert found["groups", "evening", "nights", 1] == 6
    assert found["groups", "evening", "x", "low", "y"] == found["groups", "evening", "x", "q", 1, "k"] == 7
    assert (found["many", 0, "k"], found["many", 1, "k"], found["many", 1, "sub", "z"]) == (9, 11, 13)
    assert places(text)["many", 1, "k"].text == "17:30:00"


# ---------------------------------------------------------------------------------------------- starter


def test_the_starter_file_is_a_scenario_as_it_stands(tmp_path):
    file = write_starter(tmp_path / "new.toml")
    assert load(file).name == "My program"
    assert [path.name for path in tmp_path.iterdir()] == ["new.toml"]
    says = [line for line in starter_text().splitlines() if line and not line.startswith("#")]
    assert 25 <= len(says) <= 60
    assert starter_text().startswith("#:schema ")


def test_the_starter_file_never_replaces_another(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("precious", encoding="utf-8")
    with pytest.raises(IopsimError, match=r"mine\.toml: found a file of this name; give the name of a new file"):
        write_starter(file)
    assert file.read_text(encoding="utf-8") == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_the_starter_file_needs_a_folder(tmp_path):
    with pytest.raises(IopsimError, match="cannot be written"):
        write_starter(tmp_path / "nowhere" / "new.toml")

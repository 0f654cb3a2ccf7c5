"""What a person probably meant: other words for a key, times of day, messages, and states."""

import pytest
from typer.testing import CliRunner

from iopsim.cli.commands import app
from iopsim.clock import knows_holidays
from iopsim.errors import IopsimError, ScenarioError
from iopsim.scenario import from_toml, resolve_text
from iopsim.scenario.cautions import cautions
from iopsim.scenario.merge import TEMPLATE, is_named
from iopsim.scenario.shape import Table, at
from iopsim.scenario.states import COUNTRIES, STATES, state
from iopsim.scenario.synonyms import SYNONYMS, sharing_a_word
from iopsim.scenario.words import clock_time
from iopsim.trace import trace
from short_file import GOOD


def messages(text, *changes):
    with pytest.raises(ScenarioError) as caught:
        from_toml(text, "f", changes)
    return [str(problem) for problem in caught.value.problems]


# ------------------------------------------------------------------------------------------------ keys


def table_of(name):
    key = (name, TEMPLATE) if is_named(at((name,))) else (name,)
    table = at(key)
    assert isinstance(table, Table)
    return table.fields


@pytest.mark.parametrize("name", SYNONYMS)
def test_another_word_for_a_key_is_no_key_itself_and_stands_for_one(name):
    keys = table_of(name)
    assert set(SYNONYMS[name].values()) <= set(keys)
    assert not set(SYNONYMS[name]) & set(keys)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ('phases = ["intensive"]', "serves"),
        ("Capacity = 12", "seats"),
        ("seets = 12", "seats"),
        ("[assessment]\nshow_up = 0.7", "show_probability_next_day"),
        ("[assessment]\nslots = 3", "slots_per_day"),
        ("[phases.late]\nnights_per_week = 1\nweeks = 4", "planned_weeks"),
        ("[attendance]\nrate = 0.7", "probability"),
    ],
)
def test_another_word_for_a_key_is_answered_with_the_key(line, meant):
    (message,) = messages(f"{GOOD}{line}\n")
    assert message.endswith(f"(did you mean {meant}?)")


@pytest.mark.parametrize(
    ("change", "meant"),
    [
        ('groups.evening.phases=["intensive"]', "groups.evening.serves"),
        ("assessment.show_up=0.7", "assessment.show_probability_next_day"),
    ],
)
def test_another_word_for_a_key_is_answered_in_a_change_too(change, meant):
    (message,) = messages(GOOD, change)
    assert message.endswith(f"(did you mean {meant}?)")


def test_units_are_no_words_in_common():
    assert sharing_a_word("max_days", ["mean_days", "start_days"]) == ""
    assert sharing_a_word("show_up", ["slots_per_day", "show_odds"]) == "show_odds"


def test_an_unknown_ending_is_answered_with_the_nearest():
    with pytest.raises(IopsimError, match=r"no ending 'complet'; .* \(did you mean completed\?\)$"):
        trace(from_toml(GOOD, changes={"weeks": 4}), ending="complet")


# ----------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("5:30 PM", "17:30:00"),
        ("5:30pm", "17:30:00"),
        ("5.30 p.m.", "17:30:00"),
        ("6 pm", "18:00:00"),
        ("12 am", "00:00:00"),
        ("12:15 pm", "12:15:00"),
        ("17:30", "17:30:00"),
        ("9:05", "09:05:00"),
        ("17:30:15", "17:30:15"),
        ("17", ""),
        ("25:00", ""),
        ("13 pm", ""),
        ("0 am", ""),
        ("noon", ""),
        ("", ""),
    ],
)
def test_a_time_of_day_is_understood_as_people_write_it(text, time):
    assert clock_time(text) == time


@pytest.mark.parametrize(
    "line", ["start = 5:30 PM", 'start = "5:30 pm"', 'start = "17:30"', "start = 17:30 # evening\nstart = 17:30:00"]
)
def test_a_time_that_is_written_otherwise_is_answered_as_a_file_writes_it(line):
    (message,) = messages(f"{GOOD}{line}\n")
    assert message.endswith("(did you mean 17:30:00?)")


@pytest.mark.parametrize("line", ["start = 18:00", "start=18:00 # after work", "  start = 18:00"])
def test_a_file_may_give_a_time_without_its_seconds(line):
    group = f"{GOOD}{line}\nseats = 9\n"
    assert from_toml(group).groups["evening"].start.isoformat() == "18:00:00"
    assert from_toml(group).groups["evening"].seats == 9
    assert (
        resolve_text(group, "f").origins["groups.evening.start"].line == group[: group.index("start")].count("\n") + 1
    )
    assert len(messages(group.replace("start", "hours"))) == 1
    (twice,) = messages(f"{group}start = 19:00\n")
    assert "this key is already in the file above" in twice


def test_text_without_quotes_is_answered_with_itself_in_quotes():
    (message,) = messages(GOOD.replace('"Clinic"', "My clinic # ours"))
    assert message == 'f:1: name: found name = My clinic # ours; text stands in double quotes, such as "My clinic"'


def test_a_change_may_give_a_time_without_its_seconds():
    for text in ("18:00", " 18:00 ", "18:00:00"):
        changed = from_toml(GOOD, changes=[f"groups.evening.start={text}"])
        assert changed.groups["evening"].start.isoformat() == "18:00:00"
    assert messages(GOOD, "groups.evening.hours=18:00")


# -------------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_a_long_message_is_broken_between_words_at_a_terminal(tmp_path, monkeypatch, columns):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f").write_text(GOOD.replace('"US"', '"Louisiana"') + "seets = 1\n", encoding="utf-8")
    monkeypatch.delenv("COLUMNS", raising=False)
    whole = CliRunner().invoke(app, ["check", "f"]).stderr
    assert len(whole.splitlines()) == 2
    monkeypatch.setenv("COLUMNS", str(columns))
    broken = CliRunner().invoke(app, ["check", "f"]).stderr
    assert max(map(len, broken.splitlines())) <= columns
    assert broken.split() == whole.split()


def test_a_journey_in_a_group_with_a_long_name_fits_the_terminal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    name = "evening_with_a_name_of_forty_letters_xxx"
    (tmp_path / "f").write_text(GOOD.replace("groups.evening", f"groups.{name}"), encoding="utf-8")
    told = CliRunner().invoke(app, ["trace", "f", "--weeks", "30"]).stdout
    assert f" {name}" in told
    assert max(map(len, told.splitlines())) <= 80


# ---------------------------------------------------------------------------------------------- states


def test_a_state_is_known_by_its_letters_and_by_its_name():
    assert {state(text) for text in ("LA", "la", "US-LA", "us_la", "Louisiana", " louisiana ")} == {"US-LA"}
    assert {state(text) for text in ("", "US", "ZZ", "US-ZZ", "France")} == {""}
    assert len(STATES) == 51


def test_the_countries_with_the_letters_of_a_state_are_those_whose_holidays_are_known():
    assert {code for code in STATES if knows_holidays(code)} == set(COUNTRIES)
    assert all(knows_holidays(f"US-{code}") for code in STATES)


@pytest.mark.parametrize("where", ["TX", "Louisiana", "us-la"])
def test_a_state_without_its_country_is_answered_with_both(where):
    (message,) = messages(GOOD.replace('"US"', f'"{where}"'))
    assert message.endswith(f"(did you mean {state(where)}?)")


@pytest.mark.parametrize("where", ["US", "US-LA", "FR", ""])
def test_a_place_that_can_only_be_one_needs_no_second_look(where):
    assert cautions(resolve_text(GOOD.replace('"US"', f'"{where}"'), "f")) == ()


def test_two_letters_that_are_a_country_and_a_state_are_worth_a_second_look(tmp_path, monkeypatch):
    text = GOOD.replace('"US"', '"LA"')
    said = 'f:3: calendar.holidays: "LA" is Laos; Louisiana is written "US-LA"'
    assert cautions(resolve_text(text, "f")) == (said,)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f").write_text(text, encoding="utf-8")
    assert f"warning  {said}\n" in CliRunner().invoke(app, ["check", "f"]).stdout
    run = CliRunner().invoke(app, ["run", "f", "--weeks", "2", "-n", "1", "--json"])
    assert (run.exit_code, run.stderr) == (0, f"warning  {said}\n")
    assert CliRunner().invoke(app, ["run", "f", "--weeks", "2", "-n", "1", "--json", "--quiet"]).stderr == ""

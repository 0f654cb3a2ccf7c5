"""Levels of care and state rules: each rule's finding, what would comply, and that it then complies."""

import csv
import datetime
import math
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from iopsim.cli.commands import app
from iopsim.evidence import FOLLOWED, UNVERIFIED, sources
from iopsim.scenario import from_toml
from iopsim.scenario.states import STATES, State
from iopsim.standards import COMPARISONS, compared, days_between, findings, has_rules, level_hours, rules_for, standards
from small import GOOD, with_line

with (Path(__file__).parent / "evidence_rows.csv").open(encoding="utf-8", newline="") as file:
    ROWS = {f"E{row['row']}": row["conf"].split() for row in csv.DictReader(file)}


def program(*changes, level="2.1", state=""):
    """The good file by day, on days that every state allows, with a level, a state and changes."""
    plan = {"state": state, "groups.evening.start": datetime.time(9), "groups.evening.nights": ["Mon", "Wed", "Fri"]}
    return from_toml(with_line("phases.intensive", f'level = "{level}"'), "f", {**plan, **dict(changes)})


def said(*changes, level="2.1", state=""):
    return [str(finding) for finding in findings(program(*changes, level=level, state=state))]


# --------------------------------------------------------------------------------------------- the table


@pytest.mark.parametrize("rule", standards().values(), ids=standards())
def test_a_rule_says_what_it_bounds_and_where_it_was_seen(rule):
    assert rule.what in (*COMPARISONS, "caseload")
    assert rule.source in sources() and rule.conf in FOLLOWED
    assert list(FOLLOWED).index(rule.conf) >= min(map(list(FOLLOWED).index, ROWS[rule.source]))
    assert rule.least > 0 or rule.most < math.inf or rule.below < math.inf


def test_every_level_and_every_state_that_a_scenario_may_name_has_a_rule():
    assert {level for rule in standards().values() for level in rule.levels} == {"1", "2.1", "2.5"}
    assert {rule.state for rule in standards().values()} == {"", "LA", "NC", "TX", "VA"}


def test_a_scenario_may_name_every_state_of_the_us():
    assert set(get_args(State)) == {"", *STATES}


def test_a_state_of_which_no_rule_is_known_is_compared_with_those_of_the_levels_alone(tmp_path):
    assert compared(program(state="CA")) == compared(program())
    assert (has_rules("NC"), has_rules("CA")) == (True, False)
    text = with_line("phases.intensive", 'level = "2.1"').replace("opening = ", 'state = "CA"\nopening = ')
    (tmp_path / "f.toml").write_text(text, encoding="utf-8")

    def told(*changes):
        return CliRunner().invoke(app, ["check", str(tmp_path / "f.toml"), *changes]).output

    assert "note  no rules of California are known here, so nothing was compared with them" in told()
    assert "rules known for level 2.1:" in " ".join(told().split())
    assert "are known here" not in told("--set", "state=NC") + told("--set", "state=")
    assert "did you mean CA?" in told("--set", "state=California")
    assert 'state must be one of "", "AL", "AK" to "WY"' in told("--set", "state=Ontario")


def test_a_rule_of_a_state_stands_in_place_of_the_general_one():
    assert [rule.name for rule in rules_for("2.1", "VA")] == ["va-hours-a-week", "va-hours-a-day"]
    assert [rule.name for rule in rules_for("2.5", "VA")] == ["level-2.5-hours"]
    assert [rule.name for rule in rules_for("", "")] == []


# ---------------------------------------------------------------------------------------------- findings

EVENING = "groups.evening"

FINDINGS = [
    (
        ("2.1", "", (f"{EVENING}.hours", 2.75)),
        (
            "phases.intensive: found 8.25 hours a week in evening (3 x 2.75); Level 2.1 is 9 to 19 hours a week "
            "(E4.1); "
            "to comply: 4 nights of 2.75 hours, or 3 nights of 3 hours"
        ),
    ),
    (
        ("2.1", "", (f"{EVENING}.hours", 6.5)),
        (
            "phases.intensive: found 19.5 hours a week in evening (3 x 6.5); Level 2.1 is 9 to 19 hours a week (E4.1); "
            "to comply: 2 nights of 6.5 hours, or 3 nights of 6.25 hours"
        ),
    ),
    (
        ("2.5", "", ("phases.intensive.individual_per_week", 1)),
        (
            "phases.intensive: found 9.75 hours a week in evening (3 x 3 and 0.75 of individual sessions); Level 2.5 "
            "is "
            "20 hours a week or more (E4.1); to comply: 7 nights of 3 hours, or 3 nights of 6.5 hours"
        ),
    ),
    (
        ("1", "", ("name", "Clinic")),
        (
            "phases.intensive: found 9 hours a week in evening (3 x 3); Level 1 is fewer than 9 hours a week (E4.1); "
            "to comply: 2 nights of 3 hours, or 3 nights of 2.75 hours"
        ),
    ),
    (
        ("2.1", "NC", (f"{EVENING}.nights", ["Mon", "Tue", "Wed"])),
        (
            "groups.evening: found 4 days in a row without the group (Mon, Tue, Wed); North Carolina: at most 2 days "
            "in "
            "a row between days on which the group is offered (E4.8); to comply: such as Mon, Tue, Fri"
        ),
    ),
    (
        ("2.1", "NC", ("phases.intensive.nights_per_week", 2), (f"{EVENING}.hours", 4.5)),
        (
            "phases.intensive: found 2 nights a week; North Carolina: at least 3 days a week (E4.8); to comply: "
            "3 nights a week, in a group that meets on as many"
        ),
    ),
    (
        ("2.1", "NC", (f"{EVENING}.hours", 7.0)),
        (
            "phases.intensive: found 21 hours a week in evening (3 x 7); North Carolina: 9 to 19 hours a week (E4.8); "
            "to comply: 2 nights of 7 hours, or 3 nights of 6.25 hours"
        ),
    ),
    (
        ("2.1", "NC", (f"{EVENING}.seats", 13)),
        (
            "groups.evening: found 13 seats and facilitators = 1; North Carolina: one member of staff for every 12 "
            "clients (E4.7, not verified: commonly quoted, look it up before relying on it); to comply: "
            "facilitators = 2, 12 seats, or clients_per_facilitator = 12 in [staff.NAME]"
        ),
    ),
    (
        ("2.5", "NC", (f"{EVENING}.hours", 7.0)),
        (
            "groups.evening: found 12 seats and facilitators = 1; North Carolina, Level 2.5: one member of staff for "
            "every 10 clients (E4.7); to comply: facilitators = 2, 10 seats, or clients_per_facilitator = 10 in "
            "[staff.NAME]"
        ),
    ),
    (
        ("2.1", "VA", (f"{EVENING}.hours", 2.5), ("phases.intensive.individual_per_week", 2)),
        (
            "groups.evening: found 2.5 hours on a night; Virginia: at least 3 hours on each service day (E4.9); "
            "to comply: sessions of 3 hours"
        ),
    ),
    (
        ("2.1", "VA", ("phases.intensive.nights_per_week", 2)),
        (
            "phases.intensive: found 6 hours a week in evening (2 x 3); Virginia: 9 to 19 hours a week (E4.9); "
            "to comply: 3 nights of 3 hours, or 2 nights of 4.5 hours"
        ),
    ),
    (
        ("", "TX", (f"{EVENING}.seats", 18), ("rooms.large.seats", 18)),
        (
            "groups.evening: found 18 seats; Texas: at most 16 clients in a counseling group (35 in education and life "
            "skills) (E4.6); to comply: 16 seats, or two groups"
        ),
    ),
    (
        ("2.5", "LA", (f"{EVENING}.hours", 6.0)),
        (
            "phases.intensive: found 18 hours a week in evening (3 x 6); Louisiana, Level 2.5: at least 20 hours a "
            "week "
            "(E4.10); to comply: 4 nights of 6 hours, or 3 nights of 6.75 hours"
        ),
    ),
    (
        ("2.5", "LA", (f"{EVENING}.hours", 7.0), ("staff.counselor.caseload", 30)),
        (
            "staff.counselor: found caseload = 30; Louisiana, Level 2.5: at most 25 active clients for each "
            "professional "
            "(E4.10); to comply: caseload = 25"
        ),
    ),
    (
        ("2.5", "LA", (f"{EVENING}.hours", 7.0), ("staff.counselor.caseload", "none")),
        (
            "staff: found nobody whose caseload has a limit; Louisiana, Level 2.5: at most 25 active clients for each "
            "professional (E4.10); to comply: a role with caseload = 25"
        ),
    ),
    (
        ("2.1", "LA", ("staff.counselor.caseload", 26)),
        (
            "staff.counselor: found caseload = 26; Louisiana: at most 25 active clients for each professional, as at "
            "Level 2.5 (E4.10, not verified: commonly quoted, look it up before relying on it); to comply: caseload = "
            "25"
        ),
    ),
    (
        ("", "NC", ("name", "Clinic")),
        (
            'state: found "NC", and no phase of a level that it has rules for; the rules known for NC are for the '
            "levels "
            '2.1 and 2.5; to comply: give phases their level, such as level = "2.1"'
        ),
    ),
]


@pytest.mark.parametrize(("plan", "message"), FINDINGS, ids=[message[:70] for _, message in FINDINGS])
def test_what_a_level_or_a_state_asks_for_and_is_not_offered_is_found(plan, message):
    level, state, *changes = plan
    assert said(*changes, level=level, state=state) == [message]


COMPLY = [
    ("2.1", ""),
    ("2.1", "VA"),
    ("2.1", "LA"),
    ("2.1", "TX"),
    ("2.1", "NC", (f"{EVENING}.nights", ["Mon", "Tue", "Fri"])),
    ("2.1", "NC", (f"{EVENING}.seats", 14), (f"{EVENING}.facilitators", 2), ("staff.counselor.people", 2)),
    ("2.5", "NC", (f"{EVENING}.hours", 7.0), ("staff.counselor.clients_per_facilitator", 10)),
    ("2.5", "LA", (f"{EVENING}.hours", 7.0)),
    ("1", "", (f"{EVENING}.hours", 2.75)),
    ("", "", (f"{EVENING}.hours", 12.0)),
]


@pytest.mark.parametrize("plan", COMPLY, ids=map(str, COMPLY))
def test_a_plan_that_complies_has_no_finding(plan):
    level, state, *changes = plan
    assert said(*changes, level=level, state=state) == []


@pytest.mark.parametrize(
    ("nights", "between"),
    [
        (["Mon", "Wed", "Fri"], 2),
        (["Mon", "Tue", "Wed"], 4),
        (["Fri", "Sat", "Sun", "Mon"], 3),
        (["Sun"], 6),
        (["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], 0),
    ],
)
def test_days_without_the_group_are_counted_around_the_week(nights, between):
    changes = {"groups.evening.nights": nights, "phases.intensive.nights_per_week": 1}
    assert days_between(from_toml(GOOD, "f", changes).groups["evening"]) == between


def test_a_group_that_does_not_exist_is_not_looked_at():
    later = {"nights": ["Mon", "Tue", "Wed"], "hours": 8.0, "start": datetime.time(9), "lever": "second_evening"}
    changes = [("groups.late", later), ("staff.counselor.people", 2)]
    assert said(*changes) == []
    assert len(said(*changes, ("levers.second_evening.on", True))) == 1


def test_the_hours_of_each_phase_are_those_of_its_level_and_state():
    scenario = program(("phases.step_down.level", "1"), state="NC")
    assert level_hours(scenario) == {"intensive": (9.0, 19.0), "step_down": (0.0, 9.0)}
    assert level_hours(program(level="2.5")) == {"intensive": (20.0, math.inf), "step_down": (0.0, math.inf)}


def test_unverified_rules_say_so_and_others_do_not():
    for rule in standards().values():
        assert (rule.conf in UNVERIFIED) == (rule.name in ("nc-ratio-2.1", "la-caseload-2.1"))


def test_a_check_prints_findings_as_warnings_and_is_content(tmp_path):
    path = tmp_path / "clinic.toml"
    path.write_text(with_line("phases.intensive", 'level = "2.5"'), encoding="utf-8")
    answer = CliRunner().invoke(app, ["check", str(path)], env={"COLUMNS": "200"})
    assert answer.exit_code == 0
    words = " ".join(answer.stdout.split())
    assert "warning phases.intensive: found 9 hours a week in evening (3 x 3); Level 2.5 is 20 hours" in words


# ------------------------------------------------------------------------------------------ rules that are met


@pytest.mark.parametrize("state", ["", "NC", "TX", "VA", "LA"])
@pytest.mark.parametrize("level", ["1", "2.1", "2.5"])
def test_a_rule_is_met_or_has_a_finding_and_every_rule_that_holds_is_compared(level, state):
    scenario = program(level=level, state=state)
    met = compared(scenario)
    unmet = {finding.rule for finding in findings(scenario)}
    assert {rule.rule for rule, is_met in met.items() if not is_met} == unmet - {
        finding.rule for finding in findings(scenario) if not finding.source
    }
    assert set(met) == {rule for level in (level, "") for rule in rules_for(level, state)}


def test_one_group_that_does_not_comply_is_enough_for_a_rule_not_to_be_met():
    hours = standards()["nc-hours-a-day"]
    assert compared(program(state="NC"))[hours]
    late = {"nights": ["Mon", "Wed", "Fri"], "hours": 2.0, "seats": 12}
    assert not compared(program(("groups.late", late), state="NC"))[hours]


def test_check_says_how_many_rules_are_met_and_lists_them_on_request(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    text = with_line("phases.intensive", 'level = "2.1"').replace("opening = ", 'state = "NC"\nopening = ')
    Path("f.toml").write_text(text.replace('"Tue", "Wed"]', '"Wed", "Fri"]'), encoding="utf-8")

    def call(*options):
        return CliRunner().invoke(app, ["check", "f.toml", *options])

    said = "meets the rules known for North Carolina and level 2.1: 5 checked, 1 not verified"
    assert f"ok  {said}; --rules lists them\n" in call().stdout
    listed = call("--rules").stdout
    assert f"ok  {said}\n" in listed
    assert listed.count("\n    met      ") == 5
    fewer = call("--rules", "--set", "groups.evening.hours=2.5").stdout
    assert "ok  meets 3 of the 5 rules known for North Carolina and level 2.1, 1 not verified\n" in fewer
    assert (fewer.count("\n    met      "), fewer.count("\n    not met  ")) == (3, 2)


def test_a_plan_without_a_level_or_a_state_is_compared_with_nothing(tmp_path):
    (tmp_path / "f.toml").write_text(GOOD, encoding="utf-8")
    assert compared(from_toml(GOOD)) == {}
    told = CliRunner().invoke(app, ["check", str(tmp_path / "f.toml"), "--rules"]).stdout
    assert "note  no rule to compare: " in told
    assert "meets" not in told

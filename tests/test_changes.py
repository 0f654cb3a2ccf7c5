import datetime
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.errors import ScenarioError
from iopsim.rulebook import write
from iopsim.scenario import from_toml, load, resolve
from iopsim.scenario.fields import MONTHS

PLAIN = Path(__file__).parent / "plain.toml"


def messages(changes):
    with pytest.raises(ScenarioError) as caught:
        load(PLAIN, changes)
    return [str(problem) for problem in caught.value.problems]


def test_a_number_is_changed_from_text_as_from_python():
    by_text = load(PLAIN, ["groups.evening.seats=15"])
    assert by_text.groups["evening"].seats == 15
    assert load(PLAIN, {"groups.evening.seats": 15}).hash == by_text.hash


def test_no_change_is_no_change():
    assert load(PLAIN, []) == load(PLAIN, {}) == load(PLAIN)


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ("waitlist.limit=none", lambda s: s.waitlist.limit == "none"),
        ('waitlist.limit="none"', lambda s: s.waitlist.limit == "none"),
        ("waitlist.limit = 8", lambda s: s.waitlist.limit == 8),
        ("assessment.same_day=false", lambda s: s.assessment.same_day is False),
        ("groups.evening.start=18:00:00", lambda s: s.groups["evening"].start == datetime.time(18)),
        ('groups.evening.nights=["Mon", "Tue", "Thu"]', lambda s: s.groups["evening"].nights[2] == "Thu"),
        ("name=A place by the river", lambda s: s.name == "A place by the river"),
        ("referrals.self.months.Jul=0.5", lambda s: s.referrals["self"].months["Jul"] == 0.5),
        ("assessment.client_delay.mean_days=9", lambda s: s.assessment.client_delay.mean_days == 9.0),
        ("calendar.closures=[2027-05-03]", lambda s: s.calendar.closures == (datetime.date(2027, 5, 3),)),
    ],
)
def test_a_change_is_read_as_the_file_would_read_it(change, read):
    assert read(load(PLAIN, [change]))


def test_values_from_numpy_are_numbers():
    changes = {"groups.evening.seats": np.int64(15), "attendance.probability": np.float32(0.5)}
    scenario = load(PLAIN, changes)
    assert type(scenario.groups["evening"].seats) is int
    assert type(scenario.attendance.probability) is float


def test_a_table_changes_the_keys_that_it_names():
    scenario = load(PLAIN, {"placement": {"this_program": 0.7, "higher": 0.1}})
    assert (scenario.placement.this_program, scenario.placement.lower) == (0.7, 0.15)
    assert load(PLAIN, ["groups.evening={seats=9}"]).groups["evening"].nights == ("Mon", "Tue", "Wed")


def test_a_new_group_is_given_as_a_table_and_inherits_the_template():
    scenario = load(PLAIN, ['groups.late={nights=["Thu"]}', "groups.late.seats=8"])
    assert list(scenario.groups) == ["evening", "late"]
    assert (scenario.groups["late"].seats, scenario.groups["late"].hours) == (8, 3.0)


def test_of_two_changes_of_one_value_the_later_holds():
    assert load(PLAIN, ["groups.evening.seats=15", "groups.evening.seats=9"]).groups["evening"].seats == 9


def test_a_changed_value_loses_its_evidence_and_may_bring_its_own():
    origin = resolve(PLAIN, ["referrals.self.per_week=3"]).origins["referrals.self.per_week"]
    assert (origin.layer, origin.low, origin.source) == ("change", None, "")
    change = {"referrals.self.per_week": {"value": 3, "low": 2, "high": 4, "source": "A talk", "grade": "assumed"}}
    origin = resolve(PLAIN, change).origins["referrals.self.per_week"]
    assert (origin.low, origin.high, origin.source) == (2, 4, "A talk")


def test_a_change_mends_what_is_wrong_in_the_file(tmp_path):
    file = tmp_path / "clinic.toml"
    file.write_text(PLAIN.read_text(encoding="utf-8").replace("seats = 12", "seats = 0"), encoding="utf-8")
    assert load(file, ["groups.evening.seats=12"]) == load(PLAIN)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "groups.evening.seats=0",
            "--set groups.evening.seats=0: groups.evening.seats: found 0; seats must be between 1 and 500 seats",
        ),
        (
            "groups.evning.seats=15",
            (
                "--set groups.evning.seats=15: groups.evning.seats: found groups.evning.seats; the groups are evening; "
                "a new one is given whole, as a table: groups.evning={...} (did you mean groups.evening.seats?)"
            ),
        ),
        (
            "seats=15",
            (
                "--set seats=15: seats: found seats; a change names a value of the scenario; "
                "`iopsim check FILE --resolved` shows them all (did you mean groups.evening.seats?)"
            ),
        ),
        (
            "traits.housed.share=0.4",
            (
                "--set traits.housed.share=0.4: traits.housed.share: found traits.housed.share; "
                "the traits are none yet; a new one is given whole, as a table: traits.housed={...}"
            ),
        ),
        (
            "referrals.self.per_week.low=1",
            (
                "--set referrals.self.per_week.low=1: referrals.self.per_week.low: found referrals.self.per_week.low; "
                "per_week is one value; change referrals.self.per_week itself (did you mean referrals.self.per_week?)"
            ),
        ),
        (
            "groups.evening.start=6 pm",
            (
                '--set groups.evening.start=6 pm: groups.evening.start: found "6 pm"; '
                "start must be a time of day without quotes, such as 17:30:00 (did you mean 18:00:00?)"
            ),
        ),
        (
            "groups.evening.nights=[Mon]",
            (
                "--set groups.evening.nights=[Mon]: groups.evening.nights: found [Mon]; "
                'after the = stands one value, such as 15, true, "wait" or ["Mon", "Tue"]'
            ),
        ),
        (
            "groups.evening.seats=1\nweeks=2",
            (
                "--set groups.evening.seats=1 weeks=2: groups.evening.seats: found 1 weeks=2; "
                'after the = stands one value, such as 15, true, "wait" or ["Mon", "Tue"]'
            ),
        ),
        (
            "groups.evening",
            "--set groups.evening: found groups.evening; a change reads PATH=VALUE, such as groups.evening.seats=15",
        ),
        (
            "placement.higher=0.5",
            (
                "--set placement.higher=0.5: placement: found 0.6 + 0 + 0 + 0.5 + 0.15 + 0.05 = 1.3; "
                "the six shares this_program, withdrawal.share, residential.share, higher, lower, declined "
                "must sum to 1"
            ),
        ),
        (
            "phases.intensive.nights_per_week=5",
            (
                "--set phases.intensive.nights_per_week=5: phases.intensive.nights_per_week: found 5 nights a week; "
                "at most 3, the nights of the largest group that serves this phase (evening meets on 3)"
            ),
        ),
        (
            "groups=3",
            (
                "--set groups=3: groups: found 3; "
                "groups is given by headers such as [groups.NAME], each with its keys on the lines below"
            ),
        ),
    ],
)
def test_a_bad_change_is_answered_where_it_stands(change, message):
    assert messages([change]) == [message]


def test_a_change_of_what_is_not_there_is_answered_with_what_is(tmp_path):
    file = tmp_path / "f.toml"
    traits = "\n[traits.moud]\nshare = 0.2\n\n[traits.employed]\nshare = 0.3\n"
    file.write_text(PLAIN.read_text(encoding="utf-8") + traits, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file, ["traits.housed.share=0.4"])
    assert str(caught.value) == (
        "--set traits.housed.share=0.4: traits.housed.share: found traits.housed.share; the traits are moud, employed; "
        "a new one is given whole, as a table: traits.housed={...} (did you mean traits.moud.share?)"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"groups.evening.seats": 0}, "groups.evening.seats: found 0; seats must be between 1 and 500 seats"),
        (
            {"groups.evening.seats": None},
            (
                "groups.evening.seats: found nothing; "
                "a value is a number, text, true or false, a date, a time, a list or a table of these"
            ),
        ),
        (
            {"opening": datetime.datetime(2027, 1, 4)},
            (
                "opening: found 2027-01-04T00:00:00; "
                "opening must be a date without quotes, such as 2027-01-04, from 1970-01-01 to 2100-12-31"
            ),
        ),
        (
            {"evening seats": 3},
            'evening seats: found "evening seats"; a change is named by a path, such as "groups.evening.seats"',
        ),
    ],
)
def test_a_bad_change_from_python_is_answered_by_its_path(changes, message):
    assert messages(changes) == [message]


def test_a_change_that_holds_itself_is_refused():
    endless = []
    endless.append(endless)
    assert messages({"groups.evening.nights": endless})[0].startswith(
        "groups.evening.nights: found tables nested too deep; a value is a number,"
    )
    assert messages([f"groups.evening.nights={'[' * 300}{']' * 300}"])[0].endswith('or ["Mon", "Tue"]')


def test_problems_of_the_file_come_before_those_of_changes_and_all_are_told(tmp_path):
    file = tmp_path / "clinic.toml"
    file.write_text(PLAIN.read_text(encoding="utf-8").replace("weeks = 104", "weeks = 0"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file, ["groups.evening.hours=99", "foo=1", "groups.evening.seats=0"])
    assert [(problem.file, problem.path) for problem in caught.value.problems] == [
        (str(file), "weeks"),
        ("--set groups.evening.hours=99", "groups.evening.hours"),
        ("--set foo=1", "foo"),
        ("--set groups.evening.seats=0", "groups.evening.seats"),
    ]


# ------------------------------------------------------------------------------------------- every entry


def test_a_star_changes_every_entry_of_a_table_of_names():
    by_star = load(PLAIN, ["referrals.*.ramp_weeks=0"])
    by_name = load(PLAIN, {f"referrals.{name}.ramp_weeks": 0 for name in by_star.referrals})
    assert by_star == by_name != load(PLAIN)
    assert load(PLAIN, {"referrals.*.ramp_weeks": 0}) == by_name
    assert resolve(PLAIN, ["referrals.*.ramp_weeks=0"]).origins["referrals.court.ramp_weeks"].where == (
        "--set referrals.*.ramp_weeks=0"
    )


def test_a_star_reaches_entries_made_by_a_change_before_it_and_a_change_after_it_wins():
    new = "referrals.street={ per_week = 1 }"
    found = load(PLAIN, [new, "referrals.*.per_week=2", "referrals.self.per_week=3"])
    assert {name: source.per_week for name, source in found.referrals.items()} == {
        "self": 3.0,
        "court": 2.0,
        "health_care": 2.0,
        "inpatient": 2.0,
        "street": 2.0,
    }


def test_a_star_without_an_entry_or_with_a_wrong_value_is_answered():
    weeks = "planned_weeks must be between 1 and 520 weeks"
    none = "a * stands for every entry of a table of names, such as referrals.*.months.*, and there is none here"
    assert messages(["rooms.*.seats=4", "weeks.*=4", "phases.*.planned_weeks=0"]) == [
        f"--set rooms.*.seats=4: rooms.*.seats: found rooms.*.seats; {none}",
        f"--set weeks.*=4: weeks.*: found weeks.*; {none}",
        f"--set phases.*.planned_weeks=0: phases.intensive.planned_weeks: found 0; {weeks}",
        f"--set phases.*.planned_weeks=0: phases.step_down.planned_weeks: found 0; {weeks}",
    ]


@pytest.mark.parametrize(
    ("change", "meant"),
    [
        ("demand.seasons=off", "referrals.*.months.*=1"),
        ("seasonality=false", "referrals.*.months.*=1"),
        ("growth=1", "referrals.*.growth_per_year=1"),
        ("holidays=off", "calendar.holidays"),
    ],
)
def test_what_has_no_switch_is_answered_with_the_change_that_switches_it_off(change, meant):
    (message,) = messages([change])
    assert message.endswith(f"(did you mean {meant}?)")


def test_a_star_in_a_table_that_there_is_not_is_answered_with_the_nearest_one():
    first, *others = messages(["referrals.*.month.*=1"])
    assert first.startswith("--set referrals.*.month.*=1: referrals.self.month.")
    assert "(did you mean referrals.self.months" in first
    assert len(others) == 3


OFF = ["referrals.*.months.*=1", "referrals.*.growth_per_year=1", 'calendar.holidays=""']
"""No seasons, no growth, no public holidays, as the README has them."""


def test_seasons_growth_and_holidays_switched_off_are_a_plan_written_without_them_to_the_bit():
    text = PLAIN.read_text("utf-8").replace('holidays = "US-LA"', "HOLIDAYS")
    flat = "months = { " + ", ".join(f"{month} = 1.0" for month in MONTHS) + " }\n"
    grown = text.replace("HOLIDAYS", 'holidays = "US-LA"').replace("\nper_week", "\ngrowth_per_year = 1.4\nper_week")
    plain = text.replace("HOLIDAYS", 'holidays = ""').replace("\nper_week", f"\n{flat}per_week")
    off, without, on = from_toml(grown, changes=OFF), from_toml(plain), from_toml(grown)
    assert (off, off.hash) == (without, without.hash)
    records = [simulate(book, draw(book, Deck(1, 0))) for book in map(write, (off, without, on))]
    same = [
        [
            np.array_equal(getattr(getattr(records[0], table.name), column.name), getattr(rows, column.name))
            for table in fields(other)
            if is_dataclass(rows := getattr(other, table.name))
            for column in fields(rows)
        ]
        for other in records[1:]
    ]
    assert all(same[0])
    assert not all(same[1])

"""The compiled engine gives what the reference engine gives: every column of the Record and every fact, bit for bit.

`verification/parity.py` compares for as long as it is let. The mechanics alone are compared by every story (`hand.py`).
"""

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from both_engines import assert_same_part, assert_same_replication, assert_same_replications
from everything import EVERYTHING, PRESENT, RETURNS, with_detours
from iopsim.experiments.compiled_work import Bench
from iopsim.experiments.point import TABLES, Point
from iopsim.experiments.uncertainty import draw_inputs
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.partition import DIMENSIONS
from iopsim.record import TABLES as TABLES_OF_RECORD
from iopsim.record import Exit, Night
from iopsim.rulebook import Rulebook, write
from iopsim.scenario import resolve
from iopsim.scenario.checks.demand import MOST_TRAITS
from iopsim.scenario.load import load
from money_strategies import paid_scenarios
from parity import differences
from shipped import EXPERIMENTS, PROGRAMS, SIZINGS, arms, candidates
from strategies import PLAIN, SOURCES, Changes, scenarios
from strategies_whole import whole_scenarios

pytestmark = pytest.mark.usefixtures("compiled_engine")

LAST = 2**64 - 1
ROWS_AT_FIRST = 64
"""Rows of each table for which there is room before anything happens."""

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
QUIET = {f"referrals.{source}.per_week": 0.0 for source in SOURCES}

AWKWARD: dict[str, Changes] = {
    "nobody is referred": {**EVERYTHING, **QUIET},
    "nobody is referred, and some are here": {**EVERYTHING, **QUIET, **PRESENT},
    "one week": {**EVERYTHING, "weeks": 1},
    "300 weeks": {"weeks": 300},
    "no staff": {"weeks": 30, "staff": {}},
    "no payers": {"weeks": 30, **RETURNS},
    "no traits": {"weeks": 30, "traits": {}},
    "several episodes": {**EVERYTHING, **RETURNS, "after.most_episodes": 5},
    "some are here": {**EVERYTHING, **PRESENT, "weeks": 12},
    "the line is held": {
        **EVERYTHING,
        "waitlist.when_first_does_not_fit": "hold_the_line",
        "waitlist.limit": "none",
        "assessment.slots_per_day": 4,
        "groups.morning": {"nights": ["Mon", "Tue", "Thu"], "start": datetime.time(9), "for_traits": ["pregnant"]},
    },
    "whoever finds the next phase full leaves": {
        **EVERYTHING,
        "phases.step_down.when_full": "leave",
        "groups.evening.serves": ["intensive"],
        "groups.late.seats": 1,
        "groups.late.opens_when_waiting": "none",
    },
    "everybody makes up and is cut short": {
        **EVERYTHING,
        "attendance.make_up_probability": 1.0,
        "attendance.cut_short_probability": 0.5,
    },
    "visits every week": {
        **EVERYTHING,
        "family_night.every_weeks": 1,
        "phases.intensive.medication_every_weeks": 1,
        "phases.step_down.medication_every_weeks": 1,
    },
    "open access": {**EVERYTHING, "assessment.open_access": True},
    "a closed door": {**EVERYTHING, "waitlist.limit": 0},
    "opening by degrees": {
        **EVERYTHING,
        "groups.late.opens_when_waiting": "none",
        "groups.late.first_week": 9,
        "referrals.self.first_week": 7,
    },
    "as many traits as there may be": {
        **EVERYTHING,
        "weeks": 20,
        **{f"traits.t{k}": {"share": 0.5, "attendance_odds_ratio": 0.9 + k / 100} for k in range(MOST_TRAITS - 4)},
    },
    "many phases": {
        **EVERYTHING,
        "phases.intensive.planned_weeks": 2,
        **{f"phases.p{k}": {"nights_per_week": 1, "planned_weeks": 1 + k % 3} for k in range(9)},
        "groups.evening.seats": 20,
    },
    "many groups": {
        **EVERYTHING,
        **{
            f"groups.g{k}": {"nights": DAYS[k % 5 : k % 5 + 3], "start": datetime.time(8 + k), "seats": 1}
            for k in range(12)
        },
        "attendance.make_up_probability": 1.0,
        "staff.counselor.people": 13,
    },
    "many posts": {**EVERYTHING, "staff.counselor.people": 40, "staff.counselor.most_hires": 9},
    "the last priorities": {
        **EVERYTHING,
        **{f"referrals.{source}.priority": 9 - k for k, source in enumerate(SOURCES)},
        "placement.residential.priority": 9,
        "waitlist.limit": "none",
    },
    "evenings of many years": {"weeks": 520, "referrals.self.per_week": 0.5, **RETURNS},
}
"""Plans in which much, little or something rare happens: changes to the plain file."""

THOUSANDS: Changes = {
    **{f"referrals.{source}.per_week": 80.0 for source in SOURCES},
    "weeks": 30,
    "groups.evening.seats": 3,
    "assessment.slots_per_day": 50,
    "waitlist.renege_per_day": 0.0,
    "waitlist.limit": "none",
}
"""Many come, and few are served."""


def book_of(changes: Changes) -> Rulebook:
    return write(load(PLAIN, changes))


def stem(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", PROGRAMS, ids=stem)
def test_a_program_has_the_same_replications(path: Path) -> None:
    book = write(load(path))
    for seed, replications, since in ((1, 2, 0), (LAST, 1, 7 * (book.weeks // 2))):
        records = assert_same_replications(book, seed, replications, since)
        assert all(len(record.clients) > 100 for record in records)


@pytest.mark.parametrize("path", EXPERIMENTS, ids=stem)
def test_so_has_every_arm_of_an_experiment(path: Path) -> None:
    for place, (_, scenario) in enumerate(arms(path)):
        if place % 8 == 0 or place < 4:  # of a design of many points, some
            assert_same_part(Point(scenario, place, series=bool(place % 2)), place, place + 1)


@pytest.mark.parametrize("path", SIZINGS, ids=stem)
def test_so_have_the_smallest_and_the_largest_candidates(path: Path) -> None:
    for place, (_, scenario) in enumerate(candidates(path, corners=True)):
        assert_same_part(Point(scenario, 1, series=False), place, place + 1)


@pytest.mark.parametrize("name", AWKWARD)
def test_so_has_an_awkward_plan(name: str) -> None:
    assert_same_replications(write(with_detours(load(PLAIN, AWKWARD[name]))), 1, 2)


def test_so_has_a_plan_in_which_nobody_may_be_admitted() -> None:
    nobody = {"this_program": 0.0, "higher": 0.4, "lower": 0.3, "declined": 0.3}
    (record,) = assert_same_replications(book_of({"weeks": 30, "placement": nobody}), 1, 1)
    assert (record.clients.admitted_day < 0).all()


@settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    changes=st.one_of(scenarios(), whole_scenarios(), paid_scenarios()),
    seed=st.integers(0, LAST),
    replication=st.integers(0, LAST),
    late=st.booleans(),
)
def test_so_has_any_plan(changes: Changes, seed: int, replication: int, late: bool) -> None:
    book = book_of(changes)
    assert_same_replication(Bench(book, 7 * (book.weeks // 2) if late else 0), seed, replication)


@pytest.mark.parametrize(("first", "last"), [(0, 3), (48, 53), (LAST - 1, LAST + 1)])
def test_a_job_is_done_the_same_from_its_first_to_its_last_replication(first: int, last: int) -> None:
    scenario = load(PLAIN, {"weeks": 20})
    for seed in (0, LAST):
        part = assert_same_part(Point(scenario, seed), first, last)
        assert part.numbers == tuple(range(first, last))


def test_so_is_one_that_is_longer_than_what_is_done_at_once() -> None:
    assert_same_part(Point(load(PLAIN, {"weeks": 3}), 5), 7, 130)


@pytest.mark.parametrize("series", [True, False])
def test_so_is_one_that_tells_clients_apart_and_keeps_them(series: bool) -> None:
    changes = {**EVERYTHING, **RETURNS, "weeks": 30}
    point = Point(load(PLAIN, changes), 3, tuple(DIMENSIONS), 70, TABLES, series=series)
    part = assert_same_part(point, 0, 2)
    assert len(part.tables["events"]["day"]) > len(part.tables["clients"]["exit"]) > 0


@pytest.mark.parametrize("by", [(), ("source",)])
@pytest.mark.parametrize("series", [True, False])
def test_so_is_one_of_inputs_that_nobody_knows(by: tuple[str, ...], series: bool) -> None:
    resolved = resolve(PLAIN, ["weeks=12"])
    inputs = draw_inputs(resolved, 3)
    assert len({inputs.scenario(replication).hash for replication in range(3)}) == 3
    assert_same_part(Point(resolved.scenario, 3, by, inputs=inputs, series=series), 0, 3)


def test_a_bench_keeps_nothing_of_one_replication_for_the_next() -> None:
    book = book_of({**EVERYTHING, **RETURNS, **PRESENT})
    used = Bench(book, 0)
    for seed, replication in ((1, 3), (1, 0), (2, LAST), (1, 0), (1, 3)):
        assert_same_replication(used, seed, replication)


def test_there_is_room_for_replications_far_larger_than_the_first_place() -> None:
    large = {
        **EVERYTHING,
        **RETURNS,
        **{f"referrals.{source}.per_week": 8.0 for source in SOURCES},
        "assessment.slots_per_day": 9,
        "waitlist.limit": "none",
        "groups.evening.seats": 60,
        "groups.late.seats": 60,
        "staff.counselor.people": 8,
        "staff.counselor.caseload": 25,
    }
    (record,) = assert_same_replications(book_of(large), 1, 1)
    for table in TABLES_OF_RECORD:
        columns = [column for name, column in record.columns().items() if name.startswith(f"{table}.")]
        assert table == "posts" or len(columns[0]) > ROWS_AT_FIRST, table


def test_there_is_room_for_a_crowd_on_the_waitlist() -> None:
    (record,) = assert_same_replications(book_of(THOUSANDS), 1, 1)
    assert (record.clients.exit == Exit.WAITING).sum() > 1500


def test_there_is_room_for_those_who_call_again_when_all_places_are_taken() -> None:
    few = {f"referrals.{source}.per_week": 0.3 for source in SOURCES}
    (record,) = assert_same_replications(book_of({**few, **RETURNS, "weeks": 60, "after.most_episodes": 5}), 1, 1)
    episodes = record.clients.episode
    assert (episodes == 0).sum() < ROWS_AT_FIRST < len(episodes)


def test_two_benches_do_not_disturb_each_other() -> None:
    plans = (EVERYTHING, {"weeks": 60, **RETURNS})
    benches = [Bench(book_of(changes), 0) for changes in plans]
    alone = [bench.facts(1, 0, 20).columns() for bench in benches]
    for replication in range(2):
        for bench in benches:
            assert_same_replication(bench, 1, replication)
    with ThreadPoolExecutor(len(benches)) as threads:
        together = [facts.columns() for facts in threads.map(lambda bench: bench.facts(1, 0, 20), benches)]
    for found, wanted in zip(together, alone, strict=True):
        assert not list(differences(found, wanted))


def test_a_difference_is_told_by_column_place_and_measure() -> None:
    facts = Bench(book_of({"weeks": 3}), 0).facts(1, 0, 2).columns()
    others = {name: column.copy() for name, column in facts.items()}
    others["numerators"][1, 0] += 1
    others["weekly"] = others["weekly"][:1]
    first, second = differences(facts, others)
    assert first.startswith(f"numerators in 1 places, first {CATALOGUE[0].name}: ")
    assert second.startswith("weekly: int64(2, ")


def test_sessions_by_guests_are_among_what_was_compared() -> None:
    (record,) = assert_same_replications(book_of(AWKWARD["everybody makes up and is cut short"]), 1, 1)
    assert record.clients.made_up.any() and record.clients.cut_short.any()
    assert set(record.nights.status.tolist()) > {int(Night.HELD)}

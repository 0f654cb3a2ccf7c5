"""Each measure against its naive twin, on many scenarios, and what the measures and series say together.

The twins of the whole clinic's measures are in `twins_whole`, and meet scenarios of their own in `test_twins_whole`.

Each is looked at from the opening, and from later weeks on, as in a mature view.
"""

import math
from functools import cache

import numpy as np
import pytest

from everything import EVERYTHING as CROWDED
from everything import PRESENT, RETURNS, run_everything
from iopsim import rulebook
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.experiments.bottleneck import bottlenecks
from iopsim.measures.assessors import held_back_with_all_there
from iopsim.measures.catalogue import CATALOGUE, GROUPS
from iopsim.measures.presence import held_back
from iopsim.measures.series import MONTHLY, WEEKLY, monthly, retention, weekly
from iopsim.measures.view import View
from iopsim.record import NEVER, Night
from iopsim.scenario.load import load
from measures_twin import EVERYTHING, LEFT_OTHERWISE, PLAIN, SCENARIOS, Naive
from twins_whole import Whole


@cache
def simulated(name):
    """One replication, and what it comes from."""
    if name in EVERYTHING:
        it = run_everything(EVERYTHING[name])
        return it.scenario, it.record, it.book
    scenario = load(PLAIN, SCENARIOS[name])
    book = rulebook.write(scenario)
    return scenario, simulate(book, draw(book, Deck(11, 3))), book


def run_weeks(name):
    """Weeks of a scenario's run."""
    return load(PLAIN, {**CROWDED, **EVERYTHING[name]} if name in EVERYTHING else SCENARIOS[name]).weeks


VIEWS = [
    (name, week)
    for name, weeks in {name: run_weeks(name) for name in (*SCENARIOS, *EVERYTHING)}.items()
    for week in (0, 1, 5, 23, 39)
    if week < weeks
]
"""Each run from its opening, and from later weeks on as far as it goes."""


@pytest.fixture(params=VIEWS, scope="module", ids=str)
def run(request):
    """A view and its naive twin."""
    name, weeks = request.param
    scenario, record, book = simulated(name)
    return View(record, book, 7 * weeks), Naive(scenario, record, book, 7 * weeks)


def test_the_scenarios_have_in_them_what_they_are_named_for():
    def record(name):
        return simulated(name)[1]

    nights = record("nobody to run the groups").nights
    assert set(nights.status.tolist()) == set(Night)
    assert record("guests, and sessions cut short").nights.guests.sum() > 20
    booked = record("more come than assessors have time for").appointments
    assert (booked.came_day != booked.seen_day).sum() > 20
    clients = record("clients here at the opening").clients
    assert (clients.referral_day == NEVER).sum() == 18
    assert (clients.admitted_day < -1).sum() == 9


def test_every_measure_agrees_with_its_naive_twin(run):
    view, naive = run
    twins = naive.answers() | Whole(naive.scenario, view.record, view.book, view.since).answers()
    recorded = [measure for measure in CATALOGUE if measure not in GROUPS["Money"]]
    assert set(twins) == {measure.name for measure in recorded}
    for measure in recorded:  # money has a twin of its own
        ours, theirs = measure.compute(view), twins[measure.name]
        if theirs[1] == 0:
            assert ours[1] == 0, measure.name
        else:
            assert ours == theirs, measure.name


def test_sessions_from_the_opening_on_are_those_that_clients_count(run):
    view, naive = run
    if view.since == 0:
        clients = view.record.clients
        assert naive.sessions() == (clients.attended.sum(), clients.scheduled.sum())


def test_weekly_series_add_up_to_the_measures(run):
    view, naive = run
    series = dict(zip(WEEKLY, weekly(view), strict=True))
    assert series["census"].tolist() == [sum(naive.census()[7 * w : 7 * w + 7]) for w in range(view.weeks)]
    assert series["waiting"].tolist() == [sum(naive.waiting()[7 * w : 7 * w + 7]) for w in range(view.weeks)]
    assert series["seats"].sum() == naive.nights("seats")
    assert series["seats_taken"].sum() == naive.nights("scheduled")
    assert series["seats_attended"].sum() == naive.nights("attended", "guests")
    for which in ("slots", "seats", "caseload", "both", "next_phase"):
        assert series[f"held_back_by_{which}"].sum() == naive.held_back(which)[0]


def test_monthly_series_add_up_to_the_measures(run):
    view, naive = run
    series = dict(zip(MONTHLY, monthly(view), strict=True))
    assert series["referred"].sum() == len(naive.referred())
    assert (series["days_to_assessment"].sum(), series["assessed"].sum()) == naive.wait("assessed_day")
    assert (series["days_to_first_session"].sum(), series["started"].sum()) == naive.wait("first_session_day")


def test_the_retention_series_ends_at_the_measures_and_never_falls(run):
    view, naive = run
    *ways, followed = retention(view)
    assert set(followed.tolist()) == {len(naive.admitted(naive.course))}
    ends = [naive.ended("COMPLETED"), naive.ended("TRANSFERRED"), naive.ended("TERMINATED")]
    ends += [naive.ended("DROPPED_OUT"), naive.ended(*LEFT_OTHERWISE)]
    assert [int(way[-1]) for way in ways] == [count for count, _ in ends]
    assert all((np.diff(way) >= 0).all() for way in ways)


def test_the_bottleneck_is_the_resource_that_holds_back_most_and_bites_from_its_first_full_client():
    facts = np.zeros((2, len(WEEKLY), 4), dtype=np.int64)
    facts[:, WEEKLY.index("held_back_by_seats"), :] = [[0, 7, 21, 14], [0, 7, 7, 14]]
    facts[:, WEEKLY.index("held_back_by_slots"), :] = [[3, 3, 3, 3], [3, 3, 3, 3]]
    seats, slots = bottlenecks(facts)
    assert (seats.resource, seats.first_week, seats.worst_week, seats.held_back, seats.weeks) == (
        "group seats",
        1,
        2,
        2.0,
        3,
    )
    assert (slots.resource, slots.first_week, slots.weeks) == ("assessment slots", None, 0)
    assert math.isclose(slots.held_back, 3 / 7)
    assert (seats.tightest_in, slots.tightest_in) == (2, 0)


def test_the_bottleneck_is_tightest_in_most_replications_though_another_holds_back_more_in_a_few():
    facts = np.zeros((5, len(WEEKLY), 2), dtype=np.int64)
    facts[:4, WEEKLY.index("held_back_by_seats"), :] = 7
    facts[4, WEEKLY.index("held_back_by_slots"), :] = 700
    seats, slots = bottlenecks(facts)
    assert (seats.resource, seats.tightest_in) == ("group seats", 4)
    assert (slots.resource, slots.tightest_in) == ("assessment slots", 1)
    assert slots.held_back > 10 * seats.held_back


@pytest.mark.parametrize("start", [RETURNS, PRESENT], ids=["clients call again", "clients are here"])
def test_nobody_is_held_back_for_want_of_an_assessor_where_none_is_ever_gone(start):
    there = {"turnover_per_year": 0.0, "sick_days_per_year": 0.0, "leave_weeks_per_year": 0}
    changes = {f"staff.{role}.{what}": value for role in ("counselor", "physician") for what, value in there.items()}
    it = run_everything({**start, **changes})
    view = View(it.record, it.book)
    slots = held_back(view).by_slots
    assert slots.sum() > 0
    assert np.array_equal(held_back_with_all_there(view), slots)


def test_a_replication_in_which_nobody_is_held_back_has_no_tightest_resource():
    facts = np.zeros((2, len(WEEKLY), 1), dtype=np.int64)
    facts[1, WEEKLY.index("held_back_by_caseload"), :] = 7
    (caseload,) = bottlenecks(facts)
    assert (caseload.resource, caseload.tightest_in) == ("counselor caseload", 1)


def test_a_bottleneck_tells_the_mean_and_the_middle_of_the_replications_and_what_slots_would_not_help():
    facts = np.zeros((3, len(WEEKLY), 2), dtype=np.int64)
    facts[:, WEEKLY.index("held_back_by_slots"), :] = [[7, 7], [14, 14], [84, 0]]
    facts[:, WEEKLY.index("held_back_by_seats"), :] = 7
    slots, seats = bottlenecks(facts, 0, np.array([0, 0, 63]))
    assert (slots.mean, slots.median, slots.without_assessors) == (3.0, 2.0, 0.5)
    assert (seats.mean, seats.median, seats.without_assessors) == (1.0, 1.0, None)
    assert not slots.few_make_it
    facts[2] *= 3
    assert bottlenecks(facts)[0].few_make_it


def test_nothing_is_a_bottleneck_where_nobody_is_held_back():
    assert bottlenecks(np.zeros((3, len(WEEKLY), 5), dtype=np.int64)) == ()


def test_what_is_a_share_by_definition_is_one(run):
    view, _ = run
    for measure in CATALOGUE:
        above, below = measure.compute(view) if measure not in GROUPS["Money"] else (0, 1)
        low, high = measure.span
        assert below == 0 or low <= above / below <= high, measure.name


def test_the_ways_out_and_those_still_in_program_are_everybody(run):
    view, _ = run
    names = ["completed", "dropped_out", "terminated", "transferred", "left_otherwise", "still_in_program"]
    measures = {measure.name: measure for measure in CATALOGUE}
    parts = [measures[f"{name}_share"].compute(view) for name in names]
    assert sum(count for count, _ in parts) == parts[0][1]

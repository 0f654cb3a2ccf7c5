"""Shuffle the order of whatever happens at one moment, and nothing changes: nothing is decided by how code runs."""
# ruff: noqa: TID251 - the shuffle needs random numbers that are no cards of the deck

import datetime
import random
from collections.abc import Iterator, Mapping
from heapq import heappush
from itertools import count

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.engines.reference import simulate
from iopsim.record import Exit, Record
from strategies import run, scenarios

CROWDED = {
    "weeks": 30,
    "calendar.holidays": "",
    "referrals.self.per_week": 9.0,
    "referrals.court.per_week": 9.0,
    "referrals.inpatient.per_week": 4.0,
    "referrals.inpatient.enters": "step_down",
    "assessment.slots_per_day": 5,
    "assessment.max_rebookings": 3,
    "assessment.client_delay": {"median_days": 0.0, "mean_days": 0.0},
    "waitlist.ready_delay": {"median_days": 0.0, "mean_days": 0.0},
    "waitlist.limit": 6,
    "phases.intensive.planned_weeks": 2,
    "phases.step_down.planned_weeks": 2,
    "groups.evening": {"seats": 4, "serves": ["intensive"]},
    "groups.late": {"nights": ["Mon", "Thu"], "seats": 2, "serves": ["step_down"], "start": datetime.time(9)},
    "attendance.probability": 0.5,
    "attendance.excused_share": 0.1,
    "absence_rule.consecutive": 2,
    "leaving.dropout_per_week": 0.2,
}
STORIES = {
    "as described": {"weeks": 26},
    "crowded": CROWDED,
    "crowded, and the line is held": {**CROWDED, "waitlist.when_first_does_not_fit": "hold_the_line"},
    "crowded, and nobody waits for step-down": {**CROWDED, "phases.step_down.when_full": "leave"},
    "crowded, with few counselors": {**CROWDED, "staff.counselor.caseload": 5},
    "crowded, with every day an admission day": {
        **CROWDED,
        "admission.weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        "assessment.weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        "waitlist.renege_per_day": 1.0,
    },
}


def shuffled(seed: int) -> type[simpy.Environment]:
    """A SimPy environment that runs what happens at one moment, with one urgency, in random order."""

    class Shuffled(simpy.Environment):
        def __init__(self) -> None:
            super().__init__()
            self.random = random.Random(seed)
            self.count = count()

        def schedule(self, event: simpy.Event, priority: int = 1, delay: float = 0) -> None:
            turn = (self.random.random(), next(self.count))
            heappush(self._queue, (self._now + delay, priority, turn, event))

    return Shuffled


def differing(one: Record, other: Record) -> Iterator[str]:
    """Names of the columns that are not the same in two records, to the bit."""
    theirs = other.columns()
    for name, column in one.columns().items():
        if column.dtype != theirs[name].dtype or not np.array_equal(column, theirs[name]):
            yield name


def test_the_shuffle_does_shuffle() -> None:
    def note(env: simpy.Environment, who: int, noted: list[int]) -> Iterator[simpy.Event]:
        yield env.timeout(1)
        noted.append(who)

    orders = set()
    for seed in range(20):
        env, noted = shuffled(seed)(), []
        for who in range(5):
            env.process(note(env, who, noted))
        env.run()
        assert sorted(noted) == list(range(5))
        orders.add(tuple(noted))
    assert len(orders) > 10


def test_the_crowded_clinic_is_crowded() -> None:
    """Else the shuffle would prove little: every queue forms, and every way to leave it is taken."""
    record = run(CROWDED).record
    exits = set(record.clients.exit.tolist())
    assert {Exit.NO_SHOW, Exit.BALKED, Exit.RENEGED, Exit.COMPLETED, Exit.DROPPED_OUT, Exit.TERMINATED} <= exits
    assert (record.moves.day > record.moves.due_day).any(), "nobody waits for step-down"
    assert (record.appointments.day > record.appointments.wanted_day).any(), "nobody waits for an assessment"
    assert (record.nights.scheduled == record.nights.seats).any(), "no night is full"
    _, admitted_together = np.unique(record.clients.admitted_day[record.clients.admitted_day >= 0], return_counts=True)
    assert admitted_together.max() > 1


@pytest.mark.parametrize("changes", STORIES.values(), ids=STORIES)
def test_the_record_is_the_same_in_whatever_order_simultaneous_things_happen(changes: Mapping[str, object]) -> None:
    first = run(changes, seed=7)
    for seed in range(8):
        again = simulate(first.book, first.cohort, environment=shuffled(seed))
        assert not list(differing(first.record, again))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(changes=scenarios(), seed=st.integers(0, 2**32))
def test_no_scenario_depends_on_the_order_of_simultaneous_things(changes: Mapping[str, object], seed: int) -> None:
    first = run(changes, seed=seed)
    assert not list(differing(first.record, simulate(first.book, first.cohort, environment=shuffled(seed))))


def test_the_same_replication_runs_the_same_again() -> None:
    first = run(CROWDED)
    assert not list(differing(first.record, simulate(first.book, first.cohort)))
    assert not list(differing(first.record, run(CROWDED).record))

"""What holds in every run, whatever the scenario and whatever luck.

Each law is a function of one replication and is tried on many scenarios that Hypothesis makes up. The laws, which are
in laws_way_in.py and laws_in_program.py, read the Record alone, or the Record beside the scenario and the clients'
cards; none asks the engine.
"""

import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import laws_in_program
import laws_way_in
from record_rows import Law
from strategies import Run, run, scenarios

LAWS = [*laws_way_in.LAWS, *laws_in_program.LAWS]


EXAMPLES = 300
"""Scenarios made up."""

CROWDED = {
    "weeks": 26,
    "traits.mandated": {"share": 0.5, "show_odds_ratio": 2.0, "renege_hazard_ratio": 0.5, "dropout_hazard_ratio": 0.7},
    "referrals.self.per_week": 8.0,
    "referrals.inpatient.per_week": 3.0,
    "referrals.inpatient.enters": "step_down",
    "waitlist.limit": 5,
    "phases.intensive.planned_weeks": 4,
    "phases.step_down.planned_weeks": 3,
    "phases.aftercare": {"nights_per_week": 2, "planned_weeks": 2},
    "groups.evening": {"seats": 4, "serves": ["intensive"]},
    "groups.late": {"nights": ["Mon", "Thu"], "seats": 3, "serves": ["step_down", "aftercare"]},
    "groups.morning": {"nights": ["Tue", "Wed", "Sat"], "seats": 3, "first_week": 5},
    "staff.counselor.caseload": 9,
}
PLACES: dict[str, dict[str, object]] = {
    "at Palmetto": {"weeks": 52},
    "where it is crowded": CROWDED,
    "where it is crowded, in two groups on one night": {
        **CROWDED,
        "groups.morning": {"nights": ["Tue", "Wed", "Sat"], "seats": 3, "start": datetime.time(9)},
    },
    "where the line is held and nobody waits to step down": {
        **CROWDED,
        "waitlist.when_first_does_not_fit": "hold_the_line",
        "phases.step_down.when_full": "leave",
        "phases.aftercare.when_full": "leave",
    },
}


@cache
def run_at(place: str) -> Run:
    return run(PLACES[place], seed=3)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("place", PLACES)
def test_the_law_holds(place: str, law: Law) -> None:
    law(run_at(place))


@settings(derandomize=True, deadline=None, max_examples=EXAMPLES)
@given(changes=scenarios(), seed=st.integers(0, 2**32))
def test_every_law_holds_in_any_scenario(changes: dict[str, object], seed: int) -> None:
    it = run(changes, seed=seed)
    for law in LAWS:
        law(it)

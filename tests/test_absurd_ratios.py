"""Ratios that are allowed one by one may multiply to what is absurd: a run ends all the same, alike in both engines."""

import numpy as np
import pytest

import interpreted
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.rulebook import Rulebook, write
from iopsim.rules.attendance import LONGEST, run_length
from iopsim.scenario.fields import ratio
from iopsim.scenario.load import from_toml
from iopsim.scenario.model import Scenario
from parity import assert_same_record

PROGRAM = """
name = "Absurd"
opening = 2027-01-04
weeks = 20
[referrals.self]
per_week = 3.0
[phases.intensive]
nights_per_week = 3
planned_weeks = 12
[groups.evening]
nights = ["Mon", "Tue", "Wed"]
seats = 12
"""
EFFECTS = (
    "show_odds_ratio",
    "higher_placement_odds_ratio",
    "renege_hazard_ratio",
    "attendance_odds_ratio",
    "dropout_hazard_ratio",
    "lapse_hazard_ratio",
    "relapse_odds_ratio",
)
LEAST, MOST = (limit for bound in ratio("").metadata for limit in [getattr(bound, "ge", None) or bound.le])


def program(traits: int, effects: tuple[str, ...], value: float, more: str = "") -> Scenario:
    """A program every client of which has so many traits, with the same effects."""
    said = "\n".join(f"{effect} = {value}" for effect in effects)
    return from_toml(PROGRAM + "".join(f"[traits.t{k}]\nshare = 1.0\n{said}\n" for k in range(traits)) + more)


@pytest.mark.parametrize("goes_on", [1.0, 1.0 - 2.0**-53, 1.0 - 1e-12])
def test_no_run_of_absences_is_counted_beyond_the_longest_run_of_the_program(goes_on: float) -> None:
    assert 7 * next(bound.le for bound in Scenario.model_fields["weeks"].metadata if hasattr(bound, "le")) == LONGEST
    assert run_length(0.5, goes_on) == LONGEST
    assert run_length(0.5, 0.25) == 1
    assert run_length(0.5, 0.75) == 3


def assert_ends(book: Rulebook, deck: Deck) -> None:
    """Play one replication by the mechanics of both engines, and hold the one to the other."""
    record = simulate(book, draw(book, deck))
    with np.errstate(over="ignore"):  # compiled code overflows without a word
        assert_same_record(interpreted.simulate(book, deck), record)


ABSURD = [(traits, "attendance_odds_ratio") for traits in (4, 8, 20)] + [(60, effect) for effect in EFFECTS]
"""Runs of 10^8 absences and more; and 60 traits, the most there may be."""


@pytest.mark.parametrize("value", [LEAST, MOST])
@pytest.mark.parametrize(("traits", "effect"), ABSURD)
def test_a_run_ends_whatever_the_traits_multiply_to(traits: int, effect: str, value: float) -> None:
    assert_ends(write(program(traits, (effect,), value)), Deck(1, 0))


HAZARDS = """
[leaving]
dropout_per_week = {value}
transfer_per_week = {value}
incarceration_per_week = {value}
waited_hazard_ratio = {ratio}
crowded_hazard_ratio = {ratio}
[lapse]
per_week = {value}
dropout_hazard_ratio = {ratio}
[waitlist]
renege_per_day = {value}
[staff.counselor]
people = 20
caseload = 25
duties = ["groups", "individual", "assessment"]
turnover_per_year = {turnover}
turnover_shape = 0.3
vacancy_weeks = 0.0
sick_days_per_year = {sick}
sick_spell_days = 1.0
"""


@pytest.mark.parametrize("traits", [0, 60])
@pytest.mark.parametrize(
    "numbers",
    [
        {"value": 10.0, "ratio": MOST, "turnover": 5.0, "sick": 120.0},
        {"value": 1e-300, "ratio": LEAST, "turnover": 1e-300, "sick": 1e-300},
        {"value": 5e-324, "ratio": MOST, "turnover": 5e-324, "sick": 5e-324},
    ],
    ids=["as large as can be", "tiny", "as tiny as can be"],
)
def test_a_run_ends_whatever_the_hazards(traits: int, numbers: dict[str, float]) -> None:
    assert_ends(write(program(traits, EFFECTS[2:6], numbers["ratio"], HAZARDS.format(**numbers))), Deck(1, 0))

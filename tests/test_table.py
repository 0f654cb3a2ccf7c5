"""The table of measures: figures as a board reads them, and what is left out or has nothing to tell."""

import io
import math

import pytest
from rich.console import Console

from iopsim.api import simulate
from iopsim.cli.board import notes
from iopsim.cli.console import paragraph
from iopsim.experiments.offered import not_offered
from iopsim.experiments.reading import figures, is_shown
from iopsim.measures.catalogue import CATALOGUE, GROUPS
from iopsim.scenario.load import load
from iopsim.stats.intervals import Summary
from strategies import PLAIN

BY_NAME = {measure.name: measure for measure in CATALOGUE}


def written(name: str, mean: float, low: float, high: float, p10: float, p90: float) -> tuple[str, str, str]:
    return figures(BY_NAME[name], Summary(mean, low, high, p10, p90, 30, 0))


def test_a_spread_that_would_be_written_as_none_has_one_decimal_more() -> None:
    days = "days_to_assessment"
    assert written(days, 5.4, 4.1, 6.7, 4.6, 5.2) == ("5.4", "4.1 to 6.7", "4.6 to 5.2")
    assert written(days, 5.4, 4.1, 6.7, 4.4, 5.2) == ("5", "4 to 7", "4 to 5")
    assert written(days, 5.0, 4.1, 6.7, 5.0, 5.0) == ("5", "4 to 7", "5 to 5")


def test_a_share_of_hours_used_may_be_more_than_all_of_them() -> None:
    assert written("hours_used_share", 1.05, 1.03, 1.07, 1.0, 1.1) == ("105", "103 to 107", "100 to 110")


@pytest.mark.parametrize("by", [(), ("source", "trait")])
def test_intervals_lie_where_their_measures_can(by: tuple[str, ...]) -> None:
    result = simulate(load(PLAIN, {"weeks": 40, "groups.evening.seats": 5}), 3, by=by)
    told = [(measure, result.measures[measure.name]) for measure in CATALOGUE]
    told += [(one.measure, summary) for one in result.equity.comparisons for summary in (one.summary, one.others)]
    for measure, summary in told:
        low, high = measure.span
        assert math.isnan(summary.low) or low <= summary.low <= summary.high <= high, measure.name
    free = simulate(load(PLAIN, {"weeks": 40, "groups.evening.seats": 5}), 3).to_pandas()
    share = free[(free.unit == "share") & (free["mean"] > 0.0) & (free["mean"] < 1.0)]
    assert ((share.low == 0.0) | (share.high == 1.0)).any()


def test_a_number_and_its_percent_sign_stay_on_one_line() -> None:
    for width in range(20, 40):
        file = io.StringIO()
        paragraph(
            Console(file=file, width=width), "Cost: clinical payroll 73 %, fixed costs 12 %, others less than 1 %."
        )
        assert not any(line.endswith(("73", "12", "1")) for line in file.getvalue().splitlines())
        assert " ".join(file.getvalue().split()).count(" %") == 3


OFFERS = {
    "assessment slots (clients walk in)": ("assessment_slots_booked_share", {"assessment.open_access": True}),
    "caseload limits": ("caseload_used_share", {"staff.counselor.caseload": "none"}),
    "individual sessions": ("individual_held_share", {"phases.intensive.individual_per_week": 0}),
    "medication visits": ("medication_held_share", {}),
    "levels of care": ("below_level_hours_share", {}),
    "hires on a trigger": ("weeks_until_hired", {}),
    "groups on a trigger": ("group_opened_share", {}),
}


@pytest.mark.parametrize("what", OFFERS)
def test_what_the_program_does_not_offer_is_named_and_not_called_untold(what: str) -> None:
    name, changes = OFFERS[what]
    result = simulate(load(PLAIN, {"weeks": 40, **changes}), 2)
    assert not_offered(BY_NAME[name], result) == what
    assert not is_shown(BY_NAME[name], result, every=False) and is_shown(BY_NAME[name], result, every=True)
    (said,) = (line for line in notes(result, every=True) if "Nothing to tell" in line)
    assert what in said


def test_federal_priorities_are_left_out_without_a_block_grant() -> None:
    for applies in (True, False):
        result = simulate(load(PLAIN, {"weeks": 4, "block_grant.applies": applies, **PRIORITIES}), 1)
        shown = {is_shown(measure, result, every=True) for measure in GROUPS["Federal priorities"]}
        assert shown == {applies}
        said = "Federal priorities are left out: the program has no block-grant money." in notes(result, every=True)
        assert said != applies


PRIORITIES = {"traits.pregnant": {"share": 0.1}, "traits.injecting": {"share": 0.1}}

"""How a measure is read: which of them a board reads, and with how many digits."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from iopsim.experiments.offered import left_out, not_offered
from iopsim.experiments.result import Result, dollars
from iopsim.measures.catalogue import GROUPS
from iopsim.measures.measure import Measure
from iopsim.scenario.model import Scenario
from iopsim.stats.intervals import Summary

BOARD = {
    "referrals",
    "days_to_assessment",
    "assessed_share",
    "days_to_first_session",
    "started_share",
    "started_in_time_share",
    "reneged_share",
    "balked_share",
    "waitlist_mean",
    "census_mean",
    "census_peak",
    "seats_taken_share",
    "seats_attended_share",
    "ever_full_share",
    "weeks_until_full",
    "assessment_slots_booked_share",
    "caseload_used_share",
    "group_opened_share",
    "weeks_until_group_opened",
    "hired_share",
    "weeks_until_hired",
    "nights_cancelled_share",
    "hours_used_share",
    "hours_short",
    "injecting_in_time_share",
    "pregnant_in_time_share",
    "notices",
    "attendance_share",
    "left_within_30_days_share",
    "engaged_90_days_share",
    "completed_share",
    "dropped_out_share",
    "length_of_stay_days",
    "abstinent_12_months_share",
    "called_again_share",
    "revenue_usd",
    "cost_usd",
    "margin_usd",
    "margin_last_year_usd",
    "broken_even_share",
    "weeks_until_broken_even",
    "cash_hole_usd",
    "cost_per_completion_usd",
    "cost_per_client_week_usd",
}
"""Measures that a board reads, unless the scenario leaves them nothing to say."""

UNKNOWN = "–"
FEW = "~"
"""Stands before an interval that a few replications make."""

LARGE = 10.0
"""From this mean on, one decimal is enough for a board."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure as it is read."""

    label: str
    unit: str
    mean: str
    interval: str
    spread: str


def is_shown(measure: Measure, result: Result, every: bool) -> bool:
    """Whether a measure is in the table: what a board reads, or every one that the program has to do with."""
    return not left_out(measure, result) if every else worth_reading(measure, result)


def worth_reading(measure: Measure, result: Result) -> bool:
    """Whether a board reads a measure; limits that the scenario does not have are left out."""
    if measure.name == "balked_share" and isinstance(result.scenario.waitlist.limit, str):
        return False
    if left_out(measure, result) or not_offered(measure, result):
        return False
    if measure in GROUPS["Staff"] and not any(role.duties for role in result.scenario.staff.values()):
        return False
    if measure.name == "called_again_share" and not result.scenario.after.return_probability:
        return False
    if measure in GROUPS["Money"] and not result.scenario.payers and not result.measures[measure.name].n:
        return False
    return measure.name in BOARD


def read(measure: Measure, result: Result) -> Row:
    """Return a measure as it is read: shares in percent, as many decimals as its interval deserves."""
    summary = result.measures[measure.name]
    unit = "%" if measure.unit == "share" else measure.unit
    return Row(label(measure, result.scenario) + summary.told_in, unit, *figures(measure, summary))


def figures(measure: Measure, summary: Summary) -> tuple[str, str, str]:
    """Return mean, interval and spread of a measure as they are read."""
    places = places_of(measure, summary)

    def span(low: float, high: float) -> str:
        return UNKNOWN if math.isnan(low) else f"{written(measure, low, places)} to {written(measure, high, places)}"

    return (
        UNKNOWN if math.isnan(summary.mean) else written(measure, summary.mean, places),
        f"{FEW if summary.made_by_few else ''}{span(summary.low, summary.high)}",
        span(summary.p10, summary.p90),
    )


def places_of(measure: Measure, summary: Summary) -> int:
    """Return to how many decimals a measure is told, its share in percent; dollars may have fewer than none.

    Dollars are rounded to the second digit of their half-width. Where the ends of the spread differ and would be
    written alike, all has one decimal more: else the few replications beyond that widen the interval would not show.
    """
    half = (summary.high - summary.low) / 2
    if measure.unit == "usd":
        return whole_places(half)
    factor = 100.0 if measure.unit == "share" else 1.0
    places = decimals(factor * summary.mean, factor * half)
    low, high = factor * summary.p10, factor * summary.p90
    return places + 1 if low < high and f"{low:.{places}f}" == f"{high:.{places}f}" else places


def written(measure: Measure, value: float, places: int) -> str:
    """Return a value of a measure to so many decimals: dollars with their sign, a share in percent, without a unit."""
    if measure.unit == "usd":
        return dollars(round(value, places))
    return f"{(100.0 if measure.unit == 'share' else 1.0) * value:,.{places}f}"


def whole_places(half_width: float) -> int:
    """Return to how many decimals dollars are rounded: 0, or less so that two digits of the half-width are left."""
    if math.isnan(half_width) or half_width == 0.0:
        return 0
    return min(1 - math.floor(math.log10(half_width)), 0)


def label(measure: Measure, scenario: Scenario) -> str:
    """Return a measure's label, with the scenario's own target in it."""
    targets = {
        "assessed_in_time_share": ("Assessed", scenario.targets.assessment_days),
        "started_in_time_share": ("Started", scenario.targets.start_days),
        "prompt_start_share": ("Of those who start,", scenario.targets.start_days),
    }
    if measure.name not in targets:
        return measure.label
    verb, days = targets[measure.name]
    return f"{verb} within {days} day{'' if days == 1 else 's'}"


def decimals(mean: float, half_width: float) -> int:
    """Return how many decimals a mean deserves: down to the first digit of its half-width, at most 2, of 10 on 1."""
    if math.isnan(mean):
        return 0
    if math.isnan(half_width) or half_width == 0.0:
        return 0 if mean == round(mean) else 1
    return min(max(-math.floor(math.log10(half_width)), 0), 2 if mean < LARGE else 1)


def day(date: datetime.date) -> str:
    """Return a date in words."""
    return f"{date.day} {date:%B %Y}"

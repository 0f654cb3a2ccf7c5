"""Why a number cannot be told, in words."""

from __future__ import annotations

from iopsim.experiments.offered import left_out, not_offered
from iopsim.experiments.result import Result
from iopsim.measures.catalogue import GROUPS
from iopsim.measures.measure import FOLLOW_UP_DAYS, Measure
from iopsim.measures.money import PAID, YEAR
from iopsim.measures.outcomes import HALF_A_YEAR
from iopsim.measures.outcomes import YEAR as YEAR_DAYS

FOLLOWED = ("Funnel", "Access")
"""Groups of measures of people who are followed for 90 days after they are referred."""


SINCE_OPENING = (
    "broken_even_share",
    "weeks_until_broken_even",
    "weeks_until_operating_margin",
    "cash_hole_usd",
    "weeks_until_cash_hole",
    "cash_falling_share",
)
"""Measures of money that begin with the first dollar spent, and that a mature view cannot tell."""


def why_unknown(measure: Measure, result: Result) -> str:
    """Return why a measure that has no value in any replication cannot be told, without a full stop.

    Parameters
    ----------
    measure : Measure
    result : Result
    """
    if left_out(measure, result):
        return "the program has no block-grant money"
    if absent := not_offered(measure, result):
        return f"the program has no {absent}"
    if measure.counted.startswith(PAID) and not result.scenario.payers:
        return "the scenario names no payers, so what comes in is not known"
    if not result.measures["referrals"].mean > 0.0:
        return "nobody is referred in this run"
    if measure.name in SINCE_OPENING and result.warm_up:
        return "it is told only from the opening on, and this is the mature view"
    return _too_short(measure, result) or "it does not happen in any replication"


def _too_short(measure: Measure, result: Result) -> str:
    """Say that the run is too short to follow anybody as far as the measure asks; nothing if it is not."""
    course = result.facts.retention.shape[2] - 1
    needed = {
        **dict.fromkeys(GROUPS["Funnel"] + GROUPS["Access"], (FOLLOW_UP_DAYS // 7 + 1, "a referral")),
        **dict.fromkeys(GROUPS["Retention"], (course + 1, "an admission")),
        **dict.fromkeys(GROUPS["After discharge"], (YEAR_DAYS // 7 + 1, "a discharge")),
    }
    here = "1 week is" if len(result.weeks) == 1 else f"{len(result.weeks)} weeks are"
    if measure.name == "margin_last_year_usd":
        return f"{here} too few for a sum over {YEAR} weeks" if len(result.weeks) < YEAR else ""
    weeks, since = needed.get(measure, (0, ""))
    if measure.name == "abstinent_6_months_share":
        weeks = HALF_A_YEAR // 7 + 1
    if measure.name == "completed_of_referred_share":
        weeks = FOLLOW_UP_DAYS // 7 + 1 + course
    if len(result.weeks) > weeks:
        return ""
    return f"{here} too few to follow anybody for {weeks} weeks after {since}"

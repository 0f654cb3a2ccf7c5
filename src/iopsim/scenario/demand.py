"""Who is referred, how often, and what they are like."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from iopsim.scenario.fields import FrozenDict, Month, Name, Part, Weekday, _frozen, number, ratio, share, text

Weight = Annotated[float, number("ratio", 0.0, 100.0, "Weight; 0 means no referrals")]


class ReferralSource(Part):
    """One kind of referrer: how many clients, when, and with which traits and priority."""

    per_week: float = number("clients/week", 0.0, 500.0, "Referrals a week once mature, in a month of weight 1", 2.5)
    first_week: int = number("week", 0, 1040, "Week of the first referrals; 0 is the opening week")
    ramp_weeks: int = number("weeks", 0, 520, "Weeks from the first referral to maturity, a straight line")
    ramp_start: float = share("Share of the mature rate in the first week")
    dispersion: float = number(
        "ratio", 1.0, 20.0, "Variance of a day's count over its mean; 1 is Poisson, more is burstier"
    )
    months: Annotated[dict[Month, Weight], AfterValidator(_frozen)] = text(
        "Weight of each month, multiplying the rate; months not named keep the template's"
    )
    weekdays: Annotated[dict[Weekday, Weight], AfterValidator(_frozen)] = text(
        "Weight of each weekday; the week's total stays per_week"
    )
    priority: int = number("class", 0, 9, "Priority class on every list; 0 goes first")
    enters: str = text('Phase in which these clients start; "" is the first phase')
    traits: Annotated[dict[Name, Annotated[float, share("Share with the trait")]], AfterValidator(_frozen)] = text(
        "Share with a trait among these clients, where it differs from the trait's own share"
    )


class Trait(Part):
    """Something about a client that changes how the way in and treatment go."""

    share: float = share("Share of referred clients with the trait", 0.3)
    show_odds_ratio: float = ratio("Odds of coming to the assessment, with the trait against without")
    renege_hazard_ratio: float = ratio("Hazard of leaving the waitlist")
    attendance_odds_ratio: float = ratio("Odds of attending a session")
    dropout_hazard_ratio: float = ratio("Hazard of dropping out, early non-engagement included")


Referrals = Annotated[dict[Name, ReferralSource], AfterValidator(_frozen)]
Traits = Annotated[dict[Name, Trait], AfterValidator(_frozen)]
__all__ = ["FrozenDict", "ReferralSource", "Referrals", "Trait", "Traits"]

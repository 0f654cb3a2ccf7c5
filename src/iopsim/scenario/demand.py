"""Who is referred, how often, what they are like, and who pays for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from iopsim.scenario.fields import (
    FrozenDict,
    Month,
    Name,
    Names,
    Part,
    Weekday,
    _frozen,
    number,
    probability,
    ratio,
    share,
    text,
)

Weight = Annotated[float, number("ratio", 0.0, 100.0, "Weight; 0 means no referrals")]
Shares = Annotated[dict[Name, Annotated[float, share("Share of these clients")]], AfterValidator(_frozen)]


class ReferralSource(Part):
    """One kind of referrer: how many clients, when, and with which traits, payers and priority."""

    per_week: float = number("clients/week", 0.0, 500.0, "Referrals a week once mature, in a month of weight 1", 2.5)
    first_week: int = number("week", 0, 1040, "Week of the first referrals; 0 is the opening week", planned=True)
    ramp_weeks: int = number("weeks", 0, 520, "Weeks from the first referral to maturity, a straight line")
    ramp_start: float = share("Share of the mature rate in the first week")
    growth_per_year: float = number(
        "ratio", 0.1, 10.0, "Factor by which the mature rate grows each year from the first referral; 1 is no trend"
    )
    doubt: float = number(
        "log sd",
        0.0,
        1.0,
        "Standard deviation of the logarithm of a factor (mean 1) on all of a run's referrals, drawn once for each "
        "replication: hoped-for referrals that do not come; 0 is none",
        planned=True,
    )
    dispersion: float = number(
        "ratio", 1.0, 20.0, "Variance of a day's count over its mean; 1 is Poisson, more is burstier"
    )
    months: Annotated[dict[Month, Weight], AfterValidator(_frozen)] = text(
        "Weight of each month, multiplying the rate; months not named keep the template's"
    )
    weekdays: Annotated[dict[Weekday, Weight], AfterValidator(_frozen)] = text(
        "Weight of each weekday; the week's total stays per_week"
    )
    kept_per_week_waited: float = number(
        "share",
        0.01,
        1.0,
        "Share of referrals still made for each week that the client last admitted had waited since referral; "
        "1 means that referrers do not react to waits",
    )
    priority: int = number("class", 0, 9, "Priority class on every list; 0 goes first", planned=True)
    enters: str = text('Phase in which these clients start; "" is the first phase')
    traits: Shares = text("Share with a trait among these clients, where it differs from the trait's own share")
    payers: Shares = text("Share of each payer among these clients, where it differs from the payers' own shares")


class Trait(Part):
    """Something about a client that changes how the way in and treatment go.

    A trait is drawn, with a share; or it follows from other traits, with `all_of` and `none_of`.
    """

    share: float = share("Share of referred clients with the trait; left out for one that follows from others")
    typical_share: float = probability(
        "Share with the trait among the clients of whom the base rates tell; 0: the base is a client without it"
    )
    all_of: Names = text("Traits that a client must all have, to have this one")
    none_of: Names = text("Traits of which a client must have none, to have this one")
    show_odds_ratio: float = ratio("Odds of coming to the assessment, with the trait against without")
    higher_placement_odds_ratio: float = ratio("Odds of being placed in withdrawal management, residential or higher")
    renege_hazard_ratio: float = ratio("Hazard of leaving the waitlist")
    attendance_odds_ratio: float = ratio("Odds of attending a session")
    dropout_hazard_ratio: float = ratio("Hazard of dropping out, early non-engagement included")
    lapse_hazard_ratio: float = ratio("Hazard of a lapse while in treatment")
    relapse_odds_ratio: float = ratio("Odds of having relapsed by any day after discharge")


Referrals = Annotated[dict[Name, ReferralSource], AfterValidator(_frozen)]
Traits = Annotated[dict[Name, Trait], AfterValidator(_frozen)]
__all__ = ["FrozenDict", "ReferralSource", "Referrals", "Shares", "Trait", "Traits"]

"""Money beyond wages and rates: before the opening, every week, and for each client."""

from __future__ import annotations

from iopsim.scenario.fields import Part, number, text
from iopsim.scenario.payers import usd


class Money(Part):
    """What the program pays besides staff, rooms and levers, and what it charges."""

    dollars_year: int = number(
        "year", 2000, 2100, "Year whose dollars all amounts are in; nothing is inflated", planned=True
    )
    pre_opening_weeks: int = number(
        "weeks", 0, 104, "Weeks before the opening in which fixed costs are paid already", planned=True
    )
    start_up_usd: float = usd("Paid once, at the beginning: license, furniture, systems", 100_000_000.0)
    fixed_usd_per_week: float = usd("Rent, insurance, software and other fixed costs", 10_000_000.0)
    supplies_usd_per_client_week: float = usd("Materials and meals, for each client in program, a week")
    drug_screens_per_client_week: int = number(
        "screens/week", 0, 7, "Drug screens of each client in program, a week", planned=True
    )
    drug_screen_cost_usd: float = usd("Cost of a drug screen")
    assessment_is_free: bool = text("Whether the assessment is free of charge")
    family_is_billed: bool = text("Whether family nights are billed")
    charge_markup: float = number("ratio", 1.0, 10.0, "What is billed, as a multiple of the payer's rate", planned=True)


class AfterDischarge(Part):
    """What becomes of people after treatment. Nothing here is a promise about a person."""

    relapse_scale_days: float = number("days", 1.0, 10_000.0, "Days after discharge by which half have relapsed")
    relapse_shape: float = number("exponent", 0.1, 5.0, "Shape of the log-logistic curve of relapse")
    completed_odds_ratio: float = number("ratio", 0.01, 100.0, "Odds of having relapsed, of those who completed")
    short_stay_odds_ratio: float = number(
        "ratio", 0.01, 100.0, "The same, of those who stayed less than short_stay_weeks"
    )
    short_stay_weeks: int = number("weeks", 0, 104, "A stay of fewer weeks is short")
    return_probability: float = number("share", 0.0, 1.0, "Share of those who relapse who call the program again")
    return_days: float = number("days", 0.0, 3650.0, "Average days from relapse to that call")
    most_episodes: int = number("episodes", 1, 5, "Episodes of one client in the run, the first included", planned=True)

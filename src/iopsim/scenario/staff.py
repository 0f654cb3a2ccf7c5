"""Who works in the program, when, at what, and what happens when they are away."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from iopsim.scenario.fields import Limit, Name, Part, _frozen, _tuple, _unique, cap, number, share, text

Duty = Literal["groups", "individual", "assessment", "medication"]
Duties = Annotated[tuple[Duty, ...], BeforeValidator(_tuple), AfterValidator(_unique)]


class Role(Part):
    """A staff role: how many people, what they do, and how they come and go."""

    people: int = number("people", 0, 500, "How many work in this role", 1, planned=True)
    caseload: Limit = cap(
        "clients", 'Clients each can carry; "none": this role carries no clients', example=25, planned=True
    )
    duties: Duties = text("What they do: groups, individual, assessment, medication; none for the payroll around")
    first_week: int = number("week", 0, 1040, "Week in which they start; 0 is the opening week", planned=True)
    hours_per_week: float = number("hours/week", 0.5, 80.0, "Paid hours a week, of each", planned=True)
    clients_per_facilitator: Limit = cap(
        "clients", 'Clients one may facilitate in a session; "none" for no limit', planned=True
    )
    notes_hours_per_client_week: float = number("hours", 0.0, 10.0, "Hours of notes for each client carried, a week")
    supervision_hours_per_week: float = number(
        "hours/week", 0.0, 20.0, "Hours of supervision each receives", planned=True
    )
    sick_days_per_year: float = number("days/year", 0.0, 120.0, "Days of sickness of each, a year")
    sick_spell_days: float = number("days", 1.0, 60.0, "Average length of a spell of sickness")
    leave_weeks_per_year: int = number("weeks/year", 0, 26, "Weeks of leave and training of each, a year", planned=True)
    cover_probability: float = share("Chance that cover is found for a session, when too few are here")
    cover_usd_per_hour: float = number("usd/hour", 0.0, 1000.0, "Cost of cover")
    turnover_per_year: float = number(
        "hazard/year", 0.0, 5.0, "Hazard of quitting, averaged over the first two years of tenure"
    )
    turnover_shape: float = number("exponent", 0.3, 1.0, "Weibull shape of that hazard; less than 1 falls with tenure")
    vacancy_weeks: float = number("weeks", 0.0, 104.0, "Average weeks to fill a vacancy")
    vacant_caseload_share: float = share(
        "Share of the caseload limit that colleagues still carry for a vacant post", planned=True
    )
    hire_when_caseload: Limit = cap(
        "clients",
        'One more is hired when the average caseload exceeds this; "none" for no such trigger',
        planned=True,
    )
    hire_after_weeks: int = number(
        "weeks", 1, 52, "For so many Mondays in a row the caseload must have exceeded it", planned=True
    )
    hire_lead_weeks: int = number("weeks", 0, 104, "Weeks from then until the new one starts")
    most_hires: int = number("people", 0, 100, "How many may be hired so", planned=True)
    wage_usd_per_hour: float = number("usd/hour", 0.0, 1000.0, "Wage")
    fringe_share: float = number("share", 0.0, 1.0, "Fringe benefits and payroll taxes on top of the wage")
    hire_usd: float = number("usd", 0.0, 100_000.0, "Cost of recruiting one")
    pre_opening_weeks: int = number(
        "weeks", 0, 104, "Weeks on the payroll before the opening, or before the start", planned=True
    )


Staff = Annotated[dict[Name, Role], AfterValidator(_frozen)]

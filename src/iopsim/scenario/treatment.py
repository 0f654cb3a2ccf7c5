"""Treatment: phases, attendance, sessions beside the group, and the ways out."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator

from iopsim.scenario.fields import Limit, Name, Part, Weekday, _frozen, cap, number, ratio, share, text

Ratio = Annotated[float, ratio("Odds ratio of attending")]


class Phase(Part):
    """A stretch of treatment with its own nights a week; phases follow in the order of the file."""

    nights_per_week: int = number("nights/week", 1, 7, "Group nights a week, each taking one seat", 3, planned=True)
    planned_weeks: int = number("weeks", 1, 520, "Weeks after which the client moves on or completes", 12, planned=True)
    least_weeks: int = number(
        "weeks",
        0,
        520,
        "With a benchmark: weeks before which nobody moves on; 0 is the planned weeks",
        planned=True,
    )
    most_weeks: int = number(
        "weeks", 0, 520, "With a benchmark: weeks after which all move on; 0 is the planned weeks", planned=True
    )
    benchmark_attended_share: float = share(
        "Benchmark for moving on: share of the last weeks' sessions attended; 0 means that the calendar decides",
        planned=True,
    )
    benchmark_weeks: int = number("weeks", 1, 52, "How many last weeks the benchmark looks at", planned=True)
    lapse_free_weeks: int = number("weeks", 0, 52, "Benchmark for moving on: weeks without a lapse", planned=True)
    level: Literal["", "1", "2.1", "2.5"] = text('Level of care, whose weekly hours are checked; "" for none')
    individual_per_week: int = number("sessions/week", 0, 7, "Individual sessions a week", planned=True)
    medication_every_weeks: int = number(
        "weeks", 0, 52, "Weeks from one medication visit to the next; 0 for none", planned=True
    )
    dropout_hazard_ratio: float = ratio("Hazard of dropping out in this phase")
    when_full: Literal["wait", "leave"] = text(
        "A client who is due to enter this phase and finds it full keeps the old seats (wait), or leaves"
    )


class Attendance(Part):
    """How an active client attends; absences come in runs."""

    probability: float = number("share", 0.05, 1.0, "Long-run share of scheduled sessions attended")
    absence_run_sessions: float = number("sessions", 1.0, 20.0, "Average length of a run of absences")
    excused_share: float = share("Share of absence runs that are excused")
    weekday_odds_ratios: Annotated[dict[Weekday, Ratio], AfterValidator(_frozen)] = text(
        "Odds ratio of attending on each weekday"
    )
    make_up_probability: float = share(
        "Share of absence runs after which the client takes a make-up night, if one has a seat within the week"
    )
    cut_short_probability: float = share("An attended session is cut short: late, or left early; it bills nothing")


class AbsenceRule(Part):
    """When the program ends an episode for unexcused absences."""

    consecutive: Limit = cap(
        "sessions", 'This many in a row end the episode; "none" switches this rule off', planned=True
    )
    total: Limit = cap(
        "sessions", 'More than this many within the window end it; "none" switches this rule off', planned=True
    )
    window_weeks: int = number("weeks", 1, 104, "Length of the window for the total", planned=True)
    lockout_days: int = number(
        "days", 0, 365, "Days after a termination in which the client cannot come back", planned=True
    )


class Individual(Part):
    """Individual sessions, of phases that have them."""

    hours: float = number("hours", 0.25, 4.0, "Length of a session", planned=True)
    show_probability: float = share("Probability of coming")


class Medication(Part):
    """Medication visits, of phases that have them."""

    trait: str = text('Trait of the clients who have them; "" is everybody')
    hours: float = number("hours", 0.25, 4.0, "Prescriber hours of a visit")
    show_probability: float = share("Probability of coming")


class FamilyNight(Part):
    """An evening for families."""

    every_weeks: int = number("weeks", 0, 52, "Weeks from one family night to the next; 0 for none", planned=True)
    weekday: Weekday = text("Weekday")
    start: datetime.time = text("Start, clock time")
    hours: float = number("hours", 0.25, 8.0, "Length", planned=True)
    staff: int = number("people", 1, 20, "Staff present", planned=True)
    comes_share: float = share("Share of clients in program whose family comes")


class Lapse(Part):
    """Substance use while in treatment."""

    per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of a lapse while in treatment")
    dropout_hazard_ratio: float = ratio("Hazard of dropping out, for each lapse so far")
    step_up_probability: float = share(
        "A lapse moves the client back to the phase before, if there is one", planned=True
    )
    step_out_probability: float = share("A lapse means transfer to a higher level of care", planned=True)


class Leaving(Part):
    """Hazards of leaving before the plan is done, judged at each weekly review."""

    early_probability: float = number(
        "share",
        0.0,
        0.95,
        "Early non-engagement: share who drop out within the early weeks on top of the rest",
    )
    early_weeks: int = number("weeks", 1, 12, "How many weeks are early")
    dropout_per_week: float = number(
        "hazard/week", 0.0, 10.0, "Further hazard of dropping out, averaged over the first twelve weeks"
    )
    dropout_shape: float = number(
        "exponent", 0.2, 1.0, "Weibull shape of that further hazard; 1 is constant, less falls with time"
    )
    waited_hazard_ratio: float = ratio("Hazard of dropping out, for each week waited since the assessment")
    crowded_hazard_ratio: float = ratio("Hazard of dropping out in a week in which every seat of the group is taken")
    counselor_change_hazard_ratio: float = ratio("Hazard of dropping out, for each change of counselor")
    missed_individual_hazard_ratio: float = ratio(
        "Hazard of dropping out, for each individual session that the staff had no hours for"
    )
    transfer_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of transfer to another level of care")
    incarceration_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of incarceration")
    death_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of death")
    other_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of leaving for any other reason")


Phases = Annotated[dict[Name, Phase], AfterValidator(_frozen)]

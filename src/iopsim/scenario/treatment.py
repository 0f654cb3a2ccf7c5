"""Treatment: phases, groups, attendance, and the ways out."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator

from iopsim.scenario.fields import Limit, Name, Names, Part, Weekdays, _frozen, cap, number, share, text


class Phase(Part):
    """A stretch of treatment with its own nights a week; phases follow in the order of the file."""

    nights_per_week: int = number("nights/week", 1, 7, "Group nights a week, each taking one seat", 3)
    planned_weeks: int = number("weeks", 1, 520, "Weeks after which the client moves on or completes", 12)
    when_full: Literal["wait", "leave"] = text(
        "A client who is due to enter this phase and finds it full keeps the old seats (wait), or leaves"
    )


class Group(Part):
    """A group that meets on fixed nights; seats are counted for each night."""

    nights: Weekdays = text("Nights on which the group meets", ["Mon", "Tue", "Wed"])
    start: datetime.time = text("Start, clock time")
    hours: float = number("hours", 0.25, 12.0, "Length of a session")
    seats: int = number("seats", 1, 500, "Seats on each night")
    serves: Names = text("Phases whose clients it takes; empty means every phase")
    first_week: int = number("week", 0, 1040, "Week in which it opens; 0 is the opening week")


class Attendance(Part):
    """How an active client attends; absences come in runs."""

    probability: float = number("share", 0.05, 1.0, "Long-run share of scheduled sessions attended")
    absence_run_sessions: float = number("sessions", 1.0, 20.0, "Average length of a run of absences")
    excused_share: float = share("Share of absence runs that are excused")


class AbsenceRule(Part):
    """When the program ends an episode for unexcused absences."""

    consecutive: Limit = cap("sessions", 'This many in a row end the episode; "none" switches this rule off')
    total: Limit = cap("sessions", 'More than this many within the window end it; "none" switches this rule off')
    window_weeks: int = number("weeks", 1, 104, "Length of the window for the total")


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
    transfer_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of transfer to another level of care")
    incarceration_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of incarceration")
    death_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of death")
    other_per_week: float = number("hazard/week", 0.0, 10.0, "Hazard of leaving for any other reason")


Phases = Annotated[dict[Name, Phase], AfterValidator(_frozen)]
Groups = Annotated[dict[Name, Group], AfterValidator(_frozen)]

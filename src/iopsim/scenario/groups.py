"""The timetable: groups on fixed nights, and the rooms they meet in."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator

from iopsim.scenario.fields import Limit, Name, Names, Part, Weekdays, _frozen, cap, number, ratio, text


class Group(Part):
    """A group that meets on fixed nights; seats are counted for each night."""

    nights: Weekdays = text("Nights on which the group meets", ["Mon", "Tue", "Wed"])
    start: datetime.time = text("Start, clock time")
    hours: float = number("hours", 0.25, 12.0, "Length of a session", planned=True)
    seats: int = number("seats", 1, 500, "Seats on each night", planned=True)
    room: str = text('Room in which it meets; "" for none in particular')
    serves: Names = text("Phases whose clients it takes; empty means every phase")
    for_traits: Names = text("Traits that its clients must all have; empty means everybody")
    first_week: int = number("week", 0, 1040, "Week in which it opens; 0 is the opening week", planned=True)
    opens_when_waiting: Limit = cap(
        "clients",
        'Opens later, when at least this many wait ready to start; "none" opens it in its first week',
        planned=True,
    )
    opens_after_weeks: int = number(
        "weeks", 1, 52, "For so many Mondays in a row they must have been waiting", planned=True
    )
    opens_lead_weeks: int = number("weeks", 0, 52, "Weeks from then until it meets", planned=True)
    admission: Literal["rolling", "cohort"] = text("Clients may start any week, or only when a cohort starts")
    cohort_weeks: int = number("weeks", 1, 104, "Weeks from the start of one cohort to the next", planned=True)
    cohort_open_weeks: int = number(
        "weeks", 1, 104, "First weeks of a cohort in which clients may still start", planned=True
    )
    smallest_census: int = number(
        "clients", 0, 500, "With fewer clients scheduled the night is cancelled", planned=True
    )
    facilitators: int = number("people", 1, 20, "Staff who run a session", planned=True)
    video: bool = text("Whether it meets by video, not in person")
    attendance_odds_ratio: float = ratio("Odds of attending this group")
    lever: str = text('Lever that buys this group: it exists only while the lever is on; "" for no lever')


class Room(Part):
    """A room in which groups meet, one at a time."""

    seats: int = number("seats", 1, 1000, "Clients it holds", 14, planned=True)
    usd_per_night: float = number("usd/night", 0.0, 100_000.0, "Rent for each night it is used")


Groups = Annotated[dict[Name, Group], AfterValidator(_frozen)]
Rooms = Annotated[dict[Name, Room], AfterValidator(_frozen)]

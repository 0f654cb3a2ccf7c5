"""Time: whole days since opening on a real calendar, and the phases of a day in one fixed order."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Phase(IntEnum):
    """The phases of a day, in the order in which they happen.

    Two kinds of event never share a phase. Whatever a client asks for in one phase is granted or refused in a
    later one, so nothing depends on the order in which code happened to run.
    """

    STAFF = 0
    """Who starts, who leaves, whose clients are handed over; what opens or is hired on a trigger."""
    RETURNS = 1
    """Clients come back from a detour, or to the front door."""
    REFERRALS = 2
    """Clients are referred and call."""
    BOOKING = 3
    """Everybody who has called is given an assessment appointment."""
    RENEGING = 4
    ASSESSMENTS = 5
    REVIEW = 6
    DISCHARGES = 7
    STEP_DOWNS = 8
    ADMISSIONS = 9
    SESSIONS = 10
    WEEK_END = 11
    """The week's hours are counted: individual sessions, visits, notes, and what did not fit."""


PHASES_PER_DAY = len(Phase)

OFFICE_HOUR = {
    Phase.STAFF: datetime.time(8, 0),
    Phase.RETURNS: datetime.time(8, 30),
    Phase.REFERRALS: datetime.time(9, 0),
    Phase.BOOKING: datetime.time(9, 0),
    Phase.RENEGING: datetime.time(9, 30),
    Phase.ASSESSMENTS: datetime.time(10, 0),
    Phase.REVIEW: datetime.time(15, 0),
    Phase.DISCHARGES: datetime.time(15, 30),
    Phase.STEP_DOWNS: datetime.time(16, 0),
    Phase.ADMISSIONS: datetime.time(16, 30),
    Phase.WEEK_END: datetime.time(23, 0),
}
"""Nominal clock time of what is not a group session, for diaries and logs; nothing is decided by it."""


def moment(day: int, phase: Phase) -> int:
    """Return the integer time of a phase of a day; later phases and later days are larger."""
    return day * PHASES_PER_DAY + phase


def weekdays(opening: datetime.date, days: int) -> NDArray[np.int64]:
    """Return the weekday of each day since opening, Monday 0 to Sunday 6; shape (days,)."""
    return (opening.weekday() + np.arange(days)) % 7


def months(opening: datetime.date, days: int) -> NDArray[np.int64]:
    """Return the month of each day since opening, January 0 to December 11; shape (days,)."""
    dates = np.datetime64(opening, "D") + np.arange(days)
    return dates.astype("datetime64[M]").astype(np.int64) % 12


def months_since_opening(opening: datetime.date, days: int) -> NDArray[np.int64]:
    """Return the number of the calendar month of each day, the opening's month being 0; shape (days,)."""
    dates = np.datetime64(opening, "D") + np.arange(days)
    month = dates.astype("datetime64[M]").astype(np.int64)
    return np.asarray(month - month[:1], dtype=np.int64)


def public_holidays(where: str, opening: datetime.date, days: int) -> dict[datetime.date, str]:
    """Return the public holidays of a country or state within the run, with their names.

    Parameters
    ----------
    where : str
        ISO codes such as ``"US"`` or ``"US-LA"``; empty for none.
    opening : datetime.date
        Day 0.
    days : int
        Days of the run.

    Raises
    ------
    ValueError
        If no holidays are known for `where`.
    """
    if not where:
        return {}
    import holidays  # slow to import, and only this module needs it

    country, _, state = where.partition("-")
    last = opening + datetime.timedelta(days=days)
    years = range(opening.year, last.year + 1)
    try:
        known = holidays.country_holidays(country, subdiv=state or None, years=years)
    except NotImplementedError as error:
        raise ValueError(f"no public holidays are known for {where!r}") from error
    return {day: name for day, name in sorted(known.items()) if opening <= day < last}


def knows_holidays(where: str) -> bool:
    """Return whether the public holidays of a country or state are known; those of nowhere ("") are."""
    if not where:
        return True
    import holidays  # slow to import, and only this module needs it

    country, _, state = where.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    return country in known and (not state or state in known[country])


def closed_days(
    opening: datetime.date,
    days: int,
    holidays: Iterable[datetime.date],
    open_on: Iterable[datetime.date],
    closures: Iterable[tuple[datetime.date, datetime.date]],
) -> NDArray[np.bool_]:
    """Return for each day since opening whether the clinic is closed; shape (days,).

    A public holiday named in `open_on` is open; a closure always closes.
    """
    closed = np.zeros(days, dtype=np.bool_)
    for day in set(holidays) - set(open_on):
        if 0 <= (index := (day - opening).days) < days:
            closed[index] = True
    for first, last in closures:
        start, stop = (first - opening).days, (last - opening).days + 1
        closed[max(start, 0) : max(stop, 0)] = True
    return closed

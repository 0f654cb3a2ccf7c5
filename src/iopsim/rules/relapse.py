"""When does someone relapse after discharge, and call the program again?"""

from __future__ import annotations

from iopsim.record import Exit

NOT_KNOWN = -1


def relapse_days(
    reason: int,
    stay: int,
    unit: float,
    completed: float,
    short_stay: float,
    short: int,
) -> int:
    """Return the days from discharge to relapse, at least 1; -1 for one of whom nothing is known.

    Parameters
    ----------
    reason : int
        An `Exit`. Nothing is known of those who are transferred, incarcerated or dead.
    stay : int
        Days in program.
    unit : float
        The client's own days to relapse, from the log-logistic curve and the client's traits.
    completed, short_stay : float
        Factors on that time for those who completed, and for those who stayed less than `short` days.
    short : int
        Days.

    Notes
    -----
    Assumes proportional odds. Source: evidence rows 6.6-6.9. Nothing here is a promise about a person.
    """
    if reason == Exit.TRANSFERRED or reason == Exit.INCARCERATED or reason == Exit.DIED:
        return NOT_KNOWN
    days = unit
    if reason == Exit.COMPLETED:
        days *= completed
    if stay < short:
        days *= short_stay
    whole = int(days) if days < 1e9 else 1_000_000_000
    return whole + 1


def call_day(relapse: int, delay: int, reason: int, discharged: int, lockout: int) -> int:
    """Return the day on which one who relapsed calls again; one whom the program terminated, after the lock-out."""
    day = relapse + delay
    if reason == Exit.TERMINATED and day < discharged + lockout:
        return discharged + lockout
    return day

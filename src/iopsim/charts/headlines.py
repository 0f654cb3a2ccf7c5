"""What a chart's title says: the finding, worked out from the numbers, in words a board would use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iopsim.experiments.result import F64

SHORT = 26
"""Weeks; a shorter run is not said to have settled."""

NEAR = 0.85
"""Census has arrived at its level when it has reached this share of it."""

STEADY = 0.25
"""It stays there while no week differs from the level by a larger share."""

CHANGED = 1.1
"""Census is growing if its last quarter exceeds the quarter before by this ratio."""


WHY_NOT = {
    "months": "referrals have seasons",
    "growth_per_year": "referrals have a trend",
    "ramp_weeks": "a ramp outlasts the run",
    "first_week": "something opens only when the run is over",
    "contract_week": "a contract starts only when the run is over",
    "opens_when_waiting": "a group opens when many wait",
    "hire_when_caseload": "people are hired when there are many clients",
    "closures": "a long closure interrupts the program",
    "slots_per_day": "demand exceeds the assessment slots",
    "groups": "demand exceeds the seats, and nobody gives up",
    "staff": "demand exceeds the caseload, and nobody gives up",
}
"""Why there is no steady state, by the last part of the setting's path."""


def clients(number: float) -> str:
    """Return a number of clients in words that do not claim more than it says."""
    if number < 0.95:
        return "less than 1 client"
    return "1 client" if round(number) == 1 else f"{number:,.0f} clients"


def census_headline(mean: F64) -> str:
    """Say how census develops.

    Parameters
    ----------
    mean : float array, shape (weeks,)
        Mean census of each week; not all 0.
    """
    weeks = len(mean)
    quarter = last_quarter(weeks)
    level, before = float(mean[-quarter:].mean()), float(mean[-2 * quarter : -quarter].mean()) if weeks > 1 else 0.0
    if weeks < SHORT:
        end = "by the end of the first week" if weeks == 1 else f"by week {weeks}, the last of this run"
        return f"Census reaches {clients(float(mean[-1]))} {end}"
    arrived = int(np.argmax(mean >= NEAR * level))
    half = max(1, quarter // 2)
    growing = quarter == 1 or mean[-half:].mean() > mean[-quarter:-half].mean()
    if level > CHANGED * before and growing:
        return f"Census is still growing when the run ends: {clients(float(mean[-1]))} in week {weeks}"
    if before > CHANGED * level:
        top = int(mean.argmax())
        return f"Census peaks at {clients(float(mean[top]))} in week {top + 1} and has fallen to {clients(level)}"
    if arrived < weeks // 2 and np.all(np.abs(mean[arrived:] - level) <= STEADY * level):
        return f"Census climbs to about {clients(level)} by week {arrived + 1} and stays near that"
    return f"Census averages {clients(level)} over the last {quarter} weeks"


def last_quarter(weeks: int) -> int:
    """Return how many weeks at the end of so many a title is about."""
    return max(1, weeks // 4)


def seats_headline(taken: F64) -> str:
    """Say how full the groups are towards the end; nothing where no group met.

    Parameters
    ----------
    taken : float array, shape (weeks,)
        Mean share of seats taken in each week; NaN where no group met.
    """
    last = taken[-last_quarter(len(taken)) :]
    known = last[~np.isnan(last)]
    return f"; {100 * known.mean():.0f} % of the seats are then taken" if len(known) else ""


def mature_headline(mean: F64, taken: F64) -> str:
    """Say how large and how full the mature program is.

    Parameters
    ----------
    mean, taken : float arrays, shape (weeks,)
        Mean census, and mean share of seats taken, in each week; the latter NaN where no group met.
    """
    known = taken[~np.isnan(taken)]
    seats = f", with {100 * known.mean():.0f} % of its seats taken" if len(known) else ""
    return f"The mature program has {clients(float(mean.mean()))} on average{seats}"


def warm_up_headline(weeks: int, month: str, awaits_ramp: bool) -> str:
    """Say from when on a program is mature.

    Parameters
    ----------
    weeks : int
        The warm-up.
    month : str
        Month in which it ends.
    awaits_ramp : bool
        Whether a ramp, or anything else that begins late, asks for more weeks than any series.
    """
    after = f"{weeks} week{'' if weeks == 1 else 's'}"
    said = f"The program is mature after {after}, from {month} on"
    return f"{said}: when the last ramp or late start is over" if awaits_ramp else said


def no_steady_state_headline(settings: Sequence[str], run: int) -> str:
    """Say why a program is never mature.

    Parameters
    ----------
    settings : sequence of str
        Paths of the settings that stand in the way.
    run : int
        Weeks of the run.
    """
    reasons = dict.fromkeys(WHY_NOT[part] for path in settings if (part := path.split(".")[-1]) in WHY_NOT)
    if reasons:
        return f"No steady state to wait for: {'; '.join(reasons)}"
    return f"A run of {run} week{'' if run == 1 else 's'} is too short to tell from when on the program is mature"


def waits_headline(in_time: float, target: int, started: float, days: float) -> str:
    """Say for how many a first session comes in time, for how many it ever comes, and how late.

    The mean of those who came stands last: it says nothing of those who gave up before.

    Parameters
    ----------
    in_time : float
        Share of referred clients who came within the target.
    target : int
        Days the plan promises.
    started : float
        Share of referred clients who came.
    days : float
        Mean days from referral to first session, of those who came.
    """
    return (
        f"{_of_100(in_time, 'start')} within the target of {_days(target)}; "
        f"{_of_100(started, 'start').replace(' of 100 referred clients', '')} at all, after {_days(days)} on average"
    )


def _of_100(share: float, verb: str) -> str:
    """Return how many of 100 referred clients do something, with the verb as their number asks for."""
    number = round(100 * share)
    return f"{number} of 100 referred clients {verb}{'s' if number == 1 else ''}"


def _days(number: float) -> str:
    return f"{number:.0f} day{'' if round(number) == 1 else 's'}"


def retention_headline(completed: float, dropped: float, early: float) -> str:
    """Say how treatment ends.

    Parameters
    ----------
    completed, dropped : float
        Shares of admitted clients in the end.
    early : float
        Share of admitted clients who have dropped out within four weeks.
    """
    said = f"Of 100 clients admitted, {_does(completed, 'complete')} the program and "
    said += f"{_does(dropped, 'drop')} out"
    return f"{said}, {100 * early:.0f} of them within four weeks" if round(100 * dropped) else said


def _does(share: float, verb: str) -> str:
    number = round(100 * share)
    return f"{number} {verb}{'s' if number == 1 else ''}"

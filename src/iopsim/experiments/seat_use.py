"""How seats are used: the share of them enrolled and attended, by group night and week, over all replications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iopsim.experiments.series import F64, NightSeries
from iopsim.record import I64

FULL = 0.9
"""Share of the seats enrolled from which on they count as full."""

STRETCH, QUARTER = 4, 13
"""Weeks over which seats must be full together at first, and later on, so that no odd week decides."""


@dataclass(frozen=True, slots=True)
class SeatUse:
    """Shares of the seats of nights that were held, of all replications together; NaN where none was held.

    Parameters
    ----------
    enrolled, attended : float array, shape (nights, weeks)
        With a client enrolled, and with one who came; guests of other nights make the latter larger.
    late_weeks : int
        Weeks at the end of the series of which the next four tell.
    late_enrolled, late_attended : float array, shape (nights,)
    by_group : float array, shape (groups,)
        Enrolled.
    late : float
        Enrolled, of all nights.
    full_from : int or None
        The first week of the series that begins four weeks with 90 % of their seats enrolled together, and after which
        no thirteen weeks together have less; None if that is not so at the end of the series, or if it is shorter than
        four weeks.
    attended_of_enrolled : float
        Sessions that clients came to, as a share of those that they were enrolled for.
    """

    enrolled: F64
    attended: F64
    late_weeks: int
    late_enrolled: F64
    late_attended: F64
    by_group: F64
    late: float
    full_from: int | None
    attended_of_enrolled: float


def seat_use(nights: NightSeries, late_weeks: int) -> SeatUse:
    """Return how the seats of a series of group nights are used.

    Parameters
    ----------
    nights : NightSeries
    late_weeks : int
        How many weeks at its end count as late, at least 1.
    """
    seats, enrolled, attended = (table.sum(axis=0) for table in (nights.seats, nights.enrolled, nights.attended))
    late = [table[:, -late_weeks:].sum(axis=1) for table in (seats, enrolled, attended)]
    groups = [np.bincount(nights.group, table, minlength=len(nights.groups)) for table in late[:2]]
    return SeatUse(
        enrolled=_share(enrolled, seats),
        attended=_share(attended, seats),
        late_weeks=late_weeks,
        late_enrolled=_share(late[1], late[0]),
        late_attended=_share(late[2], late[0]),
        by_group=_share(groups[1], groups[0]),
        late=float(_share(late[1].sum(), late[0].sum())),
        full_from=_full_from(enrolled.sum(axis=0), seats.sum(axis=0)),
        attended_of_enrolled=float(_share(attended.sum(), enrolled.sum())),
    )


def late_shares(nights: NightSeries, weeks: int) -> F64:
    """Return the share of the seats that are enrolled in the last weeks of each replication.

    Parameters
    ----------
    nights : NightSeries
    weeks : int
        How many weeks at its end count, at least 1.

    Returns
    -------
    float array, shape (replications,)
        NaN where no group meets in them.
    """
    enrolled, seats = (table[:, :, -weeks:].sum(axis=(1, 2)) for table in (nights.enrolled, nights.seats))
    return _share(enrolled, seats)


def _share(part: I64 | F64, whole: I64 | F64) -> F64:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole == 0, np.nan, part / np.maximum(whole, 1)), dtype=np.float64)


def _full_from(enrolled: I64, seats: I64) -> int | None:
    """Return the first week of a full stretch after which no quarter of a year is less than full."""
    if len(seats) < STRETCH:
        return None
    quarters, stretches = (_stretches(enrolled, seats, weeks) for weeks in (min(QUARTER, len(seats)), STRETCH))
    less = np.flatnonzero(~(quarters >= FULL))
    since = int(less[-1]) + 1 if len(less) else 0
    full = np.flatnonzero(stretches[since:] >= FULL)
    return since + int(full[0]) if since < len(quarters) and len(full) else None


def _stretches(enrolled: I64, seats: I64, weeks: int) -> F64:
    """Return the share of the seats of each run of so many weeks."""
    window = np.ones(weeks, dtype=np.int64)
    return _share(np.convolve(enrolled, window, "valid"), np.convolve(seats, window, "valid"))

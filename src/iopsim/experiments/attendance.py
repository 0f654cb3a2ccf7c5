"""Attendance: of clients with a seat on a group night, how many come, by night of the week."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from iopsim.experiments.result import F64, Result
from iopsim.experiments.series import NightSeries
from iopsim.measures.view import Flags
from iopsim.record import I64
from iopsim.stats.intervals import Summary, ratio, summarize

By = Literal["night", "group", "weekday"]

MOST = 12
"""Rows at most; of more nights the groups are told, and of more groups the weekdays."""

SPAN = (0.0, math.inf)
"""Between which a share of clients with a seat lies: guests of other nights may make it more than 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """Some group nights of the week, and who comes to them.

    Parameters
    ----------
    group, weekday : int
        Of the nights, as in `NightSeries`; -1 of nights of several.
    held : float
        Nights held in the run, mean over replications; 0 if none ever is.
    seats, enrolled, attended : float
        Seats, clients with a seat, and those who came, on a night held; mean over replications in which one is.
    share : Summary
        Those who came, guests included, of clients with a seat.
    """

    group: int
    weekday: int
    held: float
    seats: float
    enrolled: float
    attended: float
    share: Summary


@dataclass(frozen=True, slots=True)
class Attendance:
    """Attendance by night, and over all nights.

    Parameters
    ----------
    by : str
        What the rows are: a night of a group, all nights of a group, or all nights of a weekday.
    rows : tuple of Row
    whole : Row
        All nights.
    highest, lowest : Row or None
        Those with the highest and the lowest share, if it can be told that the one is higher than the other.
    """

    by: By
    rows: tuple[Row, ...]
    whole: Row
    highest: Row | None
    lowest: Row | None


def attendance(result: Result) -> Attendance:
    """Return attendance by group night; by group, or by weekday, where there are more than `MOST`.

    Parameters
    ----------
    result : Result

    Returns
    -------
    Attendance

    Notes
    -----
    Two rows are told apart by the paired t interval of the difference of their shares, with a confidence of 95 % for
    all pairs together (Bonferroni), as the highest and the lowest are chosen among all.
    """
    nights = result.nights
    by: By = "night" if len(nights.names) <= MOST else "group" if len(nights.groups) <= MOST else "weekday"
    places = list(zip(nights.group.tolist(), nights.weekday.tolist(), strict=True))
    if by == "group":
        places = [(group, -1) for group, _ in places]
    elif by == "weekday":
        places = sorted((-1, weekday) for _, weekday in places)
    rows, shares = [], []
    for group, weekday in dict.fromkeys(places):
        of_group, of_weekday = (group == -1) | (nights.group == group), (weekday == -1) | (nights.weekday == weekday)
        row, share = _row(nights, group, weekday, of_group & of_weekday)
        rows.append(row)
        shares.append(share)
    whole, _ = _row(nights, -1, -1, nights.group >= 0)
    return Attendance(by, tuple(rows), whole, *_ends(rows, shares))


def _row(nights: NightSeries, group: int, weekday: int, which: Flags) -> tuple[Row, F64]:
    """Return a row, and its share by replication."""

    def total(series: I64) -> I64:
        return np.asarray(series[:, which].sum(axis=(1, 2)), dtype=np.int64)

    held, enrolled, attended = (
        total((nights.seats > 0).astype(np.int64)),
        total(nights.enrolled),
        total(nights.attended),
    )
    share = ratio(attended, enrolled)
    seats, with_a_seat, who_came = (summarize(ratio(n, held)).mean for n in (total(nights.seats), enrolled, attended))
    return Row(group, weekday, float(held.mean()), seats, with_a_seat, who_came, summarize(share, span=SPAN)), share


def _ends(rows: list[Row], shares: list[F64]) -> tuple[Row | None, Row | None]:
    """Return the rows with the highest and the lowest share, if they can be told apart."""
    known = [k for k, row in enumerate(rows) if row.share.n]
    if len(known) < 2:
        return None, None
    high, low = (pick(known, key=lambda k: rows[k].share.mean) for pick in (max, min))
    pairs = math.comb(len(known), 2)
    gap = summarize(shares[high] - shares[low], confidence=1.0 - 0.05 / pairs)
    return (rows[high], rows[low]) if gap.low > 0.0 else (None, None)

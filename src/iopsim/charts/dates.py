"""Real dates below a chart: as few as read well, the year wherever it is new."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from iopsim.experiments.result import F64

MOST = 9
"""Most dates below a chart."""

STEPS_IN_MONTHS = (1, 2, 3, 4, 6, 12, 24, 60, 120)
STEPS_IN_DAYS = (1, 2, 7, 14, 28)
EARLY = 7
"""A span that begins by this day of a month names that month, too."""

SHORT = 70
"""Days up to which single days are named rather than months."""


def places(dates: Sequence[datetime.date]) -> F64:
    """Return dates as places on a horizontal axis, in days."""
    return np.array([date.toordinal() for date in dates], dtype=np.float64)


def dated(axes: Axes, first: datetime.date, last: datetime.date, most: int = MOST) -> None:
    """Write dates below the axes, and end the axes where the dates end.

    Parameters
    ----------
    axes : Axes
    first, last : datetime.date
    most : int
        Dates that there is room for; of a span of days two more may be written.
    """
    chosen = ticks(first, last, most)
    axes.set_xlim(first.toordinal() - 0.01 * (last - first).days, last.toordinal())
    axes.set_xticks(places(chosen), written(chosen, (last - first).days <= SHORT))


def ticks(first: datetime.date, last: datetime.date, most: int = MOST) -> list[datetime.date]:
    """Return the dates to name: evenly spaced days from the first, or firsts of months within the span."""
    days = (last - first).days
    if days <= SHORT:
        step = next((step for step in STEPS_IN_DAYS if days // step < most), STEPS_IN_DAYS[-1])
        return [first + datetime.timedelta(days=day) for day in range(0, days + 1, step)]
    month = 12 * first.year + first.month - 1 + (first.day > EARLY)
    end = 12 * last.year + last.month - 1
    step = next((step for step in STEPS_IN_MONTHS if (end - month) // step < most), STEPS_IN_MONTHS[-1])
    chosen = range(-(-month // step) * step, end + 1, step)
    return [max(first, datetime.date(m // 12, m % 12 + 1, 1)) for m in chosen]


def written(dates: Sequence[datetime.date], with_day: bool) -> list[str]:
    """Return dates as they are written, with the year below where it is another than the date's before."""
    texts = []
    for before, date in zip([None, *dates], dates, strict=False):
        year = "" if before is not None and before.year == date.year else f"\n{date.year}"
        texts.append((f"{date.day} {date:%b}" if with_day else f"{date:%b}") + year)
    return texts

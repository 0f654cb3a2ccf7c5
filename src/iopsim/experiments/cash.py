"""Cash over time: what has been paid in less what has been spent, from the first week with a cost on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

import numpy as np

from iopsim.experiments.result import F64, Result
from iopsim.stats.intervals import Summary, summarize


@dataclass(frozen=True)
class Cash:
    """Dollars at the end of each week, of which replications differ.

    Parameters
    ----------
    dates : tuple of datetime.date
        The day after each week's last; the first is that on which counting begins.
    dollars : float array, shape (replications, len(dates))
        Cash since then, beginning with 0; without payers what was spent, as a positive number.
    known : bool
        Whether it is cash; without payers it is cost alone.
    end : Summary
        On the last date.
    per_week : Summary
        Its change per week, over the whole time; NaN where there is no second week.
    """

    dates: tuple[datetime.date, ...]
    dollars: F64 = field(repr=False)
    known: bool
    end: Summary
    per_week: Summary


def cash(result: Result) -> Cash:
    """Return cash, or cost where nobody pays, week by week.

    Parameters
    ----------
    result : Result
        In a mature view, cash is counted from the end of its first week on.

    Returns
    -------
    Cash
    """
    known = bool(result.scenario.payers)
    first = result.weeks.start if result.warm_up is not None else -result.weeks_before
    weeks = range(first, result.scenario.weeks + 1)
    if known and result.warm_up is not None:
        dollars, weeks = result.money("cash"), weeks[1:]
        dollars = dollars - dollars[:, :1]
    else:
        whole = result.money("cash") if known else np.cumsum(result.money("cost"), axis=1)
        dollars = np.concatenate([np.zeros((len(whole), 1)), whole], axis=1)
    changes = dollars.shape[1] - 1
    per_week = summarize((dollars[:, -1] - dollars[:, 0]) / changes if changes else np.full(len(dollars), np.nan))
    return Cash(tuple(result.week_start(week) for week in weeks), dollars, known, summarize(dollars[:, -1]), per_week)

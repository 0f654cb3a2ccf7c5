"""Days and delays: which days are open, the next day that suits, and how long a step takes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iopsim import clock
from iopsim.scenario.calendar import Closure
from iopsim.scenario.fields import WEEKDAYS, Delay
from iopsim.scenario.model import Scenario

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

FINEST = 2.0**-33
"""Half the step between two cards: tails lighter than this are never drawn."""

LONGEST_DELAY = 3650
"""Days at which the client's own delays are cut off."""

UNLIMITED = -1
"""What stands for no limit."""


def closed_days(scenario: Scenario) -> Flags:
    """Return for each day of the run whether the clinic is closed; shape (days,)."""
    calendar = scenario.calendar
    return clock.closed_days(
        scenario.opening,
        scenario.days,
        clock.public_holidays(calendar.holidays, scenario.opening, scenario.days),
        calendar.open_on,
        [(c.first, c.last) if isinstance(c, Closure) else (c, c) for c in calendar.closures],
    )


def open_days(scenario: Scenario, weekdays: Sequence[str]) -> Flags:
    """Return the days of the run that fall on one of the weekdays and are not closed; shape (days,)."""
    weekday = clock.weekdays(scenario.opening, scenario.days)
    return np.isin(weekday, [WEEKDAYS.index(name) for name in weekdays]) & ~closed_days(scenario)


def next_day(when: Flags) -> I64:
    """Return for each day the first day from then on that is flagged, or `days`; shape (days + 1,)."""
    days = len(when)
    following = np.full(days + 1, days, dtype=np.int64)
    for day in range(days - 1, -1, -1):
        following[day] = day if when[day] else following[day + 1]
    return following


def limit(value: int | str) -> int:
    """Return a limit as a number; -1 for ``"none"``."""
    return UNLIMITED if isinstance(value, str) else value


def hazard_of(probability: float) -> float:
    """Return the hazard of one trial, -ln(1 - probability); infinite where it is certain.

    Trials whose hazards have added up to a unit-exponential threshold have come to the first success.
    """
    return -math.log1p(-probability) if probability < 1.0 else math.inf


def delay_table(delay: Delay) -> F64:
    """Return P(delay <= k days), k from 0: a lognormal with this median and mean, rounded to whole days."""
    if delay.mean_days == 0.0:
        return np.array([1.0])
    sigma = math.sqrt(2.0 * math.log(delay.mean_days / delay.median_days))
    if sigma == 0.0:
        return (np.arange(round(delay.median_days) + 1) >= round(delay.median_days)).astype(np.float64)
    table = []
    for k in range(LONGEST_DELAY + 1):
        z = (math.log((k + 0.5) / delay.median_days)) / sigma
        table.append(0.5 * math.erfc(-z / math.sqrt(2.0)))
        if table[-1] > 1.0 - FINEST:
            break
    table[-1] = 1.0
    return np.array(table)


def padded(rows: Sequence[F64]) -> F64:
    """Return cumulative distributions as one array, the shorter ones filled up with 1; at least one row."""
    table = np.ones((max(len(rows), 1), max((len(row) for row in rows), default=1)))
    for r, row in enumerate(rows):
        table[r, : len(row)] = row
    return table

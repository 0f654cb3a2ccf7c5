"""Risk: how a measure is spread over replications, and what a planner should expect of it, in a sentence."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, field

import numpy as np

from iopsim.experiments.amounts import amount
from iopsim.experiments.chances import opened, programs
from iopsim.measures.measure import Measure
from iopsim.record import I64
from iopsim.stats.intervals import F64

HAPPENS = {
    "weeks_until_full": ("fills", "fill"),
    "weeks_until_broken_even": ("breaks even", "break even"),
    "weeks_until_operating_margin": ("pays for itself", "pay for themselves"),
    "weeks_until_group_opened": ("opens its group", "open their group"),
    "weeks_until_hired": ("hires", "hire"),
    "weeks_until_cash_hole": ("has its deepest cash hole", "have their deepest cash hole"),
}
"""What a program, and what programs do in the week that a measure tells."""

MARGINS = {"margin_usd", "margin_last_year_usd"}
"""Below 0 the program loses money."""

SHARES = 0.1, 0.5, 0.9
"""Of the programs that lie at or below the marks."""

FEWEST_BINS, MOST_BINS = 12, 26

STEPS = 1.0, 2.0, 2.5, 5.0, 10.0
STEPS_IN_WEEKS = (1, 2, 4, 8, 13, 26, 52, 104, 208)


@dataclass(frozen=True)
class Risk:
    """A measure over replications.

    Parameters
    ----------
    measure : Measure
    n : int
        Replications.
    values : float array, shape (m,)
        Of those that tell, m <= n, in ascending order.
    marks : tuple of three floats
        The 10th, 50th and 90th percentile. Of the weeks until something happens, all replications count, and a mark is
        infinite where it never does within the run; of other measures only those that tell. NaN where none does.
    edges : float array, shape (bins + 1,)
        Of the bins of a histogram; a week w fills the bin from w - 1 to w.
    counts : int array, shape (bins,)
        Replications in each bin; together m.
    """

    measure: Measure
    n: int
    values: F64 = field(repr=False)
    marks: tuple[float, float, float]
    edges: F64 = field(repr=False)
    counts: I64 = field(repr=False)

    @property
    def never(self) -> int:
        """Replications that do not tell."""
        return self.n - len(self.values)

    @property
    def by_date(self) -> bool:
        """Whether it tells in which week something happens."""
        return self.measure.name in HAPPENS

    @property
    def yes_or_no(self) -> bool:
        """Whether every replication says yes or no, as 1 or 0, and one says yes."""
        return self.measure.unit == "share" and bool(len(self.values)) and set(self.values.tolist()) <= {0.0, 1.0}

    @property
    def half_width(self) -> float:
        """Half of the way from the 10th to the 90th percentile: how finely values are told."""
        low, _, high = self.marks
        return (high - low) / 2 if math.isfinite(high - low) else math.nan


def risk_of(measure: Measure, values: F64) -> Risk:
    """Return how a measure is spread over replications.

    Parameters
    ----------
    measure : Measure
    values : float array, shape (n,)
        By replication; NaN where it cannot tell, or what the measure waits for does not happen within the run.

    Notes
    -----
    Percentiles by linear interpolation (Hyndman and Fan 1996, type 7); of weeks the least week by which so many
    programs have come so far (type 1), as there is nothing between a week and never.
    """
    known = np.sort(values[~np.isnan(values)])
    by_date = measure.name in HAPPENS
    low = middle = high = math.nan
    if len(known) and by_date:
        reached = np.concatenate([known, np.full(len(values) - len(known), math.inf)])
        low, middle, high = (float(reached[math.ceil(share * len(values)) - 1]) for share in SHARES)
    elif len(known):
        low, middle, high = (float(mark) for mark in np.quantile(known, SHARES))
    edges = _edges(known, by_date)
    # A week w is the bin that ends with it, so that values on an edge belong to the bin before.
    counts = np.histogram(known - 0.5, edges)[0] if by_date else np.histogram(known, edges)[0]
    return Risk(measure, len(values), known, (low, middle, high), edges, counts.astype(np.int64))


def _edges(known: F64, by_date: bool) -> F64:
    """Return the edges of bins of a round width around some values."""
    if not len(known):
        return np.array([0.0, 1.0])
    low, high = float(known[0]), float(known[-1])
    if by_date:
        weeks = next((one for one in STEPS_IN_WEEKS if (high - low + 1) / one <= MOST_BINS), STEPS_IN_WEEKS[-1])
        return np.arange(low - 1, high + weeks, weeks, dtype=np.float64)
    if low == high:
        return np.array([low - 0.5, low + 0.5]) if low == 0.0 else np.sort(np.array([0.9 * low, 1.1 * low]))
    wish = (high - low) / min(MOST_BINS - 2, max(FEWEST_BINS, 2.0 * len(known) ** 0.5))
    unit = 10.0 ** math.floor(math.log10(wish))
    step = next(one * unit for one in STEPS if one * unit >= 0.999 * wish)
    first, last = math.floor(low / step), math.ceil(high / step)
    return np.arange(first, max(last, first + 1) + 1, dtype=np.float64) * step


def last_day(first: datetime.date, week: float) -> datetime.date:
    """Return the last day of a week, counted from 1; `first` is the first day of the first."""
    return first + datetime.timedelta(days=7 * int(week) - 1)


def sentence(risk: Risk, label: str, first: datetime.date, weeks: int) -> str:
    """Return what the spread of a measure means for a planner, without a full stop.

    Parameters
    ----------
    risk : Risk
    label : str
        Of the measure.
    first : date
        First day of the first week that counts.
    weeks : int
        How many there are.
    """
    if risk.by_date:
        return _of_dates(risk, first, weeks)
    if not len(risk.values):
        return f"{label}: cannot be told in any of {risk.n:,} programs"
    if risk.yes_or_no:
        who, _ = programs(int(risk.values.sum()), len(risk.values))
        return f"{label}: {who}" if who.startswith("no ") else f"{label}: in {who}"
    if risk.values[0] == risk.values[-1]:
        return f"{label}: {amount(risk.measure, risk.values[0])} in {programs(len(risk.values), len(risk.values))[0]}"
    if risk.measure.name in MARGINS:
        return _of_margin(risk)
    low, middle, high = (amount(risk.measure, mark, risk.half_width) for mark in risk.marks)
    one, _ = programs(max(round(len(risk.values) / 10), 1), len(risk.values))
    other = one.replace("one program in ten", "one in ten").removesuffix(" programs")
    return f"{label}: {middle} in the middle; {one} above {high}, {other} below {low}"


def _of_margin(risk: Risk) -> str:
    measure, n, half = risk.measure, len(risk.values), risk.half_width
    low, middle, _ = risk.marks
    losing = int((risk.values < 0.0).sum())
    who, several = programs(losing, n)
    when = " in the last 52 weeks" if measure.name == "margin_last_year_usd" else ""
    said = f"{who} lose{'' if several else 's'} money{when}"
    if not losing:
        least = amount(measure, low, half)
        return opened(f"{said}; nine in ten earn at least {least}")
    one, _ = programs(max(round(n / 10), 1), n)
    if losing == n:
        worst, usual = amount(measure, -low, half), amount(measure, -middle, half)
        return opened(f"{said}: half of them more than {usual}, {one} more than {worst}")
    if losing > 1.5 * n / 10:
        said += f", {one} more than {amount(measure, -low, half)}"
    return opened(said)


def _of_dates(risk: Risk, first: datetime.date, weeks: int) -> str:
    one, many = HAPPENS[risk.measure.name]
    within = f"within the {weeks:,} weeks of the run" if weeks > 1 else "within the week of the run"
    if not len(risk.values):
        return opened(f"{programs(0, risk.n)[0]} {one} {within}")
    days = [last_day(first, mark) for mark in risk.marks if math.isfinite(mark)]
    told = [f"{part_of_month(day)}{day:%B %Y}" for day in days]
    if len(set(told)) < len(told):
        told = [f"{day.day} {day:%B %Y}" for day in days]
    told = [_without_year(date, told[place + 1 :]) for place, date in enumerate(told)]
    parts: list[str] = []
    for share, date in zip(SHARES, told, strict=False):
        who, several = programs(math.ceil(share * risk.n), risk.n)
        if not parts:
            if told[-1] == date:  # the marks are one week
                who, several = programs(int((risk.values <= risk.marks[0]).sum()), risk.n)
            parts.append(f"{who} {many if several else one} by {date}")
        elif date != told[len(parts) - 1]:
            other = who.replace("programs in ten", "in ten").removesuffix(" of the programs").removesuffix(" programs")
            parts.append(f"{other} by {date}")
    if not parts:
        who, several = programs(len(risk.values), risk.n)
        return opened(f"{who} {many if several else one} {within}, the others do not")
    said = ", ".join(parts)
    if risk.never:
        who, several = programs(risk.never, risk.n)
        said += f"; {who} do{'' if several else 'es'} not {within}"
    return opened(said)


def part_of_month(day: datetime.date) -> str:
    """Return in which third of its month a day lies, as what stands before the month."""
    return "early " if day.day <= 10 else "mid-" if day.day <= 20 else "late "


def _without_year(date: str, later: list[str]) -> str:
    """Return a date without its year, if the next one has the same."""
    same = bool(later) and later[0].rpartition(" ")[2] == date.rpartition(" ")[2] and later[0] != date
    return date.rpartition(" ")[0] if same else date

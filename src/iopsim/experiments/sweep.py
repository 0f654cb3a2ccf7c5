"""A sweep: what a measure does while one factor of a design moves over its levels."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from iopsim.errors import IopsimError
from iopsim.experiments.outcome import Outcome
from iopsim.measures.measure import Measure
from iopsim.scenario.words import nearest
from iopsim.stats.contrast import contrast
from iopsim.stats.intervals import F64, Summary, summarize

MOST_LINES = 4
"""Settings of the other factors up to which each has a line of its own."""

POINTS_IN_A_BIN, MOST_BINS = 8, 6
"""Of a sample: points at least in each bin, and bins at most."""

TIMES = "x "

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stop:
    """A level of the factor, or the middle of a bin of a sample, and the measure there."""

    level: str
    place: float
    summary: Summary


@dataclass(frozen=True, slots=True)
class Run:
    """The measure along the factor: for one setting of the others, or averaged over them."""

    name: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a measure does along a factor.

    Parameters
    ----------
    factor : str
    measure : Measure
    numeric : bool
        Whether levels are numbers, and places are those; otherwise places count levels from 0.
    times : bool
        Whether levels multiply what is there.
    runs : tuple of Run
        One for each setting of the other factors, if they are few, or one.
    over : tuple of str
        Other factors that vary.
    averaged : bool
        Whether there is one run, the average over all settings of the others.
    whole : Run
        That average, of all designs.
    change : Summary
        Of the measure from the first to the last stop of `whole`, with a 95 % interval; NaN where it cannot be told.
    turn : int or None
        Number of the stop of `whole` at which the measure is highest or lowest and differs from both ends.
    dots : float array, shape (points, 2)
        Of a sample: place and mean of every point; empty otherwise.
    """

    factor: str
    measure: Measure
    numeric: bool
    times: bool
    runs: tuple[Run, ...]
    over: tuple[str, ...]
    averaged: bool
    whole: Run
    change: Summary
    turn: int | None
    dots: F64 = field(repr=False)

    @property
    def sampled(self) -> bool:
        """Whether the points of the design are a sample, in which all factors move at once."""
        return len(self.dots) > 0

    @property
    def told_apart(self) -> bool:
        """Whether the interval of the change leaves out 0."""
        return self.change.low > 0.0 or self.change.high < 0.0


def sweep_of(outcome: Outcome, measure: Measure, factor: str | None = None) -> Sweep:
    """Return what a measure does along a factor of a design.

    Parameters
    ----------
    outcome : Outcome
        Of an experiment with factors.
    measure : Measure
    factor : str, optional
        The first, if none is named.

    Raises
    ------
    IopsimError
        If the arms are no points of a design, or no factor has this name.

    Notes
    -----
    The change between two levels is that of pairs of replications that meet the same people (`iopsim.stats.contrast`).
    Of a sample, where no two points share their other factors, points count as independent of each other: intervals are
    those of means over points, and the change is that between the first and the last bin (Welch, as in Law AM,
    Simulation Modeling and Analysis, 5th ed. (2015), section 10.2.2).
    """
    plans = [plan for plan in outcome.batch.plans if plan.levels]
    factors = list(dict.fromkeys(name for plan in plans for name in plan.levels))
    if not factors:
        raise IopsimError("found plans without factors; a sweep is of an experiment with [factors] and a design")
    factor = factor or factors[0]
    if factor not in factors:
        hint = nearest(factor, factors)
        said = f"did you mean {hint}?" if hint else f"they are {', '.join(factors)}"
        raise IopsimError(f"factor: found {factor!r}, which is no factor of this design ({said})")
    here = {plan.name: plan.levels for plan in plans if factor in plan.levels}
    if all(len(levels) == 1 for levels in here.values()):
        over: tuple[str, ...] = ()
    else:
        over = tuple(name for name in factors if name != factor)
    labels = list(dict.fromkeys(levels[factor] for levels in here.values()))
    numbers = [_number(label) for label in labels]
    numeric = all(number is not None for number in numbers)
    places = {
        label: float(at) if number is None or not numeric else number
        for at, (label, number) in enumerate(zip(labels, numbers, strict=True))
    }
    ordered = sorted(labels, key=places.__getitem__)
    times = numeric and all(label.startswith(TIMES) for label in labels)
    if not over or _is_whole(here, factor):
        return _of_levels(outcome, measure, factor, here, ordered, places, over, numeric=numeric, times=times)
    return _of_sample(outcome, measure, factor, here, ordered, places, over, numeric=numeric, times=times)


def _number(label: str) -> float | None:
    text = label.removeprefix(TIMES).strip()
    return float(text) if NUMBER.fullmatch(text) else None


def _rest(levels: Mapping[str, str], factor: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, level) for name, level in levels.items() if name != factor)


def _is_whole(here: Mapping[str, Mapping[str, str]], factor: str) -> bool:
    """Tell whether every level of the factor meets every setting of the others."""
    labels = {levels[factor] for levels in here.values()}
    rests = {_rest(levels, factor) for levels in here.values()}
    return len(labels) * len(rests) == len(here)


def _of_levels(
    outcome: Outcome,
    measure: Measure,
    factor: str,
    here: Mapping[str, Mapping[str, str]],
    ordered: Sequence[str],
    places: Mapping[str, float],
    over: tuple[str, ...],
    *,
    numeric: bool,
    times: bool,
) -> Sweep:
    values = {arm: outcome.values(arm, measure.name) for arm in here}
    mean_of = {
        label: np.mean([values[arm] for arm, levels in here.items() if levels[factor] == label], axis=0)
        for label in ordered
    }
    whole = Run("", tuple(_stop(label, places[label], mean_of[label], measure) for label in ordered))
    rests = list(dict.fromkeys(_rest(levels, factor) for levels in here.values()))
    runs: tuple[Run, ...] = (whole,)
    averaged = len(rests) > MOST_LINES
    if 1 < len(rests) <= MOST_LINES:
        runs = tuple(
            Run(
                ", ".join(level for _, level in rest),
                tuple(
                    _stop(levels[factor], places[levels[factor]], values[arm], measure)
                    for arm, levels in sorted(here.items(), key=lambda one: places[one[1][factor]])
                    if _rest(levels, factor) == rest
                ),
            )
            for rest in rests
        )
    first, last = mean_of[ordered[0]], mean_of[ordered[-1]]
    change = contrast(first, last, span=measure.span)
    turn = _turn([mean_of[label] for label in ordered], measure)
    return Sweep(factor, measure, numeric, times, runs, over, averaged, whole, change, turn, np.empty((0, 2)))


def _stop(label: str, place: float, values: F64, measure: Measure) -> Stop:
    return Stop(label, place, summarize(values, span=measure.span))


def _turn(values: Sequence[F64], measure: Measure) -> int | None:
    """Return the level at which the measure is highest or lowest, if that is neither end and differs from both."""
    means = [float(np.nanmean(one)) if not np.isnan(one).all() else math.nan for one in values]
    if len(means) < 3 or any(math.isnan(mean) for mean in means):
        return None
    for at in (int(np.argmax(means)), int(np.argmin(means))):
        gaps = [contrast(values[end], values[at], span=measure.span) for end in (0, -1)]
        if at not in (0, len(means) - 1) and (
            all(gap.low > 0.0 for gap in gaps) or all(gap.high < 0.0 for gap in gaps)
        ):
            return at
    return None


def _of_sample(
    outcome: Outcome,
    measure: Measure,
    factor: str,
    here: Mapping[str, Mapping[str, str]],
    ordered: Sequence[str],
    places: Mapping[str, float],
    over: tuple[str, ...],
    *,
    numeric: bool,
    times: bool,
) -> Sweep:
    means = [(levels[factor], outcome.summary(arm, measure.name).mean) for arm, levels in here.items()]
    dots = np.array(sorted((places[label], mean) for label, mean in means if not math.isnan(mean)), dtype=np.float64)
    dots = dots.reshape(-1, 2)
    groups: list[tuple[str, F64]] = []
    if not numeric or len(ordered) * POINTS_IN_A_BIN <= len(dots):
        groups = [(label, dots[dots[:, 0] == places[label]]) for label in ordered]
    elif len(dots) >= 2 * POINTS_IN_A_BIN:
        groups = [("", part) for part in np.array_split(dots, min(MOST_BINS, len(dots) // POINTS_IN_A_BIN))]
    stops = tuple(
        Stop(label or f"{part[:, 0].mean():.3g}", float(part[:, 0].mean()), summarize(part[:, 1], span=measure.span))
        for label, part in groups
        if len(part)
    )
    whole = Run("", stops)
    change = summarize(np.empty(0))
    if len(stops) > 1:
        change = _independent(groups[0][1][:, 1], groups[-1][1][:, 1])
    return Sweep(factor, measure, numeric, times, (whole,), over, True, whole, change, None, dots)


def _independent(first: F64, last: F64) -> Summary:
    """Return the difference of the means of two independent samples, second less first, by Welch's interval."""
    if len(first) < 2 or len(last) < 2:
        return summarize(np.empty(0))
    from scipy.special import stdtrit  # scipy is slow to import

    parts = first.var(ddof=1) / len(first), last.var(ddof=1) / len(last)
    difference, error = float(last.mean() - first.mean()), math.sqrt(sum(parts))
    half = 0.0
    if error > 0.0:
        degrees = sum(parts) ** 2 / (parts[0] ** 2 / (len(first) - 1) + parts[1] ** 2 / (len(last) - 1))
        half = float(stdtrit(degrees, 0.975)) * error
    return Summary(difference, difference - half, difference + half, math.nan, math.nan, len(first) + len(last), 0)

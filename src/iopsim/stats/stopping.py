"""How many replications: until every interval is narrow enough, by looks at fixed numbers of them.

A look sees the first n replications, whoever has run them, and n is one of a list that is written down beforehand: so
the answer cannot depend on the number of workers or on which of them was quick.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.intervals import ANYTHING, Summary, summarize, unseen

F64 = NDArray[np.float64]

FIRST = 50
"""Fewest replications of a first stage, and fewest that must tell a measure before its interval is believed: with
fewer, the variance of a skewed measure is often taken for smaller than it is, and that is when one stops."""

SELDOM = 0.01
"""Probability in a replication from which on a measure that has not varied would most likely have done so."""

MOST_NEEDED = 10**12
"""Replications beyond which a recommendation is none."""

More = Callable[[int, int], Mapping[str, F64]]
"""Gives the values of each measure in replications first to last - 1, NaN where undefined."""


@dataclass(frozen=True, slots=True)
class Target:
    """How narrow an interval is to be.

    Parameters
    ----------
    half_width : float
        Above 0: in the unit of the measure, or in percent of its mean.
    relative : bool
        Whether it is in percent of the mean.
    span : tuple of two floats
        Between which values the measure lies by definition.

    Raises
    ------
    ValueError
        If the half-width is not above 0.
    """

    half_width: float
    relative: bool = False
    span: tuple[float, float] = ANYTHING

    def __post_init__(self) -> None:
        if not 0.0 < self.half_width < math.inf:
            raise ValueError(f"a half-width is above 0, not {self.half_width}")

    def goal(self, mean: float) -> float:
        """Return the half-width asked for in the unit of the measure.

        Notes
        -----
        A relative error of g against the unknown true mean asks for g / (1 + g) of the mean that is seen. Source: Law
        AM, Simulation Modeling and Analysis, 5th ed. (2015), section 9.4.1.
        """
        if not self.relative:
            return self.half_width
        error = self.half_width / 100.0
        return error / (1.0 + error) * abs(mean)


@dataclass(frozen=True, slots=True)
class Precision:
    """How precisely one measure is known at a look."""

    target: Target
    summary: Summary
    half_width: float
    """As reached, not cut to the span; of a measure that has not varied, what one not seen yet could move its mean by.
    NaN where too few replications tell."""
    goal: float
    """As asked for, in the unit of the measure; NaN where nothing tells."""
    unvaried: bool
    """Whether all replications that tell it, one or more, say the same: what is rare may not have been seen yet."""
    met: bool
    needed: int | None
    """Replications, undefined ones included, that would reach the goal with the mean and spread seen so far; None where
    they cannot be told."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the first replications say of all targets.

    Parameters
    ----------
    replications : int
    measures : dict of str to Precision
    """

    replications: int
    measures: dict[str, Precision]

    @property
    def met(self) -> bool:
        """Whether every target is."""
        return all(one.met for one in self.measures.values())

    @property
    def unvaried(self) -> tuple[str, ...]:
        """Measures that were the same in every replication that tells them."""
        return tuple(name for name, one in self.measures.items() if one.unvaried)

    @property
    def needed(self) -> int | None:
        """Replications that would reach all goals, from what was seen; None where one of them cannot be told."""
        each = [one.needed for one in self.measures.values()]
        return None if None in each else max((n for n in each if n is not None), default=0)


def looks(most: int, first: int = FIRST) -> tuple[int, ...]:
    """Return the numbers of replications at which to look: by half more each time, up to the most.

    Each is 3/2 of the one before, rounded down to a multiple of 5: 50, 75, 110, 165, 245, 365 and so on. The last is
    `most` itself.

    Raises
    ------
    ValueError
        If `first` is below 50, or `most` below `first`.
    """
    if not FIRST <= first <= most:
        raise ValueError(f"a first look at {FIRST} replications or more, and the last no earlier: not {first}, {most}")
    found, n = [], first
    while n < most:
        found.append(n)
        n = n * 3 // 2 // 5 * 5
    return (*found, most)


def decide(
    values: Mapping[str, F64], targets: Mapping[str, Target], confidence: float = 0.95, stein: int | None = None
) -> Look:
    """Look whether all intervals are narrow enough.

    Parameters
    ----------
    values : dict of str to float array, shape (n,)
        Each measure by replication, NaN where undefined.
    targets : dict of str to Target
        Of some of these measures.
    confidence : float
        Of each interval; for all together, that of `iopsim.stats.contrast.each`.
    stein : int, optional
        Replications of the first stage, whose variance alone then makes the interval (`two_stage`).

    Returns
    -------
    Look

    Raises
    ------
    ValueError
        If a target is of none of the measures, or not all have as many replications.

    Notes
    -----
    A target is met if the half-width of Student's t interval is no more than asked for, 50 replications or more telling
    the measure. Of a measure that is the same in all n of them, the probability of anything else is below
    p = 1 - (1 - confidence)^(1 / n); if it has a finite span, its half-width is p times the way to the farther end.
    Otherwise nothing bounds what a rare event would do, and the target is met once p is below 0.01; `unvaried` says
    so. A first stage without any spread makes no interval by itself.

    Stopping at the first look at which the interval is narrow enough favours samples whose spread came out small, and
    costs coverage; ``verification/stopping.log`` shows how much. Source: Law AM, Simulation Modeling and Analysis, 5th
    ed. (2015), section 9.4.1; Chow YS, Robbins H, Annals of Mathematical Statistics 1965;36:457-462 (right as the
    half-width goes to 0); `iopsim.stats.intervals.unseen` for p.
    """
    if absent := [name for name in targets if name not in values]:
        raise ValueError(f"no values of {', '.join(absent)}")
    sizes = {len(values[name]) for name in targets}
    if len(sizes) > 1:
        raise ValueError(f"all measures need as many replications: {sorted(sizes)}")
    return Look(
        max(sizes, default=0),
        {name: _precision(values[name], target, confidence, stein) for name, target in targets.items()},
    )


def sequential(
    more: More, targets: Mapping[str, Target], most: int, first: int = FIRST, confidence: float = 0.95
) -> tuple[Look, ...]:
    """Run replications until all targets are met at a look, or there are no more.

    Parameters
    ----------
    more : callable
        Called as ``more(first, last)``, each replication once and in order.
    targets : dict of str to Target
    most : int
        Replications at most.
    first : int
        Replications of the first look, 50 or more.
    confidence : float
        Of each interval.

    Returns
    -------
    tuple of Look
        All looks; the last tells whether the targets are met.
    """
    values: dict[str, F64] = {}
    found: list[Look] = []
    for n in looks(most, first):
        values = _longer(values, more(len(next(iter(values.values()), ())), n))
        found.append(decide(values, targets, confidence))
        if found[-1].met:
            break
    return tuple(found)


def two_stage(
    more: More, targets: Mapping[str, Target], most: int, first: int = FIRST, confidence: float = 0.95
) -> tuple[Look, Look]:
    """Run a first stage, then at once as many replications as its variance asks for.

    Parameters
    ----------
    more, targets, most, first, confidence
        As for `sequential`; no target relative to a mean, which is not known before the second stage.

    Returns
    -------
    tuple of two Look
        At the first stage, and at the end; the same if the first stage is enough. Targets are not met if more than
        `most` would have been needed, or fewer replications tell a measure than the first stage let expect.

    Raises
    ------
    ValueError
        If a target is relative, `first` is below 50, or `most` below `first`.

    Notes
    -----
    N = max(n0, ceil((t s / h)^2)) with the standard deviation s of the first n0 and the t quantile of n0 - 1 degrees
    of freedom; the interval is the mean of all N plus and minus t s / sqrt(N). For normal outputs it covers exactly as
    often as it says, whatever the variance, and with several jointly normal measures, of which the most demanding
    decides, as well. Of skewed outputs it covers less than looks do: everything hangs on the variance of the first
    stage, which misses the tail (``verification/stopping.log``). It is not exact where replications are undefined.
    Where nothing varied in the first stage, the interval is the ordinary one of all replications, and may turn out too
    wide. Source: Stein C, Annals of Mathematical Statistics 1945;16:243-258.
    """
    if not FIRST <= first <= most:
        raise ValueError(f"a first stage of {FIRST} replications or more, and no fewer at most: not {first}, {most}")
    if relative := [name for name, target in targets.items() if target.relative]:
        raise ValueError(f"two stages need a half-width in the unit of the measure, not in percent: {relative[0]}")
    values = dict(more(0, first))
    begun = decide(values, targets, confidence, stein=first)
    wanted = max((one.needed or most for one in begun.measures.values()), default=first)
    n = max(first, min(most, wanted))
    if n == first:
        return begun, begun
    return begun, decide(_longer(values, more(first, n)), targets, confidence, stein=first)


def _longer(values: Mapping[str, F64], added: Mapping[str, F64]) -> dict[str, F64]:
    return {name: np.concatenate([values[name], new]) if values else new for name, new in added.items()}


def _precision(values: F64, target: Target, confidence: float, stein: int | None) -> Precision:
    summary = summarize(values, confidence)
    goal = target.goal(summary.mean)
    unvaried = summary.n > 0 and _alike(values)
    if unvaried:
        value = float(values[~np.isnan(values)][0])
        half, needed = _of_unvaried(value, summary.n, target, goal, confidence)
    else:
        staged = stein is not None and not _alike(values[:stein])
        judged = values[:stein] if staged else values
        half, needed = _of_varied(judged, summary, goal, confidence, fixed=staged)
    if needed is not None:
        fewest = max(FIRST, needed)
        needed = -(-fewest * len(values) // summary.n)  # rounded up
    low, high = target.span
    if not math.isnan(half) and summary.n > 1:
        summary = replace(summary, low=max(summary.mean - half, low), high=min(summary.mean + half, high))
    enough = summary.n >= FIRST and half <= goal
    if unvaried and half == 0.0:
        enough = enough and unseen(summary.n, confidence) <= SELDOM
    return Precision(target, summary, half, goal, unvaried, enough, needed)


def _alike(values: F64) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == known[:1]).all())


def _times(probability: float, confidence: float) -> int | None:
    """Replications in which something of this probability is seen with this confidence."""
    if probability <= 0.0:
        return None
    if probability >= 1.0:
        return 1
    return math.ceil(math.log1p(-confidence) / math.log1p(-probability) * (1.0 - 1e-12))


def _of_unvaried(value: float, n: int, target: Target, goal: float, confidence: float) -> tuple[float, int | None]:
    """Half-width, and telling replications needed, of a measure that has always been the same."""
    reach = max(value - target.span[0], target.span[1] - value)
    if math.isfinite(reach) and reach > 0.0:
        return unseen(n, confidence) * reach, _times(goal / reach, confidence)
    return 0.0, _times(SELDOM, confidence)


def _of_varied(
    values: F64, summary: Summary, goal: float, confidence: float, *, fixed: bool
) -> tuple[float, int | None]:
    """Half-width, and telling replications needed, by Student's t; degrees of freedom fixed in a first stage."""
    known = values[~np.isnan(values)]
    n = len(known)
    if n < 2:
        return math.nan, None
    from scipy.special import stdtrit  # scipy is slow to import

    spread = float(known.std(ddof=1))

    def half(size: int) -> float:
        freedom = n - 1 if fixed else size - 1
        return float(stdtrit(freedom, 0.5 + confidence / 2.0)) * spread / math.sqrt(size)

    return half(summary.n), _smallest(half, goal)


def _smallest(half: Callable[[int], float], goal: float) -> int | None:
    """Smallest size, from 2 on, at which a falling half-width reaches the goal."""
    high = 2
    while half(high) > goal:
        high *= 2
        if high > MOST_NEEDED:
            return None
    low = high // 2  # at which it does not, unless high is 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half(middle) <= goal else (middle, high)
    return high

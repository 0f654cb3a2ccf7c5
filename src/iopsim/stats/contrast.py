"""Differences of two plans that met the same luck: paired by replication, with intervals that may hold together."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.intervals import ANYTHING, Summary, summarize

F64 = NDArray[np.float64]

Estimator = Literal["mean", "mean of ratios", "ratio of totals"]
"""What is estimated: a mean over replications; the mean of their ratios; or all numerators over all denominators."""

ROUNDING = 8.0 * float(np.finfo(np.float64).eps)
"""Times the largest value: what the difference of two values may owe to rounding alone."""


def each(confidence: float, intervals: int) -> float:
    """Return the confidence of each of some intervals with which all of them hold together.

    Parameters
    ----------
    confidence : float
        That all hold, between 0 and 1.
    intervals : int
        How many are looked at together, 1 or more.

    Returns
    -------
    float
        1 - (1 - confidence) / intervals.

    Raises
    ------
    ValueError
        If either is out of range.

    Notes
    -----
    Assumes nothing of how they depend on one another. Source: Bonferroni's inequality; Law AM, Simulation Modeling and
    Analysis, 5th ed. (2015), section 9.7. Without it some of many differences look real by luck alone.
    """
    if not 0.0 < confidence < 1.0 or intervals < 1:
        raise ValueError(f"a confidence between 0 and 1, and an interval or more, not {confidence} and {intervals}")
    return 1.0 - (1.0 - confidence) / intervals


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast(Summary):
    """The difference of a measure between two plans, second less first, with its uncertainty and its spread.

    `mean`, `low` and `high` are those of the mean difference; `p10` and `p90` say how much the difference itself varies
    with luck; `n` counts the pairs in which both plans tell, `undefined` the others. `skewness` and `made_by_few` are
    those of the differences.
    """

    undefined_a: int
    """Pairs in which the first plan cannot tell, whether the second can or not."""
    undefined_b: int
    """Pairs in which the second cannot; those in which neither can are in both, and once in `undefined`."""
    correlation: float
    """Of the two plans' values over the pairs; NaN where either is always the same."""
    narrowing: float
    """By how much the shared luck has narrowed the interval: 2 is half as wide as that of two independent samples of
    as many replications each. Below 1 it has widened it; infinite if the difference is the same in every pair though
    the values are not; NaN where nothing varies, or too few pairs tell."""
    estimator: Estimator = "mean"

    @property
    def told_apart(self) -> bool | None:
        """Whether the interval leaves out 0; None where there is no interval to go by."""
        if math.isnan(self.low) or math.isnan(self.high):
            return None
        return self.low > 0.0 or self.high < 0.0

    @property
    def same_in_every_pair(self) -> bool:
        """Whether the difference is the same in all pairs, two or more, so that its interval has no width.

        It is then known exactly if it cannot be otherwise, as with two plans that are the same, or a fixed cost. Plans
        that differ in one replication of a hundred are likely to look the same in thirty: the probability of another
        difference in a pair is only known to be below `iopsim.stats.intervals.unseen`.
        """
        return self.n > 1 and self.low == self.high


def contrast(
    a: F64,
    b: F64,
    confidence: float = 0.95,
    span: tuple[float, float] = ANYTHING,
    estimator: Estimator = "mean",
) -> Contrast:
    """Compare one measure of two plans, b less a, paired by replication.

    Parameters
    ----------
    a, b : float array, shape (n,)
        Values of the measure by replication, the k-th of both from the same luck; NaN where it is undefined.
    confidence : float
        Between 0 and 1; of several contrasts looked at together, that of `each`.
    span : tuple of two floats
        Between which values the measure lies by definition; the interval ends where the difference must.
    estimator : str
        What the values are of which the mean is taken; it is only kept.

    Returns
    -------
    Contrast

    Raises
    ------
    ValueError
        If there are not as many of one as of the other.

    Notes
    -----
    Student's t interval for the mean of independent differences of pairs. Assumes that this mean is nearly normal
    (`made_by_few` tells where it is not) and that pairs are independent of each other; the two values of a pair may
    depend on each other in any way. It is the difference of the plans in those replications in which both tell. What
    the same plans would have given without shared luck is sqrt(var a + var b) / sd(b - a) times as wide, the t
    quantiles of the two, which differ little, left aside. Differences that are alike but for the rounding of their
    terms count as the same in every pair. Source: Law AM, Simulation Modeling and Analysis, 5th ed. (2015), sections
    10.2.1 (paired t), 10.2.2 (Welch) and 11.2 (common random numbers).
    """
    if a.shape != b.shape:
        raise ValueError(f"pairs need as many values of one as of the other, not {len(a)} and {len(b)}")
    no_a, no_b = np.isnan(a), np.isnan(b)
    both = ~(no_a | no_b)
    first, second = a[both], b[both]
    gaps = np.full(len(a), math.nan)
    gaps[both] = _without_rounding(first, second)
    low, high = span
    found = summarize(gaps, confidence, (low - high, high - low))
    correlation, narrowing = _shared(first, second, gaps[both])
    return Contrast(
        **{field.name: getattr(found, field.name) for field in fields(Summary)},
        undefined_a=int(no_a.sum()),
        undefined_b=int(no_b.sum()),
        correlation=correlation,
        narrowing=narrowing,
        estimator=estimator,
    )


def _without_rounding(first: F64, second: F64) -> F64:
    """Differences; all the same, and 0 if they may be, where they differ by no more than rounding explains."""
    gaps = second - first
    if len(gaps) == 0:
        return gaps
    noise = ROUNDING * max(float(np.abs(first).max()), float(np.abs(second).max()))
    if float(np.ptp(gaps)) > noise:
        return gaps
    middle = float(np.median(gaps))
    return np.full(len(gaps), middle if abs(middle) > noise else 0.0)


def _shared(first: F64, second: F64, gaps: F64) -> tuple[float, float]:
    """Correlation of the pairs, and by how much it narrows the interval of their difference."""
    if len(gaps) < 2:
        return math.nan, math.nan
    spreads = float(first.std(ddof=1)), float(second.std(ddof=1))
    alone, paired = math.hypot(*spreads), 0.0 if np.ptp(gaps) == 0.0 else float(gaps.std(ddof=1))
    varies = np.ptp(first) > 0.0, np.ptp(second) > 0.0
    correlation = math.nan
    if all(varies):
        correlation = float(np.clip(np.corrcoef(first, second)[0, 1], -1.0, 1.0))
    if not any(varies):
        return correlation, math.nan
    return correlation, alone / paired if paired > 0.0 else math.inf

"""Intervals over replications: arrays of floats, no clinic."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

COCHRAN = 25
"""Times the squared skewness: the replications with which a mean is nearly normal."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean of a measure over replications, with its uncertainty and its spread.

    `low` and `high` bound the *mean*: they narrow as replications are added. `p10` and `p90` say how much one
    program's luck differs from another's: they do not narrow. All are NaN where they cannot be told.
    """

    mean: float
    low: float
    high: float
    p10: float
    p90: float
    n: int
    """Replications in which the measure is defined."""
    undefined: int
    """Replications in which it is not."""
    skewness: float = 0.0
    """Of the values: their third central moment over the cube of their standard deviation; 0 if all are alike."""

    @property
    def made_by_few(self) -> bool:
        """Whether a few replications make the mean, so that its interval misses the truth more often than it says.

        True with fewer than 25 x skewness squared replications, if that skewness is more than twice the standard error
        that it has in a normal sample, sqrt(6 / n). What is so rare that none of these has it cannot be seen. Source:
        Cochran WG, Sampling Techniques, 3rd ed. (1977), section 2.15.
        """
        squared = self.skewness**2
        return squared * self.n > 24.0 and self.n < COCHRAN * squared

    @property
    def told_in(self) -> str:
        """How many replications can tell, where that is some but not all, such as `` (3 of 200)``; else nothing."""
        return f" ({self.n:,} of {self.n + self.undefined:,})" if self.n and self.undefined else ""


def ratio(above: NDArray[Any], below: NDArray[Any]) -> F64:
    """Divide, NaN where the denominator is 0."""
    unknown = np.full(above.shape, math.nan)
    return np.asarray(np.divide(above, below, out=unknown, where=below != 0), dtype=np.float64)


ANYTHING = (-math.inf, math.inf)
"""Between which values a measure lies that may have any."""


def summarize(values: F64, confidence: float = 0.95, span: tuple[float, float] = ANYTHING) -> Summary:
    """Summarize one measure over replications.

    Parameters
    ----------
    values : float array, shape (n,)
        One value per replication; NaN where the replication cannot tell.
    confidence : float
        Between 0 and 1.
    span : tuple of two floats
        Between which values every one lies by definition, such as 0 and 1 for a share.

    Notes
    -----
    Student's t interval for the mean of independent, identically distributed replications, of which only the part
    within `span` is told: the mean cannot lie elsewhere, so that no coverage is lost. Assumes the mean is nearly
    normal; `Summary.made_by_few` tells of a measure that is too skewed for that. Source: Law AM, Simulation Modeling
    and Analysis, 5th ed. (2015), eq. 4.12. Quantiles: linear interpolation (Hyndman and Fan 1996, type 7).
    """
    known = values[~np.isnan(values)]
    n = len(known)
    if n == 0:
        return Summary(math.nan, math.nan, math.nan, math.nan, math.nan, 0, len(values))
    mean = float(known.mean())
    half = math.nan
    if n > 1:
        from scipy.special import stdtrit  # scipy is slow to import

        quantile = float(stdtrit(n - 1, 0.5 + confidence / 2))
        half = quantile * float(known.std(ddof=1)) / math.sqrt(n)
    p10, p90 = (float(q) for q in np.quantile(known, (0.1, 0.9)))
    low, high = max(mean - half, span[0]), min(mean + half, span[1])
    return Summary(mean, low, high, p10, p90, n, len(values) - n, skewness_of(known))


def proportion(met: NDArray[np.bool_], confidence: float = 0.95) -> Summary:
    """Summarize how often something happens in a replication, as 0 or 1.

    Parameters
    ----------
    met : bool array, shape (n,)
        Whether it happens; in every replication it can be told.
    confidence : float
        Between 0 and 1.

    Notes
    -----
    The exact interval, by the quantiles of beta distributions: it covers the probability at least as often as it says.
    Source: Clopper CJ, Pearson ES, Biometrika 1934;26:404-413. Assumes independent replications.
    """
    n, times = len(met), int(met.sum())
    plain = summarize(met.astype(np.float64))
    if n == 0:
        return plain
    from scipy.special import betaincinv  # scipy is slow to import

    tail = (1.0 - confidence) / 2.0
    low = float(betaincinv(times, n - times + 1, tail)) if times else 0.0
    high = float(betaincinv(times + 1, n - times, 1.0 - tail)) if times < n else 1.0
    return replace(plain, low=low, high=high)


def unseen(n: int, confidence: float = 0.95) -> float:
    """Return the probability in a replication that something must lie below if none of n replications has it.

    Parameters
    ----------
    n : int
        Replications, 1 or more.
    confidence : float
        Between 0 and 1.

    Notes
    -----
    1 - (1 - confidence)^(1 / n); with 95 % about 3 / n, the "rule of three". Assumes independent replications. Source:
    Hanley JA, Lippman-Hand A, JAMA 1983;249:1743-1745.
    """
    return float(1.0 - (1.0 - confidence) ** (1.0 / n))


def skewness_of(values: F64) -> float:
    """Return the third central moment of values over the cube of their standard deviation; 0 if all are alike."""
    around = values - values.mean()
    spread = float((around**2).mean()) ** 1.5
    return float((around**3).mean()) / spread if spread > 0.0 else 0.0


def band(values: F64, low: float = 0.1, high: float = 0.9) -> tuple[F64, F64, F64]:
    """Return mean and two quantiles over replications, for each column, NaN ignored.

    Parameters
    ----------
    values : float array, shape (n, m)

    Returns
    -------
    tuple of three float arrays, shape (m,)
    """
    empty = np.isnan(values).all(axis=0)
    filled = np.where(empty, 0.0, values)
    mean = np.nanmean(filled, axis=0)
    lower, upper = np.nanquantile(filled, (low, high), axis=0)
    return tuple(np.where(empty, np.nan, line) for line in (mean, lower, upper))  # type: ignore[return-value]

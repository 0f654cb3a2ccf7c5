"""How much of a spread is what nobody knows, and how much is luck: pairs of replications with the same inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.intervals import skewness_of

F64 = NDArray[np.float64]

FEWEST = 3
"""Pairs with which a share has an interval."""

RARE = 50
"""Times the squared skewness: the pairs with which the interval of a share keeps its promise.

Twice what a mean needs, as found by simulation (`verification/components.py`): a share is made of squares.
"""

_CERTAIN = 1.0 - 1e-12


@dataclass(frozen=True, slots=True)
class Components:
    """The variance of a measure in two parts. NaN where they cannot be told.

    Parameters
    ----------
    mean : float
        Of all replications.
    ignorance : float
        Variance, over the inputs, of the mean that luck would leave: the covariance within pairs. An estimate without
        bias, so that it may be negative where there is little.
    luck : float
        Mean, over the inputs, of the variance that luck makes.
    share, low, high : float
        Of ignorance in the whole variance, and the interval of that share; negative like `ignorance`.
    p10, p90 : float
        Between which four in five replications lie, with both.
    n : int
        Pairs in which both can tell.
    undefined : int
        Pairs in which one or both cannot.
    skewness : float
        Of all values; 0 if all are alike.
    """

    mean: float
    ignorance: float
    luck: float
    share: float
    low: float
    high: float
    p10: float
    p90: float
    n: int
    undefined: int
    skewness: float = 0.0

    @property
    def made_by_few(self) -> bool:
        """Whether a few pairs make the share, as with what is rare, so that its interval is too sure.

        True with fewer than `RARE` x skewness squared pairs, if that skewness is more than twice the standard error
        that it has in a normal sample, sqrt(6 / n).
        """
        squared = self.skewness**2
        return squared * self.n > 24.0 and self.n < RARE * squared


def split_variance(first: F64, second: F64, confidence: float = 0.95) -> Components:
    """Split the variance of a measure into what nobody knows and luck.

    Parameters
    ----------
    first, second : float arrays, shape (n,)
        The measure in two replications with the same inputs and independent luck, pair by pair; NaN where one of them
        cannot tell.
    confidence : float
        Of the interval of the share, between 0 and 1.

    Notes
    -----
    Var(Y) = Var(E[Y | inputs]) + E[Var(Y | inputs)]. With two replications of each inputs the first is estimated by
    half of (mean square between pairs - mean square within), the second by the mean square within (one-way analysis of
    variance: Searle SR, Casella G, McCulloch CE, Variance Components (1992), section 3.5). The share is the intraclass
    correlation; its interval is that of the jackknife over pairs for its inverse hyperbolic tangent, which stabilizes
    its variance (Fisher RA, Metron 1921;1:3-32). Assumes pairs independent of each other, and so many that the
    transformed share is nearly normal; `Components.made_by_few` tells where they are too few for that.
    """
    told = ~(np.isnan(first) | np.isnan(second))
    y, z = first[told], second[told]
    n, undefined = len(y), int(len(first) - told.sum())
    if n == 0:
        return _untold(math.nan, math.nan, math.nan, n, undefined)
    both = np.concatenate([y, z])
    mean, (p10, p90) = float(both.mean()), (float(q) for q in np.quantile(both, (0.1, 0.9)))
    if n == 1:
        return _untold(mean, p10, p90, n, undefined)
    middle, apart = (y + z) / 2.0 - mean, (y - z) ** 2
    ignorance, luck = _parts(middle.sum(), (middle**2).sum(), apart.sum(), n)
    low = high = share = math.nan
    if ignorance + luck > 0.0:
        share = float(ignorance / (ignorance + luck))
        low, high = _interval(middle, apart, share, confidence)
    told_of = (share, low, high, p10, p90, n, undefined, skewness_of(both))
    return Components(mean, float(ignorance), float(luck), *told_of)


def _untold(mean: float, p10: float, p90: float, n: int, undefined: int) -> Components:
    nan = math.nan
    return Components(mean, nan, nan, nan, nan, nan, p10, p90, n, undefined)


def _parts(total: F64, squares: F64, apart: F64, n: int) -> tuple[F64, F64]:
    """Return both components from the sums of pair means, of their squares, and of squared differences."""
    between = 2.0 * np.maximum(squares - total**2 / n, 0.0) / (n - 1)
    within = apart / (2.0 * n)
    return (between - within) / 2.0, within


def _interval(middle: F64, apart: F64, share: float, confidence: float) -> tuple[float, float]:
    from scipy.special import stdtrit  # scipy is slow to import

    n = len(middle)
    if n < FEWEST:
        return math.nan, math.nan
    if share >= _CERTAIN:
        return 1.0, 1.0
    sums = (middle.sum() - middle, (middle**2).sum() - middle**2, apart.sum() - apart)
    ignorance, luck = _parts(*sums, n - 1)
    whole = ignorance + luck
    left = np.divide(ignorance, whole, out=np.full(n, share), where=whole > 0.0)
    turned = np.arctanh(np.clip(left, -_CERTAIN, _CERTAIN))
    error = math.sqrt((n - 1) / n * float(((turned - turned.mean()) ** 2).sum()))
    half, centre = float(stdtrit(n - 1, 0.5 + confidence / 2)) * error, math.atanh(max(share, -_CERTAIN))
    return math.tanh(centre - half), math.tanh(centre + half)

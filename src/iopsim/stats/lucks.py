"""Products of means of replications without the bias that luck gives to squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


def cross(first: F64, second: F64, told: Mask) -> F64:
    """Return the mean of products of two values, each from another replication.

    Parameters
    ----------
    first, second : float arrays, shape (..., r)
        Values by replication.
    told : bool array, shape (..., r)
        Which replications count; two at least, else NaN.

    Returns
    -------
    float array, shape (...)
        Mean over all pairs of different replications: what the product of both expected values is on average, whatever
        luck adds within a replication. The mean of the first squared would be too large by its variance.
    """
    one, other = np.where(told, first, 0.0), np.where(told, second, 0.0)
    n = told.sum(axis=-1)
    pairs = one.sum(axis=-1) * other.sum(axis=-1) - (one * other).sum(axis=-1)
    return np.asarray(np.divide(pairs, n * (n - 1), out=np.full(pairs.shape, np.nan), where=n > 1))


def mean_of(values: F64, told: Mask) -> F64:
    """Return the mean over replications that count; NaN where none does."""
    n = told.sum(axis=-1)
    total = np.where(told, values, 0.0).sum(axis=-1)
    return np.asarray(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0))


def half_width(left_out: F64, confidence: float) -> F64:
    """Return the half-width of the interval of an estimate from its values with one group left out each time.

    Parameters
    ----------
    left_out : float array, shape (groups, ...)
        The estimate without each of the groups, which are independent and alike.
    confidence : float
        Between 0 and 1.

    Notes
    -----
    Jackknife standard error, Student's t with one degree of freedom less than groups. Source: Efron B, The Jackknife,
    the Bootstrap and Other Resampling Plans (1982), chapter 3.
    """
    from scipy.special import stdtrit  # scipy is slow to import

    n = len(left_out)
    if n < 2:
        return np.full(left_out.shape[1:], np.nan)
    squares = ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    return np.asarray(float(stdtrit(n - 1, 0.5 + confidence / 2)) * np.sqrt((n - 1) / n * squares))

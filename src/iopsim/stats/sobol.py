"""Sobol' indices of what a model expects, from runs that have luck in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.lucks import cross, half_width, mean_of

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Indices:
    """First-order and total indices with the half-width of their intervals; NaN where they cannot be told.

    Parameters
    ----------
    first, total : float arrays, shape (factors,)
        Share of the variance of the expected value that goes away, on average, when the factor is known; share that is
        left when everything else is known. Estimates without luck's bias, so that those near 0 may be below it.
    first_half, total_half : float arrays, shape (factors,)
    variance : float
        Of the expected value over the factors; nothing of it is luck.
    luck : float
        Variance of one replication around its expected value, on average over the factors.
    n, dropped : int
        Base samples used, and those in which not even two replications can tell in all runs.
    """

    first: F64
    total: F64
    first_half: F64
    total_half: F64
    variance: float
    luck: float
    n: int
    dropped: int


def sobol_indices(values: F64, groups: I64, confidence: float = 0.95) -> Indices:
    """Estimate Sobol' indices.

    Parameters
    ----------
    values : float array, shape (n, factors + 2, r)
        For each base sample the runs A, A with one factor from B for each factor in turn, and B, all of them in the
        same r >= 2 replications; NaN where one cannot tell. A replication counts if it can tell in all of them.
    groups : int array, shape (n,)
        Samples of one group have the same replications, those of different groups different ones.
    confidence : float
        Of each interval, between 0 and 1.

    Notes
    -----
    With A_i for A with factor i from B: variance, half the mean of (A - B) squared; total, half that of (A - A_i)
    squared; first order, variance less half that of (B - A_i) squared (Jansen MJW, Computer Physics Communications
    1999;117:35-43; Saltelli A and others, ibid. 2010;181:259-270, table 2, (c) and (f)). So only differences between
    runs with the same luck count. Every square is a product of different replications (`iopsim.stats.lucks.cross`), so
    that luck, and what it does together with a factor, is in none of them: a plain square of a mean difference would
    count its noise as an effect. The error is the jackknife's over groups, and holds both which inputs were sampled and
    luck; as a Sobol' sequence is more even than chance, it is if anything too large.
    """
    told: NDArray[np.bool_] = np.asarray(np.isfinite(values).all(axis=1))
    used = told.sum(axis=1) > 1
    factors, n, dropped = values.shape[1] - 2, int(used.sum()), int((~used).sum())
    nothing = np.full(factors, math.nan)
    if n < 2:
        return Indices(nothing, nothing, nothing, nothing, math.nan, math.nan, n, dropped)
    y, told, groups = np.where(told[:, None], values, 0.0)[used], told[used][:, None], groups[used]
    y = y - mean_of(y, told).mean()
    a, b, mixed = y[:, :1], y[:, -1:], y[:, 1:-1]
    spread = _half_square(a - b, told)
    first, total = spread - _half_square(b - mixed, told), _half_square(a - mixed, told)
    luck = float((mean_of(y**2, told) - cross(y, y, told)).mean())
    variance = float(spread.mean())
    if variance <= 0.0:
        return Indices(nothing, nothing, nothing, nothing, variance, luck, n, dropped)
    first_index, first_half = _ratio(first, spread[:, 0], groups, confidence)
    total_index, total_half = _ratio(total, spread[:, 0], groups, confidence)
    return Indices(first_index, total_index, first_half, total_half, variance, luck, n, dropped)


def _half_square(differences: F64, told: NDArray[np.bool_]) -> F64:
    """Return half the square of the expected difference, for each base sample and run."""
    return cross(differences, differences, told) / 2.0


def _ratio(parts: F64, spread: F64, groups: I64, confidence: float) -> tuple[F64, F64]:
    """Return mean parts over mean spread, with the half-width of its interval."""
    names = np.unique(groups)
    sums = np.array([parts[groups == name].sum(axis=0) for name in names])
    below = np.array([spread[groups == name].sum() for name in names])
    left_out = (sums.sum(axis=0) - sums) / (below.sum() - below)[:, None]
    return np.asarray(sums.sum(axis=0) / below.sum()), half_width(left_out, confidence)

"""Elementary effects: what a step of one factor does, at many places of all the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.lucks import cross, half_width, mean_of

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effects:
    """Elementary effects of one factor, per whole range of it; NaN where they cannot be told.

    Parameters
    ----------
    mu, mu_half : float
        Mean effect, and the half-width of its interval.
    mu_star, mu_star_half : float
        Mean size of an effect, whatever its sign. Luck makes it too large where effects are small.
    least, least_half : float
        The same with each replication's sign taken from the others: luck makes it too small at most, and it is 0 on
        average where there is no effect. On average the true mean size lies between the two.
    sigma, sigma_half : float
        Standard deviation of effects between places, without luck's part: how far from a straight line, or dependent
        on other factors, the factor's effect is.
    n, dropped : int
        Trajectories used, and those in which not even two replications can tell.
    """

    mu: float
    mu_half: float
    mu_star: float
    mu_star_half: float
    least: float
    least_half: float
    sigma: float
    sigma_half: float
    n: int
    dropped: int


def elementary_effects(values: F64, places: F64, choices: Sequence[int] = ()) -> F64:
    """Return the elementary effects of a design of trajectories.

    Parameters
    ----------
    values : float array, shape (t, factors + 1, r)
        For each trajectory its runs, each in the same r replications; NaN where one cannot tell.
    places : float array, shape (t, factors + 1, factors)
        Where in the unit cube each run is; from one to the next one factor moves.
    choices : sequence of int
        Factors with levels that have no order: a step from one to another is a whole one, however far.

    Returns
    -------
    float array, shape (t, factors, r)
        Difference over step, by factor.
    """
    steps = np.diff(places, axis=1)
    factor = np.abs(steps).argmax(axis=2)
    step = np.take_along_axis(steps, factor[:, :, None], axis=2)
    step = np.where(np.isin(factor, list(choices))[:, :, None], np.sign(step), step)
    effects = np.empty_like(values[:, 1:])
    np.put_along_axis(
        effects, np.broadcast_to(factor[:, :, None], effects.shape), np.diff(values, axis=1) / step, axis=1
    )
    return effects


def describe_effects(effects: F64, confidence: float = 0.95) -> Effects:
    """Describe the elementary effects of one factor.

    Parameters
    ----------
    effects : float array, shape (t, r)
        By trajectory and replication, r >= 2; trajectories have different replications. NaN where one cannot tell.
    confidence : float
        Of each interval, between 0 and 1.

    Notes
    -----
    Source: Morris MD, Technometrics 1991;33:161-174; mu*: Campolongo F, Cariboni J, Saltelli A, Environmental Modelling
    & Software 2007;22:1509-1518. The variance of effects within a trajectory is luck, and is taken off sigma squared.
    Errors are those of the jackknife over trajectories, which differ both in place and in luck.
    """
    told = np.isfinite(effects)
    used = told.sum(axis=1) > 1
    n, dropped = int(used.sum()), int((~used).sum())
    if n < 2:
        return Effects(*(math.nan,) * 8, n=n, dropped=dropped)
    e, told = np.where(told, effects, 0.0)[used], told[used]
    means = mean_of(e, told)
    others = np.sign(e.sum(axis=1, keepdims=True) - e)
    noise = means**2 - cross(e, e, told)
    left_out = (
        [math.sqrt(max(_between(np.delete(means, at), np.delete(noise, at)), 0.0)) for at in range(n)] if n > 2 else []
    )
    return Effects(
        *_mean(means, confidence),
        *_mean(np.abs(means), confidence),
        *_mean(mean_of(others * e, told), confidence),
        math.sqrt(max(_between(means, noise), 0.0)),
        float(half_width(np.array(left_out), confidence)),
        n,
        dropped,
    )


def _between(means: F64, noise: F64) -> float:
    """Return the variance of effects between places, less what luck makes of it."""
    return float(means.var(ddof=1) - noise.mean())


def _mean(values: F64, confidence: float) -> tuple[float, float]:
    left_out = (values.sum() - values) / (len(values) - 1)
    return float(values.mean()), float(half_width(left_out, confidence))

"""Warm-up: from when on a series that starts far from its steady state tells of nothing else. No clinic here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

BATCH = 5
"""Observations averaged into one batch: the 5 of MSER-5."""

FEWEST_BATCHES = 10
"""Fewest batches on which a choice is made, so that at least five are left to tell what the steady state is."""


@dataclass(frozen=True, slots=True)
class Truncation:
    """Where MSER-5 cuts a series.

    Parameters
    ----------
    observations : int
        How many observations to leave out at the start, a multiple of 5.
    settled : bool
        False if the best cut is the last one allowed: the series is then too short to say where its start ends.
    statistics : float array, shape (cuts,)
        The statistic for each allowed cut, from none on; the smallest is the best.
    """

    observations: int
    settled: bool
    statistics: F64


def mser5(series: F64) -> Truncation:
    """Choose how much of the start of a series to leave out.

    The choice is the cut d that minimises the estimated squared standard error of the mean of what is left,
    MSER(d) = sum over k > d of (z_k - mean of those)^2 / (m - d)^2, where z_1 to z_m are means of batches of five. Only
    the first half of the batches may be cut; of equal cuts the earliest is taken.

    Parameters
    ----------
    series : float array, shape (n,)
        A mean over replications; n at least 50. What does not fill a last batch is left out.

    Returns
    -------
    Truncation

    Raises
    ------
    ValueError
        If the series is shorter than that, or holds anything but finite numbers.

    Notes
    -----
    Assumes that what is left has one mean and one variance; a season or a trend has none, and a change of level in the
    second half is not seen. With few replications the choice is itself noisy, and it need not be the first week that
    is steady. Cutting at the boundary means that the run is too short; steady white noise does so by accident 10 times
    in 100 with 50 observations, 3 times in 100 with 100, and fewer than once in 100 with 200
    (``tests/test_warmup.py``).

    Source: White KP, An effective truncation heuristic for bias reduction in simulation output, Simulation
    1997;69(6):323-334 (the statistic); White KP, Cobb MJ, Spratt SC, Proc. Winter Simulation Conference 2000:755-760
    (batches of five); Hoad K, Robinson S, Davies R, Automating warm-up length estimation, Journal of the Operational
    Research Society 2010;61:1389-1403 (means over replications; a cut beyond the half is no answer).
    """
    if len(series) < BATCH * FEWEST_BATCHES or not np.isfinite(series).all():
        raise ValueError(f"MSER-5 needs {BATCH * FEWEST_BATCHES} finite observations or more, not {len(series)}")
    batches = len(series) // BATCH
    means = series[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    means = means - means[-1]  # so that a constant series has no variance at all, not even a rounding error
    last = batches // 2
    statistics = np.array([float(means[cut:].var()) / (batches - cut) for cut in range(last + 1)])
    best = int(statistics.argmin())
    return Truncation(BATCH * best, best < last, statistics)


def welch(series: F64, window: int) -> F64:
    """Smooth a mean over replications by Welch's moving average.

    Parameters
    ----------
    series : float array, shape (n,)
        A mean over replications.
    window : int
        Observations to either side, 0 to n // 4. Near the start as many as there are before.

    Returns
    -------
    float array, shape (n - window,)
        Averages around each observation but the last `window`.

    Raises
    ------
    ValueError
        If the window is out of range.

    Notes
    -----
    Assumes nothing; it is a picture to judge by eye. Source: Welch PD, The statistical analysis of simulation results,
    in: Lavenberg SS (ed.), Computer Performance Modeling Handbook (1983), 268-328; in this form Law AM, Simulation
    Modeling and Analysis, 5th ed. (2015), section 9.5.1.
    """
    if not 0 <= window <= len(series) // 4:
        raise ValueError(f"window must be between 0 and {len(series) // 4}, not {window}")
    reach = np.minimum(np.arange(len(series) - window), window)
    return np.array([series[k - r : k + r + 1].mean() for k, r in enumerate(reach.tolist())], dtype=np.float64)

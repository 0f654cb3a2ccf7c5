"""Where in the unit cube the runs of a sensitivity analysis are, by SALib."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iopsim.errors import IopsimError

F64 = NDArray[np.float64]

LEVELS = 4
"""Levels of Morris' grid along each factor: 0, 1/3, 2/3 and 1; a step is 2/3."""

MISSING = "Morris and Sobol' need SALib: pip install iopsim[sensitivity]"


def morris_design(factors: int, trajectories: int, seed: int) -> F64:
    """Return the trajectories of Morris' design.

    Parameters
    ----------
    factors, trajectories : int
        1 factor and 1 trajectory at least.
    seed : int
        Of the design.

    Returns
    -------
    float array, shape (trajectories, factors + 1, factors)
        Between 0 and 1; from one run to the next one factor moves by 2/3.

    Raises
    ------
    IopsimError
        If SALib is not installed.
    """
    try:
        from SALib.sample.morris import sample
    except ImportError as error:
        raise IopsimError(MISSING) from error
    places = sample(_problem(factors), trajectories, num_levels=LEVELS, seed=seed)
    return np.asarray(places, dtype=np.float64).reshape(trajectories, factors + 1, factors)


def sobol_design(factors: int, samples: int, seed: int) -> F64:
    """Return the runs of a design for first-order and total Sobol' indices.

    Parameters
    ----------
    factors : int
        1 at least.
    samples : int
        Base samples, a power of 2.
    seed : int
        Of the scrambling of the Sobol' sequence.

    Returns
    -------
    float array, shape (samples, factors + 2, factors)
        Between 0 and 1; for each base sample A, A with one factor from B for each factor in turn, and B.

    Raises
    ------
    IopsimError
        If SALib is not installed, or `samples` is no power of 2.
    """
    if samples < 2 or samples & (samples - 1):
        raise IopsimError(f"base samples of a Sobol' design are a power of 2, such as 256, and not {samples}")
    try:
        from SALib.sample.sobol import sample
    except ImportError as error:
        raise IopsimError(MISSING) from error
    places = sample(_problem(factors), samples, calc_second_order=False, seed=seed)
    return np.asarray(places, dtype=np.float64).reshape(samples, factors + 2, factors)


def _problem(factors: int) -> dict[str, Any]:
    return {"num_vars": factors, "names": [str(at) for at in range(factors)], "bounds": [[0.0, 1.0]] * factors}

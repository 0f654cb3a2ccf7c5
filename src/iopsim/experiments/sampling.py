"""Where in the unit cube the runs of a sensitivity analysis are, by SALib."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iopsim.errors import IopsimError

F64 = NDArray[np.float64]

LEVELS = 4
"""Levels of Morris' grid along each factor with a range: 0, 1/3, 2/3 and 1; a step is 2/3."""

MISSING = "Morris and Sobol' need SALib: pip install iopsim[sensitivity]"


def morris_design(factors: int, trajectories: int, seed: int, levels: Sequence[int] = ()) -> F64:
    """Return the trajectories of Morris' design.

    Parameters
    ----------
    factors, trajectories : int
        1 factor and 1 trajectory at least.
    seed : int
        Of the design.
    levels : sequence of int
        How many levels without order each factor has, 0 for one with a range; all have ranges when left out.

    Returns
    -------
    float array, shape (trajectories, factors + 1, factors)
        Between 0 and 1; from one run to the next one factor moves, by 2/3, or from the middle of one level to that of
        another. Every two levels of a factor are compared once in as many trajectories as it has pairs, and each level
        is there in the first (levels + 1) / 2 of them, or levels - 1 if they are odd.

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
    design = np.asarray(places, dtype=np.float64).reshape(trajectories, factors + 1, factors)
    for factor, n in enumerate(levels):
        if n:
            _between_levels(design[:, :, factor], pairs_of_levels(n, f"{seed} {factor}"), n)
    return design


def _between_levels(places: F64, pairs: Iterator[tuple[int, int]], n: int) -> None:
    """Put the levels of a pair in place of those of the grid, in each trajectory before and after its step."""
    for trajectory, (low, high) in zip(places, pairs, strict=False):
        above = trajectory > (trajectory.min() + trajectory.max()) / 2.0
        trajectory[:] = np.where(above, high + 0.5, low + 0.5) / n


def pairs_of_levels(n: int, address: str) -> Iterator[tuple[int, int]]:
    """Return pairs of levels without end, in rounds in which every two meet once; the address decides their order.

    Parameters
    ----------
    n : int
        Levels, 2 at least.
    address : str
        The same gives the same pairs.

    Notes
    -----
    A round is a tournament by the circle method: in each of its turns a level is in one pair at the most, so that few
    pairs suffice to have all levels.
    """
    circle = n + n % 2  # of an odd number one rests in each turn
    number = 0
    while True:
        order = sorted(range(n), key=lambda level: hashlib.sha256(f"{address} {number} {level}".encode()).digest())
        for turn in range(circle - 1):
            seats = [0, *((turn + place) % (circle - 1) + 1 for place in range(circle - 1))]
            for one in range(circle // 2):
                pair = seats[one], seats[circle - 1 - one]
                if max(pair) < n:
                    low, high = sorted(order[seat] for seat in pair)
                    yield low, high
        number += 1


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

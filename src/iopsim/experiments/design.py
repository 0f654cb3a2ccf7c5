"""Designs: which levels of several factors meet in which points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DESIGNS = ("full_factorial", "one_at_a_time", "latin_hypercube", "sobol")
"""All of them; the last two have as many points as one asks for, and draw from ranges."""

SAMPLED = DESIGNS[2:]

MOST_POINTS = 20_000
"""Points beyond which a design is refused."""


def full_factorial(levels: Sequence[int]) -> list[tuple[int, ...]]:
    """Return every combination of levels, each once; the last factor changes fastest.

    Parameters
    ----------
    levels : sequence of int
        Number of levels of each factor, at least 1.

    Returns
    -------
    list of tuple of int
        The level of each factor, counted from 0.
    """
    return list(itertools.product(*map(range, levels)))


def one_at_a_time(levels: Sequence[int]) -> list[tuple[int | None, ...]]:
    """Return points in each of which one factor is at one of its levels, and all others are left as they are.

    Parameters
    ----------
    levels : sequence of int
        Number of levels of each factor, at least 1.

    Returns
    -------
    list of tuple of int or None
        The level of each factor, counted from 0; None for one that is left.
    """
    return [
        tuple(level if one == factor else None for one in range(len(levels)))
        for factor, n in enumerate(levels)
        for level in range(n)
    ]


def latin_hypercube(points: int, factors: int, seed: int) -> NDArray[np.float64]:
    """Return a Latin hypercube: of each factor, one point in each of as many strata as there are points.

    Parameters
    ----------
    points, factors : int
        How many, at least 1.
    seed : int
        0 <= seed < 2**64; the same seed gives the same points.

    Returns
    -------
    float array, shape (points, factors)
        0 <= x < 1.

    Notes
    -----
    Source: McKay MD, Beckman RJ, Conover WJ, Technometrics 1979;21(2):239-245.
    """
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(factors, rng=seed).random(points), dtype=np.float64)


def sobol(points: int, factors: int, seed: int) -> NDArray[np.float64]:
    """Return scrambled Sobol' points: balanced in every factor, and in pairs of them as far as can be.

    Parameters
    ----------
    points : int
        A power of 2.
    factors : int
        How many, at least 1.
    seed : int
        Of the scrambling, 0 <= seed < 2**64.

    Returns
    -------
    float array, shape (points, factors)
        0 <= x < 1.

    Raises
    ------
    ValueError
        If `points` is no power of 2: the balance would be lost.

    Notes
    -----
    Source: Sobol' IM, USSR Computational Mathematics and Mathematical Physics 1967;7(4):86-112; scrambling, Matousek J,
    Journal of Complexity 1998;14(4):527-556.
    """
    from scipy.stats import qmc

    if not is_power_of_two(points):
        raise ValueError(f"points must be a power of 2, not {points}")
    engine = qmc.Sobol(factors, rng=seed)
    return np.asarray(engine.random_base2(points.bit_length() - 1), dtype=np.float64)


def is_power_of_two(number: int) -> bool:
    """Tell whether a whole number is 1, 2, 4, 8, ..."""
    return number > 0 and number & (number - 1) == 0


def within(low: float, high: float, place: float, *, whole: bool) -> float:
    """Return the value at a place of a range.

    Parameters
    ----------
    low, high : float
        Ends of the range, both whole numbers if `whole`.
    place : float
        0 <= place < 1.
    whole : bool
        Whether the value must be whole; then each whole number from `low` to `high` has an equal part of the places.
    """
    if whole:
        return int(low) + nth(int(high) - int(low) + 1, place)
    return low + (high - low) * place


def nth(n: int, place: float) -> int:
    """Return which of `n` equal parts of 0 to 1 a place falls into, counted from 0."""
    return min(math.floor(n * place), n - 1)

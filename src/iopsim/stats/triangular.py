"""The triangular distribution: what a lowest, a likeliest and a highest value say, and nothing more."""

from __future__ import annotations

import math
from bisect import bisect_right
from functools import cache
from itertools import accumulate


def triangular(share: float, low: float, mode: float, high: float) -> float:
    """Return the value below which a share of a triangular distribution lies.

    Parameters
    ----------
    share : float
        From 0, which is `low`, to 1, which is `high`.
    low, mode, high : float
        Ends and likeliest value, low <= mode <= high; the mode may be an end.

    Notes
    -----
    Only sums, products and square roots, which every machine rounds alike. Source: Law AM, Simulation Modeling and
    Analysis, 5th ed. (2015), section 8.3.15.
    """
    width = high - low
    if share * width <= mode - low:
        return min(low + math.sqrt(share * width * (mode - low)), high)
    return max(high - math.sqrt((1.0 - share) * width * (high - mode)), low)


def triangular_by_factors(share: float, low: float, mode: float, high: float) -> float:
    """Return the same of a number whose logarithm is triangular, so that 1/2 and 2 are alike far from 1; 0 < low."""
    if share in (0.0, 1.0):
        return high if share else low
    return min(max(math.exp(triangular(share, math.log(low), math.log(mode), math.log(high))), low), high)


def whole_triangular(share: float, low: int, mode: int, high: int) -> int:
    """Return the same of a whole number, whose probabilities rise in a straight line to the mode and fall from it.

    The probabilities of `low` and `high` are one step of the line above 0, so that no end is left out or halved.
    """
    upto = _upto(low, mode, high)
    return low + min(bisect_right(upto, share * upto[-1]), high - low)


@cache
def _upto(low: int, mode: int, high: int) -> tuple[int, ...]:
    """Return the running sum of the weights of `low` to `high`."""
    rise, fall = mode - low + 1, high - mode + 1
    weights = [(at - low + 1) * fall if at <= mode else (high - at + 1) * rise for at in range(low, high + 1)]
    return tuple(accumulate(weights))

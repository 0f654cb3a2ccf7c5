"""Logarithm and exponential from sums, products and table lookups alone, so that every machine finds the same bits.

A mathematics library may round the last bit otherwise than another, and NumPy otherwise than compiled code. These
functions take arrays, or one `numpy.float64`, and compiled code calls the same.

Source: Tang PTP. Table-driven implementation of the logarithm function in IEEE floating-point arithmetic. ACM Trans
Math Softw 1990;16:378-400.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = Any
"""An array of numbers, or one number of NumPy's."""

PLACES = 64
"""Parts of [1/2, 1) whose logarithms are looked up."""

FRACTION = 52
"""Bits of a number after its exponent."""

_SHIFT = FRACTION - 6
_PLACE, _FRACTION = PLACES - 1, (1 << FRACTION) - 1
_ONE, _HALF = 1023 << FRACTION, 1022 << FRACTION

LARGEST_EXPONENT = 1000.0

# ln 2 in two parts, the first of few bits, so that its product with a small whole number is exact
LN_2, LN_2_FIRST, LN_2_REST = 0.6931471805599453, 6.93147180369123816490e-01, 1.90821492927058770002e-10
LOG2_E = 1.4426950408889634


def _tables() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each part the reciprocal of its middle, and minus its logarithm; 1 and 0 for the last."""
    reciprocal = [2.0 * PLACES / (PLACES + k + 0.5) for k in range(PLACES - 1)]
    with localcontext() as context:
        context.prec = 25
        logarithms = [-float(Decimal(one).ln()) for one in reciprocal]
    return np.array([*reciprocal, 1.0]), np.array([*logarithms, 0.0])


RECIPROCAL, LOGARITHM = _tables()


def logarithm(x: Numbers) -> Numbers:
    """Return the natural logarithm.

    Parameters
    ----------
    x : float64 array, or float64
        Positive, and not below the smallest normal number.

    Returns
    -------
    float64 array, or float64
        Right to 2e-14 of itself up to 1, from there to 3e-16, or 3e-16 of itself if that is more.
    """
    bits = np.float64(x).view(np.int64)
    place = (bits >> _SHIFT) & _PLACE
    r = np.int64((bits & _FRACTION) | _HALF).view(np.float64) * RECIPROCAL[place] - 1.0  # within 1/128 of 0
    rr = r * r
    odd = (1.0 / 3.0 - 0.25 * r) + rr * ((0.2 - (1.0 / 6.0) * r) + rr * (1.0 / 7.0 - 0.125 * r))
    series = r - rr * (0.5 - r * odd)
    return ((bits - _HALF) >> FRACTION) * LN_2 + (LOGARITHM[place] + series)


def minus_log_rest(card: Numbers) -> Numbers:
    """Return -ln(1 - card), the unit-exponential threshold of a card.

    Parameters
    ----------
    card : float64 array, or float64
        From 0 to less than 1.
    """
    return -logarithm(1.0 - card)


def exponential(x: Numbers) -> Numbers:
    """Return e to the power of x.

    Parameters
    ----------
    x : float64 array, or float64
        Between -690 and 690; beyond, the result is somewhere beyond 1e-299 or 1e299 too.

    Returns
    -------
    float64 array, or float64
        Right to 3e-16 of itself.
    """
    whole = np.minimum(np.maximum(np.floor(x * LOG2_E + 0.5), -LARGEST_EXPONENT), LARGEST_EXPONENT)
    r = np.minimum(np.maximum((x - whole * LN_2_FIRST) - whole * LN_2_REST, -0.5), 0.5)
    rr = r * r
    series = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    series = (1.0 / 3628800.0 + r * (1.0 / 39916800.0)) + rr * series
    series = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + rr * series
    series = (1.0 / 720.0 + r * (1.0 / 5040.0)) + rr * series
    series = (1.0 / 24.0 + r * (1.0 / 120.0)) + rr * series
    series = 1.0 + (r + rr * ((0.5 + r * (1.0 / 6.0)) + rr * series))
    return series * np.int64((np.int64(whole) << FRACTION) + _ONE).view(np.float64)

"""Numbers in words: dollars that claim no more than they know, and shares as clients of 100."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from iopsim.experiments.amounts import rough_dollars
from iopsim.experiments.result import dollars
from iopsim.stats.intervals import Summary

UNITS = ((1e6, 1e6, "m"), (2e3, 1e3, "k"))
"""From which size on dollars are told in millions and in thousands, the unit, and its letter."""


def known_dollars(found: Summary) -> str:
    """Return a mean in dollars, rounded to the first digit of the half-width of its interval.

    Parameters
    ----------
    found : Summary
        Of dollars; its mean is known.
    """
    half = (found.high - found.low) / 2.0
    if math.isnan(half):
        return rough_dollars(found.mean)
    return dollars(round(found.mean, min(0, -math.floor(math.log10(half))) if half > 0.0 else 0))


def in_dollars(axes: Axes) -> None:
    """Write dollars beside the axes, in thousands where there are many."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    low, high = axes.get_ylim()
    size = max(abs(low), abs(high))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_dollars(value, size)))


def short_dollars(value: float, size: float) -> str:
    """Return an amount such as ``-$40k``, in the unit that suits amounts of a size.

    Parameters
    ----------
    value : float
        Dollars.
    size : float
        The largest of all the amounts beside which it stands, dollars.
    """
    unit, letter = next(((u, x) for least, u, x in UNITS if size >= least), (1.0, ""))
    told = f"{abs(value) / unit:,.2f}".rstrip("0").rstrip(".")
    return f"{'-' if value < 0.0 and told != '0' else ''}${told}{letter if told != '0' else ''}"


def of_100(share: float) -> int:
    """Return a share as so many of 100."""
    return int(np.clip(round(100.0 * share), 0, 100))


def so_many(share: float) -> str:
    """Return a share as so many of 100, in words where it is less than one of them and more than none."""
    return "fewer than 1" if share > 0.0 and of_100(share) == 0 else f"{of_100(share)}"

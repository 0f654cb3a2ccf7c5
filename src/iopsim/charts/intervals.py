"""Intervals on a horizontal scale: how well a mean is known, and how far luck takes a replication from it."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from iopsim.charts.style import thin
from iopsim.experiments.result import Result
from iopsim.stats.intervals import Summary


def whisker(axes: Axes, height: float, found: Summary, colour: str) -> None:
    """Draw a summary of shares: a pale bar for 8 of 10 replications, upon it a line for the 95 % interval of the mean.

    Parameters
    ----------
    axes : Axes
        From 0 to 100.
    height : float
    found : Summary
        Of a share; nothing is drawn that cannot be told.
    colour : str
    """
    if found.n < 2:
        return
    spread, known = [100 * found.p10, 100 * found.p90], [100 * found.low, 100 * found.high]
    rows = [height, height]
    axes.plot(spread, rows, color=colour, alpha=0.3, linewidth=thin(7.0), solid_capstyle="butt", marker="")
    axes.plot(known, rows, color=colour, linewidth=thin(1.8), solid_capstyle="butt", marker="")


def mean_mark(axes: Axes, height: float, found: Summary, colour: str, marker: str = "o") -> float:
    """Mark a mean upon its line and bar, and return the size of the mark in points."""
    size = 1.6 * float(mpl.rcParams["lines.markersize"])
    axes.plot(
        [100 * found.mean],
        [height],
        color=colour,
        marker=marker,
        markersize=size,
        markeredgecolor="white",
        clip_on=False,
    )
    return size


def whiskers_in_words(result: Result) -> str:
    """Say in a caption what the line and the pale bar mean."""
    if result.replications == 1:
        return "One replication has no intervals."
    return (
        "Lines: 95 % interval of the mean over replications; shaded: 8 of 10 replications lie there (10th to 90th "
        "percentile)."
    )


def of_100_clients(axes: Axes) -> None:
    """Write clients of 100 below the axes."""
    axes.set_xlim(0, 100)
    axes.xaxis.set_major_locator(MultipleLocator(20))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:.0f}"))
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")

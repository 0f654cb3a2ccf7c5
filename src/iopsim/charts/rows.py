"""Rows of dots with intervals: what several charts that compare things below each other are made of."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from iopsim.charts.style import GREY, SMALL, inert, thin
from iopsim.measures.measure import Measure
from iopsim.stats.intervals import Summary

THOUSAND, MILLION = 1e3, 1e6

LONGEST = 28
"""Letters of a word of a title at most, so that it fits into a line."""


def spaced(name: str) -> str:
    """Return a name of the scenario as a board reads it, such as ``health care`` for ``health_care``."""
    return inert(name.replace("_", " "))


def in_title(text: str) -> str:
    """Return a title in which no word is too long for a line."""
    return " ".join(word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…" for word in text.split(" "))


def ticked(value: float, measure: Measure) -> str:
    """Return a number of an axis: shares in percent, dollars short, such as ``$250k``."""
    if measure.unit == "share":
        return f"{round(100 * value, 6):g} %"
    if measure.unit != "usd":
        return f"{round(value, 6) + 0.0:,g}"
    sign, size = "-" if value < 0 else "", abs(value)
    for unit, letter in ((MILLION, "m"), (THOUSAND, "k")):
        if size >= unit:
            return f"{sign}${round(size / unit, 3):g}{letter}"
    return f"{sign}${size:g}"


def in_units(axis: Axis, measure: Measure, most: int = 6) -> None:
    """Write the numbers of an axis in the unit of a measure.

    Parameters
    ----------
    axis : Axis
    measure : Measure
    most : int
        Steps at most.
    """
    axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: ticked(value, measure)))


def dot(axes: Axes, summary: Summary, y: float, colour: str, *, solid: bool = True, marker: str = "o") -> None:
    """Draw a mean as a dot and its interval as a line through it, at a height.

    Parameters
    ----------
    axes : Axes
    summary : Summary
    y : float
    colour : str
    solid : bool
        Hollow, if not.
    marker : str
    """
    if math.isnan(summary.mean):
        return
    if not math.isnan(summary.low):
        axes.plot([summary.low, summary.high], [y, y], color=colour, linewidth=thin(1.8), solid_capstyle="butt")
    axes.plot(
        [summary.mean],
        [y],
        color=colour,
        marker=marker,
        linestyle="",
        markerfacecolor=colour if solid else "white",
        markeredgewidth=thin(1.4),
    )


def spread(axes: Axes, summary: Summary, y: float, colour: str) -> None:
    """Draw as a pale bar at a height between which values 8 of 10 replications lie."""
    if math.isnan(summary.p10):
        return
    axes.plot([summary.p10, summary.p90], [y, y], color=colour, alpha=0.25, linewidth=thin(7.0), solid_capstyle="butt")


def rows(axes: Axes, n: int) -> None:
    """Make room for rows, from the top, without a scale of their own."""
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def beside(axes: Axes, y: float, text: str, colour: str = GREY, weight: str = "normal") -> None:
    """Write a text to the right of a row."""
    axes.annotate(
        text,
        (1.0, y),
        xytext=(0.6, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset fontsize",
        color=colour,
        size=SMALL,
        weight=weight,
        va="center",
        annotation_clip=False,
    )


def before(axes: Axes, y: float, text: str, colour: str, weight: str = "normal") -> None:
    """Write a text to the left of a row."""
    axes.annotate(
        text,
        (0.0, y),
        xytext=(-0.6, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset fontsize",
        color=colour,
        size=SMALL,
        weight=weight,
        ha="right",
        va="center",
        annotation_clip=False,
    )

"""What charts share: bands, labels at the end of lines that keep apart, and the numbers beside the axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from iopsim.charts.style import LETTERS, SMALL, points, thin
from iopsim.experiments.result import F64

FEW = 8
"""Up to this many points a line is drawn with a dot on each."""

TEXT = 1.025
"""Where labels beside the axes begin, as a share of the axes' width."""

LONELY = 2
"""Up to this many points the band is drawn as a bar through each, as it has no width between them."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside the right end of the axes, at a height of the data."""

    height: float
    text: str
    colour: str


def banded(axes: Axes, x: F64, line: tuple[F64, F64, F64], colour: str, dashes: str = "-") -> None:
    """Draw a mean and the band around it.

    Parameters
    ----------
    axes : Axes
    x : float array, shape (n,)
    line : tuple of three float arrays, shape (n,)
        Mean, lower and upper edge; NaN where nothing can be told.
    colour : str
    dashes : str
        Line style of the mean, so that lines can be told apart in grey.
    """
    mean, low, high = line
    few = len(x) <= FEW
    axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    if (~np.isnan(mean)).sum() <= LONELY:
        axes.vlines(x, low, high, color=colour, alpha=0.35, linewidth=thin(5))
    axes.plot(x, mean, color=colour, linestyle=dashes, marker="o" if few else "")


def label_right(axes: Axes, labels: Sequence[Label], gap: float = 0.0) -> None:
    """Write labels beside the right end of the axes, moved up or down so that none covers another.

    From one that was moved a line leads to its own height.

    Parameters
    ----------
    axes : Axes
        With its final limits.
    labels : sequence of Label
    gap : float
        Least distance of two lines of text, as a share of the axes' height; 0 to work it out.
    """
    low, high = axes.get_ylim()
    inches = axes.get_position().height * axes.figure.get_figheight()  # type: ignore[union-attr]
    line = gap or points(SMALL) * 1.3 / 72 / inches
    ordered = sorted(labels, key=lambda label: label.height)
    wanted = [(label.height - low) / (high - low) for label in ordered]
    sizes = [line * (1 + label.text.count("\n")) for label in ordered]
    for own, place, label in zip(wanted, apart(wanted, sizes, floor=-line / 4), ordered, strict=True):
        if abs(place - own) > line / 3:
            axes.plot(
                [1.002, 1.02],
                [own, place],
                color=label.colour,
                linewidth=thin(0.7),
                transform=axes.transAxes,
                clip_on=False,
            )
        axes.text(
            TEXT,
            place,
            label.text,
            transform=axes.transAxes,
            color=LETTERS.get(label.colour, label.colour),
            size=SMALL,
            va="center",
            linespacing=1.15,
        )


def apart(wanted: Sequence[float], sizes: Sequence[float], floor: float = -math.inf) -> list[float]:
    """Return places near the wanted ones, in the same order, where things of these sizes do not overlap.

    Nothing is moved so far that it reaches below the floor.
    """
    places = list(wanted)
    for _ in range(200):
        moved = False
        if places and sizes[0] / 2 - (places[0] - floor) > 1e-6 and places[0] < wanted[0]:
            places[0] = min(wanted[0], floor + sizes[0] / 2)
        for k in range(len(places) - 1):
            overlap = (sizes[k] + sizes[k + 1]) / 2 - (places[k + 1] - places[k])
            if overlap > 1e-6:
                places[k] -= overlap / 2
                places[k + 1] += overlap / 2
                moved = True
        if not moved:
            break
    return places


def counted(axes: Axes) -> None:
    """Write whole numbers beside the axes, from 0."""
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True))


def in_percent(axes: Axes, top: float = 1.0) -> None:
    """Write percentages beside the axes, from 0."""
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f} %"))


def band_in_words(replications: int, what: str) -> str:
    """Say in a caption what the band means."""
    if replications == 1:
        return "One replication has no band."
    return f"Band: in 8 of 10 replications {what} lies within it (10th to 90th percentile)."


def last_known(values: F64) -> int:
    """Return the index of the last value that is known; -1 if none is."""
    known = np.flatnonzero(~np.isnan(values))
    return int(known[-1]) if len(known) else -1

"""Draw what calibrate.py found: the curve of leaving, the reasons, sessions attended, and the table of targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Rows = Sequence[tuple[str, ...]]

BLUE, SKY, GREEN, ORANGE, VERMILLION = "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00"
"""Told apart by the colour-blind. Source: Okabe M, Ito K, Color universal design (2008)."""

INK, GREY, PALE = "#1A1A1A", "#6B6B6B", "#DDDDDD"

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.edgecolor": GREY,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}

STACK = (
    (("dropped_out",), "dropped out", VERMILLION),
    (("terminated",), "terminated for absences", ORANGE),
    (("incarcerated", "died", "other"), "jailed, died, other", "#8C8C8C"),
    (("transferred",), "transferred", SKY),
    (("completed",), "completed", GREEN),
)
"""Reasons drawn as one area, from the bottom: their names, the words, the colour."""

ON_WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
"""Keeps lines out of words."""

LAST_DAY = 119
"""A week beyond the plan, so that what happens on its last day is seen."""

SIDE = 76
"""As many days wide are the names of the reasons."""


def draw(path: Path, curves: Mapping[str, Sequence[float]], leaving: Rows, way_in: Rows) -> None:
    """Draw the chart.

    Parameters
    ----------
    path : Path
        PNG file to write.
    curves : mapping of str to sequence of float
        By week of treatment from 0: ``left`` and ``stacked`` (left against plan, Kaplan-Meier) and the cumulative
        incidence of each reason; ``fewer_than``: the share with fewer than k sessions, k from 0.
    leaving, way_in : sequence of tuple of str
        For each target its words, what was published, what is simulated, the interval, and the evidence row.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        figure = Figure(figsize=(13, 9.4), dpi=100, facecolor="white")
        grid = figure.add_gridspec(
            2, 2, left=0.055, right=0.985, top=0.87, bottom=0.062, hspace=0.38, wspace=0.13, height_ratios=(1, 0.86)
        )
        figure.text(0.055, 0.955, "Leaving and the way in, calibrated by simulation", fontsize=16, weight="bold")
        figure.text(
            0.055,
            0.926,
            "What all rules together bring about meets what was published. Palmetto's plan with room for everyone, "
            "simulated; in brackets the rows of the evidence table.",
            color=GREY,
        )
        draw_curve(figure.add_subplot(grid[0, 0]), curves)
        draw_reasons(figure.add_subplot(grid[0, 1]), curves)
        draw_sessions(figure.add_subplot(grid[1, 0]), curves["fewer_than"])
        draw_table(figure.add_subplot(grid[1, 1]), leaving, way_in)
        save(figure, path)


def save(figure: Any, path: Path) -> None:
    """Write the figure as a PNG of few colours, which is a small file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
    image.quantize(64, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


def points_to(ax: Any, spot: tuple[float, float], at: tuple[float, float], words: str) -> None:
    """Write words beside a published point, with a line from them to it."""
    line = {"arrowstyle": "-", "color": GREY, "shrinkA": 2, "shrinkB": 7}
    ax.annotate(words, spot, at, va="top", arrowprops=line, linespacing=1.35, bbox=ON_WHITE)


def draw_curve(ax: Any, curves: Mapping[str, Sequence[float]]) -> None:
    """Draw the share that has left against plan, and the published points."""
    days = [*range(0, 7 * len(curves["left"]), 7), LAST_DAY]
    left, stacked = ([100 * share for share in curves[name]] for name in ("left", "stacked"))
    ax.step(days, [*stacked, stacked[-1]], where="post", color=GREY, linewidth=1.3, linestyle=(0, (4, 2)))
    ax.step(days, [*left, left[-1]], where="post", color=BLUE, linewidth=2.6)
    ax.plot([30, 30], [30, 37], color=INK, linewidth=2.2, marker="_", markersize=11, markeredgewidth=2.2)
    ax.plot([90], [50], "D", color=INK, markersize=8, markerfacecolor="white", markeredgewidth=2)
    published = f"by day 30: published 30 to 37 %\n[1.26, 1.22], simulated {left[4]:.1f} %"
    points_to(ax, (30, 32), (37, 22), published)
    points_to(ax, (90, 50), (67, 38), f"by day 90: published 50 %\n[1.26, 1.29], simulated {left[12]:.1f} %")
    ax.text(64, 56, "published rates stacked\non the absence rule", color=GREY, ha="right", va="center", bbox=ON_WHITE)
    ax.text(LAST_DAY, left[-1] + 1.2, "calibrated", color=BLUE, weight="bold", ha="right", va="bottom")
    ax.set_title("Half leave against plan within 90 days")
    ax.set(xlim=(0, LAST_DAY), ylim=(0, 72), xlabel="days since admission; transfers and completions set aside")
    ax.set_xticks([0, 14, 30, 60, 90, 112])
    percent_axis(ax, range(0, 71, 10))


def draw_reasons(ax: Any, curves: Mapping[str, Sequence[float]]) -> None:
    """Draw who has left, by reason, all together; each area is named at its right end."""
    weeks = len(curves["left"])
    days = [*range(0, 7 * weeks, 7), LAST_DAY]
    below = [0.0] * (weeks + 1)
    for names, words, color in STACK:
        share = [100 * sum(curves[name][week] for name in names) for week in range(weeks)]
        top = [low + more for low, more in zip(below, [*share, share[-1]], strict=True)]
        ax.fill_between(days, below, top, step="post", color=color, linewidth=0)
        middle = (below[-1] + top[-1]) / 2
        ax.text(LAST_DAY + 14, middle, f"{share[-1]:.0f} %", ha="right", va="center")
        ax.text(LAST_DAY + 17, middle, words, va="center")
        below = top
    ax.text(56, 84, "still in treatment", color=GREY, ha="center", bbox=ON_WHITE)
    ax.set_title("How they leave: share of all admitted")
    ax.set(xlim=(0, LAST_DAY + SIDE), ylim=(0, 100), xlabel="days since admission")
    ax.xaxis.set_label_coords(LAST_DAY / (LAST_DAY + SIDE) / 2, -0.085)
    ax.set_xticks([0, 14, 30, 60, 90, 112])
    ax.spines["bottom"].set_bounds(0, LAST_DAY)
    percent_axis(ax, range(0, 101, 20), to=LAST_DAY)


def draw_sessions(ax: Any, fewer: Sequence[float]) -> None:
    """Draw how many attend fewer than so many sessions."""
    ax.step(range(len(fewer)), [100 * share for share in fewer], where="mid", color=BLUE, linewidth=2.6)
    ax.plot([5], [27], "D", color=INK, markersize=8, markerfacecolor="white", markeredgewidth=2)
    points_to(ax, (5, 27), (9, 22), f"fewer than 5 sessions:\npublished 27 % [1.9], simulated {100 * fewer[5]:.1f} %")
    ax.set_title("One in four attends fewer than 5 sessions")
    ax.set(xlim=(0, 40.5), ylim=(0, 100), xlabel="attended fewer than this many sessions, of 40 planned")
    percent_axis(ax, range(0, 101, 20))


def draw_table(ax: Any, leaving: Rows, way_in: Rows) -> None:
    """Write the table of targets."""
    ax.set_axis_off()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ends = (0.0, 0.54, 0.675, 0.875, 1.0)
    y, step = 0.985, 0.079
    for title, rows in (("Leaving", leaving), ("The way in", way_in)):
        heads = (title, "published", "simulated", "95 % interval")
        for x, words in zip(ends, heads, strict=False):
            bold = "bold" if words == title else "normal"
            ax.text(x, y, words, ha="left" if x == 0 else "right", weight=bold, color=INK if x == 0 else GREY)
        ax.plot([0, 1], [y - 0.022] * 2, color=GREY, linewidth=0.8)
        for words, aim, simulated, interval, row in rows:
            y -= step
            ax.text(ends[0], y, words, fontsize=9.2)
            ax.text(ends[1], y, aim, ha="right", fontsize=9.2)
            ax.text(ends[2], y, simulated, ha="right", fontsize=9.2, weight="bold", color=BLUE)
            ax.text(ends[3], y, interval, ha="right", fontsize=9.2)
            ax.text(ends[4], y, f"[{row}]", ha="right", fontsize=7.5, color=GREY)
        y -= 1.35 * step


def percent_axis(ax: Any, ticks: Sequence[int], to: float | None = None) -> None:
    """Label the vertical axis in per cent, with pale lines across, as far as `to`."""
    ax.set_yticks(list(ticks), [f"{tick} %" for tick in ticks])
    right = ax.get_xlim()[1] if to is None else to
    ax.hlines(list(ticks), 0, right, color=PALE, linewidth=0.7, zorder=0)
    ax.tick_params(length=0, axis="y")
    ax.spines["left"].set_visible(False)

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
    (("dropped_out",), "dropped out", VERMILLION, "white"),
    (("terminated",), "terminated for absences", ORANGE, INK),
    (("incarcerated", "died", "other"), "incarcerated, died, other", "#8C8C8C", "white"),
    (("transferred",), "transferred", SKY, INK),
    (("completed",), "completed", GREEN, "white"),
)
"""Reasons drawn as one area, from the bottom: their names, the words, the colour, and that of the words."""


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
        figure = Figure(figsize=(12.5, 9.6), dpi=100, facecolor="white")
        grid = figure.add_gridspec(
            2, 2, left=0.055, right=0.975, top=0.885, bottom=0.06, hspace=0.36, wspace=0.16, height_ratios=(1, 0.86)
        )
        figure.text(0.055, 0.955, "Calibrated to what was published, rule by rule at work", fontsize=16, weight="bold")
        figure.text(
            0.055, 0.928, "Palmetto's treatment and way in, with room for everyone. E: row of the evidence table.",
            color=GREY,
        )  # fmt: skip
        draw_curve(figure.add_subplot(grid[0, 0]), curves)
        draw_reasons(figure.add_subplot(grid[0, 1]), curves)
        draw_sessions(figure.add_subplot(grid[1, 0]), curves["fewer_than"])
        draw_table(figure.add_subplot(grid[1, 1]), leaving, way_in)
        figure.savefig(path, metadata={"Software": None})


def draw_curve(ax: Any, curves: Mapping[str, Sequence[float]]) -> None:
    """Draw the share that has left against plan, and the published points."""
    days = [7 * week for week in range(len(curves["left"]))]
    left, stacked = ([100 * share for share in curves[name]] for name in ("left", "stacked"))
    ax.step(days, stacked, where="post", color=GREY, linewidth=1.3, linestyle=(0, (4, 2)))
    ax.step(days, left, where="post", color=BLUE, linewidth=2.6)
    ax.plot([30, 30], [30, 37], color=INK, linewidth=2.2, marker="_", markersize=11, markeredgewidth=2.2)
    ax.plot([90], [50], "D", color=INK, markersize=8, markerfacecolor="white", markeredgewidth=2)
    ax.annotate(
        f"by day 30: published 30 to 37 %\n(E1.26, E1.22), simulated {left[4]:.1f} %",
        (30.8, 31), (38, 17), color=INK, arrowprops={"arrowstyle": "-", "color": GREY, "shrinkB": 3},
    )  # fmt: skip
    ax.annotate(
        f"by day 90: published 50 %\n(E1.26, E1.29), simulated {left[12]:.1f} %",
        (90, 49), (72, 32), color=INK, arrowprops={"arrowstyle": "-", "color": GREY, "shrinkB": 6},
    )  # fmt: skip
    ax.text(50, 53.5, "published rates stacked\non the absence rule", color=GREY, ha="right", va="bottom")
    ax.text(111, left[15] + 1.5, "calibrated", color=BLUE, weight="bold", ha="right", va="bottom")
    ax.set_title("Half leave against plan within 90 days (transfers set aside)")
    ax.set(xlim=(0, 113), ylim=(0, 72), xlabel="days since admission; leaving is dated by the weekly review")
    ax.set_xticks([0, 14, 30, 60, 90, 112])
    percent_axis(ax, range(0, 71, 10))


def draw_reasons(ax: Any, curves: Mapping[str, Sequence[float]]) -> None:
    """Draw who has left, by reason, all together."""
    weeks = len(curves["left"])
    days = [7 * week for week in range(weeks)]
    below = [0.0] * weeks
    spots = {"dropped out": 52, "terminated for absences": 91, "transferred": 91}
    for names, words, color, ink in STACK:
        top = [b + 100 * sum(curves[name][week] for name in names) for week, b in enumerate(below)]
        ax.fill_between(days, below, top, step="post", color=color, linewidth=0)
        end = top[-1] - below[-1]
        middle = (top[-1] + below[-1]) / 2
        if words in spots:
            week = spots[words] // 7
            ax.text(spots[words], (below[week] + top[week]) / 2, words, color=ink, ha="center", va="center")
        ax.text(117, middle, f"{end:.0f} %", color=INK, va="center", weight="bold")
        if words == "completed":
            ax.text(124, middle, "completed", va="center", color=GREEN, weight="bold")
        below = top
    ax.text(38, 78, "still in treatment", color=GREY, ha="center")
    ax.set_title("Why they leave: share of all admitted, by reason")
    ax.set(xlim=(0, 119), ylim=(0, 100), xlabel="days since admission")
    ax.set_xticks([0, 14, 30, 60, 90, 112])
    percent_axis(ax, range(0, 101, 20))


def draw_sessions(ax: Any, fewer: Sequence[float]) -> None:
    """Draw how many attend fewer than so many sessions."""
    ax.step(range(len(fewer)), [100 * share for share in fewer], where="mid", color=BLUE, linewidth=2.6)
    ax.plot([5], [27], "D", color=INK, markersize=8, markerfacecolor="white", markeredgewidth=2)
    ax.annotate(
        f"fewer than 5 sessions:\npublished 27 % (E1.9), simulated {100 * fewer[5]:.1f} %",
        (5, 27), (9.5, 17), color=INK, arrowprops={"arrowstyle": "-", "color": GREY, "shrinkB": 6},
    )  # fmt: skip
    ax.set_title("A quarter attend fewer than 5 of 40 sessions")
    ax.set(xlim=(0, 40.5), ylim=(0, 100), xlabel="attended fewer than this many sessions")
    percent_axis(ax, range(0, 101, 20))


def draw_table(ax: Any, leaving: Rows, way_in: Rows) -> None:
    """Write the table of targets."""
    ax.set_axis_off()
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ends = (0.0, 0.605, 0.755, 0.975, 1.0)
    y, step = 1.0, 0.078
    for title, rows in (("Leaving", leaving), ("The way in", way_in)):
        heads = (title, "published", "simulated", "95 % interval")
        for x, words in zip(ends, heads, strict=False):
            bold = "bold" if words == title else "normal"
            ax.text(x, y, words, ha="left" if x == 0 else "right", weight=bold, color=INK if x == 0 else GREY)
        ax.plot([0, 0.975], [y - 0.022] * 2, color=GREY, linewidth=0.8)
        for words, aim, simulated, interval, row in rows:
            y -= step
            ax.text(ends[0], y, words, fontsize=9.5)
            ax.text(ends[1], y, aim, ha="right", fontsize=9.5)
            ax.text(ends[2], y, simulated, ha="right", fontsize=9.5, weight="bold", color=BLUE)
            ax.text(ends[3], y, interval, ha="right", fontsize=9.5)
        y -= 1.35 * step


def percent_axis(ax: Any, ticks: Sequence[int]) -> None:
    """Label the vertical axis in per cent, with pale lines across."""
    ax.set_yticks(list(ticks), [f"{tick} %" for tick in ticks])
    ax.grid(axis="y", color=PALE, linewidth=0.7)
    ax.set_axisbelow(True)
    ax.tick_params(length=0, axis="y")
    ax.spines["left"].set_visible(False)

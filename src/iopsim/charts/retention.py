"""Retention: where admitted clients are, week by week since admission."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from iopsim.charts.chart import Chart
from iopsim.charts.headlines import retention_headline
from iopsim.charts.marks import Label, in_percent, label_right
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, ORANGE, PRINT, SKY, SMALL, VERMILLION, YELLOW, Style, styled, thin
from iopsim.experiments.result import F64, Result
from iopsim.measures.series import WAYS_OUT_NAMES

LAYERS = (
    ("completed", "completed", BLUE),
    ("in_program", "still in program", SKY),
    ("transferred", "transferred", YELLOW),
    ("other", "left otherwise", GREY),
    ("terminated", "terminated", ORANGE),
    ("dropped_out", "dropped out", VERMILLION),
)
"""From the bottom: with, still with, and no longer with the program; neighbours differ in grey as well."""

SPARE_WEEKS = 4

LAST = 0.6
"""Weeks for which the last step is drawn."""


def retention(result: Result, style: Style = PRINT) -> Chart:
    """Draw by week since admission the share of clients who have left by each way out, and who are still here.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        known = ~np.isnan(result.retention[:, 0, 0])
        weeks = result.retention.shape[2] - 1
        if not known.any():
            why = (
                f"How treatment ends is told of clients admitted at least {weeks} weeks before the run ends "
                "(the planned length and four weeks). In this run there are none."
            )
            return nothing(of_result(result), "Retention: nothing to show", why, style)
        mean = result.retention[known].mean(axis=0)
        shares = dict(zip((*WAYS_OUT_NAMES, "in_program"), mean, strict=True))
        title = retention_headline(
            float(shares["completed"][-1]), float(shares["dropped_out"][-1]), float(shares["dropped_out"][SPARE_WEEKS])
        )
        page = Page(
            of_result(result),
            title,
            "Share of admitted clients, by week since admission.",
            _caption(result, known, weeks),
            _alt(shares, weeks),
            style,
        )
        (axes,) = page.panels((1,), labels=1.75)
        _draw(axes, shares, weeks)
        return page.chart()


def _alt(shares: dict[str, F64], weeks: int) -> str:
    """Say what is to be seen, with the numbers of the last week."""
    told = ", ".join(f"{100 * max(shares[name][-1], 0.0):.0f} % {words}" for name, words, _ in LAYERS)
    return f"Stacked areas by week since admission, 100 % together. After {weeks} weeks: {told}."


def _draw(axes: Axes, shares: dict[str, F64], weeks: int) -> None:
    x = np.append(np.arange(weeks + 1), weeks + LAST)
    layers = [np.append(shares[name], shares[name][-1]) for name, _, _ in LAYERS]
    colours = [colour for _, _, colour in LAYERS]
    # Clients leave at weekly reviews, and at no time between two of them.
    axes.stackplot(x, layers, colors=colours, edgecolor="white", linewidth=thin(0.8), step="post")
    axes.set_xlim(0, weeks + LAST)
    in_percent(axes)
    axes.set_axisbelow(False)
    axes.grid(color="white", alpha=0.35, linewidth=thin(0.7))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=11, steps=[1, 2, 5, 10], integer=True))
    axes.set_xlabel("weeks since admission")
    tops = np.cumsum(layers, axis=0)
    labels = []
    for (name, words, _), layer, top in zip(LAYERS, layers, tops, strict=True):
        if name == "in_program":
            _name_inside(axes, words, layer, top)
        if name != "in_program" or layer[-1] >= 0.02:
            labels.append(Label(float(top[-1] - layer[-1] / 2), f"{words}, {100 * layer[-1]:.0f} %", INK))
    label_right(axes, labels)
    planned = weeks - SPARE_WEEKS
    axes.axvline(planned, color=INK, linewidth=thin(1.0), linestyle=(0, (4, 3)))
    axes.text(planned, 1.015, f"planned length, {planned} weeks", size=SMALL, color=INK, ha="center", va="bottom")


def _name_inside(axes: Axes, words: str, layer: F64, top: F64) -> None:
    """Write a name into the thick part of a layer."""
    week = max(1, len(layer) // 4)
    axes.text(week, float(top[week] - layer[week] / 2), words, color=INK, size="medium", ha="center", va="center")


def _caption(result: Result, known: np.ndarray[tuple[int], np.dtype[np.bool_]], weeks: int) -> str:
    followed = result.facts.retention[known, -1, 0].mean()
    completed = result.measures["completed_share"]
    return (
        f"Counted: clients admitted at least {weeks} weeks before the run ends (the planned length and four weeks), "
        f"{followed:,.0f} on average; mean over replications. In 8 of 10 replications, between "
        f"{100 * completed.p10:.0f} % and {100 * completed.p90:.0f} % complete. Left otherwise: incarcerated, "
        "died, without coverage, or another reason."
    )

"""Welch's plot: the weekly means from which a warm-up is read, smoothed, with where MSER-5 cuts each."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated, places
from iopsim.charts.headlines import no_steady_state_headline, warm_up_headline
from iopsim.charts.marks import Label, counted, in_percent, label_right
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PALE, PRINT, SMALL, Style, styled, thin
from iopsim.experiments.result import F64, Result
from iopsim.experiments.warmup import SERIES, WarmUp
from iopsim.stats.warmup import welch as smooth

UNITS = {"census": "clients", "waiting": "clients", "seats_attended": "of seats"}

SIDES = 20
"""The moving average looks to either side as far as this part of the run."""


def welch(warm_up: WarmUp, style: Style = PRINT) -> Chart:
    """Draw the mean of each series by week, its moving average, and the weeks left out.

    Parameters
    ----------
    warm_up : WarmUp
    style : Style

    Returns
    -------
    Chart
    """
    result, weeks = warm_up.result, warm_up.result.scenario.weeks
    with styled(style):
        if not warm_up.mean("census").any():
            return nothing(
                of_result(result), "Warm-up: nothing to show", "Nobody is admitted in any replication.", style
            )
        window = max(1, weeks // SIDES) if weeks >= 4 else 0
        title = _title(warm_up)
        drawn = "Clients in program, clients on the waitlist, and share of seats attended, by week from the opening on."
        page = Page(of_result(result), title, drawn, _caption(warm_up), style=style)
        panels = page.panels((1, 1, 1), labels=1.75)
        x = places([result.week_start(week) for week in result.weeks])
        for axes, name in zip(panels, SERIES, strict=True):
            _draw(axes, x, name, warm_up, window)
            axes.tick_params(labelbottom=axes is panels[-1])
        dated(panels[-1], result.week_start(0), result.week_start(weeks))
        _explain(panels[0], warm_up, window)
        return page.chart()


def _title(warm_up: WarmUp) -> str:
    result, cuts = warm_up.result, [truncation.observations for truncation in warm_up.truncations.values()]
    if warm_up.weeks is None:
        return no_steady_state_headline([problem.path for problem in warm_up.problems], result.scenario.weeks)
    return warm_up_headline(warm_up.weeks, f"{result.week_start(warm_up.weeks):%B %Y}", warm_up.weeks > max(cuts))


def _draw(axes: Axes, x: F64, name: str, warm_up: WarmUp, window: int) -> None:
    line, weeks, share = warm_up.mean(name), warm_up.weeks, name == "seats_attended"
    average = smooth(line, window)
    axes.plot(x, line, color=GREY, linewidth=thin(0.8))
    axes.plot(x[: len(average)], average, color=BLUE)
    if share:
        in_percent(axes)
    else:
        axes.set_ylim(top=1.15 * max(1.0, float(line.max())))
        counted(axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 5, 10], integer=not share))
    axes.set_ylabel(UNITS[name])
    said, colour = SERIES[name], "#005A8E"
    if weeks is not None:
        axes.axvspan(_day(warm_up.result, 0), _day(warm_up.result, weeks), color=PALE, alpha=0.5, linewidth=0)
        level = float(np.mean(line[weeks:]))
        said, colour = f"{said}:\n{100 * level:.0f} % on average" if share else f"{said}:\n{level:,.1f} on average", INK
        said = f"{said}\nonce mature"
    truncation = warm_up.truncations.get(name)
    if truncation is not None and truncation.settled:
        cut = truncation.observations
        axes.axvline(_day(warm_up.result, cut), color=INK, linewidth=thin(1.2), linestyle=(0, (4, 3)))
        axes.annotate(
            f"MSER-5: {cut} weeks",
            (_day(warm_up.result, cut), 0.06),
            xycoords=axes.get_xaxis_transform(),
            xytext=(5, 0),
            textcoords="offset points",
            size=SMALL,
            color=INK,
        )
    label_right(axes, [Label(float(average[-1]), said, colour)])


def _day(result: Result, week: int) -> int:
    return result.week_start(week).toordinal()


def _explain(axes: Axes, warm_up: WarmUp, window: int) -> None:
    """Name the marks above the first panel."""
    around = f"moving average, {window} week{'' if window == 1 else 's'} to either side"
    marks: dict[str, Line2D | Patch] = {
        "mean by week": Line2D([], [], color=GREY, linewidth=thin(0.8)),
        around: Line2D([], [], color=BLUE),
    }
    if warm_up.weeks is not None:
        marks[f"warm-up, {warm_up.weeks} weeks"] = Patch(color=PALE, alpha=0.5, linewidth=0)
    axes.legend(
        list(marks.values()),
        list(marks),
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=3,
        fontsize=SMALL,
        borderaxespad=0.2,
    )


def _caption(warm_up: WarmUp) -> str:
    counted = (
        "Mean of all replications; census and waitlist over the days of the week, seats attended of those on its group "
        "nights. Thick: Welch's moving average, which ends before the run does."
    )
    if warm_up.weeks is None:
        settled = any(truncation.settled for truncation in warm_up.truncations.values())
        blind = " Dashed: where MSER-5 would cut the series; it cannot tell a season from a slow start."
        return f"{counted}{blind if settled else ''}"
    said = (
        f"{counted} Dashed: where MSER-5 cuts the series. The warm-up is the longest of the three, and no shorter than "
        f"the {warm_up.earliest} weeks until every ramp has ended and all has begun."
    )
    if warm_up.span is None:
        return said
    low, high = warm_up.span
    return f"{said} Of halves of the replications, 8 of 10 ask for {low}{f' to {high}' if high > low else ''} weeks."

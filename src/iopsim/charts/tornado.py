"""A tornado: which of the things that nobody knows move a measure most."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.page import Page, nothing
from iopsim.charts.rows import dot, in_title, in_units, rows
from iopsim.charts.source import Source
from iopsim.charts.style import BLUE, GREY, INK, PRINT, SKY, SMALL, Style, inert, points, styled, thin
from iopsim.experiments.amounts import amount, measure_named
from iopsim.experiments.opened import Opened
from iopsim.experiments.reading import label
from iopsim.experiments.sensitivity_rows import Factor, Ranking, measures_in, ranking
from iopsim.experiments.sensitivity_study import MORRIS, ONE, SOBOL
from iopsim.experiments.verdict import ALONE
from iopsim.measures.measure import Measure
from iopsim.stats.intervals import Summary

FILLS = (("low", "low end of its range", SKY), ("high", "high end of its range", BLUE))
"""Bars that meet at the axis; they differ in grey as well."""

MOST = {"print": 12, "slides": 8}
"""Factors that are drawn at most."""

NAMES = 3.5
"""Room for what factors are called, inches of a printed page."""

PATH = 0.75
"""Letters of a path beside small ones."""


def tornado(analysis: Opened, style: Style = PRINT, *, measure: str | None = None) -> Chart:
    """Draw how much each factor moves a measure, the largest first.

    Parameters
    ----------
    analysis : Opened
        A folder of `iopsim sensitivity`.
    style : Style
    measure : str, optional
        One of those that were looked at; the first, if none is named.

    Returns
    -------
    Chart

    Raises
    ------
    IopsimError
        If there is no such measure, or it was not looked at.
    """
    what = measure_named(measure or measures_in(analysis)[0])
    found = ranking(analysis, what)
    scenario = analysis.plan().scenario
    named = ALONE.get(what.name) or label(what, scenario)
    named = f"{named[0].upper()}{named[1:]}"
    with styled(style):
        manifest = analysis.manifest
        source = Source(inert(scenario.name), (manifest["scenario_hash"],), manifest["seed"], manifest["replications"])
        if not found.factors:
            why = f"No factor is seen to move it, or it cannot be told: it is told of {what.counted}."
            return nothing(source, f"{named}: nothing to show", why, style)
        drawn = found.factors[: MOST[style.name]]
        page = Page(
            source,
            in_title(_title(found, named)),
            _subtitle(found, named),
            _caption(found, drawn),
            _alt(found, drawn),
            style,
        )
        grid = page.grid(left=NAMES, right=0.3, below=0.68, above=0.08)
        axes = page.figure.add_subplot(grid[0])
        _name(page, axes, drawn)
        if found.method == ONE:
            _draw_bars(page, axes, found, drawn)
        else:
            _draw_sizes(axes, found, drawn)
        return page.chart()


def _half(one: Factor) -> float:
    """Return how finely a factor's effects are told: by half of its interval, but not by less than a 20th."""
    half = (one.high - one.low) / 2
    return one.size / 20 if math.isnan(half) else max(half, one.size / 20)


def _title(found: Ranking, named: str) -> str:
    what = f"{named[0].lower()}{named[1:]}"
    if not found.most:
        return f"No single assumption can be told to move {what}"
    first = found.most[0]
    meaning = inert(f"{first.meaning[0].lower()}{first.meaning[1:]}")
    moves = f"{'What' if len(found.most) == 1 else 'Among what'} moves {what} most"
    if found.method == SOBOL:
        return f"{moves}: {meaning}, {100 * min(first.size, 1.0):.0f} % of its spread"
    if found.method == MORRIS:
        return f"{moves}: {meaning}, by {_amount(found.measure, first)} on average"
    means = sorted([found.base, *(found.base + end.difference for end in first.ends)])
    low, high = (amount(found.measure, mean, _half(first)) for mean in (means[0], means[-1]))
    return f"{moves}: {meaning}, {low.removesuffix(f' {found.measure.unit}')} to {high}"


def _amount(measure: Measure, one: Factor) -> str:
    return amount(measure, one.size, _half(one)).replace(" %", " percentage points")


def _subtitle(found: Ranking, named: str) -> str:
    if found.method == ONE:
        as_it_is = amount(found.measure, found.base, _half(found.factors[0]))
        return f"{named}, change against the plan as it is ({as_it_is}), one factor at a time."
    if found.method == MORRIS:
        return f"{named}: mean size of the change when a factor moves over its range."
    return f"{named}: share of its variance, each factor with all that it does together with others."


def _name(page: Page, axes: Axes, drawn: Sequence[Factor]) -> None:
    """Write before each row what the factor means, and below it in small letters its path."""
    rows(axes, len(drawn))
    room, small = page.inch(NAMES - 0.2), PATH * points(SMALL)
    for y, one in enumerate(drawn):
        for text, size, colour, lift, align in (
            (inert(one.meaning), points(SMALL), INK, -0.05, "bottom"),
            (inert(one.path) + (" · assumed" if one.assumed else ""), small, GREY, -0.25, "top"),
        ):
            axes.annotate(
                page.cut(text, size, room), (0.0, y), xytext=(-0.9 * points(SMALL), lift * points(SMALL)),
                xycoords=("axes fraction", "data"), textcoords="offset points", color=colour, size=size, ha="right",
                va=align, annotation_clip=False,
            )  # fmt: skip


def _draw_bars(page: Page, axes: Axes, found: Ranking, drawn: Sequence[Factor]) -> None:
    """Draw bars from the plan as it is to each end of a range, the setting written beside the end."""
    for y, one in enumerate(drawn):
        ends = list(zip(one.ends, _fills(one), strict=True))
        for end, colour in sorted(ends, key=lambda pair: -abs(pair[0].difference)):  # the shorter one in front
            if math.isnan(end.difference):
                continue
            axes.barh(y, end.difference, 0.62, color=colour, edgecolor="white", linewidth=thin(0.6))
            if not math.isnan(end.low):
                axes.plot([end.low, end.high], [y, y], color=INK, linewidth=thin(1.1), solid_capstyle="butt")
    axes.axvline(0.0, color=INK, linewidth=thin(1.0))
    low, high = axes.dataLim.intervalx
    width = axes.get_position().width * page.style.width
    room = 1.15 * max(page.width(inert(end.setting), SMALL) for one in drawn for end in one.ends) / width
    share = (high - low) / max(1.0 - 2.0 * min(room, 0.3), 0.3) or 1.0
    extra = (share - (high - low)) / 2
    axes.set_xlim(low - extra, high + extra)
    for y, one in enumerate(drawn):
        _write_settings(page, axes, one, y, 0.28 * width)
    in_units(axes.xaxis, found.measure)
    unit = "percentage points" if found.measure.unit == "share" else found.measure.unit
    if found.measure.unit == "share":
        axes.xaxis.set_major_formatter(lambda value, _: f"{round(100 * value, 6):+g}" if value else "0")
    elif found.measure.unit != "usd":
        axes.xaxis.set_major_formatter(lambda value, _: f"{round(value, 6):+g}" if value else "0")
    axes.set_xlabel("change in dollars" if unit == "usd" else f"change in {unit}")


def _fills(one: Factor) -> list[str]:
    """Return the colour of each end: the low end of a range is that with the lower setting."""
    if len(one.ends) == 1:
        return [FILLS[1][2]]
    return [FILLS[0][2], FILLS[1][2]]


def _write_settings(page: Page, axes: Axes, one: Factor, y: int, room: float) -> None:
    """Write the settings beyond the ends of the bars; those on one side in one text, the farther one last."""
    known = [end for end in one.ends if not math.isnan(end.difference)]
    for side in (-1, 1):
        here = sorted(
            (end for end in known if (end.difference >= 0) == (side > 0)), key=lambda end: abs(end.difference)
        )
        if not here:
            continue
        reach = max(side * edge for end in here for edge in (end.difference, end.low, end.high) if not math.isnan(edge))
        text = ", ".join(inert(end.setting) for end in (here if side > 0 else here[::-1]))
        axes.annotate(
            page.cut(text, SMALL, room), (side * max(reach, 0.0), y), xytext=(side * 0.35, 0),
            textcoords="offset fontsize", size=SMALL, color=INK, ha="left" if side > 0 else "right", va="center",
        )  # fmt: skip


def _draw_sizes(axes: Axes, found: Ranking, drawn: Sequence[Factor]) -> None:
    """Draw sizes as dots with intervals, and as small diamonds what is left without luck, or without the others."""
    for y, one in enumerate(drawn):
        whole = Summary(one.size, one.low, one.high, math.nan, math.nan, 2, 0)
        dot(axes, whole, y - 0.1, BLUE if one.sure else GREY, solid=one.sure)
        if not math.isnan(one.alone):
            axes.plot([max(one.alone, 0.0)], [y + 0.22], marker="D", color=INK, markerfacecolor="white", linestyle="",
                      markersize=0.7 * points(SMALL) * 0.8)  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=thin(1.0))
    if found.method == SOBOL:
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_xlabel("share of the variance")
        return
    in_units(axes.xaxis, found.measure)
    if found.measure.unit == "share":
        axes.xaxis.set_major_formatter(lambda value, _: f"{round(100 * value, 6):g}")
    unit = {"share": "percentage points", "usd": "dollars"}.get(found.measure.unit, found.measure.unit)
    axes.set_xlabel(f"size of the change in {unit}")


def _caption(found: Ranking, drawn: Sequence[Factor]) -> str:
    rest = len(found.factors) - len(drawn)
    more = f" {rest:,} more, found to move it less, {'is' if rest == 1 else 'are'} not drawn." if rest else ""
    if len(found.most) > 1:
        others = "1 other it cannot be told that it moves"
        if len(found.most) > 2:
            others = f"{len(found.most) - 1:,} others it cannot be told that they move"
        more += f" Of {others} it less than the title's."
    more += f" {found.others:,} move it in no replication." if found.others and found.method == ONE else ""
    if any(one.assumed for one in drawn):
        more += " Assumed: graded so, as no published value fits."
    if found.method == ONE:
        return (
            "Pale bars: the low end of a factor's range, dark bars: the high end, both with their settings; of what "
            "has no order, the setting with the least and that with the most. Thin lines: intervals, wide enough for "
            f"all comparisons to hold together with 95 %.{more}"
        )
    if found.method == MORRIS:
        return (
            "Dots: mean size of elementary effects (Morris), which luck makes too large; diamonds: without luck, too "
            "small at most. Lines: 95 % intervals, each by itself; hollow: not more than luck may do."
            f"{more}"
        )
    return (
        "Dots: total Sobol' index, the share of the variance that is left when all else is known; diamonds: the factor "
        f"alone. Luck is in neither. Lines: 95 % intervals, each by itself; hollow: the interval holds 0.{more}"
    )


def _alt(found: Ranking, drawn: Sequence[Factor]) -> str:
    told = []
    for one in drawn:
        if found.method == ONE:
            ends = ", ".join(
                f"{amount(found.measure, found.base + end.difference, _half(one))} at {inert(end.setting)}"
                for end in one.ends
            )
            told.append(f"{inert(one.meaning)}: {ends}")
        elif found.method == MORRIS:
            told.append(f"{inert(one.meaning)}: {_amount(found.measure, one)}")
        else:
            told.append(f"{inert(one.meaning)}: {100 * one.size:.0f} %")
    what = "Bars to both sides of an axis" if found.method == ONE else "Dots with intervals"
    return f"{what}, a row for each factor, the largest first. {'; '.join(told)}."

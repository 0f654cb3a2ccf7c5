"""Cash: what has been paid in less what has been spent, with the deepest hole and when the program breaks even."""

from __future__ import annotations

import datetime
import math

from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated, places
from iopsim.charts.marks import Label, band_in_words, banded, label_right
from iopsim.charts.numbers import in_dollars, known_dollars
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PRINT, SMALL, Style, styled, thin
from iopsim.experiments.amounts import rough_dollars
from iopsim.experiments.cash import Cash
from iopsim.experiments.cash import cash as cash_of
from iopsim.experiments.result import F64, Result
from iopsim.measures.money import QUARTER
from iopsim.stats.intervals import Summary, band

DEEP = "#8F3F00"
"""Vermillion, dark enough for letters."""

NEAR = 0.3
"""Share of the chart's width within which words to the left of a mark would not fit."""

ROOM = 0.45
"""Share of the chart's width that words about breaking even need."""

TALL = 0.27
"""Share of its height that they need, two lines on a slide."""


def cash(result: Result, style: Style = PRINT) -> Chart:
    """Draw cash by week with its band, how deep it falls below nothing and when, and when the program breaks even.

    Parameters
    ----------
    result : Result
        Without payers, its cost is drawn.
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        found = cash_of(result)
        line = band(found.dollars)
        if not found.dollars.any():
            why = (
                "Nothing is spent and nothing is paid in."
                if found.known
                else "Nothing is spent, and there is no payer."
            )
            return nothing(of_result(result), "Cash by week: nothing to show", why, style)
        page = Page(
            of_result(result),
            _title(result, found),
            _subtitle(result, found),
            _caption(result, found),
            _alt(found, line[0]),
            style,
        )
        (axes,) = page.panels((1,), left=0.6, labels=1.75)
        _draw(axes, result, found, line)
        return page.chart()


def _title(result: Result, found: Cash) -> str:
    if not found.known:
        return f"The program costs {known_dollars(found.end)} by the end of the run; without payers, cash is not known"
    if result.warm_up is not None:
        return _mature_title(found)
    hole, even = result.measures["cash_hole_usd"], result.measures["broken_even_share"]
    falls = result.measures["cash_falling_share"].mean
    if hole.mean == 0.0:
        return "The program is never short of cash"
    times = round(even.mean * even.n)
    needs = f"The program needs {known_dollars(hole)} in cash"
    if times == even.n:
        when = _month(result, result.measures["weeks_until_broken_even"].mean, "%B %Y")
        return f"{needs}, and breaks even in {when}{' on average' if even.n > 1 else ''}"
    if times:
        return f"{needs}, and breaks even by the end of the run in {times:,} of {even.n:,} replications"
    if falls >= 0.5:
        return f"{needs} by the end of the run; it has not broken even, and cash is still falling"
    return f"{needs}, and does not break even within the run{'' if even.n == 1 else ' in any replication'}"


def _mature_title(found: Cash) -> str:
    change = found.per_week
    if math.isnan(change.mean):
        return "One week does not tell whether cash rises or falls"
    if change.low <= 0.0 <= change.high:
        return "Whether cash rises or falls in the mature program cannot be told from luck"
    words = "rises" if change.mean > 0.0 else "falls"
    size = Summary(abs(change.mean), change.low, change.high, change.p10, change.p90, change.n, change.undefined)
    return f"In the mature program cash {words} by {known_dollars(size)} a week"


def _subtitle(result: Result, found: Cash) -> str:
    if not found.known:
        return "Spent so far, at the end of each week, in dollars."
    if result.warm_up is not None:
        return "Paid in less spent since the end of the first week of the view, in dollars."
    return "Paid in less spent so far, at the end of each week, in dollars."


def _day(result: Result, weeks: float) -> datetime.date:
    """Return the day after a week's last, weeks counted from 1; of week 0, before the opening, the opening."""
    return result.week_start(0) + datetime.timedelta(days=round(7 * weeks))


def _month(result: Result, weeks: float, form: str = "%b %Y") -> str:
    """Return the month in which a week ends."""
    return f"{_day(result, weeks) - datetime.timedelta(days=1):{form}}"


def _draw(axes: Axes, result: Result, found: Cash, line: tuple[F64, F64, F64]) -> None:
    x = places(found.dates)
    banded(axes, x, line, BLUE)
    low, high = min(0.0, *line[1], *line[0]), max(0.0, *line[2], *line[0])
    hole, hole_week = result.measures["cash_hole_usd"], result.measures["weeks_until_cash_hole"]
    if hole_week.n:
        low = min(low, -hole.mean, -hole.p90)
    room = 0.3 * (high - low) if hole_week.n else 0.06 * (high - low)
    even = result.measures["weeks_until_broken_even"]
    breaks = even.n > 0 and hole.mean > 0.0
    top = high + (TALL if breaks and high < TALL * (high - low) else 0.1) * (high - low)
    axes.set_ylim(low - room if low < 0.0 else 0.0, top)
    axes.axhline(0.0, color=INK, linewidth=thin(1.0))
    dated(axes, found.dates[0], found.dates[-1])
    in_dollars(axes)
    if result.warm_up is None and result.weeks_before:
        _mark_opening(axes, result)
    if hole_week.n:
        _mark_hole(axes, result, hole, hole_week)
    if breaks:
        _mark_break_even(axes, result, even, x, line[2])
    name = "cash" if found.known else "cost"
    said = f"{name}, mean:\n" if result.replications > 1 else f"{name}:\n"
    label_right(axes, [Label(float(line[0][-1]), f"{said}{known_dollars(found.end)} at the end", BLUE)])


def _mark_opening(axes: Axes, result: Result) -> None:
    day = result.week_start(0).toordinal()
    axes.axvline(day, color=GREY, linewidth=thin(1.0), linestyle=(0, (2, 2)))
    axes.text(
        day, 1.01, "opening", transform=axes.get_xaxis_transform(), size=SMALL, color=GREY, ha="center", va="bottom"
    )


def _mark_hole(axes: Axes, result: Result, hole: Summary, week: Summary) -> None:
    """Mark where cash is lowest, on average over replications, and say how low below it."""
    x = _day(result, week.mean).toordinal()
    if result.replications > 1:
        axes.plot([x, x], [-hole.p90, -hole.p10], color=DEEP, linewidth=thin(1.6), clip_on=False)
    axes.plot([x], [-hole.mean], color=DEEP, marker="D", linestyle="", clip_on=False)
    said = f"deepest hole, {_month(result, week.mean)}: {known_dollars(hole)}"
    if result.replications > 1:
        said += f" on average\n8 of 10 between {rough_dollars(hole.p10)} and {rough_dollars(hole.p90)}"
    place = _place(axes, x)
    axes.annotate(
        said,
        (x, -max(hole.mean, hole.p90)),
        xytext=(0, -6),
        textcoords="offset points",
        ha="left" if place < NEAR else "right" if place > 1.0 - NEAR else "center",
        va="top",
        size=SMALL,
        color=DEEP,
    )


def _mark_break_even(axes: Axes, result: Result, week: Summary, dates: F64, upper: F64) -> None:
    """Mark when cash is no longer short, and say in how many replications, above and left of the band."""
    x = _day(result, week.mean).toordinal()
    first, last = (_day(result, weeks).toordinal() for weeks in (week.p10, week.p90))
    if week.n > 1:
        axes.plot([first, last], [0.0, 0.0], color=INK, linewidth=thin(3.0), solid_capstyle="butt")
    axes.plot([x], [0.0], color=INK, marker="o", linestyle="", clip_on=False)
    said = f"breaks even in {_month(result, week.mean)}"
    if result.replications > 1:
        said += f" on average,\nin {week.n:,} of {result.replications:,} replications"
    if _place(axes, first) > ROOM:
        where, shift, side = (float(first), 0.0), (-4, 6), "right"
    else:
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        covered = upper[dates <= left + (ROOM + 0.05) * (right - left)]
        height = max(0.0, float(covered.max())) + 0.06 * (high - low)
        where, shift, side = (left + 0.02 * (right - left), height), (0, 0), "left"
        axes.plot([x, x], [0.0, height], color=INK, linewidth=thin(0.7))
        axes.set_ylim(top=max(high, height + TALL * (high - low)))
    axes.annotate(
        said,
        where,
        xytext=shift,
        textcoords="offset points",
        ha=side,
        va="bottom",
        size=SMALL,
        color=INK,
        bbox={"facecolor": "white", "linewidth": 0, "pad": 1.5},  # where a line would cross it
    )


def _place(axes: Axes, x: float) -> float:
    """Return where something stands between the left and the right end of the axes, from 0 to 1."""
    left, right = axes.get_xlim()
    return (x - left) / (right - left)


def _alt(found: Cash, mean: F64) -> str:
    shown = sorted({0, len(mean) // 4, len(mean) // 2, 3 * len(mean) // 4, len(mean) - 1})
    told = ", ".join(
        f"{rough_dollars(float(mean[k]))} on {found.dates[k].day} {found.dates[k]:%B %Y}"
        for k in shown[0 if len(shown) < 3 else 1 :]
    )
    return f"Line chart of {'cash' if found.known else 'cost so far'} by week, mean over replications: {told}."


def _caption(result: Result, found: Cash) -> str:
    said = band_in_words(result.replications, f"{'cash' if found.known else 'the cost'} at the week's end")
    if not found.known:
        return f"{said} The plan names no payers, so that revenue, cash and break-even cannot be told."
    if result.warm_up is not None:
        return f"{said} How deep the hole is, and when the program breaks even, is told only from the opening on."
    weeks = result.weeks_before
    before = f", from {weeks} week{'' if weeks == 1 else 's'} before the opening on" if weeks else ""
    falls = result.measures["cash_falling_share"]
    times = round(falls.mean * falls.n)
    often = f"In {times:,} of {falls.n:,} replications cash" if falls.n > 1 else "Cash"
    still = (
        f" {often} is lower at the end than {QUARTER} weeks before, so that a longer run needs more." if times else ""
    )
    return (
        f"Counted when it is paid{before}. {said} Deepest hole: the lowest that cash falls in each replication, in "
        f"whatever week. Broken even: cash is not below $0 from then to the end of the run.{still}"
    )

"""Distribution: how one measure turns out over replications, and what risk there is in that."""

from __future__ import annotations

import datetime
import math

import numpy as np
from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated
from iopsim.charts.marks import apart, counted
from iopsim.charts.page import LINE, Page, nothing
from iopsim.charts.rows import in_units
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PALE, PRINT, SKY, SMALL, Style, points, styled, thin
from iopsim.experiments.amounts import amount, measure_named
from iopsim.experiments.chances import programs
from iopsim.experiments.reading import label
from iopsim.experiments.result import Result
from iopsim.experiments.risk import Risk, last_day, risk_of, sentence
from iopsim.experiments.verdict import ALONE
from iopsim.stats.intervals import F64

FEW = 40
"""Up to this many replications each is drawn as a dot."""

LEAST_WEEKS = 6
"""Weeks that an axis of dates shows at least."""

ASK, ASK_MATURE = "weeks_until_full", "days_to_first_session"
"""What is drawn when nothing is asked for; the latter of a mature program, which is full from the first week on."""


def distribution(result: Result, style: Style = PRINT, *, measure: str | None = None) -> Chart:
    """Draw how a measure is spread over replications, with the 10th, 50th and 90th percentile marked.

    Parameters
    ----------
    result : Result
    style : Style
    measure : str, optional
        By name; when the program fills, if none is named.

    Returns
    -------
    Chart

    Raises
    ------
    IopsimError
        If there is no such measure.
    """
    what = measure_named(measure or (ASK if result.warm_up is None else ASK_MATURE))
    named = ALONE.get(what.name) or label(what, result.scenario)
    named = f"{named[0].upper()}{named[1:]}"
    with styled(style):
        risk = risk_of(what, result.values(what.name))
        first, weeks = result.week_start(result.weeks.start), len(result.weeks)
        title = sentence(risk, named, first, weeks)
        if not len(risk.values):
            why = f"{named} is told of {what.counted}. Not one of {_runs(risk.n)} of {_weeks(weeks)} can tell."
            title = title if risk.by_date else f"{named}: nothing to show"
            return nothing(of_result(result), title, why, style)
        subtitle = f"{named}: how {_runs(risk.n)} of the same plan turn out."
        page = Page(of_result(result), title, subtitle, _caption(risk, result.inputs_drawn), _alt(risk, first), style)
        if risk.yes_or_no:
            _draw_yes_or_no(page.panels(labels=1.0)[0], risk)
        else:
            _draw(page, risk, first)
        return page.chart()


def _runs(n: int) -> str:
    return f"{n:,} replication{'' if n == 1 else 's'}"


def _weeks(n: int) -> str:
    return f"{n:,} week{'' if n == 1 else 's'}"


def _draw(page: Page, risk: Risk, first: datetime.date) -> None:
    aside = risk.never > 0
    grid = page.grid(columns=(5, 0.8) if aside else (1,), right=0.3, above=0.35 + 2.3 * points(SMALL) / 72, wspace=0.12)
    axes = page.figure.add_subplot(grid[0])
    edges = _places(risk.edges, risk, first)
    top = max(int(risk.counts.max()), risk.never)
    _fill(axes, edges, risk)
    axes.set_ylim(0, 1.05 * top)
    counted(axes)
    axes.set_ylabel("replications")
    axes.tick_params(axis="x", pad=0.7 * points(SMALL))
    if risk.by_date:
        begin = max(0.0, risk.edges[-1] - LEAST_WEEKS)
        ends = [last_day(first, week) for week in (min(risk.edges[0], begin), risk.edges[-1])]
        dated(axes, ends[0], ends[1] + datetime.timedelta(days=1))
    else:
        in_units(axes.xaxis, risk.measure, 8)
        if risk.measure.unit not in ("share", "usd"):
            axes.set_xlabel(risk.measure.unit)
    _mark(page, axes, risk, first)
    if aside:
        other = page.figure.add_subplot(grid[1], sharey=axes)
        _draw_never(other, risk)


def _places(weeks: F64, risk: Risk, first: datetime.date) -> F64:
    """Return values as places on the axis: weeks as the day on which they end."""
    if not risk.by_date:
        return weeks
    return np.array([last_day(first, week).toordinal() + 1 for week in weeks], dtype=np.float64)


def _fill(axes: Axes, edges: F64, risk: Risk) -> None:
    """Draw a bar for each bin, or of few replications a dot for each of them."""
    if risk.n > FEW:
        axes.bar(
            edges[:-1], risk.counts, np.diff(edges), align="edge", color=SKY, edgecolor="white", linewidth=thin(0.8)
        )
        return
    middles = (edges[:-1] + edges[1:]) / 2
    x = np.repeat(middles, risk.counts)
    y = np.concatenate([np.arange(count) + 0.5 for count in risk.counts])
    axes.plot(x, y, marker="o", linestyle="", color=BLUE)
    axes.set_xlim(edges[0], edges[-1])


def _draw_never(axes: Axes, risk: Risk) -> None:
    """Draw beside the axes those replications that do not tell."""
    axes.bar([0], [risk.never], 0.9, color=PALE, edgecolor=GREY, hatch="//", linewidth=thin(0.8))
    said = "not within\nthe run" if risk.by_date else "cannot\ntell"
    axes.set_xticks([0], [said])
    axes.set_xlim(-0.7, 0.7)
    axes.tick_params(axis="x", length=0)
    axes.tick_params(axis="y", labelleft=False)
    axes.annotate(
        f"{100 * risk.never / risk.n:.0f} %",
        (0, risk.never),
        xytext=(0, 0.3),
        textcoords="offset fontsize",
        ha="center",
        va="bottom",
        size=SMALL,
    )


def marked(risk: Risk, first: datetime.date) -> list[tuple[float, str]]:
    """Return the marks that are within the run, each with what is said of it in two lines."""
    said = (
        ("one in ten by", "half by", "nine in ten by")
        if risk.by_date
        else ("one in ten below", "middle", "one in ten above")
    )
    found: list[tuple[float, str]] = []
    for mark, words in zip(risk.marks, said, strict=True):
        if not math.isfinite(mark):
            continue
        if risk.by_date:
            day = last_day(first, mark)
            told = f"{day.day} {day:%b %Y}"
        else:
            told = amount(risk.measure, mark, risk.half_width)
        found.append((mark, f"{words}\n{told}"))
    if len({mark for mark, _ in found}) == 1:
        words = (
            "nearly all" if risk.values[0] < risk.values[-1] or risk.never else "all" if risk.n > 1 else "the only one"
        )
        return [(found[0][0], f"{words}\n{found[0][1].partition(chr(10))[2]}")]
    return found


def _mark(page: Page, axes: Axes, risk: Risk, first: datetime.date) -> None:
    """Draw the marks, and write what they are above the axes, where none covers another."""
    found = marked(risk, first)
    low, high = axes.get_xlim()
    width = axes.get_position().width * page.style.width
    places = [(float(_places(np.array([mark]), risk, first)[0]) - low) / (high - low) for mark, _ in found]
    sizes = [(max(page.width(line, SMALL) for line in text.split("\n")) + page.inch(0.2)) / width for _, text in found]
    moved = apart(places, sizes)
    height = axes.get_position().height * page.style.height
    lift = points(SMALL) / 72 * LINE * 0.45 / height
    across = axes.get_xaxis_transform()
    for (_, text), own, place in zip(found, places, moved, strict=True):
        strong = "middle" in text or text.startswith(("half", "all", "nearly"))
        x, to = low + own * (high - low), low + place * (high - low)
        axes.plot([x, x], [0, 1], color=INK, linewidth=thin(1.6 if strong else 1.1), transform=across,
                  linestyle="-" if strong else (0, (4, 3)))  # fmt: skip
        axes.plot([x, to], [1, 1 + lift], color=INK, linewidth=thin(0.7), transform=across, clip_on=False)
        axes.text(
            to,
            1 + 1.3 * lift,
            text,
            transform=across,
            ha="center",
            va="bottom",
            size=SMALL,
            linespacing=1.15,
            weight="bold" if strong else "normal",
        )
    axes.set_xlim(low, high)


def _draw_yes_or_no(axes: Axes, risk: Risk) -> None:
    """Draw how many replications say yes, and how many no."""
    yes = int(risk.values.sum())
    no = len(risk.values) - yes
    axes.bar([0, 1], [yes, no], 0.55, color=[BLUE, PALE], edgecolor=GREY, linewidth=thin(0.8))
    axes.set_xticks([0, 1], ["yes", "no"])
    axes.set_xlim(-0.6, 1.6)
    counted(axes)
    axes.set_ylim(top=1.12 * max(yes, no))
    axes.set_ylabel("replications")
    for place, count in enumerate((yes, no)):
        axes.annotate(
            f"{100 * count / len(risk.values):.0f} %",
            (place, count),
            xytext=(0, 0.3),
            textcoords="offset fontsize",
            ha="center",
            va="bottom",
        )


def _caption(risk: Risk, drawn: bool) -> str:
    said = "" if risk.by_date else f"Told of {risk.measure.counted}. "  # of dates all replications count
    said += (
        "One replication is one way in which this plan may turn out; it says nothing of how likely that is. "
        if risk.n == 1
        else "Each replication, here called a program, is one way in which the same plan may turn out, with other "
        f"people{', other luck and other values of what nobody knows' if drawn else ' and other luck'}. "
    )
    if risk.yes_or_no:
        return said
    if risk.by_date:
        said += "Dates are the last day of the week in which it happens."
    elif risk.n > 1:
        said += "Lines: 10th, 50th and 90th percentile."
    if risk.never and not risk.by_date:
        who, several = programs(risk.never, risk.n)
        said += f" {who[0].upper()}{who[1:]} cannot tell and {'are' if several else 'is'} left out of them."
    return said.strip()


def _alt(risk: Risk, first: datetime.date) -> str:
    if risk.yes_or_no:
        yes = int(risk.values.sum())
        return f"Two bars: yes in {yes:,}, no in {len(risk.values) - yes:,} of {_runs(risk.n)}."
    what = "Histogram" if risk.n > FEW else "Dot plot"
    told = "; ".join(text.replace("\n", " ") for _, text in marked(risk, first))
    rest = f" {risk.never:,} of {_runs(risk.n)} do not tell, or not within the run." if risk.never else ""
    return f"{what} of {_runs(risk.n)}: {told}.{rest}"

"""A sweep: one measure over the levels of a factor of a design."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.marks import Label, label_right
from iopsim.charts.multiples import factor_words, named
from iopsim.charts.page import Page, nothing
from iopsim.charts.rows import in_title, in_units, spaced
from iopsim.charts.source import of_outcome
from iopsim.charts.style import BLUE, GREEN, GREY, INK, PRINT, SMALL, VERMILLION, Style, inert, points, styled, thin
from iopsim.experiments.amounts import amount, figure, measure_named
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.path_words import words_of
from iopsim.experiments.sweep import TIMES, Run, Sweep, sweep_of
from iopsim.stats.intervals import Summary

LINES = ((BLUE, "-", "o"), (VERMILLION, "--", "s"), (GREEN, "-.", "^"), (INK, ":", "D"))
"""Lines that share axes differ in colour, dashes and markers."""

MOST_TICKS = 10
"""Levels up to which each is named below the axes."""

NAMES = 1.9
"""Room for the labels of lines, inches of a printed page."""


def sweep(outcome: Outcome, style: Style = PRINT, *, measure: str | None = None, factor: str | None = None) -> Chart:
    """Draw a measure over the levels of a factor, with intervals; of a sample every point, and means of bins.

    Parameters
    ----------
    outcome : Outcome
        Of an experiment with factors.
    style : Style
    measure : str, optional
        The first that is compared, if none is named.
    factor : str, optional
        The first of the design, if none is named.

    Returns
    -------
    Chart

    Raises
    ------
    IopsimError
        If there is no such measure or factor, or the plans are no points of a design.
    """
    what = measure_named(measure) if measure is not None else outcome.batch.measures[0]
    with styled(style):
        found = sweep_of(outcome, what, factor)
        label, moved = named(what, outcome), factor_words(found.factor)
        stops = [stop for run in found.runs for stop in run.stops]
        if all(math.isnan(stop.summary.mean) for stop in stops) and not found.sampled:
            why = f"{label} is told of {what.counted}. In no plan of this design can it be told."
            return nothing(of_outcome(outcome), f"{label} over {moved}: nothing to show", why, style)
        page = Page(
            of_outcome(outcome),
            in_title(_title(found, label, moved)),
            f"{label}{_unit(found)}, over {moved}.",
            _caption(found, outcome),
            _alt(found),
            style,
        )
        _draw(page, found, outcome)
        return page.chart()


def _unit(found: Sweep) -> str:
    unit = found.measure.unit
    return "" if unit in {"share", "usd"} else f", {unit}"


def _level(found: Sweep, level: str) -> str:
    """Return a level as it is read: a number, ``× 0.7``, or a name."""
    if found.times:
        return f"× {level.removeprefix(TIMES)}"
    return inert(level) if found.numeric else spaced(level)


def _times(name: str) -> str:
    return f"× {name.removeprefix(TIMES)}" if name.startswith(TIMES) else name


def _half(summary: Summary) -> float:
    return (summary.high - summary.low) / 2


def _said(found: Sweep, summary: Summary) -> str:
    return amount(found.measure, summary.mean, _half(summary))


def _title(found: Sweep, label: str, moved: str) -> str:
    stops, what = found.whole.stops, f"{label[0].lower()}{label[1:]}"
    subject = f"{moved[:1].upper()}{moved[1:]}"
    if len(stops) < 2 or math.isnan(found.change.low):
        return f"{subject}: no change of {what} can be told"
    first, last = stops[0], stops[-1]
    subject += f" from {_level(found, first.level)} to {_level(found, last.level)}"
    if found.turn is not None:
        turn = stops[found.turn]
        how = "highest" if turn.summary.mean > first.summary.mean else "lowest"
        return f"{subject}: {what} is {how}, {_said(found, turn.summary)}, at {_level(found, turn.level)}"
    if not found.told_apart:
        return f"{subject}: no change of {what} can be told"
    verb = "rises" if found.change.mean > 0.0 else "falls"
    start = figure(found.measure, first.summary.mean, _half(first.summary))
    average = ", on average" if found.over else ""
    return f"{subject}: {what} {verb} from {start} to {_said(found, last.summary)}{average}"


def _draw(page: Page, found: Sweep, outcome: Outcome) -> None:
    several = len(found.runs) > 1
    (axes,) = page.panels((1,), labels=NAMES, below=0.8)
    if found.sampled:
        axes.plot(found.dots[:, 0], found.dots[:, 1], linestyle="", marker="o", markersize=3.2 * page.style.scale,
                  color=GREY, alpha=0.6, markeredgewidth=0)  # fmt: skip
    labels = []
    for run, (colour, dashes, marker) in zip(found.runs, LINES, strict=False):
        joined = found.numeric or several
        label = _draw_run(
            axes, run, colour, dashes if joined else "", marker, band=joined and not several and not found.sampled
        )
        if label is not None:
            name = spaced(_times(run.name)) if several else "mean of points" if found.sampled else "mean"
            labels.append(Label(label, page.cut(name, SMALL, page.inch(NAMES) - 0.1), colour))
    _scale(page, axes, found)
    base = outcome.summary(outcome.baseline, found.measure.name).mean
    if not outcome.batch.plans[0].levels and not math.isnan(base):
        axes.axhline(base, color=INK, linewidth=thin(1.0), linestyle=(0, (1, 2)), zorder=1)
        labels.append(
            Label(base, page.cut(f"{spaced(outcome.baseline)}, unchanged", SMALL, page.inch(NAMES) - 0.1), INK)
        )
    axes.autoscale_view()
    in_units(axes.yaxis, found.measure)
    if _unit(found):
        axes.set_ylabel(found.measure.unit)
    if several and len(found.over) == 1:
        lines = page.wrapped(f"{factor_words(found.over[0])}:", SMALL, width=page.inch(NAMES))
        lines = lines if len(lines) < 3 else [lines[0], f"{lines[1]} …"]
        labels.append(Label(1.06 * axes.get_ylim()[1] - 0.06 * axes.get_ylim()[0], "\n".join(lines), GREY))
    label_right(axes, labels)


def _draw_run(axes: Axes, run: Run, colour: str, dashes: str, marker: str, *, band: bool) -> float | None:
    """Draw a line, its intervals and its band, and return the height of its last value."""
    known = [stop for stop in run.stops if not math.isnan(stop.summary.mean)]
    if not known:
        return None
    x = np.array([stop.place for stop in known])
    one = [stop.summary for stop in known]
    if band:
        axes.fill_between(x, [s.p10 for s in one], [s.p90 for s in one], color=colour, alpha=0.15, linewidth=0)
    ends = [(place, s.low, s.high) for place, s in zip(x, one, strict=True) if not math.isnan(s.low)]
    if ends:
        axes.vlines(*zip(*ends, strict=True), color=colour, linewidth=thin(1.6))
    axes.plot(x, [s.mean for s in one], color=colour, linestyle=dashes, marker=marker, linewidth=thin(1.6))
    return one[-1].mean


def _scale(page: Page, axes: Axes, found: Sweep) -> None:
    """Write the levels below the axes: numbers where they lie, names as many as can be read."""
    stops = found.whole.stops
    moved = words_of(found.factor)
    unit = moved.unit if moved.unit not in {"ratio", "share"} and moved.unit not in moved.meaning.lower() else ""
    unit = "times what the plan says" if found.times else unit
    axes.set_xlabel(page.cut(f"{inert(moved.meaning)}{f' ({unit})' if unit else ''}", "medium", 0.7 * page.style.width))
    if found.sampled and found.numeric and len(stops) < len(np.unique(found.dots[:, 0])):
        return
    places = [stop.place for stop in stops]
    room = axes.get_position().width * page.style.width / max(len(places), 1)
    if found.numeric and len(places) <= MOST_TICKS:
        texts = [inert(stop.level.removeprefix("x ")) for stop in stops]
        gaps = np.diff(places) / max(places[-1] - places[0], 1e-12) * axes.get_position().width * page.style.width
        if all(page.width(text, "medium") < 0.85 * gap for text, gap in zip(texts, gaps, strict=False)):
            axes.set_xticks(places, texts)
        return
    if not found.numeric:
        cut = ["\n".join(page.wrapped(page.cut(spaced(stop.level), SMALL, 1.8 * room), SMALL, width=0.9 * room)[:2])
               for stop in stops]  # fmt: skip
        step = max(1, math.ceil(max(max(page.width(line, SMALL) for line in text.split("\n")) for text in cut) / room))
        axes.set_xticks(places[::step], cut[::step], size=SMALL)
        margin = 0.04 * max(len(places) - 1, 1) + points(SMALL) / 72 / room / 4
        axes.set_xlim(-margin, len(places) - 1 + margin)


def _caption(found: Sweep, outcome: Outcome) -> str:
    n, measure = outcome.replications, found.measure
    others = ", ".join(factor_words(name) for name in found.over)
    said = f"Told of {measure.counted}. "
    if found.sampled:
        said += (
            f"Each of the {len(found.dots):,} dots is a plan, its mean over {n:,} replications; in all of them the "
            f"other factors ({others}) move too, which scatters the dots. "
        )
        if len(found.whole.stops) > 1:
            said += (
                "Line: means of neighboring plans; upright lines: their 95 % intervals, plans taken as independent. "
            )
        else:
            said += "There are too few for a mean over neighbors. "
        return said + "What the other factors do is not taken out."
    if n == 1:
        said += "One replication has no intervals. "
    else:
        said += "Upright lines: 95 % intervals of the mean. "
        if len(found.runs) == 1 and found.numeric:
            said += "Band: in 8 of 10 replications the value lies within it. "
    if found.averaged:
        said += f"Averaged over the settings of the other factors: {others}. "
    elif found.over and len(found.runs) > 1:
        said += f"A line for each setting of: {others}. "
    if not outcome.batch.plans[0].levels:
        said += f"Dotted: {spaced(outcome.baseline)}, where no factor is moved."
    return said.strip()


def _alt(found: Sweep) -> str:
    if found.sampled:
        what = f"Scatter of {len(found.dots):,} plans"
    else:
        what = "Line chart" if len(found.runs) == 1 else f"Line chart with {len(found.runs)} lines"
    told = []
    for run in found.runs:
        values = ", ".join(f"{_said(found, stop.summary)} at {inert(stop.level)}" for stop in run.stops)
        told.append(f"{spaced(run.name)}: {values}" if run.name else values)
    return f"{what}. {'; '.join(told)}." if any(told) else f"{what}."

"""Waitlist: clients on it by week, and what holds people back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated, places
from iopsim.charts.headlines import SHORT, clients, last_quarter
from iopsim.charts.marks import FEW, Label, band_in_words, banded, counted, label_right
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PRINT, SKY, VERMILLION, YELLOW, Style, styled, thin
from iopsim.experiments.bottleneck import RESOURCES, SLOTS
from iopsim.experiments.result import F64, Result
from iopsim.stats.intervals import band, summarize

LAYERS = (
    ("held_back_by_next_phase", "next phase full", GREY),
    ("held_back_by_seats", "group seats", SKY),
    ("held_back_by_both", "seats and caseload", BLUE),
    ("held_back_by_caseload", "counselor caseload", YELLOW),
    ("held_back_by_slots", "assessment slots", VERMILLION),
)
"""From the bottom: what people are held back by; neighbours differ in grey as well."""

WALK_IN = "assessors' time"
"""What a slot is called where clients walk in."""

ROOM = 2.0
"""The limit of the list is drawn if it is at most this many times the longest list drawn."""

ABOVE = 0.06
"""Share of the highest number at which a label stands at least, clear of the dates below."""

SLIGHT = 0.5
"""Clients below whom, on average in the worst week, hardly anybody waits or is held back."""


def waitlist(result: Result, style: Style = PRINT) -> Chart:
    """Draw clients on the waitlist by week with their band, and below it how many each resource holds back.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        line = band(result.weekly("waiting"))
        layers = {name: result.weekly(name).mean(axis=0) for name, _, _ in LAYERS}
        layers = {name: mean for name, mean in layers.items() if mean.any()}
        if not line[0].any() and not layers:
            why = "Nobody is ever on the waitlist, and nobody waits for a slot, a seat or a counselor."
            return nothing(of_result(result), "Waitlist: nothing to show", why, style)
        below = ", and clients held back by what is lacking (below)" if layers else ""
        page = Page(
            of_result(result),
            _title(result, line[0]),
            f"Clients on the waitlist by week{' (above)' if layers else ''}{below}.",
            _caption(result, bool(layers)),
            _alt(result, line[0], layers),
            style,
        )
        top, *others = page.panels((1.15, 1) if layers else (1,), labels=2.05)
        x = places([result.week_start(week) for week in result.weeks])
        _draw_waiting(top, x, line, result)
        for bottom in others:
            _draw_held_back(bottom, x, layers, result)
            top.tick_params(labelbottom=False)
        dated((top, *others)[-1], result.week_start(result.weeks.start), result.week_start(result.weeks.stop))
        return page.chart()


def _title(result: Result, mean: F64) -> str:
    return f"{_length(result, mean)}; {_held_back(result)}"


def _length(result: Result, mean: F64) -> str:
    """Say how long the waitlist is, and whether it still grows."""
    weeks, quarter = len(mean), last_quarter(len(mean))
    if mean.max() < SLIGHT:
        return "Hardly anybody is on the waitlist"
    if result.warm_up is not None:
        return f"The mature program has {clients(float(mean.mean()))} on its waitlist on average"
    if weeks < SHORT:
        end = "in the only week of this run" if weeks == 1 else f"in week {weeks}, the last of this run"
        return f"{clients(float(mean[-1])).capitalize()} {_are(mean[-1])} on the waitlist {end}"
    waiting = result.weekly("waiting")
    more = summarize(waiting[:, -quarter:].mean(axis=1) - waiting[:, -2 * quarter : -quarter].mean(axis=1))
    half = max(1, quarter // 2)
    growing = mean[-half:].mean() > mean[-quarter:-half].mean()
    level = float(mean[-quarter:].mean())
    if more.low > max(SLIGHT, level / 10) and growing:
        return f"The waitlist is still growing when the run ends: {clients(float(mean[-1]))} in week {weeks}"
    if -more.high > max(SLIGHT, level / 10):
        worst = int(mean.argmax())
        said = f"{clients(float(mean[worst]))} in week {worst + 1}"
        return f"The waitlist is longest with {said}, and has fallen to {clients(level)}"
    return f"{clients(level).capitalize()} {_are(level)} on the waitlist on average over the last {quarter} weeks"


def _are(number: float) -> str:
    return "is" if round(number) <= 1 else "are"


def _held_back(result: Result) -> str:
    """Say what holds people back most, as surely as it is so."""
    if not result.bottlenecks:
        return "nothing that the program lacks holds anybody back"
    first = result.bottlenecks[0]
    if first.first_week is None:
        return "nothing that the program lacks holds back even one client at a time"
    name = _resource(result, first.resource)
    often = f"in {first.tightest_in:,} of {result.replications:,} replications"
    if result.replications == 1:
        return f"the bottleneck is {name}"
    if 2 * first.tightest_in <= result.replications:
        return f"the bottleneck varies: it is {name} {often}"
    return f"the bottleneck is {name} {often}"


def _resource(result: Result, resource: str) -> str:
    return WALK_IN if resource == SLOTS and result.scenario.assessment.open_access else resource


def _alt(result: Result, mean: F64, layers: dict[str, F64]) -> str:
    """Say what is to be seen, with the numbers of some weeks."""
    shown = sorted({0, len(mean) // 2, len(mean) - 1, int(mean.argmax())})
    told = ", ".join(f"{mean[k]:,.1f} in week {result.weeks[k] + 1}" for k in shown)
    said = f"Line chart of the mean number of clients on the waitlist by week: {told}."
    if not layers:
        return said
    held = ", ".join(
        f"{_resource(result, RESOURCES[name])} {layer.mean():,.1f}"
        for name, layer in sorted(layers.items(), key=lambda item: -item[1].mean())
    )
    return f"{said} Below it, stacked areas by week of clients held back, on average over all weeks by: {held}."


def _draw_waiting(axes: Axes, x: F64, line: tuple[F64, F64, F64], result: Result) -> None:
    example = result.weekly("waiting")[0]
    if result.replications > 1:
        axes.plot(x, example, color=GREY, linewidth=thin(0.8), alpha=0.9, marker="." if len(x) <= FEW else "")
    banded(axes, x, line, BLUE)
    highest = max(float(line[2].max()), float(example.max()), 1.0)
    said = "waiting, mean" if result.replications > 1 else "waiting"
    labels = [Label(float(line[0][-1]), said, BLUE)]
    limit = result.scenario.waitlist.limit
    if isinstance(limit, int) and limit <= ROOM * highest:
        axes.axhline(limit, color=INK, linewidth=thin(1.1), linestyle=(0, (6, 3)))
        labels.append(Label(float(limit), f"the list holds {limit}", INK))
        highest = max(highest, float(limit))
    if result.replications > 1:
        labels.append(Label(float(example[-1]), "one replication", GREY))
    axes.set_ylim(top=1.08 * highest)
    counted(axes)
    labels = [replace(label, height=max(label.height, ABOVE * highest)) for label in labels]
    axes.set_ylabel("waiting")
    label_right(axes, labels)


def _draw_held_back(axes: Axes, x: F64, layers: dict[str, F64], result: Result) -> None:
    shown = [(name, words, colour) for name, words, colour in LAYERS if name in layers]
    stacked = [layers[name] for name, _, _ in shown]
    weeks = _weeks_told(result)
    edges = np.append(x, x[-1] + 7)
    drawn = [np.append(layer, layer[-1]) for layer in stacked]
    axes.stackplot(edges, drawn, colors=[colour for *_, colour in shown], linewidth=0, step="post")
    tops = np.cumsum(stacked, axis=0)
    axes.set_ylim(0, 1.08 * max(float(tops[-1].max()), 1.0))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10], integer=True))
    axes.set_ylabel("held back")
    labels = []
    for (name, words, _), layer, top in zip(shown, stacked, tops, strict=True):
        told = WALK_IN if name == "held_back_by_slots" and result.scenario.assessment.open_access else words
        labels.append(Label(float(top[-1] - layer[-1] / 2), f"{told}, {_told(float(layer[-weeks:].mean()))}", INK))
    label_right(axes, labels)


def _told(number: float) -> str:
    if number < 0.05:
        return "below 0.1"
    return f"{number:,.1f}" if number < 9.95 else f"{number:,.0f}"


def _weeks_told(result: Result) -> int:
    """Return of how many weeks at the end of the chart the numbers beside the layers are the mean."""
    return last_quarter(len(result.weeks)) if result.warm_up is None else len(result.weeks)


def _caption(result: Result, held_back: bool) -> str:
    example = "; thin: one replication, as an example" if result.replications > 1 else ""
    said = (
        "Waiting: clients placed here and not yet admitted, at the end of a day, mean over the days of a week"
        f"{example}. {band_in_words(result.replications, 'the week')}"
    )
    if not held_back:
        return f"{said} Nobody lacks a slot, a seat or a counselor; who waits is not ready to start."
    weeks = _weeks_told(result)
    span = "the last week" if weeks == 1 else f"the last {weeks} weeks"
    return (
        f"{said} Held back, mean of all replications: who could be assessed, start or move on but for what is lacking; "
        f"some of them are not on the waitlist, and many there are not ready yet. Beside the areas: mean of {span}."
    )

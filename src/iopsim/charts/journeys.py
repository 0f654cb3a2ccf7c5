"""A few client journeys as lanes on the real calendar, each of another kind."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.dates import MOST, dated
from iopsim.charts.page import LINE, Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import GREY, INK, PALE, PRINT, SKY, SMALL, VERMILLION, Style, points, styled, thin
from iopsim.charts.swatches import Swatch, explain
from iopsim.charts.week import in_words, said
from iopsim.experiments import journeys as told
from iopsim.experiments.journeys import Journey, Span
from iopsim.experiments.result import Result
from iopsim.record import Exit

FILLS = (
    (told.ASSESSMENT, "waiting for the assessment", PALE),
    (told.AWAY, "elsewhere first", "#8A4C74"),
    (told.WAITLIST, "on the waitlist", "#EDB23A"),
    ("first", "first phase", "#0072B2"),
    ("second", "second phase", SKY),
    ("third", "third phase", "#00436B"),
    ("fourth", "fourth phase", "#A8D5F2"),
)
"""In the order of a journey; phases from the first on, the fifth as the first again."""

WAITS = 3
"""How many of them are no phases."""

AWAY_HATCH = "xx"

NUMBER = 6
"""Lanes, if nothing is said."""

NAMES = 1.75
"""Room for names to the left, inches of a printed page; the next is for endings to the right."""

ENDS = 1.75

BAR = 0.4
"""Height of a bar, as a share of a lane's."""

WAS = ("placed", "turned", "discharged", "transferred", "incarcerated", "sent", "screened", "not authorized")
"""How endings begin that need a "was" to be said of a client."""


def journeys(result: Result, style: Style = PRINT, *, clients: int = NUMBER) -> Chart:
    """Draw the ways of a few clients of the first replication as lanes.

    Parameters
    ----------
    result : Result
        Only its scenario and its seed are used; the clients are those of the plan as written, also if its inputs were
        drawn.
    style : Style
    clients : int
        How many, at least 1; fewer are drawn if fewer call.

    Returns
    -------
    Chart
    """
    with styled(style):
        scenario = result.scenario
        calls = told.season(scenario, result.weeks.start)
        lanes = told.journeys(scenario, result.seed, number=clients, calls=calls)
        if not lanes:
            first, last = (result.week_start(day // 7) for day in (calls.start, calls.stop))
            why = f"In the first replication nobody calls between {_day(first)} and {_day(last)}."
            return nothing(of_result(result), "Client journeys: nothing to show", why, style)
        page = Page(
            of_result(result),
            _title(lanes),
            "Each lane is one simulated client, from the first call to the end of the way.",
            _caption(result, calls, lanes),
            _alt(lanes),
            style,
        )
        _draw(page, result, sorted(lanes, key=lambda lane: lane.called))
        return page.chart()


def _title(lanes: Sequence[Journey]) -> str:
    """Say of the first two whose way is over, and ended differently, how it ended and how long after the call."""
    firsts: dict[str, Journey] = {}
    for lane in lanes:
        if lane.over:
            firsts.setdefault(lane.ending, lane)
    over = list(firsts.values())[:2]
    if len(lanes) == 1:
        return f"One way through the program: a client {_ended(lanes[0])}"
    ways = f"{in_words(len(lanes)).capitalize()} ways through the program"
    if not over:
        return f"{ways}, none of them over when the run ends"
    return f"{ways}: one client {', another '.join(_ended(lane) for lane in over)}"


def _ended(lane: Journey) -> str:
    if not lane.over:
        return f"is {lane.ending} when the run ends"
    if lane.ending == told.ENDINGS[Exit.CALL_LOST]:
        return "got no answer to the call"
    ending = lane.ending.replace("completed the program", "completed it")
    verb = "was " if ending.startswith(WAS) else ""
    days = (lane.ended - lane.called).days
    return f"{verb}{ending} {f'{_long(days)} after calling' if days else 'on the day of the call'}"


def _long(days: int) -> str:
    """Return a number of days in words, in weeks if there are many."""
    number, unit = (round(days / 7), "week") if days >= 21 else (days, "day")
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def _day(date: datetime.date) -> str:
    return f"{date.day} {date:%b %Y}"


def _alt(lanes: Sequence[Journey]) -> str:
    texts = []
    for lane in lanes:
        parts = [f"{said(span.label)} {_long((span.last - span.first).days)}" for span in lane.spans]
        kinds = [mark.kind for mark in lane.marks]
        sessions = kinds.count(told.ATTENDED) + kinds.count(told.MISSED)
        if sessions:
            parts.append(f"{kinds.count(told.ATTENDED)} of {sessions} sessions attended")
        texts.append(f"{said(lane.source)}, called {_day(lane.called)}: {', '.join([*parts, lane.ending])}")
    return f"Lanes on a calendar, one for each client. {'; '.join(texts)}."


def _draw(page: Page, result: Result, lanes: Sequence[Journey]) -> None:
    phases = list(result.scenario.phases)
    taken = explain(page, _swatches(lanes, phases))
    grid = page.grid(left=NAMES, right=ENDS, above=taken / page.rise(1) + 0.12)
    axes = page.figure.add_subplot(grid[0])
    first = min(lane.called for lane in lanes)
    last = max(max((span.last for span in lane.spans), default=lane.ended) for lane in lanes)
    last = max(last, first + datetime.timedelta(days=7))
    wide = axes.get_position().width * page.style.width
    dated(axes, first, last, min(MOST, max(2, int(wide / page.inch(0.62)))))
    axes.set_ylim(len(lanes), 0)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x", color=PALE, linewidth=thin(0.6))
    inches = axes.get_position().height * page.style.height / len(lanes)
    for row, lane in enumerate(lanes):
        _draw_lane(axes, row, lane, phases, inches)
        _name(page, axes, row, lane, inches)
        _say_ending(page, axes, row, lane, inches)


def _swatches(lanes: Sequence[Journey], phases: list[str]) -> list[Swatch]:
    """Return what is to be explained: only what is drawn."""
    spans = [span for lane in lanes for span in lane.spans]
    found = {mark.kind for lane in lanes for mark in lane.marks}
    kinds = {span.kind for span in spans}
    waits = [
        Swatch(words, colour, AWAY_HATCH if key == told.AWAY else "")
        for key, words, colour in FILLS[:WAITS]
        if key in kinds
    ]
    stays = [Swatch(said(phase), _fill(k)) for k, phase in enumerate(phases) if phase in _labels(spans)]
    signs = [
        Swatch("session attended", INK, marker="|"),
        Swatch("missed", VERMILLION, marker="x"),
        Swatch("lapse", INK, marker="v"),
    ]
    shown = [sign for sign, kind in zip(signs, (told.ATTENDED, told.MISSED, told.LAPSE), strict=True) if kind in found]
    return [*waits, *stays, *shown]


def _labels(spans: Iterable[Span]) -> set[str]:
    return {span.label for span in spans if span.kind == told.PHASE}


def _fill(phase: int) -> str:
    """Return the colour of a phase by its place in the plan."""
    return FILLS[WAITS + phase % (len(FILLS) - WAITS)][2]


def _draw_lane(axes: Axes, row: int, lane: Journey, phases: list[str], inches: float) -> None:
    """Draw where a client was as bars, with sessions below them and lapses above."""
    colours = {key: colour for key, _, colour in FILLS}
    middle = row + 0.42
    if len(lane.spans) > 1:
        ends = (lane.spans[0].first.toordinal(), lane.spans[-1].last.toordinal())
        axes.plot(ends, [middle, middle], color=GREY, linewidth=thin(0.8), linestyle=(0, (1, 2)), zorder=1)
    for span in lane.spans:
        start, days = span.first.toordinal(), (span.last - span.first).days
        axes.barh(
            middle,
            days,
            left=start,
            height=BAR,
            color=_fill(phases.index(span.label)) if span.kind == told.PHASE else colours[span.kind],
            edgecolor="white",
            linewidth=thin(0.5),
            hatch=AWAY_HATCH if span.kind == told.AWAY else None,
        )
    if not lane.spans:
        axes.plot([lane.called.toordinal()], [middle], color=INK, marker="|", markersize=points(SMALL))
    size = min(0.55 * points(SMALL), 0.22 * 72 * inches)
    for kind, height, sign, colour in (
        (told.ATTENDED, 0.34, "|", INK),
        (told.MISSED, 0.34, "x", VERMILLION),
        (told.LAPSE, -0.3, "v", INK),
    ):
        places = [mark.date.toordinal() + 0.5 for mark in lane.marks if mark.kind == kind]
        if places:
            axes.plot(
                places,
                [middle + height] * len(places),
                color=colour,
                marker=sign,
                markersize=size,
                markeredgewidth=thin(1.1),
                linewidth=0,
                clip_on=False,
                label=kind,
            )


def _name(page: Page, axes: Axes, row: int, lane: Journey, inches: float) -> None:
    """Write to the left of a lane who called, and when, as far as there is room."""
    line = points(SMALL) / 72 * LINE
    room, wide = page.inch(NAMES - 0.15), axes.get_position().width * page.style.width
    called = f"called {_day(lane.called)}"
    two = inches >= 1.9 * line
    texts = (
        [page.cut(said(lane.source), SMALL, room / 1.15), called] if two else [page.cut(said(lane.source), SMALL, room)]
    )
    for k, text in enumerate(texts):
        axes.annotate(
            text,
            (-page.inch(NAMES) / wide, row + 0.42),
            (0, ((len(texts) - 1) / 2 - k) * 72 * line),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            size=SMALL,
            weight="normal" if k else "bold",
            color=GREY if k else INK,
            va="center",
            annotation_clip=False,
        )


def _say_ending(page: Page, axes: Axes, row: int, lane: Journey, inches: float) -> None:
    """Write at the end of a lane how the way ended."""
    first, last = axes.get_xlim()
    wide = axes.get_position().width * page.style.width
    end = max((span.last.toordinal() for span in lane.spans), default=lane.called.toordinal())
    gap = page.inch(0.08)
    room = (last - end) / (last - first) * wide + page.inch(ENDS) - gap
    most = max(1, int(inches / (points(SMALL) / 72 * LINE)))
    lines = page.wrapped(lane.ending, SMALL, width=room)
    if len(lines) > most:
        lines = [*lines[: most - 1], page.cut(" ".join(lines[most - 1 :]), SMALL, room)]
    axes.annotate(
        "\n".join(lines),
        (end, row + 0.42),
        (72 * gap, 0),
        textcoords="offset points",
        size=SMALL,
        va="center",
        linespacing=1.15,
        color=INK if lane.over else GREY,
        annotation_clip=False,
    )


def _caption(result: Result, calls: range, lanes: Sequence[Journey]) -> str:
    first = result.scenario.opening + datetime.timedelta(days=calls.start)
    last = result.scenario.opening + datetime.timedelta(days=calls.stop - 1)
    found = {mark.kind for lane in lanes for mark in lane.marks}
    parts = [
        f"Examples, not a fair sample: of those who call from {_day(first)} to {_day(last)} in the first replication,",
        "different kinds of way, each of a length in the middle of its kind.",
    ]
    if told.LEFT in found:
        parts.append("Dotted: between two episodes.")
    if told.LAPSE in found:
        parts.append("A lapse stands on the day on which it is known.")
    if result.inputs_drawn:
        parts.append("The lanes are of the plan as written, without what was drawn.")
    return " ".join([*parts, "`iopsim trace` tells any client's way in full."])

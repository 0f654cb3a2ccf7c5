"""Small multiples: a panel for each measure on a scale of its own, and in all of them the same rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from iopsim.charts.page import Page
from iopsim.charts.rows import before, rows, spaced, ticked
from iopsim.charts.style import GREY, INK, SMALL, Style, inert, points
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.path_words import words_of
from iopsim.experiments.reading import label
from iopsim.experiments.sweep import TIMES
from iopsim.experiments.verdict import ALONE
from iopsim.measures.measure import Measure

MOST_ARMS, MOST_MEASURES = 8, 8
"""Drawn at most; a page has no room for more that can be read."""

MOST_COLUMNS = 4

ROW, TIGHT, FEWEST = 1.9, 1.15, 2
"""Height of a row in letter sizes, the least at which letters do not touch, and rows that a panel has room for."""

HEAD, FOOT = 3.2, 2.2
"""Room for the title of a panel, of two lines, and for the numbers below it, in letter sizes."""

ROOM = {"print": 27.5, "slides": 20.0}
"""Height between the words of a page, in letter sizes."""

TITLE_LINES = 2

GAP = 0.25
"""Between the numbers of a panel and the next panel, inches of a printed page."""

NAMES = 2.3
"""Room for the names of rows at most."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The axes of a measure, and their width in inches."""

    axes: Axes
    measure: Measure
    width: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What of an outcome is drawn: the first arms, the baseline among them, and the first measures."""

    arms: tuple[str, ...]
    measures: tuple[Measure, ...]
    rest: str
    """Which are not drawn, in a sentence; empty if all are."""


def shown(outcome: Outcome, style: Style) -> Shown:
    """Return which arms and measures there is room for."""
    arms = outcome.arms[:MOST_ARMS]
    each = HEAD + FOOT + TIGHT * max(len(arms), FEWEST)
    most = min(MOST_MEASURES, MOST_COLUMNS * max(1, int((ROOM[style.name] + FOOT) / each)))
    measures = outcome.batch.measures[:most]
    said = []
    if len(outcome.arms) > len(arms):
        said.append(f"{len(arms)} of {len(outcome.arms):,} plans")
    if len(outcome.batch.measures) > most:
        said.append(f"{most} of {len(outcome.batch.measures)} measures")
    return Shown(arms, measures, f"Drawn are the first {' and '.join(said)}." if said else "")


def named(measure: Measure, outcome: Outcome) -> str:
    """Return what a measure is called away from others, beginning with a large letter."""
    said = ALONE.get(measure.name) or label(measure, outcome.batch.plans[0].scenario)
    return f"{said[0].upper()}{said[1:]}"


def called(outcome: Outcome, arm: str) -> str:
    """Return what an arm is called in a row: its name, or of a point of a design its levels."""
    levels = outcome.batch.plans[outcome.arms.index(arm)].levels
    return ", ".join(_level(level) for level in levels.values()) if levels else spaced(arm)


def told(outcome: Outcome, arm: str) -> str:
    """Return what an arm is called in a sentence: its name, or of a point of a design its factors and their levels."""
    levels = outcome.batch.plans[outcome.arms.index(arm)].levels
    if not levels:
        return spaced(arm)
    return " and ".join(f"{factor_words(factor)} {_level(level)}" for factor, level in levels.items())


def how_named(outcome: Outcome) -> str:
    """Say by what the points of a design are named; nothing of arms with names."""
    factors = list(dict.fromkeys(name for plan in outcome.batch.plans for name in plan.levels))
    return f"Plans are named by their levels of: {'; '.join(map(factor_words, factors))}." if factors else ""


def factor_words(factor: str) -> str:
    """Return a factor in words within a sentence."""
    said = inert(words_of(factor).meaning)
    return f"{said[:1].lower()}{said[1:]}"


def _level(level: str) -> str:
    return spaced(f"× {level.removeprefix(TIMES)}" if level.startswith(TIMES) else level)


def panels(
    page: Page,
    measures: Sequence[Measure],
    names: Sequence[str],
    titles: Sequence[str],
    numbers: Sequence[Sequence[str]],
) -> list[Panel]:
    """Return a panel for each measure, with its title above, the names of the rows before those on the left.

    Parameters
    ----------
    page : Page
    measures : sequence of Measure
    names : sequence of str
        Of the rows, from the top, as they are read.
    titles : sequence of str
        Of the panels.
    numbers : sequence of sequence of str
        What is to be written to the right of each panel.
    """
    letters = points(SMALL) / 72
    names = shortened(page, names)
    left = max(page.width(name, SMALL) for name in names) / page.style.scale + 0.15
    head, foot = HEAD * letters, FOOT * letters
    around = partial(page.grid, left=left, right=0.0, above=head / page.rise(1.0), below=foot / page.inch(1.0))
    place = around()[0].get_position(page.figure)
    height, width = place.height * page.style.height, place.width * page.style.width
    row = letters * ROW * max(len(names), FEWEST)
    across = next(
        (n for n in range(1, MOST_COLUMNS) if _height(len(measures), n, row, head + foot) <= height), MOST_COLUMNS
    )
    across = min(max(across, 2), len(measures))
    down = math.ceil(len(measures) / across)
    across = math.ceil(len(measures) / down)  # as many in the last line as in the others, as far as can be
    asides = [
        max(page.width(text, SMALL, "bold") for panel in numbers[column::across] for text in panel) + letters
        for column in range(across)
    ]
    wide = (width - sum(asides) - (across - 1) * page.inch(GAP)) / across
    high = (height - (down - 1) * (head + foot)) / down
    columns = [part for aside in asides for part in (wide, aside, page.inch(GAP))][:-1]
    grid = around((1,) * down, columns, hspace=(head + foot) / high, wspace=0.0)
    found = []
    for at, (measure, title) in enumerate(zip(measures, titles, strict=True)):
        axes = page.figure.add_subplot(grid[at // across, 3 * (at % across)])
        rows(axes, len(names))
        _head(page, axes, title, wide + asides[at % across])
        if at % across == 0:
            for y, name in enumerate(names):
                before(axes, y, name, INK)
        found.append(Panel(axes, measure, wide))
    return found


def shortened(page: Page, names: Sequence[str]) -> list[str]:
    """Return names cut to the room that they have: at their ends, or where they would then be the same at the front."""
    room = page.inch(NAMES)
    cut = [page.cut(name, SMALL, room) for name in names]
    if len(set(cut)) == len(set(names)):
        return cut
    return [page.cut(name[::-1], SMALL, room)[::-1] for name in names]


def _head(page: Page, axes: Axes, title: str, width: float) -> None:
    lines = page.wrapped(title, SMALL, "bold", width)
    if len(lines) > TITLE_LINES:
        lines = [*lines[: TITLE_LINES - 1], page.cut(" ".join(lines[TITLE_LINES - 1 :]), SMALL, 0.85 * width)]
    axes.annotate(
        "\n".join(lines),
        (0, 1),
        xytext=(0, 0.3),
        xycoords="axes fraction",
        textcoords="offset fontsize",
        size=SMALL,
        weight="bold",
        color=INK,
        va="bottom",
        linespacing=1.15,
    )


def _height(measures: int, across: int, row: float, around: float) -> float:
    down = math.ceil(measures / across)
    return down * row + (down - 1) * around


def finished(page: Page, panel: Panel, *, points_of: bool = False) -> None:
    """Write the numbers below a panel, as many as can be read side by side.

    Parameters
    ----------
    page : Page
    panel : Panel
        With all that it shows.
    points_of : bool
        Whether shares are differences, in percentage points.
    """
    axes = panel.axes
    low, high = axes.get_xlim()
    low, high = low - 0.04 * (high - low), high + 0.04 * (high - low)
    axes.set_xlim(low, high)

    def said(value: float) -> str:
        return ticked(value, panel.measure).removesuffix(" %" if points_of else "\n")

    axes.set_xticks(places := _apart(page, panel, (low, high), said), [said(place) for place in places], size=SMALL)


def untold(panel: Panel) -> None:
    """Say in a panel that the measure cannot be told."""
    panel.axes.set_xticks([])
    panel.axes.text(
        0.5, 0.5, "cannot be told", transform=panel.axes.transAxes, color=GREY, size=SMALL, ha="center", va="center"
    )


def _apart(page: Page, panel: Panel, span: tuple[float, float], said: Callable[[float], str]) -> list[float]:
    """Return places of round numbers that can be read side by side: at least two, if any two can."""
    low, high = span
    fewest: list[float] = []
    for most in range(6, 0, -1):
        marks = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        places = [float(mark) for mark in marks if low <= mark <= high]
        if len(places) < 2:
            break
        room = max(page.width(said(place), SMALL) for place in places) + 0.6 * points(SMALL) / 72
        if room <= (places[1] - places[0]) / (high - low) * panel.width:
            return places
        if room <= (places[-1] - places[0]) / (high - low) * panel.width:
            fewest = [places[0], places[-1]]
    return fewest or places[len(places) // 2 :][:1]

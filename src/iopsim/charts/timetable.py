"""The week's schedule as a timetable: groups on their days and hours, what else happens, and who works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from iopsim.charts import week
from iopsim.charts.chart import Chart
from iopsim.charts.page import Page
from iopsim.charts.source import of_result
from iopsim.charts.staff_list import StaffList, line_height
from iopsim.charts.style import GREY, PALE, PRINT, SMALL, Style, styled, thin
from iopsim.charts.week import Block
from iopsim.experiments.result import Result
from iopsim.rulebook.days import closed_days
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.model import Scenario

FILLS = (
    ("first", "first group", "#BFDDF0"),
    ("second", "second group", "#E9B25E"),
    ("third", "third group", "#DDF2E9"),
    ("fourth", "fourth group", "#8FC1E3"),
    ("fifth", "fifth group", "#F8F3B8"),
    ("sixth", "sixth group", "#D9A5C3"),
    ("seventh", "seventh group", "#EBEBEB"),
    ("eighth", "eighth group", "#7FC7AE"),
)
"""One after another in the order of the groups; neighbours differ in lightness."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

OPEN = "#F7F7F7"
"""Behind hours at which anything happens."""

BAR = "#E4E4E4"

GAP = 90
"""Minutes without a session beyond which they are left out."""

CLOSED_UP = 25
"""Minutes as which they are drawn."""

MARGIN = 1.15
"""Room for hours to the left, inches of a printed page; the next is for the list of groups to the right."""

LIST = 2.6

ABOVE = 0.12
"""Below the subtitle, inches of a printed page."""

LEAST = 2.3
"""Height that the list of staff leaves to days and hours, inches of a printed page."""

LOOSE = 1.2
"""Distance of entries of the list of groups, in lines."""

BOLD = 1.15
"""How much wider than plain letters bold ones are."""

PAD = 0.06
"""Between the edge of a block and its words, inches of a printed page."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a block stands: inches from the left and from the top of the axes."""

    block: Block
    left: float
    top: float
    width: float
    height: float


def timetable(result: Result, style: Style = PRINT) -> Chart:
    """Draw the week's groups by day and hour, with what happens beside them and who works.

    Parameters
    ----------
    result : Result
        Only its scenario is drawn; nothing is taken from the replications.
    style : Style

    Returns
    -------
    Chart
    """
    scenario = result.scenario
    with styled(style):
        for keyed in (False, True):
            page = Page(
                replace(of_result(result), view=""),
                week.headline(scenario),
                "The week's groups by day and hour, and who works.",
                _caption(scenario),
                _alt(scenario),
                style,
            )
            if _draw(page, scenario, keyed):
                break
        return page.chart()


def _draw(page: Page, scenario: Scenario, keyed: bool) -> bool:
    """Draw the timetable with everything written into its blocks, or with letters; return whether all has room."""
    line, right = line_height(), LIST if keyed else 0.0
    groups = len({block.group for block in week.blocks(scenario)})
    whole = page.grid(left=0, right=right, below=0, above=ABOVE)[0].get_position(page.figure)
    least = max(page.rise(LEAST), (groups + 1) * LOOSE * line if keyed else 0.0)
    table = StaffList(page, week.workers(scenario), whole.height * page.style.height - least)
    grid = page.grid(left=0, right=right, below=table.height / page.style.scale, above=ABOVE)
    axes = page.figure.add_subplot(grid[0])
    place = axes.get_position()
    wide, high = place.width * page.style.width, place.height * page.style.height
    axes.set(xlim=(0, wide), ylim=(high, 0))
    axes.set_axis_off()
    room = [_fill(page, axes, box, keyed) for box in _set_up(page, axes, scenario, wide, high)]
    if keyed:
        _list_groups(page, axes, scenario, wide + page.inch(0.3), high)
    table.write(place.y0 * page.style.height - page.rise(0.16))
    return all(room)


def _set_up(page: Page, axes: Axes, scenario: Scenario, wide: float, high: float) -> list[Box]:
    """Draw days, hours and what has no hour, and return where the blocks stand."""
    found, dailies = week.blocks(scenario), week.dailies(scenario)
    last = max([4, *(block.weekday for block in found), *(day for row in dailies for day in row.weekdays)])
    left, line = page.inch(MARGIN), line_height()
    day = (wide - left) / (last + 1)
    top = 1.25 * line
    for k in range(last + 1):
        name = DAYS[k] if page.width(DAYS[-5], "medium", "bold") < day else WEEKDAYS[k]
        axes.text(left + (k + 0.5) * day, 0.75 * line, name, ha="center", va="center", weight="bold")
    for row in dailies:
        _draw_daily(page, axes, row, left, top, day)
        top += 1.3 * line
    top += 0.45 * line
    hours = _Hours(found, top, high - 0.02)
    for start, end in hours.spans:
        for k in range(last + 1):
            corner = (left + (k + 0.03) * day, hours.at(start))
            axes.add_patch(Rectangle(corner, 0.94 * day, hours.at(end) - hours.at(start), color=OPEN, linewidth=0))
    for time in hours.ticks(1.05 * line):
        axes.text(left - page.inch(0.12), hours.at(time), week.clock(time), ha="right", va="center", color=GREY)
        axes.plot([left, wide], [hours.at(time)] * 2, color=PALE, linewidth=thin(0.6), zorder=1)
    return [
        Box(block, left + (block.weekday + 0.03 + 0.94 * share) * day, hours.at(block.start), 0.94 * day * part, height)
        for block, share, part in _side_by_side(found)
        for height in [hours.at(block.end) - hours.at(block.start)]
    ]


def _draw_daily(page: Page, axes: Axes, row: week.Daily, left: float, top: float, day: float) -> None:
    """Draw a bar over each run of days on which something happens at no clock time."""
    line = line_height()
    axes.text(left - page.inch(0.12), top + 0.5 * line, row.name, ha="right", va="center", size=SMALL, color=GREY)
    for first, last in _runs(row.weekdays):
        start, long = left + (first + 0.03) * day, (last - first + 0.94) * day
        axes.add_patch(Rectangle((start, top), long, 1.05 * line, color=BAR, linewidth=0))
        fitting = [text for text in row.said if page.width(text, SMALL) < long - page.inch(PAD)]
        axes.text(start + long / 2, top + 0.52 * line, [*fitting, ""][0], ha="center", va="center", size=SMALL)


def _runs(days: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Return first and last of each run of days that follow each other."""
    starts = [day for day in days if day - 1 not in days]
    ends = [day for day in days if day + 1 not in days]
    return zip(starts, ends, strict=True)


class _Hours:
    """Clock time as a height on the page, with long stretches without a session left out.

    Parameters
    ----------
    blocks : list of Block
        At least one.
    top, bottom : float
        Between which they are drawn, inches from the top of the axes.
    """

    def __init__(self, blocks: list[Block], top: float, bottom: float) -> None:
        self.spans: list[tuple[int, int]] = []
        for start, end in sorted({(block.start // 60 * 60, -(-block.end // 60) * 60) for block in blocks}):
            if self.spans and start - self.spans[-1][1] <= GAP:
                self.spans[-1] = (self.spans[-1][0], max(end, self.spans[-1][1]))
            else:
                self.spans.append((start, end))
        self._times = [time for span in self.spans for time in span]
        lengths = [CLOSED_UP if k % 2 else later - time for k, (time, later) in enumerate(pairwise(self._times))]
        drawn = np.concatenate([[0.0], np.cumsum(lengths)])
        self._heights = top + (bottom - top) * drawn / drawn[-1]

    def at(self, time: int) -> float:
        """Return the height of a time within the hours drawn."""
        return float(np.interp(time, self._times, self._heights))

    def ticks(self, apart: float) -> list[int]:
        """Return the whole hours to name, at least so far apart in inches."""
        chosen: list[int] = []
        for time in [time for start, end in self.spans for time in range(start, end + 1, 60)]:
            if not chosen or self.at(time) - self.at(chosen[-1]) >= apart:
                chosen.append(time)
        return chosen


def _side_by_side(blocks: list[Block]) -> Iterator[tuple[Block, float, float]]:
    """Return each block with where it begins and how wide it is, as shares of its day."""
    for day in range(len(DAYS)):
        today = sorted((block for block in blocks if block.weekday == day), key=lambda block: (block.start, block.end))
        together: list[Block] = []
        for block in [*today, None]:
            if together and (block is None or block.start >= max(other.end for other in together)):
                yield from _in_columns(together)
                together = []
            if block is not None:
                together.append(block)


def _in_columns(together: list[Block]) -> Iterator[tuple[Block, float, float]]:
    """Return blocks that meet at the same time in columns, each in the first that is free by then."""
    ends: list[int] = []
    columns = []
    for block in together:
        column = next((k for k, end in enumerate(ends) if end <= block.start), len(ends))
        ends[column : column + 1] = [block.end]
        columns.append(column)
    for block, column in zip(together, columns, strict=True):
        yield block, column / len(ends), 1 / len(ends)


def _fill(page: Page, axes: Axes, box: Box, keyed: bool) -> bool:
    """Draw a block and write into it what has room; return whether everything has."""
    block, gap = box.block, 0.02
    axes.add_patch(
        Rectangle(
            (box.left + gap / 2, box.top + gap / 2),
            box.width - gap,
            box.height - gap,
            facecolor="white" if block.group < 0 else FILLS[block.group % len(FILLS)][2],
            edgecolor=GREY,
            linewidth=thin(1.0),
            linestyle=(0, (3, 2)) if block.later or block.group < 0 else "-",
            zorder=2,
        )
    )
    pad = page.inch(PAD)
    inside, deep = box.width - 2 * pad, box.height - 1.2 * pad
    heads = _heads(page, block, inside) if keyed else [page.wrapped(block.name, SMALL, "bold", inside)]
    time = block.time if page.width(block.time, SMALL) <= inside else block.time.replace(" am", "").replace(" pm", "")
    lines = [[time], *(page.wrapped(text, SMALL, width=inside) for text in block.details)]
    written = next(
        (head for head in heads if _fits(page, head, "bold", inside) and len(head) * line_height() <= deep), []
    )
    room = bool(written)
    for k, text in enumerate(written):
        y = box.top + 0.9 * pad + (k + 0.5) * line_height()
        axes.text(box.left + pad, y, text, va="center", size=SMALL, weight="bold", zorder=3)
    if keyed and not written and page.width(block.letter, SMALL) < box.width:
        y = box.top + box.height / 2
        axes.text(box.left + box.width / 2, y, block.letter, ha="center", va="center", size=SMALL, zorder=3)
        return False
    at = len(written)
    for wrapped in lines:
        if not written or not _fits(page, wrapped, "normal", inside) or (at + len(wrapped)) * line_height() > deep:
            room = False
            continue
        for text in wrapped:
            y = box.top + 0.9 * pad + (at + 0.5) * line_height()
            axes.text(box.left + pad, y, text, va="center", size=SMALL, zorder=3)
            at += 1
    return room


def _heads(page: Page, block: Block, width: float) -> list[list[str]]:
    """Return how a block with a letter may be headed, the longest first."""
    return [page.wrapped(f"{block.letter} {block.name}", SMALL, "bold", width), [block.letter]]


def _fits(page: Page, lines: list[str], weight: str, width: float) -> bool:
    return all(page.width(text, SMALL, weight) <= width for text in lines)


def _list_groups(page: Page, axes: Axes, scenario: Scenario, left: float, high: float) -> None:
    """Write beside the axes what each letter stands for, as much as has room."""
    groups = {block.group: block for block in reversed(week.blocks(scenario))}
    width, line = page.inch(LIST - 0.3), line_height()
    order = [groups[k] for k in sorted(groups, key=lambda k: (k < 0, k))]
    for most in (9, 5, 4, 3, 2, 1, 0):
        texts = [_entry(page, block, width, most) for block in order]
        if sum(LOOSE - 1 + len(lines) for lines in texts) * line <= high:
            break
    y = 0.75 * line
    for k, lines in enumerate(texts):
        if k + 1 < len(texts) and y + (len(lines) + LOOSE) * line > high:
            axes.text(left, y, f"and {len(texts) - k} more", va="center", size=SMALL, color=GREY)
            return
        for n, text in enumerate(lines):
            weight = "normal" if n else "bold"
            axes.text(left, y + n * line, page.cut(text, SMALL, width), va="center", size=SMALL, weight=weight)
        y += (len(lines) - 1 + LOOSE) * line


def _entry(page: Page, block: Block, width: float, most: int) -> list[str]:
    """Return the lines that tell of a group beside its letter, with so much of what there is to say of it."""
    room = width / BOLD
    name = f"{block.letter} {block.name}"
    if most == 0:
        seats = f" · {block.details[0]}"
        return [page.cut(name, SMALL, room - page.width(seats, SMALL)) + seats]
    body = page.wrapped("; ".join((block.time, *block.details)[:most]), SMALL, width=width)
    return [page.cut(name, SMALL, room), *body]


def _caption(scenario: Scenario) -> str:
    found = week.blocks(scenario)
    parts = ["The plan as it is written; nothing here is simulated.", week.phases(scenario)]
    if any(block.later for block in found):
        parts.append("Dashed: does not meet from the opening on.")
        parts += [text[0].upper() + text[1:] for text in week.triggers(scenario)]
    closed = int(closed_days(scenario).sum())
    if closed:
        parts.append(f"Closed on {week.counted(closed, 'day')} of the run.")
    if scenario.staff:
        parts.append("Hours, caseload limit (clients) and supervision (hours a week) are those of each person.")
    else:
        parts.append("The plan names no staff.")
    return " ".join(parts)


def _alt(scenario: Scenario) -> str:
    """Say which group meets when, and who works."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for block in week.blocks(scenario):
        told.setdefault((block.name, block.time, ", ".join(block.details)), []).append(WEEKDAYS[block.weekday])
    groups = "; ".join(
        f"{name}, {week.listed(days)} {time} ({details})" for (name, time, details), days in told.items()
    )
    staff = "; ".join(f"{row.role}: {row.people}" for row in week.workers(scenario))
    return f"Timetable of a week. {groups}." + (f" Staff: {staff}." if staff else "")

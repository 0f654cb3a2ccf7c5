"""Attendance by night: seats, clients with a seat and clients who come, and the share of those with a seat who do."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from iopsim.charts.chart import Chart
from iopsim.charts.intervals import mean_mark, whisker, whiskers_in_words
from iopsim.charts.page import Page, nothing
from iopsim.charts.rows import before, beside, rows
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PRINT, SKY, SMALL, Style, styled, thin
from iopsim.charts.week import said
from iopsim.experiments.attendance import Attendance, Row
from iopsim.experiments.attendance import attendance as attendance_of
from iopsim.experiments.result import Result

FILLS = (
    ("attended", "came", BLUE),
    ("enrolled", "enrolled, did not come", SKY),
)
"""In the order in which they adjoin in a row; neighbours differ in grey as well."""

CAME, ABSENT = (colour for _, _, colour in FILLS)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

NAMES = 1.7
"""Most room for names, inches of a printed page."""

TOLD = 26
"""Letters of a group's name that a title tells."""

THICK = 0.62
"""Of a bar, as a share of a row, and at most of so many inches."""

LEAST = 20.0
"""Least width of the scale of shares, clients of 100."""

MARGIN = 0.03
"""Left free beyond both ends of that scale, as a share of it."""


def attendance(result: Result, style: Style = PRINT) -> Chart:
    """Draw by group night how many have a seat and how many come, and the share who come with its interval.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        found = attendance_of(result)
        if not found.whole.share.n:
            why = "No client has a seat on a group night that is held in any replication."
            return nothing(of_result(result), "Attendance by night: nothing to show", why, style)
        page = Page(
            of_result(result),
            _title(result, found),
            _subtitle(found),
            _caption(result, found),
            _alt(result, found),
            style,
        )
        _draw(page, result, found)
        return page.chart()


def _name(result: Result, row: Row, most: int = 0) -> str:
    """Return what a row is called: its group, its weekday, or both where there are several groups.

    Parameters
    ----------
    result : Result
    row : Row
    most : int
        Letters of the group's name at most; 0 for all.
    """
    groups = result.nights.groups
    if row.group < 0 or (row.weekday >= 0 and len(groups) == 1):
        return DAYS[row.weekday]
    name = said(groups[row.group])
    if 0 < most < len(name):
        name = name[:most].rstrip() + "…"
    return name if row.weekday < 0 else f"{name} {DAYS[row.weekday][:3]}"


def _short(page: Page, result: Result, row: Row) -> str:
    """Return what a row is called, with as much of its group's name as there is room for."""
    name, room = _name(result, row), page.inch(NAMES)
    for letters in range(len(name), 0, -1):
        if page.width(_name(result, row, letters), SMALL) <= room:
            return _name(result, row, letters)
    return name


def _title(result: Result, found: Attendance) -> str:
    said_of_all = f"{_percent(found.whole)} of clients with a seat come to a group night"
    known = [row for row in found.rows if row.share.n]
    if len(known) == 1:
        return said_of_all
    if found.highest is None or found.lowest is None:
        if result.replications == 1:
            return said_of_all
        return (
            f"{said_of_all}, {'in' if found.by == 'group' else 'on'} no {found.by} clearly more or fewer than another"
        )
    high, low = (f"{_percent(row)} on {_name(result, row, TOLD)}" for row in (found.highest, found.lowest))
    if found.by == "group":
        high, low = (f"{_percent(row)} in {_name(result, row, TOLD)}" for row in (found.highest, found.lowest))
    if _percent(found.highest) == _percent(found.lowest):
        return f"{said_of_all}, and nearly the same {'in' if found.by == 'group' else 'on'} every {found.by}"
    return f"{said_of_all}: most, {high}, and fewest, {low}"


def _percent(row: Row) -> str:
    return f"{100 * row.share.mean:.0f} %"


def _subtitle(found: Attendance) -> str:
    by = "group night" if found.by == "night" else found.by
    return f"Clients on a group night (left), and the share of those with a seat who come (right), by {by}."


def _alt(result: Result, found: Attendance) -> str:
    told = "; ".join(
        f"{_name(result, row)} {row.attended:.1f} of {row.enrolled:.1f} come, {_percent(row)}"
        for row in found.rows
        if row.share.n
    )
    return f"Horizontal bars of clients with a seat and of those who come, and dots of the share who come: {told}."


def _draw(page: Page, result: Result, found: Attendance) -> None:
    names = [_short(page, result, row) for row in found.rows]
    wide = max(page.width(name, SMALL) for name in names) / page.style.scale + 0.15
    grid = page.grid((1,), (1.35, 1), left=wide, right=1.3, below=0.62, above=0.5, wspace=0.12)
    left, right = (page.figure.add_subplot(grid[0, column]) for column in (0, 1))
    for height, (row, name) in enumerate(zip(found.rows, names, strict=True)):
        before(left, height, name, INK)
        if not row.share.n:
            why = "nobody has a seat" if row.held else "never held"
            left.text(0, height, f" {why}", size=SMALL, color=GREY, va="center")
            continue
        _draw_bar(left, height, row)
        whisker(right, height, row.share, BLUE)
        mean_mark(right, height, row.share, BLUE)
        beside(right, height, f"{_percent(row)}", INK, "bold")
    for axes in (left, right):
        rows(axes, len(found.rows))
    left.set_xlim(0, 1.04 * max(max(row.seats, row.attended, row.enrolled) for row in found.rows if row.share.n))
    left.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True))
    left.set_xlabel("clients on a night held")
    right.set_xlim(*_scale(found))
    right.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True))
    right.set_xlabel("of 100 with a seat")
    _explain(left)


def _draw_bar(axes: Axes, height: float, row: Row) -> None:
    """Draw those who come, those who have a seat and do not, and how many seats there are."""
    axes.barh(height, row.attended, THICK, color=CAME, linewidth=0)
    if row.enrolled > row.attended:
        axes.barh(height, row.enrolled - row.attended, THICK, left=row.attended, color=ABSENT, linewidth=0)
    half = THICK / 2 + 0.08
    axes.plot([row.seats, row.seats], [height - half, height + half], color=INK, linewidth=thin(1.8))


def _scale(found: Attendance) -> tuple[float, float]:
    """Return the ends of the scale of shares: tens around what replications have, far enough apart."""
    shares = [row.share for row in found.rows if row.share.n]
    low = 10.0 * math.floor(10 * min(min(one.p10, one.mean, *_inside(one.low)) for one in shares))
    high = 10.0 * math.ceil(10 * max(max(one.p90, one.mean, *_inside(one.high)) for one in shares))
    if high - low < LEAST:
        low, high = (high - LEAST, high) if high >= LEAST else (low, low + LEAST)
    return low - MARGIN * (high - low), high + MARGIN * (high - low)


def _inside(end: float) -> tuple[float, ...]:
    """Return the end of an interval if it is a share of all; a few replications may make one that is far beyond."""
    return (end,) if 0.0 <= end <= 1.0 else ()


def _explain(axes: Axes) -> None:
    marks = [
        *(Patch(color=colour, linewidth=0) for *_, colour in FILLS),
        Line2D([], [], color=INK, linewidth=thin(1.8)),
    ]
    names = [*(words for _, words, _ in FILLS), "seats"]
    axes.legend(
        marks,
        names,
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=3,
        fontsize=SMALL,
        borderaxespad=0.2,
        handlelength=1.2,
        columnspacing=1.2,
    )


def _of_the_week(result: Result, found: Attendance) -> str:
    """Say how many group nights the rows are about, where that cannot be seen."""
    return "" if found.by == "night" else f", of {len(result.nights.names)} a week"


def _caption(result: Result, found: Attendance) -> str:
    many = " on average" if result.replications > 1 else ""
    return (
        f"Counted: nights that were held, {found.whole.held:,.0f}{many}"
        f"{_of_the_week(result, found)}; clients in program with a seat on the night, "
        "excused or not; late comers and guests of other nights came, so that a share may exceed 100 %. "
        f"{_which_share(result)}{whiskers_in_words(result)}"
    )


def _which_share(result: Result) -> str:
    """Say which of two means a share is: replications in which few have a seat count as much as the others."""
    if result.replications == 1:
        return ""
    return "Each share is the mean of the replications' own shares; the chart of seats counts all clients together. "

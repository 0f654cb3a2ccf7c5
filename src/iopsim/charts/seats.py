"""Seats: how many of them are enrolled and attended, by group night and week, as a heat map."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from iopsim.charts.chart import Chart
from iopsim.charts.dates import MOST, dated
from iopsim.charts.headlines import last_quarter
from iopsim.charts.marks import apart
from iopsim.charts.page import LINE, Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import GREY, INK, PRINT, SMALL, Style, points, styled, thin
from iopsim.charts.week import said, short
from iopsim.experiments.result import F64, Result
from iopsim.experiments.seat_use import FULL, SeatUse, seat_use
from iopsim.scenario.fields import WEEKDAYS

STOPS = ("#E6F2FC", "#B4DBFA", "#83C3F5", "#54AAE9", "#2B90D6", "#1277BA", "#1C5E97", "#27466E", "#273044")
"""From empty to full: one hue that gets darker in even steps, to every eye and in grey."""

FEW = 8
"""Up to this many group nights one panel stands above the other, with more beside it."""

NAMES = 1.6
"""Most room for names of groups, inches of a printed page; the next two are for weekdays, and for what is right."""

WEEKDAY = 0.5
SCALE = 1.95

MOST_DATES = 6
"""Below a panel of half the width."""

APART = 0.15
"""Groups whose shares differ by more than this are told apart in the title."""


def seats(result: Result, style: Style = PRINT) -> Chart:
    """Draw by group night and week the share of seats enrolled, and the share attended.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        use = seat_use(result.nights, last_quarter(len(result.weeks)))
        if not np.nansum(use.enrolled):
            why = "No client has a seat on any group night in any replication."
            return nothing(of_result(result), "Use of seats: nothing to show", why, style)
        for numbered in (True, False):
            page = Page(
                of_result(result),
                _title(result, use),
                "Share of each group night's seats that are taken by clients enrolled, and attended, by week.",
                _caption(result, use, numbered),
                _alt(result, use),
                style,
            )
            if _draw(page, result, use) or not numbered:
                break
        return page.chart()


def _title(result: Result, use: SeatUse) -> str:
    kept = f"{100 * use.attended_of_enrolled:.0f} % of those taken are attended"
    names, known = result.nights.groups, np.flatnonzero(~np.isnan(use.by_group))
    fullest, emptiest = (
        (int(known[pick(use.by_group[known])]) for pick in (np.argmax, np.argmin)) if len(known) else (0, 0)
    )
    if len(known) > 1 and use.by_group[fullest] - use.by_group[emptiest] > APART:
        shares = [f"{100 * use.by_group[k]:.0f} % ({short(names[k])})" for k in (fullest, emptiest)]
        return f"At the end, between {shares[1]} and {shares[0]} of a group's seats are taken; {kept}"
    if use.full_from is not None:
        share = f"{100 * FULL:.0f} % or more of the seats are taken"
        if use.full_from == 0:
            return f"{share} from the first week on; {kept}"
        return f"{share} from {result.week_start(result.weeks[use.full_from]):%B %Y} on; {kept}"
    return f"{100 * use.late:.0f} % of the seats are taken in {_late(use)}; {kept}"


def _alt(result: Result, use: SeatUse) -> str:
    nights = result.nights
    rows = [
        f"{said(name)} {100 * enrolled:.0f} % enrolled, {100 * attended:.0f} % attended"
        for name, enrolled, attended in zip(nights.names, use.late_enrolled, use.late_attended, strict=True)
        if not np.isnan(enrolled)
    ]
    if len(nights.names) > FEW:
        shares = zip(nights.groups, use.by_group, strict=True)
        rows = [f"{said(name)} {100 * share:.0f} % enrolled" for name, share in shares if not np.isnan(share)]
    return f"Two heat maps of group nights by week. In {_late(use)}: {'; '.join(rows)}."


def _late(use: SeatUse) -> str:
    return "the last week" if use.late_weeks == 1 else f"the last {use.late_weeks} weeks"


def _draw(page: Page, result: Result, use: SeatUse) -> bool:
    """Draw both panels, and return whether there is room for a number beside each row."""
    nights, stacked = result.nights, len(result.nights.names) <= FEW
    names = [said(name) for name in nights.groups]
    wide = 0.0
    if len(names) > 1:
        wide = min(page.inch(NAMES), max(page.width(name, SMALL) for name in names)) / page.style.scale + 0.15
    rows, columns = ((1, 1), (1,)) if stacked else ((1,), (1, 1))
    grid = page.grid(
        rows, columns, left=wide + WEEKDAY, right=SCALE, hspace=0.3, wspace=0.3 if stacked else 0.16, above=0.42
    )
    first = page.figure.add_subplot(grid[0])
    both = (first, page.figure.add_subplot(grid[1], sharex=first, sharey=first))
    shown = LinearSegmentedColormap.from_list("seats", STOPS)
    for axes, title, shares, late in zip(
        both,
        ("taken", "attended"),
        (use.enrolled, use.attended),
        (use.late_enrolled, use.late_attended),
        strict=True,
    ):
        image = _draw_panel(axes, page.style, result, shares, shown)
        axes.set_title(title, loc="left", size="medium", weight="bold", pad=4 * page.style.scale)
        _name_shares(page, axes, late)
    if stacked:
        first.tick_params(labelbottom=False)
        _name_rows(page, both[1], result, wide)
    else:
        both[1].tick_params(labelleft=False)
    _name_rows(page, first, result, wide)
    _draw_scale(page, both[0 if stacked else 1], image)
    return bool(_size(_row_height(page, first, len(nights.names))))


def _draw_panel(axes: Axes, style: Style, result: Result, shares: F64, colours: Colormap) -> AxesImage:
    """Draw one heat map; what was not held is left to the hatching behind it."""
    nights = len(shares)
    first, last = result.week_start(result.weeks.start), result.week_start(result.weeks.stop)
    axes.patch.set(facecolor="white", hatch="////", edgecolor="#BDBDBD", linewidth=0)
    image = axes.imshow(
        np.ma.masked_invalid(shares),
        cmap=colours,
        vmin=0,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=(first.toordinal(), last.toordinal(), nights, 0),
    )
    axes.grid(visible=False)
    dated(axes, first, last, MOST if nights <= FEW else MOST_DATES)
    axes.set_xlim(first.toordinal(), last.toordinal())
    group = result.nights.group
    row_points = 72 * axes.get_position().height * style.height / nights
    for row in range(1, nights):
        new = group[row] != group[row - 1]
        axes.axhline(
            row, color="white", linewidth=min(thin(4.0), 0.4 * row_points) if new else min(thin(), row_points / 8)
        )
    axes.spines["bottom"].set_visible(False)
    axes.set_ylim(nights, 0)
    axes.set_yticks([])
    return image


def _row_height(page: Page, axes: Axes, rows: int) -> float:
    """Return the height of a row in lines of small text."""
    inches = axes.get_position().height * page.style.height / rows
    return inches / (points(SMALL) / 72 * LINE)


def _size(height: float) -> str:
    """Return the size of letters beside rows of a height in lines of small text; nothing, if none fit."""
    return SMALL if height >= 0.9 else "x-small" if height >= 0.75 else ""


def _name_rows(page: Page, axes: Axes, result: Result, wide: float) -> None:
    """Write beside a panel the weekday of each row, and the group of each block of rows, as far as there is room."""
    nights = result.nights
    height = _row_height(page, axes, len(nights.names))
    size = _size(height)
    blank = -0.06 * page.style.scale / (axes.get_position().width * page.style.width)
    if size:
        for row, weekday in enumerate(nights.weekday):
            axes.text(
                blank,
                row + 0.5,
                WEEKDAYS[weekday],
                size=size,
                color=GREY,
                ha="right",
                va="center",
                transform=axes.get_yaxis_transform(),
            )
    if len(nights.groups) == 1:
        return
    left = -(WEEKDAY + wide - 0.03) * page.style.scale / (axes.get_position().width * page.style.width)
    blocks = [np.flatnonzero(nights.group == k) for k in range(len(nights.groups))]
    most = [max(1, int(len(rows) * height)) for rows in blocks]
    if sum(most) > len(nights.names) * height:
        most = [1] * len(blocks)
    texts = [_cut_to(page, said(name), page.inch(wide), lines) for name, lines in zip(nights.groups, most, strict=True)]
    if sum(text.count("\n") + 1 for text in texts) > len(nights.names) * height:
        return
    middles = [float(rows.mean()) + 0.5 for rows in blocks]
    for middle, text in zip(apart(middles, [(text.count("\n") + 1) / height for text in texts]), texts, strict=True):
        axes.text(
            left,
            middle,
            text,
            size=SMALL,
            ha="left",
            va="center",
            linespacing=1.15,
            transform=axes.get_yaxis_transform(),
        )


def _cut_to(page: Page, name: str, width: float, most: int) -> str:
    """Return a name as at most so many lines of a width in inches."""
    lines = page.wrapped(name, SMALL, width=width)
    lines = [*lines[: most - 1], *([" ".join(lines[most - 1 :])] if len(lines) >= most else [])]
    return "\n".join(page.cut(line, SMALL, width) for line in lines)


def _name_shares(page: Page, axes: Axes, late: F64) -> None:
    """Write beside each row its share at the end, if rows are high enough."""
    size = _size(_row_height(page, axes, len(late)))
    if not size:
        return
    right = 1 + 0.06 * page.style.scale / (axes.get_position().width * page.style.width)
    for row, share in enumerate(late):
        if not np.isnan(share):
            axes.text(
                right,
                row + 0.5,
                f"{100 * share:.0f} %",
                size=size,
                color=INK,
                va="center",
                transform=axes.get_yaxis_transform(),
            )


def _draw_scale(page: Page, axes: Axes, image: AxesImage) -> None:
    """Draw what the colours mean, at the right edge."""
    place, style = axes.get_position(), page.style
    left = 1 - page.inch(0.4 + 1.1) / style.width
    top = place.y1
    high = min(page.rise(1.25) / style.height, place.height)
    scale = page.figure.add_axes((left, top - high, page.inch(0.16) / style.width, high))
    bar = page.figure.colorbar(image, cax=scale, ticks=[0, 0.25, 0.5, 0.75, 1])
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f} %"))
    bar.ax.tick_params(labelsize=SMALL, length=0)
    bar.outline.set_visible(False)
    scale.set_title("of seats", size=SMALL, color=GREY, loc="left", pad=10 * style.scale)
    size = page.inch(0.16)
    below = top - high - (size + page.rise(0.16)) / style.height
    page.figure.add_artist(
        Rectangle(
            (left, below),
            size / style.width,
            size / style.height,
            facecolor="white",
            edgecolor="#BDBDBD",
            hatch="////",
            linewidth=0,
            transform=page.figure.transFigure,
        )
    )
    page.figure.text(
        left + (size + page.inch(0.06)) / style.width,
        below + size / 2 / style.height,
        "not held",
        size=SMALL,
        va="center",
    )


def _caption(result: Result, use: SeatUse, numbered: bool) -> str:
    runs = result.replications
    of_all = "the only replication" if runs == 1 else f"all {runs:,} replications together"
    beside = f" Beside the rows: the mean of {_late(use)}." if numbered else ""
    several = "" if runs == 1 else " (the chart of attendance: mean of the replications' own shares)"
    return (
        f"Seats of group nights held, {of_all}{several}: taken if a client in program is enrolled in it, "
        f"attended if one came (late, or as a guest of another night, counts).{beside} Hatched: the night was held in "
        "no replication, as the program was closed, the group not open yet, or the night cancelled."
    )

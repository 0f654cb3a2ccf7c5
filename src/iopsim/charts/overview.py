"""Overview: the plan and what becomes of it on one page - the week, the way in, the census, the money."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated, places
from iopsim.charts.marks import band_in_words, banded, counted, last_known
from iopsim.charts.numbers import in_dollars, so_many
from iopsim.charts.page import LINE, Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PALE, PRINT, SMALL, Style, points, styled, thin
from iopsim.charts.week import Block, blocks, headline
from iopsim.experiments.funnel import funnel
from iopsim.experiments.result import Result
from iopsim.experiments.upshot import upshot
from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.scenario.fields import WEEKDAYS
from iopsim.stats.intervals import band

STEPS = {
    "assessed_share": "assessed",
    "placed_here_share": "placed here",
    "started_share": "start",
    "completed_of_referred_share": "complete",
}
"""Steps of the way in that are shown, and how they are called."""

HOUR = 60

MOST_DATES = 5
"""Dates below a panel."""

WEEK = "#BFDDF0"
"""What a group night is filled with."""


def overview(result: Result, style: Style = PRINT) -> Chart:
    """Draw the week as planned, the way from referral to completion, census and money, a quarter of the page each.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    source = of_result(result)
    with styled(style):
        if not result.measures["referrals"].mean > 0.0:
            return nothing(source, "The program at a glance: nothing to show", "Nobody is referred.", style)
        page = Page(source, upshot(result), "", _caption(result), _alt(result), style)
        grid = page.grid((1, 1), (1, 1), left=0.85, right=0.15, above=0.5, hspace=page.rise(0.62), wspace=0.3)
        panels = [page.figure.add_subplot(grid[row, column]) for row in (0, 1) for column in (0, 1)]
        titles = (headline(result.scenario), "Of 100 clients referred", "Clients in program", _money_title(result))
        for axes, title in zip(panels, titles, strict=True):
            room = axes.get_position().width * style.width + page.inch(0.5)
            said = title if page.width(title, "medium", "bold") <= room else "The week as planned"
            axes.set_title(said, size="medium", weight="bold", loc="left", pad=0.7 * points("medium"))
        _draw_week(page, panels[0], result)
        _draw_way_in(panels[1], result)
        _draw_series(panels[2], result, "census")
        _draw_series(panels[3], result, "money")
        return page.chart()


def _draw_week(page: Page, axes: Axes, result: Result) -> None:
    """Draw a block for each session of the week."""
    found = blocks(result.scenario)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    days = max([5, *(block.weekday + 1 for block in found)])
    axes.set_xlim(0, days)
    axes.set_xticks([day + 0.5 for day in range(days)], [name[:3] for name in WEEKDAYS[:days]])
    axes.tick_params(bottom=False)
    first = min((block.start for block in found), default=9 * HOUR) // HOUR
    last = -(-max((block.end for block in found), default=17 * HOUR) // HOUR)
    axes.set_ylim(last, first)
    hours = range(first, last + 1, max(1, (last - first) // 3))
    axes.set_yticks(list(hours), [f"{(hour - 1) % 12 + 1} {'am' if hour % 24 < 12 else 'pm'}" for hour in hours])
    for day in range(1, days):
        axes.axvline(day, color=PALE, linewidth=thin(0.7))
    for block in found:
        axes.add_patch(
            Rectangle(
                (block.weekday + 0.06, block.start / HOUR),
                0.88,
                (block.end - block.start) / HOUR,
                facecolor="white" if block.group < 0 else WEEK,
                edgecolor=INK,
                linewidth=thin(0.8),
            )
        )
        _name(page, axes, block, found, 0.85 * axes.get_position().width * page.style.width / days)


def _name(page: Page, axes: Axes, block: Block, found: list[Block], room: float) -> None:
    """Write the name of a group into its block, if it is large enough and no other lies over it; room in inches."""
    low, high = axes.get_ylim()
    height = abs(high - low) / (axes.get_position().height * page.style.height)  # hours to an inch
    over = [
        other
        for other in found
        if other is not block and other.weekday == block.weekday and other.start < block.end and block.start < other.end
    ]
    lines = page.wrapped(block.name, SMALL, width=room)
    fits = all(page.width(line, SMALL) <= room for line in lines)
    tall = (block.end - block.start) / HOUR / height >= len(lines) * points(SMALL) * LINE / 72
    if fits and tall and not over:
        middle = (block.start + block.end) / 2 / HOUR
        said = "\n".join(lines)
        axes.text(block.weekday + 0.5, middle, said, size=SMALL, ha="center", va="center", linespacing=1.1)


def _draw_way_in(axes: Axes, result: Result) -> None:
    """Draw a bar for each step whose clients can be followed."""
    steps = [step for step in funnel(result).steps if step.name in STEPS and step.known]
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    names = ["referred", *(STEPS[step.name] for step in steps)]
    shares = [1.0, *(step.share.mean for step in steps)]
    axes.barh(range(len(names)), [100 * share for share in shares], height=0.62, color=[PALE, *([BLUE] * len(steps))])
    for row, share in enumerate(shares):
        axes.text(100 * share + 1.5, row, so_many(share) if row else "100", va="center", weight="bold", size=SMALL)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 112)
    axes.set_xticks([])


def _draw_series(axes: Axes, result: Result, name: str) -> None:
    """Draw a line by week with its band: clients in program, or money."""
    if name == "census":
        line, weeks = band(result.weekly("census")), list(result.weeks)
    else:
        line = band(result.money("cash" if result.scenario.payers else "cost"))
        weeks = list(range(-result.weeks_before, len(line[0]) - result.weeks_before))
    if last_known(line[0]) < 0:
        axes.set_visible(False)
        return
    days = [result.week_start(week) for week in weeks]
    banded(axes, places(days), line, BLUE)
    dated(axes, days[0], result.week_start(weeks[-1] + 1), most=MOST_DATES)
    if name == "census":
        axes.set_ylim(top=1.1 * max(1.0, float(line[2].max())))
        counted(axes)
    else:
        in_dollars(axes)
        axes.axhline(0, color=GREY, linewidth=thin(0.9))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 2, 5, 10], integer=True))


def _money_title(result: Result) -> str:
    return "Cash, cumulative" if result.scenario.payers else "Cost by week"


def _caption(result: Result) -> str:
    return (
        f"Means over replications. {band_in_words(result.replications, 'the week')} Of 100: clients followed for "
        f"{FOLLOW_UP_DAYS} days after referral, to completion for the planned length and four weeks more."
    )


def _alt(result: Result) -> str:
    census = band(result.weekly("census"))[0]
    way = [
        f"{so_many(step.share.mean)} {STEPS[step.name]}"
        for step in funnel(result).steps
        if step.name in STEPS and step.known
    ]
    steps = f" Bars: of 100 clients referred, {', '.join(way)}." if way else ""
    return (
        f"Four panels. The week as planned: {headline(result.scenario)}.{steps} Clients in program by week: "
        f"{census.max():,.0f} at most, {census[-1]:,.0f} in the last week. {_money_title(result)}, by week."
    )

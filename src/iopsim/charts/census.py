"""Census by week: how many clients are in the program, and how full its seats are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated, places
from iopsim.charts.headlines import census_headline, last_quarter, mature_headline, seats_headline
from iopsim.charts.marks import FEW, Label, band_in_words, banded, counted, in_percent, label_right, last_known
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, ORANGE, PRINT, SMALL, Style, styled, thin
from iopsim.experiments.result import F64, Result
from iopsim.record import I64
from iopsim.rulebook import write
from iopsim.rulebook.days import closed_days
from iopsim.stats.intervals import band

ROOM = 2.5
"""A caseload limit is drawn if it is at most this many times the highest census."""


def census(result: Result, style: Style = PRINT) -> Chart:
    """Draw census by week with its band, and below it the share of seats taken and attended.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        line, taken = band(result.weekly("census")), band(result.seat_share("seats_taken"))
        if not line[0].any():
            return nothing(
                of_result(result), "Census by week: nothing to show", "Nobody is admitted in any replication.", style
            )
        highest = max(float(line[2].max()), float(result.weekly("census")[0].max()))
        limits = [limit for limit in _limits(result) if limit.clients.max() <= ROOM * highest]
        page = Page(
            of_result(result),
            _title(result, line[0], taken[0]),
            "Clients in program by week (above), and share of seats taken and attended (below).",
            _caption(result, limits),
            _alt(result, line[0], taken[0]),
            style,
        )
        top, bottom = page.panels((3, 1.5), labels=1.75)
        x = places([result.week_start(week) for week in result.weeks])
        _draw_census(top, x, line, result, limits)
        _draw_seats(bottom, x, taken, result)
        dated(bottom, result.week_start(result.weeks.start), result.week_start(result.weeks.stop))
        top.tick_params(labelbottom=False)
        return page.chart()


def _title(result: Result, mean: F64, taken: F64) -> str:
    return census_headline(mean) + seats_headline(taken) if result.warm_up is None else mature_headline(mean, taken)


def _alt(result: Result, mean: F64, taken: F64) -> str:
    """Say what is to be seen, with the numbers of some weeks."""
    shown = sorted({0, len(mean) // 4, len(mean) // 2, 3 * len(mean) // 4, len(mean) - 1})
    told = ", ".join(f"{mean[k]:,.0f} in week {result.weeks[k] + 1}" for k in shown)
    seats = [f"{100 * taken[k]:.0f} % in week {result.weeks[k] + 1}" for k in shown if not np.isnan(taken[k])]
    below = f" The lower one shows the share of seats taken: {', '.join(seats)}." if seats else ""
    return f"Two line charts by week. The upper one shows the mean number of clients in program: {told}.{below}"


def _draw_census(axes: Axes, x: F64, line: tuple[F64, F64, F64], result: Result, limits: list[Limit]) -> None:
    few = len(x) <= FEW
    example = result.weekly("census")[0]
    if result.replications > 1:
        axes.plot(x, example, color=GREY, linewidth=thin(0.8), alpha=0.9, marker="." if few else "")
    banded(axes, x, line, BLUE)
    highest = max(float(line[2].max()), float(example.max()))
    for limit in limits:
        edges = places([result.week_start(week) for week in range(result.weeks.start, result.weeks.stop + 1)])
        axes.stairs(limit.clients, edges, baseline=None, color=INK, linewidth=thin(1.1), linestyle=limit.dashes)
    axes.set_ylim(top=1.08 * max(highest, *(float(limit.clients.max()) for limit in limits), 0.0))
    counted(axes)
    label_right(axes, [Label(float(limit.clients[-1]), limit.said, INK) for limit in limits])
    axes.set_ylabel("clients")
    if result.replications == 1:
        return
    marks = [
        Line2D([], [], color=BLUE),
        Patch(color=BLUE, alpha=0.2, linewidth=0),
        Line2D([], [], color=GREY, linewidth=thin(0.8)),
    ]
    names = ["mean of all replications", "8 of 10 replications", "one replication, as an example"]
    axes.legend(marks, names, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, fontsize=SMALL, borderaxespad=0.2)


def _draw_seats(axes: Axes, x: F64, taken: tuple[F64, F64, F64], result: Result) -> None:
    attended = band(result.seat_share("seats_attended"))
    banded(axes, x, taken, ORANGE)
    banded(axes, x, attended, INK, "--")
    in_percent(axes)
    axes.set_ylabel("of seats")
    last = last_known(taken[0])
    if last >= 0:
        shares = [100 * _late(line[0], _weeks_told(result)) for line in (taken, attended)]
        labels = [
            Label(float(taken[0][last]), f"taken, {shares[0]:.0f} %", ORANGE),
            Label(float(attended[0][last]), f"attended, {shares[1]:.0f} %", INK),
        ]
        label_right(axes, labels)


def _weeks_told(result: Result) -> int:
    """Return of how many weeks at the end of the chart its title, and the labels of the seats, tell the mean."""
    return last_quarter(len(result.weeks)) if result.warm_up is None else len(result.weeks)


def _late(share: F64, weeks: int) -> float:
    """Return the mean of the last weeks, those without any group left out; NaN if there are no others."""
    known = share[-weeks:][~np.isnan(share[-weeks:])]
    return float(known.mean()) if len(known) else math.nan


@dataclass(frozen=True)
class Limit:
    """How many clients counselors can carry together, by week, how its line is drawn and what is said of it."""

    clients: I64
    dashes: tuple[int, tuple[int, int]]
    said: str


def _limits(result: Result) -> list[Limit]:
    """Return the caseload limit of the plan, and that with all who may be hired on a trigger; none without a limit."""
    planned, most = planned_caseload(result)
    if not most:
        return []
    limits = [Limit(planned, (0, (6, 3)), f"caseload limit:\n{planned[-1]} clients")]
    if most > planned[-1]:
        hired = np.full_like(planned, most)
        limits.append(Limit(hired, (0, (1, 2)), f"once all are hired:\n{most} clients"))
    return limits


def planned_caseload(result: Result) -> tuple[I64, int]:
    """Return how many clients the counselors of the plan can carry together in each week, and all there may ever be.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    tuple of int array and int
        Shape (weeks,), every planned post counting as filled from its first week on; and with all hired on a trigger
        as well. 0 where no role has a limit.
    """
    staff = write(result.scenario).staffing
    each = np.maximum(staff.caseload, 0)[staff.post_role]
    days = 7 * np.array(result.weeks)
    planned = (each * (staff.post_start <= days[:, np.newaxis])).sum(axis=1)
    return np.asarray(planned, dtype=np.int64), int(each.sum())


def _caption(result: Result, drawn: list[Limit]) -> str:
    said, limits = "", _limits(result)
    if limits and not drawn:
        said = f" The counselors' caseload limit, {limits[0].clients[-1]} clients, lies beyond the chart."
    elif drawn:
        said = " Dashed: the caseload limit of the plan, every post filled."
    if len(drawn) > 1:
        said += " Dotted: with all who may be hired on a trigger, in whatever week of a replication."
    weeks = _weeks_told(result)
    days = closed_days(result.scenario)[7 * result.weeks.start :]
    closed = " In weeks with closed days only the other nights tell, which makes spikes." if days.any() else ""
    return (
        "Counted: everybody admitted and not yet discharged, mean over the days of a week. "
        f"{band_in_words(result.replications, 'the week')}{said} Seats: those of the group nights held in the week; "
        f"taken by a client in program, attended if the client came; beside the lines, the mean of "
        f"{'the last week' if weeks == 1 else f'the last {weeks} weeks'}.{closed}"
    )

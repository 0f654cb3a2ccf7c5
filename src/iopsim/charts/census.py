"""Census by week: how many clients are in the program, and how full its seats are."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from iopsim.charts.dates import dated, places
from iopsim.charts.headlines import census_headline, mature_headline, seats_headline
from iopsim.charts.marks import FEW, Label, band_in_words, banded, counted, in_percent, label_right, last_known
from iopsim.charts.page import Page, nothing
from iopsim.charts.style import BLUE, GREY, INK, ORANGE, SMALL, styled
from iopsim.experiment.result import F64, Result
from iopsim.stats.intervals import band

ROOM = 2.5
"""A caseload limit is drawn if it is at most this many times the highest census."""


def census(result: Result) -> bytes:
    """Draw census by week with its band, and below it the share of seats taken and attended.

    Parameters
    ----------
    result : Result

    Returns
    -------
    bytes
        PNG.
    """
    with styled():
        line, taken = band(result.weekly("census")), band(result.seat_share("seats_taken"))
        if not line[0].any():
            return nothing(result, "Census by week: nothing to show", "Nobody is admitted in any replication.")
        page = Page(
            result,
            _title(result, line[0], taken[0]),
            "Clients in program by week (above), and share of seats taken and attended (below).",
            _caption(result),
        )
        top, bottom = page.panels((3, 1.5), labels=1.75)
        x = places([result.week_start(week) for week in result.weeks])
        _draw_census(top, x, line, result)
        _draw_seats(bottom, x, taken, result)
        dated(bottom, result.week_start(result.weeks.start), result.week_start(result.weeks.stop))
        top.tick_params(labelbottom=False)
        return page.png()


def _title(result: Result, mean: F64, taken: F64) -> str:
    return census_headline(mean) + seats_headline(taken) if result.warm_up is None else mature_headline(mean, taken)


def _draw_census(axes: Axes, x: F64, line: tuple[F64, F64, F64], result: Result) -> None:
    few = len(x) <= FEW
    example = result.weekly("census")[0]
    if result.replications > 1:
        axes.plot(x, example, color=GREY, linewidth=0.8, alpha=0.9, marker="." if few else "")
    banded(axes, x, line, BLUE)
    highest = max(float(line[2].max()), float(example.max()))
    limit = result.caseload
    if limit is not None and limit <= ROOM * highest:
        axes.axhline(limit, color=INK, linewidth=1.1, linestyle=(0, (6, 3)))
        axes.set_ylim(top=1.08 * max(limit, highest))
        counted(axes)
        label_right(axes, [Label(limit, f"caseload limit: {limit} clients", INK)])
    else:
        axes.set_ylim(top=1.08 * highest)
        counted(axes)
    axes.set_ylabel("clients")
    if result.replications == 1:
        return
    marks = [
        Line2D([], [], color=BLUE, linewidth=2.2),
        Patch(color=BLUE, alpha=0.2, linewidth=0),
        Line2D([], [], color=GREY, linewidth=0.8),
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
        labels = [
            Label(float(taken[0][last]), f"taken, {100 * taken[0][last]:.0f} % at the end", "#8A5A00"),
            Label(float(attended[0][last]), f"attended, {100 * attended[0][last]:.0f} %", INK),
        ]
        label_right(axes, labels)


def _caption(result: Result) -> str:
    limit = result.caseload
    beyond = ""
    if limit is not None and limit > ROOM * float(np.max(result.weekly("census"))):
        beyond = f" The counselors' caseload limit, {limit} clients, lies beyond the chart."
    return (
        "Counted: everybody admitted and not yet discharged, mean over the days of a week. "
        f"{band_in_words(result.replications, 'the week')}{beyond} Seats: those of the group nights held in the week; "
        "taken by a client in program, attended if the client came."
    )

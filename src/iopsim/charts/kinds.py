"""The kinds of chart, by name: what each shows, and of which results it can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from iopsim.charts.arms import arms
from iopsim.charts.attendance import attendance
from iopsim.charts.cash import cash
from iopsim.charts.census import census
from iopsim.charts.chart import Chart
from iopsim.charts.differences import differences
from iopsim.charts.distribution import distribution
from iopsim.charts.equity import equity
from iopsim.charts.funnel import funnel
from iopsim.charts.hours import hours
from iopsim.charts.journeys import journeys
from iopsim.charts.outcomes import outcomes
from iopsim.charts.overview import overview
from iopsim.charts.retention import retention
from iopsim.charts.seats import seats
from iopsim.charts.style import PRINT, Style
from iopsim.charts.sweep import sweep
from iopsim.charts.timetable import timetable
from iopsim.charts.tornado import tornado
from iopsim.charts.waitlist import waitlist
from iopsim.charts.waits import waits
from iopsim.experiments.result import Result

Needs = Literal["program", "plans", "design", "sensitivity"]
"""One program (a `Result`), plans or those of a design (an `Outcome`), or a sensitivity analysis (an `Opened`)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of chart.

    Parameters
    ----------
    name : str
        As typed after `iopsim chart`.
    shows : str
        What it shows, in a line.
    needs : str
        Of which results it is drawn; the first argument of `draw`.
    draw : callable
        Called as ``draw(results, style, **options)``; returns a `Chart`.
    options : tuple of str
        Names of the options it takes: ``measure``, ``by``, ``factor``, ``clients``.
    """

    name: str
    shows: str
    needs: Needs
    draw: Callable[..., Chart]
    options: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "overview", "the plan and what becomes of it: the week, the way in, census and money", "program", overview
        ),
        Kind("funnel", "of 100 clients referred, how many come to each step up to completion", "program", funnel),
        Kind("census", "clients in program by week with their band, and the share of seats taken", "program", census),
        Kind("waits", "days from referral to assessment and to first session, by month of referral", "program", waits),
        Kind("waitlist", "clients on the waitlist by week, and what holds people back", "program", waitlist),
        Kind("seats", "share of each group night's seats taken and attended, by week", "program", seats),
        Kind("hours", "staff hours and caseload against their limits, by role and week", "program", hours),
        Kind("retention", "where admitted clients are, by week since admission and reason", "program", retention),
        Kind("attendance", "clients with a seat and those who come, by group night", "program", attendance),
        Kind("cash", "cash by week, how short of it the program is at worst, and when it breaks even", "program", cash),
        Kind("outcomes", "what becomes of clients 6 and 12 months after discharge", "program", outcomes),
        Kind("equity", "a measure by group of clients, with intervals", "program", equity, ("measure", "by")),
        Kind("arms", "plans side by side: every measure with its interval and its spread", "plans", arms),
        Kind("differences", "how plans differ from the baseline, pair by pair, as a forest plot", "plans", differences),
        Kind("tornado", "which of the things that nobody knows matter most", "sensitivity", tornado, ("measure",)),
        Kind("sweep", "one measure over the levels of a factor", "design", sweep, ("measure", "factor")),
        Kind(
            "distribution",
            "one measure over replications, with its risk in words",
            "program",
            distribution,
            ("measure",),
        ),
        Kind("journeys", "a few clients' ways as lanes on the calendar", "program", journeys, ("clients",)),
        Kind("timetable", "the week's groups by day and hour, and who works", "program", timetable),
    )
}

OF_A_RUN = ("census", "waits", "retention")
"""Drawn by `iopsim run` without being asked for."""


def draw(name: str, results: Any, style: Style = PRINT, **options: Any) -> Chart:
    """Draw a chart.

    Parameters
    ----------
    name : str
        One of `KINDS`.
    results : Result, Outcome or Opened
        What the kind needs.
    style : Style
    **options
        Of those that the kind takes.

    Raises
    ------
    KeyError
        If there is no such kind.
    IopsimError
        If an option asks for what the results do not have.
    """
    return KINDS[name].draw(results, style, **options)


def pictures(result: Result) -> dict[str, bytes]:
    """Return the charts of a run as PNG, by file name; the same result gives the same bytes."""
    return {f"{name}.png": draw(name, result).png() for name in OF_A_RUN}

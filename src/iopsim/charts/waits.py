"""Waits: days from referral to assessment and to first session, by month of referral."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from iopsim.charts.headlines import waits_headline
from iopsim.charts.marks import Label, banded, counted, dated, label_right, last_known
from iopsim.charts.page import Page, nothing
from iopsim.charts.style import BLUE, GREY, PALE, SMALL, VERMILLION, styled
from iopsim.experiment.result import F64, Result
from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.stats.intervals import band

DEEP = "#A64800"
"""Vermillion, dark enough for letters."""


def waits(result: Result) -> bytes:
    """Draw the waits of clients by the month in which they were referred, against the targets.

    Parameters
    ----------
    result : Result

    Returns
    -------
    bytes
        PNG.
    """
    with styled():
        assessed, started = band(result.monthly("days_to_assessment")), band(result.monthly("days_to_first_session"))
        if last_known(assessed[0]) < 0:
            why = (
                f"Waits are told of clients referred at least {FOLLOW_UP_DAYS} days before the run ends and assessed "
                f"within {FOLLOW_UP_DAYS} days. In this run of {result.scenario.weeks} weeks there are none."
            )
            return nothing(result, "Days from referral to first session: nothing to show", why)
        measures = result.measures
        title = "No first session within 90 days of referral"
        if last_known(started[0]) >= 0:
            title = waits_headline(
                measures["days_to_first_session"].mean,
                result.scenario.targets.start_days,
                measures["started_share"].mean,
            )
        page = Page(
            result,
            title,
            "Mean days from referral to assessment and to the first session attended, by month of referral.",
            _caption(result),
        )
        (axes,) = page.panels((1,))
        months = [result.month_start(month) for month in range(len(assessed[0]))]
        _draw(axes, date2num(months), assessed, started, result)
        return page.png()


def _draw(axes: Axes, x: F64, assessed: tuple[F64, F64, F64], started: tuple[F64, F64, F64], result: Result) -> None:
    banded(axes, x, assessed, BLUE, "--")
    banded(axes, x, started, VERMILLION)
    targets = result.scenario.targets
    highest = float(
        np.nanmax([assessed[2], started[2], np.full(len(x), max(targets.start_days, targets.assessment_days))])
    )
    axes.set_ylim(0, 1.1 * highest)
    counted(axes)
    axes.set_ylabel("days since referral")
    labels = []
    for line, name, colour in ((assessed, "assessment", BLUE), (started, "first session", DEEP)):
        last = last_known(line[0])
        if last >= 0:
            labels.append(Label(float(line[0][last]), f"{name}, mean", colour))
    for days, name, colour in (
        (targets.assessment_days, "assessment", BLUE),
        (targets.start_days, "first session", DEEP),
    ):
        axes.axhline(days, color=colour, linewidth=1.0, linestyle=(0, (1, 2)))
        labels.append(Label(days, f"target: {name} in {days} days", colour))
    _mark_unfollowed(axes, result)
    label_right(axes, labels)
    dated(axes)


def _mark_unfollowed(axes: Axes, result: Result) -> None:
    """Shade the days from which nobody can be followed long enough."""
    scenario = result.scenario
    first = date2num(scenario.opening) + max(scenario.days - FOLLOW_UP_DAYS, 0)
    last = date2num(scenario.opening) + scenario.days
    axes.axvspan(first, last, color=PALE, alpha=0.5, linewidth=0)
    axes.set_xlim(date2num(scenario.opening) - 0.02 * scenario.days, last)
    axes.text(
        (first + last) / 2,
        0.98,
        f"not followed\nfor {FOLLOW_UP_DAYS} days",
        transform=axes.get_xaxis_transform(),
        ha="center",
        va="top",
        size=SMALL,
        color=GREY,
    )


def _caption(result: Result) -> str:
    measures = result.measures
    assessed = 100 * measures["assessed_share"].mean
    started = 100 * measures["started_share"].mean
    return (
        f"Counted: clients referred at least {FOLLOW_UP_DAYS} days before the run ends who were assessed ({assessed:.0f} % of "
        f"those referred) or came to a first session ({started:.0f} %) within {FOLLOW_UP_DAYS} days; months that cannot be "
        "followed so long are left out. Band: in 8 of 10 replications the month's mean lies within it (10th to 90th percentile)."
    )

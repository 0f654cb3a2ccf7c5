"""Waits: days from referral to assessment and to first session, by month of referral."""

from __future__ import annotations

import datetime

import numpy as np
from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.dates import dated, places
from iopsim.charts.headlines import waits_headline
from iopsim.charts.marks import Label, band_in_words, banded, counted, label_right, last_known
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, LETTERS, PALE, PRINT, SMALL, VERMILLION, Style, styled, thin
from iopsim.experiments.result import F64, Result
from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.stats.intervals import band

DEEP = LETTERS[VERMILLION]
"""Vermillion, dark enough for letters."""

Line = tuple[F64, F64, F64]


def waits(result: Result, style: Style = PRINT) -> Chart:
    """Draw the waits of clients by the month in which they were referred, against the targets.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        months = _followed_months(result)
        assessed = _line(result, "days_to_assessment", months)
        started = _line(result, "days_to_first_session", months)
        if last_known(assessed[0]) < 0:
            why = (
                f"Waits are told of clients referred at least {FOLLOW_UP_DAYS} days before the run ends and assessed "
                f"within {FOLLOW_UP_DAYS} days. In this run of {_weeks(len(result.weeks))} there are none."
            )
            return nothing(of_result(result), "Days from referral to first session: nothing to show", why, style)
        page = Page(
            of_result(result),
            _title(result),
            "Mean days from referral to assessment and to the first session attended, by month of referral.",
            _caption(result),
            _alt(result, assessed[0], started[0]),
            style,
        )
        (axes,) = page.panels((1,))
        _draw(axes, result, months, assessed, started)
        return page.chart()


def _alt(result: Result, assessed: F64, started: F64) -> str:
    """Say what is to be seen, with the numbers of the first and the last month."""
    told = []
    for name, line in (("assessment", assessed), ("the first session", started)):
        known = np.flatnonzero(~np.isnan(line))
        if len(known):
            ends = (int(known[0]), int(known[-1]))
            said = " and ".join(
                f"{line[k]:.0f} days for referrals of {result.month_start(result.months[k]):%B %Y}"
                for k in dict.fromkeys(ends)
            )
            told.append(f"to {name} {said}")
    return f"Line chart of mean days by month of referral: {'; '.join(told)}."


def _followed_months(result: Result) -> int:
    """Return how many months to show: those that can be followed to their last day, or one that cannot."""
    end = result.week_start(result.scenario.weeks) - datetime.timedelta(days=FOLLOW_UP_DAYS)
    return max(1, sum(result.month_start(month + 1) <= end + datetime.timedelta(days=1) for month in result.months))


def _line(result: Result, name: str, months: int) -> Line:
    mean, low, high = band(result.monthly(name)[:, :months])
    return mean, low, high


def _title(result: Result) -> str:
    days = result.measures["days_to_first_session"].mean
    shares = [result.measures[name].mean for name in ("started_in_time_share", "started_share")]
    if np.isnan(days):
        return f"Nobody comes to a first session within {FOLLOW_UP_DAYS} days of referral"
    return waits_headline(shares[0], result.scenario.targets.start_days, shares[1], days)


def _draw(axes: Axes, result: Result, months: int, assessed: Line, started: Line) -> None:
    scenario = result.scenario
    first = result.week_start(result.weeks.start)
    middles = [result.month_start(month) + datetime.timedelta(days=14) for month in result.months[:months]]
    x = places([max(middle, first) for middle in middles])
    banded(axes, x, assessed, BLUE, "--")
    banded(axes, x, started, VERMILLION)
    lines = (
        ("assessment", assessed, scenario.targets.assessment_days, BLUE),
        ("first session", started, scenario.targets.start_days, DEEP),
    )
    labels = []
    for name, line, days, colour in lines:
        axes.axhline(days, color=colour, linewidth=thin(1.2), linestyle=(0, (1, 2)))
        labels.append(Label(days, f"target: {name} in {days} days", colour))
        last = last_known(line[0])
        if last >= 0:
            labels.append(Label(float(line[0][last]), f"{name}, mean", colour))
    highest = [scenario.targets.assessment_days, scenario.targets.start_days, *assessed[2], *started[2]]
    axes.set_ylim(0, 1.08 * max(1.0, float(np.nanmax(highest))))
    counted(axes)
    axes.set_ylabel("days since referral")
    dated(axes, first, result.week_start(scenario.weeks))
    _mark_unfollowed(axes, result.month_start(result.months.start + months), result.week_start(scenario.weeks))
    label_right(axes, labels)


def _mark_unfollowed(axes: Axes, first: datetime.date, last: datetime.date) -> None:
    """Shade the months of referral that cannot be followed long enough."""
    if first >= last:
        return
    left, right = first.toordinal(), last.toordinal()
    axes.axvspan(left, right, color=PALE, alpha=0.5, linewidth=0)
    axes.text(
        (left + right) / 2,
        0.5,
        f"cannot be followed for {FOLLOW_UP_DAYS} days",
        transform=axes.get_xaxis_transform(),
        rotation=90,
        ha="center",
        va="center",
        size=SMALL,
        color=GREY,
        bbox={"facecolor": "#ECECEC", "linewidth": 0, "pad": 2},
    )


def _caption(result: Result) -> str:
    assessed = 100 * result.measures["assessed_share"].mean
    started = 100 * result.measures["started_share"].mean
    return (
        f"Counted: clients referred at least {FOLLOW_UP_DAYS} days before the run ends who were assessed "
        f"({assessed:.0f} % of those referred) or came to a first session ({started:.0f} %) within {FOLLOW_UP_DAYS} "
        f"days of referral. {band_in_words(result.replications, 'the mean of the month')}"
    )


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"{number} weeks"

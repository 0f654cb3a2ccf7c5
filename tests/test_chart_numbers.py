"""Census, waits and retention: lines and titles tell the weeks, months and clients that were simulated."""

import dataclasses
import datetime

import numpy as np
import pytest
from matplotlib.colors import to_hex

from chart_programs import simulated
from iopsim.charts.census import census
from iopsim.charts.headlines import census_headline
from iopsim.charts.retention import retention
from iopsim.charts.style import BLUE, VERMILLION
from iopsim.charts.waits import waits
from iopsim.measures.series import MONTHLY, WAYS_OUT_NAMES, WEEKLY


@pytest.fixture(scope="module")
def result():
    return simulated(6, weeks=60)


def with_facts(result, table, names, **series):
    """The result with these rows of a table of facts, the same in every replication."""
    changed = getattr(result.facts, table).copy()
    for name, numbers in series.items():
        changed[:, names.index(name)] = numbers
    return dataclasses.replace(result, facts=dataclasses.replace(result.facts, **{table: changed}))


def with_census(result, weekly):
    return with_facts(result, "weekly", WEEKLY, census=7 * np.asarray(weekly))


def test_the_title_names_the_week_of_the_highest_census(result):
    weeks = np.arange(60)
    mean = np.where(weeks <= 20, 2 * weeks, np.maximum(40 - 2 * (weeks - 20), 5))
    said = "Census peaks at 40 clients in week 21 and has fallen to 5 clients"
    assert census_headline(mean.astype(float)) == said
    assert census(with_census(result, mean)).title.startswith(said)


def test_the_title_names_the_week_in_which_census_comes_near_its_level(result):
    mean = np.minimum(2 * np.arange(60), 40)
    # 85 % of 40 is 34, and so much is there first in week 18, of which the index is 17
    said = "Census climbs to about 40 clients by week 18 and stays near that"
    assert census_headline(mean.astype(float)) == said
    assert census(with_census(result, mean)).title.startswith(said)


def test_the_title_of_a_growing_program_names_its_last_week(result):
    chart = census(with_census(result, np.arange(60)))
    assert chart.title.startswith("Census is still growing when the run ends: 59 clients in week 60")


def line_of(axes, colour):
    """The dates and heights of the line of a colour that has a place for each month."""
    (found,) = (line for line in axes.lines if to_hex(line.get_color()) == colour.lower() and len(line.get_xdata()) > 2)
    dates = [datetime.date.fromordinal(int(place)) for place in found.get_xdata()]
    return dates, list(found.get_ydata())


@pytest.fixture(scope="module")
def counted(result):
    """The result with one client in each month, who waits 3 and 10 days in January, and 1 and 2 more in each later."""
    months = np.arange(result.facts.monthly.shape[2])
    at = MONTHLY.index
    names = {name: MONTHLY[at(name) - 1] for name in ("days_to_assessment", "days_to_first_session")}
    ones = dict.fromkeys(names.values(), np.ones_like(months))
    return with_facts(
        result, "monthly", MONTHLY, **ones, days_to_assessment=3 + months, days_to_first_session=10 + 2 * months
    )


def test_waits_stand_in_the_middle_of_the_month_of_referral(counted):
    (axes,) = waits(counted).figure.axes
    for colour, first, more in ((BLUE, 3, 1), (VERMILLION, 10, 2)):
        dates, days = line_of(axes, colour)
        assert dates[:3] == [datetime.date(2027, month, 15) for month in (1, 2, 3)]
        assert days == [first + more * k for k in range(len(dates))]
    assert dates[-1] < counted.week_start(60) - datetime.timedelta(days=91)


def test_labels_and_words_do_not_confuse_the_assessment_with_the_first_session(counted):
    chart = waits(counted)
    (axes,) = chart.figure.axes
    last = len(line_of(axes, BLUE)[0]) - 1
    month = datetime.date(2027, 1 + last, 1)
    assert chart.alt.endswith(
        f"to assessment 3 days for referrals of January 2027 and {3 + last} days for referrals of {month:%B %Y}; "
        f"to the first session 10 days for referrals of January 2027 and {10 + 2 * last} days for referrals of "
        f"{month:%B %Y}."
    )
    targets = counted.scenario.targets
    assert targets.assessment_days < targets.start_days
    heights = {" ".join(text.get_text().split()): text.get_position()[1] for text in axes.texts}
    said = f"target: first session in {targets.start_days} days"
    assert heights[said] > heights[f"target: assessment in {targets.assessment_days} days"]
    assert heights["first session, mean"] > heights["assessment, mean"]


def test_the_title_of_retention_counts_who_drops_out_within_four_weeks(result):
    facts = result.facts.retention.copy()
    weeks = facts.shape[2]
    facts[:] = 0
    facts[:, -1] = 100
    facts[:, WAYS_OUT_NAMES.index("dropped_out")] = np.minimum(3 * np.arange(weeks), 36)
    facts[:, WAYS_OUT_NAMES.index("completed"), -1] = 29
    changed = dataclasses.replace(result, facts=dataclasses.replace(result.facts, retention=facts))
    said = "Of 100 clients admitted, 29 complete the program and 36 drop out, 12 of them within four weeks"
    assert retention(changed).title == said

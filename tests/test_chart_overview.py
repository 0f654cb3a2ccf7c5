"""The overview: the plan and what becomes of it, in a sentence and four panels."""

import datetime
import re
from pathlib import Path

import numpy as np
import pytest

import iopsim
from iopsim.charts.overview import overview
from iopsim.charts.style import STYLES
from iopsim.experiments.upshot import upshot
from pictures import assert_fits, words

HERE = Path(__file__).parent
PLAIN = HERE / "plain.toml"
PALMETTO = HERE.parent / "scenarios" / "palmetto.toml"
NOBODY = {f"referrals.{source}.per_week": 0 for source in ("self", "court", "health_care", "inpatient")}
EIGHT = {f"groups.g{k}": {"nights": ["Mon", "Sat"], "start": datetime.time(10 + k), "seats": 8} for k in range(7)}


def simulated(replications=3, path=PLAIN, **changes):
    return iopsim.simulate(iopsim.load(path, changes), replications)


@pytest.fixture(scope="module")
def palmetto():
    return simulated(4, PALMETTO, weeks=60)


@pytest.mark.parametrize(
    "changes",
    [
        {"weeks": 1},
        {"weeks": 9},
        {"weeks": 40},
        {"weeks": 300},
        {"weeks": 40, **NOBODY},
        {"weeks": 40, "placement.this_program": 0.0, "placement.higher": 0.8},
        {"weeks": 30, "groups.evening.first_week": 29},
        {"weeks": 40, "groups.a_group_with_a_name_of_forty_letters_all": {"nights": ["Thu"], "seats": 5}},
        {"weeks": 40, **EIGHT},
        {"weeks": 40, "name": "<b>W</b>" * 25},
    ],
    ids=str,
)
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_whatever_the_program_is_the_page_fits(changes, style):
    for replications in (1, 2):
        assert_fits(overview(simulated(replications, **changes), style))


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_program_with_payers_fits(palmetto, style):
    assert_fits(overview(palmetto, style))


def test_the_bars_and_the_sentence_tell_the_measures(palmetto):
    chart = overview(palmetto)
    _, way_in, census, cash = chart.figure.axes
    names = ("assessed_share", "placed_here_share", "started_share", "completed_of_referred_share")
    means = [100 * palmetto.measures[name].mean for name in names]
    assert [bar.get_width() for bar in way_in.patches] == pytest.approx([100.0, *means])
    assert f"of 100 clients referred {means[2]:.0f} start and {means[3]:.0f} complete" in chart.title
    assert census.lines[0].get_ydata() == pytest.approx(palmetto.weekly("census").mean(axis=0))
    assert cash.lines[0].get_ydata() == pytest.approx(palmetto.money("cash").mean(axis=0))
    (loss,) = re.findall(r"the program loses \$([\d,]+) in 60 weeks", chart.title)
    margin = palmetto.measures["margin_usd"]
    assert abs(float(loss.replace(",", "")) + margin.mean) <= (margin.high - margin.low) / 2
    assert "Cash, cumulative" in words(chart)


def test_without_payers_only_costs_are_told():
    result = simulated(3, weeks=40)
    assert "the program costs $" in upshot(result) and "loses" not in upshot(result)
    assert "Cost by week" in words(overview(result))


def test_the_groups_are_full_by_the_week_in_which_half_of_the_programs_are(palmetto):
    filled = np.sort(palmetto.values("weeks_until_full"))
    assert not np.isnan(filled).any()
    assert "the groups are full by " in upshot(palmetto)
    assert "the groups never fill" in upshot(simulated(3, weeks=60, **{"groups.evening.seats": 60}))
    (few,) = {upshot(simulated(8, weeks=20, **{"groups.evening.seats": 11}))}
    assert re.search(r"the groups (fill in \d of 8 replications|never fill|are full by)", few)


def test_a_run_too_short_to_tell_says_so():
    said = upshot(simulated(2, weeks=1, **NOBODY))
    assert "start" not in said and "nan" not in said

"""The overview: the plan and what becomes of it, in a sentence and four panels."""

import datetime
import re
from dataclasses import replace
from pathlib import Path

import pytest

import iopsim
from iopsim.charts.overview import overview
from iopsim.charts.style import STYLES
from iopsim.experiments.upshot import upshot
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.series import WEEKLY
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


def test_how_full_the_groups_are_is_told_of_the_end_of_the_run(palmetto):
    weekly = palmetto.facts.weekly[:, :, -15:].sum(axis=2)
    taken, seats = (weekly[:, WEEKLY.index(name)] for name in ("seats_taken", "seats"))
    share = 100 * (taken / seats).mean()
    (said,) = re.findall(r"([\d.]+) % of the seats are taken in the last 15 weeks", upshot(palmetto))
    assert float(said) == pytest.approx(share, abs=0.51)
    early = 100 * (palmetto.weekly("seats_taken")[:, :15].sum() / palmetto.weekly("seats")[:, :15].sum())
    assert abs(float(said) - early) > 5.0


def test_a_loss_that_cannot_be_told_from_a_gain_is_not_called_even(palmetto):
    cents = palmetto.facts.numerators.copy()
    column = [measure.name for measure in CATALOGUE].index("margin_usd")
    cents[:, column] = [-40_000_000, 50_000_000, -30_000_000, 20_000_000]
    unclear = replace(palmetto, facts=replace(palmetto.facts, numerators=cents))
    assert upshot(unclear).endswith("whether it earns or loses money in 60 weeks cannot be told")
    cents = cents.copy()
    cents[:, column] = 7_000_000
    assert upshot(replace(palmetto, facts=replace(palmetto.facts, numerators=cents))).endswith(
        "the program earns $70,000 in 60 weeks"
    )


def test_one_replication_is_told_in_two_digits():
    said = upshot(simulated(1, PALMETTO, weeks=52))
    (loss,) = re.findall(r"the program loses \$([\d,]+) in 1 year", said)
    assert re.fullmatch(r"\d\d0+", loss.replace(",", ""))


def test_a_run_too_short_to_tell_says_so():
    said = upshot(simulated(2, weeks=1, **NOBODY))
    assert "start" not in said and "nan" not in said

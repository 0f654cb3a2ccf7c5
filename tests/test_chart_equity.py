"""Equity on a chart: every group beside all clients, marked where it can be told apart, and honest where none can."""

import dataclasses
import math
from pathlib import Path

import pytest

import iopsim
from iopsim.charts.equity import MOST_ROWS, equity
from iopsim.charts.style import BLUE, STYLES
from iopsim.errors import IopsimError
from iopsim.experiments.amounts import amount
from pictures import assert_fits, words

PLAIN = Path(__file__).parent / "plain.toml"
HOSTILE = "<b>$x_1$</b> " + "long name of a place " * 4
TRAITS = {f"traits.t{k}": {"share": 0.3, "typical_share": 0.3} for k in range(14)}


def simulated(replications=3, by=("source", "trait"), **changes):
    return iopsim.simulate(iopsim.load(PLAIN, changes), replications, by=by)


@pytest.fixture(scope="module")
def result():
    late = {"share": 0.5, "typical_share": 0.5, "dropout_hazard_ratio": 3.0}
    return simulated(12, weeks=52, **{"traits.at_risk": late})


def means(chart):
    """The dots of a chart: where they are, and whether they are solid."""
    return [
        (line.get_xdata()[0], line.get_markerfacecolor() == line.get_color())
        for line in chart.figure.axes[0].lines
        if line.get_marker() in ("o", "D")
    ]


def test_every_group_is_where_its_mean_is_and_solid_if_it_can_be_told_apart(result):
    for measure in ("started_in_time_share", "days_to_first_session", "dropped_out_share"):
        found = [one for one in result.equity.comparisons if one.measure.name == measure]
        drawn = means(equity(result, measure=measure))
        assert [x for x, _ in drawn] == [one.summary.mean for one in found]
        assert [solid for _, solid in drawn] == [one.told_apart is True for one in found]


def test_the_line_is_that_of_all_clients(result):
    chart = equity(result)
    dashed = next(line for line in chart.figure.axes[0].lines if line.get_linestyle() == "--")
    assert dashed.get_xdata()[0] == result.measures["started_in_time_share"].mean
    whole = result.measures["started_in_time_share"]
    assert f"all clients: {amount(_measure(result), whole.mean, (whole.high - whole.low) / 2)}" in words(chart)


def _measure(result, name="started_in_time_share"):
    return next(one.measure for one in result.equity.comparisons if one.measure.name == name)


def test_the_title_names_the_group_that_differs_most_with_its_value_and_that_of_the_others(result):
    name = "left_within_30_days_share"
    found = [one for one in result.equity.comparisons if one.measure.name == name]
    most = max((one for one in found if one.told_apart), key=lambda one: abs(one.difference.mean))
    assert most.partition.name == "trait at_risk"

    def said(summary):
        return amount(most.measure, summary.mean, (summary.high - summary.low) / 2)

    here, elsewhere = said(most.summary), said(most.others)
    title = f"Left within 30 days: {here} of clients with the trait at risk, {elsewhere} of all others"
    assert equity(result, measure=name).title.startswith(title)


def test_where_no_group_can_be_told_apart_the_title_says_so(result):
    chart = equity(result, measure="assessed_share", by="trait")
    assert chart.title.startswith("Assessed at all: no group of clients can be told apart from the others (")
    assert not any(solid for _, solid in means(chart))
    assert "(differs)" not in chart.alt
    few = equity(simulated(1, weeks=52))
    assert few.title == "Started within 14 days: too few replications to tell groups of clients apart"
    assert "One replication has no intervals." in few.caption


def test_only_the_groups_that_were_asked_for_are_drawn(result):
    assert len(means(equity(result, by="trait"))) == 2
    assert len(means(equity(result, by="sources"))) == 4
    with pytest.raises(IopsimError, match="told apart by source and trait; run it with --by payer"):
        equity(result, by="payer")
    with pytest.raises(IopsimError, match="clients are told apart by source, trait, payer"):
        equity(result, by="color")


def test_a_measure_that_would_not_tell_how_groups_fare_is_refused(result):
    with pytest.raises(IopsimError, match="only tell how large a group is"):
        equity(result, measure="referrals")
    with pytest.raises(IopsimError, match="not known whose it is"):
        equity(result, measure="cost_usd")


def test_without_groups_it_says_how_to_have_them():
    chart = equity(simulated(2, by=(), weeks=20))
    assert chart.title.endswith("nothing to show")
    assert "--by source" in words(chart)


def test_groups_for_which_there_is_no_room_are_counted():
    result = simulated(3, weeks=40, **TRAITS)
    chart = equity(result)
    assert len(means(chart)) == 4 + 2 * (MOST_ROWS - 2 - 4)
    assert f"{14 + 4 - (MOST_ROWS - 2)} more groups are in equity.csv" in chart.caption


@pytest.mark.parametrize(
    "changes",
    [
        {"weeks": 1},
        {"weeks": 40},
        {"weeks": 40, "assessment.slots_per_day": 0},
        {
            "weeks": 40,
            "name": HOSTILE,
            "referrals.a_source_with_a_name_of_forty_letters_in": {"per_week": 1},
            f"traits.{'W' * 40}": {"share": 0.5, "dropout_hazard_ratio": 9.0},
        },
        {"weeks": 40, **TRAITS},
        {"weeks": 40, "groups.evening.first_week": 39},
    ],
    ids=lambda changes: "-".join(map(str, list(changes)[:3])),
)
def test_whatever_the_groups_are_called_nothing_is_cut_off_or_written_over(changes):
    for replications in (1, 3):
        result = simulated(replications, **changes)
        for style in STYLES.values():
            for measure in ("started_in_time_share", "days_to_first_session"):
                assert_fits(equity(result, style, measure=measure))


def test_solid_and_hollow_differ_without_colour(result):
    chart = equity(result, measure="left_within_30_days_share")
    lines = [line for line in chart.figure.axes[0].lines if line.get_marker() in ("o", "D")]
    faces = {line.get_markerfacecolor() for line in lines}
    assert faces == {BLUE, "white"}
    assert not any(math.isnan(x) for x, _ in means(chart))
    assert dataclasses.asdict(chart.style) == dataclasses.asdict(STYLES["print"])

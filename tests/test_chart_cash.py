"""The chart of cash: its line, the deepest hole, break-even, and what cannot be told without payers."""

import dataclasses
import datetime

import numpy as np
import pytest
from matplotlib.figure import Figure

from chart_programs import FLAT, NOBODY, simulated, with_counts
from iopsim.charts.cash import cash
from iopsim.charts.kinds import draw
from iopsim.charts.numbers import in_dollars, known_dollars, short_dollars
from iopsim.charts.style import STYLES
from iopsim.experiments.amounts import rough_dollars
from iopsim.experiments.cash import cash as cash_of
from iopsim.measures.series import MONEY
from iopsim.stats.intervals import Summary, band, summarize
from pictures import assert_fits, words

PAYS = {"payers.insurer": {"share": 1.0, "rates": {"session_usd": 190.0}}}
NAMES = ("cash_hole_usd", "weeks_until_cash_hole", "broken_even_share", "weeks_until_broken_even", "cash_falling_share")


def paying(replications=4, **changes):
    return simulated(replications, **{**PAYS, **changes})


@pytest.fixture(scope="module")
def result():
    return paying(6, weeks=60)


def with_cash(result, dollars):
    """The result with this cash at the end of each week, and the measures that follow from it."""
    cents = np.broadcast_to(
        np.round(100 * np.asarray(dollars, dtype=float)).astype(np.int64), result.money("cash").shape
    )
    money = result.facts.money.copy()
    money[:, MONEY.index("cash"), :] = cents
    changed = dataclasses.replace(result, facts=dataclasses.replace(result.facts, money=money))
    before, least, where = result.weeks_before, cents.min(axis=1), cents.argmin(axis=1)
    short = [np.flatnonzero(row < 0) for row in cents]
    even = np.array([max(row[-1] + 1 - before, 0) + 1 if len(row) else 1 for row in short])
    even[cents[:, -1] < 0] = 0
    above = [-np.minimum(least, 0), np.maximum(where - before + 1, 0), even > 0, even, cents[:, -1] < cents[:, -14]]
    below = [1, least < 0, 1, even > 0, 1]
    for name, one, other in zip(NAMES, above, below, strict=True):
        changed = with_counts(changed, [name], np.asarray(one)[:, np.newaxis], np.reshape(other, (-1, 1)))
    return changed


def test_the_line_is_mean_cash_and_begins_with_nothing_before_the_opening(result):
    (axes,) = cash(result).figure.axes
    line = next(line for line in axes.lines if len(line.get_ydata()) > 2)
    assert line.get_ydata().tolist() == pytest.approx([0.0, *result.money("cash").mean(axis=0)])
    first, last = result.week_start(-result.weeks_before), result.week_start(60)
    assert (line.get_xdata()[0], line.get_xdata()[-1]) == (first.toordinal(), last.toordinal())
    assert "opening" in words(cash(result))
    _, low, high = band(result.money("cash"))
    (edge,) = (area.get_paths()[0].vertices for area in axes.collections)
    assert {*low, *high} <= {*edge[:, 1]}


def test_a_program_that_breaks_even_says_when_and_what_it_needs(result):
    # nothing until the opening, then down to -$40,000 in week 20 and up again: $1,000 in week 61 - 20
    weeks = np.arange(1 - result.weeks_before, 61)
    dollars = np.where(weeks <= 20, -2000.0 * np.maximum(weeks, 0), -40000 + 2000.0 * (weeks - 20))
    chart = cash(with_cash(result, dollars))
    assert chart.title == "The program needs $40,000 in cash, and breaks even in October 2027 on average"
    said = words(chart)
    assert "deepest hole, May 2027: $40,000 on average" in said
    assert "in 6 of 6 replications" in said
    (axes,) = chart.figure.axes
    marks = {line.get_marker(): line for line in axes.lines}
    week_20 = (datetime.date(2027, 1, 4) + datetime.timedelta(weeks=20)).toordinal()
    assert marks["D"].get_xydata().tolist() == [[week_20, -40000]]
    assert marks["o"].get_xydata().tolist() == [[week_20 + 20 * 7, 0]]
    assert "than 13 weeks before" not in chart.caption


def test_the_month_of_a_week_is_that_of_its_last_day(result):
    # week 8 ends on Sunday 28 February, and week 30 on Sunday 1 August
    weeks = np.arange(1 - result.weeks_before, 61)
    dollars = np.where(weeks <= 8, -2750.0 * np.maximum(weeks, 0), -22000 + 1000.0 * (weeks - 8))
    chart = cash(with_cash(result, dollars))
    assert chart.title.endswith("breaks even in August 2027 on average")
    assert "deepest hole, Feb 2027" in words(chart)
    assert "breaks even in Aug 2027" in words(chart)


def test_beside_the_hole_stands_what_8_of_10_replications_need(result):
    weeks = np.maximum(np.arange(1 - result.weeks_before, 61), 0)
    chart = cash(with_cash(result, -np.array([10.0] * 5 + [100.0])[:, np.newaxis] * 1000 * np.minimum(weeks, 20) / 20))
    assert "8 of 10 between $10,000 and $55,000" in words(chart)
    assert [-55000, -10000] in [list(line.get_ydata()) for line in chart.figure.axes[0].lines]


def test_a_program_that_breaks_even_by_luck_says_how_often(result):
    weeks = np.arange(1 - result.weeks_before, 61)
    rises = np.where(weeks <= 20, -2000.0 * np.maximum(weeks, 0), -40000 + 2000.0 * (weeks - 20))
    falls = -1000.0 * np.maximum(weeks, 0)
    chart = cash(with_cash(result, np.array([rises] * 4 + [falls] * 2)))
    assert chart.title.endswith("in cash, and breaks even by the end of the run in 4 of 6 replications")
    assert "In 2 of 6 replications cash is lower at the end than 13 weeks before" in chart.caption


def test_a_program_that_loses_to_the_end_says_so(result):
    chart = cash(with_cash(result, -1000.0 * np.arange(1, 61 + result.weeks_before)))
    assert chart.title == (
        f"The program needs ${60 + result.weeks_before},000 in cash by the end of the run; "
        "it has not broken even, and cash is still falling"
    )
    assert "breaks even" not in words(chart)
    level = np.full(60 + result.weeks_before, -5000.0)
    assert cash(with_cash(result, level)).title == (
        "The program needs $5,000 in cash, and does not break even within the run in any replication"
    )


def test_a_program_with_cash_in_hand_is_never_short(result):
    chart = cash(with_cash(result, 10.0 + np.arange(60 + result.weeks_before)))
    assert chart.title == "The program is never short of cash"
    assert "hole" not in words(chart).split("Deepest")[0]
    assert_fits(chart)


def test_the_title_and_the_mark_tell_the_measures(result):
    hole = result.measures["cash_hole_usd"]
    chart = cash(result)
    assert known_dollars(hole) in chart.title
    mark = next(line for line in chart.figure.axes[0].lines if line.get_marker() == "D")
    assert mark.get_ydata()[0] == pytest.approx(-hole.mean)


def test_without_payers_only_the_cost_is_drawn():
    result = simulated(3, weeks=30)
    chart = cash(result)
    cost = np.cumsum(result.money("cost"), axis=1)
    line = next(line for line in chart.figure.axes[0].lines if len(line.get_ydata()) > 2)
    assert line.get_ydata().tolist() == pytest.approx([0.0, *cost.mean(axis=0)])
    assert chart.title == (
        f"The program costs {known_dollars(result.measures['cost_usd'])} by the end of the run; "
        "without payers, cash is not known"
    )
    assert cost[:, -1].mean() == pytest.approx(result.measures["cost_usd"].mean)
    assert "names no payers" in chart.caption
    assert "hole" not in chart.caption


def test_the_mature_view_tells_what_cash_does_in_a_week():
    result = paying(4, weeks=90, warm_up=30, **FLAT)
    found = cash_of(result)
    assert found.dollars[:, 0].tolist() == [0.0] * 4
    assert (found.dates[0], found.dates[-1]) == (result.week_start(31), result.week_start(90))
    change = summarize((result.money("cash")[:, -1] - result.money("cash")[:, 0]) / 59)
    assert found.per_week == change
    rising, falling = (with_cash(result, sign * np.arange(60) * 1500.0) for sign in (1, -1))
    assert cash(rising).title == "In the mature program cash rises by $1,500 a week"
    assert cash(falling).title == "In the mature program cash falls by $1,500 a week"
    luck = np.array([[-1.0], [1.0], [-1.0], [1.0]]) * np.arange(60)
    assert cash(with_cash(result, luck)).title == (
        "Whether cash rises or falls in the mature program cannot be told from luck"
    )
    assert "Mature view" in cash(result).subtitle
    assert_fits(cash(result))


@pytest.mark.parametrize(
    "changes",
    [{}, {"weeks": 1}, {"weeks": 5}, {"weeks": 300}, {"weeks": 40, **NOBODY}, {"weeks": 40, "name": "W" * 200}],
    ids=str,
)
@pytest.mark.parametrize("payers", [PAYS, {}], ids=["payers", "none"])
def test_nothing_is_cut_off_or_written_over(changes, payers):
    result = simulated(2, **{**payers, **changes})
    for style in STYLES.values():
        assert_fits(draw("cash", result, style))


@pytest.mark.parametrize("even", [1, 10, 28, 60])
@pytest.mark.parametrize("after", [100.0, 60000.0])
def test_break_even_is_legible_wherever_it_is(result, even, after):
    weeks = np.arange(1 - result.weeks_before, 61)
    dollars = np.where(weeks < even, -30000.0 + 10.0 * weeks, after * (weeks - even))
    for style in STYLES.values():
        assert_fits(cash(with_cash(result, dollars), style))


def test_one_replication_has_no_band():
    chart = cash(paying(1, weeks=30))
    assert "One replication has no band." in chart.caption
    assert "8 of 10" not in words(chart)
    assert "on average" not in words(chart)
    assert_fits(chart)


def test_dollars_are_rounded_as_their_interval_allows():
    def told(mean, half):
        return known_dollars(Summary(mean, mean - half, mean + half, mean, mean, 9, 0))

    assert told(445_868.9, 5250.0) == "$446,000"
    assert told(445_868.9, 52.0) == "$445,870"
    assert told(-1234.4, 0.2) == "-$1,234"
    assert told(1234.4, 0.0) == "$1,234"
    assert told(445_868.9, float("nan")) == "$450,000"
    assert [rough_dollars(value) for value in (0.0, 0.3, 7.2, -1999.0, 445_868.9)] == [
        "$0",
        "$0",
        "$7",
        "-$2,000",
        "$450,000",
    ]


def test_dollars_beside_an_axis_are_short():
    assert [short_dollars(value, 450_000) for value in (-400_000, 0.0, 2500)] == ["-$400k", "$0", "$2.5k"]
    assert [short_dollars(value, 1_300_000) for value in (-500_000, 1_000_000)] == ["-$0.5m", "$1m"]
    assert [short_dollars(value, 1500) for value in (-500, 1000)] == ["-$500", "$1,000"]
    axes = Figure().add_subplot()
    axes.set_ylim(-90_000, 10_000)
    in_dollars(axes)
    axes.figure.draw_without_rendering()
    assert "-$80k" in [label.get_text() for label in axes.get_yticklabels()]

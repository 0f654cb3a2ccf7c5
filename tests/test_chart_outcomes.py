"""The chart of what becomes of clients after discharge: who can be followed, and how modestly it is told."""

import numpy as np
import pytest

from chart_programs import ELSEWHERE, FLAT, NOBODY, simulated, with_counts
from iopsim.charts.kinds import draw
from iopsim.charts.outcomes import ROWS, outcomes
from iopsim.charts.style import STYLES
from iopsim.experiments.followed import followed
from pictures import assert_fits, texts, words

HARDLY = "So few replications, or clients, hardly tell how many relapse after discharge"
NAMES = [row.measure for row in ROWS]


@pytest.fixture(scope="module")
def result():
    return simulated(8, weeks=104)


def marks(chart):
    """The share at which each dot stands, by row."""
    lines = chart.figure.axes[0].lines
    return {line.get_ydata()[0]: line.get_xdata()[0] for line in lines if line.get_marker() not in ("", "None")}


def test_dots_and_lines_are_the_measures(result):
    chart = outcomes(result)
    found = [result.measures[name] for name in NAMES]
    assert marks(chart) == {height: pytest.approx(100 * one.mean) for height, one in enumerate(found)}
    lines = [tuple(line.get_xdata()) for line in chart.figure.axes[0].lines if len(line.get_xdata()) == 2]
    ends = [pair for one in found for pair in ((one.p10, one.p90), (one.low, one.high))]
    assert lines == [pytest.approx((100 * low, 100 * high)) for low, high in ends]


def test_the_title_tells_shares_as_the_plan_assumes_them(result):
    chart = outcomes(with_counts(result, NAMES, [61, 48, 9], 100))
    assert chart.title == (
        "If relapse is as the plan assumes, 61 of 100 clients have had none 6 months after discharge, "
        "and 48 have had none after 12"
    )
    assert [text for text, _ in texts(chart) if text in ("61", "48", "9")] == ["61", "48", "9"]


def test_the_title_says_about_where_the_interval_is_wide(result):
    rows = np.array([[61, 48, 9]]) + 15 * np.array([[-1], [1]] * 4)
    assert "about 61 of 100 clients have had none 6 months after discharge, and about 48" in (
        outcomes(with_counts(result, NAMES, rows, 100)).title
    )
    wild = np.array([[61, 48, 9]]) + 30 * np.array([[-1], [1]] * 4)
    title = outcomes(with_counts(result, NAMES, np.maximum(wild, 0), 100)).title
    assert title == HARDLY
    few = [outcomes(with_counts(result, NAMES, n, n)).title for n in (2, 3)]
    assert few[0] == HARDLY
    assert "100 of 100 clients" in few[1]


def test_each_row_says_of_how_many_clients_it_is_told(result):
    said = words(outcomes(result))
    counts = [followed(result, name) for name in NAMES]
    assert counts[0] > counts[1] == counts[2] > 0
    assert f"of {counts[0]:,.0f} clients followed for 182 days" in said
    assert f"of {counts[1]:,.0f} clients followed for 365 days" in said
    assert "of 1 client followed" in words(outcomes(with_counts(result, NAMES, 1, 1)))


def test_a_run_too_short_for_a_year_leaves_out_what_it_cannot_tell():
    result = with_counts(simulated(3, weeks=48), NAMES[:1], 60, 100)
    chart = outcomes(result)
    assert chart.title == "If relapse is as the plan assumes, 60 of 100 clients have had none 6 months after discharge"
    assert list(marks(chart)) == [0]
    assert words(chart).count("cannot be told: nobody is discharged 365 days before the run ends") == 2
    assert "12 months" not in chart.alt


def test_replications_that_cannot_tell_are_counted(result):
    below = np.full((8, 3), 100)
    below[3:, 1:] = 0
    chart = outcomes(with_counts(result, NAMES, np.minimum(below, 40), below))
    assert "Told in 3 of 8 replications after 12 months." in chart.caption


def test_the_caption_says_what_it_rests_on_and_promises_nothing():
    usual, other = (simulated(2, weeks=60, **changes) for changes in ({}, {"after.relapse_scale_days": 200.0}))
    assert "put in, not found: half of typical clients within 365 days" in outcomes(usual).caption
    assert "half of typical clients within 200 days" in outcomes(other).caption
    assert "No promise about a person." in outcomes(usual).caption


@pytest.mark.parametrize(
    "changes", [{"weeks": 1}, {"weeks": 26}, {"weeks": 60, **NOBODY}, {"weeks": 60, **ELSEWHERE}], ids=str
)
def test_where_nobody_can_be_followed_there_is_nothing_to_show(changes):
    chart = outcomes(simulated(2, **changes))
    assert chart.title == "After discharge: nothing to show"
    assert_fits(chart)


@pytest.mark.parametrize("changes", [{"weeks": 40}, {"weeks": 60, "name": "W" * 200}, {"weeks": 104}], ids=str)
@pytest.mark.parametrize("replications", [1, 3])
def test_nothing_is_cut_off_or_written_over(changes, replications):
    result = simulated(replications, **changes)
    for style in STYLES.values():
        assert_fits(draw("outcomes", result, style))


@pytest.mark.parametrize("share", [0, 1, 50, 99, 100])
def test_numbers_at_both_ends_of_the_scale_are_legible(result, share):
    for style in STYLES.values():
        assert_fits(outcomes(with_counts(result, NAMES, share, 100), style))


def test_one_replication_has_no_intervals():
    chart = outcomes(simulated(1, weeks=104))
    assert "One replication has no intervals." in chart.caption
    assert "about" in chart.title
    assert all(len(line.get_xdata()) == 1 for line in chart.figure.axes[0].lines)


def test_a_mature_view_is_said():
    assert "Mature view" in outcomes(simulated(2, weeks=100, warm_up=30, **FLAT)).subtitle

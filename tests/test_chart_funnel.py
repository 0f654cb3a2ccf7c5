"""The chart from referral to completion: its numbers, its losses, and what cannot be followed."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from chart_programs import FLAT, NOBODY, simulated, with_counts
from iopsim.charts.funnel import LOST, MOST, REACHED, funnel
from iopsim.charts.kinds import draw
from iopsim.charts.numbers import of_100, so_many
from iopsim.charts.style import STYLES
from iopsim.experiments.funnel import STEPS
from iopsim.experiments.funnel import funnel as steps_of
from pictures import assert_fits, texts, words


@pytest.fixture(scope="module")
def result():
    return simulated(8, weeks=60)


def coming(result, counts):
    """The result with so many of 100 referred at the six steps, of every replication or of each."""
    return with_counts(result, STEPS, counts, 100)


def bars(chart):
    """The bars from the top, as (colour, left, width)."""
    return [(to_hex(bar.get_facecolor()).upper(), bar.get_x(), bar.get_width()) for bar in chart.figure.axes[0].patches]


def test_a_bar_is_as_long_as_its_share_and_what_is_lost_reaches_to_the_step_before(result):
    shares = [100 * result.measures[name].mean for name in STEPS]
    drawn = bars(funnel(result))
    blue = [width for colour, _, width in drawn if colour == REACHED]
    assert blue == pytest.approx([100, *shares])
    lost = [(left, left + width) for colour, left, width in drawn if colour != REACHED]
    before = [100, *shares]
    assert lost == [
        pytest.approx((after, ahead)) for ahead, after in zip(before, shares, strict=False) if after < ahead
    ]


def test_lines_at_the_end_of_a_bar_are_the_percentiles_and_the_interval_of_its_mean(result):
    lines = [tuple(line.get_xdata()) for line in funnel(result).figure.axes[0].lines]
    expected = []
    for name in STEPS:
        summary = result.measures[name]
        expected += [(100 * summary.p10, 100 * summary.p90), (100 * summary.low, 100 * summary.high)]
    assert lines == [pytest.approx(ends) for ends in expected]


def test_the_title_names_the_largest_loss_and_its_number(result):
    chart = funnel(coming(result, [95, 80, 60, 20, 18, 9]))
    said = "Of 100 clients referred, 18 start and 9 complete; the largest loss, 40, is between placement and admission"
    assert chart.title == said
    assert [left for colour, left, _ in bars(chart) if colour == MOST] == [20]
    assert [left for colour, left, _ in bars(chart) if colour == LOST] == [95, 80, 60, 18, 9]
    assert "40 are not admitted" in words(chart)


def test_losses_that_cannot_be_told_apart_are_both_named(result):
    rows = np.array([[100, 70, 70, 40, 40, 30], [100, 72, 72, 40, 40, 30], [100, 68, 68, 40, 40, 30]])
    counts = rows[np.arange(8) % 3]
    chart = funnel(coming(result, counts))
    assert chart.title.endswith(
        "the largest losses are 30 between placement and admission and 30 between appointment and assessment"
    )
    clear = rows - np.array([0, 0, 0, 5, 5, 5])
    assert "the largest loss, 35, is between placement" in funnel(coming(result, clear[np.arange(8) % 3])).title


def test_two_equal_losses_of_one_replication_are_both_named():
    one = coming(simulated(1, weeks=40), [100, 70, 40, 40, 40, 40])
    assert [step.name for step in steps_of(one).most] == ["assessed_share", "placed_here_share"]
    assert [step.name for step in steps_of(coming(one, [100, 70, 39, 39, 39, 39])).most] == ["placed_here_share"]


def test_nobody_lost_is_said_as_it_is(result):
    chart = funnel(coming(result, 100))
    assert chart.title == "Of 100 clients referred, 100 start and 100 complete; hardly anybody is lost on the way"
    assert {colour for colour, _, _ in bars(chart)} == {REACHED}


def test_more_of_the_earlier_referrals_may_complete_than_of_the_later_start(result):
    chart = funnel(coming(result, [90, 80, 70, 20, 18, 25]))
    assert chart.title.startswith("Of 100 clients referred, 18 start and 25 complete; the largest loss, 50,")
    assert "complete" not in " ".join(text for text, _ in texts(chart) if text.split()[0].isdigit())
    assert_fits(chart)


def test_what_cannot_be_followed_to_the_end_is_left_out_and_said():
    result = simulated(3, weeks=20)
    chart = funnel(result)
    assert "complete" not in chart.title
    assert "completed" not in chart.alt
    assert "cannot be followed so far in this run" in words(chart)
    assert "at least 230 days before the end: this run has none" in chart.caption
    assert len([bar for bar in bars(chart) if bar[0] == REACHED]) == 6


def test_the_caption_counts_both_cohorts(result):
    first, *_, last = steps_of(result).steps
    assert (first.days, last.days) == (90, 90 + 16 * 7 + 28)
    assert f"{first.counted:,.0f} on average" in funnel(result).caption
    assert f"{last.counted:,.0f} on average" in funnel(result).caption
    assert first.counted > last.counted > 0


@pytest.mark.parametrize("changes", [{"weeks": 1}, {"weeks": 12}, {"weeks": 40, **NOBODY}], ids=str)
def test_without_anybody_to_follow_there_is_nothing_to_show(changes):
    assert funnel(simulated(2, **changes)).title == "From referral to completion: nothing to show"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"weeks": 14},
        {"weeks": 20},
        {"weeks": 300},
        {"assessment.slots_per_day": 0},
        {"name": "W" * 200, "weeks": 40},
    ],
    ids=str,
)
def test_nothing_is_cut_off_or_written_over(changes):
    result = simulated(2, **changes)
    for style in STYLES.values():
        assert_fits(draw("funnel", result, style))


def test_one_replication_has_no_intervals():
    chart = funnel(simulated(1, weeks=40))
    assert "One replication has no intervals." in chart.caption
    assert "on average" not in chart.caption
    assert not chart.figure.axes[0].lines
    assert_fits(chart)


@pytest.mark.parametrize(
    "counts", [0, 100, [3, 2, 1, 1, 1, 0], [100, 99, 98, 97, 96, 95], [91, 90, 89, 6, 3, 1]], ids=str
)
def test_numbers_at_both_ends_of_the_scale_are_legible(result, counts):
    for style in STYLES.values():
        assert_fits(funnel(coming(result, counts), style))


def test_a_mature_view_is_said():
    result = simulated(2, weeks=90, warm_up=30, **FLAT)
    assert "Mature view" in funnel(result).subtitle


def test_a_share_in_words_is_not_nothing_where_it_is_little():
    assert [so_many(share) for share in (0.0, 0.001, 0.006, 0.256, 1.0)] == ["0", "fewer than 1", "1", "26", "100"]
    assert of_100(1.2) == 100


def test_where_every_step_loses_as_many_none_is_named(result):
    chart = funnel(coming(result, [95, 90, 85, 80, 75, 70]))
    assert chart.title.endswith("75 start and 70 complete; at no one step are clearly more lost than at all others")


def test_one_client_gets_a_verb_of_one(result):
    chart = funnel(coming(result, [99, 98, 97, 96, 2, 1]))
    assert "2 start and 1 completes;" in chart.title
    assert {"1 gets no appointment", "1 is not assessed", "1 does not complete"} <= {text for text, _ in texts(chart)}
    assert "0 start and 0 complete;" in funnel(coming(result, [50, 40, 30, 20, 0, 0])).title
    assert "21 start and 11 complete;" in funnel(coming(result, [50, 40, 30, 25, 21, 11])).title


@pytest.mark.parametrize("level", [5, 60, 95])
def test_a_number_is_never_below_a_line_however_wide_the_interval(level):
    wild = np.clip(level + 40 * np.array([[-1], [1], [0]]) + np.zeros(6), 0, 100).astype(int)
    few = coming(simulated(3, weeks=50), wild)
    for style in STYLES.values():
        chart = funnel(few, style)
        assert_fits(chart)
        (axes,) = chart.figure.axes
        spans = {line.get_ydata()[0]: line.get_xdata() for line in axes.lines[1::2]}
        for text in axes.texts:
            x, y = text.get_position()
            if text.get_text().isdigit() and y in spans:
                assert text.get_bbox_patch() is not None or not min(spans[y]) <= x <= max(spans[y])

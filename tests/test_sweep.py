"""A measure over a factor: levels, lines for the other factors, averages, samples; and the chart that shows them."""

import math

import numpy as np
import pytest

from iopsim.charts.style import STYLES
from iopsim.charts.sweep import sweep
from iopsim.errors import IopsimError
from iopsim.experiments.amounts import measure_named
from iopsim.experiments.path_words import words_of
from iopsim.experiments.sweep import sweep_of
from outcomes import around, made
from pictures import assert_fits, words

WAIT = "days_to_first_session"
SEATS, SENT, SLOTS = "groups.evening.seats", "referrals.*.per_week", "assessment.slots_per_day"
MEASURE = measure_named(WAIT)


def design(points, mean, n=20, spread=1.0):
    """An outcome of a design: `points` are the levels of the factors, `mean` tells the measure from them."""
    levels = {f"point_{k}": point for k, point in enumerate(points)}
    arms = {"base": {WAIT: around(15.0, n, spread)}}
    arms |= {name: {WAIT: around(mean(point), n, spread)} for name, point in levels.items()}
    return made(arms, levels)


def seats(point):
    return 40.0 - 1.5 * float(point[SEATS])


def both(point):
    return seats(point) * float(point[SENT].removeprefix("x "))


GRID = [{SEATS: str(a), SENT: f"x {b}"} for a in (10, 12, 20) for b in (0.7, 1)]
ONE = design([{SEATS: str(a)} for a in (20, 10, 12)], seats)
TWO = design(GRID, both)


def sampled(n=64):
    """Points of which one factor decides, and another does not."""
    points = [{SENT: f"x {0.6 + 0.8 * (k * 29 % n) / n:.6g}", SLOTS: str(1 + k % 3)} for k in range(n)]
    return design(points, lambda point: 10.0 * float(point[SENT].removeprefix("x ")))


def test_numbers_are_in_their_order_and_on_their_scale():
    found = sweep_of(ONE, MEASURE)
    assert [(stop.level, stop.place) for stop in found.whole.stops] == [("10", 10.0), ("12", 12.0), ("20", 20.0)]
    assert [stop.summary.mean for stop in found.whole.stops] == pytest.approx([25.0, 22.0, 10.0])
    assert found.numeric
    assert not found.times
    assert (found.over, found.averaged, found.turn) == ((), False, None)
    assert found.change.mean == pytest.approx(-15.0)


def test_names_keep_the_order_of_the_design():
    point = [{"evening": name} for name in ("small", "large", "12 seats")]
    found = sweep_of(design(point, lambda point: len(point["evening"])), MEASURE)
    assert [(stop.level, stop.place) for stop in found.whole.stops] == [("small", 0), ("large", 1), ("12 seats", 2)]
    assert not found.numeric


def test_each_setting_of_the_other_factor_is_a_line_and_the_whole_their_average():
    found = sweep_of(TWO, MEASURE)
    assert [run.name for run in found.runs] == ["x 0.7", "x 1"]
    assert [stop.summary.mean for stop in found.runs[0].stops] == pytest.approx([17.5, 15.4, 7.0])
    assert [stop.summary.mean for stop in found.whole.stops] == pytest.approx([21.25, 18.7, 8.5])
    other = sweep_of(TWO, MEASURE, SENT)
    assert other.times
    assert [run.name for run in other.runs] == ["10", "12", "20"]


def test_many_settings_of_the_others_are_averaged():
    points = [{SEATS: str(a), SENT: f"x {b}"} for a in (10, 20) for b in (1, 2, 3, 4, 5)]
    found = sweep_of(design(points, both), MEASURE)
    assert found.averaged
    assert len(found.runs) == 1
    assert found.runs[0].stops[0].summary.mean == pytest.approx(25.0 * 3)
    assert (
        "Averaged over the settings of the other factors: referrals a week once mature."
        in sweep(design(points, both)).caption
    )


def test_one_at_a_time_each_factor_is_swept_alone():
    points = [{SEATS: "10"}, {SEATS: "20"}, {SENT: "x 1"}]
    found = sweep_of(design(points, lambda point: seats(point) if SEATS in point else 3.0), MEASURE)
    assert found.over == ()
    assert [stop.summary.mean for stop in found.whole.stops] == pytest.approx([25.0, 10.0])


def test_a_change_is_that_of_pairs_that_meet_the_same_people():
    wide = design([{SEATS: "10"}, {SEATS: "11"}], seats, spread=12.0)
    found = sweep_of(wide, MEASURE)
    assert found.told_apart  # by pairs, though the intervals of the two means overlap widely
    first, last = (stop.summary for stop in found.whole.stops)
    assert last.high > first.low
    assert (
        sweep(wide).title
        == "Seats on each night (evening) from 10 to 11: referral to first session falls from 25 to 24 days"
    )


def test_the_title_says_what_the_measure_does_from_the_first_level_to_the_last():
    title = "Seats on each night (evening) from 10 to 20: referral to first session falls from 25.0 to 10.0 days"
    assert sweep(design([{SEATS: a} for a in ("10", "20")], seats, 200)).title == title
    assert sweep(TWO, factor=SENT).title.startswith("Referrals a week once mature from × 0.7 to × 1: ")
    assert sweep(TWO, factor=SENT).title.endswith("rises from 13.3 to 19.0 days, on average")


def test_where_no_change_can_be_told_the_title_says_so():
    level = design([{SEATS: a} for a in ("10", "20")], lambda point: 12.0)
    said = "Seats on each night (evening) from 10 to 20: no change of referral to first session can be told"
    assert sweep(level).title == said
    single = design([{SEATS: a} for a in ("10", "20")], seats, 1)
    assert sweep(single).title.endswith("no change of referral to first session can be told")
    assert "One replication has no intervals." in sweep(single).caption


def test_what_is_lowest_in_between_is_not_called_a_rise_or_a_fall():
    bowl = design([{SEATS: str(a)} for a in (10, 14, 20)], lambda point: (float(point[SEATS]) - 14) ** 2 + 3)
    assert sweep_of(bowl, MEASURE).turn == 1
    assert sweep(bowl).title.endswith("referral to first session is lowest, 3.0 days, at 14")


def test_a_sample_is_dots_and_the_means_of_neighbors():
    found = sweep_of(sampled(), MEASURE, SENT)
    assert found.sampled
    assert len(found.dots) == 64
    assert len(found.whole.stops) == 6
    lows = found.dots[:, 0] <= np.sort(found.dots[:, 0])[10]
    assert found.whole.stops[0].summary.mean == pytest.approx(found.dots[lows, 1].mean())
    assert found.told_apart
    chart = sweep(sampled(), factor=SENT)
    drawn = next(line for line in chart.figure.axes[0].lines if len(line.get_xdata()) == 64)
    assert drawn.get_xdata().tolist() == found.dots[:, 0].tolist()
    assert drawn.get_ydata().tolist() == found.dots[:, 1].tolist()


def test_a_factor_that_decides_nothing_in_a_sample_is_not_claimed_to():
    found = sweep_of(sampled(), MEASURE, SLOTS)
    assert [stop.level for stop in found.whole.stops] == ["1", "2", "3"]
    assert not found.told_apart
    assert "no change" in sweep(sampled(), factor=SLOTS).title


def test_of_few_points_of_a_sample_no_mean_is_drawn():
    found = sweep_of(sampled(7), MEASURE, SENT)
    assert found.whole.stops == ()
    assert "too few for a mean" in sweep(sampled(7), factor=SENT).caption


def test_a_sweep_needs_factors_and_one_that_there_is():
    with pytest.raises(IopsimError, match="an experiment with \\[factors\\]"):
        sweep_of(made({"base": {WAIT: around(3)}, "b": {WAIT: around(4)}}), MEASURE)
    with pytest.raises(IopsimError, match=r"did you mean groups\.evening\.seats"):
        sweep(ONE, factor="groups.evening.seat")


def test_lines_and_intervals_are_the_means_and_their_intervals():
    chart = sweep(TWO)
    found = sweep_of(TWO, MEASURE)
    axes = chart.figure.axes[0]
    drawn = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    assert [line.get_ydata().tolist() for line in drawn] == [
        [stop.summary.mean for stop in run.stops] for run in found.runs
    ]
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == 2
    intervals = [tuple(segment[:, 1]) for bars in axes.collections for segment in bars.get_segments()]
    assert intervals == [(stop.summary.low, stop.summary.high) for run in found.runs for stop in run.stops]
    assert "× 0.7" in words(chart)


def test_a_measure_that_cannot_be_told_shows_nothing():
    chart = sweep(design([{SEATS: "1"}, {SEATS: "2"}], lambda point: math.nan))
    assert chart.title.endswith("nothing to show")


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize(
    ("outcome", "factor"),
    [
        (ONE, SEATS),
        (TWO, SEATS),
        (TWO, SENT),
        (sampled(), SENT),
        (sampled(), SLOTS),
        (sampled(3), SENT),
        (design([{SEATS: "10"}], seats), SEATS),
        (design([{SEATS: str(a)} for a in range(8, 26)], seats), SEATS),
        (design([{SEATS: str(a)} for a in (1, 2, 3, 1000)], lambda point: 4.0), SEATS),
        (design([{"<b>": f"a level of which the name is long {k} " * 2} for k in range(9)], lambda _: 7.0), "<b>"),
        (design([{"a": k, "a_factor_of_the_planner_with_a_long_name": f"a setting that is long {j}"}
                 for k in "12" for j in range(4)], lambda point: float(point["a"]) * 9), "a"),
    ],
)  # fmt: skip
def test_whatever_is_swept_nothing_is_cut_off_or_written_over(outcome, factor, style):
    assert_fits(sweep(outcome, style, factor=factor))


@pytest.mark.parametrize(
    ("path", "meaning", "unit"),
    [
        ("groups.evening.seats", "Seats on each night (evening)", "seats"),
        ("referrals.*.per_week", "Referrals a week once mature", "clients/week"),
        ("referrals.health_care.per_week", "Referrals a week once mature (health care)", "clients/week"),
        ("referrals.*.months.Jul", "Referrals: months (Jul)", "ratio"),
        ("placement.residential.share", "Placement: residential share", "share"),
        ("traits.*.higher_placement_odds_ratio",
         "Odds of being placed in withdrawal management, residential or higher", "ratio"),
        ("assessment.client_delay", "Days until the client can come", ""),
        ("evening_staff", "evening staff", ""),
        ("no.such.path", "no, such, path", ""),
    ],
)  # fmt: skip
def test_a_path_is_told_in_words(path, meaning, unit):
    found = words_of(path)
    assert (found.meaning, found.unit) == (meaning, unit)

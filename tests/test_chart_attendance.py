"""The chart of attendance by night: who has a seat, who comes, and which nights can be told apart."""

import dataclasses
import datetime

import numpy as np
import pytest
from matplotlib.colors import to_hex

from chart_programs import ELSEWHERE, FLAT, NOBODY, simulated
from iopsim.charts.attendance import ABSENT, CAME, attendance
from iopsim.charts.kinds import draw
from iopsim.charts.style import STYLES
from iopsim.experiments.attendance import attendance as attendance_of
from iopsim.measures.resources import NIGHTS
from pictures import assert_fits, texts, words

LONG = "a_group_for_parents_who_work_and_study"
HELD = {"hours": 2.0, "seats": 4, "serves": ["intensive"]}


def groups(n, days=5, name="late_{}"):
    """Settings of so many more groups of five nights."""
    nights = ["Mon", "Tue", "Wed", "Thu", "Fri"][:days]
    return {f"groups.{name.format(k)}": {**HELD, "nights": nights, "start": datetime.time(8 + k)} for k in range(n)}


@pytest.fixture(scope="module")
def result():
    return simulated(8, weeks=40)


def with_nights(result, **series):
    """The result with these numbers by night and week, of every replication or of each."""
    nights = result.facts.nights.copy()
    for name, numbers in series.items():
        nights[:, NIGHTS.index(name)] = numbers
    return dataclasses.replace(result, facts=dataclasses.replace(result.facts, nights=nights))


def by_night(*numbers):
    return np.array(numbers)[:, np.newaxis]


def bars(axes, colour):
    return [bar.get_width() for bar in axes.patches if to_hex(bar.get_facecolor()).upper() == colour]


def test_bars_are_clients_on_a_night_held(result):
    nights = result.nights
    left, _ = attendance(result).figure.axes
    held = (nights.seats > 0).sum(axis=2)
    came = (nights.attended.sum(axis=2) / held).mean(axis=0)
    enrolled = (nights.enrolled.sum(axis=2) / held).mean(axis=0)
    assert bars(left, CAME) == pytest.approx(list(came))
    assert bars(left, ABSENT) == pytest.approx(list(enrolled - came))
    ticks = [line.get_xdata()[0] for line in left.lines]
    assert ticks == pytest.approx([12.0] * 3)


def test_dots_and_lines_are_shares_of_clients_with_a_seat(result):
    nights = result.nights
    _, right = attendance(result).figure.axes
    shares = nights.attended.sum(axis=2) / nights.enrolled.sum(axis=2)
    dots = [line.get_xdata()[0] for line in right.lines if line.get_marker() == "o"]
    assert dots == pytest.approx(list(100 * shares.mean(axis=0)))
    thin = [tuple(line.get_xdata()) for line in right.lines if len(line.get_xdata()) == 2][::2]
    assert thin == [pytest.approx(tuple(100 * np.quantile(share, (0.1, 0.9)))) for share in shares.T]


def test_the_title_names_the_nights_that_can_be_told_apart(result):
    chart = attendance(with_nights(result, seats=12, enrolled=10, attended=by_night(9, 8, 6)))
    assert chart.title == (
        "77 % of clients with a seat come to a group night: most, 90 % on Monday, and fewest, 60 % on Wednesday"
    )
    assert {"90 %", "80 %", "60 %"} <= {text for text, _ in texts(chart)}


def test_the_caption_says_that_a_share_is_the_mean_of_shares(result):
    few, many = np.arange(8)[:, np.newaxis, np.newaxis] < 4, 10
    chart = attendance(
        with_nights(result, seats=120, enrolled=np.where(few, 10, 100), attended=np.where(few, 4, 90) + 0 * many)
    )
    assert chart.title.startswith("65 % of clients with a seat")  # and not 380 of 440
    assert "Each share is the mean of the replications' own shares" in chart.caption
    assert "mean of the replications" not in attendance(simulated(1, weeks=30)).caption


def test_nights_are_told_apart_only_if_all_pairs_of_them_may_be(result):
    # the difference is 2.7 standard errors: enough for one pair of 8 replications, and not for three
    luck = np.full((8, 3, 40), 800)
    luck[:4, 0], luck[4:, 0] = 900, 801
    three = attendance_of(with_nights(result, seats=1200, enrolled=1000, attended=luck))
    assert three.highest is None and three.lowest is None
    luck[:, 2] = 0
    two = attendance_of(
        with_nights(result, seats=by_night(1200, 1200, 0), enrolled=by_night(1000, 1000, 0), attended=luck)
    )
    assert two.highest is not None and (two.highest.weekday, two.lowest.weekday) == (0, 1)


def test_the_title_names_no_night_where_luck_may_explain_the_difference(result):
    luck = np.full((8, 3, 40), 8)
    luck[::2, 0], luck[1::2, 0] = 10, 7
    chart = attendance(with_nights(result, seats=12, enrolled=10, attended=luck))
    assert chart.title.endswith("come to a group night, on no night clearly more or fewer than another")
    alike = attendance(with_nights(result, seats=12, enrolled=1000, attended=by_night(802, 801, 800)))
    assert alike.title == "80 % of clients with a seat come to a group night, and nearly the same on every night"


def test_one_night_alone_is_told_as_it_is(result):
    one = attendance(
        with_nights(result, seats=by_night(12, 0, 0), enrolled=by_night(10, 0, 0), attended=by_night(7, 0, 0))
    )
    assert one.title == "70 % of clients with a seat come to a group night"
    assert words(one).count("never held") == 2
    assert_fits(one)
    empty = attendance(with_nights(result, seats=12, enrolled=by_night(10, 10, 0), attended=by_night(7, 7, 0)))
    assert "nobody has a seat" in words(empty)


def test_guests_may_make_it_more_than_all(result):
    chart = attendance(with_nights(result, seats=12, enrolled=10, attended=by_night(12, 9, 9)))
    assert "120 % on Monday" in chart.title
    left, right = chart.figure.axes
    assert bars(left, CAME) == [12, 9, 9]
    assert bars(left, ABSENT) == [1, 1]
    assert right.get_xlim()[1] >= 120
    assert_fits(chart)


@pytest.mark.parametrize(
    ("more", "days", "by", "rows"), [(2, 4, "night", 11), (8, 5, "group", 9), (12, 5, "weekday", 5)]
)
def test_many_nights_are_told_by_group_and_many_groups_by_weekday(more, days, by, rows):
    result = simulated(2, weeks=30, **groups(more, days))
    found = attendance_of(result)
    assert (found.by, len(found.rows)) == (by, rows)
    assert sum(row.held for row in found.rows) == pytest.approx(found.whole.held)
    nights = result.nights
    assert found.whole.held == (nights.seats > 0).sum(axis=(1, 2)).mean()
    for style in STYLES.values():
        assert_fits(draw("attendance", result, style))


def test_two_groups_are_told_apart_by_name(result):
    two = simulated(3, weeks=30, **groups(1, 2, LONG + "{}"))
    chart = attendance(two)
    assert "evening Mon" in words(chart)
    told = with_nights(two, seats=12, enrolled=10, attended=by_night(9, 8, 7, 2, 8))
    title = attendance(told).title
    assert "fewest, 20 % on" in title
    assert LONG.replace("_", " ") not in title
    for style in STYLES.values():
        assert_fits(attendance(told, style))


@pytest.mark.parametrize("changes", [NOBODY, ELSEWHERE, {"groups.evening.first_week": 39}], ids=str)
def test_where_nobody_has_a_seat_there_is_nothing_to_show(changes):
    result = simulated(2, weeks=40, **changes)
    chart = attendance(result if changes in (NOBODY, ELSEWHERE) else with_nights(result, enrolled=0, attended=0))
    assert chart.title == "Attendance by night: nothing to show"
    assert_fits(chart)


@pytest.mark.parametrize("changes", [{"weeks": 2}, {"weeks": 30, "name": "W" * 200}, {"weeks": 300}], ids=str)
def test_nothing_is_cut_off_or_written_over(changes):
    result = simulated(2, **changes)
    for style in STYLES.values():
        assert_fits(draw("attendance", result, style))


def test_one_replication_has_no_intervals():
    chart = attendance(simulated(1, weeks=30))
    assert "One replication has no intervals." in chart.caption
    assert all(len(line.get_xdata()) == 1 for line in chart.figure.axes[1].lines)
    assert "clearly" not in chart.title


def test_a_mature_view_is_said():
    assert "Mature view" in attendance(simulated(2, weeks=60, warm_up=30, **FLAT)).subtitle

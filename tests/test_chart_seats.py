"""The heat map of seats: what is drawn is what was simulated, and its title says when seats are full."""

import datetime
import warnings
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import iopsim
from iopsim.charts.seats import STOPS, seats
from iopsim.charts.style import PRINT, STYLES
from iopsim.experiments.seat_use import seat_use
from iopsim.experiments.series import NightSeries
from pictures import assert_fits, words

PLAIN = Path(__file__).parent / "plain.toml"
NOBODY = {f"referrals.{source}.per_week": 0 for source in ("self", "court", "health_care", "inpatient")}
NIGHTS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
EIGHT = {
    f"groups.{letter}_group_with_a_name_of_forty_letters": {
        "nights": NIGHTS[: 3 + k % 4],
        "seats": 4 + k,
        "start": datetime.time(8 + k),
        "opens_when_waiting": 1 if k % 2 else "none",
    }
    for k, letter in enumerate("abcdefg")
}
LATE = {
    "groups.day": {"nights": ["Tue", "Fri"], "seats": 5, "first_week": 20},
    "groups.after_the_run": {"nights": ["Tue", "Fri"], "seats": 5, "first_week": 200},
}


def simulated(replications=2, **changes):
    return iopsim.simulate(iopsim.load(PLAIN, {"weeks": 30, **changes}), replications)


@pytest.fixture(scope="module")
def result():
    return simulated(4, weeks=40, **LATE)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"weeks": 1},
        {"weeks": 3, "opening": datetime.date(2027, 12, 20)},
        {"weeks": 300},
        NOBODY,
        {"groups.evening.first_week": 29},
        {"groups.evening.first_week": 40},
        LATE,
        {f"groups.{'W' * 40}": {"nights": ["Tue"], "start": datetime.time(9)}},
        EIGHT,
    ],
    ids=str,
)
def test_whatever_there_is_to_show_nothing_is_cut_off_or_written_over(changes):
    found = simulated(**changes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for style in STYLES.values():
            assert_fits(seats(found, style))


def test_the_colours_are_the_shares_that_were_simulated(result):
    chart = seats(result)
    maps = [image for axes in chart.figure.axes for image in axes.images]
    assert len(maps) == 2
    nights = result.nights
    for image, counted in zip(maps, (nights.enrolled, nights.attended), strict=True):
        drawn = np.ma.getdata(image.get_array())
        held = nights.seats.sum(axis=0)
        assert (np.ma.getmaskarray(image.get_array()) == (held == 0)).all()
        assert drawn[held > 0] == pytest.approx(counted.sum(axis=0)[held > 0] / held[held > 0])
        assert image.get_clim() == (0, 1)
        assert image.get_extent()[:2] == [result.week_start(0).toordinal(), result.week_start(40).toordinal()]
    assert (held[3:5, :20] == 0).all() and held[3:5, 20:].any()


def test_what_was_not_held_is_hatched(result):
    for axes in seats(result).figure.axes:
        if axes.images:
            assert axes.patch.get_hatch()
    assert "Hatched: the night was held in no replication" in seats(result).caption


def test_beside_each_row_stands_its_share_at_the_end(result):
    nights, chart = result.nights, seats(result)
    held = nights.seats[:, :, -10:].sum(axis=(0, 2))
    panels = [axes for axes in chart.figure.axes if axes.images]
    for axes, counted in zip(panels, (nights.enrolled, nights.attended), strict=True):
        late = counted[:, :, -10:].sum(axis=(0, 2))[held > 0] / held[held > 0]
        beside = [text.get_text() for text in axes.texts if "%" in text.get_text()]
        assert beside == [f"{100 * share:.0f} %" for share in late]
    assert "mean of the last 10 weeks" in words(chart)


def test_the_caption_says_that_replications_are_counted_together(result):
    said = "all 4 replications together (the chart of attendance: mean of the replications' own shares)"
    assert said in words(seats(result))
    assert "the chart of attendance" not in seats(simulated(1)).caption


def test_where_rows_are_too_many_for_numbers_no_numbers_are_told_of():
    chart = seats(simulated(1, **EIGHT))
    assert len(chart.figure.axes[0].images[0].get_array()) == 33
    assert "Beside the rows" not in chart.caption
    assert not [text for axes in chart.figure.axes[:2] for text in axes.texts if "%" in text.get_text()]


def series(enrolled, attended=None, seats=10, group=None):
    """Nights of one replication, from the clients enrolled by night and week."""
    taken = np.array([enrolled])
    group = np.zeros(taken.shape[1], dtype=int) if group is None else np.array(group)
    names = tuple(f"g{k}" for k in range(group.max() + 1))
    rest = np.zeros_like(taken)
    return NightSeries(
        names=tuple(f"{names[k]} Mon" for k in group),
        groups=names,
        group=group,
        weekday=group,
        start=group,
        seats=np.broadcast_to(seats, taken.shape) if np.isscalar(seats) else np.array([seats]),
        enrolled=taken,
        attended=taken - 1 if attended is None else np.array([attended]),
        cancelled=rest,
    )


def test_seats_are_full_from_the_four_weeks_after_which_no_quarter_of_a_year_is_less():
    def full_from(*weeks):
        return seat_use(series([weeks]), 2).full_from

    assert full_from(*[5] * 6, *[9] * 20) == 6
    assert full_from(*[5] * 6, *[10] * 8, 7, 8, *[10] * 10) == 6  # two odd weeks do not decide
    assert full_from(*[10] * 10, *[5] * 5, *[10] * 20) == 15
    assert full_from(*[10] * 20, *[8] * 13) is None
    assert full_from(8, 10, 10, 10, 10) == 0
    assert full_from(4, 10, 10, 10, 10) is None  # too short to have been full for a quarter
    assert full_from(10, 10, 10) is None


def test_shares_are_of_the_nights_held():
    use = seat_use(series([[4, 0, 8], [0, 0, 3]], seats=[[10, 0, 10], [0, 0, 10]], attended=[[4, 0, 4], [0, 0, 1]],
                          group=[0, 1]), 2)  # fmt: skip
    assert use.enrolled == pytest.approx(np.array([[0.4, np.nan, 0.8], [np.nan, np.nan, 0.3]]), nan_ok=True)
    assert use.attended == pytest.approx(np.array([[0.4, np.nan, 0.4], [np.nan, np.nan, 0.1]]), nan_ok=True)
    assert use.by_group.tolist() == pytest.approx([0.8, 0.3])
    assert use.late_enrolled.tolist() == pytest.approx([0.8, 0.3])
    assert use.late_attended.tolist() == pytest.approx([0.4, 0.1])
    assert (use.late, use.attended_of_enrolled) == (pytest.approx(0.55), pytest.approx(9 / 15))


def titled(**numbers):
    """The title of a chart of certain nights, of a run of as many weeks."""
    nights = series(**numbers)
    found = simulated(1, weeks=nights.enrolled.shape[2])
    found.__dict__["nights"] = nights
    return seats(found).title


def test_the_title_says_when_seats_are_full_and_how_many_are_attended():
    full = "90 % or more of the seats are taken from"
    assert titled(enrolled=[[2] * 10 + [10] * 20]) == f"{full} March 2027 on; 88 % of those taken are attended".replace(
        "88", f"{100 * (10 * 1 + 20 * 9) / 220:.0f}"
    )
    assert titled(enrolled=[[10] * 8]) == f"{full} the first week on; 90 % of those taken are attended"
    assert (
        titled(enrolled=[[4] * 8])
        == "40 % of the seats are taken in the last 2 weeks; 75 % of those taken are attended"
    )
    assert titled(enrolled=[[4]]) == "40 % of the seats are taken in the last week; 75 % of those taken are attended"


def test_the_title_tells_groups_apart_that_differ():
    apart = titled(enrolled=[[10] * 8, [2] * 8], group=[0, 1])
    assert apart == (
        "At the end, between 20 % (g1) and 100 % (g0) of a group's seats are taken; 83 % of those taken are attended"
    )
    assert "between" not in titled(enrolled=[[10] * 8, [9] * 8], group=[0, 1])


def test_a_program_without_a_client_has_nothing_to_show():
    assert seats(simulated(**NOBODY)).title == "Use of seats: nothing to show"


def test_darker_means_fuller_in_even_steps_also_in_grey():
    red, green, blue = (np.array([mpl.colors.to_rgb(stop) for stop in STOPS]) ** 2.2).T
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    steps = -np.diff(116 * np.cbrt(luminance) - 16)
    assert steps.min() > 8
    assert steps.max() < 11


def test_of_a_mature_view_only_its_weeks_are_drawn(result):
    assert seats(result, PRINT).figure.axes[0].images[0].get_array().shape[1] == 40
    found = iopsim.simulate(result.scenario, 1)
    late = replace(found.nights, **{name: getattr(found.nights, name)[:, :, 30:] for name in (
        "seats", "enrolled", "attended", "cancelled")})  # fmt: skip
    found.__dict__["nights"] = late
    mature = replace(found, warm_up=30)
    mature.__dict__["nights"] = late
    image = seats(mature).figure.axes[0].images[0]
    assert image.get_array().shape[1] == 10
    assert image.get_extent()[0] == result.week_start(30).toordinal()

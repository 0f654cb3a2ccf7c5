"""The chart of the waitlist: clients by week, what holds people back, and how sure its title is."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

import iopsim
from chart_programs import ELSEWHERE, FLAT, NOBODY, PLAIN, simulated
from iopsim.charts.kinds import draw
from iopsim.charts.style import STYLES
from iopsim.charts.waitlist import LAYERS, _held_back, waitlist
from iopsim.experiments.bottleneck import Bottleneck
from iopsim.measures.series import WEEKLY
from iopsim.stats.intervals import band
from pictures import assert_fits, words


@pytest.fixture(scope="module")
def result():
    return simulated(8, weeks=60)


def with_weekly(result, **series):
    """The result with these client-days by week, of every replication or of each."""
    weekly = result.facts.weekly.copy()
    for name, days in series.items():
        weekly[:, WEEKLY.index(name), :] = days
    return dataclasses.replace(result, facts=dataclasses.replace(result.facts, weekly=weekly))


def nothing_lacking(result, **series):
    """The result with no client-days held back but these."""
    return with_weekly(result, **{**{name: 0 for name, _, _ in LAYERS}, **series})


def test_the_line_is_the_mean_and_the_band_the_percentiles_of_those_waiting(result):
    top, bottom = waitlist(result).figure.axes
    mean, low, high = band(result.weekly("waiting"))
    assert any(np.array_equal(line.get_ydata(), mean) for line in top.lines)
    assert any(np.array_equal(line.get_ydata(), result.weekly("waiting")[0]) for line in top.lines)
    (edge,) = (area.get_paths()[0].vertices for area in top.collections)
    assert {*low, *high} <= {*edge[:, 1]}
    assert bottom.get_ylabel() == "held back"


def test_each_layer_is_as_high_as_what_it_holds_back(result):
    _, bottom = waitlist(result).figure.axes
    held = [result.weekly(name).mean(axis=0) for name, _, _ in LAYERS]
    held = [layer for layer in held if layer.any()]
    areas = [area.get_paths()[0].vertices for area in bottom.collections]
    assert len(areas) == len(held) > 1
    for corners, top in zip(areas, np.cumsum(held, axis=0), strict=True):
        assert corners[:, 1].max() == pytest.approx(top.max())


def test_the_numbers_beside_the_layers_are_means_of_the_last_weeks(result):
    told = nothing_lacking(result, held_back_by_seats=[0] * 45 + [7 * 3] * 15, held_back_by_slots=7)
    said = words(waitlist(told))
    assert "group seats, 3.0" in said
    assert "assessment slots, 1.0" in said
    assert "caseload," not in said
    assert "mean of the last 15 weeks" in said


def test_the_title_names_the_bottleneck_and_in_how_many_replications_it_is(result):
    seats = np.zeros((8, 60), dtype=int)
    seats[:6] = 14
    told = nothing_lacking(result, waiting=7 * 5, held_back_by_seats=seats, held_back_by_slots=7)
    assert waitlist(told).title == (
        "5 clients are on the waitlist on average over the last 15 weeks; "
        "the bottleneck is group seats in 6 of 8 replications"
    )
    seats[:4], seats[4:] = 70, 0
    title = waitlist(with_weekly(told, held_back_by_seats=seats)).title
    assert title.endswith("the bottleneck varies: it is group seats in 4 of 8 replications")


def test_the_title_tells_growth_only_where_it_can_be_told_from_luck(result):
    grows = np.arange(60) * 7
    assert waitlist(with_weekly(result, waiting=grows)).title.startswith(
        "The waitlist is still growing when the run ends: 59 clients in week 60;"
    )
    luck = (
        np.array([[-1], [1], [-1], [1], [-1], [1], [-1], [1]]) * np.arange(-30, 30) * 70 + 7 * 4000 + 7 * np.arange(60)
    )
    assert waitlist(with_weekly(result, waiting=luck)).title.startswith("4,052 clients are on the waitlist on average")
    falls = np.array([7 * 30] * 20 + [7 * 20] * 25 + [7 * 4] * 15)
    assert waitlist(with_weekly(result, waiting=falls)).title.startswith(
        "The waitlist is longest with 30 clients in week 1, and has fallen to 4 clients;"
    )


def test_a_program_that_lacks_nothing_has_no_second_panel(result):
    chart = waitlist(nothing_lacking(result, waiting=7))
    assert len(chart.figure.axes) == 1
    assert chart.title.startswith("1 client is on the waitlist")
    assert chart.title.endswith("nothing that the program lacks holds anybody back")
    slight = waitlist(nothing_lacking(result, waiting=2, held_back_by_seats=1))
    assert slight.title == (
        "Hardly anybody is on the waitlist; nothing that the program lacks holds back even one client at a time"
    )
    assert len(slight.figure.axes) == 2


def test_where_clients_walk_in_what_is_lacking_is_assessors_time():
    chart = waitlist(nothing_lacking(simulated(2, weeks=40, **{"assessment.open_access": True}), held_back_by_slots=14))
    assert "the bottleneck is assessors' time in 2 of 2 replications" in chart.title
    assert "assessors' time, 2.0" in words(chart)
    assert "slots" not in words(chart).replace("a slot", "")


def test_the_limit_of_the_list_is_drawn_where_it_is_near(result):
    near = simulated(2, weeks=40, **{"waitlist.limit": 5})
    assert "the list holds 5" in words(waitlist(near))
    assert any(set(line.get_ydata()) == {5} for line in waitlist(near).figure.axes[0].lines)
    assert "the list holds" not in words(waitlist(simulated(2, weeks=40, **{"waitlist.limit": 500})))


@pytest.mark.parametrize("changes", [NOBODY, {**ELSEWHERE, "assessment.slots_per_day": 9}], ids=str)
def test_where_nobody_waits_there_is_nothing_to_show(changes):
    result = nothing_lacking(simulated(2, weeks=40, **changes))
    assert waitlist(result).title == "Waitlist: nothing to show"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"weeks": 1},
        {"weeks": 8},
        {"weeks": 300},
        {"weeks": 40, "assessment.slots_per_day": 0},
        {"weeks": 40, "waitlist.limit": 4, "name": "W" * 200},
        {"weeks": 40, "staff.counselor.caseload": 8, "groups.evening.seats": 6, "assessment.slots_per_day": 1},
        {"weeks": 40, **ELSEWHERE},
    ],
    ids=str,
)
def test_nothing_is_cut_off_or_written_over(changes):
    result = simulated(2, **changes)
    for style in STYLES.values():
        assert_fits(draw("waitlist", result, style))


def test_one_replication_has_no_band():
    chart = waitlist(simulated(1, weeks=40))
    assert "One replication has no band." in chart.caption
    assert "example" not in words(chart)
    assert_fits(chart)


def test_five_things_that_lack_are_told_apart(result):
    for days in (1, 70, 7000):
        for style in STYLES.values():
            assert_fits(waitlist(with_weekly(result, **dict.fromkeys((name for name, _, _ in LAYERS), days)), style))


@pytest.mark.parametrize("scenario", ["palmetto", "benchmark-step-down"])
def test_a_week_in_which_one_replication_has_nobody_is_legible(scenario):
    result = iopsim.simulate(iopsim.load(PLAIN.parent.parent / "scenarios" / f"{scenario}.toml", {"weeks": 1}), 3)
    for style in STYLES.values():
        assert_fits(waitlist(result, style))


def test_a_mature_view_is_said():
    chart = waitlist(simulated(2, weeks=90, warm_up=30, **FLAT))
    assert chart.title.startswith("The mature program has")
    assert "mean of the last 60 weeks" in chart.caption
    assert "Mature view" in chart.subtitle


def test_what_never_holds_back_a_whole_client_is_no_bottleneck():
    """As the table of a run has it: a resource bites where it holds back a client at a time on average."""
    found = Bottleneck("assessment slots", 3, None, 12, 0.56, 0, 0.2, 0.2, None)
    result = SimpleNamespace(bottlenecks=(found,), replications=3)
    assert _held_back(result) == "nothing that the program lacks holds back even one client at a time"

"""Journeys as lanes: what stands in a lane is what happened to that client, on the dates on which it did."""

import datetime
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.colors import to_hex

import iopsim
from everything import EVERYTHING, RETURNS
from iopsim.charts.journeys import FILLS, WAITS, journeys
from iopsim.charts.style import STYLES
from iopsim.experiments import journeys as told
from iopsim.experiments.journeys import Journey, Mark, Span
from iopsim.scenario import resolve
from pictures import assert_fits, texts, words

PLAIN = Path(__file__).parent / "plain.toml"
PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
NOBODY = {f"referrals.{source}.per_week": 0 for source in ("self", "court", "health_care", "inpatient")}
LONG = "W" * 40


def simulated(path=PLAIN, **changes):
    return iopsim.simulate(iopsim.load(path, {"weeks": 30, **changes}), 1)


@pytest.fixture(scope="module")
def result():
    return simulated(**{**EVERYTHING, **RETURNS, "weeks": 60})


CASES = {
    "plain": {},
    "one week": {"weeks": 1},
    "two weeks": {"weeks": 2},
    "300 weeks": {"weeks": 300},
    "nobody": NOBODY,
    "everything": {**EVERYTHING, **RETURNS, "weeks": 60},
    "long names": {
        f"referrals.{LONG}": {"per_week": 20},
        "phases.intensive.planned_weeks": 2,
        f"phases.{LONG}": {"nights_per_week": 1, "planned_weeks": 2},
        **{f"phases.p{k}": {"nights_per_week": 1, "planned_weeks": 1} for k in range(5)},
    },
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_whatever_there_is_to_show_nothing_is_cut_off_or_written_over(changes):
    found = simulated(**changes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for style in STYLES.values():
            for number in (1, 6, 12):
                assert_fits(journeys(found, style, clients=number))


def lanes_of(result, number=6):
    calls = told.season(result.scenario, result.weeks.start)
    found = told.journeys(result.scenario, result.seed, number=number, calls=calls)
    return sorted(found, key=lambda lane: lane.called)


def test_bars_begin_and_end_when_the_client_came_and_went(result):
    lanes = lanes_of(result, 8)
    axes = journeys(result, clients=8).figure.axes[0]
    phases = list(result.scenario.phases)
    colours = {to_hex(colour): key for key, _, colour in FILLS}
    drawn = [
        (int(bar.get_y()), bar.get_x(), bar.get_x() + bar.get_width(), colours[to_hex(bar.get_facecolor())])
        for bar in axes.patches
    ]
    expected = [
        (
            row,
            span.first.toordinal(),
            span.last.toordinal(),
            FILLS[WAITS + phases.index(span.label)][0] if span.kind == told.PHASE else span.kind,
        )
        for row, lane in enumerate(lanes)
        for span in lane.spans
    ]
    assert drawn == expected
    assert len({key for *_, key in drawn}) >= 4


def test_signs_stand_on_the_days_of_sessions_and_lapses(result):
    lanes = lanes_of(result, 8)
    axes = journeys(result, clients=8).figure.axes[0]
    for kind in (told.ATTENDED, told.MISSED, told.LAPSE):
        drawn = [
            (int(line.get_ydata()[0] + 0.1), datetime.date.fromordinal(int(place)))
            for line in axes.lines
            if line.get_label() == kind
            for place in line.get_xdata()
        ]
        expected = [(row, mark.date) for row, lane in enumerate(lanes) for mark in lane.marks if mark.kind == kind]
        assert drawn == expected
        assert drawn


def test_at_its_end_each_lane_says_how_the_way_ended(result):
    chart = journeys(result, clients=8)
    lanes = lanes_of(result, 8)
    axes = chart.figure.axes[0]
    said = {(" ".join(note.get_text().split()), note.xy[0], round(note.xy[1], 2)) for note in axes.texts}
    for row, lane in enumerate(lanes):
        end = max((span.last for span in lane.spans), default=lane.called)
        assert (lane.ending, end.toordinal(), row + 0.42) in said
        assert f"called {lane.called.day} {lane.called:%b %Y}" in {text for text, *_ in said}
    assert all(lane.ending in chart.alt for lane in lanes)


def test_the_lanes_are_of_those_who_call_in_the_season_that_the_caption_names():
    found = simulated(PALMETTO, weeks=104)
    chart = journeys(found)
    calls = told.season(found.scenario)
    first = found.scenario.opening + datetime.timedelta(days=calls.start)
    last = found.scenario.opening + datetime.timedelta(days=calls.stop - 1)
    assert f"from {first.day} {first:%b %Y} to {last.day} {last:%b %Y} in the first replication" in chart.caption
    assert "plan as written" not in chart.caption
    assert "lapse" not in words(chart)
    assert "Dotted" not in chart.caption


def test_of_a_run_with_drawn_inputs_the_lanes_are_of_the_plan_as_written():
    drawn = iopsim.simulate(resolve(PALMETTO, {"weeks": 40}), 4, uncertain=True)
    plain = iopsim.simulate(iopsim.load(PALMETTO, {"weeks": 40}), 1)
    chart = journeys(drawn)
    assert "The lanes are of the plan as written, without what was drawn." in chart.caption
    assert journeys(plain).alt == chart.alt


def told_by(monkeypatch, *lanes):
    """The title of a chart of certain journeys."""
    monkeypatch.setattr(told, "journeys", lambda *_, **__: lanes)
    return journeys(simulated(weeks=40)).title


def lane(days, ending, *spans, over=True, marks=()):
    called = datetime.date(2027, 3, 1)
    ended = called + datetime.timedelta(days=days)
    return Journey("self/2027-03-01/1", "self", called, spans, marks, ending, ended, over)


def test_the_title_says_how_two_ways_ended_and_how_long_after_the_call(monkeypatch):
    done, placed = lane(126, "completed the program"), lane(12, "placed in a lower level of care")
    still, unanswered = lane(30, "still in treatment", over=False), lane(0, "call not answered")
    assert told_by(monkeypatch, still, done, done, placed) == (
        "Four ways through the program: one client completed it 18 weeks after calling, "
        "another was placed in a lower level of care 12 days after calling"
    )
    at_once = lane(0, "placed in a lower level of care")
    assert told_by(monkeypatch, at_once).endswith("was placed in a lower level of care on the day of the call")
    assert told_by(monkeypatch, still, still) == "Two ways through the program, none of them over when the run ends"
    assert (
        told_by(monkeypatch, still) == "One way through the program: a client is still in treatment when the run ends"
    )
    assert told_by(monkeypatch, unanswered).endswith("a client got no answer to the call")


def test_who_came_back_has_a_dotted_line_between_episodes(monkeypatch):
    day = datetime.date(2027, 3, 1)

    def span(first, last):
        return Span(told.PHASE, "intensive", day + datetime.timedelta(first), day + datetime.timedelta(last))

    again = lane(90, "dropped out", span(0, 20), span(60, 90), marks=(Mark(told.LEFT, day, "dropped out"),))
    monkeypatch.setattr(told, "journeys", lambda *_, **__: (again,))
    chart = journeys(simulated(weeks=40))
    (dotted,) = (line for line in chart.figure.axes[0].lines if len(line.get_xdata()) == 2)
    assert [int(place) - day.toordinal() for place in dotted.get_xdata()] == [0, 90]
    assert "Dotted: between two episodes." in chart.caption


def test_a_program_that_nobody_calls_has_nothing_to_show():
    assert journeys(simulated(**NOBODY)).title == "Client journeys: nothing to show"


def test_only_what_is_drawn_is_explained(result):
    explained = {text for text, _ in texts(journeys(result, clients=8))}
    assert {"waiting for the assessment", "on the waitlist", "intensive", "missed", "lapse"} <= explained
    assert "elsewhere first" not in explained


def test_a_mature_view_shows_only_who_calls_within_it(result):
    mature = replace(result, warm_up=40)
    assert min(lane.called for lane in lanes_of(mature)) >= result.week_start(40)
    assert f"of those who call from {result.week_start(40).day} " in journeys(mature).caption

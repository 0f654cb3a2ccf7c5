"""A few journeys on the calendar: stories of hand-dealt clients, and laws of whole replications."""

import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import iopsim
from everything import EVERYTHING, run_everything
from hand import Story
from iopsim.experiments.journeys import ATTENDED, ENDINGS, LAPSE, LEFT, MISSED, PHASE, Found, chosen, journeys, season
from iopsim.record import CENSORED, NEVER, Exit
from iopsim.rulebook import write
from iopsim.trace import trace

PALMETTO = iopsim.load("scenarios/palmetto.toml")


def found(story: Story) -> Found:
    return Found(story.scenario, write(story.scenario), story.record())


def told(story: Story, name: str) -> list[str]:
    """A journey in lines: spans, marks, ending."""
    journey = found(story).journey(story.people().index(name))
    spans = [f"{_day(span.first)} to {_day(span.last)}: {span.label}" for span in journey.spans]
    marks = [f"{_day(mark.date)} {mark.kind}{f', {mark.words}' if mark.words else ''}" for mark in journey.marks]
    return [*spans, *marks, f"{_day(journey.ended)} {journey.ending}"]


def _day(date: datetime.date) -> str:
    return f"{date:%a} {date.day} {date:%b}"


def test_who_goes_away_first_waits_on_the_list_and_then_goes_from_phase_to_phase() -> None:
    story = Story(
        {
            "placement": {"this_program": 0.5, "higher": 0.1},
            "placement.withdrawal": {
                "share": 0.2, "return_probability": 0.5, "away": {"median_days": 5.0, "mean_days": 6.0},
            },
            "groups.evening.seats": 1,
        }
    )  # fmt: skip
    story.client("Ann", "Mon 4 Jan", away=("withdrawal", 7), absent=[(2, 1, True)])
    story.client("Bob", "Mon 4 Jan", leaves=2)
    assert told(story, "Ann") == [
        "Mon 4 Jan to Mon 11 Jan: elsewhere first",
        "Mon 11 Jan to Mon 18 Jan: on the waitlist",
        "Mon 18 Jan to Mon 1 Feb: intensive",
        "Mon 1 Feb to Mon 8 Feb: step_down",
        "Mon 18 Jan attended",
        "Tue 19 Jan attended",
        "Wed 20 Jan missed",
        "Mon 25 Jan attended",
        "Tue 26 Jan attended",
        "Wed 27 Jan attended",
        "Mon 1 Feb attended",
        "Mon 8 Feb completed the program",
    ]


def test_who_comes_back_has_one_journey_with_the_end_of_the_first_episode_marked() -> None:
    story = Story({"after.return_probability": 0.5, "after.return_days": 5.0, "after.most_episodes": 3, "weeks": 12})
    story.client("Ann", "Mon 4 Jan", leaves=1, relapses=3, calls_again=2)
    story.again("Ann", leaves=1)
    lines = told(story, "Ann")
    assert lines[:3] == [
        "Mon 4 Jan to Mon 11 Jan: intensive",
        "Sat 16 Jan to Mon 18 Jan: waiting for the assessment",
        "Mon 18 Jan to Mon 25 Jan: intensive",
    ]
    assert "Mon 11 Jan left, left for another reason" in lines
    assert lines[-1] == "Mon 25 Jan left for another reason"


def test_who_lapses_and_steps_up_is_in_the_first_phase_twice() -> None:
    story = Story({"lapse.per_week": 0.1, "lapse.step_up_probability": 0.4, "lapse.step_out_probability": 0.2})
    story.client("Ann", "Mon 4 Jan", lapses=[(3, "up")])
    journey = found(story).journey(0)
    assert [span.label for span in journey.spans] == ["intensive", "step_down", "intensive", "step_down"]
    assert [_day(mark.date) for mark in journey.marks if mark.kind == LAPSE] == ["Mon 25 Jan"]


def test_each_kind_of_journey_is_shown_once_before_any_twice() -> None:
    story = Story({"groups.evening.seats": 1, "weeks": 12})
    story.client("Zoe", "Mon 4 Jan")
    story.client("Yan", "Tue 5 Jan", drops_out=1)
    story.client("Ann", "Tue 5 Jan", patience=6)
    story.client("Bob", "Wed 6 Jan", patience=3)
    story.client("Cyd", "Wed 6 Jan", patience=9)
    story.client("Dan", "Thu 7 Jan", misses=2)
    names = story.people()
    assert [names[person] for person in chosen(found(story), 4)] == ["Zoe", "Yan", "Ann", "Dan"]
    assert [names[person] for person in chosen(found(story), 5)] == ["Zoe", "Yan", "Ann", "Dan", "Bob"]
    assert [names[person] for person in chosen(found(story), 1)] == ["Zoe"]
    assert sorted(names[person] for person in chosen(found(story), 99)) == sorted(names)


def test_those_of_a_year_of_palmetto_are_different_and_always_the_same() -> None:
    few = journeys(PALMETTO, 1, number=6)
    assert few == journeys(PALMETTO, 1, number=6)
    assert few[:4] == journeys(PALMETTO, 1, number=4)
    assert [journey.ending for journey in few[:4]] == [
        ENDINGS[place] for place in (Exit.COMPLETED, Exit.DROPPED_OUT, Exit.RENEGED, Exit.NO_SHOW)
    ]
    assert len({journey.name for journey in few}) == 6
    assert few != journeys(PALMETTO, 1, replication=1, number=6)
    for journey in few:
        assert trace(PALMETTO, 1, client=journey.name).title.startswith(f"{journey.name}: ")
        assert journey.called.isoformat() in journey.name and journey.name.startswith(journey.source)


def test_journeys_agree_with_the_record_for_everybody() -> None:
    run = run_everything(EVERYTHING)
    of = Found(run.scenario, run.book, run.record)
    record, clients, opening = run.record, run.record.clients, run.scenario.opening
    every = [of.journey(person) for person in of.people.tolist()]
    last_day = opening + datetime.timedelta(days=record.days - 1)
    for person, journey in zip(of.people.tolist(), every, strict=True):
        rows = np.flatnonzero(clients.first == person)
        spans = journey.spans
        assert all(span.first < span.last for span in spans)
        assert all(one.last <= other.first for one, other in pairwise(spans))
        in_phases = sum((span.last - span.first).days for span in spans if span.kind == PHASE)
        gone = np.where(clients.exit_day[rows] == NEVER, record.days, clients.exit_day[rows])
        admitted = clients.admitted_day[rows] != NEVER
        assert in_phases == (gone - clients.admitted_day[rows])[admitted].sum()
        kinds = [mark.kind for mark in journey.marks]
        assert kinds.count(ATTENDED) == (clients.attended + clients.made_up)[rows].sum()
        assert kinds.count(MISSED) == (clients.excused + clients.absent)[rows].sum()
        assert kinds.count(LAPSE) == clients.lapses[rows].sum()
        assert kinds.count(LEFT) == len(rows) - 1
        assert list(journey.marks) == sorted(journey.marks, key=lambda mark: mark.date)
        assert journey.over == (Exit(clients.exit[rows[-1]]) not in CENSORED)
        assert journey.over or journey.ended == last_day
        if spans and spans[-1].kind == PHASE:
            assert spans[-1].label == run.book.treatment.phase_names[clients.phase[rows[-1]]]
    assert {journey.ending for journey in every} > {ENDINGS[place] for place in (Exit.WAITING, Exit.IN_TREATMENT)}


def test_every_ending_has_words() -> None:
    assert set(ENDINGS) == set(Exit) and len(set(ENDINGS.values())) == len(Exit)


def test_without_clients_there_are_no_journeys_and_fewer_than_one_cannot_be_shown() -> None:
    quiet = iopsim.load(Path(__file__).parent / "plain.toml", ["referrals.*.per_week=0", "weeks=4"])
    assert journeys(quiet, 1) == ()
    with pytest.raises(ValueError, match="one journey or more"):
        journeys(quiet, 1, number=0)


def test_those_of_a_season_called_in_twelve_weeks_that_leave_time_for_treatment() -> None:
    calls = season(PALMETTO)
    assert (calls.start, calls.stop) == (7 * 32, 7 * 44)  # the middle of weeks 0 to 104 - 12 - 8 - 20
    few = journeys(PALMETTO, 1, number=6, calls=calls)
    dates = [PALMETTO.opening + datetime.timedelta(days=day) for day in (calls.start, calls.stop)]
    assert len(few) == 6 and all(dates[0] <= journey.called < dates[1] for journey in few)
    assert any(not dates[0] <= journey.called < dates[1] for journey in journeys(PALMETTO, 1, number=6))
    assert season(PALMETTO, 60) == range(7 * 62, 7 * 74)
    assert season(PALMETTO, 90) == range(7 * 90, 7 * 104)
    assert season(iopsim.load("scenarios/palmetto.toml", {"weeks": 30})) == range(210)

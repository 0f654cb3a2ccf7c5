"""Stories of attendance: absences, the rules about them, and the reason that is given for leaving."""

import pytest

from hand import Story, lines
from iopsim.record import Attendance


def test_a_run_of_three_unexcused_absences_ends_the_episode_at_the_next_review() -> None:
    story = Story({"phases.intensive.planned_weeks": 3})
    story.client("Ann", "Mon 4 Jan", absent=[(1, 3, False)])
    assert story.diary("referred", "booked", "assessed", "placed", "ready") == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Tue 5 Jan  Ann: absent from evening
        Wed 6 Jan  Ann: absent from evening
        Mon 11 Jan  Ann: absent from evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Mon 18 Jan  Ann: discharged, terminated
    """)
    ann = story.facts("Ann")
    assert (ann["scheduled"], ann["attended"], ann["absent"], ann["excused"]) == (6, 3, 3, 0)


def test_excused_absences_and_two_in_a_row_end_nothing() -> None:
    story = Story()
    story.client("Ann", "Mon 4 Jan", absent=[(0, 3, True), (1, 1, True)])
    story.client("Bob", "Mon 4 Jan", absent=[(0, 2, False), (1, 2, False)])
    assert story.diary("referred", "booked", "assessed", "placed", "ready", "due") == lines("""
        Mon 4 Jan  Ann: admitted to evening, excused from evening
        Mon 4 Jan  Bob: admitted to evening, absent from evening
        Tue 5 Jan  Ann: excused from evening
        Tue 5 Jan  Bob: absent from evening
        Wed 6 Jan  Ann: excused from evening
        Wed 6 Jan  Bob: attends evening
        Mon 11 Jan  Ann: attends evening
        Mon 11 Jan  Bob: absent from evening
        Tue 12 Jan  Ann: excused from evening
        Tue 12 Jan  Bob: absent from evening
        Wed 13 Jan  Ann: attends evening
        Wed 13 Jan  Bob: attends evening
        Mon 18 Jan  Ann: moves to step_down, attends evening
        Mon 18 Jan  Bob: moves to step_down
        Tue 19 Jan  Bob: attends evening
        Mon 25 Jan  Ann: discharged, completed
        Mon 25 Jan  Bob: discharged, completed
    """)
    assert story.facts("Ann")["first_session_day"] == story.day("Mon 11 Jan")


LONG = {"weeks": 20, "phases.intensive.planned_weeks": 18}


def absent_twice_a_week(weeks: int) -> list[tuple[int, int, bool]]:
    """Come on Mondays only, so many weeks long: one session attended, then two missed."""
    return [(1, 2, False)] * weeks


def test_a_seventh_unexcused_absence_within_twelve_weeks_ends_the_episode() -> None:
    story = Story(LONG)
    story.client("Ann", "Mon 4 Jan", absent=absent_twice_a_week(3))
    story.client("Bob", "Mon 4 Jan", absent=absent_twice_a_week(4))
    assert story.facts("Ann")["exit_day"] == 7 * 19
    assert story.facts("Ann")["absent"] == 6
    bob = story.facts("Bob")
    assert (bob["absent"], bob["exit_day"]) == (8, 28)
    assert story.exits() == {"Ann": "completed", "Bob": "terminated"}


@pytest.mark.parametrize(("sessions_between", "ending"), [(32, "terminated"), (33, "completed")])
def test_an_absence_twelve_weeks_ago_no_longer_counts(sessions_between: int, ending: str) -> None:
    """The first is on Tuesday 5 January; the seventh 84 days later, or on the last session before that."""
    story = Story({**LONG, "absence_rule.consecutive": "none"})
    story.client("Ann", "Mon 4 Jan", absent=[(1, 1, False), (1, 5, False), (sessions_between - 4, 1, False)])
    sessions = story.record().sessions
    absences = sessions.day[sessions.attendance == Attendance.ABSENT].tolist()
    assert absences[0] == story.day("Tue 5 Jan")
    assert len(absences) == 7
    assert absences[6] == 84 + 1 if ending == "completed" else absences[6] < 84 + 1
    assert story.exits() == {"Ann": ending}


def test_a_client_who_misses_every_second_session_begins_with_either_as_the_card_says() -> None:
    """The first session is missed by as many as any other: by half of the clients, not by all."""
    story = Story({"attendance.probability": 0.5, "attendance.absence_run_sessions": 1.0})
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Mon 4 Jan", absent=[(0, 1, False)])
    went = {name: [] for name in ("Ann", "Bob")}
    sessions = story.record().sessions
    for client, attendance in zip(sessions.client.tolist(), sessions.attendance.tolist(), strict=True):
        went[story.people()[client]].append(attendance == Attendance.ATTENDED)
    assert went["Ann"] == [True, False] * 3 + [True]
    assert went["Bob"] == [False, True] * 3 + [False]


def test_both_absence_rules_can_be_switched_off() -> None:
    story = Story({"absence_rule.consecutive": "none", "absence_rule.total": "none"})
    story.client("Ann", "Mon 4 Jan", absent=[(0, 9, False)])
    assert story.exits() == {"Ann": "completed"}
    assert (story.facts("Ann")["attended"], story.facts("Ann")["first_session_day"]) == (0, -1)


def test_of_several_reasons_in_one_week_the_gravest_is_given() -> None:
    story = Story({"groups.evening.seats": 7, "assessment.slots_per_day": 9})
    week = {"dies": 1, "incarcerated": 1, "drops_out": 1, "transferred": 1, "leaves": 1}
    names = list(week)
    for name in names:
        story.client(name, "Mon 4 Jan", **week)
        week.pop(name)
    story.client("terminated", "Mon 4 Jan", absent=[(0, 3, False)], drops_out=1, transferred=1)
    story.client("arrested", "Mon 4 Jan", absent=[(0, 3, False)], incarcerated=1)
    assert story.exits() == {
        "dies": "died",
        "incarcerated": "incarcerated",
        "drops_out": "dropped_out",
        "transferred": "transferred",
        "leaves": "other",
        "terminated": "terminated",
        "arrested": "incarcerated",
    }


def test_a_client_who_drops_out_at_the_last_review_has_not_completed() -> None:
    story = Story()
    story.client("Ann", "Mon 4 Jan", drops_out=3)
    story.client("Bob", "Mon 4 Jan", drops_out=4)
    assert story.exits() == {"Ann": "dropped_out", "Bob": "completed"}
    assert story.facts("Ann")["exit_day"] == story.facts("Bob")["exit_day"] == 21

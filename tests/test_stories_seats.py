"""Stories of seats by the night: freed, kept, given up, and filled again."""

import numpy as np

from few_seats import ONE_SEAT, ONLY_SEATS, TWO_GROUPS
from hand import Story, lines


def test_two_dropouts_at_the_same_review_free_two_seats_that_are_filled_the_same_day() -> None:
    story = Story({"groups.evening.seats": 2})
    story.client("Ann", "Mon 4 Jan", drops_out=1)
    story.client("Bob", "Mon 4 Jan", drops_out=1, lot=0.6)
    story.client("Cyd", "Wed 6 Jan", drops_out=1)
    story.client("Dee", "Thu 7 Jan", drops_out=1)
    assert story.diary("referred", "booked", "assessed", "placed") == lines("""
        Mon 4 Jan  Ann: ready today, admitted to evening, attends evening
        Mon 4 Jan  Bob: ready today, admitted to evening, attends evening
        Tue 5 Jan  Ann: attends evening
        Tue 5 Jan  Bob: attends evening
        Wed 6 Jan  Ann: attends evening
        Wed 6 Jan  Bob: attends evening
        Wed 6 Jan  Cyd: ready today
        Thu 7 Jan  Dee: ready today
        Mon 11 Jan  Ann: discharged, dropped out
        Mon 11 Jan  Bob: discharged, dropped out
        Mon 11 Jan  Cyd: admitted to evening, attends evening
        Mon 11 Jan  Dee: admitted to evening, attends evening
        Tue 12 Jan  Cyd: attends evening
        Tue 12 Jan  Dee: attends evening
        Wed 13 Jan  Cyd: attends evening
        Wed 13 Jan  Dee: attends evening
        Mon 18 Jan  Cyd: discharged, dropped out
        Mon 18 Jan  Dee: discharged, dropped out
    """)
    nights = story.record().nights
    assert nights.scheduled.tolist() == [2] * 6 + [0] * 18
    assert nights.attended.tolist() == nights.scheduled.tolist()


def test_a_client_in_step_down_takes_one_seat_a_week_and_leaves_two_to_nobody_who_needs_three() -> None:
    story = Story({**ONE_SEAT, "phases.step_down.planned_weeks": 2})
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Tue 5 Jan", leaves=1)
    story.client("Rex", "Tue 19 Jan", source="residential")
    assert story.diary("referred", "booked", "assessed", "placed", "ready") == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Tue 5 Jan  Ann: attends evening
        Wed 6 Jan  Ann: attends evening
        Mon 11 Jan  Ann: attends evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Mon 18 Jan  Ann: due in step_down, moves to step_down, attends evening
        Tue 19 Jan  Rex: admitted to evening, attends evening
        Mon 25 Jan  Ann: attends evening
        Tue 26 Jan  Rex: attends evening
        Mon 1 Feb  Ann: discharged, completed
        Tue 2 Feb  Bob: admitted to evening, attends evening
        Tue 2 Feb  Rex: discharged, completed
        Wed 3 Feb  Bob: attends evening
        Mon 8 Feb  Bob: attends evening
        Tue 9 Feb  Bob: discharged, other
    """)


def test_a_client_due_in_a_full_phase_keeps_the_old_seats_and_so_blocks_a_newcomer() -> None:
    story = Story({**TWO_GROUPS, "phases.step_down.planned_weeks": 3})
    story.client("Ann", "Mon 4 Jan")
    story.client("Rex", "Thu 7 Jan", source="residential")
    story.client("Bob", "Fri 8 Jan", leaves=1)
    assert story.diary("referred", "booked", "assessed", "placed", "ready") == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Tue 5 Jan  Ann: attends evening
        Wed 6 Jan  Ann: attends evening
        Thu 7 Jan  Rex: admitted to late, attends late
        Mon 11 Jan  Ann: attends evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Thu 14 Jan  Rex: attends late
        Mon 18 Jan  Ann: due in step_down, attends evening
        Tue 19 Jan  Ann: attends evening
        Wed 20 Jan  Ann: attends evening
        Thu 21 Jan  Rex: attends late
        Mon 25 Jan  Ann: attends evening
        Tue 26 Jan  Ann: attends evening
        Wed 27 Jan  Ann: attends evening
        Thu 28 Jan  Ann: moves to step_down, attends late
        Thu 28 Jan  Rex: discharged, completed
        Thu 28 Jan  Bob: admitted to evening
        Mon 1 Feb  Bob: attends evening
        Tue 2 Feb  Bob: attends evening
        Wed 3 Feb  Bob: attends evening
        Thu 4 Feb  Ann: attends late
        Thu 4 Feb  Bob: discharged, other
        Thu 11 Feb  Ann: attends late
        Thu 18 Feb  Ann: attends late
        Mon 22 Feb  Ann: discharged, completed
    """)
    ann = story.facts("Ann")
    assert (ann["due_day"], ann["moved_day"]) == (story.day("Mon 18 Jan"), story.day("Thu 28 Jan"))


def test_where_the_program_does_not_wait_the_client_leaves_and_the_seat_is_filled_the_same_day() -> None:
    story = Story({**TWO_GROUPS, "phases.step_down.planned_weeks": 3, "phases.step_down.when_full": "leave"})
    story.client("Ann", "Mon 4 Jan")
    story.client("Rex", "Thu 7 Jan", source="residential")
    story.client("Bob", "Fri 8 Jan", leaves=1)
    assert story.diary("referred", "booked", "assessed", "placed", "ready", "attends") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Thu 7 Jan  Rex: admitted to late
        Mon 18 Jan  Ann: due in step_down, discharged, other
        Mon 18 Jan  Bob: admitted to evening
        Mon 25 Jan  Bob: discharged, other
        Thu 28 Jan  Rex: discharged, completed
    """)
    ann = story.facts("Ann")
    assert (ann["exit_day"], ann["moved_day"]) == (ann["due_day"], -1)
    assert ann["scheduled"] == 6


def test_a_client_who_drops_out_while_waiting_for_step_down_gives_up_every_seat() -> None:
    story = Story({**TWO_GROUPS, "phases.step_down.planned_weeks": 4})
    story.client("Ann", "Mon 4 Jan", drops_out=3)
    story.client("Rex", "Thu 7 Jan", source="residential")
    story.client("Bob", "Fri 8 Jan", leaves=1)
    story.client("Cyd", "Fri 8 Jan", lot=0.6, leaves=1)
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Thu 7 Jan  Rex: admitted to late
        Mon 18 Jan  Ann: due in step_down
        Mon 25 Jan  Ann: discharged, dropped out
        Mon 25 Jan  Bob: admitted to evening
        Mon 1 Feb  Bob: discharged, other
        Mon 1 Feb  Cyd: admitted to evening
        Thu 4 Feb  Rex: discharged, completed
        Mon 8 Feb  Cyd: discharged, other
    """)


def test_of_two_due_on_one_day_the_lot_decides_who_moves_and_of_two_days_the_earlier() -> None:
    story = Story({**TWO_GROUPS, "groups.evening.seats": 3, "phases.step_down.planned_weeks": 2})
    story.client("Rex", "Mon 4 Jan", source="residential", lot=0.1)
    story.client("Ann", "Mon 4 Jan", lot=0.8)
    story.client("Bob", "Mon 4 Jan", lot=0.3)
    story.client("Cyd", "Tue 5 Jan", lot=0.1)
    moved = {name: story.date(story.facts(name)["moved_day"]) for name in ("Ann", "Bob", "Cyd")}
    assert moved == {"Bob": "Mon 18 Jan", "Ann": "Mon 1 Feb", "Cyd": "Mon 15 Feb"}


def test_a_seat_freed_by_a_discharge_goes_to_the_one_due_that_day_before_any_newcomer() -> None:
    story = Story({**TWO_GROUPS, "phases.step_down.when_full": "leave"})
    story.client("Ann", "Mon 4 Jan")
    story.client("Rex", "Mon 11 Jan", source="residential")
    story.client("Roy", "Tue 12 Jan", source="residential")
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 11 Jan  Rex: admitted to late
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 18 Jan  Rex: discharged, completed
        Mon 25 Jan  Ann: discharged, completed
        Mon 25 Jan  Roy: admitted to late
        Mon 1 Feb  Roy: discharged, completed
    """)


THREE_PHASES = {
    "weeks": 16,
    "phases.aftercare": {"nights_per_week": 1, "planned_weeks": 8},
    "groups.evening.serves": ["intensive"],
    "groups.late": {"nights": ["Thu"], "seats": 3, "serves": ["step_down"]},
    "groups.last": {"nights": ["Fri"], "seats": 1, "serves": ["aftercare"]},
}


def test_those_due_in_the_third_phase_move_in_the_order_in_which_they_became_due_in_it() -> None:
    """Ann was due to move for the first time before Rex ever was, and that gives her no precedence now."""
    story = Story({**THREE_PHASES, "phases.step_down.planned_weeks": 3, "phases.aftercare.planned_weeks": 4})
    story.client("Zoe", "Mon 4 Jan", source="residential")
    story.client("Rex", "Thu 7 Jan", source="residential")
    story.client("Ann", "Mon 4 Jan")
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Zoe: admitted to late
        Mon 4 Jan  Ann: admitted to evening
        Thu 7 Jan  Rex: admitted to late
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 25 Jan  Zoe: due in aftercare, moves to aftercare
        Thu 28 Jan  Rex: due in aftercare
        Mon 8 Feb  Ann: due in aftercare
        Mon 22 Feb  Zoe: discharged, completed
        Mon 22 Feb  Rex: moves to aftercare
        Thu 25 Mar  Ann: moves to aftercare
        Thu 25 Mar  Rex: discharged, completed
    """)
    moves = story.record().moves
    assert moves.due_day.tolist() == [story.day(day) for day in ("Mon 18 Jan", "Mon 25 Jan", "Thu 28 Jan", "Mon 8 Feb")]


def test_the_weeks_of_a_phase_are_whole_however_late_the_move() -> None:
    """Ann moves on Sunday; her one planned week of step-down is not over at the review of the next day."""
    story = Story({**TWO_GROUPS, "assessment.weekdays": ["Mon", "Sun"], "admission.weekdays": ["Mon", "Sun"]})
    story.client("Ann", "Mon 4 Jan")
    story.client("Rex", "Fri 15 Jan", source="residential")
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Sun 17 Jan  Rex: admitted to late
        Mon 18 Jan  Ann: due in step_down
        Sun 24 Jan  Ann: moves to step_down
        Sun 24 Jan  Rex: discharged, completed
        Mon 1 Feb  Ann: discharged, completed
    """)
    assert story.facts("Ann")["scheduled"] == 10, "nine sessions in the evening, one in step-down"


def test_a_seat_given_up_by_moving_on_goes_to_the_one_who_waits_to_move_into_it() -> None:
    story = Story({**THREE_PHASES, "groups.late.seats": 1, "groups.last.seats": 3, "phases.aftercare.planned_weeks": 2})
    story.client("Rex", "Mon 18 Jan", source="residential")
    story.client("Ann", "Mon 4 Jan", can_come_in=(7,), lot=0.1)
    story.client("Roy", "Tue 19 Jan", source="residential")
    moves = story.record().moves
    first = {name: int(np.flatnonzero(moves.client == story.people().index(name))[0]) for name in ("Ann", "Rex")}
    assert {int(moves.due_day[row]) for row in first.values()} == {story.day("Mon 25 Jan")}
    assert {int(moves.day[row]) for row in first.values()} == {story.day("Mon 25 Jan")}
    assert story.facts("Roy")["admitted_day"] > story.day("Mon 25 Jan")


def test_a_seat_given_up_by_moving_on_goes_to_the_first_who_waits_though_another_is_asked_sooner() -> None:
    """Ann is asked before Rex gives up his seat, and Bob after; but Ann stands before Bob."""
    story = Story({**THREE_PHASES, "groups.late.seats": 1, "groups.last.seats": 3, "phases.aftercare.planned_weeks": 2})
    story.client("Rex", "Mon 18 Jan", source="residential", lot=0.2)
    story.client("Ann", "Mon 11 Jan", lot=0.1)
    story.client("Bob", "Mon 11 Jan", lot=0.3)
    assert story.diary(*ONLY_SEATS)[3:6] == lines("""
        Mon 25 Jan  Ann: due in step_down, moves to step_down
        Mon 25 Jan  Bob: due in step_down
        Mon 25 Jan  Rex: due in aftercare, moves to aftercare
    """)


LEAVING_THIRD = {**THREE_PHASES, "groups.late.seats": 1, "phases.aftercare.when_full": "leave"}


def test_a_seat_given_up_for_want_of_a_next_one_goes_to_the_one_who_waits_to_move_into_it() -> None:
    """Rex leaves, as aftercare is full; Ann waits for his seat, and Roy would like it too."""
    story = Story(LEAVING_THIRD)
    story.client("Zoe", "Mon 11 Jan", source="residential", lot=0.1)
    story.client("Rex", "Mon 18 Jan", source="residential", lot=0.2)
    story.client("Ann", "Mon 11 Jan", lot=0.1)
    story.client("Roy", "Tue 19 Jan", source="residential")
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 11 Jan  Zoe: admitted to late
        Mon 11 Jan  Ann: admitted to evening
        Mon 18 Jan  Zoe: due in aftercare, moves to aftercare
        Mon 18 Jan  Rex: admitted to late
        Mon 25 Jan  Ann: due in step_down, moves to step_down
        Mon 25 Jan  Rex: due in aftercare, discharged, other
        Mon 1 Feb  Ann: due in aftercare, discharged, other
        Mon 1 Feb  Roy: admitted to late
        Mon 8 Feb  Roy: due in aftercare, discharged, other
        Mon 15 Mar  Zoe: discharged, completed
    """)


def test_a_client_goes_to_the_open_group_with_most_room() -> None:
    story = Story({"groups.morning": {"nights": ["Mon", "Tue", "Wed"], "seats": 4, "first_week": 1}})
    for name, lot in {"Ann": 0.1, "Bob": 0.2, "Cyd": 0.3, "Dee": 0.4, "Eve": 0.5, "Fay": 0.6}.items():
        story.client(name, "Mon 4 Jan", lot=lot)
    assert story.diary("referred", "booked", "assessed", "placed", "ready", "attends")[:7] == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 4 Jan  Cyd: admitted to evening
        Mon 11 Jan  Dee: admitted to morning
        Mon 11 Jan  Eve: admitted to morning
        Mon 11 Jan  Fay: admitted to morning
        Mon 18 Jan  Ann: due in step_down, moves to step_down
    """)
    assert (story.record().nights.day[story.record().nights.night >= 3]).min() == 7


def test_a_group_that_opens_later_takes_nobody_before() -> None:
    story = Story({"groups.evening.first_week": 2})
    story.client("Ann", "Mon 4 Jan", leaves=1)
    story.client("Bob", "Tue 5 Jan", patience=13)
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 18 Jan  Ann: admitted to evening
        Mon 18 Jan  Bob: reneges
        Mon 25 Jan  Ann: discharged, other
    """)
    assert story.record().nights.day[0] == 14

"""Stories: a few clients, a deck dealt by hand, and the whole diary of what becomes of them."""

import datetime

import numpy as np
import pytest

from hand import Story, lines
from iopsim.record import Attendance

# From the door to completion


def test_one_client_goes_through_both_phases_and_completes() -> None:
    story = Story()
    story.client("Ann", "Mon 4 Jan")
    assert story.diary("placed") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, assessed, ready today, admitted to evening, attends evening
        Tue 5 Jan  Ann: attends evening
        Wed 6 Jan  Ann: attends evening
        Mon 11 Jan  Ann: attends evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Mon 18 Jan  Ann: due in step_down, moves to step_down, attends evening
        Mon 25 Jan  Ann: discharged, completed
    """)
    ann = story.facts("Ann")
    assert ann["exit_day"] - ann["admitted_day"] == 7 * (2 + 1)
    assert ann["due_day"] == ann["moved_day"] == story.day("Mon 18 Jan")
    assert (ann["scheduled"], ann["attended"], ann["excused"], ann["absent"]) == (7, 7, 0, 0)
    assert ann["first_session_day"] == story.day("Mon 4 Jan")


def test_a_treatment_week_is_seven_days_from_admission_whatever_the_weekday() -> None:
    story = Story()
    story.client("Ann", "Wed 6 Jan")
    assert story.diary("referred", "booked", "assessed", "placed", "ready") == lines("""
        Wed 6 Jan  Ann: admitted to evening, attends evening
        Mon 11 Jan  Ann: attends evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Mon 18 Jan  Ann: attends evening
        Tue 19 Jan  Ann: attends evening
        Wed 20 Jan  Ann: due in step_down, moves to step_down
        Mon 25 Jan  Ann: attends evening
        Wed 27 Jan  Ann: discharged, completed
    """)
    assert story.facts("Ann")["exit_day"] - story.facts("Ann")["admitted_day"] == 21


def test_the_way_in_takes_the_days_that_the_client_needs() -> None:
    story = Story()
    story.client("Ann", "Mon 4 Jan", can_come_in=(3,), ready_in=4, leaves=1)
    story.client("Bob", "Fri 8 Jan", can_come_in=(1,), ready_in=1, leaves=1)
    assert story.diary("attends") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for Thu 7 Jan
        Thu 7 Jan  Ann: assessed, placed here, ready Mon 11 Jan
        Fri 8 Jan  Bob: referred by self, booked for Mon 11 Jan
        Mon 11 Jan  Ann: admitted to evening
        Mon 11 Jan  Bob: assessed, placed here, ready Tue 12 Jan
        Tue 12 Jan  Bob: admitted to evening
        Mon 18 Jan  Ann: discharged, other
        Tue 19 Jan  Bob: discharged, other
    """)


def test_the_assessment_sends_clients_to_four_places() -> None:
    story = Story()
    for name, card in {"Ann": 0.599, "Bob": 0.601, "Cyd": 0.801, "Dee": 0.951}.items():
        story.client(name, "Mon 4 Jan", placement=card)
    assert story.exits() == {
        "Ann": "completed",
        "Bob": "placed_higher",
        "Cyd": "placed_lower",
        "Dee": "declined",
    }
    assert story.facts("Bob")["exit_day"] == story.day("Mon 4 Jan")
    assert story.facts("Bob")["joined_day"] == -1


# The diary of the assessors


def test_a_client_who_does_not_show_calls_again_the_next_day_and_after_the_second_time_is_lost() -> None:
    story = Story({"assessment.slots_per_day": 1})
    story.client("Ann", "Mon 4 Jan", misses=2)
    story.client("Bob", "Fri 8 Jan", misses=1, leaves=1)
    story.client("Cyd", "Thu 14 Jan", misses=1, rebooks=0)
    assert story.diary("attends") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, no-show
        Tue 5 Jan  Ann: booked for today, no-show, lost
        Fri 8 Jan  Bob: referred by self, booked for today, no-show
        Sat 9 Jan  Bob: booked for Mon 11 Jan
        Mon 11 Jan  Bob: assessed, placed here, ready today, admitted to evening
        Thu 14 Jan  Cyd: referred by self, booked for today, no-show, lost
        Mon 18 Jan  Bob: discharged, other
    """)
    assert story.facts("Ann")["appointments"] == 2
    assert story.facts("Ann")["exit_day"] == story.day("Tue 5 Jan")
    appointments = story.record().appointments
    assert appointments.client.tolist() == [0, 0, 1, 1, 2]
    assert appointments.attempt.tolist() == [0, 1, 0, 1, 0]
    assert appointments.booked_day.tolist() == [0, 1, 4, 5, 10]
    assert appointments.wanted_day.tolist() == appointments.day.tolist() == [0, 1, 4, 7, 10]


def test_three_callers_share_one_slot_a_day_by_priority_then_referral_day_then_lot() -> None:
    story = Story({"assessment.slots_per_day": 1})
    story.client("Ann", "Mon 4 Jan", misses=1, rebooks=1)
    story.client("Bob", "Tue 5 Jan", lot=0.9)
    story.client("Cyd", "Tue 5 Jan", lot=0.1)
    story.client("Dee", "Tue 5 Jan", source="hospital", lot=0.99)
    days = {name: story.date(story.facts(name)["assessed_day"]) for name in story.people()}
    assert days == {"Dee": "Tue 5 Jan", "Ann": "Wed 6 Jan", "Cyd": "Thu 7 Jan", "Bob": "Fri 8 Jan"}
    appointments = story.record().appointments
    assert set(appointments.wanted_day[appointments.booked_day == 1]) == {1}, "all could have come on Tuesday"


def test_a_slot_once_booked_stays_lost_when_the_client_does_not_come() -> None:
    story = Story({"assessment.slots_per_day": 1})
    story.client("Ann", "Mon 4 Jan", misses=1, rebooks=0, lot=0.1)
    story.client("Bob", "Mon 4 Jan", leaves=1)
    assert story.diary("attends", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, no-show, lost
        Mon 4 Jan  Bob: referred by self, booked for Tue 5 Jan
        Tue 5 Jan  Bob: assessed, placed here, ready today, admitted to evening
    """)


def test_without_same_day_assessment_every_call_waits_for_another_day() -> None:
    story = Story({"assessment.same_day": False})
    story.client("Ann", "Thu 7 Jan", misses=1, leaves=1)
    story.client("Bob", "Thu 7 Jan", can_come_in=(1,), leaves=1)
    story.client("Cyd", "Thu 7 Jan", can_come_in=(2,), leaves=1)
    assert story.diary("attends", "placed", "ready", "admitted", "discharged") == lines("""
        Thu 7 Jan  Ann: referred by self, booked for Fri 8 Jan
        Thu 7 Jan  Bob: referred by self, booked for Fri 8 Jan
        Thu 7 Jan  Cyd: referred by self, booked for Mon 11 Jan
        Fri 8 Jan  Ann: no-show
        Fri 8 Jan  Bob: assessed
        Sat 9 Jan  Ann: booked for Mon 11 Jan
        Mon 11 Jan  Ann: assessed
        Mon 11 Jan  Cyd: assessed
    """)


# The line for a seat

ONE_SEAT = {"groups.evening.seats": 1}
ONLY_SEATS = ("referred", "booked", "assessed", "placed", "ready", "attends")


def test_the_seat_goes_by_priority_then_by_day_of_joining_then_by_lot() -> None:
    story = Story(ONE_SEAT)
    story.client("Zoe", "Mon 4 Jan", leaves=1)
    story.client("Ann", "Tue 5 Jan", lot=0.9, leaves=1)
    story.client("Cyd", "Wed 6 Jan", lot=0.6, leaves=1)
    story.client("Dee", "Wed 6 Jan", lot=0.4, leaves=1)
    story.client("Bob", "Thu 7 Jan", source="hospital", lot=0.99, leaves=1)
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Zoe: admitted to evening
        Mon 11 Jan  Zoe: discharged, other
        Mon 11 Jan  Bob: admitted to evening
        Mon 18 Jan  Ann: admitted to evening
        Mon 18 Jan  Bob: discharged, other
        Mon 25 Jan  Ann: discharged, other
        Mon 25 Jan  Dee: admitted to evening
        Mon 1 Feb  Cyd: admitted to evening
        Mon 1 Feb  Dee: discharged, other
        Mon 8 Feb  Cyd: discharged, other
    """)


def test_of_three_who_join_on_one_day_with_one_lot_the_first_in_the_cohort_goes_first() -> None:
    story = Story(ONE_SEAT)
    story.client("Cyd", "Mon 4 Jan", leaves=1)
    story.client("Ann", "Mon 4 Jan", leaves=1)
    story.client("Bob", "Mon 4 Jan", leaves=1)
    admitted = {name: story.facts(name)["admitted_day"] for name in ("Cyd", "Ann", "Bob")}
    assert admitted == {"Cyd": 0, "Ann": 7, "Bob": 14}


def test_a_client_who_gives_up_on_the_very_day_on_which_a_seat_frees_is_gone_before_it_is_free() -> None:
    story = Story(ONE_SEAT)
    story.client("Zoe", "Mon 4 Jan", leaves=1)
    story.client("Ann", "Tue 5 Jan", patience=6)
    story.client("Bob", "Wed 6 Jan", patience=6, leaves=1)
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Zoe: admitted to evening
        Mon 11 Jan  Zoe: discharged, other
        Mon 11 Jan  Ann: reneges
        Mon 11 Jan  Bob: admitted to evening
        Mon 18 Jan  Bob: discharged, other
    """)
    assert story.facts("Ann")["exit_day"] == story.day("Mon 11 Jan")
    assert story.facts("Ann")["admitted_day"] == -1


def test_the_shortest_patience_lasts_through_the_day_of_joining_and_its_night() -> None:
    story = Story(ONE_SEAT)
    story.client("Ann", "Tue 5 Jan", patience=1, ready_in=1)
    story.client("Bob", "Tue 5 Jan", patience=2, ready_in=1, leaves=1)
    story.client("Cyd", "Tue 5 Jan", patience=1, leaves=1, lot=0.9)
    assert story.exits() == {"Ann": "reneged", "Bob": "reneged", "Cyd": "other"}
    assert story.facts("Ann")["exit_day"] == story.day("Wed 6 Jan")
    assert story.facts("Bob")["exit_day"] == story.day("Thu 7 Jan")
    assert story.facts("Cyd")["admitted_day"] == story.day("Tue 5 Jan")


def test_who_does_not_fit_on_the_list_balks_and_those_on_it_stay_whatever_the_priority() -> None:
    story = Story({**ONE_SEAT, "waitlist.limit": 1})
    story.client("Zoe", "Mon 4 Jan", leaves=1)
    story.client("Ann", "Tue 5 Jan", lot=0.7)
    story.client("Bob", "Tue 5 Jan", lot=0.2, leaves=1)
    story.client("Cyd", "Wed 6 Jan", source="hospital")
    story.client("Dee", "Mon 11 Jan", leaves=1)
    story.client("Eve", "Mon 11 Jan", lot=0.6)
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Zoe: admitted to evening
        Tue 5 Jan  Ann: balks
        Wed 6 Jan  Cyd: balks
        Mon 11 Jan  Zoe: discharged, other
        Mon 11 Jan  Bob: admitted to evening
        Mon 11 Jan  Eve: balks
        Mon 18 Jan  Bob: discharged, other
        Mon 18 Jan  Dee: admitted to evening
        Mon 25 Jan  Dee: discharged, other
    """)
    assert story.facts("Ann")["joined_day"] == story.facts("Ann")["exit_day"] == story.day("Tue 5 Jan")


def test_without_a_waitlist_who_is_not_ready_on_the_day_balks_though_a_seat_is_free() -> None:
    story = Story({"waitlist.limit": 0})
    story.client("Ann", "Mon 4 Jan", ready_in=1)
    story.client("Bob", "Mon 4 Jan", leaves=1)
    assert story.exits() == {"Ann": "balked", "Bob": "other"}


def test_clients_start_on_the_admission_days_only() -> None:
    story = Story({"admission.weekdays": ["Tue"]})
    story.client("Ann", "Mon 4 Jan", leaves=1)
    story.client("Bob", "Tue 5 Jan", leaves=1)
    story.client("Cyd", "Wed 6 Jan", leaves=1)
    assert story.diary(*ONLY_SEATS) == lines("""
        Tue 5 Jan  Ann: admitted to evening
        Tue 5 Jan  Bob: admitted to evening
        Tue 12 Jan  Ann: discharged, other
        Tue 12 Jan  Bob: discharged, other
        Tue 12 Jan  Cyd: admitted to evening
        Tue 19 Jan  Cyd: discharged, other
    """)
    intake = story.record().intake
    assert (intake.day.tolist(), intake.ready.tolist(), intake.admitted.tolist()) == ([1, 8], [2, 1], [2, 1])


TWO_GROUPS = {
    "groups.evening.seats": 1,
    "groups.evening.serves": ["intensive"],
    "groups.late": {"nights": ["Thu"], "seats": 1, "serves": ["step_down"]},
}


@pytest.mark.parametrize(
    ("when", "told", "no_seat"),
    [
        ("pass_over", "Wed 6 Jan  Rex: admitted to late", [1, 1]),
        ("hold_the_line", "Mon 11 Jan  Rex: admitted to late", [1, 2]),
    ],
)
def test_who_enters_step_down_passes_one_who_waits_for_the_evening_unless_the_line_is_held(
    when: str, told: str, no_seat: list[int]
) -> None:
    story = Story({**TWO_GROUPS, "waitlist.when_first_does_not_fit": when})
    story.client("Zoe", "Mon 4 Jan", leaves=1)
    story.client("Ann", "Tue 5 Jan", source="hospital", leaves=1)
    story.client("Rex", "Wed 6 Jan", source="residential")
    assert told in story.diary(*ONLY_SEATS)
    assert story.exits() == {"Zoe": "other", "Ann": "other", "Rex": "completed"}
    intake = story.record().intake
    assert intake.no_seat[(intake.day == 1) | (intake.day == 2)].tolist() == no_seat
    rex = story.facts("Rex")
    assert rex["due_day"] == rex["moved_day"] == -1
    assert rex["exit_day"] - rex["admitted_day"] == 7


def test_one_who_is_not_ready_yet_does_not_hold_the_line() -> None:
    story = Story({**ONE_SEAT, "waitlist.when_first_does_not_fit": "hold_the_line"})
    story.client("Ann", "Mon 4 Jan", source="hospital", ready_in=1)
    story.client("Bob", "Mon 4 Jan", leaves=1)
    assert story.facts("Bob")["admitted_day"] == story.day("Mon 4 Jan")
    assert story.facts("Ann")["admitted_day"] == story.day("Mon 11 Jan")


def test_seats_stay_empty_while_every_counselor_has_all_the_clients_one_can_carry() -> None:
    story = Story({"staff.counselor": {"people": 2, "caseload": 1}, "groups.evening.seats": 3})
    story.client("Ann", "Mon 4 Jan", leaves=1)
    story.client("Bob", "Mon 4 Jan", lot=0.6)
    story.client("Cyd", "Tue 5 Jan", leaves=1)
    assert story.diary(*ONLY_SEATS) == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 11 Jan  Ann: discharged, other
        Mon 11 Jan  Cyd: admitted to evening
        Mon 18 Jan  Bob: due in step_down, moves to step_down
        Mon 18 Jan  Cyd: discharged, other
        Mon 25 Jan  Bob: discharged, completed
    """)
    intake = story.record().intake
    assert intake.day.tolist() == [0, 1, 2, 3, 4, 7]
    assert intake.ready.tolist() == [2, 1, 1, 1, 1, 1]
    assert intake.admitted.tolist() == [2, 0, 0, 0, 0, 1]
    assert intake.no_seat.tolist() == [0] * 6
    assert intake.no_caseload.tolist() == [0, 1, 1, 1, 1, 0]


# Seats by the night


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


# Attendance


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


# Days on which the clinic is closed


def test_a_holiday_has_no_assessment_no_admission_and_no_group_but_a_review_and_a_telephone() -> None:
    story = Story({"calendar.holidays": "US"})  # Monday 18 January 2027 is Martin Luther King Jr. Day
    story.client("Ann", "Mon 4 Jan", drops_out=2)
    story.client("Bob", "Wed 13 Jan", leaves=1)
    story.client("Cyd", "Fri 15 Jan", can_come_in=(1,), leaves=1)
    story.client("Dee", "Mon 18 Jan", leaves=1)
    assert story.diary("placed") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, assessed, ready today, admitted to evening, attends evening
        Tue 5 Jan  Ann: attends evening
        Wed 6 Jan  Ann: attends evening
        Mon 11 Jan  Ann: attends evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Wed 13 Jan  Bob: referred by self, booked for today, assessed, ready today, admitted to evening, attends evening
        Fri 15 Jan  Cyd: referred by self, booked for Tue 19 Jan
        Mon 18 Jan  Ann: discharged, dropped out
        Mon 18 Jan  Dee: referred by self, booked for Tue 19 Jan
        Tue 19 Jan  Bob: attends evening
        Tue 19 Jan  Cyd: assessed, ready today, admitted to evening, attends evening
        Tue 19 Jan  Dee: assessed, ready today, admitted to evening, attends evening
        Wed 20 Jan  Bob: discharged, other
        Wed 20 Jan  Cyd: attends evening
        Wed 20 Jan  Dee: attends evening
        Mon 25 Jan  Cyd: attends evening
        Mon 25 Jan  Dee: attends evening
        Tue 26 Jan  Cyd: discharged, other
        Tue 26 Jan  Dee: discharged, other
    """)
    assert story.day("Mon 18 Jan") not in story.record().nights.day


def test_a_closure_closes_its_first_and_its_last_day_and_an_open_holiday_is_a_day_like_others() -> None:
    day = datetime.date
    story = Story(
        {
            "calendar.holidays": "US",
            "calendar.open_on": [day(2027, 1, 18)],
            "calendar.closures": [{"first": day(2027, 1, 5), "last": day(2027, 1, 11)}, day(2027, 1, 20)],
        }
    )
    story.client("Ann", "Mon 4 Jan")
    assert story.diary("referred", "booked", "assessed", "placed", "ready") == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Tue 12 Jan  Ann: attends evening
        Wed 13 Jan  Ann: attends evening
        Mon 18 Jan  Ann: due in step_down, moves to step_down, attends evening
        Mon 25 Jan  Ann: discharged, completed
    """)
    assert story.record().nights.day.tolist()[:5] == [0, 8, 9, 14, 15]


# The first and the last day


def test_the_last_day_of_the_run_is_a_whole_day() -> None:
    story = Story({"weeks": 3, "assessment.weekdays": ["Mon", "Sun"], "referrals.self.weekdays.Sun": 1.0})
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Mon 4 Jan", can_come_in=(20,))
    story.client("Cyd", "Mon 11 Jan", leaves=2)
    story.client("Dee", "Sun 24 Jan", misses=1)
    story.client("Eve", "Tue 19 Jan", can_come_in=(6,))
    assert story.diary("attends", "placed", "due") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, assessed, ready today, admitted to evening
        Mon 4 Jan  Bob: referred by self, booked for Sun 24 Jan
        Mon 11 Jan  Cyd: referred by self, booked for today, assessed, ready today, admitted to evening
        Mon 18 Jan  Ann: moves to step_down
        Tue 19 Jan  Eve: referred by self, booked for later
        Sun 24 Jan  Bob: assessed, ready today
        Sun 24 Jan  Dee: referred by self, booked for today, no-show
    """)
    assert story.exits() == {
        "Ann": "in_treatment",
        "Bob": "waiting",
        "Cyd": "in_treatment",
        "Dee": "awaiting_assessment",
        "Eve": "awaiting_assessment",
    }
    appointments = story.record().appointments
    assert appointments.day[appointments.client == story.people().index("Eve")].tolist() == [21]
    assert all(story.facts(name)["exit_day"] == -1 for name in story.people())

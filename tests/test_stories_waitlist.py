"""Stories of the line for a seat: who goes first, who gives up, and who does not fit."""

import pytest

from few_seats import ONE_SEAT, ONLY_SEATS, TWO_GROUPS
from hand import Story, lines


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

"""Stories: a few clients, a deck dealt by hand, and the whole diary of what becomes of them.

Here: from the door to completion, the diary of the assessors, and days that are unlike others. How clients wait for a
seat, sit in it and come to it is told in test_stories_waitlist.py, test_stories_seats.py and
test_stories_attendance.py.
"""

import datetime

from hand import Story, lines

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

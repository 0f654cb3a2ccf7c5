"""Stories of the whole clinic, staff and groups: posts that stand empty, nights without staff, and growth."""

import datetime

from hand import Story, lines
from iopsim.record import Night
from whole_stories import FACILITATOR, WAY_IN

COUNSELOR = {"people": 1, "caseload": 2, "leave_weeks_per_year": 0, "vacant_caseload_share": 0.5, "duties": []}


def test_the_caseload_of_one_who_quits_goes_to_colleagues_who_then_take_nobody() -> None:
    story = Story({"staff.counselor": {**COUNSELOR, "people": 2}, "groups.evening.seats": 6})
    story.staff_leaves("counselor", 1, after_days=9, vacant_days=7)
    for k, name in enumerate(("Ann", "Bob", "Cyd", "Dee", "Eve")):
        story.client(name, "Mon 4 Jan", lot=0.1 + 0.1 * k)
    assert story.diary(*WAY_IN, "attends", "due", counselors=True) == lines("""
        Mon 4 Jan  Ann: admitted to evening, gets counselor 1
        Mon 4 Jan  Bob: admitted to evening, gets counselor 2
        Mon 4 Jan  Cyd: admitted to evening, gets counselor 1
        Mon 4 Jan  Dee: admitted to evening, gets counselor 2
        Wed 13 Jan  Ann: changes to counselor 2
        Wed 13 Jan  Cyd: changes to counselor 2
        Mon 18 Jan  Ann: moves to step_down
        Mon 18 Jan  Bob: moves to step_down
        Mon 18 Jan  Cyd: moves to step_down
        Mon 18 Jan  Dee: moves to step_down
        Mon 25 Jan  Ann: discharged, completed
        Mon 25 Jan  Bob: discharged, completed
        Mon 25 Jan  Cyd: discharged, completed
        Mon 25 Jan  Dee: discharged, completed
        Mon 25 Jan  Eve: admitted to evening, gets counselor 1
        Mon 8 Feb  Eve: moves to step_down
        Mon 15 Feb  Eve: discharged, completed
    """)
    assert story.facts("Ann")["counselor_changes"] == 1


def test_without_a_colleague_the_empty_post_keeps_its_clients_and_the_successor_is_new_to_them() -> None:
    story = Story({"staff.counselor": COUNSELOR, "groups.evening.seats": 6})
    story.staff_leaves("counselor", 1, after_days=9, vacant_days=7)
    story.client("Ann", "Mon 4 Jan", lot=0.1)
    story.client("Bob", "Mon 4 Jan", lot=0.2)
    story.client("Cyd", "Fri 8 Jan")
    assert story.diary(*WAY_IN, "attends", "due", counselors=True) == lines("""
        Mon 4 Jan  Ann: admitted to evening, gets counselor 1
        Mon 4 Jan  Bob: admitted to evening, gets counselor 1
        Mon 18 Jan  Ann: moves to step_down
        Mon 18 Jan  Bob: moves to step_down
        Wed 20 Jan  Ann: changes to counselor 1
        Wed 20 Jan  Bob: changes to counselor 1
        Mon 25 Jan  Ann: discharged, completed
        Mon 25 Jan  Bob: discharged, completed
        Mon 25 Jan  Cyd: admitted to evening, gets counselor 1
        Mon 8 Feb  Cyd: moves to step_down
        Mon 15 Feb  Cyd: discharged, completed
    """)


def test_a_night_without_a_facilitator_is_covered_or_cancelled() -> None:
    story = Story({"staff.counselor": {**FACILITATOR, "sick_days_per_year": 20.0, "cover_probability": 0.5}})
    story.staff_sick("counselor", 1, "Tue 5 Jan", 2)
    story.nobody_covers("evening", "Wed 6 Jan")
    story.client("Ann", "Mon 4 Jan", leaves=1)
    assert story.diary(*WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Tue 5 Jan  Ann: attends evening
        Mon 11 Jan  Ann: discharged, other
    """)
    nights = story.record().nights
    told = zip(
        *(column[:3].tolist() for column in (nights.status, nights.staff, nights.cover, nights.short)), strict=True
    )
    assert list(told) == [(Night.HELD, 1, 0, 0), (Night.HELD, 0, 1, 0), (Night.NO_STAFF, 0, 0, 1)]
    assert story.facts("Ann")["scheduled"] == 2


def test_one_counselor_cannot_be_in_two_groups_at_a_time_while_the_other_is_sick() -> None:
    story = Story(
        {
            "staff.counselor": {**FACILITATOR, "people": 2, "sick_days_per_year": 20.0, "cover_probability": 0.0},
            "groups.evening.seats": 1,
            "groups.late": {"nights": ["Mon", "Tue", "Wed"], "start": datetime.time(18, 30), "seats": 1},
            "groups.after": {"nights": ["Mon", "Tue", "Wed"], "start": datetime.time(20, 30), "seats": 1},
        }
    )
    story.staff_sick("counselor", 2, "Tue 5 Jan", 2)
    story.client("Ann", "Mon 4 Jan", lot=0.1, leaves=1)
    story.client("Bob", "Mon 4 Jan", lot=0.2, leaves=1)
    story.client("Cyd", "Mon 4 Jan", lot=0.3, leaves=1)
    assert story.diary(*WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Mon 4 Jan  Bob: admitted to late, attends late
        Mon 4 Jan  Cyd: admitted to after, attends after
        Tue 5 Jan  Ann: attends evening
        Tue 5 Jan  Cyd: attends after
        Wed 6 Jan  Ann: attends evening
        Wed 6 Jan  Cyd: attends after
        Mon 11 Jan  Ann: discharged, other
        Mon 11 Jan  Bob: discharged, other
        Mon 11 Jan  Cyd: discharged, other
    """)


def test_a_night_with_too_few_clients_is_cancelled() -> None:
    story = Story({"groups.evening.smallest_census": 2})
    story.client("Ann", "Mon 4 Jan", leaves=2)
    story.client("Bob", "Mon 11 Jan", leaves=1)
    assert story.diary(*WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 11 Jan  Ann: attends evening
        Mon 11 Jan  Bob: admitted to evening, attends evening
        Tue 12 Jan  Ann: attends evening
        Tue 12 Jan  Bob: attends evening
        Wed 13 Jan  Ann: attends evening
        Wed 13 Jan  Bob: attends evening
        Mon 18 Jan  Ann: discharged, other
        Mon 18 Jan  Bob: discharged, other
    """)


def test_a_group_for_some_is_theirs_first_and_closed_to_others() -> None:
    story = Story(
        {
            "traits.woman": {"share": 0.5},
            "groups.women": {
                "nights": ["Mon", "Tue", "Wed"],
                "start": datetime.time(9),
                "seats": 1,
                "for_traits": ["woman"],
            },
            "groups.evening.seats": 2,
        }
    )
    story.client("Ann", "Mon 4 Jan", lot=0.5, traits=["woman"], leaves=1)
    story.client("Bob", "Mon 4 Jan", lot=0.6, leaves=1)
    story.client("Cyd", "Mon 4 Jan", lot=0.7, traits=["woman"], leaves=1)
    story.client("Dan", "Mon 4 Jan", lot=0.8, leaves=1)
    assert story.diary(*WAY_IN, "attends", "discharged") == lines("""
        Mon 4 Jan  Ann: admitted to women
        Mon 4 Jan  Bob: admitted to evening
        Mon 4 Jan  Cyd: admitted to evening
        Mon 11 Jan  Dan: admitted to evening
    """)


def test_a_cohort_takes_clients_only_when_it_begins() -> None:
    story = Story({"groups.evening.admission": "cohort", "groups.evening.cohort_weeks": 3})
    story.client("Ann", "Tue 5 Jan", leaves=1)
    story.client("Bob", "Mon 11 Jan", leaves=1)
    story.client("Cyd", "Mon 25 Jan", leaves=1)
    assert story.diary(*WAY_IN, "attends") == lines("""
        Tue 5 Jan  Ann: admitted to evening
        Tue 12 Jan  Ann: discharged, other
        Mon 25 Jan  Bob: admitted to evening
        Mon 25 Jan  Cyd: admitted to evening
        Mon 1 Feb  Bob: discharged, other
        Mon 1 Feb  Cyd: discharged, other
    """)


def test_a_group_opens_when_enough_have_waited_for_enough_mondays() -> None:
    story = Story(
        {
            "groups.evening.seats": 1,
            "groups.late": {
                "nights": ["Mon", "Tue", "Wed"],
                "start": datetime.time(19),
                "seats": 2,
                "opens_when_waiting": 2,
                "opens_after_weeks": 2,
                "opens_lead_weeks": 1,
            },
        }
    )
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Tue 5 Jan", leaves=1)
    story.client("Cyd", "Wed 6 Jan", leaves=1)
    assert story.diary(*WAY_IN, "attends", "due", "discharged") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 18 Jan  Ann: moves to step_down
        Mon 25 Jan  Bob: admitted to late
        Mon 25 Jan  Cyd: admitted to evening
    """)
    nights = story.record().nights
    assert nights.day[nights.night >= 3].min() == story.day("Mon 25 Jan")


def test_one_more_counselor_is_hired_when_the_caseload_was_too_large_for_enough_mondays() -> None:
    story = Story(
        {
            "staff.counselor": {**COUNSELOR, "hire_when_caseload": 1, "hire_after_weeks": 1, "hire_lead_weeks": 0},
            "phases.intensive.planned_weeks": 4,
        }
    )
    for k, name in enumerate(("Ann", "Bob", "Cyd")):
        story.client(name, "Mon 4 Jan", lot=0.1 + 0.1 * k, leaves=3)
    assert story.diary(*WAY_IN, "attends", counselors=True) == lines("""
        Mon 4 Jan  Ann: admitted to evening, gets counselor 1
        Mon 4 Jan  Bob: admitted to evening, gets counselor 1
        Mon 11 Jan  Cyd: admitted to evening, gets counselor 2
        Mon 25 Jan  Ann: discharged, other
        Mon 25 Jan  Bob: discharged, other
        Mon 1 Feb  Cyd: discharged, other
    """)
    assert story.record().posts.first_day.tolist() == [0, 7]

"""Stories of the whole clinic, the way in: detours, assessors, payers, priority, interim services, and levers."""

import datetime

from hand import Story, lines
from iopsim.measures.capacity import held_back_by_slots, held_back_without_assessors
from iopsim.measures.view import View
from iopsim.rulebook import write
from whole_stories import WAY_IN

PLAN = {
    "share": 1.0,
    "authorized_sessions": 3,
    "review_sessions": 2,
    "review_denied_probability": 0.25,
    "coverage_loss_per_week": 0.1,
}


def test_who_goes_to_withdrawal_management_first_comes_back_ahead_of_others() -> None:
    story = Story(
        {
            "placement": {"this_program": 0.5, "higher": 0.1},
            "placement.withdrawal": {
                "share": 0.2,
                "return_probability": 0.5,
                "priority": 0,
                "away": {"median_days": 5.0, "mean_days": 6.0},
            },
            "groups.evening.seats": 1,
        }
    )
    story.client("Ann", "Mon 4 Jan", away=("withdrawal", 7))
    story.client("Bob", "Mon 4 Jan")
    story.client("Cyd", "Tue 5 Jan")
    story.client("Dee", "Tue 5 Jan", away=("withdrawal", 3), comes_back=False)
    assert story.diary("attends", "booked", "due") == lines("""
        Mon 4 Jan  Ann: referred by self, assessed, placed in withdrawal first, goes away
        Mon 4 Jan  Bob: referred by self, assessed, placed here, ready today, admitted to evening
        Tue 5 Jan  Cyd: referred by self, assessed, placed here, ready today
        Tue 5 Jan  Dee: referred by self, assessed, placed in withdrawal first
        Mon 11 Jan  Ann: comes back, ready today
        Mon 18 Jan  Bob: moves to step_down
        Mon 25 Jan  Ann: admitted to evening
        Mon 25 Jan  Bob: discharged, completed
        Mon 8 Feb  Ann: moves to step_down
        Mon 15 Feb  Ann: discharged, completed
        Mon 15 Feb  Cyd: admitted to evening
    """)
    assert story.exits()["Dee"] == "placed_higher"


def test_walk_ins_wait_for_a_free_assessor_and_who_was_sent_away_is_first_the_next_day() -> None:
    story = Story({"assessment.open_access": True, "assessment.slots_per_day": 1})
    story.client("Ann", "Mon 4 Jan", lot=0.9, leaves=1)
    story.client("Bob", "Mon 4 Jan", lot=0.1, leaves=1)
    story.client("Cyd", "Tue 5 Jan", source="hospital", leaves=1)
    story.client("Dee", "Mon 4 Jan", lot=0.05, misses=1, leaves=1)
    assert story.diary("attends", "placed", "ready", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, no assessor
        Mon 4 Jan  Bob: referred by self, booked for today, assessed, admitted to evening
        Mon 4 Jan  Dee: referred by self, booked for today, no-show
        Tue 5 Jan  Ann: assessed, admitted to evening
        Tue 5 Jan  Dee: booked for today, no assessor
        Tue 5 Jan  Cyd: referred by hospital, booked for today, no assessor
        Wed 6 Jan  Cyd: assessed, admitted to evening
        Thu 7 Jan  Dee: assessed
        Mon 11 Jan  Dee: admitted to evening
    """)


def test_overbooked_slots_are_lost_to_nobody_and_one_too_many_comes_again() -> None:
    story = Story({"assessment.slots_per_day": 1, "assessment.overbooking": 1.0})
    story.client("Ann", "Mon 4 Jan", lot=0.1, misses=1, rebooks=0)
    story.client("Bob", "Mon 4 Jan", lot=0.2, leaves=1)
    story.client("Cyd", "Mon 4 Jan", lot=0.3, leaves=1)
    story.client("Dee", "Mon 4 Jan", lot=0.4, leaves=1)
    assert story.diary("attends", "placed", "ready", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for today, no-show, lost
        Mon 4 Jan  Bob: referred by self, booked for today, assessed, admitted to evening
        Mon 4 Jan  Cyd: referred by self, booked for Tue 5 Jan
        Mon 4 Jan  Dee: referred by self, booked for Tue 5 Jan
        Tue 5 Jan  Cyd: assessed, admitted to evening
        Tue 5 Jan  Dee: no assessor
        Wed 6 Jan  Dee: assessed, admitted to evening
    """)


def test_while_the_assessor_s_post_is_empty_nobody_is_seen_and_callers_are_called_back() -> None:
    story = Story(
        {
            "assessment.slots_per_day": 1,
            "staff.assessor": {
                "people": 1,
                "caseload": "none",
                "duties": ["assessment"],
                "leave_weeks_per_year": 0,
                "sick_days_per_year": 20.0,
            },
        }
    )
    story.staff_sick("assessor", 1, "Tue 5 Jan", 2)
    story.staff_leaves("assessor", 1, after_days=10, vacant_days=11)
    story.client("Ann", "Mon 4 Jan", can_come_in=(1,), leaves=1)
    story.client("Bob", "Mon 4 Jan", can_come_in=(2,), lot=0.6, leaves=1)
    story.client("Cyd", "Tue 12 Jan", can_come_in=(1,), leaves=1)
    story.client("Dee", "Tue 12 Jan", can_come_in=(3,), leaves=1)
    story.client("Eve", "Thu 14 Jan", leaves=1)
    assert story.diary("attends", "placed", "ready", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, booked for Tue 5 Jan
        Mon 4 Jan  Bob: referred by self, booked for Wed 6 Jan
        Tue 5 Jan  Ann: no assessor
        Wed 6 Jan  Bob: no assessor
        Thu 7 Jan  Ann: assessed, admitted to evening
        Fri 8 Jan  Bob: assessed, admitted to evening
        Tue 12 Jan  Cyd: referred by self, booked for Wed 13 Jan
        Tue 12 Jan  Dee: referred by self, booked for Fri 15 Jan
        Wed 13 Jan  Cyd: assessed, admitted to evening
        Thu 14 Jan  Eve: referred by self, booked for Mon 25 Jan
        Fri 15 Jan  Dee: no assessor
        Mon 25 Jan  Dee: assessed, admitted to evening
        Mon 25 Jan  Eve: no assessor
        Tue 26 Jan  Eve: assessed, admitted to evening
    """)
    assert story.told is not None
    view = View(story.told, write(story.scenario))
    assert held_back_by_slots.compute(view)[0] == 2 + 2 + 10 + 12
    assert held_back_without_assessors.compute(view)[0] == 2 + 2 + 10 + 12


def test_who_waits_for_a_slot_with_every_assessor_there_waits_for_no_assessor() -> None:
    assessor = {"people": 1, "caseload": "none", "duties": ["assessment"], "leave_weeks_per_year": 0}
    story = Story({"assessment.slots_per_day": 1, "staff.assessor": assessor})
    story.staff_leaves("assessor", 1, after_days=10, vacant_days=11)
    for k, name in enumerate(("Ann", "Bob", "Cyd", "Dee")):
        story.client(name, "Tue 12 Jan", lot=0.1 + 0.1 * k, leaves=1)
    assert story.diary("attends", "placed", "ready", "discharged", "referred") == lines("""
        Tue 12 Jan  Ann: booked for today, assessed, admitted to evening
        Tue 12 Jan  Bob: booked for Wed 13 Jan
        Tue 12 Jan  Cyd: booked for Thu 14 Jan
        Tue 12 Jan  Dee: booked for Fri 15 Jan
        Wed 13 Jan  Bob: assessed, admitted to evening
        Thu 14 Jan  Cyd: no assessor
        Fri 15 Jan  Dee: no assessor
        Mon 25 Jan  Cyd: assessed, admitted to evening
        Tue 26 Jan  Dee: assessed, admitted to evening
    """)
    view = View(story.told, write(story.scenario))
    assert held_back_by_slots.compute(view)[0] == 1 + 13 + 14
    assert held_back_without_assessors.compute(view)[0] == 11 + 11  # 1, 2 and 3 days there would be all the same


def test_contract_authorization_and_orientation_come_before_the_start() -> None:
    story = Story(
        {
            "payers.plan": {
                "share": 1.0,
                "contract_week": 2,
                "before_contract": "wait",
                "authorization": {"median_days": 2.0, "mean_days": 3.0},
                "authorization_denied_probability": 0.2,
            },
            "orientation.required": True,
            "orientation.weekdays": ["Thu"],
        }
    )
    story.client("Ann", "Mon 4 Jan", orientations_missed=1, leaves=1)
    story.client("Bob", "Mon 18 Jan", authorized_in=4, ready_in=2, leaves=1)
    story.client("Cyd", "Mon 18 Jan", denied=True, authorized_in=3)
    story.client("Dee", "Tue 19 Jan", authorized_in=1, leaves=1)
    assert story.diary("attends", "booked", "assessed", "placed", "discharged") == lines("""
        Mon 4 Jan  Ann: referred by self, ready Thu 28 Jan
        Mon 18 Jan  Bob: referred by self, ready Thu 28 Jan
        Mon 18 Jan  Cyd: referred by self, ready Thu 21 Jan
        Tue 19 Jan  Dee: referred by self, ready Thu 21 Jan
        Thu 21 Jan  Cyd: not authorized
        Thu 21 Jan  Dee: admitted to evening
        Thu 28 Jan  Ann: admitted to evening
        Thu 28 Jan  Bob: admitted to evening
    """)


def test_coverage_ends_when_the_payer_grants_no_more_or_is_lost_whichever_is_first() -> None:
    story = Story({"payers.plan": PLAN})
    story.client("Ann", "Mon 4 Jan", covered=5)
    story.client("Bob", "Mon 4 Jan", covered=9, loses_coverage=1)
    assert story.diary(*WAY_IN, "attends") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 11 Jan  Bob: discharged, coverage ended
        Mon 18 Jan  Ann: discharged, coverage ended
    """)


def test_a_client_whose_coverage_ends_may_stay_unpaid() -> None:
    story = Story({"payers.plan": {**PLAN, "when_coverage_ends": "unpaid"}})
    story.client("Ann", "Mon 4 Jan", covered=5)
    assert story.diary(*WAY_IN, "attends") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 25 Jan  Ann: discharged, completed
    """)


def test_the_federal_order_of_priority_stands_above_that_of_the_sources() -> None:
    story = Story(
        {
            "traits.pregnant": {"share": 0.1},
            "traits.injecting": {"share": 0.1},
            "block_grant.applies": True,
            "groups.evening.seats": 1,
        }
    )
    story.client("Zoe", "Mon 4 Jan", leaves=1)
    story.client("Ann", "Mon 4 Jan", lot=0.9, leaves=1)
    story.client("Bob", "Mon 4 Jan", lot=0.8, traits=["injecting"], leaves=1)
    story.client("Cyd", "Mon 4 Jan", lot=0.85, traits=["pregnant"], leaves=1)
    story.client("Dee", "Tue 5 Jan", traits=["pregnant", "injecting"], leaves=1)
    story.client("Eve", "Mon 4 Jan", source="hospital", lot=0.95, leaves=1)
    assert story.diary(*WAY_IN, "attends", "discharged") == lines("""
        Mon 4 Jan  Cyd: admitted to evening
        Mon 11 Jan  Dee: admitted to evening
        Mon 18 Jan  Bob: admitted to evening
        Mon 25 Jan  Eve: admitted to evening
        Mon 1 Feb  Zoe: admitted to evening
        Mon 8 Feb  Ann: admitted to evening
    """)


def test_interim_services_stretch_patience_from_the_day_on_which_they_begin() -> None:
    story = Story(
        {
            "traits.pregnant": {"share": 0.1},
            "block_grant": {"applies": True, "injecting": "pregnant"},
            "interim.offered": "priority",
            "interim.renege_hazard_ratio": 0.5,
            "interim.after_days": 2,
            "groups.evening.seats": 1,
        }
    )
    story.client("Zoe", "Mon 4 Jan")
    story.client("Ann", "Tue 5 Jan", lot=0.6, patience=4)
    story.client("Bob", "Tue 5 Jan", lot=0.7, traits=["pregnant"], patience=4)
    assert story.diary(*WAY_IN, "attends", "due", "discharged") == lines("""
        Mon 4 Jan  Zoe: admitted to evening
        Sat 9 Jan  Ann: reneges
        Sun 10 Jan  Bob: reneges
        Mon 18 Jan  Zoe: moves to step_down
    """)


def test_same_day_assessment_and_a_second_evening_can_be_bought() -> None:
    late = {"nights": ["Mon", "Tue", "Wed"], "start": datetime.time(19), "seats": 1, "lever": "second_evening"}
    story = Story(
        {
            "assessment.same_day": False,
            "levers.same_day_assessment.on": True,
            "levers.second_evening.on": True,
            "groups.evening.seats": 1,
            "groups.late": late,
        }
    )
    story.client("Ann", "Mon 4 Jan", lot=0.1, leaves=1)
    story.client("Bob", "Mon 4 Jan", lot=0.2, leaves=1)
    assert story.diary("referred", "placed", "ready", "attends", "discharged") == lines("""
        Mon 4 Jan  Ann: booked for today, assessed, admitted to evening
        Mon 4 Jan  Bob: booked for today, assessed, admitted to late
    """)

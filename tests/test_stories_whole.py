"""Stories of the whole clinic: detours, payers, staff, phases with benchmarks, returns, and levers."""

import datetime

from hand import Story, lines
from iopsim.measures.capacity import held_back_by_slots, held_back_without_assessors
from iopsim.measures.view import View
from iopsim.record import Night
from iopsim.rulebook import write

PLAN = {
    "share": 1.0,
    "authorized_sessions": 3,
    "review_sessions": 2,
    "review_denied_probability": 0.25,
    "coverage_loss_per_week": 0.1,
}
COUNSELOR = {"people": 1, "caseload": 2, "leave_weeks_per_year": 0, "vacant_caseload_share": 0.5, "duties": []}
WAY_IN = ("booked", "assessed", "placed", "ready", "referred")
FACILITATOR = {"people": 1, "caseload": "none", "leave_weeks_per_year": 0}


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


def test_individual_sessions_go_to_who_has_gone_longest_without_while_there_are_hours() -> None:
    story = Story(
        {
            "staff.counselor": {**FACILITATOR, "duties": ["individual"], "hours_per_week": 3.0},
            "phases.intensive.individual_per_week": 1,
            "individual.hours": 1.0,
        }
    )
    story.client("Ann", "Mon 4 Jan", lot=0.1)
    story.client("Bob", "Mon 4 Jan", lot=0.2)
    story.client("Cyd", "Mon 4 Jan", lot=0.3, misses_visits=[2])
    assert story.diary(*WAY_IN, "attends", "due", "discharged") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 4 Jan  Cyd: admitted to evening
        Sun 10 Jan  Ann: individual held
        Sun 10 Jan  Bob: individual held
        Sun 10 Jan  Cyd: individual no hours
        Sun 17 Jan  Ann: individual held
        Sun 17 Jan  Bob: individual no hours
        Sun 17 Jan  Cyd: individual no show
        Mon 18 Jan  Ann: moves to step_down
        Mon 18 Jan  Bob: moves to step_down
        Mon 18 Jan  Cyd: moves to step_down
    """)
    week = {column: int(getattr(story.record().staff, column)[0]) for column in story.record().staff.__slots__}
    hours = {what: week[what] for what in ("available", "supervision", "individual", "short_individual", "idle")}
    assert hours == {"available": 180, "supervision": 60, "individual": 120, "short_individual": 60, "idle": 0}


def test_medication_visits_are_for_those_with_the_trait_and_families_come_on_their_night() -> None:
    story = Story(
        {
            "staff.doctor": {**FACILITATOR, "duties": ["medication"], "hours_per_week": 2.0, "wage_usd_per_hour": 99.0},
            "phases.intensive.planned_weeks": 4,
            "phases.intensive.medication_every_weeks": 2,
            "medication.trait": "moud",
            "traits.moud": {"share": 0.5},
            "family_night.every_weeks": 2,
            "family_night.weekday": "Thu",
        }
    )
    story.client("Ann", "Mon 4 Jan", traits=["moud"])
    story.client("Bob", "Mon 4 Jan", leaves=2)
    assert story.diary(*WAY_IN, "attends") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Thu 7 Jan  Ann: family held
        Thu 7 Jan  Bob: family held
        Sun 10 Jan  Ann: medication held
        Mon 18 Jan  Bob: discharged, other
        Thu 21 Jan  Ann: family held
        Sun 24 Jan  Ann: medication held
        Mon 1 Feb  Ann: due in step_down, moves to step_down
        Thu 4 Feb  Ann: family held
        Mon 8 Feb  Ann: discharged, completed
    """)


def test_a_missed_session_may_be_made_up_on_another_night_with_a_free_seat() -> None:
    story = Story(
        {
            "attendance.make_up_probability": 0.5,
            "groups.evening.serves": ["intensive"],
            "groups.morning": {"nights": ["Tue", "Thu"], "start": datetime.time(9), "seats": 1},
        }
    )
    story.client("Ann", "Mon 4 Jan", absent=[(1, 1, True), (2, 1, False)], makes_up=[1, 2], leaves=2)
    story.client("Bob", "Mon 4 Jan", lot=0.6, absent=[(1, 1, True)], makes_up=[1], leaves=1)
    assert story.diary(*WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Mon 4 Jan  Bob: admitted to evening, attends evening
        Tue 5 Jan  Ann: excused from evening
        Tue 5 Jan  Bob: excused from evening
        Wed 6 Jan  Ann: attends evening
        Wed 6 Jan  Bob: attends evening
        Thu 7 Jan  Ann: makes up in morning
        Mon 11 Jan  Ann: attends evening
        Mon 11 Jan  Bob: discharged, other
        Tue 12 Jan  Ann: absent from evening
        Wed 13 Jan  Ann: attends evening
        Thu 14 Jan  Ann: makes up in morning
        Mon 18 Jan  Ann: discharged, other
    """)
    ann = story.facts("Ann")
    assert (ann["scheduled"], ann["attended"], ann["excused"], ann["absent"], ann["made_up"]) == (6, 4, 1, 1, 2)


def test_a_session_cut_short_was_attended_all_the_same() -> None:
    story = Story({"attendance.cut_short_probability": 0.2})
    story.client("Ann", "Mon 4 Jan", leaves_early=[2, 3], leaves=2)
    assert story.diary(*WAY_IN) == lines("""
        Mon 4 Jan  Ann: admitted to evening, attends evening
        Tue 5 Jan  Ann: cut short evening
        Wed 6 Jan  Ann: attends evening
        Mon 11 Jan  Ann: attends evening
        Tue 12 Jan  Ann: cut short evening
        Wed 13 Jan  Ann: attends evening
        Mon 18 Jan  Ann: discharged, other
    """)
    assert (story.facts("Ann")["attended"], story.facts("Ann")["cut_short"]) == (6, 2)


def test_who_meets_the_benchmark_moves_on_early_and_who_does_not_stays_to_the_most_weeks() -> None:
    story = Story(
        {
            "phases.intensive": {
                "planned_weeks": 3,
                "least_weeks": 2,
                "most_weeks": 4,
                "benchmark_attended_share": 0.75,
                "benchmark_weeks": 2,
            }
        }
    )
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Mon 4 Jan", absent=[(3, 2, True)])
    story.client("Cyd", "Mon 4 Jan", absent=[(1, 2, True)])
    assert story.diary(*WAY_IN, "attends", "excused") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 4 Jan  Cyd: admitted to evening
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 25 Jan  Ann: discharged, completed
        Mon 25 Jan  Cyd: due in step_down, moves to step_down
        Mon 1 Feb  Bob: due in step_down, moves to step_down
        Mon 1 Feb  Cyd: discharged, completed
        Mon 8 Feb  Bob: discharged, completed
    """)


def test_a_lapse_may_mean_nothing_a_step_back_or_a_higher_level_of_care() -> None:
    story = Story(
        {
            "lapse.per_week": 0.1,
            "lapse.step_up_probability": 0.4,
            "lapse.step_out_probability": 0.2,
            "phases.step_down": {"planned_weeks": 3, "least_weeks": 1, "most_weeks": 4, "lapse_free_weeks": 2},
        }
    )
    story.client("Ann", "Mon 4 Jan", lapses=[(3, "up")])
    story.client("Bob", "Mon 4 Jan", lapses=[(1, "up"), (2, "out")])
    story.client("Cyd", "Mon 4 Jan", lapses=[(3, "stays")])
    assert story.diary(*WAY_IN, "attends") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 4 Jan  Cyd: admitted to evening
        Mon 11 Jan  Bob: lapses
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 18 Jan  Bob: lapses, discharged, transferred
        Mon 18 Jan  Cyd: due in step_down, moves to step_down
        Mon 25 Jan  Ann: lapses, due in intensive, moves to intensive
        Mon 25 Jan  Cyd: lapses
        Mon 8 Feb  Ann: due in step_down, moves to step_down
        Mon 8 Feb  Cyd: discharged, completed
        Mon 15 Feb  Ann: discharged, completed
    """)


def test_who_relapses_may_call_again_after_a_termination_not_before_the_lock_out_is_over() -> None:
    story = Story({"after.return_probability": 0.5, "after.return_days": 5.0, "after.most_episodes": 3, "weeks": 12})
    story.client("Ann", "Mon 4 Jan", leaves=1, relapses=3, calls_again=2)
    story.again("Ann", leaves=1, relapses=2, calls_again=1)
    story.again("Ann", 3, leaves=1, relapses=2, calls_again=1)
    story.client("Bob", "Mon 4 Jan", absent=[(1, 9, False)], relapses=2, calls_again=2)
    story.client("Cyd", "Mon 4 Jan", transferred=1, relapses=2, calls_again=2)
    assert story.diary(*WAY_IN, "attends", "absent", "due") == lines("""
        Mon 4 Jan  Ann: admitted to evening
        Mon 4 Jan  Bob: admitted to evening
        Mon 4 Jan  Cyd: admitted to evening
        Mon 11 Jan  Ann: discharged, other
        Mon 11 Jan  Cyd: discharged, transferred
        Thu 14 Jan  Ann: relapses
        Sat 16 Jan  Ann 2: calls again
        Mon 18 Jan  Bob: discharged, terminated
        Mon 18 Jan  Ann 2: admitted to evening
        Wed 20 Jan  Bob: relapses
        Mon 25 Jan  Ann 2: discharged, other
        Wed 27 Jan  Ann 2: relapses
        Thu 28 Jan  Ann 3: calls again, admitted to evening
        Thu 4 Feb  Ann 3: discharged, other
        Sat 6 Feb  Ann 3: relapses
        Mon 8 Feb  Bob 2: calls again, admitted to evening
        Mon 22 Feb  Bob 2: moves to step_down
        Mon 1 Mar  Bob 2: discharged, completed
    """)


def test_who_is_here_at_the_opening_goes_on_from_where_they_are() -> None:
    story = Story(
        {
            "present.Ann": {"source": "self", "weeks": 1},
            "present.Bob": {"source": "self", "phase": "step_down", "weeks": 3},
            "present.Cyd": {"source": "self", "where": "waitlist", "weeks": 2},
            "present.Dee": {"source": "self", "where": "waitlist", "weeks": 1},
            "groups.evening.seats": 2,
        }
    )
    story.client("Bob", "here", leaves=1)
    story.client("Dee", "here", patience=3)
    story.client("Eve", "Mon 4 Jan", leaves=1)
    assert story.diary(*WAY_IN, "attends") == lines("""
        Mon 4 Jan  Ann: here in evening
        Mon 4 Jan  Bob: here in evening
        Mon 4 Jan  Cyd: here on the waitlist
        Mon 4 Jan  Dee: here on the waitlist
        Thu 7 Jan  Dee: reneges
        Mon 11 Jan  Ann: due in step_down, moves to step_down
        Mon 11 Jan  Bob: discharged, other
        Mon 11 Jan  Cyd: admitted to evening
        Mon 18 Jan  Ann: discharged, completed
        Mon 18 Jan  Eve: admitted to evening
        Mon 25 Jan  Cyd: due in step_down, moves to step_down
        Mon 25 Jan  Eve: discharged, other
        Mon 1 Feb  Cyd: discharged, completed
    """)
    ann, cyd = story.facts("Ann"), story.facts("Cyd")
    assert (ann["referral_day"], ann["admitted_day"], ann["exit_day"]) == (-1, -7, 14)
    assert (cyd["referral_day"], cyd["joined_day"], cyd["admitted_day"]) == (-1, -14, 7)


def test_weeks_in_a_phase_that_are_not_given_are_those_that_the_plan_leaves() -> None:
    known = {"source": "self", "weeks": 3, "phase": "step_down"}
    story = Story(
        {"present.Ann": known, "present.Bob": {**known, "phase_weeks": 0}, "phases.step_down.planned_weeks": 4}
    )
    assert story.diary("here", "attends") == lines("""
        Mon 25 Jan  Ann: discharged, completed
        Mon 1 Feb  Bob: discharged, completed
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

"""Stories of the whole clinic, in treatment: sessions, visits, phases with benchmarks, lapses, and returns.

The way in is told in test_stories_way_in.py, staff and groups in test_stories_staff_and_groups.py.
"""

import datetime

from hand import Story, lines
from whole_stories import FACILITATOR, WAY_IN


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

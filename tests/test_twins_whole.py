"""The measures of the whole clinic against their naive twins, where they say something, in every view."""

import datetime
from functools import cache
from itertools import pairwise

import pytest

from everything import PRESENT, run_everything, run_of, with_detours
from hand import Story, lines
from iopsim.measures import funnel, hours, outcomes, priority, staffing, triggers
from iopsim.measures.view import View
from iopsim.record import NEVER
from iopsim.rulebook import write
from iopsim.scenario.load import load
from strategies import PLAIN, run
from twins_whole import Whole

TRIGGERS = (*triggers.OF_GROUPS, *triggers.OF_STAFF)
MEASURES = (*funnel.MEASURES, *priority.MEASURES, *staffing.MEASURES, *outcomes.MEASURES, *hours.MEASURES, *TRIGGERS)

LEVELS = {
    "phases.intensive.level": "2.1",
    "phases.step_down.level": "1",
    "phases.intensive.planned_weeks": 5,
    "groups.evening.hours": 3.0,
}
"""Nine hours a week are asked for, and offered in three nights."""

GRANT = {
    "weeks": 90,
    "traits.pregnant": {"share": 0.3},
    "traits.injecting": {"share": 0.3},
    "block_grant.applies": True,
    "groups.evening.seats": 5,
    "phases.intensive.planned_weeks": 6,
    "waitlist.renege_per_day": 0.005,
    "calendar.closures": [{"first": datetime.date(2027, 6, 7), "last": datetime.date(2027, 6, 20)}],
}
SCENARIOS = {
    "a block grant with interim services": {**GRANT, "interim.offered": "priority", "interim.renege_hazard_ratio": 0.5},
    "interim services too late": {**GRANT, "interim.offered": "everybody", "interim.after_days": 3},
    "a block grant, and room for all": {**GRANT, "groups.evening.seats": 30, "block_grant.interim_days": 5},
    "a block grant with limits of its own, and no interim services": {
        **GRANT,
        "block_grant.admit_days": 7,
        "block_grant.notice_share": 0.8,
        "waitlist.limit": 3,
    },
    "several roles, turnover, individual and medication visits": {
        **LEVELS,
        "weeks": 80,
        "phases.intensive.individual_per_week": 1,
        "phases.intensive.medication_every_weeks": 2,
        "phases.step_down.individual_per_week": 1,
        "family_night.every_weeks": 2,
        "orientation.required": True,
        "attendance.make_up_probability": 0.5,
        "attendance.cut_short_probability": 0.1,
        "lapse.per_week": 0.1,
        "lapse.step_up_probability": 0.5,
        "groups.evening.facilitators": 2,
        "groups.evening.seats": 8,
        "groups.late": {"nights": ["Thu", "Fri"], "seats": 4, "hours": 3.0, "smallest_census": 2},
        "staff.counselor": {
            "people": 2,
            "caseload": 8,
            "duties": ["groups", "individual"],
            "hours_per_week": 16.0,
            "turnover_per_year": 1.5,
            "vacancy_weeks": 5.0,
            "cover_probability": 0.3,
            "sick_days_per_year": 60.0,
            "supervision_hours_per_week": 1.0,
        },
        "staff.aide": {"people": 1, "caseload": "none", "duties": ["groups"], "turnover_per_year": 3.0},
        "staff.assessor": {"people": 1, "caseload": "none", "duties": ["assessment"], "first_week": 4},
        "staff.nurse": {
            "people": 1,
            "caseload": "none",
            "duties": ["medication"],
            "hours_per_week": 3.0,
            "wage_usd_per_hour": 99.0,
        },
        "staff.clerk": {"people": 1, "caseload": "none", "duties": [], "turnover_per_year": 3.0},
    },
    "clients call again for two years": {
        "weeks": 104,
        "phases.intensive.planned_weeks": 3,
        "phases.step_down.planned_weeks": 2,
        "after.return_probability": 0.9,
        "after.return_days": 60.0,
        "after.relapse_scale_days": 150.0,
    },
    "calls lost, payers that deny, detours": {
        "weeks": 70,
        "calls.lost_probability": 0.2,
        "calls.screened_out_probability": 0.1,
        "referrals.self.kept_per_week_waited": 0.7,
        "payers.medicaid": {
            "share": 0.7,
            "authorization": {"median_days": 2.0, "mean_days": 4.0},
            "authorization_denied_probability": 0.3,
            "authorized_sessions": 9,
            "review_denied_probability": 0.3,
        },
        "payers.self_pay": {"share": 0.3},
        "groups.evening.seats": 6,
        "phases.intensive.planned_weeks": 3,
        "detours": True,
    },
    "a diary that fills up to the end": {"weeks": 40, "assessment.slots_per_day": 1, "assessment.weekdays": ["Mon"]},
    "clients here at the opening, at a level": {
        **LEVELS,
        "weeks": 40,
        "attendance.probability": 0.9,
        "groups.evening.seats": 8,
        "present.old": {"count": 5, "source": "self", "weeks": 3, "phase_weeks": 3},
        "present.after": {"count": 2, "source": "court", "weeks": 7, "phase": "step_down", "phase_weeks": 1},
        "present.waiting": {"count": 4, "source": "court", "where": "waitlist", "weeks": 3},
    },
    "everything": {**PRESENT, **LEVELS},
}
SAYS = {
    "a block grant with interim services": ("notice_weeks", "notices"),
    "a block grant with limits of its own, and no interim services": ("injecting_in_time_share",),
    "a block grant, and room for all": ("pregnant_in_time_share",),
    "several roles, turnover, individual and medication visits": (
        *(measure.name for measure in staffing.MEASURES),
        "below_level_hours_share",
    ),
    "clients call again for two years": tuple(measure.name for measure in outcomes.MEASURES),
    "calls lost, payers that deny, detours": tuple(measure.name for measure in funnel.MEASURES),
    "clients here at the opening, at a level": ("below_level_hours_share",),
}
"""Measures that are neither 0 nor 1 in a scenario, so that it says something of them."""


@cache
def simulated(name):
    """One replication of a scenario."""
    changes = dict(SCENARIOS[name])
    if name == "everything":
        return run_everything(changes)
    detours = changes.pop("detours", False)
    scenario = load(PLAIN, changes)
    return run_of(with_detours(scenario) if detours else scenario)


@pytest.mark.parametrize("week", [0, 1, 5, 17, 23, 39])
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_measures_of_the_whole_clinic_agree_with_their_naive_twins(name, week):
    told = simulated(name)
    view = View(told.record, told.book, 7 * week)
    twins = Whole(told.scenario, told.record, told.book, 7 * week).answers()
    assert set(twins) == {measure.name for measure in MEASURES}
    for measure in MEASURES:
        ours, theirs = measure.compute(view), twins[measure.name]
        assert ours == theirs or ours[1] == theirs[1] == 0, measure.name


@pytest.mark.parametrize("name", SAYS)
def test_the_scenarios_have_in_them_what_their_measures_count(name):
    told = simulated(name)
    answers = Whole(told.scenario, told.record, told.book, 0).answers()
    assert {measure: answers[measure] for measure in SAYS[name] if answers[measure][0] == 0} == {}
    shares = [measure.name for measure in MEASURES if measure.unit == "share" and measure.name in SAYS[name]]
    assert {share: answers[share] for share in shares if answers[share][0] == answers[share][1]} == {}


def test_a_hire_and_a_group_on_a_trigger_are_told_where_there_may_be_any():
    eager = {
        "groups.evening.seats": 2,
        "groups.late": {"nights": ["Thu", "Fri", "Sat"], "opens_when_waiting": 1, "opens_after_weeks": 1},
        "staff.counselor.hire_when_caseload": 2,
    }
    it = run({"weeks": 40, **eager})
    view = View(it.record, it.book)
    assert [measure.compute(view) for measure in (triggers.group_opened_share, triggers.hired_share)] == [(1, 1)] * 2
    twins = Whole(it.scenario, it.record, it.book, 0).answers()
    for measure in (triggers.weeks_until_group_opened, triggers.weeks_until_hired):
        assert measure.compute(view) == twins[measure.name] > (2, 1)
    patient = {"groups.late": {"nights": ["Thu", "Fri", "Sat"], "opens_when_waiting": 500}}
    it = run({"weeks": 10, **patient, "staff.counselor.hire_when_caseload": 400})
    assert [measure.compute(View(it.record, it.book)) for measure in TRIGGERS] == [(0, 1), (0, 0), (0, 1), (0, 0)]
    it = run({"weeks": 10})
    assert {measure.compute(View(it.record, it.book)) for measure in TRIGGERS} == {(0, 0)}


def test_a_caller_for_whom_there_is_no_slot_is_not_booked():
    told = simulated("a diary that fills up to the end")
    appointments = told.record.appointments
    assert (appointments.day == told.record.days).any()
    given, referred = funnel.booked_share.compute(View(told.record, told.book))
    assert given < referred


@pytest.mark.parametrize(("after_days", "in_time"), [(0, 1), (2, 1), (3, 0)])
def test_interim_services_count_from_the_request_whenever_the_client_is_assessed(after_days: int, in_time: int):
    story = Story(
        {
            "weeks": 20,
            "traits.pregnant": {"share": 0.1},
            "block_grant": {"applies": True, "injecting": "pregnant"},
            "interim": {"offered": "priority", "after_days": after_days},
        }
    )
    story.client("Ann", "Mon 4 Jan", traits=["pregnant"], can_come_in=(10,), ready_in=8)
    story.client("Bob", "Mon 4 Jan", can_come_in=(10,), ready_in=8)
    assert story.diary("attends", "absent", "due", "moves", "discharged", "referred", "booked") == lines("""
        Thu 14 Jan  Ann: assessed, placed here, ready Fri 22 Jan
        Thu 14 Jan  Bob: assessed, placed here, ready Fri 22 Jan
        Fri 22 Jan  Ann: admitted to evening
        Fri 22 Jan  Bob: admitted to evening
    """)
    view = View(story.record(), write(story.scenario))
    assert priority.interim_in_time_share.compute(view) == (in_time, 1)
    assert priority.injecting_in_time_share.compute(view) == (in_time, 1)
    assert priority.pregnant_in_time_share.compute(view) == (in_time, 1)


def test_a_capacity_reached_before_counting_begins_is_not_told_again():
    told = simulated("a block grant with interim services")
    weeks = told.record.days // 7
    since_each = [priority.notices.compute(View(told.record, told.book, 7 * week))[0] for week in range(weeks)]
    assert all(0 <= earlier - later <= 1 for earlier, later in pairwise(since_each))
    full = [priority.notice_weeks.compute(View(told.record, told.book, 7 * week))[0] for week in range(weeks)]
    assert since_each[-1] <= full[-1] <= 1
    began = [
        week for week in range(weeks - 1) if full[week] > full[week + 1] and since_each[week] == since_each[week + 1]
    ]
    assert began, "capacity is never kept for two weeks"


def test_a_run_too_short_to_follow_anybody_says_nothing_of_what_comes_after_discharge():
    told = run({"weeks": 10})
    clients = told.record.clients
    assert ((clients.relapse_day != NEVER) & (clients.exit_day != NEVER)).any()
    view = View(told.record, told.book)
    assert outcomes.abstinent_6_months_share.compute(view) == (0, 0)
    assert outcomes.abstinent_12_months_share.compute(view) == (0, 0)


def test_a_change_of_counselor_is_told_of_those_who_came_after_the_opening():
    waiting = {"source": "self", "where": "waitlist", "count": 1}
    counselor = {"people": 2, "caseload": 2, "leave_weeks_per_year": 0, "duties": []}
    story = Story({"present.old": waiting, "staff.counselor": counselor})
    story.staff_leaves("counselor", 1, after_days=9, vacant_days=7)
    assert story.diary("attends", "due", "moves", "discharged", "here", counselors=True) == lines("""
        Mon 4 Jan  old: admitted to evening, gets counselor 1
        Wed 13 Jan  old: changes to counselor 2
    """)
    view = View(story.record(), write(story.scenario))
    assert staffing.counselor_changes.compute(view) == (0, 0)


# Hours against the level of care.


WAY_IN = ("referred", "booked", "assessed", "placed", "ready")
THREE_HOURS = {
    "phases.intensive.level": "2.1",
    "phases.step_down.level": "1",
    "groups.evening.hours": 3.0,
    "groups.evening.seats": 6,
    "groups.late": {"nights": ["Thu"], "hours": 3.0},
    "attendance.make_up_probability": 0.5,
    "attendance.cut_short_probability": 0.2,
}
"""Nine hours a week for two weeks in intensive, as Level 2.1 asks for; in step-down nothing is asked for."""


def below(story, since=0):
    view = View(story.record(), write(story.scenario), since)
    naive = Whole(story.scenario, view.record, view.book, since).below_level()
    assert hours.below_level_hours_share.compute(view) == naive
    return naive


def test_who_misses_a_session_or_leaves_one_early_is_below_the_level_that_week_unless_it_is_made_up():
    story = Story(THREE_HOURS)
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Mon 4 Jan", absent=[(4, 1, True)])
    story.client("Cleo", "Mon 4 Jan", leaves_early=[2])
    story.client("Dan", "Mon 4 Jan", absent=[(1, 1, False)], makes_up=[1])
    said = [line for line in story.diary(*WAY_IN, "attends") if line.split()[3] != "Ann:"]
    assert [line for line in said if any(word in line for word in ("excused", "cut short", "makes up"))] == lines("""
        Tue 5 Jan  Cleo: cut short evening
        Thu 7 Jan  Dan: makes up in late
        Tue 12 Jan  Bob: excused from evening
    """)
    assert below(story) == (2, 8)
    assert below(story, since=7) == (1, 4)
    assert below(story, since=14) == (0, 0)


def test_an_individual_session_held_makes_up_the_hours_of_its_week():
    story = Story(
        {
            **THREE_HOURS,
            "groups.evening.hours": 2.75,
            "phases.intensive.individual_per_week": 1,
            "staff.counselor": {"people": 1, "caseload": 10, "duties": ["individual"], "leave_weeks_per_year": 0},
        }
    )
    story.client("Ann", "Mon 4 Jan")
    story.client("Bob", "Wed 6 Jan", misses_visits=[2])
    said = [line for line in story.diary(*WAY_IN, "attends") if "individual" in line]
    assert said == lines("""
        Sun 10 Jan  Ann: individual held
        Sun 10 Jan  Bob: individual held
        Sun 17 Jan  Ann: individual held
        Sun 17 Jan  Bob: individual no show
    """)
    assert below(story) == (1, 4)


def test_a_week_of_treatment_that_the_run_or_a_phase_cuts_short_is_not_counted():
    story = Story({**THREE_HOURS, "weeks": 2})
    story.client("Ann", "Wed 6 Jan")
    assert below(story) == (0, 1)
    waits = Story(
        {
            **THREE_HOURS,
            "phases.step_down.level": "2.1",
            "phases.step_down.planned_weeks": 2,
            "groups.evening.serves": ["intensive"],
            "groups.late": {"nights": ["Thu"], "hours": 3.0, "serves": ["step_down"], "seats": 1},
        }
    )
    waits.client("Ann", "Mon 4 Jan")
    waits.client("Bob", "Wed 6 Jan")
    moves = [line for line in waits.diary(*WAY_IN, "attends", "absent") if "moves" in line or "discharged" in line]
    assert moves == lines("""
        Mon 18 Jan  Ann: due in step_down, moves to step_down
        Mon 1 Feb  Ann: discharged, completed
        Mon 1 Feb  Bob: moves to step_down
        Wed 17 Feb  Bob: discharged, completed
    """)
    assert below(waits) == (4, 9)  # Bob's week from 27 Jan is in two phases; those in step-down have 3 hours


def test_nothing_is_told_of_hours_where_no_level_asks_for_any():
    story = Story()
    story.client("Ann", "Mon 4 Jan")
    assert below(story) == (0, 0)

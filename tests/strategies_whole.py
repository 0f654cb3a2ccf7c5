"""Scenarios with every part of the clinic in use, or some: changes to the plain file for Hypothesis."""

import datetime

from hypothesis import strategies as st

from strategies import closures, delays, demand, leaving, share, treatment, way_in

TRAITS = ("injecting", "mandated", "pregnant")


@st.composite
def people(draw: st.DrawFn) -> dict[str, object]:
    """Traits drawn and combined, payers, priorities, referrers who react and a doubtful source."""
    changes: dict[str, object] = {
        f"traits.{name}": {
            "share": draw(share(0.3, 0.6, 1.0)),
            "show_odds_ratio": draw(share(1.0, 2.0)),
            "higher_placement_odds_ratio": draw(share(1.0, 3.0, 0.2)),
            "renege_hazard_ratio": draw(share(1.0, 0.5)),
            "attendance_odds_ratio": draw(share(1.0, 0.5)),
            "dropout_hazard_ratio": draw(share(1.0, 1.5)),
            "lapse_hazard_ratio": draw(share(1.0, 2.0)),
            "relapse_odds_ratio": draw(share(1.0, 2.0)),
        }
        for name in TRAITS
    }
    changes["traits.mandated_not_injecting"] = {
        "all_of": ["mandated"],
        "none_of": ["injecting"],
        "dropout_hazard_ratio": 0.6,
    }
    first = draw(share(0.5, 1.0, 0.0))
    for name, part in {"medicaid": first, "cash": 1.0 - first}.items():
        changes[f"payers.{name}"] = {
            "share": part,
            "contract_week": draw(st.sampled_from([0, 0, 2])),
            "before_contract": draw(st.sampled_from(["unpaid", "wait"])),
            "authorization": draw(delays),
            "authorization_denied_probability": draw(share(0.0, 0.3)),
            "authorized_sessions": draw(st.sampled_from(["none", "none", 3, 6])),
            "review_sessions": draw(st.integers(1, 4)),
            "review_denied_probability": draw(share(0.0, 0.5, 1.0)),
            "when_coverage_ends": draw(st.sampled_from(["discharge", "unpaid"])),
            "coverage_loss_per_week": draw(share(0.0, 0.1)),
        }
    changes["block_grant.applies"] = draw(st.booleans())
    changes["referrals.self.kept_per_week_waited"] = draw(share(1.0, 0.5))
    changes["referrals.court.doubt"] = draw(share(0.0, 0.5))
    changes["referrals.court.growth_per_year"] = draw(share(1.0, 2.0))
    return changes


@st.composite
def front_door(draw: st.DrawFn) -> dict[str, object]:
    """Calls, walk-ins, overbooking, detours, orientation and interim services."""
    away, back = draw(st.sampled_from([((0.0, 0.0), 0.5), ((0.2, 0.3), 0.7), ((0.2, 0.0), 1.0)]))
    withdrawal, residential = away
    return {
        "calls.lost_probability": draw(share(0.0, 0.2)),
        "calls.screened_out_probability": draw(share(0.0, 0.2)),
        "assessment.open_access": draw(st.booleans()),
        "assessment.overbooking": draw(share(0.0, 0.5, 1.0)),
        "placement": {
            "this_program": 1.0 - withdrawal - residential,
            "higher": 0.0,
            "lower": 0.0,
            "declined": 0.0,
        },
        "placement.withdrawal": {
            "share": withdrawal,
            "return_probability": back,
            "priority": draw(st.integers(0, 2)),
            "away": {"median_days": 3.0, "mean_days": 4.0},
        },
        "placement.residential": {
            "share": residential,
            "return_probability": back,
            "enters": draw(st.sampled_from(["", "step_down"])),
            "away": {"median_days": 7.0, "mean_days": 9.0},
        },
        "orientation.required": draw(st.booleans()),
        "orientation.show_probability": draw(share(0.6, 1.0)),
        "interim.offered": draw(st.sampled_from(["nobody", "priority", "everybody"])),
        "interim.renege_hazard_ratio": draw(share(1.0, 0.3)),
        "interim.after_days": draw(st.sampled_from([0, 2, 5])),
    }


@st.composite
def rooms_and_groups(draw: st.DrawFn) -> dict[str, object]:
    """What is special about the groups that `treatment` has made, and a further one for some clients only."""
    return {
        "groups.evening.smallest_census": draw(st.sampled_from([0, 0, 2])),
        "groups.evening.attendance_odds_ratio": draw(share(1.0, 0.5)),
        "groups.women": {
            "nights": draw(st.sampled_from([["Tue", "Wed", "Fri"], ["Mon", "Tue", "Thu", "Sat"]])),
            "start": datetime.time(draw(st.sampled_from([13, 17, 18])), 0),
            "seats": draw(st.integers(1, 4)),
            "for_traits": draw(st.sampled_from([["pregnant"], ["pregnant", "mandated"], []])),
            "first_week": 0,
            "opens_when_waiting": draw(st.sampled_from(["none", 1, 2])),
            "opens_after_weeks": draw(st.integers(1, 2)),
            "opens_lead_weeks": draw(st.integers(0, 1)),
            "admission": draw(st.sampled_from(["rolling", "cohort"])),
            "cohort_weeks": 3,
            "cohort_open_weeks": draw(st.integers(1, 2)),
        },
        "attendance.weekday_odds_ratios.Mon": draw(share(1.0, 0.5)),
        "attendance.make_up_probability": draw(share(0.0, 0.5, 1.0)),
        "attendance.cut_short_probability": draw(share(0.0, 0.2)),
    }


@st.composite
def course(draw: st.DrawFn) -> dict[str, object]:
    """Benchmarks, lapses, visits, effects on dropping out, and what comes after."""
    attended, lapse_free = draw(st.sampled_from([(0.0, 0), (0.7, 0), (1.0, 2), (0.0, 2)]))
    benchmark = {
        "phases.intensive.least_weeks": 1,
        "phases.intensive.most_weeks": 5,
        "phases.intensive.benchmark_attended_share": attended,
        "phases.intensive.benchmark_weeks": draw(st.integers(1, 3)),
        "phases.intensive.lapse_free_weeks": lapse_free,
    }
    return {
        **(benchmark if attended or lapse_free else {}),
        "phases.intensive.planned_weeks": draw(st.integers(1, 5)),
        "phases.intensive.individual_per_week": draw(st.sampled_from([0, 1, 2])),
        "phases.intensive.medication_every_weeks": draw(st.sampled_from([0, 2])),
        "phases.step_down.dropout_hazard_ratio": draw(share(1.0, 2.0)),
        "medication.trait": draw(st.sampled_from(["", "mandated"])),
        "family_night.every_weeks": draw(st.sampled_from([0, 2])),
        "lapse.per_week": draw(share(0.0, 0.2)),
        "lapse.dropout_hazard_ratio": draw(share(1.0, 1.5)),
        "lapse.step_up_probability": draw(share(0.0, 0.5)),
        "lapse.step_out_probability": draw(share(0.0, 0.3)),
        "leaving.waited_hazard_ratio": draw(share(1.0, 1.2)),
        "leaving.crowded_hazard_ratio": draw(share(1.0, 1.5)),
        "leaving.counselor_change_hazard_ratio": draw(share(1.0, 1.5)),
        "leaving.missed_individual_hazard_ratio": draw(share(1.0, 1.3)),
        "after.relapse_scale_days": draw(share(20.0, 365.0)),
        "after.completed_odds_ratio": draw(share(1.0, 0.5)),
        "after.short_stay_odds_ratio": draw(share(1.0, 2.0)),
        "after.return_probability": draw(share(0.0, 0.8)),
        "after.return_days": draw(share(0.0, 5.0)),
        "after.most_episodes": draw(st.integers(1, 4)),
        "absence_rule.lockout_days": draw(st.sampled_from([0, 21])),
    }


@st.composite
def team(draw: st.DrawFn) -> dict[str, object]:
    """Counselors who come and go, assessors, a prescriber, and a role that nobody waits for."""
    duties = draw(st.sampled_from([["groups", "individual"], ["individual"]]))
    changes: dict[str, object] = {
        "staff.counselor": {
            "people": 4 if "groups" in duties else draw(st.integers(1, 3)),
            "caseload": draw(st.sampled_from(["none", 25, 6, 3, 1])),
            "duties": duties,
            "hours_per_week": draw(share(40.0, 4.0, 8.0)),
            "clients_per_facilitator": draw(st.sampled_from(["none", 3])),
            "sick_days_per_year": draw(share(0.0, 30.0)),
            "leave_weeks_per_year": draw(st.sampled_from([0, 10])),
            "cover_probability": draw(share(1.0, 0.5, 0.0)),
            "turnover_per_year": draw(share(0.0, 4.0)),
            "vacancy_weeks": draw(share(0.0, 2.0)),
            "vacant_caseload_share": draw(share(1.0, 0.5, 0.0)),
            "hire_when_caseload": draw(st.sampled_from(["none", 2])),
            "hire_after_weeks": draw(st.integers(1, 2)),
            "hire_lead_weeks": draw(st.integers(0, 2)),
        },
        "staff.prescriber": {
            "people": 1,
            "caseload": "none",
            "duties": ["medication"],
            "wage_usd_per_hour": 99.0,
            "hours_per_week": draw(share(8.0, 0.5)),
        },
        "staff.director": {"people": 1, "caseload": "none", "duties": []},
    }
    if draw(st.booleans()):
        changes["staff.assessor"] = {
            "people": draw(st.integers(1, 2)),
            "caseload": "none",
            "duties": ["assessment"],
            "first_week": draw(st.sampled_from([0, 1])),
            "sick_days_per_year": draw(share(0.0, 60.0)),
            "turnover_per_year": draw(share(0.0, 4.0)),
            "vacancy_weeks": 1.0,
        }
    return changes


@st.composite
def here_already(draw: st.DrawFn) -> dict[str, object]:
    """Nobody, or a few clients in program and on the waitlist; the evening group has seats for them."""
    if not draw(st.booleans()):
        return {}
    return {
        "present.early": {"count": 2, "source": "self", "phase": "intensive", "group": "evening", "weeks": 1},
        "present.listed": {"count": 2, "where": "waitlist", "source": "court", "traits": ["mandated"], "weeks": 2},
    }


@st.composite
def whole_scenarios(draw: st.DrawFn) -> dict[str, object]:
    """Changes to the plain file that make a valid scenario in which anything may be in use."""
    changes = {
        "weeks": draw(st.sampled_from([8, 14, 20])),
        "calendar.holidays": draw(st.sampled_from(["", "US-LA"])),
        "calendar.closures": draw(closures()),
        **draw(treatment()),
        **draw(demand()),
        **draw(way_in()),
        **draw(leaving()),
        **draw(people()),
        **draw(front_door()),
        **draw(rooms_and_groups()),
        **draw(course()),
        **draw(team()),
    }
    changes.pop("staff.counselor.caseload")
    if not changes["block_grant.applies"] and changes["interim.offered"] == "priority":
        changes["interim.offered"] = "everybody"
    evening = changes["groups.evening"]
    assert isinstance(evening, dict)
    here = draw(here_already())
    if here and "intensive" in (evening["serves"] or ["intensive"]) and evening["seats"] >= 2:
        nights = changes["phases.intensive"]
        assert isinstance(nights, dict)
        if nights["nights_per_week"] <= len(evening["nights"]) and evening["first_week"] == 0:
            changes |= here
    return changes

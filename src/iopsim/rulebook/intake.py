"""The way in: calls, the diary, placement, waitlist."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iopsim.rulebook.days import F64, I64, Flags, delay_table, hazard_of, limit, next_day, open_days, padded
from iopsim.scenario.model import Scenario

OFFERED = ("nobody", "priority", "everybody")


@dataclass(frozen=True, eq=False, slots=True)
class Intake:
    """Days count from opening."""

    call_lost: float
    screened_out: float
    assessment_days: Flags
    """Days with assessments; shape (days,)."""
    slots_per_day: int
    overbooking: float
    slots: I64
    """Slots of each day as planned, overbooked ones included; shape (days,)."""
    room: I64
    """Assessments that the planned assessors can do on each day; shape (days,)."""
    assessors_later: bool
    """Whether any assessor is planned to start after the run."""
    assessment_minutes: int
    open_access: bool
    next_assessment_day: I64
    """First day from each day on with slots; `days` if none; shape (days + 1,)."""
    first_lead: int
    """Least days between call and assessment: 0 or 1."""
    client_delay: F64
    """Cumulative probability that the client's own delay is at most k days."""
    show_odds: F64
    """Odds of showing up k days after booking; shape (days + 1,)."""
    rebook_probability: float
    max_rebookings: int
    placement: F64
    """Cumulative shares: here, withdrawal management, residential, higher, lower, declined; shape (6,)."""
    away: F64
    """Cumulative probability of being away at most k days; shape (2, k), withdrawal and residential."""
    comes_back: F64
    """Probability of coming back from each of the two."""
    back_priority: I64
    back_phase: I64
    """Phase in which those who come back start; -1 for that of their source."""
    ready_delay: F64
    """Cumulative probability that a placed client needs at most k days to be ready."""
    next_orientation_day: I64
    """First day from each day on with an orientation, or that day itself if none is required; shape (days + 1,)."""
    orientation: bool
    orientation_hazard: float
    """Hazard of coming to an orientation, -ln(1 - probability); infinite where none is required."""
    orientation_minutes: int
    renege_per_day: float
    interim: int
    """0 nobody, 1 federal priority populations, 2 everybody."""
    interim_after: int
    interim_ratio: float
    waitlist_limit: int
    hold_the_line: bool
    next_admission_day: I64
    """First day from each day on when clients may start; `days` if none; shape (days + 1,)."""


def write_intake(scenario: Scenario, planned_assessors: I64) -> Intake:
    """Write the way in.

    Parameters
    ----------
    scenario : Scenario
    planned_assessors : int array, shape (days,)
        Assessors whose slots are in the diary on each day.
    """
    assessment, waitlist, shares = scenario.assessment, scenario.waitlist, scenario.placement
    calls, interim, orientation = scenario.calls, scenario.interim, scenario.orientation
    phases = tuple(scenario.phases)
    on = open_days(scenario, assessment.weekdays)
    room = np.where(on, assessment.slots_per_day * planned_assessors, 0)
    slots = with_overbooking(room, assessment.overbooking)
    detours = (shares.withdrawal, shares.residential)
    same_day = assessment.same_day or scenario.levers.same_day_assessment.on
    return Intake(
        call_lost=calls.lost_probability,
        screened_out=calls.screened_out_probability,
        assessment_days=on,
        slots_per_day=assessment.slots_per_day,
        overbooking=assessment.overbooking,
        slots=slots,
        room=room,
        assessors_later=any(
            role.people and "assessment" in role.duties and 7 * role.first_week >= scenario.days
            for role in scenario.staff.values()
        ),
        assessment_minutes=round(60 * assessment.hours),
        open_access=assessment.open_access,
        next_assessment_day=next_day(on & (assessment.slots_per_day > 0)),
        first_lead=0 if same_day else 1,
        client_delay=delay_table(assessment.client_delay),
        show_odds=show_odds(
            assessment.show_probability_next_day, assessment.show_odds_ratio_per_log_day, scenario.days
        ),
        rebook_probability=assessment.rebook_probability,
        max_rebookings=assessment.max_rebookings,
        placement=np.cumsum(
            [
                shares.this_program,
                shares.withdrawal.share,
                shares.residential.share,
                shares.higher,
                shares.lower,
                shares.declined,
            ]
        ),
        away=padded([delay_table(detour.away) for detour in detours]),
        comes_back=np.array([detour.return_probability for detour in detours]),
        back_priority=np.array([detour.priority for detour in detours]),
        back_phase=np.array([phases.index(detour.enters) if detour.enters else -1 for detour in detours]),
        ready_delay=delay_table(waitlist.ready_delay),
        next_orientation_day=next_day(open_days(scenario, orientation.weekdays) | (not orientation.required)),
        orientation=orientation.required,
        orientation_hazard=hazard_of(orientation.show_probability if orientation.required else 1.0),
        orientation_minutes=round(60 * orientation.hours),
        renege_per_day=waitlist.renege_per_day,
        interim=OFFERED.index(interim.offered),
        interim_after=interim.after_days,
        interim_ratio=interim.renege_hazard_ratio,
        waitlist_limit=limit(waitlist.limit),
        hold_the_line=waitlist.when_first_does_not_fit == "hold_the_line",
        next_admission_day=next_day(open_days(scenario, scenario.admission.weekdays)),
    )


def with_overbooking(room: I64, overbooking: float) -> I64:
    """Return the appointments that may be booked where there is room for so many assessments."""
    return np.asarray(overbooked(room, overbooking), dtype=np.int64)


def overbooked(room: I64, overbooking: float) -> F64:
    """Return these appointments as whole floating-point numbers, for an array or for one number."""
    slots: F64 = np.floor(room * (1.0 + overbooking) + 1e-9)
    return slots


def show_odds(next_day: float, ratio_per_log_day: float, days: int) -> F64:
    """Return the odds of showing up k days after booking, k = 0 to `days`: odds(1) x max(k, 1)**ln(ratio)."""
    first = next_day / (1.0 - next_day) if next_day < 1.0 else 1e300
    delay = np.maximum(np.arange(days + 1), 1).astype(np.float64)
    return np.asarray(first * delay ** math.log(ratio_per_log_day), dtype=np.float64)

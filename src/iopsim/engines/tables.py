"""The rulebook as plain Python numbers and lists, which an interpreted engine looks up faster than arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from iopsim.rulebook import UNLIMITED, Rulebook


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """Names and meaning as in the parts of `iopsim.rulebook.Rulebook`."""

    days: int
    # calls and the diary
    call_lost: float
    screened_out: float
    kept: list[list[float]]
    slots: list[int]
    room: list[int]
    slots_per_day: int
    assessors_later: bool
    assessment_minutes: int
    overbooking: float
    assessment_days: list[bool]
    open_access: bool
    next_assessment_day: list[int]
    first_lead: int
    show_odds: list[float]
    rebook_probability: float
    max_rebookings: int
    attempts: int
    placement: list[float]
    back_priority: list[int]
    back_phase: list[int]
    # the waitlist
    start_day: list[int]
    next_orientation_day: list[int]
    renege_per_day: float
    interim_after: int
    interim_ratio: float
    waitlist_limit: int
    hold_the_line: bool
    next_admission_day: list[int]
    # groups
    seats: list[int]
    night_group: list[int]
    night_start: list[int]
    night_end: list[int]
    night_minutes: list[int]
    night_odds_ratio: list[float]
    least_odds_ratio: list[float]
    """Of the nights of each group."""
    by_video: list[bool]
    """Whether each group meets by video."""
    first_night: list[int]
    group_opening: list[int]
    opens_waiting: list[int]
    opens_after: list[int]
    opens_lead: list[int]
    triggers: bool
    """Whether any group or hire waits for a trigger."""
    group_traits: list[int]
    serves: list[list[bool]]
    """By phase, then group."""
    admits: list[list[bool]]
    always: bool
    """Whether every group takes new clients on every day once open."""
    smallest_census: list[int]
    facilitators: list[int]
    tonight: list[list[int]]
    """Group nights on each day, by start time, open or not."""
    session_days: list[int]
    """Days on which a group may meet, or families come."""
    # treatment
    nights_needed: list[int]
    phase_least: list[int]
    phase_most: list[int]
    last_phase: int
    phase_waits: list[bool]
    benchmark: list[float]
    benchmark_weeks: list[int]
    lapse_free_weeks: list[int]
    benchmarks: bool
    individual_per_week: list[int]
    individual_minutes: int
    individual_show: float
    medication_every: list[int]
    medication_trait: int
    medication_minutes: int
    medication_show: float
    family_days: list[int]
    family_minutes: int
    family_staff: int
    family_show: float
    absence_odds: float
    absence_run: float
    excused_share: float
    make_up: float
    cut_short: float
    absence_consecutive: int
    absence_total: int
    absence_window: int
    lockout_days: int
    dropout_hazard: list[float]
    dropout_effects: list[list[float]]
    watches_crowding: bool
    lapse_hazard: float
    lapse_step_up: float
    lapse_step_out: float
    discharges: list[bool]
    contract_day: list[int]
    # after discharge
    completed_ratio: float
    short_stay_ratio: float
    short_stay_days: int
    episodes: int


@lru_cache(maxsize=4)
def tables(book: Rulebook) -> Tables:
    """Return the tables of a rulebook; the same for every replication."""
    demand, intake, coverage, schedule = book.demand, book.intake, book.coverage, book.schedule
    treatment, after = book.treatment, book.after
    tonight = [nights.tolist() for nights in np.split(schedule.schedule, schedule.schedule_start[1:-1])]
    opens = (schedule.opens_waiting != UNLIMITED).any() or (book.staffing.hire_caseload != UNLIMITED).any()
    return Tables(
        days=book.days,
        call_lost=intake.call_lost,
        screened_out=intake.screened_out,
        kept=demand.kept.tolist(),
        slots=intake.slots.tolist(),
        room=intake.room.tolist(),
        slots_per_day=intake.slots_per_day,
        assessors_later=intake.assessors_later,
        assessment_minutes=intake.assessment_minutes,
        overbooking=intake.overbooking,
        assessment_days=intake.assessment_days.tolist(),
        open_access=intake.open_access,
        next_assessment_day=intake.next_assessment_day.tolist(),
        first_lead=intake.first_lead,
        show_odds=intake.show_odds.tolist(),
        rebook_probability=intake.rebook_probability,
        max_rebookings=intake.max_rebookings,
        attempts=intake.max_rebookings + 1,
        placement=intake.placement.tolist(),
        back_priority=intake.back_priority.tolist(),
        back_phase=intake.back_phase.tolist(),
        start_day=coverage.start_day.tolist(),
        next_orientation_day=intake.next_orientation_day.tolist(),
        renege_per_day=intake.renege_per_day,
        interim_after=intake.interim_after,
        interim_ratio=intake.interim_ratio,
        waitlist_limit=intake.waitlist_limit,
        hold_the_line=intake.hold_the_line,
        next_admission_day=intake.next_admission_day.tolist(),
        seats=schedule.night_seats.tolist(),
        night_group=schedule.night_group.tolist(),
        night_start=schedule.night_start.tolist(),
        night_end=schedule.night_end.tolist(),
        night_minutes=schedule.night_minutes.tolist(),
        night_odds_ratio=schedule.night_odds_ratio.tolist(),
        least_odds_ratio=[
            float(schedule.night_odds_ratio[first:stop].min()) for first, stop in pairwise(schedule.group_first_night)
        ],
        by_video=schedule.group_by_video.tolist(),
        first_night=schedule.group_first_night.tolist(),
        group_opening=schedule.group_opening.tolist(),
        opens_waiting=schedule.opens_waiting.tolist(),
        opens_after=schedule.opens_after.tolist(),
        opens_lead=schedule.opens_lead.tolist(),
        triggers=bool(opens),
        group_traits=schedule.group_traits.tolist(),
        serves=schedule.serves.T.tolist(),
        admits=schedule.admits.tolist(),
        always=bool(schedule.always_admits.all()),
        smallest_census=schedule.smallest_census.tolist(),
        facilitators=schedule.facilitators.tolist(),
        tonight=tonight,
        session_days=sorted(
            {day for day, nights in enumerate(tonight) if nights} | set(treatment.family_days.tolist())
        ),
        nights_needed=treatment.phase_nights.tolist(),
        phase_least=treatment.phase_least.tolist(),
        phase_most=treatment.phase_most.tolist(),
        last_phase=len(treatment.phase_names) - 1,
        phase_waits=treatment.phase_waits.tolist(),
        benchmark=treatment.benchmark.tolist(),
        benchmark_weeks=treatment.benchmark_weeks.tolist(),
        lapse_free_weeks=treatment.lapse_free_weeks.tolist(),
        benchmarks=bool(treatment.benchmark.any()),
        individual_per_week=treatment.individual_per_week.tolist(),
        individual_minutes=treatment.individual_minutes,
        individual_show=treatment.individual_show,
        medication_every=treatment.medication_every.tolist(),
        medication_trait=treatment.medication_trait,
        medication_minutes=treatment.medication_minutes,
        medication_show=treatment.medication_show,
        family_days=treatment.family_days.tolist(),
        family_minutes=treatment.family_minutes,
        family_staff=treatment.family_staff,
        family_show=treatment.family_show,
        absence_odds=treatment.absence_odds,
        absence_run=treatment.absence_run,
        excused_share=treatment.excused_share,
        make_up=treatment.make_up,
        cut_short=treatment.cut_short,
        absence_consecutive=treatment.absence_consecutive,
        absence_total=treatment.absence_total,
        absence_window=treatment.absence_window,
        lockout_days=treatment.lockout_days,
        dropout_hazard=treatment.dropout_hazard.tolist(),
        dropout_effects=treatment.dropout_effects.tolist(),
        watches_crowding=treatment.watches_crowding,
        lapse_hazard=treatment.lapse_hazard,
        lapse_step_up=treatment.lapse_step_up,
        lapse_step_out=treatment.lapse_step_out,
        discharges=coverage.discharges.tolist(),
        contract_day=coverage.contract_day.tolist(),
        completed_ratio=after.completed_ratio,
        short_stay_ratio=after.short_stay_ratio,
        short_stay_days=after.short_stay_days,
        episodes=after.episodes,
    )

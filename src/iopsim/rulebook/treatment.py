"""Treatment: phases, attendance, and the ways out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from iopsim.rulebook.days import F64, I64, Flags, limit, open_days
from iopsim.rulebook.schedule import minutes
from iopsim.scenario.model import Scenario
from iopsim.scenario.treatment import Phase
from iopsim.standards import level_hours

MOST_COUNTED = 60
"""Counts beyond this have the effect of this many."""


class Fact(IntEnum):
    """What is known of a client in treatment and may change how likely it is to drop out: a small whole number."""

    PHASE = 0
    WEEKS_WAITED = 1
    """Since the assessment."""
    CROWDED = 2
    """1 if every seat of the client's nights is taken."""
    COUNSELOR_CHANGES = 3
    MISSED_INDIVIDUAL = 4
    """Individual sessions for which the staff had no hours."""
    LAPSES = 5


@dataclass(frozen=True, eq=False, slots=True)
class Treatment:
    """Phases in the order of the file."""

    phase_names: tuple[str, ...]
    phase_nights: I64
    phase_weeks: I64
    """Planned weeks."""
    phase_least: I64
    """Weeks from which a benchmark may let a client move on, and weeks after which all move on."""
    phase_most: I64
    phase_least_minutes: I64
    """Minutes a week that the phase's level of care asks for, in the state; 0 where nothing is asked."""
    phase_waits: Flags
    """Whether one due to enter phase p keeps the old seats while p is full."""
    benchmark: F64
    """Share attended that lets a client move on."""
    benchmark_weeks: I64
    lapse_free_weeks: I64
    individual_per_week: I64
    individual_minutes: int
    individual_show: float
    medication_every: I64
    medication_trait: int
    """Trait of those who have medication visits; -1 for everybody."""
    medication_minutes: int
    medication_show: float
    family_days: I64
    """Days with a family night."""
    family_minutes: int
    family_staff: int
    family_start: int
    family_show: float
    absence_odds: float
    """Long-run odds of being absent from a session."""
    absence_run: float
    excused_share: float
    make_up: float
    cut_short: float
    absence_consecutive: int
    absence_total: int
    absence_window: int
    """Days."""
    lockout_days: int
    dropout_hazard: F64
    """Hazard of dropping out in the k-th week of treatment, k from 0."""
    dropout_effects: F64
    """Hazard ratio of each value of each `Fact`; shape (facts, values)."""
    watches_crowding: bool
    transfer_hazard: float
    incarceration_hazard: float
    death_hazard: float
    other_hazard: float
    lapse_hazard: float
    lapse_step_up: float
    lapse_step_out: float


def write_treatment(scenario: Scenario) -> Treatment:
    """Write treatment."""
    phases, traits = scenario.phases, sorted(scenario.traits)
    rule, leaving, attendance, lapse = scenario.absence_rule, scenario.leaving, scenario.attendance, scenario.lapse
    family, medication = scenario.family_night, scenario.medication
    return Treatment(
        phase_names=tuple(phases),
        phase_nights=np.array([phase.nights_per_week for phase in phases.values()]),
        phase_weeks=np.array([phase.planned_weeks for phase in phases.values()]),
        phase_least=np.array([least_weeks(phase) for phase in phases.values()]),
        phase_most=np.array([most_weeks(phase) for phase in phases.values()]),
        phase_least_minutes=np.array([round(60 * least) for least, _ in level_hours(scenario).values()]),
        phase_waits=np.array([phase.when_full == "wait" for phase in phases.values()]),
        benchmark=np.array([phase.benchmark_attended_share for phase in phases.values()]),
        benchmark_weeks=np.array([phase.benchmark_weeks for phase in phases.values()]),
        lapse_free_weeks=np.array([phase.lapse_free_weeks for phase in phases.values()]),
        individual_per_week=np.array([phase.individual_per_week for phase in phases.values()]),
        individual_minutes=round(60 * scenario.individual.hours),
        individual_show=scenario.individual.show_probability,
        medication_every=np.array([phase.medication_every_weeks for phase in phases.values()]),
        medication_trait=traits.index(medication.trait) if medication.trait else -1,
        medication_minutes=round(60 * medication.hours),
        medication_show=medication.show_probability,
        family_days=family_days(scenario),
        family_minutes=round(60 * family.hours),
        family_staff=family.staff,
        family_start=minutes(family.start),
        family_show=family.comes_share,
        absence_odds=(1 - attendance.probability) / attendance.probability,
        absence_run=attendance.absence_run_sessions,
        excused_share=attendance.excused_share,
        make_up=attendance.make_up_probability,
        cut_short=attendance.cut_short_probability,
        absence_consecutive=limit(rule.consecutive),
        absence_total=limit(rule.total),
        absence_window=7 * rule.window_weeks,
        lockout_days=rule.lockout_days,
        dropout_hazard=dropout_hazard(
            leaving.early_probability,
            leaving.early_weeks,
            leaving.dropout_per_week,
            leaving.dropout_shape,
            scenario.weeks + 1 + max((p.weeks for p in scenario.present.values()), default=0),
        ),
        dropout_effects=dropout_effects(scenario),
        watches_crowding=leaving.crowded_hazard_ratio != 1.0,
        transfer_hazard=leaving.transfer_per_week,
        incarceration_hazard=leaving.incarceration_per_week,
        death_hazard=leaving.death_per_week,
        other_hazard=leaving.other_per_week,
        lapse_hazard=lapse.per_week,
        lapse_step_up=lapse.step_up_probability,
        lapse_step_out=lapse.step_out_probability,
    )


def has_benchmark(phase: Phase) -> bool:
    """Return whether moving on from a phase depends on more than the calendar."""
    return phase.benchmark_attended_share > 0.0 or phase.lapse_free_weeks > 0


def least_weeks(phase: Phase) -> int:
    """Return the weeks before which nobody moves on from a phase."""
    return phase.least_weeks or phase.planned_weeks if has_benchmark(phase) else phase.planned_weeks


def most_weeks(phase: Phase) -> int:
    """Return the weeks after which all move on from a phase."""
    return phase.most_weeks or phase.planned_weeks if has_benchmark(phase) else phase.planned_weeks


def family_days(scenario: Scenario) -> I64:
    """Return the days with a family night."""
    night = scenario.family_night
    if not night.every_weeks:
        return np.array([], dtype=np.int64)
    on = open_days(scenario, [night.weekday])
    days = np.flatnonzero(on)
    return np.asarray(days[(days // 7) % night.every_weeks == 0], dtype=np.int64)


def dropout_hazard(early: float, early_weeks: int, per_week: float, shape: float, weeks: int) -> F64:
    """Return the hazard of dropping out in each week of treatment; shape (weeks,).

    Early non-engagement is spread evenly over the early weeks so that on its own it takes the share `early`; the
    rest is a Weibull hazard whose average over the first twelve weeks is `per_week`.
    """
    edges = 12.0 * (np.arange(weeks + 1) / 12.0) ** shape
    hazard = per_week * np.diff(edges)
    hazard[:early_weeks] += -math.log1p(-early) / early_weeks
    return np.asarray(hazard, dtype=np.float64)


def dropout_effects(scenario: Scenario) -> F64:
    """Return the hazard ratio of each value of each `Fact`; shape (facts, values)."""
    leaving = scenario.leaving
    counts = np.arange(MOST_COUNTED + 1)
    effects = np.ones((len(Fact), MOST_COUNTED + 1))
    for p, phase in enumerate(scenario.phases.values()):
        effects[Fact.PHASE, p] = phase.dropout_hazard_ratio
    effects[Fact.CROWDED, 1:] = leaving.crowded_hazard_ratio
    for fact, ratio in {
        Fact.WEEKS_WAITED: leaving.waited_hazard_ratio,
        Fact.COUNSELOR_CHANGES: leaving.counselor_change_hazard_ratio,
        Fact.MISSED_INDIVIDUAL: leaving.missed_individual_hazard_ratio,
        Fact.LAPSES: scenario.lapse.dropout_hazard_ratio,
    }.items():
        effects[fact] = ratio**counts
    return effects

"""Treatment: phases, benchmarks, attendance, lapses, and what phases ask of groups and staff."""

from __future__ import annotations

import math

from iopsim.scenario.checks.conflict import Conflict, Conflicts, named, unknown
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario
from iopsim.scenario.timetable import DAY, clock, minutes, serving
from iopsim.scenario.treatment import Phase
from iopsim.scenario.words import plain


def has_phases(scenario: Scenario, _: str) -> Conflicts:
    """Treatment must have a phase."""
    if not scenario.phases:
        said = "at least one is needed, such as [phases.intensive] with nights_per_week = 3"
        yield Conflict((("phases",),), "nothing", said)


def absences_fit_in_runs(scenario: Scenario, _: str) -> Conflicts:
    """Absences come in runs with an attended session between two of them, which bounds their number."""
    attendance = scenario.attendance
    least = 1.0 / (1.0 + attendance.absence_run_sessions)
    if attendance.probability < least:
        run = plain(attendance.absence_run_sessions)
        bound = plain(math.ceil(1000 * least) / 1000)
        said = f"probability must be at least {bound} when absence_run_sessions is {run}"
        keys = (("attendance", "probability"), ("attendance", "absence_run_sessions"))
        yield Conflict(keys, f"probability = {plain(attendance.probability)}", said)


def lapse_has_one_consequence(scenario: Scenario, _: str) -> Conflicts:
    """A lapse moves a client back, or out, or neither."""
    lapse = scenario.lapse
    total = lapse.step_up_probability + lapse.step_out_probability
    if total > 1.0 + 1e-9:
        found = f"{plain(lapse.step_up_probability)} + {plain(lapse.step_out_probability)} = {plain(round(total, 9))}"
        keys = (("lapse", "step_up_probability"), ("lapse", "step_out_probability"))
        said = "step_up_probability and step_out_probability must sum to at most 1"
        yield Conflict(keys, found, said, path=("lapse",))


def medication_is_for_a_known_trait(scenario: Scenario, _: str) -> Conflicts:
    """Medication visits are for clients of a trait that exists."""
    trait = scenario.medication.trait
    if trait and trait not in scenario.traits:
        yield unknown("trait", trait, scenario.traits, ("medication", "trait"))


def family_night_ends_by_midnight(scenario: Scenario, _: str) -> Conflicts:
    """A family night ends on the day on which it begins."""
    night = scenario.family_night
    if minutes(night.start) + round(60 * night.hours) > DAY:
        found = f"a start at {clock(minutes(night.start))} and {plain(night.hours)} hours"
        keys = (("family_night", "hours"), ("family_night", "start"))
        yield Conflict(keys, found, "a family night must end by midnight; begin earlier or make it shorter")


def phase_is_served(scenario: Scenario, name: str) -> Conflicts:
    """A client has somewhere to go in every phase, in a group that exists as the levers stand."""
    groups = scenario.groups
    if not groups or serving(scenario, name) or _misnames_a_phase(scenario):
        return
    off = [group for group, one in groups.items() if one.lever and (not one.serves or name in one.serves)]
    said = f"a group must take its clients: add {name} to the serves of one, or leave serves empty there"
    if off:
        levers = dict.fromkeys(groups[group].lever for group in off)
        said = f"{named(off)} exists only while its lever ({named(levers)}) is on; {said}"
    yield Conflict((("phases", name),), "no group that serves this phase", said)


def phase_has_nights_enough(scenario: Scenario, name: str) -> Conflicts:
    """One group has as many nights as the phase needs."""
    needed = scenario.phases[name].nights_per_week
    nights = {group: len(one.nights) for group, one in serving(scenario, name).items()}
    if nights and needed > max(nights.values()) and not _misnames_a_phase(scenario):
        has = ", ".join(f"{group} meets on {count}" for group, count in nights.items())
        said = f"at most {max(nights.values())}, the nights of the largest group that serves this phase ({has})"
        yield Conflict((("phases", name, "nights_per_week"),), f"{needed} nights a week", said)


def benchmark_has_a_span(scenario: Scenario, name: str) -> Conflicts:
    """Where a benchmark decides, it does so between the least and the most weeks, around the planned."""
    phase = scenario.phases[name]
    if not _has_benchmark(phase):
        return
    planned = phase.planned_weeks
    if phase.least_weeks > planned:
        said = f"least_weeks must be at most planned_weeks, {planned}"
        yield _weeks(name, "least_weeks", f"least_weeks = {phase.least_weeks}", said)
    if phase.most_weeks and phase.most_weeks < planned:
        said = f"most_weeks must be at least planned_weeks, {planned}, or 0 for these"
        yield _weeks(name, "most_weeks", f"most_weeks = {phase.most_weeks}", said)


def weeks_of_a_benchmark_have_one(scenario: Scenario, name: str) -> Conflicts:
    """Without a benchmark the planned weeks decide, and nothing else."""
    phase = scenario.phases[name]
    if _has_benchmark(phase):
        return
    for part in ("least_weeks", "most_weeks"):
        weeks = getattr(phase, part)
        if weeks:
            said = "only a benchmark needs this; give benchmark_attended_share or lapse_free_weeks, or leave it out"
            yield _weeks(name, part, f"{part} = {weeks} without a benchmark", said)


def benchmark_can_decide(scenario: Scenario, name: str) -> Conflicts:
    """A benchmark has weeks in which to decide: between least and most, planned where one is left out."""
    phase = scenario.phases[name]
    if _has_benchmark(phase) and (phase.least_weeks or phase.planned_weeks) == (
        phase.most_weeks or phase.planned_weeks
    ):
        said = "a benchmark decides between least_weeks and most_weeks; give at least one that is not planned_weeks"
        part = "benchmark_attended_share" if phase.benchmark_attended_share else "lapse_free_weeks"
        yield Conflict((("phases", name, part), ("phases", name, "planned_weeks")), "a benchmark without a span", said)


def phase_has_somebody_for_individual_sessions(scenario: Scenario, name: str) -> Conflicts:
    """Individual sessions are somebody's duty."""
    if scenario.phases[name].individual_per_week and not _does(scenario, "individual"):
        yield _nobody(name, "individual_per_week", "individual", "individual sessions")


def phase_has_somebody_for_medication(scenario: Scenario, name: str) -> Conflicts:
    """Medication visits are somebody's duty."""
    if scenario.phases[name].medication_every_weeks and not _does(scenario, "medication"):
        yield _nobody(name, "medication_every_weeks", "medication", "medication visits")


RULES = (
    has_phases,
    absences_fit_in_runs,
    lapse_has_one_consequence,
    medication_is_for_a_known_trait,
    family_night_ends_by_midnight,
)
"""Rules for treatment as a whole."""

PHASE_RULES = (
    phase_is_served,
    phase_has_nights_enough,
    benchmark_has_a_span,
    weeks_of_a_benchmark_have_one,
    benchmark_can_decide,
    phase_has_somebody_for_individual_sessions,
    phase_has_somebody_for_medication,
)
"""Rules for each phase."""


def _misnames_a_phase(scenario: Scenario) -> bool:
    """Whether some group serves a phase that does not exist; which one it means cannot be known."""
    return any(phase not in scenario.phases for group in scenario.groups.values() for phase in group.serves)


def _has_benchmark(phase: Phase) -> bool:
    return phase.benchmark_attended_share > 0.0 or phase.lapse_free_weeks > 0


def _weeks(name: str, part: str, found: str, said: str) -> Conflict:
    keys: tuple[Key, ...] = (("phases", name, part), ("phases", name, "planned_weeks"))
    return Conflict(keys, found, said, path=("phases", name, part))


def _does(scenario: Scenario, duty: str) -> bool:
    """Whether anybody has a duty, or will once hired."""
    return any(
        duty in role.duties and (role.people or role.hire_when_caseload != "none") for role in scenario.staff.values()
    )


def _nobody(name: str, part: str, duty: str, what: str) -> Conflict:
    said = f'somebody must hold {what}: give a role with people "{duty}" among its duties ([staff.NAME])'
    return Conflict((("phases", name, part),), f"{what} and nobody whose duty they are", said)

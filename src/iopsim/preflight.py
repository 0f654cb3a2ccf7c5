"""The pre-flight: offered load against each capacity, in closed form, before anything is simulated.

The load is what clients would use if nobody ever waited for a slot, a seat or a counselor. Above the capacity a
queue must grow until people give up; that is worth knowing before waiting for a simulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from iopsim.rulebook import UNLIMITED, Rulebook, write
from iopsim.scenario.model import Scenario

F64 = NDArray[np.float64]

YEAR = 52
SHARE = 4
"""Of a run shorter than a year and a half only the last quarter is looked at, when the ramp is nearly over."""
MOST_SUBSETS = 8
TIGHT = 0.9
"""From this share of capacity on, queues grow long although demand does not exceed capacity."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of one resource, against what it has, a week on average over the last year of the run."""

    resource: str
    unit: str
    demand: float
    capacity: float

    @property
    def share(self) -> float:
        """Demand as a share of capacity; infinite if there is no capacity."""
        return self.demand / self.capacity if self.capacity else (math.inf if self.demand else 0.0)

    @property
    def warning(self) -> str:
        """A plain warning, or nothing."""
        if self.share > 1.0:
            return f"demand exceeds capacity: {self.resource} will hold more and more people back"
        if self.share > TIGHT:
            return f"demand is above {TIGHT:.0%} of capacity: waits for {self.resource} will be long at busy times"
        return ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """Loads by resource, and what the closed form leaves out."""

    loads: tuple[Load, ...]
    notes: tuple[str, ...]


def check(scenario: Scenario) -> Preflight:
    """Return the offered load against each capacity of a scenario."""
    book = write(scenario)
    weeks = YEAR if book.weeks >= YEAR * 3 // 2 else max(1, book.weeks // SHARE)
    last = slice(book.days - 7 * weeks, book.days)
    referrals = book.demand.expected_referrals[:, last].sum(axis=1) / weeks
    calls = referrals * (1.0 - book.intake.call_lost) * (1.0 - book.intake.screened_out)
    shown, appointments = assessment_outlook(book)
    placed = calls * shown * ready_share(book) * authorized_share(book)

    loads = [
        Load(
            "assessment slots",
            "slots/week",
            float(calls.sum() * appointments),
            float(book.intake.slots[last].sum() / weeks),
        )
    ]
    clients, seat_nights = _stays(book)
    by_phase = np.zeros(len(book.treatment.phase_names))
    in_program = 0.0
    for share, back_phase in routes(book):
        for source, own_phase in enumerate(book.demand.source_phase.tolist()):
            phase = own_phase if back_phase < 0 else back_phase
            in_program += share * placed[source] * clients[phase].sum()
            by_phase += share * placed[source] * seat_nights[phase]
    offered = _seats_offered(book, last)
    for phases in _families(book):
        hardest = max(_subsets(phases), key=lambda some: _load(book, some, by_phase, offered))
        groups = [g for g in range(len(book.schedule.group_names)) if _can_seat(book, g, hardest)]
        where = ", ".join(book.schedule.group_names[g] for g in groups)
        whom = "" if hardest == phases else f" for {', '.join(book.treatment.phase_names[p] for p in hardest)}"
        asked, seats = float(by_phase[hardest].sum()), float(offered[groups].sum() / weeks)
        loads.append(Load(f"seats in {where}{whom}", "seat-nights/week", asked, seats))
    capacity = math.inf if book.staffing.caseload_limit == UNLIMITED else float(book.staffing.caseload_limit)
    loads.append(Load("counselor caseload", "clients", float(in_program), capacity))

    span = f"the last {weeks} weeks" if weeks > 1 else "the last week"
    notes = [
        f"Load if nobody ever waited for a slot, a seat or a counselor; average of {span} of the run, seasons included."
    ]
    if book.demand.trait_names:
        notes.append("Effects of traits are left out of this estimate (the simulation has them).")
    if left_out := _left_out(scenario):
        notes.append(f"Left out, and in the simulation: {', '.join(left_out)}.")
    return Preflight(tuple(loads), tuple(notes))


def routes(book: Rulebook) -> list[tuple[float, int]]:
    """Return the ways into the program from an assessment: share of those assessed, and phase; -1 for the source's."""
    intake = book.intake
    detours = np.diff(intake.placement[:3]) * intake.comes_back
    return [(float(intake.placement[0]), -1), *zip(detours.tolist(), intake.back_phase.tolist(), strict=True)]


def authorized_share(book: Rulebook) -> F64:
    """Return the share of each source's clients whose treatment is authorized; shape (sources,)."""
    shares = np.diff(book.demand.payer_share, axis=1, prepend=0.0)
    return np.asarray(1.0 - shares @ book.coverage.denied, dtype=np.float64)


def _left_out(scenario: Scenario) -> list[str]:
    """Return what changes the load and is in no closed form here."""
    phases, payers = scenario.phases.values(), scenario.payers.values()
    left_out = {
        "benchmarks": any(phase.benchmark_attended_share or phase.lapse_free_weeks for phase in phases),
        "lapses": scenario.lapse.per_week > 0.0 and bool(scenario.lapse.step_up_probability),
        "the end of coverage": any(
            payer.when_coverage_ends == "discharge"
            and (
                payer.coverage_loss_per_week
                or (payer.authorized_sessions != "none" and payer.review_denied_probability)
            )
            for payer in payers
        ),
        "clients who call again": scenario.after.return_probability > 0.0,
        "groups and staff that wait for a trigger": any(
            g.opens_when_waiting != "none" for g in scenario.groups.values()
        )
        or any(role.hire_when_caseload != "none" for role in scenario.staff.values()),
        "vacancies": any(role.turnover_per_year and role.duties for role in scenario.staff.values()),
    }
    return [what for what, does in left_out.items() if does]


def assessment_outlook(book: Rulebook) -> tuple[float, float]:
    """Return P(a referred client is assessed in the end), and expected appointments per referral.

    Assumes that the diary always has a slot on the first assessment day that suits, and that the days of referral
    are those of the whole run.
    """
    day = np.arange(book.days)
    weight = book.demand.expected_referrals.sum(axis=0)
    if weight.sum() == 0.0:
        return 0.0, 1.0
    shows = 0.0
    for delay, chance in enumerate(np.diff(book.intake.client_delay, prepend=0.0).tolist()):
        suits = np.minimum(day + max(delay, book.intake.first_lead), book.days)
        lead = (
            np.where(book.intake.next_assessment_day[suits] < book.days, book.intake.next_assessment_day[suits], suits)
            - day
        )
        shows += chance * float(weight @ (1.0 - 1.0 / (1.0 + book.intake.show_odds[lead]))) / float(weight.sum())
    again = (1.0 - shows) * book.intake.rebook_probability
    appointments = sum(again**k for k in range(book.intake.max_rebookings + 1))
    return shows * appointments, appointments


def ready_share(book: Rulebook) -> float:
    """Return the share of placed clients who do not give up before they are ready to start."""
    days = np.arange(len(book.intake.ready_delay))
    return float(np.diff(book.intake.ready_delay, prepend=0.0) @ np.exp(-book.intake.renege_per_day * days))


def survival(book: Rulebook, nights: list[int]) -> F64:
    """Return P(still in treatment at the start of week k), k from 0, given the nights of each week.

    Notes
    -----
    Absences follow the two-state chain of `iopsim.rules.attendance`; the total of unexcused absences is counted
    from admission, so the window of the absence rule counts as endless. The ways out are independent.
    """
    weeks = np.arange(len(nights) + 1)
    hazard = np.concatenate([[0.0], np.cumsum(book.treatment.dropout_hazard)])[
        np.minimum(weeks, len(book.treatment.dropout_hazard))
    ]
    constant = (
        book.treatment.transfer_hazard
        + book.treatment.incarceration_hazard
        + book.treatment.death_hazard
        + book.treatment.other_hazard
    )
    return np.asarray(np.exp(-hazard - constant * weeks) * _not_terminated(book, nights), dtype=np.float64)


def _not_terminated(book: Rulebook, nights: list[int]) -> F64:
    """Return P(the absence rule has not been broken by the start of week k), by the exact chain of one client."""
    most_run = book.treatment.absence_consecutive if book.treatment.absence_consecutive >= 0 else 0
    most = book.treatment.absence_total if book.treatment.absence_total >= 0 else 0
    goes_on = 1.0 - 1.0 / book.treatment.absence_run
    runs, totals = most_run + 1, most + 1
    chance = min(1.0, book.treatment.absence_odds / book.treatment.absence_run)
    first = book.treatment.absence_odds / (1.0 + book.treatment.absence_odds)
    attending, returning, excused, unexcused = range(4)
    state = np.zeros((4, runs, totals))
    state[attending, 0, 0] = 1.0
    kept, sessions = [1.0], 0
    for held in nights:
        for _ in range(held):
            begin = first if sessions == 0 else chance
            sessions += 1
            new = np.zeros_like(state)
            new[attending, 0] += ((1.0 - begin) * state[attending] + state[returning]).sum(axis=0)
            begun = begin * state[attending]
            new_excused = book.treatment.excused_share * begun + state[excused]
            new_unexcused = _absent(book, (1.0 - book.treatment.excused_share) * begun + state[unexcused])
            new[excused] += goes_on * new_excused
            new[unexcused] += goes_on * new_unexcused
            new[returning] += (1.0 - goes_on) * (new_excused + new_unexcused)
            state = new
        kept.append(float(state.sum()))
    return np.array(kept)


def _absent(book: Rulebook, mass: F64) -> F64:
    """Move probability mass by one unexcused absence; what breaks the rule is lost."""
    if book.treatment.absence_consecutive >= 0:
        moved = np.zeros_like(mass)
        moved[1:] = mass[:-1]
        moved[book.treatment.absence_consecutive :] = 0.0
        mass = moved
    if book.treatment.absence_total >= 0:
        moved = np.zeros_like(mass)
        moved[:, 1:] = mass[:, :-1]
        mass = moved
    return mass


def _stays(book: Rulebook) -> tuple[list[F64], list[F64]]:
    """Return for each entry phase the expected client-weeks, and seat-nights, in each phase."""
    clients, seats = [], []
    phases = range(len(book.treatment.phase_names))
    for entry in phases:
        plan = [p for p in phases if p >= entry for _ in range(int(book.treatment.phase_weeks[p]))]
        alive = survival(book, [int(book.treatment.phase_nights[p]) for p in plan])[:-1]
        weeks = np.bincount(plan, alive, minlength=len(book.treatment.phase_names)).astype(np.float64)
        clients.append(weeks)
        seats.append(weeks * book.treatment.phase_nights)
    return clients, seats


def _seats_offered(book: Rulebook, span: slice) -> F64:
    """Return the seat-nights each group offers within a span of days."""
    held = book.schedule.schedule[book.schedule.schedule_start[span.start] : book.schedule.schedule_start[span.stop]]
    seats = np.bincount(
        book.schedule.night_group[held], book.schedule.night_seats[held], minlength=len(book.schedule.group_names)
    )
    return seats.astype(np.float64)


def _can_seat(book: Rulebook, group: int, phases: list[int]) -> bool:
    """Whether a group takes clients of one of the phases and has as many nights as that phase needs."""
    nights = book.schedule.group_first_night[group + 1] - book.schedule.group_first_night[group]
    return any(book.schedule.serves[group, p] and nights >= book.treatment.phase_nights[p] for p in phases)


def _load(book: Rulebook, phases: list[int], by_phase: F64, offered: F64) -> float:
    """Return the seat-nights asked for by some phases as a share of those of the groups that can seat any of them."""
    seats = sum(float(offered[g]) for g in range(len(book.schedule.group_names)) if _can_seat(book, g, phases))
    asked = float(by_phase[phases].sum())
    return asked / seats if seats else (math.inf if asked else 0.0)


def _subsets(phases: list[int]) -> list[list[int]]:
    """Return the subsets of some phases that share groups, the whole first; of very many, the whole and each alone."""
    if len(phases) > MOST_SUBSETS:
        return [phases, *([p] for p in phases)]
    sizes = range(len(phases), 0, -1)
    return [list(some) for size in sizes for some in combinations(phases, size)]


def _families(book: Rulebook) -> list[list[int]]:
    """Return the phases that share groups, directly or through others, as lists of indices."""
    phases = range(len(book.treatment.phase_names))
    groups = range(len(book.schedule.group_names))
    families: list[set[int]] = []
    for p in phases:
        shared = {q for q in phases for g in groups if _can_seat(book, g, [p]) and _can_seat(book, g, [q])} | {p}
        joined = [family for family in families if family & shared]
        families = [family for family in families if family not in joined] + [shared.union(*joined)]
    return sorted(sorted(family) for family in families)

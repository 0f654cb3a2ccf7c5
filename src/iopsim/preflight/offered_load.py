"""The load offered to slots, seats, caseloads and hours."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from iopsim.preflight.flow import assessment_outlook, authorized_share, ready_share, routes, stays
from iopsim.preflight.hours import staff_hours
from iopsim.preflight.load import Load, Preflight
from iopsim.preflight.seats import can_seat, families, seats_load, seats_offered, subsets
from iopsim.rulebook import UNLIMITED, write
from iopsim.scenario.model import Scenario

YEAR = 52
SHARE = 4
"""Of a run shorter than a year and a half only the last quarter is looked at, when the ramp is nearly over."""


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
    clients, seat_nights = stays(book)
    by_phase = np.zeros(len(book.treatment.phase_names))
    in_program = np.zeros_like(by_phase)
    for share, back_phase in routes(book):
        for source, own_phase in enumerate(book.demand.source_phase.tolist()):
            phase = own_phase if back_phase < 0 else back_phase
            in_program += share * placed[source] * clients[phase]
            by_phase += share * placed[source] * seat_nights[phase]
    offered = seats_offered(book, last)
    for phases in families(book):
        hardest = max(subsets(phases), key=lambda some: seats_load(book, some, by_phase, offered))
        groups = [g for g in range(len(book.schedule.group_names)) if can_seat(book, g, hardest)]
        where = ", ".join(book.schedule.group_names[g] for g in groups)
        whom = "" if hardest == phases else f" for {', '.join(book.treatment.phase_names[p] for p in hardest)}"
        asked, seats = float(by_phase[hardest].sum()), float(offered[groups].sum() / weeks)
        loads.append(Load(f"seats in {where}{whom}", "seat-nights/week", asked, seats))
    capacity = math.inf if book.staffing.caseload_limit == UNLIMITED else float(book.staffing.caseload_limit)
    loads.append(Load("counselor caseload", "clients", float(in_program.sum()), capacity))
    full = in_program * _times_until_full(loads[1:])
    assessed = min(float(calls.sum() * shown), loads[0].capacity)
    hours = staff_hours(book, full, assessed, _medicated(scenario), last)

    span = f"the last {weeks} weeks" if weeks > 1 else "the last week"
    notes = [
        f"Load if nobody ever waited for a slot, a seat or a counselor; average of {span} of the run, seasons included."
    ]
    if book.demand.trait_names:
        notes.append("Effects of traits are left out of this estimate (the simulation has them).")
    if left_out := _left_out(scenario):
        notes.append(f"Left out, and in the simulation: {', '.join(left_out)}.")
    if hours:
        notes.append(
            f"Hours when full: for {full.sum():.1f} clients, as many as seats and caseloads hold, and the assessments "
            "of the plan; of those at work, less sickness and leave."
        )
    for load in hours:
        named = ", ".join(f"{what} {part:.1f}" for what, part in load.parts)
        notes.append(f"{load.resource[0].upper()}{load.resource[1:]}: {named or 'none'}.")
    return Preflight(tuple(loads), tuple(hours), tuple(notes))


def _times_until_full(loads: list[Load]) -> float:
    """Return by what factor the census of the offered load grows, or shrinks, until one of some resources is full."""
    shares = [load.share for load in loads if load.share > 0.0]
    return 1.0 / max(shares) if shares else 0.0


def _medicated(scenario: Scenario) -> float:
    """Return the share of clients referred who have medication visits, traits being independent."""
    name, rates = scenario.medication.trait, [source.per_week for source in scenario.referrals.values()]
    if not name or not sum(rates):
        return 1.0
    shares = [_share_with(scenario, source.traits, name) for source in scenario.referrals.values()]
    return math.fsum(rate * share for rate, share in zip(rates, shares, strict=True)) / math.fsum(rates)


def _share_with(scenario: Scenario, own: Mapping[str, float], name: str) -> float:
    """Return the share of a source's clients with a trait, `own` being the shares that the source gives itself."""

    def drawn(other: str) -> float:
        return own.get(other, scenario.traits[other].share)

    trait = scenario.traits[name]
    if not (trait.all_of or trait.none_of):
        return drawn(name)
    return math.prod(map(drawn, trait.all_of)) * math.prod(1.0 - drawn(other) for other in trait.none_of)


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

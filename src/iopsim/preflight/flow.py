"""The way of the average client in closed form: who is assessed, who starts, and who is still there week by week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iopsim.rulebook import Rulebook

F64 = NDArray[np.float64]


def routes(book: Rulebook) -> list[tuple[float, int]]:
    """Return the ways into the program from an assessment: share of those assessed, and phase; -1 for the source's."""
    intake = book.intake
    detours = np.diff(intake.placement[:3]) * intake.comes_back
    return [(float(intake.placement[0]), -1), *zip(detours.tolist(), intake.back_phase.tolist(), strict=True)]


def authorized_share(book: Rulebook) -> F64:
    """Return the share of each source's clients whose treatment is authorized; shape (sources,)."""
    shares = np.diff(book.demand.payer_share, axis=1, prepend=0.0)
    return np.asarray(1.0 - shares @ book.coverage.denied, dtype=np.float64)


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


def stays(book: Rulebook) -> tuple[list[F64], list[F64]]:
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

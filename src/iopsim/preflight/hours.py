"""The staff's week: the hours that the work needs with every seat, or every caseload, taken."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.preflight.load import Load
from iopsim.preflight.seats import subsets
from iopsim.rulebook import UNLIMITED, Rulebook

F64 = NDArray[np.float64]

HOUR, WEEK = 60.0, 7
WEEKS_OF_LEAVE = 52
"""Weeks of the year of which leave is counted."""


@dataclass(frozen=True, slots=True)
class Work:
    """Hours a week of work that any of some roles (their indices) can do."""

    what: str
    hours: float
    roles: frozenset[int]


def staff_hours(book: Rulebook, clients: F64, assessments: float, medicated: float, span: slice) -> list[Load]:
    """Return the hours that work needs against those that there are, for the hardest pressed roles of each team.

    A team is roles that share work, directly or through others. Of each team that set of roles is told whose own work,
    which nobody else can do, takes the largest share of its hours.

    Parameters
    ----------
    book : Rulebook
    clients : float array, shape (phases,)
        Clients in each phase.
    assessments : float
        Clients assessed a week.
    medicated : float
        Share of clients who have medication visits, between 0 and 1.
    span : slice
        Days of the run, over whose weeks hours are averaged: whole weeks.

    Returns
    -------
    list of Load
        In hours a week; empty if nobody has duties or a caseload.

    Notes
    -----
    Assumes that every post is filled from its planned first start on, that groups have the facilitators that a full
    group needs, and that a no-show of an individual session or a medication visit takes its time all the same.
    """
    staff = book.staffing
    busy = staff.facilitates | staff.assesses | staff.sees | staff.prescribes | (staff.caseload != UNLIMITED)
    people = _people(book, span)
    roles = [int(role) for role in np.flatnonzero(busy & (people > 0))]
    work = [piece for piece in _work(book, clients, assessments, medicated, span, people) if piece.hours]
    there = _hours_there(book, span, people)
    loads = []
    for team in _teams(roles, work):
        sets = [frozenset(some) for some in subsets(team)]
        hardest = max(sets, key=lambda some: _share(some, work, there))
        names = ", ".join(staff.role_names[role] for role in sorted(hardest))
        parts: dict[str, float] = {}
        for piece in work:
            if piece.roles <= hardest:
                parts[piece.what] = parts.get(piece.what, 0.0) + piece.hours
        need = _own(hardest, work), _sum(there, hardest)
        loads.append(Load(f"hours of {names}, when full", "hours/week", *need, tuple(parts.items())))
    return loads


def _people(book: Rulebook, span: slice) -> F64:
    """Return the people planned in each role, on average over a span; those who wait for a trigger are none."""
    staff = book.staffing
    day = np.arange(span.start, span.stop)
    there = (staff.post_start[:, np.newaxis] <= day).mean(axis=1) if len(staff.post_start) else np.zeros(0)
    return np.bincount(staff.post_role, there, minlength=len(staff.role_names)).astype(np.float64)


def _hours_there(book: Rulebook, span: slice, people: F64) -> F64:
    """Return the hours a week of each role: at work, and neither sick, on leave nor on a closed day."""
    staff = book.staffing
    days = WEEK * staff.working[span].mean()
    at_work = (1.0 - staff.sick_share) * (1.0 - staff.leave_weeks / WEEKS_OF_LEAVE)
    return np.asarray(people * staff.day_minutes * days * at_work / HOUR, dtype=np.float64)


def _work(book: Rulebook, clients: F64, assessments: float, medicated: float, span: slice, people: F64) -> list[Work]:
    """Return all work of a week, in the order in which the hours are spent."""
    staff, treated, intake = book.staffing, book.treatment, book.intake
    weeks = (span.stop - span.start) / WEEK
    facilitating = [int(role) for role in np.flatnonzero(staff.facilitates & (people > 0))]
    first = frozenset(facilitating[:1])
    family = np.count_nonzero((treated.family_days >= span.start) & (treated.family_days < span.stop))
    days = np.unique(intake.next_orientation_day[span])
    orientations = np.count_nonzero(days < span.stop) if intake.orientation else 0
    every = treated.medication_every
    visits = float(np.divide(clients, every, out=np.zeros_like(clients), where=every > 0).sum())
    ratio = int(staff.ratio[facilitating[0]]) if facilitating else UNLIMITED

    def able(flags: NDArray[np.bool_]) -> frozenset[int]:
        return frozenset(np.flatnonzero(flags & (people > 0)).tolist())

    work = [
        Work("groups", _group_hours(book, ratio, span) / weeks, frozenset(facilitating)),
        Work("assessments", assessments * intake.assessment_minutes / HOUR, able(staff.assesses)),
        Work("family nights", family * treated.family_staff * treated.family_minutes / HOUR / weeks, first),
        Work("orientations", orientations * intake.orientation_minutes / HOUR / weeks, first),
        Work(
            "individual sessions",
            float(clients @ treated.individual_per_week) * treated.individual_minutes / HOUR,
            able(staff.sees),
        ),
        Work("medication visits", medicated * visits * treated.medication_minutes / HOUR, able(staff.prescribes)),
    ]
    carried = people * np.maximum(staff.caseload, 0)
    for role in np.flatnonzero(people > 0).tolist():
        share = carried[role] / carried.sum() if carried.sum() else 0.0
        notes = float(share * clients.sum() * staff.notes_minutes[role]) / HOUR
        work.append(
            Work("supervision", float(people[role] * staff.supervision_minutes[role]) / HOUR, frozenset([role]))
        )
        work.append(Work("notes", notes, frozenset([role])))
    return [piece for piece in work if piece.roles]


def _group_hours(book: Rulebook, ratio: int, span: slice) -> float:
    """Return the hours of staff that full groups need in a span, one facilitator taking so many clients."""
    schedule = book.schedule
    held = schedule.schedule[schedule.schedule_start[span.start] : schedule.schedule_start[span.stop]]
    needed = schedule.facilitators[schedule.night_group[held]]
    if ratio > 0:
        needed = np.maximum(needed, np.ceil(schedule.night_seats[held] / ratio))
    return float(needed @ schedule.night_minutes[held]) / HOUR


def _teams(roles: list[int], work: list[Work]) -> list[list[int]]:
    """Return the roles that share work, directly or through others."""
    teams = [{role} for role in roles]
    for piece in work:
        joined = [team for team in teams if team & piece.roles]
        if len(joined) > 1:
            teams = [team for team in teams if team not in joined] + [set[int]().union(*joined)]
    return sorted(sorted(team) for team in teams)


def _own(roles: frozenset[int], work: list[Work]) -> float:
    """Return the hours of work that nobody but some roles can do."""
    return math.fsum(piece.hours for piece in work if piece.roles <= roles)


def _sum(hours: F64, roles: frozenset[int]) -> float:
    return math.fsum(hours[role] for role in roles)


def _share(roles: frozenset[int], work: list[Work], there: F64) -> float:
    own, hours = _own(roles, work), _sum(there, roles)
    return own / hours if hours else (math.inf if own else 0.0)

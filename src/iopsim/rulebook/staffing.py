"""Staff: posts, what each does, when each is filled, and how people come and go."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim import clock
from iopsim.deck import name_word
from iopsim.rulebook.days import F64, I64, UNLIMITED, Flags, closed_days, hazard_of, limit
from iopsim.scenario.model import Scenario

OFFICE_DAYS = 5
"""Working days of a week, Monday to Friday."""

WORKING_DAYS_A_YEAR = 260

SELDOM = 1e-9
"""Quits a year up to which nobody quits."""


@dataclass(frozen=True, eq=False, slots=True)
class Staffing:
    """Roles in the order of the file; posts by role, those hired on a trigger after the role's others."""

    role_names: tuple[str, ...]
    post_role: I64
    post_number: I64
    """Number of the post within its role, part of the address of its cards."""
    post_start: I64
    """Day on which the post is first filled; `days` for one that waits for a trigger."""
    role_word: NDArray[np.uint64]
    caseload: I64
    """Clients each can carry; -1 for a role that carries nobody."""
    caseload_limit: int
    """Clients that all posts of the opening plan, filled at their time, can carry together; -1 for no limit."""
    vacant_caseload: I64
    """Clients that are still carried for a vacant post."""
    carries: bool
    """Whether any role carries clients."""
    facilitates: Flags
    assesses: Flags
    sees: Flags
    """Whether the role holds individual sessions."""
    prescribes: Flags
    day_minutes: I64
    """Working minutes of one person on a working day."""
    ratio: I64
    """Clients one may facilitate; -1 for no limit."""
    notes_minutes: I64
    """Minutes of notes a week for each client carried."""
    supervision_minutes: I64
    """Minutes of supervision a week for each person."""
    sick_share: F64
    """Share of days on which a person is sick."""
    sick_days: F64
    """Average length of a spell of sickness."""
    healthy_days: F64
    """Average length of a spell of health; infinite for those never sick."""
    sick_hazard: F64
    """Hazard a day at which a spell of sickness ends, -ln(1 - 1 / average length); the next likewise, of health."""
    healthy_hazard: F64
    leave_weeks: I64
    """Weeks of leave and training a year."""
    cover: F64
    """Chance that cover is found for a session."""
    tenure_days: F64
    """Days of tenure at a cumulative hazard of 1, and the exponent by which tenure grows with it."""
    tenure_power: F64
    vacancy_days: F64
    """Average days to fill a vacancy."""
    hire_caseload: I64
    """Average caseload above which one more is hired; -1 for never."""
    hire_after: I64
    """Mondays in a row."""
    hire_lead: I64
    """Days from then until the new one starts."""
    monday: int
    """First Monday of the run."""
    working: Flags
    """Whether each day is a working day: Monday to Friday, not closed; shape (days,)."""


def write_staffing(scenario: Scenario) -> Staffing:
    """Write the staff."""
    roles = scenario.staff
    posts = [
        (r, k, 7 * role.first_week if k < role.people else scenario.days)
        for r, role in enumerate(roles.values())
        for k in range(role.people + (role.most_hires if role.hire_when_caseload != "none" else 0))
    ]
    weekday = clock.weekdays(scenario.opening, scenario.days)
    sick_share = [role.sick_days_per_year / WORKING_DAYS_A_YEAR for role in roles.values()]
    sick_days = [role.sick_spell_days for role in roles.values()]
    healthy_days = [
        days * (1.0 - share) / share if share else math.inf for days, share in zip(sick_days, sick_share, strict=True)
    ]
    caseloads = [limit(role.caseload) for role in roles.values()]

    def flags(duty: str) -> Flags:
        return np.array([duty in role.duties for role in roles.values()], dtype=np.bool_)

    return Staffing(
        role_names=tuple(roles),
        post_role=np.array([r for r, _, _ in posts], dtype=np.int64),
        post_number=np.array([k for _, k, _ in posts], dtype=np.int64),
        post_start=np.array([start for _, _, start in posts], dtype=np.int64),
        role_word=np.array([name_word(name) for name in roles], dtype=np.uint64),
        caseload=np.array(caseloads, dtype=np.int64),
        caseload_limit=sum(r.people * c for r, c in zip(roles.values(), caseloads, strict=True) if c != UNLIMITED)
        if any(c != UNLIMITED for c in caseloads)
        else UNLIMITED,
        vacant_caseload=np.array(
            [int(max(c, 0) * r.vacant_caseload_share + 1e-9) for c, r in zip(caseloads, roles.values(), strict=True)],
            dtype=np.int64,
        ),
        carries=any(caseload != UNLIMITED for caseload in caseloads),
        facilitates=flags("groups"),
        assesses=flags("assessment"),
        sees=flags("individual"),
        prescribes=flags("medication"),
        day_minutes=_whole([60 * role.hours_per_week / OFFICE_DAYS for role in roles.values()]),
        ratio=np.array([limit(role.clients_per_facilitator) for role in roles.values()], dtype=np.int64),
        notes_minutes=_whole([60 * role.notes_hours_per_client_week for role in roles.values()]),
        supervision_minutes=_whole([60 * role.supervision_hours_per_week for role in roles.values()]),
        sick_share=np.array(sick_share),
        sick_days=np.array(sick_days),
        healthy_days=np.array(healthy_days),
        sick_hazard=np.array([hazard_of(1.0 / max(days, 1.0)) for days in sick_days]),
        healthy_hazard=np.array([hazard_of(1.0 / max(days, 1.0)) for days in healthy_days]),
        leave_weeks=np.array([role.leave_weeks_per_year for role in roles.values()], dtype=np.int64),
        cover=np.array([role.cover_probability for role in roles.values()]),
        tenure_days=np.array([tenure_days(r.turnover_per_year, r.turnover_shape) for r in roles.values()]),
        tenure_power=np.array([1.0 / role.turnover_shape for role in roles.values()]),
        vacancy_days=np.array([7.0 * role.vacancy_weeks for role in roles.values()]),
        hire_caseload=np.array([limit(role.hire_when_caseload) for role in roles.values()], dtype=np.int64),
        hire_after=np.array([role.hire_after_weeks for role in roles.values()], dtype=np.int64),
        hire_lead=np.array([7 * role.hire_lead_weeks for role in roles.values()], dtype=np.int64),
        monday=-scenario.opening.weekday() % 7,
        working=(weekday < OFFICE_DAYS) & ~closed_days(scenario),
    )


def tenure_days(turnover_per_year: float, shape: float) -> float:
    """Return the days of tenure at which the cumulative hazard of quitting is 1; infinite if nobody quits.

    The cumulative hazard is 2 x rate x (years / 2) ** shape, so that over the first two years it averages the rate.
    """
    if turnover_per_year <= SELDOM:
        return np.inf
    return float(2 * 365.25 * (2.0 * turnover_per_year) ** (-1.0 / shape))


def planned_assessors(scenario: Scenario) -> I64:
    """Return the assessors in the diary on each day; 1 where no role does assessments; shape (days,)."""
    roles = [role for role in scenario.staff.values() if "assessment" in role.duties]
    if not roles:
        return np.ones(scenario.days, dtype=np.int64)
    day = np.arange(scenario.days)
    return np.asarray(sum(role.people * (day >= 7 * role.first_week) for role in roles), dtype=np.int64)


def _whole(minutes: list[float]) -> I64:
    return np.array([round(value) for value in minutes], dtype=np.int64)

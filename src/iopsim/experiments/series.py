"""Series of a result that have names: group nights and staff by week."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iopsim.measures.facts import Facts
from iopsim.measures.resources import NIGHTS, STAFF
from iopsim.record import I64
from iopsim.rulebook import UNLIMITED, Rulebook

F64 = NDArray[np.float64]

DAYS = 7
MINUTES = 60


@dataclass(frozen=True, eq=False, slots=True)
class NightSeries:
    """The group nights of a week, week by week; arrays of shape (replications, nights, weeks), whole numbers.

    Parameters
    ----------
    names : tuple of str
        Group and weekday, such as ``evening Mon``, by group, then weekday.
    groups : tuple of str
        The groups that exist.
    group : int array, shape (nights,)
        Which of `groups`.
    weekday : int array, shape (nights,)
        0 for Monday.
    start : int array, shape (nights,)
        Minutes after midnight.
    seats : int array
        Seats if the night was held; 0 if it was cancelled, or did not meet: its group is not open, or the day closed.
    enrolled : int array
        Clients with a seat on a night held.
    attended : int array
        Clients who came, even if late, and guests of other nights; it may be more than `enrolled`.
    cancelled : int array
        1 where an open group did not meet, for want of staff or of clients.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    group: I64
    weekday: I64
    start: I64
    seats: I64 = field(repr=False)
    enrolled: I64 = field(repr=False)
    attended: I64 = field(repr=False)
    cancelled: I64 = field(repr=False)


@dataclass(frozen=True, eq=False, slots=True)
class HoursSeries:
    """The staff by role, week by week; arrays of shape (replications, roles, weeks), hours a week of all in the role.

    Parameters
    ----------
    roles : tuple of str
        In the order of the file.
    available : float array
        Hours of those who are here, without overtime.
    groups, individual, assessments, notes : float array
        Hours spent so.
    other : float array
        Hours of orientation, family nights, supervision and medication visits.
    overtime : float array
        Hours spent beyond those available.
    caseload : float array
        Clients carried, mean over the days of the week; those carried for an empty post too. NaN of a role without a
        caseload.
    caseload_limit : float array
        Clients that the people on the payroll may carry, mean over the days of the week; NaN likewise.
    """

    roles: tuple[str, ...]
    available: F64 = field(repr=False)
    groups: F64 = field(repr=False)
    individual: F64 = field(repr=False)
    assessments: F64 = field(repr=False)
    notes: F64 = field(repr=False)
    other: F64 = field(repr=False)
    overtime: F64 = field(repr=False)
    caseload: F64 = field(repr=False)
    caseload_limit: F64 = field(repr=False)


def night_series(facts: Facts, book: Rulebook) -> NightSeries:
    """Return the group nights of a result, from its facts and its rulebook."""
    schedule = book.schedule
    told = {name: facts.nights[:, k] for k, name in enumerate(NIGHTS)}
    return NightSeries(
        names=schedule.night_names,
        groups=schedule.group_names,
        group=schedule.night_group,
        weekday=schedule.night_weekday,
        start=schedule.night_start,
        **told,
    )


def hours_series(facts: Facts, book: Rulebook) -> HoursSeries:
    """Return the staff of a result, from its facts and its rulebook."""
    staffing = book.staffing
    carries = (staffing.caseload != UNLIMITED)[:, np.newaxis]
    *spent, carried, can_carry = (facts.staff[:, k] for k in range(len(STAFF)))
    hours = {name: minutes / MINUTES for name, minutes in zip(STAFF[:-2], spent, strict=True)}
    return HoursSeries(
        roles=staffing.role_names,
        **hours,
        caseload=np.where(carries, carried / DAYS, np.nan),
        caseload_limit=np.where(carries, can_carry / DAYS, np.nan),
    )

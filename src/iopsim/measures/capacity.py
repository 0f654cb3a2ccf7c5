"""Capacity: how full the program is, and which resource holds people back."""

from __future__ import annotations

import numpy as np

from iopsim.measures.measure import Fraction, Unit, measure
from iopsim.measures.presence import census, held_back
from iopsim.measures.view import View
from iopsim.rulebook import UNLIMITED

FULL = (9, 10)
"""A week counts as full when at least nine seats in ten are taken."""


@measure("Census, average", "clients", "client-days in program", "days of the run", "everybody admitted")
def census_mean(view: View) -> Fraction:
    """Mean number of clients in program on a day; over the whole run that has the ramp-up in it."""
    return int(census(view).sum()), view.days


@measure("Census, highest", "clients", "clients on the fullest day", "1", "everybody admitted")
def census_peak(view: View) -> Fraction:
    """Largest number of clients in program on a day."""
    return int(np.max(census(view), initial=0)), 1


@measure("Seats taken", "share", "seats taken on group nights", "seats on group nights held", "every group night")
def seats_taken_share(view: View) -> Fraction:
    """Share of seat-nights that belong to a client, who may be absent."""
    nights = view.record.nights
    held = view.covers(nights.day)
    return int(nights.scheduled[held].sum()), int(nights.seats[held].sum())


@measure("Seats attended", "share", "clients who came", "seats on group nights held", "every group night")
def seats_attended_share(view: View) -> Fraction:
    """Share of seat-nights on which a client sat."""
    nights = view.record.nights
    held = view.covers(nights.day)
    return int(nights.attended[held].sum()), int(nights.seats[held].sum())


def _first_full_week(view: View) -> int:
    """Return the first week of the view, from 1, in which nine seats in ten are taken; 0 if none.

    A week in which an open group misses a night is passed over, as its other nights do not tell.
    """
    book, nights = view.book, view.record.nights
    week = nights.day // 7
    taken = np.bincount(week, nights.scheduled, minlength=book.weeks)
    seats = np.bincount(week, nights.seats, minlength=book.weeks)
    opened = book.group_opening[book.night_group] <= 7 * np.arange(book.weeks)[:, np.newaxis]
    whole = (seats > 0) & (np.bincount(week, minlength=book.weeks) == opened.sum(axis=1))
    full = np.flatnonzero((whole & (FULL[1] * taken >= FULL[0] * seats))[view.since // 7 :])
    return int(full[0]) + 1 if len(full) else 0


@measure("Groups full at some time", "share", "a week with 90 % of seats taken, or none", "1", "every run")
def ever_full_share(view: View) -> Fraction:
    """Whether nine seats in ten are taken in some week."""
    return int(_first_full_week(view) > 0), 1


@measure("Weeks until then", "weeks", "first week with 90 % of seats taken", "1", "runs in which there is such a week")
def weeks_until_full(view: View) -> Fraction:
    """First week, counted from 1, in which nine seats in ten are taken, of runs in which there is one."""
    week = _first_full_week(view)
    return (week, 1) if week else (0, 0)


@measure("Assessment slots booked", "share", "slots booked", "slots offered", "every slot of the run")
def assessment_slots_booked_share(view: View) -> Fraction:
    """Share of assessment slots that are booked; a booked client may not come."""
    return int(view.covers(view.record.appointments.day).sum()), int(view.counted(view.book.slots).sum())


@measure("Caseload used", "share", "client-days in program", "client-days counselors can carry", "every day")
def caseload_used_share(view: View) -> Fraction:
    """Share of the counselors' caseload limit in use; cannot be told where there is no limit."""
    return (int(census(view).sum()), view.days * view.book.caseload) if view.book.caseload != UNLIMITED else (0, 0)


HELD: tuple[Unit, str, str] = ("clients", "client-days held back", "days of the run")


@measure("Held back by assessment slots", *HELD, "everybody referred")
def held_back_by_slots(view: View) -> Fraction:
    """Mean number of clients whose assessment is later than they could come, because the diary is full."""
    return int(held_back(view).by_slots.sum()), view.days


@measure("Held back by seats", *HELD, "clients ready to start")
def held_back_by_seats(view: View) -> Fraction:
    """Mean number of clients ready to start who lack nothing but a seat."""
    return int(held_back(view).by_seats.sum()), view.days


@measure("Held back by caseload", *HELD, "clients ready to start")
def held_back_by_caseload(view: View) -> Fraction:
    """Mean number of clients ready to start who lack nothing but room in a counselor's caseload."""
    return int(held_back(view).by_caseload.sum()), view.days


@measure("Held back by seats and caseload", *HELD, "clients ready to start")
def held_back_by_both(view: View) -> Fraction:
    """Mean number of clients ready to start for whom there is neither a seat nor room in a caseload."""
    return int(held_back(view).by_both.sum()), view.days


@measure("Held back by the next phase", *HELD, "clients due to move on")
def held_back_by_next_phase(view: View) -> Fraction:
    """Mean number of clients due to move on whose next phase is full."""
    return int(held_back(view).by_next_phase.sum()), view.days


MEASURES = (
    census_mean,
    census_peak,
    seats_taken_share,
    seats_attended_share,
    ever_full_share,
    weeks_until_full,
    assessment_slots_booked_share,
    caseload_used_share,
    held_back_by_slots,
    held_back_by_seats,
    held_back_by_caseload,
    held_back_by_both,
    held_back_by_next_phase,
)

"""Capacity: how full the program is, and which resource holds people back."""

from __future__ import annotations

import numpy as np

from iopsim.measures.measure import Fraction, Unit, measure
from iopsim.measures.presence import census, held_back
from iopsim.record import Night, Record
from iopsim.rulebook import UNLIMITED, Rulebook

FULL = (9, 10)
"""A week counts as full when at least nine seats in ten are taken."""


@measure(
    "Census, average", "clients", "client-days in program", "days of the run", "everybody admitted", per_program=True
)
def census_mean(record: Record, book: Rulebook) -> Fraction:
    """Mean number of clients in program on a day of the run, ramp-up included."""
    return int(census(record).sum()), record.days


@measure("Census, highest", "clients", "clients on the fullest day", "1", "everybody admitted", per_program=True)
def census_peak(record: Record, book: Rulebook) -> Fraction:
    """Largest number of clients in program on a day."""
    return int(np.max(census(record), initial=0)), 1


@measure(
    "Seats taken",
    "share",
    "seats taken on group nights",
    "seats on group nights held",
    "every group night",
    per_program=True,
)
def seats_taken_share(record: Record, book: Rulebook) -> Fraction:
    """Share of seat-nights that belong to a client, who may be absent."""
    return int(record.nights.scheduled.sum()), seats_held(record)


@measure(
    "Seats attended", "share", "clients who came", "seats on group nights held", "every group night", per_program=True
)
def seats_attended_share(record: Record, book: Rulebook) -> Fraction:
    """Share of seat-nights on which a client sat."""
    return int(record.nights.attended.sum() + record.nights.guests.sum()), seats_held(record)


def seats_held(record: Record) -> int:
    """Return the seat-nights of all group nights held."""
    return int(record.nights.seats[record.nights.status == Night.HELD].sum())


def _first_full_week(record: Record, book: Rulebook) -> int:
    """Return the first week, from 1, in which nine seats in ten are taken; 0 if none.

    A week in which an open group misses a night is passed over, as its other nights do not tell.
    """
    nights = record.nights
    week, held = nights.day // 7, nights.status == Night.HELD
    taken = np.bincount(week, nights.scheduled, minlength=book.weeks)
    seats = np.bincount(week[held], nights.seats[held], minlength=book.weeks)
    first = np.full(len(book.schedule.group_names), book.weeks)
    np.minimum.at(first, book.schedule.night_group[nights.night], week)
    opened = first[book.schedule.night_group] <= np.arange(book.weeks)[:, np.newaxis]
    whole = (seats > 0) & (np.bincount(week[held], minlength=book.weeks) == opened.sum(axis=1))
    full = np.flatnonzero(whole & (FULL[1] * taken >= FULL[0] * seats))
    return int(full[0]) + 1 if len(full) else 0


@measure(
    "Groups full at some time",
    "share",
    "a week with 90 % of seats taken, or none",
    "1",
    "every run",
    by_group=False,
    per_program=True,
)
def ever_full_share(record: Record, book: Rulebook) -> Fraction:
    """Whether nine seats in ten are taken in some week of the run."""
    return int(_first_full_week(record, book) > 0), 1


@measure(
    "Weeks until then",
    "weeks",
    "first week with 90 % of seats taken",
    "1",
    "runs in which there is such a week",
    by_group=False,
    per_program=True,
)
def weeks_until_full(record: Record, book: Rulebook) -> Fraction:
    """First week, counted from 1, in which nine seats in ten are taken, of runs in which there is one."""
    week = _first_full_week(record, book)
    return (week, 1) if week else (0, 0)


@measure("Assessment slots booked", "share", "slots booked", "slots offered", "every slot of the run", per_program=True)
def assessment_slots_booked_share(record: Record, book: Rulebook) -> Fraction:
    """Share of assessment slots that are booked; a booked client may not come."""
    return int((record.appointments.day < record.days).sum()), int(book.intake.slots.sum())


@measure(
    "Caseload used",
    "share",
    "client-days in program",
    "client-days counselors can carry",
    "every day",
    per_program=True,
)
def caseload_used_share(record: Record, book: Rulebook) -> Fraction:
    """Share of the counselors' caseload limit in use; cannot be told where there is no limit."""
    return (
        (int(census(record).sum()), record.days * book.staffing.caseload_limit)
        if book.staffing.caseload_limit != UNLIMITED
        else (0, 0)
    )


HELD: tuple[Unit, str, str] = ("clients", "client-days held back", "days of the run")


@measure("Held back by assessment slots", *HELD, "everybody referred", per_program=True)
def held_back_by_slots(record: Record, book: Rulebook) -> Fraction:
    """Mean number of clients whose assessment is later than they could come, because the diary is full."""
    return int(held_back(record, book).by_slots.sum()), record.days


@measure("Held back by seats", *HELD, "clients ready to start", by_group=False, per_program=True)
def held_back_by_seats(record: Record, book: Rulebook) -> Fraction:
    """Mean number of clients ready to start who lack nothing but a seat."""
    return int(held_back(record, book).by_seats.sum()), record.days


@measure("Held back by caseload", *HELD, "clients ready to start", by_group=False, per_program=True)
def held_back_by_caseload(record: Record, book: Rulebook) -> Fraction:
    """Mean number of clients ready to start who lack nothing but room in a counselor's caseload."""
    return int(held_back(record, book).by_caseload.sum()), record.days


@measure("Held back by seats and caseload", *HELD, "clients ready to start", by_group=False, per_program=True)
def held_back_by_both(record: Record, book: Rulebook) -> Fraction:
    """Mean number of clients ready to start for whom there is neither a seat nor room in a caseload."""
    return int(held_back(record, book).by_both.sum()), record.days


@measure("Held back by the next phase", *HELD, "clients due to move on", per_program=True)
def held_back_by_next_phase(record: Record, book: Rulebook) -> Fraction:
    """Mean number of clients due to move on whose next phase is full."""
    return int(held_back(record, book).by_next_phase.sum()), record.days


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

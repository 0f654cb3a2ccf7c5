"""Capacity: how full the program is, and which resource holds people back."""

from __future__ import annotations

import numpy as np

from iopsim.measures.assessors import held_back_with_all_there, slots_offered
from iopsim.measures.measure import Fraction, Unit, measure
from iopsim.measures.presence import census, held_back
from iopsim.measures.view import View, covers, flags
from iopsim.record import I64, Night, NightFacts, PostFacts
from iopsim.rulebook import UNLIMITED

FULL = (9, 10)
"""A week counts as full when at least nine seats in ten are taken."""


@measure(
    "Census, average", "clients", "client-days in program", "days of the run", "everybody admitted", per_program=True
)
def census_mean(view: View) -> Fraction:
    """Mean number of clients in program on a day; over the whole run that has the ramp-up in it."""
    return int(census(view).sum()), view.days


@measure("Census, highest", "clients", "clients on the fullest day", "1", "everybody admitted", per_program=True)
def census_peak(view: View) -> Fraction:
    """Largest number of clients in program on a day."""
    return int(np.max(census(view), initial=0)), 1


@measure(
    "Seats taken",
    "share",
    "seats taken on group nights",
    "seats on group nights held",
    "every group night",
    of="nights",
    per_program=True,
)
def seats_taken_share(view: View, nights: NightFacts) -> tuple[I64, I64]:
    """Share of seat-nights that belong to a client, who may be absent."""
    return covers(view, nights.day) * nights.scheduled, _seats_held(view, nights)


@measure(
    "Seats attended", "share", "clients who came", "seats on group nights held", "every group night", of="nights",
    per_program=True,
)  # fmt: skip
def seats_attended_share(view: View, nights: NightFacts) -> tuple[I64, I64]:
    """Share of seat-nights on which a client sat."""
    return covers(view, nights.day) * (nights.attended + nights.guests), _seats_held(view, nights)


def _seats_held(view: View, nights: NightFacts) -> I64:
    """Return the seats of group nights held, of those that count."""
    held = covers(view, nights.day) & (nights.status == Night.HELD)
    return flags(held) * nights.seats


def seats_by_week(view: View) -> tuple[I64, I64]:
    """Return seats taken and seats of the group nights held, by week of the view."""
    book, nights = view.book, view.record.nights
    week, held = nights.day // 7, nights.status == Night.HELD
    taken = np.bincount(week, nights.scheduled, minlength=book.weeks)
    seats = np.bincount(week[held], nights.seats[held], minlength=book.weeks)
    first = view.since // 7
    return taken[first:].astype(np.int64), seats[first:].astype(np.int64)


def _first_full_week(view: View) -> int:
    """Return the first week of the view, from 1, in which nine seats in ten are taken; 0 if none.

    A week in which an open group misses a night is passed over, as its other nights do not tell.
    """
    book, nights = view.book, view.record.nights
    week, held = nights.day // 7, nights.status == Night.HELD
    taken = np.bincount(week, nights.scheduled, minlength=book.weeks)
    seats = np.bincount(week[held], nights.seats[held], minlength=book.weeks)
    first = np.full(len(book.schedule.group_names), book.weeks)
    np.minimum.at(first, book.schedule.night_group[nights.night], week)
    opened = first[book.schedule.night_group] <= np.arange(book.weeks)[:, np.newaxis]
    whole = (seats > 0) & (np.bincount(week[held], minlength=book.weeks) == opened.sum(axis=1))
    full = np.flatnonzero((whole & (FULL[1] * taken >= FULL[0] * seats))[view.since // 7 :])
    return int(full[0]) + 1 if len(full) else 0


@measure(
    "A week with 90 % of seats taken",
    "share",
    "a week with 90 % of seats taken, or none",
    "1",
    "every run",
    by_group=False,
    per_program=True,
)
def ever_full_share(view: View) -> Fraction:
    """Whether nine seats in ten are taken in some week."""
    return int(_first_full_week(view) > 0), 1


@measure(
    "Weeks until then",
    "weeks",
    "first week with 90 % of seats taken",
    "1",
    "runs in which there is such a week",
    by_group=False,
    per_program=True,
)
def weeks_until_full(view: View) -> Fraction:
    """First week, counted from 1, in which nine seats in ten are taken, of runs in which there is one."""
    week = _first_full_week(view)
    return (week, 1) if week else (0, 0)


@measure(
    "Assessment slots booked",
    "share",
    "slots booked",
    "slots offered",
    "every slot of the run",
    per_program=True,
    beyond_one=True,
)
def assessment_slots_booked_share(view: View) -> Fraction:
    """Share of the assessment slots that are booked; a booked client may not come. Walk-ins book none.

    Slots are those of assessors whose posts are filled on the day; a client booked with one who has left since makes
    the share larger.
    """
    if view.book.intake.open_access:
        return 0, 0
    return int(covers(view, view.record.appointments.day).sum()), int(slots_offered(view).sum())


@measure(
    "Caseload used",
    "share",
    "client-days in program",
    "client-days that counselors on the payroll can carry",
    "every day",
    per_program=True,
    beyond_one=True,
)
def caseload_used_share(view: View) -> Fraction:
    """Share of the counselors' caseload limit in use; cannot be told where there is no limit."""
    if view.book.staffing.caseload_limit == UNLIMITED:
        return 0, 0
    return int(census(view).sum()), int(can_carry(view, view.record.posts).sum())


def can_carry(view: View, posts: PostFacts) -> I64:
    """Return the client-days that people in posts can carry."""
    staff = view.book.staffing
    each = np.maximum(staff.caseload[staff.post_role[posts.post]], 0)
    client_days: I64 = each * np.maximum(posts.end_day - np.maximum(posts.first_day, view.since), 0)
    return client_days


HELD: tuple[Unit, str, str] = ("clients", "client-days held back", "days of the run")


@measure("Held back by assessment slots", *HELD, "everybody referred", per_program=True)
def held_back_by_slots(view: View) -> Fraction:
    """Mean number of clients whose assessment is later than they could come, because the diary is full."""
    return int(held_back(view).by_slots.sum()), view.days


@measure("Held back for want of an assessor", *HELD, "everybody referred", by_group=False, per_program=True)
def held_back_without_assessors(view: View) -> Fraction:
    """Part of those held back by slots who would not be, had no assessor's post stood empty and nobody been away.

    The diary is kept once more with every assessor there who has started: the same calls, and who came comes. What more
    slots would help is the rest.
    """
    held = int(held_back(view).by_slots.sum())
    return max(held - int(held_back_with_all_there(view).sum()), 0) if held else 0, view.days


@measure("Held back by seats", *HELD, "clients ready to start", by_group=False, per_program=True)
def held_back_by_seats(view: View) -> Fraction:
    """Mean number of clients ready to start who lack nothing but a seat."""
    return int(held_back(view).by_seats.sum()), view.days


@measure("Held back by caseload", *HELD, "clients ready to start", by_group=False, per_program=True)
def held_back_by_caseload(view: View) -> Fraction:
    """Mean number of clients ready to start who lack nothing but room in a counselor's caseload."""
    return int(held_back(view).by_caseload.sum()), view.days


@measure("Held back by seats and caseload", *HELD, "clients ready to start", by_group=False, per_program=True)
def held_back_by_both(view: View) -> Fraction:
    """Mean number of clients ready to start for whom there is neither a seat nor room in a caseload."""
    return int(held_back(view).by_both.sum()), view.days


@measure("Held back by the next phase", *HELD, "clients due to move on", per_program=True)
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
    held_back_without_assessors,
    held_back_by_seats,
    held_back_by_caseload,
    held_back_by_both,
    held_back_by_next_phase,
)

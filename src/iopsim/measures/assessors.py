"""Want of assessors: the diary kept once more, as though no assessor's post had ever emptied and nobody were away.

The calls, what each client asked for, and whether the client came stay as they were; only the days of the appointments
and of the assessments are told anew. What is left of the waits is for want of slots.
"""

from __future__ import annotations

import numpy as np

from iopsim.measures.presence import present
from iopsim.measures.view import View
from iopsim.record import I64, NEVER, AppointmentFacts, PostFacts
from iopsim.rulebook import Rulebook
from iopsim.rulebook.intake import with_overbooking


def held_back_with_all_there(view: View) -> I64:
    """Return how many clients slots would hold back on each day that counts, were every assessor there.

    Assumes that as many come, miss and call again as did. Source: none; a replay of `iopsim.engines.diary`.
    """
    record, book, days = view.record, view.book, view.record.days
    booked = record.appointments
    hired = hires(record.posts, book)
    wanted = np.minimum(booked.wanted_day, days)
    day = wanted if book.intake.open_access else appointments(booked, book, hired, days)
    came = (booked.came_day != NEVER) | (booked.day >= days)
    on_time = present(wanted, day, days)
    return view.counted(on_time + sent_away(day[came & (day < days)], book, hired, days))


def hires(posts: PostFacts, book: Rulebook) -> list[int]:
    """Return the days on which assessors hired on a trigger started, each in a post that had nobody before."""
    staff = book.staffing
    assesses = staff.assesses[staff.post_role]
    post, row = np.unique(posts.post, return_index=True)
    first: list[int] = posts.first_day[row][assesses[post] & (staff.post_start[post] >= book.days)].tolist()
    return sorted(first)


def appointments(booked: AppointmentFacts, book: Rulebook, hired: list[int], days: int) -> I64:
    """Return the day that each caller would have been given; the run's length for one who would have had none.

    As in the diary, callers come one after the other and take the first free slot that suits; those without any are
    called back when an assessor is hired, and nobody who has an appointment is given an earlier one.
    """
    room = book.intake.room.copy()
    free: list[int] = with_overbooking(room, book.intake.overbooking).tolist()
    given = [days] * len(booked.client)
    without: list[int] = []
    coming = hired.copy()
    calls, wanted = booked.booked_day.tolist(), booked.wanted_day.tolist()

    def first_free(row: int, today: int) -> None:
        day = max(wanted[row], today)
        while day < days and free[day] <= 0:
            day += 1
        given[row] = day
        if day < days:
            free[day] -= 1
        else:
            without.append(row)

    def starts(day: int) -> None:
        before = with_overbooking(room, book.intake.overbooking)
        room[day:] += np.where(book.intake.assessment_days[day:days], book.intake.slots_per_day, 0)
        for later, more in enumerate((with_overbooking(room, book.intake.overbooking) - before).tolist()):
            free[later] += more
        again = without.copy()
        without.clear()
        for row in again:
            first_free(row, day)

    for row, today in enumerate(calls):
        while coming and coming[0] <= today:
            starts(coming.pop(0))
        first_free(row, today)
    while coming:
        starts(coming.pop(0))
    return np.array(given, dtype=np.int64)


def sent_away(day: I64, book: Rulebook, hired: list[int], days: int) -> I64:
    """Return how many would be waiting on each day because more had come than assessors have time for."""
    room = book.intake.room.copy()
    for first in hired:
        room[first:] += np.where(book.intake.assessment_days[first:days], book.intake.slots_per_day, 0)
    come, again = np.bincount(day, minlength=days).tolist(), 0
    waiting = [0] * days
    for today in range(days):
        if book.intake.assessment_days[today]:
            again = max(come[today] + again - int(room[today]), 0)
        waiting[today] = again
    return np.array(waiting, dtype=np.int64)

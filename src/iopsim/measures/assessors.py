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


def slots_offered(view: View) -> I64:
    """Return the slots of each day that counts, overbooked ones included: those of assessors whose posts are filled."""
    book, posts, staff = view.book, view.record.posts, view.book.staffing
    if not staff.assesses.any():
        return view.counted(book.intake.slots)
    change = np.zeros(book.days + 1, dtype=np.int64)
    theirs = staff.assesses[staff.post_role[posts.post]]
    np.add.at(change, posts.first_day[theirs], 1)
    np.add.at(change, posts.end_day[theirs], -1)
    room = np.where(book.intake.assessment_days, book.intake.slots_per_day * np.cumsum(change)[: book.days], 0)
    return view.counted(with_overbooking(room, book.intake.overbooking))


def hires(posts: PostFacts, book: Rulebook) -> list[int]:
    """Return the days on which assessors hired on a trigger started, each in a post that had nobody before."""
    staff = book.staffing
    assesses = staff.assesses[staff.post_role]
    post, row = np.unique(posts.post, return_index=True)
    first: list[int] = posts.first_day[row][assesses[post] & (staff.post_start[post] >= book.days)].tolist()
    return sorted(first)


def appointments(booked: AppointmentFacts, book: Rulebook, hired: list[int], days: int) -> I64:
    """Return the day that each caller would have been given; the run's length for one who would have had none.

    As in the diary, callers come one after the other and take the first free slot that suits, which may lie beyond the
    run; those who called when nobody assessed are called back when an assessor is hired, and nobody who has an
    appointment is given an earlier one.
    """
    diary, coming = _Diary(book, booked.wanted_day.tolist()), hired.copy()
    for row, today in enumerate(booked.booked_day.tolist()):
        while coming and coming[0] <= today:
            diary.grows(coming.pop(0))
        diary.gives(row, today)
    while coming:
        diary.grows(coming.pop(0))
    return np.array(diary.given, dtype=np.int64)


class _Diary:
    """Free slots, and the day that each caller is given; callers wanted a day each."""

    def __init__(self, book: Rulebook, wanted: list[int]) -> None:
        self.intake, self.days, self.wanted = book.intake, book.days, wanted
        self.room = book.intake.room.copy()
        self.free: list[int] = with_overbooking(self.room, self.intake.overbooking).tolist()
        self.last = int(np.flatnonzero(self.intake.assessment_days).max(initial=0))
        self.given = [book.days] * len(wanted)
        self.without: list[int] = []

    def gives(self, row: int, today: int) -> None:
        """Give a caller the first free slot that suits, from today on."""
        day = max(self.wanted[row], today)
        while day < self.days and self.free[day] <= 0:
            day += 1
        self.given[row] = day
        if day < self.days:
            self.free[day] -= 1
        elif self.room[self.last] <= 0 and not self.intake.assessors_later:
            self.without.append(row)

    def grows(self, day: int) -> None:
        """Have one assessor more from a day on, and call back who found nobody."""
        before = with_overbooking(self.room, self.intake.overbooking)
        self.room[day:] += np.where(self.intake.assessment_days[day:], self.intake.slots_per_day, 0)
        for later, more in enumerate((with_overbooking(self.room, self.intake.overbooking) - before).tolist()):
            self.free[later] += more
        again, self.without = self.without, []
        for row in again:
            self.gives(row, day)


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

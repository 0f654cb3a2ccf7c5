"""Want of assessors, compiled: the diary kept once more, as `iopsim.measures.assessors` does.

The first free day from a day on is found by following days that point to later ones; pointers are shortened on the
way, so that a full diary is not walked through for each caller.
"""

from __future__ import annotations

import math

from iopsim.jit import Rows, Struct, jit
from iopsim.measures.compiled_rows import enough
from iopsim.record import NEVER


@jit
def bookable(room: int, overbooking: float) -> int:
    """Return the appointments that may be booked where there is room for so many assessments."""
    return math.floor(room * (1.0 + overbooking) + 1e-9)


@jit
def slots_offered(view: Struct, posts: Rows, room: Struct) -> int:
    """Return the slots of all days that count: those of assessors whose posts are filled."""
    intake, staff = view.book.intake, view.book.staffing
    total = 0
    if not staff.assesses.any():
        for day in range(view.since, view.end):
            total += intake.slots[day]
        return total
    change, assessed, each = room.come, intake.assessment_days, intake.slots_per_day
    change[:] = 0
    for k in range(len(posts)):
        if staff.assesses[staff.post_role[posts[k].post]]:
            change[posts[k].first_day] += 1
            change[posts[k].end_day] -= 1
    people = slots = 0
    for day in range(view.end):
        if change[day]:
            people += change[day]
            slots = bookable(each * people, intake.overbooking)
        if assessed[day] and day >= view.since:
            total += slots
    return total


@jit
def held_back_with_all_there(view: Struct, rows: Struct, room: Struct) -> int:
    """Return the client-days, of those that count, that slots would hold clients back were every assessor there."""
    booked, days = rows.appointments, view.end
    room.given = enough(room.given, len(booked))
    room.without = enough(room.without, len(booked))
    hired = _hires(view, rows.posts, room)
    if not view.book.intake.open_access:
        _appointments(view, booked, room, hired)
    given, come, held = room.given, room.come, 0
    come[:] = 0
    for k in range(len(booked)):
        wanted = min(booked[k].wanted_day, days)
        day = wanted if view.book.intake.open_access else min(given[k], days)
        held += max(day, view.since) - max(wanted, view.since)
        if day < days and (booked[k].came_day != NEVER or booked[k].day >= days):
            come[day] += 1
    return int(held + _sent_away(view, room))


@jit
def _hires(view: Struct, posts: Rows, room: Struct) -> bool:
    """Note the days on which assessors hired on a trigger started, each in a post that had nobody before."""
    staff, somebody = view.book.staffing, False
    room.hired[:] = 0
    for k in range(len(posts)):
        post, day = posts[k].post, posts[k].first_day
        first = k == 0 or posts[k - 1].post != post
        if first and staff.assesses[staff.post_role[post]] and staff.post_start[post] >= view.end and day < view.end:
            room.hired[day] += 1
            somebody = True
    return somebody


@jit
def _appointments(view: Struct, booked: Rows, room: Struct, hired: bool) -> None:
    """Give each caller the day that the diary would have given."""
    intake, days = view.book.intake, view.end
    planned, free, following, without = room.planned, room.free, room.following, room.without
    last = waiting = today = 0
    for day in range(days):
        planned[day], free[day] = intake.room[day], intake.slots[day]
        following[day] = day if free[day] > 0 else day + 1
        if intake.assessment_days[day]:
            last = day
    following[days] = days
    for k in range(len(booked) + 1):
        until = booked[k].booked_day if k < len(booked) else days - 1
        while hired and today <= until:
            for _ in range(room.hired[today]):
                _grow(view, room, today)
                again, waiting = waiting, 0
                for place in range(again):
                    row = without[place]
                    if _finds_nobody(view, booked[row].wanted_day, today, last, room, row):
                        without[waiting] = row
                        waiting += 1
            today += 1
        if k < len(booked) and _finds_nobody(view, booked[k].wanted_day, until, last, room, k):
            without[waiting] = k
            waiting += 1


@jit
def _finds_nobody(view: Struct, wanted: int, today: int, last: int, room: Struct, row: int) -> bool:
    """Give a caller the first free slot that suits, from today on; return whether there will be no assessor at all."""
    free, following, day = room.free, room.following, max(wanted, today)
    while day < view.end and following[day] != day:
        following[day] = following[following[day]]
        day = following[day]
    room.given[row] = day
    if day < view.end:
        free[day] -= 1
        if free[day] <= 0:
            following[day] = day + 1
        return False
    return bool(room.planned[last] <= 0 and not view.book.intake.assessors_later)


@jit
def _grow(view: Struct, room: Struct, first: int) -> None:
    """Have one assessor more from a day on."""
    intake, planned, free, following = view.book.intake, room.planned, room.free, room.following
    for day in range(view.end):
        if day >= first and intake.assessment_days[day]:
            before = bookable(planned[day], intake.overbooking)
            planned[day] += intake.slots_per_day
            free[day] += bookable(planned[day], intake.overbooking) - before
        following[day] = day if free[day] > 0 else day + 1


@jit
def _sent_away(view: Struct, room: Struct) -> int:
    """Return the client-days of those who would be waiting because more had come than assessors have time for."""
    intake, come, hired = view.book.intake, room.come, room.hired
    assessed, planned = intake.assessment_days, intake.room
    again = held = assessors = 0
    for day in range(view.end):
        assessors += hired[day]
        if assessed[day]:
            again = max(come[day] + again - planned[day] - assessors * intake.slots_per_day, 0)
        if day >= view.since:
            held += again
    return held

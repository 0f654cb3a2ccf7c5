"""Want of assessors, compiled: the diary kept once more, as `iopsim.measures.assessors` does.

The first free day from a day on is found by following days that point to later ones; pointers are shortened on the
way, so that a full diary is not walked through for each caller.
"""

from __future__ import annotations

from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.money.compiled.room import grown
from iopsim.record import NEVER
from iopsim.rulebook import intake

ENOUGH = 1 << 40


overbooked = jitted(intake.overbooked)


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
            slots = int(overbooked(each * people, intake.overbooking))
        if assessed[day] and day >= view.since:
            total += slots
    return total


@jit
def held_back_with_all_there(view: Struct, rows: Struct, room: Struct) -> int:
    """Return the client-days, of those that count, that slots would hold clients back were every assessor there."""
    booked, days = rows.appointments, view.end
    room.given = grown(room.given, len(booked))
    room.without = grown(room.without, len(booked))
    hired, open_access, since = _hires(view, rows.posts, room), view.book.intake.open_access, view.since
    if not open_access:
        _appointments(view, booked, room, hired)
    given, come, held = room.given, room.come, 0
    come[:] = 0
    for k in range(len(booked)):
        wanted = min(booked[k].wanted_day, days)
        day = wanted if open_access else given[k]
        held += max(day, since) - max(wanted, since)
        come[day] += (booked[k].came_day != NEVER) | (booked[k].day >= days)
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
    intake, days, free, following = view.book.intake, view.end, room.free, room.following
    given = room.given
    _open_diary(intake.slots, free, following)
    if hired:
        _with_more_to_come(view, booked, room)
    else:
        for k in range(len(booked)):
            given[k] = _gives(free, following, min(max(booked[k].wanted_day, booked[k].booked_day), days))


@jit
def _with_more_to_come(view: Struct, booked: Rows, room: Struct) -> None:
    """Give each caller a day, and call back whoever called when nobody assessed as soon as somebody does."""
    intake, planned, free, following = view.book.intake, room.planned, room.free, room.following
    given, without, days = room.given, room.without, view.end
    waiting = today = last = 0
    for day in range(days):
        planned[day] = intake.room[day]
        last = day if intake.assessment_days[day] else last
    for k in range(len(booked) + 1):
        until = booked[k].booked_day if k < len(booked) else days - 1
        while today <= until:
            for _ in range(room.hired[today]):
                _grow(view, room, today)
                again, waiting = waiting, 0
                for place in range(again):
                    row = without[place]
                    given[row] = _gives(free, following, min(max(booked[row].wanted_day, today), days))
                    if given[row] == days and planned[last] <= 0 and not intake.assessors_later:
                        without[waiting] = row
                        waiting += 1
            today += 1
        if k < len(booked):
            given[k] = _gives(free, following, min(max(booked[k].wanted_day, until), days))
            if given[k] == days and planned[last] <= 0 and not intake.assessors_later:
                without[waiting] = k
                waiting += 1


@jit
def _open_diary(slots: Rows, free: Rows, following: Rows) -> None:
    """Have the slots of the planned assessors free, and after the run enough for everybody."""
    days = len(slots)
    for day in range(days):
        free[day] = slots[day]
        following[day] = day + (slots[day] <= 0)
    free[days], following[days] = ENOUGH, days


@jit
def _gives(free: Rows, following: Rows, day: int) -> int:
    """Give a caller the first free slot from a day on; return its day, the run's length if there is none."""
    while following[day] != day:
        following[day] = following[following[day]]
        day = following[day]
    free[day] -= 1
    following[day] = day + (free[day] <= 0)
    return day


@jit
def _grow(view: Struct, room: Struct, first: int) -> None:
    """Have one assessor more from a day on."""
    intake, planned, free, following = view.book.intake, room.planned, room.free, room.following
    for day in range(view.end):
        if day >= first and intake.assessment_days[day]:
            before = int(overbooked(planned[day], intake.overbooking))
            planned[day] += intake.slots_per_day
            free[day] += int(overbooked(planned[day], intake.overbooking)) - before
        following[day] = day + (free[day] <= 0)


@jit
def _sent_away(view: Struct, room: Struct) -> int:
    """Return the client-days of those who would be waiting because more had come than assessors have time for.

    Nobody would, if on no day more come than those can see who were there from the beginning.
    """
    intake, come, hired = view.book.intake, room.come, room.hired
    assessed, planned, each, since = intake.assessment_days, intake.room, intake.slots_per_day, view.since
    too_many = 0
    for day in range(len(planned)):
        too_many += assessed[day] & (come[day] > planned[day])
    if not too_many:
        return 0
    again = held = assessors = 0
    for day in range(len(planned)):
        assessors += hired[day]
        if assessed[day]:
            again = max(come[day] + again - planned[day] - assessors * each, 0)
        if day >= since:
            held += again
    return held

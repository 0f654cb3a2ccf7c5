"""Group nights, compiled: seats by week, weeks that are full, and what opened or was hired on a trigger."""

from __future__ import annotations

from iopsim.jit import Rows, Struct, jit
from iopsim.measures.capacity import FULL
from iopsim.measures.series import WEEKLY
from iopsim.record import NEVER, Night
from iopsim.rulebook import UNLIMITED

SEATS, TAKEN, ATTENDED = WEEKLY.index("seats"), WEEKLY.index("seats_taken"), WEEKLY.index("seats_attended")
CANCELLED = WEEKLY.index("nights_cancelled")


@jit
def follow_nights(view: Struct, nights: Rows, room: Struct) -> None:
    """Fill in the weeks of seats and of nights cancelled; note nights held, and the week in which each group opened."""
    weekly, nights_held, group_week = room.weekly, room.nights_held, room.group_week
    group = view.book.schedule.night_group
    for series in (SEATS, TAKEN, ATTENDED, CANCELLED):
        weekly[series] = 0
    nights_held[:] = 0
    group_week[:] = view.end // 7
    for k in range(len(nights)):
        night = nights[k]
        week, held = night.day // 7, night.status == Night.HELD
        weekly[SEATS, week] += held * night.seats
        weekly[TAKEN, week] += night.scheduled
        weekly[ATTENDED, week] += night.attended + night.guests
        weekly[CANCELLED, week] += not held
        nights_held[week] += held
        group_week[group[night.night]] = min(group_week[group[night.night]], week)


@jit
def first_full_week(view: Struct, room: Struct) -> int:
    """Return the first week that counts, from 1, in which nine seats in ten are taken; 0 if none.

    A week in which an open group misses a night is passed over.
    """
    weekly, nights_open, group = room.weekly, room.nights_open, view.book.schedule.night_group
    nights_open[:] = 0
    for night in range(len(group)):
        nights_open[room.group_week[group[night]]] += 1
    meets = 0
    for week in range(view.end // 7):
        meets += nights_open[week]
        taken, seats = weekly[TAKEN, week], weekly[SEATS, week]
        whole = seats > 0 and room.nights_held[week] == meets
        if week >= view.since // 7 and whole and FULL[1] * taken >= FULL[0] * seats:
            return int(week - view.since // 7 + 1)
    return 0


@jit
def full_weeks(view: Struct, room: Struct) -> tuple[int, int]:
    """Return the weeks of which the state must be told, and how often one follows a week of which it need not."""
    many = times = 0
    before = False
    for week in range(view.end // 7):
        taken, seats = room.weekly[TAKEN, week], room.weekly[SEATS, week]
        if seats > 0:
            full = taken / seats >= view.book.grant.notice_share
            if week >= view.since // 7:
                many += full
                times += full and not before
            before = full
    return many, times


@jit
def first_opening(view: Struct, nights: Rows, room: Struct) -> int:
    """Return the first day that counts on which a group met, or would have, that opened on a trigger; -1 for none."""
    schedule, found = view.book.schedule, NEVER
    room.group_week[:] = NEVER
    for k in range(len(nights)):
        group = schedule.night_group[nights[k].night]
        if room.group_week[group] == NEVER:
            room.group_week[group] = nights[k].day
            if schedule.opens_waiting[group] != UNLIMITED and view.since <= nights[k].day < view.end and found == NEVER:
                found = nights[k].day
    return found


@jit
def first_hire(view: Struct, posts: Rows) -> int:
    """Return the first day that counts on which somebody started who was hired on a trigger; -1 for none."""
    found = NEVER
    for k in range(len(posts)):
        post, day = posts[k].post, posts[k].first_day
        if (k == 0 or posts[k - 1].post != post) and may_be_hired(view, post) and view.since <= day < view.end:
            found = day if found == NEVER else min(day, found)
    return found


@jit
def may_be_hired(view: Struct, post: int) -> bool:
    """Whether a post waits for a trigger."""
    staff = view.book.staffing
    return bool(staff.hire_caseload[staff.post_role[post]] != UNLIMITED and staff.post_start[post] >= view.end)

"""The series, compiled; see `iopsim.measures.series` and `iopsim.measures.resources`."""

from __future__ import annotations

import numpy as np

from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.measures import cohorts, view
from iopsim.measures.compiled_days import add_weeks, change
from iopsim.measures.compiled_money import first_week
from iopsim.measures.resources import NIGHTS, STAFF
from iopsim.measures.series import WAYS_OUT, WEEKLY
from iopsim.record import NEVER, Night

SHORT, OVERTIME = WEEKLY.index("minutes_short"), WEEKLY.index("minutes_overtime")
WAY_OUT = np.where(np.any(WAYS_OUT, axis=0), np.argmax(WAYS_OUT, axis=0), NEVER)
"""Row of the retention series of each exit; -1 for none."""

CARRIED, CAN_CARRY = STAFF.index("carried"), STAFF.index("can_carry")
assert NIGHTS == ("seats", "enrolled", "attended", "cancelled")
assert STAFF[:CARRIED] == ("available", "groups", "individual", "assessments", "notes", "other", "overtime")

referred, assessed, started = jitted(cohorts.referred), jitted(cohorts.assessed), jitted(cohorts.started)
followed_a_course, or_end = jitted(cohorts.followed_a_course), jitted(view.or_end)


@jit
def fill_weekly(view: Struct, staff: Rows, room: Struct, weekly: Rows) -> None:
    """Fill in the weekly series; all but the staff's minutes are in the room by now."""
    first = view.since // 7
    room.weekly[SHORT] = 0
    room.weekly[OVERTIME] = 0
    for k in range(len(staff)):
        row = staff[k]
        room.weekly[SHORT, row.week] += row.short_individual + row.short_medication + row.short_notes
        room.weekly[OVERTIME, row.week] += row.overtime
    for series in range(len(weekly)):
        for week in range(view.weeks):
            weekly[series, week] = room.weekly[series, first + week]


@jit
def fill_monthly(view: Struct, clients: Rows, monthly: Rows) -> None:
    """Fill in the series by month of referral."""
    month = view.book.month
    monthly[:] = 0
    for k in range(len(clients)):
        client = clients[k]
        if referred(view, client):
            place = month[client.referral_day] - month[view.since]
            monthly[0, place] += 1
            if assessed(view, client):
                monthly[1, place] += 1
                monthly[2, place] += client.assessed_day - client.referral_day
            if started(view, client):
                monthly[3, place] += 1
                monthly[4, place] += client.first_session_day - client.referral_day


@jit
def fill_retention(view: Struct, clients: Rows, retention: Rows) -> None:
    """Fill in who had left by each way out within so many weeks of admission."""
    weeks, everybody = retention.shape[1], 0
    retention[:] = 0
    for k in range(len(clients)):
        client = clients[k]
        if followed_a_course(view, client):
            everybody += 1
            after = -((client.admitted_day - client.exit_day) // 7)
            if WAY_OUT[client.exit] != NEVER and client.exit_day != NEVER and after < weeks:
                retention[WAY_OUT[client.exit], after] += 1
    last = len(retention) - 1
    for way in range(last):
        for week in range(1, weeks):
            retention[way, week] += retention[way, week - 1]
    retention[last] = everybody


@jit
def fill_money(view: Struct, ledger: Struct, room: Struct, money: Rows) -> None:
    """Fill in cash, revenue and cost."""
    first = first_week(view, ledger)
    for week in range(money.shape[1]):
        money[0, week] = room.cash[first + week]
        money[1, week] = room.revenue[first + week]
        money[2, week] = room.cost[first + week]


@jit
def fill_nights(view: Struct, rows: Rows, nights: Rows) -> None:
    """Fill in the group nights."""
    first = view.since // 7
    nights[:] = 0
    for k in range(len(rows)):
        row = rows[k]
        week, held = row.day // 7 - first, row.status == Night.HELD
        if week >= 0:
            nights[0, row.night, week] += held * row.seats
            nights[1, row.night, week] += row.scheduled
            nights[2, row.night, week] += row.attended + row.guests
            nights[3, row.night, week] += not held


@jit
def fill_staff(view: Struct, rows: Struct, room: Struct, staff: Rows) -> None:
    """Fill in the staff's minutes, and the clients they carry."""
    first, minutes = view.since // 7, rows.staff
    for k in range(len(minutes)):
        row = minutes[k]
        week, role = row.week - first, row.role
        if week >= 0:
            staff[0, role, week] = row.available
            staff[1, role, week] = row.groups
            staff[2, role, week] = row.individual
            staff[3, role, week] = row.assessments
            staff[4, role, week] = row.notes
            staff[5, role, week] = row.orientation + row.family + row.supervision + row.medication
            staff[6, role, week] = row.overtime
    room.role_level[:] = 0
    room.role_part[:] = 0
    _carry(view, rows, room)
    add_weeks(room.role_level, room.role_part, view.end // 7)
    roles = staff.shape[1]
    for role in range(roles):
        for week in range(view.weeks):
            staff[CARRIED, role, week] = room.role_part[role, first + week]
            staff[CAN_CARRY, role, week] = room.role_part[roles + role, first + week]


@jit
def _carry(view: Struct, rows: Struct, room: Struct) -> None:
    """Note who carries each client from when to when, and how many each person on the payroll can carry."""
    level, part, notes, book = room.role_level, room.role_part, room.clients, view.book.staffing
    given, posts, roles = rows.counselors, rows.posts, len(view.book.staffing.caseload)
    for k in range(len(given)):
        note, day = notes[given[k].client], max(given[k].day, 0)
        if note.role != NEVER:
            change(level, part, note.role, day, -1)
        note.role = book.post_role[given[k].post]
        change(level, part, note.role, day, 1)
    for k in range(len(rows.clients)):
        if notes[k].role != NEVER:
            change(level, part, notes[k].role, max(or_end(view, rows.clients[k].exit_day), 0), -1)
    for k in range(len(posts)):
        role = book.post_role[posts[k].post]
        change(level, part, roles + role, max(posts[k].first_day, 0), max(book.caseload[role], 0))
        change(level, part, roles + role, max(posts[k].end_day, 0), -max(book.caseload[role], 0))

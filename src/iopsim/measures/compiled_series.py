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
    first, told = view.since // 7, room.weekly
    told[SHORT] = 0
    told[OVERTIME] = 0
    for k in range(len(staff)):
        row = staff[k]
        told[SHORT, row.week] += row.short_individual + row.short_medication + row.short_notes
        told[OVERTIME, row.week] += row.overtime
    for series in range(len(weekly)):
        for week in range(weekly.shape[1]):
            weekly[series, week] = told[series, first + week]


@jit
def fill_monthly(view: Struct, clients: Rows, monthly: Rows) -> None:
    """Fill in the series by month of referral."""
    month, before = view.book.month, view.book.month[view.since]
    monthly[:] = 0
    for k in range(len(clients)):
        client = clients[k]
        place = max(month[max(client.referral_day, 0)] - before, 0)
        was_assessed, has_started = assessed(view, client), started(view, client)
        monthly[0, place] += referred(view, client)
        monthly[1, place] += was_assessed
        monthly[2, place] += was_assessed * (client.assessed_day - client.referral_day)
        monthly[3, place] += has_started
        monthly[4, place] += has_started * (client.first_session_day - client.referral_day)


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
    first, cash, revenue, cost = first_week(view, ledger), room.cash, room.revenue, room.cost
    for week in range(money.shape[1]):
        money[0, week] = cash[first + week]
        money[1, week] = revenue[first + week]
        money[2, week] = cost[first + week]


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
    roles, client_days = staff.shape[1], room.role_part
    for role in range(roles):
        for week in range(staff.shape[2]):
            staff[CARRIED, role, week] = client_days[role, first + week]
            staff[CAN_CARRY, role, week] = client_days[roles + role, first + week]


@jit
def _carry(view: Struct, rows: Struct, room: Struct) -> None:
    """Note who carries each client from when to when, and how many each person on the payroll can carry."""
    level, part, notes, end = room.role_level, room.role_part, room.clients, view.end
    clients, given, posts = rows.clients, rows.counselors, rows.posts
    caseload, post_role, roles = (
        view.book.staffing.caseload,
        view.book.staffing.post_role,
        len(view.book.staffing.caseload),
    )
    for k in range(len(given)):
        note, day = notes[given[k].client], _within(given[k].day, end)
        if note.role != NEVER:
            change(level, part, note.role, day, -1)
        note.role = post_role[given[k].post]
        change(level, part, note.role, day, 1)
    for k in range(len(clients)):
        if notes[k].role != NEVER:
            change(level, part, notes[k].role, _within(or_end(view, clients[k].exit_day), end), -1)
    for k in range(len(posts)):
        role = post_role[posts[k].post]
        each = max(caseload[role], 0)
        change(level, part, roles + role, _within(posts[k].first_day, end), each)
        change(level, part, roles + role, _within(posts[k].end_day, end), -each)


@jit
def _within(day: int, end: int) -> int:
    return min(max(day, 0), end)

"""The series, compiled; see `iopsim.measures.series` and `iopsim.measures.resources`."""

from __future__ import annotations

import numpy as np

from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.measures import cohorts, presence, view
from iopsim.measures.compiled_money import first_week
from iopsim.measures.compiled_rows import MOVED
from iopsim.measures.resources import NIGHTS, STAFF
from iopsim.measures.series import WAYS_OUT, WEEKLY
from iopsim.money.compiled.room import grown
from iopsim.record import NEVER, Night

SHORT, OVERTIME = WEEKLY.index("minutes_short"), WEEKLY.index("minutes_overtime")
WAY_OUT = np.where(np.any(WAYS_OUT, axis=0), np.argmax(WAYS_OUT, axis=0), NEVER)
"""Row of the retention series of each exit; -1 for none."""

CENSUS, WAITING, HELD_BACK = WEEKLY.index("census"), WEEKLY.index("waiting"), WEEKLY.index("held_back_by_slots")
BY_SLOTS, BY_SEATS, BY_CASELOAD, BY_BOTH, BY_NEXT_PHASE = range(5)

CARRIED, CAN_CARRY = STAFF.index("carried"), STAFF.index("can_carry")
assert NIGHTS == ("seats", "enrolled", "attended", "cancelled")
assert STAFF[:CARRIED] == ("available", "groups", "individual", "assessments", "notes", "other", "overtime")

referred, assessed, started = jitted(cohorts.referred), jitted(cohorts.assessed), jitted(cohorts.started)
followed_a_course, or_end, seen = jitted(cohorts.followed_a_course), jitted(view.or_end), jitted(presence.seen)


@jit
def fill_weekly(view: Struct, rows: Struct, room: Struct, weekly: Rows) -> None:
    """Fill in the weekly series; seats, and by how many census and waitlist change each day, are in the room by now."""
    first, told, staff = view.since // 7, room.weekly, rows.staff
    _by_week(room.census, told[CENSUS])
    _by_week(room.waiting, told[WAITING])
    _hold_back(view, rows, room)
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
def _by_week(daily: Rows, weekly: Rows) -> None:
    """Add up the clients of each day of a week, given by how many there are more on each day."""
    here = 0
    for week in range(len(weekly)):
        weekly[week] = 0
        for day in range(7 * week, 7 * week + 7):
            here += daily[day]
            weekly[week] += here


@jit
def _hold_back(view: Struct, rows: Struct, room: Struct) -> None:
    """Fill in the client-days that each resource holds clients back, by week."""
    level, part = room.held_level, room.held_part
    level[:] = 0
    part[:] = 0
    _diary(view, rows.appointments, level, part)
    _turned_away(view, rows.intake, level, part)
    _next_phase(view, rows, room.marks, level, part)
    add_weeks(level, part, view.end // 7)
    for resource in range(len(part)):
        for week in range(room.weekly.shape[1]):
            room.weekly[HELD_BACK + resource, week] = part[resource, week]


@jit
def change(level: Rows, part: Rows, row: int, day: int, clients: int) -> None:
    """Have so many clients more from a day on, which may be that after the run's last.

    They are there in full from the next week on, and for the rest of this one.
    """
    week = day // 7
    level[row, week + 1] += clients
    part[row, week] += clients * (7 * week + 7 - day)


@jit
def add_weeks(level: Rows, part: Rows, weeks: int) -> None:
    """Make client-days of each week, in `part`, of changes."""
    for row in range(len(part)):
        here = 0
        for week in range(weeks):
            here += level[row, week]
            part[row, week] += 7 * here


@jit
def _diary(view: Struct, booked: Rows, level: Rows, part: Rows) -> None:
    end = view.end
    for k in range(len(booked)):
        wanted, until = min(booked[k].wanted_day, end), seen(view, booked[k])
        if until != wanted:
            change(level, part, BY_SLOTS, wanted, 1)
            change(level, part, BY_SLOTS, until, -1)


@jit
def _turned_away(view: Struct, intake: Rows, level: Rows, part: Rows) -> None:
    until = view.book.intake.next_admission_day
    for k in range(len(intake)):
        row = intake[k]
        last = until[row.day + 1]
        for resource, clients in ((BY_SEATS, row.no_seat), (BY_CASELOAD, row.no_caseload), (BY_BOTH, row.neither)):
            if clients:
                change(level, part, resource, row.day, clients)
                change(level, part, resource, last, -clients)


@jit
def _next_phase(view: Struct, rows: Struct, marks: Rows, level: Rows, part: Rows) -> None:
    clients, moves, end = rows.clients, rows.moves, view.end
    for k in range(len(moves)):
        change(level, part, BY_NEXT_PHASE, min(moves[k].due_day, end), 1)
        change(level, part, BY_NEXT_PHASE, min(moves[k].day, end), -1)
    for k in range(len(clients)):
        if clients[k].due_day != NEVER and marks[k] & MOVED == 0:
            change(level, part, BY_NEXT_PHASE, min(clients[k].due_day, end), 1)
            change(level, part, BY_NEXT_PHASE, min(or_end(view, clients[k].exit_day), end), -1)


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
    clients, given, posts = rows.clients, rows.counselors, rows.posts
    room.role = grown(room.role, len(clients))
    level, part, mine, end = room.role_level, room.role_part, room.role, view.end
    mine[: len(clients)] = NEVER
    caseload, post_role, roles = (
        view.book.staffing.caseload,
        view.book.staffing.post_role,
        len(view.book.staffing.caseload),
    )
    for k in range(len(given)):
        client, day = given[k].client, _within(given[k].day, end)
        if mine[client] != NEVER:
            change(level, part, mine[client], day, -1)
        mine[client] = post_role[given[k].post]
        change(level, part, mine[client], day, 1)
    for k in range(len(clients)):
        if mine[k] != NEVER:
            change(level, part, mine[k], _within(or_end(view, clients[k].exit_day), end), -1)
    for k in range(len(posts)):
        role = post_role[posts[k].post]
        each = max(caseload[role], 0)
        change(level, part, roles + role, _within(posts[k].first_day, end), each)
        change(level, part, roles + role, _within(posts[k].end_day, end), -each)


@jit
def _within(day: int, end: int) -> int:
    return min(max(day, 0), end)

"""Census, waitlist and who is held back, compiled: `iopsim.measures.presence`, week by week."""

from __future__ import annotations

from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.measures import presence, view
from iopsim.measures.series import WEEKLY
from iopsim.record import NEVER

CENSUS, WAITING, HELD_BACK = WEEKLY.index("census"), WEEKLY.index("waiting"), WEEKLY.index("held_back_by_slots")
BY_SLOTS, BY_SEATS, BY_CASELOAD, BY_BOTH, BY_NEXT_PHASE = range(5)

or_end, left_list, seen = jitted(view.or_end), jitted(presence.left_list), jitted(presence.seen)


@jit
def follow_days(view: Struct, rows: Struct, room: Struct) -> tuple[int, int]:
    """Fill in the weeks of census, waitlist and those held back; return the largest census and longest waitlist."""
    room.census[:] = 0
    room.waiting[:] = 0
    room.held_level[:] = 0
    room.held_part[:] = 0
    _come_and_go(view, rows.clients, room)
    _diary(view, rows.appointments, room)
    _turned_away(view, rows.intake, room)
    _next_phase(view, rows, room)
    add_weeks(room.held_level, room.held_part, view.end // 7)
    weekly, held_back = room.weekly, room.held_part
    for resource in range(len(held_back)):
        for week in range(weekly.shape[1]):
            weekly[HELD_BACK + resource, week] = held_back[resource, week]
    fullest = _by_week(room.census, room.weekly, CENSUS, view.since)
    return fullest, _by_week(room.waiting, room.weekly, WAITING, view.since)


@jit
def _come_and_go(view: Struct, clients: Rows, room: Struct) -> None:
    census, waiting, end = room.census, room.waiting, view.end
    for k in range(len(clients)):
        client = clients[k]
        here = client.admitted_day != NEVER
        census[max(client.admitted_day, 0)] += here
        census[min(or_end(view, client.exit_day), end)] -= here
        here = client.joined_day != NEVER
        waiting[max(client.joined_day, 0)] += here
        waiting[min(left_list(view, client), end)] -= here


@jit
def _by_week(daily: Rows, weekly: Rows, row: int, since: int) -> int:
    """Add up the changes of each day, and the clients of each day of a week; return the most on a day that counts."""
    here = most = 0
    for week in range(weekly.shape[1]):
        together = highest = 0
        for day in range(7 * week, 7 * week + 7):
            here += daily[day]
            together += here
            highest = max(highest, here)
        weekly[row, week] = together
        if 7 * week >= since:
            most = max(most, highest)
    return most


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
def _diary(view: Struct, booked: Rows, room: Struct) -> None:
    level, part, end = room.held_level, room.held_part, view.end
    for k in range(len(booked)):
        wanted, until = min(booked[k].wanted_day, end), seen(view, booked[k])
        if until != wanted:
            change(level, part, BY_SLOTS, wanted, 1)
            change(level, part, BY_SLOTS, until, -1)


@jit
def _turned_away(view: Struct, intake: Rows, room: Struct) -> None:
    level, part, until = room.held_level, room.held_part, view.book.intake.next_admission_day
    for k in range(len(intake)):
        row = intake[k]
        last = until[row.day + 1]
        if row.no_seat:
            change(level, part, BY_SEATS, row.day, row.no_seat)
            change(level, part, BY_SEATS, last, -row.no_seat)
        if row.no_caseload:
            change(level, part, BY_CASELOAD, row.day, row.no_caseload)
            change(level, part, BY_CASELOAD, last, -row.no_caseload)
        if row.neither:
            change(level, part, BY_BOTH, row.day, row.neither)
            change(level, part, BY_BOTH, last, -row.neither)


@jit
def _next_phase(view: Struct, rows: Struct, room: Struct) -> None:
    clients, moves, mine = rows.clients, rows.moves, room.clients
    level, part, end = room.held_level, room.held_part, view.end
    for k in range(len(moves)):
        move = moves[k]
        if move.due_day == clients[move.client].due_day:
            mine[move.client].moved = 1
        change(level, part, BY_NEXT_PHASE, min(move.due_day, end), 1)
        change(level, part, BY_NEXT_PHASE, min(move.day, end), -1)
    for k in range(len(clients)):
        if clients[k].due_day != NEVER and not mine[k].moved:
            change(level, part, BY_NEXT_PHASE, min(clients[k].due_day, end), 1)
            change(level, part, BY_NEXT_PHASE, min(or_end(view, clients[k].exit_day), end), -1)

"""Census, waitlist and who is held back, compiled: `iopsim.measures.presence`.

Client-days of the whole view are added up from the days on which clients came and went. How many are there on each day
matters for the most on one day, and by week for the series alone.
"""

from __future__ import annotations

import numpy as np

from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.measures import cohorts, presence, view
from iopsim.measures.compiled_rows import BOOKED, MOVED
from iopsim.money.compiled.room import grown
from iopsim.record import NEVER

or_end, left_list, seen = jitted(view.or_end), jitted(presence.left_list), jitted(presence.seen)
referred, covers = jitted(cohorts.referred), jitted(view.covers)


@jit
def mark_clients(view: Struct, rows: Struct, room: Struct) -> tuple[int, int, int]:
    """Mark who has an appointment and who made the last move due.

    Return the slots booked, and the client-days held back by slots and by the next phase; of who did not make that move
    nothing is counted here.
    """
    clients, booked, moves, end = rows.clients, rows.appointments, rows.moves, view.end
    room.marks = grown(room.marks, len(clients))
    marks, since = room.marks, view.since
    marks[: len(clients)] = 0
    slots = by_slots = by_next_phase = 0
    for k in range(len(booked)):
        it = booked[k]
        marks[np.uint64(it.client)] |= it.day < end  # no index is negative
        slots += covers(view, it.day)
        by_slots += max(seen(view, it), since) - max(min(it.wanted_day, end), since)
    for k in range(len(moves)):
        it = moves[k]
        if it.due_day == clients[it.client].due_day:
            marks[it.client] |= MOVED
        by_next_phase += max(min(it.day, end), since) - max(min(it.due_day, end), since)
    return slots, by_slots, by_next_phase


@jit
def follow_clients(view: Struct, clients: Rows, room: Struct) -> tuple[int, int, int, int, int]:
    """Note by how many census and waitlist change on each day; return client-days of both, and those marked.

    Those are: client-days of clients still due to move on, clients booked, and all who were referred.
    """
    census, waiting, marks, end, since = room.census, room.waiting, room.marks, view.end, view.since
    census[:] = 0
    waiting[:] = 0
    inside = on_list = still_due = booked = everybody = 0
    for k in range(len(clients)):
        client = clients[k]
        gone = min(or_end(view, client.exit_day), end)
        here, day = client.admitted_day != NEVER, max(client.admitted_day, 0)
        census[np.uint64(day)] += here  # no index is negative
        census[np.uint64(gone)] -= here
        inside += here * (max(gone, since) - max(day, since))
        here, day = client.joined_day != NEVER, max(client.joined_day, 0)
        left = max(min(left_list(view, client), end), 0)
        waiting[np.uint64(day)] += here
        waiting[np.uint64(left)] -= here
        on_list += here * (max(left, since) - max(day, since))
        due = (client.due_day != NEVER) & (marks[k] & MOVED == 0)
        still_due += due * (max(gone, since) - max(min(client.due_day, end), since))
        who = referred(view, client)
        booked += who & (marks[k] & BOOKED > 0)
        everybody += who
    return inside, on_list, still_due, booked, everybody


@jit
def turned_away(view: Struct, intake: Rows) -> tuple[int, int, int]:
    """Return the client-days held back by seats, by caseload and by both."""
    end, since, until = view.end, view.since, view.book.intake.next_admission_day
    by_seats = by_caseload = by_both = 0
    for k in range(len(intake)):
        row = intake[k]
        days = max(min(until[row.day + 1], end), since) - max(row.day, since)
        by_seats += row.no_seat * days
        by_caseload += row.no_caseload * days
        by_both += row.neither * days
    return by_seats, by_caseload, by_both


@jit
def most(census: Rows, waiting: Rows, since: int) -> tuple[int, int]:
    """Return the largest census and the longest waitlist of a day that counts, given how they change on each day."""
    inside = on_list = largest = longest = 0
    for day in range(len(census) - 1):
        inside += census[day]
        on_list += waiting[day]
        if day >= since:
            largest, longest = max(largest, inside), max(longest, on_list)
    return largest, longest

"""Who is in treatment, the sessions of each client, and other services, in compiled code."""

from __future__ import annotations

import numpy as np

from iopsim.jit import Row, Rows, Struct, jit, jitted
from iopsim.money import services
from iopsim.money.compiled.room import clear, grown, lay_out, note
from iopsim.money.services import VISITS
from iopsim.record import CAME, I64, NEVER, Attendance, Outcome, Visit
from iopsim.rulebook.money import Service

SERVICE_OF = np.array([VISITS[kind] for kind in Visit], dtype=np.int64)
"""Service of each kind of a visit."""

CAME_TO = np.isin(np.arange(len(Attendance)), CAME)
"""Whether a client came, for each kind of attendance."""

SERVICES = len(Service)
SESSION, ASSESSMENT, DRUG_SCREEN = int(Service.SESSION), int(Service.ASSESSMENT), int(Service.DRUG_SCREEN)
FAMILY, HELD = int(Service.FAMILY), int(Outcome.HELD)
LATER = 1 << 60
"""Comes after every service."""

is_whole = jitted(services.is_whole)
weeks_begun = jitted(services.weeks_begun)


@jit
def stay(me: Row, days: int) -> tuple[int, int]:
    """Return the first day of a client's treatment within the run, and the day after the last; none: the same day."""
    if me.admitted_day == NEVER:
        return 0, 0
    return max(me.admitted_day, 0), days if me.exit_day == NEVER else me.exit_day


@jit
def list_inside(rows: Struct, inside: Struct) -> None:
    """List the clients who were admitted, and for each the sessions to which the client came, in order of day.

    Those of client k are `inside.rows` from `inside.first[k]` to before `inside.end[k]`; of one who was not admitted
    there are none.
    """
    clients, sessions = rows.clients, rows.sessions
    inside.who = grown(inside.who, len(clients))
    inside.first, inside.end = grown(inside.first, len(clients)), grown(inside.end, len(clients))
    inside.rows = grown(inside.rows, len(sessions))
    who, first, end, listed = inside.who, inside.first, inside.end, inside.rows
    many = total = 0
    for client in range(len(clients)):
        me = clients[client]
        first[client] = end[client] = total
        if me.admitted_day != NEVER:
            who[many] = client
            many += 1
            total += me.scheduled + me.made_up
    inside.many = many
    for k in range(len(sessions)):
        session = sessions[k]
        # written in any case, and written over if the client did not come: chance decides, so a branch would cost more
        client_row, attendance = np.uint64(session.client), np.uint64(session.attendance)  # no index is negative
        place = end[client_row]
        it = listed[np.uint64(place)]
        it.day = session.day
        it.night = session.night
        it.whole = is_whole(session.attendance)
        end[client_row] = place + CAME_TO[attendance]


@jit
def note_services(rows: Struct, book: Struct, room: Struct) -> None:
    """Note what each client had, beside sessions and drug screens, that anybody pays for, and phases if they matter."""
    note_singles(room.singles, rows, room.charged, book)
    if room.by_level:
        note_moves(room.moves, rows.moves, len(rows.clients))


@jit
def key(day: int, service: int) -> int:
    """Return by what the services of a client are put in order."""
    return day * SERVICES + service


@jit
def note_singles(notes: Struct, rows: Struct, charged: Rows, book: Struct) -> None:
    """Note each client's other services than sessions and drug screens, in order of (day, service)."""
    clients, visits = rows.clients, rows.visits
    clear(notes, len(clients), len(clients) + len(visits))
    end, paid, family = notes.end, assessments_are_billed(book, charged), book.money.family_is_billed
    for k in range(len(visits)):
        end[visits[k].client] += 1
    if paid:
        for client in range(len(clients)):
            end[client] += 1
    lay_out(notes, len(clients))
    listed, first = notes.rows, notes.first
    if paid:
        for client in range(len(clients)):
            if clients[client].assessed_day != NEVER:
                insert(listed, first, end, client, clients[client].assessed_day, ASSESSMENT)
    for k in range(len(visits)):
        service = SERVICE_OF[visits[k].kind]
        if visits[k].outcome == HELD and charged[service] and (service != FAMILY or family):
            insert(listed, first, end, visits[k].client, visits[k].day, service)


@jit
def assessments_are_billed(book: Struct, charged: Rows) -> bool:
    """Return whether anybody pays for assessments, which those have who were never admitted too."""
    return not book.money.assessment_is_free and bool(charged[ASSESSMENT])


@jit
def insert(rows: Rows, first: I64, end: I64, client: int, day: int, service: int) -> None:
    """Note a service that comes after those before its day, and after most of its day."""
    place = end[client]
    while place > first[client] and key(rows[place - 1].day, rows[place - 1].what) > key(day, service):
        note(rows, place, rows[place - 1].day, rows[place - 1].what)
        place -= 1
    note(rows, place, day, service)
    end[client] += 1


@jit
def note_moves(notes: Struct, moves: Rows, clients: int) -> None:
    """Note the phases that each client entered."""
    clear(notes, clients, len(moves))
    end = notes.end
    for k in range(len(moves)):
        end[moves[k].client] += 1
    lay_out(notes, clients)
    listed = notes.rows
    for k in range(len(moves)):
        note(listed, end[moves[k].client], moves[k].day, moves[k].phase)
        end[moves[k].client] += 1

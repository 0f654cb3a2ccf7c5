"""Services and weeks of treatment, client by client, in compiled code."""

from __future__ import annotations

import numpy as np

from iopsim.jit import Row, Rows, Struct, jit, jitted
from iopsim.money import services
from iopsim.money.compiled.room import clear, grown, lay_out, note
from iopsim.money.services import DAYS, NO_NIGHT, VISITS
from iopsim.record import I64, NEVER, Outcome, Visit
from iopsim.rulebook.money import Service

SERVICE_OF = np.array([VISITS[kind] for kind in Visit], dtype=np.int64)
"""Service of each kind of a visit."""

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
def list_weeks(rows: Struct, room: Struct) -> int:
    """Write the weeks of treatment begun into `room.client_weeks`; return how many there are."""
    clients, days = rows.clients, rows.days
    many = 0
    for client in range(len(clients)):
        begin, end = stay(clients[client], days)
        many += weeks_begun(begin, end)
    room.client_weeks = grown(room.client_weeks, many)
    weeks, n = room.client_weeks, 0
    for client in range(len(clients)):
        begin, end = stay(clients[client], days)
        for day in range(begin, end, DAYS):
            week = weeks[n]
            week.client = client
            week.day = day
            n += 1
    return n


@jit
def note_services(rows: Struct, book: Struct, room: Struct, weeks: int) -> int:
    """Note what each client had in so many weeks of treatment; return how many services that may be, at most."""
    many = len(rows.clients)
    note_sessions(room.sessions, rows.sessions, many)
    note_singles(room.singles, rows, book)
    if room.by_level:
        note_moves(room.moves, rows.moves, many)
    most: int = len(rows.sessions) + many + len(rows.visits) + weeks * book.money.screens_client_week
    room.services = grown(room.services, most)
    return most


@jit
def list_services(
    found: Rows,
    nth: I64,
    sessions: Rows,
    session: int,
    session_end: int,
    singles: Rows,
    single: int,
    single_end: int,
    screen: int,
    screen_end: int,
    screens: int,
) -> int:
    """Write the services of a client into `found`, in order of (day, service); return how many there are.

    Parameters
    ----------
    found : array of `SERVICE`
    nth : int array, shape (services,)
        Is set to how many of each service there are.
    sessions, singles : array of `NOTE`
        The client's stand from the number that follows to before the next.
    screen, screen_end : int
        From when to before when the client is in treatment.
    screens : int
        Drug screens on the first day of each week of that.
    """
    nth[:] = 0
    n = 0
    while True:
        single_key = key(singles[single].day, singles[single].what) if single < single_end else LATER
        screen_key = key(screen, DRUG_SCREEN) if screen < screen_end else LATER
        other = min(single_key, screen_key)
        while session < session_end and key(sessions[session].day, SESSION) < other:
            n = put(found, n, nth, sessions[session].day, SESSION, sessions[session].what)
            session += 1
        if other == LATER:
            return n
        if single_key < screen_key:
            n = put(found, n, nth, singles[single].day, singles[single].what, NO_NIGHT)
            single += 1
        else:
            for _ in range(screens):
                n = put(found, n, nth, screen, DRUG_SCREEN, NO_NIGHT)
            screen += DAYS


@jit
def key(day: int, service: int) -> int:
    """Return by what the services of a client are put in order."""
    return day * SERVICES + service


@jit
def put(found: Rows, n: int, nth: I64, day: int, service: int, night: int) -> int:
    """Write the next service of a client; return how many there are now."""
    row = found[n]
    row.day = day
    row.service = service
    row.nth = nth[service]
    row.night = night
    nth[service] += 1
    return n + 1


@jit
def note_sessions(notes: Struct, sessions: Rows, clients: int) -> None:
    """Note the group nights of each client's sessions that may be billed."""
    clear(notes, clients, len(sessions))
    end = notes.end
    for k in range(len(sessions)):
        end[sessions[k].client] += 1
    lay_out(notes, clients)
    listed = notes.rows
    for k in range(len(sessions)):
        session = sessions[k]
        # written in any case, and written over if it does not count: chance decides, so a branch would cost more
        place = end[session.client]
        note(listed, place, session.day, session.night)
        end[session.client] = place + is_whole(session.attendance)


@jit
def note_singles(notes: Struct, rows: Struct, book: Struct) -> None:
    """Note each client's other services than sessions and drug screens, in order of (day, service)."""
    clients, visits = rows.clients, rows.visits
    clear(notes, len(clients), len(clients) + len(visits))
    end, paid, family = notes.end, not book.money.assessment_is_free, book.money.family_is_billed
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
        if visits[k].outcome == HELD and (service != FAMILY or family):
            insert(listed, first, end, visits[k].client, visits[k].day, service)


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

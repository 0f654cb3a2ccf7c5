"""What is counted by client, compiled: appointments, sessions of a course, and hours of each week of treatment.

Who counts is multiplied with, and not branched on: a processor guesses wrong too often which way a client goes.
"""

from __future__ import annotations

from iopsim.jit import Row, Rows, Struct, jit, jitted
from iopsim.measures import cohorts, hours, view
from iopsim.measures.cohorts import PRESENT
from iopsim.measures.compiled_rows import enough
from iopsim.measures.retention import FEW_SESSIONS
from iopsim.record import NEVER

or_end = jitted(view.or_end)
referred, followed_a_course = jitted(cohorts.referred), jitted(cohorts.followed_a_course)
in_full, held_alone = jitted(hours.in_full), jitted(hours.held_alone)


@jit
def follow_clients(view: Struct, rows: Struct, room: Struct) -> int:
    """Begin a note on each client, and fill in the calls and the stay; return the weeks of all stays."""
    clients, booked, since, weeks = rows.clients, rows.appointments, view.since, 0
    room.clients = enough(room.clients, len(clients))
    notes = room.clients
    for k in range(len(clients)):
        client, note = clients[k], notes[k]
        note.booked = note.sessions = note.moved = note.since = 0
        note.role = NEVER
        gone = or_end(view, client.exit_day)
        note.admitted = client.admitted_day if client.admitted_day != NEVER else gone
        note.until = gone - note.admitted
        note.first = max(-((note.admitted - since) // 7), 0)
        note.weeks = max(note.until // 7 - note.first, 0)
        note.place = weeks - note.first
        note.phase = client.entry_phase
        weeks += note.weeks
    end = view.end
    for k in range(len(booked)):
        if booked[k].day < end:
            notes[booked[k].client].booked = 1
    return weeks


@jit
def booked_clients(view: Struct, clients: Rows, room: Struct) -> tuple[int, int]:
    """Return the clients referred who were given an appointment, and all of them."""
    notes = room.clients
    above = below = 0
    for k in range(len(clients)):
        who = referred(view, clients[k])
        above += who * notes[k].booked
        below += who
    return above, below


@jit
def sessions_of_a_course(view: Struct, clients: Rows, room: Struct) -> tuple[int, int, int]:
    """Return the sessions of the clients followed for a course, how many of them came to few, and all of them."""
    notes = room.clients
    sessions = few = many = 0
    for k in range(len(clients)):
        who = followed_a_course(view, clients[k])
        sessions += who * notes[k].sessions
        few += who & (notes[k].sessions < FEW_SESSIONS)
        many += who
    return sessions, few, many


@jit
def follow_sessions(view: Struct, rows: Struct, room: Struct, weeks: int) -> None:
    """Count the sessions of a course of each client, and add up the minutes of each week of treatment."""
    notes, sessions, visits, minutes = room.clients, rows.sessions, rows.visits, view.book.schedule.night_minutes
    course, alone = view.course, view.book.treatment.individual_minutes
    attended = room.attended = enough(room.attended, weeks + 1)
    attended[: weeks + 1] = 0
    for k in range(len(sessions)):
        session = sessions[k]
        note = notes[session.client]
        day = session.day - note.admitted
        note.sessions += PRESENT[session.attendance] & (day < course)
        attended[_place(note, in_full(session), day // 7, weeks)] += minutes[session.night]
    for k in range(len(visits)):
        note = notes[visits[k].client]
        attended[_place(note, held_alone(visits[k]), (visits[k].day - note.admitted) // 7, weeks)] += alone


@jit
def _place(note: Row, counts: bool, week: int, weeks: int) -> int:
    """Return the place of a client's week of treatment; that after the last one's, if it does not count."""
    counts = counts & (note.first <= week) & (week < note.first + note.weeks)
    return int(weeks + counts * (note.place + week - weeks))


@jit
def weeks_below_level(view: Struct, moves: Rows, clients: int, room: Struct, weeks: int) -> tuple[int, int]:
    """Return the weeks with fewer minutes than the level asks for, and all in which it asks for any."""
    room.asked = enough(room.asked, weeks)
    notes, asked, attended = room.clients, room.asked, room.attended
    asked[:weeks] = 0
    least = view.book.treatment.phase_least_minutes
    for k in range(len(moves)):
        note = notes[moves[k].client]
        day = moves[k].day - note.admitted
        _ask(asked, note, day, least)
        note.phase, note.since = moves[k].phase, day
    for k in range(clients):
        if notes[k].weeks:
            _ask(asked, notes[k], notes[k].until, least)
    below = all_of_them = 0
    for week in range(weeks):
        below += attended[week] < asked[week]
        all_of_them += asked[week] > 0
    return below, all_of_them


@jit
def _ask(asked: Rows, note: Row, until: int, least: Rows) -> None:
    """Note what is asked for in each week of treatment that lies wholly in the phase that ends."""
    for week in range(max(-(-note.since // 7), note.first), until // 7):
        asked[note.place + week] = least[note.phase]

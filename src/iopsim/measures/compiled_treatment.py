"""What is counted by client, compiled: sessions of a course, and hours of each week of treatment.

Only clients who were admitted are looked at, and of sessions those to which they came, as the ledger has them.
"""

from __future__ import annotations

import numpy as np

from iopsim.jit import Row, Rows, Struct, inlined, jit, jitted
from iopsim.measures import cohorts, hours, view
from iopsim.measures.retention import FEW_SESSIONS
from iopsim.money.compiled.room import grown

WEEK = np.uint32(hours.WEEK)

or_end = jitted(view.or_end)
followed_a_course, held_alone = jitted(cohorts.followed_a_course), jitted(hours.held_alone)


@jit
def sessions_of_a_course(view: Struct, clients: Rows, inside: Struct) -> tuple[int, int, int]:
    """Return the sessions of the clients followed for a course, how many of them came to few, and all of them."""
    course, first, end, sessions = view.course, inside.first, inside.end, inside.rows
    total = few = many = 0
    for turn in range(inside.many):
        client = inside.who[turn]
        if followed_a_course(view, clients[client]):
            last = end[client]
            while last > first[client] and sessions[last - 1].day - clients[client].admitted_day >= course:
                last -= 1
            total += last - first[client]
            few += last - first[client] < FEW_SESSIONS
            many += 1
    return total, few, many


@jit
def weeks_below_level(view: Struct, rows: Struct, inside: Struct, room: Struct) -> tuple[int, int]:
    """Return the weeks with fewer minutes than the level asks for, and all in which it asks for any."""
    _attend_groups(view, rows.clients, inside, room)
    _see_alone(view, rows.visits, room)
    stays, attended, least = room.stays, room.attended, view.book.treatment.phase_least_minutes
    clients, moves, below, together = rows.clients, rows.moves, 0, 0
    for k in range(len(moves)):
        stay = stays[moves[k].client]
        day = moves[k].day - stay.admitted
        few, many = _below(attended, stay, day, least)
        below, together = below + few, together + many
        stay.phase, stay.since = moves[k].phase, day
    for turn in range(inside.many):
        client = inside.who[turn]
        stay = stays[client]
        few, many = _below(attended, stay, or_end(view, clients[client].exit_day) - stay.admitted, least)
        below, together = below + few, together + many
    return below, together


@jit
def _attend_groups(view: Struct, clients: Rows, inside: Struct, room: Struct) -> None:
    """Begin a note on each client admitted, and add up the minutes of sessions in each week of treatment that counts.

    Minutes of other weeks are added up in the first place of all.
    """
    room.stays = grown(room.stays, len(clients))
    room.attended = grown(room.attended, inside.many * (view.end // 7) + 1)
    stays, attended, minutes, place = room.stays, room.attended, view.book.schedule.night_minutes, 1
    who, begin, end, sessions = inside.who, inside.first, inside.end, inside.rows
    attended[0] = 0
    for turn in range(inside.many):
        client = who[turn]
        me, stay = clients[client], stays[client]
        admitted = me.admitted_day
        first = max(-((admitted - view.since) // 7), 0)
        weeks = max((or_end(view, me.exit_day) - admitted) // 7 - first, 0)
        stay.admitted, stay.first, stay.weeks, stay.place = admitted, first, weeks, place - first
        stay.phase, stay.since = me.entry_phase, 0
        for week in range(place, place + weeks):
            attended[week] = 0
        for k in range(begin[client], end[client]):
            session = sessions[k]
            then = np.int64(np.uint32(session.day - admitted) // WEEK)
            counts = session.whole & (then >= first) & (then < first + weeks)
            there = np.uint64(place - first + then if counts else 0)  # no index is negative
            attended[there] += minutes[np.uint64(session.night)]
        place += weeks


@jit
def _see_alone(view: Struct, visits: Rows, room: Struct) -> None:
    """Add the minutes of individual sessions."""
    stays, attended, alone = room.stays, room.attended, view.book.treatment.individual_minutes
    for k in range(len(visits)):
        stay = stays[visits[k].client]
        week = (visits[k].day - stay.admitted) // 7
        counts = held_alone(visits[k]) & (week >= stay.first) & (week < stay.first + stay.weeks)
        attended[stay.place + week if counts else 0] += alone


@inlined
def _below(attended: Rows, stay: Row, until: int, least: Rows) -> tuple[int, int]:
    """Return the weeks with too few minutes that lie wholly in the phase that ends, and all if it asks for any."""
    asked, begin, end = least[stay.phase], max(-(-stay.since // 7), stay.first), until // 7
    below = 0
    if asked <= 0 or end <= begin:
        return 0, 0
    for minutes in attended[stay.place + begin : stay.place + end]:
        below += minutes < asked
    return below, end - begin

"""The event log: the Record told as one list of events, for tracing a client, for export, and as a second account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from iopsim.clock import Phase
from iopsim.record import I64, NEVER, Attendance, Exit, Record, Visit


class Activity(IntEnum):
    """What an event row says; `detail` depends on it. A number is never given to another activity."""

    REFERRED = 0
    """detail: source."""
    BOOKED = 1
    """detail: day of the appointment (the run's length if it lies beyond the run)."""
    MISSED_ASSESSMENT = 2
    """detail: attempt, from 0."""
    ASSESSED = 3
    """detail: attempt, from 0."""
    PLACED = 4
    """detail: as in `iopsim.rules.placement`."""
    JOINED_WAITLIST = 5
    """detail: first day on which the client can start."""
    BALKED = 6
    RENEGED = 7
    ADMITTED = 8
    """detail: group."""
    ATTENDED = 9
    """detail: group night of the week."""
    EXCUSED = 10
    """detail: group night of the week."""
    ABSENT = 11
    """detail: group night of the week."""
    DUE_TO_MOVE = 12
    """detail: phase the client is due to enter."""
    MOVED = 13
    """detail: phase entered."""
    DISCHARGED = 14
    """detail: reason, an `Exit`."""
    LOST = 15
    """detail: 0; gave up after missed assessments."""
    NOT_REFERRED = 16
    """detail: source, whose referrer knew of the waits; takes the place of REFERRED."""
    CALL_LOST = 17
    SCREENED_OUT = 18
    NO_ASSESSOR = 19
    """detail: attempt, from 0; came, and was asked to come again because no assessor had time."""
    WENT_AWAY = 20
    """detail: place, as for PLACED."""
    CAME_BACK = 21
    """detail: place, as for PLACED."""
    NOT_AUTHORIZED = 22
    HERE_AT_OPENING = 23
    """detail: group; -1 for one who is on the waitlist."""
    COUNSELOR = 24
    """detail: post; the client's first counselor."""
    OTHER_COUNSELOR = 25
    """detail: post."""
    CUT_SHORT = 26
    """detail: group night of the week."""
    MADE_UP = 27
    """detail: group night of the week."""
    LAPSED = 28
    """detail: how many lapses so far, from 1."""
    INDIVIDUAL = 29
    """detail: an `Outcome`; the next two likewise."""
    MEDICATION = 30
    FAMILY = 31
    RELAPSED = 32
    """detail: days since discharge."""
    CALLED_AGAIN = 33
    """detail: source; a later episode begins, in place of REFERRED."""


BY_ATTENDANCE = {
    Attendance.ATTENDED: Activity.ATTENDED,
    Attendance.EXCUSED: Activity.EXCUSED,
    Attendance.ABSENT: Activity.ABSENT,
    Attendance.CUT_SHORT: Activity.CUT_SHORT,
    Attendance.MADE_UP: Activity.MADE_UP,
}
"""What is told of a session."""

BY_VISIT = {
    Visit.INDIVIDUAL: Activity.INDIVIDUAL,
    Visit.MEDICATION: Activity.MEDICATION,
    Visit.FAMILY: Activity.FAMILY,
}
"""What is told of a visit."""


@dataclass(frozen=True, slots=True)
class Events:
    """One row per event, in order of (day, phase, client, order within the client)."""

    day: I64
    phase: I64
    client: I64
    """Row of the client table: one episode of a person."""
    activity: I64
    detail: I64
    case: I64
    """Row of the client's first episode: one person."""


Rows = list[tuple[I64 | int, I64 | int, I64, I64 | int, I64 | int]]
"""Activity, phase, clients, days and details of events told together; a number where all are alike."""


def events(record: Record) -> Events:
    """Return the event log of a record."""
    rows = [*_calls(record), *_assessments(record), *_waitlist(record), *_treatment(record), *_after(record)]
    table = np.concatenate(
        [
            np.column_stack(np.broadcast_arrays(day, phase, who, activity, detail))
            for activity, phase, who, day, detail in rows
        ]
    )
    order = np.lexsort([table[:, 2], table[:, 1], table[:, 0]])
    day, phase, client, activity, detail = np.ascontiguousarray(table[order].T, dtype=np.int64)
    return Events(day, phase, client, activity, detail, record.clients.first[client])


def _ended(record: Record, place: Exit) -> I64:
    return np.flatnonzero(record.clients.exit == place)


def _calls(record: Record) -> Rows:
    """Return how clients come to the door, and who is here already."""
    clients = record.clients
    called = clients.referral_day != NEVER
    kept = called & (clients.exit != Exit.NOT_REFERRED)
    referred, again, here = map(
        np.flatnonzero, (kept & (clients.episode == 0), called & (clients.episode > 0), ~called)
    )
    waits = clients.joined_day[here] != NEVER
    rows: Rows = [
        (Activity.HERE_AT_OPENING, Phase.STAFF, here, 0, np.where(waits, NEVER, clients.group[here])),
        (Activity.CALLED_AGAIN, Phase.RETURNS, again, clients.referral_day[again], clients.source[again]),
        (Activity.REFERRED, Phase.REFERRALS, referred, clients.referral_day[referred], clients.source[referred]),
    ]
    for activity, place in {
        Activity.NOT_REFERRED: Exit.NOT_REFERRED,
        Activity.CALL_LOST: Exit.CALL_LOST,
        Activity.SCREENED_OUT: Exit.SCREENED_OUT,
    }.items():
        who = _ended(record, place)
        detail = clients.source[who] if activity == Activity.NOT_REFERRED else 0
        rows.append((activity, Phase.REFERRALS, who, clients.exit_day[who], detail))
    return rows


def _assessments(record: Record) -> Rows:
    """Return the way from the call to the placement."""
    clients, booked = record.clients, record.appointments
    came = booked.came_day != NEVER
    missed, seen = (booked.day < record.days) & ~came, booked.seen_day != NEVER
    waited = came & (booked.seen_day != booked.came_day)
    lost, assessed = _ended(record, Exit.NO_SHOW), np.flatnonzero(clients.assessed_day != NEVER)
    away = np.flatnonzero(clients.away_day != NEVER)
    back = np.flatnonzero((clients.away_day != NEVER) & (clients.joined_day != NEVER))
    phase, placement = Phase.ASSESSMENTS, clients.placement
    return [
        (Activity.BOOKED, Phase.BOOKING, booked.client, booked.booked_day, booked.day),
        (Activity.MISSED_ASSESSMENT, phase, booked.client[missed], booked.day[missed], booked.attempt[missed]),
        (Activity.LOST, phase, lost, clients.exit_day[lost], 0),
        (Activity.NO_ASSESSOR, phase, booked.client[waited], booked.came_day[waited], booked.attempt[waited]),
        (Activity.ASSESSED, phase, booked.client[seen], booked.seen_day[seen], booked.attempt[seen]),
        (Activity.PLACED, phase, assessed, clients.assessed_day[assessed], placement[assessed]),
        (Activity.WENT_AWAY, phase, away, clients.away_day[away], placement[away]),
        (Activity.CAME_BACK, Phase.RETURNS, back, clients.joined_day[back], placement[back]),
    ]


def _waitlist(record: Record) -> Rows:
    """Return the way from the placement to a seat."""
    clients = record.clients
    joined = np.flatnonzero((clients.referral_day != NEVER) & (clients.joined_day != NEVER))
    admitted = np.flatnonzero((clients.joined_day != NEVER) & (clients.admitted_day != NEVER))
    back = clients.away_day[joined] != NEVER
    balked, reneged, denied = (_ended(record, end) for end in (Exit.BALKED, Exit.RENEGED, Exit.NOT_AUTHORIZED))
    return [
        (
            Activity.JOINED_WAITLIST,
            np.where(back, int(Phase.RETURNS), int(Phase.ASSESSMENTS)),
            joined,
            clients.joined_day[joined],
            clients.ready_day[joined],
        ),
        (Activity.RENEGED, Phase.RENEGING, reneged, clients.exit_day[reneged], 0),
        (Activity.NOT_AUTHORIZED, Phase.RENEGING, denied, clients.exit_day[denied], 0),
        (Activity.ADMITTED, Phase.ADMISSIONS, admitted, clients.admitted_day[admitted], clients.group[admitted]),
        (Activity.BALKED, Phase.ADMISSIONS, balked, clients.exit_day[balked], 0),
    ]


def _treatment(record: Record) -> Rows:
    """Return the way from a seat to discharge."""
    clients, sessions, moves, lapses, visits = (
        record.clients,
        record.sessions,
        record.moves,
        record.lapses,
        record.visits,
    )
    attendance = np.array([BY_ATTENDANCE[kind] for kind in Attendance])
    visit = np.array([BY_VISIT[kind] for kind in Visit])
    due = np.flatnonzero(clients.wanted != NEVER)
    discharged = np.flatnonzero((clients.admitted_day != NEVER) & (clients.exit_day != NEVER))
    return [
        *_counselors(record),
        (attendance[sessions.attendance], Phase.SESSIONS, sessions.client, sessions.day, sessions.night),
        (Activity.LAPSED, Phase.REVIEW, lapses.client, lapses.day, _numbers(lapses.client) + 1),
        (Activity.DUE_TO_MOVE, Phase.REVIEW, moves.client, moves.due_day, moves.phase),
        (Activity.DUE_TO_MOVE, Phase.REVIEW, due, clients.due_day[due], clients.wanted[due]),
        (Activity.MOVED, Phase.STEP_DOWNS, moves.client, moves.day, moves.phase),
        (Activity.DISCHARGED, Phase.DISCHARGES, discharged, clients.exit_day[discharged], clients.exit[discharged]),
        (visit[visits.kind], Phase.WEEK_END, visits.client, visits.day, visits.outcome),
    ]


def _counselors(record: Record) -> Rows:
    """Return who gets which counselor: on admission or at the opening, and later when staff come and go."""
    clients, rows = record.clients, record.counselors
    first = _numbers(rows.client) == 0
    activity = np.where(first, int(Activity.COUNSELOR), int(Activity.OTHER_COUNSELOR))
    at_admission = first & (clients.joined_day[rows.client] != NEVER)
    phase = np.where(at_admission, int(Phase.ADMISSIONS), int(Phase.STAFF))
    return [(activity, phase, rows.client, rows.day, rows.post)]


def _after(record: Record) -> Rows:
    """Return what is known of clients after discharge, within the run."""
    clients = record.clients
    relapsed = np.flatnonzero((clients.relapse_day != NEVER) & (clients.relapse_day < record.days))
    day = clients.relapse_day[relapsed]
    return [(Activity.RELAPSED, Phase.RETURNS, relapsed, day, day - clients.exit_day[relapsed])]


def _numbers(who: I64) -> I64:
    """Return for each row how many rows of the same client come before it."""
    order = np.argsort(who, kind="stable")
    ordered = who[order]
    begins = np.searchsorted(ordered, ordered)
    numbers = np.empty(len(who), dtype=np.int64)
    numbers[order] = np.arange(len(who)) - begins
    return numbers

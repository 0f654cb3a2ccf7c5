"""The event log: the Record told as one list of events, for tracing a client, for export, and as a second account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from iopsim.clock import Phase
from iopsim.record import I64, NEVER, Exit, Record


class Activity(IntEnum):
    """What an event row says; `detail` depends on it."""

    REFERRED = 0
    """detail: source."""
    BOOKED = 1
    """detail: day of the appointment (the run's length if it lies beyond the run)."""
    MISSED_ASSESSMENT = 2
    """detail: attempt, from 0."""
    ASSESSED = 3
    """detail: attempt, from 0."""
    PLACED = 4
    """detail: 0 here, 1 higher, 2 lower, 3 declined."""
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


@dataclass(frozen=True, slots=True)
class Events:
    """One row per event, in order of (day, phase, client, order within the client)."""

    day: I64
    phase: I64
    client: I64
    activity: I64
    detail: I64


def events(record: Record) -> Events:
    """Return the event log of a record."""
    clients, booked, sessions, moves = record.clients, record.appointments, record.sessions, record.moves
    everybody = np.arange(len(clients))
    kept = booked.day < record.days
    came = kept & (clients.assessed_day[booked.client] == booked.day)
    placement = np.select(
        [clients.exit == Exit.PLACED_HIGHER, clients.exit == Exit.PLACED_LOWER, clients.exit == Exit.DECLINED],
        [1, 2, 3],
    )

    def ended(place: Exit) -> I64:
        return np.flatnonzero(clients.exit == place)

    def happened(day: I64) -> I64:
        return np.flatnonzero(day != NEVER)

    assessed, joined, admitted = map(happened, (clients.assessed_day, clients.joined_day, clients.admitted_day))
    lost, balked, reneged = map(ended, (Exit.NO_SHOW, Exit.BALKED, Exit.RENEGED))
    still_due = clients.due_day != NEVER
    still_due[moves.client[moves.due_day == clients.due_day[moves.client]]] = False
    due = np.flatnonzero(still_due)
    discharged = np.flatnonzero((clients.admitted_day != NEVER) & (clients.exit_day != NEVER))
    rows: list[tuple[I64 | int, int, I64, I64, I64]] = [
        (Activity.REFERRED, Phase.BOOKING, everybody, clients.referral_day, clients.source),
        (Activity.BOOKED, Phase.BOOKING, booked.client, booked.booked_day, booked.day),
        (
            Activity.MISSED_ASSESSMENT,
            Phase.ASSESSMENTS,
            booked.client[kept & ~came],
            booked.day[kept & ~came],
            booked.attempt[kept & ~came],
        ),
        (Activity.LOST, Phase.ASSESSMENTS, lost, clients.exit_day[lost], lost * 0),
        (Activity.ASSESSED, Phase.ASSESSMENTS, booked.client[came], booked.day[came], booked.attempt[came]),
        (Activity.PLACED, Phase.ASSESSMENTS, assessed, clients.assessed_day[assessed], placement[assessed]),
        (Activity.JOINED_WAITLIST, Phase.ASSESSMENTS, joined, clients.joined_day[joined], clients.ready_day[joined]),
        (Activity.RENEGED, Phase.RENEGING, reneged, clients.exit_day[reneged], reneged * 0),
        (Activity.ADMITTED, Phase.ADMISSIONS, admitted, clients.admitted_day[admitted], clients.group[admitted]),
        (Activity.BALKED, Phase.ADMISSIONS, balked, clients.exit_day[balked], balked * 0),
        (Activity.ATTENDED + sessions.attendance, Phase.SESSIONS, sessions.client, sessions.day, sessions.night),
        (Activity.DUE_TO_MOVE, Phase.REVIEW, moves.client, moves.due_day, moves.phase),
        (Activity.DUE_TO_MOVE, Phase.REVIEW, due, clients.due_day[due], clients.phase[due] + 1),
        (Activity.MOVED, Phase.STEP_DOWNS, moves.client, moves.day, moves.phase),
        (Activity.DISCHARGED, Phase.DISCHARGES, discharged, clients.exit_day[discharged], clients.exit[discharged]),
    ]
    table = np.concatenate(
        [
            np.column_stack(np.broadcast_arrays(day, phase, who, activity, detail))
            for activity, phase, who, day, detail in rows
        ]
    )
    order = np.lexsort([table[:, 2], table[:, 1], table[:, 0]])
    return Events(*np.ascontiguousarray(table[order].T, dtype=np.int64))

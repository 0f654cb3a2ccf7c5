"""Hours of treatment: what clients attend in a week, against what the level of care asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iopsim.measures.measure import Fraction, measure
from iopsim.measures.view import Flags, View, flags, or_end
from iopsim.record import I64, NEVER, Attendance, Outcome, SessionFacts, Visit, VisitFacts

WEEK = 7


@measure(
    "Client-weeks below the level's hours",
    "share",
    "weeks with fewer hours attended than the level asks for",
    "weeks of treatment",
    "weeks of seven days from admission, wholly within the run and one phase whose level asks for hours",
)
def below_level_hours_share(view: View) -> Fraction:
    """Share of weeks of treatment in which the client attends fewer hours than the phase's level of care asks for.

    Hours are those of group sessions attended or made up, not cut short, and of individual sessions held. Weeks with
    closed days and excused absences count like others.
    """
    least = view.book.treatment.phase_least_minutes
    if not least.any():
        return 0, 0
    stays = _stays(view)
    asked = _asked(view, stays)
    return int((_attended(view, stays) < asked).sum()), int((asked > 0).sum())


@dataclass(frozen=True, slots=True)
class Stays:
    """The counted weeks of each client, one client after the other; one row per client."""

    admitted: I64
    until: I64
    """Days from admission to discharge, or to the end of the run."""
    first: I64
    """First week of treatment that counts, from 0."""
    weeks: I64
    """Weeks that count."""
    row: I64
    """Place of a client's week k among all weeks that count is row + k."""


def _stays(view: View) -> Stays:
    clients = view.record.clients
    here = clients.admitted_day != NEVER
    gone = or_end(view, clients.exit_day)
    admitted = np.where(here, clients.admitted_day, gone)
    first = np.maximum(_rounded_up(view.since - admitted), 0)
    weeks = np.maximum((gone - admitted) // WEEK - first, 0)
    return Stays(admitted, gone - admitted, first, weeks, np.cumsum(weeks) - weeks - first)


def _rounded_up(days: I64) -> I64:
    """Return the whole weeks that so many days take."""
    return -(-days // WEEK)


def _asked(view: View, stays: Stays) -> I64:
    """Return the minutes that the level asks for in each counted week; 0 in a week of two phases.

    A phase lasts from admission or a move to the next move, or to discharge.
    """
    clients, moves = view.record.clients, view.record.moves
    inside = np.flatnonzero(stays.weeks)
    who = np.concatenate([inside, moves.client])
    order = np.argsort(who, kind="stable")  # moves are in order of day already
    who = who[order]
    phase = np.concatenate([clients.entry_phase[inside], moves.phase])[order]
    since = np.concatenate([np.zeros(len(inside), dtype=np.int64), moves.day - stays.admitted[moves.client]])[order]
    until = stays.until[who]
    same = who[1:] == who[:-1]
    until[:-1][same] = since[1:][same]
    first = np.maximum(_rounded_up(since), stays.first[who])
    last = until // WEEK
    some = last > first
    begin, end = (stays.row[who] + first)[some], (stays.row[who] + last)[some]
    least = view.book.treatment.phase_least_minutes[phase[some]]
    weeks = int(stays.weeks.sum())
    change = np.bincount(begin, least, weeks + 1) - np.bincount(end, least, weeks + 1)
    return np.cumsum(change[:weeks]).astype(np.int64)


def _attended(view: View, stays: Stays) -> I64:
    """Return the minutes attended in each counted week."""
    record, book = view.record, view.book
    sessions, visits = record.sessions, record.visits
    full, held = np.flatnonzero(in_full(sessions)), np.flatnonzero(held_alone(visits))
    minutes = _by_week(
        stays, sessions.client[full], sessions.day[full], book.schedule.night_minutes[sessions.night[full]]
    )
    beside = np.full(len(held), book.treatment.individual_minutes)
    return minutes + _by_week(stays, visits.client[held], visits.day[held], beside)


def in_full(sessions: SessionFacts) -> Flags:
    """Group sessions from beginning to end."""
    return flags((sessions.attendance == Attendance.ATTENDED) | (sessions.attendance == Attendance.MADE_UP))


def held_alone(visits: VisitFacts) -> Flags:
    """Individual sessions held."""
    return flags((visits.kind == Visit.INDIVIDUAL) & (visits.outcome == Outcome.HELD))


def _by_week(stays: Stays, client: I64, day: I64, minutes: I64) -> I64:
    """Add up minutes by the counted week in which they were spent."""
    week = (day - stays.admitted[client]) // WEEK
    counts = (week >= stays.first[client]) & (week < (stays.first + stays.weeks)[client])
    row = (stays.row[client] + week)[counts]
    return np.bincount(row, minutes[counts], int(stays.weeks.sum())).astype(np.int64)


MEASURES = (below_level_hours_share,)

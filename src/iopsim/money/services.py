"""Services: what the program did for whom, as far as it may be billed, and the weeks in which it had clients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.record import I64, NEVER, Attendance, Outcome, Record, Visit
from iopsim.rulebook import Rulebook
from iopsim.rulebook.money import Service

Flags = NDArray[np.bool_]

DAYS = 7
NO_NIGHT = -1
VISITS = {
    Visit.INDIVIDUAL: Service.INDIVIDUAL,
    Visit.MEDICATION: Service.MEDICATION,
    Visit.FAMILY: Service.FAMILY,
}


@dataclass(frozen=True, slots=True)
class Services:
    """One row per service rendered; equally long columns."""

    client: I64
    """Row of the client table."""
    day: I64
    service: I64
    """A `Service`."""
    nth: I64
    """How many of this service the client had before, in this episode."""
    night: I64
    """Group night of a session; -1 otherwise."""

    def __len__(self) -> int:
        return len(self.client)

    def none(self) -> Services:
        """Return the same table without rows."""
        return Services(*(getattr(self, column)[:0] for column in self.__slots__))


@dataclass(frozen=True, slots=True)
class ClientWeeks:
    """One row per week of treatment that a client began within the run, in order of client; dated by its first day."""

    client: I64
    day: I64

    def __len__(self) -> int:
        return len(self.client)


def client_weeks(record: Record) -> ClientWeeks:
    """Return the weeks of treatment begun: from admission, or from the opening of those who were here then."""
    clients = record.clients
    who = np.flatnonzero(clients.admitted_day != NEVER)
    begin = np.maximum(clients.admitted_day[who], 0)
    end = np.where(clients.exit_day[who] == NEVER, record.days, clients.exit_day[who])
    many = weeks_begun(begin, end)
    return ClientWeeks(np.repeat(who, many), np.repeat(begin, many) + DAYS * places(many))


def rendered(record: Record, book: Rulebook, weeks: ClientWeeks) -> Services:
    """Return the services rendered that may be billed, in order of (client, day, service)."""
    money = book.money
    sessions, visits, assessed = record.sessions, record.visits, record.clients.assessed_day
    whole = np.flatnonzero(is_whole(sessions.attendance))
    parts: list[tuple[Service, I64, I64, I64]] = [
        (Service.SESSION, sessions.client[whole], sessions.day[whole], sessions.night[whole])
    ]
    if not money.assessment_is_free:
        who = np.flatnonzero(assessed != NEVER)
        parts.append((Service.ASSESSMENT, who, assessed[who], np.full(len(who), NO_NIGHT)))
    held = visits.outcome == Outcome.HELD
    for kind, service in VISITS.items():
        rows = np.flatnonzero(held & (visits.kind == kind))
        if len(rows) and (service != Service.FAMILY or money.family_is_billed):
            parts.append((service, visits.client[rows], visits.day[rows], np.full(len(rows), NO_NIGHT)))
    if money.screens_client_week:
        who, first = (np.repeat(column, money.screens_client_week) for column in (weeks.client, weeks.day))
        parts.append((Service.DRUG_SCREEN, who, first, np.full(len(who), NO_NIGHT)))
    kinds, clients, days, nights = zip(*parts, strict=True)
    client, day, night = np.concatenate(clients), np.concatenate(days), np.concatenate(nights)
    what = np.repeat(np.array(kinds, dtype=np.int64), [len(rows) for rows in clients])
    nth = np.concatenate([rank(rows, len(record.clients)) for rows in clients])
    order = np.argsort((client * (record.days + 1) + day) * len(Service) + what, kind="stable")
    return Services(client[order], day[order], what[order], nth[order], night[order])


def weeks_begun(begin: I64, end: I64) -> I64:
    """Return how many weeks have begun from one day to before another, of arrays or of two days."""
    return -((begin - end) // DAYS)


def is_whole(attendance: I64) -> Flags:
    """Return whether sessions may be billed, of an array or of one: who came late, or left early, bills nothing."""
    whole: Flags = (attendance == Attendance.ATTENDED) | (attendance == Attendance.MADE_UP)
    return whole


def phases(record: Record, client: I64, day: I64) -> I64:
    """Return the phase that clients were in on some evenings."""
    moves, days = record.moves, record.days + 1
    order = np.argsort(moves.client * days + moves.day, kind="stable")
    last = np.searchsorted((moves.client * days + moves.day)[order], client * days + day, side="right")
    before = np.append(NEVER, order)[last]
    moved = (last > 0) & (np.append(moves.client, NEVER)[before] == client)
    return np.where(moved, np.append(moves.phase, NEVER)[before], record.clients.entry_phase[client])


def rank(client: I64, clients: int) -> I64:
    """Return how many rows of the same client come before each row."""
    order = np.argsort(client, kind="stable")
    before = np.empty(len(client), dtype=np.int64)
    before[order] = places(np.bincount(client, minlength=clients))
    return before


def places(many: I64) -> I64:
    """Return 0, 1, ... for each of some stretches of so many; shape (sum of many,)."""
    return np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)

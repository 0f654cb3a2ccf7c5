"""Cases: the events of one replication, client by client, in words and with clock times."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from iopsim.clock import OFFICE_HOUR, Phase
from iopsim.eventlog.words import TELLINGS, Clinic, ending
from iopsim.events import Activity, Events, events
from iopsim.record import I64, Record
from iopsim.trace import client_name

DAY = 24 * 60 * 60
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: what, when (ISO 8601, the clinic's own clock), by whom, and what else there is to say."""

    activity: str
    time: str
    resource: str
    detail: str


@dataclass(frozen=True, slots=True)
class Case:
    """One client's way, its events in the order in which they happened."""

    name: str
    """Replication, then the client's name as `iopsim trace` knows it; no two cases of a log share it."""
    replication: int
    source: str
    traits: str
    """Names with a space between."""
    ending: str
    entries: tuple[Entry, ...]


def cases(clinic: Clinic, record: Record, replication: int) -> Iterator[Case]:
    """Tell one replication, client by client, in the order of referral.

    Parameters
    ----------
    clinic : Clinic
    record : Record
    replication : int
        Its number, from 0.
    """
    book, clients, log = clinic.book, record.clients, events(record)
    order = np.argsort(log.client, kind="stable")
    seconds = _seconds(clinic, log)[order]
    rows = np.column_stack([log.activity, log.detail])[order].tolist()
    opening = np.datetime64(clinic.scenario.opening, "s")
    bounds = np.searchsorted(log.client[order], np.arange(len(clients) + 1)).tolist()
    for who, (first, last) in enumerate(pairwise(bounds)):
        times = np.datetime_as_string(opening + _in_order(seconds[first:last]).astype("timedelta64[s]")).tolist()
        entries = []
        for (activity, detail), time in zip(rows[first:last], times, strict=True):
            telling = TELLINGS[Activity(activity)]
            entries.append(Entry(telling.words, time, telling.resource(clinic, detail), telling.detail(clinic, detail)))
        traits = int(clients.traits[who])
        yield Case(
            name=f"{replication}/{client_name(clinic.scenario, book, record, who)}",
            replication=replication,
            source=book.demand.source_names[clients.source[who]],
            traits=" ".join(name for k, name in enumerate(book.demand.trait_names) if traits >> k & 1),
            ending=ending(clinic, int(clients.exit[who])),
            entries=tuple(entries),
        )


def _seconds(clinic: Clinic, log: Events) -> I64:
    """Return when each event happened, in seconds since the first midnight."""
    office = np.array([_of_day(OFFICE_HOUR[phase]) if phase in OFFICE_HOUR else 0 for phase in Phase])
    start = 60 * clinic.book.schedule.night_start
    in_session = np.array([TELLINGS[activity].in_session for activity in Activity])[log.activity]
    clock = office[log.phase]
    clock[in_session] = start[log.detail[in_session]]
    return np.asarray(DAY * log.day + clock, dtype=np.int64)


def _of_day(time: datetime.time) -> int:
    """Return the seconds since midnight."""
    return (60 * time.hour + time.minute) * 60 + time.second


def _in_order(seconds: I64) -> I64:
    """Return the times of one client's events, none later than the next.

    Office hours are nominal, and a group may meet before them: who is admitted and attends on the same morning is
    then admitted when the group starts, and not in the afternoon.
    """
    return np.minimum.accumulate(seconds[::-1])[::-1]

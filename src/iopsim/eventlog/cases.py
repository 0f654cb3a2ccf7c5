"""Cases: the events of one replication, client by client, in words and with clock times."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iopsim.clock import OFFICE_HOUR, Phase
from iopsim.eventlog.words import TELLINGS, Clinic, ending
from iopsim.events import Activity, Events, events
from iopsim.record import I64, Record
from iopsim.trace import client_name

DAY = 24 * 60 * 60
"""Seconds."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: what, when (ISO 8601, the clinic's own clock), by whom, and what else there is to say."""

    activity: str
    time: str
    resource: str
    detail: str
    episode: int
    """From 1; the next begins when the client calls again."""


@dataclass(frozen=True, slots=True)
class Case:
    """One client's way, all its episodes, its events in the order in which they happened."""

    name: str
    """Replication, then the client's name as `iopsim trace` knows it; no two cases of a log share it."""
    replication: int
    source: str
    """That of the first call."""
    traits: str
    """Names with a space between."""
    ending: str
    """That of the last episode."""
    entries: tuple[Entry, ...]


def cases(clinic: Clinic, record: Record, replication: int) -> Iterator[Case]:
    """Tell one replication, client by client, in the order of the first call; who is here at the opening comes first.

    Parameters
    ----------
    clinic : Clinic
    record : Record
    replication : int
        Its number, from 0.
    """
    book, clients, log = clinic.book, record.clients, events(record)
    order = np.argsort(log.case, kind="stable")
    seconds, bears = _seconds(clinic, log)[order], (log.activity == Activity.FAMILY)[order]
    rows = np.column_stack([log.activity, log.detail, clients.episode[log.client] + 1])[order].tolist()
    opening = np.datetime64(clinic.scenario.opening, "s")
    people = np.flatnonzero(clients.episode == 0)
    ends = dict(zip(clients.first.tolist(), clients.exit.tolist(), strict=True))  # that of a later episode comes later
    bounds = np.searchsorted(log.case[order], np.append(people, len(clients))).tolist()
    for who, (first, last) in zip(people.tolist(), pairwise(bounds), strict=True):
        clock = _in_order(seconds[first:last], bears[first:last])
        times = np.datetime_as_string(opening + clock.astype("timedelta64[s]")).tolist()
        entries = []
        for (activity, detail, episode), time in zip(rows[first:last], times, strict=True):
            telling = TELLINGS[Activity(activity)]
            resource, further = telling.resource(clinic, detail), telling.detail(clinic, detail)
            entries.append(Entry(telling.words, time, resource, further, episode))
        traits = int(clients.traits[who])
        yield Case(
            name=f"{replication}/{client_name(clinic.scenario, book, record, who)}",
            replication=replication,
            source=book.demand.source_names[clients.source[who]],
            traits=" ".join(name for k, name in enumerate(book.demand.trait_names) if traits >> k & 1),
            ending=ending(clinic, ends[who]),
            entries=tuple(entries),
        )


def _seconds(clinic: Clinic, log: Events) -> I64:
    """Return when each event happened, in seconds since the first midnight."""
    office = np.array([_of_day(OFFICE_HOUR[phase]) if phase in OFFICE_HOUR else 0 for phase in Phase])
    start = 60 * clinic.book.schedule.night_start
    in_session = np.array([TELLINGS[activity].in_session for activity in Activity])[log.activity]
    clock = office[log.phase]
    clock[in_session] = start[log.detail[in_session]]
    clock[log.activity == Activity.FAMILY] = _of_day(clinic.scenario.family_night.start)
    return np.asarray(DAY * log.day + clock, dtype=np.int64)


def _of_day(time: datetime.time) -> int:
    """Return the seconds since midnight."""
    return (60 * time.hour + time.minute) * 60 + time.second


def _in_order(seconds: I64, late: Flags) -> I64:
    """Return the times of one client's events, none later than the next.

    Office hours are nominal, and a group may meet before them: who is admitted and attends on the same morning is
    then admitted when the group starts, and not in the afternoon. A family night (`late`) does not draw the rest of its
    day to its own hour: it waits for what comes before.
    """
    waited = np.where(late, np.maximum(seconds, np.append(seconds[:1], seconds[:-1])), seconds)
    return np.asarray(np.minimum.accumulate(waited[::-1])[::-1], dtype=np.int64)

"""Writing the Record: from what the engine noted, row by row, to sorted integer columns."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from iopsim.clock import PHASES_PER_DAY
from iopsim.cohort import Cohort
from iopsim.engines.person import Person
from iopsim.record import I64, ClientFacts, EventFacts


def rows(flat: list[int], width: int, by: Sequence[int] = ()) -> list[I64]:
    """Return the columns of a flat list of rows, sorted by the given columns, the last of them first."""
    columns = list(np.ascontiguousarray(np.frombuffer(array("q", flat), dtype=np.int64).reshape(-1, width).T))
    if by:
        order = np.lexsort([columns[column] for column in by])
        columns = [column[order] for column in columns]
    return columns


def event_facts(flat: list[int]) -> EventFacts:
    """Return the events in order of (time, client, order within the client)."""
    time, client, activity, detail = rows(flat, 4, by=(1, 0))
    return EventFacts(time // PHASES_PER_DAY, time % PHASES_PER_DAY, client, activity, detail)


PRIVATE = (
    "appointments", "assessed_day", "joined_day", "ready_day", "admitted_day", "group", "first_session_day",
    "due_day", "moved_day", "scheduled", "attended", "excused", "absent", "exit", "exit_day",
)  # fmt: skip


def client_facts(people: Sequence[Person], cohort: Cohort) -> ClientFacts:
    """Return one row per client, in the order of the cohort."""
    facts = attrgetter(*PRIVATE)
    table = np.array([facts(me) for me in people], dtype=np.int64).reshape(-1, len(PRIVATE)).T
    return ClientFacts(
        source=cohort.source,
        referral_day=cohort.day,
        ordinal=cohort.ordinal,
        traits=cohort.traits,
        **{name: np.ascontiguousarray(column) for name, column in zip(PRIVATE, table, strict=True)},
    )

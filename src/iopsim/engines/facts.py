"""Writing the Record: from what the engine noted, row by row, to integer columns."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from iopsim.cohort import Cohort
from iopsim.engines.person import Person
from iopsim.record import I64, ClientFacts


def rows(flat: list[int], width: int) -> list[I64]:
    """Return the columns of a flat list of rows."""
    table = np.frombuffer(array("q", flat), dtype=np.int64).reshape(-1, width)
    return list(np.ascontiguousarray(table.T))


PRIVATE = (
    "appointments", "assessed_day", "joined_day", "ready_day", "admitted_day", "group", "phase", "first_session_day",
    "due_day", "scheduled", "attended", "excused", "absent", "exit", "exit_day",
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

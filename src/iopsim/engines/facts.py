"""Writing the Record: from what the engine noted, row by row, to integer columns; counts are counted here."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from iopsim.cohort import Cohort
from iopsim.engines.person import Person
from iopsim.engines.tables import Tables
from iopsim.record import I64, NEVER, Attendance, ClientFacts, NightFacts, SessionFacts

NOTED = (
    "appointments", "assessed_day", "joined_day", "ready_day", "admitted_day", "group", "phase", "due_day", "exit",
    "exit_day",
)  # fmt: skip
"""Columns of the client table that a client notes."""


def rows(flat: list[int], width: int) -> list[I64]:
    """Return the columns of a flat list of rows."""
    table = np.frombuffer(array("q", flat), dtype=np.int64).reshape(-1, width)
    return list(np.ascontiguousarray(table.T))


def client_facts(people: Sequence[Person], cohort: Cohort, sessions: SessionFacts) -> ClientFacts:
    """Return one row per client, in the order of the cohort."""
    facts = attrgetter(*NOTED)
    noted = rows([fact for me in people for fact in facts(me)], len(NOTED))
    came = sessions.attendance == Attendance.ATTENDED
    first = np.full(len(people), NEVER)
    first[sessions.client[came][::-1]] = sessions.day[came][::-1]
    attended, excused, absent = _by_attendance(sessions.client, sessions.attendance, len(people))
    return ClientFacts(
        source=cohort.source,
        referral_day=cohort.day,
        ordinal=cohort.ordinal,
        traits=cohort.traits,
        first_session_day=first,
        scheduled=attended + excused + absent,
        attended=attended,
        excused=excused,
        absent=absent,
        **dict(zip(NOTED, noted, strict=True)),
    )


def night_facts(book: Tables, sessions: SessionFacts) -> NightFacts:
    """Return one row per group night held, in order of (day, start of the group)."""
    row = book.night_row[sessions.day, sessions.night]
    attended, excused, absent = _by_attendance(row, sessions.attendance, len(book.night_day))
    return NightFacts(
        day=book.night_day,
        night=book.night_night,
        seats=np.array(book.seats, dtype=np.int64)[book.night_night],
        scheduled=attended + excused + absent,
        attended=attended,
        excused=excused,
        absent=absent,
    )


def _by_attendance(where: I64, attendance: I64, size: int) -> tuple[I64, I64, I64]:
    """Count the sessions attended, excused and absent by place."""
    kinds = len(Attendance)
    count = np.bincount(where * kinds + attendance, minlength=size * kinds).reshape(size, kinds)
    return count[:, 0].copy(), count[:, 1].copy(), count[:, 2].copy()

"""A part of a Record: what happened to some of the clients."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from iopsim.measures.view import Flags
from iopsim.record import I64, NEVER, Attendance, NightFacts, Record, SessionFacts


def of(record: Record, who: Flags) -> Record:
    """Return the record of some clients only, as if the others had been there but were not looked at.

    Parameters
    ----------
    record : Record
    who : bool array, shape (clients,)
        Which clients.

    Returns
    -------
    Record
        Clients keep their order and are numbered anew; `first` is -1 where a client's first episode is not among them;
        rows that name a client of another group are gone; seats
        stay, and those taken on a group night are counted again. A table that names no client, such as the one of
        admission days, stays as it is and tells of everybody: a measure that needs it is not `by_group`.
    """
    number = np.cumsum(who) - 1
    tables: dict[str, Any] = {}
    for field in fields(record):
        table = getattr(record, field.name)
        if field.name == "clients":
            kept = _rows(table, who)
            tables[field.name] = replace(kept, first=np.where(who[kept.first], number[kept.first], NEVER))
        elif is_dataclass(table) and hasattr(table, "client"):
            kept = _rows(table, who[table.client])
            tables[field.name] = replace(kept, client=number[kept.client])
    part = replace(record, **tables)
    return replace(part, nights=_counted(part.nights, part.sessions))


def _rows(table: Any, which: Flags) -> Any:
    """Return some rows of a table, whatever its columns."""
    return replace(table, **{column.name: getattr(table, column.name)[which] for column in fields(table)})


def _counted(nights: NightFacts, sessions: SessionFacts) -> NightFacts:
    """Return the group nights with their clients counted from the sessions."""
    length = int(max(nights.night.max(initial=0), sessions.night.max(initial=0))) + 1
    key = nights.day * length + nights.night
    order = np.argsort(key)
    row = order[np.searchsorted(key, sessions.day * length + sessions.night, sorter=order)]

    def count(which: I64) -> I64:
        return np.bincount(which, minlength=len(key)).astype(np.int64)

    kind = {kind: count(row[sessions.attendance == kind]) for kind in Attendance}
    attended = kind[Attendance.ATTENDED] + kind[Attendance.CUT_SHORT]
    return replace(
        nights,
        scheduled=attended + kind[Attendance.EXCUSED] + kind[Attendance.ABSENT],
        attended=attended,
        cut_short=kind[Attendance.CUT_SHORT],
        excused=kind[Attendance.EXCUSED],
        absent=kind[Attendance.ABSENT],
        guests=kind[Attendance.MADE_UP],
    )

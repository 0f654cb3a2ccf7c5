"""The Record as compiled code has it: each table an array of rows, in place of columns."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from iopsim.engines.compiled.person import PERSON
from iopsim.jit import Struct, row_type, struct
from iopsim.record import (
    TABLES,
    AppointmentFacts,
    ClientFacts,
    CounselorFacts,
    IntakeFacts,
    LapseFacts,
    MoveFacts,
    NightFacts,
    PostFacts,
    Record,
    SessionFacts,
    StaffFacts,
    VisitFacts,
)

KINDS = {
    "clients": ClientFacts,
    "appointments": AppointmentFacts,
    "nights": NightFacts,
    "intake": IntakeFacts,
    "sessions": SessionFacts,
    "moves": MoveFacts,
    "lapses": LapseFacts,
    "counselors": CounselorFacts,
    "posts": PostFacts,
    "visits": VisitFacts,
    "staff": StaffFacts,
}
"""The tables of the Record, in its order."""

ROW = {name: PERSON if name == "clients" else row_type(kind) for name, kind in KINDS.items()}
"""The type of a row of each table."""


def rows_of(record: Record) -> Struct:
    """Return a Record as a struct of `days` and one array of rows for each table; of clients, the columns only."""
    tables: dict[str, Any] = {}
    for name in TABLES:
        table = getattr(record, name)
        columns = [field.name for field in fields(table)]
        rows = np.zeros(len(getattr(table, columns[0])), dtype=ROW[name])
        for column in columns:
            rows[column] = getattr(table, column)
        tables[name] = rows
    return struct(days=record.days, **tables)


def record_of(days: int, tables: dict[str, np.ndarray[Any, Any]]) -> Record:
    """Return the Record of some arrays of rows; it has a copy of everything, as rows are written over."""
    found = {
        name: kind(*(np.array(tables[name][field.name], order="C", copy=True) for field in fields(kind)))
        for name, kind in KINDS.items()
    }
    return Record(days=days, **found)

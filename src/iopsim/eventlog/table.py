"""The event log as CSV: one row per event, as PM4Py, Disco and spreadsheets read it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from iopsim.eventlog.cases import Case
from iopsim.store.sheets import inert

COLUMNS = ("case", "activity", "time", "resource", "replication", "detail", "source", "traits", "ending", "episode")
"""The header; source, traits and ending say the same on every row of a case. Columns may be added at the end, never
moved."""


def heading() -> Iterator[str]:
    """Return the first line of the file."""
    yield _line(COLUMNS)


def lines(case: Case) -> Iterator[str]:
    """Return the lines of a case, one per event."""
    for entry in case.entries:
        cells = (case.name, entry.activity, entry.time, entry.resource, str(case.replication), entry.detail)
        yield _line((*cells, case.source, case.traits, case.ending, str(entry.episode)))


def _line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([inert(cell) for cell in cells])
    return line.getvalue()

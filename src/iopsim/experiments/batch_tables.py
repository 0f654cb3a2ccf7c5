"""The tables of a batch: the Parquet files of an arm, from its chunks, and rows as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from iopsim.errors import IopsimError
from iopsim.experiments.point import Point
from iopsim.measures.partition import partitions
from iopsim.rulebook import Rulebook
from iopsim.store.chunks import Chunks
from iopsim.store.parquet import ParquetFile
from iopsim.store.part import Part
from iopsim.store.sheets import inert
from iopsim.store.tables import Frame, tables

WIDE = ("measures", "fractions")
WIDE_ROWS = 10_000
"""Rows of a row group of a table that has a column for each measure."""


def write_tables(arm: Path, chunks: Chunks, point: Point, replications: int) -> None:
    """Write the Parquet files of an arm, part by part, so that memory does not grow with replications.

    Raises
    ------
    IopsimError
        If a chunk is missing.
    OSError
        If a file cannot be written.
    """
    frame, files = frame_of(point), dict[str, ParquetFile]()
    try:
        for part in _parts(chunks, point, replications):
            for name, table in tables(part, frame):
                if name not in files:
                    path = arm / f"{name}.parquet"
                    files[name] = ParquetFile(path, WIDE_ROWS) if name in WIDE else ParquetFile(path)
                files[name].append(table)
        for file in files.values():
            file.close()
    except BaseException:
        for file in files.values():
            file.abandon()
        raise


def _parts(chunks: Chunks, point: Point, replications: int) -> Iterator[Part]:
    """Hand out the parts of a point in the order of their replications."""
    place = 0
    for part in chunks.parts(point.key, 0, replications, with_failures=True):
        if part.first != place:
            break
        yield part
        place = part.last
    if place < replications:
        raise IopsimError(f"{chunks.folder}: found a chunk that has changed meanwhile; run the same again to go on")


def frame_of(point: Point) -> Frame:
    """Return the calendar and the names of a point."""
    scenario, book = point.scenario, point.book
    parts = partitions(book, point.by)
    return Frame(scenario.opening, point.since, scenario.weeks, bool(scenario.payers), parts, _names(book))


def _names(book: Rulebook) -> dict[str, tuple[str, ...]]:
    return {
        "sources": book.demand.source_names,
        "payers": book.demand.payer_names,
        "groups": book.schedule.group_names,
        "nights": book.schedule.night_names,
        "roles": book.staffing.role_names,
    }


def csv_text(rows: Iterable[Mapping[str, object]]) -> str:
    """Return rows as CSV, a line of names first; empty where there is no value."""
    text, writer = io.StringIO(), None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(text, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: _cell(cell) for name, cell in row.items()})
    return text.getvalue()


def _cell(value: object) -> object:
    """Return what stands in a cell: nothing for NaN, and no text that a spreadsheet would carry out."""
    if isinstance(value, float) and math.isnan(value):
        return ""
    return inert(value) if isinstance(value, str) else value

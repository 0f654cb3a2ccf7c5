"""The tables of results: the Parquet files of an arm, from its chunks, or of a run; and rows as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from iopsim.errors import IopsimError
from iopsim.experiments.point import Point
from iopsim.measures.facts import Facts
from iopsim.measures.partition import Partition, partitions
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.model import Scenario
from iopsim.store.chunks import Chunks
from iopsim.store.parquet import ParquetFile
from iopsim.store.part import Part
from iopsim.store.sheets import inert
from iopsim.store.tables import Frame, fractions, tables

WIDE = ("measures", "fractions")
WIDE_ROWS = 10_000
"""Rows of a row group of a table that has a column for each measure."""

AT_ONCE = 1000
"""Replications of a run that are made a table at once."""


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
                    files[name] = _file(name, arm / f"{name}.parquet")
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


def tables_of(facts: Facts, scenario: Scenario, since: int, parts: tuple[Partition, ...]) -> dict[str, bytes]:
    """Return the Parquet files of a run by name, such as ``weekly.parquet``: the same bytes as those of an arm.

    Parameters
    ----------
    facts : Facts
        Of replications 0, 1, 2, ...
    scenario : Scenario
    since : int
        First day that counts.
    parts : tuple of Partition
        By what clients are told apart.
    """
    frame, sinks, files = (
        _frame(scenario, write(scenario), since, parts),
        dict[str, io.BytesIO](),
        dict[str, ParquetFile](),
    )
    for first in range(0, len(facts), AT_ONCE):
        rows = facts.rows(first, first + AT_ONCE)
        last = first + len(rows)
        for name, table in tables(Part("", "", first, last, rows, tuple(range(first, last))), frame):
            if name not in files:
                sinks[name] = io.BytesIO()
                files[name] = _file(name, sinks[name])
            files[name].append(table)
    for file in files.values():
        file.close()
    return {f"{name}.parquet": sink.getvalue() for name, sink in sinks.items()}


def fractions_file(facts: Facts) -> bytes:
    """Return the measures of replications 0, 1, 2, ... exactly, as a Parquet file."""
    sink = io.BytesIO()
    file = _file("fractions", sink)
    file.append(fractions(Part("", "", 0, len(facts), facts, tuple(range(len(facts))))))
    file.close()
    return sink.getvalue()


def _file(name: str, where: Path | BinaryIO) -> ParquetFile:
    return ParquetFile(where, WIDE_ROWS) if name in WIDE else ParquetFile(where)


def frame_of(point: Point) -> Frame:
    """Return the calendar and the names of a point."""
    return _frame(point.scenario, point.book, point.since, partitions(point.book, point.by))


def _frame(scenario: Scenario, book: Rulebook, since: int, parts: tuple[Partition, ...]) -> Frame:
    return Frame(scenario.opening, since, scenario.weeks, bool(scenario.payers), parts, _names(book))


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

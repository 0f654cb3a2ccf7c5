"""Sheets: tables as CSV, in which no cell is anything that a spreadsheet would carry out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Signs with which a spreadsheet takes a text for something to carry out."""


def inert(text: str) -> str:
    """Return a text that no spreadsheet carries out: an apostrophe goes before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def meant(text: str) -> str:
    """Return what a cell meant before `inert` made it harmless."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def write_csv(source: Path, target: Path) -> int:
    """Write a Parquet file as CSV, row group by row group, so that memory does not grow with it.

    Parameters
    ----------
    source, target : Path
        The target is written anew.

    Returns
    -------
    int
        Rows.
    """
    import pyarrow.csv as pc  # slow to import
    import pyarrow.parquet as pq

    file = pq.ParquetFile(source)
    rows = 0
    with target.open("wb") as sink:
        for place in range(file.num_row_groups):
            table = _inert(file.read_row_group(place))
            pc.write_csv(table, sink, pc.WriteOptions(include_header=place == 0, quoting_style="needed"))
            rows += table.num_rows
    return rows


def _inert(table: pa.Table) -> pa.Table:
    """Return a table whose texts are harmless, and plain instead of numbered."""
    import pyarrow as pa  # slow to import

    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_dictionary(field.type):
            column = column.cast(pa.string())
        if pa.types.is_string(column.type):
            texts = [None if text is None else inert(text) for text in column.to_pylist()]
            table = table.set_column(place, field.name, pa.array(texts, pa.string()))
    return table

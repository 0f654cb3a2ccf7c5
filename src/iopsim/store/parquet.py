"""Parquet files that grow part by part: the same rows give the same bytes, however they were cut into parts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROWS = 100_000
"""Rows of a row group of a long table."""


WAITING = 32
"""Tables that wait apart: a small one takes far more memory than its rows do."""


class ParquetFile:
    """A Parquet file to which tables are appended.

    Parameters
    ----------
    path : Path or binary file
        Where it is written.
    rows : int
        Rows of a row group; they are waited for, so that it does not matter how tables were cut.
    """

    def __init__(self, path: Path | BinaryIO, rows: int = ROWS) -> None:
        self._path, self._rows = path, rows
        self._waiting: list[pa.Table] = []
        self._count = 0
        self._writer: pq.ParquetWriter | None = None

    def append(self, table: pa.Table) -> None:
        """Append the rows of a table; every one has the columns of the first."""
        import pyarrow as pa  # slow to import

        self._waiting.append(table)
        self._count += table.num_rows
        if len(self._waiting) > WAITING:
            self._waiting = [_one(self._waiting)]
        if self._count >= self._rows:
            whole = pa.concat_tables(self._waiting)
            full = self._count - self._count % self._rows
            for start in range(0, full, self._rows):
                self._write(whole.slice(start, self._rows))
            rest = whole.slice(full)
            self._waiting, self._count = [rest], rest.num_rows

    def close(self) -> None:
        """Write what waits, and close the file."""
        import pyarrow as pa  # slow to import

        if self._count or (self._waiting and self._writer is None):
            self._write(pa.concat_tables(self._waiting))
        if self._writer is not None:
            self._writer.close()

    def abandon(self) -> None:
        """Let go of a file that could not be written to its end."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
            self._writer.is_open = False  # else it tries again when it is forgotten

    def _write(self, table: pa.Table) -> None:
        import pyarrow.parquet as pq  # slow to import

        whole = _one([table])
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, whole.schema, compression="zstd")
        self._writer.write_table(whole, row_group_size=self._rows)


def _one(tables: list[pa.Table]) -> pa.Table:
    """Return tables as one whose columns are not in pieces."""
    import pyarrow as pa  # slow to import

    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Return a Parquet file, or some of its columns."""
    import pyarrow.parquet as pq  # slow to import

    return pq.read_table(path, columns=columns)

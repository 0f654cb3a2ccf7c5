"""A part: what a job gives. As bytes it carries its own checksum, so that a chunk on disk is whole or not there.

The bytes are a line of text that names the format, a line with the SHA-256 of all that follows, a line of JSON (key,
replications, failures, length of each table), and the tables as compressed Arrow streams. The same part gives the same
bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from iopsim.measures.facts import Facts
from iopsim.record import I64

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = b"iopsim chunk 4\n"
FACTS = "facts"
INTEGERS = (np.int8, np.int16, np.int32, np.int64)


@dataclass(frozen=True, slots=True)
class Failure:
    """A replication that could not be simulated, and why: the traceback, as Python prints it."""

    replication: int
    traceback: str

    @property
    def reason(self) -> str:
        """The last line of the traceback."""
        return self.traceback.strip().rpartition("\n")[2]


@dataclass(frozen=True, slots=True)
class Part:
    """What the replications `first` to `last` - 1 of a point gave.

    Parameters
    ----------
    key : str
        Of the point.
    source : str
        Hash of the source of what computed it.
    first, last : int
    facts : Facts or None
        One row for each of `numbers`; None if there is none.
    numbers : tuple of int
        The replications that went well, in order.
    failures : tuple of Failure
        The others.
    tables : mapping of str to mapping of str to int array
        What else was kept, column by column; the first column tells the replication.
    redrawn : int
        Draws of inputs that were refused and made again, of the replications that went well.
    engine : str
        That simulated them.
    """

    key: str
    source: str
    first: int
    last: int
    facts: Facts | None
    numbers: tuple[int, ...]
    failures: tuple[Failure, ...] = ()
    tables: Mapping[str, Mapping[str, I64]] = field(default_factory=dict)
    redrawn: int = 0
    engine: str = "reference"

    def __len__(self) -> int:
        return self.last - self.first


def stacked(tables: Sequence[Mapping[str, I64]], numbers: Sequence[int]) -> dict[str, I64]:
    """Return tables of several replications as one, with the replication as the first column."""
    lengths = [len(next(iter(table.values()))) for table in tables]
    names = tables[0]
    whole = {name: np.concatenate([table[name] for table in tables]).astype(np.int64) for name in names}
    return {"replication": np.repeat(np.array(numbers, dtype=np.int64), lengths), **whole}


def encoded(part: Part) -> bytes:
    """Return a part as bytes."""
    import pyarrow as pa  # slow to import

    shapes = {} if part.facts is None else {name: list(rows.shape[1:]) for name, rows in part.facts.columns().items()}
    streams = {FACTS: _stream(_flat(part.facts))} if part.facts is not None else {}
    streams |= {name: _stream(pa.table(dict(table))) for name, table in part.tables.items()}
    head = {
        "key": part.key,
        "source": part.source,
        "first": part.first,
        "last": part.last,
        "numbers": part.numbers,
        "failures": [[failure.replication, failure.traceback] for failure in part.failures],
        "shapes": shapes,
        "redrawn": part.redrawn,
        "engine": part.engine,
        "tables": {name: len(stream) for name, stream in streams.items()},
    }
    body = json.dumps(head).encode() + b"\n" + b"".join(streams.values())
    return FORMAT + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def decoded(content: bytes) -> Part | None:
    """Return the part that some bytes hold; None if they are truncated, altered, or of another format."""
    import pyarrow as pa  # slow to import

    if not content.startswith(FORMAT):
        return None
    digest, _, body = content[len(FORMAT) :].partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    line, _, rest = body.partition(b"\n")
    head = json.loads(line)
    tables, start = {}, 0
    for name, length in head["tables"].items():
        tables[name] = pa.ipc.open_stream(rest[start : start + length]).read_all()
        start += length
    facts = _unflat(tables.pop(FACTS), head["shapes"], len(head["numbers"])) if FACTS in tables else None
    return Part(
        head["key"],
        head["source"],
        head["first"],
        head["last"],
        facts,
        tuple(head["numbers"]),
        tuple(Failure(number, sys.intern(text)) for number, text in head["failures"]),
        {name: _columns(table) for name, table in tables.items()},
        head["redrawn"],
        head["engine"],
    )


def _flat(facts: Facts) -> pa.Table:
    """Return facts as one column each; the shape of a row is kept apart."""
    import pyarrow as pa  # slow to import

    return pa.table({name: pa.array(_lists(rows)) for name, rows in facts.columns().items()})


def _lists(rows: I64) -> pa.Array:
    """Return the rows of an array as lists, all of one length, in the smallest type that holds every number."""
    import pyarrow as pa  # slow to import

    length = int(np.prod(rows.shape[1:]))
    offsets = np.arange(len(rows) + 1, dtype=np.int32) * length
    least, most = int(rows.min(initial=0)), int(rows.max(initial=0))
    small = next(kind for kind in INTEGERS if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(rows.astype(small, order="C").reshape(-1)))


def _unflat(table: pa.Table, shapes: Mapping[str, list[int]], n: int) -> Facts:
    return Facts(
        *(
            np.array(table[name].combine_chunks().flatten().to_numpy(), dtype=np.int64).reshape(n, *shape)
            for name, shape in shapes.items()
        )
    )


def _columns(table: pa.Table) -> dict[str, I64]:
    return {name: np.array(table[name].to_numpy(), dtype=np.int64) for name in table.column_names}


def _stream(table: pa.Table) -> bytes:
    import pyarrow as pa  # slow to import

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content

"""Chunks: a folder of finished parts, from which a batch goes on where another was stopped.

A chunk is written beside its place and renamed into it, so that it is whole or not there; it is believed only if its
checksum, its key and its source are right. Several processes may fill one folder: what they write is the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from iopsim.errors import IopsimError
from iopsim.store.part import Part, decoded

SUFFIX = ".chunk"
_NAME = re.compile(r"(\d+)-(\d+)\.chunk")


@dataclass(frozen=True, slots=True)
class Chunks:
    """The finished parts in a folder.

    Parameters
    ----------
    folder : Path
        Made when the first part is put there.
    """

    folder: Path

    def path(self, key: str, first: int, last: int) -> Path:
        """Return where the chunk of some replications of a point is."""
        return self.folder / key[:20] / f"{first:010d}-{last:010d}{SUFFIX}"

    def put(self, key: str, first: int, last: int, content: bytes) -> None:
        """Keep a part, whole or not at all.

        Raises
        ------
        IopsimError
            If it cannot be written; what was kept before stays.
        """
        target = self.path(key, first, last)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            draft.replace(target)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise IopsimError(
                f"{self.folder}: found that it cannot be written ({error.strerror or error}); what was finished before "
                "is kept: make room, or see to it that you may write there, and run the same again to go on"
            ) from None

    def get(self, key: str, first: int, last: int, *, with_failures: bool = False) -> Part | None:
        """Return a part; None if there is none, it is not as it was put, or a replication of it failed.

        With `with_failures`, one with a failed replication counts too.
        """
        try:
            part = decoded(self.path(key, first, last).read_bytes())
        except OSError:
            return None
        if (
            part is None
            or (part.key, part.first, part.last) != (key, first, last)
            or (part.failures and not with_failures)
        ):
            return None
        return part

    def drop(self, key: str, first: int, last: int) -> None:
        """Remove a part that is of no use, so that another cut of the same replications may take its place."""
        with suppress(OSError):
            self.path(key, first, last).unlink(missing_ok=True)

    def ranges(self, key: str) -> list[tuple[int, int]]:
        """Return the replications of which there are chunks of a point, in order; nothing is said of their content."""
        names = (_NAME.fullmatch(path.name) for path in self._files(key))
        return sorted((int(name[1]), int(name[2])) for name in names if name)

    def _files(self, key: str) -> Iterator[Path]:
        folder = self.folder / key[:20]
        return folder.iterdir() if folder.is_dir() else iter(())


def covering(ranges: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """Return which of some ranges to take, and in what order, so that none overlaps another or leaves `first`..`last`.

    From `first` on, the longest that begins where the one before ended; where none begins, the next that does.
    """
    taken, place = [], first
    for start, end in sorted(ranges, key=lambda one: (one[0], -one[1])):
        if start >= place and end <= last:
            taken.append((start, end))
            place = end
    return taken


def gaps(taken: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """Return the ranges from `first` to `last` that are not taken, in order."""
    edges = [first, *(edge for pair in taken for edge in pair), last]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]

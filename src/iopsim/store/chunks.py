"""Chunks: a folder of finished parts, from which a batch goes on where another was stopped.

A chunk is written beside its place and renamed into it, so that it is whole or not there; it is believed only if its
checksum, its key and its source are right. Several processes may fill one folder: what they write is the same.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from iopsim.store.folder import stopped
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
        draft = target.with_name(f".{target.name}.{platform.node()}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            draft.replace(target)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise stopped(self.folder, error) from None

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

    def parts(
        self, key: str, first: int, last: int, *, with_failures: bool = False, dropping: bool = False
    ) -> Iterator[Part]:
        """Hand out the parts that are kept of some replications, in order, none over another.

        From `first` on, the longest that begins where the one before ended; where none is any good, the next that is.

        Parameters
        ----------
        key : str
        first, last : int
        with_failures : bool
            Whether one with a failed replication counts too.
        dropping : bool
            Whether to remove those that are no good.
        """
        place = first
        for start, end in sorted(self.ranges(key), key=lambda one: (one[0], -one[1])):
            if start >= place and end <= last:
                part = self.get(key, start, end, with_failures=with_failures)
                if part is not None:
                    yield part
                    place = end
                elif dropping:
                    self.drop(key, start, end)

    def drop(self, key: str, first: int, last: int) -> None:
        """Remove a part that is of no use, so that another cut of the same replications may take its place."""
        with suppress(OSError):
            self.path(key, first, last).unlink(missing_ok=True)

    def ranges(self, key: str) -> list[tuple[int, int]]:
        """Return the replications of which there are chunks of a point, in order; nothing is said of their content."""
        names = (_NAME.fullmatch(path.name) for path in self._files(key))
        ranges = ((int(name[1]), int(name[2])) for name in names if name)
        return sorted((start, end) for start, end in ranges if start < end)

    def _files(self, key: str) -> Iterator[Path]:
        folder = self.folder / key[:20]
        return folder.iterdir() if folder.is_dir() else iter(())


def gaps(taken: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """Return the ranges from `first` to `last` that are not taken; those that are, in order and none over another."""
    edges = [first, *(edge for pair in taken for edge in pair), last]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]

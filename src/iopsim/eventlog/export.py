"""Writing an event log: case by case, so that memory does not grow with the log, and never half a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.errors import IopsimError
from iopsim.eventlog import table, xes
from iopsim.eventlog.cases import cases
from iopsim.eventlog.words import Clinic
from iopsim.rulebook import write
from iopsim.scenario.model import Scenario

FORMATS = (".csv", ".xes")
"""What the name of an event log may end in."""

MENDING = "name a new file with --out"


@dataclass(frozen=True, slots=True)
class Tally:
    """What went into an event log."""

    cases: int
    events: int


class Draft:
    """A file that takes its place when it is whole; until then it lies hidden beside it, and is gone after an accident.

    Parameters
    ----------
    path : Path
        A file that does not exist yet, in a folder that does.

    Raises
    ------
    IopsimError
        On entering, keeping or leaving: if the file exists by now, or cannot be written.
    """

    file: TextIO

    def __init__(self, path: Path) -> None:
        self._path = path
        self._shell: Path | None = None

    def __enter__(self) -> Self:
        try:
            self._refuse_other()
            self._shell = Path(tempfile.mkdtemp(prefix=".iopsim-", dir=self._path.parent))
            # With the permissions a new file has; its shell is private.
            self.file = self._draft.open("x", encoding="utf-8", newline="")
        except (OSError, ValueError) as error:
            self._clear()
            raise self._unwritable(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # a full disk, of which the error in hand tells already
            self.file.close()
        self._clear()
        if isinstance(error, OSError):
            raise self._unwritable(error) from None

    def keep(self) -> None:
        """Put the file in its place."""
        self.file.close()
        self._refuse_other()
        self._draft.replace(self._path)

    @property
    def _draft(self) -> Path:
        assert self._shell is not None
        return self._shell / "draft"

    def _refuse_other(self) -> None:
        if self._path.exists() or self._path.is_symlink():
            what = "a folder" if self._path.is_dir() else "a file"
            raise IopsimError(f"{self._path}: found {what}; {MENDING}")

    def _unwritable(self, error: Exception) -> IopsimError:
        reason = getattr(error, "strerror", None) or str(error)
        return IopsimError(f"{self._path}: found that it cannot be written ({reason}); nothing was written there")

    def _clear(self) -> None:
        if self._shell is not None:
            shutil.rmtree(self._shell, ignore_errors=True)


def export(
    file: TextIO,
    form: str,
    scenario: Scenario,
    seed: int = 1,
    replications: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """Simulate a scenario and write all that happens as one event log.

    Parameters
    ----------
    file : text file
        Open for writing, in UTF-8 and without translation of line ends.
    form : str
        One of `FORMATS`.
    scenario : Scenario
    seed, replications : int
        As in `iopsim.simulate`.
    progress : callable, optional
        Called with the number of replications done since the last call.
    """
    clinic = Clinic(scenario, write(scenario))
    tally = Tally(0, 0)
    file.writelines(xes.heading(scenario, seed, replications) if form == ".xes" else table.heading())
    told = xes.trace if form == ".xes" else table.lines
    for replication in range(replications):
        cohort = draw(clinic.book, Deck(seed, replication))
        record = simulate(clinic.book, cohort)
        for case in cases(clinic, record, replication):
            file.writelines(told(case))
            tally = Tally(tally.cases + 1, tally.events + len(case.entries))
        if progress:
            progress(1)
    if form == ".xes":
        file.write(xes.END)
    return tally

"""The progress bar: on stderr, and only where a person watches."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """A bar of replications that vanishes when it is done.

    Parameters
    ----------
    console : rich.console.Console
        On stderr.
    replications : int
        How many there will be.
    hidden : bool
        Show nothing, even to a terminal.
    """

    def __init__(self, console: Console, replications: int, *, hidden: bool) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=hidden or not console.is_terminal,
        )
        self._task = self._progress.add_task("Simulating", total=replications)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def expects(self, replications: int) -> None:
        """Be told how many replications there will be in all."""
        self._progress.update(self._task, total=replications)

    def advance(self, replications: int) -> None:
        """Count replications that are done."""
        self._progress.advance(self._task, replications)

    def says(self, what: str) -> None:
        """Say what is happening now."""
        self._progress.update(self._task, description=what)

"""The progress bar: on stderr, and only where a person watches."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.progress_bar import ProgressBar
from rich.text import Text

from iopsim.cli.interrupts import answer
from iopsim.experiments.engine import SIMULATING

WIDTH = 20
"""Columns of the bar itself, so that all fits into 80."""

SOON_SECONDS = 2.0
"""Seconds of work before which nobody can tell how long the rest takes."""


class Bar:
    """A bar of replications that vanishes when it is done.

    It tells how long the rest takes, judged by what was computed since the first came in, and not by what was found; of
    anything else that is waited for, how long it has taken so far.

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
        self.is_unwatched = not hidden and not console.is_terminal
        """Whether nobody sees it, though somebody may want to know."""
        self._total, self._completed = replications, 0
        self._first: float | None = None
        self._begin(SIMULATING)
        self._progress = Progress(
            TextColumn("{task.description}"),
            _Strip(self),
            _Words(self),
            console=console,
            transient=True,
            disable=hidden or not console.is_terminal,
        )
        self._task = self._progress.add_task(SIMULATING, total=replications)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def expects(self, replications: int) -> None:
        """Be told how many replications there will be in all."""
        self._total = replications
        self._progress.update(self._task, total=replications)

    def advance(self, replications: int) -> None:
        """Count replications that were computed."""
        self._last = time.monotonic()
        if self._first is None:
            self._first = self._last
        else:
            self._computed += replications
        self.finds(replications)

    def finds(self, replications: int) -> None:
        """Count replications that were computed before, and found."""
        answer()
        self._completed += replications
        self._progress.update(self._task, completed=self._completed)

    def says(self, what: str) -> None:
        """Say what is happening from now on."""
        answer()
        if what != self._said:
            self._begin(what)
        self._progress.update(self._task, description=what)

    def _begin(self, what: str) -> None:
        self._said, self._since = what, time.monotonic()
        self._first, self._last, self._computed = None, self._since, 0

    @property
    def is_counting(self) -> bool:
        """Whether replications are what is waited for."""
        return self._said == SIMULATING or self._first is not None

    @property
    def words(self) -> str:
        """How many replications are done, and how long the rest takes, or how long it has taken so far."""
        now = time.monotonic()
        so_far = f"{_clock(now - self._since)} so far"
        if not self.is_counting:
            return so_far
        counted, missing = f"{self._completed:,}/{self._total:,}", self._total - self._completed
        if self._first is None and missing > 0 and now - self._since >= SOON_SECONDS:
            return f"{counted}  {so_far}"
        worked = 0.0 if self._first is None else self._last - self._first
        if worked < SOON_SECONDS or missing <= 0:
            return counted
        left = worked / self._computed * missing - (now - self._last)
        return f"{counted}  {_clock(max(left, 0.0))} left"


class _Strip(BarColumn):
    """The bar itself, which moves where nothing can be counted."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(WIDTH)
        self._bar = bar

    def render(self, task: Task) -> ProgressBar:
        drawn = super().render(task)
        drawn.pulse = not self._bar.is_counting
        return drawn


class _Words(ProgressColumn):
    """What stands behind the bar."""

    def __init__(self, bar: Bar) -> None:
        super().__init__()
        self._bar = bar

    def render(self, _: Task) -> Text:
        return Text(self._bar.words)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

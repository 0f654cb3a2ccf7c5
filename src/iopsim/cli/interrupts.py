"""Being stopped: Ctrl-C, a closed terminal, a polite kill. No worker is left behind, and no half of a folder."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from iopsim.cli.app import INTERRUPTED
from iopsim.cli.door import Interrupted

STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def alive() -> Iterator[None]:
    """Until the end of the block, a signal to stop ends the workers and raises `Interrupted`."""
    with _handled(_stop):
        try:
            yield
        finally:
            _end_workers()


@contextmanager
def undisturbed() -> Iterator[list[int]]:
    """Until the end of the block, a signal to stop only leaves its number in the list."""
    stopped: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        stopped.append(number)

    with _handled(note):
        yield stopped


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle the signals to stop, but for those that whoever started us wants ignored (nohup, a job in a script)."""
    before = {number: signal.getsignal(number) for number in STOPS}
    heard = [number for number in STOPS if before[number] != signal.SIG_IGN]
    for number in heard:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number] or signal.SIG_DFL)


def _stop(number: int, _: FrameType | None) -> None:
    _end_workers()
    code = INTERRUPTED if number == signal.SIGINT else 128 + number
    raise Interrupted(code=code)


def _end_workers() -> None:
    """End what is still at work; after a whole run nothing is."""
    for child in multiprocessing.active_children():
        child.terminate()

"""Being stopped: Ctrl-C, a closed terminal, a polite kill. Words and an exit code, and no half of a folder."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

CTRL_C = 130
"""Exit code after Ctrl-C, as shells count it (128 + SIGINT)."""

noticed: list[Interrupted] = []
"""Every stop so far: a library may wrap the exception into one of its own."""

STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupted(BaseException):
    """A command stopped from outside.

    Parameters
    ----------
    said : str
        What a person is told.
    code : int
        Exit code.
    """

    def __init__(self, said: str = "interrupted; nothing was written", code: int = CTRL_C) -> None:
        super().__init__(said, code)
        self.said, self.code = said, code


def listen() -> None:
    """From now on, a signal to stop raises `Interrupted`."""
    _handle(_stop)


def answer() -> None:
    """Stop now, if a signal to stop has come and what it raised was lost on its way."""
    if noticed:
        raise noticed[-1]


def stop_listening() -> None:
    """From now on, a signal to stop is ignored: we are leaving already."""
    _handle(signal.SIG_IGN)


@contextmanager
def undisturbed() -> Iterator[list[int]]:
    """Until the end of the block, a signal to stop only leaves its exit code in the list."""
    stopped: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        stopped.append(128 + number)

    _handle(note)
    try:
        yield stopped
    finally:
        listen()


def _stop(number: int, _: FrameType | None) -> None:
    noticed.append(Interrupted(code=128 + number))
    raise noticed[-1]


def _handle(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Handle the signals to stop, but for those that whoever started us wants ignored (nohup, a job in a script)."""
    for number in STOPS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)

"""The way out of every command: what a person can mend, what the machine would not do, and a reader who has gone."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from iopsim.cli.wrapping import wrapped
from iopsim.errors import IopsimError

BAD_INPUT = 2
FAILED = 1

READER_GONE = 141
"""Exit code when whoever read our output closed it, as shells count it (128 + SIGPIPE)."""


@contextmanager
def door() -> Iterator[None]:
    """Turn what may happen in a command into words on stderr and an exit code.

    Raises
    ------
    typer.Exit
        With 2 for bad input, 1 for what the machine would not do, 141 for a closed pipe.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        yield
        sys.stdout.flush()
    except IopsimError as error:
        _leave(str(error), BAD_INPUT, error)
    except MemoryError as error:
        _leave("not enough memory for this run; try fewer replications or weeks", FAILED, error)
    except OSError as error:
        if error.errno in (errno.EPIPE, errno.ESHUTDOWN):
            _silence()
            raise typer.Exit(READER_GONE) from error
        _leave(f"{error.filename or 'output'}: {error.strerror or error}", FAILED, error)


def _leave(said: str, code: int, cause: BaseException) -> None:
    try:
        sys.stderr.write(wrapped(said) + "\n")
        sys.stderr.flush()
    except OSError:
        pass
    raise typer.Exit(code) from cause


def _silence() -> None:
    """Give what is still buffered for a closed pipe somewhere to go."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    os.close(sink)

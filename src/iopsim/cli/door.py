"""The way out of every command: what a person can mend, what the machine would not do, and a reader who has gone."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from iopsim.errors import IopsimError

BAD_INPUT = 2
FAILED = 1
NARROWEST = 40
"""Columns below which a message is broken no further."""

USUAL = 80
"""Columns of a terminal that does not say how many it has."""

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
        sys.stderr.write(_wrapped(said) + "\n")
        sys.stderr.flush()
    except OSError:
        pass
    raise typer.Exit(code) from cause


def _wrapped(said: str) -> str:
    """Return a message broken between words for a terminal; elsewhere each problem stays on one line."""
    if "COLUMNS" in os.environ:
        columns = shutil.get_terminal_size().columns
    elif sys.stderr.isatty():
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    else:
        return said
    wrapper = textwrap.TextWrapper(
        max(NARROWEST, columns or USUAL), subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(wrapper.fill(line) for line in said.split("\n"))


def _silence() -> None:
    """Give what is still buffered for a closed pipe somewhere to go."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())
    os.close(sink)

"""Terminals: plain text unless a person is looking, and nothing in a name that could steer a terminal."""

from __future__ import annotations

import errno
import os
import sys
import unicodedata

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

UNBROKEN = "\ue000"
"""Stands for a space at which no line is broken; for private use, so that it is in no text."""

PAPER = 100
"""Columns of output that goes to a file or a pipe."""


class Screen(Console):
    """A console that leaves it to the command what to do when its reader has gone."""

    def on_broken_pipe(self) -> None:
        """Let the error pass."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def screen() -> Console:
    """Return the console for results: colour and the terminal's width for a terminal, plain text otherwise."""
    terminal = sys.stdout.isatty()
    return Screen(
        file=sys.stdout,
        force_terminal=terminal,
        width=None if terminal or "COLUMNS" in os.environ else PAPER,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )


def margin() -> Console:
    """Return the console for progress, on stderr."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def grid(console: Console, gap: int = 2) -> Table:
    """Return an empty table: a rule below the headings for a terminal, nothing but spaces on paper.

    Parameters
    ----------
    console : rich.console.Console
    gap : int
        Spaces between two columns.
    """
    terminal = console.is_terminal
    return Table(
        box=SIMPLE_HEAD if terminal else None,
        show_edge=False,
        pad_edge=False,
        padding=(0, gap - 1 if terminal else gap, 0, 0),  # the rule's box adds a space of its own
        header_style="bold",
    )


def print_grid(console: Console, table: Table) -> None:
    """Print a table, without the spaces after the last word of a line."""
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def plain(text: str) -> str:
    """Return a text on one line, without the characters that move a cursor or turn the direction of writing."""
    return "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text).strip()


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters, cut at its end."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def broken_name(name: str, longest: int) -> str:
    """Return a name or path in lines of at most so many characters, broken behind underscores and dots."""
    lines = [""]
    for part in name.replace("_", "_ ").replace(".", ". ").split():
        if lines[-1] and len(lines[-1] + part) > longest:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def paragraph(console: Console, text: str, style: str = "", indent: str = "", lead: str = "") -> None:
    """Print a paragraph, wrapped at words: `lead` before its first line, `indent` before the others.

    A number and its percent sign stay together.
    """
    lines = Text(text.replace(" %", f"{UNBROKEN}%")).wrap(console, max(20, console.width - max(len(indent), len(lead))))
    for number, line in enumerate(lines):
        said = line.plain.rstrip().replace(UNBROKEN, " ")
        console.print(Text((indent if number else lead) + said), style=style, soft_wrap=True)

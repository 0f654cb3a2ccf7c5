"""Terminals: plain text unless a person is looking, and nothing in a name that could steer a terminal."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

PAPER = 100
"""Columns of output that goes to a file or a pipe."""


def screen() -> Console:
    """Return the console for results: colour and the terminal's width for a terminal, plain text otherwise."""
    terminal = sys.stdout.isatty()
    return Console(
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


def plain(text: str) -> str:
    """Return a text on one line, without the characters that move a cursor or turn the direction of writing."""
    return "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text).strip()


def shortened(text: str, longest: int) -> str:
    """Return a text of at most so many characters, cut at its end."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def paragraph(console: Console, text: str, style: str = "", indent: str = "") -> None:
    """Print a paragraph, wrapped at words, its further lines indented."""
    lines = Text(text).wrap(console, max(20, console.width - len(indent)))
    for number, line in enumerate(lines):
        line.rstrip()
        console.print(Text(indent if number else "") + line, style=style, soft_wrap=True)


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: a, b and c."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)

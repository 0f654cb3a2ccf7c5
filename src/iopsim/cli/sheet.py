"""A table whose first column keeps its words: in a narrow terminal a long label takes a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from iopsim.cli.console import paragraph

GAP = 2
"""Spaces between two columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet.

    Parameters
    ----------
    label : str
        What stands on the left.
    cells : tuple of str
        What stands under the other headings, from the left; none for a heading within the sheet.
    bold : bool
    """

    label: str
    cells: tuple[str, ...] = ()
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines under headings.

    Parameters
    ----------
    headings : tuple of str
        That of the labels first.
    lines : sequence of Line
    to_the_left : frozenset of int
        Which columns of cells, from 0, are words and not numbers.
    """

    headings: tuple[str, ...]
    lines: Sequence[Line]
    to_the_left: frozenset[int] = frozenset()

    @property
    def widths(self) -> list[int]:
        """Characters of each column of cells."""
        rows = [self.headings[1:], *(line.cells for line in self.lines)]
        return [
            max((cell_len(row[place]) for row in rows if place < len(row)), default=0)
            for place in range(len(self.headings) - 1)
        ]

    @property
    def longest(self) -> int:
        """Characters of the longest label that has cells beside it."""
        return max(cell_len(label) for label in (self.headings[0], *(line.label for line in self.lines if line.cells)))

    def room(self, width: int) -> int:
        """Return how many characters of a line are left for a label."""
        return width - sum(GAP + column for column in self.widths)

    def fits(self, width: int) -> bool:
        """Whether no label needs a line of its own."""
        return self.longest <= self.room(width)


def print_sheet(console: Console, sheet: Sheet) -> None:
    """Print a sheet, with a rule below the headings for a terminal.

    Parameters
    ----------
    console : rich.console.Console
    sheet : Sheet
    """
    left, widths = max(min(sheet.longest, sheet.room(console.width)), 0), sheet.widths

    def beside(cells: tuple[str, ...]) -> str:
        return "".join(
            " " * GAP + (cell + gap if place in sheet.to_the_left else gap + cell)
            for place, cell in enumerate(cells)
            for gap in (" " * (widths[place] - cell_len(cell)),)
        )

    _print(console, Line(sheet.headings[0], sheet.headings[1:], bold=True), left, beside(sheet.headings[1:]))
    if console.is_terminal:
        _write(console, "─" * min(left + sum(GAP + width for width in widths), console.width))
    for line in sheet.lines:
        _print(console, line, left, beside(line.cells))


def _print(console: Console, line: Line, left: int, beside: str) -> None:
    style = "bold" if line.bold else ""
    if not line.label and not line.cells:
        console.print()
    elif not line.cells:
        paragraph(console, line.label, style=style)
    elif cell_len(line.label) <= left:
        _write(console, line.label + " " * (left - cell_len(line.label)) + beside, style)
    else:
        paragraph(console, line.label, style=style)
        _write(console, " " * left + beside, style)


def _write(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text.rstrip()), style=style, soft_wrap=True)

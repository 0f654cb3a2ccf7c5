"""The table of measures: which of them a board reads, and how their figures are written."""

from __future__ import annotations

from rich.console import Console

from iopsim.cli.sheet import Line, Sheet, print_sheet
from iopsim.experiments.reading import is_shown, read
from iopsim.experiments.result import Result
from iopsim.measures.catalogue import GROUPS

NAME = 60
"""Most characters of a scenario's name that are shown."""


def print_table(console: Console, result: Result, every: bool) -> None:
    """Print the measures; in a narrow terminal money, whose figures are long, has a table of its own.

    Parameters
    ----------
    console : rich.console.Console
    result : Result
    every : bool
        All measures, not only what a board reads.
    """
    whole = _sheet([_section(group, result, every) for group in GROUPS])
    if whole.fits(console.width):
        print_sheet(console, whole)
        return
    print_sheet(console, _sheet([_section(group, result, every) for group in GROUPS if group != "Money"]))
    console.print()
    print_sheet(console, _sheet([_section("Money", result, every)]))


def _sheet(sections: list[list[Line]]) -> Sheet:
    """Return the sections that have lines under headings, an empty line between two."""
    lines = [line for section in sections if section for line in (Line(""), *section)]
    return Sheet(("Measure", "Unit", "Mean", "95 % interval", "10th-90th pct."), lines[1:], frozenset({0}))


def _section(group: str, result: Result, every: bool) -> list[Line]:
    """Return the lines of a group of measures; none, if none of them is shown."""
    shown = [measure for measure in GROUPS[group] if is_shown(measure, result, every)]
    rows = [read(measure, result) for measure in shown]
    lines = [Line(row.label, (row.unit, row.mean, row.interval, row.spread)) for row in rows]
    return [Line(group, bold=True), *lines] if lines else []

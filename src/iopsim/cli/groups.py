"""The measures of each group of clients, and what can be told apart."""

from __future__ import annotations

import math
from itertools import groupby

from rich.console import Console

from iopsim.cli.console import grid, paragraph, print_grid, shortened
from iopsim.cli.table import UNKNOWN, decimals, figures, label, worth_reading
from iopsim.experiment.equity import Comparison
from iopsim.experiment.result import Result
from iopsim.measures.measure import Measure
from iopsim.measures.partition import Partition

ALIKE = "cannot be told apart"

NAME = 28
"""Most characters of a group's name that are shown."""

SIZES = {"referrals", "census_mean"}
"""Of the measures that only tell how large a group is, those that a board reads."""

NOTES = (
    "Each group is set beside all other clients of the same replication, shares in percentage points.",
    "The intervals of a table's differences hold together: in 95 of 100 such tables every one of them is right.",
    f"{ALIKE.capitalize()}: the interval of the difference holds 0.",
)


def show_groups(console: Console, result: Result, every: bool) -> None:
    """Print the measures by group, if they were asked for.

    Parameters
    ----------
    console : rich.console.Console
    result : Result
    every : bool
        All measures, not only what a board reads.
    """
    shown = [one for one in result.equity.comparisons if every or _worth_reading(one.measure, result)]
    for part, found in groupby(shown, key=lambda comparison: comparison.partition):
        console.print()
        console.print(f"By {part.name}", style="bold")
        _print_table(console, result, part, list(found))
    if shown:
        console.print()
        for note in (*NOTES, *_notes(shown)):
            paragraph(console, note, indent="  ")


def _notes(shown: list[Comparison]) -> list[str]:
    """Return what a dash or a star means, where there is one."""
    lines = []
    if any(math.isnan(one.summary.low) or (one.difference and one.told_apart is None) for one in shown):
        lines.append(f"{UNKNOWN}  Cannot be told: no client of the group came so far, or too few replications tell.")
    if any(_mark(one) for one in shown):
        lines.append("*  Mean without the replications that cannot tell; the tables on disk count them.")
    return lines


def _mark(one: Comparison) -> str:
    return "*" if one.summary.n and one.summary.undefined else ""


def _worth_reading(measure: Measure, result: Result) -> bool:
    return measure.name in SIZES or (worth_reading(measure, result) and not measure.per_program)


def _print_table(console: Console, result: Result, part: Partition, found: list[Comparison]) -> None:
    table = grid(console)
    table.add_column("Measure and group")
    table.add_column("Mean", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("Against the others", justify="right", no_wrap=True)
    for measure, comparisons in groupby(found, key=lambda comparison: comparison.measure):
        unit = "%" if measure.unit == "share" else measure.unit
        head, groups = f"{label(measure, result.scenario)}, {unit}", list(comparisons)
        if all(math.isnan(one.summary.mean) for one in groups):
            table.add_row(head, UNKNOWN, UNKNOWN)
            continue
        table.add_row(head)
        for place, one in enumerate(groups):
            mean, interval, _ = figures(measure, one.summary)
            # Of two groups, what the second has more is what the first has less.
            gap = "" if len(part.groups) == 2 and place == 1 else against(one)
            table.add_row(f"  {shortened(one.group, NAME)}{_mark(one)}", mean, interval, gap)
    print_grid(console, table)


def against(one: Comparison) -> str:
    """Return the difference from all other clients as it is read; nothing where it would only tell a group's size."""
    gap = one.difference
    if gap is None:
        return ""
    if one.told_apart is None:
        return UNKNOWN
    if not one.told_apart:
        return ALIKE
    factor = 100.0 if one.measure.unit == "share" else 1.0
    half = factor * (gap.high - gap.low) / 2
    places = decimals(factor * gap.mean, half)
    nearest = factor * min(abs(gap.low), abs(gap.high))
    while places < 2 and round(nearest, places) == 0.0:
        places += 1  # an interval that leaves out 0 should not seem to begin with it
    mean, low, high = (f"{factor * value:+,.{places}f}" for value in (gap.mean, gap.low, gap.high))
    return mean if math.isclose(half, 0.0) else f"{mean} ({low} to {high})"

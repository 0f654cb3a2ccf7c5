"""The measures of each group of clients, and what can be told apart."""

from __future__ import annotations

import math
from itertools import groupby

from rich.console import Console

from iopsim.cli.board import of_signs
from iopsim.cli.console import paragraph, shortened
from iopsim.cli.sheet import Line, Sheet, print_sheet
from iopsim.experiments.equity import Comparison
from iopsim.experiments.reading import UNKNOWN, decimals, figures, label, whole_places, worth_reading
from iopsim.experiments.result import Result
from iopsim.measures.measure import Measure
from iopsim.measures.partition import Partition
from iopsim.stats.intervals import Summary

ALIKE = "cannot be told apart"

MOST_PLACES, CENT = 6, 2
"""Most decimals of a difference, and of one in dollars."""

NAME = 40
"""Most characters of a group's name that are shown."""

SIZES = {"referrals", "census_mean"}
"""Of the measures that only tell how large a group is, those that a board reads."""

BY_PAYER = {"billed_usd", "allowed_usd", "denied_usd", "revenue_usd", "collected_usd", "outstanding_usd"}
"""Sums of money that a board reads of each payer; those of all payers are the program's, to the cent."""

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
    shown = [one for one in result.equity.comparisons if every or _worth_reading(one, result)]
    for part, found in groupby(shown, key=lambda comparison: comparison.partition):
        console.print()
        console.print(f"By {part.name}", style="bold")
        _print_table(console, result, part, list(found))
    if shown:
        console.print()
        for note in (*NOTES, *_notes(shown, result)):
            paragraph(console, note, indent="  ")


def _notes(shown: list[Comparison], result: Result) -> list[str]:
    """Return what a dash or a number of replications means, where there is one."""
    lines = []
    if any(math.isnan(one.summary.low) or (one.difference and one.told_apart is None) for one in shown):
        lines.append(
            f"{UNKNOWN}  Cannot be told: no client of the group came so far, too few replications tell, the run is too "
            "short, or the program has no such thing."
        )
    return [*lines, *of_signs(result.replications, [one.summary for one in shown])]


def _worth_reading(one: Comparison, result: Result) -> bool:
    """Whether a board reads a measure of a group: money that sums over groups where they are payers."""
    measure = one.measure
    if measure.per_program:
        return measure.name in SIZES or (measure.name in BY_PAYER and one.partition.dimension == "payer")
    return worth_reading(measure, result)


def _print_table(console: Console, result: Result, part: Partition, found: list[Comparison]) -> None:
    lines = []
    for measure, comparisons in groupby(found, key=lambda comparison: comparison.measure):
        unit = "%" if measure.unit == "share" else measure.unit
        head, groups = f"{label(measure, result.scenario)}, {unit}", list(comparisons)
        if all(math.isnan(one.summary.mean) for one in groups):
            lines.append(Line(head, (UNKNOWN, UNKNOWN)))
            continue
        lines.append(Line(head))
        for place, one in enumerate(groups):
            mean, interval, _ = figures(measure, one.summary)
            # Of two groups, what the second has more is what the first has less.
            gap = "" if len(part.groups) == 2 and place == 1 else against(one)
            name = f"  {shortened(one.group, NAME)}{one.summary.told_in}"
            lines.append(Line(name, (mean, interval, gap)))
    print_sheet(console, Sheet(("Measure and group", "Mean", "95 % interval", "Against the others"), lines))


def against(one: Comparison) -> str:
    """Return the difference from all other clients as it is read; nothing where it would only tell a group's size."""
    gap = one.difference
    return "" if gap is None else difference_written(one.measure, gap, one.told_apart)


def difference_written(measure: Measure, gap: Summary, told_apart: bool | None) -> str:
    """Return a difference as it is read: with its sign and its interval, or that nothing can be told."""
    if told_apart is None:
        return UNKNOWN
    if not told_apart:
        return ALIKE
    if measure.unit == "usd":
        return _more_dollars(gap)
    factor = 100.0 if measure.unit == "share" else 1.0
    half = factor * (gap.high - gap.low) / 2
    places = decimals(factor * gap.mean, half)
    nearest = factor * min(abs(gap.low), abs(gap.high))
    while places < MOST_PLACES and round(nearest, places) == 0.0:
        places += 1  # an interval that leaves out 0 should not seem to begin with it
    mean, low, high = (f"{factor * value:+,.{places}f}" for value in (gap.mean, gap.low, gap.high))
    return mean if math.isclose(half, 0.0) else f"{mean} ({low} to {high})"


def _more_dollars(gap: Summary) -> str:
    """Return a difference of dollars, with its sign."""
    half = (gap.high - gap.low) / 2
    places = whole_places(half)
    while places < CENT and round(min(abs(gap.low), abs(gap.high)), places) == 0.0:
        places += 1
    mean, low, high = (
        f"{'-' if value < 0.0 else '+'}${abs(round(value, places)):,.{2 if places > 0 else 0}f}"
        for value in (gap.mean, gap.low, gap.high)
    )
    return mean if math.isclose(half, 0.0) else f"{mean} ({low} to {high})"

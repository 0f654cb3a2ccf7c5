"""What a person reads of a run with drawn inputs: how much of the spread is luck, and how far the means shift."""

from __future__ import annotations

import math

from rich.console import Console

from iopsim.cli.console import paragraph, plain
from iopsim.cli.sheet import Line, Sheet, print_sheet
from iopsim.experiments.ignorance import Ignorance
from iopsim.experiments.reading import FEW, UNKNOWN, is_shown, label
from iopsim.experiments.result import Result, write_value
from iopsim.measures.catalogue import GROUPS
from iopsim.measures.measure import Measure
from iopsim.stats.components import Components
from iopsim.stats.intervals import summarize

MOST_SHIFTS = 8
"""Shifted means that are told."""


def lead(result: Result) -> list[str]:
    """Return what is said above the table of a run with drawn inputs: what its figures mean."""
    found = result.ignorance
    if found is None:
        return []
    n = len(found.inputs.known)
    said = (
        f"Uncertain: {n:,} number{'' if n == 1 else 's'} that nobody knows drawn within their ranges, anew for each "
        "replication. The mean is over what may be the case, as well as over luck, and the 95 % interval says how well "
        "this mean is known. Between the 10th and 90th percentile lie four of five programs, whatever is the case and "
        "however lucky they are."
    )
    lines = [said]
    if found.refused:
        lines.append(f"{found.refused:,} draw{'' if found.refused == 1 else 's'} could not be, and were drawn again.")
    return lines


def show_ignorance(console: Console, result: Result, every: bool) -> None:
    """Print luck and ignorance of each measure that is shown; nothing of a run without drawn inputs."""
    found = result.ignorance
    if found is None:
        return
    console.print()
    lines = []
    for group, measures in GROUPS.items():
        rows = [
            Line(label(measure, result.scenario), told)
            for measure in measures
            if is_shown(measure, result, every) and (told := _told(found.spreads[measure.name].parts))
        ]
        lines += [Line(group, bold=True), *rows, Line("")] if rows else []
    if not lines:
        paragraph(
            console, "Too few replications to tell what is luck and what nobody knows; use two or more.", "", "  ", "  "
        )
        return
    print_sheet(console, Sheet(("Of the spread", "not known", "95 % interval", "luck"), lines[:-1]))
    console.print()
    for text in notes(result, every):
        paragraph(console, text, indent="  ")


def _told(parts: Components) -> tuple[str, ...]:
    """Return the share of what nobody knows with its interval, and that of luck; nothing where nothing spreads."""
    if math.isnan(parts.share):
        return ()
    share = min(max(parts.share, 0.0), 1.0)
    interval = UNKNOWN
    if not math.isnan(parts.low):
        few = FEW if parts.made_by_few else ""
        interval = f"{few}{percent(parts.low)} to {percent(parts.high)} %"
    return f"{percent(share)} %", interval, f"{percent(1.0 - share)} %"


def percent(share: float) -> int:
    """Return a share in whole percent, from 0 to 100."""
    return round(100.0 * min(max(share, 0.0), 1.0))


def notes(result: Result, every: bool) -> list[str]:
    """Return the lines under the table: what it means, and which means shift."""
    found = result.ignorance
    assert found is not None
    said = (
        "Not known: the part of the variance that would go away if somebody knew all inputs. Luck: the part that would "
        f"stay. Told apart by {result.replications:,} twins, with the same inputs and other luck."
    )
    lines = [said]
    shown = [m for measures in GROUPS.values() for m in measures if is_shown(m, result, every)]
    spreads = [found.spreads[measure.name].parts for measure in shown]
    if any(one.made_by_few and not math.isnan(one.low) for one in spreads):
        lines.append(
            f"{FEW}  A few unusual replications make this share, as with what is rare, and its interval is too sure; "
            "use more."
        )
    moved = [measure for measure in shown if found.shifted(measure.name)]
    if moved:
        n = len(found.fixed)
        lines.append(
            f"Means that are much otherwise than with everything at its value (in the same {n:,} replications), as "
            "many ranges have their value at an end, or reach further to one side:"
        )
        size = {one.name: _size(found, one) for one in moved}
        told = sorted(moved, key=lambda measure: -size[measure.name])
        lines += [f"    {_shift(result, measure)}" for measure in told[:MOST_SHIFTS]]
        if len(told) > MOST_SHIFTS:
            lines.append(f"    and {len(told) - MOST_SHIFTS:,} more; uncertainty.csv has them all")
    return lines


def _size(found: Ignorance, measure: Measure) -> float:
    """Return how large a shift is beside the spread."""
    parts = found.spreads[measure.name].parts
    return abs(found.shifts[measure.name].mean) / math.sqrt(max(parts.ignorance + parts.luck, 1e-300))


def _shift(result: Result, measure: Measure) -> str:
    """Return what a mean is with drawn inputs, and what it is with all at their values."""
    found = result.ignorance
    assert found is not None
    n = len(found.fixed)
    fixed = Result(result.scenario, result.seed, n, found.fixed, warm_up=result.warm_up).values(measure.name)
    drawn, fixed_mean = (
        write_value(summarize(values).mean, measure.unit) for values in (result.values(measure.name)[:n], fixed)
    )
    unit = "" if measure.unit == "usd" else " %" if measure.unit == "share" else f" {measure.unit}"
    return f"{plain(label(measure, result.scenario))}: {drawn} instead of {fixed_mean}{unit}"

"""What a person reads of a sensitivity analysis: a tornado in the terminal, or indices with their errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from iopsim.cli.board import of_signs
from iopsim.cli.console import paragraph, plain, shortened
from iopsim.cli.sheet import Line, Sheet, print_sheet
from iopsim.cli.table import NAME
from iopsim.experiments.reading import UNKNOWN, decimals, figures, label, whole_places
from iopsim.experiments.result import dollars
from iopsim.experiments.sensitivity import Decomposition, Screened, Screening, Shared, Swing, Tornado
from iopsim.experiments.sensitivity_study import SCREENING, Findings
from iopsim.measures.measure import Measure
from iopsim.stats.intervals import Summary

LOW, HIGH, AXIS = "░", "█", "│"
"""What the effects of the low and the high end of a range, and no effect, are drawn with."""

DOUBTFUL = "?"
"""Stands behind an effect of which the interval holds 0."""

WIDTHS = 12, 10, 8
"""Characters of one side of the bars, the first of them that leaves room for the rest."""

SETTING = 18
"""Most characters of the settings of a factor."""

FEW_REFUSALS = 3
"""Settings that cannot be which are told one by one, if not all are asked for."""


def show(console: Console, findings: Findings, *, every: bool) -> None:
    """Print findings.

    Parameters
    ----------
    console : rich.console.Console
    findings : Findings
    every : bool
        All factors, not only those that lead.
    """
    scenario = findings.study.factors.base.scenario
    console.print(shortened(plain(scenario.name), NAME), style="bold")
    paragraph(console, heading(findings))
    told = findings.told
    if isinstance(told, Tornado):
        for swings, base in zip(told.swings, told.base, strict=True):
            console.print()
            _print_tornado(console, findings, swings, base, every=every)
    elif isinstance(told, Screening):
        for rows in told.effects:
            console.print()
            _print_screening(console, findings, rows, every=every)
    else:
        for shared in told.shares:
            console.print()
            _print_shares(console, findings, shared)
    console.print()
    for line in notes(findings, every=every):
        paragraph(console, line, indent="  ")


def heading(findings: Findings) -> str:
    """Return what was done, and how much of it."""
    study, told = findings.study, findings.told
    n = len(study.factors.names)
    what = f"{n:,} {'thing that nobody knows' if n == 1 else 'things that nobody knows'}"
    if study.factors.choices or any(one.planned for one in study.factors.known):
        what = f"{n:,} factors"
    runs = f"{findings.simulated:,} simulations; seed {study.seed}; {study.factors.base.scenario.weeks} weeks"
    if isinstance(told, Tornado):
        closer = ""
        if study.replications > study.first:
            closer = f", {len(findings.leading):,} that lead with {study.replications:,}"
        return f"{what}, one at a time: {study.first:,} replications of each end{closer}; {runs}"
    if isinstance(told, Screening):
        return (
            f"Morris: {n - len(findings.unreached):,} factors, {study.samples:,} trajectories with "
            f"{study.replications:,} replications of each run; {runs}"
        )
    if not told.shares:
        return f"Sobol': none of {n:,} factors leads; {runs}"
    return (
        f"Sobol': the {len(findings.leading):,} factors that lead among {n:,}, {study.samples:,} base samples with "
        f"{study.replications:,} replications of each run; {runs}"
    )


def _print_tornado(
    console: Console, findings: Findings, swings: Sequence[Swing], base: Summary, *, every: bool
) -> None:
    measure = swings[0].measure if swings else findings.study.measures[0]
    mean, interval, _ = figures(measure, base)
    _print_title(console, findings, measure, f"{mean} as the plan is ({interval})")
    moving = [one for one in swings if one.size > 0.0]
    shown = moving if every else moving[: findings.study.top]
    if not shown:
        never = math.isnan(base.mean)
        why = "It cannot be told: the run is too short, or it never happened." if never else "Nothing moves it."
        paragraph(console, why, indent="  ", lead="  ")
        return
    reach = max(abs(bar.difference.mean) for one in shown for bar in one.bars if not math.isnan(bar.difference.mean))
    print_sheet(console, _sheet([_row(findings, measure, one) for one in shown], reach, console.width))
    still = sum(one.moves_nothing for one in swings)
    rest = len(swings) - len(shown) - still
    unknown = sum(math.isnan(one.difference.mean) for one in swings)
    said = [f"{still:,} moved it in none of {findings.study.first:,} replications"] if still else []
    if rest - unknown > 0:
        said.append(f"{rest - unknown:,} move it less{'' if every else ' (--all shows them)'}")
    if unknown:
        said.append(f"of {unknown:,} it cannot be told")
    if said:
        paragraph(console, f"Of the others {', '.join(said)}.", indent="  ", lead="  ")


def _print_title(console: Console, findings: Findings, measure: Measure, more: str) -> None:
    unit = "%" if measure.unit == "share" else measure.unit
    title = f"{label(measure, findings.study.factors.base.scenario)}, {unit}"
    paragraph(console, f"{title}: {more}" if more else title, style="bold")


@dataclass(frozen=True, slots=True)
class Row:
    """A factor as it is read: its settings, what each end does, in figures and to be drawn, and how far it swings."""

    factor: str
    settings: str
    low: str
    high: str
    swing: str
    ends: tuple[float, float]


def _row(findings: Findings, measure: Measure, swing: Swing) -> Row:
    low, high, settings = _ends(findings, swing)
    places = _places(measure, swing.difference)
    told = (_effect(measure, low, places), _effect(measure, high, places), _swing(measure, swing, places))
    ends = (0.0 if low is None else low.mean, 0.0 if high is None else high.mean)
    return Row(swing.factor, shortened(settings, SETTING), *told, ends)


def _sheet(rows: Sequence[Row], reach: float, width: int) -> Sheet:
    """Return the rows as wide as they may be; in a narrow terminal settings stand beside the factor, above its bars."""
    headings = ("Low end", "", "High end", "Swing")
    for half in WIDTHS:
        lines = [
            Line(row.factor, (row.settings, row.low, drawn(*row.ends, reach, half), row.high, row.swing))
            for row in rows
        ]
        wide = Sheet(("Factor", "From .. to", *headings), lines, frozenset({0, 2, 3}))
        if wide.fits(width):
            return wide
    lines = []
    for row in rows:
        cells = row.low, drawn(*row.ends, reach, WIDTHS[0]), row.high, row.swing
        lines += [Line(f"{row.factor}  {row.settings}"), Line("", cells)]
    return Sheet(("Factor", *headings), lines, frozenset({1, 2}))


def _ends(findings: Findings, swing: Swing) -> tuple[Summary | None, Summary | None, str]:
    """Return what the low and the high end of a range do, or the lowest and highest of some levels, and their names."""
    bars = {bar.setting: bar.difference for bar in swing.bars}
    for at, one in enumerate(findings.study.factors.known):
        if one.name == swing.factor:
            low, high = (findings.study.factors.told(at, place) for place in (0.0, 1.0))
            return bars.get(low), bars.get(high), f"{low} .. {high}"
    return bars.get(swing.lowest), bars.get(swing.highest), f"{swing.lowest} .. {swing.highest}"


def drawn(low: float, high: float, reach: float, half: int) -> str:
    """Return the effects of both ends as bars to the left of an axis, for less, and to the right, for more.

    Parameters
    ----------
    low, high : float
        What each end adds.
    reach : float
        As long a bar as there is room for.
    half : int
        Characters of one side.
    """
    sides = {-1: "", 1: ""}
    ends = [(low, LOW), (high, HIGH)]
    for value, sign in sorted(ends, key=lambda one: abs(one[0])):  # the longer one looks out behind the shorter
        if math.isnan(value) or value == 0.0:
            continue
        side = 1 if value > 0.0 else -1
        length = max(1, round(half * min(abs(value) / reach, 1.0))) if reach > 0.0 else 0
        sides[side] += sign * (length - len(sides[side]))
    return f"{sides[-1][::-1]:>{half}}{AXIS}{sides[1]:<{half}}"


def _effect(measure: Measure, difference: Summary | None, places: int) -> str:
    if difference is None:
        return ""
    if math.isnan(difference.mean):
        return UNKNOWN
    if difference.low == 0.0 == difference.high:
        return "0"
    doubt = "" if difference.low > 0.0 or difference.high < 0.0 else f" {DOUBTFUL}"
    return f"{_more(measure, difference.mean, places)}{doubt}"


def _swing(measure: Measure, swing: Swing, places: int) -> str:
    gap = swing.difference
    if math.isnan(gap.low):
        return UNKNOWN
    low, high = (_more(measure, max(end, 0.0), places).removeprefix("+") for end in (gap.low, gap.high))
    return f"{low} to {high}"


def _more(measure: Measure, value: float, places: int) -> str:
    """Return a difference with its sign; dollars in thousands where there are many."""
    if measure.unit == "usd":
        return f"{'+' if value > 0.0 else ''}{dollars(round(value, min(places, 0)))}"
    factor = 100.0 if measure.unit == "share" else 1.0
    return f"{factor * value:+,.{max(places, 0)}f}"


def _places(measure: Measure, gap: Summary) -> int:
    half = (gap.high - gap.low) / 2.0
    if measure.unit == "usd":
        return whole_places(half)
    factor = 100.0 if measure.unit == "share" else 1.0
    return max(decimals(factor * gap.mean, factor * half), 1)


def _print_screening(console: Console, findings: Findings, rows: Sequence[Screened], *, every: bool) -> None:
    measure = rows[0].measure
    _print_title(console, findings, measure, "effect of moving a factor over its whole range")
    shown = rows if every else rows[: findings.study.top]
    lines = []
    for row in shown:
        one = row.effects
        cells = (
            _with_error(measure, one.mu_star, one.mu_star_half),
            _with_error(measure, one.least, one.least_half),
            _with_error(measure, one.mu, one.mu_half, signed=True),
            _with_error(measure, one.sigma, one.sigma_half),
        )
        lines.append(Line(row.factor, cells))
    print_sheet(console, Sheet(("Factor", "Size", "Without luck", "Mean", "Spread"), lines))


def _with_error(measure: Measure, value: float, half: float, *, signed: bool = False) -> str:
    """Return a number with the half-width of its interval."""
    if math.isnan(value):
        return UNKNOWN
    if measure.unit == "usd":
        places = whole_places(half)
        told = dollars(round(value, places))
        return f"{told} ± {UNKNOWN if math.isnan(half) else dollars(round(half, places))}"
    factor = 100.0 if measure.unit == "share" else 1.0
    places = max(decimals(factor * value, factor * half), 1)
    sign = "+" if signed else ""
    error = UNKNOWN if math.isnan(half) else f"{factor * half:,.{places}f}"
    return f"{factor * value:{sign},.{places}f} ± {error}"


def _print_shares(console: Console, findings: Findings, shared: Shared) -> None:
    found = shared.indices
    factor = 100.0 if shared.measure.unit == "share" else 1.0
    spread = (
        UNKNOWN if math.isnan(found.variance) else _spread(shared.measure, factor * math.sqrt(max(found.variance, 0)))
    )
    luck = UNKNOWN if math.isnan(found.luck) else _spread(shared.measure, factor * math.sqrt(max(found.luck, 0)))
    _print_title(console, findings, shared.measure, f"standard deviation {spread} by these factors, {luck} by luck")
    order = sorted(range(len(shared.factors)), key=lambda at: -_zero(float(found.total[at])))
    lines = [
        Line(
            shared.factors[at],
            (_index(found.total[at], found.total_half[at]), _index(found.first[at], found.first_half[at])),
        )
        for at in order
    ]
    print_sheet(console, Sheet(("Factor", "Total", "Alone"), lines))


def _spread(measure: Measure, value: float) -> str:
    return dollars(round(value, -2)) if measure.unit == "usd" else f"{value:,.2g}"


def _index(value: float, half: float) -> str:
    return UNKNOWN if math.isnan(value) else f"{value:.2f} ± {half:.2f}"


def _zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def notes(findings: Findings, *, every: bool) -> list[str]:
    """Return the lines under the tables: what the signs mean, what cannot be, and what failed."""
    told, lines = findings.told, list[str]()
    if isinstance(told, Tornado):
        lines.append(
            f"{LOW} low end, {HIGH} high end of a range, all else as it is; {DOUBTFUL}  cannot be told from 0. Swing: "
            f"95 % interval of the whole way, wide enough for all {told.comparisons:,} comparisons of a measure to "
            "hold together. Shares differ by percentage points."
        )
        if any(one.moves_nothing for swings in told.swings for one in swings):
            lines.append(
                "Of what moved a measure in no replication there is no interval: an effect so rare that it was not met "
                "cannot be told from none."
            )
        lines += of_signs(findings.study.replications, list(told.base))
        if every:
            lines += _unmoved(told, findings.study.first)
    elif isinstance(told, Screening):
        lines.append(
            "Size: mean size of effects, which luck makes too large; without luck: too small at most. Mean: with their "
            "sign. Spread: standard deviation of effects between places, large where a factor matters by what others "
            "are. Each ± 95 % by itself, for places and luck sampled."
        )
    else:
        lines += _of_shares(told)
    if findings.unreached:
        n = len(findings.unreached)
        names = f": {', '.join(findings.unreached)}" if every else " (--all lists them)"
        lines.append(f"{n:,} cannot reach the model, as what they belong to is switched off{names}.")
    return [*lines, *_refusals(findings, every=every), *failures(findings)]


def failures(findings: Findings) -> list[str]:
    """Return what is told of replications that failed."""
    if not findings.failures:
        return []
    n, first = len(findings.failures), findings.failures[0]
    said = f"{n:,} replication{'' if n == 1 else 's'} failed and count{'s' if n == 1 else ''} as undefined"
    return [f"FAILED  {said}; replication {first.replication}: {plain(first.reason)}"]


def _of_shares(told: Decomposition) -> list[str]:
    if not told.shares:
        return _nothing_leads(told)
    n, dropped = told.shares[0].indices.n, told.shares[0].indices.dropped
    left = f" {dropped:,} of {n + dropped:,} base samples cannot tell." if dropped else ""
    said = (
        "Total: share of the variance that is left when all else is known; alone: share that goes away when the factor "
        f"is known. Luck is in neither. Each ± 95 % by itself, for places and luck sampled.{left}"
    )
    return [said]


def _nothing_leads(told: Decomposition) -> list[str]:
    """Say that there was nothing to share out."""
    trajectories, replications = SCREENING
    lines = []
    if told.still:
        lines.append(
            f"Nothing leads in the screening ({trajectories} trajectories, {replications} replications of each run): "
            f"no factor is seen to move {', '.join(one.label for one in told.still)}; there is nothing to share out."
        )
    if told.untold:
        lines.append(
            f"Cannot be told: {', '.join(one.label for one in told.untold)}; the run is too short, or it never happens."
        )
    return lines


def _unmoved(told: Tornado, replications: int) -> list[str]:
    """Name the factors that move none of the measures in any replication."""
    still = [{one.factor for one in swings if one.moves_nothing} for swings in told.swings]
    names = sorted(set.intersection(*still)) if still else []
    said = f"Moved none of these measures in any of {replications:,} replications"
    return [f"{said}: {', '.join(names)}."] if names else []


def _refusals(findings: Findings, *, every: bool) -> list[str]:
    refused = findings.refused
    if not refused:
        return []
    one = len(refused) == 1
    lines = [f"{len(refused):,} setting{'' if one else 's'} cannot be, and {'was' if one else 'were'} left out:"]
    shown = refused if every else refused[:FEW_REFUSALS]
    lines += [f"    {one.factor} {one.setting}: {plain(one.reason)}" for one in shown]
    if len(refused) > len(shown):
        lines.append(f"    and {len(refused) - len(shown):,} more (--all lists them)")
    return lines

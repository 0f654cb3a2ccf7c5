"""What a board reads of a run: the table, its notes, what holds people back, and where everything lies."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from iopsim.cli.console import paragraph, plain, shortened
from iopsim.cli.ignorance import lead
from iopsim.cli.precision import stop
from iopsim.cli.table import NAME, print_table
from iopsim.experiments.bottleneck_words import bottleneck_sentences
from iopsim.experiments.offered import not_offered
from iopsim.experiments.reading import FEW, UNKNOWN, day, is_shown
from iopsim.experiments.result import Result
from iopsim.measures import costs, outcomes
from iopsim.measures.catalogue import GROUPS
from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.measures.money import QUARTER, cash_falling_share, cash_hole_usd, cost_usd
from iopsim.stats.intervals import Summary

LEAST = 0.5
"""Percent of the cost from which on a part of it is named."""


def show(console: Console, result: Result, every: bool) -> None:
    """Print a result.

    Parameters
    ----------
    console : rich.console.Console
    result : Result
    every : bool
        All measures, not only what a board reads.
    """
    scenario = result.scenario
    runs = f"{result.replications:,} replication{'s' if result.replications > 1 else ''}"
    console.print(shortened(plain(scenario.name), NAME), style="bold")
    paragraph(
        console,
        f"{scenario.weeks} weeks from {day(scenario.opening)}; {runs}; seed {result.seed}; "
        f"scenario {scenario.hash[:10]}",
    )
    if result.view_in_words:
        paragraph(console, result.view_in_words)
    for line in (*stop(result), *lead(result)):
        paragraph(console, line)
    console.print()
    print_table(console, result, every)
    for line in notes(result, every):
        paragraph(console, line, indent="  ")
    console.print()
    for line in bottleneck_sentences(result):
        paragraph(console, line, indent="  ")


def show_folder(console: Console, folder: Path, charts: list[str]) -> None:
    """Say where everything lies.

    Parameters
    ----------
    console : rich.console.Console
    folder : Path
        Where the files are.
    charts : list of str
        Names of the charts in it.
    """
    console.print()
    console.print("Charts")
    for name in charts:
        console.print(f"  {plain(str(folder / name))}", soft_wrap=True)
    console.print("Numbers, the scenario as it was run, and its versions")
    console.print(f"  {plain(str(folder))}{os.sep}", soft_wrap=True)


def notes(result: Result, every: bool) -> list[str]:
    """Return the lines under the table: what its signs mean, what to know of money, and what is not shown."""
    shown = [m for measures in GROUPS.values() for m in measures if is_shown(m, result, every)]
    summaries = [result.measures[m.name] for m in shown]
    absent = {m: what for m in shown if (what := not_offered(m, result))}
    unknown = [m for m in shown if math.isnan(result.measures[m.name].mean) and m not in absent]
    lines = of_signs(result.replications, summaries)
    if result.replications == 1:
        lines.append(f"{UNKNOWN}  One replication gives no interval; use more to know how sure a mean is.")
    if unknown:
        lines.append(f"{UNKNOWN}  Cannot be told: {_why_unknown(result)}")
    if absent:
        lines.append(f"{UNKNOWN}  Nothing to tell: the program has no {_listed(list(dict.fromkeys(absent.values())))}.")
    if any(m.unit == "usd" for m in shown):
        lines.append(_of_dollars(result))
    if cash_hole_usd in shown:
        lines += _of_cash(result)
    if not every:
        lines += _of_cost(result)
    everything = sum(len(measures) for measures in GROUPS.values())
    if every and len(shown) < everything:
        lines.append("Federal priorities are left out: the program has no block-grant money.")
    if not every:
        lines.append(f"{len(shown)} of {everything} measures; --all shows every one.")
    return ["", *lines] if lines else []


def of_signs(replications: int, summaries: Sequence[Summary]) -> list[str]:
    """Say what is written beside a measure that not all replications tell, and before an interval made by few."""
    lines = [only_some(replications)] if any(summary.told_in for summary in summaries) else []
    if any(summary.made_by_few for summary in summaries):
        lines.append(f"{FEW}  A few unusual replications make this mean, and its interval is too sure; use more.")
    return lines


def _listed(words: list[str]) -> str:
    """Return words in a row, the last after an "or"."""
    return " or ".join((", ".join(words[:-1]), words[-1]) if len(words) > 1 else words)


def only_some(replications: int) -> str:
    """Say what a number of replications beside a measure means."""
    return f"(n of {replications:,})  Only n replications can tell; the figures are theirs."


def _of_dollars(result: Result) -> str:
    """Say what dollars these are, and what is not known of them."""
    before = result.weeks_before
    weeks = f", from {before} week{'' if before == 1 else 's'} before the opening on" if before > 0 else ""
    if result.warm_up:
        weeks = ", of the weeks that count; what began with the opening cannot be told"
    said = (
        f"usd  Dollars of {result.scenario.money.dollars_year}, nominal{weeks}; a ratio is total by total within a "
        "replication."
    )
    return said if result.scenario.payers else f"{said} Without payers in the file, what comes in cannot be told."


def _of_cash(result: Result) -> list[str]:
    """Say in how many replications cash is still falling at the end of the run; nothing, if in none."""
    falling = int((result.values(cash_falling_share.name) == 1.0).sum())
    if not falling:
        return []
    often = f" in {falling:,} of {result.replications:,} replications" if result.replications > 1 else ""
    said = (
        f"Cash is still falling at the end{often} (lower than {QUARTER} weeks before): in a longer run the hole may be"
    )
    return [f"{said} deeper, and breaking even later."]


def _of_cost(result: Result) -> list[str]:
    """Say what the cost is made of, the largest part first; parts of less than half a percent together."""
    cost = result.measures[cost_usd.name].mean
    if not cost > 0.0:
        return []
    shares = {part.label.lower(): 100.0 * result.measures[part.name].mean / cost for part in costs.PARTS}
    told = [
        f"{name} {share:.0f} %" for name, share in sorted(shares.items(), key=lambda one: -one[1]) if share >= LEAST
    ]
    rest = sum(share for share in shares.values() if share < LEAST)
    return [f"Cost: {', '.join(told)}{', others less than 1 %' if 0.0 < rest < 1.0 else ''}."]


def _why_unknown(result: Result) -> str:
    course = result.facts.retention.shape[2] - 1
    needed = max(course, FOLLOW_UP_DAYS // 7 + 1, outcomes.YEAR // 7 + 1)
    if len(result.weeks) <= needed:
        weeks = f"{len(result.weeks)} week{'' if len(result.weeks) == 1 else 's'}"
        counted = f"and {weeks} count" if result.warm_up else f"and the run has {weeks}"
        return (
            f"waits need {FOLLOW_UP_DAYS} days after referral, retention {course} weeks after admission, abstinence "
            f"{outcomes.HALF_A_YEAR} or {outcomes.YEAR} days after discharge, {counted}; or nobody came so far."
        )
    return "no client came so far, or it never happened, in any replication."

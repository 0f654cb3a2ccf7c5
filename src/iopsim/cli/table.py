"""The table a board reads, what holds people back, and where everything lies."""

from __future__ import annotations

import datetime
import math
import os
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from iopsim.cli.console import grid, paragraph, plain, print_grid, shortened
from iopsim.experiment.bottleneck import Bottleneck
from iopsim.experiment.result import Result, dollars
from iopsim.measures.catalogue import GROUPS
from iopsim.measures.measure import FOLLOW_UP_DAYS, Measure
from iopsim.scenario.model import Scenario
from iopsim.stats.intervals import Summary

BOARD = {
    "referrals",
    "days_to_assessment",
    "assessed_share",
    "days_to_first_session",
    "started_share",
    "started_in_time_share",
    "reneged_share",
    "balked_share",
    "waitlist_mean",
    "census_mean",
    "census_peak",
    "seats_taken_share",
    "seats_attended_share",
    "ever_full_share",
    "weeks_until_full",
    "assessment_slots_booked_share",
    "caseload_used_share",
    "nights_cancelled_share",
    "hours_used_share",
    "hours_short",
    "priority_in_time_share",
    "notices",
    "attendance_share",
    "left_within_30_days_share",
    "engaged_90_days_share",
    "completed_share",
    "dropped_out_share",
    "length_of_stay_days",
    "abstinent_12_months_share",
    "called_again_share",
    "revenue_usd",
    "cost_usd",
    "margin_usd",
    "margin_last_year_usd",
    "broken_even_share",
    "weeks_until_broken_even",
    "cash_hole_usd",
    "cost_per_completion_usd",
    "cost_per_client_week_usd",
}
"""Measures that a board reads, unless the scenario leaves them nothing to say."""

UNKNOWN = "–"
LARGE = 10.0
"""From this mean on, one decimal is enough for a board."""

NAME = 60
"""Most characters of a scenario's name that are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure as it is read."""

    label: str
    unit: str
    mean: str
    interval: str
    spread: str


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
    console.print()
    _print_table(console, result, every)
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


def _print_table(console: Console, result: Result, every: bool) -> None:
    table = grid(console)
    table.add_column("Measure")
    table.add_column("Unit", no_wrap=True)
    table.add_column("Mean", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("10th-90th pct.", justify="right", no_wrap=True)
    for group, measures in GROUPS.items():
        shown = [measure for measure in measures if every or worth_reading(measure, result)]
        if shown:
            if table.row_count:
                table.add_row()
            table.add_row(group, style="bold")
        for measure in shown:
            row = read(measure, result)
            table.add_row(row.label, row.unit, row.mean, row.interval, row.spread)
    print_grid(console, table)


def worth_reading(measure: Measure, result: Result) -> bool:
    """Whether a board reads a measure; limits that the scenario does not have are left out."""
    if measure.name == "balked_share" and isinstance(result.scenario.waitlist.limit, str):
        return False
    if measure.name == "caseload_used_share" and result.caseload is None:
        return False
    if measure in GROUPS["Federal priorities"] and not result.scenario.block_grant.applies:
        return False
    if measure in GROUPS["Staff"] and not any(role.duties for role in result.scenario.staff.values()):
        return False
    if measure.name == "called_again_share" and not result.scenario.after.return_probability:
        return False
    if measure in GROUPS["Money"] and not result.scenario.payers and not result.measures[measure.name].n:
        return False
    return measure.name in BOARD


def read(measure: Measure, result: Result) -> Row:
    """Return a measure as it is read: shares in percent, as many decimals as its interval deserves."""
    summary = result.measures[measure.name]
    if measure.unit == "usd":
        return _read_dollars(measure, result)
    mark = "*" if 0 < summary.undefined < result.replications else ""
    unit = "%" if measure.unit == "share" else measure.unit
    return Row(label(measure, result.scenario) + mark, unit, *figures(measure, summary))


def figures(measure: Measure, summary: Summary) -> tuple[str, str, str]:
    """Return mean, interval and spread of a measure as they are read."""
    factor, most = (100.0, 100.0) if measure.unit == "share" else (1.0, math.inf)
    places = decimals(factor * summary.mean, factor * (summary.high - summary.low) / 2)

    def written(value: float) -> str:
        value = min(max(factor * value, 0.0), most)
        return f"{value:,.{places}f}"

    def span(low: float, high: float) -> str:
        return UNKNOWN if math.isnan(low) else f"{written(low)} to {written(high)}"

    return (
        UNKNOWN if math.isnan(summary.mean) else written(summary.mean),
        span(summary.low, summary.high),
        span(summary.p10, summary.p90),
    )


def _read_dollars(measure: Measure, result: Result) -> Row:
    """Return a measure of money as it is read: dollars, rounded to the second digit of its half-width."""
    summary = result.measures[measure.name]
    places = whole_places((summary.high - summary.low) / 2)
    mark = "*" if 0 < summary.undefined < result.replications else ""

    def span(low: float, high: float) -> str:
        return UNKNOWN if math.isnan(low) else f"{dollars(round(low, places))} to {dollars(round(high, places))}"

    return Row(
        label(measure, result.scenario) + mark,
        measure.unit,
        UNKNOWN if math.isnan(summary.mean) else dollars(round(summary.mean, places)),
        span(summary.low, summary.high),
        span(summary.p10, summary.p90),
    )


def whole_places(half_width: float) -> int:
    """Return to how many decimals dollars are rounded: 0, or less so that two digits of the half-width are left."""
    if math.isnan(half_width) or half_width == 0.0:
        return 0
    return min(1 - math.floor(math.log10(half_width)), 0)


def label(measure: Measure, scenario: Scenario) -> str:
    """Return a measure's label, with the scenario's own target in it."""
    targets = {
        "assessed_in_time_share": ("Assessed", scenario.targets.assessment_days),
        "started_in_time_share": ("Started", scenario.targets.start_days),
    }
    if measure.name not in targets:
        return measure.label
    verb, days = targets[measure.name]
    return f"{verb} within {days} day{'' if days == 1 else 's'}"


def decimals(mean: float, half_width: float) -> int:
    """Return how many decimals a mean deserves: down to the first digit of its half-width, at most 2, of 10 on 1."""
    if math.isnan(mean):
        return 0
    if math.isnan(half_width) or half_width == 0.0:
        return 0 if mean == round(mean) else 1
    return min(max(-math.floor(math.log10(half_width)), 0), 2 if mean < LARGE else 1)


def notes(result: Result, every: bool) -> list[str]:
    """Return the lines under the table: what a dash or a star means, and what is not shown."""
    shown = [m for measures in GROUPS.values() for m in measures if every or worth_reading(m, result)]
    summaries: dict[str, Summary] = {label(m, result.scenario): result.measures[m.name] for m in shown}
    lines = []
    if result.replications == 1:
        lines.append(f"{UNKNOWN}  One replication gives no interval; use more to know how sure a mean is.")
    if any(math.isnan(summary.mean) for summary in summaries.values()):
        lines.append(f"{UNKNOWN}  Cannot be told: {_why_unknown(result)}")
    some = [
        f"{name} ({s.undefined:,} of {result.replications:,})"
        for name, s in summaries.items()
        if 0 < s.undefined < result.replications
    ]
    if some:
        lines.append(f"*  Mean without the replications that cannot tell: {', '.join(some)}.")
    if any(m.unit == "usd" for m in shown):
        lines.append(_of_dollars(result))
    everything = sum(len(measures) for measures in GROUPS.values())
    if len(shown) < everything:
        lines.append(f"{len(shown)} of {everything} measures; --all shows every one.")
    return ["", *lines] if lines else []


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


def _why_unknown(result: Result) -> str:
    course = result.facts.retention.shape[2] - 1
    needed = FOLLOW_UP_DAYS // 7 + 1
    if len(result.weeks) <= max(course, needed):
        weeks = f"{len(result.weeks)} week{'' if len(result.weeks) == 1 else 's'}"
        counted = f"and {weeks} count" if result.warm_up else f"and the run has {weeks}"
        return (
            f"waits need {FOLLOW_UP_DAYS} days after referral and retention {course} weeks after admission, {counted}; "
            "or nobody came so far."
        )
    return "no client came so far, or it never happened, in any replication."


HELD_BACK = {
    "assessment slots": "who could come sooner wait for a free assessment slot",
    "group seats": "who are ready to start wait for a seat",
    "counselor caseload": "who are ready to start wait for a counselor with room",
    "group seats and counselor caseload together": "who are ready to start wait for both a seat and a counselor",
    "seats in the next phase": "who are due to move on wait for a seat in the next phase",
}


def bottleneck_sentences(result: Result) -> list[str]:
    """Return what holds people back, first what is tightest in most replications, in plain words."""
    biting = [found for found in result.bottlenecks if found.first_week is not None]
    if not biting:
        return [f"Bottleneck: none that holds back a client at a time in any week. {_mildest(result)}"]
    told = [found for found in result.bottlenecks if found is result.bottlenecks[0] or found in biting]
    heads = ("Bottleneck", *["Then"] * (len(told) - 1))
    return [f"{head}: {_sentence(found, result)}" for head, found in zip(heads, told, strict=True)]


def _mildest(result: Result) -> str:
    """Say what holds people back most although it is not much."""
    if not result.bottlenecks:
        return "Nobody waits for a slot, a seat or a counselor."
    most = result.bottlenecks[0]
    clients = f"{most.held_back:.2f} clients on average at the worst ({_worst_week(most, result)})"
    return f"Most is held back by {most.resource}{_how_often(most, result)}: {clients}."


def _sentence(found: Bottleneck, result: Result) -> str:
    return (
        f"{found.resource}{_how_often(found, result)}, {_when(found, result)}. On average {found.held_back:.1f} clients "
        f"{HELD_BACK[found.resource]} at the worst ({_worst_week(found, result)})."
    )


def _how_often(found: Bottleneck, result: Result) -> str:
    """Say in how many replications it is the tightest resource; one alone needs no count."""
    if result.replications == 1:
        return ""
    return f" (tightest in {found.tightest_in:,} of {result.replications:,} replications)"


def _when(found: Bottleneck, result: Result) -> str:
    if found.first_week is None:
        return "though never a client at a time"
    first = f"week {found.first_week + 1} ({day(result.week_start(found.first_week))})"
    if found.weeks == result.weeks.stop - found.first_week:
        return f"from {first} on"
    return f"in {found.weeks} of {len(result.weeks)} weeks, first in {first}"


def _worst_week(found: Bottleneck, result: Result) -> str:
    return f"week {found.worst_week + 1}, {day(result.week_start(found.worst_week))}"


def day(date: datetime.date) -> str:
    """Return a date in words."""
    return f"{date.day} {date:%B %Y}"

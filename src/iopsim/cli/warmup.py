"""`iopsim warmup`: from when on a program is mature, and the plot on which to judge it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import typer
from rich.console import Console

from iopsim.cli.batches import engine
from iopsim.cli.console import grid, margin, paragraph, plain, print_grid, screen, shortened
from iopsim.cli.door import BAD_INPUT
from iopsim.cli.options import Mistakes, placed, weeks_by_name, with_weeks
from iopsim.cli.progress import Bar
from iopsim.cli.run import LARGEST_SEED, MOST_WORKERS, Order, counted, simulated
from iopsim.cli.table import NAME
from iopsim.errors import IopsimError, Problem
from iopsim.experiments.documents import default_folder, run_key
from iopsim.experiments.reading import day
from iopsim.experiments.warmup import FEWEST_REPLICATIONS, SERIES, WarmUp, estimate, forbidden
from iopsim.scenario import resolve
from iopsim.scenario.changes import SWITCHED_OFF
from iopsim.store.folder import save_picture

SWITCHES = {".months": "seasons", ".growth_per_year": "growth"}
"""What stands in the way of a steady state and can be switched off by a change, by the end of its setting's path."""


def warmup(order: Order) -> None:
    """Estimate a plan's warm-up.

    Parameters
    ----------
    order : Order
        Its `out` is a file.

    Raises
    ------
    IopsimError
        If anything in the order cannot be done; nothing is then written. If no warm-up makes the program mature, and
        it is to be quiet; the plot is then there all the same.
    Exit
        With 2, if no warm-up makes the program mature and that has been shown.
    """
    from iopsim.charts.welch import welch

    mistakes = Mistakes()
    replications = counted(mistakes, order.replications)
    seed = mistakes.whole("--seed", order.seed, 0, LARGEST_SEED)
    workers = mistakes.whole("--workers", order.workers, 1, MOST_WORKERS) if order.workers is not None else None
    choice = engine(mistakes, order.engine)
    resolved = mistakes.attempt(lambda: resolve(order.file, with_weeks(order.changes, order.weeks)))
    mistakes.problems = [weeks_by_name(problem, order.weeks) for problem in mistakes.problems]
    mistakes.settle()
    assert resolved is not None

    scenario = resolved.scenario
    folder = default_folder(scenario, run_key(scenario, seed, replications))
    picture = Path(order.out) if order.out is not None else folder.with_name(f"{folder.name}-welch.png")
    if order.out is not None and picture.exists():
        raise IopsimError(f"{picture}: found something there; name a new file with --out")
    with Bar(margin(), replications, hidden=order.quiet) as bar:
        found = estimate(simulated(scenario, seed, replications, workers, bar, choice=choice))
        bar.says("Drawing the plot")
        drawn = welch(found)
    save_picture(picture, drawn.png())
    mistakes.problems = [weeks_by_name(placed(problem, resolved), order.weeks) for problem in found.problems]
    if order.quiet:
        mistakes.settle()
        return
    _show(screen(), found, mistakes.problems, order, picture)
    if found.weeks is None:
        raise typer.Exit(BAD_INPUT)


def _show(console: Console, found: WarmUp, problems: list[Problem], order: Order, picture: Path) -> None:
    result, scenario = found.result, found.result.scenario
    runs = f"{result.replications:,} replication{'s' if result.replications > 1 else ''}"
    console.print(shortened(plain(scenario.name), NAME), style="bold")
    paragraph(
        console,
        f"{scenario.weeks} weeks from {day(scenario.opening)}; {runs}; seed {result.seed}; "
        f"scenario {scenario.hash[:10]}",
    )
    console.print()
    table = grid(console)
    table.add_column("What takes time")
    table.add_column("Weeks", justify="right")
    if found.halves:
        table.add_column("8 of 10 halves", justify="right")
    for name, truncation in found.truncations.items():
        weeks = str(truncation.observations) if truncation.settled else f"{truncation.observations} or more"
        table.add_row(f"{SERIES[name]} (MSER-5)", weeks, _from_to(found.span_of(name)))
    table.add_row("Ramps and late starts", str(found.earliest))
    print_grid(console, table)
    console.print()
    if found.weeks is None:
        console.print("No warm-up makes this a mature program:")
        for problem in problems:
            paragraph(console, plain(str(problem)), lead="  ", indent="    ")
        if steady := _steady(order, problems):
            console.print(f"Without {' and '.join(steady)}:")
            flat = replace(order, changes=[*order.changes, *steady.values()])
            console.print(f"  {_command('warmup', flat)}", soft_wrap=True)
    else:
        since = day(result.week_start(found.weeks))
        paragraph(console, f"A warm-up of {found.weeks} weeks: the program is mature from {since} on.")
        if found.weeks:
            console.print(f"  {_command('run', order)} --warm-up {found.weeks}", soft_wrap=True)
        paragraph(console, _how_sure(found))
    console.print()
    console.print("Welch's plot")
    console.print(f"  {plain(str(picture))}", soft_wrap=True)


def _steady(order: Order, problems: list[Problem]) -> dict[str, str]:
    """Return what to switch off, and how, so that nothing known beforehand forbids a warm-up; nothing if more does."""
    switched = {
        what: SWITCHED_OFF[what] for end, what in SWITCHES.items() if any(p.path.endswith(end) for p in problems)
    }
    changes = with_weeks([*order.changes, *switched.values()], order.weeks)
    return {} if forbidden(resolve(order.file, changes).scenario, "auto") else switched


def _how_sure(found: WarmUp) -> str:
    """Say how far the number of weeks may be from that of another seed."""
    noisy = "MSER-5 is noisy: another seed may give another number of weeks"
    if found.span is None:
        return f"{noisy}. How far apart they lie is told from {FEWEST_REPLICATIONS} replications on."
    low, high = found.span
    if low == high:
        return f"8 of 10 halves of these replications ask for {low} weeks, too."
    return (
        f"{noisy}. Of halves of these replications, 8 of 10 ask for {low} to {high}; the upper end is the safer one, "
        "where the run is long enough for it."
    )


def _from_to(span: tuple[int, int] | None) -> str:
    return "" if span is None else f"{span[0]} to {span[1]}" if span[0] < span[1] else str(span[0])


def _command(name: str, order: Order) -> str:
    """Return the command for the same plan, its changes and its weeks included."""
    changes = [word for change in order.changes for word in ("--set", change)]
    weeks = ["--weeks", order.weeks] if order.weeks is not None else []
    return plain(shlex.join(["iopsim", name, order.file, *changes, *weeks]))

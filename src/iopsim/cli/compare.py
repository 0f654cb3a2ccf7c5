"""`iopsim compare`: two plans or more, side by side and pair by pair."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from pathlib import Path

from rich.console import Console

from iopsim.cli.batches import either, measures, place, precision, report, simulate
from iopsim.cli.console import paragraph, plain, screen, shortened
from iopsim.cli.options import Mistakes, placed, with_weeks
from iopsim.cli.run import LARGEST_SEED, MOST_REPLICATIONS
from iopsim.cli.sheet import GAP, Line, Sheet, print_sheet
from iopsim.errors import Problem
from iopsim.experiments.batch import Batch
from iopsim.experiments.making import obstacles, plans_of, with_drawn_inputs
from iopsim.experiments.plan import BOARD, REPLICATIONS
from iopsim.scenario import Resolved, resolve
from iopsim.scenario.differences import differences
from iopsim.scenario.words import short

LABELLED = re.compile(r"\s*([A-Za-z0-9_-]{1,40}):\s*(.+)", re.DOTALL)
"""A change of one arm, such as ``bigger: groups.evening.seats=16``."""

LONGEST_NAME = 40
"""Most letters of the name of an arm."""

LONGEST = 48
WIDEST = 30
"""Most characters of a setting's path, and of its value, that are shown."""

MOST_DIFFERENCES = 30
"""Most differences between plans that are shown."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the options of `iopsim compare`."""

    files: Sequence[str]
    changes: Sequence[str]
    measures: Sequence[str]
    replications: str | None
    seed: str
    weeks: str | None
    precision: Sequence[str]
    most: str | None
    stages: str
    confidence: str
    warm_up: str | None
    uncertain: bool
    out: str | None
    workers: str | None
    cluster: str | None
    engine: str
    json: bool
    quiet: bool


def compare(order: Order) -> None:
    """Compare plans.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order cannot be done.
    Interrupted
        If a person stops it.
    """
    mistakes = Mistakes()
    runs = order.replications
    sought = precision(mistakes, order.precision, order.most, order.stages)
    either(mistakes, runs, sought)
    replications = mistakes.whole("--replications", runs, 2, MOST_REPLICATIONS) if runs is not None else REPLICATIONS
    seed = mistakes.whole("--seed", order.seed, 0, LARGEST_SEED)
    compared = measures(mistakes, order.measures, BOARD)
    confidence = mistakes.share("--confidence", order.confidence, 0.5, 1.0)
    warm_up = mistakes.warm_up(order.warm_up)
    where = place(mistakes, order)
    found = arms(mistakes, order.files, order.changes, order.weeks)
    mistakes.settle()
    batch = Batch(
        "-or-".join(found),
        "",
        plans_of(found),
        compared,
        seed,
        None if sought else replications,
        sought,
        confidence,
        None if warm_up == "auto" else warm_up,
        warm_up == "auto",
    )
    if order.uncertain:
        batch = with_drawn_inputs(batch)
    for plan, problem in obstacles(batch.plans, warm_up):
        mistakes.problems.append(in_arm(plan.name, placed(problem, found[plan.name])))
    mistakes.settle()
    outcome = simulate(batch, where)
    if not order.quiet and not order.json:
        show_differences(screen(), found)
    report(outcome, where)


def arms(mistakes: Mistakes, files: Sequence[str], changes: Sequence[str], weeks: str | None) -> dict[str, Resolved]:
    """Return the plans to be compared, by name: the files, and the first file with each set of labelled changes.

    Every file is loaded, so that all that is wrong is told at once.
    """
    shared = with_weeks([text for text in changes if ":" not in text.partition("=")[0]], weeks)
    own: dict[str, list[str]] = {}
    for text in changes:
        left, equals, value = text.partition("=")
        if ":" in left and not LABELLED.fullmatch(f"{left}=x"):
            said = "a plan has a name of letters, digits, _ and -, at most 40, before the colon"
            mistakes.problems.append(Problem("--set", None, "", short(left), said))
        match = LABELLED.fullmatch(f"{left}=x")
        if match:
            own.setdefault(match[1], []).append(f"{match[2].removesuffix('=x')}{equals}{value}")
    names = names_of(files)
    found: dict[str, Resolved] = {}
    for name, file in zip(names, files, strict=True):
        resolved = mistakes.attempt(partial(resolve, file, shared))
        if resolved is not None:
            found[name] = resolved
    for name, more in own.items():
        if name in names:
            said = "a set of changes needs a name that no file has"
            mistakes.problems.append(Problem("--set", None, "", name, said))
            continue
        resolved = mistakes.attempt(partial(resolve, files[0], [*shared, *more]))
        if resolved is not None:
            found[name] = resolved
    if len(files) + len(own) < 2:
        said = 'give two files or more, or one and changes with a name: --set "bigger: groups.evening.seats=16"'
        mistakes.problems.append(Problem("compare", None, "", "one plan", said))
    mistakes.problems = list(dict.fromkeys(mistakes.problems))
    return found


def names_of(files: Sequence[str]) -> list[str]:
    """Return what files are called: their names without folder and ending, each another, at most 40 letters.

    Of files of the same name every one but the first has a number.
    """
    found: list[str] = []
    for file in files:
        stem = (re.sub(r"[^A-Za-z0-9_-]+", "-", Path(file).stem).strip("-") or "plan")[:LONGEST_NAME].rstrip("-")
        name, number = stem, 1
        while name.casefold() in {one.casefold() for one in found}:
            number += 1
            name = f"{stem[: LONGEST_NAME - 1 - len(str(number))]}-{number}"
        found.append(name)
    return found


def in_arm(name: str, problem: Problem) -> Problem:
    """Return a problem that says in which arm it is."""
    return replace(problem, allowed=f"{problem.allowed} (in {name})")


def show_differences(console: Console, found: Mapping[str, Resolved]) -> None:
    """Print what differs between plans, value by value."""
    told = differences(list(found.values()))
    console.print("What differs", style="bold")
    if not told:
        paragraph(console, "Nothing: the plans are the same.", indent="  ")
    rest = [Line(f"... and {len(told) - MOST_DIFFERENCES:,} more")] if len(told) > MOST_DIFFERENCES else []
    lines = [Line(shortened(one.path, LONGEST), _cells(one.texts)) for one in told[:MOST_DIFFERENCES]]
    sheet = Sheet(("Setting", *found), [*lines, *rest])
    if told and sheet.longest + sum(GAP + width for width in sheet.widths) <= console.width:
        print_sheet(console, sheet)
    elif told:
        for line in lines:
            console.print(plain(line.label), soft_wrap=True)
            values = "; ".join(f"{name} {value}" for name, value in zip(found, line.cells, strict=True))
            paragraph(console, values, indent="  ", lead="  ")
        for line in rest:
            console.print(line.label)
    console.print()


def _cells(texts: Sequence[str]) -> tuple[str, ...]:
    """Return values as they are shown: cut at their ends, or before where they begin to differ if that comes late."""
    cut = tuple(shortened(text, WIDEST) for text in texts)
    if len(set(cut)) == len(set(texts)):
        return cut
    same = sum(1 for _ in takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False)))
    alike = max(same - WIDEST // 2, 0)
    return tuple(shortened(f"…{text[alike:]}", WIDEST) for text in texts)

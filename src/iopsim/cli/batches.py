"""What commands over several arms have in common: their options, where they run, and what they print."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from iopsim.cli.console import margin, paragraph, screen
from iopsim.cli.export import json_text
from iopsim.cli.interrupts import Interrupted
from iopsim.cli.options import Mistakes
from iopsim.cli.progress import Bar
from iopsim.errors import Problem
from iopsim.experiments.batch import COLUMN, Batch, Precision, in_memory
from iopsim.experiments.batch_folder import CHUNKS, Making, run_in
from iopsim.experiments.engine import ENGINES, Choice, chosen, referred, worthwhile_workers
from iopsim.experiments.executors.cluster import LOCAL, cluster
from iopsim.experiments.executors.executor import Executor, Here
from iopsim.experiments.executors.processes import Processes, cores
from iopsim.experiments.making import settled
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.runner import Runner
from iopsim.experiments.twins import finished
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest, short
from iopsim.stats.stopping import FIRST, Target
from iopsim.store.chunks import Chunks

MOST_WORKERS = 512
MOST = 10_000
"""Replications at which a precision gives up, if nothing else is said."""

MOST_OF = {"share": 0.5}
"""Half-widths from which on a precision asks for nothing, by unit."""

_PERCENT = re.compile(r"([0-9.]+)\s*%")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a batch runs, and where its results go."""

    workers: int | None
    cluster: str | None
    out: Path | None
    json: bool
    quiet: bool
    engine: Choice


class Placing(Protocol):
    """What a person asked for of where a batch runs, as they typed it."""

    @property
    def workers(self) -> str | None:
        """The value of `--workers`."""

    @property
    def cluster(self) -> str | None:
        """The value of `--cluster`."""

    @property
    def engine(self) -> str:
        """The value of `--engine`."""

    @property
    def out(self) -> str | None:
        """The value of `--out`."""

    @property
    def json(self) -> bool:
        """Whether there is to be one document and nothing else."""

    @property
    def quiet(self) -> bool:
        """Whether there are to be errors only."""


def place(mistakes: Mistakes, order: Placing) -> Place:
    """Return where a batch runs, from the options of a command."""
    workers, address = order.workers, order.cluster
    number = mistakes.whole("--workers", workers, 1, MOST_WORKERS) if workers is not None else None
    choice = engine(mistakes, order.engine)
    if address is not None and address != LOCAL and "://" not in address:
        said = f"give the address of a Dask scheduler, such as tcp://host:8786, or {LOCAL}"
        mistakes.problems.append(Problem("--cluster", None, "", short(address), said))
    out = None if order.out is None else Path(order.out)
    return Place(number, address, out, order.json, order.quiet, choice)


def engine(mistakes: Mistakes, text: str) -> Choice:
    """Return the choice that `--engine` makes."""
    return chosen(mistakes.choice("--engine", text, ENGINES))


def measures(mistakes: Mistakes, names: Sequence[str], default: Sequence[str]) -> tuple[Measure, ...]:
    """Return the measures that `--measure` names, or the default ones; words may be joined by commas."""
    wanted = [name.strip() for text in names for name in text.split(",") if name.strip()]
    found = []
    for name in dict.fromkeys(wanted or default):
        if name in COLUMN:
            found.append(CATALOGUE[COLUMN[name]])
        else:
            said = "give names of measures; `iopsim measures` lists them"
            mistakes.problems.append(Problem("--measure", None, "", short(name), said, nearest(name, list(COLUMN))))
    return tuple(found)


def precision(mistakes: Mistakes, texts: Sequence[str], most: str | None, stages: str) -> Precision | None:
    """Return the precision that `--precision`, `--most` and `--stages` ask for; None if it is not asked for."""
    stages = mistakes.choice("--stages", stages, ("sequential", "two"))
    limit = mistakes.whole("--most", most, FIRST, 10_000_000) if most is not None else MOST
    if not texts:
        if most is not None:
            said = "goes with --precision, such as --precision days_to_first_session=0.5"
            mistakes.problems.append(Problem("--most", None, "", short(most), said))
        return None
    targets = {}
    for text in (one.strip() for joined in texts for one in joined.split(",")):
        name, _, width = text.partition("=")
        name, target = name.strip(), _target(name.strip(), width.strip())
        if target is not None and not target.relative and target.half_width >= MOST_OF.get(_unit(name), math.inf):
            said = f"{name} lies between 0 and 1: 2 percentage points are written {name}=0.02"
            mistakes.problems.append(Problem("--precision", None, "", short(text), said))
            continue
        if name in COLUMN and target is not None:
            targets[name] = target
            continue
        said = (
            "give a measure and the half-width its interval may have, in its unit or in percent of the mean: "
            "days_to_first_session=0.5, cost_usd=2%"
        )
        hint = "" if name in COLUMN else nearest(name, list(COLUMN))
        mistakes.problems.append(Problem("--precision", None, "", short(text), said, hint))
    relative = [name for name, target in targets.items() if target.relative]
    if stages == "two" and relative:
        said = (
            f"needs half-widths in the unit of the measure; the mean of which {relative[0]} gives percent is not known"
        )
        mistakes.problems.append(Problem("--stages", None, "", stages, f"{said} beforehand"))
    return Precision(targets, limit, stages)


def either(mistakes: Mistakes, replications: str | None, sought: Precision | None) -> None:
    """Note a problem if both a number of replications and a precision are given."""
    if sought is not None and replications is not None:
        said = "give either --replications, or --precision with --most"
        mistakes.problems.append(Problem("--replications", None, "", short(replications), said))


def _unit(name: str) -> str:
    return CATALOGUE[COLUMN[name]].unit if name in COLUMN else ""


def _target(name: str, width: str) -> Target | None:
    match = _PERCENT.fullmatch(width)
    try:
        value = float(match[1] if match else width)
    except ValueError:
        return None
    if name not in COLUMN or not 0.0 < value < math.inf:
        return None
    return Target(value, relative=bool(match), span=CATALOGUE[COLUMN[name]].span)


@contextmanager
def executor(where: Place, scenario: Scenario, replications: int) -> Iterator[Executor]:
    """Reach what does the work: a cluster, all cores, or as many processes as were asked for.

    Parameters
    ----------
    where : Place
    scenario : Scenario
        One of those that are simulated.
    replications : int
        About how many there will be in all; for few, no other process is worth starting.

    Raises
    ------
    IopsimError
        If the compiled engine was asked for by name and cannot be had.
    """
    if where.cluster is not None:
        with cluster(where.cluster, where.workers) as found:
            yield found
        return
    workers = where.workers or 1
    if where.workers is None and replications > WORTH_STARTING:
        referrals = referred(scenario) * replications
        ran = where.engine.decide(referrals, cores())
        workers = cores() if ran == "reference" else worthwhile_workers(ran, referrals, cores())
    yield Here() if workers == 1 else Processes(workers)


@contextmanager
def heard(choice: Choice, bar: Bar) -> Iterator[None]:
    """Let a bar say what is done about the engine, if somebody watches it."""
    choice.says = None if bar.is_unwatched else bar.says
    try:
        yield
    finally:
        choice.says = None


WORTH_STARTING = 60
"""Replications from which on starting other processes gains more than it costs, roughly."""


def simulate(batch: Batch, where: Place) -> Outcome:
    """Run a batch, with a bar meanwhile, into its folder or in memory.

    Raises
    ------
    IopsimError
        If it cannot be done; what was done before is kept in the folder.
    Interrupted
        If a person stops it.
    """
    expected = (batch.replications or FIRST) * len(batch.unique_points)
    try:
        scenario = batch.plans[0].scenario
        with (
            Bar(margin(), expected, hidden=where.quiet) as bar,
            heard(where.engine, bar),
            executor(where, scenario, expected) as found,
        ):
            runner = Runner(found, progress=bar.advance, finds=bar.finds, engine=where.engine)
            if where.out is None:
                batch = settled(batch, runner)
                redrawn: dict[str, int] = {}
                fractions, failures, looked = in_memory(batch, replace(runner, redrawn=redrawn), bar)
                told = (failures, looked, None, redrawn)
                outcome = Outcome(batch, len(fractions[0]), lambda plan, column: fractions[plan][:, column], *told)
                return finished(outcome, replace(runner, progress=None))

            def waiting() -> None:
                bar.says("Waiting for another batch in this folder")

            outcome = run_in(where.out, batch, Making(runner, bar, waiting, tuple(sys.argv)))
            return finished(outcome, replace(runner, progress=None, chunks=Chunks(where.out / CHUNKS)))
    except Interrupted as stop:
        raise stopped(stop, where.out) from None


def stopped(stop: Interrupted, folder: Path | None) -> Interrupted:
    """Return a stop that tells what is left of the work in a folder, if there is any."""
    if folder is None or not folder.exists():
        return stop
    return Interrupted(f"interrupted; the same command goes on from what is kept in {folder}", stop.code)


def report(outcome: Outcome, where: Place) -> None:
    """Say what was found, in the way that was asked for."""
    if where.json:
        sys.stdout.write(json_text({**document(outcome), **where.engine.described()}))
        return
    from iopsim.cli.outcome import failures, show, show_folder

    if where.quiet:
        for line in failures(outcome):
            paragraph(margin(), line)
        return
    console = screen()
    show(console, outcome)
    if outcome.folder is not None:
        show_folder(console, outcome.folder)


def document(outcome: Outcome) -> dict[str, object]:
    """Return an outcome as one document; what cannot be told is null."""
    from iopsim.cli.outcome import uncertain
    from iopsim.experiments.batch_folder import description
    from iopsim.experiments.verdict import narrowed, sentence

    compared = {measure.name for measure in outcome.batch.measures}
    return {
        **description(outcome),
        "sentences": [sentence(outcome, arm) for arm in outcome.arms[1:]],
        "shared_luck": narrowed(outcome),
        "uncertain": uncertain(outcome),
        "summary": [known(row) for row in outcome.rows(compared)],
        "differences": [known(row) for row in outcome.difference_rows()],
        "failures": [
            {"arm": outcome.arms[at], "replication": failure.replication, "traceback": failure.traceback}
            for at, failure in outcome.failures
        ],
        "out": None if outcome.folder is None else str(outcome.folder),
    }


def known(row: dict[str, object]) -> dict[str, object]:
    """Return a row with null where there is no number."""
    return {name: None if isinstance(cell, float) and not math.isfinite(cell) else cell for name, cell in row.items()}

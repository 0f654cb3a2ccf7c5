"""`iopsim size`: the smallest or cheapest plan that meets stated targets."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from iopsim.cli.batches import Place, executor, heard, place, stopped
from iopsim.cli.console import margin, paragraph, screen
from iopsim.cli.export import json_text
from iopsim.cli.interrupts import Interrupted
from iopsim.cli.options import Mistakes
from iopsim.cli.progress import Bar
from iopsim.cli.run import LARGEST_SEED
from iopsim.cli.size_table import failures, show
from iopsim.experiments.batch_folder import Making
from iopsim.experiments.runner import Runner
from iopsim.experiments.size import AT_ONCE, Sized
from iopsim.experiments.size import size as answer
from iopsim.experiments.size_folder import description, size_in
from iopsim.experiments.size_stage import Simulation
from iopsim.experiments.size_words import rows
from iopsim.experiments.sizing import Sizing, load_sizing


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the options of `iopsim size`."""

    file: str
    seed: str | None
    out: str | None
    workers: str | None
    cluster: str | None
    engine: str
    json: bool
    quiet: bool


def size(order: Order) -> None:
    """Answer a question of size.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order or the file cannot be done.
    Interrupted
        If a person stops it; what is finished is kept, if a folder was named.
    """
    mistakes = Mistakes()
    seed = mistakes.whole("--seed", order.seed, 0, LARGEST_SEED) if order.seed is not None else None
    where = place(mistakes, order)
    sizing = mistakes.attempt(lambda: load_sizing(order.file))
    mistakes.settle()
    assert sizing is not None
    if seed is not None:
        sizing = replace(sizing, seed=seed)
    found = simulate(sizing, where)
    if where.json:
        sys.stdout.write(json_text(document(found, where)))
    elif where.quiet:
        for line in failures(found):
            paragraph(margin(), line)
    else:
        show(screen(), found, where.out)


def simulate(sizing: Sizing, where: Place) -> Sized:
    """Answer a question, with a bar meanwhile, in memory or in a folder.

    Raises
    ------
    IopsimError
        If it cannot be done.
    Interrupted
        If a person stops it.
    """
    expected = sizing.first_stage * min(len(sizing.candidates), AT_ONCE)
    try:
        scenario = sizing.resolve(sizing.candidates[0]).scenario
        with (
            Bar(margin(), expected, hidden=where.quiet) as bar,
            heard(where.engine, bar),
            executor(where, scenario, expected) as found,
        ):
            runner = Runner(found, progress=bar.advance, finds=bar.finds, engine=where.engine)
            if where.out is None:
                return answer(sizing, Simulation(sizing, runner, bar))

            def waiting() -> None:
                bar.says("Waiting for another batch in this folder")

            return size_in(where.out, sizing, Making(runner, bar, waiting, tuple(sys.argv)))
    except Interrupted as stop:
        raise stopped(stop, where.out) from None


def document(found: Sized, where: Place) -> dict[str, object]:
    """Return an answer as one document; what is not known is null."""
    plans: Sequence[dict[str, object]] = [
        {name: None if isinstance(cell, float) and math.isnan(cell) else cell for name, cell in row.items()}
        for row in rows(found)
    ]
    return {
        **description(found),
        **where.engine.described(),
        "plans": plans,
        "failures": [
            {
                "plan": found.sizing.candidates[at].arm.name,
                "replication": failure.replication,
                "traceback": failure.traceback,
            }
            for at, failure in found.failures
        ],
        "out": None if where.out is None else str(where.out),
    }

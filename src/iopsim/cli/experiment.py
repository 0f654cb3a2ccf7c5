"""`iopsim experiment`: run an experiment file into a folder; resume it, extend it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from iopsim.cli.batches import place, report, simulate
from iopsim.cli.compare import show_differences
from iopsim.cli.console import margin, paragraph, plain, screen
from iopsim.cli.options import Mistakes
from iopsim.cli.outcome import MANY
from iopsim.cli.run import LARGEST_SEED, MOST_REPLICATIONS
from iopsim.experiments.documents import folder_of
from iopsim.experiments.making import batch_of, with_drawn_inputs
from iopsim.experiments.plan import load_experiment


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the options of `iopsim experiment`."""

    file: str
    replications: str | None
    seed: str | None
    uncertain: bool
    out: str | None
    workers: str | None
    cluster: str | None
    engine: str
    json: bool
    quiet: bool


def experiment(order: Order) -> None:
    """Run an experiment.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order or the file cannot be done.
    Interrupted
        If a person stops it; what is finished is kept.
    """
    mistakes = Mistakes()
    runs, seed = order.replications, order.seed
    replications = mistakes.whole("--replications", runs, 2, MOST_REPLICATIONS) if runs is not None else None
    chosen = mistakes.whole("--seed", seed, 0, LARGEST_SEED) if seed is not None else None
    where = place(mistakes, order)
    loaded = mistakes.attempt(lambda: load_experiment(order.file, chosen))
    mistakes.settle()
    assert loaded is not None
    batch = batch_of(loaded)
    if replications is not None:
        batch = replace(batch, replications=replications, precision=None)
    if order.uncertain and not loaded.uncertain:
        batch = with_drawn_inputs(batch)
    if where.out is None:
        where = replace(where, out=folder_of(batch.name, str(batch.identity["key"])))
    if not order.quiet:
        for arm in loaded.repeated:
            said = f"arm {arm.name} is the same scenario as {arm.same_as}"
            paragraph(margin(), plain(said), lead="warning  ", indent="         ")
    outcome = simulate(batch, where)
    if not order.quiet and not order.json and len(batch.plans) < MANY:
        show_differences(screen(), {plan.name: plan.resolved() for plan in batch.plans})
    report(outcome, where)

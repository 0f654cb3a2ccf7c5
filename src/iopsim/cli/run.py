"""`iopsim run`: simulate, save, and say what was found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from iopsim.api import simulate
from iopsim.cli.batches import either, engine, heard, precision
from iopsim.cli.console import margin, paragraph, plain, screen
from iopsim.cli.interrupts import Interrupted, undisturbed
from iopsim.cli.options import Mistakes, placed, weeks_by_name, with_weeks
from iopsim.cli.progress import Bar
from iopsim.errors import Problem
from iopsim.experiments.batch import Precision
from iopsim.experiments.documents import default_folder, documents, run_key
from iopsim.experiments.engine import ENGINES, Choice, referred, worthwhile_workers
from iopsim.experiments.executors.processes import cores
from iopsim.experiments.ignorance import simulations as all_simulations
from iopsim.experiments.plan import REPLICATIONS
from iopsim.experiments.precision import MOST, STAGES
from iopsim.experiments.result import Result
from iopsim.experiments.runner import SMALLEST_CHUNK
from iopsim.experiments.uncertainty import draw_inputs
from iopsim.experiments.warmup import estimate, forbidden
from iopsim.measures.partition import DIMENSIONS
from iopsim.scenario import Resolved, resolve
from iopsim.scenario.cautions import cautions
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest
from iopsim.store.folder import MANIFEST, examine, held, save

MOST_REPLICATIONS = 10_000_000
LARGEST_SEED = 2**64 - 1
MOST_WORKERS = 512


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the options of `iopsim run`."""

    file: str
    replications: str | None
    seed: str
    changes: list[str]
    weeks: str | None
    out: str | None
    workers: str | None
    by: list[str]
    every: bool
    json: bool
    quiet: bool
    warm_up: str | None = None
    uncertain: bool = False
    precision: Sequence[str] = ()
    most: str | None = None
    stages: str = STAGES[0]
    engine: str = ENGINES[0]


def run(order: Order) -> None:
    """Run a scenario.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order cannot be done; nothing is then written.
    Interrupted
        If a person stops the run.
    """
    mistakes = Mistakes()
    replications = counted(mistakes, order.replications)
    sought = precision(mistakes, order.precision, order.most, order.stages)
    either(mistakes, order.replications, sought)
    seed = mistakes.whole("--seed", order.seed, 0, LARGEST_SEED)
    workers = mistakes.whole("--workers", order.workers, 1, MOST_WORKERS) if order.workers is not None else None
    warm_up = mistakes.warm_up(order.warm_up)
    choice = engine(mistakes, order.engine)
    mistakes.problems += _unknown_dimensions(order.by)
    resolved = mistakes.attempt(lambda: resolve(order.file, with_weeks(order.changes, order.weeks)))
    if resolved is not None:
        mistakes.problems += _empty_dimensions(order.by, resolved.scenario)
        mistakes.problems += [placed(problem, resolved) for problem in forbidden(resolved.scenario, warm_up)]
    mistakes.problems = [weeks_by_name(problem, order.weeks) for problem in mistakes.problems]
    mistakes.settle()
    assert resolved is not None

    if warm_up == "auto":
        warm_up = _estimated_weeks(order, resolved, seed, replications, workers, choice)
    plan = resolved if order.uncertain else resolved.scenario
    inputs = draw_inputs(resolved, seed) if order.uncertain else None

    def key_of(number: int) -> str:
        by = [name.removesuffix("s") for name in order.by]
        return run_key(resolved.scenario, seed, number, warm_up, inputs, by)

    folder = _folder(order, resolved.scenario, key_of(replications))
    if folder is not None:
        examine(folder, key_of(stopped_at(folder, sought) if sought and order.out is not None else replications))
    if not order.quiet:
        _warn(resolved)
    simulations = all_simulations(replications) if order.uncertain else replications
    with Bar(margin(), simulations, hidden=order.quiet) as bar:
        result = simulated(plan, seed, replications, workers, bar, order.by, warm_up, sought, choice)
        files = {}
        key = key_of(result.replications)
        folder = _folder(order, resolved.scenario, key)
        if folder is not None:
            bar.says("Making tables and charts")
            files = _files(result, resolved)
    if folder is None:
        _report(order, result, folder, [])
        return
    try:
        with undisturbed() as stopped:
            save(folder, key, files)
        if stopped:
            raise Interrupted(code=stopped[0])
        _report(order, result, folder, list(files))
    except Interrupted as stop:
        raise Interrupted(f"interrupted; the results are in {folder}", stop.code) from None


def _warn(resolved: Resolved) -> None:
    """Say what a scenario may not mean."""
    for caution in cautions(resolved):
        paragraph(margin(), plain(caution), lead="warning  ", indent="         ")


def _unknown_dimensions(by: list[str]) -> list[Problem]:
    """Return a problem for everything by which clients cannot be told apart."""
    *some, last = DIMENSIONS
    allowed = f"give {', '.join(some)} or {last}"
    return [
        Problem("--by", None, "", plain(name), allowed, nearest(name, DIMENSIONS))
        for name in by
        if name.removesuffix("s") not in DIMENSIONS
    ]


def _empty_dimensions(by: list[str], scenario: Scenario) -> list[Problem]:
    """Return a problem if clients are to be told apart by traits or payers and the scenario has none."""
    here = {"trait": (scenario.traits, "[traits.employed]"), "payer": (scenario.payers, "[payers.medicaid]")}
    lacking = {name: header for name, (found, header) in here.items() if not found}
    return [
        Problem("--by", None, "", name, f"the scenario has no {kind}s; a header such as {lacking[kind]} begins one")
        for name in by
        if (kind := name.removesuffix("s")) in lacking
    ]


def simulated(
    plan: Scenario | Resolved,
    seed: int,
    replications: int,
    workers: int | None,
    bar: Bar,
    by: Sequence[str] = (),
    warm_up: int | None = None,
    sought: Precision | None = None,
    choice: Choice | None = None,
) -> Result:
    """Return the result of a run, with a progress bar meanwhile; of a `Resolved` with drawn inputs.

    A precision that is sought says how many replications there are.

    Raises
    ------
    IopsimError
        If workers are ended from outside again and again.
    """
    choice = choice or Choice()
    with heard(choice, bar):
        if workers is None:
            workers = workers_for(plan.scenario if isinstance(plan, Resolved) else plan, replications, choice)
        return simulate(
            plan,
            replications,
            seed,
            workers=workers,
            progress=bar.advance,
            by=by,
            warm_up=warm_up,
            uncertain=isinstance(plan, Resolved),
            precision=None if sought is None else sought.targets,
            most=MOST if sought is None else sought.most,
            stages=STAGES[0] if sought is None else sought.stages,
            expects=bar.expects,
            engine=choice,
        )


def counted(mistakes: Mistakes, text: str | None) -> int:
    """Return the replications that `--replications` gives; 200, if it is not given."""
    return REPLICATIONS if text is None else mistakes.whole("--replications", text, 1, MOST_REPLICATIONS)


def stopped_at(folder: Path, sought: Precision) -> int:
    """Return after how many replications the run in a folder stopped, with the same precision sought; 0 if none."""
    manifest = held(folder / MANIFEST)
    told, number = manifest.get("precision"), manifest.get("replications")
    same = isinstance(told, dict) and sought.described().items() <= told.items()
    return number if same and isinstance(number, int) else 0


def _estimated_weeks(
    order: Order, resolved: Resolved, seed: int, replications: int, workers: int | None, choice: Choice
) -> int:
    """Run the scenario in the opening view, and return the weeks after which the program is mature."""
    with Bar(margin(), replications, hidden=order.quiet) as bar:
        bar.says("Looking for the warm-up")
        found = estimate(simulated(resolved.scenario, seed, replications, workers, bar, choice=choice))
    mistakes = Mistakes()
    mistakes.problems = [weeks_by_name(placed(problem, resolved), order.weeks) for problem in found.problems]
    mistakes.settle()
    assert found.weeks is not None
    return found.weeks


def workers_for(scenario: Scenario, replications: int, choice: Choice) -> int:
    """Return how many processes finish soonest: all cores, or one."""
    most = min(cores(), -(-replications // SMALLEST_CHUNK))
    referrals = referred(scenario) * replications
    return worthwhile_workers(choice.decide(referrals, most), referrals, most)


def _folder(order: Order, scenario: Scenario, key: str) -> Path | None:
    if order.out is not None:
        return Path(order.out)
    return None if order.json else default_folder(scenario, key)


def _files(result: Result, resolved: Resolved) -> dict[str, bytes]:
    """Return every file of the folder by name, none of which tells where or by how many workers it was made."""
    from iopsim.charts.kinds import pictures

    name = Path(resolved.name).name
    origins = {
        path: replace(origin, where=name) if origin.layer == "file" else origin
        for path, origin in resolved.origins.items()
    }
    return documents(result, replace(resolved, name=name, origins=origins), pictures(result))


def _report(order: Order, result: Result, folder: Path | None, names: list[str]) -> None:
    """Say what was found, in the way that was asked for."""
    if order.json:
        from iopsim.cli.document import document

        sys.stdout.write(document(result, folder))
    elif not order.quiet:
        from iopsim.cli.board import show, show_folder
        from iopsim.cli.groups import show_groups
        from iopsim.cli.ignorance import show_ignorance

        console = screen()
        show(console, result, order.every)
        show_ignorance(console, result, order.every)
        show_groups(console, result, order.every)
        if folder is not None:
            show_folder(console, folder, [name for name in names if name.endswith(".png")])

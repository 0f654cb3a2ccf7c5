"""A batch in a folder: chunks as they are done, then tables, then a manifest that vouches for all of it.

    batch.json          whose folder this is
    manifest.json       versions, arms with their hashes, seed, replications, and the SHA-256 of every file below
    made.json           when, where and by which command; the only file that tells of time and machine
    experiment.toml     the experiment file, if there was one
    summary.csv         every measure of every arm
    differences.csv     each arm less the baseline
    arms/NAME/          scenario.toml and assumptions.csv; measures, fractions, weekly, money, waits, retention, nights
                        and staff as Parquet
    failures/           replications that failed: traceback and scenario
    chunks/             finished replications, from which a batch goes on; may be deleted

The same batch gives the same bytes, made.json aside, with however many workers and however often it was stopped; and
whichever engine simulated, but for its name in the manifest and in chunks.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

import iopsim
from iopsim.errors import IopsimError
from iopsim.experiments.assumptions import ASSUMPTIONS, assumption_rows
from iopsim.experiments.batch import Batch, Failed, Looked, Plan, Silent, Watch, by_plan, reach
from iopsim.experiments.batch_tables import csv_text, write_tables
from iopsim.experiments.engine import COMPILERS, compilers
from iopsim.experiments.making import settled
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.runner import Runner
from iopsim.experiments.source import source_hash, tables_hash
from iopsim.measures.catalogue import CATALOGUE
from iopsim.record import I64
from iopsim.scenario import resolved_toml
from iopsim.store.chunks import Chunks
from iopsim.store.claim import alone, claim, sweep
from iopsim.store.folder import FORMAT, MANIFEST, MENDING, held, stopped
from iopsim.store.parquet import read
from iopsim.store.part import Failure

MADE = "made.json"
ENGINE, ASKED = "engine", "engine_asked"
"""What a manifest says of engines; nothing else depends on it."""

CHUNKS = "chunks"
ARMS = "arms"
DRAFT = ".draft"

PACKAGES = ("holidays", "numpy", "pyarrow", "scipy", "simpy")
"""Packages whose version may matter to the bytes of a result."""

READ_WHOLE = 20_000
"""Replications up to which the fractions of an arm are read at once, and not measure by measure."""

MANY_ARMS = 100
"""Arms from which on the summary has the measures that are compared, and not every one."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a batch is made; nothing in the results depends on it.

    Parameters
    ----------
    runner : Runner
        Without chunks: they lie in the folder.
    watch : Watch
    waiting : callable, optional
        Called if another process is at work in the folder.
    command : tuple of str
        What was typed.
    """

    runner: Runner
    watch: Watch = Silent()  # noqa: RUF009 - it has no state
    waiting: Callable[[], None] | None = None
    command: tuple[str, ...] = ()


def run_in(folder: Path, batch: Batch, making: Making) -> Outcome:
    """Simulate a batch into a folder, or what is missing of it there.

    Parameters
    ----------
    folder : Path
        New, empty, or holding this batch, finished or not.
    batch : Batch
    making : Making

    Returns
    -------
    Outcome
        That reads the files of the folder.

    Raises
    ------
    IopsimError
        If the folder holds anything else or more replications, or cannot be written; what was done before is kept.
    """
    begun = datetime.datetime.now(datetime.UTC)
    claim(folder, batch.identity)
    with alone(folder, making.waiting) as locked:
        if locked:
            swept(folder)
        chunks = Chunks(folder / CHUNKS)
        runner = replace(making.runner, chunks=chunks)
        batch = settled(batch, runner)
        if batch.replications is not None:
            _refuse_fewer(folder, batch.replications)
            outcome = _outcome(folder, batch, batch.replications, redrawn=_redrawn(folder, batch))
            if _vouched(folder, outcome):
                making.runner.engine.note(str(held(folder / MANIFEST)[ENGINE]))
                _tell_all(outcome, making)
                return outcome
        redrawn: dict[str, int] = {}
        replications, failures, looked = _simulated(batch, replace(runner, redrawn=redrawn), making.watch)
        _refuse_fewer(folder, replications)
        outcome = _outcome(folder, batch, replications, failures, looked, redrawn)
        if not _vouched(folder, outcome):
            try:
                _assemble(folder, chunks, outcome, making, begun)
            except OSError as error:
                raise stopped(folder, error) from None
    return outcome


def _outcome(
    folder: Path,
    batch: Batch,
    replications: int,
    failures: Failed | None = None,
    looked: Looked | None = None,
    redrawn: Mapping[str, int] | None = None,
) -> Outcome:
    told = (failures or [], looked, folder, redrawn or {})
    return Outcome(batch, replications, reader(folder, batch, replications), *told)


def _redrawn(folder: Path, batch: Batch) -> dict[str, int]:
    """Return how many draws were refused, by key of the point, as the manifest of a folder says."""
    arms = held(folder / MANIFEST).get("arms")
    told = arms if isinstance(arms, dict) else {}
    found = ((point.key, told.get(plan.name)) for plan, point in zip(batch.plans, batch.points, strict=True))
    return {key: said["redrawn"] for key, said in found if isinstance(said, dict) and "redrawn" in said}


def _tell_all(outcome: Outcome, making: Making) -> None:
    """Tell who watches that all is there."""
    replications = outcome.replications * len(outcome.batch.unique_points)
    making.watch.expects(replications)
    if making.runner.progress:
        making.runner.progress(replications)


def description(outcome: Outcome) -> dict[str, object]:
    """Return what the manifest says of a batch, but for its files."""
    batch = outcome.batch
    said: dict[str, object] = {
        "kind": "batch",
        "name": batch.name,
        "question": batch.question,
        "seed": batch.seed,
        "replications": outcome.replications,
        "confidence": batch.confidence,
        "baseline": outcome.baseline,
        "measures": [measure.name for measure in batch.measures],
        "warm_up_weeks": batch.warm_up,
        "by": list(batch.by),
        "keep": list(batch.keep),
        "precision": outcome.looked.described(batch.precision) if outcome.looked and batch.precision else None,
        "arms": {
            plan.name: {
                "about": plan.about,
                "levels": dict(plan.levels),
                "scenario": plan.scenario.name,
                "scenario_hash": plan.scenario.hash,
                "inputs": None if plan.inputs is None else plan.inputs.hash,
                "redrawn": outcome.redrawn_by_arm[plan.name],
                "key": point.key,
                "failed": [failure.replication for at, failure in outcome.failures if at == place],
            }
            for place, (plan, point) in enumerate(zip(batch.plans, batch.points, strict=True))
        },
        **versions(),
    }
    return said


def versions() -> dict[str, object]:
    """Return what a manifest says of the programs that made its results."""
    return {
        "format": FORMAT,
        "source": source_hash(),
        "tables_source": tables_hash(),
        "iopsim": iopsim.__version__,
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def reader(folder: Path, batch: Batch, replications: int) -> Callable[[int, int], I64]:
    """Return a function that reads the fractions of a plan and a measure from the files of a folder."""
    paths = [folder / ARMS / plan.name / "fractions.parquet" for plan in batch.plans]

    @lru_cache(maxsize=2)
    def whole(plan: int) -> I64:
        table = read(paths[plan]).drop_columns(["replication"])
        return np.stack([column.to_numpy() for column in table.columns], axis=1).reshape(-1, len(CATALOGUE), 2)[
            :replications
        ]

    def fractions(plan: int, column: int) -> I64:
        if replications <= READ_WHOLE:
            return whole(plan)[:, column]
        name = CATALOGUE[column].name
        table = read(paths[plan], [f"{name}_numerator", f"{name}_denominator"])
        return np.stack([one.to_numpy() for one in table.columns], axis=1)[:replications]

    return fractions


def _simulated(batch: Batch, runner: Runner, watch: Watch) -> tuple[int, Failed, Looked | None]:
    """Simulate all that is missing; return how many replications there are of each arm, and what failed."""
    points, failures = batch.unique_points, list[tuple[int, Failure]]()
    if batch.precision is not None:

        def stage(first: int, last: int) -> I64:
            watch.expects(last * len(points))
            found, failed = runner.fractions(points, first, last)
            failures.extend(failed)
            return found

        looked = reach(batch, stage)
        replications = looked.replications
    else:
        assert batch.replications is not None
        looked, replications = None, batch.replications
        watch.expects(replications * len(points))
        for place, part in runner.parts(points, 0, replications):
            failures.extend((place, failure) for failure in part.failures)
    places = {point.key: place for place, point in enumerate(points)}
    return replications, by_plan(failures, [places[point.key] for point in batch.points]), looked


def _assemble(folder: Path, chunks: Chunks, outcome: Outcome, making: Making, begun: datetime.datetime) -> None:
    """Make every file from the chunks beside its place, then let all take their places, the manifest last."""
    batch, draft = outcome.batch, folder / f"{DRAFT}-{platform.node()}-{os.getpid()}"
    try:
        for plan, point in zip(batch.plans, batch.points, strict=True):
            arm = draft / ARMS / plan.name
            arm.mkdir(parents=True)
            resolved = plan.resolved()
            (arm / "scenario.toml").write_text(resolved_toml(resolved), encoding="utf-8")
            (arm / ASSUMPTIONS).write_text(csv_text(assumption_rows(resolved)), encoding="utf-8")
            write_tables(arm, chunks, point, outcome.replications)
        if batch.text:
            (draft / "experiment.toml").write_text(batch.text, encoding="utf-8")
        _write_failures(draft, outcome)
        drafted = replace(outcome, fractions=reader(draft, batch, outcome.replications))
        compared = {measure.name for measure in batch.measures}
        names = compared if len(batch.plans) > MANY_ARMS else None
        (draft / "summary.csv").write_text(csv_text(drafted.rows(names)), encoding="utf-8")
        (draft / "arms.csv").write_text(csv_text(outcome.arm_rows()), encoding="utf-8")
        if len(batch.plans) > 1:
            (draft / "differences.csv").write_text(csv_text(drafted.difference_rows()), encoding="utf-8")
        files = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        digests = {name: digest(draft / name) for name in files}
        engine = making.runner.engine
        said = {**description(outcome), **engine.described(), **compilers(engine.ran), "sha256": digests}
        manifest = json.dumps(said, indent=2, default=str) + "\n"
        (draft / MANIFEST).write_text(manifest, encoding="utf-8")
        (draft / MADE).write_text(json.dumps(made(making, begun), indent=2) + "\n", encoding="utf-8")
        _remove_others(folder, files)
        for name in (*files, MADE, MANIFEST):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).replace(folder / name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_failures(draft: Path, outcome: Outcome) -> None:
    """Write what is known of each replication that failed: where, the traceback, and the scenario."""
    batch = outcome.batch
    text = cache(lambda place: resolved_toml(batch.plans[place].resolved()))
    for place, failure in outcome.failures:
        plan = batch.plans[place]
        scenario = text(place) if plan.inputs is None else _drawn_toml(plan, failure.replication)
        path = draft / "failures" / f"{plan.name}-{failure.replication:07d}.txt"
        path.parent.mkdir(exist_ok=True)
        head = f"arm {plan.name}, replication {failure.replication}, seed {batch.seed}, scenario {plan.scenario.hash}"
        path.write_text(f"{head}\n\n{failure.traceback}\n{scenario}", encoding="utf-8")


def _drawn_toml(plan: Plan, replication: int) -> str:
    """Return the scenario of a replication of drawn inputs; that of the plan, if drawing is what failed."""
    assert plan.inputs is not None
    try:
        return resolved_toml(replace(plan.resolved(), scenario=plan.inputs.scenario(replication)))
    except Exception as error:
        return f"# its inputs could not be drawn ({error}); this is the plan\n{resolved_toml(plan.resolved())}"


def _remove_others(folder: Path, files: Collection[str]) -> None:
    """Remove what an earlier assembling of this batch has made and this one has not."""
    failures = (path.relative_to(folder).as_posix() for path in (folder / "failures").glob("*.txt"))
    tables = (path.relative_to(folder).as_posix() for path in (folder / ARMS).glob("*/*.parquet"))
    for name in {*failures, *tables, "experiment.toml"} - set(files):
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        (folder / "failures").rmdir()


def made(making: Making, begun: datetime.datetime) -> dict[str, object]:
    """Return what tells of time and machine."""
    now = datetime.datetime.now(datetime.UTC)
    return {
        "made": now.isoformat(timespec="seconds"),
        "seconds": round((now - begun).total_seconds(), 1),
        "machine": platform.platform(),
        "host": platform.node(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "workers": making.runner.executor.workers,
        "executor": type(making.runner.executor).__name__,
        "command": list(making.command),
    }


def _refuse_fewer(folder: Path, replications: int) -> None:
    there = held(folder / MANIFEST).get("replications")
    if isinstance(there, int) and there > replications:
        raise IopsimError(
            f"{folder}: found {there:,} replications of each arm, more than the {replications:,} asked for; ask for as "
            f"many or more, or {MENDING}"
        )


def _vouched(folder: Path, outcome: Outcome) -> bool:
    """Whether the manifest says just this, and every file is as it says."""
    found = dict(held(folder / MANIFEST))
    digests = found.pop("sha256", None)
    if not all(isinstance(found.pop(name, None), str) for name in (ENGINE, ASKED)):
        return False
    for name in COMPILERS:
        found.pop(name, None)
    if not isinstance(digests, dict) or found != json.loads(json.dumps(description(outcome), default=str)):
        return False
    text = outcome.batch.text
    if digests.get("experiment.toml") != (hashlib.sha256(text.encode()).hexdigest() if text else None):
        return False
    return all((folder / name).is_file() and digest(folder / name) == said for name, said in digests.items())


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def swept(folder: Path) -> None:
    """Remove what a batch that was killed has left beside its files."""
    sweep(folder)
    for draft in folder.glob(f"{DRAFT}-*"):
        shutil.rmtree(draft, ignore_errors=True)
    for draft in (folder / CHUNKS).glob("*/.*"):
        with suppress(OSError):
            draft.unlink()

"""A sizing in a folder: chunks as they are done, then the answer, then a manifest that vouches for it.

    batch.json          whose folder this is
    manifest.json       versions, plans with their hashes, targets, the answer, and the SHA-256 of every file below
    made.json           when, where and by which command; the only file that tells of time and machine
    sizing.toml         the sizing file
    sizing.csv          a row for each plan
    scenario.toml       the plan chosen, or else the one nearest to the targets; assumptions.csv: its values' origins
    failures/           replications that failed: traceback and scenario
    chunks/             finished replications, from which a sizing goes on; may be deleted

The same sizing gives the same bytes, made.json aside, with however many workers and however often it was stopped.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import shutil
from dataclasses import replace
from pathlib import Path

from iopsim.errors import IopsimError
from iopsim.experiments.assumptions import ASSUMPTIONS, assumption_rows
from iopsim.experiments.batch_folder import ASKED, CHUNKS, DRAFT, MADE, Making, digest, made, swept, versions
from iopsim.experiments.batch_tables import csv_text
from iopsim.experiments.engine import compilers
from iopsim.experiments.size import Sized, size
from iopsim.experiments.size_stage import Simulation
from iopsim.experiments.size_words import promise, rows, sentences
from iopsim.experiments.sizing import Sizing
from iopsim.experiments.targets import Target
from iopsim.scenario import resolved_toml
from iopsim.store.chunks import Chunks
from iopsim.store.claim import alone, claim
from iopsim.store.folder import MANIFEST, MENDING, held, stopped

SIZING_TOML = "sizing.toml"
SIZING_CSV = "sizing.csv"


def size_in(folder: Path, sizing: Sizing, making: Making) -> Sized:
    """Answer a question of size, and keep the answer and all that was simulated for it in a folder.

    Parameters
    ----------
    folder : Path
        New, empty, or holding this sizing, finished or not, with no greater `most`.
    sizing : Sizing
    making : Making

    Raises
    ------
    IopsimError
        If the folder holds anything else or cannot be written; what was done before is kept.
    """
    begun = datetime.datetime.now(datetime.UTC)
    claim(folder, identity(sizing))
    with alone(folder, making.waiting) as locked:
        if locked:
            swept(folder)
        there = held(folder / MANIFEST).get("most")
        if isinstance(there, int) and there > sizing.most:
            raise IopsimError(
                f"{folder}: found that up to {there:,} replications of a plan were allowed, more than the "
                f"{sizing.most:,} asked for; allow as many or more, or {MENDING}"
            )
        runner = replace(making.runner, chunks=Chunks(folder / CHUNKS))
        found = size(sizing, Simulation(sizing, runner, making.watch))
        try:
            _write(folder, found, making, begun)
        except OSError as error:
            raise stopped(folder, error) from None
    return found


def identity(sizing: Sizing) -> dict[str, object]:
    """Return what makes it another sizing than others; not how many replications it may take."""
    objective = sizing.objective
    said: dict[str, object] = {
        "plans": {one.arm.name: one.arm.hash for one in sizing.candidates},
        "targets": {target.name: _target(target) for target in sizing.targets},
        "objective": {
            "minimize": objective.measure.name if objective.measure else "size",
            "indifference": objective.indifference,
            "size": dict(objective.size),
        },
        "confidence": sizing.confidence,
        "first_stage": sizing.first_stage,
        "seed": sizing.seed,
    }
    key = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return {"name": sizing.name, **said, "key": key}


def description(found: Sized) -> dict[str, object]:
    """Return what a document says of a sizing and its answer, but for the rows of the plans."""
    sizing = found.sizing

    def named(places: tuple[int, ...]) -> list[str]:
        return [sizing.candidates[place].arm.name for place in places]

    return {
        "kind": "sizing",
        "question": sizing.question,
        **identity(sizing),
        "most": sizing.most,
        "answer": sentences(found),
        "promise": promise(sizing),
        "chosen": None if found.chosen is None else sizing.candidates[found.chosen].arm.name,
        "as_small": named(found.as_small),
        "feasible": named(found.feasible),
        "undecided": named(found.undecided),
        "failed": named(found.failing),
        "not_told_apart": named(found.remaining),
        "nearest": None if found.nearest is None else sizing.candidates[found.nearest].arm.name,
        "replications": found.replications,
        "compared_from_replication": found.from_replication if any(one.compared for one in found.standings) else None,
        **versions(),
    }


def _target(target: Target) -> dict[str, object]:
    return {
        "measure": target.measure.name,
        "month": target.month,
        "at_least" if target.at_least else "at_most": target.bound,
        "as": target.kind,
        "chance": target.chance,
        "tolerance": target.tolerance,
    }


def _write(folder: Path, found: Sized, making: Making, begun: datetime.datetime) -> None:
    """Make every file beside its place, then let all take their places, the manifest last."""
    sizing, draft = found.sizing, folder / f"{DRAFT}-{platform.node()}-{os.getpid()}"
    try:
        draft.mkdir(parents=True)
        (draft / SIZING_TOML).write_text(sizing.text, encoding="utf-8")
        (draft / SIZING_CSV).write_text(csv_text(rows(found)), encoding="utf-8")
        _write_plan(draft, found)
        _write_failures(draft, found)
        files = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        engine = making.runner.engine
        engines = {**engine.described(), **compilers(engine.ran)}
        said = {**description(found), **engines, "sha256": {name: digest(draft / name) for name in files}}
        manifest = json.dumps(said, indent=2) + "\n"
        if _is_there(folder, manifest, files):
            return
        (draft / MANIFEST).write_text(manifest, encoding="utf-8")
        (draft / MADE).write_text(json.dumps(made(making, begun), indent=2) + "\n", encoding="utf-8")
        shutil.rmtree(folder / "failures", ignore_errors=True)
        for name in (*files, MADE, MANIFEST):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).replace(folder / name)
        for name in {"scenario.toml", ASSUMPTIONS} - set(files):
            (folder / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _is_there(folder: Path, manifest: str, files: list[str]) -> bool:
    """Whether the folder holds just this already, so that made.json tells of when it was made."""
    there, new = dict(held(folder / MANIFEST)), json.loads(manifest)
    if {**there, ASKED: ""} != {**new, ASKED: ""}:
        return False
    digests = new["sha256"]
    return all((folder / name).is_file() and digest(folder / name) == digests[name] for name in files)


def answer_of(found: Sized) -> int | None:
    """Return the place of the plan that answers: the one chosen, or else the one nearest to the targets."""
    return found.nearest if found.chosen is None else found.chosen


def _write_plan(draft: Path, found: Sized) -> None:
    """Write the plan that answers, so that it can be read without the files it was made from."""
    place = answer_of(found)
    if place is not None:
        resolved = found.sizing.resolve(found.sizing.candidates[place])
        (draft / "scenario.toml").write_text(resolved_toml(resolved), encoding="utf-8")
        (draft / ASSUMPTIONS).write_text(csv_text(assumption_rows(resolved)), encoding="utf-8")


def _write_failures(draft: Path, found: Sized) -> None:
    """Write what is known of each replication that failed: where, the traceback, and the scenario."""
    sizing = found.sizing
    for place, failure in found.failures:
        candidate = sizing.candidates[place]
        path = draft / "failures" / f"{candidate.arm.name}-{failure.replication:07d}.txt"
        path.parent.mkdir(exist_ok=True)
        head = f"plan {candidate.arm.name}, replication {failure.replication}, seed {sizing.seed}"
        scenario = resolved_toml(sizing.resolve(candidate))
        path.write_text(f"{head}\n\n{failure.traceback}\n{scenario}", encoding="utf-8")

"""A batch and its outcome, made again from the files of their folder; nothing is simulated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from iopsim.experiments.batch import COLUMN, Batch, Failed, Looked, Plan, Precision
from iopsim.experiments.batch_folder import CHUNKS, reader
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.twins import MOST_POINTS, MOST_TWINS
from iopsim.experiments.uncertainty import TWIN, draw_inputs
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.record import I64
from iopsim.scenario import Resolved
from iopsim.stats.intervals import F64
from iopsim.stats.stopping import Target
from iopsim.store.chunks import Chunks
from iopsim.store.part import Failure

Values = Callable[[Measure, int], F64]
"""Returns the values of a measure, and of its place in the catalogue, by replication."""


def sought_in(manifest: Mapping[str, Any]) -> Precision | None:
    """Return the precision that a manifest says was asked for; None where none was."""
    said = manifest.get("precision")
    if not said:
        return None
    targets = {}
    for name, text in said["half_widths"].items():
        number, percent, _ = text.partition(" %")
        targets[name] = Target(float(number), relative=bool(percent), span=CATALOGUE[COLUMN[name]].span)
    return Precision(targets, said["most"], said["stages"])


def looked_at(
    sought: Precision, arms: Mapping[str, Values], manifest: Mapping[str, Any], confidence: float = 0.95
) -> Looked | None:
    """Look again at what a precision was looked at; None if that does not end where it ended then.

    Parameters
    ----------
    sought : Precision
    arms : mapping of str to callable
        What each arm gave, by its name; empty for a run.
    manifest : mapping
    confidence : float
        With which all intervals hold together.
    """
    names = {f"{arm}: {name}" if arm else name: (arm, name) for arm in arms for name in sought.targets}
    every = {told: arms[arm](CATALOGUE[COLUMN[name]], COLUMN[name]) for told, (arm, name) in names.items()}

    def more(first: int, last: int) -> dict[str, F64]:
        return {told: values[first:last] for told, values in every.items()}

    targets = {told: sought.targets[name] for told, (_, name) in names.items()}
    with suppress(ValueError, IndexError):
        found = sought.reach(more, targets, confidence)
        if [look.replications for look in found.looks] == manifest["precision"]["looks"]:
            return found
    return None


def batch_in(
    manifest: Mapping[str, Any],
    plans: Mapping[str, Resolved],
    resolver: Callable[[str], Callable[[], Resolved]],
    text: str,
) -> Batch:
    """Return the batch that a manifest tells of.

    Parameters
    ----------
    manifest : mapping
    plans : mapping of str to Resolved
        By arm.
    resolver : callable
        From the name of an arm to what returns its scenario.
    text : str
        The experiment file; empty if there was none.
    """
    sought = sought_in(manifest)
    arms = manifest["arms"]
    return Batch(
        name=manifest["name"],
        question=manifest["question"],
        plans=tuple(
            Plan(
                name,
                plan.scenario,
                resolver(name),
                arms[name]["about"],
                arms[name]["levels"],
                draw_inputs(plan, manifest["seed"]) if arms[name]["inputs"] else None,
            )
            for name, plan in plans.items()
        ),
        measures=tuple(CATALOGUE[COLUMN[name]] for name in manifest["measures"]),
        seed=manifest["seed"],
        replications=None if sought else manifest["replications"],
        precision=sought,
        confidence=manifest["confidence"],
        warm_up=manifest["warm_up_weeks"],
        by=tuple(manifest["by"]),
        keep=tuple(manifest["keep"]),
        text=text,
    )


def outcome_in(folder: Path, manifest: Mapping[str, Any], batch: Batch) -> Outcome:
    """Return the outcome of a batch from the files of its folder.

    Twins are read from the chunks, and are not there if the chunks have been deleted.
    """
    n = manifest["replications"]
    fractions = reader(folder, batch, n)
    looked = None
    if batch.precision is not None:
        arms = {plan.name: _values(fractions, place) for place, plan in enumerate(batch.plans)}
        looked = looked_at(batch.precision, arms, manifest, batch.confidence)
    said = manifest["arms"]
    redrawn = {point.key: said[plan.name]["redrawn"] for plan, point in zip(batch.plans, batch.points, strict=True)}
    twins = _twins(folder, manifest, batch) if all(plan.inputs for plan in batch.plans) else ()
    failures, engine = _failures(folder, manifest), manifest.get("engine", "")
    return Outcome(batch, n, fractions, failures, looked, folder, redrawn, twins, engine)


def _values(fractions: Callable[[int, int], I64], place: int) -> Values:
    return lambda measure, column: measure.values(fractions(place, column))


def _failures(folder: Path, manifest: Mapping[str, Any]) -> Failed:
    """Return what failed, with the traceback, which stands between the first line of its file and the scenario."""
    found = []
    for place, (arm, said) in enumerate(manifest["arms"].items()):
        for number in said["failed"]:
            text = (folder / "failures" / f"{arm}-{number:07d}.txt").read_text(encoding="utf-8")
            traceback = text.partition("\n\n")[2].partition("\n# ")[0]
            found.append((place, Failure(number, traceback)))
    return found


def _twins(folder: Path, manifest: Mapping[str, Any], batch: Batch) -> tuple[I64, ...]:
    """Return the fractions of the twins of each arm; none where they are not all there."""
    keys = [manifest["arms"][plan.name]["key"] for plan in batch.plans]
    if len(set(keys)) > MOST_POINTS:
        return ()
    n = min(manifest["replications"], MOST_TWINS)
    chunks, found = Chunks(folder / CHUNKS), dict[str, I64]()
    for key in set(keys):
        rows = np.zeros((n, len(CATALOGUE), 2), dtype=np.int64)
        place = TWIN
        for part in chunks.parts(key, TWIN, TWIN + n, with_failures=True):
            if part.first != place:
                break
            place = part.last
            if part.facts is not None:
                at = np.array(part.numbers) - TWIN
                rows[at, :, 0], rows[at, :, 1] = part.facts.numerators, part.facts.denominators
        if place != TWIN + n:
            return ()
        found[key] = rows
    return tuple(found[key] for key in keys)

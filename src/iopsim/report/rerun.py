"""How to have the same numbers again: the command, where it is typed, and what comes out of it."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from iopsim.experiments.batch import Batch, Looked, Precision
from iopsim.experiments.outcome import Outcome
from iopsim.report.inert import inert
from iopsim.report.subject import Subject

MOST_ARMS = 40
"""Plans that a command names one by one."""

CONFIDENCE = 0.95
"""What `iopsim compare` takes if it is told nothing else."""

BARE = re.compile(r"[A-Za-z_]+|\d{4}-\d\d-\d\d|\d\d:\d\d(:\d\d)?")
"""Words, dates and times, which a change has without quotes."""

WITH_DEFAULTS = "The results lie in one folder with the scenario as it was run, every default written out."

DRAWN = (
    "Which inputs are drawn goes by the file as it was before its defaults were written out, so the copy in the "
    "results would draw others from the same ranges."
)

OF_A_RUN = "With the versions below, every table in again/tables is then that of tables, byte for byte."

OF_ARMS = (
    "With the versions below, every table of a plan (arms/*/*.parquet) is then that of these results, byte for byte"
)

RENAMED = "the plans are called scenario, scenario-2 and so on, in this order"


@dataclass(frozen=True)
class Rerun:
    """How to have the same numbers again.

    Parameters
    ----------
    before : str
        Where the command is typed, and what it needs.
    command : str
        Empty where there is none.
    after : str
        What comes out of it.
    """

    before: str
    command: str = ""
    after: str = ""


def rerun(subject: Subject) -> Rerun:
    """Return how to have the same numbers again.

    Parameters
    ----------
    subject : Subject
    """
    outcome = subject.outcome
    if outcome is None:
        return _of_a_run(subject)
    if outcome.batch.text:
        return _of_an_experiment(outcome)
    drawn = any(plan.inputs for plan in outcome.batch.plans)
    return _as_typed(subject) if drawn else _of_plans(outcome)


def _of_a_run(subject: Subject) -> Rerun:
    result, manifest = subject.result, subject.opened.manifest
    how_often = list(_how_often(result.sought, result.looked, result.replications))
    words = [*how_often, "--seed", str(result.seed)]
    words += [word for name in manifest.get("by", ()) for word in ("--by", name)]
    words += _warm_up(result.warm_up)
    more = " The other files may differ in where values come from: there, every one comes from scenario.toml."
    if not subject.n_drawn:
        return Rerun(
            f"{WITH_DEFAULTS} In that folder, type:", _typed("run", "scenario.toml", *words), f"{OF_A_RUN}{more}"
        )
    changes = [word for text in _changes(manifest.get("changes", {})) for word in ("--set", text)]
    return Rerun(
        f"{WITH_DEFAULTS} {DRAWN} Type, with the plan's own file in the place of plan.toml:",
        _typed("run", "plan.toml", *changes, *words, "--uncertain"),
        OF_A_RUN,
    )


def _of_an_experiment(outcome: Outcome) -> Rerun:
    """Say how to run the experiment file again, which tells all but where its base is."""
    batch = outcome.batch
    base = inert(str(tomllib.loads(batch.text).get("base", "")), 500)
    how_often = [] if outcome.looked is not None else ["--replications", str(outcome.replications)]
    drawn = ["--uncertain"] if any(plan.inputs for plan in batch.plans) else []
    return Rerun(
        "The results lie in one folder with the scenario of each plan as it was run, every default written out, and "
        f"with experiment.toml, a copy of the experiment's file. It names its base as {base}, as seen from where it "
        "lies: copy it to a folder from which that path leads to the base's file, and type there:",
        _typed("experiment", "experiment.toml", *how_often, "--seed", str(batch.seed), *drawn),
        f"{OF_ARMS}.",
    )


def _of_plans(outcome: Outcome) -> Rerun:
    """Say how to compare the plans' own scenarios again."""
    batch = outcome.batch
    before = (
        "The results lie in one folder with the scenario of each plan as it was run, every default written out, in "
        "arms/PLAN/scenario.toml."
    )
    if len(batch.plans) > MOST_ARMS:
        return Rerun(f"{before} There are too many plans to name them all in one command.")
    files = [f"arms/{plan.name}/scenario.toml" for plan in batch.plans]
    return Rerun(
        f"{before} In that folder, type:",
        _typed("compare", *files, *_how_often(batch.precision, outcome.looked, outcome.replications), *_asked(batch)),
        f"{OF_ARMS}; {RENAMED}.",
    )


def _asked(batch: Batch) -> Iterator[str]:
    yield from ("--seed", str(batch.seed))
    yield from (word for measure in batch.measures for word in ("--measure", measure.name))
    if batch.confidence != CONFIDENCE:
        yield from ("--confidence", f"{batch.confidence:g}")
    yield from _warm_up(batch.warm_up if isinstance(batch.warm_up, int) else None)


def _as_typed(subject: Subject) -> Rerun:
    """Say what was typed, of a comparison with drawn inputs."""
    before = "The results lie in one folder with the scenario of each plan as it was run, every default written out."
    typed = [str(word) for word in subject.opened.made.get("command", ())]
    if len(typed) < 2:
        return Rerun(f"{before} {DRAWN} They were made in Python, with iopsim.compare or iopsim.experiment.")
    return Rerun(
        f"{before} {DRAWN} In the folder in which the comparison was made, with its files as they were, type:",
        _typed(*_without_out(typed[1:])),
        f"{OF_ARMS}.",
    )


def _without_out(words: Sequence[str]) -> Iterator[str]:
    """Yield what was typed but for the folder of the results."""
    skipped = False
    for word in words:
        if not skipped and word not in ("--out", "-o") and not word.startswith("--out="):
            yield word
        skipped = not skipped and word in ("--out", "-o")


def _how_often(sought: Precision | None, looked: Looked | None, replications: int) -> Iterator[str]:
    """Yield how often to simulate: until the same precision, or as often as it was."""
    if sought is None or looked is None:
        yield from ("--replications", str(replications))
        return
    for name, target in sought.targets.items():
        yield from ("--precision", f"{name}={target.half_width:g}{'%' if target.relative else ''}")
    yield from ("--most", str(sought.most), "--stages", sought.stages)


def _warm_up(weeks: int | None) -> Sequence[str]:
    return [] if weeks is None else ["--warm-up", str(weeks)]


def _changes(changes: Mapping[str, object]) -> Iterator[str]:
    for path, value in changes.items():
        bare = isinstance(value, str) and BARE.fullmatch(value)
        yield f"{path}={value if bare else json.dumps(value, ensure_ascii=False)}"


def _typed(*words: str) -> str:
    return inert(shlex.join(["iopsim", *words, "--out", "again"]), 20_000)

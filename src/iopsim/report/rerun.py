"""How to have the same results again: the command, from the folder of the results."""

from __future__ import annotations

import shlex

from iopsim.report.inert import inert
from iopsim.report.subject import Subject


def command_of(subject: Subject) -> str:
    """Return the command that makes the same results again, typed in the folder of the results.

    Parameters
    ----------
    subject : Subject
    """
    outcome, result = subject.outcome, subject.result
    if outcome is None:
        words = ["iopsim", "run", "scenario.toml", "--replications", str(result.replications)]
        words += ["--seed", str(result.seed)]
        words += [word for name in subject.opened.manifest.get("by", ()) for word in ("--by", name)]
        words += ["--warm-up", str(result.warm_up)] if result.warm_up else []
        words += ["--uncertain"] if subject.opened.manifest.get("uncertain") else []
        return shlex.join([*words, "--out", "again"])
    batch = outcome.batch
    if batch.text:
        return inert(shlex.join(_typed(subject)), 1000)
    files = [f"arms/{plan.name}/scenario.toml" for plan in batch.plans]
    words = ["iopsim", "compare", *files, "--replications", str(outcome.replications), "--seed", str(batch.seed)]
    words += ["--measure", ",".join(measure.name for measure in batch.measures)]
    words += ["--confidence", str(batch.confidence)]
    words += ["--warm-up", str(result.warm_up)] if result.warm_up else []
    return shlex.join([*words, "--out", "again"])


def _typed(subject: Subject) -> list[str]:
    """Return the command that made a batch, as it was typed; of one made in Python, one that makes the same."""
    typed = [str(word) for word in subject.opened.made.get("command", ())]
    if len(typed) > 1:
        return ["iopsim", *typed[1:]]
    assert subject.outcome is not None
    return ["iopsim", "experiment", "experiment.toml", "-n", str(subject.outcome.replications), "--out", "again"]

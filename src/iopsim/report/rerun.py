"""How to have the same results again: the command, from the folder of the results."""

from __future__ import annotations

import shlex

from iopsim.report.inert import inert
from iopsim.report.subject import Subject

LONGEST = 2000
"""Signs of a command that are shown."""


def command_of(subject: Subject) -> str:
    """Return the command that makes the same results again; empty for a batch that was made in Python.

    That of a run is typed in the folder of its results; that of a batch is the one that made it, as it was typed.

    Parameters
    ----------
    subject : Subject
    """
    opened, result = subject.opened, subject.result
    if subject.outcome is not None:
        typed = [str(word) for word in opened.made.get("command", ())]
        return inert(shlex.join(["iopsim", *typed[1:]]), LONGEST) if len(typed) > 1 else ""
    words = ["iopsim", "run", "scenario.toml", "--replications", str(result.replications)]
    words += ["--seed", str(result.seed)]
    words += [word for name in opened.manifest.get("by", ()) for word in ("--by", name)]
    words += ["--warm-up", str(result.warm_up)] if result.warm_up else []
    words += ["--uncertain"] if subject.n_drawn else []
    return shlex.join([*words, "--out", "again"])

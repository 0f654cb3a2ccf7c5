"""Side by side: runs from several results folders as the arms of one outcome, if they met the same luck."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import partial

import numpy as np

from iopsim.errors import IopsimError
from iopsim.experiments.batch import Batch, Plan
from iopsim.experiments.opened import Opened
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.plan import BOARD
from iopsim.experiments.result import Result
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.record import I64

LONGEST = 60
"""Letters of an arm's name at most, without the number that tells it from others."""

MEND = "compare plans in one go, so that they meet the same people: iopsim compare SCENARIO SCENARIO"


def side_by_side(runs: Sequence[Opened], measures: Sequence[Measure] | None = None) -> Outcome:
    """Return runs as the arms of one outcome, the first as the baseline.

    Parameters
    ----------
    runs : sequence of Opened
        Two or more; each the results folder of a single run.
    measures : sequence of Measure, optional
        What is compared; what a board reads, if none are named.

    Returns
    -------
    Outcome

    Raises
    ------
    IopsimError
        If there are fewer than two, one is no single run, or they cannot be paired: their seeds, replications, lengths,
        warm-ups or versions differ, inputs were drawn in some only, or a replication failed. It says what
        differs, in which folders, and how to mend it.

    Notes
    -----
    Replication k of all runs with the same seed meets the same people with the same luck, so that differences are
    paired as those of `iopsim.compare`. The same holds of drawn inputs, as far as two plans share what is not known.
    """
    if len(runs) < 2:
        raise IopsimError("one folder: two runs or more are put side by side")
    for run in runs:
        if run.kind != "run":
            raise IopsimError(
                f"{run.folder}: found a {run.told}, and only single runs are put side by side; a comparison or an "
                "experiment stands alone: name no other folder beside it"
            )
    results = [run.result() for run in runs]
    _same_luck(runs, results)
    names = unique([result.scenario.name for result in results], [run.folder.resolve().name for run in runs])
    plans = tuple(
        Plan(
            name,
            result.scenario,
            partial(run.plan, ""),
            inputs=None if result.ignorance is None else result.ignorance.inputs,
        )
        for name, run, result in zip(names, runs, results, strict=True)
    )
    first = results[0]
    if measures is None:
        by_name = {measure.name: measure for measure in CATALOGUE}
        measures = [by_name[name] for name in BOARD]
    batch = Batch(
        "-or-".join(names)[:LONGEST],
        "",
        plans,
        tuple(measures),
        first.seed,
        first.replications,
        warm_up=first.warm_up,
    )
    fractions = [np.stack([result.facts.numerators, result.facts.denominators], axis=-1) for result in results]

    def told(plan: int, column: int) -> I64:
        return fractions[plan][:, column]

    return Outcome(batch, first.replications, told)


def _same_luck(runs: Sequence[Opened], results: Sequence[Result]) -> None:
    """Refuse runs of which the k-th replications did not meet the same people."""
    told = {
        "seed": [str(result.seed) for result in results],
        "replications": [f"{result.replications:,}" for result in results],
        "length of the run": [f"{result.scenario.weeks:,} weeks" for result in results],
        "warm-up": ["none" if one.warm_up is None else f"{one.warm_up} weeks" for one in results],
        "drawn inputs": ["yes" if "uncertain" in run.manifest else "no" for run in runs],
        "version": [str(run.manifest.get("iopsim", "unknown")) for run in runs],
    }
    differ = [
        f"{what} {', '.join(f'{value} ({run.folder})' for value, run in zip(values, runs, strict=True))}"
        for what, values in told.items()
        if len(set(values)) > 1
    ]
    if differ:
        raise IopsimError(
            f"found runs that cannot be paired: {'; '.join(differ)}. Run them again with the same, or {MEND}"
        )
    for run, result in zip(runs, results, strict=True):
        if result.replications != run.manifest.get("replications", result.replications):
            raise IopsimError(
                f"{run.folder}: found {result.replications:,} of {run.manifest['replications']:,} replications, as the "
                f"others failed; which of them pair with those of other runs is not known. Run it again, or {MEND}"
            )


def unique(names: Sequence[str], instead: Sequence[str]) -> list[str]:
    """Return names of arms: those of the scenarios, of their folders where those are not unique, numbered at last.

    Parameters
    ----------
    names : sequence of str
        Of scenarios.
    instead : sequence of str
        Of folders, one for each.
    """
    plain = [_plain(name) for name in names]
    keys = [name.casefold() for name in plain]
    wanted = [
        name if name and keys.count(key) == 1 else _plain(folder)
        for name, key, folder in zip(plain, keys, instead, strict=True)
    ]
    found: list[str] = []
    for name in wanted:
        name, number = name or "run", 1
        stem = name
        while name.casefold() in {one.casefold() for one in found}:
            number += 1
            name = f"{stem} {number}"
        found.append(name)
    return found


def _plain(name: str) -> str:
    """Return a name of letters, digits and blanks that can be that of an arm."""
    letters = unicodedata.normalize("NFKC", name)
    return re.sub(r"[^\w+=-]+", " ", letters).strip(" +=-")[:LONGEST].strip()

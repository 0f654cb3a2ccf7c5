"""Run replications of one scenario in memory: whole numbers by replication out.

Each replication is reduced to its measures and series as soon as it has run (57 kB for two years of Palmetto), so
memory grows by those and not by whole records, and no more than that while it runs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from iopsim.experiments.batch import COLUMN, Looked, Precision
from iopsim.experiments.engine import Choice
from iopsim.experiments.executors.executor import Executor, Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Progress, Runner
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import Facts, joined, room
from iopsim.stats.intervals import F64


def replicate(
    point: Point,
    replications: int,
    workers: int = 1,
    progress: Progress | None = None,
    first: int = 0,
    engine: Choice | None = None,
) -> Facts:
    """Run replications `first` to `first` + `replications` - 1 and return their facts in that order.

    Parameters
    ----------
    point : Point
    replications : int
        At least 1.
    workers : int
        Processes; 1 runs in this one.
    progress : callable, optional
    first : int
    engine : Choice, optional

    Raises
    ------
    RuntimeError
        If a replication fails, with its number and its traceback.
    """
    return _facts(_runner(workers, progress, engine), point, first, first + replications)


def replicate_until(
    point: Point,
    sought: Precision,
    workers: int = 1,
    progress: Progress | None = None,
    expects: Callable[[int], None] | None = None,
    engine: Choice | None = None,
) -> tuple[Facts, Looked]:
    """Run replications 0, 1, 2, ..., each once, until measures are known as precisely as asked for.

    It is looked at after fixed numbers of replications, so that it does not depend on the number of workers.

    Parameters
    ----------
    point : Point
    sought : Precision
    workers : int
        Processes; 1 runs in this one.
    progress : callable, optional
    expects : callable, optional
        Called with how many replications there will be by the next look.
    engine : Choice, optional

    Returns
    -------
    Facts
        Of all replications, in order.
    Looked
        Measures by their own names.

    Raises
    ------
    ValueError
        If at most fewer than 50 replications may be run, or two stages are to reach a half-width in percent.
    RuntimeError
        If a replication fails, with its number and its traceback.
    """
    runner, stages = _runner(workers, progress, engine), list[Facts]()

    def more(first: int, last: int) -> dict[str, F64]:
        if expects:
            expects(last)
        stages.append(_facts(runner, point, first, last))
        return {name: _values(stages[-1], COLUMN[name]) for name in sought.targets}

    looked = sought.reach(more, sought.targets)
    return joined(stages), looked


def _runner(workers: int, progress: Progress | None, engine: Choice | None) -> Runner:
    executor: Executor = Here() if workers <= 1 else Processes(workers)
    return Runner(executor, progress=progress, engine=engine or Choice())


def _facts(runner: Runner, point: Point, first: int, last: int) -> Facts:
    whole: Facts | None = None
    for _, part in runner.parts([point], first, last):
        if part.failures:
            failure = part.failures[0]
            raise RuntimeError(f"replication {failure.replication} failed\n{failure.traceback}")
        assert part.facts is not None
        whole = room(part.facts, last - first) if whole is None else whole
        for column, rows in zip(whole.columns().values(), part.facts.columns().values(), strict=True):
            column[part.first - first : part.last - first] = rows.reshape(len(part), *column.shape[1:])
    assert whole is not None
    return whole


def _values(facts: Facts, column: int) -> F64:
    return CATALOGUE[column].values(np.stack([facts.numerators[:, column], facts.denominators[:, column]], axis=-1))

"""Run replications of one scenario in memory: whole numbers by replication out.

Each replication is reduced to its measures and series as soon as it has run (11 kB for two years of Palmetto), so
memory grows by those and not by whole records.
"""

from __future__ import annotations

from iopsim.experiments.executors.executor import Executor, Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Progress, Runner
from iopsim.measures.facts import Facts, joined
from iopsim.store.part import Part


def replicate(
    point: Point, replications: int, workers: int = 1, progress: Progress | None = None, first: int = 0
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

    Raises
    ------
    RuntimeError
        If a replication fails, with its number and its traceback.
    """
    executor: Executor = Here() if workers <= 1 else Processes(workers)
    parts: list[Part] = []
    for _, part in Runner(executor, progress=progress).parts([point], first, first + replications):
        if part.failures:
            failure = part.failures[0]
            raise RuntimeError(f"replication {failure.replication} failed\n{failure.traceback}")
        parts.append(part)
    parts.sort(key=lambda part: part.first)
    return joined([part.facts for part in parts if part.facts is not None])

"""An executor of the workers of a Dask cluster: on this machine, or wherever its scheduler has them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

from iopsim.errors import IopsimError
from iopsim.experiments.executors.processes import AHEAD, POINTS, cores
from iopsim.experiments.point import Point
from iopsim.experiments.work import Job

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

T = TypeVar("T")

LOCAL = "local"
"""The address that stands for a cluster of processes on this machine."""

LOSSES = 5
"""Times that a job is handed out again after Dask has given it up: several workers that had it, be it only in line,
were lost."""

LOST_SAID = (
    f"workers of the cluster were lost over the same replications again and again ({LOSSES + 1} times as often as Dask "
    "bears with), perhaps for want of memory"
)

STARTS = 3
"""Times that a cluster on this machine may be started."""

COUNT_EVERY_SECONDS = 2.0
"""How often workers are counted."""

PATIENCE_SECONDS = 15
"""For how long the scheduler is looked for."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """An executor of Dask workers; from `cluster`.

    Parameters
    ----------
    client : distributed.Client
    """

    client: Client

    @property
    def workers(self) -> int:
        """The threads of all workers; at least 1."""
        threads: int = sum(self.client.nthreads().values())
        return max(1, threads)

    def map(self, task: Callable[[Job], T], jobs: Iterable[Job]) -> Iterator[tuple[Job, T]]:
        """Do a task for each job, as `Executor.map`; a job whose worker is lost is done by another.

        Raises
        ------
        IopsimError
            If a job has lost its worker again and again.
        """
        from distributed import as_completed

        queue = iter(jobs)
        running: dict[str, tuple[Job, int]] = {}
        done = as_completed()
        known = _Counted(self)

        def hand_out(job: Job, losses: int = 0) -> None:
            future = self.client.submit(_known, task, job.point.key, job, pure=False)
            running[future.key] = (job, losses)
            done.add(future)

        def fill() -> None:
            for job in islice(queue, max(0, AHEAD * known.workers() - len(running))):
                hand_out(job)

        fill()
        try:
            for future in done:
                job, losses = running.pop(future.key)
                result, was_lost = _taken(future)
                future.release()
                if was_lost:
                    if losses == LOSSES:
                        raise IopsimError(LOST_SAID) from None
                    hand_out(job, losses + 1)
                    continue
                fill()
                yield job, cast(T, result)
        finally:
            for future in list(done.futures):
                future.cancel()


@dataclass
class _Counted:
    """The workers of a cluster, counted now and then: they may come later, and go."""

    cluster: Cluster
    found: int = 0
    at: float = -math.inf

    def workers(self) -> int:
        """Return how many there are, or were a moment ago."""
        if time.monotonic() - self.at > COUNT_EVERY_SECONDS:
            self.found, self.at = self.cluster.workers, time.monotonic()
        return self.found


def _taken(future: Future) -> tuple[object, bool]:
    """Return what a future gives, and whether its workers were lost too often for Dask.

    Raises
    ------
    IopsimError
        If the scheduler was lost.
    """
    from distributed.scheduler import KilledWorker

    try:
        return future.result(), False
    except KilledWorker:
        return None, True
    except (CancelledError, OSError, TimeoutError) as error:
        if future.status == "error":
            raise
        raise IopsimError(f"the scheduler of the cluster was lost ({error}); run the same again to go on") from None


@contextmanager
def cluster(address: str, workers: int | None = None) -> Iterator[Cluster]:
    """Reach a Dask cluster, or start one of processes on this machine, and leave it in the end.

    Parameters
    ----------
    address : str
        Of a scheduler, such as ``tcp://host:8786``; or ``local``.
    workers : int, optional
        Processes of a local cluster; all cores, if not given.

    Raises
    ------
    IopsimError
        If Dask is not installed, or no scheduler answers.
    """
    try:
        import distributed
    except ImportError:
        raise IopsimError("--cluster needs Dask: pip install 'iopsim[cluster]'") from None
    if address == LOCAL:
        with _started(workers or cores()) as local, distributed.Client(local) as client:
            yield Cluster(client)
        return
    try:
        client = distributed.Client(address, timeout=PATIENCE_SECONDS)
    except (OSError, ValueError) as error:
        raise IopsimError(f"{address}: found no Dask scheduler there ({error})") from None
    with client:
        yield Cluster(client)


def _started(workers: int) -> LocalCluster:
    """Start a cluster on this machine; again, if somebody ends a worker before it is there."""
    import distributed

    for _ in range(STARTS):
        with suppress(RuntimeError):
            return distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
            )
    raise IopsimError(f"the workers of a local cluster were ended {STARTS} times before they were there; run it again")


_points: dict[str, Point] = {}
"""The points that this worker knows, by their keys; the last used is last."""


def _known(task: Callable[[Job], T], key: str, job: Job) -> T:
    """Do a task, with the point that this worker knows by its key, so that its rulebook is written once."""
    point = _points.pop(key, job.point)
    _points[key] = point
    for old in list(_points)[:-POINTS]:
        _points.pop(old, None)
    return task(replace(job, point=point))

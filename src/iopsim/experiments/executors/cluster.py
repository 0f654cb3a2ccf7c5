"""An executor of the workers of a Dask cluster: on this machine, or wherever its scheduler has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from iopsim.errors import IopsimError
from iopsim.experiments.executors.processes import AHEAD, POINTS, cores
from iopsim.experiments.point import Point
from iopsim.experiments.work import Job

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

LOCAL = "local"
"""The address that stands for a cluster of processes on this machine."""

LOSSES = 5
"""Times that a job may lose its worker."""

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
        from distributed.scheduler import KilledWorker

        queue = iter(jobs)
        running: dict[str, Job] = {}
        first = [job for _, job in zip(range(AHEAD * self.workers), queue, strict=False)]
        done = as_completed()

        def hand_out(job: Job) -> None:
            future = self.client.submit(_known, task, job.point.key, job, pure=False, retries=LOSSES)
            running[future.key] = job
            done.add(future)

        for job in first:
            hand_out(job)
        try:
            for future in done:
                try:
                    result = future.result()
                except KilledWorker:
                    raise IopsimError(
                        f"a worker of the cluster was lost {LOSSES} times over the same replications, perhaps for want "
                        "of memory"
                    ) from None
                job = running.pop(future.key)
                future.release()
                following = next(queue, None)
                if following is not None:
                    hand_out(following)
                yield job, result
        finally:
            for future in list(done.futures):
                future.cancel()


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
        with (
            distributed.LocalCluster(
                n_workers=workers or cores(), threads_per_worker=1, processes=True, dashboard_address=None
            ) as local,
            distributed.Client(local) as client,
        ):
            yield Cluster(client)
        return
    try:
        client = distributed.Client(address, timeout=PATIENCE_SECONDS)
    except (OSError, ValueError) as error:
        raise IopsimError(f"{address}: found no Dask scheduler there ({error})") from None
    with client:
        yield Cluster(client)


_points: dict[str, Point] = {}
"""The points that this worker knows, by their keys; the last used is last."""


def _known(task: Callable[[Job], T], key: str, job: Job) -> T:
    """Do a task, with the point that this worker knows by its key, so that its rulebook is written once."""
    point = _points.pop(key, job.point)
    _points[key] = point
    for old in list(_points)[:-POINTS]:
        _points.pop(old, None)
    return task(Job(point, job.first, job.last))

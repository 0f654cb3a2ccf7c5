"""What an executor is: it does a task for each of many jobs, in any order, and hands out what each gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from iopsim.experiments.work import Job

T = TypeVar("T")


class Executor(Protocol):
    """Does jobs somewhere.

    What a job gives depends on the job alone, never on where, when, or after which others it is done.
    """

    @property
    def workers(self) -> int:
        """How many jobs can be done at a time."""

    def map(self, task: Callable[[Job], T], jobs: Iterable[Job]) -> Iterator[tuple[Job, T]]:
        """Do a task for each job, and hand out each job with what it gives, as soon as it is done.

        Jobs are taken from `jobs` as they are needed, so that there may be more than fit into memory.

        Parameters
        ----------
        task : callable
            A function of a module, from a `Job` to what can be pickled.
        jobs : iterable of Job

        Raises
        ------
        IopsimError
            If the workers are lost; what was handed out before counts.
        """


class Here:
    """An executor in this process, one job after the other."""

    workers = 1

    def map(self, task: Callable[[Job], T], jobs: Iterable[Job]) -> Iterator[tuple[Job, T]]:
        """Do a task for each job, as `Executor.map`."""
        for job in jobs:
            yield job, task(job)

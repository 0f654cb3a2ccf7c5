"""The runner: replications of points, from the store where they are kept, else from an executor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from iopsim.errors import IopsimError
from iopsim.experiments.engine import SECONDS_PER_REFERRAL, Choice, Engine, part_of, referred
from iopsim.experiments.executors.executor import Executor, Here
from iopsim.experiments.point import Point
from iopsim.experiments.source import source_hash
from iopsim.experiments.uncertainty import TWIN
from iopsim.experiments.work import Job
from iopsim.measures.catalogue import CATALOGUE
from iopsim.record import I64
from iopsim.store.chunks import Chunks, gaps
from iopsim.store.part import Failure, Part, decoded, encoded

SMALLEST_CHUNK = 10
LARGEST_CHUNK = 1000
CHUNKS = 1000
"""A point is cut into at most about so many chunks, as long as none is longer than the largest."""

FEWEST = 10
"""Replications below which nobody asks how long they take."""

JOB_SECONDS = 1.0
"""How long a job of which no chunk is kept may take by the compiled engine, roughly: then something moves meanwhile."""

WRITING_SECONDS = 0.04
"""What a replication takes beside the engine where it has inputs of its own or its Record is looked at, at the most."""

Progress = Callable[[int], None]
"""Called with the number of replications done since the last call."""

OTHER_SOURCE = (
    "a worker has another version of iopsim, of numpy, simpy or holidays than this process: the source was changed "
    "meanwhile (run the same again), or the cluster has another (install the same there)"
)


def chunk_size(replications: int) -> int:
    """Return how many replications make a chunk of a point that has so many: 10, 100 or 1000.

    It depends on nothing else, so that whoever goes on finds the same chunks.
    """
    size = SMALLEST_CHUNK
    while size < LARGEST_CHUNK and size * CHUNKS < replications:
        size *= 10
    return size


def pieces(first: int, last: int, size: int) -> Iterator[tuple[int, int]]:
    """Return the ranges into which some replications are cut: at the multiples of a chunk's size."""
    while first < last:
        end = min(last, (first // size + 1) * size)
        yield first, end
        first = end


def chunk_of(job: Job) -> bytes:
    """Do a job, and return the bytes of its chunk."""
    return encoded(part_of(job))


@dataclass(frozen=True)
class Runner:
    """Simulates replications of points.

    Parameters
    ----------
    executor : Executor
        Where it is done.
    chunks : Chunks or None
        Where what is done is kept and looked for; None keeps nothing.
    progress : callable, optional
        Called with the number of replications done, or found, since the last call.
    finds : callable, optional
        Called with those found, in place of `progress`.
    redrawn : dict of str to int, optional
        Where draws of inputs that were refused are added up, by key of the point.
    engine : Choice
        Which engine simulates what is not kept; what is found may be of either.
    """

    executor: Executor = field(default_factory=Here)
    chunks: Chunks | None = None
    progress: Progress | None = None
    finds: Progress | None = None
    redrawn: dict[str, int] | None = None
    engine: Choice = field(default_factory=Choice)

    def parts(self, points: Sequence[Point], first: int, last: int) -> Iterator[tuple[int, Part]]:
        """Hand out the parts of points, each with the place of its point, in any order, each replication once.

        Parameters
        ----------
        points : sequence of Point
            Each is another.
        first, last : int
            Replications `first` to `last` - 1 of each.

        Raises
        ------
        ValueError
            If two points are the same.
        IopsimError
            If workers are lost, or a part cannot be kept; those handed out before are kept.
        """
        places = {point.key: place for place, point in enumerate(points)}
        if len(places) < len(points):
            raise ValueError("each point is to be another")
        missing: list[Job] = []
        for point in points:
            for start, end, part in self._found(point, first, last):
                if part is None:
                    missing.append(Job(point, start, end))
                else:
                    yield places[point.key], self._told(part, self.finds or self.progress)
        engine = self._engine(missing)
        is_free = self.chunks is None and engine == "compiled"
        size = _job_size(missing) if is_free else chunk_size(last % TWIN)
        jobs = [Job(job.point, *piece, engine) for job in missing for piece in pieces(job.first, job.last, size)]
        if self.chunks is None:
            for job, part in self.executor.map(part_of, jobs):
                yield places[job.point.key], self._told(_same_source(part), self.progress)
            return
        for job, content in self.executor.map(chunk_of, jobs):
            part = decoded(content)
            assert part is not None
            _same_source(part)
            self.chunks.put(part.key, part.first, part.last, content)
            yield places[job.point.key], self._told(part, self.progress)

    def fractions(self, points: Sequence[Point], first: int, last: int) -> tuple[I64, list[tuple[int, Failure]]]:
        """Return the measures of points by replication, and what failed.

        Where nothing is kept, nothing else is computed.

        Returns
        -------
        fractions : int array, shape (points, last - first, measures, 2)
            Numerators and denominators in the order of `CATALOGUE`; all 0 for a replication that failed.
        failures : list of tuple of int and Failure
            Each with the place of its point, in order.
        """
        found = np.zeros((len(points), last - first, len(CATALOGUE), 2), dtype=np.int64)
        failures = []
        for place, part in self._measured(points, first, last):
            failures += [(place, failure) for failure in part.failures]
            if part.facts is not None:
                rows = np.array(part.numbers) - first
                found[place, rows, :, 0] = part.facts.numerators
                found[place, rows, :, 1] = part.facts.denominators
        return found, sorted(failures, key=lambda one: (one[0], one[1].replication))

    def _measured(self, points: Sequence[Point], first: int, last: int) -> Iterator[tuple[int, Part]]:
        """Hand out the parts of points, without series where nobody could find them later."""
        if self.chunks is not None:
            yield from self.parts(points, first, last)
            return
        redrawn: dict[str, int] = {}
        alone = [replace(point, series=False) for point in points]
        yield from replace(self, redrawn=redrawn).parts(alone, first, last)
        for point, lean in zip(points, alone, strict=True):
            if self.redrawn is not None and lean.key in redrawn:
                self.redrawn[point.key] = self.redrawn.get(point.key, 0) + redrawn[lean.key]

    def _found(self, point: Point, first: int, last: int) -> Iterator[tuple[int, int, Part | None]]:
        """Return the ranges of a point, each with its part if that is kept."""
        kept: list[tuple[int, int]] = []
        if self.chunks is not None:
            for part in self.chunks.parts(point.key, first, last, dropping=True):
                kept.append((part.first, part.last))
                yield part.first, part.last, part
        for start, end in gaps(kept, first, last):
            yield start, end, None

    def _engine(self, jobs: Sequence[Job]) -> Engine:
        """Choose the engine for some jobs."""
        if not jobs:
            return "reference"
        if sum(len(job) for job in jobs) < FEWEST:
            return self.engine.decide(0.0, 1)
        weeks = sum(len(job) * job.point.scenario.weeks for job in jobs)
        return self.engine.decide(_referred_a_week(jobs) * weeks, self.executor.workers)

    def _told(self, part: Part, progress: Progress | None) -> Part:
        self.engine.note(part.engine)
        if progress:
            progress(len(part))
        if self.redrawn is not None and part.redrawn:
            self.redrawn[part.key] = self.redrawn.get(part.key, 0) + part.redrawn
        return part


def _referred_a_week(jobs: Sequence[Job]) -> float:
    """Return the referrals of a week of some jobs; all plans are taken for as busy as the first."""
    first = jobs[0].point.scenario
    return referred(first) / first.weeks


def _job_size(jobs: Sequence[Job]) -> int:
    """Return how many replications make a job of the compiled engine that is to be kept in no chunk: 10, 100 or 1000.

    Parameters
    ----------
    jobs : sequence of Job
        All that is to be done.
    """
    weeks = max((job.point.scenario.weeks for job in jobs), default=0)
    seconds = SECONDS_PER_REFERRAL["compiled"] * _referred_a_week(jobs) * weeks if jobs else 0.0
    if any(job.point.inputs is not None or job.point.by or job.point.keep for job in jobs):
        seconds += WRITING_SECONDS
    size = LARGEST_CHUNK
    while size > SMALLEST_CHUNK and size * seconds > JOB_SECONDS:
        size //= 10
    return size


def _same_source(part: Part) -> Part:
    if part.source != source_hash():
        raise IopsimError(OTHER_SOURCE)
    return part

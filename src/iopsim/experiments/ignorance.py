"""A run with drawn inputs: what it gave, and beside it what tells luck and ignorance apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from iopsim.experiments.engine import Choice
from iopsim.experiments.executors.executor import Executor, Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.point import Point
from iopsim.experiments.replicate import replicate
from iopsim.experiments.runner import Progress, chunk_size, pieces
from iopsim.experiments.uncertainty import TWIN, Inputs, Spread, apart
from iopsim.experiments.work import Job
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import Facts
from iopsim.record import I64
from iopsim.stats.contrast import each
from iopsim.stats.intervals import Summary, summarize

FIXED = 100
"""Replications at most that are also run with everything at its value, to see how far the means shift."""

FEWEST = 10
"""Replications from which on a shift can be told."""

MUCH = 0.25
"""Of the standard deviation over replications with drawn inputs: from here on a shift of the mean is told."""

Values = tuple[Mapping[str, float], tuple[str, ...]]
"""What was drawn for a replication, by name of the unknown, and why earlier draws could not be."""


@dataclass(frozen=True)
class Ignorance:
    """What there is of a run with drawn inputs, besides its results.

    Parameters
    ----------
    inputs : Inputs
    drawn : tuple of Values
        By replication.
    facts : Facts
        Of the replications.
    twins : Facts
        Of as many, each with the inputs of one of the others and other luck.
    fixed : Facts
        Of the first of the replications, `FIXED` at the most, with the same luck and everything at its value.
    """

    inputs: Inputs
    drawn: tuple[Values, ...]
    facts: Facts = field(repr=False)
    twins: Facts = field(repr=False)
    fixed: Facts = field(repr=False)

    @property
    def refused(self) -> int:
        """Draws that could not be, and were drawn again."""
        return sum(len(refused) for _, refused in self.drawn)

    @cached_property
    def spreads(self) -> dict[str, Spread]:
        """Luck and ignorance of each measure, by name."""
        return {one.measure.name: one for one in apart(CATALOGUE, _fractions(self.facts), _fractions(self.twins))}

    @cached_property
    def shifts(self) -> dict[str, Summary]:
        """How much higher each mean is with drawn inputs, by name; all intervals hold together (95 %)."""
        n, confidence = len(self.fixed), each(0.95, len(CATALOGUE))
        ours, theirs = _fractions(self.facts)[:n], _fractions(self.fixed)
        return {
            one.name: summarize(one.values(ours[:, at]) - one.values(theirs[:, at]), confidence)
            for at, one in enumerate(CATALOGUE)
        }

    def shifted(self, name: str) -> bool:
        """Whether the mean of a measure is much otherwise than with everything at its value."""
        shift, parts = self.shifts[name], self.spreads[name].parts
        spread = max(parts.ignorance + parts.luck, 0.0) ** 0.5
        told = shift.n >= FEWEST and (shift.low > 0.0 or shift.high < 0.0)
        return bool(told and abs(shift.mean) > MUCH * spread)


def _fractions(facts: Facts) -> I64:
    return np.stack([facts.numerators, facts.denominators], axis=-1)


def explore(
    point: Point,
    inputs: Inputs,
    facts: Facts,
    workers: int = 1,
    progress: Progress | None = None,
    engine: Choice | None = None,
) -> Ignorance:
    """Run what tells luck and ignorance apart: the twin of each replication, and some with everything at its value.

    Parameters
    ----------
    point : Point
        The plan as it is.
    inputs : Inputs
    facts : Facts
        Of the plan's replications with these inputs, from 0 on; at least 1.
    workers : int
        Processes; 1 runs in this one.
    progress : callable, optional
        Called with the number of simulations done since the last call.
    engine : Choice, optional

    Raises
    ------
    RuntimeError
        If a replication fails.
    """
    uncertain, replications = replace(point, inputs=inputs), len(facts)
    twins = replicate(uncertain, replications, workers, progress, TWIN, engine)
    fixed = replicate(point, min(replications, FIXED), workers, progress, engine=engine)
    return Ignorance(inputs, drawn(uncertain, replications, workers), facts, twins, fixed)


def simulations(replications: int) -> int:
    """Return how many simulations so many replications with drawn inputs need, with those of `explore`."""
    return 2 * replications + min(replications, FIXED)


def drawn(point: Point, replications: int, workers: int = 1) -> tuple[Values, ...]:
    """Return the inputs of replications 0 to `replications` - 1."""
    executor: Executor = Here() if workers <= 1 else Processes(workers)
    jobs = (Job(point, *piece) for piece in pieces(0, replications, chunk_size(replications)))
    found = sorted(((job.first, told) for job, told in executor.map(drawn_of, jobs)), key=lambda one: one[0])
    return tuple(values for _, told in found for values in told)


def drawn_of(job: Job) -> list[Values]:
    """Return the inputs of the replications of a job."""
    inputs = job.point.inputs
    assert isinstance(inputs, Inputs)
    draws = (inputs.draw(replication) for replication in range(job.first, job.last))
    return [(one.values, one.refused) for one in draws]


def input_rows(ignorance: Ignorance) -> Iterator[list[float | str]]:
    """Return the inputs drawn as a table: a row for each replication, a column for each unknown."""
    names = [one.name for one in ignorance.inputs.known]
    yield ["replication", *names]
    for replication, (values, _) in enumerate(ignorance.drawn):
        yield [replication, *(values[name] for name in names)]


def spread_rows(ignorance: Ignorance) -> Iterator[list[float | str]]:
    """Return luck and ignorance as a table, a row for each measure; variances in the square of its unit."""
    yield [
        "name", "label", "unit", "mean", "ignorance", "luck", "share", "low", "high", "n", "undefined",
        "shift", "shift_low", "shift_high", "shift_n", "skewness", "made_by_few",
    ]  # fmt: skip
    for measure in CATALOGUE:
        parts, shift = ignorance.spreads[measure.name].parts, ignorance.shifts[measure.name]
        yield [
            measure.name, measure.label, measure.unit, parts.mean, parts.ignorance, parts.luck, parts.share, parts.low,
            parts.high, parts.n, parts.undefined, shift.mean, shift.low, shift.high, shift.n,
            parts.skewness, int(parts.made_by_few),
        ]  # fmt: skip

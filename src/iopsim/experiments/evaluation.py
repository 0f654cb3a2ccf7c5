"""What a sensitivity analysis asks for, simulated by a runner: plans in, measures by replication out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from iopsim.experiments.batch import COLUMN, Silent, Watch
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner
from iopsim.experiments.space import same_book
from iopsim.measures.measure import Measure
from iopsim.record import I64
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.model import Scenario
from iopsim.store.part import Failure


@dataclass
class Evaluation:
    """Simulates plans; an `iopsim.experiments.sensitivity.Evaluate`.

    Parameters
    ----------
    runner : Runner
    seed : int
    measures : sequence of Measure
        What is returned.
    base : Scenario or None
        Plans of which the rulebook is the same as of this one are not simulated: they have its results.
    watch : Watch
    planned : int
        About how many simulations there will be in all.

    Attributes
    ----------
    simulated : int
        Replications of plans so far, those found in chunks among them.
    failures : list of Failure
    """

    runner: Runner
    seed: int
    measures: Sequence[Measure]
    base: Scenario | None = None
    watch: Watch = field(default_factory=Silent)
    planned: int = 0
    simulated: int = field(default=0, init=False)
    failures: list[Failure] = field(default_factory=list, init=False)

    def __call__(self, plans: Sequence[Scenario], first: int, last: int) -> I64:
        """Return the measures of plans, shape (plans, last - first, measures, 2)."""
        book = None if self.base is None else write(self.base)
        unique: dict[str, Point] = {}
        keys = []
        for plan in plans:
            point = Point(plan if book is None else self._told(plan, book), self.seed, series=False)
            keys.append(unique.setdefault(point.key, point).key)
        points, runs = tuple(unique.values()), last - first
        self.planned -= (len(plans) - len(points)) * runs
        self.simulated += len(points) * runs
        self.watch.expects(max(self.planned, self.simulated))
        found, failures = self.runner.fractions(points, first, last)
        self.failures += [failure for _, failure in failures]
        places = {key: place for place, key in enumerate(unique)}
        columns = [COLUMN[measure.name] for measure in self.measures]
        return np.ascontiguousarray(found[[places[key] for key in keys]][:, :, columns])

    def _told(self, plan: Scenario, book: Rulebook) -> Scenario:
        """Return the base in place of a plan that is the same to the model."""
        assert self.base is not None
        return self.base if plan is self.base or same_book(write(plan), book) else plan

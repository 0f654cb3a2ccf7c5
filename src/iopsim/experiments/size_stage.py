"""The replications of a sizing: from a runner, as the numbers that its targets and its objective are about."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from iopsim.experiments.batch import COLUMN, Silent, Watch
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner
from iopsim.experiments.size import Failed, Mask
from iopsim.experiments.sizing import Sizing
from iopsim.measures.facts import Facts
from iopsim.measures.measure import CENTS, Measure
from iopsim.measures.series import MONEY
from iopsim.stats.intervals import F64


class Simulation:
    """A `iopsim.experiments.size.Stage` that simulates.

    Parameters
    ----------
    sizing : Sizing
    runner : Runner
    watch : Watch
        Is told how many replications are expected in all, as far as that is known.
    """

    def __init__(self, sizing: Sizing, runner: Runner, watch: Watch | None = None) -> None:
        self._sizing, self._runner, self._watch = sizing, runner, watch or Silent()
        self._points: dict[int, Point] = {}
        self._expected = 0
        self._failures: Failed = []

    @property
    def failures(self) -> Failed:
        """Replications that failed so far, each with the place of its candidate, in order."""
        return sorted(self._failures, key=lambda one: (one[0], one[1].replication))

    def __call__(self, places: Sequence[int], first: int, last: int) -> tuple[F64, Mask]:
        """Simulate replications `first` to `last` - 1 of candidates."""
        asked = [self._point(place) for place in places]
        points = list({point.key: point for point in asked}.values())
        rows: dict[str, list[int]] = {}
        for row, point in enumerate(asked):
            rows.setdefault(point.key, []).append(row)
        self._expected += len(points) * (last - first)
        self._watch.expects(self._expected)
        values = np.full((len(places), last - first, len(self._sizing.targets) + 1), math.nan)
        failed = np.zeros(values.shape[:2], dtype=bool)
        for at, part in self._runner.parts(points, first, last):
            mine = rows[points[at].key]
            for row in mine:
                self._failures += [(places[row], failure) for failure in part.failures]
                failed[row, [failure.replication - first for failure in part.failures]] = True
            if part.facts is not None:
                told = self._told(part.facts, points[at].scenario.weeks)
                values[np.ix_(np.array(mine), np.array(part.numbers) - first)] = told
        return values, failed

    def _point(self, place: int) -> Point:
        if place not in self._points:
            scenario = self._sizing.resolve(self._sizing.candidates[place]).scenario
            monthly = any(target.weeks is not None for target in self._sizing.targets)
            self._points[place] = Point(scenario, self._sizing.seed, series=monthly)
        return self._points[place]

    def _told(self, facts: Facts, weeks: int) -> F64:
        """Return a row for each replication, and a column for each target and for the objective."""
        columns = [
            _measured(facts, target.measure) if target.weeks is None else margin_of(facts, target.weeks, weeks)
            for target in self._sizing.targets
        ]
        objective = self._sizing.objective.measure
        last = np.zeros(len(facts)) if objective is None else _measured(facts, objective)
        return np.stack([*columns, last], axis=1)


def margin_of(facts: Facts, month: range, weeks: int) -> F64:
    """Return revenue less cost in some weeks by replication, in dollars.

    Parameters
    ----------
    facts : Facts
    month : range
        Weeks of the run, counted from 0.
    weeks : int
        Weeks of the run; the money of those before the opening comes first.
    """
    before = facts.money.shape[2] - weeks
    within = facts.money[:, :, before + month.start : before + month.stop].sum(axis=2)
    margin = within[:, MONEY.index("revenue")] - within[:, MONEY.index("cost")]
    return np.asarray(margin / CENTS, dtype=np.float64)


def _measured(facts: Facts, measure: Measure) -> F64:
    column = COLUMN[measure.name]
    return measure.values(np.stack([facts.numerators[:, column], facts.denominators[:, column]], axis=1))

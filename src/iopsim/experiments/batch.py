"""A batch: arms that meet the same people, simulated as often as asked for, in memory or into a folder."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from iopsim.errors import IopsimError
from iopsim.experiments.point import Inputs, Point
from iopsim.experiments.runner import Runner
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.record import I64
from iopsim.scenario import Resolved
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import without_origins
from iopsim.stats.contrast import each
from iopsim.stats.intervals import F64
from iopsim.stats.stopping import Look, More, Target, sequential, two_stage
from iopsim.store.part import Failure

COLUMN = {measure.name: column for column, measure in enumerate(CATALOGUE)}
"""The place of each measure in fractions."""


_FOLDER = re.compile(r"\w(?:[\w .+=-]{0,98}[\w+=-])?")


@dataclass(frozen=True)
class Plan:
    """One arm of a batch.

    Parameters
    ----------
    name : str
        A name that can be that of a folder.
    scenario : Scenario
    resolve : callable
        Returns the scenario with the origin of every value.
    about : str
        What the planner says of it.
    levels : mapping of str to str
        Of a point of a design, the level of each factor.
    inputs : Inputs or None
        Inputs that are drawn anew for each replication; None for the scenario as it is.
    """

    name: str
    scenario: Scenario
    resolve: Callable[[], Resolved] = field(repr=False, compare=False)
    about: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    inputs: Inputs | None = field(default=None, repr=False)

    def resolved(self) -> Resolved:
        """Return the scenario that is simulated, with origins unless its files have changed meanwhile."""
        found = self.resolve()
        return found if found.scenario.hash == self.scenario.hash else without_origins(self.scenario)


@dataclass(frozen=True, slots=True)
class Precision:
    """Half-widths that the intervals of all arms may have, and how many replications may be spent on them.

    Parameters
    ----------
    targets : mapping of str to Target
        By name of a measure.
    most : int
        Replications of each arm at which to stop in any case; at least 50.
    stages : str
        ``sequential``: replications are added until all intervals are narrow enough. ``two``: once, after a first
        stage.
    """

    targets: Mapping[str, Target]
    most: int = 10_000
    stages: str = "sequential"

    def described(self) -> dict[str, object]:
        """Return what documents say of what was asked for."""
        return {
            "half_widths": {
                name: f"{target.half_width:g}{' %' if target.relative else ''}" for name, target in self.targets.items()
            },
            "most": self.most,
            "stages": self.stages,
        }

    def reach(self, more: More, targets: Mapping[str, Target], confidence: float = 0.95) -> Looked:
        """Simulate until all targets are met at a look, or there are no more.

        Parameters
        ----------
        more : callable
            Called as ``more(first, last)`` for one stage after the other, each replication once.
        targets : mapping of str to Target
            By any names.
        confidence : float
            With which all intervals hold together.
        """
        confidence = each(confidence, len(targets))
        until = two_stage if self.stages == "two" else sequential
        return Looked(tuple(until(more, targets, self.most, confidence=confidence)), confidence)


@dataclass(frozen=True)
class Batch:
    """What is to be simulated, and what is to be known of it.

    Parameters
    ----------
    name : str
    question : str
    plans : tuple of Plan
        The baseline first.
    measures : tuple of Measure
        What is compared.
    seed : int
    replications : int or None
        Of every arm; None where a precision says how many.
    precision : Precision or None
    confidence : float
        Of all differences together, between 0.5 and 1.
    warm_up : int or None
        Weeks before the mature view; None for the opening view, or where they are still to be found.
    mature : bool
        Whether the warm-up is found by simulation (`iopsim.experiments.making.settled`).
    by : tuple of str
        By what to tell clients apart.
    keep : tuple of str
        Of `iopsim.experiments.point.TABLES`.
    text : str
        The experiment file; empty if there is none.

    Raises
    ------
    IopsimError
        If a name cannot be that of a folder, or two are the same there.
    """

    name: str
    question: str
    plans: tuple[Plan, ...]
    measures: tuple[Measure, ...]
    seed: int = 1
    replications: int | None = 200
    precision: Precision | None = None
    confidence: float = 0.95
    warm_up: int | None = None
    mature: bool = False
    by: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    text: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        alike: dict[str, str] = {}
        for plan in self.plans:
            if not _FOLDER.fullmatch(plan.name):
                raise IopsimError(
                    f"arm {plan.name!r}: found a name that cannot be that of a folder; letters, digits, spaces and "
                    "._+=- are allowed, a letter or digit first, and no more than 100"
                )
            other = alike.setdefault(unicodedata.normalize("NFKC", plan.name).casefold(), plan.name)
            if other != plan.name or sum(one.name == other for one in self.plans) > 1:
                raise IopsimError(f"arm {plan.name!r}: found another arm {other!r}; each needs a folder of its own")

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The point of each plan, in their order; the same for plans that are the same scenario."""
        unique: dict[str, Point] = {}
        since = 7 * (self.warm_up or 0)
        made = (Point(plan.scenario, self.seed, self.by, since, self.keep, plan.inputs) for plan in self.plans)
        return tuple(unique.setdefault(point.key, point) for point in made)

    @property
    def unique_points(self) -> tuple[Point, ...]:
        """Each point once, in the order of the plans."""
        return tuple({point.key: point for point in self.points}.values())

    @cached_property
    def identity(self) -> dict[str, object]:
        """What makes it another batch than others; not how many replications, nor what is looked at."""
        said: dict[str, object] = {
            "arms": {plan.name: plan.scenario.hash for plan in self.plans},
            "by": list(self.by),
            "inputs": {plan.name: plan.inputs.hash for plan in self.plans if plan.inputs},
            "keep": list(self.keep),
            "seed": self.seed,
            "warm_up": "auto" if self.mature else self.warm_up,
        }
        key = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        return {"name": self.name, **said, "key": key}


class Watch(Protocol):
    """Somebody who watches a batch."""

    def expects(self, replications: int) -> None:
        """Be told how many replications there will be in all."""

    def advance(self, replications: int) -> None:
        """Be told how many have been done since the last call."""


class Silent:
    """Nobody who watches."""

    def expects(self, replications: int) -> None:
        """Ignore how many replications there will be."""

    def advance(self, replications: int) -> None:
        """Ignore how many are done."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many replications a precision has asked for, and at what it was looked.

    Parameters
    ----------
    looks : tuple of Look
        The last tells whether all is as precise as asked for; measures are named ``arm: measure``.
    confidence : float
        Of each interval, so that all hold together.
    """

    looks: tuple[Look, ...]
    confidence: float

    @property
    def replications(self) -> int:
        """Replications of each arm."""
        return self.looks[-1].replications

    @property
    def met(self) -> bool:
        """Whether all intervals are as narrow as asked for."""
        return self.looks[-1].met

    def described(self, sought: Precision) -> dict[str, object]:
        """Return what documents say of it: what was asked for, and what of that was reached."""
        return {
            **sought.described(),
            "looks": [look.replications for look in self.looks],
            "met": self.met,
            "confidence_of_each": self.confidence,
            "reached": {
                name: {
                    "half_width": None if math.isnan(one.half_width) else one.half_width,
                    "met": one.met,
                    "replications_needed": one.needed,
                }
                for name, one in self.looks[-1].measures.items()
            },
        }


Stage = Callable[[int, int], I64]
"""Simulates replications `first` to `last` - 1 of each of a batch's unique points, and returns their fractions."""


def reach(batch: Batch, stage: Stage) -> Looked:
    """Simulate as many replications of a batch as its precision asks for.

    Every arm has as many, so that they stay paired. It is looked at after fixed numbers of replications, so that it
    does not depend on who has done them.

    Parameters
    ----------
    batch : Batch
        With a precision.
    stage : callable
        Called for one stage after the other, each replication once.
    """
    sought = batch.precision
    assert sought is not None
    places = {point.key: place for place, point in enumerate(batch.unique_points)}
    at = {plan.name: places[point.key] for plan, point in zip(batch.plans, batch.points, strict=True)}

    def more(first: int, last: int) -> dict[str, F64]:
        found = stage(first, last)
        return {
            f"{arm}: {name}": CATALOGUE[COLUMN[name]].values(found[place, :, COLUMN[name]])
            for arm, place in at.items()
            for name in sought.targets
        }

    targets = {f"{arm}: {name}": target for arm in at for name, target in sought.targets.items()}
    return sought.reach(more, targets, batch.confidence)


Failed = list[tuple[int, Failure]]
"""Replications that failed, each with the place of its point or plan."""


def in_memory(batch: Batch, runner: Runner, watch: Watch) -> tuple[list[I64], Failed, Looked | None]:
    """Simulate a batch and keep its measures.

    Returns
    -------
    fractions : list of int array, shape (replications, measures, 2)
        One for each plan.
    failures : list of tuple of int and Failure
        Each with the place of its plan.
    looked : Looked or None
        If a precision was asked for.
    """
    points = batch.unique_points
    stages: list[I64] = []
    failures: Failed = []

    def stage(first: int, last: int) -> I64:
        watch.expects(last * len(points))
        found, failed = runner.fractions(points, first, last)
        stages.append(found)
        failures.extend(failed)
        return found

    looked = None
    if batch.precision is not None:
        looked = reach(batch, stage)
    else:
        assert batch.replications is not None
        stage(0, batch.replications)
    found = np.concatenate(stages, axis=1)
    places = {point.key: place for place, point in enumerate(points)}
    order = [places[point.key] for point in batch.points]
    return [found[place] for place in order], by_plan(failures, order), looked


def by_plan(failures: Failed, order: Sequence[int]) -> Failed:
    """Return failures with the places of plans; `order` is the point of each."""
    told = [(plan, failure) for plan, place in enumerate(order) for at, failure in failures if at == place]
    return sorted(told, key=lambda one: (one[0], one[1].replication))

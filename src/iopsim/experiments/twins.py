"""What is added to an outcome when its batch is done: the engine, and twins.

Twins of a batch with drawn inputs have the same inputs and other luck, to tell what of a difference nobody knows.
"""

from __future__ import annotations

from dataclasses import replace

from iopsim.experiments.outcome import Outcome
from iopsim.experiments.runner import Runner
from iopsim.experiments.uncertainty import TWIN

MOST_TWINS = 100
"""Replications of each arm that have a twin, at the most."""

MOST_POINTS = 8
"""Arms up to which there are twins."""


def finished(outcome: Outcome, runner: Runner) -> Outcome:
    """Return an outcome with its twins, and with the engine that simulated all that it tells."""
    whole = with_twins(outcome, runner)
    return replace(whole, engine=runner.engine.ran)


def with_twins(outcome: Outcome, runner: Runner) -> Outcome:
    """Return an outcome with twins; as it is where no inputs are drawn in every arm, or the arms are many."""
    batch = outcome.batch
    points = batch.unique_points
    if len(points) > MOST_POINTS or not all(plan.inputs for plan in batch.plans):
        return outcome
    n = min(outcome.replications, MOST_TWINS)
    found, _ = runner.fractions(points, TWIN, TWIN + n)
    places = {point.key: place for place, point in enumerate(points)}
    return replace(outcome, twins=tuple(found[places[point.key]] for point in batch.points))

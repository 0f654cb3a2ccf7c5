"""Batches made of plans, and of experiment files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from iopsim.errors import Problem
from iopsim.experiments.batch import Batch, Plan, Precision
from iopsim.experiments.plan import Experiment
from iopsim.experiments.point import Point
from iopsim.experiments.result import Result
from iopsim.experiments.runner import Runner
from iopsim.experiments.warmup import estimate, forbidden, settle
from iopsim.measures.facts import joined
from iopsim.scenario import Resolved
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import without_origins
from iopsim.stats.stopping import Target

WARM_UP_REPLICATIONS = 200
"""Replications of each arm from which a warm-up is estimated."""


def plans_of(arms: Mapping[str, Resolved]) -> tuple[Plan, ...]:
    """Return plans of resolved scenarios, in their order."""
    return tuple(Plan(name, resolved.scenario, partial(_given, resolved)) for name, resolved in arms.items())


def plans_of_scenarios(scenarios: Mapping[str, Scenario]) -> tuple[Plan, ...]:
    """Return plans of scenarios of which nobody knows any more where their values come from."""
    return tuple(Plan(name, scenario, partial(without_origins, scenario)) for name, scenario in scenarios.items())


def _given(resolved: Resolved) -> Resolved:
    return resolved


def batch_of(experiment: Experiment) -> Batch:
    """Return the batch of an experiment file; where it asks for it, the warm-up is still to be found (`settled`)."""
    plans = []
    for arm in experiment.arms:
        resolve = partial(experiment.resolve, arm)
        plans.append(Plan(arm.name, resolve().scenario, resolve, arm.about, arm.levels))
    sought = experiment.precision
    precision = None
    if sought is not None:
        targets = {
            one.measure.name: Target(100.0 * one.most if one.relative else one.most, one.relative, one.measure.span)
            for one in sought.half_widths
        }
        precision = Precision(targets, sought.most, sought.stages)
    return Batch(
        experiment.name,
        experiment.question,
        tuple(plans),
        experiment.measures,
        experiment.seed,
        experiment.replications,
        precision,
        experiment.confidence,
        None if experiment.warm_up == "auto" else experiment.warm_up,
        experiment.by,
        experiment.keep,
        experiment.text,
    )


def obstacles(plans: Sequence[Plan], warm_up: int | Literal["auto"] | None) -> list[tuple[Plan, Problem]]:
    """Return all that forbids a mature view, as far as it is known before anything is simulated, with its plan."""
    return [(plan, problem) for plan in plans for problem in forbidden(plan.scenario, warm_up)]


def settled(batch: Batch, runner: Runner) -> Batch:
    """Return a batch in the mature view, after the longest warm-up that any of its arms needs.

    Parameters
    ----------
    batch : Batch
        In the opening view.
    runner : Runner
        Simulates each arm 200 times more, to find its warm-up.

    Raises
    ------
    ScenarioError
        If no steady state of an arm can be expected, or none is found.
    """
    weeks = [_warm_up(plan.scenario, batch.seed, runner) for plan in batch.plans]
    return replace(batch, warm_up=max(weeks))


def _warm_up(scenario: Scenario, seed: int, runner: Runner) -> int:
    settle(forbidden(scenario, "auto"))
    parts = sorted(
        (part for _, part in runner.parts([Point(scenario, seed)], 0, WARM_UP_REPLICATIONS)), key=lambda one: one.first
    )
    facts = joined([part.facts for part in parts if part.facts is not None])
    found = estimate(Result(scenario, seed, len(facts), facts))
    settle(found.problems)
    assert found.weeks is not None
    return found.weeks

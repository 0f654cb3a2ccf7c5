"""Batches made of plans, and of experiment files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from iopsim.errors import Problem
from iopsim.experiments.batch import Batch, Plan, Precision
from iopsim.experiments.plan import Experiment
from iopsim.experiments.point import Inputs, Point
from iopsim.experiments.result import Result
from iopsim.experiments.runner import Runner
from iopsim.experiments.uncertainty import draw_inputs
from iopsim.experiments.warmup import estimate, forbidden, settle
from iopsim.measures.facts import joined
from iopsim.scenario import Resolved
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import without_origins
from iopsim.stats.stopping import Target

TRIED = 50
"""Arms of which inputs are drawn beforehand, to see whether their ranges go together, and draws that are looked at for
what forbids a mature view."""

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
    batch = Batch(
        experiment.name,
        experiment.question,
        tuple(plans),
        experiment.measures,
        experiment.seed,
        experiment.replications,
        precision,
        experiment.confidence,
        None if experiment.warm_up == "auto" else experiment.warm_up,
        experiment.warm_up == "auto",
        experiment.by,
        experiment.keep,
        experiment.text,
    )
    return with_drawn_inputs(batch) if experiment.uncertain else batch


def with_drawn_inputs(batch: Batch) -> Batch:
    """Return a batch in which what nobody knows is drawn anew for each replication.

    What arms share is the same in all of them. What an arm sets without a range is not drawn there.

    Raises
    ------
    IopsimError
        If the ranges of an arm do not go together.
    """
    plans = tuple(replace(plan, inputs=draw_inputs(plan.resolve(), batch.seed)) for plan in batch.plans)
    for plan in plans[:TRIED]:
        assert plan.inputs is not None
        plan.inputs.scenario(0)
    return replace(batch, plans=plans)


def obstacles(plans: Sequence[Plan], warm_up: int | Literal["auto"] | None) -> list[tuple[Plan, Problem]]:
    """Return all that forbids a mature view, as far as it is known before anything is simulated, with its plan."""
    found = [(plan, problem) for plan in plans for problem in forbidden(plan.scenario, warm_up)]
    if warm_up is not None and not found:
        drawn = [(plan, plan.inputs) for plan in plans if plan.inputs is not None]
        found = [(plan, problem) for plan, inputs in drawn for problem in forbidden_draws(inputs, warm_up)]
    return found


def forbidden_draws(inputs: Inputs, warm_up: int | Literal["auto"] | None) -> tuple[Problem, ...]:
    """Return what forbids a mature view in the first of some draws of inputs in which anything does."""
    if warm_up is None:
        return ()
    draws = (forbidden(inputs.scenario(replication), warm_up) for replication in range(TRIED))
    problems = next((problems for problems in draws if problems), ())
    return tuple(
        replace(one, allowed=f"{one.allowed} (drawn within its range: give it without one)") for one in problems
    )


def settled(batch: Batch, runner: Runner) -> Batch:
    """Return a batch in the mature view, after the longest warm-up that any of its arms needs.

    Parameters
    ----------
    batch : Batch
        One whose warm-up is to be found, or any other, which is returned as it is.
    runner : Runner
        Simulates each arm 200 times more, to find its warm-up.

    Raises
    ------
    ScenarioError
        If no steady state of an arm can be expected, or none is found.
    """
    if not batch.mature or batch.warm_up is not None:
        return batch
    runner = replace(runner, progress=None)
    weeks = [_warm_up(plan.scenario, batch.seed, runner) for plan in batch.plans]
    settle(tuple(problem for _, problem in obstacles(batch.plans, max(weeks))))
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

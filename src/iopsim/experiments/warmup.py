"""The warm-up of a plan: how many weeks to leave out so that only the mature program counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from iopsim.errors import Problem, ScenarioError
from iopsim.experiments.result import F64, Result
from iopsim.experiments.steady import earliest, obstacles, too_early
from iopsim.scenario.model import Scenario
from iopsim.stats.warmup import BATCH, FEWEST_BATCHES, Truncation, mser5

SERIES = {"census": "Census", "waiting": "Waitlist", "seats_attended": "Seats attended"}
"""The weekly series that must all be steady, and what a board calls them."""

MASKS = range(1, 16)
"""Sets of the last four binary digits of a replication's number; each parts the replications into two halves."""

FEWEST_REPLICATIONS = 16
"""Fewest replications from whose halves it is told how uncertain a warm-up is."""

FEW_REPLICATIONS = 200
"""Replications below which the noise of their mean may be taken for a start that is not over."""

FEWEST_WEEKS = BATCH * FEWEST_BATCHES
"""Fewest weeks of a run from which a warm-up is estimated."""


@dataclass(frozen=True)
class WarmUp:
    """What is known of a plan's warm-up.

    Parameters
    ----------
    result : Result
        The opening view from which it is estimated.
    truncations : dict of str to Truncation
        What MSER-5 says of the mean over replications, for each of `SERIES`; empty if the run is too short for it.
    earliest : int
        Weeks until every source has ended its ramp, and every group, role and contract has begun.
    problems : tuple of Problem
        Why there is no warm-up after which the program is steady; empty if there is one.
    halves : dict of str to list of int
        For each of `truncations`, the weeks that MSER-5 gives for each of thirty halves of the replications; empty
        where there are too few of them.
    """

    result: Result = field(repr=False)
    truncations: dict[str, Truncation]
    earliest: int
    problems: tuple[Problem, ...]
    halves: dict[str, list[int]] = field(default_factory=dict)

    @property
    def weeks(self) -> int | None:
        """The largest that a series, a ramp or a late start asks for; None if the program is not steady after it."""
        if self.problems:
            return None
        return max(self.earliest, *(truncation.observations for truncation in self.truncations.values()))

    @property
    def span(self) -> tuple[int, int] | None:
        """From how few to how many weeks of warm-up 8 of 10 halves of the replications ask for; None if not known."""
        if self.problems or not self.halves:
            return None
        return middle([max(self.earliest, *weeks) for weeks in zip(*self.halves.values(), strict=True)])

    def span_of(self, name: str) -> tuple[int, int] | None:
        """From how few to how many weeks MSER-5 gives for 8 of 10 halves, for one of `SERIES`; None if not known."""
        return middle(self.halves[name]) if name in self.halves else None

    def mean(self, name: str) -> F64:
        """Return the mean over replications of one of `SERIES`, as `mean` does; shape (weeks,)."""
        return mean(self.result, name)


def mean(result: Result, name: str) -> F64:
    """Return the mean over replications of one of `SERIES`; shape (weeks,).

    Seats attended are a share of the seats on the nights held, so that a closed night is no change of level. A week
    without any night is given the share of the week before, and 0 before the first night.
    """
    return _mean(_rows(result, name))


def middle(weeks: list[int]) -> tuple[int, int]:
    """Return the ends of the middle 8 of 10 of some numbers of weeks."""
    tail = len(weeks) // 10
    ordered = sorted(weeks)
    return ordered[tail], ordered[-1 - tail]


def by_halves(result: Result) -> dict[str, list[int]]:
    """Return the weeks that MSER-5 gives for each of thirty halves of the replications, for each of `SERIES`.

    Parameters
    ----------
    result : Result
        An opening view of at least 50 weeks.

    Returns
    -------
    dict of str to list of int
        In the same order of halves; empty with fewer than 16 replications.

    Notes
    -----
    Thirty halves: for each non-empty set of the last four binary digits of a replication's number, those in which an
    even, and an odd, number of these digits is 1. Each half has a mean that lies about as far from that of all as the
    latter from the truth, so they tell how far another seed may lead. Assumes that replications are independent.
    Source: McCarthy PJ, Pseudo-replication: half samples, Review of the International Statistical Institute
    1969;37(3):239-264, with the sets as Hadamard rows.
    """
    if result.replications < FEWEST_REPLICATIONS:
        return {}
    digits = np.arange(result.replications)
    parity = np.array([[bin(k & mask).count("1") % 2 for k in digits.tolist()] for mask in MASKS], dtype=np.bool_)
    found = {}
    for name in SERIES:
        rows = _rows(result, name)
        found[name] = [mser5(_mean(rows[half])).observations for half in (*parity, *~parity)]
    return found


def _rows(result: Result, name: str) -> F64:
    return result.seat_share(name) if name == "seats_attended" else result.weekly(name)


def _mean(rows: F64) -> F64:
    """Return the mean of rows; a week that one of them does not know is given the mean of the week before, or 0."""
    line = rows.mean(axis=0)
    known = np.maximum.accumulate(np.where(np.isnan(line), -1, np.arange(len(line))))
    return np.asarray(np.where(known < 0, 0.0, line[known]), dtype=np.float64)


def estimate(result: Result) -> WarmUp:
    """Estimate the warm-up of a plan from its opening view.

    Parameters
    ----------
    result : Result
        Its opening view.

    Returns
    -------
    WarmUp

    Raises
    ------
    ValueError
        If the result is itself a mature view.

    Notes
    -----
    Assumes that a program whose census, waitlist and seats attended are steady is steady. Source: MSER-5 on each, as in
    `iopsim.stats.warmup.mser5`; of several series the longest warm-up, as Robinson S, Simulation: The Practice of Model
    Development and Use, 2nd ed. (2014), chapter 9.
    """
    if result.warm_up is not None:
        raise ValueError("a warm-up is estimated from the opening view, not from a mature one")
    scenario = result.scenario
    problems, truncations, halves = forbidden(scenario, "auto"), {}, {}
    if scenario.weeks >= FEWEST_WEEKS:
        truncations, halves = {name: mser5(mean(result, name)) for name in SERIES}, by_halves(result)
        moving = [SERIES[name].lower() for name, truncation in truncations.items() if not truncation.settled]
        if moving:
            weeks = f"a run of {scenario.weeks} weeks, at whose half MSER-5 still finds a start in {', '.join(moving)}"
            said = "a longer run is needed"
            if result.replications < FEW_REPLICATIONS:
                said = f"more replications may settle it, as the mean of {result.replications} is noisy; else {said}"
            problems += (Problem("", None, "weeks", weeks, said),)
    return WarmUp(result, truncations, earliest(scenario), problems, halves)


def forbidden(scenario: Scenario, warm_up: int | Literal["auto"] | None) -> tuple[Problem, ...]:
    """Return all that forbids a view, as far as it is known before anything is simulated.

    Parameters
    ----------
    scenario : Scenario
    warm_up : int, "auto" or None
        Weeks before the mature view; to be estimated; or the opening view, which nothing forbids.
    """
    if warm_up is None:
        return ()
    return _estimate_forbidden(scenario) if warm_up == "auto" else _weeks_forbidden(scenario, warm_up)


def settle(problems: tuple[Problem, ...]) -> None:
    """Raise what forbids a mature view, if anything does.

    Raises
    ------
    ScenarioError
    """
    if problems:
        raise ScenarioError(problems)


def _estimate_forbidden(scenario: Scenario) -> tuple[Problem, ...]:
    problems = obstacles(scenario)
    half = scenario.weeks // 2
    if scenario.weeks < FEWEST_WEEKS:
        said = f"a warm-up is estimated from at least {FEWEST_WEEKS} weeks"
        problems += (Problem("", None, "weeks", f"a run of {scenario.weeks} weeks", said),)
    elif half < earliest(scenario) < scenario.weeks:
        found = f"a run of {scenario.weeks} weeks, of which {earliest(scenario)} pass before everything has begun"
        problems += (Problem("", None, "weeks", found, "at least half of the run must come after that"),)
    return problems


def _weeks_forbidden(scenario: Scenario, warm_up: int) -> tuple[Problem, ...]:
    problems = obstacles(scenario)
    if not 1 <= warm_up < scenario.weeks:
        said = f"the run has {scenario.weeks} weeks; give a whole number from 1 to {scenario.weeks - 1}, or auto"
        return (Problem("", None, "warm_up", str(warm_up), said), *problems)
    known = {problem.path for problem in problems}
    return (*problems, *(problem for problem in too_early(scenario, warm_up) if problem.path not in known))

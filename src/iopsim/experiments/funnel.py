"""The funnel: how many of 100 referred clients are left after each step, and at which step most are lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iopsim.experiments.followed import followed
from iopsim.experiments.result import F64, Result
from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.measures.view import full_course
from iopsim.rulebook import write
from iopsim.stats.intervals import Summary, summarize

STEPS = (
    "booked_share",
    "assessed_share",
    "placed_here_share",
    "admitted_share",
    "started_share",
    "completed_of_referred_share",
)
"""Measures, in the order in which a client comes by; all of clients referred."""

LAST = STEPS[-1]
"""Told of earlier referrals than the others, as it takes longest to be known."""

SPAN = (-1.0, 1.0)
"""Between which values the difference of two shares lies."""

ALIKE = 1e-9
"""Two losses that differ by less differ by the rounding of their quotients alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way from referral to completion.

    Parameters
    ----------
    name : str
        The measure.
    share : Summary
        Of clients referred, those who come so far; from 0 to 1.
    lost : Summary
        Of clients referred, those who come to the step before and not to this one; of the last step, which is told of
        other clients, it may be less than 0.
    counted : float
        Clients of whom it is told, mean over replications.
    days : int
        Within how many days of referral.
    """

    name: str
    share: Summary
    lost: Summary
    counted: float
    days: int

    @property
    def known(self) -> bool:
        """Whether any client can be followed so far."""
        return self.share.n > 0


@dataclass(frozen=True, slots=True)
class Funnel:
    """All steps, and those at which most are lost.

    Parameters
    ----------
    steps : tuple of Step
    most : tuple of Step
        First the step at which most are lost, then those of which it cannot be told that fewer are (95 %); of one
        replication, those at which just as many are. Empty where nobody is lost or nothing is known.
    """

    steps: tuple[Step, ...]
    most: tuple[Step, ...]


def funnel(result: Result) -> Funnel:
    """Return the funnel of a program.

    Parameters
    ----------
    result : Result

    Returns
    -------
    Funnel

    Notes
    -----
    Losses are differences within a replication, and compared within it (a paired t interval). All steps but the last
    have the same clients below the line. Assumes for the last that earlier referrals start as often as later ones.
    """
    course = FOLLOW_UP_DAYS + full_course(write(result.scenario))
    before, steps, losses = np.ones(result.replications), [], {}
    for name in STEPS:
        share = result.values(name)
        losses[name] = before - share
        steps.append(
            Step(
                name,
                result.measures[name],
                summarize(losses[name], span=SPAN),
                followed(result, name),
                course if name == LAST else FOLLOW_UP_DAYS,
            )
        )
        before = share
    return Funnel(tuple(steps), _most(steps, losses))


def _most(steps: list[Step], losses: dict[str, F64]) -> tuple[Step, ...]:
    lossy = sorted((step for step in steps if step.known and step.lost.mean > 0.0), key=lambda step: -step.lost.mean)
    if not lossy:
        return ()
    first, *others = lossy
    gaps = {step.name: summarize(losses[first.name] - losses[step.name]) for step in others}
    return (first, *(step for step in others if gaps[step.name].low <= 0.0 or abs(gaps[step.name].mean) < ALIKE))

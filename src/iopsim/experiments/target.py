"""Targets: what a plan must meet, on average or in most of its possible futures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from iopsim.measures.measure import Measure
from iopsim.stats import feasibility
from iopsim.stats.feasibility import Chance, Expectation

MONTHS = 12
WEEKS = 52
"""In a year of months."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a plan must meet.

    Parameters
    ----------
    name : str
    measure : Measure
    month : int or None
        Month since the opening, from 1, of which the margin is told; None for the measure of the whole run.
    bound : float
        In the unit of the measure; a share is between 0 and 1.
    at_least : bool
        Whether the bound is the least that will do, or the most.
    kind : {"expectation", "chance"}
        Whether the mean over replications meets the bound, or a replication does with a given chance.
    chance : float or None
        That chance, between 0 and 1; None for an expectation.
    tolerance : float
        Indifference zone: a plan that misses by less than this may pass, and one that does better by less may fail. In
        the unit of the measure for an expectation, as a share of replications for a chance.
    line : int or None
        Line of the file.
    """

    name: str
    measure: Measure
    month: int | None
    bound: float
    at_least: bool
    kind: Literal["expectation", "chance"]
    chance: float | None
    tolerance: float
    line: int | None

    @property
    def weeks(self) -> range | None:
        """Weeks of the run that the month has, counted from 0; None for the whole run."""
        return None if self.month is None else weeks_of_month(self.month)

    @property
    def tested(self) -> feasibility.Target:
        """How it is tested."""
        if self.kind == "chance":
            assert self.chance is not None
            return Chance(self.bound, self.chance, self.tolerance, at_least=self.at_least)
        return Expectation(self.bound, self.tolerance, at_least=self.at_least)

    def missed_by(self, estimate: float) -> float:
        """Return by how much the target is missed, in the unit of the tolerance; less than 0 if it is beaten.

        Parameters
        ----------
        estimate : float
            A mean of the measure, or a share of replications.
        """
        if self.kind == "chance":
            assert self.chance is not None
            return self.chance - estimate
        return self.bound - estimate if self.at_least else estimate - self.bound


def weeks_of_month(month: int) -> range:
    """Return the weeks of a month since the opening: four, four and five, again and again.

    Parameters
    ----------
    month : int
        From 1.

    Returns
    -------
    range
        Weeks of the run, counted from 0; twelve months are 52 weeks.
    """
    return range((month - 1) * WEEKS // MONTHS, month * WEEKS // MONTHS)

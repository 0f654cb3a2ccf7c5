"""Targets of a sizing file: what a plan must meet, in the mean or with a stated chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from iopsim.experiments.sheet import Sheet, unit_of
from iopsim.measures.measure import Measure
from iopsim.scenario import Scenario
from iopsim.stats import feasibility
from iopsim.stats.feasibility import Chance, Expectation

TARGET_KEYS = ("measure", "month", "at_least", "at_most", "as", "chance", "tolerance")

OF_A_MONTH = "margin_usd"
"""The measure that may be told of one month."""

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
        return Expectation(self.bound, self.tolerance, at_least=self.at_least, span=self.measure.span)

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


def target(sheet: Sheet, name: str) -> Target | None:
    """Return a target of a file, by its name; None, and problems, for one that is not as it must be."""
    before, inside = sheet.refused, ("targets", name)
    sheet.known(TARGET_KEYS, *inside)
    if not sheet.table(*inside):
        return None
    measure = sheet.measure(*inside, "measure")
    month = _month(sheet, name, measure)
    bounds = [key for key in ("at_least", "at_most") if sheet.value(*inside, key) is not None]
    bound = math.nan
    if len(bounds) == 1:
        example = f"{bounds[0]} = 0.8"
        bound = sheet.number(*inside, bounds[0], above=-math.inf, below=math.inf, default=None, example=example)
        _fits(sheet, measure, bound, *inside, bounds[0])
    else:
        found = "both" if bounds else "neither"
        sheet.refuse("a target has either at_least or at_most", *inside, found=found)
    kind = sheet.choice(*inside, "as", choices=("expectation", "chance"))
    chance = None
    if kind == "chance":
        chance = sheet.number(*inside, "chance", above=0.0, below=1.0, default=None, example="chance = 0.8")
    elif sheet.value(*inside, "chance") is not None:
        sheet.refuse('a chance goes with as = "chance"', *inside, "chance")
    tolerance = _tolerance(sheet, name, measure, kind)
    if chance is not None and (chance <= tolerance or chance >= 1.0 - tolerance):
        sheet.refuse("a tolerance leaves room between the chance and 0, and between it and 1", *inside, "tolerance")
    if measure is None or sheet.refused > before:
        return None
    told: Literal["expectation", "chance"] = "chance" if kind == "chance" else "expectation"
    at_least = bounds == ["at_least"]
    return Target(name, measure, month, bound, at_least, told, chance, tolerance, sheet.line(*inside))


def _month(sheet: Sheet, name: str, measure: Measure | None) -> int | None:
    if sheet.value("targets", name, "month") is None:
        return None
    month = sheet.whole("targets", name, "month", least=1, most=240, default=1)
    if measure is not None and measure.name != OF_A_MONTH:
        sheet.refuse(f"only {OF_A_MONTH} is told of one month", "targets", name, "month")
    return month


def _fits(sheet: Sheet, measure: Measure | None, bound: float, *key: str) -> None:
    """Refuse a bound that the measure meets always or never."""
    if measure is not None and not math.isnan(bound) and not measure.span[0] <= bound <= measure.span[1]:
        low, high = measure.span
        said = f"{measure.name} lies between {low:g} and {high:g}" if math.isfinite(high) else "it is never less than 0"
        said += "; 80 percent is written 0.8" if measure.unit == "share" else ""
        sheet.refuse(said, *key)


def _tolerance(sheet: Sheet, name: str, measure: Measure | None, kind: str) -> float:
    unit = "as a share of replications" if kind == "chance" else f"in {unit_of(measure) if measure else 'its unit'}"
    example = f"tolerance = 0.05: by how much a plan may miss and still pass, {unit}"
    below = 1.0 if kind == "chance" else math.inf
    return sheet.number("targets", name, "tolerance", above=0.0, below=below, default=None, example=example)


def untellable(target: Target, scenario: Scenario) -> str:
    """Return why a scenario cannot tell whether it meets a target; empty if it can."""
    if target.weeks is not None and target.weeks.stop > scenario.weeks:
        return f"month {target.month} ends after {target.weeks.stop} weeks, and the run has {scenario.weeks}"
    if target.measure.name == OF_A_MONTH and not scenario.payers:
        return "without payers nothing is billed, and there is no margin"
    return ""

"""What a sensitivity analysis varies: what nobody knows, along its range, and settings with levels."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from typing import Protocol, TypeVar

import numpy as np

from iopsim.errors import ScenarioError
from iopsim.experiments.uncertainty import value_at
from iopsim.rulebook import Rulebook, write
from iopsim.scenario import Resolved, Scenario
from iopsim.scenario.unknowns import Unknown, changed_values, unknowns, with_changes
from iopsim.scenario.words import plain, written

Plan_co = TypeVar("Plan_co", covariant=True)


class Space(Protocol[Plan_co]):
    """Plans by their place in a unit cube with an edge for each factor."""

    @property
    def names(self) -> Sequence[str]:
        """Name of each factor."""

    def ends(self, factor: int) -> Sequence[float]:
        """Where to look along a factor one at a time: the ends of its range, or its levels, but not where it is."""

    def n_levels(self, factor: int) -> int:
        """How many levels a factor has that have no order; 0 for one with a range."""

    def told(self, factor: int, place: float) -> str:
        """Return the setting of a factor at a place, in words."""

    def at(self, places: Mapping[int, float]) -> Plan_co:
        """Return the plan with some factors, by number, at places from 0 to 1, and the others as they are.

        Raises
        ------
        ScenarioError
            If there cannot be such a plan.
        """


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting with levels, which have no order.

    Parameters
    ----------
    path : str
        Dotted path of the setting, such as ``waitlist.when_first_does_not_fit``.
    levels : tuple
        Its values; two at least.
    """

    path: str
    levels: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors of a scenario: unknowns, then choices.

    A place along an unknown is the share of its distribution below the value there, so that 0 and 1 are the ends of its
    range; along a choice every level has an equal part. Shares of one whole take what is left, or are divided by their
    sum, as `iopsim.scenario.unknowns.with_values` says.
    """

    base: Resolved
    known: tuple[Unknown, ...]
    choices: tuple[Choice, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each unknown, path of each choice."""
        return (*(one.name for one in self.known), *(choice.path for choice in self.choices))

    def ends(self, factor: int) -> tuple[float, ...]:
        """Places of the ends of a range, or of the levels, other than where the scenario is."""
        if factor < len(self.known):
            one = self.known[factor]
            return tuple(place for place, end in ((0.0, one.low), (1.0, one.high)) if end != one.value)
        levels = self.choices[factor - len(self.known)].levels
        return tuple((at + 0.5) / len(levels) for at in range(len(levels)))

    def n_levels(self, factor: int) -> int:
        """How many levels a choice has; 0 of an unknown."""
        return 0 if factor < len(self.known) else len(self.choices[factor - len(self.known)].levels)

    def told(self, factor: int, place: float) -> str:
        """Return the setting of a factor at a place, in words."""
        setting = self._setting(factor, place)
        return plain(setting) if isinstance(setting, float) else written(setting)

    def at(self, places: Mapping[int, float]) -> Scenario:
        """Return the scenario with some factors at places from 0 to 1."""
        n = len(self.known)
        values = {self.known[at].name: self._number(at, place) for at, place in places.items() if at < n}
        changes = changed_values(self.base, values, self.known)
        changes |= {self.choices[at - n].path: self._setting(at, place) for at, place in places.items() if at >= n}
        return with_changes(self.base, changes).scenario if changes else self.base.scenario

    def only(self, names: Collection[str]) -> Factors:
        """Return the factors of these names alone, in their own order."""
        known = tuple(one for one in self.known if one.name in names)
        return Factors(self.base, known, tuple(choice for choice in self.choices if choice.path in names))

    def _number(self, factor: int, place: float) -> float:
        return value_at(self.known[factor], place)

    def _setting(self, factor: int, place: float) -> object:
        if factor < len(self.known):
            return self._number(factor, place)
        levels = self.choices[factor - len(self.known)].levels
        return levels[level_at(place, len(levels))]


def level_at(place: float, n_levels: int) -> int:
    """Return the number of the level at a place from 0 to 1, each level having an equal part."""
    return min(int(place * n_levels + 1e-9), n_levels - 1)


MOST_COMBINATIONS = 64
"""Combinations of levels of choices up to which it is found out which factors cannot reach the model."""


def factors_of(resolved: Resolved, choices: Sequence[Choice] = (), also: Collection[str] = ()) -> Factors:
    """Return the factors of a scenario.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins.
    choices : sequence of Choice
        Settings with levels.
    also : collection of str
        As for `iopsim.scenario.unknowns.unknowns`.
    """
    return Factors(resolved, unknowns(resolved, also), tuple(choices))


def without_effect(factors: Factors) -> tuple[str, ...]:
    """Return the factors that cannot reach the model, as what they belong to is switched off.

    Parameters
    ----------
    factors : Factors
        The factors of a scenario.

    Returns
    -------
    tuple of str
        Names of those whose rulebook is the same at all their ends, with all other unknowns as they are and with all at
        their high ends, each with every combination of the levels of the choices, so that what matters only together
        with something else is not among them; nothing if there are more than `MOST_COMBINATIONS`. A factor of which the
        door refuses an end is not among them either.
    """
    n = len(factors.known)
    places = [[(at, place) for place in factors.ends(at)] for at in range(n, len(factors.names))]
    if math.prod(map(len, places)) > MOST_COMBINATIONS:
        return ()
    highest = {at: max(factors.ends(at)) for at in range(n) if factors.ends(at)}
    book = write(factors.at({}))
    left = [at for at in range(len(factors.names)) if _changes_nothing(factors, at, {}, book)]
    for combination in product(*places):
        for unknown in ({}, highest):
            if others := {**unknown, **dict(combination)}:
                left = [at for at in left if _changes_nothing(factors, at, others)]
    return tuple(factors.names[at] for at in left)


def _changes_nothing(factors: Factors, factor: int, others: Mapping[int, float], book: Rulebook | None = None) -> bool:
    """Whether all ends of a factor make the same rulebook, as `book`, or among other settings."""
    around = {at: place for at, place in others.items() if at != factor}
    try:
        book = book or write(factors.at(around))
        return all(same_book(write(factors.at({**around, factor: place})), book) for place in factors.ends(factor))
    except ScenarioError:
        return bool(others)  # what cannot be together says nothing; what a factor does alone decides


def same_book(one: object, other: object) -> bool:
    """Whether two parts of rulebooks say the same."""
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same_book(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)
        )
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and bool(np.array_equal(one, other))
    if isinstance(one, tuple | list):
        return (
            isinstance(other, tuple | list)
            and len(one) == len(other)
            and all(same_book(a, b) for a, b in zip(one, other, strict=True))
        )
    return bool(one == other)

"""What a measure is: a name, a unit, who is counted, and a function from the View to two whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iopsim.measures.view import View
from iopsim.stats.intervals import ANYTHING, ratio

Unit = Literal["clients", "days", "weeks", "sessions", "share", "usd", "hours", "changes", "notices"]
Fraction = tuple[int, int]
"""Numerator and denominator; a denominator of 0 means that the replication cannot tell. Dollars are in cents."""

CENTS = 100
"""In a dollar."""

FOLLOW_UP_DAYS = 90
"""A client counts in a measure of waiting only if referred this long before the run ends, and waits longer than
this count as not reached: else short waits would be over-represented while a queue grows."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a replication; its value is numerator / denominator.

    Parameters
    ----------
    name : str
        Stable name for files and code.
    label : str
        What a board reads.
    unit : str
        Unit of the value.
    numerator, denominator : str
        What is summed above and below the line.
    counted : str
        The eligible cohort.
    compute : callable
        The measure itself.
    by_group : bool
        Whether it can be told of some of the clients: of all it looks at, the Record knows whose it is.
    per_program : bool
        Whether the program, and not its clients, stands below the line: days, seats, slots. Of a group it is then the
        group's part, and a large group has a large one; to compare two of them says nothing about how they fare.
    beyond_one : bool
        Whether a share may exceed 1: what is used of something planned that may be exceeded.
    """

    name: str
    label: str
    unit: Unit
    numerator: str
    denominator: str
    counted: str
    compute: Callable[[View], Fraction]
    by_group: bool = True
    per_program: bool = False
    beyond_one: bool = False

    def __reduce__(self) -> tuple[Callable[[str, str], Measure], tuple[str, str]]:
        """Be pickled by name: the function alone would not be found, as its name now means the measure."""
        return _found, (self.compute.__module__, self.name)

    def values(self, fractions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return values of this measure, money in dollars; NaN where one cannot be told.

        Parameters
        ----------
        fractions : int array, shape (..., 2)
            Numerators and denominators.
        """
        return ratio(fractions[..., 0], fractions[..., 1]) / self.scale

    @property
    def scale(self) -> int:
        """By what a fraction is divided to come to the unit: dollars are counted in cents."""
        return CENTS if self.unit == "usd" else 1

    @property
    def span(self) -> tuple[float, float]:
        """Between which values it lies by definition: shares from 0 to 1, dollars anywhere, all else from 0 on."""
        if self.unit == "usd":
            return ANYTHING
        return 0.0, 1.0 if self.unit == "share" and not self.beyond_one else math.inf

    @property
    def meaning(self) -> str:
        """The measure in a sentence or two."""
        return " ".join((getdoc(self.compute) or "").split())


def _found(module: str, name: str) -> Measure:
    found: Measure = getattr(import_module(module), name)
    return found


def measure(
    label: str,
    unit: Unit,
    numerator: str,
    denominator: str,
    counted: str,
    *,
    by_group: bool = True,
    per_program: bool = False,
    beyond_one: bool = False,
) -> Callable[[Callable[[View], Fraction]], Measure]:
    """Make a measure of a function; the measure takes the function's name."""

    def made(compute: Callable[[View], Fraction]) -> Measure:
        name = compute.__name__
        return Measure(name, label, unit, numerator, denominator, counted, compute, by_group, per_program, beyond_one)

    return made

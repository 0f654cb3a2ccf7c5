"""What a measure is: a name, a unit, who is counted, and a function from the View to two whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from inspect import getdoc
from typing import Any, Literal

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
class Sum:
    """How a measure is added up from the rows of one table.

    Its functions take the view and the rows, one or all of them: a number of a row, or a whole column of such numbers.
    So they are written with ``&``, ``|``, ``~`` and `iopsim.measures.view.chosen`, and a compiled run adds up the same
    functions.

    Parameters
    ----------
    of : str
        The table of the Record.
    each : callable
        What a row adds above the line; also what it adds below, if nothing says what stands there.
    among : callable, optional
        Which rows count; their number stands below the line.
    over : callable, optional
        What stands below the line of all rows together, from the view alone.
    """

    of: str
    each: Callable[[View, Any], Any]
    among: Callable[[View, Any], Any] | None = None
    over: Callable[[View], int] | None = None

    def added(self, view: View) -> Fraction:
        """Return what the rows of a record come to."""
        rows = getattr(view.record, self.of)
        if self.among is not None:
            who = self.among(view, rows)
            return int((who * self.each(view, rows)).sum()), int(who.sum())
        if self.over is not None:
            return int(self.each(view, rows).sum()), self.over(view)
        above, below = self.each(view, rows)
        return int(above.sum()), int(below.sum())


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
    sum : Sum, optional
        How it is added up, if that is all there is to it.
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
    sum: Sum | None = None

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


def _adding(total: Sum) -> Callable[[View], Fraction]:
    """Return a function of the view alone that adds up, with the name and the words of the one that it adds up."""

    @wraps(total.each)
    def compute(view: View) -> Fraction:
        return total.added(view)

    return compute


def once(view: View) -> int:
    """What stands below the line of a number of the whole run."""
    return 1


def measure(
    label: str,
    unit: Unit,
    numerator: str,
    denominator: str,
    counted: str,
    *,
    of: str = "",
    among: Callable[[View, Any], Any] | None = None,
    over: Callable[[View], int] | None = None,
    by_group: bool = True,
    per_program: bool = False,
    beyond_one: bool = False,
) -> Callable[[Callable[..., Any]], Measure]:
    """Make a measure of a function; the measure takes the function's name.

    The function takes the view and returns two whole numbers; one `of` a table takes the view and the table's rows,
    and is added up as `Sum` says.
    """

    def made(function: Callable[..., Any]) -> Measure:
        total = Sum(of, function, among, over) if of else None
        compute = function if total is None else _adding(total)
        name = function.__name__
        return Measure(
            name, label, unit, numerator, denominator, counted, compute, by_group, per_program, beyond_one, total
        )

    return made

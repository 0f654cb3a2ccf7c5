"""What a measure is: a name, a unit, who is counted, and a function from the View to two whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from iopsim.measures.view import View

Unit = Literal["clients", "days", "weeks", "sessions", "share"]
Fraction = tuple[int, int]
"""Numerator and denominator; a denominator of 0 means that the replication cannot tell."""

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
    """

    name: str
    label: str
    unit: Unit
    numerator: str
    denominator: str
    counted: str
    compute: Callable[[View], Fraction]


def measure(
    label: str, unit: Unit, numerator: str, denominator: str, counted: str
) -> Callable[[Callable[[View], Fraction]], Measure]:
    """Make a measure of a function; the measure takes the function's name."""

    def made(compute: Callable[[View], Fraction]) -> Measure:
        return Measure(compute.__name__, label, unit, numerator, denominator, counted, compute)

    return made

"""What a measure is: a name, a unit, who is counted, and a function from the Record to two whole numbers.

Measures of money take the Ledger too, and count in cents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc
from typing import Literal, cast

from iopsim.money import Ledger
from iopsim.record import Record
from iopsim.rulebook import Rulebook

Unit = Literal["clients", "days", "weeks", "sessions", "share", "usd"]
Fraction = tuple[int, int]
"""Numerator and denominator; a denominator of 0 means that the replication cannot tell. Dollars are in cents."""

OfRecord = Callable[[Record, Rulebook], Fraction]
OfLedger = Callable[[Record, Rulebook, Ledger], Fraction]

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
    of_money : bool
        Whether it takes the Ledger too.
    """

    name: str
    label: str
    unit: Unit
    numerator: str
    denominator: str
    counted: str
    compute: OfRecord | OfLedger
    of_money: bool = False

    def of(self, record: Record, book: Rulebook, ledger: Ledger) -> Fraction:
        """Return numerator and denominator for one replication."""
        if self.of_money:
            return cast(OfLedger, self.compute)(record, book, ledger)
        return cast(OfRecord, self.compute)(record, book)

    @property
    def meaning(self) -> str:
        """The measure in a sentence or two."""
        return " ".join((getdoc(self.compute) or "").split())


def measure(label: str, unit: Unit, numerator: str, denominator: str, counted: str) -> Callable[[OfRecord], Measure]:
    """Make a measure of a function; the measure takes the function's name."""

    def made(compute: OfRecord) -> Measure:
        return Measure(compute.__name__, label, unit, numerator, denominator, counted, compute)

    return made


def money_measure(
    label: str, unit: Unit, numerator: str, denominator: str, counted: str
) -> Callable[[OfLedger], Measure]:
    """Make a measure of a function that takes the Ledger too."""

    def made(compute: OfLedger) -> Measure:
        return Measure(compute.__name__, label, unit, numerator, denominator, counted, compute, of_money=True)

    return made

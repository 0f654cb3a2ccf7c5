"""The view: one replication's Record, the Rulebook it followed, and the first day that counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.money import Ledger
from iopsim.record import I64, NEVER, Record
from iopsim.rulebook import Rulebook

Flags = NDArray[np.bool_]

SPARE_DAYS = 28
"""Days beyond the planned length that a client is followed, because some wait for a step-down seat."""


@dataclass(frozen=True, slots=True)
class View:
    """What measures look at: everything that happened, and from which day on it counts.

    The record is whole whatever the first day is: a client who came before it holds a seat and a place in a caseload
    on every later day, but belongs to no cohort of clients.

    Parameters
    ----------
    record : Record
    book : Rulebook
    since : int
        First day counted, a whole number of weeks, less than the days of the run; 0 is the opening.
    ledger : Ledger, optional
        The accounts of the replication, for measures of money.
    """

    record: Record
    book: Rulebook
    since: int = 0
    ledger: Ledger | None = None

    @property
    def accounts(self) -> Ledger:
        """The ledger; only a view that was given one has it.

        Raises
        ------
        ValueError
            If it was given none.
        """
        if self.ledger is None:
            raise ValueError("this view has no ledger; a measure of money needs one")
        return self.ledger

    @property
    def first_account_week(self) -> int:
        """First column of the ledger that counts: the weeks before the opening count from the opening on only."""
        return self.since // 7 - self.accounts.first_week if self.since else 0

    @property
    def end(self) -> int:
        """First day after the run."""
        return self.record.days

    @property
    def days(self) -> int:
        """Days counted."""
        return self.end - self.since

    @property
    def weeks(self) -> int:
        """Weeks counted."""
        return self.days // 7

    @property
    def course(self) -> int:
        """Days for which a client is followed to know how treatment ended."""
        return full_course(self.book)

    def counted(self, daily: I64) -> I64:
        """Return the counted part of a series with one value for each day of the run; shape (days,)."""
        return daily[self.since :]


def full_course(book: Rulebook) -> int:
    """Days for which a client is followed to know how treatment ended: the planned length and four weeks."""
    return book.planned_days + SPARE_DAYS


def covers(view: View, day: I64) -> Flags:
    """Whether a day counts; one that never came (-1) or lies beyond the run does not."""
    return flags((day >= view.since) & (day < view.end))


def or_end(view: View, day: I64) -> I64:
    """Return a day, or the first after the run in place of one that never came (-1)."""
    return chosen(flags(day == NEVER), view.end, day)


def chosen(when: Flags, one: I64 | int, other: I64) -> I64:
    """Return one number where something holds, and the other where not."""
    number: I64 = other + when * (one - other)
    return number


def flags(which: NDArray[np.bool_]) -> Flags:
    """Say that a comparison of columns is a column of truth values, which the type of an array does not tell."""
    return which

"""Facts: a replication reduced to whole numbers - its measures and its series - and those of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.partition import Partition, split
from iopsim.measures.resources import nights, staff
from iopsim.measures.series import money, monthly, retention, weekly
from iopsim.measures.view import View, full_course
from iopsim.record import I64
from iopsim.rulebook import Rulebook

EARLIEST_WEEKS = 104
"""Weeks before the opening in which money may be spent, at most."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The measures and series of some replications, as whole numbers; first axis: replication."""

    numerators: I64
    denominators: I64
    weekly: I64
    monthly: I64
    retention: I64
    money: I64
    nights: I64
    staff: I64
    groups: I64
    """As `iopsim.measures.partition.split` returns it; no groups, if none were asked for."""

    def __len__(self) -> int:
        return len(self.numerators)

    def columns(self) -> dict[str, I64]:
        """Return the arrays by name, in their order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def rows(self, first: int, last: int) -> Facts:
        """Return the facts of some replications, counted from the first that these are of."""
        return Facts(*(column[first:last] for column in self.columns().values()))


def reduce(view: View, parts: Sequence[Partition] = (), series: bool = True) -> tuple[I64, ...]:
    """Return the facts of one replication, in the order of the columns of `Facts`, without their first axis.

    Parameters
    ----------
    view : View
    parts : sequence of Partition
        By what clients are told apart.
    series : bool
        Without them, only measures are computed, as in `measures_alone`.
    """
    fractions = np.array([measure.compute(view) for measure in CATALOGUE], dtype=np.int64)
    if not series:
        alone = measures_alone(fractions[None])
        return (*(column[0] for column in list(alone.columns().values())[:-1]), split(view, parts))
    told = (weekly(view), monthly(view), retention(view), money(view), nights(view), staff(view))
    return (fractions[:, 0], fractions[:, 1], *told, split(view, parts))


def fitted(row: tuple[I64, ...], book: Rulebook, since: int) -> tuple[I64, ...]:
    """Return the facts of a replication of other inputs in the shape that all those of a plan have.

    Money begins 104 weeks before the opening, which is as early as any can be spent, with nothing; of retention there
    are the weeks of the plan, and nobody is counted in those for which the replication's clients are not followed.

    Parameters
    ----------
    row : tuple of int array
        From `reduce`.
    book : Rulebook
        Of the plan itself.
    since : int
        First day that counts.

    Raises
    ------
    ValueError
        If the replication has other weeks, months, group nights or roles than the plan.
    """
    above, below, by_week, by_month, left, cash, by_night, by_role, groups = row
    weeks = book.weeks - since // 7
    months = int(book.month[-1]) - int(book.month[since]) + 1
    if (by_week.shape[1], by_month.shape[1]) != (weeks, months):
        raise ValueError("inputs may not change the opening or the weeks of the run")
    if (by_night.shape[1], by_role.shape[1]) != (len(book.schedule.night_group), len(book.staffing.role_names)):
        raise ValueError("inputs may not change which group nights and roles there are")
    if since == 0:
        cash = np.pad(cash, ((0, 0), (EARLIEST_WEEKS + weeks - cash.shape[1], 0)))
    asked = full_course(book) // 7 + 1
    left = np.pad(left[:, :asked], ((0, 0), (0, max(0, asked - left.shape[1]))))
    return above, below, by_week, by_month, left, cash, by_night, by_role, groups


def from_first_dollar(facts: Facts) -> Facts:
    """Return facts whose series of money begins with the first week in which any replication spends or earns."""
    moved = np.flatnonzero((facts.money != 0).any(axis=(0, 1)))
    return replace(facts, money=facts.money[:, :, int(moved[0]) if len(moved) else 0 :])


def measures_alone(fractions: I64) -> Facts:
    """Return facts of which nothing is known but the measures.

    Parameters
    ----------
    fractions : int array, shape (replications, measures, 2)
        Numerators and denominators.
    """
    n = len(fractions)
    flat, split_up = np.zeros((n, 0, 0), dtype=np.int64), np.zeros((n, 0, 2, len(CATALOGUE), 2), dtype=np.int64)
    by_name = np.zeros((n, 0, 0, 0), dtype=np.int64)
    above, below = fractions[..., 0], fractions[..., 1]
    return Facts(above, below, flat, flat, flat, flat, by_name, by_name, split_up)


def gathered(replications: Sequence[tuple[I64, ...]]) -> Facts:
    """Return the facts of replications that were reduced one by one; at least one.

    Raises
    ------
    ValueError
        If there is none, or they differ in shape.
    """
    return Facts(*(np.array(column, dtype=np.int64) for column in zip(*replications, strict=True)))


def room(like: Facts, n: int) -> Facts:
    """Return facts of `n` replications, of the shapes of others, to be filled row by row; all 0 so far."""
    return Facts(*(np.zeros((n, *column.shape[1:]), dtype=np.int64) for column in like.columns().values()))


def joined(parts: Sequence[Facts]) -> Facts:
    """Return facts one below the other; at least one part."""
    return Facts(
        *(np.concatenate(columns) for columns in zip(*(part.columns().values() for part in parts), strict=True))
    )

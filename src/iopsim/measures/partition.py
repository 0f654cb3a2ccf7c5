"""Telling clients apart: by source, by each trait, by payer; and the measures of each group, as whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from iopsim.measures import subset
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.view import Flags, View
from iopsim.record import I64, Record
from iopsim.rulebook import Rulebook

WITH, WITHOUT = "with", "without"


@dataclass(frozen=True, slots=True)
class Partition:
    """One way of telling clients apart: every client is in exactly one of the groups.

    Parameters
    ----------
    dimension : str
        A key of `DIMENSIONS`.
    name : str
        What a table is headed with.
    phrase : str
        How a sentence speaks of one of the groups, with ``{}`` for its name.
    groups : tuple of str
    number : callable
        From the Record to each client's group, as its place in `groups`; shape (clients,).
    """

    dimension: str
    name: str
    phrase: str
    groups: tuple[str, ...]
    number: Callable[[Record], I64]

    def called(self, group: str) -> str:
        """Return how a sentence speaks of a group."""
        return self.phrase.format(group)


def _source(record: Record) -> I64:
    return record.clients.source


def _without(trait: int, record: Record) -> I64:
    return 1 - (record.clients.traits >> trait & 1)


def _by_source(book: Rulebook) -> Iterable[Partition]:
    yield Partition("source", "source", "source {}", book.demand.source_names, _source)


def _by_trait(book: Rulebook) -> Iterable[Partition]:
    for trait, name in enumerate(book.demand.trait_names):
        yield Partition("trait", f"trait {name}", f"{{}} trait {name}", (WITH, WITHOUT), partial(_without, trait))


def _payer(record: Record) -> I64:
    return record.clients.payer


def _by_payer(book: Rulebook) -> Iterable[Partition]:
    if book.demand.payer_names:
        yield Partition("payer", "payer", "payer {}", book.demand.payer_names, _payer)


DIMENSIONS: dict[str, Callable[[Rulebook], Iterable[Partition]]] = {
    "source": _by_source,
    "trait": _by_trait,
    "payer": _by_payer,
}
"""What clients can be told apart by, and how."""


def partitions(book: Rulebook, by: Sequence[str]) -> tuple[Partition, ...]:
    """Return the partitions of some dimensions, in the order of `DIMENSIONS`, each once.

    Parameters
    ----------
    book : Rulebook
    by : sequence of str
        Keys of `DIMENSIONS`; their plural will do.

    Raises
    ------
    ValueError
        If there is no such dimension.
    """
    wanted = {name.removesuffix("s") for name in ((by,) if isinstance(by, str) else by)}
    unknown = sorted(wanted - set(DIMENSIONS))
    if unknown:
        *some, last = DIMENSIONS
        raise ValueError(f"clients are not told apart by {unknown[0]!r}; by {', '.join(some)} or {last}")
    return tuple(part for name, parts in DIMENSIONS.items() if name in wanted for part in parts(book))


def split(view: View, parts: Sequence[Partition]) -> I64:
    """Return numerators and denominators of each group, and of everybody else of its partition.

    Parameters
    ----------
    view : View
        Its record is split; the first day that counts is the same for every group.
    parts : sequence of Partition

    Returns
    -------
    int array, shape (groups, 2, measures, 2)
        Groups in the order of the partitions; the group, then the others; `CATALOGUE`; numerator, denominator. Where
        a measure is not `by_group` both are 0, which means that it cannot be told.
    """
    rows = []
    for part in parts:
        number = part.number(view.record)
        groups = range(len(part.groups))
        each = [_fractions(view, number == group) for group in groups]
        if len(each) == 2:
            others = each[::-1]
        else:
            others = [_fractions(view, number != group) for group in groups]
        rows += list(zip(each, others, strict=True))
    return np.array(rows, dtype=np.int64).reshape(-1, 2, len(CATALOGUE), 2)


def _fractions(view: View, who: Flags) -> list[tuple[int, int]]:
    ledger = view.ledger.of(who) if view.ledger is not None else None
    part = replace(view, record=subset.of(view.record, who), ledger=ledger)
    return [measure.compute(part) if measure.by_group else (0, 0) for measure in CATALOGUE]

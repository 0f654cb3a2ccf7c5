"""Equity: the measures of each group of clients, and whether a group fares otherwise than everybody else.

Groups of one replication share their luck with the program - a crowded year is crowded for all - so differences are
taken within each replication, and the interval is that of their mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.measures.partition import Partition
from iopsim.record import I64
from iopsim.stats.contrast import each
from iopsim.stats.intervals import Summary, summarize

if TYPE_CHECKING:
    import pandas as pd

F64 = NDArray[np.float64]


MISTAKEN = 0.05
"""Probability that any of the intervals of a partition's differences misses what it is of."""


def differences(part: Partition) -> int:
    """Return how many differences are looked at together; of two groups, one is the other's with its sign turned.

    Notes
    -----
    Each interval is made so that all hold together at 1 - MISTAKEN (`iopsim.stats.contrast.each`).
    """
    groups = len(part.groups) if len(part.groups) > 2 else 1
    return groups * sum(measure.by_group and not measure.per_program for measure in CATALOGUE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of one group, beside the same measure of all other clients.

    Parameters
    ----------
    partition : Partition
        The way of telling clients apart.
    group : str
        One of its groups.
    measure : Measure
    summary : Summary
        Of the group.
    others : Summary
        Of all other clients.
    difference : Summary or None
        Of the group less the others, paired by replication; None where the measure is `per_program`, so that it would
        only tell which is the larger group. Its interval is wide enough for all differences of the partition together
        to be right in 95 of 100 runs.
    """

    partition: Partition
    group: str
    measure: Measure
    summary: Summary
    others: Summary
    difference: Summary | None

    @property
    def told_apart(self) -> bool | None:
        """Whether the interval of the difference leaves out 0; None where there is no interval to go by."""
        if self.difference is None or math.isnan(self.difference.low):
            return None
        return self.difference.low > 0.0 or self.difference.high < 0.0

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        who = f"{self.measure.label}: {self.partition.called(self.group)}"
        gap = self.difference
        if gap is None:
            return f"{who} is a part of the whole and not compared."
        if self.told_apart is None:
            return f"{who} cannot be compared with the others: too few replications tell."
        if not self.told_apart:
            return f"{who} and the others cannot be told apart."
        unit, factor = ("percentage points", 100.0) if self.measure.unit == "share" else (self.measure.unit, 1.0)
        word = "more" if gap.mean > 0.0 else "less"
        least, mean, most = sorted(factor * abs(value) for value in (gap.low, gap.mean, gap.high))
        return f"{who} has {mean:.2f} {unit} {word} than the others ({least:.2f} to {most:.2f})."


@dataclass(frozen=True)
class Equity:
    """The measures by group, whole numbers by replication, and what they say.

    Parameters
    ----------
    partitions : tuple of Partition
    facts : int array, shape (replications, groups, 2, measures, 2)
        From `iopsim.measures.partition.split`.
    """

    partitions: tuple[Partition, ...]
    facts: I64 = field(repr=False)

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every measure that can be told by group, of every group: by partition, then measure, then group."""
        return tuple(self._comparisons())

    def __repr__(self) -> str:
        """Return which groups there are, and how to go on."""
        if not self.partitions:
            return "<Equity: clients were not told apart; simulate(..., by=['source', 'trait', 'payer']) does>"
        parts = "; ".join(f"by {part.name}: {', '.join(part.groups)}" for part in self.partitions)
        runs = f"{len(self.facts):,} replication{'' if len(self.facts) == 1 else 's'}"
        return (
            f"<Equity of {runs} {parts}. to_pandas() gives the measures of each group, .comparisons their differences>"
        )

    def __len__(self) -> int:
        return len(self.partitions)

    def groups(self) -> list[tuple[Partition, str]]:
        """Return every group, in the order of the facts."""
        return [(part, group) for part in self.partitions for group in part.groups]

    def to_pandas(self) -> pd.DataFrame:
        """Return the comparisons as a tidy table: one row for each group and measure."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()), columns=list(COLUMNS))

    def rows(self) -> Iterator[tuple[str | int | float, ...]]:
        """Return the comparisons as rows under `COLUMNS`; NaN, and an empty text, where nothing can be told."""
        for found in self.comparisons:
            whole, others = found.summary, found.others
            gap = found.difference or summarize(np.empty(0))
            yield (
                found.partition.dimension,
                found.partition.name,
                found.group,
                found.measure.name,
                found.measure.label,
                found.measure.unit,
                *(whole.mean, whole.low, whole.high, whole.p10, whole.p90, whole.n, whole.undefined),
                others.mean,
                *(gap.mean, gap.low, gap.high, gap.n),
                {True: "yes", False: "no", None: ""}[found.told_apart],
            )

    def _comparisons(self) -> Iterator[Comparison]:
        first = 0
        for part in self.partitions:
            confidence = each(1.0 - MISTAKEN, differences(part))
            for column, measure in enumerate(CATALOGUE):
                if measure.by_group:
                    values = measure.values(self.facts[:, :, :, column])
                    for place, group in enumerate(part.groups):
                        mine, others = values[:, first + place, 0], values[:, first + place, 1]
                        gap = None if measure.per_program else summarize(mine - others, confidence)
                        whole, rest = (summarize(one, span=measure.span) for one in (mine, others))
                        yield Comparison(part, group, measure, whole, rest, gap)
            first += len(part.groups)


COLUMNS = (
    "dimension",
    "partition",
    "group",
    "name",
    "label",
    "unit",
    "mean",
    "low",
    "high",
    "p10",
    "p90",
    "n",
    "undefined",
    "others_mean",
    "difference",
    "difference_low",
    "difference_high",
    "difference_n",
    "told_apart",
)
"""Of the rows of `Equity`; `difference` is the group less the others, paired by replication."""

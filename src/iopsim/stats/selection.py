"""Select the best of some systems under common random numbers, dropping those that have fallen behind on the way.

Fully sequential selection in an indifference zone (Kim and Nelson's KN), by asking and telling: `remaining` says which
systems still need replications, `tell` takes them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.intervals import ratio

F64 = NDArray[np.float64]

STEP = 64
"""Observations looked at together; it bounds memory and changes nothing."""


def eta(first: int, mistaken: float) -> float:
    """Return the constant by which the first stage's uncertainty widens the triangle of a sequential test.

    Parameters
    ----------
    first : int
        Observations n0 of the first stage, from which the variance is estimated; 2 or more.
    mistaken : float
        Probability with which one test may go wrong, between 0 and 1/2.

    Returns
    -------
    float
        The solution of 1/2 (1 + 2 eta)^(-(n0 - 1) / 2) = mistaken.

    Raises
    ------
    ValueError
        If either is out of range.

    Notes
    -----
    Source: Kim S-H, Nelson BL, ACM Transactions on Modeling and Computer Simulation 2001;11:251-273, g(eta) with
    c = 1, after Fabian V, Annals of Statistics 1974;2:170-176.
    """
    if first < 2 or not 0.0 < mistaken < 0.5:
        raise ValueError(f"a first stage of 2 or more, and a mistake in less than half, not {first} and {mistaken}")
    return float(0.5 * ((2.0 * mistaken) ** (-2.0 / (first - 1)) - 1.0))


@dataclass(frozen=True, slots=True)
class Elimination:
    """A system that was dropped."""

    system: int
    by: int
    """The system that was better."""
    observations: int
    """Pairs of observations of these two by then."""
    replications: int
    """Told by then."""
    unvaried: bool
    """Whether their difference was the same in all of the first stage, so that what is rare may not have been seen; if
    it was 0, the later of the two was dropped as no better."""


class Selection:
    """Select the system with the smallest mean (or the largest) with a promised probability.

    With probability `confidence` or more the best system is the one that is left, if it is better than every other by
    `zone` at least. If others come within `zone` of it, one of them may be left instead, and nothing is promised.

    Parameters
    ----------
    systems : int
        How many, 1 or more; numbered from 0.
    zone : float
        Indifference zone, above 0, in the unit of the measure: the smallest difference worth telling.
    confidence : float
        Between 0 and 1; above 1 / systems, which guessing gives.
    first : int
        Observations of the first stage, 2 or more; with fewer than ten many more are needed later.
    batch : int
        Replications averaged into one observation, 1 or more. For a skewed measure ten, with a first stage of fifty,
        so that observations are nearly normal.
    largest : bool
        Whether the best has the largest mean.

    Attributes
    ----------
    remaining : tuple of int
        Systems still in, in order; one when it is over.
    replications : int
        Replications told of each system still in; those that do not fill a batch wait for more.
    eliminations : tuple of Elimination
        In the order in which they came.
    undefined : tuple of int
        Replications in which each system was told as undefined.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Notes
    -----
    System i is dropped by system l once the sum of their r differences exceeds W(r) = max(0, (zone / 2)
    (h^2 S^2 / zone^2 - r)), with S^2 the sample variance of the first stage's differences and h^2 = 2 eta (n0 - 1). The
    eta is that for a mistake in (1 - confidence) / (systems - 1) of all cases, for each pair with the best
    (Bonferroni), so that nothing is assumed of how systems depend on each other: common random numbers only make S^2
    small. The observations needed are bounded by h^2 S^2 / zone^2, `most_needed`. Assumes observations that are
    normal, and independent from one to the next; with skewed ones, one by one, the best was found in 59 % of
    experiments in place of 95 %, and in 95 % with a first stage of fifty batches of ten
    (``verification/selection.log``).

    Differences are taken in replications in which both systems tell; a pair has its own count r, n0 and h^2. A pair of
    which fewer than two observations of the first stage tell is never decided. Where more than one system could be
    dropped at the same observation, the one farthest beyond its boundary goes first and the others are looked at again,
    so that one always remains. What is decided does not depend on how many replications are told at a time.

    Source: Kim and Nelson 2001 (`eta`), their procedure KN with c = 1.
    """

    def __init__(
        self,
        systems: int,
        zone: float,
        confidence: float = 0.95,
        first: int = 20,
        batch: int = 1,
        *,
        largest: bool = False,
    ) -> None:
        if systems < 1 or first < 2 or batch < 1 or not 0.0 < zone < math.inf:
            raise ValueError(
                "selection takes 1 system or more, a first stage of 2 or more, batches of 1 or more, a zone above 0: "
                f"not {systems}, {first}, {batch} and {zone}"
            )
        if not 1.0 / systems < confidence < 1.0 and systems > 1:
            raise ValueError(f"confidence is above 1 / {systems}, which guessing gives, and below 1, not {confidence}")
        self.zone, self.first, self.batch = zone, first, batch
        self.replications = 0
        self.remaining = tuple(range(systems))
        self.eliminations: tuple[Elimination, ...] = ()
        self.undefined = (0,) * systems
        self._sign = -1.0 if largest else 1.0
        self._mistaken = (1.0 - confidence) / max(1, systems - 1)
        self._observations = 0
        # Rows and columns below are the systems that remain.
        self._totals = np.zeros((systems, 2))
        """Sum of the defined replications of each, and their number."""
        self._waiting = np.empty((systems, 0))
        """Replications that do not fill a batch yet."""
        self._early = np.empty((systems, systems, 0))
        """Differences in the first stage, row less column; none when it is over."""
        self._sums = np.zeros((systems, systems))
        self._counts = np.zeros((systems, systems))
        self._reach = np.full((systems, systems), math.nan)
        """h^2 S^2 / zone^2, the pairs of observations at which W is 0; NaN until the first stage is over."""
        self._unvaried = np.zeros((systems, systems), dtype=bool)

    @property
    def over(self) -> bool:
        """Whether one system is left."""
        return len(self.remaining) == 1

    @property
    def leader(self) -> int:
        """The system with the best mean so far among those that remain, the first of equals.

        Nothing is promised of it until it is the only one. One that no replication tells comes last.
        """
        sums, counts = self._totals.T
        means = np.divide(self._sign * sums, counts, out=np.full(len(sums), math.inf), where=counts > 0)
        return self.remaining[int(means.argmin())]

    @property
    def most_needed(self) -> int | None:
        """Replications by which it is over at the latest, if all of them tell; None where that is not known yet."""
        if self.over:
            return self.replications
        reach = float(self._reach[~np.eye(len(self.remaining), dtype=bool)].max())
        return self.batch * max(self.first, math.ceil(reach)) if math.isfinite(reach) else None

    def tell(self, values: F64) -> tuple[int, ...]:
        """Tell the next replications of all systems that remain.

        Parameters
        ----------
        values : float array, shape (len(remaining), n)
            Rows in the order of `remaining`; a column is one replication, the same luck for all. NaN where undefined.

        Returns
        -------
        tuple of int
            Systems that remain.

        Raises
        ------
        ValueError
            If there is not a row for each remaining system.
        """
        if values.ndim != 2 or len(values) != len(self.remaining):
            raise ValueError(f"a row for each of {len(self.remaining)} systems, not an array of shape {values.shape}")
        self.replications += values.shape[1]
        known = ~np.isnan(values)
        self._totals += np.stack([np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1)], axis=1)
        unknown = dict(zip(self.remaining, (~known).sum(axis=1).tolist(), strict=True))
        self.undefined = tuple(n + unknown.get(system, 0) for system, n in enumerate(self.undefined))

        told = self.remaining
        values = np.concatenate([self._waiting, self._sign * values], axis=1)
        full = values.shape[1] // self.batch * self.batch
        self._waiting = values[:, full:]
        for begin in range(0, 0 if self.over else full, STEP * self.batch):
            rows = [told.index(system) for system in self.remaining]
            gaps = _gaps(values[rows, begin : min(full, begin + STEP * self.batch)], self.batch)
            self._go_on(self._begin(gaps) if self._observations < self.first else gaps)
        return self.remaining

    def _begin(self, gaps: F64) -> F64:
        """Take in the first stage; return its last observation and what comes after it, or nothing before its end."""
        self._early = np.concatenate([self._early, gaps], axis=2)
        if self._early.shape[2] < self.first:
            return gaps[:, :, :0]
        stage, rest = self._early[:, :, : self.first], self._early[:, :, self.first - 1 :]
        self._early = self._early[:, :, :0]
        self._observations = self.first - 1
        told = ~np.isnan(stage)
        n, filled = told.sum(axis=2), np.where(told, stage, 0.0)
        around = np.where(told, stage - (filled.sum(axis=2) / np.maximum(n, 1))[:, :, None], 0.0)
        lowest, highest = np.where(told, stage, math.inf).min(axis=2), np.where(told, stage, -math.inf).max(axis=2)
        self._unvaried = lowest == highest
        squares = np.where(self._unvaried, 0.0, (around**2).sum(axis=2))  # (n - 1) S^2
        sizes, places = np.unique(n, return_inverse=True)
        widening = np.array([2.0 * eta(size, self._mistaken) if size > 1 else math.nan for size in sizes.tolist()])
        self._reach = np.where(n > 1, widening[places].reshape(n.shape) * squares / self.zone**2, math.inf)
        self._sums = _running(self._sums, filled[:, :, :-1])[:, :, -1]
        self._counts = _running(self._counts, told[:, :, :-1])[:, :, -1]
        return rest

    def _go_on(self, gaps: F64) -> None:
        """Look at one observation after another, and drop who has fallen behind."""
        while gaps.shape[2] and not self.over:
            told = ~np.isnan(gaps)
            sums = _running(self._sums, np.where(told, gaps, 0.0))[:, :, 1:]
            counts = _running(self._counts, told)[:, :, 1:]
            excess = self._excess(sums, counts)
            behind = excess.max(axis=(0, 1)) >= 0.0
            last = int(behind.argmax()) if behind.any() else gaps.shape[2] - 1
            self._sums, self._counts = sums[:, :, last], counts[:, :, last]
            self._observations += last + 1
            gaps = gaps[:, :, last + 1 :]
            if behind[last]:
                kept = self._drop(excess[:, :, last])
                gaps = gaps[np.ix_(kept, kept)]

    def _excess(self, sums: F64, counts: F64) -> F64:
        """By how much a row is beyond its boundary against a column; below 0 where it is not."""
        boundary = np.maximum(0.0, self.zone / 2.0 * (self._reach[:, :, None] - counts))
        later = np.tri(len(sums), k=-1, dtype=bool)[:, :, None]
        behind = (sums > boundary) | ((sums == 0.0) & (boundary == 0.0) & later)
        return np.where(behind, sums - boundary, -math.inf)

    def _drop(self, excess: F64) -> list[int]:
        """Drop who is behind anybody, the farthest behind first; return the rows that are kept."""
        kept = list(range(len(self.remaining)))
        while (left := excess[np.ix_(kept, kept)]).max() >= 0.0:
            row, column = (kept[place] for place in np.unravel_index(left.argmax(), left.shape))
            kept.remove(row)
            self.eliminations += (
                Elimination(
                    system=self.remaining[row],
                    by=self.remaining[column],
                    observations=int(self._counts[row, column]),
                    replications=self._observations * self.batch,
                    unvaried=bool(self._unvaried[row, column]),
                ),
            )
        pairs = np.ix_(kept, kept)
        self.remaining = tuple(self.remaining[row] for row in kept)
        self._totals, self._waiting = self._totals[kept], self._waiting[kept]
        self._sums, self._counts = self._sums[pairs], self._counts[pairs]
        self._reach, self._unvaried = self._reach[pairs], self._unvaried[pairs]
        self._early = self._early[pairs]
        return kept


def _running(start: F64, added: NDArray[Any]) -> F64:
    """Sums so far, from the start on, one addition after another: the same however many are added at a time."""
    return np.cumsum(np.concatenate([start[:, :, None], added], axis=2), axis=2)


def _gaps(values: F64, batch: int) -> F64:
    """Differences of batch means, row less column, shape (rows, rows, batches); NaN where no replication tells both."""
    values = values.reshape(len(values), -1, batch)
    if not np.isnan(values).any():
        means = np.ascontiguousarray(values).mean(axis=2)
        return np.asarray(means[:, None] - means[None])
    gaps = values[:, None] - values[None]
    told = ~np.isnan(gaps)
    n = told.sum(axis=3)
    sums = np.where(told, gaps, 0.0).sum(axis=3)
    return ratio(sums, n)

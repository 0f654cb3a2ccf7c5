"""Do systems meet their targets? Sequential tests of expectations and of chances, by asking and telling.

A target has a tolerance: within it, either answer is right. A test says feasible, infeasible, or undecided when there
are no more replications.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iopsim.stats.intervals import ANYTHING
from iopsim.stats.selection import eta
from iopsim.stats.stopping import SELDOM

F64 = NDArray[np.float64]

Answer = Literal["feasible", "infeasible", "undecided"]

UNLIKE = 5
"""Values unlike the most common one of which a first stage has as many or more, as its variance says little else."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The mean of a measure over replications is to be at least a limit, or at most.

    Parameters
    ----------
    limit : float
        In the unit of the measure.
    tolerance : float
        Above 0: a mean that misses the limit by this, or beats it by this, must be told.
    at_least : bool
        Whether the mean is to be at least the limit; else at most.
    span : tuple of two floats
        Between which values the measure lies by definition.

    Raises
    ------
    ValueError
        If the tolerance is not above 0.
    """

    limit: float
    tolerance: float
    at_least: bool = True
    span: tuple[float, float] = ANYTHING

    def __post_init__(self) -> None:
        if not 0.0 < self.tolerance < math.inf:
            raise ValueError(f"a tolerance is above 0, not {self.tolerance}")

    def alike_needed(self, value: float, mistaken: float) -> int:
        """Return how many replications that all tell the same value decide.

        Parameters
        ----------
        value : float
            The value told; the mean is taken to be on its side of the limit.
        mistaken : float
            Probability with which that may be wrong, between 0 and 1/2.

        Notes
        -----
        If the mean is beyond the tolerance on the other side, anything but this value has a probability of at least
        (its distance from the limit + tolerance) / (the way to the end of the span on the other side). Where that end
        is infinite nothing bounds what a rare event would do, and 0.01 is taken instead. Source:
        `iopsim.stats.intervals.unseen`.
        """
        up = value < self.limit if value != self.limit else not self.at_least
        reach = self.span[1] - value if up else value - self.span[0]
        if math.isinf(reach):
            other = SELDOM
        else:
            other = (abs(value - self.limit) + self.tolerance) / reach if reach > 0.0 else 1.0
        return 1 if other >= 1.0 else math.ceil(math.log(mistaken) / math.log1p(-other))


@dataclass(frozen=True, slots=True)
class Chance:
    """A measure is to be at least a limit (or at most) with a stated probability, in a replication taken by itself.

    Parameters
    ----------
    limit : float
        In the unit of the measure.
    probability : float
        Between 0 and 1: the least share of replications that is to meet the limit.
    tolerance : float
        Above 0, and small enough to leave both `probability` less and plus it between 0 and 1.
    at_least : bool
        Whether the measure is to be at least the limit; else at most.

    Raises
    ------
    ValueError
        If the tolerance is out of range.
    """

    limit: float
    probability: float
    tolerance: float
    at_least: bool = True

    def __post_init__(self) -> None:
        if not (self.tolerance > 0.0 and self.tolerance < self.probability < 1.0 - self.tolerance):
            raise ValueError(
                f"a tolerance above 0 leaves probabilities between 0 and 1 on either side of {self.probability}, "
                f"not {self.tolerance}"
            )


Target = Expectation | Chance


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one target of one system."""

    answer: Answer
    replications: int
    """Looked at before the answer, those that cannot tell included; all that were told, if undecided."""
    undefined: int
    """Of these, in how many the measure is undefined: left out of an expectation, a failure of a chance."""
    estimate: float
    """Mean of the measure, or share of replications that meet the limit, of those looked at; NaN if none tells."""
    unvaried: bool
    """Whether the measure (of a chance, whether its limit is met) was the same in all of them that tell. What is rare
    may not have been seen; an answer on a chance allows for that, and so does one on a mean with a finite span."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one system: feasible if all its targets are met, infeasible if one is not."""

    answer: Answer
    replications: int
    """Needed for the answer; all that were told, if undecided."""
    findings: tuple[Finding, ...]
    """By target, in their order."""


class Feasibility:
    """Tell which systems meet all their targets, with a promised probability of telling all of them right.

    A target is told wrong if the system misses it by the tolerance or more and is called feasible, or beats it by the
    tolerance or more and is called infeasible. With probability `confidence` or more none is, of any system. Undecided
    is no answer, and never wrong.

    Parameters
    ----------
    targets : tuple of Expectation or Chance
        One or more.
    systems : int
        How many, 1 or more; numbered from 0.
    confidence : float
        Between 0.5 and 1.
    first : int
        Defined replications of the first stage of an expectation, 2 or more, from which its variance is estimated.
    most : int
        Replications of a system at most, `first` or more.

    Attributes
    ----------
    mistaken : float
        Probability with which the answer on one target of one system may be wrong.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Notes
    -----
    Each target of each system is tested by itself, for a mistake in (1 - confidence) / (systems x targets) of all
    cases (Bonferroni), so that nothing is assumed of how systems or targets depend on each other.

    *Expectation*: the sum of r excesses over the limit is compared with R(r) = max(0, (tolerance / 2) (h^2 S^2 /
    tolerance^2 - r)), from the first stage on; at or beyond +R the limit is exceeded, at or below -R it is not, and a
    sum of exactly 0 at R = 0 meets it. A first stage of which fewer than five values are unlike the most common one
    says little of the variance: it goes on until five are, but for no more than five times the replications of which it
    would be enough that all were alike (`Expectation.alike_needed`); if they are, that decides. Assumes observations
    that are normal, and independent from one replication to the next. Source: Batur D, Kim S-H, ACM Transactions on
    Modeling and Computer Simulation 2010;20(3):13 (procedure F_B, with c = 1); for one constraint Andradottir S, Kim
    S-H, Naval Research Logistics 2010;57:403-421.

    *Chance*: the likelihood ratio of probability + tolerance against probability - tolerance; feasible once it is
    1 / beta or more, infeasible once it is beta or less, beta being the mistake above. At either edge of the tolerance
    the ratio, or its inverse, is a martingale of mean 1, and beyond it a supermartingale, so that it ever reaches
    1 / beta with probability beta at the most (Ville's inequality), however few replications there are. Assumes only
    that replications are independent. Source: Wald A, Annals of Mathematical Statistics 1945;16:117-186, with bounds
    on the safe side of his; Ville J, Etude critique de la notion de collectif (1939).

    Replications are looked at one after another, so that nothing depends on how many are told at a time.
    """

    def __init__(
        self, targets: tuple[Target, ...], systems: int, confidence: float = 0.95, first: int = 50, most: int = 10_000
    ) -> None:
        if not targets or systems < 1 or not 0.5 < confidence < 1.0 or not 2 <= first <= most:
            raise ValueError(
                "feasibility takes 1 target or more, 1 system or more, a confidence of 0.5 to 1, a first stage of "
                f"2 or more and at most all: not {len(targets)}, {systems}, {confidence}, {first} and {most}"
            )
        self.targets, self.first, self.most = targets, first, most
        self.mistaken = (1.0 - confidence) / (systems * len(targets))
        self._told = [np.empty((0, len(targets))) for _ in range(systems)]
        nothing = tuple(Finding("undecided", 0, 0, math.nan, False) for _ in targets)
        self.verdicts = (Verdict("undecided", 0, nothing),) * systems

    @property
    def asking(self) -> tuple[int, ...]:
        """Systems that are undecided and may still be told replications."""
        return tuple(
            system
            for system, verdict in enumerate(self.verdicts)
            if verdict.answer == "undecided" and verdict.replications < self.most
        )

    @property
    def feasible(self) -> tuple[int, ...]:
        """Systems found feasible."""
        return tuple(system for system, verdict in enumerate(self.verdicts) if verdict.answer == "feasible")

    def tell(self, system: int, values: F64) -> Verdict:
        """Tell the next replications of a system; those beyond the most, or beyond the answer, are not looked at.

        Parameters
        ----------
        system : int
        values : float array, shape (n, targets)
            The measure of each target by replication, NaN where undefined.

        Returns
        -------
        Verdict
            Of this system.

        Raises
        ------
        ValueError
            If there is not a column for each target.
        """
        if values.ndim != 2 or values.shape[1] != len(self.targets):
            raise ValueError(f"a column for each of {len(self.targets)} targets, not an array of shape {values.shape}")
        verdict = self.verdicts[system]
        if verdict.answer == "undecided":
            self._told[system] = np.concatenate([self._told[system], values])[: self.most]
            verdict = _verdict(self._told[system], self.targets, self.mistaken, self.first)
            self.verdicts = (*self.verdicts[:system], verdict, *self.verdicts[system + 1 :])
        return verdict


def judge(values: F64, target: Target, mistaken: float, first: int = 50) -> Finding:
    """Test one target of one system on the replications there are, as far as an answer needs them.

    Parameters
    ----------
    values : float array, shape (n,)
        The measure by replication, NaN where undefined.
    target : Expectation or Chance
    mistaken : float
        Probability with which the answer may be wrong, between 0 and 1/2.
    first : int
        Defined replications of the first stage of an expectation, 2 or more.

    Returns
    -------
    Finding

    Notes
    -----
    Assumptions and sources as in `Feasibility`.
    """
    known = ~np.isnan(values)
    excess = values - target.limit if target.at_least else target.limit - values
    if isinstance(target, Expectation):
        met, missed = _of_mean(values, excess, target, mistaken, first)
        scored = values
    else:
        scored = (excess >= 0.0).astype(np.float64)  # not where it is undefined
        met, missed = _of_chance(scored, target, mistaken)
    decided = met | missed
    last = int(decided.argmax()) if decided.any() else len(values) - 1
    answer: Answer = "undecided"
    if decided.any():
        answer = "feasible" if met[last] else "infeasible"
    counted = scored[: last + 1]
    counted = counted[~np.isnan(counted)]
    return Finding(
        answer,
        last + 1,
        int((~known[: last + 1]).sum()),
        float(counted.mean()) if len(counted) else math.nan,
        len(counted) > 0 and bool((counted == counted[0]).all()),
    )


def _verdict(values: F64, targets: tuple[Target, ...], mistaken: float, first: int) -> Verdict:
    findings = [judge(values[:, place], target, mistaken, first) for place, target in enumerate(targets)]
    if missed := [one.replications for one in findings if one.answer == "infeasible"]:
        # One target missed is enough: nobody looks at the others any longer.
        return Verdict(
            "infeasible",
            min(missed),
            tuple(judge(values[: min(missed), place], target, mistaken, first) for place, target in enumerate(targets)),
        )
    if all(one.answer == "feasible" for one in findings):
        return Verdict("feasible", max(one.replications for one in findings), tuple(findings))
    return Verdict("undecided", len(values), tuple(findings))


def _of_mean(
    values: F64, excess: F64, target: Expectation, mistaken: float, first: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """At which replications the sum of excesses is beyond either boundary."""
    known = ~np.isnan(values)
    told, counts = values[known], np.cumsum(known)
    if len(told) < first:
        return np.zeros(len(excess), dtype=bool), np.zeros(len(excess), dtype=bool)
    kinds, times = np.unique(told[:first], return_counts=True)
    common = float(kinds[times.argmax()])
    unlike = np.flatnonzero(told != common) + 1
    alike = target.alike_needed(common, mistaken)
    stage = max(first, alike)
    if (unlike <= stage).any():
        stage = max(first, min(UNLIKE * alike, int(unlike[UNLIKE - 1]) if len(unlike) >= UNLIKE else UNLIKE * alike))
    early = told[:stage]
    squares = float(early.var(ddof=1)) * (len(early) - 1) if (early != common).any() else 0.0
    reach = 2.0 * eta(stage, mistaken) * squares / target.tolerance**2
    boundary = np.maximum(0.0, target.tolerance / 2.0 * (reach - counts))
    begun = known & (counts >= stage)
    sums = np.cumsum(np.where(known, excess, 0.0))
    met = begun & (sums >= boundary)
    return met, begun & (sums <= -boundary) & ~met


def _of_chance(scored: F64, target: Chance, mistaken: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """At which replications the likelihood ratio is beyond either boundary."""
    low, high = target.probability - target.tolerance, target.probability + target.tolerance
    successes = np.cumsum(scored)
    failures = np.arange(1, len(scored) + 1) - successes
    ratio = successes * math.log(high / low) + failures * math.log((1.0 - high) / (1.0 - low))
    boundary = -math.log(mistaken)
    return ratio >= boundary, ratio <= -boundary

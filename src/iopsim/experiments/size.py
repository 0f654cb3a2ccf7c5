"""Size: the smallest or cheapest of some plans that meets all targets, with a stated confidence.

First every plan that may be the answer is tested against the targets (`iopsim.stats.feasibility`); the smaller are
tested first, and none that is larger than one already found. Where a measure is minimized, those that meet all are then
compared on replications that nobody has looked at yet (`iopsim.stats.selection`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from iopsim.experiments.sizing import BATCH, Candidate, Sizing
from iopsim.experiments.targets import Target
from iopsim.stats.feasibility import Answer, Feasibility, Verdict
from iopsim.stats.intervals import F64, Summary, proportion, summarize
from iopsim.stats.selection import Elimination, Selection
from iopsim.store.part import Failure

AT_ONCE = 4
"""Plans tested at a time where the size is minimized: more would be larger than one of them."""

ROUND = 10
"""Replications after which it is looked are multiples of this."""

CLOSE = 1e-9
"""Sizes nearer to each other than this share are the same: sums of weights are rounded."""

Mask = NDArray[np.bool_]
Failed = list[tuple[int, Failure]]


class Stage(Protocol):
    """Simulates."""

    @property
    def failures(self) -> Failed:
        """Replications that failed so far, each with the place of its candidate, in order."""

    def __call__(self, places: Sequence[int], first: int, last: int) -> tuple[F64, Mask]:
        """Simulate replications `first` to `last` - 1 of candidates, the same people for all.

        Returns
        -------
        values : float array, shape (len(places), last - first, targets + 1)
            The measure of each target, and the objective (anything, where the size is minimized); NaN where undefined.
        failed : bool array, shape (len(places), last - first)
        """


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one target of one candidate.

    Parameters
    ----------
    target : Target
    answer : {"feasible", "infeasible", "undecided"}
        "undecided" also where another target was missed first, so that nobody asked any longer.
    replications : int
        Looked at for the answer.
    estimate : Summary
        Of all replications that were made for the targets: of the measure, or of a chance of whether a replication
        meets the bound, as 0 or 1. Its interval is of 95 %, by itself.
    unvaried : bool
        Whether all that tell were the same, so that what is rare may not have been seen.
    """

    target: Target
    answer: Answer
    replications: int
    estimate: Summary
    unvaried: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one candidate.

    Parameters
    ----------
    candidate : Candidate
    answer : {"feasible", "infeasible", "undecided"} or None
        Whether it meets all targets; None for one that nobody has tested, as a smaller one meets them.
    findings : tuple of Finding
        By target, in their order; empty for one that nobody has tested.
    replications, compared : int
        Made for the targets, and for the selection.
    failed : int
        Replications that failed.
    objective : Summary or None
        Of the measure that is minimized: of the replications of the selection, else of those for the targets.
    dropped : Elimination or None
        When the selection dropped it, and by which candidate (`by`); `replications` are those of the selection.
    """

    candidate: Candidate
    answer: Answer | None
    findings: tuple[Finding, ...] = ()
    replications: int = 0
    compared: int = 0
    failed: int = 0
    objective: Summary | None = None
    dropped: Elimination | None = None

    def miss(self) -> float:
        """By how many tolerances the worst target is missed, as estimated; 0 or less if all are met."""
        misses = [one.target.missed_by(one.estimate.mean) / one.target.tolerance for one in self.findings]
        return max((math.inf if math.isnan(miss) else miss for miss in misses), default=math.inf)


@dataclass(frozen=True, slots=True)
class Sized:
    """The answer to a question of size.

    Parameters
    ----------
    sizing : Sizing
    standings : tuple of Standing
        By candidate, in their order.
    chosen : int or None
        The plan that is the answer; None where none is.
    remaining : tuple of int
        Plans between which nothing was decided when there were no more replications; the one with the best mean first.
    from_replication : int
        First replication of the selection; those before it were used for the targets.
    failures : list of tuple of int and Failure
        Replications that failed, each with the place of its candidate.
    """

    sizing: Sizing
    standings: tuple[Standing, ...]
    chosen: int | None
    remaining: tuple[int, ...] = ()
    from_replication: int = 0
    failures: Failed = field(default_factory=list)

    @property
    def feasible(self) -> tuple[int, ...]:
        """Plans found to meet all targets."""
        return self._said("feasible")

    @property
    def undecided(self) -> tuple[int, ...]:
        """Plans that might be the answer, and of which nobody can tell whether they meet the targets."""
        asked = self._said("undecided")
        if self.chosen is None or self.sizing.objective.measure is not None:
            return asked
        return tuple(place for place in asked if self._is_as_small(place))

    @property
    def as_small(self) -> tuple[int, ...]:
        """Plans of the size of the chosen that meet all targets as well; none where a measure is minimized."""
        if self.chosen is None or self.sizing.objective.measure is not None:
            return ()
        return tuple(place for place in self.feasible if place != self.chosen and self._is_as_small(place))

    @property
    def nearest(self) -> int | None:
        """Where no plan meets all targets, the one that is estimated to miss them by the fewest tolerances."""
        if self.feasible:
            return None
        tested = [place for place, one in enumerate(self.standings) if math.isfinite(one.miss())]
        return min(tested, key=lambda place: self.standings[place].miss(), default=None)

    @property
    def replications(self) -> int:
        """All that were made."""
        return sum(one.replications + one.compared for one in self.standings)

    def _said(self, answer: Answer) -> tuple[int, ...]:
        return tuple(place for place, one in enumerate(self.standings) if one.answer == answer)

    def _is_as_small(self, place: int) -> bool:
        assert self.chosen is not None
        return not _larger(self.standings[place].candidate.size, self.standings[self.chosen].candidate.size)


def size(sizing: Sizing, stage: Stage) -> Sized:
    """Find the smallest or cheapest plan that meets all targets.

    Parameters
    ----------
    sizing : Sizing
    stage : Stage

    Returns
    -------
    Sized

    Notes
    -----
    Every target of every candidate is tested at a confidence that lets all answers hold together (Bonferroni over all
    of them, tested or not), so that the order of testing, and where it ends, cost nothing. Where a measure is
    minimized, each of the two stages has the square root of the confidence: the selection rests on replications of
    other numbers than the tests, and so is independent of them, and the two multiply. Its first stage has
    `first_stage` batches of ten replications, so that observations are nearly normal. Looks are at fixed numbers of
    replications.
    """
    measured = sizing.objective.measure is not None
    confidence = math.sqrt(sizing.confidence) if measured else sizing.confidence
    tests = _Tests(sizing, confidence)
    tests.run(stage, at_once=len(sizing.candidates) if measured else AT_ONCE)
    standings = [tests.standing(place) for place in range(len(sizing.candidates))]
    found = [place for place, one in enumerate(standings) if one.answer == "feasible"]
    chosen, remaining, start = None, tuple[int, ...](), tests.longest
    if found and not measured:
        chosen = min(found, key=lambda place: (standings[place].candidate.size, place))
        # Of the same size to within rounding, the first of the file.
        chosen = min(p for p in found if not _larger(standings[p].candidate.size, standings[chosen].candidate.size))
    elif found:
        chosen, remaining = _select(sizing, stage, found, standings, confidence, start)
    return Sized(sizing, tuple(standings), chosen, remaining, start, list(stage.failures))


def prefixes(first: int, most: int) -> tuple[int, ...]:
    """Return after how many replications it is looked: by a quarter more each time and ten at least, up to the most.

    Parameters
    ----------
    first, most : int
        The first look is no earlier than `first`, the last at `most`.
    """
    found, n = [], -(-first // ROUND) * ROUND
    while n < most:
        found.append(n)
        n += max(ROUND, n // 4 // ROUND * ROUND)
    return (*found, most)


class _Tests:
    """The first stage: which candidates meet all targets.

    Parameters
    ----------
    sizing : Sizing
    confidence : float
        That all answers hold together.
    """

    def __init__(self, sizing: Sizing, confidence: float) -> None:
        targets, n = sizing.targets, len(sizing.candidates)
        self.sizing = sizing
        self.looks = prefixes(sizing.first_stage, sizing.most)
        self.test = Feasibility(
            tuple(target.tested for target in targets), n, confidence, sizing.first_stage, sizing.most
        )
        self.order = sorted(range(n), key=lambda place: (sizing.candidates[place].size, place))
        self.values = [np.empty((0, len(targets) + 1)) for _ in range(n)]
        self.failed = [0] * n
        self.looked = [0] * n
        self.means = [column for column, target in enumerate(targets) if target.kind == "expectation"]

    @property
    def longest(self) -> int:
        """Replications that any candidate has."""
        return max(map(len, self.values))

    def run(self, stage: Stage, at_once: int) -> None:
        """Simulate until every candidate is decided that may be the answer, or has all its replications."""
        while asking := self._asking()[:at_once]:
            for look, places in groupby(sorted(asking, key=lambda p: (self.looked[p], p)), key=self.looked.__getitem__):
                self._look(stage, list(places), look)

    def answer(self, place: int) -> Answer:
        """Return what is known of a candidate; one of which a replication failed cannot meet an expectation."""
        return "infeasible" if self.failed[place] and self.means else self.test.verdicts[place].answer

    def standing(self, place: int) -> Standing:
        """Return all that is known of a candidate."""
        candidate, values = self.sizing.candidates[place], self.values[place]
        if not len(values):
            return Standing(candidate, None)
        verdict = self.test.verdicts[place]
        findings = tuple(self._finding(place, column, verdict) for column in range(len(self.sizing.targets)))
        objective = summarize(values[:, -1]) if self.sizing.objective.measure is not None else None
        return Standing(
            candidate, self.answer(place), findings, len(values), failed=self.failed[place], objective=objective
        )

    def _asking(self) -> list[int]:
        """Return the candidates to be simulated further, the smallest first."""
        answers = {place: self.answer(place) for place in self.order}
        sizes = [self.sizing.candidates[place].size for place in self.order if answers[place] == "feasible"]
        most = min(sizes, default=math.inf)
        return [
            place
            for place in self.order
            if answers[place] == "undecided"
            and self.looked[place] < len(self.looks)
            and not _larger(self.sizing.candidates[place].size, most)
        ]

    def _look(self, stage: Stage, places: Sequence[int], look: int) -> None:
        values, failed = stage(places, self.looks[look - 1] if look else 0, self.looks[look])
        for row, place in enumerate(places):
            self.values[place] = np.concatenate([self.values[place], values[row]])
            self.failed[place] += int(failed[row].sum())
            self.looked[place] += 1
            self.test.tell(place, values[row, :, :-1])

    def _finding(self, place: int, column: int, verdict: Verdict) -> Finding:
        target, found, values = self.sizing.targets[column], verdict.findings[column], self.values[place][:, column]
        answer = found.answer
        if target.kind == "chance":
            met = values >= target.bound if target.at_least else values <= target.bound
            estimate = proportion(met)
        else:
            estimate = summarize(values, span=target.measure.span)
            answer = "infeasible" if self.failed[place] else answer
        return Finding(target, answer, found.replications, estimate, found.unvaried)


def _select(
    sizing: Sizing, stage: Stage, found: Sequence[int], standings: list[Standing], confidence: float, start: int
) -> tuple[int | None, tuple[int, ...]]:
    """Compare those that meet all targets; return the best, or those left. Their standings tell how it went."""
    if len(found) == 1:
        return found[0], ()
    selection = Selection(len(found), sizing.objective.indifference, confidence, sizing.first_stage, BATCH)
    made: list[list[F64]] = [[] for _ in found]
    failed = [0] * len(found)
    for first, last in pairwise((0, *prefixes(BATCH * sizing.first_stage, sizing.most // BATCH * BATCH))):
        asked = selection.remaining
        values, bad = stage([found[system] for system in asked], start + first, start + last)
        for row, system in enumerate(asked):
            made[system].append(values[row, :, -1])
            failed[system] += int(bad[row].sum())
        selection.tell(values[:, :, -1])
        if selection.over:
            break
    dropped = {one.system: one for one in selection.eliminations}
    for system, place in enumerate(found):
        before, values = standings[place], np.concatenate(made[system])
        out = dropped.get(system)
        standings[place] = Standing(
            before.candidate,
            before.answer,
            before.findings,
            before.replications,
            len(values),
            before.failed + failed[system],
            summarize(values),
            replace(out, system=place, by=found[out.by]) if out else None,
        )
    if selection.over:
        return found[selection.remaining[0]], ()
    leader = selection.leader
    return None, tuple(found[system] for system in sorted(selection.remaining, key=lambda one: (one != leader, one)))


def _larger(one: float, other: float) -> bool:
    return one > other and not math.isclose(one, other, rel_tol=CLOSE)

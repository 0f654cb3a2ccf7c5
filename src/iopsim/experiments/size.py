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
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from iopsim.experiments.size_looks import prefixes
from iopsim.experiments.sizing import BATCH, Candidate, Sizing
from iopsim.experiments.targets import Target
from iopsim.stats.feasibility import Answer as Tested
from iopsim.stats.feasibility import Feasibility, judge
from iopsim.stats.intervals import F64, Summary, proportion, summarize
from iopsim.stats.selection import Elimination, Selection
from iopsim.store.part import Failure

AT_ONCE = 4
"""Plans tested at a time where the size is minimized: more would be larger than one of them."""

CLOSE = 1e-9
"""Sizes nearer to each other than this share are the same: sums of weights are rounded."""

Answer = Tested | Literal["failed"]
"""Failed: it cannot be decided, as replications failed."""

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
    answer : {"feasible", "infeasible", "undecided", "failed"}
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
    answer : {"feasible", "infeasible", "undecided", "failed"} or None
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
        return self._perhaps("undecided")

    @property
    def failing(self) -> tuple[int, ...]:
        """Plans that might be the answer, and of which nobody can tell, as replications failed."""
        return self._perhaps("failed")

    @property
    def sure(self) -> bool:
        """Whether the confidence holds for the answer: whether every plan that might be it was decided."""
        return not self.undecided and not self.failing

    @property
    def as_small(self) -> tuple[int, ...]:
        """Plans of the size of the chosen that meet all targets as well; none where a measure is minimized."""
        if self.chosen is None or self.sizing.objective.measure is not None:
            return ()
        return tuple(place for place in self.feasible if place != self.chosen and self._is_as_small(place))

    @property
    def nearest(self) -> int | None:
        """Where no plan meets all targets, the one that is estimated to miss them by the fewest tolerances.

        It may be estimated to meet them, and not be found to. None of which replications failed.
        """
        if self.feasible:
            return None
        tested = [p for p, one in enumerate(self.standings) if one.answer != "failed" and math.isfinite(one.miss())]
        return min(tested, key=lambda place: self.standings[place].miss(), default=None)

    @property
    def replications(self) -> int:
        """All that were made."""
        return sum(one.replications + one.compared for one in self.standings)

    def _said(self, answer: Answer) -> tuple[int, ...]:
        return tuple(place for place, one in enumerate(self.standings) if one.answer == answer)

    def _perhaps(self, answer: Answer) -> tuple[int, ...]:
        said = self._said(answer)
        if self.chosen is None or self.sizing.objective.measure is not None:
            return said
        return tuple(place for place in said if self._is_as_small(place))

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

    Nobody knows what a failed replication would have told. A plan with one has no mean: it neither meets an expectation
    nor is compared by a measure. It meets a chance if it does with every failed one a miss, and misses it if it does
    with every one a hit; else it is "failed".
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
        self.failed = [np.empty(0, dtype=bool) for _ in range(n)]
        self.looked = [0] * n
        self.needs_mean = sizing.objective.measure is not None or any(one.kind == "expectation" for one in targets)

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
        """Return what is known of a candidate."""
        answer = self.test.verdicts[place].answer
        if not self.failed[place].any():
            return answer
        answers = [self._with_failures(place, column) for column in range(len(self.sizing.targets))]
        if "infeasible" in answers:
            return "infeasible"
        if self.needs_mean or "failed" in answers:
            return "failed"
        return "undecided" if answer == "infeasible" else answer

    def standing(self, place: int) -> Standing:
        """Return all that is known of a candidate."""
        candidate, values = self.sizing.candidates[place], self.values[place]
        if not len(values):
            return Standing(candidate, None)
        findings = tuple(self._finding(place, column) for column in range(len(self.sizing.targets)))
        objective = summarize(values[:, -1]) if self.sizing.objective.measure is not None else None
        failed = int(self.failed[place].sum())
        return Standing(candidate, self.answer(place), findings, len(values), failed=failed, objective=objective)

    def _with_failures(self, place: int, column: int) -> Answer:
        """Return what is known of one target of a candidate of which replications failed."""
        target, values = self.sizing.targets[column], self.values[place][:, column]
        if target.kind == "expectation":
            return "failed"
        worst, best = (
            judge(one, target.tested, self.test.mistaken).answer
            for one in (values, np.where(self.failed[place], target.bound, values))
        )
        if worst == "infeasible" and best != "infeasible":
            return "undecided" if best == "undecided" and self.looked[place] < len(self.looks) else "failed"
        return worst

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
            self.failed[place] = np.concatenate([self.failed[place], failed[row]])
            self.looked[place] += 1
            self.test.tell(place, values[row, :, :-1])

    def _finding(self, place: int, column: int) -> Finding:
        target, values = self.sizing.targets[column], self.values[place][:, column]
        found = self.test.verdicts[place].findings[column]
        answer: Answer = found.answer
        if self.failed[place].any() and (answer == "infeasible" or target.kind == "expectation"):
            answer = self._with_failures(place, column)
        if target.kind == "chance":
            met = values >= target.bound if target.at_least else values <= target.bound
            estimate = proportion(met)
        else:
            estimate = summarize(values, span=target.measure.span)
        return Finding(target, answer, found.replications, estimate, found.unvaried)


def _select(
    sizing: Sizing, stage: Stage, found: Sequence[int], standings: list[Standing], confidence: float, start: int
) -> tuple[int | None, tuple[int, ...]]:
    """Compare those that meet all targets; return the best, or those left. Their standings tell how it went.

    A plan of which a replication fails has no mean, and the others are compared as if it had not been there.
    """
    made: dict[int, F64] = {place: np.empty(0) for place in found}
    failed = dict.fromkeys(found, 0)
    ends = (0, *prefixes(BATCH * sizing.first_stage, sizing.most // BATCH * BATCH))

    def values(places: Sequence[int], first: int, last: int) -> F64:
        if new := [place for place in places if len(made[place]) < last]:
            told, bad = stage(new, start + first, start + last)
            for row, place in enumerate(new):
                made[place] = np.concatenate([made[place], told[row, :, -1]])
                failed[place] += int(bad[row].sum())
        return np.stack([made[place][first:last] for place in places])

    whole: list[int] = []
    selection = None
    while whole != (whole := [place for place in found if not failed[place]]) and len(whole) > 1:
        selection = Selection(len(whole), sizing.objective.indifference, confidence, sizing.first_stage, BATCH)
        for first, last in pairwise(ends):
            asked = [whole[system] for system in selection.remaining]
            selection.tell(values(asked, first, last))
            if selection.over or any(failed[place] for place in whole):
                break
    dropped = {whole[one.system]: one for one in selection.eliminations} if selection and len(whole) > 1 else {}
    for place in found:
        before, out = standings[place], dropped.get(place)
        standings[place] = replace(
            before,
            answer="failed" if failed[place] else before.answer,
            compared=len(made[place]),
            failed=before.failed + failed[place],
            objective=summarize(made[place]) if len(made[place]) else before.objective,
            dropped=replace(out, system=place, by=whole[out.by]) if out else None,
        )
    if selection is None or len(whole) < 2:
        return (whole[0] if whole else None), ()
    if selection.over:
        return whole[selection.remaining[0]], ()
    leader = selection.leader
    return None, tuple(whole[system] for system in sorted(selection.remaining, key=lambda one: (one != leader, one)))


def _larger(one: float, other: float) -> bool:
    return one > other and not math.isclose(one, other, rel_tol=CLOSE)

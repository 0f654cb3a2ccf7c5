"""Which unknowns matter: one at a time from low to high, and by Morris or Sobol' all together."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from iopsim.errors import ScenarioError
from iopsim.experiments.sampling import morris_design, sobol_design
from iopsim.experiments.space import Space
from iopsim.measures.measure import Measure
from iopsim.record import I64
from iopsim.stats.intervals import Summary, summarize
from iopsim.stats.morris import Effects, describe_effects, elementary_effects
from iopsim.stats.sobol import Indices, sobol_indices

F64 = NDArray[np.float64]
Plan = TypeVar("Plan")

Evaluate = Callable[[Sequence[Plan], int, int], I64]
"""Plans, first replication, last replication + 1 -> numerators and denominators, shape (plans, replications, measures,
2), the same replications meeting the same people and luck in all plans."""

GROUPS = 32
"""Groups of base samples of a Sobol' design, each with replications of its own."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A setting that there cannot be, and why."""

    factor: str
    setting: str
    reason: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What one setting of one factor makes of a measure, all else being as it is.

    `difference` is that to the plan as it is, paired by replication; `base` and `mean` are of the same replications,
    those in which both can tell, so that `base` + `difference` is `mean`; in `moved` of them there is any difference.
    """

    measure: Measure
    factor: str
    setting: str
    base: float
    mean: float
    difference: Summary
    moved: int


@dataclass(frozen=True, slots=True)
class Swing:
    """How far a factor moves a measure: from its lowest to its highest setting, paired by replication."""

    measure: Measure
    factor: str
    lowest: str
    highest: str
    difference: Summary
    bars: tuple[Bar, ...]

    @property
    def size(self) -> float:
        """Mean difference, never negative; 0 where it cannot be told."""
        return 0.0 if math.isnan(self.difference.mean) else abs(self.difference.mean)

    @property
    def moves_nothing(self) -> bool:
        """Whether the measure is the same in every replication, whatever the setting; rare effects are not seen."""
        return all(bar.difference.n > 0 and bar.moved == 0 for bar in self.bars)

    @property
    def told_apart(self) -> bool:
        """Whether its interval leaves out 0."""
        return self.difference.low > 0.0


@dataclass(frozen=True, slots=True)
class Tornado:
    """Every factor one at a time.

    Parameters
    ----------
    base : tuple of Summary
        Each measure in the plan as it is.
    swings : tuple of tuple of Swing
        For each measure, its factors, the largest swing first.
    refused : tuple of Refusal
        Settings that there cannot be.
    comparisons : int
        Pairs of settings of a factor, the plan as it is among them, over which the intervals of one measure hold
        together.
    """

    base: tuple[Summary, ...]
    swings: tuple[tuple[Swing, ...], ...]
    refused: tuple[Refusal, ...]
    comparisons: int


@dataclass(frozen=True, slots=True)
class Screened:
    """Elementary effects of one factor on one measure."""

    measure: Measure
    factor: str
    effects: Effects


@dataclass(frozen=True, slots=True)
class Shared:
    """Sobol' indices of all factors for one measure."""

    measure: Measure
    factors: tuple[str, ...]
    indices: Indices


@dataclass(frozen=True, slots=True)
class Screening:
    """Morris: for each measure its factors, the largest mean size of an effect first."""

    effects: tuple[tuple[Screened, ...], ...]
    refused: tuple[Refusal, ...]

    def leading(self, n: int) -> tuple[str, ...]:
        """Return the n factors that come nearest to the largest mean size of an effect, each in its best measure.

        Sizes are those in which luck is not counted (`Effects.least`); a factor without any is not among them.
        """
        best: dict[str, float] = {}
        for rows in self.effects:
            sizes = {row.factor: float(np.nan_to_num(row.effects.least)) for row in rows}
            largest = max(sizes.values(), default=0.0)
            for factor, size in sizes.items():
                if size > 0.0:
                    best[factor] = max(best.get(factor, 0.0), size / largest)
        return tuple(sorted(best, key=lambda factor: -best[factor])[:n])

    def nothing_leads(self) -> Decomposition:
        """Return what is said in place of indices where no factor leads."""
        told = [(rows[0].measure, any(row.effects.n > 1 for row in rows)) for rows in self.effects]
        still, untold = (tuple(one for one, known in told if known is wanted) for wanted in (True, False))
        return Decomposition((), self.refused, still, untold)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Sobol': for each measure the indices of all factors.

    Where no factor leads in the screening there is nothing to share out: `still` are then the measures that nothing was
    seen to move, and `untold` those that cannot be told.
    """

    shares: tuple[Shared, ...]
    refused: tuple[Refusal, ...]
    still: tuple[Measure, ...] = ()
    untold: tuple[Measure, ...] = ()


def one_at_a_time(
    space: Space[Plan],
    evaluate: Evaluate[Plan],
    measures: Sequence[Measure],
    replications: int,
    confidence: float = 0.95,
    comparisons: int = 0,
) -> Tornado:
    """Move every factor to each end of its range, or to each of its levels, the others staying where they are.

    Parameters
    ----------
    space : Space
        Plans by the places of their factors.
    evaluate : callable
        As `Evaluate`.
    measures : sequence of Measure
        Of the third axis of what `evaluate` returns.
    replications : int
        2 at least.
    confidence : float
        With which all intervals of one measure hold together (Bonferroni over all pairs of settings of all factors),
        but not those of several measures.
    comparisons : int
        Over how many pairs they shall hold together, if that is more than there are here.
    """
    plans, refused = [space.at({})], []
    settings: list[list[tuple[str, int]]] = []
    for at, name in enumerate(space.names):
        settings.append([])
        for place in space.ends(at):
            told = space.told(at, place)
            try:
                plans.append(space.at({at: place}))
            except ScenarioError as error:
                refused.append(Refusal(name, told, str(error)))
            else:
                settings[at].append((told, len(plans) - 1))
    comparisons = max(comparisons, sum(math.comb(len(one) + 1, 2) for one in settings))
    level = 1.0 - (1.0 - confidence) / max(comparisons, 1)
    fractions = evaluate(plans, 0, replications)
    base, swings = [], []
    for number, measure in enumerate(measures):
        values = measure.values(fractions[:, :, number])
        base.append(summarize(values[0], confidence, measure.span))
        told_of = zip(space.names, settings, strict=True)
        found = [_swing(measure, name, values, where, level) for name, where in told_of if where]
        swings.append(tuple(sorted(found, key=lambda one: -one.size)))
    return Tornado(tuple(base), tuple(swings), tuple(refused), comparisons)


def in_two_stages(
    space: Space[Plan],
    part: Callable[[Collection[str]], Space[Plan]],
    evaluate: Evaluate[Plan],
    measures: Sequence[Measure],
    stages: tuple[int, int],
    top: int,
    confidence: float = 0.95,
) -> tuple[Tornado, frozenset[str]]:
    """Move every factor one at a time, and those that move a measure most once more, with more replications.

    Parameters
    ----------
    space, evaluate, measures
        As for `one_at_a_time`.
    part : callable
        Returns the space of some factors alone, by name.
    stages : tuple of two int
        Replications of every factor, and of those that lead; the second are the first and more.
    top : int
        How many lead, in each measure.
    confidence : float
        With which all intervals of one measure hold together, those of both stages.

    Returns
    -------
    tuple
        The tornado, and which factors have the replications of the second stage.
    """
    first, more = stages
    if more <= first:
        return one_at_a_time(space, evaluate, measures, first, confidence), frozenset(space.names)
    half = (1.0 + confidence) / 2.0  # what may go wrong is shared between the stages
    all_of_them = one_at_a_time(space, evaluate, measures, first, half)
    leading = frozenset(one.factor for swings in all_of_them.swings for one in swings[:top] if one.size > 0.0)
    if not leading:
        return all_of_them, leading
    closer = one_at_a_time(part(leading), evaluate, measures, more, half, all_of_them.comparisons)
    swings = tuple(
        tuple(sorted([*again, *(one for one in before if one.factor not in leading)], key=lambda one: -one.size))
        for again, before in zip(closer.swings, all_of_them.swings, strict=True)
    )
    return Tornado(closer.base, swings, all_of_them.refused, all_of_them.comparisons), leading


def _swing(measure: Measure, factor: str, values: F64, where: Sequence[tuple[str, int]], level: float) -> Swing:
    """Compare the settings of one factor with the plan as it is, row 0 of the values, and with each other."""
    bars = tuple(_bar(measure, factor, told, values[0], values[row], level) for told, row in where)
    rows = [("as it is", 0), *where]
    pairs = [(low, high, summarize(values[high[1]] - values[low[1]], level)) for low, high in combinations(rows, 2)]
    low, high, difference = max(pairs, key=lambda one: -1.0 if math.isnan(one[2].mean) else abs(one[2].mean))
    if difference.mean < 0.0:
        low, high, difference = high, low, summarize(values[low[1]] - values[high[1]], level)
    return Swing(measure, factor, low[0], high[0], difference, bars)


def _bar(measure: Measure, factor: str, setting: str, base: F64, values: F64, level: float) -> Bar:
    both = ~(np.isnan(base) | np.isnan(values))
    before, after = (float(one[both].mean()) if both.any() else math.nan for one in (base, values))
    moved = int((values[both] != base[both]).sum())
    return Bar(measure, factor, setting, before, after, summarize(values - base, level), moved)


def screen(
    space: Space[Plan],
    evaluate: Evaluate[Plan],
    measures: Sequence[Measure],
    trajectories: int = 20,
    replications: int = 4,
    seed: int = 1,
    confidence: float = 0.95,
) -> Screening:
    """Find which factors matter at all, by Morris' elementary effects.

    Parameters
    ----------
    space, evaluate, measures
        As for `one_at_a_time`.
    trajectories : int
        2 at least. Each has replications of its own.
    replications : int
        Of each run, 2 at least.
    seed : int
        Of the design.
    confidence : float
        Of each interval; each holds by itself.

    Raises
    ------
    IopsimError
        If SALib is not installed.
    """
    levels = [space.n_levels(at) for at in range(len(space.names))]
    places = morris_design(len(space.names), trajectories, seed, levels)
    choices = [at for at, n in enumerate(levels) if n]
    fractions, kept, refused = _evaluated(space, evaluate, places, np.arange(trajectories), replications, len(measures))
    found = []
    for number, measure in enumerate(measures):
        effects = elementary_effects(_defined(measure.values(fractions[..., number, :]), kept), places, choices)
        rows = [
            Screened(measure, name, describe_effects(effects[:, at], confidence)) for at, name in enumerate(space.names)
        ]
        found.append(tuple(sorted(rows, key=lambda row: -np.nan_to_num(row.effects.mu_star))))
    return Screening(tuple(found), refused)


def share_out(
    space: Space[Plan],
    evaluate: Evaluate[Plan],
    measures: Sequence[Measure],
    samples: int = 256,
    replications: int = 2,
    seed: int = 1,
    confidence: float = 0.95,
) -> Decomposition:
    """Share out the variance of each measure among the factors, by Sobol' indices.

    Parameters
    ----------
    space, evaluate, measures
        As for `one_at_a_time`.
    samples : int
        Base samples, a power of 2; (factors + 2) x samples plans are run. They make `GROUPS` groups, or as many as
        there are samples, each with replications of its own.
    replications : int
        Of each run, 2 at least.
    seed : int
        Of the design.
    confidence : float
        Of each interval; each holds by itself.

    Raises
    ------
    IopsimError
        If SALib is not installed, or `samples` is no power of 2.
    """
    places = sobol_design(len(space.names), samples, seed)
    groups = np.arange(samples) * min(GROUPS, samples) // samples
    fractions, kept, refused = _evaluated(space, evaluate, places, groups, replications, len(measures))
    shares = []
    for number, measure in enumerate(measures):
        values = _defined(measure.values(fractions[..., number, :]), kept)
        shares.append(Shared(measure, tuple(space.names), sobol_indices(values, groups, confidence)))
    return Decomposition(tuple(shares), refused)


def _evaluated(
    space: Space[Plan], evaluate: Evaluate[Plan], places: F64, groups: I64, replications: int, n_measures: int
) -> tuple[I64, NDArray[np.bool_], tuple[Refusal, ...]]:
    """Run a design, each group of its blocks in replications of its own.

    Returns
    -------
    tuple
        Fractions, shape (blocks, runs, replications, measures, 2); which blocks were run; and why the others cannot be:
        a block in which any run cannot be is left out.
    """
    n, runs, _ = places.shape
    fractions = np.zeros((n, runs, replications, n_measures, 2), dtype=np.int64)
    kept, refused = np.zeros(n, dtype=np.bool_), []
    for group in range(int(groups.max()) + 1):
        blocks, plans = [], []
        for block in np.flatnonzero(groups == group):
            try:
                plans += [space.at(dict(enumerate(map(float, place)))) for place in places[block]]
            except ScenarioError as error:
                refused.append(Refusal("", f"block {block}", str(error)))
            else:
                blocks.append(block)
        if blocks:
            told = evaluate(plans, group * replications, (group + 1) * replications)
            fractions[blocks] = told.reshape(len(blocks), runs, replications, n_measures, 2)
            kept[blocks] = True
    return fractions, kept, tuple(refused)


def _defined(values: F64, kept: NDArray[np.bool_]) -> F64:
    return np.where(kept[:, None, None], values, math.nan)

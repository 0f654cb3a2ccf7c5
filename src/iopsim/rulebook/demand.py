"""Who is referred, when, with which traits and payers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from iopsim import clock
from iopsim.deck import name_word
from iopsim.rulebook.centre import WEEKS, centre_of_hazard, centre_of_odds
from iopsim.rulebook.days import F64, FINEST, I64
from iopsim.scenario.demand import ReferralSource
from iopsim.scenario.fields import MONTHS, WEEKDAYS
from iopsim.scenario.model import Scenario

U64 = NDArray[np.uint64]

LEVELS = 50
"""Equally likely levels by which a doubtful source's factor is told."""

TYPICAL_WAIT_DAYS = 8
"""Median days from assessment to enrolment (evidence row 2.2); by then as many have given up as the base means."""

NOBODY = -1
"""A trait that nobody has because it is not in the file."""

REACHES_ALL = -1
"""A lever that reaches everybody, whatever their traits."""

IN_PERSON = ("transport", "child_care")
"""Levers that help to come to a group in a room, and do nothing on the nights of groups by video."""


@dataclass(frozen=True, eq=False, slots=True)
class Demand:
    """Sources in order of name, traits in order of name, payers in the order of the file."""

    source_names: tuple[str, ...]
    trait_names: tuple[str, ...]
    payer_names: tuple[str, ...]
    source_word: U64
    count_table: F64
    """Cumulative probability of at most k referrals on a day of a kind; shape (kinds, k)."""
    count_kind: I64
    """Row of `count_table` for each source, level of its factor, and day; shape (sources, levels, days)."""
    count_none: F64
    """Probability of no referral on a day, the first column of `count_table`; shape (days, sources, levels)."""
    expected_referrals: F64
    """Mean referrals; shape (sources, days)."""
    source_priority: I64
    source_phase: I64
    kept: F64
    """Share of referrals still made, by days that the client last admitted had waited: those of the run, and of who
    waited before the opening; shape (sources, days + 1)."""
    trait_word: U64
    trait_share: F64
    """Shape (sources, traits)."""
    trait_all: I64
    """For each trait, the bits of the traits that a client must all have to have it; 0 if it is drawn."""
    trait_none: I64
    trait_drawn: NDArray[np.bool_]
    payer_share: F64
    """Cumulative; shape (sources, payers), one payer at least."""
    lever_trait: I64
    """For each lever that is on, the trait of those it reaches; -1 for everybody."""
    show_ratio: F64
    """Odds ratio of each trait, then of each lever that is on; the next six likewise, but that a lever has none on
    placement and lapses, and that one that helps to come to a room has 1 on attending by video."""
    placement_ratio: F64
    renege_ratio: F64
    attendance_ratio: F64
    attendance_ratio_by_video: F64
    dropout_ratio: F64
    lapse_ratio: F64
    relapse_time_ratio: F64
    """Odds ratio of each trait on relapse, as a factor on time: ratio ** (-1 / shape)."""
    show_centre: float
    """Factor on every client's odds of showing up that keeps the base that of a typical mix; the next three
    likewise, and that on relapse."""
    renege_centre: float
    attendance_centre: float
    dropout_centre: float
    relapse_time_centre: float
    """The last as a factor on time: factor ** (-1 / shape)."""
    federal: bool
    """Whether the federal order of priority binds."""
    pregnant: int
    injecting: int
    """Traits; -1 for one that is not in the file."""


def write_demand(scenario: Scenario) -> Demand:
    """Write the demand of a scenario."""
    sources, traits = dict(sorted(scenario.referrals.items())), dict(sorted(scenario.traits.items()))
    names, payers = list(traits), scenario.payers
    means = np.array([daily_referrals(source, scenario) for source in sources.values()])
    count_table, count_kind = _count_tables(means, list(sources.values()))
    phases = tuple(scenario.phases)
    before = max((kind.weeks for kind in scenario.present.values() if kind.where == "waitlist"), default=0)
    weeks = np.arange(scenario.days + 7 * before + 1) / 7.0
    bought = {key: lever for key, lever in scenario.levers if lever.on and key != "video"}
    levers = list(bought.values())
    power = 1.0 / scenario.after.relapse_shape
    effects = [*traits.values(), *levers]
    in_person = [*[False] * len(traits), *(key in IN_PERSON for key in bought)]
    return Demand(
        source_names=tuple(sources),
        trait_names=tuple(names),
        payer_names=tuple(payers),
        source_word=np.array([name_word(name) for name in sources], dtype=np.uint64),
        count_table=count_table,
        count_kind=count_kind,
        count_none=np.moveaxis(count_table[count_kind, 0], 2, 0),
        expected_referrals=means,
        source_priority=np.array([source.priority for source in sources.values()]),
        source_phase=np.array([phases.index(s.enters) if s.enters else 0 for s in sources.values()]),
        kept=np.array([source.kept_per_week_waited**weeks for source in sources.values()]),
        trait_word=np.array([name_word(name) for name in traits], dtype=np.uint64),
        trait_share=np.array(
            [[source.traits.get(name, trait.share) for name, trait in traits.items()] for source in sources.values()]
        ).reshape(len(sources), len(traits)),
        trait_all=np.array([trait_bits(trait.all_of, names) for trait in traits.values()], dtype=np.int64),
        trait_none=np.array([trait_bits(trait.none_of, names) for trait in traits.values()], dtype=np.int64),
        trait_drawn=np.array([not (trait.all_of or trait.none_of) for trait in traits.values()], dtype=np.bool_),
        payer_share=np.array(
            [
                np.cumsum([source.payers.get(name, 0.0) if source.payers else p.share for name, p in payers.items()])
                if payers
                else [1.0]
                for source in sources.values()
            ]
        ),
        lever_trait=np.array([names.index(lev.trait) if lev.trait else REACHES_ALL for lev in levers], dtype=np.int64),
        show_ratio=np.array([effect.show_odds_ratio for effect in effects]),
        placement_ratio=np.array([trait.higher_placement_odds_ratio for trait in traits.values()]),
        renege_ratio=np.array([effect.renege_hazard_ratio for effect in effects]),
        attendance_ratio=np.array([effect.attendance_odds_ratio for effect in effects]),
        attendance_ratio_by_video=np.array(
            [1.0 if there else effect.attendance_odds_ratio for effect, there in zip(effects, in_person, strict=True)]
        ),
        dropout_ratio=np.array([effect.dropout_hazard_ratio for effect in effects]),
        lapse_ratio=np.array([trait.lapse_hazard_ratio for trait in traits.values()]),
        relapse_time_ratio=np.array([trait.relapse_odds_ratio**-power for trait in traits.values()]),
        show_centre=centre_of_odds(
            scenario.traits, "show_odds_ratio", odds_of(scenario.assessment.show_probability_next_day)
        ),
        renege_centre=centre_of_hazard(
            scenario.traits, "renege_hazard_ratio", scenario.waitlist.renege_per_day * TYPICAL_WAIT_DAYS
        ),
        attendance_centre=centre_of_odds(
            scenario.traits, "attendance_odds_ratio", odds_of(scenario.attendance.probability)
        ),
        dropout_centre=centre_of_hazard(
            scenario.traits,
            "dropout_hazard_ratio",
            WEEKS * scenario.leaving.dropout_per_week - math.log1p(-scenario.leaving.early_probability),
        ),
        relapse_time_centre=centre_of_odds(scenario.traits, "relapse_odds_ratio", 1.0) ** -power,
        federal=scenario.block_grant.applies,
        pregnant=_index(scenario.block_grant.pregnant, names),
        injecting=_index(scenario.block_grant.injecting, names),
    )


def odds_of(probability: float) -> float:
    """Return the odds of a probability; very large for certainty."""
    return probability / (1.0 - probability) if probability < 1.0 else 1e300


def trait_bits(wanted: Iterable[str], names: Sequence[str]) -> int:
    """Return the traits of some names as the bits of one number; bit k is the k-th trait in order of name."""
    return sum(1 << names.index(name) for name in wanted)


def daily_referrals(source: ReferralSource, scenario: Scenario) -> F64:
    """Return the mean referrals of a source on each day: rate x ramp x growth x month x weekday; shape (days,)."""
    days = scenario.days
    weekday_weight = np.array([source.weekdays[name] for name in WEEKDAYS])
    month_weight = np.array([source.months[name] for name in MONTHS])
    since = np.arange(days) - 7 * source.first_week
    if source.ramp_weeks:
        ramp = source.ramp_start + (1 - source.ramp_start) * np.minimum(since / (7 * source.ramp_weeks), 1.0)
    else:
        ramp = np.ones(days)
    if source.growth_per_year != 1.0:
        ramp = ramp * source.growth_per_year ** (np.maximum(since, 0) / 365.25)
    total = weekday_weight.sum()
    by_weekday = weekday_weight / total if total else weekday_weight
    return np.where(
        since >= 0,
        source.per_week
        * ramp
        * month_weight[clock.months(scenario.opening, days)]
        * by_weekday[clock.weekdays(scenario.opening, days)],
        0.0,
    )


def factor_levels(doubt: float) -> F64:
    """Return equally likely levels of a lognormal factor of mean 1, each the mean of its part; shape (levels,).

    Parameters
    ----------
    doubt : float
        Standard deviation of the logarithm; 0 gives one level, 1.
    """
    if doubt == 0.0:
        return np.ones(1)
    normal = NormalDist()
    edges = [-math.inf, *(normal.inv_cdf(k / LEVELS) for k in range(1, LEVELS)), math.inf]
    below = np.array([0.5 * math.erfc((doubt - z) / math.sqrt(2.0)) for z in edges])
    return np.asarray(LEVELS * np.diff(below), dtype=np.float64)


def count_distribution(mean: float, dispersion: float) -> F64:
    """Return the cumulative distribution of a day's referrals, up to where no card can reach.

    Poisson at `dispersion` 1, else negative binomial with variance = dispersion x mean. For a given dispersion a
    larger mean is stochastically larger, so a higher rate keeps every client of a lower one.
    """
    if mean <= 0.0:
        return np.array([1.0])
    excess = dispersion - 1.0
    size = mean / excess if excess else 0.0
    probability = math.exp(-mean) if not excess else math.exp(-size * math.log(dispersion))
    total, cumulative, k = probability, [probability], 0
    while total < 1.0 - FINEST and k < 100_000:
        k += 1
        step = mean / k if not excess else (size + k - 1) / k * (excess / dispersion)
        probability *= step
        total += probability
        if probability < FINEST * 1e-6 and k > mean:
            break
        cumulative.append(total)
    return np.array(cumulative)


def _count_tables(means: F64, sources: list[ReferralSource]) -> tuple[F64, I64]:
    """Return the count distributions that occur, padded with 1, and which one holds for each source, level and day."""
    rows: list[F64] = []
    levels = [factor_levels(source.doubt) for source in sources]
    kind = np.zeros((len(sources), max(map(len, levels)), means.shape[1]), dtype=np.int64)
    for s, source in enumerate(sources):
        for k in range(kind.shape[1]):
            factor = levels[s][k * len(levels[s]) // kind.shape[1]]
            if k and len(levels[s]) == 1:
                kind[s, k] = kind[s, 0]
                continue
            values, inverse = np.unique(means[s] * factor, return_inverse=True)
            kind[s, k] = len(rows) + inverse
            rows.extend(count_distribution(float(mean), source.dispersion) for mean in values)
    table = np.ones((len(rows), max(len(row) for row in rows)))
    for r, row in enumerate(rows):
        table[r, : len(row)] = row
        table[r, len(row) - 1] = 1.0
    return table, kind


def _index(name: str, names: Sequence[str]) -> int:
    return names.index(name) if name in names else NOBODY

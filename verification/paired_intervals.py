"""Do the 95 % intervals of paired differences hold a known difference, 95 times in 100?

First on arrays: pairs of normal and of lognormal values whose difference is known, at several correlations; ratios of
totals; and ten differences at once. Then on clinics: a pair of unlimited programs whose difference is known in closed
form; one whose difference is the same in every replication; and a small Palmetto with six seats or seven, for which the
reference is the mean of a whole pool of replications, of which the experiments are disjoint parts, parted anew several
times. In brackets is the 95 % interval of a coverage, where experiments are independent. *Marked* is the share of
experiments with a `made_by_few`; *of no width* the share in which all pairs differ alike, mostly not at all: where
plans differ in a few replications only, most experiments see none of these.

The seeds below were written down before the first run. ``python verification/paired_intervals.py`` prints the table
and writes it to ``verification/paired_intervals.log``.
"""
# ruff: noqa: TID251 - pairs whose difference is known are drawn here, and a pool is parted by chance

import argparse
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from mean_intervals import NOBODY_LEAVES, SMALL, UNLIMITED, known_truths
from scipy.stats import binomtest

import iopsim
from iopsim import rulebook
from iopsim.experiments.executors.processes import cores
from iopsim.experiments.point import Point
from iopsim.experiments.replicate import replicate
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import Facts
from iopsim.stats.contrast import contrast, each
from iopsim.stats.ratios import contrast_of_totals

HERE = Path(__file__).parent
PALMETTO = HERE.parent / "scenarios" / "palmetto.toml"
SEED, CLINIC_SEED = 20270104, 31070202
N, PARTINGS = 30, 20
"""Pairs of an experiment with the small Palmetto; times that its pool is parted."""

N_EXACT = 20
"""Pairs of an experiment with the unlimited program."""

TINY = {**UNLIMITED, "weeks": 6, "phases.intensive.planned_weeks": 2, "phases.step_down.planned_weeks": 1}
"""Six weeks of an unlimited program in which everybody stays three."""

assert NOBODY_LEAVES.items() <= TINY.items()  # on which the closed form rests


def verdict(held: int, of: int) -> str:
    low, high = binomtest(held, of).proportion_ci(0.95)
    mark = "" if 0.93 <= held / of <= 0.97 else "   outside 93-97 %"
    return f"covered {100 * held / of:5.1f} % [{100 * low:.1f}, {100 * high:.1f}]{mark}"


def holds(a: np.ndarray, b: np.ndarray, truth: float) -> bool:
    found = contrast(a, b)
    return found.low <= truth <= found.high


def normal_pairs(rng: np.random.Generator, times: int) -> Iterator[str]:
    """Normal values: the interval is exact, whatever the correlation."""
    for correlation in (0.0, 0.5, 0.9):
        for n in (10, 50):
            shared, own = rng.normal(size=(2, times, n))
            b = 1.0 + correlation * shared + math.sqrt(1.0 - correlation**2) * own
            held = sum(holds(*pair, 1.0) for pair in zip(shared, b, strict=True))
            narrowing = np.median([contrast(*pair).narrowing for pair in zip(shared[:500], b[:500], strict=True)])
            setting = f"correlation {correlation:.1f}, {n:3d} pairs"
            yield f"  {setting}: {verdict(held, times)}, narrowed {narrowing:.2f} times"


def lognormal_pairs(rng: np.random.Generator, times: int) -> Iterator[str]:
    """Lognormal values, the second plan's with a larger spread: the differences are skewed."""
    for correlation in (0.0, 0.9):
        for n in (30, 100, 400):
            shared, own = rng.normal(size=(2, times, n))
            second = correlation * shared + math.sqrt(1.0 - correlation**2) * own
            a, b = np.exp(0.5 * shared), np.exp(second)
            truth = math.exp(0.5) - math.exp(0.125)
            held = sum(holds(*pair, truth) for pair in zip(a, b, strict=True))
            marked = np.mean([contrast(*pair).made_by_few for pair in zip(a[:1000], b[:1000], strict=True)])
            setting = f"correlation {correlation:.1f}, {n:3d} pairs"
            yield f"  {setting}: {verdict(held, times)}, marked ~ {100 * marked:.0f} %"


def ratio_pairs(rng: np.random.Generator, times: int) -> Iterator[str]:
    """Shares of a Poisson number of clients, of whom a harder day completes fewer: the ratio of totals is known."""
    for mean in (2.0, 8.0):
        for n in (20, 100):
            below = rng.poisson(mean, (times, n))
            # The chance falls with the number there: E[sum] / E[number] has a closed form in exp(-mean / 10).
            hard = 0.9**below
            a, b = rng.binomial(below, 0.8 * hard), rng.binomial(below, 0.6 * hard)
            truth = -0.2 * 0.9 * math.exp(-0.1 * mean)  # E[K c^K] = c m e^(m (c - 1)), over E[K] = m
            found = [contrast_of_totals((a[k], below[k]), (b[k], below[k])) for k in range(times)]
            held = sum(one.low <= truth <= one.high for one in found)
            yield f"  {mean:.0f} clients a replication, {n:3d} pairs: {verdict(held, times)}"


def ten_at_once(rng: np.random.Generator, times: int) -> Iterator[str]:
    """Ten plans against one baseline, all intervals at once."""
    confidence, held = each(0.95, 10), 0
    for _ in range(times):
        base = rng.normal(size=30)
        found = [contrast(base, base + plan, confidence) for plan in rng.normal(size=(10, 30))]
        held += all(one.low <= 0.0 <= one.high for one in found)
    low, high = binomtest(held, times).proportion_ci(0.95)
    yield f"  ten together, promised 95 % or more: {100 * held / times:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def values(facts: Facts, measure: str) -> np.ndarray:
    place = [m.name for m in CATALOGUE].index(measure)
    return CATALOGUE[place].values(np.stack([facts.numerators[:, place], facts.denominators[:, place]], axis=-1))


def known_pair(replications: int, workers: int) -> Iterator[str]:
    """Three in ten more referrals of one source to the unlimited program: more clients, and more in program."""
    scenario = iopsim.load(PALMETTO, TINY)
    rate = scenario.referrals["self"].per_week
    plans = [iopsim.load(PALMETTO, {**TINY, "referrals.self.per_week": factor * rate}) for factor in (1.0, 1.3)]
    books = [rulebook.write(plan) for plan in plans]
    a, b = (replicate(Point(plan, CLINIC_SEED), replications, workers) for plan in plans)
    for measure in ("referrals", "census_mean"):
        truth = known_truths(books[1])[measure] - known_truths(books[0])[measure]
        pairs = [np.split(values(facts, measure), replications // N_EXACT) for facts in (a, b)]
        held = sum(holds(*pair, truth) for pair in zip(*pairs, strict=True))
        whole = contrast(values(a, measure), values(b, measure))
        yield (
            f"  {measure:24s} difference {truth:8.4f} in closed form: {verdict(held, len(pairs[0]))}, "
            f"narrowed {whole.narrowing:.1f} times"
        )


def constant_pair(workers: int) -> Iterator[str]:
    """100 dollars a week more of fixed costs: the same in every replication, and told exactly."""
    scenario = iopsim.load(PALMETTO, TINY)
    weeks = scenario.weeks + scenario.money.pre_opening_weeks
    changed = {**TINY, "money.fixed_usd_per_week": scenario.money.fixed_usd_per_week + 100.0}
    a, b = (replicate(Point(iopsim.load(PALMETTO, c), CLINIC_SEED), 100, workers) for c in (TINY, changed))
    for measure, truth in (("fixed_usd", 100.0 * weeks), ("margin_usd", -100.0 * weeks), ("census_mean", 0.0)):
        found = contrast(values(a, measure), values(b, measure))
        exact = found.same_in_every_pair and math.isclose(found.mean, truth, rel_tol=1e-12)
        yield f"  {measure:24s} difference {truth:8.2f}: {'exact' if exact else 'NOT EXACT'}"


def small_pair(replications: int, workers: int, rng: np.random.Generator) -> Iterator[str]:
    """Six seats or seven: every measure that differs, against the mean of the whole pool."""
    plans = [{**SMALL, "weeks": 20, "groups.evening.seats": seats} for seats in (6, 7)]
    a, b = (replicate(Point(iopsim.load(PALMETTO, p), CLINIC_SEED), replications, workers) for p in plans)
    outside = same = 0
    for measure in (m.name for m in CATALOGUE):
        first, second = values(a, measure), values(b, measure)
        whole = contrast(first, second)
        if whole.n == 0 or whole.same_in_every_pair:
            same += 1
            continue
        found = []
        for _ in range(PARTINGS):
            order = rng.permutation(replications)[: replications // N * N].reshape(-1, N)
            found += [contrast(first[rows], second[rows]) for rows in order]
        told = [one for one in found if one.n > 1]
        covered = np.mean([one.low <= whole.mean <= one.high for one in told])
        marked = np.mean([one.made_by_few for one in told])
        widthless = np.mean([one.same_in_every_pair for one in told])
        outside += not 0.93 <= covered <= 0.97
        yield (
            f"  {measure:28s} difference {whole.mean:12.4f} covered {100 * covered:5.1f} %, "
            f"narrowed {whole.narrowing:6.2f} times, skewness {whole.skewness:6.1f}, marked ~ {100 * marked:3.0f} %, "
            f"of no width {100 * widthless:3.0f} %{'' if 0.93 <= covered <= 0.97 else '   outside 93-97 %'}"
        )
    yield f"  outside 93-97 %: {outside}; the same in every pair, or told in none: {same}"


def main() -> None:
    """Print and keep the table of coverages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10_000, help="experiments with arrays")
    parser.add_argument("--exact", type=int, default=8_000, help="replications of the unlimited program")
    parser.add_argument("--pool", type=int, default=3_000, help="replications of the small Palmetto")
    options = parser.parse_args()
    start, rng, workers = time.perf_counter(), np.random.default_rng(SEED), cores()
    lines = [f"95 % intervals of paired differences; seeds {SEED} and {CLINIC_SEED}"]
    for title, rows in (
        (f"normal values, {options.times} experiments", normal_pairs(rng, options.times)),
        (f"lognormal values, {options.times} experiments", lognormal_pairs(rng, options.times)),
        (f"ratios of totals, {options.times // 2} experiments", ratio_pairs(rng, options.times // 2)),
        (f"several intervals, {options.times // 5} experiments", ten_at_once(rng, options.times // 5)),
        (f"unlimited program, {N_EXACT} pairs an experiment", known_pair(options.exact, workers)),
        ("unlimited program, fixed costs, 100 pairs", constant_pair(workers)),
        (
            f"small Palmetto, 6 seats or 7, {N} pairs of {options.pool} an experiment, parted {PARTINGS} times",
            small_pair(options.pool, workers, rng),
        ),
    ):
        lines += [f"{title}:", *rows]
        print("\n".join(lines[lines.index(f"{title}:") :]), f"({time.perf_counter() - start:.0f} s)", flush=True)
    (HERE / "paired_intervals.log").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

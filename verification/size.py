"""Does a sizing choose a right plan as often as it promises?

A plain clinic of 26 weeks with 6, 8, ..., 16 seats, each simulated many times with the same people and luck. These
replications are a pool, of which every experiment draws its own with replacement, the same for all plans: so the mean
of the pool is the truth, exactly. Questions are asked where they are hardest: the plan that is the answer beats each
target by the tolerance and no more, the next smaller misses it by the tolerance and no more, and the answer is cheaper
than the next by the indifference zone and no more. Where no plan meets a bound, to choose none is right. The values
are as skewed as a clinic makes them, so that nothing is normal.

*Right* is the share of experiments that chose a right plan, with its 95 % interval in brackets, and *kept* unless that
interval lies *below* the promise; what is neither right nor wrong was left open. The seeds below were written down
before the first run. ``python verification/size.py`` prints the table and writes it to ``verification/size.log``.
"""
# ruff: noqa: TID251 - experiments draw their replications from a pool

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

import iopsim
from iopsim.experiments.arms import Arm, Base
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner
from iopsim.experiments.size import Sized, size
from iopsim.experiments.sizing import Candidate, Objective, Sizing
from iopsim.experiments.targets import Target
from iopsim.measures.catalogue import CATALOGUE

HERE = Path(__file__).parent
PLAIN = HERE.parent / "tests" / "plain.toml"
SEED, CLINIC_SEED = 20270104, 31070203
SEATS = (6, 8, 10, 12, 14, 16)
ANSWER = 2
"""The plan with ten seats is the answer, unless the question is another."""

WAIT, LINE, COST = "days_to_first_session", "waitlist_mean", "cost_usd"
MEASURES = {measure.name: (place, measure) for place, measure in enumerate(CATALOGUE)}
PROMISED = 0.95


class Pool:
    """A `iopsim.experiments.size.Stage` that draws replications from those there are.

    Parameters
    ----------
    values : float array, shape (plans, replications, columns)
    rng : numpy.random.Generator
    """

    failures = ()

    def __init__(self, values: np.ndarray, rng: np.random.Generator) -> None:
        self.values, self.rng = values, rng
        self.drawn = np.empty(0, dtype=np.int64)

    def __call__(self, places: list[int], first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        """Return replications `first` to `last` - 1 of some plans."""
        missing = max(0, last - len(self.drawn))
        self.drawn = np.append(self.drawn, self.rng.integers(self.values.shape[1], size=missing))
        found = self.values[np.ix_(places, self.drawn[first:last])]
        return found, np.zeros(found.shape[:2], dtype=bool)


def simulated(replications: int) -> dict[str, np.ndarray]:
    """Return three measures of every plan by replication."""
    scenarios = [iopsim.load(PLAIN, {"weeks": 26, "groups.evening.seats": seats}) for seats in SEATS]
    fractions, failures = Runner().fractions([Point(one, CLINIC_SEED) for one in scenarios], 0, replications)
    assert not failures
    found = {}
    for name in (WAIT, LINE, COST):
        place, measure = MEASURES[name]
        found[name] = measure.values(fractions[:, :, place])
    return found


def edge(values: np.ndarray, answer: int) -> tuple[float, float]:
    """Return the bound between a plan and the next smaller, and how far both are from it."""
    worse, better = values[answer - 1], values[answer]
    return (worse + better) / 2.0, abs(worse - better) / 2.0


def mean_target(pool: dict[str, np.ndarray], answer: int = ANSWER) -> Target:
    bound, tolerance = edge(pool[WAIT].mean(axis=1), answer)
    return Target("soon", MEASURES[WAIT][1], None, bound, False, "expectation", None, tolerance, None)


def chance_target(pool: dict[str, np.ndarray], answer: int = ANSWER) -> Target:
    line = pool[LINE]
    limit = float(np.quantile(line[answer], 0.75))
    chance, tolerance = edge((line <= limit).mean(axis=1), answer)
    return Target("room", MEASURES[LINE][1], None, limit, False, "chance", chance, tolerance, None)


def experiments(
    pool: dict[str, np.ndarray], targets: tuple[Target, ...], objective: Objective, right: set[int | None], times: int
) -> str:
    """Ask one question again and again; return how often it was answered right, wrong, or not at all."""
    rng = np.random.default_rng(SEED)
    measured = objective.measure is not None
    columns = [pool[target.measure.name] for target in targets] + [pool[COST]]
    values = np.stack(columns, axis=2)
    candidates = tuple(
        Candidate(Arm(f"plan_{seats}", levels={"seats": str(seats)}), 0.0 if measured else float(seats))
        for seats in SEATS
    )
    sizing = Sizing(
        "", "", "", "", Base("", ""), (), candidates, targets, objective, PROMISED, 1, first_stage=50, most=5000
    )
    found, made = [], []
    for _ in range(times):
        one = size(sizing, Pool(values, rng))
        found.append("right" if _is_right(one, right) else "wrong" if _is_wrong(one, right) else "open")
        made.append(one.replications)
    n = found.count("right")
    low, high = binomtest(n, times).proportion_ci(0.95)
    kept = "kept" if high >= PROMISED else "BELOW"
    return (
        f"right {100 * n / times:5.1f} % [{100 * low:.1f}, {100 * high:.1f}] {kept}, "
        f"wrong {100 * found.count('wrong') / times:.1f} %, {np.mean(made):,.0f} replications of all plans"
    )


def _is_right(one: Sized, right: set[int | None]) -> bool:
    return one.chosen in right and (one.chosen is not None or not (one.remaining or one.undecided))


def _is_wrong(one: Sized, right: set[int | None]) -> bool:
    if one.chosen is None:
        return None not in right and not one.remaining and not one.undecided
    return one.chosen not in right


def questions(pool: dict[str, np.ndarray], times: int) -> Iterator[str]:
    """Ask every question."""
    smallest = Objective(None, 0.0, {"seats": 1.0})
    cost = pool[COST].mean(axis=1)
    zone = float(cost[ANSWER + 1] - cost[ANSWER])
    cheapest = Objective(MEASURES[COST][1], zone, {})
    mean, chance = mean_target(pool), chance_target(pool)
    never = replace(mean, bound=float(pool[WAIT].mean(axis=1).min()) - mean.tolerance)
    for title, targets, objective, right in (
        ("smallest, a mean", (mean,), smallest, {ANSWER}),
        ("smallest, a chance", (chance,), smallest, {ANSWER}),
        ("smallest, both", (mean, chance), smallest, {ANSWER}),
        ("cheapest, a mean", (mean,), cheapest, {ANSWER}),
        ("cheapest, both", (mean, chance), cheapest, {ANSWER}),
        ("none meets", (never,), smallest, {None}),
    ):
        yield f"  {title:22s}: {experiments(pool, targets, objective, right, times)}"


def described(pool: dict[str, np.ndarray]) -> Iterator[str]:
    """Tell what the truth is, and how skewed."""
    for name, values in pool.items():
        around = values - values.mean(axis=1, keepdims=True)
        skewness = (around**3).mean(axis=1) / (around**2).mean(axis=1) ** 1.5
        means = ", ".join(f"{mean:,.2f}" for mean in values.mean(axis=1))
        yield f"  {name:21s}: means {means}; skewness {skewness.min():+.1f} to {skewness.max():+.1f}"
    mean, chance = mean_target(pool), chance_target(pool)
    yield f"  a mean of {WAIT} of at most {mean.bound:.2f}, give or take {mean.tolerance:.2f}"
    yield (
        f"  {LINE} of at most {chance.bound:.2f} with a chance of {chance.chance:.2f}, give or take "
        f"{chance.tolerance:.2f}"
    )


def main() -> None:
    """Print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1_000)
    parser.add_argument("--pool", type=int, default=1_500, help="replications of every plan")
    options = parser.parse_args()
    start = time.perf_counter()
    pool = simulated(options.pool)
    defined = ~np.isnan(pool[WAIT]).any(axis=0)
    pool = {name: values[:, defined] for name, values in pool.items()}
    lines = [
        f"promised 95 %; {options.times} experiments each; seeds {SEED} and {CLINIC_SEED}",
        f"pool of {int(defined.sum())} replications of {len(SEATS)} plans, {', '.join(map(str, SEATS))} seats:",
        *described(pool),
        "experiments:",
    ]
    print("\n".join(lines), f"({time.perf_counter() - start:.0f} s)", flush=True)
    for line in questions(pool, options.times):
        lines.append(line)
        print(line, f"({time.perf_counter() - start:.0f} s)", flush=True)
    (HERE / "size.log").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

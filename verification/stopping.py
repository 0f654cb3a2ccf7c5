"""What coverage is left when one stops as soon as an interval is narrow enough?

Replications are drawn from a distribution whose mean is known, until a target is met: by looks at fixed numbers of
them, and in two stages after Stein. Told are how often the interval at the end holds the mean (*held*), how often the
mean of the replications is within the target of it (*within*), the replications used, and the share of experiments that
did not meet the target at the most. Beside them is an interval from as many replications as the target needs if the
spread is known beforehand, which nobody looks at twice (*fixed*).

Looks cost coverage: one stops sooner where the spread comes out small, and of a skewed measure the mean then comes out
small too. Two stages are exact for normal values. Nothing here is tuned; what is below 95 % is told.

The seed below was written down before the first run. ``python verification/stopping.py`` prints the table and writes
it to ``verification/stopping.log``.
"""
# ruff: noqa: TID251 - replications with a known mean are drawn here

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from iopsim.stats.intervals import summarize
from iopsim.stats.stopping import FIRST, More, Target, decide, sequential, two_stage

HERE = Path(__file__).parent
SEED = 20270104
MOST = 6_000

Draw = Callable[[np.random.Generator, int], np.ndarray]


@dataclass(frozen=True)
class Case:
    """A distribution with its mean and standard deviation, and targets to stop at."""

    title: str
    draw: Draw
    mean: float
    spread: float
    targets: tuple[Target, ...]


def lognormal(sigma: float, targets: tuple[Target, ...]) -> Case:
    mean = math.exp(sigma**2 / 2.0)
    spread = mean * math.sqrt(math.exp(sigma**2) - 1.0)
    skewness = (math.exp(sigma**2) + 2.0) * math.sqrt(math.exp(sigma**2) - 1.0)
    title = f"lognormal, mean {mean:.2f}, standard deviation {spread:.2f}, skewness {skewness:.1f}"
    return Case(title, lambda rng, n: rng.lognormal(0.0, sigma, n), mean, spread, targets)


def rare(probability: float, targets: tuple[Target, ...]) -> Case:
    title = f"an event in {100 * probability:.0f} of 100 replications"
    spread = math.sqrt(probability * (1.0 - probability))
    return Case(title, lambda rng, n: (rng.uniform(size=n) < probability).astype(float), probability, spread, targets)


CASES = (
    Case(
        "normal, mean 10, standard deviation 1",
        lambda rng, n: rng.normal(10.0, 1.0, n),
        10.0,
        1.0,
        (Target(0.25), Target(0.2), Target(0.1), Target(0.05), Target(1.0, relative=True)),
    ),
    lognormal(0.5, (Target(0.15), Target(0.1), Target(0.05), Target(5.0, relative=True))),
    lognormal(1.0, (Target(0.5), Target(0.25), Target(0.15), Target(10.0, relative=True))),
    rare(0.05, (Target(0.05, span=(0.0, 1.0)), Target(0.02, span=(0.0, 1.0)))),
    rare(0.01, (Target(0.02, span=(0.0, 1.0)), Target(0.01, span=(0.0, 1.0)))),
)


def source(pool: np.ndarray) -> More:
    return lambda first, last: {"x": pool[first:last]}


def row(case: Case, target: Target, way: str, rng: np.random.Generator, times: int) -> str:
    """One line of the table: a target, reached by looks or in two stages."""
    held = within = fixed = missed = first_look = 0
    used = []
    error = target.half_width / 100.0 * case.mean if target.relative else target.half_width
    needed = max(FIRST, math.ceil((1.96 * case.spread / target.goal(case.mean)) ** 2))
    for _ in range(times):
        pool = case.draw(rng, MOST)
        run = sequential if way == "looks" else two_stage
        found = run(source(pool), {"x": target}, MOST)
        last = found[-1].measures["x"]
        held += last.summary.low <= case.mean <= last.summary.high
        within += abs(last.summary.mean - case.mean) <= error
        missed += not last.met
        first_look += found[-1].replications == FIRST
        used.append(found[-1].replications)
        plain = summarize(pool[:needed], span=target.span)
        fixed += plain.low <= case.mean <= plain.high
    low, high = binomtest(held, times).proportion_ci(0.95)
    asked = f"{target.half_width:g} %" if target.relative else f"{target.half_width:g}"
    return (
        f"  {asked:>6s} by {way:10s} held {100 * held / times:5.1f} % [{100 * low:.1f}, {100 * high:.1f}], "
        f"within {100 * within / times:5.1f} %; {np.mean(used):6.0f} replications ({np.quantile(used, 0.1):.0f} to "
        f"{np.quantile(used, 0.9):.0f}), {100 * first_look / times:3.0f} % at {FIRST}, "
        f"not met {100 * missed / times:.0f} %; fixed {needed}: {100 * fixed / times:.1f} %"
    )


def recommendations(rng: np.random.Generator, times: int) -> list[str]:
    """How near the recommended number lies to the true one, from the first look at a normal and a skewed measure."""
    lines = []
    for case, target in ((CASES[0], Target(0.1)), (CASES[2], Target(0.15))):
        true = (1.96 * case.spread / target.half_width) ** 2
        ratios = [(decide({"x": case.draw(rng, FIRST)}, {"x": target}).needed or 0) / true for _ in range(times)]
        p10, p50, p90 = np.quantile(ratios, (0.1, 0.5, 0.9))
        lines.append(
            f"  {case.title.split(',')[0]}, after {FIRST}: {p50:.2f} times what is needed ({p10:.2f} to {p90:.2f})"
        )
    return lines


def main() -> None:
    """Print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3_000)
    options = parser.parse_args()
    start, rng = time.perf_counter(), np.random.default_rng(SEED)
    lines = [f"95 % intervals, {options.times} experiments of at most {MOST} replications, seed {SEED}"]
    for case in CASES:
        lines.append(f"{case.title}:")
        for target in case.targets:
            for way in ("looks",) if target.relative else ("looks", "two stages"):
                lines.append(row(case, target, way, rng, options.times))
                print(lines[-1], flush=True)
    lines += ["the recommendation:", *recommendations(rng, options.times)]
    print("\n".join(lines))
    (HERE / "stopping.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()

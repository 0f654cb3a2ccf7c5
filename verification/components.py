"""Does the 95 % interval of the part that nobody knows hold it, 95 times in 100, and is it marked where it does not?

On arrays of pairs of which the share is known: normal values; counts with skewed inputs; and what happens or does not,
often or rarely. *Marked* is the part of the experiments with `made_by_few`; *told* the part in which there is an
interval at all: of what is so rare that nobody has met it there is none. Of skewed counts with long tails (0.7) also
intervals that are not marked are too sure: how long a tail is cannot be seen in few pairs.

The seed below was written down before the first run. ``python verification/components.py`` prints the table and writes
it to ``verification/components.log``; it takes less than a minute.
"""
# ruff: noqa: TID251 - pairs whose share is known are drawn here

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from iopsim.stats.components import split_variance

HERE = Path(__file__).parent
SEED, TIMES = 20270104, 1000
PAIRS = 30, 100, 200, 1000

Values = np.ndarray
Draw = Callable[[np.random.Generator, int], tuple[Values, Values]]


def normal(share: float) -> tuple[str, float, Draw]:
    def draw(rng: np.random.Generator, n: int) -> tuple[Values, Values]:
        inputs = math.sqrt(share) * rng.standard_normal(n)
        first, second = (inputs + math.sqrt(1.0 - share) * rng.standard_normal(n) for _ in range(2))
        return first, second

    return "normal", share, draw


def counts(sigma: float) -> tuple[str, float, Draw]:
    """Poisson counts of mean 5 at the median of lognormal inputs."""
    ignorance, luck = 25.0 * math.expm1(sigma**2) * math.exp(sigma**2), 5.0 * math.exp(sigma**2 / 2.0)

    def draw(rng: np.random.Generator, n: int) -> tuple[Values, Values]:
        mean = 5.0 * np.exp(sigma * rng.standard_normal(n))
        return rng.poisson(mean).astype(float), rng.poisson(mean).astype(float)

    return f"skewed counts, {sigma:g}", ignorance / (ignorance + luck), draw


def yes_or_no(probability: float, ties: float) -> tuple[str, float, Draw]:
    """Something that happens with a probability that is itself drawn, from a beta distribution."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Values, Values]:
        chance = rng.beta(probability * ties, (1.0 - probability) * ties, n)
        return (rng.random(n) < chance).astype(float), (rng.random(n) < chance).astype(float)

    return f"yes or no, {100 * probability:g} %", 1.0 / (ties + 1.0), draw


CASES = (
    *(normal(share) for share in (0.0, 0.3, 0.8)),
    *(counts(sigma) for sigma in (0.3, 0.7)),
    *(yes_or_no(probability, ties) for probability in (0.5, 0.3, 0.1, 0.03) for ties in (2.0, 20.0)),
)


def lines() -> Iterator[str]:
    rng = np.random.default_rng(SEED)
    yield f"seed {SEED}, {TIMES:,} experiments each"
    unmarked = total = 0
    for name, share, draw in CASES:
        for n in PAIRS:
            found = [split_variance(*draw(rng, n)) for _ in range(TIMES)]
            told = [one for one in found if not math.isnan(one.low)]
            held = [one.low <= share <= one.high for one in told]
            plain = [one.low <= share <= one.high for one in told if not one.made_by_few]
            unmarked, total = unmarked + sum(plain), total + len(plain)
            low, high = binomtest(sum(held), len(held)).proportion_ci(0.95)
            yield (
                f"  {name:20} share {share:.3f} {n:5,} pairs: covered {100 * np.mean(held):5.1f} % "
                f"[{100 * low:.1f}, {100 * high:.1f}], marked ~ {100 * (1 - len(plain) / len(told)):3.0f} %, "
                f"told {100 * len(told) / TIMES:3.0f} %"
            )
    yield f"not marked, all together: covered {100 * unmarked / total:.1f} %"


def main() -> None:
    with (HERE / "components.log").open("w", encoding="utf-8") as log:
        for line in lines():
            print(line, flush=True)
            log.write(line + "\n")


if __name__ == "__main__":
    main()

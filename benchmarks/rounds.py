"""Rounds: things that are timed in turn, A B C A B C ..., so that a machine that slows down slows all of them alike.

Times are processor seconds of this process, told as medians over the rounds; a ratio is taken within each round first.
Python's garbage collector runs before each of them and rests while it is timed, whatever it is.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from telling import spread

LEAST_SECONDS = 0.05
"""What a contender is to take in a round, so that the clock's own steps do not matter."""

MOST = 1 << 14


@dataclass
class Contender:
    """What is timed: a call that does replications `first` to `last` - 1, and how many it does in a round."""

    run: Callable[[int, int], object]
    each_round: int

    def seconds(self, nth: int) -> float:
        """Return the processor seconds of a replication in a round."""
        first = nth * self.each_round
        with without_collector():
            begun = time.process_time()
            self.run(first, first + self.each_round)
            return (time.process_time() - begun) / self.each_round


@contextmanager
def without_collector() -> Iterator[None]:
    """Collect garbage, and then let the collector rest: iopsim's engines have it rest in any case."""
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def contender(run: Callable[[int, int], object], least_seconds: float = LEAST_SECONDS) -> Contender:
    """Return a contender, warmed up, that takes so long in a round at least."""
    run(0, 1)
    each = 1
    while each < MOST and Contender(run, each).seconds(0) * each < least_seconds:
        each *= 2
    return Contender(run, each)


@dataclass
class Rounds:
    """Seconds of a replication by contender and round."""

    took: dict[str, list[float]]

    def median(self, name: str) -> float:
        """Return the median over the rounds, seconds."""
        return statistics.median(self.took[name])

    def ratios(self, slow: str, fast: str) -> list[float]:
        """Return how many times as long one took as another, by round."""
        return [a / b for a, b in zip(self.took[slow], self.took[fast], strict=True)]

    def ratio(self, slow: str, fast: str) -> float:
        """Return the median of these ratios."""
        return statistics.median(self.ratios(slow, fast))

    def told(self, slow: str, fast: str) -> str:
        """Return that ratio in words."""
        return spread(self.ratios(slow, fast))


def timed(contenders: Mapping[str, Contender], rounds: int) -> Rounds:
    """Time contenders in turn."""
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for nth in range(1, rounds + 1):
        for name, one in contenders.items():
            took[name].append(one.seconds(nth))
    return Rounds(took)

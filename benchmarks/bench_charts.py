"""How long charts take: seconds for each, of a run with 200 replications, and how many times an empty page.

    python benchmarks/bench_charts.py [--rounds 3] [--replications 200]

Rounds are interleaved, medians told; the empty page is drawn in each round, beside the charts. Seconds are those of
this machine now; the ratios travel better.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import iopsim
from iopsim.charts.kinds import KINDS, draw
from iopsim.charts.page import nothing
from iopsim.charts.source import of_result

PALMETTO = Path(__file__).parents[1] / "scenarios" / "palmetto.toml"
SWEPT = PALMETTO.parents[1] / "experiments" / "seats_and_referrals.toml"
SEATS = {"groups.evening.seats": 16}


def main() -> None:
    """Measure, and print a line for each chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replications", type=int, default=200)
    asked = parser.parse_args()
    plan = iopsim.load(PALMETTO)
    result = iopsim.simulate(plan, asked.replications, by=("source",))
    plans = {"base": plan, "larger": iopsim.load(PALMETTO, SEATS)}
    outcome = iopsim.compare(plans, asked.replications)
    design = iopsim.experiment(SWEPT, replications=min(asked.replications, 20))
    drawn: dict[str, Callable[[], bytes]] = {"empty page": lambda: nothing(of_result(result), "Nothing", "").png()}
    for kind in KINDS.values():
        of = {"program": result, "plans": outcome, "design": design}.get(kind.needs)
        if of is not None:
            drawn[kind.name] = lambda name=kind.name, of=of: draw(name, of).png()
    seconds: dict[str, list[float]] = {name: [] for name in drawn}
    for _ in range(asked.rounds):
        for name, picture in drawn.items():
            begun = time.perf_counter()
            picture()
            seconds[name].append(time.perf_counter() - begun)
    floor = statistics.median(seconds["empty page"])
    print(f"{asked.replications} replications, {asked.rounds} rounds, medians; PNG of a printed page")
    for name, took in seconds.items():
        middle = statistics.median(took)
        print(f"  {name:14} {middle:6.2f} s   {middle / floor:5.1f} times an empty page   (slowest {max(took):.2f} s)")


if __name__ == "__main__":
    main()

"""How long charts take: seconds for each, of a run with 200 replications, and how many times an empty page.

Rounds are interleaved, medians told; the empty page is drawn in each round, beside the charts. Seconds are those of
this machine now; the ratios travel better. The goal is a second for each chart.

Run with ``make bench``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from telling import from_on, goal, machine, of_rounds, parser, say, spread

import iopsim
from iopsim.charts.kinds import KINDS, draw
from iopsim.charts.page import nothing
from iopsim.charts.source import of_result

PALMETTO = Path(__file__).parents[1] / "scenarios" / "palmetto.toml"
SWEPT = PALMETTO.parents[1] / "experiments" / "seats_and_referrals.toml"
SEATS = {"groups.evening.seats": 16}
SECONDS = 1.0


def main() -> None:
    """Measure, and print a line for each chart."""
    options = parser(__doc__, 3)
    options.add_argument("--replications", type=from_on(2), default=200)
    asked = options.parse_args()
    machine("matplotlib")
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
    empty = statistics.median(seconds.pop("empty page"))
    rounds = of_rounds(asked.rounds)
    say(f"{asked.replications} replications, {rounds}; PNG of a printed page; an empty one {empty:.2f} s")
    for name, took in seconds.items():
        say(f"  {name:14} {statistics.median(took) / empty:5.1f} times an empty page; seconds {spread(took, '.2f')}")
    slowest = max(seconds, key=lambda name: statistics.median(seconds[name]))
    most = statistics.median(seconds[slowest])
    goal(f"the slowest, {slowest}", f"{most:.2f} s", f"{SECONDS:g} s at most", met=most <= SECONDS)


if __name__ == "__main__":
    main()

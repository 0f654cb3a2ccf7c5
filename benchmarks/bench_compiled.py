"""The compiled engine on the whole of Palmetto: clinic-years a minute on all cores, and against the reference engine.

A replication is two years of the program, opening empty, every feature of the file in use, from cards to the measures.
On one core both engines take turns; on all cores, each core has a process of its own that simulates other replications
with the compiled engine, all at once. The goals are a million clinic-years a minute on two cores, which is half a
million on each, or 240 microseconds a replication; and a hundred times the reference engine.

Run with ``make bench``; ``--long`` measures longer.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import engines
import numpy as np
from rounds import contender, timed
from telling import goal, in_words, machine, of_rounds, parser, say, spread

import iopsim
from iopsim.experiments.executors.processes import cores
from iopsim.experiments.point import Point

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
COMPARED = 20
WEEKS_A_YEAR = 52
FASTER = 100
A_CORE = 500_000
"""Clinic-years a minute."""


def worker(pipe: Connection) -> None:
    """Simulate what is asked for, and answer when it began and ended and what processor time it took."""
    point = engines.point_of(iopsim.load(PALMETTO))
    engines.compiled(point, 0, 2)
    pipe.send(None)
    while asked := pipe.recv():
        begun, cpu = time.monotonic(), time.process_time()
        engines.compiled(point, *asked)
        pipe.send((begun, time.monotonic(), time.process_time() - cpu))


class Crowd:
    """A process for each core, which wait until they are asked."""

    def __init__(self, many: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipes, self.processes = [], []
        for _ in range(many):
            ours, theirs = context.Pipe()
            process = context.Process(target=worker, args=(theirs,), daemon=True)
            process.start()
            theirs.close()  # so that a process that fails is not waited for
            self.pipes.append(ours)
            self.processes.append(process)
        for pipe in self.pipes:
            pipe.recv()

    def seconds(self, first: int, each: int) -> tuple[float, float]:
        """Have every process simulate so many; return wall-clock and mean processor seconds from first to last."""
        for k, pipe in enumerate(self.pipes):
            pipe.send((first + k * each, first + (k + 1) * each))
        told = [pipe.recv() for pipe in self.pipes]
        wall = max(end for _, end, _ in told) - min(begun for begun, _, _ in told)
        return wall, statistics.fmean(cpu for _, _, cpu in told)

    def close(self) -> None:
        """Let all of them end."""
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            pipe.send(None)
            process.join()


def same(point: Point, many: int) -> bool:
    """Return whether both engines give the same numbers."""
    pairs = zip(engines.reference(point, 0, many), engines.compiled(point, 0, many), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


def one_core(point: Point, rounds: int) -> float:
    """Compare the engines in one process, and return the compiled one's seconds for a replication."""
    took = timed(
        {
            "reference": contender(partial(engines.reference, point), 0.3),
            "compiled": contender(partial(engines.compiled, point), 0.2),
        },
        rounds,
    )
    for name in took.took:
        say(f"  {name}: {in_words(took.median(name))} for a replication, on one core")
    told = took.told("reference", "compiled")
    goal("reference / compiled", told, f"{FASTER} at least", met=took.ratio("reference", "compiled") >= FASTER)
    return took.median("compiled")


def all_cores(each: int, years: float, rounds: int) -> None:
    """Tell clinic-years a minute with a process on each core."""
    n = cores()
    crowd = Crowd(n)
    found = [crowd.seconds(nth * n * each, each) for nth in range(1, rounds + 1)]
    crowd.close()
    by_wall, by_cpu = ([60 * n * each * years / seconds for seconds in kind] for kind in zip(*found, strict=True))
    say(
        f"  {n} processes, one for each core, {each} replications each and round",
        f"  clinic-years a minute by processor time, as on cores that nobody else uses: {spread(by_cpu, ',.0f')}",
    )
    goal(
        "clinic-years a minute by the wall clock",
        spread(by_wall, ",.0f"),
        f"{n * A_CORE:,} on {n} core{'s' * (n > 1)}",
        met=statistics.median(by_wall) >= n * A_CORE,
    )


def main() -> None:
    """Print both."""
    options = parser(__doc__, 9, "a minute on all cores").parse_args()
    if not engines.has(engines.COMPILED_WORK):
        say("no compiled engine here: nothing to measure")
        return
    machine("numba", "numpy", "simpy")
    point, rounds = engines.point_of(iopsim.load(PALMETTO)), options.rounds
    weeks = point.scenario.weeks
    years = weeks / WEEKS_A_YEAR
    say(f"Palmetto, {weeks} weeks ({years:g} years), to the table of measures, {of_rounds(rounds)}")
    if not same(point, COMPARED):
        sys.exit("the engines do not give the same numbers")
    say(f"  measures of {COMPARED} replications: the same by both engines")
    seconds = one_core(point, rounds)
    in_a_round = 60 / rounds if options.long else 1.0
    all_cores(max(1, round(in_a_round / seconds)), years, rounds)


if __name__ == "__main__":
    main()

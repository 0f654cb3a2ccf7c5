"""The compiled engine on the whole of Palmetto: clinic-years a minute on all cores, and against the reference engine.

A replication is two years of the program, opening empty, every feature of the file in use, from cards to the measures.
On one core both engines take turns; on all cores, each core has a process of its own that simulates other replications
with the compiled engine, all at once. The goals are a million clinic-years a minute on two cores, which is 240
microseconds a replication on each, and a hundred times the reference engine.

Run with ``make bench``; ``--long`` measures longer, and writes what it prints to ``benchmarks/compiled.log`` too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import engines
import numpy as np
from rounds import Log, contender, in_words, machine, timed

import iopsim
from iopsim.experiments.executors.processes import cores
from iopsim.experiments.point import Point

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
COMPARED = 20
WEEKS_A_YEAR = 52


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


def one_core(log: Log, point: Point, rounds: int) -> float:
    """Compare the engines in one process, and return the compiled one's seconds for a replication."""
    took = timed(
        {
            "reference": contender(partial(engines.reference, point), 0.3),
            "compiled": contender(partial(engines.compiled, point), 0.2),
        },
        rounds,
    )
    for name in took.took:
        log.say(f"  {name}: {in_words(took.median(name))} for a replication, on one core")
    log.say(f"  reference / compiled: {took.told('reference', 'compiled')}")
    return took.median("compiled")


def all_cores(log: Log, each: int, years: float, rounds: int) -> None:
    """Tell clinic-years a minute with a process on each core."""
    n = cores()
    crowd = Crowd(n)
    found = [crowd.seconds(nth * n * each, each) for nth in range(1, rounds + 1)]
    crowd.close()
    by_wall, by_cpu = (sorted(60 * n * each * years / seconds for seconds in kind) for kind in zip(*found, strict=True))
    log.say(
        f"  {n} processes, {each} replications each and round: {statistics.median(by_wall):,.0f} clinic-years a minute "
        f"by the wall clock (from {by_wall[0]:,.0f} to {by_wall[-1]:,.0f})",
        f"  by processor time, as on cores that nobody else uses: {statistics.median(by_cpu):,.0f} "
        f"(from {by_cpu[0]:,.0f} to {by_cpu[-1]:,.0f})",
    )


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--long", action="store_true", help="a minute on all cores, and a log")
    options = parser.parse_args()
    log = Log()
    if not engines.has(engines.COMPILED_WORK):
        log.say("no compiled engine here: nothing to measure")
        return
    log.say(machine("numba", "numpy", "simpy"))
    point = engines.point_of(iopsim.load(PALMETTO))
    years = point.scenario.weeks / WEEKS_A_YEAR
    log.say(
        f"Palmetto, {point.scenario.weeks} weeks ({years:g} years), to the table of measures, {options.rounds} rounds"
    )
    equal = "the same" if same(point, COMPARED) else "NOT the same"
    log.say(f"  measures of {COMPARED} replications: {equal} by both engines")
    seconds = one_core(log, point, options.rounds)
    in_a_round = 60 / options.rounds if options.long else 1.0
    all_cores(log, max(1, round(in_a_round / seconds)), years, options.rounds)
    if options.long:
        log.keep()


if __name__ == "__main__":
    main()

"""A clinic that everybody can express: textbook SimPy, Ciw and salabim, beside iopsim's own model of such a clinic.

The peers' clinic is in ``peers/clinic.py``. That the three are one clinic is checked first: with the same seed they
draw the same numbers in the same order, so that their clients fare alike; their means must agree within what chance
allows, and so must what theory knows of them. Then all take turns, round by round. iopsim's model is
``common_clinic.toml``: the same flow, and besides it sessions, attendance, staff, money and every measure; once with
one group night a week, as few as a clinic can have, and once with three. The goal is 200 times the fastest peer.

Run with ``make bench``; ``--long`` takes more replications, and writes what it prints to ``benchmarks/peers.log`` too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import engines
from peers import agreement
from peers import clinic as c
from rounds import Log, contender, in_words, machine, table, timed

import iopsim
from iopsim.experiments.point import Point

CLINIC = Path(__file__).parent / "common_clinic.toml"
THREE_NIGHTS = {"phases.treatment.nights_per_week": 3, "groups.treatment.nights": ["Mon", "Tue", "Wed"]}
PEERS = {"SimPy": "peers.in_simpy", "Ciw": "peers.in_ciw", "salabim": "peers.in_salabim"}

Run = Callable[[int], c.Told]
"""Simulates the replication of a seed."""


def sameness(log: Log, run: dict[str, Run], point: Point, many: int) -> bool:
    """Print what each clinic tells, and return whether the peers' are one, and as theory knows it."""
    told = {name: [one(seed) for seed in range(many)] for name, one in run.items()}
    everybody = {**told, "iopsim": agreement.of_iopsim(point, many)}
    log.say(f"means of {many} replications, with 95 % intervals")
    rows = [
        [name, *(agreement.in_words(agreement.column(values, name)) for values in everybody.values())]
        for name in agreement.NUMBERS
    ]
    log.say(table(["", *everybody], rows))
    far = agreement.apart(told)
    log.say(
        f"  with the same seeds, the peers tell the same, to nine digits, in {agreement.equal(told)} of {many} "
        f"replications; means are {far:.2g} standard errors apart at most, {agreement.LARGEST:g} are allowed"
    )
    fine = far <= agreement.LARGEST
    for name, values in told.items():
        known = agreement.from_theory(values)
        fine = fine and all(abs(error) <= agreement.LARGEST for error in known.values())
        words = ", ".join(f"{what} {error:+.2f}" for what, error in known.items())
        log.say(f"  {name} from theory, in standard errors: {words}")
    return fine


def speed(log: Log, run: dict[str, Run], points: dict[str, Point], rounds: int) -> None:
    """Time all in turn, and print a table."""

    def by_seeds(one: Run) -> Callable[[int, int], object]:
        return lambda first, last: [one(seed) for seed in range(first, last)]

    contenders = {name: contender(by_seeds(one), 0.2) for name, one in run.items()}
    for engine, call in engines.known().items():
        for name, point in points.items():
            contenders[f"iopsim {engine}, {name}"] = contender(partial(call, point), 0.2)
    took = timed(contenders, rounds)
    fastest = min(run, key=took.median)
    log.say(f"a replication of {c.RUN_DAYS / c.WEEK:.0f} weeks, medians of {rounds} rounds; fastest peer: {fastest}")
    rows = [[name, in_words(took.median(name)), took.told(fastest, name)] for name in contenders]
    log.say(table(["", "time", f"{fastest} / this"], rows))


def main() -> None:
    """Check that the peers' clinics are one, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--replications", type=int, default=100, help="of the check")
    parser.add_argument("--long", action="store_true", help="1000 replications in the check, and a log")
    options = parser.parse_args()
    log = Log()
    log.say(machine("simpy", "ciw", "salabim", "numba", "numpy"))
    run: dict[str, Run] = {name: import_module(module).run for name, module in PEERS.items()}
    points = {
        "one night a week": engines.point_of(iopsim.load(CLINIC)),
        "three nights a week": engines.point_of(iopsim.load(CLINIC, THREE_NIGHTS)),
    }
    many = 1000 if options.long else options.replications
    fine = sameness(log, run, points["one night a week"], many)
    speed(log, run, points, options.rounds)
    if options.long:
        log.keep()
    if not fine:
        sys.exit("the peers' clinics are not one, or not what theory knows of them")


if __name__ == "__main__":
    main()

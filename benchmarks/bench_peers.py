"""A clinic that everybody can express: textbook SimPy, Ciw and salabim, beside iopsim's own model of such a clinic.

The peers' clinic is in ``peers/clinic.py``. That the three are one clinic is checked first: with the same seed they
draw the same numbers in the same order, and must tell the same of every replication, and what theory knows. iopsim's
model is ``common_clinic.toml``: the same flow in whole days, and besides it sessions, attendance, staff, money and
every measure. What it does otherwise by design, ``peers/by_design.py`` does in SimPy, step by step, with iopsim's
cards: without any step it must agree with the peers within what chance allows, and with all of them with iopsim,
client by client. Then all take turns, round by round; iopsim once with one group night a week, as few as a clinic can
have, and once with three. The goal is 200 times the fastest peer.

Run with ``make bench``; ``--long`` takes more replications.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import engines
from peers import agreement, by_design
from peers import clinic as c
from rounds import contender, timed
from telling import from_on, goal, in_words, machine, of_rounds, parser, say, table

import iopsim
from iopsim.experiments.point import Point

CLINIC = Path(__file__).parent / "common_clinic.toml"
THREE_NIGHTS = {"phases.treatment.nights_per_week": 3, "groups.treatment.nights": ["Mon", "Tue", "Wed"]}
PEERS = {"SimPy": "peers.in_simpy", "Ciw": "peers.in_ciw", "salabim": "peers.in_salabim"}
WANTED = 200
LEAST = 30
"""Replications from which standard errors can be trusted."""

Run = Callable[[int], c.Told]
"""Simulates the replication of a seed."""


def one_clinic(peers: dict[str, list[c.Told]]) -> bool:
    """Print whether the peers' clinics are one, and return that; and whether it is as theory knows it."""
    many = len(peers["SimPy"])
    same = agreement.equal(peers)
    say(f"  with the same seeds, {', '.join(peers)} tell the same, to nine digits, in {same} of {many} replications")
    known = agreement.from_theory(peers["SimPy"])
    words = ", ".join(f"{what} {error:+.2f}" for what, error in known.items())
    say(f"  from theory, in standard errors ({agreement.LARGEST:g} are allowed): {words}")
    return same == many and all(abs(error) <= agreement.LARGEST for error in known.values())


def against_iopsim(peer: list[c.Told], point: Point) -> bool:
    """Print what iopsim's model does otherwise, and return whether that is all."""
    many = len(peer)
    luck = [by_design.luck(point, k) for k in range(many)]
    told = agreement.designs(luck)
    textbook = told["textbook"]
    far = {name: agreement.apart(peer, textbook, name) for name in agreement.NUMBERS}
    say(f"means of {many} replications, with 95 % intervals; SimPy with its own random numbers and with iopsim's cards")
    rows = [
        [name, *(agreement.in_words(agreement.column(one, name)) for one in (peer, textbook)), f"{far[name]:+.2f}"]
        for name in agreement.NUMBERS
    ]
    table(["", "SimPy", "with iopsim's cards", "standard errors apart"], rows)
    say("what iopsim does otherwise by design: differences of the same replications, step by step")
    steps = list(told)
    rows = [
        [
            name,
            *(
                agreement.in_words(agreement.differences(told[before], told[after], name), "+")
                for before, after in pairwise(steps)
            ),
            agreement.in_words(agreement.column(told[steps[-1]], name)),
        ]
        for name in agreement.NUMBERS
    ]
    table(["", *steps[1:], "iopsim"], rows)
    stays = (by_design.days_in_a_seat(review) for review in (by_design.MOMENT, 1.0, c.WEEK))
    a_moment, a_day, a_week = (f"{days:.2f}" for days in stays)
    say(
        f"  in theory, a stay in a seat is {a_moment} days in the mean; {a_day} where who drops out keeps the seat to "
        f"the end of the day, and {a_week} where until the weekly review"
    )
    same = sum(by_design.run(by_design.AS_IOPSIM, luck[k]) == by_design.of_iopsim(point, k) for k in range(many))
    say(f"  SimPy with all three steps is iopsim's model, client by client, in {same} of {many} replications")
    return same == many and max(map(abs, far.values())) <= agreement.LARGEST


def speed(run: dict[str, Run], points: dict[str, Point], rounds: int) -> None:
    """Time all in turn, and print a table."""

    def by_seeds(one: Run) -> Callable[[int, int], object]:
        return lambda first, last: [one(seed) for seed in range(first, last)]

    contenders = {name: contender(by_seeds(one), 0.2) for name, one in run.items()}
    for engine, call in engines.known().items():
        for name, point in points.items():
            contenders[f"iopsim {engine}, {name}"] = contender(partial(call, point), 0.2)
    took = timed(contenders, rounds)
    fastest = min(run, key=took.median)
    say(f"a replication of {c.RUN_DAYS / c.WEEK:.0f} weeks, {of_rounds(rounds)}; fastest peer: {fastest}")
    rows = [[name, in_words(took.median(name)), took.told(fastest, name)] for name in contenders]
    table(["", "time", f"{fastest} / this"], rows)
    for name in contenders:
        if name.startswith("iopsim compiled"):
            told = took.told(fastest, name)
            goal(f"{fastest} / {name}", told, f"{WANTED} at least", met=took.ratio(fastest, name) >= WANTED)


def main() -> None:
    """Check that the peers' clinics are one, and compare."""
    asked = parser(__doc__, 9, "1000 replications in the check")
    asked.add_argument("--replications", type=from_on(LEAST), default=100, help="of the check; default: 100")
    options = asked.parse_args()
    machine("simpy", "ciw", "salabim", "numba", "numpy")
    run: dict[str, Run] = {name: import_module(module).run for name, module in PEERS.items()}
    points = {
        "one night a week": engines.point_of(iopsim.load(CLINIC)),
        "three nights a week": engines.point_of(iopsim.load(CLINIC, THREE_NIGHTS)),
    }
    many = 1000 if options.long else options.replications
    peers = {name: [one(seed) for seed in range(many)] for name, one in run.items()}
    fine = one_clinic(peers)
    fine = against_iopsim(peers["SimPy"], points["one night a week"]) and fine
    speed(run, points, options.rounds)
    if not fine:
        sys.exit("the clinics are not one, or not what theory knows of them, or differ in more than is named")


if __name__ == "__main__":
    main()

"""Growth: how the time of a run grows with clients, groups, weeks and replications, each doubled again and again.

All begin with Palmetto. *Clients*: referrals and, so that as large a share of them is admitted, seats, counselors and
assessors. *Groups*: groups of as many seats on the same nights, with counselors for all in every size. *Weeks*: of the
run. *Replications*: of one job. The sizes take turns, round by round. Told are the exponent fitted to all sizes - time
grows as size ^ exponent - and that of the last doubling, beside what n log n would give there; n is clients referred,
nights on which groups meet, weeks, or replications. More than that is a defect; less than 1 means that some part of the
time does not grow. Fewer rounds than three are not judged.

Run with ``make bench``; ``--long`` doubles once more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import engines
import numpy as np
from rounds import Contender, contender, timed
from telling import goal, in_words, machine, of_rounds, parser, say, table

import iopsim
from iopsim.experiments.point import Point

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
NIGHTS = ["Mon", "Tue", "Wed"]
REFERRED = 565
"""Clients whom Palmetto's sources refer in 104 weeks, about."""
MARGIN = 0.1
"""By how much the exponent of a doubling may be above that of n log n before it is called worse: a machine that others
use moves it so much."""

JUDGED = 3
"""Rounds, at least, of which an exponent is judged."""


@dataclass
class Growing:
    """A size that doubles: the points of its sizes, n at the first, and how many times a size is done in a round."""

    points: list[Point]
    n: float
    replications: list[int]

    def n_log_n(self) -> float:
        """Return the exponent of n log n in the last doubling."""
        last = self.n * 2 ** (len(self.points) - 1)
        return 1 + math.log2(math.log(last) / math.log(last / 2))


def clients(times: int) -> dict[str, object]:
    """Return Palmetto with so many times the clients."""
    return {
        "referrals.*.per_week": {"times": times},
        "groups.evening.seats": {"times": times},
        "staff.counselor.people": times,
        "staff.physician.people": times,
    }


def groups(many: int, counselors: int) -> dict[str, object]:
    """Return Palmetto with so many groups."""
    more: dict[str, object] = {"staff.counselor.people": counselors}
    for k in range(1, many):
        more[f"groups.evening_{k}"] = {"nights": NIGHTS, "seats": 12}
    return more


def growing(doublings: int, compiled: bool) -> dict[str, Growing]:
    """Return everything that doubles."""
    times = [2**k for k in range(doublings + 1)]
    one = [0] * len(times)

    def points(changes: list[dict[str, object]]) -> list[Point]:
        return [engines.point_of(iopsim.load(PALMETTO, change)) for change in changes]

    first = 32 if compiled else 2
    return {
        "clients": Growing(points([clients(k) for k in times]), REFERRED, one),
        "groups": Growing(points([groups(k, times[-1]) for k in times]), 104 * len(NIGHTS), one),
        "weeks": Growing(points([{"weeks": 52 * k} for k in times]), 52, one),
        "replications": Growing(points([{}]) * len(times), first, [first * k for k in times]),
    }


@dataclass
class Grown:
    """How the time grew with one size."""

    name: str
    row: list[str]
    """Of the table."""
    last: float
    """Exponent of the last doubling."""
    limit: float
    """That of n log n there."""

    def judged(self) -> None:
        """Print whether that is a defect."""
        most = self.limit + MARGIN
        wanted = f"{most:.2f} at most, n log n and {MARGIN:g} for chance"
        goal(f"last doubling of {self.name}", f"exponent {self.last:.2f}", wanted, met=self.last <= most)


def grown(name: str, one: Growing, call: engines.Engine, rounds: int) -> Grown:
    """Time all sizes in turn."""
    contenders = {}
    for k, (point, many) in enumerate(zip(one.points, one.replications, strict=True)):
        run = partial(call, point)
        contenders[str(k)] = Contender(run, many) if many else contender(run, 0.1)
        run(0, 2)
    took = timed(contenders, rounds)
    times = [took.median(str(k)) * max(many, 1) for k, many in enumerate(one.replications)]
    fitted = float(np.polyfit(np.arange(len(times)), np.log2(times), 1)[0])
    last = math.log2(took.ratio(str(len(times) - 1), str(len(times) - 2))) + (1 if one.replications[0] else 0)
    sizes = f"{one.n:.0f} to {one.n * 2 ** (len(times) - 1):.0f}"
    exponents = (f"{x:.2f}" for x in (fitted, last, one.n_log_n()))
    return Grown(name, [name, sizes, in_words(times[0]), in_words(times[-1]), *exponents], last, one.n_log_n())


def main() -> None:
    """Print a table for an engine."""
    asked = parser(__doc__, 5, "one more doubling, 9 rounds")
    asked.add_argument("--engine", choices=("reference", "compiled"), nargs="+", default=["compiled"])
    options = asked.parse_args()
    machine("numba", "numpy", "simpy")
    doublings, rounds = (4, 9) if options.long else (3, options.rounds)
    calls = {name: call for name, call in engines.known().items() if name in options.engine}
    for engine, call in (calls or {"reference": engines.reference}).items():
        say(f"{engine} engine, Palmetto, {of_rounds(rounds)}")
        found = [grown(name, one, call, rounds) for name, one in growing(doublings, engine == "compiled").items()]
        table(("doubled", "n", "first", "last", "exponent", "last doubling", "n log n"), [one.row for one in found])
        if rounds < JUDGED:
            say(f"  not judged: that needs {JUDGED} rounds at least, and there {'was 1' if rounds == 1 else 'were 2'}")
            continue
        for one in found:
            one.judged()


if __name__ == "__main__":
    main()

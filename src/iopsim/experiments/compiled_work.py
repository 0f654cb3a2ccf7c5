"""Work by the compiled engine: the same part of the same job. Whoever imports this has Numba imported.

What a plan's replications are simulated in - clinic, ledger, measures - is made once and used for one after the other;
of all that happens only the facts are kept, so memory does not grow with the clients.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from iopsim import jit
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.compiled.engine import Engine, replicate
from iopsim.experiments import work
from iopsim.experiments.point import Point
from iopsim.experiments.source import source_hash
from iopsim.experiments.work import Job, Simulated
from iopsim.jit import Lent, Struct, struct_of
from iopsim.measures.compiled import facts_room, reduce, reduce_measures, view_of
from iopsim.measures.compiled_rows import room_of
from iopsim.measures.facts import Facts
from iopsim.measures.view import View
from iopsim.money import settle as settle_plainly
from iopsim.money.compiled.ledger import settle
from iopsim.money.compiled.room import ledger_room
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.load import from_toml
from iopsim.store.part import Part

FOLDER = jit.FOLDER
"""Where the code is kept that a replication needs."""

SMALL = """
name = "Small"
opening = 2027-01-04
weeks = 2
[referrals.self]
per_week = 2.0
[phases.intensive]
nights_per_week = 3
planned_weeks = 12
[groups.evening]
nights = ["Mon", "Tue", "Wed"]
"""
"""A program that needs all compiled code, and little time."""

BATCH_SECONDS = 0.2
"""How long compiled code runs, roughly, before a signal to stop is heard."""


class Bench:
    """All that replications of one rulebook are simulated and reduced in, one after the other.

    Life cycle: made with the rulebook; `facts` may be asked for any number of times. How many replications are played
    in one go follows the time that the last ones took; a single one is played to its end.

    Parameters
    ----------
    rulebook : Rulebook
    since : int
        First day that counts.
    """

    def __init__(self, rulebook: Rulebook, since: int) -> None:
        self.engine = Engine(rulebook)
        self.view = Lent(view_of(rulebook, self.engine.book, since))
        self.money, self.room = Lent(ledger_room(rulebook)), Lent(room_of(rulebook))
        self.rulebook, self.since = rulebook, since
        self._batch = 1

    def facts(self, seed: int, first: int, last: int, series: bool = True) -> Facts:
        """Simulate replications `first` to `last` - 1, and return their facts; of no groups."""
        facts = facts_room(self.rulebook, self.since, last - first, series=series)
        into, engine = Lent(struct_of(facts)), self.engine
        begin = first
        while begin < last:
            many, started = min(self._batch, last - begin), perf_counter()
            _fill(
                engine.clinic,
                engine.rows,
                self.view,
                self.money,
                self.room,
                into,
                np.uint64(seed),
                np.uint64(begin),
                begin - first,
                many,
                series,
            )
            self._batch = next_batch(many, perf_counter() - started)
            begin += many
        return facts


def next_batch(many: int, seconds: float) -> int:
    """Return how many replications to play in one go after so many have taken so long: at most twice as many."""
    return max(1, min(2 * many, int(many * BATCH_SECONDS / max(seconds, 1e-9))))


@jit.jit
def _fill(
    clinic: Struct,
    rows: Struct,
    view: Struct,
    money: Struct,
    room: Struct,
    facts: Struct,
    seed: int,
    replication: int,
    row: int,
    many: int,
    series: bool,
) -> None:
    """Simulate so many replications from one on, and fill in their facts, from a row on."""
    for k in range(many):
        number = replication + np.uint64(k)
        replicate(clinic, rows, seed, number)
        ledger = settle(clinic.book, rows, seed, number, money)
        if series:
            reduce(view, rows, ledger, room, facts, row + k)
        else:
            reduce_measures(view, rows, ledger, room, facts, row + k)


_last: dict[str, Bench] = {}
"""The last bench that was used, by the key of its point."""


def _bench(point: Point) -> Bench:
    """Return the bench of a point's own rulebook."""
    if point.key not in _last:
        _last.clear()
        _last[point.key] = Bench(point.book, point.since)
    return _last[point.key]


def prepare() -> None:
    """Have all compiled code that a replication needs in this process: loaded, or compiled in a minute or two."""
    book = write(from_toml(SMALL))
    bench = Bench(book, 0)
    bench.facts(0, 0, 1, series=True)
    bench.engine.record(0, 0)


def part_of(job: Job) -> Part:
    """Simulate the replications of a job, as `iopsim.experiments.work.part_of`, which gives the same part.

    Raises
    ------
    Exception
        Whatever goes wrong in compiled code; what was simulated in is then thrown away.
    """
    try:
        return _part_of(job)
    except BaseException:
        _last.clear()
        raise


def _part_of(job: Job) -> Part:
    point = job.point
    if point.inputs is not None or point.by or point.keep:
        return work.part_of(job, _simulated)
    facts = _bench(point).facts(point.seed, job.first, job.last, point.series)
    return Part(point.key, source_hash(), job.first, job.last, facts, tuple(range(job.first, job.last)), (), {}, 0)


def _simulated(point: Point, book: Rulebook, replication: int) -> Simulated:
    """Simulate one replication; where clients are told apart or tables kept, its Record is reduced as any other."""
    bench = _bench(point) if book is point.book else Bench(book, point.since)
    if not (point.by or point.keep):
        facts = bench.facts(point.seed, replication, replication + 1, point.series)
        return tuple(column[0] for column in facts.columns().values()), {}
    record, cohort = bench.engine.record(point.seed, replication), draw(book, Deck(point.seed, replication))
    return work.reduced(point, View(record, book, point.since, settle_plainly(record, book, cohort)))

"""Both engines at work on the same thing, and the one held to the other: replications, and parts of jobs."""

import numpy as np

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.experiments import compiled_work, work
from iopsim.experiments.compiled_work import Bench
from iopsim.experiments.point import Point
from iopsim.experiments.work import Job
from iopsim.measures.facts import gathered, measures_alone, reduce
from iopsim.measures.view import View
from iopsim.money import settle
from iopsim.record import Record
from iopsim.rulebook import Rulebook
from iopsim.store.part import Part
from parity import assert_same_facts, assert_same_record, differences


def assert_same_replication(bench: Bench, seed: int, replication: int) -> Record:
    """Hold one replication on a bench to the reference engine, Record and facts, and return the Record."""
    book = bench.rulebook
    cohort = draw(book, Deck(seed, replication))
    record = simulate(book, cohort)
    assert_same_record(bench.engine.record(seed, replication), record)
    whole = gathered([reduce(View(record, book, bench.since, settle(record, book, cohort)))])
    assert_same_facts(bench.facts(seed, replication, replication + 1), whole)
    alone = measures_alone(np.stack([whole.numerators, whole.denominators], axis=-1))
    assert_same_facts(bench.facts(seed, replication, replication + 1, series=False), alone)
    return record


def assert_same_replications(book: Rulebook, seed: int, replications: int, since: int = 0) -> list[Record]:
    """Hold the first replications of a seed to the reference engine, on one bench, and return the Records."""
    bench = Bench(book, since)
    return [assert_same_replication(bench, seed, replication) for replication in range(replications)]


def assert_same_part(point: Point, first: int, last: int) -> Part:
    """Hold what the compiled engine makes of a job to what the reference engine does, and return it."""
    found, wanted = compiled_work._part_of(Job(point, first, last, "compiled")), work.part_of(Job(point, first, last))
    assert not wanted.failures and not found.failures, found.failures
    assert_same_facts(found.facts, wanted.facts)
    told = ("key", "source", "first", "last", "numbers", "redrawn")
    assert [getattr(found, name) for name in told] == [getattr(wanted, name) for name in told]
    assert list(found.tables) == list(wanted.tables) == list(point.keep)
    for name, table in found.tables.items():
        assert not list(differences(table, wanted.tables[name]))
    return found

"""Work: what is done with a job - some consecutive replications of a point - wherever it is done."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Literal

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.events import Events, events
from iopsim.experiments.point import Point
from iopsim.experiments.source import source_hash
from iopsim.measures.facts import fitted, gathered, reduce
from iopsim.measures.partition import partitions
from iopsim.measures.view import View
from iopsim.money import settle
from iopsim.record import I64, ClientFacts
from iopsim.rulebook import Rulebook
from iopsim.store.part import Failure, Part, stacked

Tables = dict[str, dict[str, I64]]
"""Tables by name, column by column."""

Simulated = tuple[tuple[I64, ...], Tables]
"""The facts of a replication, as `iopsim.measures.facts.reduce` returns them, and the tables that are kept of it."""


@dataclass(frozen=True, slots=True)
class Job:
    """Replications `first` to `last` - 1 of a point, and the engine that is to simulate them."""

    point: Point
    first: int
    last: int
    engine: Literal["reference", "compiled"] = "reference"

    def __len__(self) -> int:
        return self.last - self.first


def view_of(book: Rulebook, seed: int, replication: int, since: int = 0) -> View:
    """Simulate one replication and settle its accounts."""
    cohort = draw(book, Deck(seed, replication))
    record = simulate(book, cohort)
    return View(record, book, since, settle(record, book, cohort))


def _simulated(point: Point, book: Rulebook, replication: int) -> Simulated:
    return reduced(point, view_of(book, point.seed, replication, point.since))


def reduced(point: Point, view: View) -> Simulated:
    """Return the facts of a replication of a point, and what is kept of it besides."""
    return reduce(view, partitions(view.book, point.by), point.series), _tables(point, view)


def part_of(job: Job, simulated: Callable[[Point, Rulebook, int], Simulated] = _simulated) -> Part:
    """Simulate the replications of a job.

    Parameters
    ----------
    job : Job
    simulated : callable
        Simulates one replication; by the reference engine, if nothing else is said.

    Returns
    -------
    Part
        A replication in which anything goes wrong is in its failures, and the others go on.
    """
    point, facts, numbers, tables, redrawn = job.point, [], [], [], 0
    failures: list[Failure] = []
    with _without_collector():
        for replication in range(job.first, job.last):
            try:
                book, again = point.book_of(replication)
                row, kept = simulated(point, book, replication)
                if point.inputs is not None and point.series:
                    row = fitted(row, point.book, point.since)
            except Exception:
                failures.append(Failure(replication, traceback.format_exc()))
                continue
            numbers.append(replication)
            redrawn += again
            facts.append(row)
            tables.append(kept)
    gathered_facts = gathered(facts) if facts else None
    named = {name: stacked([kept[name] for kept in tables], numbers) for name in point.keep} if facts else {}
    told = (point.key, source_hash(), job.first, job.last)
    return Part(*told, gathered_facts, tuple(numbers), tuple(failures), named, redrawn)


def _tables(point: Point, view: View) -> Tables:
    """Return the tables of one replication that are kept, column by column."""
    found = {}
    if "clients" in point.keep:
        found["clients"] = columns(view.record.clients)
    if "events" in point.keep:
        found["events"] = columns(events(view.record))
    return found


def columns(table: ClientFacts | Events) -> dict[str, I64]:
    """Return the columns of a table by name."""
    return {field.name: getattr(table, field.name) for field in fields(table)}


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let the garbage collector rest, as a replication's objects all die with it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

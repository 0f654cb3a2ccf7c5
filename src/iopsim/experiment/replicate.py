"""Run replications: rulebook and seed in, whole numbers by replication out; on one core or several.

Each replication is reduced to a few kilobytes as soon as it has run, so memory does not grow with records.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.series import monthly, retention, weekly
from iopsim.record import I64, Record
from iopsim.rulebook import Rulebook

CHUNK = 10
"""Replications handed to a worker at a time."""

Progress = Callable[[int], None]
"""Called with the number of replications done since the last call."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The measures and series of consecutive replications, as whole numbers; first axis: replication."""

    numerators: I64
    denominators: I64
    weekly: I64
    monthly: I64
    retention: I64


def record_of(book: Rulebook, seed: int, replication: int) -> Record:
    """Simulate one replication."""
    return simulate(book, draw(book, Deck(seed, replication)))


def reduce(record: Record, book: Rulebook) -> tuple[I64, I64, I64, I64, I64]:
    """Return numerators, denominators, weekly, monthly and retention series of a record."""
    fractions = np.array([measure.compute(record, book) for measure in CATALOGUE], dtype=np.int64)
    return (
        fractions[:, 0],
        fractions[:, 1],
        weekly(record, book),
        monthly(record, book),
        retention(record, book),
    )


def replicate(
    book: Rulebook, seed: int, replications: int, workers: int = 1, progress: Progress | None = None
) -> Facts:
    """Run replications 0 to `replications` - 1 and return their facts in that order, whatever the workers.

    Parameters
    ----------
    book : Rulebook
    seed : int
    replications : int
        At least 1.
    workers : int
        Processes; 1 runs in this one.
    progress : callable, optional
    """
    chunks = [range(first, min(first + CHUNK, replications)) for first in range(0, replications, CHUNK)]
    parts = []
    for chunk, part in zip(chunks, _run(book, seed, chunks, min(workers, len(chunks))), strict=True):
        parts.append(part)
        if progress:
            progress(len(chunk))
    return Facts(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def cores() -> int:
    """Return the processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


Part = tuple[I64, ...]


def _run(book: Rulebook, seed: int, chunks: list[range], workers: int) -> Iterator[Part]:
    if workers <= 1:
        for chunk in chunks:
            yield _chunk(book, seed, chunk)
        return
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(book, seed)
    ) as pool:
        try:
            yield from pool.map(_prepared_chunk, chunks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _chunk(book: Rulebook, seed: int, chunk: range) -> Part:
    """Run one chunk; the garbage collector rests meanwhile, as a replication's objects all die with it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        facts = [reduce(record_of(book, seed, replication), book) for replication in chunk]
    finally:
        if was_on:
            gc.enable()
    return tuple(np.array(column) for column in zip(*facts, strict=True))


_prepared: tuple[Rulebook, int]


def _prepare(book: Rulebook, seed: int) -> None:
    """Keep in a worker what every chunk needs; an interrupt is the parent's to handle."""
    import signal

    global _prepared  # noqa: PLW0603 - a worker process is prepared once and then only reads it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _prepared = book, seed


def _prepared_chunk(chunk: range) -> Part:
    return _chunk(*_prepared, chunk)

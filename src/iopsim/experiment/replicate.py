"""Run replications: rulebook and seed in, whole numbers by replication out; on one core or several.

Each replication is reduced to its measures and series as soon as it has run (11 kB for two years of Palmetto), so
memory grows by those and not by whole records.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.series import monthly, retention, weekly
from iopsim.measures.view import View
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


def reduce(view: View) -> tuple[I64, I64, I64, I64, I64]:
    """Return numerators, denominators, weekly, monthly and retention series of a replication."""
    fractions = np.array([measure.compute(view) for measure in CATALOGUE], dtype=np.int64)
    return fractions[:, 0], fractions[:, 1], weekly(view), monthly(view), retention(view)


def replicate(
    book: Rulebook,
    seed: int,
    replications: int,
    workers: int = 1,
    progress: Progress | None = None,
    since: int = 0,
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
    since : int
        First day that counts, as in `iopsim.measures.view.View`.
    """
    chunks = [range(first, min(first + CHUNK, replications)) for first in range(0, replications, CHUNK)]
    parts = []
    for chunk, part in zip(chunks, _run(book, seed, chunks, since, min(workers, len(chunks))), strict=True):
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


def _run(book: Rulebook, seed: int, chunks: list[range], since: int, workers: int) -> Iterator[Part]:
    if workers <= 1:
        for chunk in chunks:
            yield _chunk(book, seed, chunk, since)
        return
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    # The rulebook goes by a file: what goes by the pool's pipe must never fill it, else a stopped run may hang.
    with TemporaryDirectory() as folder, ProcessPoolExecutor(workers, context, initializer=_prepare) as pool:
        path = Path(folder) / "rulebook"
        path.write_bytes(pickle.dumps(book))
        try:
            with _held_signals():
                parts = deque(pool.submit(_filed_chunk, str(path), seed, chunk, since) for chunk in chunks)
            while parts:
                yield parts.popleft().result()
        except BaseException:
            # Killed, not asked to finish: what they are at is thrown away. Futures are left as they are, because
            # the executor fails loudly over cancelled ones when its workers die.
            for worker in set(multiprocessing.active_children()) - others:
                worker.kill()
            raise


@contextmanager
def _held_signals() -> Iterator[None]:
    """Keep signals to stop waiting: no worker is left half started, and each begins life deaf to them.

    The mask is for the workers, who inherit it. It does not help ourselves: another thread may take the signal.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    stopped: list[int] = []
    handlers = {stop: signal.getsignal(stop) for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for stop, handler in handlers.items():
        if handler != signal.SIG_IGN:
            signal.signal(stop, lambda number, _: stopped.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, handlers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for stop, handler in handlers.items():
            signal.signal(stop, signal.SIG_DFL if handler is None else handler)
        for number in stopped:
            signal.raise_signal(number)


def _chunk(book: Rulebook, seed: int, chunk: range, since: int) -> Part:
    """Run one chunk; the garbage collector rests meanwhile, as a replication's objects all die with it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        facts = [reduce(View(record_of(book, seed, replication), book, since)) for replication in chunk]
    finally:
        if was_on:
            gc.enable()
    return tuple(np.array(column) for column in zip(*facts, strict=True))


def _prepare() -> None:
    """Begin a worker's life: an interrupt is the parent's to handle, and the parent's end is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the parent's end, even a violent one, which would leave this worker waiting for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@lru_cache(maxsize=1)
def _rulebook(path: str) -> Rulebook:
    book: Rulebook = pickle.loads(Path(path).read_bytes())
    return book


def _filed_chunk(path: str, seed: int, chunk: range, since: int) -> Part:
    return _chunk(_rulebook(path), seed, chunk, since)

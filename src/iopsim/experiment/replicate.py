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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.errors import IopsimError
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.partition import partitions, split
from iopsim.measures.series import money, monthly, retention, weekly
from iopsim.measures.view import View
from iopsim.money import settle
from iopsim.record import I64
from iopsim.rulebook import Rulebook

CHUNK = 10
"""Replications handed to a worker at a time."""

UNGUARDED = 77
"""Exit code of a worker that was asked for workers before it was ready for work."""

UNGUARDED_SAID = (
    "more than one worker means new Python processes, and each reads this script from the top; put what the script "
    'does under `if __name__ == "__main__":`, or use workers=1'
)

Part = tuple[I64, ...]
"""Columns of `Facts`, of one replication or of some."""

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
    money: I64
    groups: I64
    """As `iopsim.measures.partition.split` returns it; no groups, if none were asked for."""


def view_of(book: Rulebook, seed: int, replication: int, since: int = 0) -> View:
    """Simulate one replication and settle its accounts."""
    cohort = draw(book, Deck(seed, replication))
    record = simulate(book, cohort)
    return View(record, book, since, settle(record, book, cohort))


def reduce(view: View) -> tuple[I64, I64, I64, I64, I64, I64]:
    """Return numerators, denominators, weekly, monthly, retention and money series of a replication."""
    fractions = np.array([measure.compute(view) for measure in CATALOGUE], dtype=np.int64)
    return fractions[:, 0], fractions[:, 1], weekly(view), monthly(view), retention(view), money(view)


def replicate(
    book: Rulebook,
    seed: int,
    replications: int,
    workers: int = 1,
    progress: Progress | None = None,
    by: Sequence[str] = (),
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
    by : sequence of str
        Dimensions by which clients are told apart, as for `iopsim.measures.partition.partitions`.
    since : int
        First day that counts, as in `iopsim.measures.view.View`.
    """
    chunks = [range(first, min(first + CHUNK, replications)) for first in range(0, replications, CHUNK)]
    task, parts = Task(seed, by, since), []
    for chunk, part in zip(chunks, _run(book, task, chunks, min(workers, len(chunks))), strict=True):
        parts.append(part)
        if progress:
            progress(len(chunk))
    return Facts(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def cores() -> int:
    """Return the processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with each replication of a rulebook."""

    seed: int
    by: Sequence[str]
    since: int


def _run(book: Rulebook, task: Task, chunks: list[range], workers: int) -> Iterator[Part]:
    if workers <= 1:
        for chunk in chunks:
            yield _chunk(book, task, chunk)
        return
    _refuse_in_a_script_read_by_a_worker()
    others = set(multiprocessing.active_children())
    started: set[BaseProcess] = set()
    parts: deque[Future[Part]] = deque()
    context = multiprocessing.get_context("spawn")
    # The rulebook goes by a file: what goes by the pool's pipe must never fill it, else a stopped run may hang.
    with TemporaryDirectory() as folder, ProcessPoolExecutor(workers, context, initializer=_prepare) as pool:
        path = Path(folder) / "rulebook"
        path.write_bytes(pickle.dumps(book))
        try:
            with _held_signals():
                for chunk in chunks:
                    parts.append(pool.submit(_filed_chunk, str(path), task, chunk))
                    if len(started) < workers:
                        started |= set(multiprocessing.active_children()) - others
            while parts:
                yield parts.popleft().result()
        except BaseException as error:
            # Killed, not asked to finish: what they are at is thrown away. Futures are left as they are, because
            # the executor fails loudly over cancelled ones when its workers die.
            for worker in started | set(multiprocessing.active_children()) - others:
                worker.kill()
            if isinstance(error, BrokenProcessPool) and any(_was_unguarded(worker) for worker in started):
                raise IopsimError(UNGUARDED_SAID) from None
            raise


def _was_unguarded(worker: BaseProcess) -> bool:
    """Whether a worker ended because the script that started it has no guard."""
    worker.join()
    return worker.exitcode == UNGUARDED


def _refuse_in_a_script_read_by_a_worker() -> None:
    """End a worker that was asked for workers of its own while it still read the script that started it.

    A worker begins life by reading the main script from the top. If nothing guards the call there, each would start
    others; its exit code tells the process that started it why there is nothing to wait for.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(UNGUARDED)


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


def _chunk(book: Rulebook, task: Task, chunk: range) -> Part:
    """Run one chunk; the garbage collector rests meanwhile, as a replication's objects all die with it."""
    parts = partitions(book, task.by)
    was_on = gc.isenabled()
    gc.disable()
    try:
        views = (view_of(book, task.seed, replication, task.since) for replication in chunk)
        facts = [(*reduce(view), split(view, parts)) for view in views]
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


def _filed_chunk(path: str, task: Task, chunk: range) -> Part:
    return _chunk(_rulebook(path), task, chunk)

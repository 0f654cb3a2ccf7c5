"""An executor of other processes on this machine, which are started anew if somebody ends them."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TypeVar, cast

from iopsim.errors import IopsimError
from iopsim.experiments.engine import Engine
from iopsim.experiments.point import Point
from iopsim.experiments.work import Job

T = TypeVar("T")

AHEAD = 3
"""Jobs handed out for each worker, so that none waits for its next."""

PATIENCE_SECONDS = 2.0
"""For how long nothing need come from the workers before it is looked whether one is lost."""

RESTARTS = 5
"""Times in a row that workers may be lost without a single job done."""

POINTS = 8
"""Points whose rulebook a worker keeps."""

UNGUARDED = 77
"""Exit code of a worker that was asked for workers before it was ready for work."""

UNGUARDED_SAID = (
    "more than one worker means new Python processes, and each reads this script from the top; put what the script "
    'does under `if __name__ == "__main__":`, or use workers=1'
)

LOST_SAID = (
    f"worker processes were ended from outside {RESTARTS + 1} times in a row, perhaps for want of memory (one worker "
    "needs least)"
)


def cores() -> int:
    """Return the processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class _Queue:
    """Jobs to be handed out: first those that were lost, then new ones."""

    jobs: Iterator[Job]
    lost: deque[Job] = field(default_factory=deque)

    def next(self) -> Job | None:
        """Return the next job; None if there is no more."""
        return self.lost.popleft() if self.lost else next(self.jobs, None)


@dataclass(frozen=True)
class _Files:
    """Points and results as files, so that nothing long goes by the pool's pipes.

    A pipe that is full may hang a run that is stopped; and of a worker that is killed while it writes a long message,
    half a message stays, for whose other half the pool would wait for ever. A short one is written in one step.
    """

    folder: Path
    names: dict[int, tuple[Point, str]] = field(default_factory=dict)

    def path(self, point: Point) -> str:
        """Return the file of a point."""
        if id(point) not in self.names:
            path = self.folder / str(len(self.names))
            with _writing(self.folder):
                path.write_bytes(pickle.dumps(point))
            self.names[id(point)] = (point, str(path))
        return self.names[id(point)][1]

    def taken(self, future: Future[str]) -> object:
        """Return what a job gave, and remove its file; raise what it raised."""
        with _writing(self.folder):
            path = self.folder / future.result()
            went_well, result = pickle.loads(path.read_bytes())
            path.unlink()
        if not went_well:
            raise result
        return result


@contextmanager
def _temporary() -> Iterator[Path]:
    with _writing(Path(gettempdir())):
        folder = TemporaryDirectory(prefix="iopsim-", ignore_cleanup_errors=True)
    with folder as path:
        yield Path(path)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IopsimError(
            f"{folder}: found that it cannot be written ({error.strerror or error}); make room there, or set TMPDIR to "
            "a folder that has room"
        ) from None


@dataclass(frozen=True, slots=True)
class Processes:
    """An executor of so many processes.

    Parameters
    ----------
    workers : int
        At least 1.
    """

    workers: int

    def map(self, task: Callable[[Job], T], jobs: Iterable[Job]) -> Iterator[tuple[Job, T]]:
        """Do a task for each job, as `Executor.map`; jobs of a worker that was lost are done again.

        Raises
        ------
        IopsimError
            If workers are lost again and again, or the script that started them has no guard.
        """
        _refuse_in_a_script_read_by_a_worker()
        queue, losses = _Queue(iter(jobs)), 0
        with _temporary() as folder:
            files = _Files(folder)
            while True:
                try:
                    for done in self._pooled(task, queue, files):
                        losses = 0
                        yield done
                except BrokenProcessPool:
                    losses += 1
                    if losses > RESTARTS:
                        raise IopsimError(LOST_SAID) from None
                else:
                    return

    def _pooled(self, task: Callable[[Job], T], queue: _Queue, files: _Files) -> Iterator[tuple[Job, T]]:
        """Do jobs until there is no more, or a worker is lost; what was not done is then put back."""
        others = set(multiprocessing.active_children())
        started: set[BaseProcess] = set()
        pending: dict[Future[str], Job] = {}
        context = multiprocessing.get_context("spawn")

        def hand_out(pool: ProcessPoolExecutor) -> bool:
            job = queue.next()
            if job is None:
                return False
            try:
                pending[pool.submit(_filed, task, files.path(job.point), job.first, job.last, job.engine)] = job
            except BrokenProcessPool:
                queue.lost.append(job)
                raise
            return True

        with ProcessPoolExecutor(self.workers, context, initializer=_prepare) as pool:
            try:
                with _held_signals():
                    while len(pending) < AHEAD * self.workers and hand_out(pool):
                        if len(started) < self.workers:
                            started |= set(multiprocessing.active_children()) - others
                while pending:
                    for future in _done(pending, started):
                        result = cast(T, files.taken(future))
                        yield pending.pop(future), result
                        hand_out(pool)
                # Not asked to leave: one that somebody kills meanwhile may hold the lock for which another waits.
                _end(started | set(multiprocessing.active_children()) - others)
            except BaseException as error:
                _end(started | set(multiprocessing.active_children()) - others)
                if isinstance(error, BrokenProcessPool):
                    _refuse_unguarded(started)
                    queue.lost.extend(pending.values())
                raise


def _done(pending: Iterable[Future[str]], workers: set[BaseProcess]) -> set[Future[str]]:
    """Wait until some futures are done, and return them.

    The pool itself tells of a worker that is lost, but for a gap: a job handed out in the very moment in which the pool
    notices may stop the thread that should tell, and then nobody would.
    """
    while True:
        done = wait(pending, PATIENCE_SECONDS, FIRST_COMPLETED).done
        if done:
            return done
        if not all(worker.is_alive() for worker in workers):
            raise BrokenProcessPool("a worker is lost, and the pool has not noticed")


def _end(workers: set[BaseProcess]) -> None:
    """Kill workers, not ask them to finish: what they are at is thrown away.

    Their futures are left as they are, because the executor fails loudly over cancelled ones when its workers die.
    """
    for worker in workers:
        worker.kill()


def _refuse_unguarded(workers: set[BaseProcess]) -> None:
    """Say so if workers ended because the script that started them has no guard."""
    for worker in workers:
        worker.join()
    if any(worker.exitcode == UNGUARDED for worker in workers):
        raise IopsimError(UNGUARDED_SAID) from None


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
        connection.wait([parent.sentinel])
        os._exit(1)


@lru_cache(maxsize=POINTS)
def _point(path: str) -> Point:
    point: Point = pickle.loads(Path(path).read_bytes())
    return point


def _filed(task: Callable[[Job], T], path: str, first: int, last: int, engine: Engine) -> str:
    """Do a task and leave what it gives, or raises, in a file beside that of the point; return the name of the file."""
    try:
        found: tuple[bool, object] = (True, task(Job(_point(path), first, last, engine)))
    except Exception as error:
        error.add_note(traceback.format_exc())
        found = (False, error)
    point = Path(path)
    result = point.with_name(f"{point.name}-{first}-{last}-{os.getpid()}")
    result.write_bytes(pickle.dumps(found))
    return result.name

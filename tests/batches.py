"""Small batches for tests, and a command that runs one: ``python batches.py FOLDER REPLICATIONS WORKERS [WORD ...]``.

WORKERS is a number, or ``dask`` for two Dask workers. Words: ``full`` tells clients apart and keeps all tables,
``precise`` asks for a precision, ``other`` is another batch, ``unlocked`` does without locks, ``small`` allows files of
60 kB at most.
"""

import contextlib
import sys
from pathlib import Path

from iopsim.errors import IopsimError
from iopsim.experiments.batch import Batch, Plan, Precision
from iopsim.experiments.batch_folder import Making, run_in
from iopsim.experiments.executors.cluster import cluster
from iopsim.experiments.executors.executor import Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.runner import Runner
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario import resolve
from iopsim.stats.stopping import Target

PLAIN = Path(__file__).parent / "plain.toml"
COMPARED = tuple(
    measure for measure in CATALOGUE if measure.name in ("days_to_first_session", "completed_share", "cost_usd")
)
FULL = {"by": ("source",), "keep": ("clients", "events")}
PRECISE = {"replications": None, "precision": Precision({"days_to_first_session": Target(0.5)}, most=75)}


def plan(name, changes=None, inputs=None):
    """An arm of the plain clinic, half a year long."""
    changes = {"weeks": 26, **(changes or {})}
    return Plan(name, resolve(PLAIN, changes).scenario, lambda: resolve(PLAIN, changes), inputs=inputs)


def batch(replications=20, plans=None, **more):
    """Two arms, the second with three seats more."""
    arms = plans or (plan("base"), plan("more", {"groups.evening.seats": 15}))
    return Batch("seats", "Are three seats more any good?", arms, COMPARED, **{"replications": replications, **more})


def run(folder, of, executor=None):
    """Run a batch into a folder."""
    return run_in(folder, of, Making(Runner(executor or Here())))


def everything(folder, *, chunks=True):
    """Every file of a folder but the lock and what tells of time and machine, with its bytes."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = {name: content for name, content in found.items() if name not in ("made.json", ".lock")}
    return found if chunks else {name: content for name, content in found.items() if not name.startswith("chunks/")}


class NoLock:
    """A lock for a file system that has none."""

    is_locked = False

    def __init__(self, path):
        pass

    def acquire(self, **how):
        raise NotImplementedError

    def release(self, **how):
        pass


def main(folder, replications, workers, *words):
    """Run a batch as the words say; exit with 2 and a message if it is refused."""
    if "unlocked" in words:
        from iopsim.store import claim

        claim.FileLock = NoLock
    if "small" in words:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
    more = (FULL if "full" in words else {}) | (PRECISE if "precise" in words else {})
    of = batch(**{"replications": int(replications), "seed": 2 if "other" in words else 1, **more})
    with contextlib.ExitStack() as stack:
        if workers == "dask":
            executor = stack.enter_context(cluster("local", 2))
        else:
            executor = Here() if workers == "1" else Processes(int(workers))
        try:
            run(Path(folder), of, executor)
        except IopsimError as error:
            sys.stdout.write(f"{error}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

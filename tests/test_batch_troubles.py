"""A batch in trouble: processes that are killed, two at once, replications that fail, disks that are full."""

import concurrent.futures.process as process_pool
import errno
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import psutil
import pyarrow.parquet as pq
import pytest

import iopsim
from batches import FULL, NoLock, batch, everything, plan, run
from iopsim.errors import IopsimError
from iopsim.experiments import work
from iopsim.experiments.executors import processes
from iopsim.experiments.executors.cluster import cluster
from iopsim.experiments.executors.executor import Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.point import Point
from iopsim.experiments.uncertainty import Drawn
from iopsim.experiments.work import Job
from iopsim.scenario import resolve
from iopsim.store import claim

SOURCE = Path(iopsim.__file__).parent
SCRIPT = Path(__file__).parent / "batches.py"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "batch"
    run(folder, batch(12, **FULL))
    return everything(folder)


def start(folder, *words, source=SOURCE.parent):
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(folder), *words],
        env={**os.environ, "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(happened, process, seconds=120):
    """Wait until something has happened, or the process has ended."""
    end = time.monotonic() + seconds
    while not happened() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)


def workers_of(process):
    try:
        children = psutil.Process(process.pid).children(recursive=True)
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]
    except psutil.Error:
        return []


@pytest.mark.parametrize("sign", ["chunks/*/*.chunk", ".draft-*", "arms"])
def test_a_batch_that_is_killed_goes_on_and_ends_in_the_same_bytes(whole, tmp_path, sign):
    """More moments: verification/kills.py."""
    folder = tmp_path / "batch"
    process = start(folder, "12", "1", "full")
    until(lambda: any(folder.glob(sign)), process)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    run(folder, batch(12, **FULL))
    assert everything(folder) == whole


@pytest.mark.parametrize(("kind", "sign"), [("2", "chunks/*/*.chunk"), ("dask", "chunks/*/*.chunk"), ("dask", None)])
def test_a_worker_that_is_killed_loses_nothing(whole, tmp_path, kind, sign):
    """Also one that is killed before it is there."""
    folder = tmp_path / "batch"
    process = start(folder, "12", kind, "full")
    until(lambda: any(folder.glob(sign)) if sign else workers_of(process), process)
    victims = workers_of(process)
    victims[0].send_signal(signal.SIGKILL)
    said, _ = process.communicate(timeout=120)
    assert (process.returncode, said if kind == "2" else "") == (0, "")
    assert everything(folder) == whole


def long_result(job):
    """A task whose result takes a while to hand over."""
    return np.full(2_000_000, job.first)


def test_a_worker_that_is_killed_while_it_hands_over_a_long_result_does_not_hang_the_others():
    point = Point(plan("base").scenario, 1)
    found, kills = [], 0
    for job, result in Processes(2).map(long_result, [Job(point, n, n + 1) for n in range(40)]):
        assert (result == job.first).all()
        found.append(job.first)
        if len(found) in (5, 20):
            time.sleep(0.003 * len(found) % 0.02)
            multiprocessing.active_children()[0].kill()
            kills += 1
    assert (sorted(found), kills) == (list(range(40)), 2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_pool_that_fails_to_tell_of_a_lost_worker_is_not_waited_for(monkeypatch):
    """As it does when a job is handed out while it goes through those that are lost."""
    told = process_pool._ExecutorManagerThread.terminate_broken
    failures = iter([RuntimeError("dictionary changed size during iteration")])

    def fail_once(self, cause):
        for failure in failures:
            raise failure
        told(self, cause)

    monkeypatch.setattr(process_pool._ExecutorManagerThread, "terminate_broken", fail_once)
    point = Point(plan("base").scenario, 1)
    found = []
    for _, first in Processes(2).map(slowly_first_of, [Job(point, n, n + 1) for n in range(20)]):
        found.append(first)
        if len(found) == 3:
            multiprocessing.active_children()[0].kill()
    assert sorted(found) == list(range(20))
    assert next(failures, None) is None


@pytest.mark.parametrize("again", range(6))
def test_a_worker_that_is_killed_when_all_is_done_is_not_waited_for(again):
    point = Point(plan("base").scenario, 1)
    found = []
    for _, first in Processes(2).map(first_of, [Job(point, n, n + 1) for n in range(6)]):
        found.append(first)
        if len(found) == 6:
            multiprocessing.active_children()[again % 2].kill()
    assert sorted(found) == list(range(6))


def slowly_first_of(job):
    time.sleep(0.1)
    return job.first


def first_of(job):
    return job.first


@pytest.mark.parametrize("when", [1, 2, 6, 7, 9])
def test_no_job_is_lost_with_workers_that_die_while_jobs_are_handed_out(monkeypatch, when):
    class Dying(processes.ProcessPoolExecutor):
        """Found broken at some jobs, though results still come in."""

        handed = 0

        def submit(self, *what):
            Dying.handed += 1
            if Dying.handed == when:
                raise BrokenProcessPool
            return super().submit(*what)

    monkeypatch.setattr(processes, "ProcessPoolExecutor", Dying)
    point = Point(plan("base").scenario, 1)
    jobs = [Job(point, n, n + 1) for n in range(10)]
    assert sorted(first for _, first in Processes(1).map(first_of, jobs)) == list(range(10))
    assert Dying.handed >= 11


def test_workers_that_come_later_get_jobs_too(monkeypatch):
    """A cluster of one worker that becomes two."""
    from distributed import Client, LocalCluster

    from iopsim.experiments.executors import cluster as clusters

    monkeypatch.setattr(clusters, "COUNT_EVERY_SECONDS", 0.0)
    point = Point(plan("base").scenario, 1)
    with (
        LocalCluster(n_workers=0, threads_per_worker=1, processes=False, dashboard_address=":0") as local,
        Client(local) as client,
    ):
        threading.Timer(0.2, lambda: local.scale(3)).start()
        most, jobs = 0, [Job(point, n, n + 1) for n in range(60)]
        for _ in clusters.Cluster(client).map(sleeping, jobs):
            most = max(most, len(client.futures))
        assert most > clusters.AHEAD


def sleeping(job):
    time.sleep(0.05)


def test_a_scheduler_that_is_lost_is_a_clear_error():
    """What is handed out is then cancelled."""
    from distributed import Future

    point = Point(plan("base").scenario, 1)
    with cluster("local", 1) as executor:
        results = executor.map(first_of, [Job(point, n, n + 1) for n in range(50)])
        next(results)
        executor.client.cancel([Future(key, executor.client) for key in executor.client.futures], force=True)
        with pytest.raises(IopsimError, match="scheduler of the cluster was lost"):
            list(results)


def test_no_scheduler_is_a_clear_error(monkeypatch):
    monkeypatch.setattr("iopsim.experiments.executors.cluster.PATIENCE_SECONDS", 0.2)
    with pytest.raises(IopsimError, match="found no Dask scheduler there"), cluster("tcp://127.0.0.1:1"):
        pass


def test_the_same_batch_twice_at_once_ends_in_the_same_bytes(whole, tmp_path):
    folder = tmp_path / "batch"
    both = [start(folder, "12", "1", "full") for _ in range(2)]
    told = [process.communicate(timeout=240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert everything(folder) == whole


def test_without_locks_the_same_batch_twice_at_once_ends_in_the_same_bytes(whole, tmp_path):
    folder = tmp_path / "batch"
    both = [start(folder, "12", "1", "full", "unlocked") for _ in range(2)]
    told = [process.communicate(timeout=240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert everything(folder) == whole


def test_of_two_batches_at_once_one_is_refused(tmp_path):
    folder = tmp_path / "batch"
    both = [start(folder, "2", "1"), start(folder, "2", "1", "other")]
    told = [process.communicate(timeout=240)[0] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2], told
    assert "found a folder with the results of another batch (seats), which has another seed" in "".join(told)
    seed = 1 if both[0].returncode == 0 else 2
    run(tmp_path / "alone", batch(2, seed=seed))
    assert everything(folder) == everything(tmp_path / "alone")


def test_claims_at_once_write_to_drafts_of_their_own(tmp_path, monkeypatch):
    """To write to one that is linked already would change the claim that was granted."""
    drafts, write, together = [], Path.write_text, threading.Barrier(3)

    def write_together(path, *rest, **more):
        drafts.append(path.name)
        together.wait(20)
        return write(path, *rest, **more)

    monkeypatch.setattr(Path, "write_text", write_together)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: claim.claim(tmp_path / "new", {"name": "a", "key": 1}), range(3)))
    assert len(set(drafts)) == 3


def test_of_many_claims_at_once_one_is_granted(tmp_path):
    def claimed(number):
        try:
            claim.claim(tmp_path / "new", {"name": f"batch {number}", "key": number})
        except IopsimError as error:
            return str(error)
        return number

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(claimed, range(40)))
    winner = [one for one in found if isinstance(one, int)]
    assert len(winner) == 1
    assert all(f"(batch {winner[0]}), which has another name" in one for one in found if isinstance(one, str))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["batch.json"]


def test_a_second_process_waits_and_says_so(tmp_path):
    waiting, order = threading.Event(), []
    claim.claim(tmp_path, {"name": "a"})

    def second():
        with claim.alone(tmp_path, waiting.set):
            order.append("second")

    with claim.alone(tmp_path) as locked:
        assert locked
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(20)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_where_there_are_no_locks_it_is_done_without(tmp_path, monkeypatch):
    monkeypatch.setattr(claim, "FileLock", NoLock)
    with claim.alone(tmp_path) as locked:
        assert not locked


class Broken:
    """Inputs of which some cannot be simulated."""

    def __init__(self, fail):
        self.fail = fail

    hash = "broken"

    def scenario(self, replication):
        if replication in self.fail:
            raise ArithmeticError(f"no inputs for {replication}")
        return plan("base").scenario

    def draw(self, replication):
        return Drawn(self.scenario(replication), {}, ())


def test_a_replication_that_fails_is_recorded_and_the_rest_goes_on(tmp_path):
    fails = Broken({3, 11})
    of = batch(14, plans=(plan("base"), plan("broken", inputs=fails)))
    outcome = run(tmp_path / "batch", of)
    assert [(place, failure.replication) for place, failure in outcome.failures] == [(1, 3), (1, 11)]
    assert outcome.failures[0][1].reason == "ArithmeticError: no inputs for 3"

    folder = tmp_path / "batch"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [manifest["arms"][arm]["failed"] for arm in ("base", "broken")] == [[], [3, 11]]
    assert sorted(path.name for path in (folder / "failures").iterdir()) == [
        "broken-0000003.txt",
        "broken-0000011.txt",
    ]
    told = (folder / "failures" / "broken-0000003.txt").read_text()
    assert told.startswith(f"arm broken, replication 3, seed 1, scenario {of.plans[1].scenario.hash}\n")
    assert "Traceback (most recent call last)" in told and "[groups.evening]" in told

    undefined = np.isnan(outcome.values("broken", "referrals"))
    assert np.flatnonzero(undefined).tolist() == [3, 11]
    for measure in outcome.batch.measures:
        values = outcome.values("broken", measure.name)
        assert np.isnan(values[[3, 11]]).all()
        gap = outcome.contrast("broken", measure.name)
        assert gap.undefined >= 2 and gap.n + gap.undefined == 14
    assert outcome.contrasts["broken", "cost_usd"].n == 12
    assert pq.read_table(folder / "arms" / "broken" / "measures.parquet")["referrals"].null_count == 2

    fails.fail = {11}
    again = run(folder, of)
    assert [failure.replication for _, failure in again.failures] == [11]
    assert not (folder / "failures" / "broken-0000003.txt").exists()
    fails.fail = set()
    run(folder, of)
    run(tmp_path / "well", of)
    assert everything(folder) == everything(tmp_path / "well")
    assert not (folder / "failures").exists()


def test_an_arm_in_which_all_replications_fail_is_all_undefined(tmp_path):
    of = batch(4, plans=(plan("base"), plan("broken", inputs=Broken(set(range(4))))))
    outcome = run(tmp_path / "batch", of)
    assert outcome.summary("broken", "referrals").undefined == 4
    assert outcome.contrasts["broken", "cost_usd"].undefined == 4
    arm = tmp_path / "batch" / "arms" / "broken"
    assert sorted(path.name for path in arm.iterdir()) == [
        "assumptions.csv",
        "fractions.parquet",
        "measures.parquet",
        "scenario.toml",
    ]
    assert len((tmp_path / "batch" / "differences.csv").read_text().splitlines()) == 4


class Varied:
    """Inputs of which the weeks before the opening differ."""

    hash = "varied"

    def scenario(self, replication):
        return resolve(
            SCRIPT.parent / "plain.toml", {"weeks": 26, "money.pre_opening_weeks": 7 * (replication % 3)}
        ).scenario

    def draw(self, replication):
        return Drawn(self.scenario(replication), {}, ())


def test_series_whose_length_depends_on_the_inputs_do_not_depend_on_the_chunks(tmp_path, monkeypatch):
    of = batch(7, plans=(plan("varied", inputs=Varied()),))
    assert run(tmp_path / "ten", of).failures == []
    monkeypatch.setattr("iopsim.experiments.runner.chunk_size", lambda replications: 2)
    run(tmp_path / "two", of)
    assert everything(tmp_path / "two", chunks=False) == everything(tmp_path / "ten", chunks=False)
    money = pq.read_table(tmp_path / "two" / "arms" / "varied" / "money.parquet").to_pandas()
    assert money[money.cost_usd > 0].groupby("replication").week.min().tolist() == [-1, -6, -13, -1, -6, -13, -1]


def test_a_rule_that_fails_for_a_client_in_a_worker_is_recorded_there_too(tmp_path):
    shutil.copytree(SOURCE, tmp_path / "src" / "iopsim", ignore=shutil.ignore_patterns("__pycache__"))
    rule = tmp_path / "src" / "iopsim" / "rules" / "attendance.py"
    rule.write_text(rule.read_text() + CANNOT)
    with start(tmp_path / "batch", "12", "2", source=tmp_path / "src") as process:
        said, _ = process.communicate(timeout=240)
    assert process.returncode == 0, said
    manifest = json.loads((tmp_path / "batch" / "manifest.json").read_text())
    failed = manifest["arms"]["base"]["failed"]
    assert 0 < len(failed) < 12, failed
    told = (tmp_path / "batch" / "failures" / f"base-{failed[0]:07d}.txt").read_text()
    assert "ValueError: a client nobody thought of" in told and "attendance.py" in told


CANNOT = """

_share = missed_share
_calls = [0]


def missed_share(odds: float, ratio: float) -> float:
    _calls[0] += 1
    if _calls[0] % FEW == 0:
        raise ValueError("a client nobody thought of")
    return _share(odds, ratio)


FEW = 700
"""


def test_an_engine_that_fails_once_is_recorded_once(tmp_path, monkeypatch):
    simulate, count = work.simulate, iter(range(8))

    def fails_at_five(book, cohort):
        if next(count) == 5:
            raise ZeroDivisionError("one client")
        return simulate(book, cohort)

    monkeypatch.setattr(work, "simulate", fails_at_five)
    outcome = run(tmp_path / "batch", batch(8, plans=(plan("base"),)))
    assert [failure.replication for _, failure in outcome.failures] == [5]
    assert outcome.summary("base", "cost_usd").n == 7


def full(monkeypatch, at):
    """Let the disk be full from the n-th file of a chunk on."""
    write, count = Path.write_bytes, iter(range(10**6))

    def write_bytes(path, content):
        if ".chunk." in path.name and next(count) >= at:
            write(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)


@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_full_disk_is_a_clear_error_and_the_batch_goes_on_afterwards(whole, tmp_path, at):
    folder = tmp_path / "batch"
    with pytest.MonkeyPatch.context() as patch:
        full(patch, at)
        with pytest.raises(IopsimError, match=r"cannot be written \(No space left on device\); what was finished"):
            run(folder, batch(12, **FULL))
    left = [name for name in everything(folder) if name != "batch.json"]
    assert len(left) == at and all(whole[name] == (folder / name).read_bytes() for name in left)
    run(folder, batch(12, **FULL))
    assert everything(folder) == whole


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit to the size of files here")
def test_a_disk_that_fills_while_files_are_assembled_leaves_none_of_them(whole, tmp_path):
    folder = tmp_path / "batch"
    process = start(folder, "12", "1", "full", "small")
    said, _ = process.communicate(timeout=240)
    assert (process.returncode, said.count("\n")) == (2, 1), said
    assert "found that it cannot be written" in said and "run the same again to go on" in said
    assert all(name == "batch.json" or name.endswith(".chunk") for name in everything(folder))
    run(folder, batch(12, **FULL))
    assert everything(folder) == whole


def test_a_disk_that_is_full_from_the_first_is_left_as_it_was(tmp_path, monkeypatch):
    def write_text(path, text, **how):
        path.write_bytes(b"{")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write_text)
    with pytest.raises(IopsimError, match=r"cannot be written \(No space left on device\)"):
        run(tmp_path / "new" / "batch", batch(2))
    assert list(tmp_path.iterdir()) == []


def test_a_full_folder_for_temporary_files_is_a_clear_error(monkeypatch):
    monkeypatch.setattr(processes.pickle, "dumps", lambda what: raises(OSError(errno.ENOSPC, "No space left")))
    point = Point(plan("base").scenario, 1)
    with pytest.raises(IopsimError, match="set TMPDIR to a folder that has room"):
        list(Processes(1).map(first_of, [Job(point, 0, 1)]))


def raises(error):
    raise error


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody may write")
def test_a_read_only_folder_is_a_clear_error():
    with pytest.raises(IopsimError, match=r"^/proc/new: found that it cannot be written \(.+\)"):
        run(Path("/proc/new"), batch(2))


def test_chunks_that_may_not_be_written_any_more_are_a_clear_error(whole, tmp_path, monkeypatch):
    folder = tmp_path / "batch"

    class Closing(Here):
        def map(self, task, jobs):
            for job in jobs:
                yield job, task(job)
                monkeypatch.setattr(Path, "replace", lambda path, to: raises(PermissionError(errno.EROFS, "Read-only")))

    with pytest.raises(IopsimError, match=r"cannot be written \(Read-only\); what was finished before is kept"):
        run(folder, batch(12, **FULL), Closing())
    monkeypatch.undo()
    assert len([name for name in everything(folder) if name != "batch.json"]) == 1
    run(folder, batch(12, **FULL))
    assert everything(folder) == whole

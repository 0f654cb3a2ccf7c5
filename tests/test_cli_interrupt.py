"""A command that is stopped: words, an exit code, no worker left behind and no half of a folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PLAIN = str(Path(__file__).parent / "plain.toml")
ENDLESS = ("run", PLAIN, "--replications", "100000", "--engine", "reference", "--out", "results/endless")
SAID = "interrupted; nothing was written\n"

# Whoever runs the tests may have Ctrl-C ignored, as a script does with a job in the background.
MAIN = """
import signal
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from iopsim.cli.app import main
    main()
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")


@pytest.fixture
def run(tmp_path):
    """Start a run, in a session of its own, and see to it that it ends."""
    started = []

    def start(*arguments, order=ENDLESS):
        command = [sys.executable, "-c", MAIN, *order, *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, cwd=tmp_path, start_new_session=True, **streams))
        return started[-1]

    yield start
    for one in started:
        for pid, _ in session(one.pid):
            os.kill(pid, signal.SIGKILL)
        one.communicate()


def session(leader):
    """The processes of a session that are alive: number, and seconds of work done."""
    alive = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] not in "ZX":
            alive.append((int(stat.parent.name), int(fields[11]) / os.sysconf("SC_CLK_TCK")))
    return alive


def wait_until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ended(one):
    """What a stopped run leaves: exit code, stdout, stderr, and no process, a moment later."""
    stdout, stderr = one.communicate(timeout=20)
    wait_until(lambda: not session(one.pid))
    return one.returncode, stdout, stderr


# Workers are born one after the other, after the process that keeps count of semaphores.
MOMENTS = {
    "the first worker is being born": lambda one: len(session(one.pid)) >= 2,
    "the workers are at work": lambda one: sum(work >= 0.8 for pid, work in session(one.pid) if pid != one.pid) >= 2,
}


@pytest.mark.parametrize("to", [os.kill, os.killpg], ids=["the parent alone", "the whole group, as a terminal does"])
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_ctrl_c_ends_the_run_and_its_workers(run, tmp_path, moment, to):
    one = run("--workers", "2")
    wait_until(lambda: moment(one))
    to(one.pid, signal.SIGINT)
    assert ended(one) == (130, "", SAID)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_polite_kill_ends_the_workers_too(run, tmp_path, number):
    one = run("--workers", "2")
    wait_until(lambda: MOMENTS["the workers are at work"](one))
    os.kill(one.pid, number)
    assert ended(one) == (128 + number, "", SAID)
    assert not list(tmp_path.iterdir())


def test_workers_do_not_outlive_a_run_that_is_killed_outright(run):
    one = run("--workers", "2")
    wait_until(lambda: MOMENTS["the workers are at work"](one))
    os.kill(one.pid, signal.SIGKILL)
    assert ended(one)[0] == -signal.SIGKILL


@pytest.mark.parametrize("seconds", [0.0, 0.3, 2.0])
def test_ctrl_c_ends_a_run_of_one_process_whatever_it_is_at(run, tmp_path, seconds):
    one = run("--workers", "1")
    wait_until(lambda: sum(work for _, work in session(one.pid)) >= 0.05)
    time.sleep(seconds)
    os.kill(one.pid, signal.SIGINT)
    assert ended(one) == (130, "", SAID)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["log.csv", "log.xes"])
def test_ctrl_c_leaves_no_half_of_an_event_log(run, tmp_path, name):
    one = run("-o", name, order=("events", PLAIN, "-n", "100000"))
    wait_until(lambda: any(path.stat().st_size > 0 for path in tmp_path.glob(".iopsim-*/draft")))
    os.kill(one.pid, signal.SIGINT)
    assert ended(one) == (130, "", SAID)
    assert not list(tmp_path.iterdir())


def test_a_worker_that_is_killed_is_replaced(run, tmp_path):
    order = ("run", PLAIN, "--replications", "150", "--json", "--engine", "reference", "--workers")
    one = run("2", order=order)
    wait_until(lambda: MOMENTS["the workers are at work"](one))
    worker = max((work, pid) for pid, work in session(one.pid) if pid != one.pid)[1]
    os.kill(worker, signal.SIGKILL)
    killed = ended(one)
    assert killed[0] == 0
    assert killed == ended(run("1", order=order))

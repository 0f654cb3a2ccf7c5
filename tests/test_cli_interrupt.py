"""A command that is stopped: words, an exit code, no worker left behind and no half of a folder."""

import ctypes
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from iopsim import compiled_code, jit
from iopsim.cli import interrupts
from iopsim.cli.progress import Bar
from iopsim.experiments import compiled_work, engine

PLAIN = str(Path(__file__).parent / "plain.toml")
COMPARED = ("compare", PLAIN, "--set", "b: groups.evening.seats=9", "--out", "there")
ENDLESS = ("run", PLAIN, "--replications", "100000", "--engine", "reference", "--out", "results/endless")
SAID = "interrupted; nothing was written\n"

# Whoever runs the tests may ignore Ctrl-C, as a script does for a job in the background, or hang-ups, as nohup does.
MAIN = """
import signal
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    from iopsim.cli.app import main
    main()
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")


@pytest.fixture
def run(tmp_path):
    """Start a run, in a session of its own, and see to it that it ends."""
    started = []

    def start(*arguments, order=ENDLESS, **environment):
        command = [sys.executable, "-c", MAIN, *order, *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        around = {**os.environ, **environment}
        started.append(subprocess.Popen(command, cwd=tmp_path, start_new_session=True, env=around, **streams))
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


# ------------------------------------------------------------------------------------------- while code is compiled

STOPPED = "interrupted; the same command goes on from what is kept in there\n"


@pytest.mark.parametrize(
    ("order", "number", "said"),
    [
        (("run", PLAIN, "--out", "there"), signal.SIGINT, SAID),
        (("run", PLAIN, "-q", "--workers", "2"), signal.SIGTERM, SAID),
        (COMPARED, signal.SIGINT, SAID),
    ],
    ids=["a run", "a run of two workers", "a comparison"],
)
def test_a_command_that_compiles_is_stopped_like_any_other(run, tmp_path, order, number, said):
    one = run("--engine", "compiled", order=order, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    wait_until(lambda: list(tmp_path.glob("cache/iopsim/*/*/*.nbc")))
    os.kill(one.pid, number)
    code, stdout, stderr = ended(one)
    *before, last = stderr.splitlines(keepends=True)
    assert (code, stdout, last) == (128 + number, "", said)
    assert [line.startswith("iopsim: compiling, which takes a minute or two") for line in before] == (
        [] if "-q" in order else [True]
    )
    assert not list((tmp_path / "there").glob("manifest.json"))
    assert not list(tmp_path.glob("cache/iopsim/*/ready-*"))


def test_a_second_command_that_waits_for_the_first_to_compile_is_stopped_at_once(run, tmp_path):
    cache = tmp_path / "cache"
    first = run("-q", "--engine", "compiled", order=("run", PLAIN), NUMBA_CACHE_DIR=str(cache))
    wait_until(lambda: list(cache.glob("iopsim/*/*/*.nbc")))
    second = run("-q", "--engine", "compiled", order=("run", PLAIN), NUMBA_CACHE_DIR=str(cache))
    wait_until(lambda: any(work >= 0.5 for _, work in session(second.pid)))
    time.sleep(1.0)
    os.kill(second.pid, signal.SIGINT)
    assert ended(second) == (130, "", SAID)
    assert first.poll() is None


@pytest.fixture
def raising():
    """Ctrl-C as a script of one's own has it: KeyboardInterrupt."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def lost():
    """Press Ctrl-C where what the handler raises is lost: in a function that C calls back, as LLVM does."""
    ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(signal.SIGINT))()


def test_a_stop_that_comes_while_llvm_calls_back_is_answered_before_the_next_function(raising):
    seen = []

    def compiles():
        with compiled_code.hearing():
            lost()
            seen.append("the function goes on")
            compiled_code.answer()
            seen.append("and no other begins")

    with pytest.raises(KeyboardInterrupt):
        compiles()
    assert seen == ["the function goes on"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_stop_that_comes_with_the_last_function_is_no_engine_and_no_failure_of_one(raising, monkeypatch):
    def fails():
        lost()
        raise TypeError("something else, because of it")

    monkeypatch.setattr(compiled_code, "is_ready", lambda _: True)
    for prepare in (lost, fails):
        monkeypatch.setattr(compiled_work, "prepare", prepare)
        with pytest.raises(KeyboardInterrupt):
            engine.reached.__wrapped__()
        compiled_code.answer()


def test_compiled_code_is_asked_for_a_stop_before_each_function(raising):
    compiled = jit.jit(after_a_lapse)
    with compiled_code.hearing():
        lost()
        with pytest.raises(KeyboardInterrupt):
            compiled(1.0)


def after_a_lapse(weeks):
    return weeks + 1.0


def test_a_bar_stops_what_goes_on_because_a_stop_was_lost(monkeypatch):
    monkeypatch.setattr(interrupts, "noticed", [])
    bar = Bar(Console(file=io.StringIO()), 10, hidden=True)
    bar.advance(1)
    interrupts.noticed.append(interrupts.Interrupted(code=143))
    for going_on in (lambda: bar.advance(1), lambda: bar.finds(1), lambda: bar.says("Making tables and charts")):
        with pytest.raises(interrupts.Interrupted) as stop:
            going_on()
        assert stop.value.code == 143


def test_what_is_said_of_a_stop_fits_the_terminal(run, tmp_path):
    one = run("--workers", "1", "-n", "100000", "--engine", "reference", order=COMPARED, COLUMNS="60")
    wait_until((tmp_path / "there").exists)
    os.kill(one.pid, signal.SIGINT)
    code, _, stderr = ended(one)
    lines = stderr.splitlines()
    assert code == 130
    assert max(map(len, lines)) <= 60
    assert " ".join(line.strip() for line in lines) == STOPPED.strip()
    assert len(lines) == 2

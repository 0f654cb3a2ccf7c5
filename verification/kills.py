"""Does a batch come through kill -9 at any moment, with the same bytes?

A small batch is run once undisturbed. Then it is run again and again, and one of its processes is killed at a random
moment: the batch itself, a worker process, or a Dask worker. Half of the moments are drawn over its whole life; the
other half over the time in which files are assembled (for workers, over the time in which they work). A batch that was
killed is run again, until it is through. Each time all files, `made.json` aside, must be those of the undisturbed run,
with nothing beside them.

The seed was written down before the first run. ``python verification/kills.py`` prints what it finds and writes it to
``verification/kills.log``.
"""

# ruff: noqa: TID251 - the moments at which processes are killed are random, and no part of the simulation

import argparse
import contextlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests"
sys.path.insert(0, str(TESTS))

from batches import everything  # noqa: E402 - it lies beside the tests

SEED = 20270401
REPLICATIONS = 20
KINDS = {"the batch": "2", "a worker process": "2", "a Dask worker": "dask"}


def start(folder: Path, workers: str) -> subprocess.Popen[bytes]:
    """Start the batch in a process of its own."""
    command = [sys.executable, str(TESTS / "batches.py"), str(folder), str(REPLICATIONS), workers, "full"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def stage(folder: Path) -> str:
    """Return how far a batch has come, by its files."""
    if (folder / "manifest.json").exists():
        return "at the end"
    if list(folder.glob(".draft-*")):
        return "assembling" if not (folder / "summary.csv").exists() else "moving files to their places"
    if (folder / "chunks").exists():
        return "simulating"
    return "before the first chunk"


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return the worker processes of a batch."""
    with contextlib.suppress(psutil.Error):
        children = psutil.Process(process.pid).children(recursive=True)
        return [child for child in children if "spawn_main" in " ".join(_command(child))]
    return []


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def disturbed(folder: Path, kind: str, life: dict[str, float], draw: random.Random) -> list[str]:
    """Run a batch to its end and kill once on the way; return at which stages it was killed."""
    workers, killed, first = KINDS[kind], [], True
    while True:
        process = start(folder, workers)
        if first:
            wait = draw.random() * life["whole"]
            late = draw.random() < 0.5
            if late:
                sign = ".draft-*" if kind == "the batch" else "chunks"
                until = time.monotonic() + 60
                while not list(folder.glob(sign)) and process.poll() is None and time.monotonic() < until:
                    time.sleep(0.0005)
                wait = draw.random() * life["assembling" if kind == "the batch" else "working"]
            time.sleep(wait)
            at = stage(folder)
            victims = [process] if kind == "the batch" else workers_of(process)
            if process.poll() is None and victims:
                with contextlib.suppress(psutil.Error):
                    draw.choice(victims).send_signal(signal.SIGKILL)
                    killed.append(at)
            first = False
        said, _ = process.communicate(timeout=300)
        if process.returncode == 0:
            return killed
        if kind != "the batch" or process.returncode != -signal.SIGKILL:
            raise SystemExit(f"{kind}: exit {process.returncode}\n{said.decode()}")


def undisturbed(folder: Path, workers: str) -> dict[str, float]:
    """Run a batch and return how long its parts take, seconds."""
    begun = time.monotonic()
    process, seen = start(folder, workers), dict[str, float]()
    while process.poll() is None:
        for name, sign in (("work", "chunks"), ("draft", ".draft-*")):
            if name not in seen and list(folder.glob(sign)):
                seen[name] = time.monotonic()
        time.sleep(0.0005)
    ended = time.monotonic()
    if process.returncode:
        raise SystemExit(process.stdout.read().decode() if process.stdout else "")
    return {"whole": ended - begun, "working": seen["draft"] - seen["work"], "assembling": ended - seen["draft"]}


def main() -> None:
    """Kill, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60, help="of each kind")
    options = parser.parse_args()
    told: dict[str, list[str]] = {kind: [] for kind in KINDS}

    def tell(kind: str, lines: list[str]) -> None:
        told[kind] = lines
        text = (
            f"seed {SEED}; {REPLICATIONS} replications of each of 2 arms of the plain clinic, 26 weeks, with all tables"
        )
        text = "\n".join([text, *(line for of_kind in told.values() for line in of_kind)]) + "\n"
        (HERE / "kills.log").write_text(text, encoding="utf-8")

    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor() as pool:
        whole = Path(scratch) / "whole"
        undisturbed(whole, "1")
        found = pool.map(lambda kind: many(Path(scratch), kind, options.kills, everything(whole), tell), KINDS)
        wrong = sum(found)
    sys.stdout.write((HERE / "kills.log").read_text(encoding="utf-8"))
    sys.exit(bool(wrong))


def many(scratch: Path, kind: str, kills: int, whole: dict[str, bytes], tell: Callable[[str, list[str]], None]) -> int:
    """Kill one kind of process so many times, and tell of it; return how many runs ended in other bytes."""
    draw, wrong = random.Random(f"{SEED} {kind}"), list[str]()
    lives = [undisturbed(scratch / f"{kind} {again} undisturbed", KINDS[kind]) for again in range(2)]
    life = min(lives, key=lambda one: one["whole"])
    stages, runs = Counter[str](), 0
    while stages.total() < kills:
        folder = scratch / f"{kind} {runs}"
        stages.update(disturbed(folder, kind, life, draw))
        found, runs = everything(folder), runs + 1
        if found != whole:
            names = sorted(name for name in {*found, *whole} if found.get(name) != whole.get(name))
            wrong.append(f"{kind}, run {runs}: DIFFERS in {', '.join(names)}")
        shutil.rmtree(folder)
        at = ", ".join(f"{count} {name}" for name, count in sorted(stages.items()))
        tell(
            kind,
            [f"{kind}: {stages.total()} kills in {runs} runs ({at}); {len(wrong)} runs ended in other bytes", *wrong],
        )
    return len(wrong)


if __name__ == "__main__":
    main()

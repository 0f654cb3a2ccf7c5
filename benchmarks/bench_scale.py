"""How a batch scales: speed-up over cores, memory over replications, what store and scheduling add to computing.

All of Palmetto, two years, as shipped, with the reference engine. Three parts, each in fresh processes:

- *Speed-up*: the wall-clock time of a batch with one worker over that with all cores, start-up and assembling included;
  both in turn, round by round. Where others use the machine, the processor time that the batch got is what a speed-up
  can be judged by, so its share is told too.
- *Memory*: the highest resident memory of the process of a batch, from 10^3 replications on, with a stand-in that costs
  nothing and gives parts of the real shape (one simulated part, its replications renumbered); everything else - runner,
  chunks, Parquet, outcome - is as it always is.
- *Overhead*: processor time of 10^4 replications with that stand-in, through the same path, over the processor time of
  as many simulated ones, which is that of one (from a sample) times their number.

The goals are a speed-up of nine tenths of the cores at least, memory that is flat, and an overhead under 5 %.

``make bench`` takes a minute or two; ``--long`` goes to 10^6 replications and a minute of speed-up.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from telling import goal, machine, parser, say, spread

from iopsim.experiments import runner as running
from iopsim.experiments.batch import Batch, Plan
from iopsim.experiments.batch_folder import Making, run_in
from iopsim.experiments.batch_tables import write_tables
from iopsim.experiments.engine import Choice
from iopsim.experiments.executors.executor import Here
from iopsim.experiments.executors.processes import Processes, cores
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner, chunk_of
from iopsim.experiments.source import source_hash
from iopsim.experiments.work import Job, part_of
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import Facts
from iopsim.scenario import resolve
from iopsim.store.chunks import Chunks
from iopsim.store.part import Part, decoded, encoded

ROOT = Path(__file__).parent.parent
PALMETTO = ROOT / "scenarios" / "palmetto.toml"
SAMPLE = 100
JOBS = 300
NEAR_LINEAR = 0.9
FLAT = 1.1
"""Times the memory of the smallest batch that is none the more: as much as allocation moves it."""
OVERHEAD = 0.05
JUDGED_SIZE = 10_000
"""Replications at which the overhead is judged."""
PARTS = ("chunks", "memory", "speed")
COMPARED = tuple(m for m in CATALOGUE if m.name in ("days_to_first_session", "completed_share", "cost_usd"))


def batch(replications: int) -> Batch:
    """Return a batch of one arm."""
    found = resolve(PALMETTO, {})
    return Batch("scale", "", (Plan("base", found.scenario, lambda: found),), COMPARED, replications=replications)


class StandIn:
    """An executor that simulates a sample once and gives it again and again."""

    workers = 1

    def __init__(self, sample: Path) -> None:
        part = decoded(sample.read_bytes())
        assert part is not None
        assert part.facts is not None
        self._facts = part.facts

    def map(self, task, jobs):
        """Give each job its part, or the bytes of it."""
        assert task is running.chunk_of
        for job in jobs:
            yield job, encoded(self._part(job))

    def _part(self, job: Job) -> Part:
        numbers = tuple(range(job.first, job.last))
        rows = [number % SAMPLE for number in numbers]
        facts = Facts(*(column[rows] for column in self._facts.columns().values()))
        return Part(job.point.key, source_hash(), job.first, job.last, facts, numbers)


def one_run(replications: int, workers: int, sample: str) -> None:
    """Run a batch in this process, and print what it took as JSON."""
    executor = StandIn(Path(sample)) if sample else Here() if workers == 1 else Processes(workers)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        outcome = run_in(
            Path(folder) / "batch", batch(replications), Making(Runner(executor, engine=Choice("reference")))
        )
        for measure in CATALOGUE:
            outcome.summary("base", measure.name)
        wall = time.perf_counter() - begun
        files = {path.suffix: 0 for path in Path(folder).rglob("*.*")}
        for path in Path(folder).rglob("*.*"):
            files[path.suffix] += path.stat().st_size
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        json.dumps(
            {
                "wall": wall,
                "cpu": sum((own.ru_utime, own.ru_stime, others.ru_utime, others.ru_stime)),
                "peak_mb": peak_mb(),
                "bytes": files,
            }
        )
    )


def peak_mb() -> float:
    """Return the highest resident memory of this process, MB; `ru_maxrss` may be that of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        told = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(told["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def fresh(replications: int, workers: int = 1, sample: str = "") -> dict:
    """Run a batch in a fresh process, and return what it took; wall-clock time from its start to its end."""
    begun = time.perf_counter()
    found = subprocess.run(
        [sys.executable, __file__, "--one", str(replications), str(workers), sample],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return {**json.loads(found.stdout), "wall": time.perf_counter() - begun}


def speed_up(replications: int, rounds: int) -> None:
    """Compare one worker with all cores."""
    n = cores()
    pairs = [(fresh(replications, 1), fresh(replications, n)) for _ in range(rounds)]
    ratios = [one["wall"] / all_["wall"] for one, all_ in pairs]
    paid = [all_["cpu"] / one["cpu"] for one, all_ in pairs]
    busy = [all_["cpu"] / all_["wall"] for _, all_ in pairs]
    alone = [one["cpu"] / one["wall"] for one, _ in pairs]
    wall = statistics.median(one["wall"] for one, _ in pairs)
    more = statistics.median(paid)
    say(
        f"{replications} replications by 1 and by {n} workers in turn, {rounds} round{'s' * (rounds > 1)}; one worker "
        f"took {wall:.0f} s",
        f"  cores kept busy {statistics.median(busy):.2f} of {n} (one worker: {statistics.median(alone):.2f} of 1), "
        f"processor time {more:.2f} times that of one worker; on a machine left alone the speed-up is at most {n} / "
        f"{more:.2f} = {n / more:.2f}",
    )
    wanted = NEAR_LINEAR * n
    goal("speed-up", spread(ratios, ".2f"), f"{wanted:.2g} at least", met=statistics.median(ratios) >= wanted)


def memory(sizes: list[int], sample: str, each: float) -> None:
    """Compare the peak memory of batches of many sizes, and what they take with what computing would take."""
    begun = fresh(10, 1, sample)["cpu"]
    peaks, share = [], 0.0
    for size in sizes:
        one = fresh(size, 1, sample)
        cost = one["cpu"] - begun
        peaks.append(one["peak_mb"])
        share = cost / (each * size) if size == JUDGED_SIZE else share
        say(
            f"{size:,} replications: {one['peak_mb']:.0f} MB at the highest, {one['peak_mb'] / peaks[0]:.2f} times "
            f"that of {sizes[0]:,}; stand-in, store, assembling and outcome {1e6 * cost / size:.0f} microseconds each, "
            f"{100 * cost / (each * size):.2f} % of computing it"
        )
    most = max(peaks) / peaks[0]
    goal("memory", f"{most:.2f} times that of {sizes[0]:,}", f"{FLAT:g} times at most", met=most <= FLAT)
    told = f"{100 * share:.2f} % at {JUDGED_SIZE:,} replications"
    goal("store and scheduling", told, f"under {100 * OVERHEAD:g} %", met=share < OVERHEAD)


def chunk_costs(sample: str, each: float) -> list[str]:
    """Measure what a chunk costs besides simulating it."""
    lines = []
    whole = batch(SAMPLE)
    point = whole.points[0]
    stand_in = StandIn(Path(sample))
    for size in (10, 100, 1000):
        # Of 1000 each replication is there ten times, which compresses better than it would; so bytes are told of 100.
        content = next(iter(stand_in.map(chunk_of, [Job(point, 0, size)])))[1]
        with tempfile.TemporaryDirectory() as folder:
            chunks, times = Chunks(Path(folder)), max(5, 1000 // size)
            begun = time.process_time()
            for k in range(times):
                part = decoded(content)
                assert part is not None
                moved = replace(
                    part, first=k * size, last=(k + 1) * size, numbers=tuple(range(k * size, (k + 1) * size))
                )
                chunks.put(point.key, moved.first, moved.last, encoded(moved))
            kept = (time.process_time() - begun) / times
            begun = time.process_time()
            write_tables(Path(folder), chunks, point, times * size)
            assembled = (time.process_time() - begun) / times
        lines.append(
            f"a chunk of {size}: {f'{len(content) / size / 1000:.2f} kB a replication; ' if size <= SAMPLE else ''}"
            "encode, check and keep it "
            f"{1000 * kept:.1f} ms, assemble it {1000 * assembled:.1f} ms; together "
            f"{100 * (kept + assembled) / (each * size):.2f} % of its computing"
        )
    return [*lines, parquet_bytes(point, Path(sample)), *scheduling(point)]


def parquet_bytes(point: Point, sample: Path) -> str:
    """Measure what one more replication adds to the Parquet files, by two sizes of a sample without repetition."""
    part = decoded(sample.read_bytes())
    assert part is not None
    assert part.facts is not None
    sizes = []
    for n in (SAMPLE // 2, SAMPLE):
        with tempfile.TemporaryDirectory() as folder:
            chunks = Chunks(Path(folder))
            some = replace(part, last=n, numbers=part.numbers[:n], facts=part.facts.rows(0, n))
            chunks.put(point.key, 0, n, encoded(some))
            write_tables(Path(folder), chunks, point, n)
            sizes.append(sum(path.stat().st_size for path in Path(folder).glob("*.parquet")))
    each = (sizes[1] - sizes[0]) / (SAMPLE - SAMPLE // 2)
    return f"Parquet: {each / 1000:.2f} kB for one more replication (measured on {SAMPLE}, none of them twice)"


def nothing(job: Job) -> int:
    """Do nothing, to see what handing out jobs costs."""
    return job.first


def scheduling(point: Point) -> list[str]:
    """Measure what it costs to hand out a job and take its result back."""
    from iopsim.experiments.executors.cluster import cluster

    lines, jobs = [], [Job(point, n, n + 1) for n in range(JOBS)]
    with cluster("local", 2) as dask:
        for name, executor in (("processes", Processes(2)), ("Dask, 2 workers on this machine", dask)):
            begun, cpu = time.perf_counter(), time.process_time()
            first = 0.0
            for n, _ in enumerate(executor.map(nothing, jobs)):
                if n == 20:
                    begun, cpu = time.perf_counter(), time.process_time()
            first = time.perf_counter() - begun
            lines.append(
                f"a job that does nothing, by {name}: {1000 * first / (JOBS - 21):.2f} ms, of which "
                f"{1000 * (time.process_time() - cpu) / (JOBS - 21):.2f} ms processor time where it is handed out"
            )
    return lines


def main() -> None:
    """Print all parts."""
    asked = parser(__doc__, 2, "a minute of speed-up in three rounds, and up to 10^6 replications")
    asked.add_argument("--one", nargs=3, metavar=("REPLICATIONS", "WORKERS", "SAMPLE"), help=argparse.SUPPRESS)
    asked.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    options = asked.parse_args()
    if options.one:
        one_run(int(options.one[0]), int(options.one[1]), options.one[2])
        return
    machine("numpy", "pyarrow", "simpy")
    say("others may use the machine, so judge by processor time and ratios")
    point = batch(SAMPLE).points[0]
    part_of(Job(point, 0, 2))
    begun = time.process_time()
    part = part_of(Job(point, 0, SAMPLE))
    each = (time.process_time() - begun) / SAMPLE
    say(f"a replication of Palmetto takes {1000 * each:.1f} ms of processor time")
    with tempfile.NamedTemporaryFile() as sample:
        sample.write(encoded(part))
        sample.flush()
        if "chunks" in options.parts:
            say(*chunk_costs(sample.name, each))
        if "memory" in options.parts:
            memory([1000, 10_000, 100_000, 1_000_000] if options.long else [1000, 10_000], sample.name, each)
    if "speed" in options.parts:
        speed_up(1500 if options.long else 250, 3 if options.long else options.rounds)


if __name__ == "__main__":
    main()

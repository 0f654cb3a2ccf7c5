"""The reference engine against a textbook SimPy clinic of a plain program; ratios measured in one run.

Three clinics simulate two years in this process, in turn, round by round, so that a machine that slows down slows
all: the textbook's, iopsim's with the plain program of the tests (no payers, traits, detours or staff who are away),
and iopsim's with the Palmetto file, every part of the clinic in use. iopsim's side is everything a replication costs:
cards, cohort, engine, record, ledger, measures and series. The textbook's rates are set from the plain program, so that
both see the same number of clients and seats.

Run with ``make bench``; ``python benchmarks/bench_reference.py --rounds 3`` for a quick look.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import textbook

import iopsim
from iopsim.experiments.point import Point
from iopsim.experiments.work import Job, part_of
from iopsim.scenario.model import Scenario

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
PLAIN = Path(__file__).parent.parent / "tests" / "plain.toml"
PER_ROUND = 10


def match_textbook(scenario: Scenario) -> None:
    """Give the textbook clinic the scenario's numbers, as far as it has them."""
    next_day = scenario.assessment.show_probability_next_day
    sources = {name: source.per_week for name, source in scenario.referrals.items()}
    textbook.SOURCES_PER_WEEK.clear()
    textbook.SOURCES_PER_WEEK.update(sources)
    first = next(iter(scenario.referrals.values()))
    textbook.CLINIC.update(
        ramp_start=first.ramp_start,
        ramp_weeks=first.ramp_weeks,
        slots_per_day=scenario.assessment.slots_per_day,
        show_intercept=textbook.log(next_day / (1 - next_day)),
        show_slope=textbook.log(scenario.assessment.show_odds_ratio_per_log_day),
        rebookings=scenario.assessment.max_rebookings,
        rebook_probability=scenario.assessment.rebook_probability,
        placed_probability=scenario.placement.this_program,
        seats=scenario.groups["evening"].seats,
        renege_per_day=scenario.waitlist.renege_per_day,
        attendance_probability=scenario.attendance.probability,
        intensive_weeks=scenario.phases["intensive"].planned_weeks,
        step_down_weeks=scenario.phases["step_down"].planned_weeks,
        early_leaving_probability=scenario.leaving.early_probability,
        early_weeks=scenario.leaving.early_weeks,
        dropout_per_day=scenario.leaving.dropout_per_week / 7,
        transfer_per_day=scenario.leaving.transfer_per_week / 7,
    )


def seconds(run: Callable[[], object]) -> float:
    """Return the processor seconds a call takes in this process."""
    start = time.process_time()
    run()
    return time.process_time() - start


def compare(plain: Scenario, whole: Scenario, rounds: int) -> None:
    """Time the clinics in turn and print their ratios: median over the rounds, and range."""
    match_textbook(plain)
    points = {"plain": Point(plain, 0), "Palmetto": Point(whole, 0)}
    for point in points.values():
        part_of(Job(point, 0, 2))
    textbook.run(plain.weeks, 0)
    took: dict[str, list[float]] = {"textbook": [], **{name: [] for name in points}}
    for k in range(rounds):
        took["textbook"].append(
            seconds(lambda k=k: [textbook.run(plain.weeks, PER_ROUND * k + i) for i in range(PER_ROUND)])
        )
        for name, point in points.items():
            job = Job(point, PER_ROUND * k, PER_ROUND * (k + 1))
            took[name].append(seconds(lambda job=job: part_of(job)))
    for name, rounds_took in took.items():
        median = 1000 / PER_ROUND * statistics.median(rounds_took)
        print(f"{name}: {median:.1f} ms for a replication of {plain.weeks} weeks (median of {rounds} rounds)")
    for one, other in (("plain", "textbook"), ("Palmetto", "textbook"), ("Palmetto", "plain")):
        ratios = [a / b for a, b in zip(took[one], took[other], strict=True)]
        print(f"{one} / {other}: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


def memory(replications: int) -> float:
    """Return the peak memory, MiB, of a fresh process that simulates Palmetto so many times."""
    code = (
        "import iopsim, resource; "
        f"iopsim.simulate(iopsim.load({str(PALMETTO)!r}), replications={replications}, engine='reference'); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(answer.stdout) / 1024


def main() -> None:
    """Print every comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--short", action="store_true", help="leave out memory and the whole command")
    options = parser.parse_args()
    compare(iopsim.load(PLAIN), iopsim.load(PALMETTO), options.rounds)
    if options.short:
        return
    few, many = memory(50), memory(500)
    print(f"peak memory: {few:.0f} MiB for 50 replications, {many:.0f} MiB for 500, ratio {many / few:.2f}")
    start = time.perf_counter()
    subprocess.run(
        [
            *(Path(sys.executable).with_name("iopsim"), "run", PALMETTO),
            *("--replications", "200", "--engine", "reference", "--json"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    print(f"iopsim run, 200 replications, whole command: {time.perf_counter() - start:.1f} s by the wall clock")
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()

"""The reference engine against a textbook SimPy clinic of a plain program; ratios measured in one run.

Three clinics simulate two years in this process, in turn, round by round, so that a machine that slows down slows
all: the textbook's, iopsim's with the plain program of the tests (no payers, traits, detours or staff who are away),
and iopsim's with the Palmetto file, every part of the clinic in use. iopsim's side is everything a replication costs:
cards, cohort, engine, record, ledger, measures and series. The textbook's rates are set from the plain program, so that
both see the same number of clients and seats. The goals are to be no slower than the textbook with the plain program;
memory that does not grow with replications; and 200 replications of Palmetto by the whole command in seconds.

Run with ``make bench``; ``python benchmarks/bench_reference.py --rounds 3 --short`` for a quick look.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

import textbook
from rounds import Contender, timed
from telling import goal, in_words, machine, of_rounds, parser, say

import iopsim
from iopsim.experiments.point import Point
from iopsim.experiments.work import Job, part_of
from iopsim.scenario.model import Scenario

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
PLAIN = Path(__file__).parent.parent / "tests" / "plain.toml"
PER_ROUND = 10
FLAT = 1.1
"""Times the memory of a tenth of the replications that is none the more: as much as allocation moves it."""
SECONDS = 10


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


def compare(plain: Scenario, whole: Scenario, rounds: int) -> None:
    """Time the clinics in turn and print their ratios."""
    match_textbook(plain)

    def of(scenario: Scenario) -> Contender:
        point = Point(scenario, 0)
        part_of(Job(point, 0, 2))
        return Contender(lambda first, last: part_of(Job(point, first, last)), PER_ROUND)

    book = Contender(lambda first, last: [textbook.run(plain.weeks, seed) for seed in range(first, last)], PER_ROUND)
    book.run(0, 2)
    took = timed({"textbook": book, "plain": of(plain), "Palmetto": of(whole)}, rounds)
    say(f"a replication of {plain.weeks} weeks, {of_rounds(rounds)}")
    for name in took.took:
        say(f"  {name}: {in_words(took.median(name))}")
    for one, other in (("Palmetto", "textbook"), ("Palmetto", "plain")):
        say(f"  {one} / {other}: {took.told(one, other)}")
    told = took.told("plain", "textbook")
    goal("plain / textbook", told, "1 at most", met=took.ratio("plain", "textbook") <= 1)


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
    asked = parser(__doc__, 9)
    asked.add_argument("--short", action="store_true", help="leave out memory and the whole command")
    options = asked.parse_args()
    machine("simpy", "numpy")
    compare(iopsim.load(PLAIN), iopsim.load(PALMETTO), options.rounds)
    if options.short:
        return
    few, many = memory(50), memory(500)
    told = f"{few:.0f} MiB for 50 replications, {many:.0f} MiB for 500, {many / few:.2f} times"
    goal("peak memory", told, f"{FLAT:g} times at most", met=many / few <= FLAT)
    start = time.perf_counter()
    subprocess.run(
        [
            *(Path(sys.executable).with_name("iopsim"), "run", PALMETTO),
            *("--replications", "200", "--engine", "reference", "--json"),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    took = time.perf_counter() - start
    told = f"{took:.1f} s by the wall clock"
    goal("iopsim run, 200 replications", told, f"{SECONDS} s at most", met=took <= SECONDS)
    say(f"  this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()

"""How long a person waits for the first result: `iopsim run` as a whole, cold and warm, with each engine.

Every run is a process of its own, from the command to the end of its output by the wall clock. *Cold* has an empty
cache, as after an installation, so that whatever is compiled must be compiled first; *warm* has one that earlier runs
have left. Warm ones are of two sizes: what `iopsim run` does when nothing is said, and four times as many
replications. The engines take turns, round by round, and each is compared with the reference engine of its round, by
the wall clock and, where others use the machine, better by processor time. `auto` is what a planner gets when nothing
is said, and is not to be slower than the reference.

Run with ``make bench``; ``--long`` takes 7 rounds.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rounds import Rounds
from telling import goal, in_words, machine, of_rounds, parser, say, table

from iopsim.experiments.plan import REPLICATIONS

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
IOPSIM = Path(sys.executable).with_name("iopsim")
ENGINES = ("reference", "compiled", "auto")
MANY = 4 * REPLICATIONS
WITHIN = 1.05
"""Times the reference that is no slower: as much as the same command differs from itself."""
KINDS = {"cold": ("cold", REPLICATIONS), "warm": ("warm", REPLICATIONS), "warm, many": ("warm", MANY)}


def seconds(engine: str, replications: int, cache: str) -> tuple[float, float]:
    """Run the command with a folder as its cache; return the wall-clock and processor seconds that took."""
    order = [str(IOPSIM), "run", str(PALMETTO), "--replications", str(replications), "--json", "--quiet"]
    chosen = ["--engine", engine] if engine else []
    kept = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    begun, used = time.perf_counter(), processor_seconds()
    subprocess.run(
        [*order, *chosen],
        check=True,
        env={**kept, "XDG_CACHE_HOME": cache},
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun, processor_seconds() - used


def processor_seconds() -> float:
    """Return the processor time of all processes that this one has started and that have ended."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


def engines() -> tuple[str, ...]:
    """Return the engines that the command knows; one without a name, if it has no choice."""
    told = subprocess.run([str(IOPSIM), "run", "--help"], check=True, capture_output=True, text=True)
    return ENGINES if "--engine" in told.stdout else ("",)


def main() -> None:
    """Print a table."""
    options = parser(__doc__, 3, "7 rounds").parse_args()
    rounds = 7 if options.long else options.rounds
    machine("numba", "numpy", "simpy")
    known = engines()
    took: dict[str, dict[str, list[tuple[float, float]]]] = {kind: {engine: [] for engine in known} for kind in KINDS}
    with tempfile.TemporaryDirectory() as used:
        for engine in known:
            seconds(engine, REPLICATIONS, used)
            seconds(engine, MANY, used)
        for _ in range(rounds):
            for kind, (state, replications) in KINDS.items():
                for engine in known:
                    with tempfile.TemporaryDirectory() as fresh:
                        taken = seconds(engine, replications, fresh if state == "cold" else used)
                    took[kind][engine].append(taken)
    say(f"iopsim run of Palmetto, the whole command; {of_rounds(rounds)}")
    rows, ratios = [], {}
    for kind, (state, replications) in KINDS.items():
        wall, processor = (Rounds({name: [pair[k] for pair in took[kind][name]] for name in known}) for k in range(2))
        ratios[kind] = processor
        for engine in known:
            told = [in_words(wall.median(engine)), wall.told(engine, known[0]), processor.told(engine, known[0])]
            rows.append([f"{state}, {replications}", engine, *told])
    table(["replications", "engine", "time", f"this / {known[0]}", "by processor time"], rows)
    for kind, processor in ratios.items() if "auto" in known else ():
        ratio = processor.ratio("auto", "reference")
        goal(f"auto / reference, {kind}, by processor time", f"{ratio:.3g}", f"{WITHIN} at most", met=ratio <= WITHIN)


if __name__ == "__main__":
    main()

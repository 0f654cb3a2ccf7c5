"""A replication of the Palmetto file now against one of an earlier commit of this repository; ratios of one run.

The earlier source is checked out beside this one and simulates the Palmetto file of its own time. Both run in turn in
fresh processes, round by round, so that a machine that slows down slows both, and without Python's garbage collector.
Without `--commit` that is the last commit of the engine before payers, traits, staff and money: the clinic's spine. The
goal is twice its time at most.

Run with ``make bench``, in a clone that has its history.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from telling import goal, machine, of_rounds, parser, say, spread

ROOT = Path(__file__).parent.parent
SPINE = "27f11ce"
SLOWER = 2
CODE = """
import gc, sys, time
from iopsim.scenario.load import load
scenario = load(sys.argv[1])
try:
    from iopsim.experiments.point import Point
    from iopsim.experiments.work import Job, part_of
    point = Point(scenario, 0)
    ten = lambda first: part_of(Job(point, first, first + 10))
except ImportError:
    from iopsim.experiment.replicate import replicate
    from iopsim.rulebook import write
    book = write(scenario)
    ten = lambda first: replicate(book, first, 10)
ten(0)
took = []
for first in range(10, 50, 10):
    gc.collect()
    gc.disable()
    start = time.process_time()
    ten(first)
    took.append((time.process_time() - start) / 10)
print(min(took))
"""


def milliseconds(source: Path) -> float:
    """Return the least processor time of a replication in a fresh process with this source, milliseconds."""
    answer = subprocess.run(
        [sys.executable, "-c", CODE, source / "scenarios" / "palmetto.toml"],
        env={**os.environ, "PYTHONPATH": str(source / "src")},
        check=True,
        capture_output=True,
        text=True,
    )
    return 1000 * float(answer.stdout)


def main() -> None:
    """Print the time of each and their ratio."""
    asked = parser(__doc__, 7)
    asked.add_argument("--commit", default=SPINE)
    options = asked.parse_args()
    machine("numpy")
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "cat-file", "-e", f"{options.commit}^{{commit}}"], check=False, capture_output=True)
    if found.returncode:
        say(f"this clone does not have commit {options.commit}: nothing to compare with")
        return
    with tempfile.TemporaryDirectory() as folder:
        then = Path(folder) / "then"
        subprocess.run([*git, "worktree", "add", "--quiet", "--detach", then, options.commit], check=True)
        try:
            pairs = [(milliseconds(then), milliseconds(ROOT)) for _ in range(options.rounds)]
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", then], check=True)
    for name, took in zip((options.commit, "now"), zip(*pairs, strict=True), strict=True):
        say(f"  {name}: {statistics.median(took):.1f} ms for a replication ({of_rounds(options.rounds)})")
    ratios = [now / before for before, now in pairs]
    told = spread(ratios, ".2f")
    goal(f"now / {options.commit}", told, f"{SLOWER} at most", met=statistics.median(ratios) <= SLOWER)


if __name__ == "__main__":
    main()

"""A replication of the Palmetto file now against one of an earlier commit of this repository; ratios of one run.

The earlier source is checked out beside this one and simulates the Palmetto file of its own time. Both run in turn in
fresh processes, round by round, so that a machine that slows down slows both. Without `--commit` that is the last
commit of the engine before payers, traits, staff and money: the clinic's spine.

Run with ``make bench``, in a clone that has its history.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPINE = "27f11ce"
CODE = """
import sys, time
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default=SPINE)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "cat-file", "-e", f"{options.commit}^{{commit}}"], check=False, capture_output=True)
    if found.returncode:
        print(f"this clone does not have commit {options.commit}: nothing to compare with")
        return
    with tempfile.TemporaryDirectory() as folder:
        then = Path(folder) / "then"
        subprocess.run([*git, "worktree", "add", "--quiet", "--detach", then, options.commit], check=True)
        try:
            pairs = [(milliseconds(then), milliseconds(ROOT)) for _ in range(options.rounds)]
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", then], check=True)
    for name, took in zip((options.commit, "now"), zip(*pairs, strict=True), strict=True):
        print(f"{name}: {statistics.median(took):.1f} ms for a replication (median of {options.rounds} rounds)")
    ratios = [now / before for before, now in pairs]
    print(
        f"now / {options.commit}: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}"
    )


if __name__ == "__main__":
    main()

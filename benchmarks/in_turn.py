"""All benchmarks, one after the other, and what they print in a file too: what `make bench` runs.

Words that follow are names of benchmarks, such as `floor peers`; without any, all of them. The file begins with the
commit; git does not keep it. A benchmark that fails does not keep the others from being run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).parent
INTO = HERE.parent / "results" / "bench.txt"


def commit() -> str:
    """Return the commit that is checked out, and whether files differ from it; nothing where git knows none."""
    git = ["git", "-C", str(HERE), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(git, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def lines_of(script: Path) -> Iterator[str]:
    """Run a benchmark, and give its lines as they come; at the end one more, if it failed."""
    order = [sys.executable, "-u", str(script)]
    with subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        yield from process.stdout
    if process.returncode:
        yield f"{script.stem} failed\n"


def run(scripts: list[Path], into: TextIO) -> list[str]:
    """Run benchmarks, print what they print, write it to a file too, and return the names of those that failed."""
    failed = []

    def tell(line: str) -> None:
        for to in (sys.stdout, into):
            to.write(line)
            to.flush()

    if at := commit():
        tell(f"commit {at}\n")
    for script in scripts:
        tell(f"== {script.stem}\n")
        last = ""
        for last in lines_of(script):
            tell(last)
        if last == f"{script.stem} failed\n":
            failed.append(script.stem)
    return failed


def main() -> None:
    """Run those that are asked for."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--into", type=Path, default=INTO, help="default: results/bench.txt")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"found {', '.join(unknown)}; there are {', '.join(known)}")
    options.into.parent.mkdir(parents=True, exist_ok=True)
    with options.into.open("w", encoding="utf-8") as into:
        failed = run([path for name, path in known.items() if not options.names or name in options.names], into)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()

"""What a benchmark prints: the machine, lines of 100 columns, tables, and goals beside what was reached."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import textwrap
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from iopsim.experiments.executors.processes import cores

COLUMNS = 100
"""Of the widest line."""


def say(*lines: str) -> None:
    """Print some lines; what is longer than a line is broken and indented."""
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        for part in textwrap.wrap(line, COLUMNS, subsequent_indent=indent, break_on_hyphens=False) or [""]:
            print(part, flush=True)


def goal(what: str, reached: str, wanted: str, *, met: bool) -> None:
    """Print what was reached, beside the goal, and whether that reaches it."""
    say(f"  {'reached' if met else 'not reached'}: {what}, {reached}; goal: {wanted}")


def in_words(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} microseconds"


def spread(values: Sequence[float], digits: str = ".4g") -> str:
    """Return the median and the range of some rounds; of one, its only value."""
    middle = f"{statistics.median(values):{digits}}"
    return middle if len(values) == 1 else f"{middle} (from {min(values):{digits}} to {max(values):{digits}})"


def of_rounds(rounds: int) -> str:
    """Return what a time or a ratio is, by how many rounds there were."""
    return "one round" if rounds == 1 else f"medians of {rounds} rounds"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with its first column to the left, the others to the right."""
    widths = [max(len(row[k]) for row in (head, *rows)) for k in range(len(head))]
    for row in (head, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  " + "  ".join(cells).rstrip(), flush=True)


def machine(*packages: str) -> None:
    """Print what this is measured on."""
    info = Path("/proc/cpuinfo")
    said = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in said if line.startswith("model name")]
    kind = models[0] if models else platform.processor() or platform.machine()
    named = "".join(f", {package} {version(package)}" for package in packages)
    load = f"; load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    say(f"{cores()} cores, {kind}; Python {platform.python_version()}{named}{load}")


def parser(doc: str, rounds: int, longer: str = "") -> argparse.ArgumentParser:
    """Return a parser of what all benchmarks are asked for: rounds, and more of everything."""
    asked = argparse.ArgumentParser(description=doc)
    asked.add_argument("--rounds", type=from_on(1), default=rounds, help=f"default: {rounds}")
    if longer:
        asked.add_argument("--long", action="store_true", help=longer)
    return asked


def from_on(least: int) -> Callable[[str], int]:
    """Return what reads a whole number, so large at least."""

    def read(word: str) -> int:
        number = int(word) if word.strip().isascii() and word.strip().isdigit() else least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"found {word}; a whole number from {least} on is asked for")
        return number

    return read

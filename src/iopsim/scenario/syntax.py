"""From bytes to a TOML table, or to what is wrong with the file as a file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from iopsim.errors import Problem, ScenarioError
from iopsim.scenario.lines import Key
from iopsim.scenario.mending import broken_statement, hint, meant_time, with_seconds
from iopsim.scenario.words import nearest, short

LARGEST = 1_000_000
"""Bytes of the largest file that is read."""

LONGEST_LINE = 20_000
"""Characters of a line beyond which a file is refused; a description has at most half as many."""

DEEPEST = 20
"""Tables within tables beyond which a file is refused."""

MOST_BROKEN = 10
"""Broken lines after which the rest of a file is not looked at."""

START_HINT = "`iopsim init NEW.toml` writes a file to start from"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A TOML text as read, as far as it could be read.

    Parameters
    ----------
    tree : dict
        What `tomllib` reads, without the broken lines.
    text : str
        The text with the broken lines blank and seconds behind every time of day; lines keep their numbers.
    problems : tuple of Problem
        One for each broken line.
    holes : frozenset of tuple
        Addresses that the broken lines meant to set.
    readable : bool
        Whether the rest of the file says enough to be checked.
    """

    tree: dict[str, object]
    text: str
    problems: tuple[Problem, ...] = ()
    holes: frozenset[Key] = frozenset()
    readable: bool = True


def read(path: str | Path, kind: str = "scenario", start: str = START_HINT) -> str:
    """Read the text of a scenario file, or of another file that a person writes.

    Parameters
    ----------
    path : str or Path
        A file of at most 1,000,000 bytes, in UTF-8, with or without a byte order mark.
    kind : str
        What such a file is called in messages.
    start : str
        Where to find one to start from.

    Returns
    -------
    str
        The text, lines ending in a line feed.

    Raises
    ------
    ScenarioError
        If there is no such file, or it is not a text file of that size.
    """
    name, such = str(path), f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} file"
    needed = f"give the path of {such}"
    try:
        if Path(path).is_dir():
            folder = "scenarios" if kind == "scenario" else "experiments"
            raise _refusal(name, "a directory", f"{needed}, such as {folder}/clinic.toml")
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
            size = max(len(data), Path(path).stat().st_size)
    except FileNotFoundError:
        beside = _beside(Path(path))
        raise _refusal(name, "no such file", f"{needed}; {start}", beside) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refusal(name, f"a file that cannot be read ({reason})", needed) from None
    if size > LARGEST:
        raise _refusal(name, f"{size:,} bytes", f"{such} has at most {LARGEST:,}")
    return _decode(data, name)


def parse(text: str, name: str) -> Parsed:
    """Read a TOML text, leaving out what is broken; a time of day on a line of its own may lack its seconds.

    Parameters
    ----------
    text : str
        The text.
    name : str
        Name of the file for messages.

    Returns
    -------
    Parsed
        With one problem for each broken line, up to ten.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = text.split("\n")
    problems: list[Problem] = []
    longest = max(range(len(lines)), key=lambda index: len(lines[index]))
    if len(lines[longest]) > LONGEST_LINE:
        found, said = f"a line of {len(lines[longest]):,} characters", f"a line has at most {LONGEST_LINE:,}"
        return _unreadable(name, lines, [], found, said, longest)
    holes: set[Key] = set()
    while True:
        try:
            tree = tomllib.loads("\n".join(lines))
            break
        except tomllib.TOMLDecodeError as error:
            broken = broken_statement(lines, _line(str(error), lines), str(error))
        except RecursionError:
            return _unreadable(name, lines, problems, "tables or lists nested without end", "nest at most a few deep")
        except ValueError:
            broken = broken_statement(lines, _line_of_long_number(lines), "long number")
        if whole := with_seconds(broken):
            lines[broken.first] = whole
            continue
        problems.append(
            Problem(name, broken.first + 1, broken.path, short(broken.text), hint(broken), meant_time(broken))
        )
        holes.update(broken.holes)
        for index in range(broken.first, broken.end):
            lines[index] = ""
        if len(problems) == MOST_BROKEN:
            said = "mend the lines named above first, then check again"
            return _unreadable(name, lines, problems, "more that may be broken", said, broken.end)
    if nests_too_deep(tree):
        return _unreadable(name, lines, problems, "tables nested too deep", f"nest at most {DEEPEST} deep")
    return Parsed(tree, "\n".join(lines), tuple(problems), frozenset(holes))


def nests_too_deep(value: object) -> bool:
    """Tell whether tables and lists nest deeper than any scenario needs, without going down all the way.

    Parameters
    ----------
    value : object
        As `tomllib` reads it.

    Returns
    -------
    bool
        True beyond 20 levels.
    """
    level = [value]
    for _ in range(DEEPEST + 1):
        inner: list[object] = []
        for item in level:
            inner += item.values() if isinstance(item, dict) else item if isinstance(item, list | tuple) else ()
        level = inner
    return bool(level)


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"a character that is not UTF-8 (byte 0x{data[error.start]:02x})"
        said = "save the file as text in UTF-8 (in an editor: Save as, encoding UTF-8)"
        raise ScenarioError([Problem(name, line, "", found, said)]) from None


def _beside(path: Path) -> str:
    try:
        near = nearest(path.name, sorted(other.name for other in path.parent.iterdir() if other.suffix == ".toml"))
    except OSError:
        return ""
    return str(path.parent / near) if near else ""


def _refusal(name: str, found: str, said: str, near: str = "") -> ScenarioError:
    return ScenarioError([Problem(name, None, "", found, said, near)])


def _unreadable(
    name: str, lines: list[str], problems: list[Problem], found: str, said: str, line: int | None = None
) -> Parsed:
    where = None if line is None else min(line + 1, len(lines))
    last = Problem(name, where, "", found, said)
    return Parsed({}, "", tuple(sorted([*problems, last], key=lambda problem: problem.line or 0)), readable=False)


def _line(message: str, lines: list[str]) -> int:
    """Return the index of the line that a message of `tomllib` speaks of."""
    match = re.search(r"at line (\d+), column", message)
    if match:
        return min(int(match[1]), len(lines)) - 1
    return max((index for index, line in enumerate(lines) if line.strip()), default=0)


def _line_of_long_number(lines: list[str]) -> int:
    return next((index for index, line in enumerate(lines) if re.search(r"[0-9_]{4000}", line)), 0)

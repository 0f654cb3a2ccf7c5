"""Arms: a base scenario and named sets of changes to it, all checked at once."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iopsim.errors import Problem, ScenarioError
from iopsim.experiments.sheet import Sheet
from iopsim.scenario import Resolved, resolve_text
from iopsim.scenario.changes import Change, change_of
from iopsim.scenario.lines import Key
from iopsim.scenario.multiples import TIMES
from iopsim.scenario.syntax import read

BASE = "base"
"""Name of the arm without changes."""

ABOUT = "about"
"""What describes an arm; no table or setting of a scenario has this name."""


SET = "set"
"""The table of what is changed in the base, and so in all arms."""

Setting = tuple[str, object, int | None]
"""A path, its value and the line of the file."""

MOST_ALIKE = 3
"""Values of which one and the same fault is told."""


@dataclass(frozen=True, slots=True)
class Base:
    """The scenario that all arms change.

    Parameters
    ----------
    path : str
        The file. What it says is kept, but a table of present clients beside it is read anew each time.
    text : str
        Its text.
    changes : tuple of Change
        Changes that all arms have.
    """

    path: str
    text: str
    changes: tuple[Change, ...] = ()

    def resolve(self, changes: Sequence[Change] = ()) -> Resolved:
        """Return the scenario with changes.

        Raises
        ------
        ScenarioError
            With every problem found.
        """
        return resolve_text(self.text, self.path, (*self.changes, *changes))


@dataclass(frozen=True, slots=True)
class Arm:
    """One plan.

    Parameters
    ----------
    name : str
        Letters, digits, ``_`` and ``-``.
    about : str
        What the planner says of it.
    changes : tuple of Change
        What it changes in the base.
    levels : mapping of str to str
        Of a point of a design, the level of each factor that it sets, by the name of the factor.
    line : int or None
        Line of the file.
    hash : str
        Hash of its scenario.
    same_as : str
        The first arm that is the same scenario; empty for one that is not yet there.
    """

    name: str
    about: str = ""
    changes: tuple[Change, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    line: int | None = None
    hash: str = ""
    same_as: str = ""


def base(sheet: Sheet) -> Base | None:
    """Return the base of a file, with what the file changes in all arms; None, and a problem, without one."""
    given = sheet.words("base", needed="../scenarios/palmetto.toml")
    if not given:
        return None
    path = _beside(sheet.name, given)
    try:
        text = read(path)
    except ScenarioError as error:
        (problem,) = error.problems
        near = (Path(given).parent / Path(problem.nearest).name).as_posix() if problem.nearest else ""
        said = "base is the path of a scenario file, as seen from the folder of this file"
        sheet.refuse(said, "base", found=f"{path}: {problem.found}", hint=near)
        return None
    weeks = [("weeks", sheet.value("weeks"), sheet.line("weeks"))] if sheet.value("weeks") is not None else []
    return Base(path, text, tuple(_changes(sheet, [*weeks, *_settings(sheet, (SET,))])))


def arms(sheet: Sheet) -> tuple[Arm, ...]:
    """Return the arms of a file, in its order, not checked yet."""
    found = []
    for name in sheet.table("arms"):
        if name == BASE:
            sheet.refuse(f'"{BASE}" is the name of the scenario without changes', "arms", name, found=name)
        elif not _is_name(name):
            sheet.refuse("an arm has a name of letters, digits, _ and -, at most 40", "arms", name, found=name)
        else:
            found.append(_arm(sheet, name))
    return tuple(found)


def _arm(sheet: Sheet, name: str) -> Arm:
    table = sheet.table("arms", name)
    settings = [setting for setting in _settings(sheet, ("arms", name)) if setting[0] != ABOUT]
    if table and not settings and not sheet.is_broken("arms", name):
        sheet.refuse("an arm changes something, such as groups.evening.seats = 15", "arms", name, found="no change")
    about = sheet.words("arms", name, ABOUT) if ABOUT in table else ""
    return Arm(name, about, tuple(_changes(sheet, settings, f"arms.{name}.")), line=sheet.line("arms", name))


def _settings(sheet: Sheet, table: Key) -> Iterator[Setting]:
    """List all that a table sets; headers and points lead down, ``{ ... }`` is a value."""
    for key in _addresses(sheet, table):
        names = [str(part) for part in key]
        if not (len(key) == len(table) + 1 and sheet.misplaced(*names)):
            yield ".".join(names[len(table) :]), sheet.value(*key), sheet.line(*key)


def _addresses(sheet: Sheet, key: Key) -> Iterator[Key]:
    table = sheet.value(*key)
    for name, value in table.items() if isinstance(table, Mapping) else ():
        inner = (*key, name)
        if isinstance(value, Mapping) and not sheet.is_inline(*inner) and set(value) != {TIMES}:
            yield from _addresses(sheet, inner)
        else:
            yield inner


def _changes(sheet: Sheet, settings: Iterable[Setting], inside: str = "") -> Iterator[Change]:
    for path, value, line in settings:
        change = change_of(label(sheet, line), path, value)
        if isinstance(change, Problem):
            sheet.problems.append(replace(change, file=sheet.name, line=line, path=f"{inside}{path}"))
        else:
            yield change


def label(sheet: Sheet, line: int | None) -> str:
    """Return how the origin of a changed value is told: the file and the line."""
    return f"{sheet.name}:{line or 1}"


def check_base(sheet: Sheet, start: Base) -> bool:
    """Tell whether the base can be loaded as it is; if not, keep its problems, and its arms need not be looked at."""
    try:
        start.resolve()
    except ScenarioError as error:
        check = Check(sheet, start, "")
        for problem in error.problems:
            check.tell(Arm(BASE), problem)
        return False
    return True


class Check:
    """What the arms of one base are: their hashes, and all their problems, each told once.

    Parameters
    ----------
    sheet : Sheet
        The file; it keeps the problems.
    base : Base
    table : str
        Name of the table of the arms, for the path of a problem; a point of a design is not named in it.
    """

    def __init__(self, sheet: Sheet, base: Base, table: str) -> None:
        self._sheet, self._base, self._table = sheet, base, table
        self._first: dict[str, str] = {}
        self._told: dict[tuple[str, int | None, str, str], set[str]] = {}

    def arm(self, arm: Arm) -> tuple[Arm, Resolved | None]:
        """Return an arm with its hash, and with the first arm that is the same; and its scenario, if it has one."""
        try:
            resolved = self._base.resolve(arm.changes)
        except ScenarioError as error:
            for problem in error.problems:
                self.tell(arm, problem)
            return arm, None
        found = resolved.scenario.hash
        first = self._first.setdefault(found, arm.name)
        return replace(arm, hash=found, same_as="" if first == arm.name else first), resolved

    def tell(self, arm: Arm, problem: Problem) -> None:
        """Keep a problem of an arm, at the line of the file that makes it.

        Parameters
        ----------
        arm : Arm
            One without changes is the base.
        problem : Problem
        """
        ours = problem.file.startswith(f"{self._sheet.name}:")
        inside = [self._table] if arm.levels else [self._table, arm.name]
        if ours:
            line: int | None = int(problem.file.rpartition(":")[2])
            path = ".".join((*inside, problem.path)) if arm.changes else problem.path
            problem = replace(problem, file=self._sheet.name, line=line, path=path)
        elif arm.changes:
            problem = replace(problem, allowed=f"{problem.allowed} (in {' '.join(inside[-1:])})")
        # Of the points of a design many have the same fault; it is told of the first few.
        told = self._told.setdefault((problem.file, problem.line, problem.path, problem.allowed), set())
        if problem.found not in told and len(told) < MOST_ALIKE:
            told.add(problem.found)
            self._sheet.problems.append(problem)


def _is_name(name: str) -> bool:
    return name.isascii() and 0 < len(name) <= 40 and name.replace("_", "").replace("-", "").isalnum()


def _beside(file: str, path: str) -> str:
    """Return a path as seen from the folder of a file, without needless steps up and down."""
    return Path(os.path.normpath(Path(file).parent / path)).as_posix()

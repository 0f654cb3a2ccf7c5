"""What can be wrong with what a person gave us, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place.

    Parameters
    ----------
    file : str
        The file, or ``--set`` text, in which the value stands; empty when it came from Python.
    line : int or None
        Line in `file`, counted from 1, when it is known.
    path : str
        Dotted path of the value, such as ``groups.evening.seats``; empty for the file as a whole.
    found : str
        What was found, as the person wrote it.
    allowed : str
        What is allowed there, in plain words.
    nearest : str
        The nearest known name, or empty.
    """

    file: str
    line: int | None
    path: str
    found: str
    allowed: str
    nearest: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        head = ": ".join(part for part in (place, self.path) if part)
        hint = f" (did you mean {self.nearest}?)" if self.nearest else ""
        return f"{head}: found {self.found}; {self.allowed}{hint}"


class IopsimError(Exception):
    """Anything a person can mend; the command line prints it and exits with code 2."""


class ScenarioError(IopsimError):
    """A scenario that cannot be run, with every problem found in it.

    Parameters
    ----------
    problems : sequence of Problem
        All problems, in the order of the file.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        return ScenarioError, (self.problems,)

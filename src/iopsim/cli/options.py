"""Option values: whole numbers as a person types them, and every mistake at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeVar

from iopsim.cli.console import plain
from iopsim.errors import Problem, ScenarioError
from iopsim.scenario import Resolved
from iopsim.scenario.words import nearest, short

T = TypeVar("T")


class Mistakes:
    """Everything wrong with a command so far; raised together, so that a person mends it together."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def whole(self, option: str, text: str, least: int, most: int) -> int:
        """Return the whole number that an option gives; `least` if it is none, which is then a problem.

        Parameters
        ----------
        option : str
            Its name, such as ``--seed``.
        text : str
            What was typed.
        least, most : int
            Bounds, both allowed.
        """
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if least <= number <= most:
            return number
        self.problems.append(Problem(option, None, "", text, f"give a whole number from {least} to {most:,}"))
        return least

    def share(self, option: str, text: str, above: float, below: float) -> float:
        """Return the number between two bounds, neither allowed, that an option gives; 0.95 if it is none.

        Parameters
        ----------
        option : str
            Its name, such as ``--confidence``.
        text : str
            What was typed.
        above, below : float
            The bounds.
        """
        try:
            number = float(text)
        except ValueError:
            number = above
        if above < number < below:
            return number
        self.problems.append(Problem(option, None, "", short(text), f"give a number above {above:g}, below {below:g}"))
        return 0.95

    def choice(self, option: str, text: str, choices: Sequence[str]) -> str:
        """Return what an option chooses; if it is not one of the choices, note the problem and return the first.

        Parameters
        ----------
        option : str
            Its name, such as ``--format``.
        text : str
            What was typed.
        choices : sequence of str
            What may be chosen.
        """
        if text in choices:
            return text
        said = f"give one of {', '.join(choices)}"
        self.problems.append(Problem(option, None, "", short(text), said, nearest(text, choices)))
        return choices[0]

    def file(self, text: str | None, ends: Sequence[str], *, replace: bool) -> Path | None:
        """Return the file that `--out` names; None, with the problem noted, if it cannot be written.

        Parameters
        ----------
        text : str or None
            What was typed, if anything.
        ends : sequence of str
            What its name may end in.
        replace : bool
            Whether a file that exists may be written over.
        """
        allowed = f"give a file whose name ends in {' or '.join(filter(None, (', '.join(ends[:-1]), ends[-1])))}"
        if text is None:
            self.problems.append(Problem("--out", None, "", "nothing", allowed))
            return None
        out = Path(text)
        if out.suffix.lower() not in ends:
            self.problems.append(Problem("--out", None, "", plain(text), allowed))
            return None
        if out.is_dir() or (out.exists() and not replace):
            said = "name a new file, or say --replace" if out.is_file() else "name a file"
            self.problems.append(Problem("--out", None, "", f"{plain(text)}, which exists", said))
            return None
        return out

    def warm_up(self, text: str | None) -> int | Literal["auto"] | None:
        """Return the weeks that `--warm-up` gives, "auto", or None where it is not given."""
        if text is None or text == "auto":
            return None if text is None else "auto"
        try:
            return int(text)
        except ValueError:
            self.problems.append(Problem("--warm-up", None, "", text, "give a whole number of weeks, or auto"))
            return None

    def attempt(self, action: Callable[[], T]) -> T | None:
        """Return what an action returns; if it finds problems, keep them and return None."""
        try:
            return action()
        except ScenarioError as error:
            self.problems += error.problems
            return None

    def settle(self) -> None:
        """Raise all problems, if there are any.

        Raises
        ------
        ScenarioError
        """
        if self.problems:
            raise ScenarioError(self.problems)


def placed(problem: Problem, resolved: Resolved) -> Problem:
    """Return a problem of a scenario with the file and line where its setting, or the first below it, was made."""
    if problem.path == "warm_up":
        return replace(problem, file="--warm-up", path="")
    below = [
        origin
        for path, origin in resolved.origins.items()
        if path == problem.path or path.startswith(f"{problem.path}.")
    ]
    layers = ("change", "file", "default")
    for origin in sorted(below, key=lambda origin: layers.index(origin.layer))[:1]:
        return replace(problem, file=origin.where, line=origin.line)
    return replace(problem, file=resolved.name)


WEEKS_LABEL = "--set weeks="


def with_weeks(changes: Sequence[str], weeks: str | None) -> list[str]:
    """Return the changes, and `--weeks` as the last of them."""
    return [*changes, f"weeks={weeks}"] if weeks is not None else list(changes)


def weeks_by_name(problem: Problem, weeks: str | None) -> Problem:
    """Return a problem that speaks of `--weeks` where that is what was typed."""
    if weeks is not None and problem.file == f"{WEEKS_LABEL}{weeks}":
        return replace(problem, file="--weeks", path="")
    return problem

"""An experiment or sizing file, read value by value; every mistake is kept, and none is raised."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeGuard

from iopsim.errors import Problem, ScenarioError
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.scenario.given import Given
from iopsim.scenario.lines import dotted, places
from iopsim.scenario.shape import shape
from iopsim.scenario.syntax import parse, read
from iopsim.scenario.words import nearest, short, written

MEASURES = {measure.name: measure for measure in CATALOGUE}
"""Every measure, by name."""

START = "those in experiments/ are files to start from"


class Sheet:
    """A TOML file being read.

    Parameters
    ----------
    path : str or Path
        The file.
    kind : str
        What such a file is called in messages.

    Attributes
    ----------
    name : str
        The file, as the person typed it.
    text : str
        Its text.
    problems : list of Problem
        What is wrong with it, as far as it is read.
    refused : int
        How often something was refused; more than there are problems, as of a broken line only that is told.

    Raises
    ------
    ScenarioError
        If the file cannot be read at all.
    """

    def __init__(self, path: str | Path, kind: str) -> None:
        self.name, self.text = str(path), read(path, kind, START)
        parsed = parse(self.text, self.name)
        if not parsed.readable:
            raise ScenarioError(parsed.problems)
        self.given = Given(self.name, parsed.tree, places(parsed.text))
        self.problems: list[Problem] = list(parsed.problems)
        self.refused = 0
        self._holes = parsed.holes
        self._top: tuple[str, ...] = ()

    def refuse(self, said: str, *key: str | int, found: str = "", hint: str = "") -> None:
        """Keep a problem with the value at an address.

        Parameters
        ----------
        said : str
            What is allowed.
        *key : str or int
            The address.
        found : str
            What was found; empty for the value as it is written.
        hint : str
            Nearest known name, or empty.
        """
        self.refused += 1
        if not any(key[:end] in self._holes for end in range(1, len(key) + 1)):  # a broken line is told already
            self.problems.append(self.given.problem(said, key, found=found, hint=hint))

    def line(self, *key: str | int) -> int | None:
        """Return the line of an address, or of the table around it."""
        return self.given.line(key)

    def value(self, *key: str | int) -> object:
        """Return what stands at an address; None for nothing."""
        return self.given.value(key)

    def is_inline(self, *key: str | int) -> bool:
        """Tell whether a table is written as one value, ``{ seats = 8 }``, and not by headers and points."""
        place = self.given.places.get(key)
        return place is not None and place.text.startswith("{")

    def table(self, *key: str) -> Mapping[str, object]:
        """Return a table; an empty one, and a problem, for anything else that stands there."""
        value = self.value(*key)
        if isinstance(value, Mapping):
            return value
        if value is not None:
            self.refuse(f"{dotted(key)} is given by a header, [{dotted(key)}], with its keys on the lines below", *key)
        return {}

    def known(self, names: Iterable[str], *key: str) -> None:
        """Refuse every key of a table that is none of some names."""
        names = tuple(names)
        self._top = self._top if key else names
        for name in self.table(*key):
            if name not in names and not self.misplaced(*key, name):
                where = f"[{dotted(key)}]" if key else "the top of the file"
                self.refuse(
                    f"{where} may have {', '.join(names)}", *key, name, found=short(dotted((name,))),
                    hint=nearest(name, names),
                )  # fmt: skip

    def is_misplaced(self, name: str) -> bool:
        """Tell whether a name is one of the top of the file, and not also one of a scenario."""
        return name in self._top and name not in shape().fields

    def misplaced(self, *key: str) -> bool:
        """Refuse what stands below a header and belongs above the first one; tell whether it does."""
        if not self.is_misplaced(key[-1]) or len(key) == 1:
            return False
        self.refuse(f"{key[-1]} stands at the top of the file, above the first header", *key)
        return True

    def is_broken(self, *key: str) -> bool:
        """Tell whether a line below a header could not be read."""
        return any(hole[: len(key)] == key for hole in self._holes)

    def words(self, *key: str, needed: str = "") -> str:
        """Return a text.

        Parameters
        ----------
        *key : str
            The address.
        needed : str
            An example, if it must not be empty.
        """
        value = self.value(*key)
        if isinstance(value, str) and (value.strip() or not needed):
            return value
        if value is not None:
            self.refuse(f"{key[-1]} must be text in double quotes" + (", not empty" if needed else ""), *key)
        elif needed:
            self.refuse(f"{key[-1]} is needed, such as {key[-1]} = {written(needed)}", *key)
        return ""

    def whole(self, *key: str, least: int, most: int, default: int) -> int:
        """Return a whole number between bounds, both allowed."""
        value = self.value(*key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.refuse(f"{key[-1]} must be a whole number between {least} and {most:,}", *key)
        return default

    def number(self, *key: str, above: float, below: float, default: float | None, example: str) -> float:
        """Return a number between bounds, neither allowed.

        Parameters
        ----------
        *key : str
            The address.
        above, below : float
            The bounds; infinite for none.
        default : float or None
            What nothing means; None if a number is needed.
        example : str
            A number in words of the file.
        """
        value = self.value(*key)
        if value is None and default is not None:
            return default
        if is_number(value) and above < value < below:
            return float(value)
        said = "needed" if value is None else "a number"
        ends = [f"above {above:g}"] * math.isfinite(above) + [f"below {below:g}"] * math.isfinite(below)
        self.refuse(" ".join((f"{key[-1]} is {said}", " and ".join(ends))).strip() + f", such as {example}", *key)
        return math.nan if default is None else default

    def choice(self, *key: str, choices: Sequence[str], default: str = "") -> str:
        """Return one of some words; without a default one is needed."""
        value = self.value(*key)
        if value is None and default:
            return default
        if isinstance(value, str) and value in choices:
            return value
        hint = nearest(value.replace(" ", "_").replace("-", "_"), choices) if isinstance(value, str) else ""
        self.refuse(f"{key[-1]} must be one of {_quoted(choices)}", *key, hint=hint)
        return default

    def choices(self, *key: str, choices: Sequence[str]) -> tuple[str, ...]:
        """Return a list of some words, each at most once; empty when nothing stands there."""
        value = self.value(*key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.refuse(f"{key[-1]} is a list, such as [{written(choices[0])}]", *key)
            return ()
        found: list[str] = []
        for index, item in enumerate(value):
            if item not in choices:
                hint = nearest(item, choices) if isinstance(item, str) else ""
                self.refuse(f"each of {key[-1]} must be one of {_quoted(choices)}", *key, index, hint=hint)
            elif item in found:
                self.refuse(f"{key[-1]} name each only once", *key, index)
            else:
                found.append(item)
        return tuple(found)

    def measures(self, *key: str, default: Sequence[str]) -> tuple[Measure, ...]:
        """Return a list of measures, by name; those of a default where nothing stands."""
        value = self.value(*key)
        if value is None:
            return tuple(MEASURES[name] for name in default)
        if not isinstance(value, list) or not value:
            self.refuse(f'{key[-1]} is a list of names, such as ["{default[0]}"]; `iopsim measures` lists them', *key)
            return ()
        found: dict[str, Measure] = {}
        for index, item in enumerate(value):
            if isinstance(item, str) and item in found:
                self.refuse(f"{key[-1]} name each only once", *key, index)
            elif measure := self.measure(*key, index):
                found[measure.name] = measure
        return tuple(found.values())

    def measure(self, *key: str | int, name: str | None = None) -> Measure | None:
        """Return the measure that an address, or the last key of it, names; None, and a problem, if there is none."""
        value = self.value(*key) if name is None else name
        if isinstance(value, str) and value in MEASURES:
            return MEASURES[value]
        found = short(value) if name is not None and isinstance(value, str) else ""
        near = _nearest_measure(value) if isinstance(value, str) else ""
        self.refuse("a measure is named as `iopsim measures` lists it", *key, found=found, hint=near)
        return None


def unit_of(measure: Measure) -> str:
    """Return how the unit of a measure is said."""
    return {"share": "shares of 1", "usd": "dollars"}.get(measure.unit, measure.unit)


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _nearest_measure(text: str) -> str:
    """Return the measure that a text most likely means: by its label, by its name, or by a word that they share."""
    by_label = {measure.label.lower(): measure.name for measure in CATALOGUE}
    said = "_".join(text.lower().split())
    near = by_label.get(text.lower()) or nearest(said, MEASURES) or by_label.get(nearest(text.lower(), by_label))
    parts = set(said.split("_"))
    shared = max(MEASURES, key=lambda known: len(parts & set(known.split("_"))))
    return near or (shared if parts & set(shared.split("_")) else "")


def _quoted(choices: Sequence[str]) -> str:
    return ", ".join(written(choice) for choice in choices)

"""Factors: settings of a scenario that take several values, alone or together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iopsim.experiments.design import nth, within
from iopsim.experiments.sheet import Sheet, is_number
from iopsim.scenario.changes import key_of
from iopsim.scenario.lines import Key
from iopsim.scenario.multiples import TIMES
from iopsim.scenario.shape import Leaf, Node, Table, shape
from iopsim.scenario.words import short, written

TOGETHER = ("paths", "levels")
"""What a factor holds that moves several values; no table of a scenario has such keys."""

RANGE = ("low", "high")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a factor.

    Parameters
    ----------
    label : str
        How a table names it.
    values : tuple of object
        The value of each path, as `tomllib` reads it; ``{"times": 0.7}`` is a multiple.
    """

    label: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """A setting, or several that move together, and the levels or the range that it has.

    Parameters
    ----------
    name : str
        The path, or a name of the planner's choice.
    paths : tuple of str
        Dotted paths, at least one.
    levels : tuple of Level
        In the order of the file; of a range its low and its high end.
    span : tuple of float, optional
        The ends of a range; None when only the levels may be taken.
    whole : bool
        Whether a value from the range must be whole.
    times : bool
        Whether the range is of factors that multiply.
    line : int, optional
        Line of the file.
    """

    name: str
    paths: tuple[str, ...]
    levels: tuple[Level, ...]
    span: tuple[float, float] | None = None
    whole: bool = False
    times: bool = False
    line: int | None = None

    def at(self, place: float) -> Level:
        """Return the level at a place, 0 <= place < 1; of a list, each level has an equal part of the places."""
        if self.span is None:
            return self.levels[nth(len(self.levels), place)]
        return _level(within(*self.span, place, whole=self.whole), times=self.times)


def factors(sheet: Sheet, key: str, *, ranges: bool) -> tuple[Factor, ...]:
    """Return the factors of a table of a file.

    Parameters
    ----------
    sheet : Sheet
        The file.
    key : str
        Name of the table.
    ranges : bool
        Whether a factor may be a range.
    """
    addresses = [parts for name in sheet.table(key) for parts in _addresses(sheet, (key, name))]
    found = [factor for parts in addresses if (factor := _factor(sheet, parts, ranges=ranges))]
    paths = [path for factor in found for path in factor.paths]
    for path in {path for path in paths if paths.count(path) > 1}:
        last = [factor for factor in found if path in factor.paths][-1]
        sheet.refuse(f"{path} stands in two places; a setting belongs to one only", key, last.name, found=path)
    return tuple(found)


def _addresses(sheet: Sheet, key: Key) -> Iterator[Key]:
    """Walk down to what holds levels: a list, a range, or paths with their levels."""
    value = sheet.value(*key)
    inner = set(value) if isinstance(value, Mapping) else set()
    if not isinstance(value, Mapping) or not inner or inner & {*TOGETHER, *RANGE, TIMES}:
        yield key
        return
    for name in value:
        yield from _addresses(sheet, (*key, name))


def _factor(sheet: Sheet, key: Key, *, ranges: bool) -> Factor | None:
    value, line = sheet.value(*key), sheet.line(*key)
    if sheet.misplaced(*map(str, key)):
        return None
    name = ".".join(str(part) for part in key[1:])
    if isinstance(value, Mapping) and set(value) & set(TOGETHER):
        return _together(sheet, key, name, line)
    times = isinstance(value, Mapping) and TIMES in value
    inner: Key = (*key, TIMES) if times else key
    if times and isinstance(value, Mapping) and len(value) > 1:
        sheet.refuse("times stands alone: { times = [0.7, 1.0] }", *key)
        return None
    value = sheet.value(*inner)
    if isinstance(value, Mapping):
        return _of_range(sheet, inner, name, line, times=times, ranges=ranges)
    said = "levels are a list, such as [10, 12]" + (", or a range, such as { low = 8, high = 16 }" if ranges else "")
    if not isinstance(value, list) or not value:
        sheet.refuse(said, *inner)
        return None
    levels = tuple(_level(item, times=times) for item in value)
    if repeated := _repeated(levels):
        sheet.refuse("levels differ from each other", *inner, found=short(f"{repeated} twice"))
        return None
    return Factor(name, (name,), levels, line=line)


def _of_range(sheet: Sheet, key: Key, name: str, line: int | None, *, times: bool, ranges: bool) -> Factor | None:
    value = sheet.value(*key)
    assert isinstance(value, Mapping)
    if not ranges:
        sheet.refuse("choices are a list, such as [10, 12]; a range stands in an experiment only", *key)
        return None
    low, high = value.get("low"), value.get("high")
    if set(value) != set(RANGE) or not is_number(low) or not is_number(high) or not low < high:
        sheet.refuse("a range has a low and a higher high end: { low = 8, high = 16 }", *key)
        return None
    leaf = _leaf(name)
    if leaf is not None and not leaf.numeric:
        sheet.refuse(f"only a number has a range; give the levels of {name} as a list", *key)
        return None
    whole = leaf is not None and leaf.kind != "number" and not times
    if whole and not (isinstance(low, int) and isinstance(high, int)):
        sheet.refuse(f"{name} is a whole number; so are the ends of its range", *key)
        return None
    ends = (_level(low, times=times), _level(high, times=times))
    return Factor(name, (name,), ends, (low, high), whole, times, line)


def _together(sheet: Sheet, key: Key, name: str, line: int | None) -> Factor | None:
    """Read a factor that moves several paths: each level has a value for each of them."""
    parts = [str(part) for part in key]
    before = sheet.refused
    sheet.known(TOGETHER, *parts)
    paths, levels = sheet.value(*key, "paths"), sheet.value(*key, "levels")
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
        sheet.refuse(
            'paths is a list of paths, such as ["groups.evening.seats", "staff.counselor.people"]', *key, "paths"
        )
        return None
    named = levels if isinstance(levels, Mapping) else dict(enumerate(levels if isinstance(levels, list) else ()))
    example = f"[{', '.join(['1'] * len(paths))}]"
    said = f"each of the levels has a value for each of the paths, in their order, such as {example}"
    if not named:
        sheet.refuse(f"levels is a list or a table; {said}", *key, "levels")
    for place, values in named.items():
        if not isinstance(values, list) or len(values) != len(paths):
            sheet.refuse(said, *key, "levels", place)
    if sheet.refused > before:
        return None
    found = tuple(
        Level(place if isinstance(place, str) else ", ".join(map(_said, values)), tuple(values))
        for place, values in named.items()
    )
    if repeated := _repeated(found):
        sheet.refuse("levels differ from each other", *key, "levels", found=short(f"{repeated} twice"))
        return None
    return Factor(name, tuple(paths), found, line=line)


def _level(value: object, *, times: bool) -> Level:
    value = {TIMES: value} if times else value
    return Level(_said(value), (value,))


def _said(value: object) -> str:
    """Say a value of a level: text without quotes, a multiple as ``x 0.7``, a long number in six digits."""
    if isinstance(value, Mapping) and set(value) == {TIMES}:
        return f"x {_said(value[TIMES])}"
    if isinstance(value, list):
        return " ".join(map(_said, value)) or "none"
    return value if isinstance(value, str) else f"{value:.6g}" if isinstance(value, float) else written(value)


def _repeated(levels: tuple[Level, ...]) -> str:
    seen: list[tuple[object, ...]] = []
    for level in levels:
        if level.values in seen:
            return level.label
        seen.append(level.values)
    return ""


def _leaf(path: str) -> Leaf | None:
    """Return what a path may hold, a ``*`` being any entry; None for what is no value."""
    node: Node | None = shape()
    for part in key_of(path) or ("",):
        node = node.fields.get(str(part)) if isinstance(node, Table) else getattr(node, "entry", None)
    return node if isinstance(node, Leaf) else None

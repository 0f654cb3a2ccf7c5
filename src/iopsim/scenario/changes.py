"""The one door for changes to a scenario, from the command line and from Python.

A change is laid into the planner's own layer, before the defaults, and validated like everything else.
"""

from __future__ import annotations

import copy
import datetime
import numbers
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from iopsim.errors import Problem
from iopsim.scenario.defaults import defaults
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.merge import template_key
from iopsim.scenario.multiples import TIMES, has_multiples, is_multiple, multiplied
from iopsim.scenario.shape import Collection, Leaf, Node, Table, at, shape
from iopsim.scenario.synonyms import meant, sharing_a_word
from iopsim.scenario.syntax import nests_too_deep
from iopsim.scenario.words import clock_time, nearest, short, written

EACH = "*"
"""In a path, every entry of a table of names: ``referrals.*.months.*``."""

SWITCHED_OFF = {
    "seasons": "referrals.*.months.*=1",
    "season": "referrals.*.months.*=1",
    "seasonality": "referrals.*.months.*=1",
    "growth": "referrals.*.growth_per_year=1",
}
"""What switches off what has no value of its own."""

_EACH = re.compile(r"(^|\.)\s*\*\s*(?=\.|$)")
_MULTIPLE = re.compile(r"(.*[^.\s])\s*\*\s*")  # a * that is no name of its own
_SHORT_TIME = re.compile(r"\d{1,2}:\d\d")
_BARE = re.compile(r"[^\s\"'\[\]{}#,][^\"'\[\]{}#\n]*")


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Parameters
    ----------
    label : str
        ``--set`` and its text, or the place in a file; empty when the change came from Python.
    path : str
        Dotted path, as it was written.
    key : tuple of str
        The path, taken apart.
    value : object
        The new value, as `tomllib` reads one; ``{"times": 0.7}`` multiplies the value that is there.
    """

    label: str
    path: str
    key: Key
    value: object


Changes = Mapping[str, object] | Sequence[str | Change]
"""Dotted path -> value, or texts such as ``groups.evening.seats=15``; a ``*`` is every entry of a table of names."""


Merged = Callable[[], Mapping[str, object]]
"""Returns the planner's layer over the defaults."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The planner's layer with the changes in it.

    Parameters
    ----------
    tree : dict
        The layer.
    origins : mapping of tuple to str
        Label of the change that each changed address comes from.
    problems : tuple of Problem
        Changes that say nothing or name nothing.
    labels : tuple of str
        Labels of all changes, in their order.
    """

    tree: dict[str, object]
    origins: Mapping[Key, str]
    problems: tuple[Problem, ...]
    labels: tuple[str, ...]


def apply(tree: Mapping[str, object], merged: Merged, changes: Changes | None) -> Changed:
    """Lay changes into the planner's layer.

    Parameters
    ----------
    tree : mapping
        The planner's layer; stays as it is.
    merged : callable
        Returns the same over the defaults: what a change may name. Only asked if one names nothing.
    changes : mapping or sequence of str, optional
        A table as value changes the keys that it names, or makes a new entry.

    Returns
    -------
    Changed
        The layer with all changes that could be made; a later change of the same value wins, or multiplies it.
    """
    result: dict[str, object] = copy.deepcopy(dict(tree))
    origins: dict[Key, str] = {}
    problems: list[Problem] = []
    labels = []
    for change in _changes(changes or {}):
        labels.append(change.file if isinstance(change, Problem) else change.label)
        for one in [change] if isinstance(change, Problem) else _spread(change, result):
            problem = one if isinstance(one, Problem) else _unknown(one, result, merged)
            if problem is None:
                assert isinstance(one, Change)
                if has_multiples(one.value):
                    one, refused = _worked_out(one, result)
                    problems += refused
                _lay(shape(), result, (), one.key, one, origins)
            else:
                problems.append(problem)
    return Changed(result, origins, tuple(problems), tuple(labels))


def change_of(label: str, path: str, value: object) -> Change | Problem:
    """Return a change, or what is wrong with how it is written.

    Parameters
    ----------
    label : str
        Where it comes from: a file and a line, say.
    path : str
        Dotted path.
    value : object
        A value as `tomllib` reads one, or as Python has it.

    Returns
    -------
    Change or Problem
    """
    key = key_of(path)
    if not key:
        said = 'a change is named by a path, such as "groups.evening.seats"'
        return Problem(label, None, short(path), short(written(path)), said)
    said = "a value is a number, text, true or false, a date, a time, a list or a table of these"
    if nests_too_deep(value):
        return Problem(label, None, path, "tables nested too deep", said)
    try:
        return Change(label, path, key, _plain(value))
    except TypeError:
        return Problem(label, None, path, short(written(value)), said)


def _worked_out(change: Change, tree: Mapping[str, object]) -> tuple[Change, list[Problem]]:
    """Return a change with the products in place of its multiples, and what could not be multiplied."""
    problems: list[Problem] = []

    def report(key: Key, found: str, said: str) -> None:
        problems.append(Problem(change.label, None, dotted(key), found, said))

    value = multiplied(at(change.key), change.value, change.key, partial(_standing, tree), report)
    return replace(change, value=value), problems


def _standing(tree: Mapping[str, object], key: Key) -> object:
    """Return what stands at an address: what the planner's layer says, or else the default."""
    said = _found(tree, key)
    return _found(defaults(), template_key(key)) if said is None else said


def _found(tree: Mapping[str, object], key: Key) -> object:
    here: object = tree
    for part in key:
        here = here.get(str(part)) if isinstance(here, Mapping) else None
    return here


def _spread(change: Change, tree: Mapping[str, object]) -> list[Change] | list[Problem]:
    """Return a change for each entry that a ``*`` stands for; the change itself if its path has none."""
    if EACH not in change.key:
        return [change]
    keys: list[Key] = [()]
    for part in change.key:
        keys = [(*key, name) for key in keys for name in (_entries(key, tree) if part == EACH else [part])]
    if is_multiple(change.value):  # no limit stays no limit, and what is not there is not there
        keys = [key for key in keys if _standing(tree, key) not in (None, "none")] or keys
    if keys:
        return [replace(change, path=dotted(key), key=key) for key in keys]
    said = "a * stands for every entry of a table of names, such as referrals.*.months.*, and there is none here"
    return [Problem(change.label, None, change.path, short(change.path), said)]


def _entries(key: Key, tree: Mapping[str, object]) -> Sequence[str]:
    """Return the names in a table of names: those that it must have, or that the planner gave it."""
    node, table = at(key), tree
    if not isinstance(node, Collection):
        return () if node else (EACH,)  # a table that is not known is answered as such
    for part in key:
        inner = table.get(str(part))
        table = inner if isinstance(inner, Mapping) else {}
    return node.names or tuple(table)


def _changes(changes: Changes) -> Iterator[Change | Problem]:
    if isinstance(changes, Mapping):
        for path, value in changes.items():
            yield change_of("", str(path), value)
    else:
        for text in [changes] if isinstance(changes, str) else changes:
            yield text if isinstance(text, Change) else _from_text(str(text))


def _from_text(text: str) -> Change | Problem:
    label = f"--set {short(text)}"
    path, equals, value = text.partition("=")
    if times := _MULTIPLE.fullmatch(path):
        path = times[1]
    key = key_of(path)
    if not equals or not key:
        return Problem(label, None, "", short(text), "a change reads PATH=VALUE, such as groups.evening.seats=15")
    try:
        read = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        read = {"value": value.strip()} if _BARE.fullmatch(value.strip()) else {}
    if set(read) != {"value"} or nests_too_deep(read):
        said = 'after the = stands one value, such as 15, true, "wait" or ["Mon", "Tue"]'
        return Problem(label, None, dotted(key), short(value), said)
    if times:
        return Change(label, path.strip(), key, {TIMES: read["value"]})
    return Change(label, path.strip(), key, _time(key, value.strip()) or read["value"])


def _time(key: Key, text: str) -> datetime.time | None:
    """Return a time of day that is typed without its seconds; None for anything else."""
    node = at(key)
    is_time = isinstance(node, Leaf) and node.kind == "time" and _SHORT_TIME.fullmatch(text)
    said = clock_time(text) if is_time else ""
    return datetime.time.fromisoformat(said) if said else None


def key_of(path: str) -> Key:
    """Take a dotted path apart; a ``*`` is a part of its own.

    Parameters
    ----------
    path : str
        Such as ``referrals.*.per_week``.

    Returns
    -------
    tuple of str
        Empty for what is no path.
    """
    try:
        table: object = tomllib.loads(_EACH.sub(rf'\1"{EACH}"', path) + " = 0")
    except (ValueError, RecursionError):
        return ()
    key: Key = ()
    while isinstance(table, dict) and len(table) == 1:
        ((name, table),) = table.items()
        key = (*key, name)
    return key if table == 0 else ()


def _plain(value: object) -> object:
    """Return a value from Python as `tomllib` would read it."""
    match value:
        case bool() | str() | datetime.date():
            return value
        case datetime.time() if value.tzinfo is None:
            return value
        case numbers.Integral():
            return int(value)
        case numbers.Real():
            return float(value)
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    raise TypeError(type(value).__name__)


def _unknown(change: Change, tree: Mapping[str, object], merged: Merged) -> Problem | None:
    """Return what is wrong with a path that names nothing; None for one that may be changed."""
    node: Node | None = shape()
    here: object = tree
    for depth, part in enumerate(change.key):
        here = here.get(str(part)) if isinstance(here, Mapping) else None
        if isinstance(node, Table):
            node = node.fields.get(str(part))
        elif isinstance(node, Collection):
            last = depth == len(change.key) - 1
            is_new = here is None and not node.names and isinstance(node.entry, Table)
            if is_new and not (last and isinstance(change.value, Mapping)):
                return _no_such_entry(change, depth, merged())
            node = node.entry if not node.names or part in node.names else None
        elif isinstance(node, Leaf):
            above = dotted(change.key[:depth])
            said = f"{change.key[depth - 1]} is one value; change {above} itself"
            return Problem(change.label, None, dotted(change.key), short(change.path), said, above)
        if node is None:
            break
    if node is not None:
        return None
    said = "a change names a value of the scenario; `iopsim check FILE --resolved` shows them all"
    paths = sorted(_paths(merged(), ""))
    near = (
        SWITCHED_OFF.get(str(change.key[-1]), "")
        or _only_path(change.key, paths)
        or _nearest_key(change.key)
        or _nearest_path(change.path, paths)
    )
    return Problem(change.label, None, dotted(change.key), short(change.path), said, near)


def _no_such_entry(change: Change, depth: int, merged: Mapping[str, object]) -> Problem:
    table, name = str(change.key[depth - 1]), dotted(change.key[depth : depth + 1])
    entries = merged.get(table)
    names = [dotted((entry,)) for entry in entries] if isinstance(entries, Mapping) else []
    said = f"the {table} are {', '.join(names) or 'none yet'}; "
    said += f"a new one is given whole, as a table: {table}.{name}={{...}}"
    near = _nearest_path(change.path, sorted(_paths(merged, "")))
    return Problem(change.label, None, dotted(change.key), short(change.path), said, near)


def _lay(node: Node | None, table: object, key: Key, rest: Key, change: Change, origins: dict[Key, str]) -> None:
    """Walk down to what a change names; where the file has no table there, it is already refused for that."""
    if not isinstance(table, dict):
        return
    name, rest = str(rest[0]), rest[1:]
    key = (*key, name)
    child = node.fields.get(name) if isinstance(node, Table) else getattr(node, "entry", None)
    if rest:
        _lay(child, table.setdefault(name, {}), key, rest, change, origins)
    else:
        _put(child, table, key, change.value, change.label, origins)


def _put(
    node: Node | None, table: dict[str, object], key: Key, value: object, label: str, origins: dict[Key, str]
) -> None:
    name = str(key[-1])
    if isinstance(node, (Table, Collection)) and isinstance(value, Mapping):
        if name not in table:
            origins[key] = label
        inner = table.setdefault(name, {})
        if isinstance(inner, dict):
            for part, item in value.items():
                child = node.fields.get(part) if isinstance(node, Table) else node.entry
                _put(child, inner, (*key, part), item, label, origins)
            return
    if isinstance(table.get(name), Mapping):  # only below a table may there be others
        for old in [old for old in origins if old[: len(key)] == key]:
            del origins[old]
    table[name] = copy.deepcopy(value)
    origins[key] = label


def _only_path(key: Key, known: Sequence[str]) -> str:
    """Return the path of the only value of a name, where a person wrote the name alone."""
    ends = [path for path in known if path.rpartition(".")[2] == dotted(key)]
    return ends[0] if len(key) == 1 and len(ends) == 1 else ""


def _nearest_key(key: Key) -> str:
    """Return the path that differs only in its last key, which is another word for it or a slip."""
    parent, name = key[:-1], str(key[-1])
    table = at(parent)
    known = tuple(table.fields) if parent and isinstance(table, Table) else ()
    near = meant(parent, name, known) or sharing_a_word(name, known)
    return dotted((*parent, near)) if near else ""


def _nearest_path(path: str, known: Sequence[str]) -> str:
    end = path.rpartition(".")[2]
    same_end = [other for other in known if other.rpartition(".")[2] == end]
    return nearest(path, same_end) or nearest(path, known) or (same_end[0] if len(same_end) == 1 else "")


def _paths(table: Mapping[str, object], prefix: str) -> Iterable[str]:
    for name, value in table.items():
        path = f"{prefix}{name}"
        yield path
        if isinstance(value, Mapping) and "value" not in value:
            yield from _paths(value, f"{path}.")

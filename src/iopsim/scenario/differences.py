"""In what several scenarios differ, told so that a planner sees whether it is what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.merge import is_named
from iopsim.scenario.resolved import Resolved, leaves
from iopsim.scenario.shape import Leaf, at, shape
from iopsim.scenario.words import plain, written

NAMES = ("name", "description")
"""What tells scenarios apart and changes nothing."""

NOT_THERE = "-"
"""What a scenario has where it has nothing."""

SHOWN = 4
"""Settings of an entry that its one line tells."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting, or an entry of a table of names, that is not the same everywhere.

    Parameters
    ----------
    path : str
        Dotted path, such as ``groups.evening.seats``, or ``groups.second`` for an entry that not all have.
    label : str
        What it is, as its description says; of an entry, of what it is one.
    unit : str
        Unit of a number; empty for anything else.
    values : tuple of object
        The value in each scenario; of an entry, its settings by their paths within it. None where it is not there.
    texts : tuple of str
        The same to be read; `NOT_THERE` where it is not there.
    """

    path: str
    label: str
    unit: str
    values: tuple[object, ...]
    texts: tuple[str, ...]

    def __str__(self) -> str:
        unit = f" [{self.unit}]" if self.unit else ""
        return f"{self.path}{unit}: {' | '.join(self.texts)}"


def differences(scenarios: Sequence[Resolved]) -> tuple[Difference, ...]:
    """Return all in which scenarios differ.

    Parameters
    ----------
    scenarios : sequence of Resolved
        At least one.

    Returns
    -------
    tuple of Difference
        In the order of the file; an entry that not all scenarios have is told once, whatever is in it. Names and
        descriptions are left out.
    """
    values = [{key: value for key, _, value in leaves(one.scenario)} for one in scenarios]
    entries = [_entries(one) for one in values]
    known = {key: None for one in values for key in one if key[0] not in NAMES}
    found: dict[Key, Difference] = {}
    for key in sorted(known, key=_Places(values)):
        if key[:2] in found:
            continue
        if is_named(at(key[:1])) and not all(key[:2] in one for one in entries):
            found[key[:2]] = _of_entry(key[:2], values, scenarios)
        elif any(one.get(key) != values[0].get(key) for one in values):
            found[key] = _of_value(key, values)
    return (*found.values(), *_orders(entries))


class _Places:
    """Order of addresses: that of the tables of a file, and within each that of the first scenario that has one."""

    def __init__(self, values: Sequence[Mapping[Key, object]]) -> None:
        self._parts: dict[Key, int] = {(name,): place for place, name in enumerate(shape().fields)}
        for one in values:
            for key in one:
                for end in range(1, len(key) + 1):
                    self._parts.setdefault(key[:end], len(self._parts))

    def __call__(self, key: Key) -> tuple[int, ...]:
        return tuple(self._parts[key[:end]] for end in range(1, len(key) + 1))


def _entries(values: Mapping[Key, object]) -> Mapping[Key, None]:
    """Return the entries of all tables of names, in the order of the file."""
    return {key[:2]: None for key in values if is_named(at(key[:1]))}


def _orders(entries: Sequence[Mapping[Key, None]]) -> Iterator[Difference]:
    """Return tables that have the same entries everywhere, in another order: phases are gone through in theirs."""
    for table in dict.fromkeys(key[:1] for one in entries for key in one):
        own = tuple(tuple(str(key[1]) for key in one if key[:1] == table) for one in entries)
        if len(set(own)) > 1 and all(set(names) == set(own[0]) for names in own):
            label = f"Order of the entries: {getattr(at(table), 'description', '')}"
            yield Difference(dotted(table), label, "", own, tuple(map(said, own)))


def _of_value(key: Key, values: Sequence[Mapping[Key, object]]) -> Difference:
    leaf = at(key)
    assert isinstance(leaf, Leaf)
    label = leaf.description.removesuffix(f" [{leaf.unit}]") or _table_label(key)
    own = tuple(one.get(key) for one in values)
    return Difference(dotted(key), label, leaf.unit, own, tuple(map(said, own)))


def _table_label(key: Key) -> str:
    """Return what a value is that only its table describes: the share of a trait, the weight of a month."""
    return getattr(at(key[:-1]), "description", "")


def _of_entry(key: Key, values: Sequence[Mapping[Key, object]], scenarios: Sequence[Resolved]) -> Difference:
    own = tuple(_entry(key, one) for one in values)
    texts = tuple(
        NOT_THERE if entry is None else _summary(key, entry, scenario)
        for entry, scenario in zip(own, scenarios, strict=True)
    )
    return Difference(dotted(key), getattr(at(key[:1]), "description", ""), "", own, texts)


def _entry(key: Key, values: Mapping[Key, object]) -> Mapping[str, object] | None:
    return {dotted(inner[2:]): value for inner, value in values.items() if inner[:2] == key} or None


def _summary(key: Key, entry: Mapping[str, object], scenario: Resolved) -> str:
    """Return an entry on one line: what is no default, as far as a line has room."""
    own = {path: value for path, value in entry.items() if scenario.origins[f"{dotted(key)}.{path}"].layer != "default"}
    parts = [f"{path} {said(value)}" for path, value in own.items()]
    more = f" and {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
    return (", ".join(parts[:SHOWN]) or "all defaults") + more


def said(value: object) -> str:
    """Return a value to be read: lists without brackets, text without quotes.

    Parameters
    ----------
    value : object
        Of a scenario; None for one that is not there.
    """
    match value:
        case None:
            return NOT_THERE
        case str():
            return value or '""'
        case list() | tuple():
            return " ".join(map(said, value)) or "none"
        case float():
            return plain(value)
        case Mapping():
            return " to ".join(map(said, value.values()))
    return written(value)

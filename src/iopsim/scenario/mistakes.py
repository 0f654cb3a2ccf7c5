"""What the models refused, told in words: what was found, what is allowed, the nearest known name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from pydantic import ValidationError

from iopsim.errors import Problem
from iopsim.scenario.given import Given
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.merge import TEMPLATE, is_named
from iopsim.scenario.shape import Collection, Either, Leaf, Node, Table, at, shape
from iopsim.scenario.states import state
from iopsim.scenario.synonyms import meant, sharing_a_word
from iopsim.scenario.words import NAME, allowed, clock_time, nearest, short, written

Finding = tuple[Key, Problem | None]
"""An address without a usable value, and what to say of it; None when it follows from another mistake."""

MOST_HOMES = 2
"""Most tables that are named to a person whose key stands in a table that has none of that name."""


def mistakes(error: ValidationError, given: Given, holes: Set[Key]) -> Iterator[Finding]:
    """Tell what is wrong with single values, tables and names.

    Parameters
    ----------
    error : ValidationError
        What the models refused.
    given : Given
        What the person gave.
    holes : set of tuple
        Addresses already reported.

    Yields
    ------
    tuple
        Address and Problem, each address once.
    """
    seen, lists = set(holes), set[Key]()
    missing: list[Key] = []
    for detail in error.errors(include_url=False, include_context=False):
        key, node, kind = _address(detail["loc"], detail["type"])
        if key in lists or _is_inside(key, seen):
            continue
        if kind == "missing":
            missing.append(key)
        elif kind == "unknown":
            seen.add(key)
            meant, problem = _unknown(key, node, given)
            yield key, problem
            if meant and given.value(meant) is None:
                seen.add(meant)
                yield meant, None
        elif not (isinstance(node, Either) and isinstance(given.value(key), Mapping)):
            # A span of dates is refused for not being a date; what is wrong inside it is told by itself.
            seen.add(key)
            lists |= {key[:-1]} if isinstance(key[-1], int) else set()
            yield key, _wrong(key, node, given)
    for key in missing:
        if not _is_inside(key, seen):
            yield key, _missing(key, given)


def _is_inside(key: Key, seen: Set[Key]) -> bool:
    """Whether an address, or a table around it, is already reported."""
    return any(key[:end] in seen for end in range(1, len(key) + 1))


def _address(loc: tuple[int | str, ...], kind: str) -> tuple[Key, Node, str]:
    """Follow where validation stopped through the shape, leaving out what is no part of a file."""
    node: Node = shape()
    key: Key = ()
    parts = iter(loc)
    for part in parts:
        if part == "[key]" and kind != "extra_forbidden" and not isinstance(node, Collection):
            return key, at(key[:-1]) or node, "unknown"  # not the value but its name is refused
        child: Node | None
        match node:
            case Table():
                child = node.fields.get(str(part))
            case Collection():
                child = node.entry
            case Either():  # this part says which of the two was tried
                part = next(parts, -1)
                if part == -1:
                    break
                child = node.table.fields.get(str(part))
            case Leaf(item=item) if item is not None and isinstance(part, int):
                child = item
            case _:
                break
        key = (*key, part)
        if child is None:
            return key, node, "unknown"
        node = child
    return key, node, "missing" if kind == "missing" else "wrong"


def _wrong(key: Key, node: Node, given: Given) -> Problem:
    value = given.value(key)
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    name = str(key[-1]) if isinstance(key[-1], str) else f"each of {key[-2]}"
    said = allowed(dotted(key) if isinstance(node, (Table, Collection)) else name, node, value)
    if isinstance(node, Table) and is_named(at(key[:-1])) and name in node.fields:
        said = f"{name} stands under a header with a name of its own, such as [{dotted(key[:-1])}.NAME]"
    if isinstance(value, list) and value and isinstance(value[0], Mapping) and not isinstance(node, Leaf):
        said = f"a header has single brackets: [{dotted(key)}]"
    return given.problem(said, key, hint=_likely(node, key, value))


def _likely(node: Node, key: Key, value: object) -> str:
    """Return what a text that may not stand somewhere was most likely meant to be; empty when nobody knows."""
    if not isinstance(value, str) or not isinstance(node, Leaf):
        return ""
    if node.kind == "time":
        return clock_time(value)
    if key == ("state",):
        return state(value).removeprefix("US-")
    return state(value) if key == ("calendar", "holidays") else nearest(value, node.choices)


def _unknown(key: Key, node: Node, given: Given) -> tuple[Key, Problem]:
    """Say what is known where an unknown name stands, and return the address that was probably meant."""
    name, parent = str(key[-1]), key[:-1]
    table = node.table if isinstance(node, Either) else node
    known = tuple(table.fields) if isinstance(table, Table) else getattr(table, "names", ())
    found = short(dotted((name,)))
    if not known:
        if name == TEMPLATE:
            said = f"only the packaged defaults have this; write the setting in each [{dotted(parent)}.NAME]"
        else:
            said = f"a name has {NAME}"
        return (), given.problem(said, key, found=found)
    where = f"[{dotted(parent)}]" if parent else "the top of a file"
    said = f"{'a span of dates' if isinstance(node, Either) else where} may have {', '.join(known)}"
    near = meant(parent, name, known)
    elsewhere = [] if near else list(_homes(name, shape(), ""))
    if 1 <= len(elsewhere) <= MOST_HOMES:
        said = f"{name} belongs {', or '.join(elsewhere)}; {said}"
    elif not near:
        near = sharing_a_word(name, known)
    return (*parent, near) if near else (), given.problem(said, key, found=found, hint=near)


def _homes(name: str, node: Node, path: str) -> Iterator[str]:
    """Say every table that has a key of this name."""
    if isinstance(node, Collection):
        if not node.names:
            yield from _homes(name, node.entry, f"{path}.NAME")
    elif isinstance(node, Table):
        if name in node.fields:
            yield f"in [{path}]" if path else "at the top of the file, above the first header"
        for part, child in node.fields.items():
            yield from _homes(name, child, f"{path}.{part}" if path else part)


def _missing(key: Key, given: Given) -> Problem:
    node = at(key)
    name = str(key[-1])
    said = f"{name} is needed"
    example: Any = node.example if isinstance(node, Leaf) else None
    if isinstance(node, Leaf) and (example is not None or node.kind == "date"):
        said += f", such as {name} = {(example or '2027-12-24') if node.kind == 'date' else written(example)}"
    return given.problem(said, key, found="nothing")

"""Where in a TOML text each key stands, so that every message can name a line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Key = tuple[str | int, ...]
"""Address of a value: table names, key, and for an element of a list its index."""

_LANGUAGE = Language(tree_sitter_toml.language())
_KEYS = ("bare_key", "quoted_key", "dotted_key")


class Place(NamedTuple):
    """Where a value stands and how it is written.

    Parameters
    ----------
    line : int
        Counted from 1.
    text : str
        The value as written; empty for a table with a header of its own.
    """

    line: int
    text: str


def dotted(key: Key) -> str:
    """Write an address as a dotted path; indices of list elements are left out.

    Parameters
    ----------
    key : tuple of str or int
        The address.

    Returns
    -------
    str
        For example ``groups.evening.seats``; a name that needs quotes gets them.
    """
    return ".".join(_written(part) for part in key if isinstance(part, str))


def places(text: str) -> Mapping[Key, Place]:
    """Map the address of every table, key and list element to its place in a valid TOML text.

    Parameters
    ----------
    text : str
        A text that `tomllib` accepts.

    Returns
    -------
    mapping of tuple to Place
        A table that only dotted keys or deeper headers imply stands where it is first implied.
    """
    found: dict[Key, Place] = {}
    counts: dict[Key, int] = {}
    root = Parser(_LANGUAGE).parse((text + "\n").encode("utf-8", "replace")).root_node
    for child in root.children:
        if child.type == "pair":
            _note(found, (), child)
        elif child.type in ("table", "table_array_element"):
            _note_table(found, counts, child)
    return found


def _note_table(found: dict[Key, Place], counts: dict[Key, int], node: Node) -> None:
    header = next((child for child in node.children if child.type in _KEYS), None)
    if header is None:
        return
    names = tuple(_names(header))
    prefix: Key = ()
    for depth, name in enumerate(names):
        prefix = (*prefix, name)
        found.setdefault(prefix, Place(_line(header), ""))
        last = depth == len(names) - 1
        if last and node.type == "table_array_element":
            counts[prefix] = counts.get(prefix, -1) + 1
        if prefix in counts:
            prefix = (*prefix, counts[prefix])
    found[prefix] = Place(_line(header), "")
    for child in node.children:
        if child.type == "pair":
            _note(found, prefix, child)


def _note(found: dict[Key, Place], prefix: Key, pair: Node) -> None:
    parts = [child for child in pair.children if child.is_named and child.type != "comment"]
    if len(parts) < 2 or parts[0].type not in _KEYS:
        return
    address: Key = prefix
    for name in _names(parts[0]):
        address = (*address, name)
        found.setdefault(address, Place(_line(parts[0]), ""))
    _note_value(found, address, parts[-1], _line(parts[0]))


def _note_value(found: dict[Key, Place], address: Key, value: Node, line: int) -> None:
    found[address] = Place(line, _text(value))
    if value.type == "inline_table":
        for child in value.children:
            if child.type == "pair":
                _note(found, address, child)
    elif value.type == "array":
        elements = (child for child in value.children if child.is_named and child.type != "comment")
        for index, child in enumerate(elements):
            _note_value(found, (*address, index), child, _line(child))


def _names(key: Node) -> Iterator[str]:
    if key.type == "dotted_key":
        for child in key.children:
            if child.is_named:
                yield from _names(child)
    elif key.type == "quoted_key":
        yield next(iter(tomllib.loads(f"{_text(key)} = 0")))
    else:
        yield _text(key)


def _written(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    if bare:
        return name
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in json.dumps(name, ensure_ascii=False))


def _line(node: Node) -> int:
    return node.start_point[0] + 1


def _text(node: Node) -> str:
    return (node.text or b"").decode()

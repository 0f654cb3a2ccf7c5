"""The shape of a scenario file: which tables and keys there are, and what each may hold.

Read once from the models, so that messages, the merge, changes and the published schema all say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario

Kind = Literal["number", "whole", "limit", "switch", "choice", "text", "date", "time", "list"]
NUMBERS: tuple[Kind, ...] = ("number", "whole", "limit")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: a number with unit and bounds, a text, a date, a list ..."""

    kind: Kind
    description: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    shortest: int = 0
    longest: int | None = None
    item: Node | None = None
    earliest: str = ""
    latest: str = ""
    example: object = None
    planned: bool = False
    """Of a number: whether the plan sets it, or the planner knows it; else it is what nobody knows beforehand."""

    @property
    def numeric(self) -> bool:
        """Whether the value is a number and may carry evidence."""
        return self.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Table:
    """A table with keys of its own."""

    fields: Mapping[str, Node]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A table keyed by name: names of the user's choice, or fixed ones such as the months."""

    entry: Node
    names: tuple[str, ...] = ()
    pattern: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Either:
    """A date, or a table with a first and a last date."""

    value: Leaf
    table: Table


Node = Leaf | Table | Collection | Either


@cache
def shape() -> Table:
    """Return the shape of a whole scenario file."""
    schema = Scenario.model_json_schema()
    node = _read(schema, schema["$defs"])
    assert isinstance(node, Table)
    return node


def at(key: Key) -> Node | None:
    """Return what may stand at an address.

    Parameters
    ----------
    key : tuple of str or int
        The address.

    Returns
    -------
    Leaf, Table, Collection, Either or None
        None when nothing may stand there.
    """
    node: Node | None = shape()
    for part in key:
        match node:
            case Table():
                node = node.fields.get(str(part))
            case Collection():
                node = node.entry if not node.names or part in node.names else None
            case Leaf(kind="list"):
                node = node.item if isinstance(part, int) else None
            case Either():
                node = node.table.fields.get(str(part))
            case _:
                return None
    return node


def _read(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Node:
    if "$ref" in schema:
        target = defs[schema["$ref"].rsplit("/", 1)[-1]]
        return _read({**target, **{key: value for key, value in schema.items() if key != "$ref"}}, defs)
    description = schema.get("description", "")
    if "properties" in schema:
        return Table({key: _read(child, defs) for key, child in schema["properties"].items()}, description)
    if "anyOf" in schema:
        return _read_union(schema, defs)
    if schema.get("type") == "object":
        patterns = schema.get("patternProperties", {})
        pattern, entry = next(iter(patterns.items()), ("", schema.get("additionalProperties", {})))
        names = tuple(schema.get("propertyNames", {}).get("enum", ()))
        return Collection(_read(entry, defs), names, pattern, description)
    return _read_leaf(schema, defs)


def _read_union(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Node:
    nodes = [_read(child, defs) for child in schema["anyOf"]]
    table = next((node for node in nodes if isinstance(node, Table)), None)
    first = nodes[0]
    assert isinstance(first, Leaf)
    if table is not None:
        return Either(first, table)
    return Leaf(
        "limit",
        schema.get("description", ""),
        schema.get("unit", ""),
        first.low,
        first.high,
        choices=("none",),
        example=_example(schema),
        planned=schema.get("planned", False),
    )


def _read_leaf(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Leaf:
    kind = _kind(schema)
    return Leaf(
        kind,
        schema.get("description", ""),
        schema.get("unit", ""),
        schema.get("minimum"),
        schema.get("maximum"),
        tuple(schema.get("enum", ())),
        schema.get("pattern", ""),
        schema.get("minItems" if kind == "list" else "minLength", 0),
        schema.get("maxItems" if kind == "list" else "maxLength"),
        _read(schema["items"], defs) if kind == "list" else None,
        schema.get("formatMinimum", ""),
        schema.get("formatMaximum", ""),
        _example(schema),
        schema.get("planned", False),
    )


def _kind(schema: Mapping[str, Any]) -> Kind:
    if "enum" in schema:
        return "choice"
    if schema.get("format") == "date":
        return "date"
    if schema.get("format") == "time":
        return "time"
    kinds: dict[str, Kind] = {"integer": "whole", "number": "number", "boolean": "switch", "array": "list"}
    return kinds.get(schema.get("type", ""), "text")


def _example(schema: Mapping[str, Any]) -> object:
    examples = schema.get("examples", [])
    return examples[0] if examples else None

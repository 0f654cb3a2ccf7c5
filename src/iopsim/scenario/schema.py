"""The JSON Schema of a scenario file as a person writes it, so that an editor completes and checks it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from iopsim.evidence import GRADES
from iopsim.scenario.defaults import defaults
from iopsim.scenario.merge import TEMPLATE, is_named
from iopsim.scenario.shape import Collection, Either, Leaf, Node, Table, shape
from iopsim.scenario.words import plain

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PUBLISHED = "schema/scenario.schema.json"
"""Where the repository keeps it."""

Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the JSON Schema, draft 2020-12, of a scenario file.

    Returns
    -------
    dict
        Only what has no default is required; a number may be bare or carry its evidence; dates and times are
        strings, which is how editors of TOML see them.
    """
    body = _table(shape(), defaults())
    return {
        "$schema": DIALECT,
        "title": "iopsim scenario",
        "description": "An intensive outpatient program, described before it opens.",
        **{key: value for key, value in body.items() if key != "description"},
        "$defs": {_evidence_name(leaf): _evidence(leaf) for leaf in _numbers(shape())},
    }


def schema_text() -> str:
    """Return the JSON Schema as the text that is published.

    Returns
    -------
    str
        Indented JSON, ending in a line feed.
    """
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _schema(node: Node, default: object) -> Schema:
    match node:
        case Table():
            return _table(node, default if isinstance(default, Mapping) else {})
        case Collection():
            return _collection(node, default if isinstance(default, Mapping) else {})
        case Either():
            return {"anyOf": [_schema(node.value, None), _schema(node.table, None)]}
    schema = _number(node) if node.numeric else _plain(node)
    if isinstance(default, Mapping):
        default = default["value"]
    if default is not None:
        schema["default"] = default.isoformat() if isinstance(default, datetime.date | datetime.time) else default
    return schema


def _table(table: Table, default: Mapping[str, object]) -> Schema:
    required = [name for name, node in table.fields.items() if _is_needed(name, node, default)]
    schema: Schema = {
        "type": "object",
        "description": table.description.partition("\n")[0],
        "additionalProperties": False,
        "properties": {name: _schema(node, default.get(name)) for name, node in table.fields.items()},
    }
    return {**schema, "required": required} if required else schema


def _is_needed(name: str, node: Node, default: Mapping[str, object]) -> bool:
    if is_named(node):
        return name in NEVER_EMPTY
    return name not in default and not isinstance(node, Table)


NEVER_EMPTY = ("referrals", "phases", "groups")
"""Collections that need an entry."""


def _collection(node: Collection, default: Mapping[str, object]) -> Schema:
    schema: Schema = {"type": "object", "description": node.description, "additionalProperties": False}
    if node.names:
        schema["properties"] = {name: _schema(node.entry, default.get(name)) for name in node.names}
    else:
        schema["patternProperties"] = {node.pattern: _schema(node.entry, default.get(TEMPLATE))}
    return schema


def _number(leaf: Leaf) -> Schema:
    choices = [{"const": choice} for choice in leaf.choices]
    evidence = {"$ref": f"#/$defs/{_evidence_name(leaf)}"}
    said = f"{leaf.description}, {'set by the plan' if leaf.planned else 'not known beforehand'}"
    return {"description": said, "anyOf": [_bare_number(leaf), *choices, evidence], **_examples(leaf)}


def _evidence(leaf: Leaf) -> Schema:
    """Return what a number of this kind may look like with its evidence."""
    bare = _bare_number(leaf)
    choices = [{"const": choice} for choice in leaf.choices]
    return {
        "type": "object",
        "description": "A number with its evidence.",
        "additionalProperties": False,
        "required": ["value"],
        "properties": {
            "value": {"anyOf": [bare, *choices]} if choices else bare,
            "low": {**bare, "description": "Lowest plausible value."},
            "high": {**bare, "description": "Highest plausible value."},
            "unit": {"const": leaf.unit},
            "source": {"type": "string", "minLength": 1, "description": "Id of evidence.toml, or a citation."},
            "grade": {"enum": list(GRADES), "description": "How good the evidence is."},
        },
    }


def _evidence_name(leaf: Leaf) -> str:
    unit = leaf.unit.replace("/", "_per_")
    return f"{leaf.kind}_{unit}_{plain(leaf.low)}_to_{plain(leaf.high)}"


def _numbers(node: Node) -> Iterator[Leaf]:
    match node:
        case Leaf():
            yield from [node] if node.numeric else []
        case Table():
            for child in node.fields.values():
                yield from _numbers(child)
        case Collection():
            yield from _numbers(node.entry)


def _bare_number(leaf: Leaf) -> Schema:
    kind = "number" if leaf.kind == "number" else "integer"
    return {"type": kind, "minimum": leaf.low, "maximum": leaf.high}


def _plain(leaf: Leaf) -> Schema:
    schema: Schema = {"description": leaf.description} if leaf.description else {}
    schema |= _examples(leaf)
    match leaf.kind:
        case "switch":
            return {**schema, "type": "boolean"}
        case "choice":
            return {**schema, "enum": list(leaf.choices)}
        case "list":
            assert leaf.item is not None
            schema |= {"type": "array", "items": _schema(leaf.item, None)}
            schema |= {"minItems": leaf.shortest} if leaf.shortest else {}
            names = isinstance(leaf.item, Leaf) and leaf.item.kind in ("choice", "text")
            return {**schema, "uniqueItems": True} if names else schema
        case "date":
            return {**schema, "type": "string", "format": "date"}
        case "time":  # the format "time" would ask for an offset from UTC
            return {**schema, "type": "string", "pattern": r"^\d\d:\d\d:\d\d(\.\d+)?$"}
    bounds = {"minLength": leaf.shortest or None, "maxLength": leaf.longest, "pattern": leaf.pattern or None}
    return {**schema, "type": "string", **{key: value for key, value in bounds.items() if value is not None}}


def _examples(leaf: Leaf) -> Schema:
    return {} if leaf.example is None else {"examples": [leaf.example]}

"""A scenario with holes: what could be read of a file in which something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, get_args, get_origin

from iopsim.scenario.calendar import Closure
from iopsim.scenario.fields import Part
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario

Holes = dict[str | int, Any]
"""By name: None for a value that is wrong or missing as a whole, else the holes inside it."""


def draft(plain: Mapping[str, object], holes: Set[Key]) -> Scenario:
    """Make a scenario out of what is right, so that the rest can be checked all the same.

    Parameters
    ----------
    plain : mapping
        Values without evidence, defaults included.
    holes : set of tuple
        Addresses whose value is wrong or missing.

    Returns
    -------
    Scenario
        Not validated. Reading a field that has no right value raises `AttributeError`.
    """
    scenario = _part(Scenario, plain, _tree(holes))
    assert isinstance(scenario, Scenario)
    return scenario


def _tree(holes: Set[Key]) -> Holes:
    tree: Holes = {}
    for key in sorted(holes, key=len):
        inside: Holes | None = tree
        for part in key[:-1]:
            inside = inside.setdefault(part, {}) if inside is not None else None
        if inside is not None and key:
            inside[key[-1]] = None
    return tree


def _part(model: type[Part], value: object, holes: Holes) -> Part:
    table = value if isinstance(value, Mapping) else {}
    fields = {}
    for name, info in model.model_fields.items():
        inside = holes.get(name, {})
        if inside is not None and (name in table or inside):
            fields[name] = _value(info.annotation, table.get(name), inside)
    return model.model_construct(None, **{name: made for name, made in fields.items() if made is not None})


def _value(annotation: Any, value: object, holes: Holes) -> object:
    """Return a value of the kind that the models hold, or None for one with a hole in it."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return _part(annotation, value, holes)
    if get_origin(annotation) is dict:
        return _entries(get_args(annotation)[1], value if isinstance(value, Mapping) else {}, holes)
    if holes:
        return None
    if isinstance(value, (list, tuple)):
        return tuple(Closure.model_construct(None, **item) if isinstance(item, dict) else item for item in value)
    return value


def _entries(entry: Any, table: Mapping[str, object], holes: Holes) -> object:
    if not (isinstance(entry, type) and issubclass(entry, Part)):
        return None if holes else dict(table)
    names = dict.fromkeys([*table, *holes])
    return {name: _part(entry, *_inside(name, table, holes)) for name in names}


def _inside(name: Any, table: Mapping[str, object], holes: Holes) -> tuple[object, Holes]:
    inside = holes.get(name, {})
    return (None, {}) if inside is None else (table.get(name), inside)

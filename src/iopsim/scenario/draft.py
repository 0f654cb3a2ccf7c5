"""A scenario with holes: what could be read of a file in which something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, get_args, get_origin

from iopsim.scenario.fields import Part
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario


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
    made = _part(Scenario, plain, (), holes)
    assert isinstance(made, Scenario)
    return made


def _part(model: type[Part], table: Mapping[str, object], key: Key, holes: Set[Key]) -> Part:
    fields = {}
    for name, info in model.model_fields.items():
        inner = (*key, name)
        if inner not in holes and (name in table or _below(inner, holes)):
            fields[name] = _value(info.annotation, table.get(name), inner, holes)
    return model.model_construct(None, **{name: value for name, value in fields.items() if value is not None})


def _value(annotation: Any, value: object, key: Key, holes: Set[Key]) -> object:
    """Return a value of the kind that the models hold, or None for one that is wrong."""
    if key in holes:
        return None
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return _part(annotation, value if isinstance(value, Mapping) else {}, key, holes)
    if get_origin(annotation) is dict:
        if not isinstance(value, Mapping):
            value = {}
        entry = get_args(annotation)[1]
        entry = getattr(entry, "__origin__", entry)
        names = [*value, *(hole[len(key)] for hole in _below(key, holes) if hole[len(key)] not in value)]
        return _entries(entry, names, value, key, holes)
    if isinstance(value, (list, tuple)):
        return None if _below(key, holes) else tuple(_item(item) for item in value)
    return value


def _entries(entry: Any, names: list[Any], table: Mapping[str, object], key: Key, holes: Set[Key]) -> object:
    if isinstance(entry, type) and issubclass(entry, Part):
        return {name: _part_or_hole(entry, table.get(name), (*key, name), holes) for name in names}
    if _below(key, holes):
        return None
    return dict(table)


def _part_or_hole(model: type[Part], value: object, key: Key, holes: Set[Key]) -> Part:
    table = value if isinstance(value, Mapping) and key not in holes else {}
    return _part(model, table, key, holes)


def _below(key: Key, holes: Set[Key]) -> list[Key]:
    return [hole for hole in holes if len(hole) > len(key) and hole[: len(key)] == key]


def _item(item: object) -> object:
    from iopsim.scenario.calendar import Closure

    return Closure.model_construct(None, **item) if isinstance(item, dict) else item

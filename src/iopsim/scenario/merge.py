"""The planner's file laid over the packaged defaults.

Settings are inherited key by key. A named collection (referrals, traits, phases, groups, staff) is never
inherited: only what the planner names exists, and each entry inherits the template ``"*"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from iopsim.scenario.lines import Key
from iopsim.scenario.shape import Collection, Node, Table, at

TEMPLATE = "*"
"""Name of a collection's template in ``defaults.toml``."""


def merge(node: Node, given: object, default: object) -> object:
    """Lay what was given over its default.

    Parameters
    ----------
    node : Table, Collection, Leaf or Either
        What may stand here.
    given : object
        What the planner wrote, as `tomllib` reads it; None when silent.
    default : object
        What stands here otherwise; None when nothing does.

    Returns
    -------
    object
        A new tree; what the shape does not know is kept for validation to refuse. None when both are silent.
    """
    if given is not None and not isinstance(given, Mapping):
        return given
    if is_named(node):
        template = default.get(TEMPLATE) if isinstance(default, Mapping) else None
        return {name: merge(node.entry, entry, template) for name, entry in (given or {}).items()}
    if isinstance(node, (Table, Collection)):
        given = given or {}
        default = default if isinstance(default, Mapping) else {}
        names = [*node.fields, *given] if isinstance(node, Table) else [*default, *given]
        merged = {name: _child(node, name, given, default) for name in names}
        return {name: value for name, value in merged.items() if value is not None}
    return default if given is None else given


def template_key(key: Key) -> Key:
    """Return the address in the defaults that an address of a scenario inherits from.

    Parameters
    ----------
    key : tuple of str or int
        Address in a scenario, such as ``groups.evening.hours``.

    Returns
    -------
    tuple of str or int
        Address in ``defaults.toml``, such as ``groups.*.hours``.
    """
    named = len(key) > 1 and is_named(at(key[:1]))
    return (key[0], TEMPLATE, *key[2:]) if named else key


def is_named(node: Node | None) -> TypeGuard[Collection]:
    """Tell whether a table is a named collection, whose entries the planner names.

    Parameters
    ----------
    node : Table, Collection, Leaf, Either or None
        What may stand somewhere.

    Returns
    -------
    bool
        True for referrals, traits, phases, groups and staff.
    """
    return isinstance(node, Collection) and isinstance(node.entry, Table) and not node.names


def _child(node: Table | Collection, name: str, given: Mapping[str, object], default: Mapping[str, object]) -> object:
    child = node.fields.get(name) if isinstance(node, Table) else node.entry
    if child is None:
        return given.get(name)
    return merge(child, given.get(name), default.get(name))

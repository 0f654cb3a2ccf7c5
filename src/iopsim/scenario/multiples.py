"""Changes that multiply: each value becomes its own value times a factor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import TypeGuard

from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.shape import Collection, Leaf, Node, Table
from iopsim.scenario.words import short, written

TIMES = "times"
"""The only key of a table that means a multiple: ``{ times = 0.7 }``."""

MOST = 1_000_000
"""Largest factor."""

Look = Callable[[Key], object]
"""Returns what stands at an address so far, the defaults included; None for nothing."""

Report = Callable[[Key, str, str], None]
"""Called for what cannot be multiplied: address, what was found, what is allowed."""


def is_multiple(value: object) -> TypeGuard[Mapping[str, object]]:
    """Tell whether a value of a change is a multiple of what stands there.

    Parameters
    ----------
    value : object
        As `tomllib` reads it.
    """
    return isinstance(value, Mapping) and set(value) == {TIMES} and not isinstance(value[TIMES], Mapping)


def has_multiples(value: object) -> bool:
    """Tell whether a value is a multiple, or a table with one somewhere below."""
    return is_multiple(value) or (isinstance(value, Mapping) and any(has_multiples(item) for item in value.values()))


def multiplied(node: Node | None, value: object, key: Key, look: Look, report: Report) -> object:
    """Return the value of a change with every multiple in it worked out.

    Parameters
    ----------
    node : Table, Collection, Leaf, Either or None
        What may stand there.
    value : object
        What the change says.
    key : tuple of str or int
        The address.
    look : callable
        Returns what stands at an address.
    report : callable
        Called for each multiple that cannot be worked out; what stands there then stays.

    Returns
    -------
    object
        A whole number stays whole: it is rounded, a half upwards. A range of evidence is multiplied too, and cut where
        the field's own bounds are; its source and grade are left out, as they tell of another value.
    """
    if not isinstance(value, Mapping):
        return value
    if is_multiple(value):
        return _product(node, value[TIMES], look(key), key, report)
    return {name: multiplied(_child(node, name), item, (*key, name), look, report) for name, item in value.items()}


def _child(node: Node | None, name: str) -> Node | None:
    return node.fields.get(name) if isinstance(node, Table) else getattr(node, "entry", None)


def _product(node: Node | None, times: object, here: object, key: Key, report: Report) -> object:
    number = here.get("value") if isinstance(here, Mapping) and isinstance(node, Leaf) else here
    factor = isinstance(times, (int, float)) and not isinstance(times, bool) and 0 <= times <= MOST
    if not isinstance(node, Leaf) or not node.numeric:
        has_numbers = isinstance(node, Collection) and isinstance(node.entry, Leaf)
        example = f"; {dotted(key)}.* is every entry" if has_numbers else ""
        found = f"{short(dotted(key))}, not a number" if isinstance(node, Leaf) else "a table"
        report(key, found, f"only a number can be multiplied{example}")
    elif not factor:
        report(key, short(written(times)), f"a value is multiplied by a number between 0 and {MOST:,}, such as 0.7")
    elif not _is_number(number):
        report(key, short(written(number)), f"there is no number to multiply; give {key[-1]} a value of its own")
    else:
        assert isinstance(times, (int, float))
        assert isinstance(number, (int, float))
        product = _rounded(node, number, times)
        ends = {name: here[name] for name in ("low", "high") if name in here} if isinstance(here, Mapping) else {}
        return {"value": product, **_range(node, ends, times, product)} if ends else product
    return here


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and (isinstance(value, int) or isfinite(value))
    )


def _range(leaf: Leaf, ends: Mapping[str, object], times: float, product: float) -> dict[str, float]:
    """Return a range times a factor, within the bounds of the field; nothing for one that is refused anyway."""
    cut = {}
    for name, end in ends.items():
        if isinstance(end, (int, float)) and leaf.low is not None and leaf.high is not None:
            inside = min(max(_rounded(leaf, end, times), _same(leaf, leaf.low)), _same(leaf, leaf.high))
            cut[name] = min(inside, product) if name == "low" else max(inside, product)
    return cut if leaf.low is not None and leaf.high is not None and leaf.low <= product <= leaf.high else {}


def _rounded(leaf: Leaf, number: float, times: float) -> float:
    product = Decimal(repr(number)) * Decimal(repr(times))  # as a person multiplies: 0.75 x 0.7 is 0.525
    return float(product) if leaf.kind == "number" else int(product.to_integral_value(ROUND_HALF_UP))


def _same(leaf: Leaf, bound: float) -> float:
    return bound if leaf.kind == "number" else int(bound)

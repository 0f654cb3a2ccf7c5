"""Numbers with their evidence: ``{ value, low, high, unit, source, grade }`` in place of a bare number.

The models see plain values; what stands behind a value is kept beside them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from iopsim.errors import Problem
from iopsim.evidence import GRADES, UNVERIFIED, sources
from iopsim.scenario.given import Given
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.shape import Collection, Leaf, Node, Table, shape
from iopsim.scenario.words import bounds, nearest, plain, short, written

KEYS = ("value", "low", "high", "unit", "source", "grade")
"""What an evidence table may hold; only the value is needed."""

_ID = re.compile(r"[A-Za-z]\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind a number.

    Parameters
    ----------
    low, high : float or None
        Range of plausible values, in `unit`.
    unit : str
        Unit of the field.
    source : str
        Id of ``evidence.toml``, or a citation in words; empty when none was given.
    grade : str
        ``primary``, ``secondary``, ``derived`` or ``assumed``; empty when none was given.
    """

    low: float | None = None
    high: float | None = None
    unit: str = ""
    source: str = ""
    grade: str = ""


@dataclass(slots=True)
class Split:
    """A merged tree, taken apart into plain values and their evidence."""

    given: Given
    plain: dict[str, object] = field(default_factory=dict)
    evidence: dict[Key, Evidence] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    holes: set[Key] = field(default_factory=set)


def split(merged: Mapping[str, object], given: Given) -> Split:
    """Take the evidence off every number.

    Parameters
    ----------
    merged : mapping
        The planner's layer over the defaults.
    given : Given
        The planner's layer, in which evidence is checked.

    Returns
    -------
    Split
        Plain values, evidence by address, what is wrong with it, and addresses left without a value.
    """
    result = Split(given)
    for name, value in merged.items():
        node = shape().fields.get(name)
        result.plain[name] = _plain(node, value, (name,), result)
    return result


def _plain(node: Node | None, value: object, key: Key, result: Split) -> object:
    if not isinstance(value, Mapping):
        return value
    if isinstance(node, Leaf) and node.numeric:
        return _value(node, value, key, result)
    if isinstance(node, Table):
        return {name: _plain(node.fields.get(name), item, (*key, name), result) for name, item in value.items()}
    if isinstance(node, Collection):
        return {name: _plain(node.entry, item, (*key, name), result) for name, item in value.items()}
    return value


def _value(leaf: Leaf, table: Mapping[str, object], key: Key, result: Split) -> object:
    if result.given.value(key) is not None:
        result.problems += _problems(leaf, table, key, result.given)
    if "value" not in table:
        result.holes.add(key)
        return None
    low, high = table.get("low"), table.get("high")
    result.evidence[key] = Evidence(
        low if isinstance(low, (int, float)) else None,
        high if isinstance(high, (int, float)) else None,
        leaf.unit,
        str(table.get("source", "")),
        str(table.get("grade", "")),
    )
    return table["value"]


def _problems(leaf: Leaf, table: Mapping[str, object], key: Key, given: Given) -> Iterator[Problem]:
    for name in table:
        if name not in KEYS:
            said = "a number with evidence may have " + ", ".join(KEYS)
            yield given.problem(said, (*key, name), found=short(dotted((name,))), hint=nearest(name, KEYS))
    if "value" not in table:
        example = leaf.low if leaf.example is None else leaf.example
        said = f"{key[-1]} needs a value, such as {{ value = {written(example)} }}"
        yield given.problem(said, key, found="a table without value")
    yield from _range_problems(leaf, table, key, given)
    if "unit" in table and table["unit"] != leaf.unit:
        yield given.problem(f'the unit of {key[-1]} is "{leaf.unit}"', (*key, "unit"))
    yield from _source_problems(table, key, given)


def _range_problems(leaf: Leaf, table: Mapping[str, object], key: Key, given: Given) -> Iterator[Problem]:
    value = table.get("value")
    for name in ("low", "high"):
        if name not in table:
            continue
        end = table[name]
        if not _fits(leaf, end):
            whole = "a number" if leaf.kind == "number" else "a whole number"
            yield given.problem(f"{name} of {key[-1]} must be {whole} {bounds(leaf)}", (*key, name))
        elif not isinstance(value, (int, float)):
            if value == "none":
                yield given.problem(f'{name} of {key[-1]} needs a number as value, not "none"', (*key, name))
        elif _fits(leaf, value) and (end > value if name == "low" else end < value):  # type: ignore[operator]
            side = "at most" if name == "low" else "at least"
            yield given.problem(f"{name} of {key[-1]} must be {side} its value, {plain(value)}", (*key, name))


def _source_problems(table: Mapping[str, object], key: Key, given: Given) -> Iterator[Problem]:
    grade, source = table.get("grade"), table.get("source")
    if "grade" in table and grade not in GRADES:
        said = "grade must be one of " + ", ".join(f'"{known}"' for known in GRADES)
        yield given.problem(said, (*key, "grade"), hint=nearest(grade, GRADES) if isinstance(grade, str) else "")
    if "source" not in table:
        return
    if not isinstance(source, str) or not source.strip():
        said = 'source must be text in double quotes: an id such as "E4.4", or a citation'
        yield given.problem(said, (*key, "source"))
    elif source in sources():
        if sources()[source].conf in UNVERIFIED and (grade is None or grade in GRADES[:-1]):
            said = f'grade must be "assumed", for the source "{source}" is not a verified one'
            where, found = ((*key, "source"), "no grade") if grade is None else ((*key, "grade"), "")
            yield given.problem(said, where, found=found, path=(*key, "grade"))
    elif _ID.fullmatch(source) or (" " not in source and _almost(source)):
        said = 'source must be an id of the packaged evidence, such as "E4.4", or a citation in words'
        yield given.problem(said, (*key, "source"), hint=nearest(source, sources()))


def _fits(leaf: Leaf, number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, (int, float)) or leaf.low is None or leaf.high is None:
        return False
    if isinstance(number, float) and (leaf.kind != "number" or not math.isfinite(number)):
        return False
    return leaf.low <= number <= leaf.high


def _almost(source: str) -> bool:
    return nearest(source, (known for known in sources() if len(known) > 5)) != ""

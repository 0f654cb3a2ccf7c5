"""A scenario with where each of its values comes from, and the file that says the same on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.model import Scenario
from iopsim.scenario.shape import Collection, Leaf, Node, Table, shape
from iopsim.scenario.words import written

Layer = Literal["file", "default", "change"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from, and what stands behind it.

    Parameters
    ----------
    layer : {"file", "default", "change"}
        The planner's file, the packaged defaults, or a change.
    where : str
        Name of the file, ``defaults.toml``, or the ``--set`` text; empty for a change from Python.
    line : int or None
        Line in that file, counted from 1.
    template : bool
        Whether the value is a default that every entry of its collection inherits.
    low, high : float or None
        Range of plausible values, in `unit`, when given as evidence.
    unit : str
        Unit of the number; empty for what is not a number.
    source : str
        Id of ``evidence.toml``, or a citation; empty when none was given.
    grade : str
        ``primary``, ``secondary``, ``derived`` or ``assumed``; empty when none was given.
    """

    layer: Layer
    where: str
    line: int | None = None
    template: bool = False
    low: float | None = None
    high: float | None = None
    unit: str = ""
    source: str = ""
    grade: str = ""

    def __str__(self) -> str:
        if self.layer == "change":
            return self.where or "changed in Python"
        where = " ".join(self.where.split())
        place = where if self.line is None else f"{where}:{self.line}"
        return place + (" (every entry)" if self.template else "")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A scenario and its provenance.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    origins : mapping of str to Origin
        For the dotted path of every value, such as ``groups.evening.seats``.
    text : str
        The planner's file.
    name : str
        Its name.
    """

    scenario: Scenario
    origins: Mapping[str, Origin]
    text: str
    name: str


def leaves(scenario: Scenario) -> Iterator[tuple[Key, Leaf, object]]:
    """List every value of a scenario.

    Parameters
    ----------
    scenario : Scenario
        A scenario.

    Yields
    ------
    tuple
        Address, shape and value, in the order of the file.
    """
    yield from _leaves(shape(), scenario.model_dump(), ())


def resolved_toml(resolved: Resolved) -> str:
    """Write a scenario as a file that leaves nothing to the defaults.

    Parameters
    ----------
    resolved : Resolved
        The scenario with its origins.

    Returns
    -------
    str
        TOML, each value with its evidence and a comment naming its origin; the same scenario when loaded.
    """
    name = " ".join(resolved.name.split())
    lines = [f"# {name} with every default written out; hash {resolved.scenario.hash}", ""]
    _write(shape(), resolved.scenario.model_dump(), (), resolved.origins, lines)
    return "\n".join(lines).rstrip("\n") + "\n"


def _leaves(node: Node, value: object, key: Key) -> Iterator[tuple[Key, Leaf, object]]:
    if isinstance(node, Leaf):
        yield key, node, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(_child(node, name), item, (*key, name))


def _write(node: Node, table: Mapping[str, object], key: Key, origins: Mapping[str, Origin], lines: list[str]) -> None:
    children = {name: _child(node, name) for name in table}
    values = {name: value for name, value in table.items() if isinstance(children[name], Leaf)}
    if key and (values or not table):
        lines.append(f"[{dotted(key)}]")
    for name, value in values.items():
        origin = origins[dotted((*key, name))]
        lines.append(f"{dotted((name,))} = {_with_evidence(value, origin)}  # {origin}")
    if values or not table:
        lines.append("")
    for name, value in table.items():
        if name not in values and isinstance(value, Mapping):
            _write(children[name], value, (*key, name), origins, lines)


def _child(node: Node, name: str) -> Node:
    if isinstance(node, Table):
        return node.fields[name]
    assert isinstance(node, Collection)
    return node.entry


def _with_evidence(value: object, origin: Origin) -> str:
    parts = {"low": origin.low, "high": origin.high, "source": origin.source, "grade": origin.grade}
    given = {name: part for name, part in parts.items() if part not in (None, "")}
    if not given:
        return written(value)
    return written({"value": value, **given, "unit": origin.unit})

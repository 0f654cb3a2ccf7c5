"""A scenario with where each of its values comes from, and the file that says the same on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from iopsim.evidence import GRADES
from iopsim.scenario.changes import Changes
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.model import Scenario
from iopsim.scenario.present_file import NO_ROWS, Rows
from iopsim.scenario.shape import Collection, Leaf, Node, Table, shape
from iopsim.scenario.words import written

Layer = Literal["file", "default", "change"]
LAYERS: tuple[Layer, ...] = ("file", "change", "default")

BARE = "no evidence given"
UNGRADED = "source, no grade"
CHOICE = "not a number"
STANDINGS = (*GRADES, UNGRADED, BARE, CHOICE)
"""What may be said of the evidence for a value: its grade, or why it has none."""


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
    changes : mapping or sequence of str
        The changes made to it.
    rows : Rows
        The table of present clients beside it, as it was read.
    """

    scenario: Scenario
    origins: Mapping[str, Origin]
    text: str
    name: str
    changes: Changes = ()
    rows: Rows = NO_ROWS


def standing(value: object, origin: Origin) -> str:
    """Say what evidence there is for a value.

    Parameters
    ----------
    value : object
        The value; ``"none"`` is no number.
    origin : Origin
        Where it comes from.

    Returns
    -------
    str
        One of `STANDINGS`.
    """
    if not origin.unit or value == "none":
        return CHOICE
    return origin.grade or (UNGRADED if origin.source else BARE)


def count_standings(resolved: Resolved) -> Mapping[str, Mapping[Layer, int]]:
    """Count how many values there is what evidence for, by where they come from.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins. A default that several entries inherit counts for each.

    Returns
    -------
    mapping of str to mapping of str to int
        For each of `STANDINGS`, in their order, the values of each layer.
    """
    counts: dict[str, dict[Layer, int]] = {said: dict.fromkeys(LAYERS, 0) for said in STANDINGS}
    for key, _, value in leaves(resolved.scenario):
        origin = resolved.origins[dotted(key)]
        counts[standing(value, origin)][origin.layer] += 1
    return counts


def changed(resolved: Resolved) -> dict[str, object]:
    """Return the values that were changed.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins.

    Returns
    -------
    dict of str to object
        By dotted path, in the order of the file; empty where the scenario is the file's.
    """
    values = ((dotted(key), value) for key, _, value in leaves(resolved.scenario))
    return {path: value for path, value in values if resolved.origins[path].layer == "change"}


def without_origins(scenario: Scenario) -> Resolved:
    """Return a scenario of which nobody knows any more where its values come from."""
    origins = {dotted(key): Origin("change", "", unit=leaf.unit) for key, leaf, _ in leaves(scenario)}
    return Resolved(scenario, origins, "", scenario.name)


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
        TOML, each value with its evidence and a comment naming its origin and grade; the same scenario when loaded.
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
        lines.append(f"{dotted((name,))} = {_with_evidence(value, origin)}  # {origin}{_graded(value, origin)}")
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


def _graded(value: object, origin: Origin) -> str:
    said = standing(value, origin)
    return "" if said == CHOICE else f"; {said}"


def _with_evidence(value: object, origin: Origin) -> str:
    parts = {"low": origin.low, "high": origin.high, "source": origin.source, "grade": origin.grade}
    given = {name: part for name, part in parts.items() if part not in (None, "")}
    if not given:
        return written(value)
    return written({"value": value, **given, "unit": origin.unit})

"""What a report assumes: every number of the plan with its range, its source and its grade, assumed ones marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from markupsafe import Markup

from iopsim.evidence import FOLLOWED, Source, sources
from iopsim.experiments.space import same_book
from iopsim.report.inert import inert
from iopsim.report.numbers import NARROW, mark
from iopsim.rulebook import Rulebook, write
from iopsim.scenario import Resolved
from iopsim.scenario.fields import MONTHS, WEEKDAYS
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import BARE, Origin, leaves, standing
from iopsim.scenario.shape import Collection, Leaf, Node, Table, at, shape
from iopsim.scenario.timetable import existing_groups
from iopsim.scenario.unknowns import Unknown, unknowns
from iopsim.scenario.words import plain

ASSUMED = "assumed"
CALIBRATION = "calibration"
"""What values name as their source that were fitted by simulation."""

OF_COHORTS = "cohort_weeks", "cohort_open_weeks"
OF_OPENING = "opens_after_weeks", "opens_lead_weeks"
OF_HIRING = "hire_after_weeks", "hire_lead_weeks"
"""Numbers of a group that takes cohorts or opens on a trigger, and of a role that hires on one."""

UNFOUNDED = "assumed, no evidence given"
"""The grade of a number that the world sets, and that the plan has without saying where from."""

ENDS = ("low", "high")

SET_BY = {"file": "this plan", "change": "this plan, changed", "default": "default"}
"""Who set a value, by the layer it comes from."""

BARE_UNITS = ("ratio", "exponent", "log sd", "class", "week", "year")
"""Units that say nothing beside a number: a ratio has none, and a week or year is that one."""

ALL_AT_ONCE = 3
"""From so many entries on that have the same value they are not named one by one, if they are all there are."""


@dataclass(frozen=True)
class Assumption:
    """A number of the plan, once for all entries that share it.

    Parameters
    ----------
    table : str
        First part of its path.
    field : str
        The rest, without the names of entries.
    names : tuple of tuple of str
        Names of entries that share it, such as ``("self", "Jan")``; empty where there are none.
    entries : int
        How many entries there are on the first of these levels.
    paths : tuple of str
        All dotted paths.
    meaning : str
        What it is, without its unit.
    value : int or float
    origin : Origin
    planned : bool
        Whether the program sets it, as it does its timetable, and not the world.
    """

    table: str
    field: str
    names: tuple[tuple[str, ...], ...]
    entries: int
    paths: tuple[str, ...]
    meaning: str
    value: float
    origin: Origin
    planned: bool

    @property
    def assumed(self) -> bool:
        """Whether it is a judgment, also one that leans on a published figure, or of the plan without any evidence."""
        return self._standing in (ASSUMED, BARE) and not self.chosen

    @property
    def chosen(self) -> bool:
        """Whether it is a choice of the plan, as its timetable is, which asks for no evidence."""
        return self._standing == BARE and self.origin.layer != "default" and self.planned

    @property
    def fitted(self) -> bool:
        """Whether it was fitted by simulation, so that the model meets published figures."""
        return self.origin.source == CALIBRATION and not self.assumed and not self.chosen

    @property
    def grade(self) -> str:
        """Its grade, or why it has none."""
        if self.chosen:
            return "set by the plan"
        return UNFOUNDED if self._standing == BARE else self._standing

    @property
    def _standing(self) -> str:
        return standing(self.value, self.origin)

    @property
    def said(self) -> Markup:
        """The value with its unit, as a piece of HTML that names its path."""
        number, unit = _with_unit(self.value, self.origin.unit)
        return mark(number, fact=self.paths[0], value=self.value) + unit

    @property
    def range(self) -> Markup:
        """From where to where it may lie; empty where nobody says."""
        low, high = self.origin.low, self.origin.high
        if low is None or high is None:
            return Markup("")
        (first, _), (last, unit) = _with_unit(low, self.origin.unit), _with_unit(high, self.origin.unit)
        path = self.paths[0]
        return Markup("{} to {}{}").format(
            mark(first, fact=path, part="low", value=low), mark(last, fact=path, part="high", value=high), unit
        )

    @property
    def who(self) -> str:
        """Of which entries it is, such as ``all 4``, ``court, inpatient`` or ``Feb to Nov; all 4``."""
        if not self.names:
            return ""
        firsts, *others = (tuple(dict.fromkeys(level)) for level in zip(*self.names, strict=True))
        every = len(firsts) == self.entries >= ALL_AT_ONCE
        of = f"all {len(firsts)}" if every else ", ".join(name.replace("_", " ") for name in firsts)
        if not others:
            return of
        if len(self.names) != len(firsts) * len(others[0]):
            return ", ".join(" ".join(name) for name in self.names)
        return f"{_in_a_row(others[0])}; {of}"

    @property
    def set_by(self) -> str:
        """Who set it."""
        return SET_BY[self.origin.layer]


def _with_unit(value: float, unit: str) -> tuple[str, str]:
    """Return a value as it is read, and what stands behind it."""
    if unit == "share":
        return f"{plain(round(100 * value, 10))}{NARROW}%", ""
    if unit.startswith("usd"):
        per = unit.removeprefix("usd").removeprefix("/")
        text = f"${value:,.2f}".removesuffix(".00")
        return text, f" a {per}" if per else ""
    if unit in BARE_UNITS:
        return plain(value), ""
    head, _, per = unit.partition("/")
    if value == 1 and head.endswith("s"):
        head = head.removesuffix("s")
    if head == "people" and value == 1:
        head = "person"
    number = f"{value:,}" if isinstance(value, int) else plain(value)
    return number, f"{NARROW}{head}" + (f" a {per}" if per else "")


class Assumptions:
    """All numbers of a plan.

    Parameters
    ----------
    plan : Resolved
        With the origin of every value.
    """

    def __init__(self, plan: Resolved) -> None:
        self._plan = plan

    @cached_property
    def all(self) -> tuple[Assumption, ...]:
        """Every number, those that entries share once, in the order of the file."""
        together: dict[object, list[tuple[Key, Leaf, float, Origin]]] = {}
        for key, leaf, value in leaves(self._plan.scenario):
            if leaf.numeric and isinstance(value, (int, float)):
                origin = self._plan.origins[dotted(key)]
                idle = self._is_idle(dotted(key))
                behind = (origin.low, origin.high, origin.source, origin.grade, origin.layer, idle)
                together.setdefault((_field(key), value, behind), []).append((key, leaf, value, origin))
        return tuple(self._one(rows) for rows in together.values())

    def _one(self, rows: Sequence[tuple[Key, Leaf, float, Origin]]) -> Assumption:
        key, leaf, value, origin = rows[0]
        names = tuple(name for row in rows if (name := _names(row[0])))
        return Assumption(
            str(key[0]),
            _field(key),
            names,
            self._entries.get(_field(key), 0),
            tuple(dotted(row[0]) for row in rows),
            _meaning(key, leaf),
            value,
            origin,
            leaf.planned,
        )

    @cached_property
    def _entries(self) -> Mapping[str, int]:
        """How many entries each field has on the first level."""
        found: dict[str, set[str]] = {}
        for key, leaf, _ in leaves(self._plan.scenario):
            if leaf.numeric and (name := _names(key)):
                found.setdefault(_field(key), set()).add(name[0])
        return {field: len(names) for field, names in found.items()}

    @cached_property
    def _idle(self) -> tuple[frozenset[str], frozenset[str]]:
        """Tables, and levers, of which no number can reach the model, and single numbers of other tables."""
        return frozenset(_idle_tables(self._plan)), frozenset(_idle_paths(self._plan.scenario))

    def _is_idle(self, path: str) -> bool:
        tables, paths = self._idle
        return _table(path) in tables or path in paths

    @cached_property
    def acting(self) -> tuple[Assumption, ...]:
        """Numbers that act in this plan."""
        return tuple(one for one in self.all if not self._is_idle(one.paths[0]))

    @cached_property
    def idle(self) -> tuple[Assumption, ...]:
        """Numbers of what is switched off in this plan."""
        return tuple(one for one in self.all if self._is_idle(one.paths[0]))

    @property
    def by_table(self) -> Iterator[tuple[str, list[Assumption]]]:
        """The numbers that act, a table of the file after the other, each under what the table is."""
        yield from _by_table(self.acting)

    @property
    def idle_by_table(self) -> Iterator[tuple[str, list[Assumption]]]:
        """The numbers that do not, in the same way."""
        yield from _by_table(self.idle)

    @property
    def n_assumed(self) -> int:
        """Of the numbers that act, those that are judgments."""
        return sum(one.assumed for one in self.acting)

    @property
    def n_chosen(self) -> int:
        """Of the numbers that act, those that the plan chooses."""
        return sum(one.chosen for one in self.acting)

    @property
    def n_fitted(self) -> int:
        """Of the numbers that act, those fitted by simulation to published figures."""
        return sum(one.fitted for one in self.acting)

    @property
    def n_published(self) -> int:
        """Of the numbers that act, those with a source of some standing besides the model itself."""
        return len(self.acting) - self.n_assumed - self.n_chosen - self.n_fitted

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources that the numbers name, by id, in the order of the list of evidence."""
        named = {one.origin.source for one in self.all}
        return {name: source for name, source in sources().items() if name in named}

    @property
    def others(self) -> Sequence[str]:
        """What the plan names as a source and the list of evidence does not have."""
        known = sources()
        named = dict.fromkeys(one.origin.source for one in self.all)
        return [inert(name, 1000) for name in named if name and name not in known]


def followed(source: Source) -> str:
    """Return how far a source was followed, in words."""
    return FOLLOWED[source.conf]


def _by_table(found: Sequence[Assumption]) -> Iterator[tuple[str, list[Assumption]]]:
    for name, rows in groupby(found, key=lambda one: one.table):
        node = shape().fields[name]
        title = node.description if isinstance(node, (Table, Collection)) else "The run"
        yield title.partition(", by name")[0], list(rows)


def _field(key: Key) -> str:
    """Return the path of a field without the names of entries, ``*`` in their place."""
    node: Node | None = shape()
    parts: list[str] = []
    for part in key:
        named = isinstance(node, Collection)
        parts.append("*" if named else str(part))
        node = _below(node, str(part))
    return ".".join(parts)


def _names(key: Key) -> tuple[str, ...]:
    """Return the names of entries in a path."""
    node: Node | None = shape()
    found = []
    for part in key:
        if isinstance(node, Collection):
            found.append(str(part))
        node = _below(node, str(part))
    return tuple(found)


def _in_a_row(names: tuple[str, ...]) -> str:
    """Return months or weekdays that follow one another as a span, and anything else one by one."""
    for known in (MONTHS, WEEKDAYS):
        if len(names) >= ALL_AT_ONCE and names[0] in known:
            first = known.index(names[0])
            if known[first : first + len(names)] == names:
                return f"{names[0]} to {names[-1]}"
    return ", ".join(name.replace("_", " ") for name in names)


def _below(node: Node | None, name: str) -> Node | None:
    if isinstance(node, Table):
        return node.fields.get(name)
    return node.entry if isinstance(node, Collection) else None


def _meaning(key: Key, leaf: Leaf) -> str:
    """Return what a number is; of one in a table within a table, what that table is comes first."""
    own = leaf.description.removesuffix(f" [{leaf.unit}]")
    above = [
        node.description
        for end in range(2, len(key))
        if isinstance(node := at(key[:end]), (Table, Collection)) and node.description and not _is_entry(key[:end])
    ]
    return ": ".join([*above, f"{own[0].lower()}{own[1:]}" if above and own else own])


def _is_entry(key: Key) -> bool:
    return isinstance(at(key[:-1]) if len(key) > 1 else None, Collection)


def _table(path: str) -> str:
    """Return the table that is switched on or off with a number: a lever, or what stands at the top of the file."""
    first, _, rest = path.partition(".")
    return f"levers.{rest.split('.')[0]}" if first == "levers" else first


def _idle_tables(plan: Resolved) -> Iterator[str]:
    """Yield tables whose numbers make the same rulebook at the low and at the high ends of their ranges."""
    if not plan.scenario.block_grant.applies:
        yield "block_grant"
    book = write(plan.scenario)
    tables: dict[str, list[Unknown]] = {}
    for one in unknowns(plan):
        tables.setdefault(_table(one.paths[0]), []).append(one)
    for name, found in tables.items():
        ends = ({path: value for one in found for path, value in one.at(getattr(one, end)).items()} for end in ENDS)
        if all(_is_same(plan.scenario, values, book) for values in ends):
            yield name


def _idle_paths(scenario: Scenario) -> Iterator[str]:
    """Yield paths of numbers that wait for a trigger, a cohort or a lever that the plan does not have."""
    here = existing_groups(scenario)
    for name, group in scenario.groups.items():
        if name not in here:
            yield from (f"groups.{name}.{field}" for field in type(group).model_fields)
            continue
        if group.admission != "cohort":
            yield from (f"groups.{name}.{field}" for field in OF_COHORTS)
        if group.opens_when_waiting == "none":
            yield from (f"groups.{name}.{field}" for field in OF_OPENING)
    for name, role in scenario.staff.items():
        if role.hire_when_caseload == "none" or not role.most_hires:
            yield from (f"staff.{name}.{field}" for field in OF_HIRING)
            if role.hire_when_caseload == "none":
                yield f"staff.{name}.most_hires"


def _is_same(scenario: Scenario, values: Mapping[str, float], book: Rulebook) -> bool:
    """Whether a scenario with other values makes the same rulebook; not where there cannot be such a scenario."""
    content = scenario.model_dump()
    for path, value in values.items():
        *above, last = path.split(".")
        table = content
        for name in above:
            table[name] = table = dict(table[name])
        table[last] = value
    try:
        return same_book(write(Scenario.model_validate(content)), book)
    except ValueError:
        return False

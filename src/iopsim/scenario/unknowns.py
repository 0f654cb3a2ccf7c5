"""What nobody knows beforehand: the numbers set by the world that carry a range, and a scenario with others of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from iopsim.errors import IopsimError
from iopsim.scenario.changes import Changes
from iopsim.scenario.checks.groups import NOT_BY_VIDEO
from iopsim.scenario.checks.payers import TERMS
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.load import resolve_text
from iopsim.scenario.merge import TEMPLATE, template_key
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import Resolved, leaves
from iopsim.scenario.shape import Leaf
from iopsim.scenario.wholes import kept_whole, wholes
from iopsim.scenario.words import nearest, written

NEVER = "weeks"
"""The length of the run: what is simulated, and nothing that could have been otherwise."""

MEDIAN, MEAN = "median_days", "mean_days"

DIGITS = 9
"""Significant digits of a value between the ends of a range."""


@dataclass(frozen=True, slots=True)
class Track:
    """One number along its range.

    Parameters
    ----------
    paths : tuple of str
        Dotted paths of the values that it is; all move alike.
    value, low, high : float
        The value in the scenario and the ends of its range, low <= value <= high.
    """

    paths: tuple[str, ...]
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that nobody knows, with its range: what one entry of evidence says.

    A default that several entries inherit is one unknown, and moves them together. So do median and mean of a delay,
    if both have ranges: what is not known is how long it takes.

    Parameters
    ----------
    name : str
        Its path; of a default that entries inherit, with ``*`` in place of their names: ``referrals.*.ramp_weeks``.
        Of a delay, the path of the table.
    tracks : tuple of Track
        The number that varies, and what moves in step with it.
    whole : bool
        Whether it is a whole number.
    unit, source, grade : str
        As in `iopsim.scenario.Origin`.
    description : str
        What it is.
    planned : bool
        Whether it is set by the plan, and is here because somebody asked for it.
    """

    name: str
    tracks: tuple[Track, ...]
    whole: bool
    unit: str
    source: str
    grade: str
    description: str
    planned: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Dotted paths of all values that move with it."""
        return tuple(path for track in self.tracks for path in track.paths)

    @property
    def value(self) -> float:
        """Its value in the scenario."""
        return self.tracks[0].value

    @property
    def low(self) -> float:
        """Lowest plausible value."""
        return self.tracks[0].low

    @property
    def high(self) -> float:
        """Highest plausible value."""
        return self.tracks[0].high

    @property
    def by_factors(self) -> bool:
        """Whether half and twice as much are alike far away: a ratio that cannot be 0."""
        return self.unit == "ratio" and self.low > 0.0 and not self.whole

    def at(self, value: float) -> dict[str, float]:
        """Return the value of every path when this unknown has a value.

        What moves in step lies as far between its value and the end of its range as the number that varies.
        """
        first = self.tracks[0]
        end, share = ("high", _way(first.value, first.high, value))
        if value < first.value:
            end, share = ("low", _way(first.value, first.low, value))
        told: dict[str, float] = {path: int(value) if self.whole else value for path in first.paths}
        for track in self.tracks[1:]:
            moved = track.value + share * (getattr(track, end) - track.value)
            told |= dict.fromkeys(track.paths, rounded(moved) if 0.0 < share < 1.0 else moved)
        return told


def rounded(value: float) -> float:
    """Round to `DIGITS` significant digits, so that a last bit that differs between machines is not a difference."""
    return float(f"{value:.{DIGITS}g}")


def unknowns(resolved: Resolved, also: Collection[str] = ()) -> tuple[Unknown, ...]:
    """Return everything in a scenario that is set by the world and has a range.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins.
    also : collection of str
        Names of numbers with a range that the plan sets, to be taken as unknown nevertheless.

    Returns
    -------
    tuple of Unknown
        In the order of the file.

    Raises
    ------
    IopsimError
        If there is nothing with a range by a name of `also`.
    """
    every = _every(resolved)
    known = [one.name for one in every if one.planned]
    for name in also:
        if name not in known:
            hint = nearest(name, known)
            said = f"{name}: not a number of this scenario that the plan sets and that has a range"
            raise IopsimError(f"{said} (did you mean {hint}?)" if hint else said)
    return tuple(one for one in every if not one.planned or one.name in also)


def with_values(resolved: Resolved, values: Mapping[str, float], known: Iterable[Unknown] | None = None) -> Resolved:
    """Return the scenario with other values of what nobody knows.

    Shares of one whole are kept whole: of the payers' shares, or of where the assessment sends people, those that
    are not named take what is left in their proportions; if all that have any are named, they are divided by their sum.

    Parameters
    ----------
    resolved : Resolved
        A scenario.
    values : mapping of str to float
        Value by name of the unknown.
    known : iterable of Unknown, optional
        The unknowns of the scenario; `unknowns` of it, when left out.

    Returns
    -------
    Resolved
        The same file with further changes.

    Raises
    ------
    IopsimError
        If there is no such unknown.
    ScenarioError
        If the scenario cannot be so.
    """
    return with_changes(resolved, changed_values(resolved, values, unknowns(resolved) if known is None else known))


def changed_values(resolved: Resolved, values: Mapping[str, float], known: Iterable[Unknown]) -> dict[str, object]:
    """Return the changes that give unknowns other values, as `with_values` makes them, by path."""
    by_name = {one.name: one for one in known}
    moved: dict[str, float] = {}
    for name, value in values.items():
        if name not in by_name:
            hint = nearest(name, by_name)
            said = f"{name}: not an unknown of this scenario"
            raise IopsimError(f"{said} (did you mean {hint}?)" if hint else said)
        moved |= by_name[name].at(value)
    for shares in wholes(resolved.scenario):
        named = {path: share for path, share in moved.items() if path in shares}
        if named:
            moved |= kept_whole(shares, named)
    return dict(moved)


def with_changes(resolved: Resolved, further: Mapping[str, object]) -> Resolved:
    """Return the scenario of the same file, with its changes and further ones, by path.

    Raises
    ------
    ScenarioError
        If the scenario cannot be so.
    """
    before: Changes = resolved.changes
    if isinstance(before, Mapping):
        kept = {path: value for path, value in before.items() if path not in further}
        tables = further if any(path.partition(".")[0] in kept for path in further) else _in_tables(further)
        return resolve_text(resolved.text, resolved.name, {**kept, **tables}, resolved.rows)
    texts = [before] if isinstance(before, str) else before
    told = [f"{path}={written(value)}" for path, value in _in_tables(further).items()]
    return resolve_text(resolved.text, resolved.name, [*texts, *told] if texts else _in_tables(further), resolved.rows)


def _in_tables(changes: Mapping[str, object]) -> dict[str, object]:
    """Return changes by path as one for each table of the file, which the door takes in much less time."""
    tables: dict[str, object] = {}
    for path, value in changes.items():
        *above, last = path.split(".")
        table = tables
        for name in above:
            inner = table.setdefault(name, {})
            assert isinstance(inner, dict)
            table = inner
        table[last] = value
    return tables


def _every(resolved: Resolved) -> list[Unknown]:
    """List every number with a range, delays told in one."""
    found: dict[str, Unknown] = {}
    for key, leaf, value in leaves(resolved.scenario):
        origin = resolved.origins[dotted(key)]
        low, high = origin.low, origin.high
        if not leaf.numeric or isinstance(value, str) or low is None or high is None or low >= high:
            continue
        if key == (NEVER,) or _means_nothing(key, resolved.scenario):
            continue
        assert isinstance(value, int | float)
        name = _name(template_key(key) if origin.template else key)
        before = found[name].tracks[0].paths if name in found else ()
        track = Track((*before, dotted(key)), value, low, high)
        found[name] = Unknown(
            name,
            (track,),
            leaf.kind != "number",
            origin.unit,
            origin.source,
            origin.grade,
            _meaning(leaf),
            leaf.planned,
        )
    return list(_delays_in_one(found))


def _means_nothing(key: Key, scenario: Scenario) -> bool:
    """Whether an entry only inherits a number that it may not have: nobody authorizes what a client pays alone."""
    if key[0] == "payers" and scenario.payers[str(key[1])].self_pay:
        return key[2] in (*TERMS, "authorization")
    return key[:2] == ("levers", "video") and key[2] in NOT_BY_VIDEO


def _delays_in_one(found: Mapping[str, Unknown]) -> Iterator[Unknown]:
    """Join median and mean of each delay whose ends go together; the mean is told."""
    for name, one in found.items():
        table, _, last = name.rpartition(".")
        if last not in (MEDIAN, MEAN):
            yield one
            continue
        median, mean = found.get(f"{table}.{MEDIAN}"), found.get(f"{table}.{MEAN}")
        if median is None or mean is None or not _in_step(median.tracks[0], mean.tracks[0]):
            yield one
        elif last == MEAN:
            tracks = (*mean.tracks, *median.tracks)
            said = f"{mean.description}; the median moves in step"
            yield Unknown(table, tracks, mean.whole, mean.unit, mean.source, mean.grade, said, mean.planned)


def _in_step(median: Track, mean: Track) -> bool:
    """Whether median and mean belong to the same delays, and every step from end to end is a delay."""
    tables = [[path.rpartition(".")[0] for path in track.paths] for track in (median, mean)]
    ends = [(getattr(median, at), getattr(mean, at)) for at in ("low", "value", "high")]
    possible = all(middle <= average and (middle > 0.0) == (average > 0.0) for middle, average in ends)
    moves = (mean.low < mean.value or median.low == median.value) and (
        mean.high > mean.value or median.high == median.value
    )
    return tables[0] == tables[1] and possible and moves


def _way(start: float, end: float, value: float) -> float:
    return 0.0 if start == end else (value - start) / (end - start)


def _name(key: Key) -> str:
    return ".".join(part if part == TEMPLATE else dotted((part,)) for part in key)


def _meaning(leaf: Leaf) -> str:
    return leaf.description.removesuffix(f" [{leaf.unit}]")

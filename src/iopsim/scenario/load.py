"""The front door: a file in, a scenario out, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from iopsim.errors import Problem, ScenarioError
from iopsim.scenario.changes import Changes, apply
from iopsim.scenario.checks import check
from iopsim.scenario.defaults import DEFAULTS, default_places, defaults
from iopsim.scenario.draft import draft
from iopsim.scenario.given import Given
from iopsim.scenario.lines import Key, dotted, places
from iopsim.scenario.merge import merge, template_key
from iopsim.scenario.mistakes import mistakes
from iopsim.scenario.model import Scenario
from iopsim.scenario.present_file import NO_ROWS, Rows, with_present_rows
from iopsim.scenario.ranges import Evidence, Split, split
from iopsim.scenario.resolved import Origin, Resolved, leaves
from iopsim.scenario.shape import shape
from iopsim.scenario.syntax import START_HINT, parse, read


def load(path: str | Path, changes: Changes | None = None) -> Scenario:
    """Load a scenario file.

    Parameters
    ----------
    path : str or Path
        A TOML file; what it does not say is taken from the packaged defaults.
    changes : mapping or sequence of str, optional
        Changes to the file: ``{"groups.evening.seats": 15}`` or ``["groups.evening.seats=15"]``; and multiples of what
        is there: ``{"referrals.*.per_week": {"times": 0.7}}`` or ``["referrals.*.per_week*=0.7"]``.

    Returns
    -------
    Scenario
        Validated and frozen.

    Raises
    ------
    ScenarioError
        With every problem found, in the order of the file.
    """
    return resolve(path, changes).scenario


def resolve(path: str | Path, changes: Changes | None = None) -> Resolved:
    """Load a scenario file, and say where each value comes from.

    Parameters
    ----------
    path : str or Path
        A TOML file.
    changes : mapping or sequence of str, optional
        Changes to the file, as for `load`.

    Returns
    -------
    Resolved
        The scenario, the origin of every value, and the text of the file.

    Raises
    ------
    ScenarioError
        With every problem found, in the order of the file.
    """
    return resolve_text(read(path), str(path), changes)


def from_toml(text: str, name: str = "scenario.toml", changes: Changes | None = None) -> Scenario:
    """Load a scenario from the text of a file.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        Name of the file for messages.
    changes : mapping or sequence of str, optional
        Changes to the file, as for `load`.

    Returns
    -------
    Scenario
        Validated and frozen.

    Raises
    ------
    ScenarioError
        With every problem found, in the order of the text.
    """
    return resolve_text(text, name, changes).scenario


def resolve_text(text: str, name: str, changes: Changes | None = None, rows: Rows = NO_ROWS) -> Resolved:
    """Load a scenario from the text of a file, and say where each value comes from.

    Parameters
    ----------
    text : str
        TOML.
    name : str
        Name of the file for messages and origins.
    changes : mapping or sequence of str, optional
        Changes to the file, as for `load`.
    rows : Rows, optional
        The table of present clients as it was read before; the file beside the scenario is then not read again.

    Returns
    -------
    Resolved
        The scenario, the origin of every value, and the text.

    Raises
    ------
    ScenarioError
        With every problem found, in the order of the text.
    """
    parsed = parse(text, name)
    if parsed.problems and not (parsed.readable and parsed.tree):
        raise ScenarioError(parsed.problems)
    if not parsed.tree:
        said = f"a scenario needs at least a name, an opening date, referrals, phases and groups; {START_HINT}"
        raise ScenarioError([Problem(name, None, "", "an empty file", said)])
    changed = apply(parsed.tree, partial(_merged, parsed.tree), changes)
    tree, rows = with_present_rows(changed.tree, name, rows)
    given = Given(name, tree, places(parsed.text), changed.origins, rows.places)
    parts = split(_merged(tree), given)
    parts.problems += [*parsed.problems, *changed.problems, *rows.problems]
    parts.holes |= parsed.holes | rows.holes
    scenario = _validate(parts, [name, *changed.labels, rows.name])
    return Resolved(scenario, _origins(scenario, given, parts.evidence), text, name, changes or (), rows)


def _validate(parts: Split, files: Sequence[str]) -> Scenario:
    """Return the scenario that the values make, or raise every problem there is, in the order of the files."""
    given, problems = parts.given, parts.problems
    scenario = None
    try:
        scenario = Scenario.model_validate(parts.plain)
    except ValidationError as error:
        for key, problem in mistakes(error, given, frozenset(parts.holes)):
            parts.holes.add(key)
            problems += [problem] if problem else []
    if scenario is not None and not problems:
        problems += check(scenario, given)
    else:
        problems += check(draft(parts.plain, parts.holes), given, parts.holes)
    if scenario is None or problems:
        unique = dict.fromkeys(problems)
        raise ScenarioError(sorted(unique, key=lambda one: (files.index(one.file), one.line or 0)))
    return scenario


def _origins(scenario: Scenario, given: Given, evidence: Mapping[Key, Evidence]) -> dict[str, Origin]:
    origins = {}
    for key, leaf, _ in leaves(scenario):
        behind = evidence.get(key, Evidence())
        change = given.change(key)
        template = False
        if given.value(key) is None:
            inherited = template_key(key)
            where, line, template = DEFAULTS, default_places()[inherited].line, inherited != key
        elif key[:2] in given.rows:
            where, line = given.rows[key[:2]]
        elif change is not None:
            where, line = change, None
        else:
            where, line = given.name, given.line(key)
        origins[dotted(key)] = Origin(
            "default" if where == DEFAULTS else "file" if change is None else "change",
            where,
            line,
            template,
            behind.low,
            behind.high,
            leaf.unit,
            behind.source,
            behind.grade,
        )
    return origins


def _merged(tree: Mapping[str, object]) -> dict[str, object]:
    merged = merge(shape(), tree, defaults())
    assert isinstance(merged, dict)
    return merged

"""The two engines, each behind one call: replications `first` to `last` - 1 of a point, down to its measures."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from iopsim.experiments.point import Point
from iopsim.experiments.work import Job, part_of
from iopsim.record import I64
from iopsim.scenario.model import Scenario

Measures = tuple[I64, I64]
"""Numerators and denominators, each of shape (replications, measures)."""

Engine = Callable[[Point, int, int], Measures]

SEED = 0
COMPILED_WORK = "iopsim.experiments.compiled_work"
DECK = "iopsim.engines.compiled.deck"


def point_of(scenario: Scenario) -> Point:
    """Return what is simulated, by either engine: measures and no series."""
    return Point(scenario, SEED, series=False)


def reference(point: Point, first: int, last: int) -> Measures:
    """Simulate with the reference engine: cards, cohort, engine, record, ledger and measures."""
    part = part_of(Job(point, first, last))
    assert part.facts is not None, part.failures[0].traceback
    return part.facts.numerators, part.facts.denominators


def compiled(point: Point, first: int, last: int) -> Measures:
    """Simulate the same with the compiled engine."""
    from iopsim.experiments import compiled_work

    part = compiled_work.part_of(Job(point, first, last))
    assert part.facts is not None, part.failures[0].traceback
    return part.facts.numerators, part.facts.denominators


def has(module: str) -> bool:
    """Return whether there is a module of compiled code, and Numba for it."""
    try:
        return find_spec("numba") is not None and find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def known() -> dict[str, Engine]:
    """Return the engines there are, by name."""
    return {"reference": reference, **({"compiled": compiled} if has(COMPILED_WORK) else {})}

"""Base rates are those of a typical mix of clients: what each trait's effect must be taken relative to.

A published rate is an average over clients with and without a trait. If the scenario says what share of those
clients had it (`typical_share`), the base is shifted so that a mix of such clients comes out at the published rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

from iopsim.scenario.demand import Trait

MOST_TYPICAL = 14
"""Traits with a typical share and an effect that can be told apart."""

CERTAIN = 1e200
"""Odds that no ratio moves."""

STEPS = 200
"""Halvings of the bracket in which the shift is sought."""

WEEKS = 12
"""The shift leaves the share who have dropped out by the end of this week as it was."""


def mix(traits: dict[str, Trait], effect: str) -> list[tuple[float, float]]:
    """Return probability and product of ratios of each kind of client of the typical mix.

    Parameters
    ----------
    traits : dict of str to Trait
    effect : str
        Name of a ratio of the traits.

    Notes
    -----
    Assumes that traits that are drawn are independent of each other.
    """
    matters = {name for name, trait in traits.items() if getattr(trait, effect) != 1.0}
    parts = {part for name in matters for part in (*traits[name].all_of, *traits[name].none_of)}
    drawn = [name for name in (matters | parts) if not (traits[name].all_of or traits[name].none_of)]
    typical = sorted(name for name in drawn if traits[name].typical_share > 0.0)
    kinds = []
    for has in product((False, True), repeat=len(typical)):
        mine = {name for name, yes in zip(typical, has, strict=True) if yes}
        chance = math.prod(traits[n].typical_share if n in mine else 1.0 - traits[n].typical_share for n in typical)
        kinds.append(
            (chance, math.prod(getattr(traits[name], effect) for name in matters if _has(traits[name], name, mine)))
        )
    return kinds


def _has(trait: Trait, name: str, drawn: set[str]) -> bool:
    if trait.all_of or trait.none_of:
        return set(trait.all_of) <= drawn and not set(trait.none_of) & drawn
    return name in drawn


def centre_of_odds(traits: dict[str, Trait], effect: str, odds: float) -> float:
    """Return the factor on all odds at which a typical mix has the share that the base odds mean; 1 without a mix."""

    def excess(factor: float, kinds: Sequence[tuple[float, float]]) -> float:
        return sum(chance * (1.0 - 1.0 / (1.0 + odds * ratio * factor)) for chance, ratio in kinds) - odds / (
            1.0 + odds
        )

    return _solved(mix(traits, effect), excess) if 0.0 < odds < CERTAIN else 1.0


def centre_of_hazard(traits: dict[str, Trait], effect: str, cumulative: float) -> float:
    """Return the factor on all hazards at which a typical mix has the share still there that the base hazard means."""

    def excess(factor: float, kinds: Sequence[tuple[float, float]]) -> float:
        still = sum(chance * math.exp(-cumulative * ratio * factor) for chance, ratio in kinds)
        return math.exp(-cumulative) - still

    return _solved(mix(traits, effect), excess) if cumulative > 0.0 else 1.0


def _solved(kinds: list[tuple[float, float]], excess: Callable[[float, list[tuple[float, float]]], float]) -> float:
    """Return the factor at which the excess, which rises with it, is 0."""
    if all(ratio == 1.0 for chance, ratio in kinds if chance):
        return 1.0
    low = 1.0 / max(ratio for _, ratio in kinds)
    high = 1.0 / min(ratio for _, ratio in kinds)
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        if excess(middle, kinds) > 0.0:
            high = middle
        else:
            low = middle
    return math.sqrt(low * high)

"""Which traits clients can have together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from iopsim.scenario.demand import ReferralSource
from iopsim.scenario.model import Scenario

MOST_DRAWN = 12
"""Drawn traits beyond which their combinations are not gone through."""


def somebody_has(scenario: Scenario, trait: str) -> bool:
    """Return whether any client can have a trait; true where there are too many combinations to look at."""
    if any(trait in present.traits for present in scenario.present.values()):
        return True
    drawn = drawn_behind(scenario, [trait])
    if len(drawn) > MOST_DRAWN:
        return True
    sources = [source for source in scenario.referrals.values() if source.per_week]
    return any(trait in traits for source in sources for traits in combinations(scenario, source, drawn))


def drawn_behind(scenario: Scenario, traits: Iterable[str]) -> list[str]:
    """Return the drawn traits on which some traits depend, themselves included, in the order of the file."""
    behind: set[str] = set()
    for name in traits:
        trait = scenario.traits[name]
        behind |= {*trait.all_of, *trait.none_of} or {name}
    return [name for name in scenario.traits if name in behind]


def combinations(scenario: Scenario, source: ReferralSource, drawn: list[str]) -> Iterator[frozenset[str]]:
    """List the sets of traits, of some drawn ones and what follows from them, that a source's clients can have."""
    shares = [source.traits.get(name, scenario.traits[name].share) for name in drawn]
    choices = [[has for has, share in ((False, 1.0 - share), (True, share)) if share > 0.0] for share in shares]
    for which in product(*choices):
        has = {name for name, there in zip(drawn, which, strict=True) if there}
        follow = {
            name
            for name, trait in scenario.traits.items()
            if (trait.all_of or trait.none_of)
            and {*trait.all_of, *trait.none_of}.issubset(drawn)
            and has.issuperset(trait.all_of)
            and has.isdisjoint(trait.none_of)
        }
        yield frozenset(has | follow)

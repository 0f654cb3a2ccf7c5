"""Shares of one whole: those that sum to 1, so that none of them can move alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.model import Scenario

Shares = Mapping[str, float]
"""Share by dotted path."""


def payer_shares(scenario: Scenario) -> dict[Key, float]:
    """Return the payers' own shares, by address; none where every source has shares of its own."""
    if all(source.payers for source in scenario.referrals.values()):
        return {}
    return {("payers", name, "share"): payer.share for name, payer in scenario.payers.items()}


def payer_shares_of(scenario: Scenario, source: str) -> dict[Key, float]:
    """Return the shares of payers that a source of referrals has of its own, by address."""
    return {("referrals", source, "payers", payer): share for payer, share in scenario.referrals[source].payers.items()}


def placement_shares(scenario: Scenario) -> dict[Key, float]:
    """Return the six shares of where the assessment sends people, by address."""
    shares = scenario.placement
    return {
        ("placement", "this_program"): shares.this_program,
        ("placement", "withdrawal", "share"): shares.withdrawal.share,
        ("placement", "residential", "share"): shares.residential.share,
        ("placement", "higher"): shares.higher,
        ("placement", "lower"): shares.lower,
        ("placement", "declined"): shares.declined,
    }


def wholes(scenario: Scenario) -> tuple[Shares, ...]:
    """Return all shares that must sum to 1.

    Parameters
    ----------
    scenario : Scenario
        A scenario.

    Returns
    -------
    tuple of mappings of str to float
        For each whole, its shares by dotted path.
    """
    return tuple({dotted(key): share for key, share in shares.items()} for shares in _wholes(scenario) if shares)


def kept_whole(shares: Shares, moved: Shares) -> dict[str, float]:
    """Return the shares of a whole after some have moved.

    Parameters
    ----------
    shares : mapping of str to float
        The shares as they are, by path.
    moved : mapping of str to float
        Some of them, as they shall be.

    Returns
    -------
    dict of str to float
        All shares. Those moved are what they shall be, and the others take what is left in their proportions, which is
        less than nothing if those moved exceed 1. If no others have any, those moved are divided by their sum.
    """
    others = {path: share for path, share in shares.items() if path not in moved}
    taken, left = math.fsum(moved.values()), math.fsum(others.values())
    if left > 0.0:
        return {**moved, **{path: share * (1.0 - taken) / left for path, share in others.items()}}
    if taken > 0.0:
        return {**{path: share / taken for path, share in moved.items()}, **others}
    return {**moved, **others}


def _wholes(scenario: Scenario) -> Iterator[dict[Key, float]]:
    yield payer_shares(scenario)
    for source in scenario.referrals:
        yield payer_shares_of(scenario, source)
    yield placement_shares(scenario)

"""Inputs that nobody knows, drawn within their ranges once per replication; luck and ignorance told apart."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iopsim.deck import Deck, Purpose, name_word
from iopsim.errors import IopsimError, ScenarioError
from iopsim.measures.measure import Measure
from iopsim.record import I64
from iopsim.scenario import Resolved, Scenario
from iopsim.scenario.unknowns import Unknown, changed_values, rounded, unknowns, with_changes
from iopsim.scenario.wholes import Shares, kept_whole, wholes
from iopsim.stats.components import Components, split_variance
from iopsim.stats.triangular import triangular, triangular_by_factors, whole_triangular

TWIN = 2**62
"""What the number of a replication is higher by than that of its twin, which has the same inputs and other luck.

A replication's luck has its number as part of the key of its deck, and no ordinary replication is numbered so high.
"""

MOST_DRAWS = 1000
"""Draws of the shares of one whole, until they can be balanced."""

MOST_REFUSED = 100
"""Draws for one replication that the door may refuse, one after the other."""

WIDENING = 10
"""Refusals after which what is drawn again is widened by one table."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The inputs of one replication.

    Parameters
    ----------
    scenario : Scenario
        The scenario with these inputs.
    values : mapping of str to float
        Value by name of the unknown.
    refused : tuple of str
        Why earlier draws for this replication cannot be; nearly always empty.
    """

    scenario: Scenario
    values: Mapping[str, float]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Inputs drawn within their ranges, the same for the same replication in every plan that shares them.

    Each is triangular between the ends of its range with its mode at the value (`value_at`), independent of the others
    but for shares of one whole, which are balanced (`balanced`). What the door refuses is counted and drawn again:
    only what stands where it refused, so that plans that are alike elsewhere keep their draws alike. An attempt is part
    of the address of a card, and so is the name of the unknown: to add or leave out others changes none.

    Parameters
    ----------
    base : Resolved
        The scenario, without its origins.
    seed : int
        Seed of the deck.
    known : tuple of Unknown
        What is drawn.
    """

    base: Resolved
    seed: int
    known: tuple[Unknown, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of all that decides what is drawn, 64 hexadecimal digits."""
        told = [
            [
                one.name,
                one.whole,
                one.by_factors,
                [[track.paths, track.value, track.low, track.high] for track in one.tracks],
            ]
            for one in self.known
        ]
        text = json.dumps([self.base.scenario.hash, self.seed, told])
        return hashlib.sha256(text.encode()).hexdigest()

    def scenario(self, replication: int) -> Scenario:
        """Return the scenario of a replication."""
        return self.draw(replication).scenario

    def draw(self, replication: int) -> Drawn:
        """Draw the inputs of a replication, or of its twin.

        Parameters
        ----------
        replication : int
            0 <= replication < 2 * `TWIN`.

        Raises
        ------
        IopsimError
            If shares of one whole hardly ever lie within their ranges, or the door refuses nearly every draw.
        """
        deck = Deck(self.seed, replication % TWIN)
        attempts = dict.fromkeys((one.name for one in self.known), 0)
        refused: list[str] = []
        while len(refused) < MOST_REFUSED:
            values = self._values(deck, attempts)
            try:
                scenario = with_changes(self.base, changed_values(self.base, values, self.known)).scenario
            except ScenarioError as error:
                refused.append(str(error))
                for name in self._concerned(error, (len(refused) - 1) // WIDENING):
                    attempts[name] += 1
            else:
                return Drawn(scenario, values, tuple(refused))
        raise IopsimError(f"the ranges of the inputs do not go together; {MOST_REFUSED} draws in a row: {refused[-1]}")

    def _values(self, deck: Deck, attempts: Mapping[str, int]) -> dict[str, float]:
        values = _at_cards(self.known, deck, [attempts[one.name] << 32 for one in self.known])
        for shares in wholes(self.base.scenario):
            parts = tuple(one for one in self.known if one.paths[0] in shares)
            if parts:
                values |= _whole(shares, parts, deck, max(attempts[one.name] for one in parts))
        return values

    def _concerned(self, error: ScenarioError, wider: int) -> set[str]:
        """Return the unknowns that a refusal is about: those at its path, or in the nearest table that holds any."""
        found: set[str] = set()
        for problem in error.problems:
            parts = problem.path.split(".") if problem.path else []
            held = [names for end in range(len(parts), -1, -1) if (names := self._below(".".join(parts[:end])))]
            found |= held[min(wider, len(held) - 1)]
        return found

    def _below(self, table: str) -> set[str]:
        """Return the names of the unknowns of which a value stands at a path or below it; of all, at the top."""
        return {
            one.name
            for one in self.known
            if not table or any(path == table or path.startswith(f"{table}.") for path in one.paths)
        }


def draw_inputs(resolved: Resolved, seed: int, also: Sequence[str] = ()) -> Inputs:
    """Make the inputs of a scenario that are drawn.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins.
    seed : int
        Seed of the deck, 0 <= seed < 2**64; the same in every plan compared.
    also : sequence of str
        As for `iopsim.scenario.unknowns.unknowns`.
    """
    return Inputs(replace(resolved, origins={}), seed, unknowns(resolved, also))


def value_at(one: Unknown, share: float) -> float:
    """Return the value of an unknown below which a share of its distribution lies.

    Parameters
    ----------
    one : Unknown
        Whole numbers are drawn as such; ratios that cannot be 0 by their logarithm.
    share : float
        From 0, the low end of the range, to 1, the high end.
    """
    low, mode, high = one.low, one.value, one.high
    if one.whole:
        return whole_triangular(share, int(low), int(mode), int(high))
    drawn = (triangular_by_factors if one.by_factors else triangular)(share, low, mode, high)
    return min(max(rounded(drawn), low), high)


def _at_cards(known: Sequence[Unknown], deck: Deck, attempts: Sequence[int]) -> dict[str, float]:
    words = np.array([name_word(one.name) for one in known], dtype=np.uint64)
    cards = deck.deal(Purpose.INPUT, words, np.array(attempts, dtype=np.uint64))[:, 0]
    return {one.name: value_at(one, float(card)) for one, card in zip(known, cards, strict=True)}


def _whole(shares: Shares, parts: Sequence[Unknown], deck: Deck, attempt: int) -> dict[str, float]:
    """Draw shares of one whole until they can be balanced, or leave something for those that are not drawn."""
    paths = [one.paths[0] for one in parts]
    others = any(share > 0.0 for path, share in shares.items() if path not in paths)
    for again in range(MOST_DRAWS):
        drawn = _at_cards(parts, deck, [(attempt << 32) | again] * len(parts))
        if not others:
            told = balanced([one.value for one in parts], [drawn[one.name] for one in parts])
            if told:
                return dict(zip((one.name for one in parts), told, strict=True))
        elif (
            min(kept_whole(shares, {path: drawn[one.name] for path, one in zip(paths, parts, strict=True)}).values())
            >= 0
        ):
            return drawn
    named = ", ".join(one.name for one in parts)
    raise IopsimError(f"the ranges of shares of one whole hardly ever sum to 1: {named}")


def balanced(values: Sequence[float], drawn: Sequence[float]) -> tuple[float, ...]:
    """Return drawn shares of one whole, brought nearer to their values until they sum to 1.

    Parameters
    ----------
    values : sequence of float
        The shares as they are, which sum to 1.
    drawn : sequence of float
        What each was drawn to be by itself.

    Returns
    -------
    tuple of float
        Each between its value and what was drawn. If the shares drawn above their values exceed them by more than the
        others fall short, the excesses are shrunk in proportion until both are the same, and else the shortfalls. The
        sum is 1 to the last bit. Nothing if none are above their values or none below.

    Notes
    -----
    Where ranges are symmetric the mean of each share is its value, and where some reach further up, the others are not
    pushed down by more than they were drawn to be.
    """
    steps = [there - value for value, there in zip(values, drawn, strict=True)]
    above, below = (math.fsum(max(sign * step, 0.0) for step in steps) for sign in (1.0, -1.0))
    least = min(above, below)
    if least <= 0.0:
        return ()
    scale = least / above, least / below
    shares = [
        rounded(value + scale[step < 0.0] * step) if step else value for value, step in zip(values, steps, strict=True)
    ]
    largest = shares.index(max(shares))
    shares[largest] = math.fsum([1.0, *(-share for at, share in enumerate(shares) if at != largest)])
    return tuple(shares)


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one measure, what nobody knows and luck."""

    measure: Measure
    parts: Components

    @property
    def sentence(self) -> str:
        """What part of the spread is what nobody knows, in a sentence."""
        label, parts = self.measure.label, self.parts
        if parts.n < 2:
            return f"{label}: too few replications can tell."
        if np.isnan(parts.share):
            return f"{label}: the same in every replication."
        of = f"Of the spread of {label[0].lower()}{label[1:]}"
        if np.isnan(parts.low):
            return f"{of}, {_percent(parts.share)} % is what nobody knows, the rest luck; too few to say how sure."
        if parts.share <= 0.0:
            return f"{of}, none that can be seen is what nobody knows (at most {_percent(parts.high)} %): it is luck."
        between = f"{'~' if parts.made_by_few else ''}{_percent(parts.low)}-{_percent(parts.high)}"
        return f"{of}, {_percent(parts.share)} % ({between}) is what nobody knows, the rest luck."


def apart(measures: Sequence[Measure], first: I64, second: I64, confidence: float = 0.95) -> tuple[Spread, ...]:
    """Tell luck and ignorance apart, for each measure.

    Parameters
    ----------
    measures : sequence of Measure
        Of the second axis.
    first, second : int arrays, shape (n, measures, 2)
        Numerators and denominators of replications with drawn inputs, and of their twins in the same order.
    confidence : float
        Of each interval, between 0 and 1; each holds by itself.

    Returns
    -------
    tuple of Spread
        In the order of the measures.
    """
    return tuple(
        Spread(one, split_variance(one.values(first[:, at]), one.values(second[:, at]), confidence))
        for at, one in enumerate(measures)
    )


def _percent(share: float) -> int:
    return round(100 * min(max(share, 0.0), 1.0))

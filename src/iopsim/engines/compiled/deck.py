"""The deck, for compiled code: a block of cards is computed where it is needed, from its address."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from iopsim.jit import Rows, jit

LOW_MULTIPLIER, HIGH_MULTIPLIER = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
LOW_WEYL, HIGH_WEYL = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
ROUNDS = 10
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
STEP = 2.0**-32

Word = Any
"""64 bits, as Numba and NumPy have them."""

Card = Any
"""A card, or what becomes of it."""

Words = tuple[Word, Word, Word, Word]
"""A block."""


@intrinsic  # type: ignore[untyped-decorator]
def wide_product(_: Any, one: Any, other: Any) -> Any:
    """Return the high and the low 64 bits of the 128-bit product of two words: one instruction of the machine."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = arguments[0].type
        wide = type(word)(128)
        half = builder.zext(context.get_constant(types.uint64, 64), wide)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        parts = builder.trunc(builder.lshr(product, half), word), builder.trunc(product, word)
        return context.make_tuple(builder, signature.return_type, parts)

    if types.unliteral(one) != types.uint64 or types.unliteral(other) != types.uint64:
        raise TypingError("the factors of a wide product are words")
    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate


@jit
def block(seed: int, replication: int, purpose: int, who: int, when: int, about: int, episode: int) -> Words:
    """Return the four words of the block at an address; each holds two cards, the low half first.

    Parameters
    ----------
    seed, replication : int
        0 to 2**64 - 1, as those that follow.
    purpose : int
        A `Purpose`.
    who, when, about, episode : int
        As for `iopsim.deck.Deck.deal`.

    Returns
    -------
    tuple of uint64
    """
    low_key, high_key = np.uint64(seed), np.uint64(replication)
    a, b = np.uint64(who), np.uint64(when)
    c, d = (np.uint64(purpose) << HALF) | np.uint64(episode), np.uint64(about)
    for _ in range(ROUNDS):
        low_high, low_low = wide_product(LOW_MULTIPLIER, a)
        high_high, high_low = wide_product(HIGH_MULTIPLIER, c)
        a, b, c, d = high_high ^ b ^ low_key, high_low, low_high ^ d ^ high_key, low_low
        low_key += LOW_WEYL
        high_key += HIGH_WEYL
    return a, b, c, d


@jit
def low_card(word: Word) -> float:
    """Return the first card of a word: (k + 1/2) / 2**32 of its low 32 bits."""
    return (np.float64(np.int64(word & LOW)) + 0.5) * STEP


@jit
def high_card(word: Word) -> float:
    """Return the second card of a word: (k + 1/2) / 2**32 of its high 32 bits."""
    return (np.float64(np.int64(word >> HALF)) + 0.5) * STEP


@jit
def lay_out(words: Words, cards: Rows) -> None:
    """Write the eight cards of a block, in order."""
    for k in range(len(words)):
        cards[2 * k], cards[2 * k + 1] = low_card(words[k]), high_card(words[k])


@jit
def card_at(words: Words, place: int) -> float:
    """Return the card at a place of a block, 0 to 7."""
    pair = place >> 1
    word = (words[0] if pair == 0 else words[1]) if pair < 2 else (words[2] if pair == 2 else words[3])
    half = word >> HALF if place & 1 else word & LOW
    return (np.float64(np.int64(half)) + 0.5) * STEP

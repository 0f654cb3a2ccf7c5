"""The deck: uniform random cards, each at a fixed address.

A card is never "the next one". Its address is (seed, replication, purpose, client, episode, about, place), and the
card found there is the same whoever looks first, whatever else is looked at, and however long the run is. The
generator is Philox4x64-10, counter-based: the address *is* the counter. One block of four 64-bit words holds
eight cards of 32 bits.

Source: Salmon JK, Moraes MA, Dror RO, Shaw DE. Parallel random numbers: as easy as 1, 2, 3. SC11 (2011). Tested
word for word against ``numpy.random.Philox``.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]

CARDS = 8
"""Cards in a block."""


class Purpose(IntEnum):
    """What a block of cards is for; part of the address, so a number is never given to another purpose."""

    REFERRALS = 1
    TRAIT = 2
    INTAKE = 3
    LEAVING = 4
    APPOINTMENT = 5
    ABSENCE = 6
    DOUBT = 7
    COVERAGE = 8
    VISIT = 9
    LAPSE = 10
    CUT_SHORT = 11
    CLAIM = 12
    TENURE = 13
    SICKNESS = 14
    LEAVE = 15
    COVER = 16
    INPUT = 17


_MULTIPLY = np.array([[0xD2E7470EE14C6C93], [0xCA5A826395121157]], dtype=np.uint64)
_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_ROUNDS = 10
_WORD = 2**64
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_MIX = (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9), np.uint64(27), np.uint64(0x94D049BB133111EB), np.uint64(31))
_LOW_FACTOR, _HIGH_FACTOR = _MULTIPLY & _LOW, _MULTIPLY >> _HALF


def _high_words(words: U64) -> U64:
    """Return the high 64 bits of the 128-bit products of `words`, shape (2, n), with the two multipliers."""
    low, high = words & _LOW, words >> _HALF
    carry = high * _LOW_FACTOR + ((low * _LOW_FACTOR) >> _HALF)
    middle = low * _HIGH_FACTOR + (carry & _LOW)
    return np.asarray(high * _HIGH_FACTOR + (carry >> _HALF) + (middle >> _HALF), dtype=np.uint64)


def philox(key: tuple[int, int], counter: U64) -> U64:
    """Return the four 64-bit words of Philox4x64-10 for each counter.

    Parameters
    ----------
    key : tuple of int
        Two 64-bit key words.
    counter : uint64 array, shape (4, n)
        Counter words, lowest first.

    Returns
    -------
    uint64 array, shape (4, n)
    """
    even, odd = counter[0::2], counter[1::2]
    k0, k1 = key
    for _ in range(_ROUNDS):
        round_key = np.array([[k0], [k1]], dtype=np.uint64)
        even, odd = _high_words(even)[::-1] ^ odd ^ round_key, (even * _MULTIPLY)[::-1]
        k0, k1 = (k0 + _WEYL[0]) % _WORD, (k1 + _WEYL[1]) % _WORD
    return np.stack([even[0], odd[0], even[1], odd[1]])


def name_word(name: str) -> int:
    """Return the 64-bit address word of a name, so that no other name's cards move when one is added."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def card_by_name(first: Any, second: Any, name: Any) -> Any:
    """Return the card that a name finds in a block, whatever other names there are; arrays or single words.

    Parameters
    ----------
    first, second : uint64
        The first two words of the block.
    name : uint64
        `name_word` of the name.

    Returns
    -------
    float
        Uniform on (0, 1), never 0 nor 1: (k + 1/2) / 2**32.

    Notes
    -----
    The first word and the name are mixed as in SplitMix64, the second word hides the outcome.

    Source: Steele GL, Lea D, Flood CH. Fast splittable pseudorandom number generators. OOPSLA 2014:453-472; Stafford's
    constants, variant 13.
    """
    word = first ^ name
    word = (word ^ (word >> _MIX[0])) * _MIX[1]
    word = (word ^ (word >> _MIX[2])) * _MIX[3]
    word = word ^ (word >> _MIX[4]) ^ second
    return (np.int64(word >> _HALF) + 0.5) * 2.0**-32


class Deck:
    """All the cards of one replication.

    Parameters
    ----------
    seed : int
        0 <= seed < 2**64.
    replication : int
        0 <= replication < 2**64.
    """

    def __init__(self, seed: int, replication: int) -> None:
        if not (0 <= seed < _WORD and 0 <= replication < _WORD):
            raise ValueError("seed and replication must be whole numbers from 0 to 2**64 - 1")
        self.seed = seed
        self.replication = replication

    def deal(
        self, purpose: Purpose | U64, who: U64, when: U64, about: U64 | int = 0, episode: int = 0
    ) -> NDArray[np.float64]:
        """Deal one block of cards for each address.

        Parameters
        ----------
        purpose : Purpose, or uint64 array, shape (n,)
            What the cards decide.
        who : uint64 array, shape (n,)
            `name_word` of the client's source, of the staff role, of the group, or of what nobody knows.
        when : uint64 array, shape (n,)
            Referral day times 2**32 plus ordinal of the client on that day; number of the post; week; number of the
            attempt.
        about : uint64 array, shape (n,), or int
            What within the purpose: page of attempts, page of absences, week.
        episode : int
            Number of the client's episode, from 0.

        Returns
        -------
        float array, shape (n, 8)
            Uniform on (0, 1), never 0 nor 1: (k + 1/2) / 2**32.
        """
        words = self._words(purpose, who, when, about, episode)
        return (np.ascontiguousarray(words.T, dtype="<u8").view("<u4") + 0.5) * 2.0**-32

    def deal_by_name(self, purpose: Purpose, who: U64, when: U64, names: U64) -> NDArray[np.float64]:
        """Deal one card for each address and each of some names, from one block for each address.

        Parameters
        ----------
        purpose : Purpose
        who, when : uint64 array, shape (n,)
            As in `deal`.
        names : uint64 array, shape (names,)
            `name_word` of each name.

        Returns
        -------
        float array, shape (n, names)
        """
        first, second, *_ = self._words(purpose, who, when, 0, 0)
        cards: NDArray[np.float64] = card_by_name(first[:, np.newaxis], second[:, np.newaxis], names)
        return cards

    def _words(self, purpose: Purpose | U64, who: U64, when: U64, about: U64 | int, episode: int) -> U64:
        """Return the four words of each block; shape (4, n)."""
        counter = np.empty((4, len(who)), dtype=np.uint64)
        counter[0], counter[1], counter[2], counter[3] = who, when, _what(purpose, episode), about
        return philox((self.seed, self.replication), counter)


def _what(purpose: Purpose | U64, episode: int) -> U64 | int:
    """Return the address word of purpose and episode."""
    if isinstance(purpose, Purpose):
        return (int(purpose) << 32) | episode
    return (purpose << np.uint64(32)) | np.uint64(episode)

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


_MULTIPLY = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_ROUNDS = 10
_WORD = 2**64


def _multiply(constant: int, words: U64) -> tuple[U64, U64]:
    """Return the high and the low 64 bits of a 64-bit constant times each word."""
    c_low, c_high = np.uint64(constant & 0xFFFFFFFF), np.uint64(constant >> 32)
    half, mask = np.uint64(32), np.uint64(0xFFFFFFFF)
    low, high = words & mask, words >> half
    cross = low * c_high
    carry = high * c_low + ((low * c_low) >> half)
    middle = cross + (carry & mask)
    return high * c_high + (carry >> half) + (middle >> half), words * np.uint64(constant)


def philox(key: tuple[int, int], counter: tuple[U64, U64, U64, U64]) -> tuple[U64, U64, U64, U64]:
    """Return the four 64-bit words of Philox4x64-10 for each counter.

    Parameters
    ----------
    key : tuple of int
        Two 64-bit key words.
    counter : tuple of four uint64 arrays, shape (n,)
        Counter words, lowest first.

    Returns
    -------
    tuple of four uint64 arrays, shape (n,)
    """
    k0, k1 = key
    c0, c1, c2, c3 = counter
    for _ in range(_ROUNDS):
        high0, low0 = _multiply(_MULTIPLY[0], c0)
        high1, low1 = _multiply(_MULTIPLY[1], c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ np.uint64(k0), low1, high0 ^ c3 ^ np.uint64(k1), low0
        k0, k1 = (k0 + _WEYL[0]) % _WORD, (k1 + _WEYL[1]) % _WORD
    return c0, c1, c2, c3


def name_word(name: str) -> int:
    """Return the 64-bit address word of a name, so that no other name's cards move when one is added."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


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
        self, purpose: Purpose, who: U64, when: U64, about: U64 | int = 0, episode: int = 0
    ) -> NDArray[np.float64]:
        """Deal one block of cards for each address.

        Parameters
        ----------
        purpose : Purpose
            What the cards decide.
        who : uint64 array, shape (n,)
            `name_word` of the client's source.
        when : uint64 array, shape (n,)
            Referral day times 2**32 plus ordinal of the client on that day.
        about : uint64 array, shape (n,), or int
            What within the purpose: page of attempts, page of absences, word of a trait's name.
        episode : int
            Number of the client's episode, from 0.

        Returns
        -------
        float array, shape (n, 8)
            Uniform on (0, 1), never 0 nor 1: (k + 1/2) / 2**32.
        """
        n = len(who)
        what = np.full(n, (int(purpose) << 32) | episode, dtype=np.uint64)
        which = np.full(n, about, dtype=np.uint64) if isinstance(about, int) else about
        words = np.empty((n, CARDS // 2), dtype="<u8")
        for column, word in enumerate(philox((self.seed, self.replication), (who, when, what, which))):
            words[:, column] = word
        return (words.view("<u4") + 0.5) * 2.0**-32

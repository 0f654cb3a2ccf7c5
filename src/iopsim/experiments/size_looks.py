"""After how many replications a sizing looks at what it has."""

from __future__ import annotations

ROUND = 10
"""Replications after which it is looked are multiples of this."""


def prefixes(first: int, most: int) -> tuple[int, ...]:
    """Return after how many replications it is looked: by a quarter more each time and ten at least, up to the most.

    Parameters
    ----------
    first, most : int
        The first look is no earlier than `first`, the last at `most`.
    """
    found, n = [], -(-first // ROUND) * ROUND
    while n < most:
        found.append(n)
        n += max(ROUND, n // 4 // ROUND * ROUND)
    return (*found, most)

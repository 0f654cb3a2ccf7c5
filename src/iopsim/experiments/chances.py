"""How often something happens over replications, in words that claim no more than they say."""

from __future__ import annotations

TENTHS = {1: "one", 2: "two", 3: "three", 4: "four", 6: "six", 7: "seven", 8: "eight", 9: "nine"}

FEW = 50
"""Below this many replications they are counted, as tenths of them would be guesses."""


def programs(times: int, n: int) -> tuple[str, bool]:
    """Return how many of the simulated programs, as the subject of a sentence, and whether its verb is plural.

    Each replication is one way in which the same plan may turn out, and called a program.

    Parameters
    ----------
    times : int
        Replications in which it happens, 0 to n.
    n : int
        All of them, 1 or more.

    Returns
    -------
    tuple of str and bool
        Such as ``one program in ten``, singular, or ``half of the programs``, plural.

    Raises
    ------
    ValueError
        If it happens more often than there are replications, or there are none.
    """
    if not 0 <= times <= n or n < 1:
        raise ValueError(f"something happens in 0 to n replications, not in {times} of {n}")
    if n == 1:
        return ("no program in 1", False) if not times else ("the one program", False)
    if times == 0:
        return f"no program in {n:,}", False
    if times == n:
        return f"all {n:,} programs", True
    share = times / n
    if n < FEW or share < 0.05 or share > 0.95:
        return f"{times:,} of {n:,} programs", times > 1
    tenths = min(max(round(10 * share), 1), 9)
    if tenths == 5:
        return "half of the programs", True
    return f"{TENTHS[tenths]} program{'s' if tenths > 1 else ''} in ten", tenths > 1


def opened(text: str) -> str:
    """Return a sentence with its first letter large."""
    return text[:1].upper() + text[1:]

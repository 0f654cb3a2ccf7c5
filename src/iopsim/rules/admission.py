"""Which seats does a client get?"""

from __future__ import annotations

from collections.abc import Sequence

NO_NIGHT = -1


def roomiest_night(free: Sequence[int], first: int, stop: int, taken: int) -> int:
    """Return the night of a group with the most free seats, the earliest of equals; -1 if none has a seat.

    A client of a phase with fewer nights than the group thereby leaves most room for those who need every night.

    Parameters
    ----------
    free : sequence of int
        Free seats of each group night.
    first, stop : int
        The group's nights are first, ..., stop - 1.
    taken : int
        Bit k is set if the group's k-th night is already chosen for this client.
    """
    best, most = NO_NIGHT, 0
    for night in range(first, stop):
        if free[night] > most and not (taken >> (night - first)) & 1:
            best, most = night, free[night]
    return best


def room(free: Sequence[int], first: int, stop: int, needed: int) -> int:
    """Return how many more clients who need `needed` nights each the group can surely seat: 0 if it is full.

    It is the number of free seats on the scarcest of the `needed` roomiest nights.
    """
    if needed == stop - first:
        scarcest = free[first]
        for night in range(first + 1, stop):
            scarcest = free[night] if free[night] < scarcest else scarcest
        return scarcest
    taken, scarcest = 0, 0
    for _ in range(needed):
        night = roomiest_night(free, first, stop, taken)
        if night == NO_NIGHT:
            return 0
        taken |= 1 << (night - first)
        scarcest = free[night]
    return scarcest

"""Who waits how long: when a client can start, patience, and the limit of the list."""

from __future__ import annotations

from collections.abc import Sequence

FOREVER = 1 << 40


def patience_days(threshold: float, hazard_per_day: float, interim_from: int = FOREVER, ratio: float = 1.0) -> int:
    """Return on which day of waiting the client gives up: the first k at which the hazard has added up, at least 1.

    Parameters
    ----------
    threshold : float
        The client's unit-exponential threshold.
    hazard_per_day : float
        Hazard of giving up, the client's traits included.
    interim_from : int
        Days of waiting after which interim services have begun.
    ratio : float
        Hazard ratio while receiving them.

    Notes
    -----
    Assumes the hazard does not change while waiting but for interim services. Source: evidence row 2.16.
    """
    before = 0
    if ratio != 1.0 and interim_from < FOREVER:
        used = interim_from * hazard_per_day
        if used < threshold:
            before, threshold, hazard_per_day = interim_from, threshold - used, hazard_per_day * ratio
    if threshold >= hazard_per_day * FOREVER:
        return before + FOREVER
    days = int(threshold / hazard_per_day)
    while days * hazard_per_day < threshold:
        days += 1
    return before + (days if days > 1 else 1)


def ready_day(assessed: int, delay: int, contract: int, missed: int, next_orientation: Sequence[int]) -> int:
    """Return the first day on which a client can start, as far as the client's own side goes.

    Parameters
    ----------
    assessed : int
        Day of the assessment, or of coming back.
    delay : int
        Days for papers, authorization, work.
    contract : int
        Day on which the payer's contract starts.
    missed : int
        Orientations that the client misses before coming to one.
    next_orientation : sequence of int
        First day with an orientation from each day on, the run's length if none; the day itself if none is required.
    """
    last = len(next_orientation) - 1
    day = assessed + delay
    if day < contract:
        day = contract
    if day >= last:
        return day
    day = next_orientation[day]
    while missed > 0 and day < last:
        day = next_orientation[day + 1]
        missed -= 1
    return day


def balks(n_waiting: int, limit: int) -> bool:
    """Decide whether the last of `n_waiting` clients does not fit on the list; a negative limit is none."""
    return 0 <= limit < n_waiting

"""Who waits how long: patience, and the limit of the list."""

from __future__ import annotations

FOREVER = 1 << 40


def patience_days(threshold: float, hazard_per_day: float) -> int:
    """Return on which day of waiting the client gives up: the first k with k x hazard >= threshold, at least 1.

    Parameters
    ----------
    threshold : float
        The client's unit-exponential threshold.
    hazard_per_day : float
        Hazard of giving up, the client's traits included.

    Notes
    -----
    Assumes the hazard does not change while waiting. Source: evidence row 2.16.
    """
    if threshold >= hazard_per_day * FOREVER:
        return FOREVER
    days = int(threshold / hazard_per_day)
    while days * hazard_per_day < threshold:
        days += 1
    return days if days > 1 else 1


def balks(n_waiting: int, limit: int) -> bool:
    """Decide whether the last of `n_waiting` clients does not fit on the list; a negative limit is none."""
    return 0 <= limit < n_waiting

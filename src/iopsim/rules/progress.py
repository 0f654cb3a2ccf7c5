"""Is a phase of treatment over?"""

from __future__ import annotations


def meets_benchmark(attended: int, scheduled: int, share: float, weeks_since_lapse: int, lapse_free_weeks: int) -> bool:
    """Decide whether a client meets the benchmark for moving on.

    Parameters
    ----------
    attended, scheduled : int
        Sessions of the last weeks that the benchmark looks at; nothing scheduled is nothing missed.
    share : float
        Share that must have been attended.
    weeks_since_lapse : int
        Weeks since the last lapse, or since admission.
    lapse_free_weeks : int
        Weeks without a lapse that are needed.
    """
    enough = scheduled == 0 or attended / scheduled >= share  # a quotient is rounded as the share is: 14 of 25 is 0.56
    return enough and weeks_since_lapse >= lapse_free_weeks


def phase_is_over(weeks: int, least: int, most: int, meets: bool) -> bool:
    """Decide whether a client who has spent so many weeks in a phase is to move on.

    Parameters
    ----------
    weeks : int
        Weeks in the phase.
    least : int
        Weeks before which nobody moves on.
    most : int
        Weeks after which everybody does.
    meets : bool
        Whether the benchmark is met.
    """
    return weeks >= most or (weeks >= least and meets)

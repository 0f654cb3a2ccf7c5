"""Does the client come to the assessment, and if not, take another appointment?"""

from __future__ import annotations


def show_probability(odds: float, ratio: float) -> float:
    """Return the probability of coming to an appointment.

    Parameters
    ----------
    odds : float
        Odds at this delay for a client without traits, from the rulebook.
    ratio : float
        Odds ratio of the client's traits.

    Notes
    -----
    Assumes the effect of delay on the log-odds is logarithmic. Source: evidence rows 2.10, 2.11, 2.15.
    """
    return 1.0 - 1.0 / (1.0 + odds * ratio)


def shows(card: float, probability: float) -> bool:
    """Decide whether the client comes."""
    return card < probability


def rebooks(card: float, attempt: int, probability: float, most: int) -> bool:
    """Decide whether a client who missed appointment number `attempt` (from 0) takes another."""
    return attempt < most and card < probability

"""What becomes of a referral's first call?"""

from __future__ import annotations

ANSWERED = 0
NOT_REFERRED = 1
LOST = 2
SCREENED_OUT = 3


def call_outcome(kept_card: float, kept: float, card: float, lost: float, screened_out: float) -> int:
    """Decide whether a referral is made at all, and whether its call leads to an appointment.

    Parameters
    ----------
    kept_card : float
        The client's card for the referrer's decision.
    kept : float
        Probability that the referrer still refers, given the wait that is known.
    card : float
        The client's card for the call.
    lost : float
        Probability that the call is lost.
    screened_out : float
        Probability of being screened out, of a call answered.

    Notes
    -----
    Source: none; each is off unless the scenario says otherwise.
    """
    if kept_card >= kept:
        return NOT_REFERRED
    if card < lost:
        return LOST
    if card < lost + (1.0 - lost) * screened_out:
        return SCREENED_OUT
    return ANSWERED

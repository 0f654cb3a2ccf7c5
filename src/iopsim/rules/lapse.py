"""What does a lapse lead to?"""

from __future__ import annotations

STAYS = 0
STEPS_UP = 1
STEPS_OUT = 2


def lapse_consequence(card: float, step_out: float, step_up: float, has_phase_before: bool) -> int:
    """Decide whether one who has lapsed is sent to a higher level, goes back a phase, or stays.

    Parameters
    ----------
    card : float
        The client's card for this lapse.
    step_out, step_up : float
        Probabilities, which together are at most 1.
    has_phase_before : bool
        Whether there is a phase to go back to.
    """
    if card < step_out:
        return STEPS_OUT
    if has_phase_before and card < step_out + step_up:
        return STEPS_UP
    return STAYS

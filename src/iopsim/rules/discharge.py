"""What does the weekly review decide: stay, move on, or leave, and for which reason?"""

from __future__ import annotations

from iopsim.record import Exit

STAY = -1
MOVE_ON = -2
STEP_UP = -3


def verdict(
    died: bool,
    incarcerated: bool,
    rule_broken: bool,
    dropped_out: bool,
    transferred: bool,
    left_otherwise: bool,
    coverage_over: bool,
    stepping_up: bool,
    phase_over: bool,
    last_phase: bool,
) -> int:
    """Decide one verdict; if several things happened in the same week the first of the arguments counts.

    But one who completes has completed, even if coverage has just ended.

    Returns
    -------
    int
        An `Exit`, or STAY, or MOVE_ON to the next phase, or STEP_UP to the phase before.
    """
    if died:
        return Exit.DIED
    if incarcerated:
        return Exit.INCARCERATED
    if rule_broken:
        return Exit.TERMINATED
    if dropped_out:
        return Exit.DROPPED_OUT
    if transferred:
        return Exit.TRANSFERRED
    if left_otherwise:
        return Exit.OTHER
    if phase_over and last_phase and not stepping_up:
        return Exit.COMPLETED
    if coverage_over:
        return Exit.COVERAGE_ENDED
    if stepping_up:
        return STEP_UP
    return MOVE_ON if phase_over else STAY

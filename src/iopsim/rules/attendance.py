"""Does the client come tonight? Absences come in runs."""

from __future__ import annotations

SURE = 1.0 - 2.0**-40
"""As good as 1: no card is fine enough to tell, and what is left can still be divided by."""


def absence_run(odds: float, run: float, ratio: float) -> float:
    """Return the average length of a client's runs of absences, sessions.

    Parameters
    ----------
    odds : float
        Long-run odds of being absent, for a client without traits.
    run : float
        Average length of a run of absences, for a client who attends at least now and then.
    ratio : float
        Odds ratio of *attending*, of the client's traits.

    Notes
    -----
    As a client attends at least once between two runs, who is absent very often must be absent longer.
    """
    mine = odds / ratio
    return mine if mine > run else run


def absence_chance(odds: float, run: float, ratio: float) -> float:
    """Return the probability that a run of absences begins tonight, for a client who came last time.

    Parameters
    ----------
    odds, ratio : float
        As for `absence_run`.
    run : float
        From `absence_run`.

    Notes
    -----
    Assumes a two-state Markov chain over scheduled sessions: after a run the client attends at least once; runs
    are geometric. Then the share of sessions missed is odds / (1 + odds) from the first session on. Source: no
    published figure (evidence row 3.1).
    """
    chance = odds / ratio / run
    return chance if chance < SURE else SURE


def first_presence(odds: float, ratio: float) -> float:
    """Return the presence after a client's first session, so that it is missed as often as any other.

    Presence is the probability of having come to every session since the last run of absences; each session
    multiplies it by 1 - `absence_chance`. After the first it is 1 - the long-run share missed.

    Parameters
    ----------
    odds, ratio : float
        As for `absence_chance`.
    """
    return 1.0 / (1.0 + odds / ratio)


def run_length(card: float, goes_on: float) -> int:
    """Return the length of a run of absences, 1 or more: geometric, going on with probability `goes_on`."""
    length, tail = 1, goes_on
    while card < tail:
        length += 1
        tail *= goes_on
    return length


def breaks_absence_rule(run: int, total: int, consecutive: int, most: int) -> bool:
    """Decide whether unexcused absences end the episode.

    Parameters
    ----------
    run : int
        Unexcused absences since the last session attended.
    total : int
        Unexcused absences within the rule's window.
    consecutive : int
        This many in a row end the episode; negative for no such rule.
    most : int
        More than this many in the window end it; negative for no such rule.

    Notes
    -----
    Source: evidence row 3.9.
    """
    return 0 <= consecutive <= run or 0 <= most < total

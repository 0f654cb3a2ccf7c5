"""Does the client come tonight? Absences come in runs."""

from __future__ import annotations

SURE = 1.0 - 2.0**-40
"""As good as 1: no card is fine enough to tell, and what is left can still be divided by."""

LONGEST = 7 * 1040
"""Sessions beyond which nobody's are counted: every night of the longest run there is."""


def absence_run(odds: float, run: float, ratio: float) -> float:
    """Return the average length of a client's runs of absences, sessions.

    Parameters
    ----------
    odds : float
        Long-run odds of being absent, for a client without traits.
    run : float
        Average length of a run of absences, for a client who attends at least now and then.
    ratio : float
        Odds ratio of *attending*, of the client's traits and of the least attended night of the client's group.

    Notes
    -----
    As a client attends at least once between two runs, who is absent very often must be absent longer.
    """
    mine = odds / ratio
    return mine if mine > run else run


def missed_share(odds: float, ratio: float) -> float:
    """Return the share of sessions that a client misses on a night, at most `SURE`.

    Parameters
    ----------
    odds : float
        Long-run odds of being absent, for a client without traits.
    ratio : float
        Odds ratio of attending, of the client's traits and of the night.
    """
    mine = odds / ratio
    share = mine / (1.0 + mine)
    return share if share < SURE else SURE


def missed_tonight(missed: float, missed_last: float, goes_on: float) -> float:
    """Return the share of sessions that such clients miss tonight: the night's own, or more if runs alone go on.

    Parameters
    ----------
    missed, missed_last, goes_on : float
        As for `absence_chance`, which brings it about.
    """
    still = goes_on * missed_last
    return missed if missed > still else still


def absence_chance(missed: float, missed_last: float, goes_on: float) -> float:
    """Return the probability that a run of absences begins tonight, for a client who came last time.

    Parameters
    ----------
    missed, missed_last : float
        Share of sessions missed on tonight's night and on that of the client's last session, from `missed_share`.
    goes_on : float
        Probability that a run of absences goes on by one more session.

    Notes
    -----
    Assumes a two-state Markov chain over scheduled sessions: after a run the client attends at least once; runs
    are geometric. Each night is then missed with its own share, from the first session on: what is missed tonight is
    what goes on from last time and what begins. Where much more was missed last time, runs alone may bring tonight
    above its share; the chance is then 0. Source: no published figure (evidence row 3.1).
    """
    chance = (missed - goes_on * missed_last) / (1.0 - missed_last)
    if chance < 0.0:
        return 0.0
    return chance if chance < SURE else SURE


def run_length(card: float, goes_on: float) -> int:
    """Return the length of a run of absences: geometric, going on with probability `goes_on`; 1 to `LONGEST`."""
    length, tail = 1, goes_on
    while card < tail and length < LONGEST:
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

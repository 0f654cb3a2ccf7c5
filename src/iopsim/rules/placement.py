"""Where does the assessment send the client?"""

from __future__ import annotations

from collections.abc import Sequence

HERE = 0
WITHDRAWAL = 1
RESIDENTIAL = 2
HIGHER = 3
LOWER = 4
DECLINED = 5


def place(card: float, shares: Sequence[float], ratio: float) -> int:
    """Decide the placement.

    Parameters
    ----------
    card : float
        The client's card.
    shares : sequence of float
        Cumulative shares: this program, withdrawal management first, residential treatment first, a higher level,
        a lower one, declined.
    ratio : float
        Odds ratio of the client's traits on needing more than this program at first: the second to fourth.

    Notes
    -----
    Assumes placement depends on nothing else. Source: none found (evidence row 5.3). The other shares keep their
    proportions.
    """
    more = shares[HIGHER] - shares[HERE]
    if ratio != 1.0 and 0.0 < more < 1.0:
        scaled = more * ratio / (1.0 - more + more * ratio)
        up, rest = scaled / more, (1.0 - scaled) / (1.0 - more)
        edge, before = 0.0, 0.0
        for where in range(DECLINED):
            edge += (shares[where] - before) * (up if HERE < where <= HIGHER else rest)
            before = shares[where]
            if card < edge:
                return where
        return DECLINED
    for where in range(DECLINED):
        if card < shares[where]:
            return where
    return DECLINED

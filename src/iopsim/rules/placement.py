"""Where does the assessment send the client?"""

from __future__ import annotations

HERE = 0
HIGHER = 1
LOWER = 2
DECLINED = 3


def place(card: float, here: float, higher: float, lower: float) -> int:
    """Decide the placement from cumulative shares: this program, a higher level, a lower one, or declined.

    Notes
    -----
    Assumes placement depends on nothing the model knows. Source: none found (evidence row 5.3).
    """
    if card < here:
        return HERE
    if card < higher:
        return HIGHER
    if card < lower:
        return LOWER
    return DECLINED

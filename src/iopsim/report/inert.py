"""Words of strangers, made harmless: they can be read, and do nothing else."""

from __future__ import annotations

import unicodedata

LONGEST = 300
"""Signs of a name that are shown."""

KEPT = frozenset("\n")


def inert(text: str, longest: int = LONGEST) -> str:
    """Return a text on one line, without signs that are not seen, steer a machine or turn the direction of writing.

    Parameters
    ----------
    text : str
    longest : int
        Signs after which it is cut.

    Returns
    -------
    str
        In Unicode's composed form; at most two marks stay on one letter.
    """
    kept: list[str] = []
    marks = 0
    for sign in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind[0] == "M" else 0
        if kind[0] in "CZ":
            kept.append(" ")
        elif marks <= 2:
            kept.append(sign)
    words = " ".join("".join(kept).split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"

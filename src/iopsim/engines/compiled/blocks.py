"""The cards that clients play one after the other; a block is dealt when its first card is played, and kept."""

from __future__ import annotations

from iopsim.arithmetic import minus_log_rest
from iopsim.deck import Purpose
from iopsim.engines.compiled.deck import Card, block, high_card, low_card
from iopsim.jit import Struct, jit, jitted

ABSENCE, LAPSE, VISIT, CUT_SHORT = range(4)
"""Places of these purposes in what is kept of a client's blocks."""

ABSENCE_PURPOSE, LAPSE_PURPOSE, VISIT_PURPOSE, CUT_SHORT_PURPOSE = (
    int(purpose) for purpose in (Purpose.ABSENCE, Purpose.LAPSE, Purpose.VISIT, Purpose.CUT_SHORT)
)

_minus_log_rest = jitted(minus_log_rest)


@jit
def next_card(clinic: Struct, who: int, kind: int, purpose: int, place: int) -> Card:
    """Return the card at a place; its block is kept until a card of another is wanted."""
    page, words = place >> 3, clinic.words
    if clinic.page[who, kind] != page:
        me = clinic.people[who]
        first, second, third, fourth = block(
            clinic.seed, clinic.replication, purpose, me.who, me.when, page, me.episode
        )
        words[who, kind, 0], words[who, kind, 1] = first, second
        words[who, kind, 2], words[who, kind, 3] = third, fourth
        clinic.page[who, kind] = page
    word = words[who, kind, (place & 7) >> 1]
    return high_card(word) if place & 1 else low_card(word)


@jit
def absence_card(clinic: Struct, who: int, place: int) -> Card:
    """Return a card of a run of absences."""
    return next_card(clinic, who, ABSENCE, ABSENCE_PURPOSE, place)


@jit
def lapse_card(clinic: Struct, who: int, place: int) -> Card:
    """Return a card of a lapse."""
    return next_card(clinic, who, LAPSE, LAPSE_PURPOSE, place)


@jit
def lapse_gap(clinic: Struct, who: int, place: int) -> float:
    """Return the unit-exponential threshold of the hazard until the next lapse."""
    return _minus_log_rest(lapse_card(clinic, who, place))


@jit
def visit_card(clinic: Struct, who: int, place: int) -> Card:
    """Return the card of a visit."""
    return next_card(clinic, who, VISIT, VISIT_PURPOSE, place)


@jit
def cut_short_card(clinic: Struct, who: int, place: int) -> Card:
    """Return the card that says when the next session is cut short."""
    return next_card(clinic, who, CUT_SHORT, CUT_SHORT_PURPOSE, place)

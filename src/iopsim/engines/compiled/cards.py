"""The cards of clients that they play one after the other; a block is dealt when its first card is played."""

from __future__ import annotations

from iopsim import arithmetic
from iopsim.deck import Purpose
from iopsim.engines.compiled.deck import block, high_card, low_card
from iopsim.engines.compiled.state import has_room_for
from iopsim.jit import Struct, jit, jitted

minus_log_rest = jitted(arithmetic.minus_log_rest)

ABSENCE, LAPSE, VISIT, CUT_SHORT = range(4)
"""Places of these purposes in what is kept of a client's blocks."""

ABSENCE_PURPOSE, LAPSE_PURPOSE, VISIT_PURPOSE, CUT_SHORT_PURPOSE = (
    int(purpose) for purpose in (Purpose.ABSENCE, Purpose.LAPSE, Purpose.VISIT, Purpose.CUT_SHORT)
)


@jit
def next_card(clinic: Struct, who: int, kind: int, purpose: int, place: int) -> float:
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
def absence_card(clinic: Struct, who: int, place: int) -> float:
    """Return a card of a run of absences."""
    return next_card(clinic, who, ABSENCE, ABSENCE_PURPOSE, place)


@jit
def lapse_card(clinic: Struct, who: int, place: int) -> float:
    """Return a card of a lapse."""
    return next_card(clinic, who, LAPSE, LAPSE_PURPOSE, place)


@jit
def visit_card(clinic: Struct, who: int, place: int) -> float:
    """Return the card of a visit."""
    return next_card(clinic, who, VISIT, VISIT_PURPOSE, place)


@jit
def cut_short_card(clinic: Struct, who: int, place: int) -> float:
    """Return the card that says when the next session is cut short."""
    return next_card(clinic, who, CUT_SHORT, CUT_SHORT_PURPOSE, place)


# ---- stand-in until the cohort is drawn in compiled code: everything dealt beforehand


@jit
def refer(clinic: Struct) -> None:
    dealt = clinic.dealt
    has_room_for(clinic, dealt.people.shape[1])
    for who in range(dealt.people.shape[1]):
        clinic.people[who] = dealt.people[0, who]
        clinic.people[who].first = who
    clinic.n_people = dealt.people.shape[1]


@jit
def come_again(clinic: Struct, old: int, new: int, today: int) -> None:
    me = clinic.people[old]
    first, episode = me.first, me.episode + 1
    clinic.people[new] = clinic.dealt.people[episode, first]
    again = clinic.people[new]
    again.first, again.episode, again.referral_day = first, episode, today


@jit
def attempt_cards(clinic: Struct, who: int, attempt: int) -> tuple[float, float]:
    me = clinic.people[who]
    return clinic.dealt.show[me.episode, me.first, attempt], clinic.dealt.rebook[me.episode, me.first, attempt]


@jit
def client_delay(clinic: Struct, who: int, attempt: int) -> int:
    me = clinic.people[who]
    return clinic.dealt.client_delay[me.episode, me.first, attempt]


@jit
def away_cards(clinic: Struct, who: int, detour: int) -> tuple[int, bool]:
    me = clinic.people[who]
    return clinic.dealt.away_days[me.episode, me.first, detour], clinic.dealt.comes_back[me.episode, me.first, detour]


@jit
def treatment_cards(clinic: Struct, who: int) -> None:
    return


@jit
def leaving_cards(clinic: Struct, who: int) -> None:
    return


@jit
def draw_staff(clinic: Struct) -> None:
    clinic.tenure, clinic.vacancy = clinic.dealt.tenure, clinic.dealt.vacancy
    clinic.off[:] = clinic.dealt.off
    if clinic.plan.draws_cover:
        clinic.cover[:] = clinic.dealt.cover


@jit
def lapse_gap(clinic: Struct, who: int, place: int) -> float:
    return minus_log_rest(lapse_card(clinic, who, place))

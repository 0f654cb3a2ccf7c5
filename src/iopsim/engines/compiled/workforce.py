"""The workforce, for compiled code: whose post is filled, who is sick or on leave, and whether cover is found."""

from __future__ import annotations

import numpy as np

from iopsim.arithmetic import minus_log_rest
from iopsim.deck import CARDS, Purpose
from iopsim.engines.compiled.deck import Card, block, card_at
from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.workforce import NEVER_LEAVES, SPELLS, WEEKS_A_YEAR, spell_of, tenure_of, vacancy_of

TENURE, SICKNESS = int(Purpose.TENURE), int(Purpose.SICKNESS)
LEAVE, COVER = int(Purpose.LEAVE), int(Purpose.COVER)

_minus_log_rest, _spell_of = jitted(minus_log_rest), jitted(spell_of)
_tenure_of, _vacancy_of = jitted(tenure_of), jitted(vacancy_of)


@jit
def person(book: Struct, post: int, number: int, seed: int, replication: int) -> tuple[int, int]:
    """Return the days that a post's person of a number, from 0, stays, and those for which it is empty then."""
    staffing = book.staffing
    role = staffing.post_role[post]
    if staffing.tenure_days[role] == np.inf:
        return NEVER_LEAVES, 1
    word, place = staffing.role_word[role], number % SPELLS
    cards = block(seed, replication, TENURE, word, staffing.post_number[post], number // SPELLS, 0)
    stays = _tenure_of(_minus_log_rest(card_at(cards, place)), staffing.tenure_days[role], staffing.tenure_power[role])
    return stays, _vacancy_of(_minus_log_rest(card_at(cards, SPELLS + place)), staffing.vacancy_days[role])


@jit
def absences(book: Struct, off: Rows, post: int, seed: int, replication: int) -> None:
    """Write on which days whoever holds a post is sick or on leave.

    Parameters
    ----------
    book : struct
        Of the `Rulebook`.
    off : bool array, shape (posts, days)
        As in `iopsim.workforce.Workforce`; the row of the post is written.
    post : int
    seed, replication : int
    """
    off[post, :] = False
    _falls_sick(book, off, post, seed, replication)
    _takes_leave(book, off, post, seed, replication)


@jit
def _falls_sick(book: Struct, off: Rows, post: int, seed: int, replication: int) -> None:
    """Write the spells of sickness of whoever holds a post, beginning healthy."""
    staffing, days = book.staffing, book.days
    role, number = staffing.post_role[post], staffing.post_number[post]
    if staffing.sick_share[role] <= 0.0:
        return
    healthy, sick, word = staffing.healthy_hazard[role], staffing.sick_hazard[role], staffing.role_word[role]
    day, page = 0, 0
    while day < days:
        cards = block(seed, replication, SICKNESS, word, number, page, 0)
        for k in range(SPELLS):
            first = day + _spell_of(_minus_log_rest(card_at(cards, k)), healthy)
            if first >= days:
                return
            day = first + _spell_of(_minus_log_rest(card_at(cards, SPELLS + k)), sick)
            off[post, first : min(day, days)] = True
        page += 1


@jit
def _takes_leave(book: Struct, off: Rows, post: int, seed: int, replication: int) -> None:
    """Write the weeks of leave of whoever holds a post, spread over each year."""
    staffing, days = book.staffing, book.days
    role, number = staffing.post_role[post], staffing.post_number[post]
    weeks, word = staffing.leave_weeks[role], staffing.role_word[role]
    for year in range((days + 7 * WEEKS_A_YEAR - 1) // (7 * WEEKS_A_YEAR)):
        for page in range((weeks + CARDS - 1) // CARDS):
            cards = block(seed, replication, LEAVE, word, number, year * CARDS + page, 0)
            for k in range(CARDS * page, min(CARDS * (page + 1), weeks)):
                first, stop = k * WEEKS_A_YEAR // weeks, (k + 1) * WEEKS_A_YEAR // weeks
                week = first + int(np.floor(card_at(cards, k - CARDS * page) * (stop - first)))
                day = 7 * (year * WEEKS_A_YEAR + week)
                if day < days:
                    off[post, day : min(day + 7, days)] = True


@jit
def cover_card(book: Struct, seed: int, replication: int, group: int, day: int) -> Card:
    """Return the card that decides whether cover is found for a group on a day."""
    word = book.schedule.group_word[group]
    return card_at(block(seed, replication, COVER, word, day // 7, 0, 0), day % 7)

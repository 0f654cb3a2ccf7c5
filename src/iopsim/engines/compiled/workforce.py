"""The workforce, for compiled code: whose post is filled, who is sick or on leave, and whether cover is found."""

from __future__ import annotations

import numpy as np

from iopsim.arithmetic import minus_log_rest
from iopsim.deck import CARDS, Purpose
from iopsim.engines.compiled.deck import Card, block, card_at
from iopsim.jit import Rows, Struct, jit, jitted
from iopsim.workforce import SPELLS, WEEKS_A_YEAR, spell_of, tenure_of, vacancy_of

TENURE, SICKNESS = int(Purpose.TENURE), int(Purpose.SICKNESS)
LEAVE, COVER = int(Purpose.LEAVE), int(Purpose.COVER)

_minus_log_rest, _spell_of = jitted(minus_log_rest), jitted(spell_of)
_tenure_of, _vacancy_of = jitted(tenure_of), jitted(vacancy_of)


@jit
def staff(book: Struct, filled: Rows, off: Rows, seed: int, replication: int) -> None:
    """Write whether each post is filled, as planned, and whether whoever holds it is sick or on leave.

    Parameters
    ----------
    book : struct
        Of the `Rulebook`.
    filled, off : bool array, shape (posts, days)
        Written; `off` as in `iopsim.workforce.Workforce`.
    seed, replication : int
    """
    start = book.staffing.post_start
    for post in range(len(start)):
        fill(book, filled, post, start[post], seed, replication)
        off[post, :] = False
        _falls_sick(book, off, post, seed, replication)
        _takes_leave(book, off, post, seed, replication)


@jit
def fill(book: Struct, filled: Rows, post: int, start: int, seed: int, replication: int) -> None:
    """Write on which days a post is filled that is first filled on a day, as people come and go."""
    staffing, days = book.staffing, book.days
    role, number = staffing.post_role[post], staffing.post_number[post]
    scale, power, vacant = staffing.tenure_days[role], staffing.tenure_power[role], staffing.vacancy_days[role]
    filled[post, :] = False
    if scale == np.inf:
        filled[post, start:] = True
        return
    begin, person = start, 0
    while begin < days:
        cards = block(seed, replication, TENURE, staffing.role_word[role], number, person // SPELLS, 0)
        place = person % SPELLS
        end = begin + _tenure_of(_minus_log_rest(card_at(cards, place)), scale, power)
        if end >= days:
            filled[post, begin:] = True
            return
        filled[post, begin:end] = True
        begin = end + _vacancy_of(_minus_log_rest(card_at(cards, SPELLS + place)), vacant)
        person += 1


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

"""The Workforce: how long each person stays, how long a post stays empty, who is away when, and whether cover is found.

Nothing here depends on clients. A person's cards are addressed by role, post and number, so a further post or role
moves nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.arithmetic import Numbers, exponential, logarithm, minus_log_rest
from iopsim.deck import CARDS, Deck, Purpose
from iopsim.rulebook import Rulebook

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]

SPELLS = CARDS // 2
"""People in a post, one after the other, or spells of sickness, that one block of cards tells."""

NEVER_LEAVES = 1 << 40
WEEKS_A_YEAR = 52


# What cards mean; these take arrays or single numbers, and compiled code calls them too.


def tenure_of(threshold: Numbers, scale: Numbers, power: Numbers) -> Numbers:
    """Return the whole days that a person stays, one at least: the Weibull quantile."""
    days = np.rint(scale * exponential(power * logarithm(threshold)))
    return np.int64(np.minimum(np.maximum(days, 1.0), NEVER_LEAVES))


def vacancy_of(threshold: Numbers, mean: Numbers) -> Numbers:
    """Return the whole days that a post then stays empty, one at least."""
    return np.int64(np.maximum(np.rint(threshold * mean), 1.0))


def spell_of(threshold: Numbers, hazard: Numbers) -> Numbers:
    """Return the whole days of a spell, one at least, whose end has a hazard each day."""
    return np.int64(np.minimum(np.maximum(np.ceil(threshold / hazard), 1.0), NEVER_LEAVES))


@dataclass(frozen=True, slots=True)
class Workforce:
    """Posts as in the rulebook."""

    tenure: I64
    """Days that the k-th person in a post stays; shape (posts, people)."""
    vacancy: I64
    """Days that the post then stays empty, one at least; shape (posts, people)."""
    off: Flags
    """Whether whoever holds the post is sick or on leave; shape (posts, days)."""
    cover: F64
    """Card of each group and day: is cover found?; shape (groups, days), or (0, 0) where it decides nothing."""


def draw_workforce(book: Rulebook, deck: Deck) -> Workforce:
    """Draw the workforce of one replication."""
    staff, days = book.staffing, book.days
    role = staff.post_role
    who, when = staff.role_word[role], staff.post_number.astype(np.uint64)

    def cards(purpose: Purpose, first: int, pages: int = 1) -> F64:
        page = np.arange(first, first + pages, dtype=np.uint64)
        blocks = deck.deal(purpose, np.repeat(who, pages), np.repeat(when, pages), np.tile(page, len(who)))
        return blocks.reshape(len(who), pages * CARDS)

    tenure, vacancy = _spells(book, cards)
    off = _sick(book, cards) | _on_leave(book, cards)
    return Workforce(tenure, vacancy, off.reshape(len(role), days), _cover(book, deck))


Cards = Callable[..., F64]
"""Cards of a purpose for every post, from a page on, some pages of them; shape (posts, pages x 8)."""


def _spells(book: Rulebook, cards: Cards) -> tuple[I64, I64]:
    """Return tenure and vacancy of one person after the other, enough of them to fill the run."""
    staff = book.staffing
    role = staff.post_role
    scale, power, empty = (
        of[role][:, np.newaxis] for of in (staff.tenure_days, staff.tenure_power, staff.vacancy_days)
    )
    tenure = np.empty((len(role), 0), dtype=np.int64)
    vacancy = tenure.copy()
    while tenure.shape[1] == 0 or ((tenure + vacancy).sum(axis=1) < book.days).any():
        threshold = minus_log_rest(cards(Purpose.TENURE, tenure.shape[1] // SPELLS))
        tenure = np.hstack([tenure, tenure_of(threshold[:, :SPELLS], scale, power)])
        vacancy = np.hstack([vacancy, vacancy_of(threshold[:, SPELLS:], empty)])
    return tenure, vacancy


@np.errstate(divide="ignore", over="ignore")
def _sick(book: Rulebook, cards: Cards) -> Flags:
    """Return who is sick when: healthy and sick spells in turn, both geometric, beginning healthy."""
    staff, days = book.staffing, book.days
    role = staff.post_role
    ever = staff.sick_share[role] > 0.0
    change = np.zeros((len(role), days + 1), dtype=np.int64)
    if not ever.any():
        return change[:, :days] > 0
    pages = 1 + int(days / (SPELLS * (staff.healthy_days + staff.sick_days)[role].min()))
    post = np.repeat(np.flatnonzero(ever), SPELLS * pages)
    end, page = np.zeros((len(role), 1), dtype=np.int64), 0
    while (end[ever] < days).any():
        threshold = minus_log_rest(cards(Purpose.SICKNESS, page, pages)).reshape(len(role), pages, 2, SPELLS)
        well, ill = (
            spell_of(threshold[:, :, kind].reshape(len(role), pages * SPELLS), hazard[role][:, np.newaxis])
            for kind, hazard in enumerate((staff.healthy_hazard, staff.sick_hazard))
        )
        over = end + np.cumsum(well + ill, axis=1)
        first = np.minimum(over - ill, days)[ever].ravel()
        np.add.at(change, (post, first), 1)
        np.add.at(change, (post, np.minimum(over, days)[ever].ravel()), -1)
        end, page = over[:, -1:], page + pages
    return np.cumsum(change[:, :days], axis=1) > 0


def _on_leave(book: Rulebook, cards: Cards) -> Flags:
    """Return who is on leave when: whole weeks of the calendar of the run, spread over each year."""
    staff, days = book.staffing, book.days
    weeks = staff.leave_weeks[staff.post_role]
    on = np.zeros((len(weeks), days), dtype=np.bool_)
    most = int(weeks.max(initial=0))
    for year in range(-(-days // (7 * WEEKS_A_YEAR)) if most else 0):
        card = cards(Purpose.LEAVE, year * CARDS, -(-most // CARDS))
        for k in range(most):
            some = np.flatnonzero(k < weeks)
            first, stop = k * WEEKS_A_YEAR // weeks[some], (k + 1) * WEEKS_A_YEAR // weeks[some]
            week = first + np.floor(card[some, k] * (stop - first)).astype(np.int64)
            for post, day in zip(some, 7 * (year * WEEKS_A_YEAR + week), strict=True):
                on[post, day : day + 7] = True
    return on


def _cover(book: Rulebook, deck: Deck) -> F64:
    staff, groups = book.staffing, len(book.schedule.group_names)
    chances = staff.cover[staff.facilitates]
    if not ((chances > 0.0) & (chances < 1.0)).any():
        return np.empty((0, 0))
    weeks = book.weeks
    group = np.repeat(book.schedule.group_word, weeks)
    cards = deck.deal(Purpose.COVER, group, np.tile(np.arange(weeks, dtype=np.uint64), groups))
    return cards[:, :7].reshape(groups, 7 * weeks)


def filled(force: Workforce, start: I64, days: int) -> Flags:
    """Return whether each post is filled on each day, first filled on its `start`; shape (posts, days)."""
    change = np.zeros((len(start), days + 1), dtype=np.int64)
    begin = start.copy()
    for k in range(force.tenure.shape[1]):
        end = np.minimum(begin + force.tenure[:, k], days)
        some = np.flatnonzero(begin < days)
        np.add.at(change, (some, begin[some]), 1)
        np.add.at(change, (some, end[some]), -1)
        begin = np.minimum(end + force.vacancy[:, k], days)
    return np.cumsum(change[:, :days], axis=1) > 0

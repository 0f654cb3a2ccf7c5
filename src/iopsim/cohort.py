"""The Cohort: who is referred in one replication, when, with which traits, and the cards each will play.

A client is (source name, referral day, ordinal on that day); nothing about a client depends on any other client,
on capacity, or on the length of the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.deck import CARDS, Deck, Purpose
from iopsim.rulebook import Rulebook

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

# Places of the cards within a block.
LOT, PLACEMENT, READY_DELAY, PATIENCE = range(4)  # Purpose.INTAKE
DROPOUT, TRANSFER, INCARCERATION, DEATH, OTHER = range(5)  # Purpose.LEAVING
SHOW, REBOOK, CLIENT_DELAY = range(3)  # Purpose.APPOINTMENT, for each attempt
GAP, EXCUSED, RUN = range(3)  # Purpose.ABSENCE, for each run of absences

PER_DECISION = 4
"""Cards kept for each attempt and each run of absences: two of them share a block."""

NOT_EVER = 1 << 40
"""A week that never comes."""

PAGE = 12
"""Runs of absences dealt at a time; few clients ever need a second page."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Clients in order of (referral day, source name, ordinal); arrays have one row per client."""

    deck: Deck
    who: U64
    when: U64
    source: I64
    day: I64
    ordinal: I64
    traits: I64
    """Bit k is set if the client has the k-th trait in order of name."""
    show_ratio: F64
    """Odds ratio of showing up; the product over the client's traits. The next three likewise."""
    renege_ratio: F64
    attendance_ratio: F64
    dropout_ratio: F64
    lot: F64
    placement: F64
    """Card."""
    ready_delay: I64
    """Days from assessment until the client can start."""
    patience: F64
    """Unit-exponential threshold of the accumulated hazard of reneging; the next likewise, of dropping out."""
    dropout: F64
    transfer_week: I64
    """Week of treatment in which the client is transferred if still here; the next three likewise."""
    incarceration_week: I64
    death_week: I64
    other_week: I64
    show: F64
    """Card for each attempt; shape (clients, attempts); the next likewise."""
    rebook: F64
    client_delay: I64
    """Days until the client can come, for each attempt; shape (clients, attempts)."""

    def __len__(self) -> int:
        return len(self.source)

    def absences(self, rows: I64, page: int) -> F64:
        """Deal the cards of a page of runs of absences for some clients.

        Parameters
        ----------
        rows : int array, shape (n,)
            Which clients.
        page : int
            Runs PAGE * page to PAGE * (page + 1) - 1.

        Returns
        -------
        float array, shape (n, PAGE * 4)
            For each run the cards GAP, EXCUSED, RUN and one spare.
        """
        blocks = PAGE * PER_DECISION // CARDS
        about = np.tile(np.arange(blocks * page, blocks * (page + 1), dtype=np.uint64), len(rows))
        who, when = np.repeat(self.who[rows], blocks), np.repeat(self.when[rows], blocks)
        return self.deck.deal(Purpose.ABSENCE, who, when, about).reshape(len(rows), PAGE * PER_DECISION)


def draw(book: Rulebook, deck: Deck) -> Cohort:
    """Draw the cohort of one replication."""
    day, source, ordinal = _referrals(book, deck)
    who = book.source_word[source]
    when = (day.astype(np.uint64) << np.uint64(32)) | ordinal.astype(np.uint64)
    both = np.repeat(np.array([Purpose.INTAKE, Purpose.LEAVING], dtype=np.uint64), len(who))
    intake, leaving = deck.deal(both, np.tile(who, 2), np.tile(when, 2)).reshape(2, len(who), CARDS)
    threshold = _threshold(leaving)
    attempts = _attempts(deck, who, when, book.max_rebookings + 1)
    traits = _traits(book, deck, who, when, source)
    return Cohort(
        deck=deck,
        who=who,
        when=when,
        source=source,
        day=day,
        ordinal=ordinal,
        traits=(traits << np.arange(traits.shape[1])).sum(axis=1),
        show_ratio=_ratio(traits, book.show_ratio),
        renege_ratio=_ratio(traits, book.renege_ratio),
        attendance_ratio=_ratio(traits, book.attendance_ratio),
        dropout_ratio=_ratio(traits, book.dropout_ratio),
        lot=intake[:, LOT],
        placement=intake[:, PLACEMENT],
        ready_delay=np.searchsorted(book.ready_delay, intake[:, READY_DELAY]),
        patience=_threshold(intake[:, PATIENCE]),
        dropout=threshold[:, DROPOUT],
        transfer_week=_week(threshold[:, TRANSFER], book.transfer_hazard),
        incarceration_week=_week(threshold[:, INCARCERATION], book.incarceration_hazard),
        death_week=_week(threshold[:, DEATH], book.death_hazard),
        other_week=_week(threshold[:, OTHER], book.other_hazard),
        show=attempts[:, :, SHOW],
        rebook=attempts[:, :, REBOOK],
        client_delay=np.searchsorted(book.client_delay, attempts[:, :, CLIENT_DELAY]),
    )


def _referrals(book: Rulebook, deck: Deck) -> tuple[I64, I64, I64]:
    """Return day, source and ordinal of every referral, in order of (day, source, ordinal)."""
    sources, days = book.count_kind.shape
    weeks = (days + 6) // 7
    cards = deck.deal(
        Purpose.REFERRALS,
        np.repeat(book.source_word, weeks),
        np.zeros(sources * weeks, dtype=np.uint64),
        np.tile(np.arange(weeks, dtype=np.uint64), sources),
    )
    cards = cards.reshape(sources, weeks, CARDS)[:, :, :7].reshape(sources, weeks * 7)[:, :days]
    counts = np.zeros((sources, days), dtype=np.int64)
    for at_most in book.count_table.T:
        more = at_most[book.count_kind] < cards
        if not more.any():
            break
        counts += more
    by_day = counts.T.ravel()
    cell = np.repeat(np.arange(len(by_day)), by_day)
    first = np.cumsum(by_day) - by_day
    return cell // sources, cell % sources, np.arange(len(cell)) - first[cell]


def _attempts(deck: Deck, who: U64, when: U64, attempts: int) -> F64:
    """Deal the cards of each client's appointments; shape (clients, attempts, 4)."""
    pages = -(-attempts * PER_DECISION // CARDS)
    about = np.tile(np.arange(pages, dtype=np.uint64), len(who))
    cards = deck.deal(Purpose.APPOINTMENT, np.repeat(who, pages), np.repeat(when, pages), about)
    return cards.reshape(len(who), pages * CARDS // PER_DECISION, PER_DECISION)[:, :attempts]


def _traits(book: Rulebook, deck: Deck, who: U64, when: U64, source: I64) -> I64:
    """Return 1 where a client has a trait; shape (clients, traits)."""
    has = np.zeros((len(who), len(book.trait_names)), dtype=np.int64)
    for k, word in enumerate(book.trait_word):
        card = deck.deal(Purpose.TRAIT, who, when, np.full(len(who), word, dtype=np.uint64))[:, 0]
        has[:, k] = card < book.trait_share[source, k]
    return has


def _ratio(traits: I64, ratios: F64) -> F64:
    """Return the product of the ratios of the traits each client has."""
    product = np.ones(len(traits))
    for k, ratio in enumerate(ratios):
        product *= np.where(traits[:, k] == 1, ratio, 1.0)
    return product


def _threshold(card: F64) -> F64:
    """Return unit-exponential thresholds from cards."""
    return np.asarray(-np.log1p(-card), dtype=np.float64)


def _week(threshold: F64, hazard: float) -> I64:
    """Return the first week, from 1, at whose end a constant hazard has reached each threshold."""
    if hazard == 0.0:
        return np.full(len(threshold), NOT_EVER)
    return np.minimum(np.ceil(threshold / hazard), NOT_EVER).astype(np.int64)

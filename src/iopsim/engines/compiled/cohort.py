"""The cohort, for compiled code: who is referred, and the cards with which each client calls.

Whoever is handed a client's row finds every card at its address, so that nothing but the row is kept. Names, cards and
numbers are those of `iopsim.cohort.Cohort`; what is dealt after the call is in `iopsim.engines.compiled.cards`.
"""

from __future__ import annotations

import numpy as np

from iopsim.cohort import CALL, HERE_ALREADY, KEPT, LOT, PAYER, PLACEMENT
from iopsim.deck import CARDS, Purpose, card_by_name
from iopsim.engines.compiled.deck import Card, block, card_at, lay_out
from iopsim.jit import Row, Rows, Struct, inlined, jit, jitted
from iopsim.record import NEVER

REFERRALS, DOUBT = int(Purpose.REFERRALS), int(Purpose.DOUBT)
TRAIT, INTAKE = int(Purpose.TRAIT), int(Purpose.INTAKE)
DAY, HERE = np.uint64(32), np.uint64(HERE_ALREADY)

DRAWN = -1
"""Stands for a payer that a card decides."""

_card_by_name = jitted(card_by_name)


@jit
def refer(book: Struct, plan: Struct, people: Rows, seed: int, replication: int) -> int:
    """Draw who is here at the opening and who is referred, in the order of the client table.

    Parameters
    ----------
    book : struct
        Of the `Rulebook`.
    plan : struct
        From `iopsim.engines.compiled.plan.plan_of`.
    people : array of `PERSON`
        Written are identity, traits and payer, and what is needed for the call; else nothing has happened to anybody.
    seed, replication : int

    Returns
    -------
    int
        How many they are. Those beyond the last row of `people` are counted, and not drawn.
    """
    n: int = _refer_present(book, plan, people, seed, replication)
    room, demand = len(people), book.demand
    words, table, kinds, none = demand.source_word, demand.count_table, demand.count_kind, demand.count_none
    days, sources, levels = none.shape
    level = np.zeros(sources, dtype=np.int64)
    for source in range(sources if levels > 1 else 0):
        card = card_at(block(seed, replication, DOUBT, words[source], 0, 0, 0), 0)
        level[source] = int(np.floor(card * levels))
    cards, some = np.empty((CARDS, sources)), np.empty(7 * sources + 1, dtype=np.int64)
    for week in range(days // 7):
        many = _some_come(none, 7 * week, level, words, cards, some, seed, replication)
        for k in range(many):
            day, source = 7 * week + some[k] // sources, some[k] % sources
            card, kind, ordinal = cards[some[k] // sources, source], kinds[source, level[source], day], 0
            while table[kind, ordinal] < card:
                if n < room:
                    people[n] = plan.person[0]
                    me = people[n]
                    _name(book, me, n, source, day, ordinal, (np.uint64(day) << DAY) | np.uint64(ordinal))
                    me.traits = _with_those_that_follow(plan, _drawn_traits(plan, me, seed, replication))
                    _deal_call(book, me, DRAWN, seed, replication)
                ordinal += 1
                n += 1
    return n


@inlined
def _some_come(
    none: Rows, first: int, level: Rows, words: Rows, cards: Rows, some: Rows, seed: int, replication: int
) -> int:
    """Deal the cards of the week that begins on a day, and note in `some` on which days which sources refer anybody.

    A day and source is day of the week x sources + source. Returned is how many there are; the next place is written
    whether it is one or not, which is faster than to guess.
    """
    sources, many = len(words), 0
    for source in range(sources):
        lay_out(block(seed, replication, REFERRALS, words[source], 0, first // 7, 0), cards[:, source])
    for k in range(7):
        for source in range(sources):
            some[many] = k * sources + source
            many += none[first + k, source, level[source]] < cards[k, source]
    return many


@jit
def _refer_present(book: Struct, plan: Struct, people: Rows, seed: int, replication: int) -> int:
    """Write who is here at the opening, as far as there are rows; return how many they are."""
    present = book.present
    for k in range(min(len(present.source), len(people))):
        source, ordinal = present.source[k], 0
        for other in range(k):
            ordinal += present.source[other] == source
        people[k] = plan.person[0]
        me = people[k]
        _name(book, me, k, source, NEVER, ordinal, HERE | np.uint64(ordinal))
        me.traits = _with_those_that_follow(plan, present.traits[k])
        _deal_call(book, me, present.payer[k], seed, replication)
        me.phase = me.entry_phase = present.phase[k]
    return len(present.source)


@jit
def again(book: Struct, plan: Struct, people: Rows, old: int, new: int, seed: int, replication: int) -> None:
    """Draw the next episode of the client in row `old` into row `new`; the day is left to the engine.

    The same person, so the same address, source, ordinal, traits and payer, with the cards of that episode.
    """
    people[new] = plan.person[0]
    before, me = people[old], people[new]
    me.who, me.when, me.source, me.ordinal = before.who, before.when, before.source, before.ordinal
    me.first, me.episode = before.first, before.episode + 1
    me.traits = before.traits
    _deal_call(book, me, before.payer, seed, replication)


@inlined
def _name(book: Struct, me: Row, index: int, source: int, day: int, ordinal: int, when: int) -> None:
    """Write who a client is who has not been here before, and where the client's cards lie."""
    me.who, me.when = book.demand.source_word[source], when
    me.source, me.ordinal, me.day, me.referral_day = source, ordinal, day, day
    me.first, me.episode = index, 0


@inlined
def _drawn_traits(plan: Struct, me: Row, seed: int, replication: int) -> Card:
    """Return the traits that are drawn, as bits."""
    names, bits, share, traits = plan.drawn.word, plan.drawn.bit, plan.drawn.share, np.int64(0)
    first, second, _, _ = block(seed, replication, TRAIT, me.who, me.when, 0, 0)
    for k in range(len(names)):
        traits |= bits[k] * (_card_by_name(first, second, names[k]) < share[me.source, k])
    return traits


@inlined
def _with_those_that_follow(plan: Struct, traits: int) -> int:
    """Return some traits and those that follow from them."""
    bits, every, none, found = plan.following.bit, plan.following.every, plan.following.none, traits
    for k in range(len(bits)):
        found |= bits[k] * (traits & every[k] == every[k] and traits & none[k] == 0)
    return found


@inlined
def _deal_call(book: Struct, me: Row, payer: int, seed: int, replication: int) -> None:
    """Write a client's payer, and the cards of the call of an episode."""
    demand = book.demand
    cards = block(seed, replication, INTAKE, me.who, me.when, 0, me.episode)
    me.lot, me.call, me.kept = card_at(cards, LOT), card_at(cards, CALL), card_at(cards, KEPT)
    me.placement_card = card_at(cards, PLACEMENT)
    me.phase = me.entry_phase = demand.source_phase[me.source]
    if payer == DRAWN:
        share, card, payer = demand.payer_share, card_at(cards, PAYER), 0
        for k in range(share.shape[1] - 1):
            payer += share[me.source, k] <= card
    me.payer = payer

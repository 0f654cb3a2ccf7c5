"""The Cohort: who is referred in one replication, when, with which traits, and the cards each will play.

A client is (source name, referral day, ordinal on that day); nothing about a client depends on any other client,
on capacity, or on the length of the run. A client who comes back plays new cards, those of the next episode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.arithmetic import Numbers, exponential, logarithm, minus_log_rest
from iopsim.deck import CARDS, Deck, Purpose
from iopsim.record import NEVER
from iopsim.rulebook import UNLIMITED, Rulebook
from iopsim.workforce import Workforce, draw_workforce

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Flags = NDArray[np.bool_]

# Places of the cards within a block.
LOT, PLACEMENT, READY_DELAY, PATIENCE, CALL, KEPT, PAYER, ORIENTATION = range(8)  # Purpose.INTAKE
DROPOUT, TRANSFER, INCARCERATION, DEATH, OTHER, RELAPSE, RETURN, RETURN_DELAY = range(8)  # Purpose.LEAVING
AUTHORIZATION, DENIED, COVERED, LOSS, AWAY, BACK, SCALE = range(7)  # Purpose.COVERAGE
SHOW, REBOOK, CLIENT_DELAY = range(3)  # Purpose.APPOINTMENT, for each attempt
GAP, EXCUSED, RUN, MAKE_UP = range(4)  # Purpose.ABSENCE, for each run of absences
LAPSE_GAP, CONSEQUENCE = range(2)  # Purpose.LAPSE, for each lapse

PER_DECISION = 4
"""Cards kept for each attempt and each run of absences: two of them share a block."""

PER_LAPSE = 2

NOT_EVER = 1 << 40
"""A day, week or number of sessions that never comes."""

MANY = NOT_EVER >> 10
"""Trials that never come to an end; times what a review may grant, it is still a whole number."""

PAGE_BLOCKS = {Purpose.ABSENCE: 6, Purpose.LAPSE: 1, Purpose.VISIT: 1, Purpose.CUT_SHORT: 1}
"""Blocks dealt at a time: few clients ever need a second page."""

HERE_ALREADY = 0xFFFFFFFF << 32
"""Takes the place of the referral day in the address of a client who is here at the opening."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Clients as in `iopsim.record.ClientFacts`, all in one episode; arrays have one row per client."""

    deck: Deck
    workforce: Workforce
    episode: int
    who: U64
    when: U64
    source: I64
    day: I64
    """Day of referral; -1 for one who is here at the opening."""
    ordinal: I64
    traits: I64
    """Bit k is set if the client has the k-th trait in order of name."""
    payer: I64
    priority: I64
    """Class on every list; 0 goes first."""
    start_phase: I64
    show_ratio: F64
    """Odds ratio of showing up; the product over the client's traits and the levers that are on. The next six
    likewise."""
    placement_ratio: F64
    renege_ratio: F64
    attendance_ratio: F64
    attendance_ratio_by_video: F64
    """That on the nights of groups by video, where help to come there is none."""
    dropout_ratio: F64
    lapse_ratio: F64
    relapse_time_ratio: F64
    """Factor on the time to relapse; the product over the client's traits."""
    lot: F64
    call: F64
    """Card; the next two likewise."""
    kept: F64
    placement: F64
    ready_delay: I64
    """Days from assessment until the client can start, authorization included."""
    authorization: I64
    """Days from assessment until the payer answers."""
    denied: Flags
    """Whether treatment is not authorized."""
    orientations_missed: I64
    covered_sessions: I64
    """Sessions until the payer grants no more."""
    coverage_loss_week: I64
    """Week of treatment in which the client loses coverage if still here."""
    away_days: I64
    """Days away first, in withdrawal management or residential treatment; shape (clients, 2)."""
    comes_back: Flags
    """Whether the client comes back from either; shape (clients, 2)."""
    scale: F64
    """Card: the step of a sliding scale."""
    patience: F64
    """Unit-exponential threshold of the accumulated hazard of reneging; the next likewise, of dropping out."""
    dropout: F64
    transfer_week: I64
    """Week of treatment in which the client is transferred if still here; the next three likewise."""
    incarceration_week: I64
    death_week: I64
    other_week: I64
    relapse: F64
    """Days from discharge to relapse, before what the reason for discharge makes of them."""
    returns: Flags
    """Whether the client calls again after a relapse."""
    return_delay: I64
    """Days from relapse to that call."""
    show: F64
    """Card for each attempt; shape (clients, attempts); the next likewise."""
    rebook: F64
    client_delay: I64
    """Days until the client can come, for each attempt; shape (clients, attempts)."""

    def __len__(self) -> int:
        return len(self.source)

    def page(self, purpose: Purpose, rows: I64, page: int) -> F64:
        """Deal a page of the cards that clients play one after the other.

        Parameters
        ----------
        purpose : Purpose
            One of `PAGE_BLOCKS`.
        rows : int array, shape (n,)
            Which clients.
        page : int
            From 0.

        Returns
        -------
        float array, shape (n, cards of a page)
            The gaps between lapses as unit-exponential thresholds.
        """
        blocks = PAGE_BLOCKS[purpose]
        about = np.tile(np.arange(blocks * page, blocks * (page + 1), dtype=np.uint64), len(rows))
        who, when = np.repeat(self.who[rows], blocks), np.repeat(self.when[rows], blocks)
        cards = self.deck.deal(purpose, who, when, about, self.episode).reshape(len(rows), blocks * CARDS)
        if purpose == Purpose.LAPSE:
            cards[:, LAPSE_GAP::PER_LAPSE] = minus_log_rest(cards[:, LAPSE_GAP::PER_LAPSE])
        return cards


def draw(book: Rulebook, deck: Deck) -> Cohort:
    """Draw the cohort of one replication."""
    day, source, ordinal = _referrals(book, deck)
    when = (day.astype(np.uint64) << np.uint64(32)) | ordinal.astype(np.uint64)
    here = book.present
    if len(here):
        nth = np.array([int((here.source[:k] == s).sum()) for k, s in enumerate(here.source)], dtype=np.int64)
        day = np.concatenate([np.full(len(here), NEVER), day])
        source, ordinal = np.concatenate([here.source, source]), np.concatenate([nth, ordinal])
        when = np.concatenate([np.uint64(HERE_ALREADY) | nth.astype(np.uint64), when])
    who = book.demand.source_word[source]
    traits = _traits(book, deck, who, when, source)
    workforce = draw_workforce(book, deck)
    return _deal(book, deck, workforce, 0, who, when, source, day, ordinal, traits, None)


def draw_again(book: Rulebook, cohort: Cohort, rows: I64) -> Cohort:
    """Draw the next episode of some clients of a cohort, the same people with new cards; days are left as they were."""
    return _deal(
        book,
        cohort.deck,
        cohort.workforce,
        cohort.episode + 1,
        cohort.who[rows],
        cohort.when[rows],
        cohort.source[rows],
        cohort.day[rows],
        cohort.ordinal[rows],
        cohort.traits[rows],
        cohort.payer[rows],
    )


@np.errstate(divide="ignore", over="ignore")
def _deal(
    book: Rulebook,
    deck: Deck,
    workforce: Workforce,
    episode: int,
    who: U64,
    when: U64,
    source: I64,
    day: I64,
    ordinal: I64,
    traits: I64,
    payer: I64 | None,
) -> Cohort:
    """Deal the cards of one episode of some clients."""
    demand, intake, coverage, treatment = book.demand, book.intake, book.coverage, book.treatment
    n = len(who)
    detours = bool((np.diff(intake.placement[:3]) > 0.0).any())
    pages = -(-(intake.max_rebookings + 1) * PER_DECISION // CARDS)
    purposes = [Purpose.INTAKE, Purpose.LEAVING, *[Purpose.APPOINTMENT] * pages]
    if coverage.drawn or detours:
        purposes.append(Purpose.COVERAGE)
    about = [0, 0, *range(pages), 0][: len(purposes)]
    cards = _blocks(deck, who, when, purposes, about, episode)
    intakes, leaving = cards[:2]
    cover = cards[-1] if coverage.drawn or detours else np.full((n, CARDS), 0.5)
    threshold = minus_log_rest(leaving)
    orientations = minus_log_rest(intakes[:, ORIENTATION])
    reviews, loss = minus_log_rest(cover[:, COVERED]), minus_log_rest(cover[:, LOSS])
    attempts = np.hstack(cards[2 : 2 + pages]).reshape(n, 2 * pages, PER_DECISION)[:, : intake.max_rebookings + 1]
    if payer is None:
        payer = (demand.payer_share[source] <= intakes[:, PAYER : PAYER + 1]).sum(axis=1)
        payer = np.minimum(payer, demand.payer_share.shape[1] - 1)
        payer[: len(book.present)] = book.present.payer
    has = _has(traits, len(demand.trait_names))
    authorization = (coverage.authorization[payer] < cover[:, AUTHORIZATION : AUTHORIZATION + 1]).sum(axis=1)
    relapse_time_ratio = _ratio(book, has, demand.relapse_time_ratio) * demand.relapse_time_centre
    priority, phase = _priority(book, source, traits), demand.source_phase[source]
    if episode == 0:
        phase[: len(book.present)] = book.present.phase
    return Cohort(
        deck=deck,
        workforce=workforce,
        episode=episode,
        who=who,
        when=when,
        source=source,
        day=day,
        ordinal=ordinal,
        traits=traits,
        payer=payer,
        priority=priority,
        start_phase=phase,
        show_ratio=_ratio(book, has, demand.show_ratio) * demand.show_centre,
        placement_ratio=_ratio(book, has, demand.placement_ratio),
        renege_ratio=_ratio(book, has, demand.renege_ratio) * demand.renege_centre,
        attendance_ratio=_ratio(book, has, demand.attendance_ratio) * demand.attendance_centre,
        attendance_ratio_by_video=_ratio(book, has, demand.attendance_ratio_by_video) * demand.attendance_centre,
        dropout_ratio=_ratio(book, has, demand.dropout_ratio) * demand.dropout_centre,
        lapse_ratio=_ratio(book, has, demand.lapse_ratio),
        relapse_time_ratio=relapse_time_ratio,
        lot=intakes[:, LOT],
        call=intakes[:, CALL],
        kept=intakes[:, KEPT],
        placement=intakes[:, PLACEMENT],
        ready_delay=np.maximum(np.searchsorted(intake.ready_delay, intakes[:, READY_DELAY]), authorization),
        authorization=authorization,
        denied=cover[:, DENIED] < coverage.denied[payer],
        orientations_missed=failures(orientations, intake.orientation_hazard),
        covered_sessions=covered_sessions(
            failures(reviews, coverage.review_hazard[payer]), coverage.sessions[payer], coverage.review_sessions[payer]
        ),
        coverage_loss_week=week_reached(loss, coverage.loss[payer]),
        away_days=np.column_stack([np.searchsorted(table, cover[:, AWAY]) for table in intake.away]),
        comes_back=cover[:, BACK : BACK + 1] < intake.comes_back,
        scale=cover[:, SCALE],
        patience=minus_log_rest(intakes[:, PATIENCE]),
        dropout=threshold[:, DROPOUT],
        transfer_week=week_reached(threshold[:, TRANSFER], treatment.transfer_hazard),
        incarceration_week=week_reached(threshold[:, INCARCERATION], treatment.incarceration_hazard),
        death_week=week_reached(threshold[:, DEATH], treatment.death_hazard),
        other_week=week_reached(threshold[:, OTHER], treatment.other_hazard),
        relapse=relapse_time(leaving[:, RELAPSE], book.after.scale_days, book.after.power, relapse_time_ratio),
        returns=leaving[:, RETURN] < book.after.returns,
        return_delay=return_days(threshold[:, RETURN_DELAY], book.after.return_days),
        show=attempts[:, :, SHOW],
        rebook=attempts[:, :, REBOOK],
        client_delay=np.searchsorted(intake.client_delay, attempts[:, :, CLIENT_DELAY]),
    )


def _referrals(book: Rulebook, deck: Deck) -> tuple[I64, I64, I64]:
    """Return day, source and ordinal of every referral, in order of (day, source, ordinal)."""
    demand = book.demand
    sources, levels, days = demand.count_kind.shape
    weeks = (days + 6) // 7
    cards = deck.deal(
        Purpose.REFERRALS,
        np.repeat(demand.source_word, weeks),
        np.zeros(sources * weeks, dtype=np.uint64),
        np.tile(np.arange(weeks, dtype=np.uint64), sources),
    )
    cards = cards.reshape(sources, weeks, CARDS)[:, :, :7].reshape(sources, weeks * 7)[:, :days]
    kind = demand.count_kind[:, 0]
    if levels > 1:
        doubt = deck.deal(Purpose.DOUBT, demand.source_word, np.zeros(sources, dtype=np.uint64))[:, 0]
        kind = demand.count_kind[np.arange(sources), np.floor(doubt * levels).astype(np.int64)]
    counts = np.zeros((sources, days), dtype=np.int64)
    for at_most in demand.count_table.T:
        more = at_most[kind] < cards
        if not more.any():
            break
        counts += more
    by_day = counts.T.ravel()
    cell = np.repeat(np.arange(len(by_day)), by_day)
    first = np.cumsum(by_day) - by_day
    return cell // sources, cell % sources, np.arange(len(cell)) - first[cell]


def _blocks(deck: Deck, who: U64, when: U64, purposes: Sequence[int], about: Sequence[int], episode: int) -> list[F64]:
    """Deal a block for each client and each of some purposes, all in one go; arrays of shape (clients, 8)."""
    many = len(purposes)
    kind = np.repeat(np.array(purposes, dtype=np.uint64), len(who))
    what = np.repeat(np.array(about, dtype=np.uint64), len(who))
    cards = deck.deal(kind, np.tile(who, many), np.tile(when, many), what, episode)
    return list(cards.reshape(many, len(who), CARDS))


def _traits(book: Rulebook, deck: Deck, who: U64, when: U64, source: I64) -> I64:
    """Return each client's traits as bits: those drawn, then those that follow from them."""
    demand = book.demand
    bits = np.zeros(len(who), dtype=np.int64)
    traits = np.flatnonzero(demand.trait_drawn)
    if len(traits):
        cards = deck.deal_by_name(Purpose.TRAIT, who, when, demand.trait_word[traits])
        bits = ((cards < demand.trait_share[source][:, traits]).astype(np.int64) << traits).sum(axis=1)
    bits[: len(book.present)] = book.present.traits
    drawn = bits.copy()
    for k in np.flatnonzero(~demand.trait_drawn):
        every, none = demand.trait_all[k], demand.trait_none[k]
        bits |= ((drawn & every == every) & (drawn & none == 0)).astype(np.int64) << k
    return bits


def _has(traits: I64, many: int) -> Flags:
    """Return whether each client has each trait; shape (clients, traits)."""
    return np.asarray((traits[:, np.newaxis] >> np.arange(many)) & 1, dtype=np.bool_)


def _ratio(book: Rulebook, has: Flags, ratios: F64) -> F64:
    """Return the product of the ratios of the traits each client has, and of the levers that reach the client."""
    product = np.ones(len(has))
    traits = has.shape[1]
    for k, ratio in enumerate(ratios):
        if ratio != 1.0:
            trait = k if k < traits else int(book.demand.lever_trait[k - traits])
            product *= ratio if trait < 0 else np.where(has[:, trait], ratio, 1.0)
    return product


def _priority(book: Rulebook, source: I64, traits: I64) -> I64:
    """Return the class on every list: the federal class, where it binds, before that of the source."""
    demand, priority = book.demand, book.demand.source_priority[source]
    if not demand.federal:
        return np.asarray(priority, dtype=np.int64)
    return np.asarray(10 * federal_class(book, traits) + priority, dtype=np.int64)


# What cards mean; these take arrays or single numbers, and compiled code calls them too.


def failures(threshold: Numbers, hazard: Numbers) -> Numbers:
    """Return the number of trials before the first success, each of which has a hazard; never a success at 0."""
    return np.int64(np.minimum(np.floor(threshold / hazard), MANY))


def covered_sessions(granted: Numbers, first: Numbers, more: Numbers) -> Numbers:
    """Return how many sessions a payer grants, first and at so many concurrent reviews."""
    return np.where(first == UNLIMITED, NOT_EVER, np.minimum(first + more * granted, NOT_EVER))


def week_reached(threshold: Numbers, hazard: Numbers) -> Numbers:
    """Return the first week, from 1, at whose end a constant hazard has reached a threshold."""
    return np.int64(np.minimum(np.ceil(threshold / hazard), NOT_EVER))


def relapse_time(card: Numbers, scale: float, power: float, ratio: Numbers) -> Numbers:
    """Return days to relapse: the log-logistic quantile, and a factor on time."""
    log_odds = logarithm(card) + minus_log_rest(card)
    return scale * exponential(power * log_odds) * ratio


def return_days(threshold: Numbers, mean: float) -> Numbers:
    """Return whole days from relapse to the call, on average so many."""
    return np.int64(np.rint(threshold * mean))


def federal_class(book: Rulebook, traits: Numbers) -> Numbers:
    """Return 0 for pregnant clients who inject, 1 for pregnant ones, 2 for those who inject, 3 for others."""
    return 3 - 2 * _with_trait(traits, book.demand.pregnant) - _with_trait(traits, book.demand.injecting)


def _with_trait(traits: Numbers, trait: int) -> Numbers:
    """Return 1 for clients with a trait, 0 for others and for a trait that is not in the file."""
    return (traits >> trait) & 1 if trait >= 0 else 0 * traits

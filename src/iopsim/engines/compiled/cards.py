"""The cards that a client plays after the call, for compiled code: each dealt when it is needed, from its address.

Names, cards and numbers are those of `iopsim.cohort.Cohort`. A client's row says where the cards lie.
"""

from __future__ import annotations

from iopsim.arithmetic import minus_log_rest
from iopsim.cohort import (
    AUTHORIZATION,
    AWAY,
    BACK,
    CLIENT_DELAY,
    COVERED,
    DEATH,
    DENIED,
    DROPOUT,
    INCARCERATION,
    LOSS,
    NOT_EVER,
    ORIENTATION,
    OTHER,
    PATIENCE,
    PER_DECISION,
    READY_DELAY,
    REBOOK,
    RELAPSE,
    RETURN,
    RETURN_DELAY,
    SHOW,
    TRANSFER,
    covered_sessions,
    failures,
    federal_class,
    relapse_time,
    return_days,
    week_reached,
)
from iopsim.deck import CARDS, Purpose
from iopsim.engines.cards import EVERYBODY, PRIORITY
from iopsim.engines.compiled.deck import Card, block, card_at
from iopsim.jit import Row, Rows, Struct, inlined, jitted

INTAKE, COVERAGE = int(Purpose.INTAKE), int(Purpose.COVERAGE)
APPOINTMENT, LEAVING = int(Purpose.APPOINTMENT), int(Purpose.LEAVING)

ATTEMPTS = CARDS // PER_DECISION
"""Attempts at an appointment that share a block."""

TOGETHER = 16
"""Whole numbers that are looked at together in a cumulative distribution."""

ANY_CARD = 0.5
"""Stands for a card that decides nothing."""

_covered_sessions, _failures, _minus_log_rest = jitted(covered_sessions), jitted(failures), jitted(minus_log_rest)
_federal_class = jitted(federal_class)
_relapse_time, _return_days, _week_reached = jitted(relapse_time), jitted(return_days), jitted(week_reached)


@inlined
def first_at(table: Rows, card: float) -> int:
    """Return the whole number whose cumulative probability is the first to reach a card; the last is 1.

    The first few are looked at together, which is faster than to guess where to stop.
    """
    number = 0
    if len(table) >= TOGETHER:
        for k in range(TOGETHER):
            number += table[k] < card
        if number < TOGETHER:
            return number
    while table[number] < card:
        number += 1
    return number


@inlined
def product(effects: Struct, traits: int) -> float:
    """Return the product of the ratios of a client's traits, and of the levers that reach the client."""
    ratios, bits, found = effects.ratio, effects.bit, 1.0
    for k in range(len(ratios)):
        if traits & bits[k] == bits[k]:
            found *= ratios[k]
    return found


@inlined
def is_answered(book: Struct, plan: Struct, me: Row) -> None:
    """Write what is known of one whose call is answered: the class on every list, and ratios up to placement."""
    demand = book.demand
    me.priority = demand.source_priority[me.source]
    if demand.federal:
        me.priority += 10 * _federal_class(book, me.traits)
    me.show_ratio = product(plan.show, me.traits) * demand.show_centre
    me.placement_ratio = product(plan.placement, me.traits)


@inlined
def line_cards(book: Struct, plan: Struct, me: Row, seed: int, replication: int) -> None:
    """Write what is dealt to who joins the waitlist: when the client can start, and how long the client waits."""
    demand, intake, coverage = book.demand, book.intake, book.coverage
    cards = block(seed, replication, INTAKE, me.who, me.when, 0, me.episode)
    me.patience = _minus_log_rest(card_at(cards, PATIENCE))
    me.renege_ratio = product(plan.renege, me.traits) * demand.renege_centre
    me.ready_delay = first_at(intake.ready_delay, card_at(cards, READY_DELAY))
    me.orientations_missed = 0
    if intake.orientation:
        me.orientations_missed = _failures(_minus_log_rest(card_at(cards, ORIENTATION)), intake.orientation_hazard)
    me.interim = intake.interim == EVERYBODY
    if intake.interim == PRIORITY:
        me.interim = _federal_class(book, me.traits) < 3
    me.authorization, me.denied = 0, 0
    if coverage.drawn:
        cards = block(seed, replication, COVERAGE, me.who, me.when, 0, me.episode)
        me.authorization = first_at(coverage.authorization[me.payer], card_at(cards, AUTHORIZATION))
        me.denied = card_at(cards, DENIED) < coverage.denied[me.payer]
        me.ready_delay = max(me.ready_delay, me.authorization)


@inlined
def attempt(book: Struct, me: Row, seed: int, replication: int, number: int) -> tuple[Card, Card, int]:
    """Return, for an attempt at an appointment, from 0, the cards of showing up and of rebooking, and the delay."""
    cards = block(seed, replication, APPOINTMENT, me.who, me.when, number // ATTEMPTS, me.episode)
    place = PER_DECISION * (number % ATTEMPTS)
    delay = first_at(book.intake.client_delay, card_at(cards, place + CLIENT_DELAY))
    return card_at(cards, place + SHOW), card_at(cards, place + REBOOK), delay


@inlined
def away(book: Struct, me: Row, seed: int, replication: int, detour: int) -> tuple[int, bool]:
    """Return the days away first, in withdrawal management (0) or residential treatment (1), and who comes back."""
    intake, days, back = book.intake, ANY_CARD, ANY_CARD
    shares = intake.placement
    if book.coverage.drawn or shares[1] > shares[0] or shares[2] > shares[1]:
        cards = block(seed, replication, COVERAGE, me.who, me.when, 0, me.episode)
        days, back = card_at(cards, AWAY), card_at(cards, BACK)
    return first_at(intake.away[detour], days), back < intake.comes_back[detour]


@inlined
def treatment_cards(book: Struct, plan: Struct, me: Row, seed: int, replication: int) -> None:
    """Write what is dealt at admission: ratios, the ways out, and what the payer covers."""
    demand, treatment, coverage = book.demand, book.treatment, book.coverage
    traits, payer = me.traits, me.payer
    me.attendance_ratio = product(plan.attendance, traits) * demand.attendance_centre
    me.attendance_ratio_by_video = product(plan.attendance_by_video, traits) * demand.attendance_centre
    me.traits_dropout_ratio = product(plan.dropout, traits) * demand.dropout_centre
    me.lapse_ratio = product(plan.lapse, traits)
    cards = block(seed, replication, LEAVING, me.who, me.when, 0, me.episode)
    me.dropout = _minus_log_rest(card_at(cards, DROPOUT))
    me.transfer_week = _week(card_at(cards, TRANSFER), treatment.transfer_hazard)
    me.incarceration_week = _week(card_at(cards, INCARCERATION), treatment.incarceration_hazard)
    me.death_week = _week(card_at(cards, DEATH), treatment.death_hazard)
    me.other_week = _week(card_at(cards, OTHER), treatment.other_hazard)
    me.covered_sessions = me.coverage_loss_week = NOT_EVER
    if coverage.drawn:
        cards = block(seed, replication, COVERAGE, me.who, me.when, 0, me.episode)
        granted = _failures(_minus_log_rest(card_at(cards, COVERED)), coverage.review_hazard[payer])
        me.covered_sessions = _covered_sessions(granted, coverage.sessions[payer], coverage.review_sessions[payer])
        me.coverage_loss_week = _week(card_at(cards, LOSS), coverage.loss[payer])


@inlined
def _week(card: float, hazard: float) -> int:
    """Return the first week, from 1, at whose end a constant hazard has reached the card's threshold."""
    return _week_reached(_minus_log_rest(card), hazard) if hazard > 0.0 else NOT_EVER


@inlined
def leaving_cards(book: Struct, plan: Struct, me: Row, seed: int, replication: int) -> None:
    """Write what is dealt at discharge: relapse, and whether and when the client calls again."""
    demand, after = book.demand, book.after
    cards = block(seed, replication, LEAVING, me.who, me.when, 0, me.episode)
    ratio = product(plan.relapse_time, me.traits) * demand.relapse_time_centre
    me.relapse = _relapse_time(card_at(cards, RELAPSE), after.scale_days, after.power, ratio)
    me.returns = card_at(cards, RETURN) < after.returns
    me.return_delay = _return_days(_minus_log_rest(card_at(cards, RETURN_DELAY)), after.return_days)

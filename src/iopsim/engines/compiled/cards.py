"""The cards that a client plays after the call, for compiled code: each dealt when it is needed, from its address.

Names, cards and numbers are those of `iopsim.cohort.Cohort`. A client's row says where the cards lie.
"""

from __future__ import annotations

from iopsim.arithmetic import minus_log_rest
from iopsim.cohort import (
    AWAY,
    BACK,
    CLIENT_DELAY,
    COVERED,
    DEATH,
    DROPOUT,
    INCARCERATION,
    LOSS,
    NOT_EVER,
    OTHER,
    PER_DECISION,
    REBOOK,
    RELAPSE,
    RETURN,
    RETURN_DELAY,
    SHOW,
    TRANSFER,
    covered_sessions,
    failures,
    relapse_time,
    return_days,
    week_reached,
)
from iopsim.deck import CARDS, Purpose
from iopsim.engines.compiled.cohort import COVERAGE, first_at, product
from iopsim.engines.compiled.deck import Card, block, card_at
from iopsim.jit import Row, Struct, inlined, jitted

APPOINTMENT, LEAVING = int(Purpose.APPOINTMENT), int(Purpose.LEAVING)

TOGETHER = CARDS // PER_DECISION
"""Attempts at an appointment that share a block."""

ANY_CARD = 0.5
"""Stands for a card that decides nothing."""

_covered_sessions, _failures, _minus_log_rest = jitted(covered_sessions), jitted(failures), jitted(minus_log_rest)
_relapse_time, _return_days, _week_reached = jitted(relapse_time), jitted(return_days), jitted(week_reached)


@inlined
def attempt(book: Struct, me: Row, seed: int, replication: int, number: int) -> tuple[Card, Card, int]:
    """Return, for an attempt at an appointment, from 0, the cards of showing up and of rebooking, and the delay."""
    cards = block(seed, replication, APPOINTMENT, me.who, me.when, number // TOGETHER, me.episode)
    place = PER_DECISION * (number % TOGETHER)
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
def treatment_cards(book: Struct, me: Row, seed: int, replication: int) -> None:
    """Write what is dealt at admission: ratios, the ways out, and what the payer covers."""
    demand, treatment, coverage = book.demand, book.treatment, book.coverage
    traits, payer = me.traits, me.payer
    me.attendance_ratio = product(book, demand.attendance_ratio, traits) * demand.attendance_centre
    me.attendance_ratio_by_video = product(book, demand.attendance_ratio_by_video, traits) * demand.attendance_centre
    me.traits_dropout_ratio = product(book, demand.dropout_ratio, traits) * demand.dropout_centre
    me.lapse_ratio = product(book, demand.lapse_ratio, traits)
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
def leaving_cards(book: Struct, me: Row, seed: int, replication: int) -> None:
    """Write what is dealt at discharge: relapse, and whether and when the client calls again."""
    demand, after = book.demand, book.after
    cards = block(seed, replication, LEAVING, me.who, me.when, 0, me.episode)
    ratio = product(book, demand.relapse_time_ratio, me.traits) * demand.relapse_time_centre
    me.relapse = _relapse_time(card_at(cards, RELAPSE), after.scale_days, after.power, ratio)
    me.returns = card_at(cards, RETURN) < after.returns
    me.return_delay = _return_days(_minus_log_rest(card_at(cards, RETURN_DELAY)), after.return_days)

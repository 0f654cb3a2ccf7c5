"""Claims in compiled code: what each service bills, who owes it, and when it is paid; posted as they are made."""

from __future__ import annotations

import numpy as np

from iopsim.cohort import NOT_EVER, SCALE
from iopsim.deck import U64, Purpose
from iopsim.engines.compiled.deck import HALF, LOW, block, card_at
from iopsim.jit import Row, Rows, Struct, jit, jitted
from iopsim.money import claims, coverage
from iopsim.money.compiled.room import WORDS, grown
from iopsim.money.compiled.services import SESSION, list_services, note_services, stay
from iopsim.money.ledger import Account
from iopsim.money.services import DAYS
from iopsim.record import I64
from iopsim.rulebook.days import F64, Flags

CLAIM, COVERAGE = int(Purpose.CLAIM), int(Purpose.COVERAGE)
CASH, RECEIVABLE, BILLED = int(Account.CASH), int(Account.RECEIVABLE), int(Account.BILLED)
NOT_ALLOWED, DENIED, UNCOLLECTED = int(Account.NOT_ALLOWED), int(Account.DENIED), int(Account.UNCOLLECTED)

is_granted = jitted(coverage.is_granted)
owed_by_client = jitted(claims.owed_by_client)
share_of = jitted(claims.share_of)


@jit
def claim(rows: Struct, book: Struct, seed: int, replication: int, room: Struct, weeks: int) -> int:
    """Bill the services rendered, write `room.claims`, and post them; return how many there are.

    Parameters
    ----------
    weeks : int
        Weeks of treatment begun.
    """
    most = note_services(rows, book, room, weeks)
    room.claims, room.words = grown(room.claims, most), grown(room.words, most + WORDS * len(room.nth))
    found, listed, nth, words, first_word = room.claims, room.services, room.nth, room.words, room.first_word
    sessions, session_first, session_end = room.sessions.rows, room.sessions.first, room.sessions.end
    singles, single_first, single_end = room.singles.rows, room.singles.first, room.singles.end
    moves, move_first, move_end = room.moves.rows, room.moves.first, room.moves.end
    clients, postings, money, opening = rows.clients, room.ledger.postings, book.money, -book.money.first_week
    charges, alloweds, copays, session_rate = money.charge, money.allowed, money.copay, money.session_rate
    deductibles, shares, payment_weeks, late_weeks = (
        money.deductible, money.client_pays, money.payment_weeks, money.late_weeks
    )  # fmt: skip
    contract_days, screens, scale, steps = book.coverage.contract_day, money.screens_client_week, money.scale, room.step
    ends, by_level, on_scale, drawn = room.coverage_ends, room.by_level, room.on_scale, room.drawn
    denied_below, late_below = room.denied_below, room.late_below
    n = 0
    for client in range(len(clients)):
        me = clients[client]
        session, last_session = session_first[client], session_end[client]
        single, last_single = single_first[client], single_end[client]
        begin, end = stay(me, rows.days) if screens else (0, 0)
        if session == last_session and single == last_single and begin == end:
            continue
        many = list_services(
            listed, nth, sessions, session, last_session, singles, single, last_single, begin, end, screens
        )
        payer, same = me.payer, clients[me.first]
        draw(words, first_word, nth, drawn, payer, seed, replication, same, me.episode)
        step = step_of(scale, payer, seed, replication, same) if on_scale[payer] else steps[payer]
        contract, deductible, share = contract_days[payer], deductibles[payer], shares[payer]
        usual, delay, denied, late = payment_weeks[payer], late_weeks[payer], denied_below[payer], late_below[payer]
        granted = last = lost = NOT_EVER
        if ends:
            granted, last, lost = limits(me, sessions, session, last_session, contract)
        phase, move = me.entry_phase, move_first[client] if by_level else 0
        beyond = owed = paid = 0
        for k in range(many):
            day, service, number = listed[k].day, listed[k].service, listed[k].nth
            if day < contract or (ends and not is_granted(service, day, number, granted, last, lost)):
                continue
            rate = np.uint64(service)
            if by_level and service == SESSION:
                while move < move_end[client] and moves[move].day <= day:
                    phase = np.int64(moves[move].what)
                    move += 1
                rate = np.uint64(session_rate[phase])
            charge, allowed = charges[payer, rate], alloweds[payer, step, rate]
            if charge <= 0:
                continue
            cards = words[first_word[service] + number]
            due = 0 if cards & LOW < denied else allowed
            copay = min(copays[payer, service], due)
            beyond += due - copay
            owes = owed_by_client(copay, due - copay, beyond, deductible)
            pays = 0
            if owes:
                owed += owes
                pays = share_of(owed, share) - paid
                paid += pays
            week = np.int64(day // DAYS)
            it = found[n]
            it.client = client
            it.day = day
            it.service = service
            it.night = listed[k].night
            it.charge = charge
            it.allowed = allowed
            it.denied = allowed - due
            it.client_owes = owes
            it.client_pays = pays
            it.payer_owes = due - owes
            it.payer_pays_week = week + usual + (delay if cards >> HALF < late else 0)
            post(postings, opening + week, opening + it.payer_pays_week, charge, allowed, due, owes, pays)
            n += 1
    return n


@jit
def draw(
    words: U64,
    first_word: I64,
    nth: I64,
    drawn: Flags,
    payer: int,
    seed: int,
    replication: int,
    same: Row,
    episode: int,
) -> None:
    """Draw the cards of a client's claims: low in a word that of being denied, high that of being paid late.

    A block serves four claims of a service. Those of each service begin at `first_word`, which is set. Nothing is
    drawn where the payer leaves nothing to luck: any cards will do.
    """
    n = 0
    for service in range(len(nth)):
        first_word[service] = n
        if drawn[payer, service]:
            for page in range((nth[service] + WORDS - 1) // WORDS):
                words[n], words[n + 1], words[n + 2], words[n + 3] = block(
                    seed, replication, CLAIM, same.who, same.when, service << 32 | page, episode
                )
                n += WORDS


@jit
def post(postings: I64, week: int, paid_week: int, charge: int, allowed: int, due: int, owes: int, pays: int) -> None:
    """Post a claim: what each account receives, less what it gives. Weeks are columns; `due` is what is not denied."""
    at = np.uint64(week)  # no column is negative
    postings[BILLED, at] -= charge
    postings[NOT_ALLOWED, at] += charge - allowed
    postings[DENIED, at] += allowed - due
    postings[CASH, at] += pays
    postings[UNCOLLECTED, at] += owes - pays
    postings[RECEIVABLE, at] += due - owes
    if paid_week < postings.shape[1]:
        at = np.uint64(paid_week)
        postings[RECEIVABLE, at] -= due - owes
        postings[CASH, at] += due - owes


@jit
def step_of(scale: F64, payer: int, seed: int, replication: int, same: Row) -> int:
    """Return the step of the payer's sliding scale of a client, whose first episode is given."""
    card = card_at(block(seed, replication, COVERAGE, same.who, same.when, 0, 0), SCALE)
    step = 0
    for k in range(scale.shape[1]):
        step += scale[payer, k] <= card
    return step


@jit
def limits(me: Row, sessions: Rows, first: int, end: int, contract: int) -> tuple[int, int, int]:
    """Return how many of a client's sessions are granted, the day of the last, and the day on which coverage is lost.

    The client's sessions are those from `first` to before `end`; those before the contract do not count as granted.
    """
    granted, last = me.covered_sessions, -1 if me.covered_sessions == 0 else NOT_EVER
    unpaid = first
    while unpaid < end and sessions[unpaid].day < contract:
        unpaid += 1
    granted += unpaid - first
    if 0 < granted <= end - first:
        last = sessions[first + granted - 1].day
    return granted, last, max(me.admitted_day, 0) + DAYS * me.coverage_loss_week

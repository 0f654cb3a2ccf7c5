"""Claims in compiled code: what each service bills, who owes it, and when it is paid; added up week by week."""

from __future__ import annotations

import numpy as np

from iopsim.cohort import NOT_EVER, SCALE
from iopsim.deck import U64, Purpose
from iopsim.engines.compiled.deck import HALF, LOW, block, card_at
from iopsim.jit import Row, Rows, Struct, inlined, jit, jitted
from iopsim.money import claims, coverage
from iopsim.money.compiled.room import WORDS, grown
from iopsim.money.compiled.services import (
    DRUG_SCREEN,
    LATER,
    SERVICES,
    SESSION,
    assessments_are_billed,
    key,
    note_services,
    stay,
)
from iopsim.money.ledger import Account
from iopsim.money.services import DAYS
from iopsim.record import I64
from iopsim.rulebook.days import F64

CLAIM, COVERAGE = int(Purpose.CLAIM), int(Purpose.COVERAGE)
CASH, RECEIVABLE, BILLED = int(Account.CASH), int(Account.RECEIVABLE), int(Account.BILLED)
NOT_ALLOWED, DENIED, UNCOLLECTED = int(Account.NOT_ALLOWED), int(Account.DENIED), int(Account.UNCOLLECTED)

AHEAD = SERVICES * WORDS
"""Place of the cards of a client's sessions, after some of each service: those are drawn ahead."""

is_granted = jitted(coverage.is_granted)
owed_by_client = jitted(claims.owed_by_client)
share_of = jitted(claims.share_of)


@jit
def claim(rows: Struct, book: Struct, seed: int, replication: int, room: Struct) -> None:
    """Bill the services rendered: fill in `room.billed`. Payments after the last week come together after it."""
    note_services(rows, book, room)
    room.words = grown(room.words, AHEAD + WORDS + len(rows.sessions))
    _clear(room.billed)
    inside, clients, words, singles = room.ledger.inside, rows.clients, room.words, room.singles
    first, end, drawn, account, screens = inside.first, inside.end, room.drawn, room.account[0], screens_of(book, room)
    everybody = assessments_are_billed(book, room.charged)
    for turn in range(len(clients) if everybody else inside.many):
        client = turn if everybody else inside.who[turn]
        if first[client] == end[client] and singles.first[client] == singles.end[client] and not screens:
            continue
        me = clients[client]
        same = clients[me.first]
        open_account(account, me, same, book, seed, replication, room)
        if room.coverage_ends:
            account.granted, account.last, account.lost = limits(
                me, inside.rows, first[client], end[client], account.contract
            )
        if drawn[me.payer, SESSION]:
            draw(words, AHEAD, end[client] - first[client], SESSION, 0, seed, replication, same, me.episode)
        bill_client(client, me, same, rows.days, book, seed, replication, room, screens)


@inlined
def open_account(account: Row, me: Row, same: Row, book: Struct, seed: int, replication: int, room: Struct) -> None:
    """Open a client's account: the terms of the payer, and nothing billed yet."""
    money, payer = book.money, me.payer
    account.payer, account.step, account.opening, account.end = (
        payer, room.step[payer], -money.first_week, len(room.billed) - 1
    )  # fmt: skip
    if room.on_scale[payer]:
        account.step = step_of(money.scale, payer, seed, replication, same)
    account.contract, account.deductible = book.coverage.contract_day[payer], money.deductible[payer]
    account.share, account.usual, account.delay = (
        money.client_pays[payer], money.payment_weeks[payer], money.late_weeks[payer]
    )  # fmt: skip
    account.denied_below, account.late_below = room.denied_below[payer], room.late_below[payer]
    account.granted = account.last = account.lost = NOT_EVER
    account.beyond = account.owed = account.paid = 0


@jit
def bill_client(
    client: int,
    me: Row,
    same: Row,
    days: int,
    book: Struct,
    seed: int,
    replication: int,
    room: Struct,
    screens: int,
) -> None:
    """Bill a client's services in order of (day, service): sessions, other services noted, and drug screens.

    Some sessions at a time: those before the next other service, and of one phase.
    """
    inside, account, nth, words, sessions = (
        room.ledger.inside,
        room.account[0],
        room.nth,
        room.words,
        room.ledger.inside.rows,
    )
    session, last_session, billed_sessions = inside.first[client], inside.end[client], 0
    single, last_single, noted = room.singles.first[client], room.singles.end[client], room.singles.rows
    phase, move, no_move, moves = me.entry_phase, 0, 0, room.moves.rows
    if room.by_level:
        move, no_move = room.moves.first[client], room.moves.end[client]
    screen, leaves = stay(me, days) if screens else (0, 0)
    left = screens
    nth[:] = 0
    while True:
        single_key = key(noted[single].day, noted[single].what) if single < last_single else LATER
        screen_key = key(screen, DRUG_SCREEN) if screen < leaves else LATER
        other = min(single_key, screen_key)
        if session < last_session and key(sessions[session].day, SESSION) < other:
            until, rate = other // SERVICES, SESSION
            if room.by_level:
                while move < no_move and moves[move].day <= sessions[session].day:
                    phase = np.int64(moves[move].what)
                    move += 1
                rate = book.money.session_rate[phase]
                until = min(until, moves[move].day - 1) if move < no_move else until
            set_rate(account, book.money, SESSION, rate)
            session, billed_sessions = bill_sessions(room, session, last_session, until, billed_sessions)
        elif other == LATER:
            return
        else:
            day, service = other // SERVICES, other % SERVICES
            if single_key < screen_key:
                single += 1
            else:
                left -= 1
                screen, left = (screen, left) if left else (screen + DAYS, screens)
            page, place = nth[service] // WORDS, service * WORDS
            if nth[service] % WORDS == 0 and room.drawn[account.payer, service]:
                draw(words, place, 1, service, page, seed, replication, same, me.episode)
            set_rate(account, book.money, service, service)
            if is_paid(account, room.coverage_ends, service, day, nth[service]):
                bill(account, room.billed, day, words[place + nth[service] % WORDS])
            nth[service] += 1


@jit
def bill_sessions(room: Struct, session: int, end: int, until: int, number: int) -> tuple[int, int]:
    """Bill a client's sessions of some days, `number` of which come before; return which comes next, and its number."""
    account, billed, words, sessions = room.account[0], room.billed, room.words, room.ledger.inside.rows
    ends = room.coverage_ends
    while session < end:
        it = sessions[np.uint64(session)]  # no index is negative
        if it.day > until:
            break
        session += 1
        if it.whole:
            if is_paid(account, ends, SESSION, it.day, number):
                bill(account, billed, it.day, words[np.uint64(AHEAD + number)])
            number += 1
    return session, number


@jit
def screens_of(book: Struct, room: Struct) -> int:
    """Return the drug screens of a client in each week, if anybody pays for them."""
    return int(book.money.screens_client_week) if room.charged[DRUG_SCREEN] else 0


@inlined
def set_rate(account: Row, money: Struct, service: int, rate: int) -> None:
    """Note what is charged for a service from now on, what the payer allows of it, and the copayment."""
    account.charge, account.copay = money.charge[account.payer, rate], money.copay[account.payer, service]
    account.allowed = money.allowed[account.payer, account.step, rate]


@inlined
def is_paid(account: Row, ends: bool, service: int, day: int, nth: int) -> bool:
    """Return whether a service is charged for, and covered."""
    if account.charge <= 0 or day < account.contract:
        return False
    return not ends or is_granted(service, day, nth, account.granted, account.last, account.lost)


@inlined
def bill(account: Row, billed: Rows, day: int, cards: int) -> None:
    """Bill a service, and see what becomes of the claim."""
    due = 0 if cards & LOW < account.denied_below else account.allowed
    copay = min(account.copay, due)
    account.beyond += due - copay
    owes = owed_by_client(copay, due - copay, account.beyond, account.deductible)
    week = account.opening + np.int64(np.uint32(day) // np.uint32(DAYS))
    column, of_week = week + account.usual, billed[np.uint64(week)]  # no index is negative
    if owes:
        account.owed += owes
        pays = share_of(account.owed, account.share) - account.paid
        account.paid += pays
        of_week.owes += owes
        of_week.pays += pays
    of_week.charge += account.charge
    of_week.allowed += account.allowed
    of_week.due += due
    is_late = cards >> HALF < account.late_below
    of_week.late += due - owes if is_late else 0
    billed[np.uint64(min(column + account.delay if is_late else column, account.end))].paid += due - owes


@jit
def draw(
    words: U64,
    place: int,
    many: int,
    service: int,
    page: int,
    seed: int,
    replication: int,
    same: Row,
    episode: int,
) -> None:
    """Draw the cards of so many claims of a service and some more: low that of being denied, high of being paid late.

    A block serves four claims. Where the payer leaves nothing to luck nothing need be drawn: any cards will do.
    """
    for k in range(place, place + many, WORDS):
        words[k], words[k + 1], words[k + 2], words[k + 3] = block(
            seed, replication, CLAIM, same.who, same.when, service << 32 | page, episode
        )
        page += 1


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

    The client's sessions are those from `first` to before `end`, of which those cut short do not count, nor do those
    before the contract count as granted.
    """
    granted, last = me.covered_sessions, -1 if me.covered_sessions == 0 else NOT_EVER
    for place in range(first, end):
        granted += sessions[place].whole and sessions[place].day < contract
    whole = 0
    for place in range(first, end):
        whole += sessions[place].whole
        if sessions[place].whole and whole == granted:
            last = int(sessions[place].day)
    return granted, last, max(me.admitted_day, 0) + DAYS * me.coverage_loss_week


@jit
def _clear(billed: Rows) -> None:
    for week in range(len(billed)):
        it = billed[week]
        it.charge = it.allowed = it.due = it.owes = it.pays = it.late = it.paid = 0


@jit
def post(billed: Rows, postings: I64, late: I64) -> None:
    """Post the claims: what each account received in each week, less what it gave; weeks are columns.

    What is going to be paid late is told by week of the service.
    """
    for week in range(postings.shape[1]):
        it = billed[week]
        postings[BILLED, week] = -it.charge
        postings[NOT_ALLOWED, week] = it.charge - it.allowed
        postings[DENIED, week] = it.allowed - it.due
        postings[UNCOLLECTED, week] = it.owes - it.pays
        postings[RECEIVABLE, week] = it.due - it.owes - it.paid
        postings[CASH, week] = it.pays + it.paid
        late[week] = it.late

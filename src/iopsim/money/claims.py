"""Claims: what each service bills, what is allowed of it, who owes it, and when it is paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim.cohort import SCALE, Cohort
from iopsim.deck import CARDS, Purpose
from iopsim.money.coverage import covered
from iopsim.money.services import Services, phases
from iopsim.record import I64, Record
from iopsim.rulebook import Rulebook
from iopsim.rulebook.money import MILLION, Money, Service

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

DENIED, LATE = range(2)  # Purpose.CLAIM, for each claim
PER_CLAIM = 2
"""Cards kept for each claim: four claims share a block."""


@dataclass(frozen=True, slots=True)
class Claims:
    """One row per claim, in order of (client, day, service). Amounts in cents.

    allowed = denied + client_owes + payer_owes, and client_pays <= client_owes.
    """

    client: I64
    day: I64
    service: I64
    night: I64
    charge: I64
    """What is billed."""
    allowed: I64
    denied: I64
    """What would have been allowed of a claim that is denied."""
    client_owes: I64
    """Copayment and deductible."""
    client_pays: I64
    payer_owes: I64
    payer_pays_week: I64
    """Week in which the payer pays, which may lie beyond the run."""

    def __len__(self) -> int:
        return len(self.client)


def claim(record: Record, book: Rulebook, cohort: Cohort, services: Services) -> Claims:
    """Bill the services that are covered, and see what becomes of each claim.

    A denied claim is paid by nobody. Of any other, the client pays first the copayment, then, until the episode's
    deductible is used up, the rest; the payer pays what is left. Of what the client owes, a share is ever paid: in
    each episode, what has been paid up to a claim is that share of what has been owed up to it, to the nearest cent,
    halves up. Clients pay in the week of the service.

    Parameters
    ----------
    record : Record
    book : Rulebook
        With one payer at least.
    cohort : Cohort
        The clients of the record, in their first episodes.
    services : Services
        In order of (client, day, service).
    """
    money = book.money
    payer = record.clients.payer[services.client]
    rate = _rates(record, book, services)
    charge = money.charge[payer, rate]
    kept = np.flatnonzero(covered(record, book, cohort, services) & (charge > 0))
    client, day, service, nth = (
        column[kept] for column in (services.client, services.day, services.service, services.nth)
    )
    payer, rate, charge = payer[kept], rate[kept], charge[kept]
    allowed = money.allowed[payer, _steps(record, book, cohort)[client], rate]
    denied, late = _luck(record, book, cohort, client, service, nth)
    due = np.where(denied, 0, allowed)
    copay = np.minimum(money.copay[payer, service], due)
    first = np.flatnonzero(np.diff(client, prepend=-1))
    many = np.diff(first, append=len(client))
    beyond = _running(due - copay, first, many)
    deductible = money.deductible[payer]
    owes = owed_by_client(copay, due - copay, beyond, deductible)
    owed, share = _running(owes, first, many), money.client_pays[payer]
    week = day // 7 + money.payment_weeks[payer] + np.where(late, money.late_weeks[payer], 0)
    return Claims(
        client=client,
        day=day,
        service=service,
        night=services.night[kept],
        charge=charge,
        allowed=allowed,
        denied=allowed - due,
        client_owes=owes,
        client_pays=share_of(owed, share) - share_of(owed - owes, share),
        payer_owes=due - owes,
        payer_pays_week=week,
    )


def _rates(record: Record, book: Rulebook, services: Services) -> I64:
    """Return the rate of each service: its own, or that of the level of the phase in which a session was attended."""
    rate, of_phase = services.service.copy(), book.money.session_rate
    if (of_phase != Service.SESSION).any():
        some = np.flatnonzero(services.service == Service.SESSION)
        rate[some] = of_phase[phases(record, services.client[some], services.day[some])]
    return rate


def owed_by_client(copay: I64, rest: I64, beyond: I64, deductible: I64) -> I64:
    """Return what clients owe of their claims: the copayment, and of the rest what the deductible has left.

    Parameters
    ----------
    copay, rest : int array
        Or those of one claim; what is due is their sum.
    beyond : int array
        What was due beyond copayments in the episode so far, this claim's rest included.
    deductible : int array
        Of the episode.
    """
    owes: I64 = copay + np.minimum(beyond, deductible) - np.minimum(beyond - rest, deductible)
    return owes


def share_of(cents: I64, millionths: I64) -> I64:
    """Return so many millionths of some amounts, to the nearest cent, halves up; of an array or of one amount."""
    return (cents * millionths + MILLION // 2) // MILLION


def _running(amount: I64, first: I64, many: I64) -> I64:
    """Return running totals that begin anew with each client; `first` and `many` say which rows are whose."""
    total = np.cumsum(amount)
    return np.asarray(total - np.repeat((total - amount)[first], many), dtype=np.int64)


def _steps(record: Record, book: Rulebook, cohort: Cohort) -> I64:
    """Return each client's step of the payer's sliding scale: one card, the same in every episode."""
    scale, first = book.money.scale, record.clients.first
    if not scale.shape[1]:
        return np.zeros(len(first), dtype=np.int64)
    # the cohort leaves its own column undealt where nothing but a scale needs it
    card = cohort.deck.deal(Purpose.COVERAGE, cohort.who, cohort.when)[first, SCALE]
    steps: I64 = (scale[record.clients.payer] <= card[:, np.newaxis]).sum(axis=1)
    return steps


def _luck(record: Record, book: Rulebook, cohort: Cohort, client: I64, service: I64, nth: I64) -> tuple[Flags, Flags]:
    """Return which claims are denied, and which are paid late.

    A claim's cards are addressed by client, episode, service and number of that service, so that one more service
    of another kind, or another payer's contract, moves nobody's luck.
    """
    payer = record.clients.payer[client]
    denied, late, drawn = chances(book.money)
    cards = np.full((len(client), PER_CLAIM), 0.5)
    rows = np.flatnonzero(drawn[payer])
    if len(rows):
        episode = record.clients.episode[client[rows]]
        for number in np.unique(episode).tolist():
            some = rows[episode == number]
            cards[some] = _deal(cohort, record.clients.first[client[some]], number, service[some], nth[some])
    return cards[:, DENIED] < denied[payer], cards[:, LATE] < late[payer]


def chances(money: Money) -> tuple[F64, F64, Flags]:
    """Return how likely a claim is denied, or paid late, and whether it needs cards; by payer."""
    denied, late = money.denied, np.where(money.late_weeks > 0, money.late, 0.0)
    return denied, late, ((denied > 0.0) & (denied < 1.0)) | ((late > 0.0) & (late < 1.0))


def _deal(cohort: Cohort, row: I64, episode: int, service: I64, nth: I64) -> F64:
    """Deal the cards of some claims of one episode; shape (claims, PER_CLAIM)."""
    page, place = np.divmod(nth, CARDS // PER_CLAIM)
    fresh = np.ones(len(row), dtype=np.bool_)
    order = np.lexsort((page, service, row))
    row, service, page = row[order], service[order], page[order]
    fresh[1:] = (np.diff(row) != 0) | (np.diff(service) != 0) | (np.diff(page) != 0)
    about = (service[fresh].astype(np.uint64) << np.uint64(32)) | page[fresh].astype(np.uint64)
    blocks = cohort.deck.deal(Purpose.CLAIM, cohort.who[row[fresh]], cohort.when[row[fresh]], about, episode)
    block = np.empty(len(row), dtype=np.int64)
    block[order] = np.cumsum(fresh) - 1
    return blocks.reshape(len(blocks), -1, PER_CLAIM)[block, place]

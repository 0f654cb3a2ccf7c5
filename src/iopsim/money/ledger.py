"""The Ledger: every cent of a replication, twice - what one account gives another receives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iopsim.cohort import Cohort
from iopsim.money.claims import Claims, claim
from iopsim.money.costs import costs
from iopsim.money.services import ClientWeeks, Services, client_weeks, rendered
from iopsim.record import I64, Record
from iopsim.rulebook import Rulebook
from iopsim.rulebook.money import Cost


class Account(IntEnum):
    """Accounts of the ledger; after them one for each `Cost`."""

    CASH = 0
    RECEIVABLE = 1
    """What payers still owe."""
    BILLED = 2
    """What was charged; a credit, so negative."""
    NOT_ALLOWED = 3
    """What payers do not allow of what is charged."""
    DENIED = 4
    UNCOLLECTED = 5
    """What clients owe and never pay."""


EARNED = (Account.BILLED, Account.NOT_ALLOWED, Account.DENIED, Account.UNCOLLECTED)
"""Accounts whose sum, as a credit, is revenue."""


@dataclass(frozen=True, eq=False, slots=True)
class Ledger:
    """Weeks begin with `first_week`, that in which the first money is spent; amounts in cents."""

    first_week: int
    """0 for the opening week; negative before it."""
    bills: bool
    """Whether there is any payer; else only costs are known."""
    postings: I64
    """Received less given by each account in each week; shape (accounts + costs, weeks). Every week sums to 0."""
    claims: Claims
    services: Services
    client_weeks: ClientWeeks

    @property
    def cash(self) -> I64:
        """Cash at the end of each week; shape (weeks,)."""
        return np.asarray(np.cumsum(self.postings[Account.CASH]), dtype=np.int64)

    @property
    def revenue(self) -> I64:
        """Revenue earned in each week, paid yet or not; shape (weeks,)."""
        return np.asarray(-self.postings[list(EARNED)].sum(axis=0), dtype=np.int64)

    @property
    def cost(self) -> I64:
        """Cost of each week; shape (weeks,)."""
        return np.asarray(self.postings[len(Account) :].sum(axis=0), dtype=np.int64)

    def spent_on(self, cost: Cost) -> I64:
        """Return what was spent on one thing in each week; shape (weeks,)."""
        return np.asarray(self.postings[len(Account) + cost], dtype=np.int64)

    def total(self, account: Account) -> int:
        """Return what an account holds at the end of the run."""
        return int(self.postings[account].sum())

    def of(self, who: NDArray[np.bool_]) -> Ledger:
        """Return the accounts of some clients only; costs are the program's, so there are none.

        Parameters
        ----------
        who : bool array, shape (clients,)
            Which clients; they are numbered anew.
        """
        number = np.cumsum(who) - 1
        claims, services, weeks = (
            replace(rows, client=number[rows.client])
            for rows in (_rows(table, who[table.client]) for table in (self.claims, self.services, self.client_weeks))
        )
        nothing = np.zeros((len(Cost), self.postings.shape[1]), dtype=np.int64)
        postings = post(claims, nothing, -self.first_week)
        return replace(self, postings=postings, claims=claims, services=services, client_weeks=weeks)


def _rows(table: Any, which: NDArray[np.bool_]) -> Any:
    return type(table)(*(getattr(table, column)[which] for column in table.__slots__))


def settle(record: Record, book: Rulebook, cohort: Cohort) -> Ledger:
    """Settle the accounts of one replication.

    Parameters
    ----------
    record : Record
    book : Rulebook
    cohort : Cohort
        The clients of the record, in their first episodes.
    """
    weeks = client_weeks(record)
    services = rendered(record, book, weeks)
    claims = claim(record, book, cohort, services if book.money.bills else services.none())
    return Ledger(
        first_week=book.money.first_week,
        bills=book.money.bills,
        postings=post(claims, costs(record, book, weeks), -book.money.first_week),
        claims=claims,
        services=services,
        client_weeks=weeks,
    )


def post(claims: Claims, spent: I64, opening: int) -> I64:
    """Post claims and costs.

    Parameters
    ----------
    claims : Claims
    spent : int array, shape (costs, weeks)
    opening : int
        Column of the opening week.

    Returns
    -------
    int array, shape (accounts + costs, weeks)
        What each account received, less what it gave.
    """
    weeks = spent.shape[1]
    postings = np.zeros((len(Account) + len(Cost), weeks), dtype=np.int64)

    def move(giver: Account, receiver: Account, week: I64, cents: I64) -> None:
        by_week = np.zeros(weeks, dtype=np.int64)
        np.add.at(by_week, week, cents)
        postings[giver] -= by_week
        postings[receiver] += by_week

    week = opening + claims.day // 7
    move(Account.BILLED, Account.RECEIVABLE, week, claims.charge)
    move(Account.RECEIVABLE, Account.NOT_ALLOWED, week, claims.charge - claims.allowed)
    move(Account.RECEIVABLE, Account.DENIED, week, claims.denied)
    move(Account.RECEIVABLE, Account.CASH, week, claims.client_pays)
    move(Account.RECEIVABLE, Account.UNCOLLECTED, week, claims.client_owes - claims.client_pays)
    paid = np.flatnonzero(claims.payer_pays_week + opening < weeks)
    move(Account.RECEIVABLE, Account.CASH, opening + claims.payer_pays_week[paid], claims.payer_owes[paid])
    postings[len(Account) :] = spent
    postings[Account.CASH] -= spent.sum(axis=0)
    return postings

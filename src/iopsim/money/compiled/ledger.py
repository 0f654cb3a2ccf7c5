"""The Ledger in compiled code."""

from __future__ import annotations

from iopsim.jit import Struct, jit
from iopsim.money.compiled.claims import claim
from iopsim.money.compiled.costs import spend
from iopsim.money.compiled.room import ACCOUNTS
from iopsim.money.compiled.services import list_weeks
from iopsim.money.ledger import Account

CASH = int(Account.CASH)


@jit
def settle(book: Struct, rows: Struct, seed: int, replication: int, room: Struct) -> Struct:
    """Settle the accounts of one replication.

    Parameters
    ----------
    book : Struct
        The rulebook, as `iopsim.jit.struct_of` has it.
    rows : Struct
        The record. Of clients it needs, beside the columns of the client table: `who` and `when`, and where coverage
        may end, `covered_sessions` and `coverage_loss_week` of those who were admitted.
    seed, replication : int
        Of the deck.
    room : Struct
        From `iopsim.money.compiled.room.ledger_room`.

    Returns
    -------
    Struct
        The fields of `iopsim.money.Ledger` but `services`: tables are arrays of rows. It is `room.ledger`, and good
        until the next is settled in the same room.
    """
    ledger, postings = room.ledger, room.ledger.postings
    postings[:ACCOUNTS] = 0
    weeks, claims = list_weeks(rows, room), 0
    if book.money.bills:
        claims = claim(rows, book, seed, replication, room, weeks)
    spent = postings[ACCOUNTS:]
    spend(rows, book, room, spent)
    for cost in range(spent.shape[0]):
        for week in range(spent.shape[1]):
            postings[CASH, week] -= spent[cost, week]
    ledger.claims = room.claims[:claims]
    ledger.client_weeks = room.client_weeks[:weeks]
    return ledger

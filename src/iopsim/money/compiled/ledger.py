"""The Ledger in compiled code."""

from __future__ import annotations

from iopsim.jit import Struct, jit
from iopsim.money.compiled.claims import claim, post
from iopsim.money.compiled.costs import spend
from iopsim.money.compiled.room import ACCOUNTS
from iopsim.money.compiled.services import list_inside
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
        `first_week`, `bills` and `postings` as in `iopsim.money.Ledger`; for each week from the first on, what payers
        pay late of its services (`late`), and weeks of treatment begun (`begun`); and `inside`, which is who was
        admitted and came when. It is `room.ledger`, and good until the next is settled in the same room.
    """
    ledger, postings = room.ledger, room.ledger.postings
    list_inside(rows, ledger.inside)
    if book.money.bills:
        claim(rows, book, seed, replication, room)
        post(room.billed, postings, ledger.late)
    else:
        postings[:ACCOUNTS] = 0
    spent, cash = postings[ACCOUNTS:], postings[CASH]
    spend(rows, book, room, spent)
    for cost in range(spent.shape[0]):
        for week in range(spent.shape[1]):
            cash[week] -= spent[cost, week]
    return ledger

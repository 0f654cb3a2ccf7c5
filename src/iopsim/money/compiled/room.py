"""Room for the accounts of one replication after the other: made once, used again, and larger when more is needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from iopsim.deck import U64
from iopsim.jit import Rows, Struct, jit, struct
from iopsim.money.claims import chances
from iopsim.money.coverage import ends
from iopsim.money.ledger import Account
from iopsim.rulebook import Rulebook
from iopsim.rulebook.days import F64, Flags
from iopsim.rulebook.money import Cost, Money, Service

ACCOUNTS = len(Account)
"""Accounts of the ledger before those of costs."""

WORDS = 4
"""Words of a block of cards."""

CAME = np.dtype([("day", np.int32), ("night", np.int16), ("whole", np.bool_)], align=True)
"""A session to which a client came, and whether it was not cut short."""

NOTE = np.dtype([("day", np.uint32), ("what", np.uint32)])
"""What a client had on a day: a service other than a session, or the phase entered."""

OF_A_WEEK = np.dtype(
    [
        (name, np.int64)
        for name in (
            "charge",  # of the services of the week
            "allowed",
            "due",  # allowed, and not denied
            "owes",  # owed by clients, and what of that they pay
            "pays",
            "late",  # owed by payers who pay late
            "paid",  # what payers pay in the week
            "nothing",  # makes it as long as what a processor fetches at once
        )
    ],
    align=True,
)
"""What comes of the claims of a week."""

ACCOUNT = np.dtype(
    [
        *(
            (name, np.int64)
            for name in (
                "payer",
                "step",
                "opening",  # column of the opening week, and that after the last
                "end",
                "contract",  # day from which the payer pays
                "deductible",
                "share",  # in millionths, of what the client owes that is ever paid
                "usual",  # weeks until a claim is paid, and how many more until one is that is paid late
                "delay",
                "granted",  # the next three as `iopsim.money.coverage.is_granted` is told them
                "last",
                "lost",
                "beyond",  # due beyond copayments so far, owed by the client, and paid of that
                "owed",
                "paid",
                "charge",  # of the services that are being billed
                "allowed",
                "copay",
            )
        ),
        ("denied_below", np.uint64),  # numbers of cards, as `first_above` has them
        ("late_below", np.uint64),
    ],
    align=True,
)
"""A client's account with the payer while claims are made."""


def ledger_room(book: Rulebook) -> Struct:
    """Return room in which the accounts of the replications of a plan are settled, one after the other.

    It holds what the largest replication so far needed, and the terms of the plan's payers as claims ask for them.

    Parameters
    ----------
    book : Rulebook
        Of the plan.
    """
    money, weeks = book.money, book.money.planned.shape[1]
    denied, late, drawn = chances(money)
    return struct(
        # terms, by payer
        denied_below=first_above(denied),
        late_below=first_above(late),
        drawn=drawn[:, np.newaxis] & is_charged(money),
        on_scale=((money.scale > 0.0) & (money.scale < 1.0)).any(axis=1),
        step=(money.scale <= 0.0).sum(axis=1),
        coverage_ends=ends(book.coverage),
        by_level=bool((money.session_rate != Service.SESSION).any()),
        charged=is_charged(money).any(axis=0),
        # what each client had
        singles=_notes(),
        moves=_notes(),
        nth=np.zeros(len(Service), dtype=np.int64),
        account=np.zeros(1, dtype=ACCOUNT),
        words=np.zeros(0, dtype=np.uint64),
        billed=np.zeros(weeks + 1, dtype=OF_A_WEEK),
        # what rooms and levers cost
        rented=np.zeros(len(money.room_night), dtype=np.int64),
        change=np.zeros(weeks + 1, dtype=np.int64),
        ledger=struct(
            first_week=money.first_week,
            bills=money.bills,
            postings=np.zeros((ACCOUNTS + len(Cost), weeks), dtype=np.int64),
            late=np.zeros(weeks, dtype=np.int64),
            begun=np.zeros(weeks, dtype=np.int64),
            inside=struct(
                many=0,
                who=np.empty(0, dtype=np.int64),
                first=np.empty(0, dtype=np.int64),
                end=np.empty(0, dtype=np.int64),
                rows=np.empty(0, dtype=CAME),
            ),
        ),
    )


def first_above(chance: F64) -> U64:
    """Return the number k of the first card that is not below a chance: no later one is, and all before it are.

    A card is (k + 1/2) / 2**32, so that it is below the chance if and only if k is below 2**32 times that, less 1/2.
    """
    return np.maximum(np.ceil(chance * 2.0**32 - 0.5), 0.0).astype(np.uint64)


def is_charged(money: Money) -> Flags:
    """Return whether anything is charged for each service, sessions of any level included; shape (payers, services)."""
    charged: Flags = money.charge[:, : len(Service)] > 0
    charged[:, Service.SESSION] = (money.charge[:, money.session_rate] > 0).any(axis=1)
    return charged


def _notes() -> Struct:
    """Return room for notes; those of a client are `rows` from `first` to before `end`, in order."""
    return struct(first=np.empty(0, dtype=np.int64), end=np.empty(0, dtype=np.int64), rows=np.empty(0, dtype=NOTE))


@jit
def grown(buffer: np.ndarray[Any, Any], needed: int) -> np.ndarray[Any, Any]:
    """Return an array, or a larger one of the same type with nothing in it, if it is too short."""
    if len(buffer) >= needed:
        return buffer
    return np.empty(2 * needed, buffer.dtype)


@jit
def clear(notes: Struct, clients: int, rows: int) -> None:
    """Make room for so many notes of so many clients, of whom none has any as yet."""
    notes.first, notes.end = grown(notes.first, clients), grown(notes.end, clients)
    notes.rows = grown(notes.rows, rows)
    notes.end[:clients] = 0


@jit
def lay_out(notes: Struct, clients: int) -> None:
    """Give each client room for as many notes as `end` counts, one client after the other; all are yet to come."""
    first, end, total = notes.first, notes.end, 0
    for client in range(clients):
        many = end[client]
        first[client] = end[client] = total
        total += many


@jit
def note(rows: Rows, place: int, day: int, what: int) -> None:
    """Write a note."""
    row = rows[place]
    row.day = day
    row.what = what

"""What the compiled measures read beside the Record, and the room they work in."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from iopsim.jit import Rows, Struct, jit, row_type, struct
from iopsim.measures.series import WEEKLY
from iopsim.money.claims import Claims
from iopsim.money.ledger import Ledger
from iopsim.money.services import ClientWeeks
from iopsim.rulebook import Rulebook

CLAIM = row_type(Claims)
CLIENT_WEEK = row_type(ClientWeeks)
"""The types of a row of the ledger's tables."""

FOLLOWED = np.dtype(
    [
        (name, np.int64)
        for name in (
            "booked",  # whether any call led to an appointment
            "sessions",  # attended within the planned length and four weeks
            "admitted",  # the next four as in `iopsim.measures.hours.Stays`
            "until",
            "first",
            "weeks",
            "place",
            "phase",  # phase the client is in, and since which day of treatment
            "since",
            "moved",  # whether the client made the last move that fell due
            "role",  # role of the post that has the case; -1 for none
        )
    ],
    align=True,
)
"""What is noted of a client while a replication is reduced."""

RESOURCES = 5
"""What holds clients back, as in `iopsim.measures.presence.HeldBack`."""


def ledger_rows(ledger: Ledger) -> Struct:
    """Return a ledger as compiled code has it."""
    return struct(
        first_week=ledger.first_week,
        bills=ledger.bills,
        postings=ledger.postings,
        claims=_rows(ledger.claims, CLAIM),
        client_weeks=_rows(ledger.client_weeks, CLIENT_WEEK),
    )


def _rows(table: Any, kind: np.dtype[Any]) -> Rows:
    rows = np.zeros(len(table), dtype=kind)
    for field in fields(table):
        rows[field.name] = getattr(table, field.name)
    return rows


def room_of(book: Rulebook) -> Struct:
    """Return the room in which replications of a plan are reduced, one after the other; it grows with them."""
    weeks, roles, groups = book.weeks, len(book.staffing.role_names), len(book.schedule.group_names)

    def numbers(*shape: int) -> np.ndarray[Any, Any]:
        return np.zeros(shape, dtype=np.int64)

    return struct(
        clients=np.zeros(0, dtype=FOLLOWED),
        weekly=numbers(len(WEEKLY), weeks),
        nights_held=numbers(weeks),
        group_week=numbers(groups),
        nights_open=numbers(weeks + 1),
        census=numbers(book.days + 1),
        waiting=numbers(book.days + 1),
        # clients held back, and client-days of roles, as `compiled_days.change` has them
        held_level=numbers(RESOURCES, weeks + 2),
        held_part=numbers(RESOURCES, weeks + 2),
        role_level=numbers(2 * roles, weeks + 2),
        role_part=numbers(2 * roles, weeks + 2),
        # the diary
        planned=numbers(book.days),
        free=numbers(book.days + 1),
        following=numbers(book.days + 1),
        hired=numbers(book.days + 1),
        come=numbers(book.days + 1),
        given=numbers(0),
        without=numbers(0),
        # minutes of each week of treatment
        asked=numbers(0),
        attended=numbers(0),
        cash=numbers(book.money.planned.shape[1]),
        revenue=numbers(book.money.planned.shape[1]),
        cost=numbers(book.money.planned.shape[1]),
    )


@jit
def enough(rows: Rows, many: int) -> Rows:
    """Return rows, or new ones if they are not so many."""
    if len(rows) < many:
        return np.empty(2 * many, rows.dtype)
    return rows

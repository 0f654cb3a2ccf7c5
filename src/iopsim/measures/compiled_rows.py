"""The room that the compiled measures work in."""

from __future__ import annotations

from typing import Any

import numpy as np

from iopsim.jit import Struct, struct
from iopsim.measures.series import WEEKLY
from iopsim.rulebook import Rulebook

STAY = np.dtype(
    [
        (name, np.int64)
        for name in (
            "admitted",  # as in `iopsim.measures.hours.Stays`, but that places are one later
            "first",
            "weeks",
            "place",
            "phase",  # phase the client is in, and since which day of treatment
            "since",
        )
    ],
    align=True,
)
"""What is noted of a client's treatment while a replication is reduced."""

BOOKED, MOVED = 1, 2
"""Marks of a client: a call led to an appointment; the last move that fell due was made."""

RESOURCES = 5
"""What holds clients back, as in `iopsim.measures.presence.HeldBack`."""


def room_of(book: Rulebook) -> Struct:
    """Return the room in which replications of a plan are reduced, one after the other; it grows with them."""
    weeks, roles, groups = book.weeks, len(book.staffing.role_names), len(book.schedule.group_names)

    def numbers(*shape: int) -> np.ndarray[Any, Any]:
        return np.zeros(shape, dtype=np.int64)

    return struct(
        marks=np.zeros(0, dtype=np.uint8),
        stays=np.zeros(0, dtype=STAY),
        role=numbers(0),
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
        attended=numbers(0),
        cash=numbers(book.money.planned.shape[1]),
        revenue=numbers(book.money.planned.shape[1]),
        cost=numbers(book.money.planned.shape[1]),
    )

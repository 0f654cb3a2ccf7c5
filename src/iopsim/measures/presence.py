"""How many clients are somewhere on each day, from the days on which they came and went.

Several measures look at the same days, one after the other, so the last answer is kept.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from iopsim.record import I64, NEVER, Exit, Record
from iopsim.rulebook import Rulebook


def present(came: I64, went: I64, days: int) -> I64:
    """Return how many are present at the end of each day; one who came and went the same day never is.

    Parameters
    ----------
    came, went : int arrays, shape (n,)
        Day of coming, and first day on which the client is no longer there (`days` or later: still there).
    days : int
        Length of the result.
    """
    change = np.bincount(came, minlength=days + 1)[: days + 1] - np.bincount(went, minlength=days + 1)[: days + 1]
    return np.asarray(np.cumsum(change[:days]), dtype=np.int64)


@lru_cache(maxsize=1)
def census(record: Record) -> I64:
    """Return the clients in the program on each day; shape (days,)."""
    clients = record.clients
    here = clients.admitted_day != NEVER
    went = np.where(clients.exit_day[here] == NEVER, record.days, clients.exit_day[here])
    return present(clients.admitted_day[here], went, record.days)


@lru_cache(maxsize=1)
def waiting(record: Record) -> I64:
    """Return the clients on the waitlist at the end of each day; shape (days,)."""
    clients = record.clients
    here = clients.joined_day != NEVER
    went = np.where(clients.admitted_day[here] != NEVER, clients.admitted_day[here], clients.exit_day[here])
    still = (clients.exit[here] == Exit.WAITING) | (went == NEVER)
    return present(clients.joined_day[here], np.where(still, record.days, went), record.days)


@lru_cache(maxsize=1)
def held_back(record: Record, book: Rulebook) -> tuple[I64, I64, I64]:
    """Return how many clients each resource holds back on each day; three arrays of shape (days,).

    Assessment slots hold back a client from the day that would have suited to the day of the appointment. Seats
    and caseload hold back whom they turned away on an admission day until the next admission day.
    """
    days = record.days
    booked = record.appointments
    by_slots = present(np.minimum(booked.wanted_day, days), np.minimum(booked.day, days), days)
    seat, caseload = np.zeros(days, dtype=np.int64), np.zeros(days, dtype=np.int64)
    day = record.intake.day
    until = book.next_admission_day[day + 1]
    for target, count in ((seat, record.intake.no_seat), (caseload, record.intake.no_caseload)):
        change = np.zeros(days + 1, dtype=np.int64)
        np.add.at(change, day, count)
        np.subtract.at(change, until, count)
        target += np.cumsum(change[:days])
    return by_slots, seat, caseload

"""Who is counted: eligible cohorts, and what had become of them after so many days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.measures.view import Flags, View
from iopsim.record import CAME, I64, NEVER, Exit, Record
from iopsim.rulebook import Rulebook

SPARE_DAYS = 28
"""Days beyond the planned length that a client is followed, because some wait for a step-down seat."""


def referred(view: View) -> Flags:
    """Clients referred within the view whose 90th day after referral still lies within the run."""
    return _followed(view, view.record.clients.referral_day, FOLLOW_UP_DAYS)


def listed(view: View) -> Flags:
    """Clients who joined the waitlist within the view and whose 90th day after that still lies within the run."""
    return _followed(view, view.record.clients.joined_day, FOLLOW_UP_DAYS)


def admitted(view: View, follow_up: int) -> Flags:
    """Clients admitted within the view whose day number `follow_up` after admission still lies within the run."""
    return _followed(view, view.record.clients.admitted_day, follow_up)


def came_by_referral(record: Record) -> Flags:
    """Clients referred within the run: not here already at the opening, nor kept back by a referrer."""
    clients = record.clients
    return _flags((clients.referral_day != NEVER) & (clients.exit != Exit.NOT_REFERRED))


def _followed(view: View, day: I64, follow_up: int) -> Flags:
    """Clients by referral whose `day` lies within the view, and so many days after it still within the run."""
    return came_by_referral(view.record) & view.covers(day) & (day + follow_up < view.record.days)


def full_course(book: Rulebook) -> int:
    """Days for which a client is followed to know how treatment ended: the planned length and four weeks."""
    return book.planned_days + SPARE_DAYS


def reached(day: I64, since: I64, within: int) -> Flags:
    """Clients for whom `day` came no later than `within` days after `since`."""
    return _flags((day != NEVER) & (day - since <= within))


def treatment_days(record: Record, at_most: int) -> I64:
    """Days from admission to discharge, or to the end of the run, cut off at `at_most`."""
    clients = record.clients
    last = np.where(clients.exit_day == NEVER, record.days, clients.exit_day)
    return np.minimum(last - clients.admitted_day, at_most)


def ended_as(record: Record, reasons: tuple[Exit, ...]) -> Flags:
    """Clients whose way ended for one of the reasons."""
    wanted = np.zeros(len(Exit), dtype=np.bool_)
    wanted[list(reasons)] = True
    return _flags(wanted[record.clients.exit])


def left(record: Record, within: int, reasons: tuple[Exit, ...]) -> Flags:
    """Clients discharged for one of the reasons no later than `within` days after admission."""
    clients = record.clients
    return _flags(
        ended_as(record, reasons)
        & (clients.admitted_day != NEVER)
        & (clients.exit_day - clients.admitted_day <= within)
    )


def sessions_within(record: Record, at_most: int) -> I64:
    """Sessions each client attended within `at_most` days of admission."""
    sessions = record.sessions
    since = sessions.day - record.clients.admitted_day[sessions.client]
    came = np.isin(sessions.attendance, CAME) & (since < at_most)
    return np.bincount(sessions.client[came], minlength=len(record.clients)).astype(np.int64)


def _flags(who: NDArray[np.bool_]) -> Flags:
    """Say that a comparison of columns is a column of truth values, which the type of an array does not tell."""
    return who

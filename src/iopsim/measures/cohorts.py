"""Who is counted: eligible cohorts, and what had become of them after so many days.

Functions of a view and clients take one client, or the whole table (see `iopsim.measures.measure.Sum`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import numpy as np

from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.measures.view import Flags, View, covers, flags, or_end
from iopsim.record import AGAINST_PLAN, CAME, I64, NEVER, Attendance, ClientFacts, Exit, Record

MONTH = 30
QUARTER = 90


def among(codes: type[IntEnum], some: Iterable[IntEnum]) -> Flags:
    """Return which of the codes are some of them, by code."""
    which = np.zeros(len(codes), dtype=np.bool_)
    which[list(some)] = True
    return which


PRESENT = among(Attendance, CAME)
"""Sessions to which the client came."""

LEFT_AGAINST_PLAN = among(Exit, AGAINST_PLAN)
GONE = among(Exit, (*AGAINST_PLAN, Exit.TRANSFERRED))
"""Out of treatment, and not by completion."""

LEFT_OTHERWISE = among(Exit, (Exit.INCARCERATED, Exit.DIED, Exit.OTHER, Exit.COVERAGE_ENDED))
OUT = among(Exit, (reason for reason in Exit if reason > Exit.IN_TREATMENT))
"""No longer in program, whatever the reason."""


def came_by_referral(clients: ClientFacts) -> Flags:
    """Clients referred within the run: not here already at the opening, nor kept back by a referrer."""
    return flags((clients.referral_day != NEVER) & (clients.exit != Exit.NOT_REFERRED))


def followed(view: View, clients: ClientFacts, day: I64, follow_up: int) -> Flags:
    """Clients by referral whose `day` lies within the view, and so many days after it still within the run."""
    return flags(came_by_referral(clients) & covers(view, day) & (day + follow_up < view.end))


def referred(view: View, clients: ClientFacts) -> Flags:
    """Clients referred within the view whose 90th day after referral still lies within the run."""
    return followed(view, clients, clients.referral_day, FOLLOW_UP_DAYS)


def assessed(view: View, clients: ClientFacts) -> Flags:
    """Those of them who are assessed within 90 days of referral."""
    return flags(referred(view, clients) & reached(clients.assessed_day, clients.referral_day, FOLLOW_UP_DAYS))


def started(view: View, clients: ClientFacts) -> Flags:
    """Those of them who come to a first session within 90 days of referral."""
    return flags(referred(view, clients) & reached(clients.first_session_day, clients.referral_day, FOLLOW_UP_DAYS))


def listed(view: View, clients: ClientFacts) -> Flags:
    """Clients who joined the waitlist within the view and whose 90th day after that still lies within the run."""
    return followed(view, clients, clients.joined_day, FOLLOW_UP_DAYS)


def admitted(view: View, clients: ClientFacts, follow_up: int) -> Flags:
    """Clients admitted within the view whose day number `follow_up` after admission still lies within the run."""
    return followed(view, clients, clients.admitted_day, follow_up)


def followed_a_month(view: View, clients: ClientFacts) -> Flags:
    """Clients admitted within the view who can be followed for 30 days."""
    return admitted(view, clients, MONTH)


def followed_a_quarter(view: View, clients: ClientFacts) -> Flags:
    """Clients admitted within the view who can be followed for 90 days."""
    return admitted(view, clients, QUARTER)


def followed_a_course(view: View, clients: ClientFacts) -> Flags:
    """Clients admitted within the view who can be followed for the planned length and four weeks."""
    return admitted(view, clients, view.course)


def reached(day: I64, since: I64, within: int) -> Flags:
    """Clients for whom `day` came no later than `within` days after `since`."""
    return flags((day != NEVER) & (day - since <= within))


def treatment_days(view: View, clients: ClientFacts, at_most: int) -> I64:
    """Days from admission to discharge, or to the end of the run, cut off at `at_most`."""
    days: I64 = np.minimum(or_end(view, clients.exit_day) - clients.admitted_day, at_most)
    return days


def left(clients: ClientFacts, within: int, reason: Flags) -> Flags:
    """Clients discharged for a reason no later than `within` days after admission."""
    return flags(reason & (clients.admitted_day != NEVER) & (clients.exit_day - clients.admitted_day <= within))


def sessions_within(record: Record, at_most: int) -> I64:
    """Sessions each client attended within `at_most` days of admission."""
    sessions = record.sessions
    since = sessions.day - record.clients.admitted_day[sessions.client]
    came = PRESENT[sessions.attendance] & (since < at_most)
    return np.bincount(sessions.client[came], minlength=len(record.clients)).astype(np.int64)

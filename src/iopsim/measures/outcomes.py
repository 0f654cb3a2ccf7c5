"""Outcomes: what becomes of people after treatment. Nothing here is a promise about a person."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import came_by_referral
from iopsim.measures.measure import Fraction, measure
from iopsim.measures.view import Flags, View
from iopsim.record import NEVER

HALF_A_YEAR = 182
YEAR = 365

KNOWN = "clients referred in the run and discharged, but for those transferred, incarcerated or dead"
HALF_A_YEAR_ON = f"{KNOWN}, who can be followed for {HALF_A_YEAR} days"
YEAR_ON = f"{KNOWN}, who can be followed for {YEAR} days"


def _discharged(view: View, follow_up: int) -> Flags:
    """Clients discharged of whom something is known, and whose day number `follow_up` after lies within the run."""
    clients = view.record.clients
    known = came_by_referral(view.record) & view.covers(clients.exit_day) & (clients.relapse_day != NEVER)
    return np.asarray(known & (clients.exit_day + follow_up < view.record.days), dtype=np.bool_)


def _abstinent(view: View, days: int) -> Fraction:
    clients, who = view.record.clients, _discharged(view, days)
    still = clients.relapse_day - clients.exit_day > days
    return int((who & still).sum()), int(who.sum())


@measure(
    "Abstinent at 6 months", "share", "no relapse within 182 days of discharge", "clients discharged", HALF_A_YEAR_ON
)
def abstinent_6_months_share(view: View) -> Fraction:
    """Share of discharged clients who have not relapsed 182 days after."""
    return _abstinent(view, HALF_A_YEAR)


@measure("Abstinent at 12 months", "share", "no relapse within 365 days of discharge", "clients discharged", YEAR_ON)
def abstinent_12_months_share(view: View) -> Fraction:
    """Share of discharged clients who have not relapsed 365 days after."""
    return _abstinent(view, YEAR)


@measure(
    "Called again within a year",
    "share",
    "called the program again within 365 days of discharge",
    "clients discharged",
    YEAR_ON,
)
def called_again_share(view: View) -> Fraction:
    """Share of discharged clients who relapse and call the program again within a year."""
    clients, who = view.record.clients, _discharged(view, YEAR)
    again = (clients.return_day != NEVER) & (clients.return_day - clients.exit_day <= YEAR)
    return int((who & again).sum()), int(who.sum())


@measure(
    "Referrals who were here before", "share", "second or later episodes", "clients referred", "everybody referred"
)
def returning_share(view: View) -> Fraction:
    """Share of referrals that are a client's second or later episode within the run."""
    clients = view.record.clients
    who = came_by_referral(view.record) & view.covers(clients.referral_day)
    return int((who & (clients.episode > 0)).sum()), int(who.sum())


MEASURES = (abstinent_6_months_share, abstinent_12_months_share, called_again_share, returning_share)

"""Outcomes: what becomes of people after treatment. Nothing here is a promise about a person."""

from __future__ import annotations

from iopsim.measures.cohorts import came_by_referral
from iopsim.measures.measure import measure
from iopsim.measures.view import Flags, View, covers, flags
from iopsim.record import NEVER, ClientFacts

HALF_A_YEAR = 182
YEAR = 365

KNOWN = "clients referred in the run and discharged, but for those transferred, incarcerated or dead"
HALF_A_YEAR_ON = f"{KNOWN}, who can be followed for {HALF_A_YEAR} days"
YEAR_ON = f"{KNOWN}, who can be followed for {YEAR} days"


def _discharged(view: View, clients: ClientFacts, follow_up: int) -> Flags:
    """Clients discharged of whom something is known, and whose day number `follow_up` after lies within the run."""
    known = came_by_referral(clients) & covers(view, clients.exit_day) & (clients.relapse_day != NEVER)
    return flags(known & (clients.exit_day + follow_up < view.end))


def _followed_half_a_year(view: View, clients: ClientFacts) -> Flags:
    return _discharged(view, clients, HALF_A_YEAR)


def _followed_a_year(view: View, clients: ClientFacts) -> Flags:
    return _discharged(view, clients, YEAR)


@measure(
    "Abstinent at 6 months", "share", "no relapse within 182 days of discharge", "clients discharged",
    HALF_A_YEAR_ON, of="clients", among=_followed_half_a_year,
)  # fmt: skip
def abstinent_6_months_share(view: View, clients: ClientFacts) -> Flags:
    """Share of discharged clients who have not relapsed 182 days after."""
    return flags(clients.relapse_day - clients.exit_day > HALF_A_YEAR)


@measure(
    "Abstinent at 12 months", "share", "no relapse within 365 days of discharge", "clients discharged", YEAR_ON,
    of="clients", among=_followed_a_year,
)  # fmt: skip
def abstinent_12_months_share(view: View, clients: ClientFacts) -> Flags:
    """Share of discharged clients who have not relapsed 365 days after."""
    return flags(clients.relapse_day - clients.exit_day > YEAR)


@measure(
    "Called again within a year",
    "share",
    "called the program again within 365 days of discharge",
    "clients discharged",
    YEAR_ON,
    of="clients",
    among=_followed_a_year,
)
def called_again_share(view: View, clients: ClientFacts) -> Flags:
    """Share of discharged clients who relapse and call the program again within a year."""
    return flags((clients.return_day != NEVER) & (clients.return_day - clients.exit_day <= YEAR))


def _referred(view: View, clients: ClientFacts) -> Flags:
    return flags(came_by_referral(clients) & covers(view, clients.referral_day))


@measure(
    "Referrals who were here before", "share", "second or later episodes", "clients referred", "everybody referred",
    of="clients", among=_referred,
)  # fmt: skip
def returning_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referrals that are a client's second or later episode within the run."""
    return flags(clients.episode > 0)


MEASURES = (abstinent_6_months_share, abstinent_12_months_share, called_again_share, returning_share)

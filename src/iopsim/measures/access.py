"""Access: from referral to assessment, waitlist and first session."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import assessed, came_by_referral, listed, reached, referred, started
from iopsim.measures.measure import FOLLOW_UP_DAYS, Fraction, measure, once
from iopsim.measures.presence import waiting
from iopsim.measures.view import Flags, View, covers, flags
from iopsim.record import I64, ClientFacts, Exit

REFERRED = "clients who can be followed for 90 days from referral"
LISTED = "clients placed in this program who can be followed for 90 days from then"


@measure(
    "Referrals", "clients", "clients referred", "1", "everybody referred within the run", of="clients", over=once,
    per_program=True,
)  # fmt: skip
def referrals(view: View, clients: ClientFacts) -> Flags:
    """Clients referred within the run."""
    return flags(came_by_referral(clients) & covers(view, clients.referral_day))


@measure(
    "Referral to assessment", "days", "days waited", "clients assessed within 90 days", REFERRED, of="clients",
    among=assessed,
)  # fmt: skip
def days_to_assessment(view: View, clients: ClientFacts) -> I64:
    """Mean days from referral to assessment, of those assessed within 90 days."""
    return clients.assessed_day - clients.referral_day


@measure(
    "Assessed at all", "share", "assessed within 90 days", "clients referred", REFERRED, of="clients", among=referred
)
def assessed_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients who are assessed within 90 days."""
    return reached(clients.assessed_day, clients.referral_day, FOLLOW_UP_DAYS)


@measure(
    "Assessed within the target", "share", "assessed within the target", "clients referred", REFERRED, of="clients",
    among=referred,
)  # fmt: skip
def assessed_in_time_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients who are assessed within the scenario's target."""
    return reached(clients.assessed_day, clients.referral_day, view.book.target_assessment_days)


@measure(
    "Referral to first session", "days", "days waited", "clients who came within 90 days", REFERRED, of="clients",
    among=started,
)  # fmt: skip
def days_to_first_session(view: View, clients: ClientFacts) -> I64:
    """Mean days from referral to the first session attended, of those who came within 90 days."""
    return clients.first_session_day - clients.referral_day


@measure(
    "Started treatment", "share", "first session within 90 days", "clients referred", REFERRED, of="clients",
    among=referred,
)  # fmt: skip
def started_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients who attend a first session within 90 days."""
    return reached(clients.first_session_day, clients.referral_day, FOLLOW_UP_DAYS)


@measure(
    "Started within the target", "share", "first session within the target", "clients referred", REFERRED,
    of="clients", among=referred,
)  # fmt: skip
def started_in_time_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients who attend a first session within the scenario's target."""
    return reached(clients.first_session_day, clients.referral_day, view.book.target_start_days)


@measure(
    "Of those who start, within the target",
    "share",
    "first session within the target",
    "clients who came within 90 days",
    REFERRED,
    of="clients",
    among=started,
)
def prompt_start_share(view: View, clients: ClientFacts) -> Flags:
    """Share of the clients who come to a first session within 90 days who do so within the scenario's target.

    Unlike the share of all referred, it can be 1: who never starts is not in it, and so it says nothing of them.
    """
    return reached(clients.first_session_day, clients.referral_day, view.book.target_start_days)


@measure(
    "Lost before assessment", "share", "gave up after missed assessments", "clients referred", REFERRED,
    of="clients", among=referred,
)  # fmt: skip
def lost_before_assessment_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients lost because they missed assessments, within 90 days."""
    return flags((clients.exit == Exit.NO_SHOW) & (clients.exit_day - clients.referral_day <= FOLLOW_UP_DAYS))


@measure(
    "Gave up waiting", "share", "reneged within 90 days", "clients placed here", LISTED, of="clients", among=listed
)
def reneged_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients placed here who leave the waitlist before an offer."""
    return flags((clients.exit == Exit.RENEGED) & (clients.exit_day - clients.joined_day <= FOLLOW_UP_DAYS))


@measure("Turned away by a full list", "share", "balked", "clients placed here", LISTED, of="clients", among=listed)
def balked_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients placed here who find the waitlist full."""
    return flags(clients.exit == Exit.BALKED)


@measure(
    "Waitlist, average",
    "clients",
    "client-days on the waitlist",
    "days of the run",
    "everybody on the waitlist",
    per_program=True,
)
def waitlist_mean(view: View) -> Fraction:
    """Mean number of clients on the waitlist at the end of a day."""
    return int(waiting(view).sum()), view.days


@measure(
    "Waitlist, longest", "clients", "clients on the fullest day", "1", "everybody on the waitlist", per_program=True
)
def waitlist_peak(view: View) -> Fraction:
    """Largest number of clients on the waitlist at the end of a day."""
    return int(np.max(waiting(view), initial=0)), 1


MEASURES = (
    referrals,
    days_to_assessment,
    assessed_share,
    assessed_in_time_share,
    lost_before_assessment_share,
    days_to_first_session,
    started_share,
    started_in_time_share,
    prompt_start_share,
    reneged_share,
    balked_share,
    waitlist_mean,
    waitlist_peak,
)

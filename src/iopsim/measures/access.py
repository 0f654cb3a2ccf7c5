"""Access: from referral to assessment, waitlist and first session."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import came_by_referral, listed, reached, referred
from iopsim.measures.measure import FOLLOW_UP_DAYS, Fraction, measure
from iopsim.measures.presence import waiting
from iopsim.record import I64, Exit, Record
from iopsim.rulebook import Rulebook

REFERRED = "clients who can be followed for 90 days from referral"
LISTED = "clients placed in this program who can be followed for 90 days from then"


def _mean_wait(record: Record, day: I64) -> Fraction:
    since = record.clients.referral_day
    who = referred(record) & reached(record, day, since, FOLLOW_UP_DAYS)
    return int((day - since)[who].sum()), int(who.sum())


def _share_within(record: Record, day: I64, days: int) -> Fraction:
    who = referred(record)
    return int((who & reached(record, day, record.clients.referral_day, days)).sum()), int(who.sum())


@measure("Referrals", "clients", "clients referred", "1", "everybody referred within the run", per_program=True)
def referrals(record: Record, book: Rulebook) -> Fraction:
    """Clients referred within the run."""
    return int(came_by_referral(record).sum()), 1


@measure("Referral to assessment", "days", "days waited", "clients assessed within 90 days", REFERRED)
def days_to_assessment(record: Record, book: Rulebook) -> Fraction:
    """Mean days from referral to assessment, of those assessed within 90 days."""
    return _mean_wait(record, record.clients.assessed_day)


@measure("Assessed at all", "share", "assessed within 90 days", "clients referred", REFERRED)
def assessed_share(record: Record, book: Rulebook) -> Fraction:
    """Share of referred clients who are assessed within 90 days."""
    return _share_within(record, record.clients.assessed_day, FOLLOW_UP_DAYS)


@measure("Assessed within the target", "share", "assessed within the target", "clients referred", REFERRED)
def assessed_in_time_share(record: Record, book: Rulebook) -> Fraction:
    """Share of referred clients who are assessed within the scenario's target."""
    return _share_within(record, record.clients.assessed_day, book.target_assessment_days)


@measure("Referral to first session", "days", "days waited", "clients who came within 90 days", REFERRED)
def days_to_first_session(record: Record, book: Rulebook) -> Fraction:
    """Mean days from referral to the first session attended, of those who came within 90 days."""
    return _mean_wait(record, record.clients.first_session_day)


@measure("Started treatment", "share", "first session within 90 days", "clients referred", REFERRED)
def started_share(record: Record, book: Rulebook) -> Fraction:
    """Share of referred clients who attend a first session within 90 days."""
    return _share_within(record, record.clients.first_session_day, FOLLOW_UP_DAYS)


@measure("Started within the target", "share", "first session within the target", "clients referred", REFERRED)
def started_in_time_share(record: Record, book: Rulebook) -> Fraction:
    """Share of referred clients who attend a first session within the scenario's target."""
    return _share_within(record, record.clients.first_session_day, book.target_start_days)


@measure("Lost before assessment", "share", "gave up after missed assessments", "clients referred", REFERRED)
def lost_before_assessment_share(record: Record, book: Rulebook) -> Fraction:
    """Share of referred clients lost because they missed assessments, within 90 days."""
    clients, who = record.clients, referred(record)
    lost = (clients.exit == Exit.NO_SHOW) & (clients.exit_day - clients.referral_day <= FOLLOW_UP_DAYS)
    return int((who & lost).sum()), int(who.sum())


@measure("Gave up waiting", "share", "reneged within 90 days", "clients placed here", LISTED)
def reneged_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients placed here who leave the waitlist before an offer."""
    clients, who = record.clients, listed(record)
    gone = (clients.exit == Exit.RENEGED) & (clients.exit_day - clients.joined_day <= FOLLOW_UP_DAYS)
    return int((who & gone).sum()), int(who.sum())


@measure("Turned away by a full list", "share", "balked", "clients placed here", LISTED)
def balked_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients placed here who find the waitlist full."""
    who = listed(record)
    return int((who & (record.clients.exit == Exit.BALKED)).sum()), int(who.sum())


@measure(
    "Waitlist, average",
    "clients",
    "client-days on the waitlist",
    "days of the run",
    "everybody on the waitlist",
    per_program=True,
)
def waitlist_mean(record: Record, book: Rulebook) -> Fraction:
    """Mean number of clients on the waitlist at the end of a day."""
    return int(waiting(record).sum()), record.days


@measure(
    "Waitlist, longest", "clients", "clients on the fullest day", "1", "everybody on the waitlist", per_program=True
)
def waitlist_peak(record: Record, book: Rulebook) -> Fraction:
    """Largest number of clients on the waitlist at the end of a day."""
    return int(np.max(waiting(record), initial=0)), 1


MEASURES = (
    referrals,
    days_to_assessment,
    assessed_share,
    assessed_in_time_share,
    lost_before_assessment_share,
    days_to_first_session,
    started_share,
    started_in_time_share,
    reneged_share,
    balked_share,
    waitlist_mean,
    waitlist_peak,
)

"""Access: from referral to assessment, waitlist and first session."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import came_by_referral, listed, reached, referred
from iopsim.measures.measure import FOLLOW_UP_DAYS, Fraction, measure
from iopsim.measures.presence import waiting
from iopsim.measures.view import View
from iopsim.record import I64, Exit

REFERRED = "clients who can be followed for 90 days from referral"
LISTED = "clients placed in this program who can be followed for 90 days from then"


def _mean_wait(view: View, day: I64) -> Fraction:
    called = view.record.clients.referral_day
    who = referred(view) & reached(day, called, FOLLOW_UP_DAYS)
    return int((day - called)[who].sum()), int(who.sum())


def _share_within(view: View, day: I64, days: int) -> Fraction:
    who = referred(view)
    return int((who & reached(day, view.record.clients.referral_day, days)).sum()), int(who.sum())


@measure("Referrals", "clients", "clients referred", "1", "everybody referred within the run", per_program=True)
def referrals(view: View) -> Fraction:
    """Clients referred within the run."""
    return int((came_by_referral(view.record) & view.covers(view.record.clients.referral_day)).sum()), 1


@measure("Referral to assessment", "days", "days waited", "clients assessed within 90 days", REFERRED)
def days_to_assessment(view: View) -> Fraction:
    """Mean days from referral to assessment, of those assessed within 90 days."""
    return _mean_wait(view, view.record.clients.assessed_day)


@measure("Assessed at all", "share", "assessed within 90 days", "clients referred", REFERRED)
def assessed_share(view: View) -> Fraction:
    """Share of referred clients who are assessed within 90 days."""
    return _share_within(view, view.record.clients.assessed_day, FOLLOW_UP_DAYS)


@measure("Assessed within the target", "share", "assessed within the target", "clients referred", REFERRED)
def assessed_in_time_share(view: View) -> Fraction:
    """Share of referred clients who are assessed within the scenario's target."""
    return _share_within(view, view.record.clients.assessed_day, view.book.target_assessment_days)


@measure("Referral to first session", "days", "days waited", "clients who came within 90 days", REFERRED)
def days_to_first_session(view: View) -> Fraction:
    """Mean days from referral to the first session attended, of those who came within 90 days."""
    return _mean_wait(view, view.record.clients.first_session_day)


@measure("Started treatment", "share", "first session within 90 days", "clients referred", REFERRED)
def started_share(view: View) -> Fraction:
    """Share of referred clients who attend a first session within 90 days."""
    return _share_within(view, view.record.clients.first_session_day, FOLLOW_UP_DAYS)


@measure("Started within the target", "share", "first session within the target", "clients referred", REFERRED)
def started_in_time_share(view: View) -> Fraction:
    """Share of referred clients who attend a first session within the scenario's target."""
    return _share_within(view, view.record.clients.first_session_day, view.book.target_start_days)


@measure(
    "Of those who start, within the target",
    "share",
    "first session within the target",
    "clients who came within 90 days",
    REFERRED,
)
def prompt_start_share(view: View) -> Fraction:
    """Share of the clients who come to a first session within 90 days who do so within the scenario's target.

    Unlike the share of all referred, it can be 1: who never starts is not in it, and so it says nothing of them.
    """
    first = view.record.clients.first_session_day
    prompt = _share_within(view, first, view.book.target_start_days)[0]
    return prompt, _share_within(view, first, FOLLOW_UP_DAYS)[0]


@measure("Lost before assessment", "share", "gave up after missed assessments", "clients referred", REFERRED)
def lost_before_assessment_share(view: View) -> Fraction:
    """Share of referred clients lost because they missed assessments, within 90 days."""
    clients, who = view.record.clients, referred(view)
    lost = (clients.exit == Exit.NO_SHOW) & (clients.exit_day - clients.referral_day <= FOLLOW_UP_DAYS)
    return int((who & lost).sum()), int(who.sum())


@measure("Gave up waiting", "share", "reneged within 90 days", "clients placed here", LISTED)
def reneged_share(view: View) -> Fraction:
    """Share of clients placed here who leave the waitlist before an offer."""
    clients, who = view.record.clients, listed(view)
    gone = (clients.exit == Exit.RENEGED) & (clients.exit_day - clients.joined_day <= FOLLOW_UP_DAYS)
    return int((who & gone).sum()), int(who.sum())


@measure("Turned away by a full list", "share", "balked", "clients placed here", LISTED)
def balked_share(view: View) -> Fraction:
    """Share of clients placed here who find the waitlist full."""
    who = listed(view)
    return int((who & (view.record.clients.exit == Exit.BALKED)).sum()), int(who.sum())


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

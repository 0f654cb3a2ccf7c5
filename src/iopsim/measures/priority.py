"""Federal priority populations: who was admitted in time, and when the state must be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iopsim.cohort import federal_class
from iopsim.measures.capacity import seats_by_week
from iopsim.measures.cohorts import came_by_referral
from iopsim.measures.measure import Fraction, measure
from iopsim.measures.view import Flags, View
from iopsim.money.costs import NOBODY
from iopsim.record import NEVER

PLACED = "pregnant clients and clients who inject, placed here, who can be followed for the limit"


def _of_grant(view: View, above: int, below: int) -> Fraction:
    """Return a fraction that cannot be told of a program that takes no block-grant money."""
    return (above, below) if view.book.grant.applies else (0, 0)


def _interim_in_time(view: View) -> bool:
    """Whether interim services begin in time for whoever waits that long.

    They begin so many days after the request, assessed by then or not; and whoever they are offered to, priority
    clients are among them. One who is elsewhere first by then is in treatment there, which is more.
    """
    intake = view.book.intake
    return intake.interim != NOBODY and intake.interim_after <= view.book.grant.interim_days


def _priority(view: View) -> Flags:
    clients = view.record.clients
    first = federal_class(view.book, clients.traits) < 3
    return np.asarray(
        came_by_referral(view.record) & view.covers(clients.referral_day) & first & (clients.joined_day != NEVER),
        dtype=np.bool_,
    )


@measure("Priority clients admitted in time", "share", "admitted within the limit", "priority clients", PLACED)
def priority_in_time_share(view: View) -> Fraction:
    """Share of priority clients admitted within 14 days, or within 120 if interim services begin within 48 hours.

    Days count from the request for treatment; all three limits are those of the scenario's block grant. Who leaves the
    waitlist, or is turned away from it, before the limit has passed is not counted.
    """
    clients, grant = view.record.clients, view.book.grant
    limit = grant.admit_days_with_interim if _interim_in_time(view) else grant.admit_days
    last = clients.referral_day + limit
    left = (clients.admitted_day == NEVER) & (clients.exit_day != NEVER) & (clients.exit_day <= last)
    who = _priority(view) & (last < view.record.days) & ~left
    in_time = (clients.admitted_day != NEVER) & (clients.admitted_day <= last)
    return _of_grant(view, int((who & in_time).sum()), int(who.sum()))


@measure(
    "Interim services in time",
    "share",
    "interim services within 48 hours",
    "priority clients not admitted within 14 days",
    "pregnant clients and clients who inject, placed here at any time, who have not left the waitlist by day 14",
)
def interim_in_time_share(view: View) -> Fraction:
    """Share of priority clients neither admitted nor gone after 14 days who had interim services within 48 hours.

    Days count from the request, and services do not wait for the assessment; so it is all of them or none, as the
    scenario's `interim` has it. Both limits are those of its block grant.
    """
    clients, grant = view.record.clients, view.book.grant
    last = clients.referral_day + grant.admit_days
    there = (clients.admitted_day == NEVER) | (clients.admitted_day > last)
    there &= (clients.exit_day == NEVER) | (clients.exit_day > last)
    who = _priority(view) & there & (last < view.record.days)
    return _of_grant(view, int(who.sum()) * _interim_in_time(view), int(who.sum()))


def _full_weeks(view: View) -> Flags:
    """Whether the share of seats taken reaches that from which the state must be told, for each week with groups."""
    taken, seats = seats_by_week(view)
    return np.asarray((taken >= view.book.grant.notice_share * seats)[seats > 0], dtype=np.bool_)


@measure(
    "Weeks at 90 % of capacity", "weeks", "weeks with so many seats taken", "1", "weeks with groups", by_group=False
)
def notice_weeks(view: View) -> Fraction:
    """Weeks in which the share of seats taken is at or above that from which the state must be told."""
    return _of_grant(view, int(_full_weeks(view).sum()), 1)


@measure("Notices to the state", "notices", "times that capacity is reached", "1", "weeks with groups", by_group=False)
def notices(view: View) -> Fraction:
    """Times that the program reaches that share of its capacity, having been below it in the last week with groups."""
    full, counted = _full_weeks(replace(view, since=0)), len(_full_weeks(view))
    reached = full & ~np.concatenate([[False], full[:-1]])
    return _of_grant(view, int(reached[len(full) - counted :].sum()), 1)


MEASURES = (priority_in_time_share, interim_in_time_share, notice_weeks, notices)

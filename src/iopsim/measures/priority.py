"""Federal priority populations: who was admitted in time, and when the state must be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iopsim.measures.capacity import seats_by_week
from iopsim.measures.cohorts import came_by_referral
from iopsim.measures.measure import Fraction, measure
from iopsim.measures.view import Flags, View, covers, flags
from iopsim.money.costs import NOBODY
from iopsim.record import I64, NEVER, ClientFacts

HERE = "placed here, who can be followed for the limit"
PREGNANT, INJECT = "pregnant clients", "clients who inject"


def _of_grant(view: View, above: int, below: int) -> Fraction:
    """Return a fraction that cannot be told of a program that takes no block-grant money."""
    return (above, below) if view.book.grant.applies else (0, 0)


def _interim_in_time(view: View) -> bool:
    """Whether interim services begin in time for whoever waits that long.

    They begin so many days after the request, assessed by then or not; and whoever they are offered to, priority
    clients are among them. One who is elsewhere first by then is counted like the others, though treated there.
    """
    offered = view.book.intake.interim != NOBODY
    return offered & (view.book.intake.interim_after <= view.book.grant.interim_days)


def _has(traits: I64, trait: int) -> Flags:
    """Whether clients have a trait; nobody has one that the scenario does not know (-1)."""
    return flags((trait >= 0) & ((traits >> max(trait, 0)) & 1 > 0))


def _still_there(view: View, clients: ClientFacts, limit: int) -> Flags:
    """Clients placed here who can be followed for so many days from the request, and had not left by then."""
    last = clients.referral_day + limit
    left = (clients.admitted_day == NEVER) & (clients.exit_day != NEVER) & (clients.exit_day <= last)
    placed = came_by_referral(clients) & covers(view, clients.referral_day) & (clients.joined_day != NEVER)
    return flags(view.book.grant.applies & placed & (last < view.end) & ~left)


def _admitted_within(clients: ClientFacts, limit: int) -> Flags:
    """Clients admitted within so many days of the request."""
    return flags((clients.admitted_day != NEVER) & (clients.admitted_day <= clients.referral_day + limit))


def _limit(view: View) -> int:
    """Days within which clients who inject are to be admitted."""
    soon, later = view.book.grant.admit_days, view.book.grant.admit_days_with_interim
    return later if _interim_in_time(view) else soon


def _who_inject(view: View, clients: ClientFacts) -> Flags:
    return flags(_has(clients.traits, view.book.demand.injecting) & _still_there(view, clients, _limit(view)))


def _who_inject_and_wait(view: View, clients: ClientFacts) -> Flags:
    days = view.book.grant.admit_days
    waits = _still_there(view, clients, days) & ~_admitted_within(clients, days)
    return flags(_has(clients.traits, view.book.demand.injecting) & waits)


def _who_are_pregnant(view: View, clients: ClientFacts) -> Flags:
    there = _still_there(view, clients, view.book.grant.interim_days)
    return flags(_has(clients.traits, view.book.demand.pregnant) & there)


@measure(
    "Clients who inject admitted in time", "share", "admitted within the limit", INJECT, f"{INJECT}, {HERE}",
    of="clients", among=_who_inject,
)  # fmt: skip
def injecting_in_time_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients who inject admitted within 14 days, or within 120 if interim services begin within 48 hours.

    Days count from the request for treatment; all three limits are those of the scenario's block grant. Who leaves the
    waitlist, or is turned away from it, before the limit has passed is not counted. Source: evidence row 2.31.
    """
    return _admitted_within(clients, _limit(view))


@measure(
    "Pregnant clients served in time", "share", "admitted or with interim services within the limit", PREGNANT,
    f"{PREGNANT}, {HERE}", of="clients", among=_who_are_pregnant,
)  # fmt: skip
def pregnant_in_time_share(view: View, clients: ClientFacts) -> Flags:
    """Share of pregnant clients who are admitted within 48 hours of the request, or have interim services by then.

    That the state is told, and finds another program, is not simulated. Source: evidence row 2.33.
    """
    return flags(_interim_in_time(view) | _admitted_within(clients, view.book.grant.interim_days))


@measure(
    "Interim services in time",
    "share",
    "interim services within 48 hours",
    "clients who inject not admitted within 14 days",
    "clients who inject, placed here at any time, who have not left the waitlist by day 14",
    of="clients",
    among=_who_inject_and_wait,
)
def interim_in_time_share(view: View, clients: ClientFacts) -> bool:
    """Share of clients who inject, neither admitted nor gone after 14 days, who had interim services within 48 hours.

    Days count from the request, and services do not wait for the assessment; so it is all of them or none, as the
    scenario's `interim` has it. Both limits are those of its block grant. Source: evidence row 2.31.
    """
    return _interim_in_time(view)


def _full_weeks(view: View) -> Flags:
    """Whether the share of seats taken reaches that from which the state must be told, for each week with groups."""
    taken, seats = seats_by_week(view)
    open_weeks = seats > 0
    return np.asarray(taken[open_weeks] / seats[open_weeks] >= view.book.grant.notice_share, dtype=np.bool_)


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


MEASURES = (injecting_in_time_share, pregnant_in_time_share, interim_in_time_share, notice_weeks, notices)

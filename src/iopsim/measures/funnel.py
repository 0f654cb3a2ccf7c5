"""The funnel: of all who are referred, how many are left after each step, on one base."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import came_by_referral, full_course, listed, reached, referred
from iopsim.measures.measure import FOLLOW_UP_DAYS, Fraction, measure
from iopsim.measures.view import Flags, View
from iopsim.record import NEVER, Exit

REFERRED = "clients who can be followed for 90 days from referral"
TO_THE_END = "clients who can be followed for 90 days, the planned length and four weeks from referral"
LISTED = "clients placed in this program who can be followed for 90 days from then"


def _of_referred(view: View, happened: Flags) -> Fraction:
    who = referred(view)
    return int((who & happened).sum()), int(who.sum())


@measure("Call answered and booked", "share", "given an appointment", "clients referred", REFERRED)
def booked_share(view: View) -> Fraction:
    """Share of referred clients whose call leads to an appointment: not lost, screened out or without a slot."""
    appointments = view.record.appointments
    booked = np.zeros(len(view.record.clients), dtype=np.bool_)
    booked[appointments.client[appointments.day < view.record.days]] = True
    return _of_referred(view, booked)


@measure(
    "Placed here",
    "share",
    "placed in this program within 90 days, or sent elsewhere first to come back",
    "clients referred",
    REFERRED,
)
def placed_here_share(view: View) -> Fraction:
    """Share of referred clients placed here within 90 days; who is sent elsewhere first counts from that day."""
    clients = view.record.clients
    here = reached(clients.joined_day, clients.referral_day, FOLLOW_UP_DAYS)
    return _of_referred(view, here | reached(clients.away_day, clients.referral_day, FOLLOW_UP_DAYS))


@measure("Not authorized", "share", "not authorized within 90 days", "clients placed here", LISTED)
def not_authorized_share(view: View) -> Fraction:
    """Share of clients placed here who learn within 90 days that their payer does not authorize treatment."""
    clients, who = view.record.clients, listed(view)
    told = (clients.exit == Exit.NOT_AUTHORIZED) & (clients.exit_day - clients.joined_day <= FOLLOW_UP_DAYS)
    return int((who & told).sum()), int(who.sum())


@measure("Admitted", "share", "admitted within 90 days", "clients referred", REFERRED)
def admitted_share(view: View) -> Fraction:
    """Share of referred clients who are admitted within 90 days."""
    clients = view.record.clients
    return _of_referred(view, reached(clients.admitted_day, clients.referral_day, FOLLOW_UP_DAYS))


@measure("Completed, of all referred", "share", "completed", "clients referred", TO_THE_END)
def completed_of_referred_share(view: View) -> Fraction:
    """Share of referred clients who complete the program within 90 days, the planned length and four weeks."""
    clients, course = view.record.clients, FOLLOW_UP_DAYS + full_course(view.book)
    day = clients.referral_day
    who = came_by_referral(view.record) & view.covers(day) & (day + course < view.record.days)
    done = (clients.exit == Exit.COMPLETED) & (clients.exit_day != NEVER) & (clients.exit_day - day <= course)
    return int((who & done).sum()), int(who.sum())


MEASURES = (booked_share, placed_here_share, not_authorized_share, admitted_share, completed_of_referred_share)

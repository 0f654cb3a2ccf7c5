"""The funnel: of all who are referred, how many are left after each step, on one base."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import followed, listed, reached, referred
from iopsim.measures.measure import FOLLOW_UP_DAYS, Fraction, measure
from iopsim.measures.view import Flags, View, flags
from iopsim.record import ClientFacts, Exit

REFERRED = "clients who can be followed for 90 days from referral"
TO_THE_END = "clients who can be followed for 90 days, the planned length and four weeks from referral"
LISTED = "clients placed in this program who can be followed for 90 days from then"


@measure("Call answered and booked", "share", "given an appointment", "clients referred", REFERRED)
def booked_share(view: View) -> Fraction:
    """Share of referred clients whose call leads to an appointment: not lost, screened out or without a slot."""
    appointments = view.record.appointments
    booked = np.zeros(len(view.record.clients), dtype=np.bool_)
    booked[appointments.client[appointments.day < view.end]] = True
    who = referred(view, view.record.clients)
    return int((who & booked).sum()), int(who.sum())


@measure(
    "Placed here",
    "share",
    "placed in this program within 90 days, or sent elsewhere first to come back",
    "clients referred",
    REFERRED,
    of="clients",
    among=referred,
)
def placed_here_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients placed here within 90 days; who is sent elsewhere first counts from that day."""
    here = reached(clients.joined_day, clients.referral_day, FOLLOW_UP_DAYS)
    return flags(here | reached(clients.away_day, clients.referral_day, FOLLOW_UP_DAYS))


@measure(
    "Not authorized", "share", "not authorized within 90 days", "clients placed here", LISTED, of="clients",
    among=listed,
)  # fmt: skip
def not_authorized_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients placed here who learn within 90 days that their payer does not authorize treatment."""
    return flags((clients.exit == Exit.NOT_AUTHORIZED) & (clients.exit_day - clients.joined_day <= FOLLOW_UP_DAYS))


@measure("Admitted", "share", "admitted within 90 days", "clients referred", REFERRED, of="clients", among=referred)
def admitted_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients who are admitted within 90 days."""
    return reached(clients.admitted_day, clients.referral_day, FOLLOW_UP_DAYS)


def _referred_to_the_end(view: View, clients: ClientFacts) -> Flags:
    """Clients referred within the view who can be followed for 90 days and a whole course."""
    return followed(view, clients, clients.referral_day, FOLLOW_UP_DAYS + view.course)


@measure(
    "Completed, of all referred", "share", "completed", "clients referred", TO_THE_END, of="clients",
    among=_referred_to_the_end,
)  # fmt: skip
def completed_of_referred_share(view: View, clients: ClientFacts) -> Flags:
    """Share of referred clients who complete the program within 90 days, the planned length and four weeks."""
    in_time = reached(clients.exit_day, clients.referral_day, FOLLOW_UP_DAYS + view.course)
    return flags((clients.exit == Exit.COMPLETED) & in_time)


MEASURES = (booked_share, placed_here_share, not_authorized_share, admitted_share, completed_of_referred_share)

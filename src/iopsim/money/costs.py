"""Costs: what the program pays, week by week; each is paid in the week in which it arises."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iopsim.cohort import federal_class
from iopsim.money.services import DAYS, ClientWeeks, places, rank
from iopsim.record import CAME, I64, NEVER, ClientFacts, Night, Record
from iopsim.rulebook import Rulebook
from iopsim.rulebook.money import EVERYBODY, NO_ROOM, Cost

Flags = NDArray[np.bool_]

MINUTES = 60
NOBODY, PRIORITY = 0, 1
"""To whom interim services are offered, as the rulebook has it."""

OTHERS = 3
"""Federal class of those who have no federal priority."""


def costs(record: Record, book: Rulebook, weeks: ClientWeeks) -> I64:
    """Return what is spent on what in each week, in cents; shape (costs, weeks from the rulebook's first on)."""
    money, opening = book.money, -book.money.first_week
    spent = money.planned.copy()
    staff, week, client_week = record.staff, opening + record.staff.week, opening + weeks.day // DAYS
    pay = nearest(staff.employed_days * money.week_pay[staff.role], DAYS)
    np.add.at(spent, (money.payroll[staff.role], week), pay)
    np.add.at(spent[Cost.COVER], week, nearest(staff.cover * money.cover_hour[staff.role], MINUTES))
    np.add.at(spent[Cost.HIRING], week, staff.hires * money.hire[staff.role])
    begun = np.bincount(client_week, minlength=spent.shape[1])
    spent[Cost.SUPPLIES] += begun * money.supplies_client_week
    spent[Cost.DRUG_SCREENS] += begun * (money.screens_client_week * money.screen_cost)
    _rent_rooms(spent[Cost.ROOMS], record, book)
    _pay_levers(spent[Cost.LEVERS], record, book, weeks)
    if book.intake.interim != NOBODY and money.interim_client_week:
        _serve_who_waits(spent[Cost.INTERIM], record, book)
    return spent


def _rent_rooms(spent: I64, record: Record, book: Rulebook) -> None:
    """Pay for each room on each night on which a group meets in it that anybody was due at, once however many do."""
    money, nights = book.money, record.nights
    if not money.room_night.any():
        return
    room = money.night_room[nights.night]
    used = (nights.status == Night.HELD) & (nights.scheduled + nights.guests > 0) & (room != NO_ROOM)
    both = np.unique(nights.day[used] * len(money.room_night) + room[used])
    day, room = np.divmod(both, len(money.room_night))
    np.add.at(spent, day // DAYS - money.first_week, money.room_night[room])


def _pay_levers(spent: I64, record: Record, book: Rulebook, weeks: ClientWeeks) -> None:
    """Pay for the weeks of clients whom a lever reaches, and for the sessions to which they come."""
    money, sessions, traits = book.money, record.sessions, record.clients.traits
    came = np.isin(sessions.attendance, CAME)
    for lever, trait in enumerate(money.lever_trait):
        reached = np.ones(len(traits), dtype=np.bool_) if trait == EVERYBODY else (traits >> trait) & 1 > 0
        if money.lever_client_week[lever]:
            week = weeks.day[reached[weeks.client]] // DAYS - money.first_week
            spent += np.bincount(week, minlength=len(spent)) * money.lever_client_week[lever]
        if money.lever_session[lever]:
            paid = came & reached[sessions.client] & money.lever_nights[lever][sessions.night]
            week = sessions.day[paid] // DAYS - money.first_week
            spent += np.bincount(week, minlength=len(spent)) * money.lever_session[lever]


def _serve_who_waits(spent: I64, record: Record, book: Rulebook) -> None:
    """Pay for interim services.

    A client's k-th day of them, from 0, costs what k + 1 days cost, less what k days cost, each to the nearest cent,
    halves up: so all days of a client together are right to half a cent.
    """
    week_cost = book.money.interim_client_week
    client, day = interim_days(record, book)
    nth = rank(client, len(record.clients))
    paid = nearest((nth + 1) * week_cost, DAYS) - nearest(nth * week_cost, DAYS)
    np.add.at(spent, day // DAYS - book.money.first_week, paid)


def receives_interim(book: Rulebook, traits: I64) -> Flags:
    """Return who is offered interim services; shape (clients,)."""
    if book.intake.interim == PRIORITY:
        return np.asarray(federal_class(book, traits) < OTHERS, dtype=np.bool_)
    return np.full(len(traits), book.intake.interim != NOBODY)


def interim_days(record: Record, book: Rulebook) -> tuple[I64, I64]:
    """Return each day of interim services, and whose it is; two columns, in order of (client, day)."""
    who = np.flatnonzero(receives_interim(book, record.clients.traits))
    begin, went, back, end = interim_stretches(record.clients, record.days, book.intake.interim_after)
    first, last = np.stack([begin, back], axis=1)[who], np.stack([went, end], axis=1)[who]
    many = np.maximum(last - first, 0)
    return np.repeat(who, many.sum(axis=1)), np.repeat(first.ravel(), many.ravel()) + places(many.ravel())


def interim_stretches(clients: ClientFacts, days: int, after: int) -> tuple[I64, I64, I64, I64]:
    """Return the first day, and the day after the last, of the two stretches of interim services of each client.

    They begin so many days after the request for treatment, or after the opening for who was on the list by then, and
    end when the client is admitted, or asks for treatment no more. Who is elsewhere first has none there.

    Parameters
    ----------
    clients : ClientFacts
        Or one row of them.
    days : int
        Days of the run.
    after : int
        Days before they begin.
    """
    begin = np.maximum(clients.referral_day, 0) + after
    end = _either(clients.admitted_day != NEVER, clients.admitted_day, clients.exit_day)
    end = _either(end != NEVER, end, days)
    away = clients.away_day != NEVER
    went = _either(away, clients.away_day, end)
    back = _either(away & (clients.joined_day != NEVER), clients.joined_day, end)
    return begin, np.minimum(went, end), np.maximum(begin, back), end


def _either(which: Flags, one: I64, other: I64 | int) -> I64:
    """Return `one` where `which` says so, else `other`; of arrays or of single numbers."""
    return other + which * (one - other)


def nearest(amount: I64, parts: int) -> I64:
    """Return amounts divided by `parts`, to the nearest cent, halves up; of an array or of one amount."""
    return (2 * amount + parts) // (2 * parts)

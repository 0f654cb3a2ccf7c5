"""Costs in compiled code: what the program pays, week by week."""

from __future__ import annotations

from iopsim import cohort
from iopsim.jit import Row, Struct, jit, jitted
from iopsim.money import costs
from iopsim.money.compiled.services import CAME_TO, stay, weeks_begun
from iopsim.money.costs import MINUTES, NOBODY, OTHERS, PRIORITY
from iopsim.money.services import DAYS
from iopsim.record import I64, Night
from iopsim.rulebook.money import EVERYBODY, NO_ROOM, Cost

COVER, HIRING, ROOMS, LEVERS = int(Cost.COVER), int(Cost.HIRING), int(Cost.ROOMS), int(Cost.LEVERS)
SUPPLIES, DRUG_SCREENS, INTERIM = int(Cost.SUPPLIES), int(Cost.DRUG_SCREENS), int(Cost.INTERIM)
HELD = int(Night.HELD)

federal_class = jitted(cohort.federal_class)
nearest = jitted(costs.nearest)
interim_stretches = jitted(costs.interim_stretches)


@jit
def spend(rows: Struct, book: Struct, room: Struct, spent: I64) -> None:
    """Write what is spent on what in each week into `spent`; shape (costs, weeks)."""
    money, planned = book.money, book.money.planned
    for cost in range(planned.shape[0]):
        for week in range(planned.shape[1]):
            spent[cost, week] = planned[cost, week]
    pay_staff(rows, book, spent)
    pay_client_weeks(rows, book, room, spent)
    if len(money.room_night):
        rent_rooms(rows, book, room, spent[ROOMS])
    for lever in range(len(money.lever_trait)):
        if money.lever_session[lever]:
            pay_sessions(rows, book, lever, spent[LEVERS])
    if book.intake.interim != NOBODY and money.interim_client_week:
        serve_who_waits(rows, book, spent[INTERIM])


@jit
def pay_staff(rows: Struct, book: Struct, spent: I64) -> None:
    """Pay the staff who are there, those who fill in, and the finding of new ones."""
    money, staff, opening = book.money, rows.staff, -book.money.first_week
    payroll, week_pay, cover_hour, hire = money.payroll, money.week_pay, money.cover_hour, money.hire
    for k in range(len(staff)):
        it = staff[k]
        week, role = opening + it.week, it.role
        spent[payroll[role], week] += nearest(it.employed_days * week_pay[role], DAYS)
        if it.cover:
            spent[COVER, week] += nearest(it.cover * cover_hour[role], MINUTES)
        spent[HIRING, week] += it.hires * hire[role]


@jit
def is_reached(trait: int, traits: int) -> bool:
    """Return whether a lever for clients with a trait, or for everybody, reaches one with these traits."""
    return trait == EVERYBODY or bool(traits >> trait & 1)


@jit
def pay_client_weeks(rows: Struct, book: Struct, room: Struct, spent: I64) -> None:
    """Pay for supplies, drug screens and levers in each week of treatment that a client begins.

    A client's weeks follow each other, so it is enough to know what changes where they begin and where they end.
    """
    money, clients, begun, inside = book.money, rows.clients, room.ledger.begun, room.ledger.inside
    opening, who, change = -money.first_week, inside.who, room.change
    change[:] = 0
    for turn in range(inside.many):
        begin, end = stay(clients[who[turn]], rows.days)
        week = opening + begin // DAYS
        change[week] += 1
        change[week + weeks_begun(begin, end)] -= 1
    many, supplies, screens = 0, money.supplies_client_week, money.screens_client_week * money.screen_cost
    for week in range(spent.shape[1]):
        many += change[week]
        begun[week] = many
        spent[SUPPLIES, week] += many * supplies
        spent[DRUG_SCREENS, week] += many * screens
    if money.lever_client_week.any():
        pay_levers(rows, book, room, spent[LEVERS])


@jit
def pay_levers(rows: Struct, book: Struct, room: Struct, spent: I64) -> None:
    """Pay for the weeks of clients whom levers reach, as for their supplies."""
    money, clients, cents, inside = book.money, rows.clients, room.change, room.ledger.inside
    cents[:] = 0
    for turn in range(inside.many):
        me, each = clients[inside.who[turn]], 0
        for lever in range(len(money.lever_trait)):
            if is_reached(money.lever_trait[lever], me.traits):
                each += money.lever_client_week[lever]
        begin, end = stay(me, rows.days)
        week = begin // DAYS - money.first_week
        cents[week] += each
        cents[week + weeks_begun(begin, end)] -= each
    together = 0
    for week in range(len(spent)):
        together += cents[week]
        spent[week] += together


@jit
def rent_rooms(rows: Struct, book: Struct, room: Struct, spent: I64) -> None:
    """Pay for each room on each night on which a group meets in it that anybody was due at, once however many do."""
    nights, rented, opening = rows.nights, room.rented, book.money.first_week
    night_room, cents = book.money.night_room, book.money.room_night
    rented[:] = -1
    for k in range(len(nights)):
        it = nights[k]
        place = night_room[it.night]
        if it.status == HELD and it.scheduled + it.guests > 0 and place != NO_ROOM and rented[place] != it.day:
            rented[place] = it.day
            spent[it.day // DAYS - opening] += cents[place]


@jit
def pay_sessions(rows: Struct, book: Struct, lever: int, spent: I64) -> None:
    """Pay for the sessions to which those came whom a lever reaches."""
    money, sessions, clients = book.money, rows.sessions, rows.clients
    trait, cents = money.lever_trait[lever], money.lever_session[lever]
    nights, opening = money.lever_nights, money.first_week
    for k in range(len(sessions)):
        it = sessions[k]
        if nights[lever, it.night] and (trait == EVERYBODY or is_reached(trait, clients[it.client].traits)):
            spent[it.day // DAYS - opening] += CAME_TO[it.attendance] * cents


@jit
def serve_who_waits(rows: Struct, book: Struct, spent: I64) -> None:
    """Pay for interim services: a client's days of them together are right to half a cent."""
    clients, cents, opening = rows.clients, book.money.interim_client_week, book.money.first_week
    for client in range(len(clients)):
        me = clients[client]
        if is_offered(book, me):
            begin, went, back, end = interim_stretches(me, rows.days, book.intake.interim_after)
            served = serve(spent, opening, cents, begin, went, 0)
            serve(spent, opening, cents, back, end, served)


@jit
def serve(spent: I64, opening: int, cents: int, day: int, end: int, served: int) -> int:
    """Pay for a stretch of a client's interim services, after so many days; return how many days it is then."""
    while day < end:
        until = min(end, (day // DAYS + 1) * DAYS)
        after = served + until - day
        spent[day // DAYS - opening] += nearest(after * cents, DAYS) - nearest(served * cents, DAYS)
        day, served = until, after
    return served


@jit
def is_offered(book: Struct, me: Row) -> bool:
    """Return whether a client is offered interim services."""
    offered: bool = book.intake.interim != PRIORITY or federal_class(book, me.traits) < OTHERS
    return offered

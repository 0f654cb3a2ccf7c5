"""Money: what is charged and allowed, by whom it is paid and when, and what everything costs; in whole cents.

Amounts are taken as they are written in the scenario, multiplied out in decimal arithmetic, and rounded to the
cent once, halves up. From here on money is integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum

import numpy as np

from iopsim.rulebook.days import F64, I64, Flags
from iopsim.rulebook.demand import IN_PERSON
from iopsim.rulebook.schedule import groups_on
from iopsim.scenario.groups import Group
from iopsim.scenario.levers import Lever
from iopsim.scenario.model import Scenario
from iopsim.scenario.payers import Payer
from iopsim.scenario.staff import Role

MILLION = 1_000_000
NO_END = 1 << 50
"""A deductible, in cents, that is never used up."""

NO_ROOM = -1
EVERYBODY = -1


class Service(IntEnum):
    """What may be billed; part of the address of a claim's cards, so a number is never given to another service."""

    SESSION = 0
    INDIVIDUAL = 1
    ASSESSMENT = 2
    MEDICATION = 3
    FAMILY = 4
    DRUG_SCREEN = 5


class Rate(IntEnum):
    """What a service is paid as: a service's own rate, or that of a session at another level than 2.1."""

    LEVEL_1_SESSION = len(Service)
    LEVEL_2_5_SESSION = len(Service) + 1


SESSION_RATE = {"1": Rate.LEVEL_1_SESSION, "2.5": Rate.LEVEL_2_5_SESSION}
"""By level of the phase; any other is paid as `Service.SESSION`."""

RATES = len(Service) + len(Rate)

WITH_COPAY = (Service.SESSION, Service.INDIVIDUAL)
"""Services for which the client makes a copayment."""


class Cost(IntEnum):
    """What the program pays for."""

    CLINICAL_PAYROLL = 0
    """Wages and fringe benefits of roles with duties or a caseload."""
    COVER = 1
    """Others who fill in for staff."""
    HIRING = 2
    ROOMS = 3
    FIXED = 4
    START_UP = 5
    LEVERS = 6
    SUPPLIES = 7
    DRUG_SCREENS = 8
    INTERIM = 9
    """Interim services for clients who wait for admission."""
    OTHER_PAYROLL = 10
    """Wages and fringe benefits of all other roles."""


@dataclass(frozen=True, eq=False, slots=True)
class Money:
    """Payers, roles and rooms in the order of the file; levers are those that are on. Amounts in cents."""

    bills: bool
    """Whether there is any payer; else nothing is billed, and revenue is not known."""
    first_week: int
    """Week in which the first money is spent; 0 is the opening week, before it weeks are negative."""

    # what is billed, and what becomes of it
    charge: I64
    """What is billed for each service; shape (payers, rates): services first, then `Rate`."""
    allowed: I64
    """What is allowed, on each step of the sliding scale, the last of which pays in full; shape (payers, steps + 1,
    rates)."""
    session_rate: I64
    """The rate of a session, by the client's phase."""
    scale: F64
    """Cumulative share of clients on the steps; shape (payers, steps)."""
    denied: F64
    """Share of claims that are denied."""
    copay: I64
    """Copayment for each service; shape (payers, services)."""
    deductible: I64
    client_pays: I64
    """Millionths of what clients owe that are ever collected."""
    payment_weeks: I64
    late: F64
    """Share of payments that are late."""
    late_weeks: I64
    assessment_is_free: bool
    family_is_billed: bool

    # what is spent
    planned: I64
    """Costs that come whatever happens, from `first_week` on; shape (costs, weeks)."""
    week_pay: I64
    """Wage and fringe benefits of one person of each role for a week."""
    payroll: I64
    """Which `Cost` the payroll of each role is."""
    cover_hour: I64
    hire: I64
    """Recruiting one person of each role."""
    night_room: I64
    """Room of each group night; -1 for none in particular."""
    room_night: I64
    lever_trait: I64
    """Trait of the clients whom each lever reaches; -1 for everybody."""
    lever_nights: Flags
    """Whether a lever's cost of a session arises on each group night; shape (levers, nights)."""
    lever_session: I64
    lever_client_week: I64
    supplies_client_week: int
    screens_client_week: int
    screen_cost: int
    interim_client_week: int


def write_money(scenario: Scenario) -> Money:
    """Write money."""
    money, groups = scenario.money, groups_on(scenario)
    payers, roles = list(scenario.payers.values()), list(scenario.staff.values())
    levers = {name: lever for name, lever in scenario.levers if lever.on}
    traits, rooms = sorted(scenario.traits), list(scenario.rooms)
    by_night = [group for group in groups.values() for _ in group.nights]
    steps = max((len(payer.scale_share) for payer in payers), default=0)
    opens = 0 if runs_already(scenario) else money.pre_opening_weeks
    first_week = -max([opens, *(weeks_before(scenario, role) - role.first_week for role in roles)])
    return Money(
        bills=bool(payers),
        first_week=first_week,
        charge=_whole([[cents(rate, money.charge_markup) for rate in rates(p)] for p in payers], (RATES,)),
        allowed=_whole(
            [[[cents(rate, pays) for rate in rates(p)] for pays in steps_pay(p, steps)] for p in payers],
            (steps + 1, RATES),
        ),
        session_rate=np.array(
            [SESSION_RATE.get(phase.level, Service.SESSION) for phase in scenario.phases.values()], dtype=np.int64
        ),
        scale=np.array([cumulative_shares(payer, steps) for payer in payers]).reshape(len(payers), steps),
        denied=np.array([0.0 if payer.self_pay else payer.denied_share for payer in payers]),
        copay=_whole(
            [[cents(p.copay_usd) if service in WITH_COPAY else 0 for service in Service] for p in payers],
            (len(Service),),
        ),
        deductible=_whole([NO_END if payer.self_pay else cents(payer.deductible_usd) for payer in payers]),
        client_pays=_whole([_rounded(_decimal(payer.client_pays_share) * MILLION) for payer in payers]),
        payment_weeks=_whole([payer.payment_weeks for payer in payers]),
        late=np.array([payer.late_share for payer in payers]),
        late_weeks=_whole([payer.late_weeks for payer in payers]),
        assessment_is_free=money.assessment_is_free,
        family_is_billed=money.family_is_billed,
        planned=planned_costs(scenario, first_week),
        week_pay=_whole([week_pay(r.wage_usd_per_hour, r.hours_per_week, r.fringe_share) for r in roles]),
        payroll=_whole([payroll(role) for role in roles]),
        cover_hour=_whole([cents(role.cover_usd_per_hour) for role in roles]),
        hire=_whole([cents(role.hire_usd) for role in roles]),
        night_room=_whole([rooms.index(group.room) if group.room else NO_ROOM for group in by_night]),
        room_night=_whole([cents(room.usd_per_night) for room in scenario.rooms.values()]),
        lever_trait=_whole([traits.index(lever.trait) if lever.trait else EVERYBODY for lever in levers.values()]),
        lever_nights=np.array(
            [[works_in(name, group) for group in by_night] for name in levers], dtype=np.bool_
        ).reshape(len(levers), len(by_night)),
        lever_session=_whole([cents(lever.usd_per_session) for lever in levers.values()]),
        lever_client_week=_whole([cents(lever.usd_per_client_week) for lever in levers.values()]),
        supplies_client_week=cents(money.supplies_usd_per_client_week),
        screens_client_week=money.drug_screens_per_client_week,
        screen_cost=cents(money.drug_screen_cost_usd),
        interim_client_week=cents(scenario.interim.usd_per_week),
    )


def cents(*factors: float) -> int:
    """Return a product of amounts and ratios in whole cents, halves up."""
    product = Decimal(100)
    for factor in factors:
        product *= _decimal(factor)
    return _rounded(product)


def payroll(role: Role) -> Cost:
    """Return which cost the payroll of a role is: clinical, or other."""
    return Cost.CLINICAL_PAYROLL if role.duties or role.caseload != "none" else Cost.OTHER_PAYROLL


def week_pay(wage: float, hours: float, fringe: float) -> int:
    """Return what one person costs in a week, in cents: wage x hours x (1 + fringe)."""
    return _rounded(100 * _decimal(wage) * _decimal(hours) * (1 + _decimal(fringe)))


def rates(payer: Payer) -> tuple[float, ...]:
    """Return a payer's rates in dollars, in the order of `Service`, then `Rate`."""
    rates = payer.rates
    return (
        rates.session_usd,
        rates.individual_usd,
        rates.assessment_usd,
        rates.medication_usd,
        rates.family_usd,
        rates.drug_screen_usd,
        rates.level_1_session_usd,
        rates.level_2_5_session_usd,
    )


def steps_pay(payer: Payer, steps: int) -> list[float]:
    """Return the share of the rates that is allowed on each step of a payer's sliding scale, then 1 for no step."""
    return _filled([payer.scale_pays.get(name, 1.0) for name in payer.scale_share], steps + 1, 1.0)


def cumulative_shares(payer: Payer, steps: int) -> F64:
    """Return the cumulative share of a payer's clients on the steps of its sliding scale; shape (steps,)."""
    total = np.cumsum(_filled(list(payer.scale_share.values()), steps, 0.0))
    return np.where(np.isclose(total, 1.0), 1.0, total)


def planned_costs(scenario: Scenario, first_week: int) -> I64:
    """Return the costs that come whatever happens; shape (costs, weeks from `first_week` on).

    Fixed costs run from their own week before the opening to the end. Staff of the opening plan are on the payroll
    before they start; those who start at the opening are recruited in the week in which their pay begins. A program
    that has clients already has opened long ago: there is no start-up cost, nothing before the opening week, and its
    first staff are there. Levers are paid for from the opening week on.
    """
    money, running = scenario.money, runs_already(scenario)
    planned = np.zeros((len(Cost), scenario.weeks - first_week), dtype=np.int64)
    if not running:
        planned[Cost.START_UP, 0] = cents(money.start_up_usd)
    fixed_from = 0 if running else -money.pre_opening_weeks
    planned[Cost.FIXED, fixed_from - first_week :] = cents(money.fixed_usd_per_week)
    for role in scenario.staff.values():
        begins = role.first_week - first_week
        paid = begins - weeks_before(scenario, role)
        weekly = week_pay(role.wage_usd_per_hour, role.hours_per_week, role.fringe_share)
        planned[payroll(role), paid:begins] += role.people * weekly
        if role.first_week == 0 and not running:
            planned[Cost.HIRING, paid] += role.people * cents(role.hire_usd)
    for lever in levers_on(scenario):
        planned[Cost.LEVERS, 0] += cents(lever.start_up_usd)
        planned[Cost.LEVERS, -first_week:] += cents(lever.usd_per_week)
    return planned


def runs_already(scenario: Scenario) -> bool:
    """Return whether the program has clients at the opening."""
    return any(kind.where == "program" and kind.count for kind in scenario.present.values())


def weeks_before(scenario: Scenario, role: Role) -> int:
    """Return the weeks for which a role is on the payroll before it starts."""
    return 0 if role.first_week == 0 and runs_already(scenario) else role.pre_opening_weeks


def levers_on(scenario: Scenario) -> list[Lever]:
    """Return the levers that are bought."""
    return [lever for _, lever in scenario.levers if lever.on]


def works_in(lever: str, group: Group) -> bool:
    """Return whether a lever has to do with the sessions of a group: video by video, help to come there in a room."""
    if lever == "video":
        return group.video
    return not (group.video and lever in IN_PERSON)


def _decimal(number: float) -> Decimal:
    """Return a number as it is written."""
    return Decimal(str(number))


def _rounded(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _filled(values: list[float], length: int, rest: float) -> list[float]:
    return values + [rest] * (length - len(values))


def _whole(values: Sequence[object], of_one: tuple[int, ...] = ()) -> I64:
    """Return whole numbers as an array; shape (n, *of_one)."""
    return np.array(values, dtype=np.int64).reshape(len(values), *of_one)

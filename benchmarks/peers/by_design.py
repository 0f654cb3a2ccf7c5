"""The common clinic in SimPy once more, as a textbook has it or with what iopsim does otherwise by design.

iopsim knows whole days: clients are referred on a day, and assessed on one, which is over at once; patience ends on the
first day on which it is used up; seats that are given up are taken the same day. Who has dropped out is known at the
next weekly review, and keeps the seat until then. And there is a little dropping out in step-down, as a ratio of
hazards is more than 0. `Design` says each of these; the cards are iopsim's own, so that designs meet the same clients,
and iopsim's Record can be compared client by client.

Not told apart is dropping out while waiting for a step-down seat: of 15 for whom 5 are needed, one is always free.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.experiments.point import Point
from iopsim.experiments.work import view_of
from iopsim.record import NEVER, Exit
from peers import clinic as c
from peers.in_simpy import Client

Process = Generator[simpy.Event, Any, None]

MORNING, NOON, EVENING = 0.25, 0.5, 0.75
"""Of a day: patience ends before assessments, and these are before reviews."""


@dataclass(frozen=True)
class Design:
    """What may differ; times in days."""

    day: float
    """The smallest step of time: things happen on days so long, in one order."""
    review: float
    """From one review of a client in treatment to the next."""
    listed_after: float
    """From the beginning of an assessment, which takes the assessor a day, to the waitlist."""
    step_down_hazard_ratio: float


MOMENT = 2.0**-12
TEXTBOOK = Design(MOMENT, MOMENT, c.ASSESSMENT_DAYS, 0.0)
WHOLE_DAYS = Design(1.0, 1.0, 0.0, 0.0)
WEEKLY_REVIEWS = Design(1.0, c.WEEK, 0.0, 0.0)
AS_IOPSIM = Design(1.0, c.WEEK, 0.0, 0.01)


@dataclass(frozen=True)
class Luck:
    """What is drawn of a client, in days."""

    referred: float
    placed_here: bool
    patience: float
    stay: float
    """Until dropping out, at the hazard of treatment."""


def luck(point: Point, replication: int) -> list[Luck]:
    """Return the luck of the clients of a replication of iopsim, in order of referral; a lot is a time of day."""
    cohort = draw(point.book, Deck(point.seed, replication))
    drawn = zip(
        (cohort.day + cohort.lot).tolist(),
        (cohort.placement < c.PLACED_HERE).tolist(),
        (cohort.patience * c.PATIENCE_DAYS).tolist(),
        (cohort.dropout * c.DROPOUT_DAYS).tolist(),
        strict=True,
    )
    return [Luck(*one) for one in sorted(drawn)]


class Clinic:
    """What clients share."""

    def __init__(self, env: simpy.Environment, design: Design) -> None:
        self.env = env
        self.design = design
        self.free_from = 0.0
        self.seats = simpy.Resource(env, capacity=c.SEATS)
        self.step_down_seats = simpy.Resource(env, capacity=c.STEP_DOWN_SEATS)

    def until(self, day: float, hour: float) -> simpy.Timeout:
        """Wait until an hour of a day."""
        return self.env.timeout(day + hour * self.design.day - self.env.now)

    def today(self) -> float:
        """Return the day."""
        return up_to(self.env.now, self.design.day)

    def assessment(self, today: float) -> float:
        """Return when a client who is referred today is assessed."""
        begin = max(today, self.free_from)
        self.free_from = begin + c.ASSESSMENT_DAYS
        return begin + self.design.listed_after


def up_to(time: float, step: float) -> float:
    """Return the last multiple of a step until a time."""
    return math.floor(time / step) * step


def from_on(time: float, step: float) -> float:
    """Return the first multiple of a step from a time on."""
    return math.ceil(time / step) * step


def client(clinic: Clinic, me: Client, mine: Luck, assessed: float) -> Process:
    """Be assessed, wait, be treated, and step down."""
    design = clinic.design
    yield clinic.until(assessed, NOON)
    me.assessed = assessed
    if not mine.placed_here:
        return
    me.listed = assessed
    with clinic.seats.request() as seat:
        gives_up = assessed + from_on(mine.patience, design.day)
        first = yield seat | clinic.until(gives_up, MORNING)
        if seat not in first:
            me.reneged = gives_up
            return
        me.admitted = clinic.today()
        stay = from_on(min(mine.stay, c.PLANNED_DAYS), design.review)
        yield clinic.until(me.admitted + stay, EVENING)
        if mine.stay <= c.PLANNED_DAYS:
            me.dropped_out = me.admitted + stay
            return
        next_seat = clinic.step_down_seats.request()
        yield next_seat
        me.stepped_down = clinic.today()
    left = (mine.stay - c.PLANNED_DAYS) / (design.step_down_hazard_ratio or MOMENT**2)
    in_program = me.stepped_down - me.admitted + min(left, c.STEP_DOWN_DAYS)
    end = me.admitted + from_on(in_program, design.review)
    yield clinic.until(end, EVENING)
    clinic.step_down_seats.release(next_seat)
    if left <= c.STEP_DOWN_DAYS:
        me.dropped_out = end
    else:
        me.completed = end


def run(design: Design, people: list[Luck]) -> list[Client]:
    """Simulate one replication, and return its clients in order of referral."""
    env = simpy.Environment()
    clinic = Clinic(env, design)
    clients = []
    for mine in people:
        me = Client()
        clients.append(me)
        env.process(client(clinic, me, mine, clinic.assessment(up_to(mine.referred, design.day))))
    env.run(until=c.RUN_DAYS)
    return clients


def of_iopsim(point: Point, replication: int) -> list[Client]:
    """Return the clients of the replication of iopsim's model, from its Record, in order of referral."""
    record = view_of(point.book, point.seed, replication).record
    them = record.clients
    moved = dict(zip(record.moves.client.tolist(), record.moves.day.tolist(), strict=True))
    lot = draw(point.book, Deck(point.seed, replication)).lot
    rows = sorted(range(len(lot)), key=lambda row: them.referral_day[row] + lot[row])
    return [
        Client(
            assessed=day(them.assessed_day[row]),
            listed=day(them.joined_day[row]),
            reneged=day(them.exit_day[row]) if them.exit[row] == Exit.RENEGED else None,
            admitted=day(them.admitted_day[row]),
            dropped_out=day(them.exit_day[row]) if them.exit[row] == Exit.DROPPED_OUT else None,
            stepped_down=moved.get(row),
            completed=day(them.exit_day[row]) if them.exit[row] == Exit.COMPLETED else None,
        )
        for row in rows
    ]


def day(number: int) -> float | None:
    """Return a day of a Record as a time."""
    return None if number == NEVER else float(number)


def days_in_a_seat(review: float) -> float:
    """Return the mean stay in one of the 24 seats, without waiting for step-down, if reviews are so many days apart."""
    stays = math.exp(-review / c.DROPOUT_DAYS)
    return review * (1 - stays ** (c.PLANNED_DAYS / review)) / (1 - stays)

"""The common clinic in SimPy: a process for each client, resources, and `request | timeout` for patience."""
# ruff: noqa: TID251 - a SimPy model draws from random.Random

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import simpy

from peers import clinic as c

Process = Generator[simpy.Event, Any, None]


@dataclass
class Client:
    """When what happened to a client."""

    assessed: float | None = None
    listed: float | None = None
    reneged: float | None = None
    admitted: float | None = None
    dropped_out: float | None = None
    stepped_down: float | None = None
    completed: float | None = None


class Clinic:
    """What clients share."""

    def __init__(self, env: simpy.Environment, seed: int) -> None:
        self.env = env
        self.rng = random.Random(seed)
        self.assessor = simpy.Resource(env, capacity=c.ASSESSORS)
        self.seats = simpy.Resource(env, capacity=c.SEATS)
        self.step_down_seats = simpy.Resource(env, capacity=c.STEP_DOWN_SEATS)
        self.clients: list[Client] = []


def referrals(clinic: Clinic) -> Process:
    """Refer one client after the other."""
    while True:
        yield clinic.env.timeout(clinic.rng.expovariate(c.REFERRALS_PER_DAY))
        me = Client()
        clinic.clients.append(me)
        clinic.env.process(client(clinic, me))


def client(clinic: Clinic, me: Client) -> Process:
    """Be assessed, wait, be treated, and step down."""
    env, rng = clinic.env, clinic.rng
    with clinic.assessor.request() as turn:
        yield turn
        yield env.timeout(c.ASSESSMENT_DAYS)
    me.assessed = env.now
    if rng.random() >= c.PLACED_HERE:
        return
    me.listed = env.now
    with clinic.seats.request() as seat:
        first = yield seat | env.timeout(rng.expovariate(1 / c.PATIENCE_DAYS))
        if seat not in first:
            me.reneged = env.now
            return
        me.admitted = env.now
        stay = min(rng.expovariate(1 / c.DROPOUT_DAYS), c.PLANNED_DAYS)
        yield env.timeout(stay)
        if stay < c.PLANNED_DAYS:
            me.dropped_out = env.now
            return
        next_seat = clinic.step_down_seats.request()
        yield next_seat
        me.stepped_down = env.now
    yield env.timeout(c.STEP_DOWN_DAYS)
    clinic.step_down_seats.release(next_seat)
    me.completed = env.now


def run(seed: int) -> c.Told:
    """Simulate one replication."""
    env = simpy.Environment()
    clinic = Clinic(env, seed)
    env.process(referrals(clinic))
    env.run(until=c.RUN_DAYS)
    return told(clinic.clients)


def told(clients: list[Client]) -> c.Told:
    """Return what these clients' ways say of the clinic."""
    listed = [me for me in clients if me.listed is not None]
    admitted = [me for me in listed if me.admitted is not None]
    stepped_down = [me for me in admitted if me.stepped_down is not None]
    return c.Told(
        referred=len(clients),
        assessed=sum(me.assessed is not None for me in clients),
        reneged=sum(me.reneged is not None for me in listed),
        admitted=len(admitted),
        dropped_out=sum(me.dropped_out is not None for me in admitted),
        completed=sum(me.completed is not None for me in stepped_down),
        waitlist=c.mean_taken([(me.listed, first(me.admitted, me.reneged)) for me in listed]),
        census=c.mean_taken([(me.admitted, first(me.stepped_down, me.dropped_out)) for me in admitted]),
        step_down_census=c.mean_taken([(me.stepped_down, first(me.completed, me.dropped_out)) for me in stepped_down]),
        days_waited=fmean(me.admitted - me.listed for me in admitted),
    )


def first(one: float | None, other: float | None) -> float | None:
    """Return the one of two times that there is, if any."""
    return other if one is None else one

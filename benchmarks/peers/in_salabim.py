"""The common clinic in salabim: components that request and release resources; its monitors tell the means.

Processes are generators: salabim's other way, without `yield`, needs a package more.
"""

from __future__ import annotations

from collections.abc import Iterator

import salabim as sim

from peers import clinic as c


class Clinic:
    """What clients share."""

    def __init__(self, env: sim.Environment) -> None:
        self.assessor = sim.Resource("assessor", capacity=c.ASSESSORS, env=env)
        self.seats = sim.Resource("seats", capacity=c.SEATS, env=env)
        self.step_down_seats = sim.Resource("step-down seats", capacity=c.STEP_DOWN_SEATS, env=env)
        self.waits = sim.Monitor("waits", env=env)
        self.told = c.Told()


class Client(sim.Component):
    """A client."""

    def setup(self, clinic: Clinic) -> None:
        """Know the clinic."""
        self.clinic = clinic

    def process(self) -> Iterator[None]:
        """Be assessed, wait, be treated, and step down."""
        clinic, told = self.clinic, self.clinic.told
        told.referred += 1
        yield self.request(clinic.assessor)
        yield self.hold(c.ASSESSMENT_DAYS)
        self.release(clinic.assessor)
        told.assessed += 1
        if sim.Uniform(0, 1).sample() >= c.PLACED_HERE:
            return
        listed = self.env.now()
        yield self.request(clinic.seats, fail_delay=sim.Exponential(c.PATIENCE_DAYS).sample())
        if self.failed():
            told.reneged += 1
            return
        told.admitted += 1
        clinic.waits.tally(self.env.now() - listed)
        stay = min(sim.Exponential(c.DROPOUT_DAYS).sample(), c.PLANNED_DAYS)
        yield self.hold(stay)
        if stay < c.PLANNED_DAYS:
            self.release(clinic.seats)
            told.dropped_out += 1
            return
        yield self.request(clinic.step_down_seats)
        self.release(clinic.seats)
        yield self.hold(c.STEP_DOWN_DAYS)
        self.release(clinic.step_down_seats)
        told.completed += 1


def run(seed: int) -> c.Told:
    """Simulate one replication."""
    env = sim.Environment(random_seed=seed, yieldless=False)
    clinic = Clinic(env)
    sim.ComponentGenerator(Client, iat=sim.Exponential(1 / c.REFERRALS_PER_DAY), clinic=clinic, env=env)
    env.run(c.RUN_DAYS)
    told = clinic.told
    told.waitlist = clinic.seats.requesters().length.mean()
    told.census = clinic.seats.claimed_quantity.mean()
    told.step_down_census = clinic.step_down_seats.claimed_quantity.mean()
    told.days_waited = clinic.waits.mean()
    return told

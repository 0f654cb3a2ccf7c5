"""How long two simulated years of the clinic take in SimPy as a textbook would write it.

The baseline that the simulator's speed is measured against: one process per client, one timeout per session,
random numbers drawn as they are needed. It knows nothing of the simulator, and its answers are not calibrated
(absence terminations come on top of published rates of leaving).
"""
# ruff: noqa: TID251 - a textbook draws from random.Random

import argparse
import random
import statistics
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from math import exp, log
from typing import Any

import simpy

SOURCES_PER_WEEK = {"self": 2.5, "court": 1.5, "health_care": 1.25, "inpatient": 0.75}  # at maturity

CLINIC: dict[str, Any] = {
    "ramp_start": 0.30,  # share of the mature rate at opening
    "ramp_weeks": 26,
    "slots_per_day": 2,  # assessments, Monday to Friday
    "show_intercept": 1.305,
    "show_slope": -0.616,  # per log day between booking and appointment
    "rebookings": 1,
    "rebook_probability": 1.0,
    "placed_probability": 0.60,
    "seats": 12,
    "renege_per_day": 0.04,
    "attendance_probability": 0.80,
    "absences_in_a_row": 3,
    "intensive_weeks": 12,
    "step_down_weeks": 4,
    "early_leaving_probability": 0.23,
    "early_weeks": 2,
    "dropout_per_day": 0.0047,
    "transfer_per_day": 0.0035,
}
FIRST_SLOT, ASSESSMENT, GROUP_START = 9 / 24, 2 / 24, 17.5 / 24  # time of day and length, in days
INTENSIVE_NIGHTS, STEP_DOWN_NIGHTS = (0, 1, 2), (2,)  # Monday is 0

Process = Generator[simpy.Event, Any, None]


@dataclass
class Client:
    """One referral, and what became of it; times in days since opening."""

    source: str
    referred: float
    assessed: float | None = None
    admitted: float | None = None
    first_session: float | None = None
    absences_in_a_row: int = 0
    outcome: str = "in process"


class Clinic:
    """The program's places and people, and the path of a client through them."""

    def __init__(self, env: simpy.Environment, rng: random.Random, weeks: int) -> None:
        self.env = env
        self.rng = rng
        self.assessor = simpy.Resource(env, capacity=1)
        self.seats = simpy.Resource(env, capacity=CLINIC["seats"])
        workdays = [day for day in range(2 * 7 * weeks) if day % 7 < 5]  # appointments outlast the run
        times = [FIRST_SLOT + nth * ASSESSMENT for nth in range(CLINIC["slots_per_day"])]
        self.slots = [day + time_of_day for day in workdays for time_of_day in times]
        self.next_slot = 0
        self.clients: list[Client] = []
        self.seats_used: list[int] = []

    def referrals(self, source: str, per_week: float) -> Process:
        """Refer clients at a rate that ramps up, by thinning."""
        while True:
            yield self.env.timeout(self.rng.expovariate(per_week / 7))
            grown = min(1.0, self.env.now / (7 * CLINIC["ramp_weeks"]))
            if self.rng.random() < CLINIC["ramp_start"] + (1 - CLINIC["ramp_start"]) * grown:
                client = Client(source, self.env.now)
                self.clients.append(client)
                self.env.process(self.path(client))

    def weekly_count(self) -> Process:
        """Note the seats in use at the end of each week."""
        while True:
            yield self.env.timeout(7)
            self.seats_used.append(self.seats.count)

    def path(self, client: Client) -> Process:
        """Referred, assessed, placed, waiting, in intensive treatment, in step-down."""
        yield from self.assessment(client)
        if client.assessed is None:
            client.outcome = "no-show"
            return
        if self.rng.random() >= CLINIC["placed_probability"]:
            client.outcome = "placed elsewhere"
            return
        with self.seats.request() as seat:
            patience = self.env.timeout(self.rng.expovariate(CLINIC["renege_per_day"]))
            first = yield seat | patience
            if seat not in first:
                client.outcome = "reneged"
                return
            client.admitted = self.env.now
            client.outcome = "in program"
            yield from self.phase(client, INTENSIVE_NIGHTS, CLINIC["intensive_weeks"], CLINIC["early_weeks"])
        if client.outcome == "in program":  # step-down has a group of its own, with room for all
            yield from self.phase(client, STEP_DOWN_NIGHTS, CLINIC["step_down_weeks"], early_weeks=0)
        if client.outcome == "in program":
            client.outcome = "completed"

    def assessment(self, client: Client) -> Process:
        """Book the next free slot; the longer the delay, the fewer show."""
        for _ in range(1 + CLINIC["rebookings"]):
            booked = max(self.next_slot, bisect_right(self.slots, self.env.now))
            self.next_slot = booked + 1
            delay = self.slots[booked] - self.env.now
            yield self.env.timeout(delay)
            logit = CLINIC["show_intercept"] + CLINIC["show_slope"] * log(max(delay, 1.0))
            if self.rng.random() < 1 / (1 + exp(-logit)):
                with self.assessor.request() as free:
                    yield free
                    yield self.env.timeout(ASSESSMENT)
                client.assessed = self.env.now
                return
            if self.rng.random() >= CLINIC["rebook_probability"]:
                return

    def phase(self, client: Client, nights: tuple[int, ...], weeks: int, early_weeks: int) -> Process:
        """Sessions on the phase's nights; leaving is drawn once a week."""
        early = 1 - (1 - CLINIC["early_leaving_probability"]) ** (1 / CLINIC["early_weeks"])
        dropout = 1 - exp(-7 * CLINIC["dropout_per_day"])
        transfer = 1 - exp(-7 * CLINIC["transfer_per_day"])
        day = int(self.env.now)  # the first session is tomorrow at the earliest
        for week in range(weeks):
            for _ in nights:
                day += 1
                while day % 7 not in nights:
                    day += 1
                yield self.env.timeout(day + GROUP_START - self.env.now)
                if self.rng.random() < CLINIC["attendance_probability"]:
                    client.absences_in_a_row = 0
                    if client.first_session is None:
                        client.first_session = self.env.now
                else:
                    client.absences_in_a_row += 1
                    if client.absences_in_a_row == CLINIC["absences_in_a_row"]:
                        client.outcome = "terminated"
                        return
            if (week < early_weeks and self.rng.random() < early) or self.rng.random() < dropout:
                client.outcome = "dropped out"
                return
            if self.rng.random() < transfer:
                client.outcome = "transferred"
                return


def mean(values: Iterable[float]) -> float:
    """Mean, not a number if there is nothing to average."""
    listed = list(values)
    return statistics.fmean(listed) if listed else float("nan")


def run(weeks: int, seed: int) -> dict[str, Any]:
    """Simulate one replication; waits in days, over those who got that far before the end."""
    env = simpy.Environment()
    clinic = Clinic(env, random.Random(seed), weeks)
    for source, per_week in SOURCES_PER_WEEK.items():
        env.process(clinic.referrals(source, per_week))
    env.process(clinic.weekly_count())
    env.run(until=7 * weeks)
    clients = clinic.clients
    time_enough = 7 * (weeks - 1 - CLINIC["intensive_weeks"] - CLINIC["step_down_weeks"])
    followed = [c for c in clients if c.admitted is not None and c.admitted < time_enough]
    return {
        "clients": clients,
        "outcomes": Counter(c.outcome for c in clients),
        "seats_used": clinic.seats_used,
        "referred": len(clients),
        "admitted": sum(c.admitted is not None for c in clients),
        "days_to_assessment": mean(c.assessed - c.referred for c in clients if c.assessed is not None),
        "days_to_first_session": mean(c.first_session - c.referred for c in clients if c.first_session is not None),
        "completed_share": mean(c.outcome == "completed" for c in followed),
        "mean_seats_used": mean(clinic.seats_used),
    }


def main() -> None:
    """Time some replications and print their means."""
    parser = argparse.ArgumentParser(description="Time a textbook SimPy clinic.")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=104)
    arguments = parser.parse_args()
    started = time.perf_counter()
    results = [run(arguments.weeks, seed) for seed in range(arguments.replications)]
    seconds = (time.perf_counter() - started) / arguments.replications
    print(f"{seconds:.5f} seconds per replication of {arguments.weeks} weeks")
    for name in ("referred", "admitted", "days_to_assessment", "days_to_first_session", "mean_seats_used"):
        print(f"{name:>22} {mean(result[name] for result in results):8.2f}")


if __name__ == "__main__":
    main()

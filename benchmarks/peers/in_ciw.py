"""The common clinic in Ciw: a network of three nodes, with reneging, routing and blocking as Ciw has them."""
# ruff: noqa: TID251 - a Ciw distribution draws from random, which ciw.seed seeds

from __future__ import annotations

import math
import random
from statistics import fmean

import ciw

from peers import clinic as c

ASSESSMENT, SEATS, STEP_DOWN = 1, 2, 3


class Stay(ciw.dists.Distribution):
    """Until dropping out, or to the end of the planned stay."""

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:  # noqa: ARG002
        """Draw a stay."""
        return min(random.expovariate(1 / c.DROPOUT_DAYS), c.PLANNED_DAYS)


class StepDown(ciw.routing.NodeRouting):
    """To step-down after the whole stay, else out."""

    def next_node(self, ind: ciw.Individual) -> ciw.Node:
        """Choose where a client goes whose stay is over."""
        return self.simulation.nodes[STEP_DOWN if ind.service_time >= c.PLANNED_DAYS else -1]


NETWORK = ciw.create_network(
    arrival_distributions=[ciw.dists.Exponential(rate=c.REFERRALS_PER_DAY), None, None],
    service_distributions=[
        ciw.dists.Deterministic(value=c.ASSESSMENT_DAYS),
        Stay(),
        ciw.dists.Deterministic(value=c.STEP_DOWN_DAYS),
    ],
    number_of_servers=[c.ASSESSORS, c.SEATS, c.STEP_DOWN_SEATS],
    queue_capacities=[math.inf, math.inf, 0],
    reneging_time_distributions=[None, ciw.dists.Exponential(rate=1 / c.PATIENCE_DAYS), None],
    routing=ciw.routing.NetworkRouting(
        routers=[
            ciw.routing.Probabilistic(destinations=[SEATS], probs=[c.PLACED_HERE]),
            StepDown(),
            ciw.routing.Leave(),
        ]
    ),
)


def run(seed: int) -> c.Told:
    """Simulate one replication."""
    ciw.seed(seed)
    simulation = ciw.Simulation(NETWORK)
    simulation.simulate_until_max_time(c.RUN_DAYS)
    records = simulation.get_all_records()
    still_there = [simulation.nodes[node].all_individuals for node in (SEATS, STEP_DOWN)]
    seated = [ind for ind in still_there[0] if ind.service_start_date]
    assessed = [r for r in records if r.node == ASSESSMENT]
    reneged = [r for r in records if r.record_type == "renege"]
    stays = [r for r in records if r.node == SEATS and r.record_type == "service"]
    completed = [r for r in records if r.node == STEP_DOWN]
    waits = [r.waiting_time for r in stays] + [ind.service_start_date - ind.arrival_date for ind in seated]
    listed = [(r.arrival_date, r.exit_date) for r in reneged] + [(r.arrival_date, r.service_start_date) for r in stays]
    listed += [(ind.arrival_date, ind.service_start_date or None) for ind in still_there[0]]
    return c.Told(
        referred=len(assessed) + len(simulation.nodes[ASSESSMENT].all_individuals),
        assessed=len(assessed),
        reneged=len(reneged),
        admitted=len(stays) + len(seated),
        dropped_out=sum(r.destination == -1 for r in stays),
        completed=len(completed),
        waitlist=c.mean_taken(listed),
        census=c.mean_taken(
            [(r.service_start_date, r.exit_date) for r in stays] + [(ind.service_start_date, None) for ind in seated]
        ),
        step_down_census=c.mean_taken(
            [(r.arrival_date, r.exit_date) for r in completed] + [(ind.arrival_date, None) for ind in still_there[1]]
        ),
        days_waited=fmean(waits),
    )

"""Every measure, in the order in which a board reads them."""

from __future__ import annotations

from iopsim.measures import access, capacity, funnel, hours, money, outcomes, priority, retention, staffing
from iopsim.measures.measure import Measure

GROUPS = {
    "Funnel": funnel.MEASURES,
    "Access": access.MEASURES,
    "Federal priorities": priority.MEASURES,
    "Capacity": capacity.MEASURES,
    "Staff": staffing.MEASURES,
    "Retention": (*retention.MEASURES, *hours.MEASURES),
    "After discharge": outcomes.MEASURES,
    "Money": money.MEASURES,
}
CATALOGUE: tuple[Measure, ...] = tuple(measure for measures in GROUPS.values() for measure in measures)

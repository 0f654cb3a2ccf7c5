"""Every measure, in the order in which a board reads them."""

from __future__ import annotations

from iopsim.measures import access, capacity, funnel, hours, money, outcomes, priority, retention, staffing, triggers
from iopsim.measures.measure import Measure

GROUPS = {
    "Funnel": funnel.MEASURES,
    "Access": access.MEASURES,
    "Federal priorities": priority.MEASURES,
    "Capacity": (*capacity.MEASURES, *triggers.OF_GROUPS),
    "Staff": (*staffing.MEASURES, *triggers.OF_STAFF),
    "Retention": (*retention.MEASURES, *hours.MEASURES),
    "After discharge": outcomes.MEASURES,
    "Money": money.MEASURES,
}
CATALOGUE: tuple[Measure, ...] = tuple(measure for measures in GROUPS.values() for measure in measures)


def place_of(measure: Measure) -> int:
    """Return the place of a measure in the catalogue."""
    return CATALOGUE.index(measure)

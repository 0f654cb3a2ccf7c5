"""Every measure, in the order in which a board reads them."""

from __future__ import annotations

from iopsim.measures import access, capacity, money, retention
from iopsim.measures.measure import Measure

GROUPS = {
    "Access": access.MEASURES,
    "Capacity": capacity.MEASURES,
    "Retention": retention.MEASURES,
    "Money": money.MEASURES,
}
CATALOGUE: tuple[Measure, ...] = tuple(measure for measures in GROUPS.values() for measure in measures)

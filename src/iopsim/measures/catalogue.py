"""Every measure, in the order in which a board reads them."""

from __future__ import annotations

from iopsim.measures import access, capacity, retention
from iopsim.measures.measure import Measure

CATALOGUE: tuple[Measure, ...] = (*access.MEASURES, *capacity.MEASURES, *retention.MEASURES)
GROUPS = {"Access": access.MEASURES, "Capacity": capacity.MEASURES, "Retention": retention.MEASURES}

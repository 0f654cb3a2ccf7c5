"""What is asked of a resource, against what it has."""

from __future__ import annotations

import math
from dataclasses import dataclass

TIGHT = 0.9
"""From this share of capacity on, queues grow long although demand does not exceed capacity."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of one resource, against what it has, a week on average over the last year of the run."""

    resource: str
    unit: str
    demand: float
    capacity: float
    parts: tuple[tuple[str, float], ...] = ()
    """What the demand is for, where it is for several things; they sum to it."""

    @property
    def share(self) -> float:
        """Demand as a share of capacity; infinite if there is no capacity."""
        return self.demand / self.capacity if self.capacity else (math.inf if self.demand else 0.0)

    @property
    def warning(self) -> str:
        """A plain warning, or nothing."""
        if self.share > 1.0:
            return f"demand exceeds capacity: {self.resource} will hold more and more people back"
        if self.share > TIGHT:
            return f"demand is above {TIGHT:.0%} of capacity: waits for {self.resource} will be long at busy times"
        return ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """Loads by resource, the staff's hours, and what the closed form leaves out."""

    loads: tuple[Load, ...]
    hours: tuple[Load, ...]
    notes: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """A plain sentence for each resource of which too much is asked."""
        said = [load.warning for load in self.loads if load.warning]
        for load in self.hours:
            if load.share > 1.0:
                many = f"take {load.share:.0%} of the" if load.capacity else "have no"
                said.append(
                    f"the work of a full program would {many} {load.resource.removesuffix(', when full')}: individual "
                    "sessions, medication visits and notes stay undone, or overtime is worked"
                )
        return tuple(said)

    @property
    def is_easy(self) -> bool:
        """Whether nothing is asked for more than nine tenths of what there is."""
        return all(load.share <= TIGHT for load in (*self.loads, *self.hours))

"""Whose holidays close the clinic."""

from __future__ import annotations

from collections.abc import Iterator

from iopsim.scenario.resolved import Resolved
from iopsim.scenario.states import COUNTRIES, STATES, state


def holidays_of_a_country(resolved: Resolved) -> Iterator[str]:
    """Name the country of two letters by which many would mean a state."""
    path, where = "calendar.holidays", resolved.scenario.calendar.holidays
    if where in COUNTRIES:
        country, meant = COUNTRIES[where], STATES[where]
        yield f'{resolved.origins[path]}: {path}: "{where}" is {country}; {meant} is written "{state(where)}"'

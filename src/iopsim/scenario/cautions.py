"""What a person should look at again: a file that is valid, and perhaps does not say what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from iopsim.scenario.resolved import Resolved
from iopsim.scenario.states import COUNTRIES, STATES, state


def cautions(resolved: Resolved) -> tuple[str, ...]:
    """Return what a person should look at again.

    Parameters
    ----------
    resolved : Resolved
        A scenario with its origins.

    Returns
    -------
    tuple of str
        One sentence each, with file and line; empty for most files.
    """
    return tuple(_holidays_of_a_country(resolved))


def _holidays_of_a_country(resolved: Resolved) -> Iterator[str]:
    """Name the country of two letters by which many would mean a state."""
    path, where = "calendar.holidays", resolved.scenario.calendar.holidays
    if where in COUNTRIES:
        country, meant = COUNTRIES[where], STATES[where]
        yield f'{resolved.origins[path]}: {path}: "{where}" is {country}; {meant} is written "{state(where)}"'

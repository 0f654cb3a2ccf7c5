"""Values of a measure in words: with its unit, and with as many digits as its interval deserves."""

from __future__ import annotations

import math

from iopsim.errors import IopsimError
from iopsim.experiments.batch import COLUMN
from iopsim.experiments.reading import UNKNOWN, decimals, whole_places
from iopsim.experiments.result import dollars
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.scenario.words import nearest

DIGITS = 2
"""Digits told of an amount of which no interval is known."""

SINGULAR = {
    "changes": "change",
    "clients": "client",
    "days": "day",
    "hours": "hour",
    "notices": "notice",
    "sessions": "session",
    "weeks": "week",
}


def measure_named(name: str) -> Measure:
    """Return a measure by its name.

    Raises
    ------
    IopsimError
        If there is no such measure, with the nearest name.
    """
    if name in COLUMN:
        return CATALOGUE[COLUMN[name]]
    hint = nearest(name, list(COLUMN))
    raise IopsimError(
        f"measure: found {name!r}, which is no measure"
        + (f" (did you mean {hint}?)" if hint else "; `iopsim measures` lists them")
    )


def figure(measure: Measure, value: float, half_width: float = math.nan) -> str:
    """Return a value as it is written beside a mark: ``13 %``, ``$41,000``, ``19.1``; a dash if unknown.

    Parameters
    ----------
    measure : Measure
    value : float
        In the unit of the measure; a share is between 0 and 1.
    half_width : float
        Of its interval, in the same unit; NaN where there is none.
    """
    if math.isnan(value):
        return UNKNOWN
    if measure.unit == "usd":
        return dollars(round(value, whole_places(half_width)))
    factor = 100.0 if measure.unit == "share" else 1.0
    places = decimals(factor * abs(value), factor * half_width)
    number = f"{round(factor * value, places) + 0.0:,.{places}f}"
    return f"{number} %" if measure.unit == "share" else number


def amount(measure: Measure, value: float, half_width: float = math.nan) -> str:
    """Return a value with its unit as a sentence has it: ``13 %``, ``$41,000``, ``19.1 days``, ``1 client``."""
    number = figure(measure, value, half_width)
    if measure.unit in {"usd", "share"} or number == UNKNOWN:
        return number
    return f"{number} {SINGULAR[measure.unit] if number == '1' else measure.unit}"


def rough_dollars(value: float) -> str:
    """Return an amount with two digits, the others 0; whole dollars."""
    size = abs(value)
    places = DIGITS - 1 - math.floor(math.log10(size)) if size >= 1.0 else 0
    return dollars(round(value, min(places, 0)))

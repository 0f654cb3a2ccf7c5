"""Followed: of how many clients, or days, or nights, a measure tells."""

from __future__ import annotations

from iopsim.experiments.result import Result
from iopsim.measures.catalogue import CATALOGUE

_COLUMN = {measure.name: column for column, measure in enumerate(CATALOGUE)}


def followed(result: Result, name: str) -> float:
    """Return what stands below the line of a measure, mean over all replications; 0 where nobody can be followed.

    Parameters
    ----------
    result : Result
    name : str
        Of a measure.

    Raises
    ------
    KeyError
        If there is no such measure.
    """
    return float(result.facts.denominators[:, _COLUMN[name]].mean())

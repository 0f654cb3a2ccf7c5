"""A sensitivity analysis read back from its table: which factors move a measure, the largest first."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iopsim.errors import IopsimError
from iopsim.experiments.opened import Opened
from iopsim.experiments.path_words import setting_words, words_of
from iopsim.experiments.sensitivity_study import MORRIS, ONE, SOBOL
from iopsim.measures.measure import Measure
from iopsim.scenario import Resolved
from iopsim.scenario.words import nearest

TABLE = "sensitivity.csv"

ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class End:
    """What one setting of a factor, in words, adds to the measure, with its interval; NaN where that cannot be told."""

    setting: str
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Factor:
    """How much a factor matters.

    Parameters
    ----------
    path : str
    meaning : str
        In plain words.
    assumed : bool
        Whether its value is graded as assumed.
    size : float
        Of its effect: the way from its lowest to its highest mean, one at a time; the mean size of its elementary
        effects (Morris); its share of the variance, with all that it does together with others (Sobol').
    low, high : float
        Interval of the size.
    sure : bool
        Whether that much or less is more than luck may do.
    alone : float
        Morris: the size without what luck adds; Sobol': the share of the factor alone. NaN one at a time.
    ends : tuple of End
        One at a time, its low and its high end, as far as they are other than the plan; empty otherwise.
    """

    path: str
    meaning: str
    assumed: bool
    size: float
    low: float
    high: float
    sure: bool
    alone: float = math.nan
    ends: tuple[End, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """The factors by how much they move a measure.

    Parameters
    ----------
    measure : Measure
    method : str
        One of `iopsim.experiments.sensitivity_study.METHODS`.
    base : float
        Mean of the measure in the plan as it is, one at a time; NaN otherwise.
    factors : tuple of Factor
        Those that move it at all, the largest size first.
    others : int
        Factors that were looked at and do not.
    """

    measure: Measure
    method: str
    base: float
    factors: tuple[Factor, ...]
    others: int

    @property
    def most(self) -> tuple[Factor, ...]:
        """First the one that is known to move it and does so most, then all that may move it as much or more.

        One may, if its interval is not wholly below that of the first. None if not one is known to move it.
        """
        first = next((one for one in self.factors if one.sure), None)
        if first is None:
            return ()
        return (first, *(one for one in self.factors if one is not first and not one.high < first.low))


def measures_in(analysis: Opened) -> tuple[str, ...]:
    """Return the names of the measures that were looked at."""
    return tuple(analysis.manifest["measures"])


def ranking(analysis: Opened, measure: Measure) -> Ranking:
    """Return the factors by how much they move a measure.

    Raises
    ------
    IopsimError
        If the measure was not looked at.
    """
    looked_at = measures_in(analysis)
    if measure.name not in looked_at:
        hint = nearest(measure.name, looked_at)
        said = f"did you mean {hint}?" if hint else f"it has {', '.join(looked_at)}"
        raise IopsimError(f"measure: found {measure.name}, which this analysis did not look at ({said})")
    rows = [row for row in analysis.rows(TABLE) if row["measure"] == measure.name]
    grades = _grades(analysis.plan())
    paths = list(dict.fromkeys(row["factor"] for row in rows))
    by_path = {path: [row for row in rows if row["factor"] == path] for path in paths}
    method = analysis.manifest["method"]
    read = {ONE: _of_ends, MORRIS: _of_effects, SOBOL: _of_shares}[method]
    found = [read(path, _is_assumed(path, grades), some) for path, some in by_path.items()]
    moving = sorted((one for one in found if one.size > 0.0), key=lambda one: -one.size)
    base = _number(rows[0].get("as_it_is", "")) if rows else math.nan
    if method == ONE and moving:
        base = _number(by_path[moving[0].path][0]["as_it_is"])
    return Ranking(measure, method, base, tuple(moving), len(found) - len(moving))


def _number(text: str) -> float:
    return float(text) if text else math.nan


def _of_ends(path: str, assumed: bool, rows: Sequence[Mapping[str, str]]) -> Factor:
    if len(rows) > 2:  # levels without an order: the one with the least, and the one with the most
        wanted = rows[0]["swing_from"], rows[0]["swing_to"]
        rows = [row for name in wanted for row in rows if row["setting"] == name]
    unit = words_of(path).unit
    ends = [
        End(setting_words(row["setting"], unit), *(_number(row[name]) for name in ("difference", "low", "high")))
        for row in rows
    ]
    size, low, high = (_number(rows[0][name]) for name in ("swing", "swing_low", "swing_high"))
    size = 0.0 if math.isnan(size) else size
    return Factor(path, words_of(path).meaning, assumed, size, max(low, 0.0), high, low > 0.0, ends=tuple(ends))


def _of_effects(path: str, assumed: bool, rows: Sequence[Mapping[str, str]]) -> Factor:
    (row,) = rows
    size, half, least, least_half = (
        _number(row[name]) for name in ("mu_star", "mu_star_half_width", "least", "least_half_width")
    )
    size = 0.0 if math.isnan(size) else size
    sure = least - least_half > 0.0
    return Factor(path, words_of(path).meaning, assumed, size, max(size - half, 0.0), size + half, sure, least)


def _of_shares(path: str, assumed: bool, rows: Sequence[Mapping[str, str]]) -> Factor:
    (row,) = rows
    size, half, first = (_number(row[name]) for name in ("total", "total_half_width", "first"))
    size = 0.0 if math.isnan(size) else size
    return Factor(path, words_of(path).meaning, assumed, size, size - half, size + half, size - half > 0.0, first)


def _grades(plan: Resolved) -> dict[str, str]:
    return {path: origin.grade for path, origin in plan.origins.items() if origin.unit}


def _is_assumed(path: str, grades: Mapping[str, str]) -> bool:
    """Tell whether every value that a factor moves is assumed; a path stands for those below it, ``*`` for any name."""
    pattern = re.compile(re.escape(path).replace(r"\\*", "*").replace(r"\*", "[^.]+") + r"(\.|$)")
    found = {grade for name, grade in grades.items() if pattern.match(name)}
    return found == {ASSUMED}

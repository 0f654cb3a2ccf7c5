"""How wide intervals may be, and how many replications may be spent on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from iopsim.experiments.sheet import Sheet, is_number, unit_of
from iopsim.measures.measure import Measure

STAGES = ("sequential", "two")
MOST = 10_000
"""Replications at which an experiment stops, if nothing else is said."""

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")


@dataclass(frozen=True, slots=True)
class HalfWidth:
    """The half-width that the interval of a measure may have.

    Parameters
    ----------
    measure : Measure
    most : float
        In the unit of the measure, or as a share of its mean.
    relative : bool
        Whether it is a share of the mean.
    """

    measure: Measure
    most: float
    relative: bool


@dataclass(frozen=True, slots=True)
class Precision:
    """Half-widths to be reached, and how.

    Parameters
    ----------
    half_widths : tuple of HalfWidth
        At least one.
    stages : {"sequential", "two"}
        Whether replications are added until the intervals are narrow enough, or once, after a first stage.
    most : int
        Replications of each arm at which to stop in any case.
    """

    half_widths: tuple[HalfWidth, ...]
    stages: Literal["sequential", "two"]
    most: int


def precision(sheet: Sheet) -> Precision | None:
    """Return the precision that a file asks for; None if it asks for none."""
    if sheet.value("precision") is None:
        return None
    stages = sheet.choice("precision", "stages", choices=STAGES, default="sequential")
    most = sheet.whole("precision", "most", least=50, most=10_000_000, default=MOST)
    asked = [name for name in sheet.table("precision") if name not in ("stages", "most")]
    names = [name for name in asked if not sheet.misplaced("precision", name)]
    widths = [width for name in names if (width := _half_width(sheet, name))]
    if not asked:
        said = "a precision names measures, such as days_to_first_session = 0.5"
        sheet.refuse(said, "precision", found="no measure")
    return Precision(tuple(widths), "two" if stages == "two" else "sequential", most)


def _half_width(sheet: Sheet, name: str) -> HalfWidth | None:
    measure, value = sheet.measure("precision", name, name=name), sheet.value("precision", name)
    if measure is None:
        return None
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())) and 0 < float(match[1]) < 100:
        return HalfWidth(measure, float(match[1]) / 100, relative=True)
    if is_number(value) and value >= 0.5 and measure.unit == "share":
        sheet.refuse(f"{name} lies between 0 and 1; 2 percentage points are written 0.02", "precision", name)
        return None
    if is_number(value) and value > 0:
        return HalfWidth(measure, float(value), relative=False)
    said = f'a half-width is a number above 0, in {unit_of(measure)}, such as 0.5, or a percentage of the mean: "5 %"'
    sheet.refuse(said, "precision", name)
    return None

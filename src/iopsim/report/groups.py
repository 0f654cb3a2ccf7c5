"""How groups of clients fare, beside all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from iopsim.experiments.equity import Comparison
from iopsim.experiments.offered import left_out
from iopsim.experiments.reading import label, places_of
from iopsim.experiments.result import Result
from iopsim.measures.measure import Measure
from iopsim.measures.partition import Partition
from iopsim.report.inert import inert
from iopsim.report.numbers import NARROW, mark, shown, signed
from iopsim.report.unknown import why_unknown
from iopsim.stats.intervals import Summary

MOST_PLACES = 4
"""Most decimals of a difference."""

SHOWN = (
    "referrals",
    "started_share",
    "started_in_time_share",
    "days_to_first_session",
    "reneged_share",
    "left_within_30_days_share",
    "completed_share",
    "dropped_out_share",
    "completed_of_referred_share",
    "abstinent_12_months_share",
    "revenue_usd",
)
"""Measures that are told of each group; equity.csv in the results has all of them."""


@dataclass(frozen=True)
class Row:
    """A measure of a group of clients.

    Parameters
    ----------
    label, group : str
    known : bool
    mean, interval, gap : Markup
    why : str
        Why it is not known.
    """

    label: str
    group: str
    known: bool
    mean: Markup
    interval: Markup
    gap: Markup
    why: str


def told_apart(result: Result) -> Sequence[tuple[Partition, Sequence[Row]]]:
    """Return the measures of each group that a board reads, one way of telling clients apart after the other.

    Parameters
    ----------
    result : Result
    """
    shown_ones = [one for one in result.equity.comparisons if _worth_reading(one, result)]
    return [
        (part, [_row(one, result) for one in found])
        for part, found in groupby(shown_ones, key=lambda one: one.partition)
    ]


def _worth_reading(one: Comparison, result: Result) -> bool:
    if one.measure.name == "revenue_usd":
        return one.partition.dimension == "payer"
    return one.measure.name in SHOWN and not left_out(one.measure, result)


def _row(one: Comparison, result: Result) -> Row:
    summary, measure = one.summary, one.measure
    known = summary.n > 0
    places = places_of(measure, summary)
    unit = "" if measure.unit in ("share", "usd") else f", {measure.unit}"

    def number(stat: str, of: Summary = summary, to: int = places, kind: str = "group") -> Markup:
        value = getattr(of, stat)
        text = shown(measure, value, to)
        if kind == "gap":
            text = text.removesuffix(f"{NARROW}%")
            text = signed(text, value)
        return mark(
            text, **{kind: measure.name}, stat=stat, partition=one.partition.name, of=one.group, value=repr(value)
        )

    interval, gap = Markup(""), Markup("")
    if known and summary.n > 1:
        interval = Markup("{} to {}").format(number("low"), number("high"))
    if one.difference is not None:
        if one.told_apart is None:
            gap = Markup("cannot be compared")
        elif not one.told_apart:
            gap = Markup("cannot be told apart")
        else:
            of, to = one.difference, _places_apart(measure, one.difference, places)
            mean, low, high = (number(stat, of, to, "gap") for stat in ("mean", "low", "high"))
            points = f"{NARROW}points" if measure.unit == "share" else ""
            gap = Markup("{}{} ({} to {})").format(mean, points, low, high)
    return Row(
        label(measure, result.scenario) + unit,
        inert(one.group).replace("_", " "),
        known,
        number("mean") if known else Markup(""),
        interval,
        gap or Markup("part of the whole"),
        "" if known else _why(one, result),
    )


def _places_apart(measure: Measure, gap: Summary, least: int) -> int:
    """Return to how many decimals a difference is told whose interval does not hold 0: no end of it is told as 0."""
    places = max(least, places_of(measure, gap))
    nearest = min(abs(gap.low), abs(gap.high)) * (100.0 if measure.unit == "share" else 1.0)
    while nearest > 0.0 and places < MOST_PLACES and round(nearest, places) == 0.0:
        places += 1
    return places


def _why(one: Comparison, result: Result) -> str:
    whole = result.measures[one.measure.name]
    return why_unknown(one.measure, result) if not whole.n else "nobody of this group came so far"

"""Plans side by side: every measure compared, of each plan, with its difference from the baseline."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from iopsim.experiments.outcome import Outcome
from iopsim.experiments.verdict import is_unknown, places_of
from iopsim.measures.measure import Measure
from iopsim.report.numbers import NARROW, Reading, mark, shown, signed
from iopsim.report.subject import Subject
from iopsim.stats.contrast import Contrast


@dataclass(frozen=True)
class Row:
    """A measure of a plan, and how it differs from that of the baseline.

    Parameters
    ----------
    arm : str
    reading : Reading
    gap : Markup
        The difference with its interval, or why there is none to tell.
    """

    arm: str
    reading: Reading
    gap: Markup


def compared(subject: Subject) -> Iterator[Row]:
    """Return every measure compared, plan by plan.

    Parameters
    ----------
    subject : Subject
        Of a batch.
    """
    outcome = subject.outcome
    assert outcome is not None
    readings = {arm: subject.measures_of(arm) for arm in outcome.arms}
    for measure in outcome.batch.measures:
        for arm in outcome.arms:
            yield Row(arm, readings[arm][measure.name], _gap(outcome, arm, measure))


def _gap(outcome: Outcome, arm: str, measure: Measure) -> Markup:
    if arm == outcome.baseline:
        return Markup("baseline")
    gap = outcome.contrasts[arm, measure.name]
    if is_unknown(gap):
        return Markup("cannot be compared")
    if gap.same_in_every_pair and gap.mean == 0.0:
        return Markup("the same")
    if not gap.told_apart:
        return Markup("not distinguishable")
    return difference(measure, gap, places_of(measure, gap), arm=arm)


def difference(measure: Measure, gap: Contrast, places: int, **data: str) -> Markup:
    """Return a difference with its sign and, in brackets, its interval."""

    def number(stat: str) -> Markup:
        value = getattr(gap, stat)
        text = shown(measure, value, places).removesuffix(f"{NARROW}%")
        return mark(signed(text, value), difference=measure.name, stat=stat, **data, value=repr(value))

    unit = f"{NARROW}points" if measure.unit == "share" else ""
    if math.isclose(gap.low, gap.high):
        return number("mean") + unit
    few = "~" if gap.made_by_few else ""
    return Markup("{}{} ({}{} to {})").format(number("mean"), unit, few, number("low"), number("high"))

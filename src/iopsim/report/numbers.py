"""Numbers as a report tells them: rounded as their interval deserves, with it, and each with where it comes from.

No template writes a number of its own: it asks for a `Reading`, or for a fact of the plan, and gets a piece of HTML
that names its measure, or its fact, and holds the value in full. So every number on a page can be followed back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from iopsim.experiments.reading import label, places_of, written
from iopsim.experiments.verdict import COUNTED, called_alone
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.scenario.model import Scenario
from iopsim.stats.intervals import Summary

NARROW = "\u00a0"
"""Keeps a number and its unit on one line."""

MINUS = "\u2212"

BY_NAME = {measure.name: measure for measure in CATALOGUE}


def mark(text: str, kind: str = "number", **data: object) -> Markup:
    """Return a text as HTML that says where it comes from.

    Parameters
    ----------
    text : str
    kind : str
        Its class: that of a number keeps it on one line.
    **data : object
        Attributes without their ``data-``; an underscore stands for a hyphen.
    """
    said = Markup("").join(
        Markup(' data-{}="{}"').format(name.replace("_", "-"), value) for name, value in data.items()
    )
    return Markup('<span class="{}"{}>{}</span>').format(kind, said, text)


def fact(name: str, value: object, text: str | None = None, **more: str) -> Markup:
    """Return a number that is no measure: of the plan, by its path, or of the run, by its name."""
    shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return mark(shown if text is None else text, fact=name, **more, value=value)


def counted(name: str, number: int, one: str, many: str = "") -> Markup:
    """Return a whole number with its noun in the right number, such as ``1 week`` or ``104 weeks``.

    Parameters
    ----------
    name : str
        As of `fact`.
    number : int
    one : str
        The noun, of one.
    many : str
        Of more; empty for the regular plural.
    """
    noun = one if number == 1 else (many or f"{one}s")
    return fact(name, number) + f"{NARROW}{noun}"


@dataclass(frozen=True)
class Reading:
    """A measure of a plan, as a report tells it.

    Parameters
    ----------
    measure : Measure
    summary : Summary
    scenario : Scenario
        Whose targets are in the label.
    arm : str
        Name of the plan in a batch; empty for a run.
    why : str
        Why it cannot be told, where it cannot.
    """

    measure: Measure
    summary: Summary
    scenario: Scenario
    arm: str = ""
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a mean."""
        return not math.isnan(self.summary.mean)

    @property
    def sure(self) -> bool:
        """Whether there is an interval."""
        return not math.isnan(self.summary.low)

    @property
    def value(self) -> float:
        """The mean in full; 0 where it is unknown."""
        return self.summary.mean if self.known else 0.0

    @property
    def label(self) -> str:
        """What a table calls it, the scenario's target in it."""
        return label(self.measure, self.scenario)

    @property
    def called(self) -> str:
        """What a sentence calls it."""
        return called_alone(self.measure)

    @property
    def unit(self) -> str:
        """The unit of a column: empty where it stands with the number."""
        return "" if self.measure.unit in ("share", "usd") else self.measure.unit

    @property
    def settled(self) -> bool:
        """Whether it is the same in every replication that tells."""
        return self.summary.low == self.summary.high

    @property
    def few(self) -> bool:
        """Whether a few replications make the mean."""
        return self.summary.made_by_few

    @property
    def told_in(self) -> str:
        """How many replications can tell, where not all can, such as ``3 of 200 replications``; else nothing."""
        if not self.summary.told_in:
            return ""
        return f"{self.summary.n:,} of {self.summary.n + self.summary.undefined:,} replications"

    @property
    def mean(self) -> Markup:
        """The mean without its unit."""
        return self._number("mean")

    @property
    def low(self) -> Markup:
        """The lower end of the interval."""
        return self._number("low")

    @property
    def high(self) -> Markup:
        """The upper end of the interval."""
        return self._number("high")

    @property
    def p10(self) -> Markup:
        """What one replication in ten is below."""
        return self._number("p10")

    @property
    def p90(self) -> Markup:
        """What one replication in ten is above."""
        return self._number("p90")

    @property
    def amount(self) -> Markup:
        """The mean with its unit, such as ``23.4 days``; or that it cannot be told, and why."""
        return self._with_unit(self.mean) if self.known else escape(f"not known: {self.why}")

    @property
    def interval(self) -> Markup:
        """From where to where the mean may lie; or that there is no interval."""
        if not self.sure:
            return Markup("one replication gives no interval") if self.known else Markup("")
        if self.settled:
            return Markup("the same in every replication")
        return self._with_unit(self._span("low", "high"))

    @property
    def bare_interval(self) -> Markup:
        """As a column has it, without a unit."""
        return self._span("low", "high") if self.sure else Markup("")

    @property
    def bare_spread(self) -> Markup:
        """As a column has it, without a unit."""
        return self._span("p10", "p90") if self.known and self.summary.n > 1 else Markup("")

    @property
    def told(self) -> Markup:
        """The mean with its unit and, in brackets, its interval, if more than one replication was run; or why not."""
        if not self.known or (self.summary.n == 1 and not self.summary.undefined):
            return self.amount
        return Markup("{} ({})").format(self.amount, self.interval)

    @property
    def often(self) -> Markup:
        """Of something that happens in a replication or not: in how many, such as ``95 % of replications``."""
        if self.known and self.value in (0.0, 1.0):
            text = "every replication" if self.value == 1.0 else "no replication"
            return self._number("mean", said=text)
        return Markup("{} of replications ({})").format(self.amount, self.interval) if self.known else self.amount

    @property
    def lost(self) -> Markup:
        """As `amount`, of an amount that is below 0, without its sign."""
        return self._number("mean", turned=True)

    @property
    def lost_interval(self) -> Markup:
        """As `interval`, of an amount that is below 0, without signs."""
        if not self.sure:
            return self.interval
        low, high = self._number("high", turned=True), self._number("low", turned=True)
        return Markup("{} to {}").format(low, high)

    def _span(self, low: str, high: str) -> Markup:
        return Markup("{} to {}").format(self._number(low), self._number(high))

    def _with_unit(self, number: Markup) -> Markup:
        return number + (f"{NARROW}{self._unit_of(number)}" if self.unit else "")

    def _unit_of(self, number: Markup) -> str:
        one = COUNTED.get(self.measure.unit, self.measure.unit.removesuffix("s"))
        return one if number.striptags() == "1" else self.measure.unit

    def _number(self, stat: str, *, turned: bool = False, said: str = "") -> Markup:
        value = getattr(self.summary, stat)
        text = said or shown(self.measure, -value if turned else value, places_of(self.measure, self.summary))
        data = {"arm": self.arm} if self.arm else {}
        return mark(text, measure=self.measure.name, stat=stat, **data, value=repr(float(value)))


def shown(measure: Measure, value: float, places: int) -> str:
    """Return a value of a measure with its sign and, of a share, its percent sign, but without a unit in words."""
    text = written(measure, value, places)
    if not any(sign in text for sign in "123456789"):
        text = text.removeprefix("-")
    return text.replace("-", MINUS) + (f"{NARROW}%" if measure.unit == "share" else "")


def signed(text: str, value: float) -> str:
    """Return a difference as `shown`, with a plus if it is more; 0 has no sign."""
    return f"+{text}" if value > 0.0 and any(digit in text for digit in "123456789") else text


def told_to(measure: Measure, summary: Summary, value: float) -> str:
    """Return a value of a measure as `shown`, with as many digits as the interval of its mean deserves."""
    return shown(measure, value, places_of(measure, summary))


class Readings(Mapping[str, Reading]):
    """All measures of a plan, by name, also as ``readings.margin_usd``.

    Parameters
    ----------
    summaries : callable
        Returns the summary of a measure by name.
    scenario : Scenario
    why : callable
        Returns why a measure that is unknown cannot be told.
    arm : str
        Name of the plan in a batch; empty for a run.
    """

    def __init__(
        self, summaries: Callable[[str], Summary], scenario: Scenario, why: Callable[[Measure], str], arm: str = ""
    ) -> None:
        self._summaries, self._scenario, self._why, self._arm = summaries, scenario, why, arm

    def __getitem__(self, name: str) -> Reading:
        measure, summary = BY_NAME[name], self._summaries(name)
        why = self._why(measure) if math.isnan(summary.mean) else ""
        return Reading(measure, summary, self._scenario, self._arm, why)

    def __iter__(self) -> Iterator[str]:
        return iter(BY_NAME)

    def __len__(self) -> int:
        return len(BY_NAME)

"""The frozen result of a run: every measure with its uncertainty, and the series behind the charts."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iopsim.experiments.batch import Looked, Precision
from iopsim.experiments.bottleneck import Bottleneck, bottlenecks
from iopsim.experiments.equity import Equity
from iopsim.experiments.ignorance import Ignorance
from iopsim.experiments.series import HoursSeries, NightSeries, hours_series, night_series
from iopsim.measures.capacity import held_back_without_assessors
from iopsim.measures.catalogue import CATALOGUE, GROUPS
from iopsim.measures.facts import Facts
from iopsim.measures.measure import CENTS, Measure
from iopsim.measures.partition import Partition
from iopsim.measures.series import MONEY, MONTHLY, WEEKLY
from iopsim.rulebook import UNLIMITED, write
from iopsim.scenario.model import Scenario
from iopsim.stats.intervals import Summary, ratio, summarize

if TYPE_CHECKING:
    import pandas as pd

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """What `iopsim.simulate` returns.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    replications : int
    facts : Facts
        Whole numbers by replication.
    partitions : tuple of Partition
        Ways in which clients were told apart; none, if that was not asked for.
    warm_up : int or None
        None: the opening view, in which everybody and every day counts. A number of weeks: the mature view, in which
        only clients who come, and only days, after that many weeks count.
    ignorance : Ignorance or None
        Of a run with drawn inputs, what tells luck and ignorance apart: ``.ignorance.spreads[name]``.
    sought : Precision or None
        Of a run that stopped where measures were known precisely enough, what was asked for.
    looked : Looked or None
        At what such a run stopped: ``.looked.met``, ``.looked.looks[-1].measures[name].half_width``.
    uncertain : bool
        Of an arm of a batch with drawn inputs, of which `ignorance` is not told.
    engine : str
        Which engine simulated: ``"reference"``, ``"compiled"``, or ``"compiled and reference"`` where each did a part;
        empty where that is not known. Nothing else depends on it.
    engine_asked : str
        Which was asked for: one of these, or ``"auto"``.
    """

    scenario: Scenario
    seed: int
    replications: int
    facts: Facts = field(repr=False)
    partitions: tuple[Partition, ...] = field(default=(), repr=False)
    warm_up: int | None = None
    ignorance: Ignorance | None = field(default=None, repr=False)
    sought: Precision | None = field(default=None, repr=False)
    looked: Looked | None = field(default=None, repr=False)
    uncertain: bool = field(default=False, repr=False)
    engine: str = field(default="", repr=False, compare=False)
    engine_asked: str = field(default="", repr=False, compare=False)

    def __repr__(self) -> str:
        """Return what was run, and how to go on."""
        runs = f"{self.replications:,} replication{'' if self.replications == 1 else 's'}"
        scenario = f"{self.scenario.name}: {self.scenario.weeks} weeks from {self.scenario.opening}"
        view = f"; {self.view_in_words}" if self.view_in_words else ""
        more = ", .equity the groups" if self.partitions else ""
        return (
            f"<Result of {scenario}; {runs}, seed {self.seed}{view}. to_pandas() gives the measures, "
            f".measures[name] one, .bottlenecks what holds people back{more}>"
        )

    @cached_property
    def measures(self) -> dict[str, Summary]:
        """Each measure by name: mean over replications, 95 % interval, 10th and 90th percentile."""
        return {measure.name: summarize(self.values(measure.name), span=measure.span) for measure in CATALOGUE}

    @cached_property
    def equity(self) -> Equity:
        """The measures of each group of clients, and the differences between groups; empty unless asked for."""
        return Equity(self.partitions, self.facts.groups)

    @cached_property
    def bottlenecks(self) -> tuple[Bottleneck, ...]:
        """The resources that hold people back, first what is tightest in most replications."""
        lacking = self.facts.numerators[:, _COLUMN[held_back_without_assessors.name]]
        return bottlenecks(self.facts.weekly, self.weeks.start, lacking)

    @property
    def inputs_drawn(self) -> bool:
        """Whether what nobody knows was drawn anew for each replication."""
        return self.uncertain or self.ignorance is not None

    @property
    def weeks(self) -> range:
        """The weeks of the run that count, from 0; the columns of the weekly series."""
        return range(self.warm_up or 0, self.scenario.weeks)

    @property
    def months(self) -> range:
        """The calendar months of the run in which referrals count, from 0; the columns of the monthly series."""
        opening, first = self.scenario.opening, self.week_start(self.weeks.start)
        start = 12 * (first.year - opening.year) + first.month - opening.month
        return range(start, start + self.facts.monthly.shape[2])

    @property
    def mature_from(self) -> datetime.date | None:
        """The first day of the mature view; None for the opening view."""
        return None if self.warm_up is None else self.week_start(self.warm_up)

    @property
    def view_in_words(self) -> str:
        """What headings say of a mature view, without a full stop; nothing of the opening view."""
        if self.mature_from is None:
            return ""
        since = f"{self.mature_from.day} {self.mature_from:%B %Y}"
        return f"Mature view, after a warm-up of {self.warm_up} weeks: only clients who came, and days, from {since} on"

    def values(self, name: str) -> F64:
        """Return one measure by replication, money in dollars; NaN where one cannot tell; shape (replications,).

        Raises
        ------
        KeyError
            If there is no such measure.
        """
        column = _COLUMN[name]
        fractions = np.stack([self.facts.numerators[:, column], self.facts.denominators[:, column]], axis=-1)
        return CATALOGUE[column].values(fractions)

    def weekly(self, name: str) -> F64:
        """Return a weekly series by replication, for the weeks that count; shape (replications, weeks).

        Parameters
        ----------
        name : str
            One of `iopsim.measures.series.WEEKLY`; client-days are given as clients per day, the others as they are.
        """
        rows = self.facts.weekly[:, WEEKLY.index(name), :].astype(np.float64)
        return rows if name.startswith(("seats", "nights", "minutes")) else rows / 7

    def monthly(self, name: str) -> F64:
        """Return a series by month of referral, by replication; shape (replications, months).

        Parameters
        ----------
        name : str
            One of `iopsim.measures.series.MONTHLY`; the two waits are means in days, NaN where nobody counts.
        """
        rows = self.facts.monthly[:, MONTHLY.index(name), :].astype(np.float64)
        if not name.startswith("days"):
            return rows
        who = self.facts.monthly[:, MONTHLY.index(name) - 1, :]
        return ratio(rows, who)

    def money(self, name: str) -> F64:
        """Return a weekly series of money in dollars by replication; shape (replications, weeks before + weeks).

        Parameters
        ----------
        name : str
            One of `iopsim.measures.series.MONEY`. Without payers in the scenario only ``cost`` is known, and the
            others are NaN.
        """
        rows = self.facts.money[:, MONEY.index(name), :] / CENTS
        return rows if name == "cost" or self.scenario.payers else np.full_like(rows, math.nan)

    @property
    def weeks_before(self) -> int:
        """Weeks before the opening in which money is spent; the series of money begin with them."""
        return int(self.facts.money.shape[2]) - self.scenario.weeks

    @cached_property
    def retention(self) -> F64:
        """Where admitted clients are k weeks after admission, as shares by replication.

        Shape (replications, ways out + 1, weeks + 1): one row for each of `iopsim.measures.series.WAYS_OUT_NAMES`,
        cumulative, and a last one for those still in program; together 1. NaN where nobody counts.
        """
        counts = self.facts.retention.astype(np.float64)
        gone = ratio(counts[:, :-1, :], counts[:, -1:, :])
        return np.concatenate([gone, 1.0 - gone.sum(axis=1, keepdims=True)], axis=1)

    def seat_share(self, name: str) -> F64:
        """Return the share of a week's seats; NaN where no group met; shape (replications, weeks).

        Parameters
        ----------
        name : str
            ``seats_taken`` or ``seats_attended``.
        """
        return ratio(self.weekly(name), self.weekly("seats"))

    @cached_property
    def nights(self) -> NightSeries:
        """Each group night of the week, for the weeks that count: seats, clients enrolled and those who came."""
        return night_series(self.facts, write(self.scenario))

    @cached_property
    def hours(self) -> HoursSeries:
        """Each role of staff, for the weeks that count: hours available and spent, and its caseload."""
        return hours_series(self.facts, write(self.scenario))

    @cached_property
    def caseload(self) -> int | None:
        """Clients all counselors together can carry; None for no limit."""
        limit = write(self.scenario).staffing.caseload_limit
        return None if limit == UNLIMITED else limit

    def week_start(self, week: int) -> datetime.date:
        """Return the first day of a week of the run; week 0 begins at the opening."""
        return self.scenario.opening + datetime.timedelta(weeks=week)

    def month_start(self, month: int) -> datetime.date:
        """Return the first day of a calendar month of the run; month 0 is the month of the opening."""
        years, index = divmod(self.scenario.opening.month - 1 + month, 12)
        return datetime.date(self.scenario.opening.year + years, index + 1, 1)

    def to_pandas(self) -> pd.DataFrame:
        """Return the measures as a table, one row each."""
        import pandas as pd

        rows = [
            {
                "name": measure.name,
                "label": measure.label,
                "unit": measure.unit,
                "mean": summary.mean,
                "low": summary.low,
                "high": summary.high,
                "p10": summary.p10,
                "p90": summary.p90,
                "n": summary.n,
                "undefined": summary.undefined,
                "skewness": summary.skewness,
            }
            for measure, summary in self._pairs()
        ]
        return pd.DataFrame(rows).set_index("name")

    def _pairs(self) -> list[tuple[Measure, Summary]]:
        return [(measure, self.measures[measure.name]) for measure in CATALOGUE]

    def _repr_html_(self) -> str:
        """Return the table of measures for a notebook."""
        title = f"{escape(self.scenario.name)}: {self.replications} replications, seed {self.seed}"
        if self.view_in_words:
            title += f". {self.view_in_words}."
        heads = ("Measure", "Unit", "Mean", "95 % interval", "10th-90th percentile")
        head = "".join(f"<th>{name}</th>" for name in heads)
        lines = [f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>"]
        for group, measures in GROUPS.items():
            lines.append(f"<tr><th colspan='5' style='text-align:left'>{group}</th></tr>")
            for measure in measures:
                s = self.measures[measure.name]
                cells = [write_value(v, measure.unit) for v in (s.mean, s.low, s.high, s.p10, s.p90)]
                unit = "%" if measure.unit == "share" else measure.unit
                name = escape(measure.label) + s.told_in
                lines.append(
                    f"<tr><td style='text-align:left'>{name}</td><td>{unit}</td><td>{cells[0]}</td>"
                    f"<td>{cells[1]} to {cells[2]}</td><td>{cells[3]} to {cells[4]}</td></tr>"
                )
        return "".join([*lines, "</tbody></table>"])


def write_value(value: float, unit: str) -> str:
    """Return a value of a measure as a board reads it: shares in percent, whole dollars; a dash if unknown."""
    if math.isnan(value):
        return "–"
    if unit == "usd":
        return dollars(value)
    return f"{100 * value:.1f}" if unit == "share" else f"{value:,.1f}"


def dollars(value: float) -> str:
    """Return an amount in whole dollars, such as ``$12,345`` or ``-$80``."""
    whole = round(value)
    return f"{'-' if whole < 0 else ''}${abs(whole):,}"


_COLUMN = {measure.name: column for column, measure in enumerate(CATALOGUE)}

"""What a report is about: one plan and what a run of it gave, and the batch around it, if there is one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from iopsim.charts.chart import Chart
from iopsim.charts.kinds import draw
from iopsim.charts.style import PRINT
from iopsim.experiments.opened import Opened
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.result import Result
from iopsim.measures.measure import Measure
from iopsim.report.numbers import Readings
from iopsim.report.points import factors
from iopsim.report.unknown import why_unknown
from iopsim.scenario import Resolved
from iopsim.scenario.model import Scenario
from iopsim.scenario.unknowns import unknowns
from iopsim.stats.intervals import Summary

MOST_SWEEPS = 2
"""Factors of a design that have a figure."""


@dataclass(frozen=True)
class Subject:
    """A plan of a results folder.

    Parameters
    ----------
    opened : Opened
        The folder of a run or a batch.
    arm : str
        The plan told about; empty for that of a run.
    """

    opened: Opened
    arm: str = ""

    @cached_property
    def result(self) -> Result:
        """What the plan gave."""
        return self.opened.result(self.arm)

    @cached_property
    def plan(self) -> Resolved:
        """The plan, with the origin of every value."""
        return self.opened.plan(self.arm)

    @property
    def scenario(self) -> Scenario:
        """The plan itself."""
        return self.result.scenario

    @property
    def outcome(self) -> Outcome | None:
        """Of a batch of several plans, what all of them gave and how they differ."""
        return self.opened.outcome if len(self.opened.arms) > 1 else None

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the plans, the baseline first; none of a run."""
        return self.opened.arms if self.outcome is not None else ()

    @cached_property
    def measures(self) -> Readings:
        """The measures of the plan."""
        return Readings(self.result.measures.__getitem__, self.scenario, self.why, self.arm)

    def measures_of(self, arm: str) -> Readings:
        """Return the measures of any plan of the batch."""
        outcome = self.outcome
        assert outcome is not None

        def summary(name: str) -> Summary:
            return outcome.summary(arm, name)

        plan = outcome.batch.plans[outcome.arms.index(arm)]
        return Readings(summary, plan.scenario, lambda _: "it cannot be told", arm)

    @cached_property
    def sweeps(self) -> tuple[Chart, ...]:
        """Of a design, what the first measure does along each of its first factors; none of other results."""
        if self.outcome is None:
            return ()
        moved = factors(self.outcome)[:MOST_SWEEPS]
        return tuple(draw("sweep", self.outcome, PRINT, factor=name) for name in moved)

    def why(self, measure: Measure) -> str:
        """Return why a measure that is unknown cannot be told."""
        return why_unknown(measure, self.result)

    @property
    def n_drawn(self) -> int:
        """How many numbers that nobody knows were drawn anew for each replication; 0 if none were."""
        if self.outcome is None:
            return int(self.opened.manifest.get("uncertain", {}).get("unknowns", 0))
        inputs = self.outcome.batch.plans[self.outcome.arms.index(self.arm)].inputs
        return 0 if inputs is None else len(unknowns(self.plan))

    @property
    def nobody_comes(self) -> bool:
        """Whether nobody is referred in any replication."""
        return not self.result.measures["referrals"].mean > 0.0

    @property
    def nobody_starts(self) -> bool:
        """Whether nobody is ever in the program."""
        return not self.result.measures["census_peak"].mean > 0.0

    @property
    def pays(self) -> bool:
        """Whether anybody pays, so that more than cost can be told."""
        return bool(self.scenario.payers) and not math.isnan(self.result.measures["margin_usd"].mean)

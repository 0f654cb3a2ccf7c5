"""The outcome of a batch: every measure of every arm, and how the arms differ from the baseline, pair by pair."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from iopsim.experiments.batch import COLUMN, Batch, Failed, Looked
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.measure import Measure
from iopsim.record import I64
from iopsim.stats.components import Components, split_variance
from iopsim.stats.contrast import Contrast, contrast, each
from iopsim.stats.intervals import F64, Summary, summarize
from iopsim.stats.ratios import Estimate, contrast_of_totals, estimator_of, ratio_of_totals

if TYPE_CHECKING:
    import pandas as pd

Fractions = Callable[[int, int], I64]
"""Returns numerators and denominators by replication, shape (n, 2), of a plan and a measure, each by its place."""


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a batch gave.

    Parameters
    ----------
    batch : Batch
    replications : int
        Of every arm.
    fractions : callable
        Numerators and denominators of a plan and a measure.
    failures : list of tuple of int and Failure
        Replications that failed, each with the place of its plan; they count as undefined in every measure.
    looked : Looked or None
        At what a precision was looked; None where the number of replications was given.
    folder : Path or None
        Where the files are.
    redrawn : mapping of str to int
        Draws of inputs that the door refused and that were made again, by key of the point.
    twins : tuple of int array, shape (n, measures, 2)
        Of a batch with drawn inputs, for each plan the measures of its first replications' twins, which have the same
        inputs and other luck; empty where there are none.
    engine : str
        Which engine simulated: ``"reference"``, ``"compiled"``, or ``"compiled and reference"`` where each did a part;
        empty where that is not known. Nothing else depends on it.
    """

    batch: Batch
    replications: int
    fractions: Fractions = field(repr=False, compare=False)
    failures: Failed = field(default_factory=list, repr=False)
    looked: Looked | None = field(default=None, repr=False)
    folder: Path | None = None
    redrawn: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)
    twins: tuple[I64, ...] = field(default=(), repr=False, compare=False)
    engine: str = field(default="", repr=False, compare=False)
    _summaries: dict[tuple[str, str], Estimate] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        """Return what was compared, and how to go on."""
        runs = f"{self.replications:,} replication{'' if self.replications == 1 else 's'}"
        measures = ", ".join(measure.name for measure in self.batch.measures)
        return (
            f"<Outcome of {', '.join(self.arms)}; {runs} each, seed {self.batch.seed}; of {measures}. differences() "
            "tells how they differ, to_pandas() every measure, contrasts[arm, measure] one difference>"
        )

    def _repr_html_(self) -> str:
        """Return the table of differences for a notebook."""
        columns = ["arm", "label", "unit", "baseline_mean", "arm_mean", "difference", "low", "high", "told_apart"]
        frame = self.differences()
        html: str = frame[columns].to_html(index=False) if len(frame) else self.to_pandas().to_html(index=False)
        return html

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, the baseline first."""
        return tuple(plan.name for plan in self.batch.plans)

    @property
    def redrawn_by_arm(self) -> dict[str, int]:
        """How many draws of inputs were refused and made again, of each arm."""
        points = zip(self.arms, self.batch.points, strict=True)
        return {arm: self.redrawn.get(point.key, 0) for arm, point in points}

    @property
    def baseline(self) -> str:
        """Name of the arm with which all others are compared."""
        return self.arms[0]

    @property
    def each_confidence(self) -> float:
        """Confidence of each difference with which all of them, arms times measures, hold together."""
        return each(self.batch.confidence, max(1, (len(self.arms) - 1) * len(self.batch.measures)))

    def values(self, arm: str, measure: str) -> F64:
        """Return a measure by replication, money in dollars; NaN where it is undefined; shape (replications,).

        Raises
        ------
        KeyError
            If there is no such arm or measure.
        """
        return CATALOGUE[COLUMN[measure]].values(self._fractions(arm, measure))

    def summary(self, arm: str, measure: str) -> Estimate:
        """Return the mean over replications of a measure of an arm, with its interval (95 %) and its spread."""
        key = (arm, measure)
        if key not in self._summaries:
            rows, what = self._fractions(arm, measure), CATALOGUE[COLUMN[measure]]
            found = summarize(what.values(rows), span=what.span)
            told = {one.name: getattr(found, one.name) for one in fields(Summary)}
            self._summaries[key] = Estimate(**told, estimator=estimator_of(rows[:, 1]))
        return self._summaries[key]

    def of_totals(self, arm: str, measure: str) -> Estimate:
        """Return the ratio of a measure's totals over all replications of an arm, with its interval (95 %)."""
        rows, what = self._fractions(arm, measure), CATALOGUE[COLUMN[measure]]
        return ratio_of_totals(rows[:, 0] / what.scale, rows[:, 1], span=what.span)

    @cached_property
    def contrasts(self) -> dict[tuple[str, str], Contrast]:
        """Each arm less the baseline, by arm and measure that is compared; intervals that hold together."""
        return {
            (arm, measure.name): self.contrast(arm, measure.name)
            for arm in self.arms[1:]
            for measure in self.batch.measures
        }

    def contrast(self, arm: str, measure: str, against: str | None = None) -> Contrast:
        """Return an arm less the baseline, or another arm, paired by replication.

        The interval is as wide as it must be for all differences of the batch to hold together.
        """
        base = self.baseline if against is None else against
        estimator = estimator_of(self._fractions(base, measure)[:, 1], self._fractions(arm, measure)[:, 1])
        span = CATALOGUE[COLUMN[measure]].span
        return contrast(self.values(base, measure), self.values(arm, measure), self.each_confidence, span, estimator)

    def contrast_of_totals(self, arm: str, measure: str) -> Contrast:
        """Return the difference of the ratios of totals of an arm and the baseline, paired by replication."""
        what = CATALOGUE[COLUMN[measure]]
        ours, theirs = (self._fractions(one, measure) for one in (self.baseline, arm))
        pairs = ((rows[:, 0] / what.scale, rows[:, 1]) for rows in (ours, theirs))
        first, second = pairs
        return contrast_of_totals(first, second, self.each_confidence, what.span)

    def difference_spread(self, arm: str, measure: str) -> Components | None:
        """Return how much of the spread of an arm's difference from the baseline is what nobody knows, and luck.

        None without twins.
        """
        if not self.twins:
            return None
        what, n = CATALOGUE[COLUMN[measure]], len(self.twins[0])
        theirs, ours = (
            what.values(self.twins[self.arms.index(one)][:, COLUMN[measure]]) for one in (self.baseline, arm)
        )
        return split_variance((self.values(arm, measure) - self.values(self.baseline, measure))[:n], ours - theirs)

    def to_pandas(self) -> pd.DataFrame:
        """Return the measures of every arm as a tidy table: one row for each arm and measure of the catalogue.

        Of a design, with a column for the level of each factor.
        """
        import pandas as pd

        return pd.DataFrame(list(self.rows()))

    def differences(self) -> pd.DataFrame:
        """Return the differences from the baseline as a tidy table: one row for each arm and measure compared."""
        import pandas as pd

        return pd.DataFrame(list(self.difference_rows()))

    def by_replication(self) -> pd.DataFrame:
        """Return the measures compared by replication as a tidy table: one row for each arm and replication."""
        import pandas as pd

        frames = []
        for arm in self.arms:
            columns: dict[str, object] = {"arm": arm, "replication": range(self.replications)}
            columns |= {measure.name: self.values(arm, measure.name) for measure in self.batch.measures}
            frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True)

    def rows(self, names: Collection[str] | None = None) -> Iterator[dict[str, object]]:
        """Return the rows of `to_pandas`, of all or some measures; what cannot be told is NaN."""
        for arm, levels in zip(self.arms, self._levels(), strict=True):
            for measure in (one for one in CATALOGUE if names is None or one.name in names):
                one = self.summary(arm, measure.name)
                totals = self.of_totals(arm, measure.name) if one.estimator == "mean of ratios" else None
                yield {
                    "arm": arm,
                    **levels,
                    **_of(measure),
                    "estimator": one.estimator,
                    **_told(one),
                    "ratio_of_totals": totals.mean if totals else math.nan,
                    "ratio_of_totals_low": totals.low if totals else math.nan,
                    "ratio_of_totals_high": totals.high if totals else math.nan,
                }

    def arm_rows(self) -> Iterator[dict[str, object]]:
        """Return a row for each arm: its name, what is said of it, its scenario's hash, the level of each factor."""
        for plan, levels in zip(self.batch.plans, self._levels(), strict=True):
            yield {"arm": plan.name, "about": plan.about, "scenario_hash": plan.scenario.hash, **levels}

    def difference_rows(self) -> Iterator[dict[str, object]]:
        """Return the rows of `differences`; what cannot be told is NaN, or empty in `told_apart`."""
        for (arm, name), gap in self.contrasts.items():
            measure = CATALOGUE[COLUMN[name]]
            totals = self.contrast_of_totals(arm, name) if gap.estimator == "mean of ratios" else None
            yield {
                "arm": arm,
                "baseline": self.baseline,
                **_of(measure),
                "estimator": gap.estimator,
                "arm_mean": self.summary(arm, name).mean,
                "baseline_mean": self.summary(self.baseline, name).mean,
                "difference": gap.mean,
                "low": gap.low,
                "high": gap.high,
                "p10": gap.p10,
                "p90": gap.p90,
                "n": gap.n,
                "undefined": gap.undefined,
                "undefined_arm": gap.undefined_b,
                "undefined_baseline": gap.undefined_a,
                "told_apart": {True: "yes", False: "no", None: ""}[gap.told_apart],
                "confidence": self.each_confidence,
                "correlation": gap.correlation,
                "narrowing": gap.narrowing,
                "ratio_of_totals_difference": totals.mean if totals else math.nan,
                "ratio_of_totals_low": totals.low if totals else math.nan,
                "ratio_of_totals_high": totals.high if totals else math.nan,
            }

    def _levels(self) -> list[dict[str, str]]:
        """Return for each arm the level of every factor of the design; empty where it leaves one as it is."""
        factors = dict.fromkeys(name for plan in self.batch.plans for name in plan.levels)
        return [{name: plan.levels.get(name, "") for name in factors} for plan in self.batch.plans]

    def _fractions(self, arm: str, measure: str) -> I64:
        return self.fractions(self.arms.index(arm), COLUMN[measure])


def _of(measure: Measure) -> Mapping[str, object]:
    return {"measure": measure.name, "label": measure.label, "unit": measure.unit}


def _told(one: Estimate) -> Mapping[str, object]:
    names = ("mean", "low", "high", "p10", "p90", "n", "undefined", "skewness")
    return {name: getattr(one, name) for name in names}

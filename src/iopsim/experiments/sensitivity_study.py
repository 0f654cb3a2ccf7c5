"""A sensitivity analysis of a scenario from its order to its rows: how it is planned, run and told."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from iopsim.errors import IopsimError
from iopsim.experiments.batch import Silent, Watch
from iopsim.experiments.evaluation import Evaluation
from iopsim.experiments.runner import Runner
from iopsim.experiments.sensitivity import (
    Decomposition,
    Refusal,
    Screening,
    Tornado,
    in_two_stages,
    screen,
    share_out,
)
from iopsim.experiments.space import Factors, without_effect
from iopsim.measures.measure import Measure
from iopsim.store.part import Failure

ONE, MORRIS, SOBOL = "one-at-a-time", "morris", "sobol"
METHODS = (ONE, MORRIS, SOBOL)

BOARD = ("days_to_first_session", "completed_of_referred_share", "margin_usd")
"""What is looked at when a planner names no measures: access, outcome and money."""

FIRST = 10
"""Replications of every factor, before those that lead are looked at more closely."""

REPLICATIONS = {ONE: 50, MORRIS: 4, SOBOL: 2}
"""Of each plan, when nothing is said; one at a time of those that lead."""

SAMPLES = {ONE: 0, MORRIS: 20, SOBOL: 256}
"""Trajectories of Morris' design, base samples of Sobol's, when nothing is said."""

TOP = 10
"""Factors that lead, in each measure."""

SCREENING = 10, 2
"""Trajectories and replications of the screening that finds for Sobol' which factors lead."""

Told = Tornado | Screening | Decomposition


@dataclass(frozen=True)
class Study:
    """What is to be analysed, and how.

    Parameters
    ----------
    factors : Factors
        All of them.
    measures : tuple of Measure
    method : str
        One of `METHODS`.
    seed : int
        Of the people and of the design.
    replications : int
        As in `REPLICATIONS`, 2 at least.
    samples : int
        As in `SAMPLES`; 2 at least, a power of 2 for Sobol'.
    top : int
        As `TOP`.
    """

    factors: Factors
    measures: tuple[Measure, ...]
    method: str = ONE
    seed: int = 1
    replications: int = REPLICATIONS[ONE]
    samples: int = SAMPLES[ONE]
    top: int = TOP

    @property
    def first(self) -> int:
        """Replications of every factor, one at a time."""
        return min(FIRST, self.replications)

    @property
    def planned(self) -> int:
        """About how many simulations it takes, at the most."""
        n = len(self.factors.names)
        if self.method == MORRIS:
            return self.samples * (n + 1) * self.replications
        if self.method == SOBOL:
            trajectories, runs = SCREENING
            screening = trajectories * (n + 1) * runs if n > self.top else 0
            return screening + self.samples * (min(n, self.top) + 2) * self.replications
        ends = sum(len(self.factors.ends(at)) for at in range(n))
        leading = min(n, self.top * len(self.measures))
        closer = (1 + math.ceil(ends * leading / max(n, 1))) * (self.replications - self.first)
        return (1 + ends) * self.first + closer

    @property
    def identity(self) -> dict[str, object]:
        """What makes it another study than others; not how many replications or samples."""
        said: dict[str, object] = {
            "factors": list(self.factors.names),
            "levels": {choice.path: list(choice.levels) for choice in self.factors.choices},
            "measures": [measure.name for measure in self.measures],
            "method": self.method,
            "scenario_hash": self.factors.base.scenario.hash,
            "seed": self.seed,
        }
        said = json.loads(json.dumps(said, default=str))
        key = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        return {"name": f"sensitivity, {self.method}", **said, "key": key}


@dataclass(frozen=True)
class Findings:
    """What a study found.

    Parameters
    ----------
    study : Study
    told : Tornado, Screening or Decomposition
    leading : frozenset of str
        Factors that have all replications, one at a time; those that were decomposed, of Sobol'.
    unreached : tuple of str
        Factors that cannot reach the model, as what they belong to is switched off, and were left out.
    simulated : int
        Replications of plans.
    failures : tuple of Failure
        Replications that failed; they count as undefined.
    """

    study: Study
    told: Told
    leading: frozenset[str]
    unreached: tuple[str, ...]
    simulated: int
    failures: tuple[Failure, ...]

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Settings that there cannot be, and why."""
        return self.told.refused


def analyse(study: Study, runner: Runner, watch: Watch = Silent()) -> Findings:  # noqa: B008 - it has no state
    """Run a study.

    Raises
    ------
    IopsimError
        If there is nothing to move, or SALib is needed and not installed.
    """
    if not study.factors.names:
        raise IopsimError("nothing has a range in this scenario; --also PATH takes a number that the plan sets")
    factors, unreached, method = study.factors, tuple[str, ...](), study.method
    if method != ONE:
        _salib()
        unreached = without_effect(factors)
        factors = factors.only(frozenset(factors.names) - frozenset(unreached))
        if not factors.names:
            raise IopsimError("none of the factors can reach the model: what they belong to is switched off")
    base = factors.base.scenario if method == ONE else None
    planned = replace(study, factors=factors).planned
    evaluate = Evaluation(runner, study.seed, study.measures, base, watch, planned)
    leading = frozenset(factors.names)
    told: Told
    if method == ONE:
        stages = study.first, study.replications
        told, leading = in_two_stages(factors, factors.only, evaluate, study.measures, stages, study.top)
    elif method == MORRIS:
        told = screen(factors, evaluate, study.measures, study.samples, study.replications, study.seed)
    else:
        if len(factors.names) > study.top:
            found = screen(factors, evaluate, study.measures, *SCREENING, study.seed)
            leading = frozenset(found.leading(study.top))
            factors = factors.only(leading)
        if leading:
            told = share_out(factors, evaluate, study.measures, study.samples, study.replications, study.seed)
        else:
            told = found.nothing_leads()
    return Findings(study, told, leading, unreached, evaluate.simulated, tuple(evaluate.failures))


def _salib() -> None:
    """Say at once that SALib is missing, and not after a minute."""
    from iopsim.experiments.sampling import morris_design

    morris_design(1, 2, 1)


def rows(findings: Findings) -> Iterator[dict[str, object]]:
    """Return what was found as a table, one row for each measure and factor, or setting of a factor."""
    told = findings.told
    if isinstance(told, Tornado):
        yield from _of_tornado(told)
    elif isinstance(told, Screening):
        for one in (row for found in told.effects for row in found):
            effects = one.effects
            yield {**_of(one.measure), "factor": one.factor, **_fields(effects)}
    else:
        for shared in told.shares:
            found = shared.indices
            for at, factor in enumerate(shared.factors):
                yield {
                    **_of(shared.measure),
                    "factor": factor,
                    "first": float(found.first[at]),
                    "first_half_width": float(found.first_half[at]),
                    "total": float(found.total[at]),
                    "total_half_width": float(found.total_half[at]),
                    "variance": found.variance,
                    "luck": found.luck,
                    "n": found.n,
                    "dropped": found.dropped,
                }


def _of_tornado(told: Tornado) -> Iterator[dict[str, object]]:
    for swings in told.swings:
        for swing in swings:
            for bar in swing.bars:
                yield {
                    **_of(swing.measure),
                    "factor": swing.factor,
                    "setting": bar.setting,
                    "as_it_is": bar.base,
                    "mean": bar.mean,
                    "difference": bar.difference.mean,
                    "low": bar.difference.low if bar.moved else math.nan,
                    "high": bar.difference.high if bar.moved else math.nan,
                    "n": bar.difference.n,
                    "undefined": bar.difference.undefined,
                    "moved": bar.moved,
                    "swing": swing.size,
                    "swing_low": math.nan if swing.moves_nothing else swing.difference.low,
                    "swing_high": math.nan if swing.moves_nothing else swing.difference.high,
                    "swing_from": swing.lowest,
                    "swing_to": swing.highest,
                }


def _fields(effects: object) -> dict[str, object]:
    names = ("mu", "mu_half", "mu_star", "mu_star_half", "least", "least_half", "sigma", "sigma_half", "n", "dropped")
    return {name.replace("_half", "_half_width"): getattr(effects, name) for name in names}


def _of(measure: Measure) -> dict[str, object]:
    return {"measure": measure.name, "label": measure.label, "unit": measure.unit}


def description(findings: Findings) -> dict[str, object]:
    """Return what was done, for a manifest: no time, no place."""
    study = findings.study
    said: dict[str, object] = {
        **study.identity,
        "replications": study.replications,
        "samples": study.samples,
        "top": study.top,
        "simulations": findings.simulated,
        "leading": sorted(findings.leading),
        "unreached": list(findings.unreached),
        "refused": [{"factor": one.factor, "setting": one.setting, "reason": one.reason} for one in findings.refused],
        "failed": [failure.replication for failure in findings.failures],
    }
    if isinstance(findings.told, Tornado):
        said |= {"replications_of_all": study.first, "comparisons": findings.told.comparisons}
    return said

"""Do the 95 % intervals cover what they should, 95 times in 100?

A small clinic is simulated many times over. Consecutive replications form independent experiments, each giving an
interval for every measure; counted is how often the interval holds the truth. In an unlimited program the truth of
`referrals` and of `census_mean` is known in closed form; elsewhere it is the mean of a long run under another seed,
whose own error widens nothing (a fiftieth of an interval's width or less). Money is in cents.

The seeds below were written down before the first run. ``python verification/mean_intervals.py`` prints the table and
writes it to ``verification/mean_intervals.log``.
"""

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import iopsim
from iopsim import rulebook
from iopsim.experiments.executors.processes import cores
from iopsim.experiments.point import Point
from iopsim.experiments.replicate import replicate
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import Facts
from iopsim.rulebook import Rulebook
from iopsim.scenario.model import Scenario
from iopsim.stats.intervals import summarize

HERE = Path(__file__).parent
SEED, TRUTH_SEED = 20270104, 41070202
REPLICATIONS = 30
"""Replications behind each interval."""

SMALL = {
    "weeks": 40,
    "calendar.holidays": "",
    "referrals.self.ramp_weeks": 0,
    "referrals.court.ramp_weeks": 0,
    "referrals.health_care.ramp_weeks": 0,
    "referrals.inpatient.ramp_weeks": 0,
    "phases.intensive.planned_weeks": 6,
    "phases.step_down.planned_weeks": 2,
    "groups.evening.seats": 6,
}
"""A small Palmetto: forty weeks, six seats, eight planned weeks."""

AT_ONCE = {
    "groups.evening.seats": 500,
    "staff.counselor.caseload": "none",
    "assessment.slots_per_day": 500,
    "assessment.show_probability_next_day": 1.0,
    "assessment.client_delay": {"median_days": 0.0, "mean_days": 0.0},
    "placement": {"this_program": 1.0, "higher": 0.0, "lower": 0.0, "declined": 0.0},
    "waitlist.ready_delay": {"median_days": 0.0, "mean_days": 0.0},
    **{
        f"staff.{role}.{away}": 0
        for role in ("counselor", "physician")
        for away in ("turnover_per_year", "sick_days_per_year", "leave_weeks_per_year")
    },
}
"""Everybody referred starts the same day: there is room, and always somebody to assess."""

NOBODY_LEAVES = {
    "absence_rule.consecutive": "none",
    "absence_rule.total": "none",
    "leaving.early_probability": 0.0,
    "leaving.dropout_per_week": 0.0,
    "leaving.transfer_per_week": 0.0,
    "leaving.incarceration_per_week": 0.0,
    "leaving.death_per_week": 0.0,
    "leaving.other_per_week": 0.0,
    "after.return_probability": 0.0,
}
"""Everybody stays the planned weeks, and nobody calls again."""

UNLIMITED = {**SMALL, **AT_ONCE, **NOBODY_LEAVES}
"""The mean census is a sum of mean referrals."""


@dataclass(frozen=True)
class Coverage:
    """How often the interval of a measure held the truth."""

    measure: str
    truth: float
    covered: float
    repeats: int
    """Experiments that tell it."""


def values(facts: Facts, measure: str) -> np.ndarray:
    """Return a measure by replication, NaN where it is undefined."""
    column = [m.name for m in CATALOGUE].index(measure)
    above, below = facts.numerators[:, column].astype(float), facts.denominators[:, column]
    return np.divide(above, below, out=np.full(len(above), math.nan), where=below != 0)


def known_truths(book: Rulebook) -> dict[str, float]:
    """Return the truths known in closed form, where everybody starts at once, stays, and does not call again."""
    daily = book.demand.expected_referrals.sum(axis=0)
    left = book.days - np.arange(book.days)
    census = (daily * np.minimum(left, book.planned_days)).sum() / book.days
    return {"referrals": float(daily.sum()), "census_mean": float(census)}


def coverage(
    scenario: Scenario,
    measures: list[str],
    repeats: int,
    truth_replications: int,
    workers: int = 1,
    unlimited: bool = False,
) -> list[Coverage]:
    """Return how often the 95 % interval from `REPLICATIONS` replications covers each measure's truth.

    Left out are measures that are the same in every replication, or told in none: they have no interval. An
    experiment in which fewer than two replications tell a measure does not count for it.
    """
    book = rulebook.write(scenario)
    facts = replicate(Point(scenario, SEED), repeats * REPLICATIONS, workers)
    truths = known_truths(book) if unlimited else {}
    if set(measures) - set(truths):
        long_run = replicate(Point(scenario, TRUTH_SEED), truth_replications, workers)
        by_replication = {m: values(long_run, m) for m in measures if m not in truths}
        truths |= {m: float(np.nanmean(v)) for m, v in by_replication.items() if len(np.unique(v[~np.isnan(v)])) > 1}
    results = []
    for measure in measures:
        if measure in truths:
            summaries = [summarize(block) for block in np.split(values(facts, measure), repeats)]
            held = [s.low <= truths[measure] <= s.high for s in summaries if s.n > 1]
            results.append(Coverage(measure, truths[measure], float(np.mean(held)), len(held)))
    return results


def main() -> None:
    """Print and keep the table of coverages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=500)
    parser.add_argument("--truth", type=int, default=12_500)
    options = parser.parse_args()
    palmetto = HERE.parent / "scenarios" / "palmetto.toml"
    everything = [m.name for m in CATALOGUE]
    setting = f"95 % intervals from {REPLICATIONS} replications, {options.repeats} repeats, seed {SEED}"
    truth = f"truth from {options.truth} replications, seed {TRUTH_SEED}, or in closed form (*)"
    lines = [f"{setting}; {truth}"]
    start = time.perf_counter()
    for title, changes, measures, unlimited in (
        ("unlimited program", UNLIMITED, ["referrals", "census_mean"], True),
        ("small program", SMALL, everything, False),
    ):
        scenario = iopsim.load(palmetto, changes)
        lines.append(f"{title}:")
        found = coverage(scenario, measures, options.repeats, options.truth, cores(), unlimited)
        for c in found:
            star = "*" if unlimited else " "
            verdict = "" if 0.93 <= c.covered <= 0.97 else "   outside 93-97 %"
            of = "" if c.repeats == options.repeats else f"   of {c.repeats}"
            lines.append(f"  {c.measure:32s} truth {c.truth:12.4f}{star} covered {100 * c.covered:5.1f} %{of}{verdict}")
        if left_out := sorted(set(measures) - {c.measure for c in found}):
            lines += ["  the same in every replication, or told in none:", *(f"    {name}" for name in left_out)]
    print("\n".join(lines))
    (HERE / "mean_intervals.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()

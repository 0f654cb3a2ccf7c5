"""How good is the warm-up that `auto` finds? Its length, how often it refuses a long enough run, and what bias is left.

Two plans that have a steady state: Palmetto without seasons, and an unlimited program whose mean census is known in
closed form. Of each, many experiments of some replications are run once, for four years; a shorter run is their
beginning. The bias is that of the mean census after the warm-up, against the closed form, or against the mean of the
last two years of all experiments.

The seed below was written down before the first run. ``python verification/warmup.py`` prints the table and writes
it to ``verification/warmup.log``.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
from mean_intervals import AT_ONCE, NOBODY_LEAVES

import iopsim
from iopsim.experiments.executors.processes import cores
from iopsim.experiments.result import Result
from iopsim.experiments.warmup import mean
from iopsim.stats.warmup import mser5

HERE = Path(__file__).parent
SEED = 20270104
REPLICATIONS = 40
"""Replications of an experiment."""

WEEKS = 208
LENGTHS = (78, 104, 156, 208)

SOURCES = ("self", "court", "health_care", "inpatient")
PER_WEEK, HAZARD, PLANNED = 1.25, 0.08, 16
FLAT = {"weeks": WEEKS, **{f"referrals.{s}.months.{month}": 1.0 for s in SOURCES for month in ("Jan", "Dec")}}
WITH_EFFECT = ("employed", "stimulant", "mandated_without_moud", "mandated_on_moud")
"""Traits that change the hazard of dropping out."""

UNLIMITED = {
    **FLAT,
    **{f"referrals.{s}.{name}": value for s in SOURCES for name, value in (("ramp_weeks", 0), ("per_week", PER_WEEK))},
    **AT_ONCE,
    **NOBODY_LEAVES,
    "calendar.holidays": "",
    "leaving.dropout_per_week": HAZARD,
    **{f"traits.{name}.dropout_hazard_ratio": 1.0 for name in WITH_EFFECT},
}
"""Everybody referred starts the same day, and leaves by one hazard or after the planned weeks."""

TRUTH = len(SOURCES) * PER_WEEK * sum(math.exp(-HAZARD * week) for week in range(PLANNED))


def experiments(result: Result) -> list[dict[str, np.ndarray]]:
    """Return the mean series of each experiment."""
    found = []
    for first in range(0, result.replications, REPLICATIONS):
        facts = result.facts.rows(first, first + REPLICATIONS)
        part = Result(result.scenario, result.seed, REPLICATIONS, facts)
        found.append({name: mean(part, name) for name in ("census", "waiting", "seats_attended")})
    return found


def line(weeks: int, series: list[dict[str, np.ndarray]], truth: float, ramps: int) -> str:
    """Return the row of a run of so many weeks."""
    cuts = [[mser5(values[:weeks]) for values in one.values()] for one in series]
    settled = [all(cut.settled for cut in row) for row in cuts]
    chosen = [max(ramps, *(cut.observations for cut in row)) for row in cuts]
    kept = [one["census"][cut:weeks].mean() for one, cut in zip(series, chosen, strict=True)]
    p10, p50, p90 = np.quantile(chosen, (0.1, 0.5, 0.9))
    whole = np.mean([one["census"][:weeks].mean() for one in series]) / truth - 1
    return (
        f"  {weeks:3d} weeks: refused {100 * (1 - np.mean(settled)):3.0f} %; warm-up {p50:3.0f} weeks "
        f"({p10:.0f} to {p90:.0f}); bias of the census {100 * (np.mean(kept) / truth - 1):+5.2f} %, "
        f"without a warm-up {100 * whole:+6.2f} %"
    )


def main() -> None:
    """Print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=50)
    options = parser.parse_args()
    start = time.perf_counter()
    lines = [f"{options.experiments} experiments of {REPLICATIONS} replications, seed {SEED}"]
    for title, changes, known, ramps in (
        ("Palmetto without seasons", FLAT, None, 26),
        ("unlimited program", UNLIMITED, TRUTH, 0),
    ):
        scenario = iopsim.load(HERE.parent / "scenarios" / "palmetto.toml", changes)
        result = iopsim.simulate(scenario, options.experiments * REPLICATIONS, SEED, workers=cores())
        series = experiments(result)
        truth = known or float(np.mean([one["census"][WEEKS // 2 :].mean() for one in series]))
        lines += [f"{title}, mean census {truth:.3f}:", *(line(weeks, series, truth, ramps) for weeks in LENGTHS)]
    print("\n".join(lines))
    (HERE / "warmup.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()

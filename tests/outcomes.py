"""Outcomes without a simulation: arms of which the values of some measures are given."""

from pathlib import Path

import numpy as np

import iopsim
from iopsim.experiments.amounts import measure_named
from iopsim.experiments.batch import COLUMN, Batch
from iopsim.experiments.making import plans_of_scenarios
from iopsim.experiments.outcome import Outcome
from iopsim.measures.catalogue import CATALOGUE

PLAIN = Path(__file__).parent / "plain.toml"
SCALE = 10_000


def made(arms, levels=None, name="made", **changes):
    """Return an outcome.

    Parameters
    ----------
    arms : dict
        For each arm, by name, the values of some measures by replication; NaN where it cannot tell.
    levels : dict, optional
        For some arms, the level of each factor.
    name : str
        Of the batch.
    **changes
        Of the plain scenario that all arms are.
    """
    measures = tuple(measure_named(one) for one in next(iter(arms.values())))
    n = len(next(iter(next(iter(arms.values())).values())))
    fractions = np.zeros((len(arms), len(CATALOGUE), n, 2), dtype=np.int64)
    for plan, values in enumerate(arms.values()):
        for measure in measures:
            told = np.asarray(values[measure.name], dtype=float)
            known = ~np.isnan(told)
            cells = fractions[plan, COLUMN[measure.name]]
            cells[known, 0] = np.round(told[known] * SCALE * measure.scale)
            cells[known, 1] = SCALE
    scenario = iopsim.load(PLAIN, changes)
    plans = plans_of_scenarios(dict.fromkeys(arms, scenario))
    for plan in plans:
        object.__setattr__(plan, "levels", (levels or {}).get(plan.name, {}))
    batch = Batch(name, "", plans, measures, replications=n)
    return Outcome(batch, n, lambda plan, column: fractions[plan, column])


def around(mean, n=20, spread=1.0):
    """Values that are not all alike, with exactly this mean."""
    return mean + spread * np.linspace(-1.0, 1.0, n)

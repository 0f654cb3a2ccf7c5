"""Small programs to draw charts of, and results with chosen counts of a measure."""

import dataclasses
from pathlib import Path

import iopsim
from iopsim.measures.catalogue import CATALOGUE

PLAIN = Path(__file__).parent / "plain.toml"
SOURCES = ("self", "court", "health_care", "inpatient")
NOBODY = {f"referrals.{source}.per_week": 0 for source in SOURCES}
ELSEWHERE = {"placement.this_program": 0.0, "placement.higher": 0.8}
FLAT = {f"referrals.{source}.months.{month}": 1.0 for source in SOURCES for month in ("Jan", "Dec")}
"""No seasons, so that there is a mature view."""

COLUMN = {measure.name: column for column, measure in enumerate(CATALOGUE)}


def simulated(replications=3, *, warm_up=None, **changes):
    return iopsim.simulate(iopsim.load(PLAIN, changes), replications, warm_up=warm_up)


def with_counts(result, names, above, below):
    """The result with these counts above and below the line of some measures, of every replication or of each."""
    columns = [COLUMN[name] for name in names]
    numerators, denominators = result.facts.numerators.copy(), result.facts.denominators.copy()
    numerators[:, columns], denominators[:, columns] = above, below
    facts = dataclasses.replace(result.facts, numerators=numerators, denominators=denominators)
    return dataclasses.replace(result, facts=facts)

"""The thinned form of verification/mean_intervals.py: do 95 % intervals of the simulation cover what they should?"""

import math
import sys
from pathlib import Path

import pytest

from iopsim.scenario.load import load

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "verification"))

import mean_intervals as long_form  # noqa: E402 - the folder of long checks is not a package

REPEATS = 60
"""Experiments of 30 replications; the seeds stand in the long form. With 60, coverage of 95 % means 57 +- 1.7."""

LIMIT = 3.6


@pytest.fixture(scope="module")
def covered():
    scenario = load(ROOT / "scenarios" / "palmetto.toml", {**long_form.UNLIMITED, "weeks": 20})
    found = long_form.coverage(scenario, ["referrals", "census_mean"], REPEATS, 0, unlimited=True)
    return {c.measure: c for c in found}


@pytest.mark.parametrize("measure", ["referrals", "census_mean"])
def test_intervals_cover_a_truth_known_in_closed_form(covered, measure):
    z = (covered[measure].covered - 0.95) / math.sqrt(0.95 * 0.05 / REPEATS)
    assert abs(z) < LIMIT

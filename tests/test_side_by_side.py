"""Runs of several folders side by side: paired where they met the same people, and refused where they did not."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import iopsim
from iopsim.charts.arms import arms
from iopsim.charts.differences import differences
from iopsim.errors import IopsimError
from iopsim.experiments.amounts import measure_named
from iopsim.experiments.plan import BOARD
from iopsim.experiments.result import Result
from iopsim.experiments.side_by_side import side_by_side, unique
from iopsim.scenario import resolve

PLAIN = Path(__file__).parent / "plain.toml"
SMALL, LARGE = {"weeks": 26, "name": "Small"}, {"weeks": 26, "name": "Large", "groups.evening.seats": 16}


@dataclass
class Folder:
    """A results folder as it would be read back."""

    changes: dict
    found: Result
    folder: Path
    kind: str = "run"
    manifest: dict = field(default_factory=dict)

    @property
    def told(self):
        return "comparison"

    def plan(self, arm=""):
        return resolve(PLAIN, self.changes)

    def result(self, arm=""):
        return self.found


def run(changes, folder="results/a", replications=6, seed=1, kind="run", **manifest):
    found = iopsim.simulate(iopsim.load(PLAIN, changes), replications, seed)
    said = {"replications": replications, "iopsim": "1", **manifest}
    return Folder(changes, found, Path(folder), kind, said)


@pytest.fixture(scope="module")
def small():
    return run(SMALL)


@pytest.fixture(scope="module")
def large():
    return run(LARGE, "results/b")


def test_runs_of_the_same_luck_are_what_a_comparison_of_their_plans_is(small, large):
    found = side_by_side([small, large])
    plans = {"Small": iopsim.load(PLAIN, SMALL), "Large": iopsim.load(PLAIN, LARGE)}
    compared = iopsim.compare(plans, replications=6, seed=1)
    assert found.arms == compared.arms == ("Small", "Large")
    assert tuple(measure.name for measure in found.batch.measures) == BOARD
    for arm in found.arms:
        for name in BOARD:
            assert np.array_equal(found.values(arm, name), compared.values(arm, name), equal_nan=True)
    gap, same = found.contrast("Large", "census_mean"), compared.contrast("Large", "census_mean")
    assert (gap.mean, gap.low, gap.high, gap.n) == (same.mean, same.low, same.high, same.n)
    assert found.batch.plans[1].resolved().scenario == large.found.scenario


def test_charts_of_plans_are_drawn_of_runs(small, large):
    found = side_by_side([small, large], [measure_named("census_mean")])
    assert len(arms(found).figure.axes) == 1
    assert differences(found).alt


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"seed": 2}, r"seed 1 \(results/a\), 2 \(results/c\)"),
        ({"replications": 4}, r"replications 6 \(results/a\), 4 \(results/c\)"),
        ({"iopsim": "2"}, r"version 1 \(results/a\), 2 \(results/c\)"),
        ({"uncertain": {}}, r"drawn inputs no \(results/a\), yes \(results/c\)"),
    ],
)
def test_runs_that_did_not_meet_the_same_people_are_refused_with_what_differs(small, other, says):
    with pytest.raises(IopsimError, match=f"cannot be paired: {says}.*iopsim compare"):
        side_by_side([small, run(LARGE, "results/c", **other)])


def test_runs_of_other_lengths_are_refused_as_their_totals_say_nothing_beside_each_other(small):
    with pytest.raises(IopsimError, match=r"length of the run 26 weeks \(results/a\), 30 weeks \(results/c\)"):
        side_by_side([small, run({**LARGE, "weeks": 30}, "results/c")])


def test_a_mature_view_does_not_stand_beside_an_opening_view(small, large):
    mature = Folder(large.changes, Result(large.found.scenario, 1, 6, large.found.facts, warm_up=9), large.folder)
    with pytest.raises(IopsimError, match=r"warm-up none \(results/a\), 9 weeks \(results/b\)"):
        side_by_side([small, mature])


def test_runs_with_drawn_inputs_drew_the_same_where_their_plans_are_the_same():
    runs = []
    for changes in (SMALL, LARGE):
        found = iopsim.simulate(resolve(PLAIN, changes), 6, uncertain=True)
        runs.append(Folder(changes, found, Path(changes["name"]), manifest={"uncertain": {}}))
    found = side_by_side(runs)
    plans = {name: resolve(PLAIN, changes) for name, changes in (("Small", SMALL), ("Large", LARGE))}
    compared = iopsim.compare(plans, replications=6, uncertain=True)
    for arm in found.arms:
        assert np.array_equal(found.values(arm, "census_mean"), compared.values(arm, "census_mean"))
    assert all(plan.inputs is not None for plan in found.batch.plans)


def test_failed_replications_leave_no_pairs(small, large):
    failed = [Folder(one.changes, one.found, one.folder, manifest={"replications": 7}) for one in (small, large)]
    with pytest.raises(IopsimError, match="6 of 7 replications"):
        side_by_side(failed)


def test_only_single_runs_stand_side_by_side(small, large):
    with pytest.raises(IopsimError, match="two runs or more"):
        side_by_side([small])
    with pytest.raises(IopsimError, match="results/b: found a comparison"):
        side_by_side([small, Folder(large.changes, large.found, large.folder, "batch")])


@pytest.mark.parametrize(
    ("names", "folders", "arms"),
    [
        (["One", "Two"], ["a", "b"], ["One", "Two"]),
        (["Same", "Same"], ["a", "b"], ["a", "b"]),
        (["Same", "same"], ["a", "A"], ["a", "A 2"]),
        (["Same", "Same", "a"], ["a", "b", "c"], ["a", "b", "a 2"]),
        (["<script>alert(1)</script>", "=cmd()"], ["a", "b"], ["script alert 1 script", "cmd"]),
        (["$", "%"], ["$", "%"], ["run", "run 2"]),
        (["W" * 300, "V"], ["a", "b"], ["W" * 60, "V"]),
        (["Zentrum Süd", "مركز"], ["a", "b"], ["Zentrum Süd", "مركز"]),
    ],
)
def test_arms_have_names_of_their_own(names, folders, arms):
    assert unique(names, folders) == arms


def test_names_of_strangers_are_names_of_arms(small):
    hostile = [
        run({"weeks": 5, "name": name}, f"f/{k}", 2) for k, name in enumerate(['a/../"b"', "= 1 +", "\u202egnp"])
    ]
    found = side_by_side(hostile)
    assert len(set(found.arms)) == 3
    assert found.summary(found.arms[0], "referrals").n == 2

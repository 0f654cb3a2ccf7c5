"""Sizing by a stand-in for the simulation: what is chosen, in which order it is asked, and what is left open."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from iopsim.experiments.arms import Arm, Base
from iopsim.experiments.size import AT_ONCE, size
from iopsim.experiments.size_looks import prefixes
from iopsim.experiments.size_words import meaning, promise, rows, sentences, verdict
from iopsim.experiments.sizing import BATCH, Candidate, Objective, Sizing
from iopsim.experiments.targets import Target
from iopsim.measures.catalogue import CATALOGUE
from iopsim.store.part import Failure

MEASURES = {measure.name: measure for measure in CATALOGUE}
SOON = Target("soon", MEASURES["days_to_first_session"], None, 10.0, False, "expectation", None, 0.5, None)
OFTEN = Target("often", MEASURES["started_share"], None, 0.3, True, "chance", 0.8, 0.05, None)
SIZE = Objective(None, 0.0, {"groups.evening.seats": 1.0})
WITHIN = "both targets to within their tolerances"
COST = Objective(MEASURES["cost_usd"], 1000.0, {})


class Standin:
    """Known means, and the same small luck for all plans: replication r is off by -1, 0 or 1, in turn.

    `chances` are the shares of replications that meet the second target, in every ten.
    """

    def __init__(self, means, *, chances=None, costs=None, failing=()):
        self.means = np.array(means, dtype=float)
        self.chances = np.array(chances if chances is not None else [1.0] * len(means))
        self.costs = np.array(costs if costs is not None else [0.0] * len(means), dtype=float)
        self.failing = set(failing)
        self.asked = []
        self.failures = []

    def __call__(self, places, first, last):
        self.asked += [(place, first, last) for place in places]
        places, luck = np.array(places), np.arange(first, last)
        soon = self.means[places][:, None] + (luck % 3 - 1)
        often = np.where(luck * 7 % 10 < 10 * self.chances[places][:, None] - 1e-9, 1.0, 0.0)
        costs = self.costs[places][:, None] + 300.0 * (luck % 3 - 1)
        values = np.stack([soon, often, np.broadcast_to(costs, soon.shape)], axis=2)
        failed = np.array([[(place, one) in self.failing for one in luck] for place in places.tolist()])
        values[failed] = math.nan
        self.failures += [(int(places[row]), Failure(int(luck[at]), "Oops")) for row, at in np.argwhere(failed)]
        return values, failed


def sizing(sizes, objective=SIZE, targets=(SOON, OFTEN), **more):
    candidates = tuple(
        Candidate(Arm(f"plan_{place}", levels={"groups.evening.seats": str(one)}), float(one))
        for place, one in enumerate(sizes)
    )
    said = {"confidence": 0.95, "seed": 1, "first_stage": 50, "most": 2000} | more
    return Sizing("seats", "seats.toml", "", "?", Base("", ""), (), candidates, targets, objective, **said)


def test_the_smallest_plan_that_meets_all_targets_is_chosen_wherever_it_stands_in_the_file():
    found = size(sizing([14, 10, 12]), Standin([8.0, 12.0, 9.0]))
    assert found.chosen == 2
    assert [one.answer for one in found.standings] == ["feasible", "infeasible", "feasible"]
    assert sentences(found) == [
        f"evening seats 12 meets {WITHIN}, and no smaller plan beats both targets by their tolerances; 95 % confidence."
    ]


def test_a_plan_larger_than_one_that_meets_the_targets_is_not_asked_about():
    sizes = list(range(10, 30))
    standin = Standin([8.0] * 20)
    found = size(sizing(sizes), standin)
    assert found.chosen == 0
    assert {place for place, _, _ in standin.asked} == set(range(AT_ONCE))
    assert verdict(found, AT_ONCE) == "not needed"
    row = rows(found)[-1]
    assert (row["targets"], row["replications"], row["soon_answer"]) == ("not needed", 0, "not needed")


def test_the_answer_does_not_hang_on_plans_larger_than_it():
    found = size(sizing([10, 11, 12]), Standin([8.0, 10.0, 10.0], chances=[1.0, 0.8, 0.8]))
    assert (found.chosen, found.undecided) == (0, ())
    assert verdict(found, 1) == "not needed"


def test_plans_as_small_are_named_and_the_first_of_the_file_is_chosen():
    found = size(sizing([14, 12, 12.000000000000002, 12, 20]), Standin([8.0, 8.0, 8.0, 14.0, 8.0]))
    assert (found.chosen, found.as_small) == (1, (2,))
    assert sentences(found)[1].startswith("Just as small, and found to meet them as well: evening seats 12.0000")


def test_a_plan_that_meets_one_target_only_is_not_chosen():
    found = size(sizing([10, 12]), Standin([8.0, 8.0], chances=[0.5, 0.9]))
    assert found.chosen == 1
    assert [finding.answer for finding in found.standings[0].findings][1] == "infeasible"


def test_where_no_plan_meets_the_targets_the_nearest_is_told_by_how_much_it_misses():
    found = size(sizing([10, 12, 14]), Standin([15.0, 12.0, 11.0], chances=[1.0, 1.0, 0.5]))
    assert (found.chosen, found.feasible, found.undecided, found.nearest) == (None, (), (), 1)
    assert sentences(found) == [
        "No plan of the 3 beats both targets by their tolerances; 95 % confidence.",
        "The nearest is evening seats 12, which misses soon by 1.98 days, as estimated.",
    ]


def test_a_plan_that_just_meets_a_chance_stays_undecided_and_is_never_chosen_silently():
    found = size(sizing([10, 12], most=300), Standin([8.0, 8.0], chances=[0.8, 1.0]))
    assert (found.chosen, found.undecided) == (1, (0,))
    assert found.standings[0].replications == 300
    first, second = sentences(found)
    assert first == "evening seats 12 is the smallest plan found to meet both targets to within their tolerances."
    assert second.startswith("Undecided after 300 replications, and may be no larger: 1 plan, evening seats 10. ")


def test_where_all_is_undecided_nothing_is_chosen():
    found = size(sizing([10, 12], most=300), Standin([8.0, 8.0], chances=[0.8, 0.8]))
    assert (found.chosen, found.feasible, found.undecided) == (None, (), (0, 1))
    assert sentences(found)[0] == "No plan of the 2 was found to meet both targets."


def test_the_cheapest_of_those_that_meet_the_targets_is_chosen_on_fresh_replications():
    standin = Standin([8.0, 8.0, 12.0, 8.0], costs=[9000.0, 5000.0, 100.0, 7000.0])
    found = size(sizing([0] * 4, COST), standin)
    assert found.chosen == 1
    start = found.from_replication
    tested = [last for _, first, last in standin.asked if first < start]
    compared = [(place, first) for place, first, _ in standin.asked if first >= start]
    assert max(tested) == start
    assert {place for place, _ in compared} == {0, 1, 3}
    assert {first for _, first in compared} == {start}
    assert found.standings[1].compared == BATCH * 50
    assert {found.standings[place].dropped.by for place in (0, 3)} <= {1, 3}
    assert found.standings[2].compared == 0
    (said,) = sentences(found)
    assert said == (
        "Of the 3 plans found to meet both targets to within their tolerances, evening seats 0 has the lowest cost, "
        "unless others come within $1,000 of the lowest; 95 % confidence."
    )


def test_each_stage_has_the_root_of_the_confidence():
    """A plan that always meets a chance is decided after the fewest replications that its confidence allows."""
    for objective, confidence in ((SIZE, 0.95), (COST, math.sqrt(0.95))):
        found = size(sizing([0, 0], objective, (OFTEN,)), Alone([8.0, 8.0]))
        needed = math.log(2 / (1 - confidence)) / math.log(0.85 / 0.75)
        assert found.standings[0].findings[0].replications == math.ceil(needed)


class Alone(Standin):
    """The second target only."""

    def __call__(self, places, first, last):
        values, failed = super().__call__(places, first, last)
        return values[:, :, 1:], failed


def test_the_only_plan_that_meets_the_targets_is_compared_with_nothing():
    found = size(sizing([0, 0], COST), Standin([8.0, 12.0]))
    assert (found.chosen, found.standings[0].compared) == (0, 0)
    assert sentences(found) == [
        f"evening seats 0 meets {WITHIN}, and no other plan beats both targets by their tolerances; 95 % confidence."
    ]


class Apart(Standin):
    """Costs that differ from plan to plan by luck of their own, and not on average."""

    def __call__(self, places, first, last):
        values, failed = super().__call__(places, first, last)
        luck = np.arange(first, last) // BATCH
        values[:, :, -1] = [30000.0 * ((luck * 13 + 7 * place) % 11 - 5) for place in places]
        return values, failed


def test_plans_that_cannot_be_told_apart_are_all_named_and_none_is_chosen():
    found = size(sizing([1, 2], COST, most=1000), Apart([8.0, 8.0]))
    assert found.chosen is None and set(found.remaining) == {0, 1}
    means = [found.standings[place].objective.mean for place in found.remaining]
    assert means == sorted(means)
    assert sentences(found)[0].startswith(
        f"2 plans were found to meet {WITHIN}, but 1,000 replications do not tell which of 2 has the lowest cost"
    )


def test_plans_that_cost_the_same_in_every_replication_are_one_choice_the_first():
    found = size(sizing([0, 0], COST), Standin([8.0, 8.0], costs=[5.0, 5.0]))
    assert found.chosen == 0
    assert found.standings[1].dropped.unvaried
    assert rows(found)[1]["dropped_by"] == "plan_0"


def test_a_plan_of_which_a_replication_failed_has_no_mean_and_takes_the_confidence_with_it():
    found = size(sizing([10, 12]), Standin([8.0, 8.0], failing=[(0, 3)]))
    assert (found.chosen, found.failing, found.sure) == (1, (0,), False)
    assert (found.standings[0].answer, found.standings[0].failed) == ("failed", 1)
    assert [failure.replication for _, failure in found.failures] == [3]
    assert rows(found)[0]["targets"] == rows(found)[0]["soon_answer"] == "failed"
    assert sentences(found) == [
        "evening seats 12 is the smallest plan found to meet both targets to within their tolerances.",
        "Cannot be decided, because replications failed, and may be no larger: 1 plan, evening seats 10.",
    ]


def test_failures_of_every_plan_are_named_as_the_reason_and_not_the_plans():
    found = size(sizing([10, 11], targets=(SOON,)), First([8.0, 8.0], failing=[(0, 3), (1, 20)]))
    assert (found.chosen, found.nearest) == (None, None)
    assert sentences(found) == [
        "No plan of the 2 was found to meet the target.",
        "Cannot be decided, because replications failed: 2 plans, evening seats 10; evening seats 11.",
    ]


def test_a_plan_larger_than_the_answer_may_fail():
    found = size(sizing([10, 12]), Standin([8.0, 8.0], failing=[(1, 3)]))
    assert (found.chosen, found.failing) == (0, ())
    assert sentences(found) == [
        "evening seats 10, the smallest plan of the 2, meets both targets to within their tolerances; 95 % confidence."
    ]
    assert verdict(found, 1) == "not needed"


@pytest.mark.parametrize(
    ("chance", "every", "answer"),
    [(1.0, 50, "feasible"), (0.5, 50, "infeasible"), (1.0, 2, "failed"), (0.8, 10, "failed")],
)
def test_a_chance_is_decided_only_if_it_would_be_whatever_the_failed_replications_had_told(chance, every, answer):
    failing = [(0, replication) for replication in range(0, 2000, every)]
    found = size(
        sizing([10, 12], targets=(OFTEN,), most=1000), Alone([8.0, 8.0], chances=[chance, 1.0], failing=failing)
    )
    assert found.standings[0].answer == found.standings[0].findings[0].answer == answer
    assert found.chosen == (0 if answer == "feasible" else 1)
    assert found.sure == (answer != "failed")


def test_a_chance_missed_is_enough_where_a_failure_hides_a_mean():
    found = size(sizing([10, 12]), Standin([8.0, 8.0], chances=[0.2, 1.0], failing=[(0, 3)]))
    assert [one.answer for one in found.standings[0].findings] == ["failed", "infeasible"]
    assert found.standings[0].answer == "infeasible" and found.sure


@pytest.mark.parametrize("replication", [5, 75, 700])
def test_a_plan_that_fails_is_not_compared_by_a_measure(replication):
    """In the tests, in the first look of the comparison, and in a later one; the others are as if it were not there."""
    standin = Apart([8.0, 8.0, 8.0], costs=[0.0] * 3, failing=[(0, replication)])
    found = size(sizing([0, 1, 2], COST, most=1000), standin)
    without = size(sizing([1, 2], COST, most=1000), Apart([8.0, 8.0]))
    assert found.failing == (0,) and set(found.remaining) == {1, 2} and len(without.remaining) == 2
    assert found.standings[0].failed == 1
    assert sentences(found)[-1] == (
        "Cannot be decided, because replications failed, and may be better in cost: 1 plan, evening seats 0."
    )
    asked = [(place, one) for place, first, last in standin.asked for one in range(first, last)]
    assert len(asked) == len(set(asked))


def test_where_all_but_one_fail_in_the_comparison_it_is_left_without_confidence():
    found = size(sizing([0, 1], COST), Standin([8.0, 8.0], costs=[0.0, 9000.0], failing=[(0, 75)]))
    assert (found.chosen, found.standings[0].answer, found.standings[1].dropped) == (1, "failed", None)
    assert sentences(found)[0] == f"evening seats 1 is the only plan found to meet {WITHIN}."


class First(Standin):
    """The first target only; a mean that is the same in every replication, or never told."""

    def __call__(self, places, first, last):
        values, failed = super().__call__(places, first, last)
        told = np.where(np.isnan(values[:, :, :1]), math.nan, self.means[list(places)][:, None, None])
        return np.concatenate([told, values[:, :, 2:]], axis=2), failed


def test_a_mean_on_values_all_alike_is_said_of_every_plan_whose_verdict_rests_on_it():
    found = size(sizing([10, 12, 14], targets=(SOON,)), First([12.0, 8.0, 8.0]))
    assert found.chosen == 1 and found.standings[1].findings[0].replications > 299
    assert sentences(found)[-1] == (
        "soon was the same in every replication looked at, and what is seen in fewer than 1 of 100 may have been "
        "missed: 3 plans, evening seats 10; evening seats 12; evening seats 14."
    )


def test_a_target_that_nothing_tells_is_not_said_to_be_decided_by_more_replications():
    found = size(sizing([10, 12], targets=(SOON,), most=200), First([math.nan, math.nan]))
    assert sentences(found) == [
        "No plan of the 2 was found to meet the target.",
        "Undecided, as none of 200 replications can tell soon: 2 plans, evening seats 10; evening seats 12.",
    ]


def test_the_nearest_may_be_one_that_is_estimated_to_meet_the_targets_and_was_not_found_to():
    found = size(sizing([10, 12], targets=(OFTEN,), most=300), Alone([8.0, 8.0], chances=[0.5, 0.8]))
    assert (found.nearest, found.undecided) == (1, (1,))
    assert "The nearest is evening seats 12, which meets the target, as estimated, but was not found to." in sentences(
        found
    )


def test_one_plan_is_no_smallest():
    assert sentences(size(sizing([10]), Standin([8.0]))) == [
        "evening seats 10 meets both targets to within their tolerances; 95 % confidence."
    ]
    assert sentences(size(sizing([10], targets=(SOON,)), First([12.0])))[0] == (
        "The one plan that there is does not beat the target by its tolerance; 95 % confidence."
    )


def test_replications_are_made_in_fixed_prefixes_of_one_numbering():
    assert prefixes(50, 400) == (50, 60, 70, 80, 100, 120, 150, 180, 220, 270, 330, 400)
    assert prefixes(15, 20) == (20,)
    assert prefixes(55, 58) == (58,)
    standin = Standin([10.2, 9.9, 9.0])
    size(sizing([10, 11, 12], most=400), standin)
    ends = (0, *prefixes(50, 400))
    for place in range(3):
        mine = [(first, last) for one, first, last in standin.asked if one == place]
        assert mine == list(pairwise(ends))[: len(mine)]


@pytest.mark.parametrize("objective", [SIZE, COST])
def test_rows_tell_the_same_of_every_plan(objective):
    told = rows(size(sizing([10, 12, 14], objective), Standin([12.0, 8.0, 8.0], costs=[0.0, 0.0, 5000.0])))
    assert len({tuple(row) for row in told}) == 1
    assert [row["targets"] for row in told][:2] == ["misses", "meets"]
    assert [row["chosen"] for row in told] == [False, True, False]
    assert told[1]["soon_mean"] == pytest.approx(8.0, abs=0.1)
    assert (told[1]["often_mean"], told[1]["often_high"]) == (1.0, 1.0)
    assert 0.8 < told[1]["often_low"] < 1.0


def test_a_target_is_told_with_its_tolerance():
    assert meaning(OFTEN) == "started treatment at least 30 % in 80 of 100 possible futures (give or take 5)"
    one = replace(SOON, bound=1.0, tolerance=1.0)
    assert meaning(one) == "referral to first session at most 1 day on average (give or take 1 day)"
    margin = replace(SOON, measure=MEASURES["margin_usd"], month=12, bound=-20000.0, at_least=True, tolerance=500.0)
    assert meaning(margin) == "margin of month 12 at least -$20,000 on average (give or take $500)"


def test_the_promise_says_what_it_rests_on():
    assert "nearly normal" not in promise(sizing([1], SIZE, (OFTEN,)))
    assert "nearly normal" in promise(sizing([1], SIZE, (SOON,)))
    assert "if it is better than every other by $1,000 or more" in promise(sizing([1], COST, (OFTEN,)))

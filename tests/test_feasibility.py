"""Feasibility: the two tests from their definitions, what cannot tell, and how often they are wrong at the edge."""
# ruff: noqa: TID251 - systems with known means and chances are drawn here

import math

import numpy as np
import pytest
from scipy import stats

from iopsim.stats.feasibility import Chance, Expectation, Feasibility, judge
from iopsim.stats.selection import eta

NAN = math.nan


def normal(seed, n, mean=0.0):
    return np.random.default_rng(seed).normal(mean, 1.0, n)


def naive_mean(values, limit, tolerance, mistaken, first):
    """The procedure of Batur and Kim for a mean that is to be at least a limit, in plain Python."""
    spread = float(np.var(values[:first], ddof=1))
    h2 = 2 * eta(first, mistaken) * (first - 1)
    for r in range(first, len(values) + 1):
        total = math.fsum(value - limit for value in values[:r])
        boundary = max(0.0, h2 * spread / (2 * tolerance) - tolerance * r / 2)
        if total >= boundary:
            return "feasible", r
        if total <= -boundary:
            return "infeasible", r
    return "undecided", len(values)


def naive_chance(hits, probability, tolerance, mistaken):
    """Wald's test, multiplying one likelihood ratio after another."""
    low, high, ratio = probability - tolerance, probability + tolerance, 1.0
    for r, hit in enumerate(hits, start=1):
        ratio *= high / low if hit else (1 - high) / (1 - low)
        if ratio >= 1 / mistaken:
            return "feasible", r
        if ratio <= mistaken:
            return "infeasible", r
    return "undecided", len(hits)


@pytest.mark.parametrize("seed", range(20))
def test_the_test_of_a_mean_is_its_naive_twin(seed):
    values = normal(seed, 1000, mean=(seed - 10) / 50)
    found = judge(values, Expectation(0.0, 0.15), 0.01, first=15)
    assert (found.answer, found.replications) == naive_mean(values.tolist(), 0.0, 0.15, 0.01, 15)
    assert found.estimate == pytest.approx(values[: found.replications].mean())


@pytest.mark.parametrize("seed", range(20))
def test_the_test_of_a_chance_is_its_naive_twin(seed):
    values = np.random.default_rng(seed).uniform(size=500)
    target = Chance(0.1 + seed / 50, 0.8, 0.05)
    found = judge(values, target, 0.02)
    assert (found.answer, found.replications) == naive_chance((values >= target.limit).tolist(), 0.8, 0.05, 0.02)
    assert found.estimate == (values[: found.replications] >= target.limit).mean()


def test_at_most_is_at_least_turned_round():
    values = normal(1, 2000, mean=0.05)
    up, down = Expectation(0.0, 0.1), Expectation(0.0, 0.1, at_least=False)
    for level in (0.3, -0.3):
        there, back = judge(values + level, up, 0.01), judge(-values - level, down, 0.01)
        assert (there.answer, there.replications) == (back.answer, back.replications)
        crossed = judge(values + level, down, 0.01)
        assert {there.answer, crossed.answer} == {"feasible", "infeasible"}
    chance = judge(values, Chance(1.0, 0.7, 0.05, at_least=False), 0.01)
    assert chance.answer == "feasible" and chance.estimate > 0.75


def test_a_value_at_the_limit_meets_it():
    assert judge(np.full(200, 3.0), Chance(3.0, 0.8, 0.1), 0.01).answer == "feasible"
    assert judge(np.full(200, 3.0), Chance(3.0, 0.8, 0.1, at_least=False), 0.01).answer == "feasible"
    assert judge(np.full(500, 3.0), Expectation(3.0, 0.1), 0.01).answer == "feasible"


@pytest.mark.parametrize(("limit", "answer"), [(2.1, "infeasible"), (2.0, "feasible"), (1.9, "feasible")])
def test_a_mean_that_does_not_vary_is_not_believed_before_what_is_seen_in_one_of_100_would_have_been(limit, answer):
    needed = math.ceil(math.log(0.01) / math.log(0.99))
    found = judge(np.full(900, 2.0), Expectation(limit, 0.05), 0.01, first=30)
    assert (found.answer, found.replications, found.unvaried) == (answer, needed, True)
    assert judge(np.full(needed - 1, 2.0), Expectation(limit, 0.05), 0.01, first=30).answer == "undecided"


@pytest.mark.parametrize(
    ("target", "value", "answer", "other"),
    [
        (Expectation(0.1, 0.02, at_least=False, span=(0.0, 1.0)), 0.0, "feasible", 0.12),
        (Expectation(0.0, 0.02, at_least=False, span=(0.0, 1.0)), 0.0, "feasible", 0.02),
        (Expectation(0.1, 0.02, span=(0.0, 1.0)), 0.0, "infeasible", 0.12),
        (Expectation(0.9, 0.02, span=(0.0, 1.0)), 1.0, "feasible", 0.12),
        (Expectation(1.0, 0.5, at_least=False, span=(0.0, math.inf)), 4.0, "infeasible", 3.5 / 4.0),
        (Expectation(1.0, 0.5, span=(0.0, math.inf)), 0.0, "infeasible", 0.01),
    ],
)
def test_a_span_bounds_what_is_rare_could_do_to_a_mean_that_does_not_vary(target, value, answer, other):
    """All alike has a probability of (1 - other)^n, if anything else must be so frequent for the answer to be wrong."""
    needed = max(10, math.ceil(math.log(0.01) / math.log(1.0 - other)))
    found = judge(np.full(1000, value), target, 0.01, first=10)
    assert (found.answer, found.replications) == (answer, needed)


@pytest.mark.parametrize(("every", "stage"), [(60, 300), (400, 2000), (458, 2290), (459, 2295)])
def test_a_first_stage_goes_on_until_five_values_are_unlike_the_most_common_one(every, stage):
    values = np.zeros(40000)
    values[every - 1 :: every] = 1000.0
    found = judge(values, Expectation(5.0, 4.0, at_least=False), 0.01, first=50)
    assert (found.answer, found.replications) == naive_mean((5.0 - values).tolist(), 0.0, 4.0, 0.01, stage)
    assert found.answer != "undecided"


def test_a_first_stage_that_goes_on_ends_after_five_times_what_would_do_if_all_were_alike():
    values = np.zeros(40000)
    values[[70, 9000]] = 1000.0
    found = judge(values, Expectation(5.0, 4.0, at_least=False), 0.01, first=50)
    assert (found.answer, found.replications) == naive_mean((5.0 - values).tolist(), 0.0, 4.0, 0.01, 5 * 459)


def test_a_rare_disaster_is_not_taken_for_none():
    """2 % of replications tell 1,000 in place of 0: a mean of 20, which is to be at most 5; 200 tests at 5 %."""
    rng = np.random.default_rng(11)
    target = Expectation(5.0, 0.5, at_least=False)
    found = [judge(np.where(rng.uniform(size=2000) < 0.02, 1000.0, 0.0), target, 0.05).answer for _ in range(200)]
    assert found.count("feasible") <= 20


def test_replications_that_cannot_tell_are_left_out_of_a_mean_and_counted():
    values = normal(2, 900, mean=0.2)
    gaps = np.full(1800, NAN)
    gaps[1::2] = values
    there, here = judge(gaps, Expectation(0.0, 0.1), 0.01), judge(values, Expectation(0.0, 0.1), 0.01)
    assert there.answer == here.answer == "feasible"
    assert (there.replications, there.undefined) == (2 * here.replications, here.replications)
    assert judge(gaps[:99], Expectation(0.0, 0.1), 0.01, first=50).answer == "undecided"


def test_a_replication_that_cannot_tell_has_not_met_its_limit():
    values = np.full(300, 9.0)
    values[::2] = NAN
    found = judge(values, Chance(1.0, 0.8, 0.1), 0.01)
    hits = np.arange(300) % 2 == 1
    assert (found.answer, found.replications) == naive_chance(hits, 0.8, 0.1, 0.01)
    n = found.replications
    assert (found.answer, found.estimate, found.undefined) == ("infeasible", hits[:n].mean(), n - hits[:n].sum())


def test_nothing_depends_on_how_many_replications_are_told_at_a_time():
    targets = (Expectation(0.0, 0.1), Chance(-1.0, 0.8, 0.04), Expectation(0.2, 0.05, at_least=False))
    for seed in range(6):
        values = np.stack([normal(seed, 1500, 0.1), normal(seed, 1500, 0.1), normal(seed + 9, 1500, 0.1)], axis=1)
        by_step = []
        for step in (1, 60, 1500):
            test = Feasibility(targets, 1, most=1200)
            for begin in range(0, 1500, step):
                test.tell(0, values[begin : begin + step])
            by_step.append(test.verdicts)
        assert by_step[0] == by_step[1] == by_step[2]


def test_one_target_missed_is_enough_and_nobody_looks_further():
    far = np.stack([normal(3, 2000, -5.0), normal(4, 2000)], axis=1)
    test = Feasibility((Expectation(0.0, 0.1), Expectation(0.0, 0.01)), 1)
    verdict = test.tell(0, far)
    assert (verdict.answer, verdict.replications) == ("infeasible", 50)
    assert [one.answer for one in verdict.findings] == ["infeasible", "undecided"]
    assert verdict.findings[1].replications == 50 and test.asking == test.feasible == ()


def test_a_system_is_feasible_when_its_last_target_is():
    values = np.stack([normal(5, 2000, 5.0), normal(6, 2000, 0.2)], axis=1)
    verdict = Feasibility((Expectation(0.0, 0.1), Expectation(0.0, 0.1)), 1).tell(0, values)
    first, second = verdict.findings
    assert verdict.answer == "feasible" and verdict.replications == second.replications > first.replications == 50


def test_a_system_is_undecided_when_there_are_no_more_replications():
    test = Feasibility((Expectation(0.0, 0.001),), 2, most=300)
    assert test.asking == (0, 1)
    assert test.tell(1, normal(7, 200)[:, None]).replications == 200
    assert test.asking == (0, 1)
    verdict = test.tell(1, normal(8, 200)[:, None])
    assert (verdict.answer, verdict.replications) == ("undecided", 300)
    assert test.asking == (0,) and test.verdicts[0].replications == 0


def test_mistakes_are_shared_out_over_systems_and_targets():
    values = np.stack([normal(9, 3000, 0.12)] * 2, axis=1)
    targets = (Expectation(0.0, 0.1), Chance(-1.0, 0.8, 0.03))
    verdict = Feasibility(targets, 5, 0.9).tell(3, values)
    assert verdict.findings == tuple(judge(values[:, j], targets[j], 0.01) for j in range(2))


def test_what_never_tells_is_undecided_in_the_mean_and_a_failure_by_chance():
    nothing = np.full(500, NAN)
    mean, chance = judge(nothing, Expectation(0.0, 0.1), 0.01), judge(nothing, Chance(0.0, 0.5, 0.1), 0.01)
    assert mean.answer == "undecided" and math.isnan(mean.estimate) and not mean.unvaried
    assert chance.answer == "infeasible" and chance.estimate == 0.0 and chance.unvaried


@pytest.mark.parametrize("tolerance", [0.0, -0.1, NAN, math.inf])
def test_a_mean_has_a_tolerance(tolerance):
    with pytest.raises(ValueError, match="above 0"):
        Expectation(1.0, tolerance)


@pytest.mark.parametrize(("probability", "tolerance"), [(0.9, 0.1), (0.1, 0.1), (0.5, 0.0), (1.2, 0.1), (0.5, NAN)])
def test_a_chance_has_room_on_either_side(probability, tolerance):
    with pytest.raises(ValueError, match="either side"):
        Chance(1.0, probability, tolerance)


@pytest.mark.parametrize(
    "arguments",
    [
        {"targets": ()},
        {"systems": 0},
        {"confidence": 1.0},
        {"confidence": 0.5},
        {"first": 1},
        {"first": 60, "most": 50},
    ],
)
def test_parameters_out_of_range_are_refused(arguments):
    with pytest.raises(ValueError, match="feasibility takes"):
        Feasibility(**{"targets": (Expectation(0.0, 1.0),), "systems": 1, **arguments})


def test_a_column_for_each_target_is_asked_for():
    with pytest.raises(ValueError, match="each of 1 targets"):
        Feasibility((Expectation(0.0, 1.0),), 1).tell(0, np.zeros((5, 2)))


def test_a_mean_at_the_edge_of_the_tolerance_is_told_wrong_no_more_often_than_allowed():
    """1,500 tests at 10 %; were it 10 % exactly, a false alarm in 30,000."""
    found = [judge(normal(seed, 3000, -0.2), Expectation(0.0, 0.2), 0.1, first=20).answer for seed in range(1500)]
    assert "undecided" not in found
    assert found.count("feasible") < 150 + 4 * math.sqrt(1500 * 0.09)
    assert found.count("feasible") > 30  # and it is not bought by looking for ever


@pytest.mark.parametrize("edge", [0.75, 0.85])
def test_a_chance_at_the_edge_of_the_tolerance_is_told_wrong_no_more_often_than_allowed(edge):
    """As above; the error of the test from its own walk over the counts, exactly."""
    wrong = exact_error(0.8, 0.05, 0.1, edge, 1500)
    assert 0.05 < wrong <= 0.1
    answers = [
        judge(one, Chance(1 - edge, 0.8, 0.05), 0.1) for one in np.random.default_rng(3).uniform(size=(1500, 1500))
    ]
    told = sum(one.answer == ("feasible" if edge < 0.8 else "infeasible") for one in answers)
    assert stats.binomtest(told, 1500, wrong).pvalue > 1e-4


def exact_error(probability, tolerance, mistaken, edge, most):
    """Probability of the wrong answer within so many replications, from the distribution of successes step by step."""
    up = math.log((probability + tolerance) / (probability - tolerance))
    down = math.log((1 - probability - tolerance) / (1 - probability + tolerance))
    alive, wrong = np.array([1.0]), 0.0
    for n in range(1, most + 1):
        alive = np.append(alive * (1 - edge), 0.0) + np.insert(alive * edge, 0, 0.0)
        ratio = np.arange(n + 1) * up + (n - np.arange(n + 1)) * down
        high, low = ratio >= -math.log(mistaken), ratio <= math.log(mistaken)
        wrong += alive[high if edge < probability else low].sum()
        alive[high | low] = 0.0
    return wrong

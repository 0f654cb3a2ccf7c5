"""When to stop: looks at fixed numbers of replications, what is not believed, and Stein's two stages."""
# ruff: noqa: TID251 - samples to stop on are drawn here

import math

import numpy as np
import pytest
from scipy import stats

from iopsim.stats.intervals import summarize
from iopsim.stats.stopping import FIRST, Target, decide, looks, sequential, two_stage

NAN = math.nan


def normal(seed, n, mean=0.0):
    return np.random.default_rng(seed).normal(mean, 1.0, n)


def source(**pools):
    """Give replications from pools, each once and in order, and remember which were asked for."""
    asked = []

    def more(first, last):
        asked.append((first, last))
        return {name: pool[first:last] for name, pool in pools.items()}

    return more, asked


def test_looks_grow_by_a_half_and_end_at_the_most():
    assert looks(400) == (50, 75, 110, 165, 245, 365, 400)
    assert looks(50) == (50,)
    assert looks(200, 80) == (80, 120, 180, 200)


@pytest.mark.parametrize(("most", "first"), [(200, 49), (60, 70)])
def test_a_first_look_too_soon_or_after_the_last_is_refused(most, first):
    with pytest.raises(ValueError, match="50 replications or more"):
        looks(most, first)
    with pytest.raises(ValueError, match="50 replications or more"):
        two_stage(source(x=normal(1, 99))[0], {"x": Target(1.0)}, most, first)


@pytest.mark.parametrize("half_width", [0.0, -1.0, NAN, math.inf])
def test_a_half_width_is_above_nothing(half_width):
    with pytest.raises(ValueError, match="above 0"):
        Target(half_width)


def test_a_target_is_met_exactly_when_students_half_width_reaches_it():
    values = normal(2, 80)
    half = float(stats.t.ppf(0.975, 79) * values.std(ddof=1) / math.sqrt(80))
    for factor, met in ((1.0 - 1e-9, False), (1.0 + 1e-9, True)):
        found = decide({"x": values}, {"x": Target(half * factor)}).measures["x"]
        assert found.half_width == pytest.approx(half, rel=1e-12) and found.met is met
        assert (found.summary.low, found.summary.high) == pytest.approx((values.mean() - half, values.mean() + half))


def test_a_relative_target_asks_for_less_than_the_percentage_of_the_mean_that_is_seen():
    assert Target(10.0, relative=True).goal(-22.0) == pytest.approx(2.0)  # 0.1 / 1.1 of 22
    assert Target(10.0).goal(-22.0) == 10.0


def test_a_measure_that_too_few_replications_tell_is_not_met():
    values = np.concatenate([normal(3, FIRST - 1), [NAN] * 51])
    found = decide({"x": values}, {"x": Target(9.0)})
    assert not found.met and (found.measures["x"].summary.n, found.measures["x"].summary.undefined) == (49, 51)
    assert found.needed == 103  # 50 that tell, of which 49 in 100 do
    assert decide({"x": np.append(values, 0.0)}, {"x": Target(9.0)}).met


@pytest.mark.parametrize("values", [[], [NAN] * 60, [1.0, *[NAN] * 60]])
def test_what_nothing_or_one_replication_tells_is_never_met(values):
    found = decide({"x": np.array(values)}, {"x": Target(9.0)}).measures["x"]
    assert not found.met


def test_every_target_must_be_met_and_a_measure_without_one_does_not_matter():
    values = {"narrow": normal(4, 60), "wide": 50 * normal(5, 60), "free": 900 * normal(6, 60)}
    targets = {"narrow": Target(1.0), "wide": Target(1.0)}
    found = decide(values, targets)
    assert (found.measures["narrow"].met, found.measures["wide"].met, found.met) == (True, False, False)
    assert found.needed == found.measures["wide"].needed > 60
    assert decide(values, {"narrow": Target(1.0)}).met


def test_measures_without_values_or_with_fewer_are_refused():
    with pytest.raises(ValueError, match="no values of y"):
        decide({"x": normal(1, 60)}, {"x": Target(1.0), "y": Target(1.0)})
    with pytest.raises(ValueError, match=r"\[50, 60\]"):
        decide({"x": normal(1, 60), "y": normal(1, 50)}, {"x": Target(1.0), "y": Target(1.0)})


def test_a_share_that_has_not_varied_is_as_uncertain_as_what_was_not_seen():
    found = decide({"x": np.zeros(60)}, {"x": Target(0.04, span=(0.0, 1.0))})
    one = found.measures["x"]
    assert one.half_width == pytest.approx(1 - 0.05 ** (1 / 60)) and not found.met
    assert found.unvaried == ("x",)
    assert (one.summary.low, one.summary.mean, one.summary.high) == (0.0, 0.0, one.half_width)
    assert one.needed == 74  # 0.05^(1/73) < 0.96 <= 0.05^(1/74)
    assert decide({"x": np.zeros(74)}, {"x": Target(0.04, span=(0.0, 1.0))}).met
    assert not decide({"x": np.zeros(73)}, {"x": Target(0.04, span=(0.0, 1.0))}).met


def test_a_measure_without_bounds_that_has_not_varied_waits_for_what_comes_once_in_a_hundred_replications():
    target = {"x": Target(5.0)}
    assert decide({"x": np.full(60, 3.0)}, target).needed == 299  # 0.99^299 < 0.05 < 0.99^298
    assert not decide({"x": np.full(298, 3.0)}, target).met
    found = decide({"x": np.full(299, 3.0)}, target)
    assert found.met and found.unvaried == ("x",) and found.measures["x"].half_width == 0.0


def test_a_percentage_of_nothing_cannot_be_reached():
    found = decide({"x": np.zeros(60)}, {"x": Target(5.0, relative=True, span=(0.0, 1.0))})
    assert not found.met and found.needed is None


def test_the_recommendation_is_the_smallest_number_that_reaches_the_goal():
    values = normal(7, 60)
    goal = 0.1
    found = decide({"x": values}, {"x": Target(goal)}).needed

    def half(n):
        return stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / math.sqrt(n)

    assert half(found) <= goal < half(found - 1)


def test_a_recommendation_counts_the_replications_that_will_not_tell():
    values = normal(8, 60)
    whole = decide({"x": values}, {"x": Target(0.1)}).needed
    half = decide({"x": np.concatenate([values, np.full(60, NAN)])}, {"x": Target(0.1)}).needed
    assert half == 2 * whole


def test_replications_are_asked_for_once_in_order_until_the_first_look_that_is_good_enough():
    pool = normal(9, 1000)
    more, asked = source(x=pool)
    found = sequential(more, {"x": Target(0.15)}, 1000)
    assert asked == [(0, 50), (50, 75), (75, 110), (110, 165), (165, 245)][: len(asked)]
    assert [one.replications for one in found] == [last for _, last in asked]
    for n in looks(1000):
        met = stats.t.ppf(0.975, n - 1) * pool[:n].std(ddof=1) / math.sqrt(n) <= 0.15
        assert met == (n == found[-1].replications)
        if met:
            break
    assert found[-1].measures["x"].summary.mean == pool[: found[-1].replications].mean()


def test_when_replications_run_out_the_last_look_says_that_the_target_is_not_met():
    found = sequential(source(x=normal(10, 200))[0], {"x": Target(0.01)}, 200)
    assert found[-1].replications == 200 and not found[-1].met and found[-1].needed > 10_000


def test_a_rare_event_not_seen_at_the_first_look_does_not_stop_it():
    pool = np.zeros(1000)
    pool[60] = 1.0
    found = sequential(source(x=pool)[0], {"x": Target(0.02, span=(0.0, 1.0))}, 1000)
    assert not found[0].met and found[0].unvaried == ("x",)
    assert found[-1].met and not found[-1].unvaried


def test_steins_second_stage_is_as_large_as_the_variance_of_the_first_asks_for():
    pool = normal(11, 5000)
    more, asked = source(x=pool)
    begun, found = two_stage(more, {"x": Target(0.1)}, 5000)
    quantile, spread = stats.t.ppf(0.975, 49), pool[:50].std(ddof=1)
    n = math.ceil((quantile * spread / 0.1) ** 2)
    assert asked == [(0, 50), (50, n)] and found.replications == n and begun.needed == n
    one = found.measures["x"]
    assert one.met and one.half_width == pytest.approx(quantile * spread / math.sqrt(n))
    assert one.summary.mean == pytest.approx(pool[:n].mean())
    assert one.summary.high - one.summary.low == pytest.approx(2 * one.half_width)


def test_the_most_demanding_target_decides_the_second_stage():
    pools = {"x": normal(12, 3000), "y": 3 * normal(13, 3000)}
    alone = two_stage(source(**pools)[0], {"y": Target(0.3)}, 3000)[1].replications
    assert two_stage(source(**pools)[0], {"x": Target(0.3), "y": Target(0.3)}, 3000)[1].replications == alone


def test_a_first_stage_that_is_enough_is_all():
    more, asked = source(x=normal(14, 500))
    begun, found = two_stage(more, {"x": Target(9.0)}, 500)
    assert begun is found and found.met and asked == [(0, 50)]


def test_a_second_stage_beyond_the_most_is_cut_and_not_met():
    begun, found = two_stage(source(x=normal(15, 500))[0], {"x": Target(0.01)}, 500)
    assert found.replications == 500 and not found.met and begun.needed > 500


def test_two_stages_toward_a_percentage_are_refused():
    with pytest.raises(ValueError, match="not in percent: x"):
        two_stage(source(x=normal(16, 500))[0], {"x": Target(5.0, relative=True)}, 500)


def test_a_first_stage_without_spread_makes_no_interval_of_no_width():
    pool = np.zeros(400)
    pool[100:120] = 40.0
    begun, found = two_stage(source(x=pool)[0], {"x": Target(0.5)}, 400)
    assert begun.unvaried == ("x",) and begun.needed == found.replications == 299
    theirs = summarize(pool[:299])
    assert not found.met and found.measures["x"].half_width == pytest.approx(theirs.high - theirs.mean)


def test_two_stages_cover_a_normal_mean_as_often_as_they_say():
    """1,000 experiments; the limit gives a false alarm in 100,000."""
    held = 0
    for seed in range(1000):
        one = two_stage(source(x=normal(seed, 1500))[0], {"x": Target(0.15)}, 1500)[1].measures["x"].summary
        held += one.low <= 0.0 <= one.high
    assert abs(held - 950) < 4.5 * math.sqrt(1000 * 0.95 * 0.05)

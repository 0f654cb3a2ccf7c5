"""Paired differences against scipy and the definition, and what becomes of pairs that do not vary or cannot tell."""
# ruff: noqa: TID251 - samples to compare are drawn here

import math

import numpy as np
import pytest
from scipy import stats

from iopsim.stats.contrast import contrast, each
from iopsim.stats.intervals import summarize

NAN = math.nan


def pairs(seed, n, correlation, gap=0.0):
    shared, own = np.random.default_rng(seed).normal(size=(2, n))
    return shared, gap + correlation * shared + math.sqrt(1 - correlation**2) * own


def test_a_contrast_is_the_paired_t_interval_and_the_spread_of_the_differences():
    a, b = pairs(1, 40, 0.8, gap=2.0)
    found = contrast(a, b, 0.9)
    theirs = stats.ttest_rel(b, a).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), rel=1e-12)
    assert found.mean == pytest.approx(b.mean() - a.mean(), rel=1e-12)
    assert (found.p10, found.p90) == tuple(np.quantile(b - a, (0.1, 0.9)))
    assert found.skewness == summarize(b - a).skewness
    assert found.told_apart is True


def test_the_narrowing_is_the_width_of_independent_samples_over_that_of_the_pairs():
    a, b = pairs(2, 500, 0.9)
    found = contrast(a, b)
    independent = math.sqrt(a.var(ddof=1) + b.var(ddof=1)) * stats.t.ppf(0.975, 499) / math.sqrt(500)
    assert found.narrowing == pytest.approx(2 * independent / (found.high - found.low), rel=1e-12)
    assert found.correlation == pytest.approx(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize("correlation", [-0.5, 0.5])
def test_luck_that_pulls_both_ways_widens_the_interval(correlation):
    assert (contrast(*pairs(3, 500, correlation)).narrowing > 1.0) == (correlation > 0.0)


def test_a_plan_differs_from_itself_by_nothing_and_that_is_known_exactly():
    a, _ = pairs(4, 20, 0.0)
    found = contrast(a, a)
    assert (found.mean, found.low, found.high, found.p10, found.p90) == (0.0,) * 5
    assert found.same_in_every_pair and found.told_apart is False and not found.made_by_few
    assert found.narrowing == math.inf and found.correlation == pytest.approx(1.0)


def test_a_shift_that_rounding_blurs_is_the_same_in_every_pair():
    a = np.arange(1.0, 60.0) / 7
    found = contrast(a, a + 0.1)
    assert len(set(((a + 0.1) - a).tolist())) > 1
    assert found.low == found.mean == found.high == pytest.approx(0.1, rel=1e-12)
    assert found.same_in_every_pair and found.told_apart is True and found.skewness == 0.0


def test_rounding_alone_tells_no_plans_apart():
    found = contrast(np.full(9, 0.3), np.full(9, 0.1 + 0.2))
    assert (found.mean, found.told_apart) == (0.0, False)


def test_two_constants_differ_exactly_and_nothing_was_there_to_narrow():
    found = contrast(np.full(5, 2.0), np.full(5, 5.0))
    assert (found.low, found.mean, found.high) == (3.0, 3.0, 3.0)
    assert math.isnan(found.narrowing) and math.isnan(found.correlation)


def test_a_constant_beside_what_varies_narrows_nothing():
    a, _ = pairs(5, 30, 0.0)
    found = contrast(a, np.zeros(30))
    assert found.narrowing == pytest.approx(1.0) and math.isnan(found.correlation)


def test_pairs_that_cannot_tell_are_counted_by_whose_fault_it_is():
    a = np.array([1.0, NAN, NAN, 2.0, 3.0])
    b = np.array([2.0, 1.0, NAN, NAN, 6.0])
    found = contrast(a, b)
    assert (found.n, found.undefined, found.undefined_a, found.undefined_b) == (2, 3, 2, 2)
    assert found.mean == 2.0  # of 1 and 3


@pytest.mark.parametrize(("a", "b"), [([1.0], [2.0]), ([NAN, 1.0], [1.0, NAN]), ([], [])])
def test_fewer_than_two_pairs_have_no_interval(a, b):
    found = contrast(np.array(a, dtype=float), np.array(b, dtype=float))
    assert found.told_apart is None and not found.same_in_every_pair and math.isnan(found.narrowing)


def test_the_difference_of_two_shares_lies_between_minus_one_and_one():
    a, b = np.array([0.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.0])
    assert contrast(a, b).high > 1.0
    found = contrast(a, b, span=(0.0, 1.0))
    assert (found.low, found.high) == (-1.0, 1.0)


def test_turning_the_pair_round_turns_the_sign():
    a, b = pairs(6, 25, 0.4, gap=1.0)
    there, back = contrast(a, b), contrast(b, a)
    assert (there.mean, there.low, there.high) == (-back.mean, -back.high, -back.low)
    assert there.narrowing == pytest.approx(back.narrowing, rel=1e-12)


def test_pairs_of_unequal_number_are_refused():
    with pytest.raises(ValueError, match="3 and 2"):
        contrast(np.zeros(3), np.zeros(2))


def test_the_confidence_of_each_shares_out_the_mistakes():
    assert each(0.95, 1) == pytest.approx(0.95)
    assert each(0.95, 50) == pytest.approx(0.999)
    with pytest.raises(ValueError, match="interval or more"):
        each(0.95, 0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        each(1.0, 3)


def test_intervals_hold_together_as_often_as_they_say():
    """2,000 times 10 correlated intervals at 90 % together; the rate of false alarms is below 1 in 10,000."""
    m, times = 10, 2000
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(times):
        a, b = rng.normal(size=12), rng.normal(size=(m, 12))
        held += all((c := contrast(a, one, each(0.9, m))).low <= 0.0 <= c.high for one in b)
    assert held > 0.9 * times - 4 * math.sqrt(times * 0.09)

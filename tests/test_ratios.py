"""Ratios of totals and means of ratios: by hand, against a naive jackknife, and how often they cover."""
# ruff: noqa: TID251 - fractions with a known ratio are drawn here

import math

import numpy as np
import pytest
from scipy import stats

from iopsim.stats.contrast import contrast
from iopsim.stats.intervals import ratio, summarize
from iopsim.stats.ratios import contrast_of_totals, estimator_of, mean_of_ratios, ratio_of_totals

ABOVE = np.array([1, 3, 0, 10])
BELOW = np.array([2, 4, 0, 40])


def drawn(seed, n):
    """Six below the line on average, each above it with probability 0.5, which is the ratio."""
    rng = np.random.default_rng(seed)
    below = rng.poisson(6, n)
    return rng.binomial(below, 0.5), below


def naive(above, below, confidence):
    """The jackknife in plain Python, leaving out one at a time."""
    n = len(above)
    whole = sum(above) / sum(below)
    values = []
    for left_out in range(n):
        kept = [k for k in range(n) if k != left_out]
        values.append(n * whole - (n - 1) * sum(above[k] for k in kept) / sum(below[k] for k in kept))
    return values, stats.t.interval(confidence, n - 1, np.mean(values), stats.sem(values))


def test_the_two_ratios_by_hand():
    mean, totals = mean_of_ratios(ABOVE, BELOW), ratio_of_totals(ABOVE, BELOW)
    assert (mean.mean, mean.estimator) == (0.5, "mean of ratios")  # of 1/2, 3/4 and 1/4
    assert (totals.mean, totals.estimator) == (14 / 46, "ratio of totals")
    for found in (mean, totals):
        assert (found.n, found.undefined) == (3, 1)
        assert (found.p10, found.p90) == pytest.approx((0.3, 0.7))


def test_the_mean_of_ratios_is_what_summarize_makes_of_the_values():
    found, theirs = mean_of_ratios(ABOVE, BELOW, 0.8), summarize(ratio(ABOVE, BELOW), 0.8)
    assert (found.low, found.high, found.skewness) == (theirs.low, theirs.high, theirs.skewness)


def test_the_interval_of_a_ratio_of_totals_is_the_naive_jackknifes():
    above, below = drawn(1, 25)
    values, (low, high) = naive(above.tolist(), below.tolist(), 0.9)
    found = ratio_of_totals(above, below, 0.9)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)
    assert found.skewness == pytest.approx(stats.skew(values), rel=1e-6)


def test_what_stands_over_nothing_adds_nothing_to_either_total():
    found = ratio_of_totals(np.array([1, 3, 5]), np.array([2, 4, 0]))
    assert found.mean == 4 / 6
    assert found == ratio_of_totals(np.array([1, 3, 0]), np.array([2, 4, 0]))


def test_equal_denominators_make_both_the_mean():
    above, below = np.array([1.0, 2.0, 6.0]), np.array([4, 4, 4])
    mean, totals = mean_of_ratios(above, below), ratio_of_totals(above, below)
    assert mean.estimator == "mean" and mean.mean == totals.mean == 0.75
    assert (totals.low, totals.high) == pytest.approx((mean.low, mean.high), rel=1e-12)


def test_an_estimator_is_a_mean_of_ratios_as_soon_as_one_denominator_differs_in_either_plan():
    alike, other = np.array([7, 0, 7]), np.array([7, 7, 8])
    assert estimator_of(alike) == estimator_of(alike, alike) == estimator_of(np.zeros(2)) == "mean"
    assert estimator_of(alike, other) == "mean of ratios"


@pytest.mark.parametrize("below", [[0, 0], [5, 0], [3]])
def test_a_ratio_that_hangs_on_one_replication_has_no_interval(below):
    found = ratio_of_totals(np.ones(len(below)), np.array(below))
    assert math.isnan(found.low) and math.isnan(found.high)
    assert math.isnan(found.mean) == (sum(below) == 0)


def test_the_interval_of_a_share_ends_where_a_share_does():
    above, below = np.array([0, 1, 0, 1]), np.array([1, 1, 1, 1])
    assert ratio_of_totals(above, below).high > 1.0
    assert ratio_of_totals(above, below, span=(0.0, 1.0)).high == 1.0


def test_the_contrast_of_totals_leaves_out_a_pair_at_a_time():
    a, b = drawn(2, 30), drawn(3, 30)
    (mine, _), (theirs, _) = (naive(one[0].tolist(), one[1].tolist(), 0.95) for one in (a, b))
    gaps = np.array(theirs) - np.array(mine)
    low, high = stats.t.interval(0.95, 29, gaps.mean(), stats.sem(gaps))
    found = contrast_of_totals(a, b)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)
    assert found.mean == pytest.approx(b[0].sum() / b[1].sum() - a[0].sum() / a[1].sum())
    assert found.estimator == "ratio of totals"
    own = contrast(ratio(*a), ratio(*b))
    assert (found.p10, found.p90, found.n, found.undefined) == (own.p10, own.p90, own.n, own.undefined)


def test_a_plan_has_the_ratio_that_it_has():
    found = contrast_of_totals(drawn(4, 30), drawn(4, 30))
    assert (found.mean, found.low, found.high) == (0.0, 0.0, 0.0) and found.told_apart is False


def test_a_pair_without_a_denominator_in_one_plan_still_counts_for_the_other():
    a = (np.array([1, 2, 0]), np.array([2, 2, 0]))
    b = (np.array([1, 2, 3]), np.array([4, 4, 4]))
    found = contrast_of_totals(a, b)
    assert found.mean == 6 / 12 - 3 / 4
    assert (found.n, found.undefined, found.undefined_a, found.undefined_b) == (2, 1, 1, 0)


def test_the_two_ratios_of_totals_need_as_many_replications():
    with pytest.raises(ValueError, match="4 and 3"):
        contrast_of_totals((ABOVE, BELOW), (ABOVE[:3], BELOW[:3]))


def test_jackknife_intervals_cover_a_known_ratio_95_times_in_100():
    """2,000 samples of 40 fractions, 1 in 400 of them over 0; the limit gives a false alarm in 100,000."""
    below = np.random.default_rng(5).poisson(6, (2000, 40))
    above = np.random.default_rng(6).binomial(below, 0.5)
    held = sum((f := ratio_of_totals(*one)).low <= 0.5 <= f.high for one in zip(above, below, strict=True))
    assert abs(held - 0.95 * 2000) < 4.5 * math.sqrt(2000 * 0.95 * 0.05)

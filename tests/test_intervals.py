"""Intervals and bands against scipy, numpy and the definition."""
# ruff: noqa: TID251 - samples to summarize are drawn here

import math

import numpy as np
import pytest
from scipy import stats

from iopsim.stats.intervals import band, proportion, summarize, unseen


def test_a_summary_is_students_t_interval_and_the_quantiles():
    values = np.random.default_rng(5).lognormal(size=40)
    summary = summarize(values)
    low, high = stats.t.interval(0.95, 39, values.mean(), stats.sem(values))
    assert (summary.mean, summary.low, summary.high) == pytest.approx((values.mean(), low, high), rel=1e-12)
    assert (summary.p10, summary.p90) == tuple(np.quantile(values, (0.1, 0.9)))
    assert (summary.n, summary.undefined) == (40, 0)


def test_replications_that_cannot_tell_are_counted_and_left_out():
    summary = summarize(np.array([1.0, math.nan, 3.0, math.nan]))
    assert (summary.mean, summary.n, summary.undefined) == (2.0, 2, 2)


def test_one_replication_has_a_mean_and_no_interval():
    summary = summarize(np.array([7.0]))
    assert summary.mean == 7.0 and math.isnan(summary.low) and math.isnan(summary.high)


def test_nothing_known_is_nothing_said():
    summary = summarize(np.array([math.nan, math.nan]))
    assert math.isnan(summary.mean) and (summary.n, summary.undefined) == (0, 2)


def test_a_constant_has_an_interval_of_no_width():
    summary = summarize(np.full(10, 3.0))
    assert (summary.low, summary.mean, summary.high) == (3.0, 3.0, 3.0)


def test_an_interval_ends_where_a_share_ends():
    shares = np.array([0.0, 0.0, 0.0, 1.0])
    whole = summarize(shares)
    assert whole.low < 0.0 and whole.high > 1.0
    part = summarize(shares, span=(0.0, 1.0))
    assert (part.low, part.mean, part.high) == (0.0, whole.mean, 1.0)
    assert math.isnan(summarize(np.array([0.5]), span=(0.0, 1.0)).low)


@pytest.mark.parametrize("times", [0, 1, 7, 29, 30])
def test_a_proportion_has_the_exact_interval(times):
    found = proportion(np.arange(30) < times)
    exact = stats.binomtest(times, 30).proportion_ci(0.95, method="exact")
    assert (found.mean, found.low, found.high) == pytest.approx((times / 30, exact.low, exact.high), rel=1e-9)


def test_a_band_ignores_what_is_unknown_and_says_where_nothing_is_known():
    nan = math.nan
    mean, low, high = band(np.array([[1.0, nan, nan], [3.0, 5.0, nan]]))
    assert mean[:2].tolist() == [2.0, 5.0] and math.isnan(mean[2])
    assert (low[0], high[0]) == pytest.approx((1.2, 2.8)) and (low[1], high[1]) == (5.0, 5.0)
    assert math.isnan(low[2]) and math.isnan(high[2])


def test_intervals_of_normal_samples_cover_their_mean_95_times_in_100():
    samples = np.random.default_rng(6).normal(size=(4000, 12))
    covered = sum(s.low <= 0.0 <= s.high for s in map(summarize, samples))
    assert abs(covered - 0.95 * 4000) < 4.5 * math.sqrt(4000 * 0.95 * 0.05)


def test_a_mean_is_made_by_few_below_twenty_five_times_the_squared_skewness() -> None:
    rare = np.zeros(100)
    rare[0] = 1.0
    found = summarize(rare)
    p = 0.01
    assert found.skewness == pytest.approx((1 - 2 * p) / np.sqrt(p * (1 - p)))  # of a Bernoulli variable
    assert found.made_by_few
    assert not summarize(np.tile([0.0, 1.0], 50)).made_by_few
    assert not summarize(np.ones(5)).made_by_few
    assert not summarize(np.array([np.nan, 3.0])).made_by_few


def test_the_mark_comes_off_with_replications_enough() -> None:
    one_in_ten = np.array([1.0] + [0.0] * 9)  # skewness 8 / 3, so 178 replications are enough
    assert summarize(np.tile(one_in_ten, 17)).made_by_few
    assert not summarize(np.tile(one_in_ten, 18)).made_by_few


def test_a_few_replications_are_no_evidence_of_skewness() -> None:
    assert not summarize(np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])).made_by_few


@pytest.mark.parametrize(("n", "confidence"), [(1, 0.95), (30, 0.95), (200, 0.9)])
def test_what_none_of_n_replications_has_is_rarer_than_what_they_would_most_likely_have(n, confidence) -> None:
    assert (1 - unseen(n, confidence)) ** n == pytest.approx(1 - confidence)
    assert unseen(200) == pytest.approx(3 / 200, rel=0.01)

"""MSER-5 and Welch's moving average: naive twins, laws, and series whose truth is known, over many seeds."""

# ruff: noqa: TID251 - series with a known truth need a generator of their own; the clinic has no part in them

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.stats.warmup import BATCH, mser5, welch

SEEDS = 1000
"""Seeds 0 to 999, fixed first. Limits are 4 standard errors from the truth, or from a rate that was measured with seeds
10,000 to 29,999: about one false alarm in 10,000 for each."""

numbers = st.floats(-1e3, 1e3, allow_nan=False, width=32)
series = st.lists(numbers, min_size=50, max_size=140).map(lambda values: np.array(values, dtype=np.float64))


def naive_mser5(values):
    """The cut and its statistic, from the definition, in plain Python."""
    batches = [math.fsum(values[k : k + 5]) / 5 for k in range(0, len(values) // 5 * 5, 5)]
    found = []
    for cut in range(len(batches) // 2 + 1):
        kept = batches[cut:]
        mean = math.fsum(kept) / len(kept)
        found.append(math.fsum((z - mean) ** 2 for z in kept) / len(kept) ** 2)
    return found


def naive_welch(values, window):
    smooth = []
    for i in range(1, len(values) - window + 1):
        reach = window if i > window else i - 1
        around = [values[i - 1 + s] for s in range(-reach, reach + 1)]
        smooth.append(math.fsum(around) / (2 * reach + 1))
    return smooth


def ar1(seed, n, phi):
    """A steady autoregressive series of mean 0: x[k] = phi x[k - 1] + noise."""
    noise = np.random.default_rng(seed).standard_normal(n)
    noise[0] /= math.sqrt(1 - phi**2)
    for k in range(1, n):
        noise[k] += phi * noise[k - 1]
    return noise


@settings(deadline=None)
@given(series)
def test_mser_5_is_its_naive_twin(values):
    ours, theirs = mser5(values), naive_mser5(values.tolist())
    assert np.allclose(ours.statistics, theirs, rtol=1e-9, atol=1e-12 * max(1.0, float(np.square(values).max())))
    best = ours.observations // BATCH
    assert theirs[best] <= min(theirs) * (1 + 1e-9) + 1e-6
    assert ours.settled == (best < len(values) // BATCH // 2)


@settings(deadline=None)
@given(series, st.data())
def test_welch_is_its_naive_twin(values, data):
    window = data.draw(st.integers(0, len(values) // 4))
    assert np.allclose(welch(values, window), naive_welch(values.tolist(), window), rtol=1e-9, atol=1e-9)


@given(series, st.integers(-8, 8), st.integers(-1000, 1000))
def test_the_cut_is_the_same_in_any_unit_and_from_any_zero(values, power, zero):
    whole = np.round(values)
    assert mser5(whole * 5 * 2.0**power).observations == mser5(whole * 5).observations
    assert mser5(5 * (whole + zero)).observations == mser5(5 * whole).observations


@given(series)
def test_what_does_not_fill_a_batch_is_left_out(values):
    whole = values[: len(values) // BATCH * BATCH]
    assert mser5(values).statistics.tolist() == mser5(whole).statistics.tolist()


@pytest.mark.parametrize("level", [0.0, 0.1, 12 / 7, 1e9 / 3])
def test_nothing_is_cut_from_a_series_that_never_changes(level):
    truncation = mser5(np.full(104, level))
    assert (truncation.observations, truncation.settled) == (0, True)


def test_a_step_is_cut_off_where_it_ends():
    assert mser5(np.where(np.arange(100) < 30, 0.0, 8.0)).observations == 30
    assert mser5(np.where(np.arange(100) < 31, 0.0, 8.0)).observations == 35


def test_a_trend_is_not_settled():
    assert not mser5(np.arange(100.0)).settled


def test_a_step_in_the_second_half_goes_unseen_so_a_plan_that_has_one_must_be_refused_for_it():
    assert mser5(np.where(np.arange(100) < 60, 0.0, 8.0)).observations == 0


@pytest.mark.parametrize("values", [np.zeros(49), np.array([*range(60), np.nan]), np.array([*range(60), np.inf])])
def test_too_few_observations_or_none_at_all_are_refused(values):
    with pytest.raises(ValueError, match="50 finite observations"):
        mser5(values)


@pytest.mark.parametrize("window", [-1, 6])
def test_a_window_wider_than_a_quarter_of_the_series_is_refused(window):
    with pytest.raises(ValueError, match="between 0 and 5"):
        welch(np.zeros(20), window)


def test_welch_keeps_a_straight_line_and_a_window_of_0_keeps_everything():
    line = np.arange(40.0)
    assert np.allclose(welch(line, 10), line[:30])
    assert welch(line, 0).tolist() == line.tolist()


def share_limits(rate):
    reach = 4 * math.sqrt(rate * (1 - rate) / SEEDS)
    return rate - reach, rate + reach


@pytest.mark.parametrize(("n", "rate"), [(50, 0.104), (100, 0.026), (200, 0.003)])
def test_steady_noise_is_called_unsettled_as_rarely_as_the_docstring_says(n, rate):
    low, high = share_limits(rate)
    assert low <= np.mean([not mser5(ar1(seed, n, 0.0)).settled for seed in range(SEEDS)]) <= high


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8])
def test_a_start_far_from_the_steady_state_is_cut_off_whole_and_the_bias_with_it(phi):
    shift = np.where(np.arange(200) < 40, -10.0, 0.0)
    cuts = [mser5(ar1(seed, 200, phi) + shift) for seed in range(SEEDS)]
    assert min(cut.observations for cut in cuts) == 40
    assert np.median([cut.observations for cut in cuts]) == 40


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8])
def test_of_a_start_that_fades_away_at_most_a_tenth_of_the_bias_is_left(phi):
    fading = -10 * np.exp(-np.arange(200) / 10)
    whole, kept = [], []
    for seed in range(SEEDS):
        values = ar1(seed, 200, phi) + fading
        whole.append(values.mean())
        kept.append(values[mser5(values).observations :].mean())
    error = np.std(kept, ddof=1) / math.sqrt(SEEDS)
    assert np.mean(whole) < -0.4
    assert -0.1 * 0.53 - 4 * error < np.mean(kept) < 4 * error

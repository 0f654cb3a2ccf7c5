"""Sensitivity is told as known functions have it, whatever luck is in the runs, and what cannot be is told."""
# ruff: noqa: TID251 - luck whose share in an index is known

import math
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from scipy import stats

from iopsim.errors import IopsimError, Problem, ScenarioError
from iopsim.experiments.sampling import morris_design, sobol_design
from iopsim.experiments.sensitivity import one_at_a_time, screen, share_out
from iopsim.experiments.space import Choice, Factors, factors_of, level_at, without_effect
from iopsim.experiments.work import view_of
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import reduce
from iopsim.rulebook import write
from iopsim.scenario import resolve, resolve_text
from iopsim.stats.lucks import cross
from iopsim.stats.morris import describe_effects, elementary_effects
from iopsim.stats.sobol import sobol_indices
from small import GOOD

ROOT = Path(__file__).parent.parent
PALMETTO = resolve(ROOT / "scenarios" / "palmetto.toml")
DAYS = next(one for one in CATALOGUE if one.unit == "days")
FINE = 10**9
"""Denominator of what a stand-in for the simulation returns."""


class Cube:
    """Plans that are places in a unit cube; the plan as it is has 1/2 everywhere."""

    def __init__(self, factors, refuses=lambda place: False):
        self.names = [f"x{at}" for at in range(factors)]
        self.refuses = refuses

    def ends(self, factor):
        return (0.0, 1.0)

    def n_levels(self, factor):
        return 0

    def told(self, factor, place):
        return f"{place:g}"

    def at(self, places):
        plan = tuple(places.get(at, 0.5) for at in range(len(self.names)))
        if self.refuses(plan):
            raise ScenarioError([Problem("", None, "x", "a place", "not there")])
        return plan


def simulated(function, luck=lambda x, card: 0.0):
    """A stand-in for the simulation: a function of the place, and what luck adds to it in each replication."""

    def evaluate(plans, first, last):
        cards = [np.random.default_rng(replication).standard_normal(2) for replication in range(first, last)]
        values = np.array([[function(np.array(x)) + luck(np.array(x), card) for card in cards] for x in plans])
        above = np.round(values * FINE).astype(np.int64)
        return np.stack([above, np.full_like(above, FINE)], axis=-1)[:, :, None]

    return evaluate


def ishigami(x):
    angle = math.pi * (2.0 * x - 1.0)
    return math.sin(angle[0]) + 7.0 * math.sin(angle[1]) ** 2 + 0.1 * angle[2] ** 4 * math.sin(angle[0])


ISHIGAMI_FIRST, ISHIGAMI_TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
"""Ishigami T, Homma T, ISUMA 90; a = 7, b = 0.1."""

STIFFNESS = np.array([0.0, 1.0, 4.5, 9.0])


def g_function(x):
    return float(np.prod((np.abs(4.0 * x - 2.0) + STIFFNESS) / (1.0 + STIFFNESS)))


def g_indices():
    """Saltelli A, Sobol' IM, Reliability Engineering and System Safety 1995;50:225-239."""
    parts = 1.0 / (3.0 * (1.0 + STIFFNESS) ** 2)
    whole = np.prod(1.0 + parts) - 1.0
    return parts / whole, parts * np.prod(1.0 + parts) / (1.0 + parts) / whole


# ------------------------------------------------------------------------------------------- Sobol'


def indices_of(function, factors, samples, luck=lambda x, card: 0.0, replications=2, seed=1):
    told = share_out(Cube(factors), simulated(function, luck), [DAYS], samples, replications, seed)
    return told.shares[0].indices


def test_the_indices_of_ishigamis_function_are_the_published_ones():
    told = indices_of(ishigami, 3, 1024)
    assert told.first == pytest.approx(ISHIGAMI_FIRST, abs=0.03)
    assert told.total == pytest.approx(ISHIGAMI_TOTAL, abs=0.03)
    assert told.variance == pytest.approx(13.845, rel=0.02)
    assert told.luck == pytest.approx(0.0, abs=1e-6)
    assert (told.n, told.dropped) == (1024, 0)


def test_the_indices_of_the_g_function_are_the_published_ones():
    told = indices_of(g_function, 4, 1024)
    first, total = g_indices()
    assert told.first == pytest.approx(first, abs=0.03)
    assert told.total == pytest.approx(total, abs=0.03)


def test_without_luck_total_effects_are_those_of_salib_and_first_orders_jansens():
    places = sobol_design(3, 64, 5)
    y = np.array([[ishigami(x) for x in block] for block in places])
    told = sobol_indices(np.repeat(y[:, :, None], 2, axis=2), np.arange(64))
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = salib_sobol.analyze(problem, y.ravel(), calc_second_order=False, num_resamples=2, seed=1)
    assert told.total * told.variance == pytest.approx(theirs["ST"] * y[:, [0, -1]].var())
    jansens = [((y[:, 0] - y[:, -1]) ** 2 - (y[:, -1] - y[:, at + 1]) ** 2).mean() / 2.0 for at in range(3)]
    assert told.first * told.variance == pytest.approx(jansens)


def elsewhere(evaluate, first_of_all):
    """The same simulation in other replications."""
    return lambda plans, first, last: evaluate(plans, first_of_all + first, first_of_all + last)


def test_luck_is_in_no_index_even_where_a_factor_changes_what_luck_does():
    """The second factor only makes luck larger; the third does nothing at all."""
    evaluate = simulated(lambda x: 4.0 * x[0], lambda x, card: 2.0 * card[0] + 2.0 * (x[1] - 0.5) * card[1])
    told = [
        share_out(Cube(3), elsewhere(evaluate, 10_000 * seed), [DAYS], 128, 2, seed).shares[0] for seed in range(60)
    ]
    for part in ("first", "total"):
        values = np.array([getattr(one.indices, part) for one in told])
        error = values.std(axis=0, ddof=1) / math.sqrt(len(values))
        assert (np.abs(values.mean(axis=0) - (1.0, 0.0, 0.0)) < 4 * error + 0.01).all()  # false alarms 1 in 2,000
        assert np.abs(values[:, 2]).max() < 1e-6  # its runs have the same luck
    assert np.mean([one.indices.luck for one in told]) == pytest.approx(4.0 + 4.0 / 12, rel=0.1)
    plain = [plain_total(evaluate, seed) for seed in range(10)]
    assert min(one[1] for one in plain) > 0.1  # what the second would have, were luck not told apart


def plain_total(evaluate, seed):
    """Total effects with luck in them: of means over the two replications."""
    places = sobol_design(3, 128, seed)
    y = np.array(
        [evaluate(list(block), 2 * at, 2 * at + 2)[:, :, 0, 0].mean(axis=1) / FINE for at, block in enumerate(places)]
    )
    return [((y[:, 0] - y[:, at + 1]) ** 2).mean() / ((y[:, 0] - y[:, -1]) ** 2).mean() for at in range(3)]


def test_products_over_different_replications_have_no_bias_and_plain_ones_have():
    rng = np.random.default_rng(3)
    values = 2.0 + rng.standard_normal((40_000, 3))
    told = np.ones(values.shape, dtype=bool)
    assert cross(values, values, told).mean() == pytest.approx(4.0, abs=0.06)
    assert (values.mean(axis=1) ** 2).mean() == pytest.approx(4.0 + 1 / 3, abs=0.06)
    told[:, 2] = False
    assert cross(values, values, told) == pytest.approx(values[:, 0] * values[:, 1])
    assert np.isnan(cross(values[:1], values[:1], np.array([[True, False, False]])))


def test_the_intervals_of_indices_hold_them_with_luck_in_the_runs():
    """Over 60 designs with other luck, 480 intervals of 95 %: nine in ten and more hold."""
    first, total = g_indices()
    held = []
    for seed in range(60):
        evaluate = simulated(g_function, lambda x, card: 0.4 * card[0] + 0.4 * x[1] * card[1])
        told = share_out(Cube(4), elsewhere(evaluate, 1000 * seed), [DAYS], 128, 2, seed).shares[0]
        held += [abs(told.indices.first - first) < told.indices.first_half]
        held += [abs(told.indices.total - total) < told.indices.total_half]
    assert np.mean(held) > 0.9


def test_a_replication_that_cannot_tell_in_one_run_counts_in_none():
    y = np.arange(2 * 4 * 3, dtype=float).reshape(2, 4, 3) ** 1.5
    y[0, 2, 1] = math.nan
    fewer = y.copy()
    fewer[0, :, 1] = math.nan
    ours, theirs = sobol_indices(y, np.arange(2)), sobol_indices(fewer, np.arange(2))
    assert ours.first == pytest.approx(theirs.first)
    y[0, 1, 0] = math.nan
    told = sobol_indices(y, np.arange(2))
    assert (told.n, told.dropped) == (1, 1)
    assert np.isnan(told.first).all()


def test_a_block_with_a_plan_that_cannot_be_is_left_out_and_told():
    told = share_out(Cube(2, lambda x: x[0] > 0.9), simulated(lambda x: x[0] + x[1]), [DAYS], 64)
    indices = told.shares[0].indices
    assert len(told.refused) == indices.dropped > 0
    assert indices.n + indices.dropped == 64
    assert "not there" in told.refused[0].reason


def test_where_nothing_varies_there_are_no_indices():
    told = indices_of(lambda x: 3.0, 2, 16)
    assert np.isnan(told.first).all()
    assert told.variance == pytest.approx(0.0, abs=1e-9)


# ------------------------------------------------------------------------------------------- Morris


def effects_of(function, factors, trajectories=20, luck=lambda x, card: 0.0, replications=4, seed=1):
    told = screen(Cube(factors), simulated(function, luck), [DAYS], trajectories, replications, seed)
    return {row.factor: row.effects for row in told.effects[0]}


def test_a_straight_line_has_its_slopes_as_effects_and_nothing_else():
    told = effects_of(lambda x: 5.0 * x[0] - 3.0 * x[1] + 0.0 * x[2], 3)
    assert list(told) == ["x0", "x1", "x2"]
    for name, slope in (("x0", 5.0), ("x1", -3.0), ("x2", 0.0)):
        one = told[name]
        assert (one.mu, one.mu_star, one.least, one.sigma) == pytest.approx(
            (slope, abs(slope), abs(slope), 0.0), abs=1e-6
        )
        assert one.mu_half == pytest.approx(0.0, abs=1e-6)


def test_the_leading_factors_are_those_that_matter_most_to_some_measure():
    def two(plans, first, last):
        one, other = (simulated(lambda x, s=slopes: float(x @ s))(plans, first, last) for slopes in SLOPES)
        return np.concatenate([one, other], axis=2)

    found = screen(Cube(4), two, [DAYS, DAYS], 8)
    assert set(found.leading(2)) == {"x0", "x2"}
    assert found.leading(9)[2:] == ("x1",)


SLOPES = np.array([[5.0, 2.0, 1.0, 0.0], [4.9, 0.0, 5.1, 0.0]])


def test_without_luck_the_effects_are_those_of_salib():
    places = morris_design(3, 12, 5)
    y = np.array([[ishigami(x) for x in run] for run in places])
    effects = elementary_effects(np.repeat(y[:, :, None], 2, axis=2), places)
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = salib_morris.analyze(problem, places.reshape(-1, 3), y.ravel(), num_levels=4, seed=1)
    for at in range(3):
        told = describe_effects(effects[:, at])
        assert told.mu == pytest.approx(theirs["mu"][at], abs=1e-9)
        assert told.mu_star == pytest.approx(theirs["mu_star"][at], abs=1e-9)
        assert told.sigma == pytest.approx(theirs["sigma"][at], abs=1e-9)


def test_an_effect_among_luck_lies_between_its_two_sizes():
    rng = np.random.default_rng(7)
    for slope in (0.0, 0.3, 1.0):
        told = [describe_effects(slope + 2.0 * rng.standard_normal((10, 4))) for _ in range(400)]
        least, star = (np.array([getattr(one, part) for one in told]) for part in ("least", "mu_star"))
        assert least.mean() - 4 * least.std() / 20 < slope < star.mean() + 4 * star.std() / 20
        if slope == 0.0:
            assert abs(least.mean()) < 4 * least.std() / 20  # nothing is told of what does nothing
            assert star.mean() > 0.7


def test_lucks_part_is_taken_off_the_spread_of_effects():
    rng = np.random.default_rng(8)
    squares = []
    for _ in range(500):
        places = 3.0 * rng.standard_normal((15, 1))
        squares.append(describe_effects(places + 4.0 * rng.standard_normal((15, 4))).sigma ** 2)
    assert np.mean(squares) == pytest.approx(9.0, abs=4 * np.std(squares) / math.sqrt(500))


def test_the_interval_of_a_mean_effect_is_students():
    rng = np.random.default_rng(9)
    effects = rng.standard_normal((12, 3))
    means = effects.mean(axis=1)
    half = stats.t(11).ppf(0.975) * means.std(ddof=1) / math.sqrt(12)
    told = describe_effects(effects)
    assert (told.mu, told.mu_half) == pytest.approx((means.mean(), half))


def test_trajectories_that_cannot_tell_or_cannot_be_are_counted():
    effects = np.ones((4, 3))
    effects[0, 1:] = math.nan
    told = describe_effects(effects)
    assert (told.n, told.dropped, told.mu) == (3, 1, 1.0)
    found = screen(Cube(2, lambda x: x[0] == 1.0 and x[1] == 0.0), simulated(lambda x: x[0]), [DAYS], 20)
    assert found.effects[0][0].effects.dropped == len(found.refused) > 0


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_morris_compares_every_two_levels_of_a_choice_equally_often(n):
    pairs = n * (n - 1) // 2
    places = morris_design(3, 2 * pairs, 3, [0, n, n])
    for factor in (1, 2):
        levels = np.vectorize(lambda place: level_at(place, n))(places[..., factor])
        compared = [tuple(sorted(set(map(int, run)))) for run in levels]
        assert {pair: compared.count(pair) for pair in compared} == dict.fromkeys(combinations(range(n), 2), 2)
        few = n // 2 if n % 2 == 0 else n - 1
        assert len({level for pair in compared[:few] for level in pair}) == n
    steps = np.diff(places, axis=1)
    assert ((np.abs(steps) > 1e-9).sum(axis=2) == 1).all()
    assert np.abs(steps[..., 0]).max() == pytest.approx(2 / 3)


class WithChoice(Cube):
    """Two ranges, and a choice of five levels of which the middle one matters."""

    def n_levels(self, factor):
        return 5 if factor == 1 else 0


def test_the_one_level_of_five_that_matters_is_seen_whichever_it_is():
    for matters in range(5):
        function = simulated(lambda x, m=matters: 0.5 * x[0] + 3.0 * (level_at(x[1], 5) == m))
        found = screen(WithChoice(3), function, [DAYS], 10)
        effects = {row.factor: row.effects for row in found.effects[0]}
        assert effects["x1"].mu_star == pytest.approx(3.0 * 4 / 10)  # in 4 of 10 pairs, the whole way each time
        assert effects["x0"].mu_star == pytest.approx(0.5)
        assert found.leading(1) == ("x1",)


# --------------------------------------------------------------------------------------------- tornado


def test_an_end_is_told_beside_the_base_of_the_replications_in_which_both_can_tell():
    def evaluate(plans, first, last):
        found = np.array([[[[10 * at + run, 1]] for run in range(first, last)] for at, _ in enumerate(plans)])
        found[0, 0] = found[1, 1] = 0
        return found

    told = one_at_a_time(Cube(1), evaluate, [DAYS], 5)
    low, high = told.swings[0][0].bars
    assert (low.base, low.mean, low.difference.n, low.moved) == (3.0, 13.0, 3, 3)
    assert (high.base, high.mean, high.difference.n) == (2.5, 22.5, 4)


def test_every_factor_is_moved_to_both_ends_and_the_largest_swing_is_told_first():
    told = one_at_a_time(Cube(3), simulated(lambda x: x[0] - 4.0 * x[1], lambda x, card: card[0]), [DAYS], 6)
    assert [one.factor for one in told.swings[0]] == ["x1", "x0", "x2"]
    large = told.swings[0][0]
    assert (large.lowest, large.highest) == ("1", "0")
    assert large.difference.mean == pytest.approx(4.0)
    assert large.difference.high - large.difference.low == pytest.approx(0.0, abs=1e-6)  # the same luck on both sides
    assert [(bar.setting, round(bar.difference.mean, 6)) for bar in large.bars] == [("0", 2.0), ("1", -2.0)]
    assert told.base[0].mean == pytest.approx(large.bars[0].mean - 2.0)
    assert (told.comparisons, told.refused) == (9, ())


def test_the_intervals_of_a_tornado_hold_together():
    def luck(x, card):
        return card[0] * x[0]

    told = one_at_a_time(Cube(2), simulated(lambda x: x[0], luck), [DAYS], 8, 0.9)
    (bar, _) = next(one for one in told.swings[0] if one.factor == "x0").bars
    values = np.array([-0.5 * (1.0 + np.random.default_rng(at).standard_normal(2)[0]) for at in range(8)])
    half = stats.t(7).ppf(1 - 0.1 / 6 / 2) * values.std(ddof=1) / math.sqrt(8)
    assert told.comparisons == 6
    assert (bar.difference.low, bar.difference.high) == pytest.approx((values.mean() - half, values.mean() + half))


def test_a_setting_that_cannot_be_is_told_with_the_doors_reason_and_the_other_end_is_shown():
    told = one_at_a_time(Cube(2, lambda x: x[1] > 0.7), simulated(lambda x: x[1]), [DAYS], 3)
    ((factor, setting, reason),) = [(one.factor, one.setting, one.reason) for one in told.refused]
    assert (factor, setting) == ("x1", "1")
    assert "not there" in reason
    assert [bar.setting for bar in told.swings[0][0].bars] == ["0"]


# -------------------------------------------------------------------------------------- of a scenario

PASS_OVER = Choice("waitlist.when_first_does_not_fit", ("pass_over", "hold_the_line"))


def some(names, choices=(), resolved=PALMETTO):
    return factors_of(resolved, choices).only([*names, *(choice.path for choice in choices)])


def test_places_along_an_unknown_are_shares_of_its_distribution_and_along_a_choice_equal_parts():
    factors = some(["waitlist.renege_per_day", "referrals.*.ramp_weeks"], [PASS_OVER])
    assert factors.names == ("referrals.*.ramp_weeks", "waitlist.renege_per_day", PASS_OVER.path)
    scenario = factors.at({0: 0.0, 1: 1.0, 2: 0.6})
    assert {one.ramp_weeks for one in scenario.referrals.values()} == {8}
    assert (scenario.waitlist.renege_per_day, scenario.waitlist.when_first_does_not_fit) == (0.08, "hold_the_line")
    assert factors.at({}) == PALMETTO.scenario
    assert [factors.told(0, 1.0), factors.told(1, 0.0), factors.told(2, 0.2)] == ["52", "0.02", '"pass_over"']


def test_every_level_of_a_choice_is_met_on_morris_grid_and_has_an_equal_part_of_sobols_cube():
    for n in (2, 3, 4):
        assert {level_at(place, n) for place in (0.0, 1 / 3, 2 / 3, 1.0)} == set(range(n))
        levels = [level_at(place, n) for place in np.linspace(0, 1, 12, endpoint=False)]
        assert all(levels.count(level) == 12 // n for level in range(n))
    for n in (2, 3):  # and every step of 2/3 changes it
        assert all(level_at(low, n) != level_at(low + 2 / 3, n) for low in (0.0, 1 / 3))


def test_an_end_that_is_the_value_is_not_shown_again():
    factors = some(["attendance.make_up_probability", "waitlist.renege_per_day"])
    told = dict(zip(factors.names, (factors.ends(at) for at in range(2)), strict=True))
    assert told == {"attendance.make_up_probability": (1.0,), "waitlist.renege_per_day": (0.0, 1.0)}


def test_what_is_switched_off_has_no_effect_and_what_counts_only_with_others_has():
    names = ["levers.reminders.show_odds_ratio", "orientation.show_probability", "waitlist.renege_per_day"]
    names += ["lapse.dropout_hazard_ratio", "placement.withdrawal.return_probability", "money.start_up_usd"]
    assert set(without_effect(some(names))) == {"levers.reminders.show_odds_ratio", "orientation.show_probability"}
    on = resolve(ROOT / "scenarios" / "palmetto.toml", ["levers.reminders.on=true"])
    assert without_effect(some(names[:1], resolved=on)) == ()


@pytest.mark.parametrize("levels", [(False, True), (True, False)])
def test_what_matters_at_any_level_of_a_choice_reaches_the_model_whatever_the_order_of_the_levels(levels):
    ratio = "levers.transport.attendance_odds_ratio"
    assert without_effect(some([ratio])) == (ratio,)
    assert without_effect(some([ratio], [Choice("levers.transport.on", levels)])) == ()


def test_where_choices_have_too_many_combinations_nothing_is_left_out():
    ratio = "levers.transport.attendance_odds_ratio"
    many = Choice("groups.evening.seats", tuple(range(4, 70)))
    assert without_effect(some([ratio], [many])) == ()


def test_each_level_of_a_choice_is_compared_with_the_plan_as_it_is():
    factors = some([], [Choice("assessment.slots_per_day", (1, 2, 4))])

    def slots(plans, first, last):
        counts = np.array([[plan.assessment.slots_per_day] * (last - first) for plan in plans])
        return np.stack([counts, np.ones_like(counts)], axis=-1)[:, :, None]

    (swing,) = one_at_a_time(factors, slots, [DAYS], 3).swings[0]
    assert [(bar.setting, bar.difference.mean) for bar in swing.bars] == [("1", -1.0), ("2", 0.0), ("4", 2.0)]
    assert (swing.lowest, swing.highest, swing.size) == ("1", "4", 3.0)


def test_a_clinic_is_simulated_at_each_setting_with_the_same_people():
    resolved = resolve_text(GOOD, "clinic.toml", ["weeks=20"])
    factors = factors_of(resolved).only(["waitlist.renege_per_day", "leaving.early_probability"])

    def evaluate(plans, first, last):
        books = [write(plan) for plan in plans]
        told = [[reduce(view_of(book, 5, at))[:2] for at in range(first, last)] for book in books]
        return np.stack([np.array([[one[part] for one in row] for row in told]) for part in (0, 1)], axis=-1)

    told = one_at_a_time(factors, evaluate, CATALOGUE, 4)
    by_name = {measure.name: swings for measure, swings in zip(CATALOGUE, told.swings, strict=True)}
    assert [one.size for one in by_name["referrals"]] == [0.0, 0.0]
    assert max(one.size for swings in told.swings for one in swings) > 0.0


def test_without_salib_the_message_says_what_to_install(monkeypatch):
    for name in ("SALib.sample.morris", "SALib.sample.sobol"):
        monkeypatch.setitem(sys.modules, name, None)
    for method in (screen, share_out):
        with pytest.raises(IopsimError, match=r"pip install iopsim\[sensitivity\]"):
            method(Cube(2), simulated(sum), [DAYS])


def test_base_samples_are_a_power_of_2():
    with pytest.raises(IopsimError, match="a power of 2, such as 256, and not 100"):
        share_out(Cube(2), simulated(sum), [DAYS], 100)


def test_only_keeps_factors_in_their_own_order():
    assert isinstance(some(["waitlist.renege_per_day"]), Factors)
    assert some(["waitlist.renege_per_day", "referrals.self.per_week"]).names[0] == "referrals.self.per_week"

"""Inputs are drawn as their ranges say, the same whatever else is drawn, and luck is told apart from ignorance."""
# ruff: noqa: TID251 - samples of known variance, of which the estimates are known

import math
import pickle
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from iopsim.errors import IopsimError, Problem, ScenarioError
from iopsim.experiments.uncertainty import TWIN, apart, balanced, draw_inputs, value_at
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario import resolve, resolve_text
from iopsim.scenario.unknowns import unknowns
from iopsim.scenario.wholes import wholes
from iopsim.stats.components import split_variance
from iopsim.stats.triangular import triangular, triangular_by_factors, whole_triangular
from small import GOOD

ROOT = Path(__file__).parent.parent
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))
PALMETTO = resolve(ROOT / "scenarios" / "palmetto.toml")
SHARES = (np.arange(20_000) + 0.5) / 20_000


def small(old="", new="", changes=None):
    assert old in GOOD
    return resolve_text(GOOD.replace(old, new, 1) if old else GOOD, "clinic.toml", changes)


# --------------------------------------------------------------------------------- the distribution


@pytest.mark.parametrize(("low", "mode", "high"), [(1.0, 2.0, 7.0), (0.0, 0.0, 3.0), (-2.0, 5.0, 5.0), (0.0, 0.4, 1.0)])
def test_a_number_is_triangular_with_its_mode_at_the_value_even_at_an_end(low, mode, high):
    known = stats.triang((mode - low) / (high - low), low, high - low)
    drawn = [triangular(share, low, mode, high) for share in SHARES[::100]]
    assert drawn == pytest.approx(known.ppf(SHARES[::100]))
    assert (triangular(0.0, low, mode, high), triangular(1.0, low, mode, high)) == (low, high)


def test_a_ratio_and_its_inverse_are_equally_likely():
    drawn = np.array([triangular_by_factors(share, 0.5, 1.0, 2.0) for share in SHARES])
    assert drawn * drawn[::-1] == pytest.approx(1.0)
    assert (drawn[0] > 0.5, drawn[-1] < 2.0) == (True, True)
    assert (triangular_by_factors(0.0, 0.44, 0.54, 0.66), triangular_by_factors(1.0, 0.44, 0.54, 0.66)) == (0.44, 0.66)


@pytest.mark.parametrize(("low", "mode", "high"), [(0, 0, 4), (1, 2, 2), (8, 26, 52), (1, 2, 3), (0, 1, 1)])
def test_a_whole_number_has_the_probabilities_of_a_straight_line_up_and_down(low, mode, high):
    up, down = mode - low + 1, high - mode + 1
    height = [Fraction(k - low + 1, up) if k <= mode else Fraction(high + 1 - k, down) for k in range(low, high + 1)]
    drawn = [whole_triangular(share, low, mode, high) for share in SHARES]
    for k, wanted in zip(range(low, high + 1), height, strict=True):
        assert drawn.count(k) / len(SHARES) == pytest.approx(float(wanted / sum(height)), abs=1.01 / len(SHARES))
    assert (whole_triangular(0.0, low, mode, high), whole_triangular(1.0, low, mode, high)) == (low, high)


def test_every_value_lies_within_its_range_and_the_shares_0_and_1_are_its_ends():
    for one in unknowns(PALMETTO):
        values = [value_at(one, share) for share in (0.0, 2.0**-33, 0.01, 0.3, 0.5, 0.77, 1 - 2.0**-33, 1.0)]
        assert values == sorted(values), one.name
        assert (values[0], values[-1]) == (one.low, one.high)
        assert not one.whole or all(isinstance(value, int) for value in values)


# ------------------------------------------------------------------------------------- what is drawn


def test_adding_or_leaving_out_an_unknown_changes_no_other_draw():
    inputs = draw_inputs(PALMETTO, 7)
    whole = {path for shares in wholes(PALMETTO.scenario) for path in shares}
    for known in (inputs.known[::2], inputs.known[::-1], unknowns(PALMETTO, ["assessment.slots_per_day"])):
        fewer = replace(inputs, known=known)
        for replication in range(3):
            told, all_told = fewer.draw(replication).values, inputs.draw(replication).values
            for one in known:
                if one.name in all_told and not whole & set(one.paths):
                    assert told[one.name] == all_told[one.name]


def test_two_plans_that_share_an_unknown_have_the_same_draw_of_it():
    other = resolve(ROOT / "scenarios" / "palmetto.toml", ["groups.evening.seats=20", "waitlist.renege_per_day=0.03"])
    ours, theirs = draw_inputs(PALMETTO, 7).draw(5).values, draw_inputs(other, 7).draw(5).values
    assert set(ours) - set(theirs) == {"waitlist.renege_per_day"}
    assert all(ours[name] == value for name, value in theirs.items())


def test_replications_and_seeds_draw_other_inputs_and_a_twin_the_same():
    inputs = draw_inputs(PALMETTO, 7)
    drawn = inputs.draw(3)
    assert inputs.draw(3) == inputs.draw(3 + TWIN) == drawn
    others = [inputs.draw(4).values, draw_inputs(PALMETTO, 8).draw(3).values]
    name = "leaving.early_probability"
    assert len({drawn.values[name], *(other[name] for other in others)}) == 3


def test_what_is_drawn_is_what_the_scenario_says():
    drawn = draw_inputs(PALMETTO, 7).draw(0)
    assert drawn.scenario.waitlist.renege_per_day == drawn.values["waitlist.renege_per_day"]
    assert {one.ramp_weeks for one in drawn.scenario.referrals.values()} == {drawn.values["referrals.*.ramp_weeks"]}
    assert drawn.scenario.weeks == PALMETTO.scenario.weeks
    assert drawn.scenario.groups == PALMETTO.scenario.groups | {
        "evening": PALMETTO.scenario.groups["evening"].model_copy(
            update={"attendance_odds_ratio": drawn.values["groups.*.attendance_odds_ratio"]}
        )
    }


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.name)
def test_every_draw_of_a_scenario_of_the_repository_is_valid_at_once_and_shares_are_near_their_values(file):
    resolved = resolve(file)
    inputs = draw_inputs(resolved, 2027)
    drawn = [inputs.draw(replication) for replication in range(200)]
    assert [one.refused for one in drawn if one.refused] == []
    for one in inputs.known:
        values = [each.values[one.name] for each in drawn]
        assert one.low <= min(values) < max(values) <= one.high
        if any(one.paths[0] in shares for shares in wholes(resolved.scenario)):
            assert abs(np.mean(values) - one.value) < 0.04, one.name
            assert abs(np.median(values) - one.value) < 0.02, one.name
            assert np.std(values) > (one.high - one.low) / 15, one.name


def test_draws_fill_their_distribution():
    inputs = draw_inputs(small("share = 0.3", "share = { value = 0.3, low = 0.1, high = 0.4 }"), 11)
    inputs = replace(inputs, known=tuple(one for one in inputs.known if one.name == "traits.mandated.share"))
    values = [inputs.draw(replication).values["traits.mandated.share"] for replication in range(300)]
    known = stats.triang(2 / 3, 0.1, 0.3)
    assert stats.kstest(values, known.cdf).pvalue > 0.001  # one seed, one test: false alarms 1 in 1,000


def test_shares_of_one_whole_are_drawn_each_within_its_range():
    inputs = draw_inputs(PALMETTO, 3)
    ranges = {one.name: (one.low, one.high) for one in inputs.known}
    for replication in range(50):
        payers = {name: payer.share for name, payer in inputs.scenario(replication).payers.items()}
        assert sum(payers.values()) == pytest.approx(1.0, abs=1e-9)
        for name, share in payers.items():
            low, high = ranges[f"payers.{name}.share"]
            assert low - 1e-9 <= share <= high + 1e-9


def test_shares_with_symmetric_ranges_have_their_values_as_means():
    rng = np.random.default_rng(5)
    values, reach = (0.5, 0.3, 0.2), (0.2, 0.1, 0.1)
    drawn = (
        balanced(values, [rng.triangular(v - r, v, v + r) for v, r in zip(values, reach, strict=True)])
        for _ in range(20_000)
    )
    told = np.array([shares for shares in drawn if shares])
    assert told.mean(axis=0) == pytest.approx(values, abs=0.002)  # 5 standard errors
    assert {math.fsum(shares) for shares in told} == {1.0}


def test_balanced_shares_lie_between_their_values_and_what_was_drawn():
    # + 0.3 and - 0.1: the excesses are shrunk to a third
    assert balanced((0.6, 0.4, 0.0), (0.8, 0.3, 0.1)) == pytest.approx((0.6 + 0.2 / 3, 0.3, 0.1 / 3))
    assert balanced((0.6, 0.4, 0.0), (0.5, 0.2, 0.1)) == pytest.approx((0.6 - 0.1 / 3, 0.4 - 0.2 / 3, 0.1))
    assert balanced((0.6, 0.4), (0.7, 0.4)) == balanced((0.6, 0.4), (0.5, 0.3)) == ()


def test_the_values_told_make_the_scenario_that_is_simulated_to_the_last_bit():
    inputs = draw_inputs(PALMETTO, 7)
    for replication in range(20):
        drawn = inputs.draw(replication)
        said = {path: value for one in inputs.known for path, value in one.at(drawn.values[one.name]).items()}
        again = resolve(ROOT / "scenarios" / "palmetto.toml", said).scenario
        assert again.hash == drawn.scenario.hash


def test_a_refusal_in_one_plan_leaves_all_else_alike_in_both():
    of = {"waitlist.ready_delay.mean_days": 5.0}
    base, arm = (draw_inputs(resolve(ROOT / "scenarios" / "palmetto.toml", one), 1) for one in ({}, of))
    shared = {one.name for one in base.known} & {one.name for one in arm.known}
    assert len(shared) > 150
    refused = 0
    for replication in range(25):
        ours, theirs = base.draw(replication), arm.draw(replication)
        refused += bool(theirs.refused)
        assert [name for name in shared if ours.values[name] != theirs.values[name]] == []
    assert refused > 1


def test_a_refusal_that_stays_draws_more_and_more_again():
    inputs = draw_inputs(small("share = 0.6", STEPS), 1)
    error = ScenarioError([Problem("", None, "payers.medicaid.scale_share", "1.2", "sums to at most 1")])
    steps = {"payers.medicaid.scale_share.a", "payers.medicaid.scale_share.b"}
    assert inputs._concerned(error, 0) == steps
    assert steps < inputs._concerned(error, 1) <= inputs._concerned(error, 2) < inputs._concerned(error, 9)
    assert inputs._concerned(error, 9) == {one.name for one in inputs.known}
    assert inputs._concerned(ScenarioError([Problem("", None, "", "x", "y")]), 0) == {one.name for one in inputs.known}


def test_shares_whose_ranges_hardly_sum_to_1_are_refused():
    ranges = "share = { value = 0.6, low = 0.0, high = 0.6 }", "share = { value = 0.4, low = 0.0, high = 0.4 }"
    resolved = resolve_text(GOOD.replace("share = 0.6", ranges[0]).replace("share = 0.4", ranges[1]), "clinic.toml")
    with pytest.raises(IopsimError, match=r"hardly ever sum to 1: payers.medicaid.share, payers.employer.share"):
        draw_inputs(resolved, 1).draw(0)


STEPS = (
    "share = 0.6\nscale_pays = { a = 0.2, b = 0.5 }\n"
    "scale_share.a = { value = 0.4, low = 0.3, high = 0.9 }\nscale_share.b = { value = 0.4, low = 0.3, high = 0.9 }"
)


def test_a_draw_that_the_door_refuses_is_drawn_again_and_counted():
    inputs = draw_inputs(small("share = 0.6", STEPS), 1)
    drawn = [inputs.draw(replication) for replication in range(40)]
    assert any(one.refused for one in drawn) and not all(one.refused for one in drawn)
    for one in drawn:
        assert all("sliding scale must sum to at most 1" in why for why in one.refused)
        steps = one.scenario.payers["medicaid"].scale_share
        assert sum(steps.values()) <= 1.0
        assert steps["a"] == one.values["payers.medicaid.scale_share.a"]


def test_ranges_that_do_not_go_together_are_told_with_the_doors_reason():
    never = STEPS.replace("low = 0.3, high = 0.9", "low = 0.39999999, high = 1.0").replace("0.4,", "0.49,")
    inputs = draw_inputs(small("share = 0.6", never.replace("low = 0.39999999", "low = 0.49")), 1)
    inputs = replace(inputs, known=tuple(replace_low(one) for one in inputs.known))
    with pytest.raises(IopsimError, match=r"do not go together; 100 draws in a row: .*sliding scale"):
        inputs.draw(0)


def replace_low(one):
    if "scale_share" not in one.name:
        return one
    return replace(one, tracks=tuple(replace(track, low=0.6, value=0.7) for track in one.tracks))


def test_a_table_of_present_clients_is_not_read_again_where_it_may_not_be(tmp_path):
    (tmp_path / "clinic.toml").write_text(GOOD.replace("opening", 'present_file = "here.csv"\nopening', 1))
    (tmp_path / "here.csv").write_text("count,source,group,weeks\n3,self,evening,5\n")
    inputs = draw_inputs(resolve(tmp_path / "clinic.toml", ["weeks=30"]), 7)
    sent = pickle.dumps(inputs)
    (tmp_path / "here.csv").unlink()
    present = pickle.loads(sent).scenario(0).present
    assert {name: one.count for name, one in present.items()} == {"line_2": 3}


def test_inputs_go_to_workers_and_their_hash_tells_what_is_drawn():
    inputs = draw_inputs(PALMETTO, 7)
    again = pickle.loads(pickle.dumps(inputs))
    assert again.draw(2) == inputs.draw(2)
    assert again.hash == inputs.hash
    others = [
        replace(inputs, seed=8),
        replace(inputs, known=inputs.known[1:]),
        draw_inputs(resolve(ROOT / "scenarios" / "palmetto.toml", ["groups.evening.seats=20"]), 7),
    ]
    assert len({inputs.hash, *(other.hash for other in others)}) == 4


# ------------------------------------------------------------------------------- luck and ignorance


def pairs(n, ignorance, luck, seed):
    rng = np.random.default_rng(seed)
    inputs = math.sqrt(ignorance) * rng.standard_normal(n)
    return inputs + math.sqrt(luck) * rng.standard_normal(n), inputs + math.sqrt(luck) * rng.standard_normal(n)


def test_the_parts_of_three_pairs_are_those_computed_by_hand():
    told = split_variance(np.array([1.0, 5.0, 6.0]), np.array([3.0, 5.0, 10.0]))
    # pair means 2, 5, 8: mean square between 2 x 9; within (4 + 0 + 16) / 6
    assert told.luck == pytest.approx(20 / 6)
    assert told.ignorance == pytest.approx((18 - 20 / 6) / 2)
    assert told.share == pytest.approx(told.ignorance / (told.ignorance + told.luck))
    assert (told.mean, told.n, told.undefined) == (5.0, 3, 0)


def test_the_parts_have_no_bias():
    told = [split_variance(*pairs(20, 2.0, 3.0, seed)) for seed in range(2000)]
    for part, wanted in (("ignorance", 2.0), ("luck", 3.0)):
        values = np.array([getattr(one, part) for one in told])
        assert abs(values.mean() - wanted) < 4 * values.std() / math.sqrt(len(values))  # false alarms 1 in 15,000


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.95])
def test_the_interval_of_the_share_holds_it_as_often_as_it_says(share):
    told = [split_variance(*pairs(100, share, 1.0 - share, seed)) for seed in range(1000)]
    held = np.mean([one.low <= share <= one.high for one in told])
    assert 0.925 < held < 0.975  # 95 % of 1,000: 3.6 standard errors


def test_the_interval_agrees_with_the_jackknife_done_one_by_one():
    y, z = pairs(12, 1.0, 1.0, 5)
    told = split_variance(y, z)
    left = [math.atanh(split_variance(np.delete(y, at), np.delete(z, at)).share) for at in range(12)]
    error = math.sqrt(11 / 12 * sum((one - np.mean(left)) ** 2 for one in left))
    half = stats.t(11).ppf(0.975) * error
    assert (told.low, told.high) == pytest.approx(
        (math.tanh(math.atanh(told.share) - half), math.tanh(math.atanh(told.share) + half))
    )


def test_a_share_that_few_pairs_make_is_marked_and_one_of_normal_values_is_not():
    rare = np.zeros(100)
    rare[:8] = 1.0
    told = split_variance(rare, np.roll(rare, 4))
    assert told.skewness == pytest.approx((1 - 0.16) / math.sqrt(0.08 * 0.92))
    assert told.made_by_few  # 50 x 9.6 = 479 pairs would do
    many = split_variance(np.tile(rare, 5), np.tile(np.roll(rare, 4), 5))
    assert (many.n, many.made_by_few) == (500, False)
    assert sum(split_variance(*pairs(50, 0.3, 0.7, seed)).made_by_few for seed in range(200)) < 10


def test_pairs_of_which_one_cannot_tell_are_counted():
    told = split_variance(np.array([1.0, math.nan, 3.0, 4.0]), np.array([2.0, 1.0, math.nan, 5.0]))
    assert (told.n, told.undefined, told.mean) == (2, 2, 3.0)
    nothing = split_variance(np.array([math.nan]), np.array([1.0]))
    assert (nothing.n, nothing.undefined) == (0, 1)
    assert math.isnan(nothing.mean)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ([4, 8, 6, 10, 2, 0], [4, 8, 6, 10, 2, 0], "100 % (100-100) is what nobody knows"),
        ([4, 8, 6, 10, 2, 0], [8, 4, 10, 6, 0, 2], "is what nobody knows, the rest luck."),
        ([4, 0, 4, 0, 4, 0], [0, 4, 0, 4, 0, 4], "none that can be seen is what nobody knows (at most "),
        ([4, 4, 4], [4, 4, 4], ": the same in every replication."),
        ([4], [5], ": too few replications can tell."),
        ([4, 6], [4, 7], "the rest luck; too few to say how sure."),
    ],
)
def test_what_nobody_knows_is_told_in_a_sentence(first, second, said):
    measure = next(one for one in CATALOGUE if one.unit == "days")
    told = [np.array([[[value, 1]] for value in values]) for values in (first, second)]
    (spread,) = apart([measure], *told)
    assert said in spread.sentence
    assert measure.label[1:] in spread.sentence


def test_undefined_replications_are_those_with_a_denominator_of_nothing():
    fractions = np.array([[[1, 1]], [[1, 0]], [[5, 1]]])
    (spread,) = apart(CATALOGUE[:1], fractions, fractions)
    assert (spread.parts.n, spread.parts.undefined) == (2, 1)

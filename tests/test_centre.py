"""Base rates are those of a typical mix of clients, whatever the traits' effects."""

from math import exp

import numpy as np
import pytest

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.rulebook import write
from iopsim.rulebook.centre import mix
from iopsim.scenario.load import load
from strategies import PLAIN

MANDATED_ON_MOUD = {
    "traits.mandated": {"share": 0.4, "typical_share": 0.4},
    "traits.moud": {"share": 0.25, "typical_share": 0.25},
    "traits.mandated_alone": {"all_of": ["mandated"], "none_of": ["moud"], "dropout_hazard_ratio": 0.6},
    "traits.mandated_on_moud": {"all_of": ["mandated", "moud"], "dropout_hazard_ratio": 1.3},
}
EVERYTHING = {
    "traits.employed": {
        "share": 0.5,
        "typical_share": 0.5,
        "show_odds_ratio": 2.0,
        "renege_hazard_ratio": 0.5,
        "attendance_odds_ratio": 3.0,
        "dropout_hazard_ratio": 0.7,
        "relapse_odds_ratio": 0.6,
    }
}


def test_a_combination_takes_the_place_of_its_parts_and_the_sign_flips():
    kinds = mix(dict(load(PLAIN, changes=MANDATED_ON_MOUD).traits), "dropout_hazard_ratio")
    by_ratio = {}
    for chance, ratio in kinds:
        by_ratio[round(ratio, 9)] = by_ratio.get(round(ratio, 9), 0.0) + chance
    assert by_ratio == pytest.approx({1.0: 0.6, 0.6: 0.4 * 0.75, 1.3: 0.4 * 0.25})


def test_without_a_typical_share_the_base_is_a_client_without_the_trait():
    plain = {name: {**trait, "typical_share": 0.0} for name, trait in {**EVERYTHING, **MANDATED_ON_MOUD}.items()}
    demand = write(load(PLAIN, changes=plain)).demand
    centres = [
        getattr(demand, f"{what}_centre") for what in ("show", "renege", "attendance", "dropout", "relapse_time")
    ]
    assert centres == [1.0] * 5


def test_a_typical_mix_comes_out_at_the_base():
    scenario = load(PLAIN, changes={**EVERYTHING, **MANDATED_ON_MOUD})
    book = write(scenario)
    cohort = draw(book, Deck(1, 0))
    many = [draw(book, Deck(1, block)) for block in range(40)]
    ratios = {
        name: np.concatenate([getattr(cohort, f"{name}_ratio") for cohort in many])
        for name in ("show", "renege", "attendance", "dropout", "relapse_time")
    }
    ratios["relapse"] = ratios["relapse_time"] ** -scenario.after.relapse_shape
    share = 0.003
    for name, base in {
        "show": scenario.assessment.show_probability_next_day,
        "attendance": 0.8,
        "relapse": 0.5,
    }.items():
        odds = base / (1 - base) * ratios[name]
        assert np.mean(odds / (1 + odds)) == pytest.approx(base, abs=share)
    leaving = scenario.leaving
    at_12 = 12 * leaving.dropout_per_week - np.log1p(-leaving.early_probability)
    assert np.mean(np.exp(-at_12 * ratios["dropout"])) == pytest.approx(exp(-at_12), abs=share)
    waited = 8 * scenario.waitlist.renege_per_day
    assert np.mean(np.exp(-waited * ratios["renege"])) == pytest.approx(exp(-waited), abs=share)
    assert len(cohort) > 0

# ruff: noqa: E501 - a line for each case
"""What is said of a difference: never more, or something else, than its interval does."""

import numpy as np
import pytest

import iopsim
from iopsim.cli.groups import difference_written
from iopsim.cli.outcome import show
from iopsim.experiments.batch import COLUMN, Batch, Plan
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.verdict import sentence, signed
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario.resolved import without_origins

SCENARIO = iopsim.load("tests/plain.toml", {"weeks": 26})


def outcome(measure, base, other, levels=None):
    """An outcome in which one measure has given values, by replication and arm; NaN where it is undefined."""
    plans = tuple(
        Plan(name, SCENARIO, lambda: without_origins(SCENARIO), levels=levels or {} if name == "b" else {})
        for name in ("a", "b")
    )
    batch = Batch("test", "", plans, (CATALOGUE[COLUMN[measure]],), replications=len(base))

    def fractions(plan, column):
        values = np.array((base, other)[plan], dtype=float)
        known = ~np.isnan(values)
        scale = CATALOGUE[column].scale
        return np.stack([np.rint(np.where(known, values, 0) * scale * 1000), known * 1000], axis=1).astype(np.int64)

    return Outcome(batch, len(base), fractions)


NAN = float("nan")
SPREAD = np.linspace(-1, 1, 40)


@pytest.mark.parametrize(
    ("measure", "base", "other", "said"),
    [
        ("days_to_first_session", 20 + SPREAD, 16 + 2 * SPREAD, "b starts people 4.0 days sooner [3.8, 4.2]."),
        ("days_to_first_session", 16 + SPREAD, 20 + 2 * SPREAD, "b starts people 4.0 days later [3.8, 4.2]."),
        ("days_to_first_session", 20 + SPREAD, 20 - SPREAD, "b, against a: referral to first session is not distinguishable."),
        ("completed_share", 0.3 + 0 * SPREAD, 0.33 + SPREAD / 100, "b, against a: completed is 3.0 percentage points higher [2.8, 3.2]."),
        ("cost_usd", 1000.0 + SPREAD, 2000.0 + 3000 * SPREAD, "b costs $1,000 more [$420, $1,580]."),
        ("cost_usd", [5.0] * 40, [5.3] * 40, "b costs $0.30 more in every replication."),
        ("referrals", [10.0] * 40, [11.0] * 40, "b gets 1 more referral in every replication."),
        ("census_mean", [10.0] * 40, [10.0] * 40, "b, against a: census, average is the same in every replication."),
        (
            "weeks_until_full",
            [5.0] * 12 + [NAN] * 28,
            [5.0] * 12 + [NAN] * 28,
            "b, against a: weeks until 90 % of seats are taken is the same in all 12 of 40 replications in which both can tell.",
        ),
        (
            "weeks_until_full",
            [5.0, 6.0] + [NAN] * 38,
            [7.0, 8.0] + [NAN] * 38,
            "b, against a: weeks until 90 % of seats are taken cannot be compared.",
        ),
        ("weeks_until_full", [5.0] * 40, [NAN] * 40, "b, against a: weeks until 90 % of seats are taken cannot be compared."),
    ],
)  # fmt: skip
def test_a_sentence_says_what_the_interval_does(measure, base, other, said):
    assert sentence(outcome(measure, base, other), "b") == said


def test_an_interval_that_leaves_out_0_does_not_seem_to_begin_with_it():
    found = outcome("cost_usd", 1000.0 + 0 * SPREAD, 2000.0 + 5200 * SPREAD)
    gap = found.contrasts["b", "cost_usd"]
    assert 0 < gap.low < 50
    assert "[$0," not in sentence(found, "b")
    assert "+$0 " not in difference_written(CATALOGUE[COLUMN["cost_usd"]], gap, gap.told_apart)
    days = outcome("days_to_first_session", 20 + 0 * SPREAD, 20 + 0.0035 + SPREAD / 100)
    gap = days.contrasts["b", "days_to_first_session"]
    assert gap.told_apart
    assert "+0.00 " not in difference_written(CATALOGUE[COLUMN["days_to_first_session"]], gap, True)


def test_arms_of_a_design_are_told_by_name_and_levels(capsys):
    from rich.console import Console

    found = outcome(
        "census_mean", 10 + SPREAD, 11 + SPREAD, {"referrals.self.per_week": "3.123456", "groups.evening.seats": "16"}
    )
    show(Console(width=100), found)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.strip().startswith("b: per_week 3.12, seats 16") for line in lines)


@pytest.mark.parametrize(
    ("measure", "base", "other", "said"),
    [
        ("days_to_first_session", 20 + SPREAD, 16 + 2 * SPREAD, "-4.0"),
        ("completed_share", 0.3 + 0 * SPREAD, 0.33 + SPREAD / 100, "+3.0"),
        ("cost_usd", 1000.0 + SPREAD, 2000.0 + 3000 * SPREAD, "+$1,000"),
        ("cost_usd", 1000.0 + SPREAD, 500.0 + SPREAD, "-$500"),
        ("census_mean", [10.0] * 40, [10.0] * 40, "0"),
        ("census_mean", 10 + SPREAD, 10 - SPREAD, "0.0"),
    ],
)
def test_a_difference_beside_its_mark_has_a_sign_unless_it_is_nothing(measure, base, other, said):
    found = outcome(measure, base, other)
    assert signed(found.batch.measures[0], found.contrast("b", measure)) == said

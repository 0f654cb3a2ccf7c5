"""What a chart says of the run that it shows: whether what nobody knows was drawn."""

from pathlib import Path

import pytest

import iopsim
from iopsim.charts.arms import arms
from iopsim.charts.differences import differences
from iopsim.charts.distribution import distribution
from iopsim.charts.kinds import KINDS, draw
from iopsim.charts.source import DRAWN
from iopsim.charts.style import STYLES
from iopsim.experiments.uncertainty import draw_inputs
from iopsim.scenario import resolve
from outcomes import around, made
from pictures import assert_fits, words

PLAN = resolve(Path(__file__).parent / "plain.toml", {"weeks": 44})
OF_A_PROGRAM = [kind.name for kind in KINDS.values() if kind.needs == "program"]


@pytest.fixture(scope="module")
def drawn():
    return iopsim.simulate(PLAN, 3, uncertain=True, by=("source",))


@pytest.fixture(scope="module")
def plain():
    return iopsim.simulate(PLAN, 2, by=("source",))


@pytest.mark.parametrize("name", OF_A_PROGRAM)
def test_every_chart_of_a_run_with_drawn_inputs_says_so_once(name, drawn, plain):
    for style in STYLES.values():
        chart = draw(name, drawn, style)
        assert words(chart).count(DRAWN) == 1
        assert chart.subtitle.endswith(f"{DRAWN}.")
        assert_fits(chart)
    assert "drawn anew" not in words(draw(name, plain))


def test_charts_of_plans_with_drawn_inputs_say_so():
    values = {"days_to_first_session": around(20.0)}
    outcome = made({"base": values, "b": values})
    for chart in (arms(outcome), differences(outcome)):
        assert DRAWN not in chart.subtitle
    for plan in outcome.batch.plans:
        object.__setattr__(plan, "inputs", draw_inputs(PLAN, 1))
    for chart in (arms(outcome), differences(outcome)):
        assert chart.subtitle.endswith(f"{DRAWN}.")


def test_programs_of_a_run_with_drawn_inputs_differ_by_more_than_luck(drawn, plain):
    said = "with other people, other luck and other values of what nobody knows."
    assert said in distribution(drawn, measure="cost_usd").caption
    assert "with other people and other luck." in distribution(plain, measure="cost_usd").caption

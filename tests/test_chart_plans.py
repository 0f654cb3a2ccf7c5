"""Charts of several plans: side by side, and how each differs from the baseline."""

import math

import numpy as np
import pytest

from iopsim.charts.arms import arms
from iopsim.charts.differences import differences
from iopsim.charts.multiples import MOST_ARMS
from iopsim.charts.style import BLUE, PRINT, STYLES
from iopsim.experiments.amounts import measure_named
from iopsim.experiments.verdict import difference, leading
from outcomes import around, made
from pictures import assert_fits, texts, words

WAIT, SHARE, MONEY = "days_to_first_session", "started_share", "margin_usd"
SIX = (WAIT, SHARE, MONEY, "weeks_until_full", "census_mean", "cost_usd")
LONG = "a-plan_of_which_the_name_has_40_letters"
UNKNOWN = [math.nan] * 20


def values(shift=0.0, names=SIX):
    size = {
        WAIT: 20.0,
        SHARE: 0.3,
        MONEY: -40_000.0,
        "weeks_until_full": 30.0,
        "census_mean": 9.0,
        "cost_usd": 70_000.0,
    }
    return {name: around(size[name] * (1 + shift), spread=0.1 * abs(size[name])) for name in names}


@pytest.fixture(scope="module")
def outcome():
    return made({"base": values(), "b": values(0.2), "c": values(-0.3)})


def dots(axes):
    """Where the dots of a panel are, from the top, and whether they are solid."""
    lines = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    return [(line.get_ydata()[0], line.get_xdata()[0], line.get_markerfacecolor() != "white") for line in lines]


def test_each_arm_is_where_its_mean_is_the_baseline_a_square(outcome):
    chart = arms(outcome)
    assert len(chart.figure.axes) == len(SIX)
    for axes, name in zip(chart.figure.axes, SIX, strict=True):
        means = [outcome.summary(arm, name).mean for arm in outcome.arms]
        assert [x for _, x, _ in dots(axes)] == means
        assert [line.get_marker() for line in axes.lines if line.get_marker() in ("o", "s")] == ["s", "o", "o"]
        dashed = next(line for line in axes.lines if line.get_linestyle() == "--")
        assert dashed.get_xdata()[0] == means[0]


def test_bars_and_lines_are_spread_and_interval(outcome):
    axes = arms(outcome).figure.axes[0]
    ends = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2][1:]
    for place, arm in enumerate(outcome.arms):
        one = outcome.summary(arm, WAIT)
        assert ends[2 * place] == (one.p10, one.p90)
        assert ends[2 * place + 1] == (one.low, one.high)


def test_the_title_of_arms_has_the_first_measure_in_which_plans_differ(outcome):
    assert arms(outcome).title == "Referral to first session: 14.0 days with c, 20.0 days with base"
    alike = made({"base": values(), "b": {**values(), SHARE: around(0.5, spread=0.01)}})
    assert arms(alike).title == "Started treatment: 50.0 % with b, 30.0 % with base"
    assert arms(made({"base": values(), "b": values()})).title == "The two plans cannot be told apart"
    three = made({"base": values(), "b": values(), "c": values()})
    assert arms(three).title == "None of the other 2 plans can be told apart from base"
    assert arms(made({"base": values()})).title == "Referral to first session: 20.0 days"


def test_each_difference_is_where_it_is_found_solid_where_it_can_be_told(outcome):
    noisy = {name: one[::-1] for name, one in values(0.02).items()}  # the same luck turned round
    mixed = made({"base": values(), "b": values(0.2), "noisy": noisy})
    chart = differences(mixed)
    assert len(chart.figure.axes) == len(SIX)
    for axes, name in zip(chart.figure.axes, SIX, strict=True):
        found = [mixed.contrast(arm, name) for arm in ("b", "noisy")]
        assert [gap.told_apart for gap in found] == [True, False]
        assert [(x, solid) for _, x, solid in dots(axes)] == [(found[0].mean, True), (found[1].mean, False)]
        ends = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
        assert ends[0] == (0, 0) or list(ends[0]) == [0.0, 0.0]
        assert ends[1:] == [(gap.low, gap.high) for gap in found]
        assert {line.get_color() for line in axes.lines if line.get_marker() == "o"} == {BLUE, "#5A5A5A"}


def test_the_title_of_differences_is_the_difference_that_matters_most(outcome):
    assert differences(outcome).title == "C starts people 6 days sooner than base"
    alike = made({"base": values(), "b": {**values(), SHARE: around(0.5, spread=0.01)}})
    assert differences(alike).title == "Started treatment is 20.0 percentage points higher with b than with base"
    nothing = differences(made({"base": values(), "b": values()}))
    assert nothing.title == "No difference of b from base can be told in 20 replications"
    assert differences(made({"base": values()})).title == "Differences: nothing to show"


def test_the_sentence_of_a_difference_tells_its_direction(outcome):
    gap = outcome.contrast("b", "cost_usd")
    assert difference(measure_named("cost_usd"), gap, "b", "base") == "b costs $14,000 more than base"
    assert leading(outcome, ["b"], [measure_named(SHARE)])[0] == "b"
    assert leading(outcome, [], [measure_named(SHARE)]) is None


def test_the_caption_says_how_sure_all_differences_are_together(outcome):
    assert "wide enough for all 12 differences to hold together with 95 %" in differences(outcome).caption
    one = made({"base": values(names=(WAIT,)), "b": values(0.1, (WAIT,))})
    assert "lines through them: 95 % interval." in differences(one).caption


def test_of_many_plans_the_first_are_drawn_and_the_caption_says_so():
    many = made({f"plan-{k}": values(0.1 * k, (WAIT, MONEY)) for k in range(MOST_ARMS + 3)})
    for draw, rows in ((arms, MOST_ARMS), (differences, MOST_ARMS - 1)):
        chart = draw(many)
        assert [len(dots(axes)) for axes in chart.figure.axes] == [rows] * 2
        assert chart.caption.endswith("Drawn are the first 8 of 11 plans.")
    same = values(names=(WAIT,))
    alike = made({f"plan-{k}": same for k in range(MOST_ARMS + 3)})
    assert arms(alike).title == "None of the other 7 plans can be told apart from plan-0; 3 more plans are not drawn"
    said = "No difference of the first 7 of 10 other plans from plan-0 can be told in 20 replications"
    assert differences(alike).title == said
    wide = made({"a": values(names=SIX), **{f"b{k}": values(0.1, SIX) for k in range(7)}})
    assert len(arms(wide, STYLES["slides"]).figure.axes) == 4
    assert arms(wide, STYLES["slides"]).caption.endswith("Drawn are the first 4 of 6 measures.")
    assert len(arms(wide, PRINT).figure.axes) == 6


def test_what_cannot_be_told_is_said_in_its_panel():
    unknown = {WAIT: UNKNOWN, SHARE: around(0.2, spread=0.1)}
    chart = arms(made({"base": unknown, "b": unknown}))
    assert "cannot be told" in words(chart)
    half = made({"base": values(names=(WAIT,)), "b": {WAIT: UNKNOWN}})
    assert len(dots(arms(half).figure.axes[0])) == 1
    assert differences(half).title.startswith("No difference of b from base can be told")


def test_names_that_would_be_cut_alike_are_cut_where_they_differ():
    names = [f"{LONG}{'x' * 40}{k}" for k in range(3)]
    chart = arms(made({name: values(0.1 * k) for k, name in enumerate(names)}))
    shown = [text for text, _ in texts(chart) if text.startswith("…")]
    assert len(set(shown)) == 3


def test_points_of_a_design_are_called_by_their_levels():
    levels = {
        "point_1": {"groups.evening.seats": "10", "referrals.*.per_week": "x 0.7"},
        "point_2": {"groups.evening.seats": "12", "referrals.*.per_week": "x 1"},
    }
    found = made({"base": values(), "point_1": values(0.1), "point_2": values(-0.3)}, levels)
    for draw in (arms, differences):
        chart = draw(found)
        assert {"10, × 0.7", "12, × 1"} <= {text for text, _ in texts(chart)}
        assert "point_" not in chart.alt and "point 1" not in chart.alt
        assert "named by their levels of: seats on each night (evening); referrals a week once mature." in chart.caption
        assert_fits(chart)
    said = "seats on each night (evening) 12 and referrals a week once mature × 1"
    assert arms(found).title == f"Referral to first session: 14.0 days with {said}, 20.0 days with base"


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize(
    ("n_arms", "stem", "names"), [(1, "p", SIX), (2, LONG, (WAIT,)), (3, "W" * 38, SIX), (8, LONG, SIX)]
)
def test_however_many_there_are_nothing_is_cut_off_or_written_over(n_arms, stem, names, style):
    outcome = made({f"{stem}{k}": values(0.15 * k - 0.3, names) for k in range(n_arms)}, name="$x$ <b> " + "w" * 60)
    for draw in (arms, differences):
        assert_fits(draw(outcome, style))


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_unusual_values_are_drawn_too(style):
    same = {WAIT: [5.0] * 20, SHARE: [0.0] * 20, MONEY: [0.0] * 20, "census_mean": UNKNOWN}
    fixed = {WAIT: [5.0] * 20, SHARE: [1.0] * 20, MONEY: [5e9] * 20, "census_mean": around(9)}
    for outcome in (
        made({"base": same, "b": fixed, "c": same}),
        made(
            {"base": {name: one[:1] for name, one in same.items()}, "b": {name: one[:1] for name, one in fixed.items()}}
        ),
    ):
        for draw in (arms, differences):
            chart = draw(outcome, style)
            assert_fits(chart)
            assert "-0" not in f"{chart.title} {chart.alt} {words(chart)}".replace("-0.", "").split()
    assert np.isfinite(chart.figure.axes[0].get_xlim()).all()

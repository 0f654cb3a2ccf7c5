"""The distribution of a measure on a chart: bars, marks, dates, and those that never come so far."""

import dataclasses
import datetime
import math
from pathlib import Path

import numpy as np
import pytest

import iopsim
from iopsim.charts.distribution import FEW, distribution
from iopsim.charts.style import STYLES
from iopsim.errors import IopsimError
from iopsim.experiments.amounts import measure_named
from iopsim.experiments.batch import COLUMN
from iopsim.experiments.risk import last_day, risk_of, sentence
from pictures import assert_fits, words

PLAIN = Path(__file__).parent / "plain.toml"
NOBODY = {f"referrals.{source}.per_week": 0 for source in ("self", "court", "health_care", "inpatient")}
HOSTILE = "$x^2$ <script>alert(1)</script> مرحبا " + "long " * 30


@pytest.fixture(scope="module")
def result():
    return iopsim.simulate(iopsim.load(PLAIN, {"weeks": 52}), 60)


@pytest.fixture(scope="module")
def short():
    return iopsim.simulate(iopsim.load(PLAIN, {"weeks": 4}), 2)


def with_values(result, name, numerators, denominators=None):
    """The same result, in which a measure has other values."""
    n = len(numerators)
    facts = dataclasses.replace(
        result.facts,
        **{field.name: np.resize(getattr(result.facts, field.name), (n, *getattr(result.facts, field.name).shape[1:]))
           for field in dataclasses.fields(result.facts)},
    )  # fmt: skip
    facts.numerators[:, COLUMN[name]] = numerators
    facts.denominators[:, COLUMN[name]] = 1 if denominators is None else denominators
    return dataclasses.replace(result, replications=n, facts=facts)


@pytest.mark.parametrize("name", ["weeks_until_full", "days_to_first_session", "cost_usd", "started_share"])
def test_the_bars_are_the_replications_in_each_bin_and_the_title_is_what_that_means(result, name):
    measure = measure_named(name)
    risk = risk_of(measure, result.values(name))
    chart = distribution(result, measure=name)
    axes = chart.figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == risk.counts.tolist()
    label = "Weeks until 90 % of seats are taken" if name == "weeks_until_full" else measure.label
    assert chart.title == sentence(risk, label, result.scenario.opening, 52)


def test_dates_on_the_axis_are_those_on_which_weeks_end(result):
    found = with_values(result, "weeks_until_full", np.repeat([10, 20, 30, 40], 25))
    chart = distribution(found)
    axes = chart.figure.axes[0]
    opening = result.scenario.opening
    ends = [datetime.date.fromordinal(int(bar.get_x() + bar.get_width())) for bar in axes.patches if bar.get_height()]
    weeks = [(day - opening).days / 7 for day in ends]
    assert all(week in range(10, 46) for week in weeks)
    marked = [line.get_xdata()[0] for line in axes.lines if list(line.get_ydata()) == [0, 1]]
    assert marked == [last_day(opening, week).toordinal() + 1 for week in (10, 20, 40)]
    assert "half by 23 May 2027" in words(chart)


def test_replications_that_never_come_so_far_have_a_bar_of_their_own(result):
    found = with_values(result, "weeks_until_full", np.full(100, 10), np.arange(100) < 70)
    chart = distribution(found)
    axes, never = chart.figure.axes
    assert [bar.get_height() for bar in never.patches] == [30]
    assert "30 %" in words(chart)
    assert "not within the run" in words(chart)
    assert chart.title.endswith("; three programs in ten do not within the 52 weeks of the run")
    assert axes.get_ylim() == never.get_ylim()


def test_percentiles_of_other_measures_leave_out_what_cannot_tell_and_say_so(result):
    found = with_values(result, "days_to_first_session", np.arange(100), np.arange(100) < 50)
    chart = distribution(found, measure="days_to_first_session")
    assert "half of the programs cannot tell and are left out of them" in chart.caption.lower()
    marked = [line.get_xdata()[0] for line in chart.figure.axes[0].lines if list(line.get_ydata()) == [0, 1]]
    assert marked == pytest.approx(np.quantile(np.arange(50), [0.1, 0.5, 0.9]))


def test_few_replications_are_dots_one_for_each(result):
    found = with_values(result, "days_to_first_session", np.arange(FEW))
    dots = [line for line in distribution(found, measure="days_to_first_session").figure.axes[0].lines
            if line.get_marker() == "o"]  # fmt: skip
    assert sum(len(line.get_xdata()) for line in dots) == FEW


def test_a_measure_of_yes_or_no_is_two_bars(result):
    found = with_values(result, "ever_full_share", np.arange(100) < 30)
    chart = distribution(found, measure="ever_full_share")
    assert [bar.get_height() for bar in chart.figure.axes[0].patches] == [30, 70]
    assert chart.title == "A week with 90 % of seats taken: in three programs in ten"
    assert chart.alt.endswith("Two bars: yes in 30, no in 70 of 100 replications.")


def test_a_mature_program_is_asked_how_long_people_wait(result):
    mature = dataclasses.replace(result, warm_up=20)
    assert distribution(mature).title.startswith("Referral to first session")


def test_a_measure_that_does_not_exist_is_refused(result):
    with pytest.raises(IopsimError, match="no measure"):
        distribution(result, measure="joy")


@pytest.mark.parametrize(
    "changes",
    [{"weeks": 1}, {"weeks": 30, "name": HOSTILE}, {"weeks": 20, **NOBODY}, {"weeks": 150}],
    ids=lambda changes: "-".join(map(str, changes))[:40],
)
def test_whatever_there_is_to_show_nothing_is_cut_off_or_written_over(changes):
    found = iopsim.simulate(iopsim.load(PLAIN, changes), 3)
    for name in ("weeks_until_full", "days_to_first_session", "cost_usd", "margin_usd"):
        for style in STYLES.values():
            assert_fits(distribution(found, style, measure=name))


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("weeks_until_full", [1]),
        ("weeks_until_full", [0] * 30 + [1] * 30),
        ("weeks_until_full", [104] * 99 + [3]),
        ("weeks_until_full", np.arange(300) // 3),
        ("days_to_first_session", [7]),
        ("days_to_first_session", [0] * 50),
        ("days_to_first_session", [0] * 49 + [1000]),
        ("margin_usd", np.linspace(-5, 5, 100) * 10_000_000),
        ("margin_usd", np.linspace(-500_100_000, -500_000_000, 60)),
        ("cost_usd", [7] * 3),
        ("started_share", [1] * 60),
    ],
)
def test_marks_that_lie_close_together_are_read_one_by_one(short, name, values, style):
    found = with_values(short, name, np.array(values, dtype=np.int64))
    chart = distribution(found, style, measure=name)
    assert_fits(chart)
    some = with_values(found, name, found.facts.numerators[:, COLUMN[name]], np.arange(len(values)) % 3 == 0)
    assert_fits(distribution(some, style, measure=name))
    assert not math.isnan(chart.figure.axes[0].get_ylim()[1])

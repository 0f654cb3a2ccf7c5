"""The tornado: the factors that move a measure most, in words, with both ends of their ranges."""

import csv
import io
import math

import pytest

from iopsim.charts.style import STYLES
from iopsim.charts.tornado import FILLS, MOST, tornado
from iopsim.errors import IopsimError
from iopsim.experiments.amounts import measure_named
from iopsim.experiments.batch_tables import csv_text
from iopsim.experiments.path_words import setting_words
from iopsim.experiments.runner import Runner
from iopsim.experiments.sensitivity_rows import ranking
from iopsim.experiments.sensitivity_study import MORRIS, ONE, SOBOL, Study, analyse, description, rows
from iopsim.experiments.space import Choice, factors_of
from iopsim.scenario import resolve
from pictures import assert_fits, words

PLAN = resolve("tests/plain.toml", ["weeks=26", "referrals.self.per_week={value=2.5, low=0.5, high=6.0}"])
FEW = frozenset({"waitlist.renege_per_day", "calls.lost_probability", "money.start_up_usd", "referrals.self.per_week"})
COST, SENT = "cost_usd", "referrals"
MEASURES = tuple(measure_named(name) for name in (COST, SENT))


class Folder:
    """An analysis as a folder tells it."""

    def __init__(self, method, told, plan=PLAN, measures=(COST,), **manifest):
        self.manifest = {
            "method": method,
            "measures": list(measures),
            "scenario_hash": plan.scenario.hash,
            "seed": 1,
            "replications": 50,
            **manifest,
        }
        self._plan, self._rows = plan, told

    def plan(self, arm=""):
        return self._plan

    def rows(self, name):
        return self._rows if name == "sensitivity.csv" else []


def analysed(method=ONE, **order):
    factors = factors_of(PLAN, [Choice("groups.evening.seats", (8, 12, 16))]).only({*FEW, "groups.evening.seats"})
    findings = analyse(Study(factors, MEASURES, method, **order), Runner())
    told = list(csv.DictReader(io.StringIO(csv_text(rows(findings)))))
    said = description(findings)
    return Folder(method, told, measures=said["measures"], scenario_hash=said["scenario_hash"])


@pytest.fixture(scope="module")
def real():
    return analysed(replications=4)


def row(factor, setting, difference, half=1.0, swing=None, sure=True, measure=COST):
    """A row of one setting of a factor."""
    swing = 2 * abs(difference) if swing is None else swing
    return {
        "measure": measure, "factor": factor, "setting": setting, "as_it_is": "1000", "mean": str(1000 + difference),
        "difference": str(difference), "low": str(difference - half), "high": str(difference + half),
        "swing": str(swing),
        "swing_low": str(swing - 2 * half if sure else -1.0), "swing_high": str(swing + 2 * half), "swing_from": "",
        "swing_to": "",
    }  # fmt: skip


def both(factor, difference, low="0.1", high="0.9", **more):
    return [row(factor, low, -difference, **more), row(factor, high, difference, **more)]


def bars(chart):
    """The bars of a chart by row: how far each goes, and its colour."""
    found = {}
    for bar in chart.figure.axes[0].patches:
        found.setdefault(round(bar.get_y() + bar.get_height() / 2), set()).add(
            (bar.get_width(), bar.get_facecolor()[:3])
        )
    return [found[y] for y in sorted(found)]


def test_bars_are_the_differences_of_both_ends_the_largest_first():
    told = (
        both("calls.lost_probability", 20.0) + both("money.start_up_usd", 300.0) + both("waitlist.renege_per_day", 5.0)
    )
    chart = tornado(Folder(ONE, told))
    assert [{width for width, _ in pair} for pair in bars(chart)] == [{-300.0, 300.0}, {-20.0, 20.0}, {-5.0, 5.0}]
    assert all(len({colour for _, colour in pair}) == 2 for pair in bars(chart))
    assert len({colour for _, _, colour in FILLS}) == 2


def test_what_was_found_is_what_is_read_back(real):
    for name in (COST, SENT):
        found = ranking(real, measure_named(name))
        by_path = {}
        for line in real.rows("sensitivity.csv"):
            if line["measure"] == name:
                by_path.setdefault(line["factor"], []).append(line)
        sizes = {path: float(lines[0]["swing"]) for path, lines in by_path.items()}
        assert {one.path: one.size for one in found.factors} == {path: size for path, size in sizes.items() if size > 0}
        assert [one.size for one in found.factors] == sorted((one.size for one in found.factors), reverse=True)
        assert found.others == sum(size == 0 for size in sizes.values())
        for one in found.factors:
            assert len(one.ends) <= 2
    start_up = next(one for one in ranking(real, measure_named(COST)).factors if one.path == "money.start_up_usd")
    plan = PLAN.scenario.money.start_up_usd
    origin = PLAN.origins["money.start_up_usd"]
    assert [end.difference for end in start_up.ends] == pytest.approx([origin.low - plan, origin.high - plan])
    assert start_up.assumed == (origin.grade == "assumed")


def test_the_title_names_the_factor_that_moves_most_and_how_far():
    told = both("money.start_up_usd", 300.0, "5000", "100000") + both("calls.lost_probability", 20.0)
    chart = tornado(Folder(ONE, told))
    assert chart.title == "What moves cost most: money: start up, $700 to $1,300"
    assert "$5,000" in words(chart)
    assert "$100,000" in words(chart)
    assert "10 %" in words(chart)
    assert "$1,000" in chart.subtitle


def test_factors_that_may_move_it_as_much_as_the_largest_share_the_title():
    def titled(*sizes):
        paths = ("money.start_up_usd", "calls.lost_probability", "waitlist.renege_per_day")
        told = [one for path, size in zip(paths, sizes, strict=False) for one in both(path, size, half=10.0)]
        return tornado(Folder(ONE, told))

    # half of 10 at each end: the swing of 600 is between 580 and 620
    assert titled(300.0, 279.0).title == "What moves cost most: money: start up, $700 to $1,300"
    assert "cannot be told" not in titled(300.0, 279.0).caption
    tied = titled(300.0, 281.0, 20.0)
    assert tied.title == "Among what moves cost most: money: start up, $700 to $1,300"
    assert "Of 1 others it cannot" not in tied.caption
    assert "Of 1 other it cannot be told that it moves it less than the title's." in tied.caption
    assert "Of 2 others it cannot be told that they move it less" in titled(300.0, 290.0, 285.0).caption


def test_where_nothing_can_be_told_to_move_it_the_title_says_so():
    told = both("money.start_up_usd", 3.0, sure=False)
    assert tornado(Folder(ONE, told)).title == "No single assumption can be told to move cost"
    noisy = both("money.start_up_usd", 30.0, sure=False) + both("calls.lost_probability", 20.0)
    said = "Among what moves cost most: the call is lost, $980 to $1,020"
    assert tornado(Folder(ONE, noisy)).title == said
    nothing = tornado(Folder(ONE, both("money.start_up_usd", 0.0)))
    assert nothing.title == "Cost: nothing to show"
    assert tornado(Folder(SOBOL, [])).title == "Cost: nothing to show"


def test_paths_stand_below_their_words_and_assumed_values_are_marked():
    chart = tornado(Folder(ONE, both("calls.lost_probability", 20.0) + both("waitlist.order", 5.0)))
    said = words(chart)
    assert "The call is lost" in said
    mark = " · assumed" if PLAN.origins["calls.lost_probability"].grade == "assumed" else ""
    assert f"calls.lost_probability{mark}" in said


def test_more_factors_than_there_is_room_for_are_counted():
    told = [one for k in range(20) for one in both(f"referrals.source_{k}.per_week", 100.0 - k)]
    told += both("calls.lost_probability", 0.0)
    for name, style in STYLES.items():
        chart = tornado(Folder(ONE, told), style)
        assert len(bars(chart)) == MOST[name]
        assert f"{20 - MOST[name]} more, found to move it less, are not drawn." in chart.caption
        assert "1 move it in no replication." in chart.caption


def test_levels_without_an_order_are_told_by_the_least_and_the_most():
    told = [row("groups.evening.seats", level, gap, swing=90.0) for level, gap in (("8", -40), ("12", 10), ("16", 50))]
    for line in told:
        line |= {"swing_from": "8", "swing_to": "16"}
    (found,) = ranking(Folder(ONE, told), measure_named(COST)).factors
    assert [(end.setting, end.difference) for end in found.ends] == [("8", -40.0), ("16", 50.0)]


@pytest.mark.parametrize("method", [MORRIS, SOBOL])
def test_effects_and_shares_are_dots_with_their_intervals(method):
    pytest.importorskip("SALib")
    analysis = analysed(method, samples=4, replications=2)
    chart = tornado(analysis, measure=SENT)
    found = ranking(analysis, measure_named(SENT))
    dots = [line.get_xdata()[0] for line in chart.figure.axes[0].lines if line.get_marker() == "o"]
    assert dots == [one.size for one in found.factors]
    lines = [line for line in analysis.rows("sensitivity.csv") if line["measure"] == SENT]
    size = {MORRIS: "mu_star", SOBOL: "total"}[method]
    assert max(float(line[size]) for line in lines) == found.factors[0].size
    assert not any(math.isnan(one.high) for one in found.factors)
    for style in STYLES.values():
        assert_fits(tornado(analysis, style, measure=SENT))


def test_a_measure_that_was_not_looked_at_is_refused(real):
    with pytest.raises(IopsimError, match="did not look at"):
        tornado(real, measure="census_mean")


def test_a_setting_is_told_in_its_unit():
    said = [setting_words(*one) for one in (("0.4", "share"), ("3000", "usd"), ("1234567", "clients"), ("0.014", ""))]
    assert said == ["40 %", "$3,000", "1,234,567", "0.014"]
    assert setting_words("Mon, Tue", "") == "Mon, Tue"
    assert setting_words("inf", "days") == "inf"


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_whatever_there_is_to_show_nothing_is_cut_off_or_written_over(real, style):
    long = [
        one for k in range(20) for one in both(f"traits.{'W' * 38}{k}.dropout_hazard_ratio", 100.0 - k, "a" * 30, "b")
    ]
    one_sided = [row("calls.lost_probability", "0.3", 20.0), row("calls.lost_probability", "0.1", 18.0),
                 row("money.start_up_usd", "1", -3.0)]  # fmt: skip
    untold = [{**one, "low": "", "high": ""} for one in both("calls.lost_probability", 2.0)]
    for told in (long, one_sided, untold, both("waitlist.order", 5e8, half=3e8)):
        assert_fits(tornado(Folder(ONE, told), style))
    hostile = resolve("tests/plain.toml", {"name": "<script>$x$ " + "w" * 150})
    assert_fits(tornado(Folder(ONE, long, hostile), style))
    assert_fits(tornado(real, style))

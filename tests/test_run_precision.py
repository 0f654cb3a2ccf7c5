"""A run that stops where its measures are known as precisely as asked for, and is then one of as many replications."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.cli.commands import app
from iopsim.cli.precision import width, would_do
from iopsim.measures.facts import Facts
from iopsim.scenario import resolve
from iopsim.stats.stopping import looks

PLAIN = str(Path(__file__).parent / "plain.toml")
CLINIC = iopsim.load(PLAIN, {"weeks": 26})
SOURCES = ("self", "court", "health_care", "inpatient")
EVEN = {
    f"referrals.{source}.{path}": value for source in SOURCES for path, value in (("months.*", 1), ("ramp_weeks", 0))
}
STEADY = iopsim.load(PLAIN, {"weeks": 16, **EVEN})
"""Without seasons and ramps, which a mature view may not have."""

SHORT = ("run", PLAIN, "--weeks", "12", "--workers", "1")
SOUGHT = {"census_mean": 0.36}
CENSUS = ("--precision", "census_mean=0.28")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test stands in a folder of its own, and draws no charts: they take longer than a short run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())


@pytest.fixture(scope="module")
def number():
    """How many replications `CENSUS` asks for."""
    found = iopsim.simulate(iopsim.load(PLAIN, {"weeks": 12}), precision={"census_mean": 0.28}).replications
    assert found > 50
    return found


@pytest.fixture(scope="module")
def told():
    """A run, and what it told of its progress."""
    done, expected = [], []
    result = iopsim.simulate(CLINIC, precision=SOUGHT, progress=done.append, expects=expected.append)
    return result, sum(done), expected


def call(*arguments):
    return CliRunner().invoke(app, [*SHORT, *arguments])


def files(folder):
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in found}


def same(one: Facts, other: Facts) -> bool:
    return all(np.array_equal(one.columns()[name], other.columns()[name]) for name in one.columns())


def test_it_stops_at_the_first_look_that_is_precise_enough_and_simulates_nothing_twice(told):
    result, done, expected = told
    n = result.replications
    assert 50 < n < 200
    assert [look.replications for look in result.looked.looks] == expected == list(looks(10_000))[: len(expected)]
    widths = [look.measures["census_mean"].half_width for look in result.looked.looks]
    assert widths[-1] <= 0.36 < min(widths[:-1])
    assert done == n == expected[-1]
    low, high = result.measures["census_mean"].low, result.measures["census_mean"].high
    assert (high - low) / 2 == pytest.approx(widths[-1])


def test_it_is_the_run_of_as_many_replications_whatever_the_workers(told):
    result, _, _ = told
    assert same(result.facts, iopsim.simulate(CLINIC, result.replications).facts)
    again = iopsim.simulate(CLINIC, precision=SOUGHT, workers=2)
    assert same(result.facts, again.facts)
    assert again.looked == result.looked


def test_groups_of_clients_and_a_mature_view_are_of_all_replications():
    options = {"by": ["source"], "warm_up": 8}
    found = iopsim.simulate(STEADY, precision={"census_mean": 0.01}, most=60, **options)
    assert found.replications == found.looked.replications == 60
    assert same(found.facts, iopsim.simulate(STEADY, 60, **options).facts)
    assert found.equity.groups()


def test_a_warm_up_is_looked_for_in_as_many_replications_as_there_would_be_without_a_precision(monkeypatch):
    asked = []

    def estimate(result):
        asked.append(result.replications)
        return type("Found", (), {"problems": (), "weeks": 8})

    monkeypatch.setattr("iopsim.api.estimate", estimate)
    monkeypatch.setattr("iopsim.api.forbidden", lambda scenario, warm_up: ())
    monkeypatch.setattr("iopsim.api.WARM_UP_REPLICATIONS", 3)
    done, expected = [], []
    found = iopsim.simulate(
        STEADY,
        precision={"census_mean": 50},
        warm_up="auto",
        progress=done.append,
        expects=expected.append,
    )
    assert (asked, found.warm_up, found.replications) == ([3], 8, 50)
    assert sum(done) == expected[-1] == 53


def test_with_drawn_inputs_twins_are_run_once_it_is_precise_enough():
    plan, done, expected = resolve(PLAIN, ["weeks=8"]), [], []
    found = iopsim.simulate(
        plan, precision={"census_mean": 2.0}, uncertain=True, progress=done.append, expects=expected.append
    )
    few = iopsim.simulate(plan, 4, uncertain=True)
    assert found.looked.met
    assert same(found.facts.rows(0, 4), few.facts)
    assert same(found.ignorance.twins.rows(0, 4), few.ignorance.twins)
    assert len(found.ignorance.twins) == len(found.ignorance.drawn) == found.replications == 50
    assert sum(done) == expected[-1] == 3 * 50


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"precision": {}}, "names a measure or more"),
        ({"precision": {"census": 1.0}}, "no measure is named 'census'"),
        ({"precision": {"census_mean": 0.0}}, "above 0"),
        ({"precision": {"census_mean": "narrow"}}, "a half-width is a number"),
        ({"precision": SOUGHT, "most": 40}, "50"),
        ({"precision": SOUGHT, "stages": "three"}, "stages are one of sequential, two"),
        ({"precision": {"cost_usd": "1 %"}, "stages": "two"}, "not in percent"),
    ],
)
def test_a_precision_that_makes_no_sense_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        iopsim.simulate(CLINIC, **options)


def test_its_folder_is_that_of_as_many_replications_but_for_what_the_manifest_says_of_it(number):
    assert call(*CENSUS, "--out", "sought", "-q").exit_code == 0
    assert call("-n", str(number), "--out", "fixed", "-q").exit_code == 0
    sought, fixed = files("sought"), files("fixed")
    manifest, other = json.loads(sought.pop("manifest.json")), json.loads(fixed.pop("manifest.json"))
    assert sought == fixed
    precision = manifest.pop("precision")
    assert manifest == other
    assert (precision["half_widths"], precision["met"], precision["looks"][-1]) == (
        {"census_mean": "0.28"},
        True,
        number,
    )
    assert json.loads(call(*CENSUS, "--json").stdout)["precision"] == precision


def test_without_a_folder_of_its_own_name_it_lies_where_as_many_replications_lie(number):
    for arguments in (("-n", "200"), CENSUS, ("-n", str(number)), CENSUS):
        assert call(*arguments, "-q").exit_code == 0
    assert len(list(Path("results").iterdir())) == 2


def test_the_same_precision_writes_its_folder_again_and_another_is_refused_before_it_is_simulated(monkeypatch):
    assert call(*CENSUS, "--out", "here", "-q").exit_code == 0
    before = files("here")
    assert call(*CENSUS, "--out", "here", "-q").exit_code == 0
    assert files("here") == before
    monkeypatch.setattr("iopsim.cli.run.simulate", None)
    for others in (("--precision", "census_mean=0.2"), (*CENSUS, "--most", "500"), (*CENSUS, "--seed", "2")):
        answer = call(*others, "--out", "here")
        assert answer.exit_code == 2
        assert "here: found a folder with other results" in answer.stderr
    assert files("here") == before


def test_above_the_table_it_says_at_what_it_stopped():
    said = " ".join(call("--precision", "census_mean=0.28, cost_usd=2%").stdout.split())
    assert (
        "replications, at which all is as precise as asked for (intervals 95 %, all 2 together): census_mean ±0."
        in said
    )
    assert "asked for ±0.28; cost_usd ±0." in said
    assert " %, asked for ±2 %." in said
    assert said.index("Stopped after") < said.index("Measure")
    assert "Stopped" not in call("-n", "2").stdout


def test_what_is_missing_is_said_and_about_how_many_replications_would_do():
    said = " ".join(call("--precision", "census_mean=0.01", "--most", "50").stdout.split())
    assert (
        "Stopped after 50 replications, the most allowed; not all is as precise as asked for (intervals 95 %):" in said
    )
    assert "asked for ±0.01, missed. About" in said
    assert "000 would do." in said
    said = " ".join(call("--precision", "completed_of_referred_share=0.1", "--most", "50").stdout.split())
    assert "not known, asked for ±0.1, missed. How many would do cannot be told." in said


def test_two_stages_run_what_the_first_asks_for():
    document = json.loads(call(*CENSUS, "--stages", "two", "--json").stdout)
    precision = document["precision"]
    assert (precision["stages"], precision["looks"][0], len(precision["looks"])) == ("two", 50, 2)
    assert document["replications"] == precision["looks"][1] > 50


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*CENSUS, "-n", "200"), "--replications: found 200; give either --replications, or --precision with --most"),
        (("--most", "500"), "--most: found 500; goes with --precision"),
        (("--precision", "census_men=1"), "did you mean census_mean?"),
        ((*CENSUS, "--stages", "three"), "--stages: found three; give one of sequential, two"),
        (("--precision", "cost_usd=2%", "--stages", "two"), "--stages: found two; needs half-widths in the unit"),
    ],
)
def test_an_order_that_cannot_be_done_says_why(arguments, said):
    answer = call(*arguments)
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_numbers_are_told_no_finer_than_they_are_known():
    assert [would_do(n) for n in (7, 84, 110, 84_553)] == [
        "About 7 would do.",
        "About 84 would do.",
        "About 110 would do.",
        "About 85,000 would do.",
    ]
    assert [width(one) for one in (0.29512, 12.345, 12345.6)] == ["0.295", "12.3", "12,346"]

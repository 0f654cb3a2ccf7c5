"""`iopsim sensitivity`: what is moved, how it is drawn, what a folder keeps, and what is refused."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import iopsim.cli.sensitivity as command
from iopsim.cli.studies import app
from iopsim.cli.tornado import _with_error, drawn
from iopsim.errors import IopsimError
from iopsim.experiments.evaluation import Evaluation
from iopsim.experiments.runner import Runner
from iopsim.experiments.sensitivity import in_two_stages
from iopsim.experiments.sensitivity_folder import analyse_in
from iopsim.experiments.sensitivity_study import MORRIS, ONE, SOBOL, Study, analyse, rows
from iopsim.experiments.space import Choice, factors_of
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario import resolve

PLAIN = str(Path(__file__).parent / "plain.toml")
CALLS = "referrals.self.per_week={value=2.5, low=0.5, high=6.0}"
PLAN = resolve(PLAIN, ["weeks=20", CALLS])
FEW = ("referrals.self.per_week", "waitlist.renege_per_day", "levers.transport.attendance_odds_ratio")
"""One that moves referrals, one that does not, and one that cannot reach the model, as the lever is off."""
NAMED = {measure.name: measure for measure in CATALOGUE}
MEASURES = (NAMED["referrals"], NAMED["census_mean"])
FINE = 10**6


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def few(monkeypatch):
    """Let the command move a few factors only, so that it is quick."""
    every = command.factors_of

    def some(resolved, choices=(), also=()):
        return every(resolved, choices, also).only({*FEW, *also, *(choice.path for choice in choices)})

    monkeypatch.setattr(command, "factors_of", some)


def call(*arguments):
    short = ("--weeks", "20", "--set", CALLS, "--workers", "1", "-m", "referrals,census_mean")
    return CliRunner().invoke(app, ("sensitivity", PLAIN, *short, *arguments))


def told(*arguments):
    answer = call(*arguments)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def refused(*arguments):
    answer = call(*arguments)
    assert answer.exit_code == 2, answer.output
    assert answer.stdout == ""
    return answer.stderr


def study(**order):
    return Study(**{"factors": factors_of(PLAN).only(FEW), "measures": MEASURES, "replications": 4, **order})


# ------------------------------------------------------------------------------------------ the study


def test_a_plan_that_is_the_same_to_the_model_is_not_simulated_again():
    factors = factors_of(PLAN).only(FEW)
    plans = [factors.at({}), factors.at({2: 1.0}), factors.at({0: 1.0})]
    assert len({plan.hash for plan in plans}) == 3
    once = Evaluation(Runner(), 1, MEASURES, PLAN.scenario)
    found = once(plans, 0, 2)
    assert once.simulated == 2 * 2
    assert np.array_equal(found, Evaluation(Runner(), 1, MEASURES)(plans, 0, 2))
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_more_calls_mean_more_referrals_and_what_is_switched_off_moves_nothing():
    findings = analyse(study(), Runner())
    swings = {one.factor: one for one in findings.told.swings[0]}
    low, high = swings["referrals.self.per_week"].bars
    assert (low.setting, high.setting) == ("0.5", "6")
    assert low.difference.mean < 0.0 < high.difference.mean
    assert swings["levers.transport.attendance_odds_ratio"].moves_nothing
    assert not swings["referrals.self.per_week"].moves_nothing


class Line:
    """Plans along three factors, the second of which moves most."""

    names = ("a", "b", "c")

    def __init__(self, names=names):
        self.names = tuple(names)

    def ends(self, factor):
        return (0.0, 1.0)

    def n_levels(self, factor):
        return 0

    def told(self, factor, place):
        return f"{place:g}"

    def at(self, places):
        weights = dict(zip("abc", (1.0, 10.0, 0.1), strict=True))
        return sum(weights[self.names[factor]] * (place - 0.5) for factor, place in places.items())


def test_what_leads_is_looked_at_with_more_replications_and_all_intervals_still_hold_together():
    asked = []

    def evaluate(plans, first, last):
        asked.append((len(plans), first, last))
        luck = np.sin(np.arange(first, last) * 12.9898)
        above = np.round((np.array(plans)[:, None] * (1.0 + luck)) * FINE).astype(np.int64)
        return np.stack([above, np.full_like(above, FINE)], axis=-1)[:, :, None]

    tornado, leading = in_two_stages(Line(), Line, evaluate, [NAMED["census_mean"]], (4, 12), top=2)
    assert asked == [(7, 0, 4), (5, 0, 12)]
    assert leading == {"a", "b"}
    assert [(one.factor, one.difference.n) for one in tornado.swings[0]] == [("b", 12), ("a", 12), ("c", 4)]
    assert tornado.comparisons == 9


def test_where_all_replications_are_run_at_once_there_is_one_stage():
    findings = analyse(study(), Runner())
    assert findings.leading == set(FEW)
    assert {bar.difference.n for swings in findings.told.swings for one in swings for bar in one.bars} == {4}


@pytest.mark.parametrize(("method", "columns"), [(MORRIS, {"mu_star", "sigma"}), (SOBOL, {"first", "total"})])
def test_what_cannot_reach_the_model_is_left_out_of_a_design_over_all(method, columns):
    findings = analyse(study(method=method, samples=2, replications=2), Runner())
    assert findings.unreached == ("levers.transport.attendance_odds_ratio",)
    table = list(rows(findings))
    assert {row["factor"] for row in table} == set(FEW[:2])
    assert columns <= set(table[0])
    planned = {MORRIS: 2 * 3 * 2, SOBOL: 2 * 4 * 2}
    assert findings.simulated == planned[method]


def test_sobol_takes_what_leads_in_a_screening():
    findings = analyse(study(method=SOBOL, samples=2, replications=2, top=1), Runner())
    assert findings.leading == {"referrals.self.per_week"}
    assert {row["factor"] for row in rows(findings)} == {"referrals.self.per_week"}


def test_a_design_plans_as_many_simulations_as_it_says():
    assert study(replications=50).planned == (1 + 6) * 10 + (1 + 6) * 40
    assert study(replications=4).planned == (1 + 6) * 4
    assert study(method=MORRIS, samples=5).planned == 5 * 4 * 4


# ----------------------------------------------------------------------------------------- the folder


def test_a_folder_is_gone_on_with_extended_and_not_shortened(tmp_path):
    folder = tmp_path / "out"
    analyse_in(folder, study(), Runner())
    chunks = {path: path.stat().st_mtime_ns for path in folder.rglob("*.chunk")}
    text = (folder / "sensitivity.csv").read_bytes()
    done = []
    analyse_in(folder, study(), Runner(progress=done.append))
    assert (folder / "sensitivity.csv").read_bytes() == text
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.chunk")} == chunks
    analyse_in(folder, study(replications=6), Runner())
    assert {path: path.stat().st_mtime_ns for path in chunks} == chunks
    with pytest.raises(IopsimError, match=r"found 6 replications, more than the 4 asked for"):
        analyse_in(folder, study(), Runner())
    with pytest.raises(IopsimError, match=r"which has another measures"):
        analyse_in(folder, study(measures=MEASURES[:1], replications=6), Runner())


def test_a_folder_says_what_was_found_and_by_what(tmp_path):
    findings = analyse_in(tmp_path / "out", study(), Runner())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["factors"] == list(factors_of(PLAN).only(FEW).names)
    assert (manifest["method"], manifest["replications"], manifest["simulations"]) == (ONE, 4, findings.simulated)
    with (tmp_path / "out" / "sensitivity.csv").open() as file:
        table = list(csv.DictReader(file))
    assert len(table) == 2 * 6
    assert float(table[0]["swing"]) == findings.told.swings[0][0].size


# ------------------------------------------------------------------------------------------ the command


def test_bars_point_where_the_measure_goes_and_the_longer_looks_out_behind_the_shorter():
    assert drawn(-2.0, 1.0, 2.0, 4) == "░░░░│██  "
    assert drawn(1.0, 2.0, 2.0, 4) == "    │░░██"
    assert drawn(0.0, -0.01, 2.0, 4) == "   █│    "
    assert drawn(0.0, 0.0, 0.0, 4) == "    │    "


@pytest.mark.parametrize("columns", [80, 120])
def test_a_tornado_names_both_ends_what_they_do_and_fits(few, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = told("-n", "4").splitlines()
    assert max(map(len, lines)) <= columns
    (at,) = [number for number, line in enumerate(lines) if line.startswith("Referrals, clients")]
    shown = " ".join(lines[at : at + 4])
    assert "referrals.self.per_week" in shown
    assert "0.5 .. 6" in shown
    assert "░│█" in shown
    assert any("moved it in none of 4 replications" in line for line in lines)
    assert "an effect so rare that it was not met" in " ".join(" ".join(lines).split())


def test_all_names_what_moves_nothing(few):
    said = " ".join(told("-n", "4", "--all").split())
    names = said.partition("Moved none of these measures in any of 4 replications: ")[2]
    assert "levers.transport.attendance_odds_ratio" in names.partition(".  ")[0]


def test_json_has_the_rows_of_the_table(few, tmp_path):
    said = json.loads(told("-n", "4", "--json", "--out", str(tmp_path / "out")))
    with (tmp_path / "out" / "sensitivity.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [row["factor"] for row in said["rows"]] == [row["factor"] for row in table]
    assert [row["difference"] for row in said["rows"]] == [float(row["difference"]) for row in table]
    for row in said["rows"]:
        assert row["as_it_is"] + row["difference"] == pytest.approx(row["mean"])
        assert (row["low"] is None) == (row["moved"] == 0)
    assert {row["moved"] for row in said["rows"]} > {0}


def test_with_unlike_replications_the_base_is_of_the_same_ones_in_each_row():
    few = factors_of(PLAN).only(FEW)
    found = analyse(Study(few, MEASURES, replications=14, top=1), Runner())
    told_of = list(rows(found))
    assert {row["n"] for row in told_of} == {10, 14}
    for row in told_of:
        assert row["as_it_is"] + row["difference"] == pytest.approx(row["mean"])


@pytest.mark.parametrize("shown", ["--quiet", "--json", "--all"])
def test_where_nothing_leads_sobol_says_so(monkeypatch, shown):
    names = {"leaving.death_per_week", "waitlist.renege_per_day", "leaving.counselor_change_hazard_ratio"}
    every = command.factors_of
    monkeypatch.setattr(command, "factors_of", lambda *given: every(*given).only(names))
    options = ("--method", "sobol", "--samples", "2", "-n", "2", "--top", "1", shown)
    short = ("--weeks", "1", "--workers", "1", "-m", "referrals,completed_of_referred_share")
    answer = CliRunner().invoke(app, ("sensitivity", PLAIN, *short, *options))
    assert answer.exit_code == 0, answer.output
    if shown == "--json":
        assert json.loads(answer.stdout)["rows"] == []
    if shown == "--all":
        words = " ".join(answer.stdout.split())
        assert "no factor is seen to move Referrals; there is nothing to share out" in words
        assert "Cannot be told: Completed" in words


def test_settings_with_levels_are_moved_too_and_one_that_cannot_be_is_told(few):
    said = told("-n", "4", "--also", "groups.evening.seats=[2, 12, -3]")
    assert "groups.evening.seats" in said
    assert "1 setting cannot be, and was left out:" in said
    assert "groups.evening.seats -3:" in said
    assert "4 factors, one at a time" in said


def test_numbers_of_the_plan_are_moved_when_they_are_named(few):
    assert "assessment.slots_per_day" in told("-n", "4", "--all", "--also", "assessment.slots_per_day")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--also", "groups.evening.seat=[2, 3]"), "did you mean groups.evening.seats?"),
        (("--also", "groups.evening.seats=[2]"), "give two levels or more in brackets"),
        (("--also", "groups.evening.seats=12"), "give two levels or more in brackets"),
        (("--also", "groups.evening.seats"), "for a setting with levels give them"),
        (("--method", "sobols"), "did you mean sobol?"),
        (("--samples", "8"), "goes with --method morris or sobol"),
        (("--method", "sobol", "--samples", "12"), "give a power of 2"),
        (("--measure", "referral"), "did you mean referrals?"),
        (("-n", "1"), "give a whole number from 2"),
    ],
)
def test_what_cannot_be_is_refused(options, said):
    assert said in refused(*options)


@pytest.mark.parametrize("method", [MORRIS, SOBOL])
def test_indices_have_their_errors(few, method):
    said = told("--method", method, "--samples", "2", "-n", "2")
    assert [line for line in said.splitlines() if line.startswith("referrals.self.per_week") and " ± " in line]
    assert "1 cannot reach the model" in said


def test_without_salib_it_is_said_before_anything_is_simulated(few, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    assert "pip install iopsim[sensitivity]" in refused("--method", "morris")


def test_a_replication_that_fails_is_told_and_counts_as_undefined(few, monkeypatch):
    from iopsim.experiments import work

    whole = work.view_of

    def broken(book, seed, replication, since=0):
        if replication == 2:
            raise ZeroDivisionError("no such day")
        return whole(book, seed, replication, since)

    monkeypatch.setattr(work, "view_of", broken)
    assert "FAILED  5 replications failed and count as undefined; replication 2: " in told("-n", "4")
    answer = call("-n", "4", "--quiet")
    assert (answer.stdout, "FAILED" in answer.stderr) == ("", True)


def test_levels_are_told_apart_by_their_values():
    one, other = (
        study(factors=factors_of(PLAN, [Choice("groups.evening.seats", levels)]).only({"groups.evening.seats"}))
        for levels in ((2, 12), (2, 14))
    )
    assert one.identity["key"] != other.identity["key"]


@pytest.mark.parametrize("name", ["margin_usd", "census_mean", "completed_share"])
def test_an_index_without_an_error_is_told_without_one(name):
    """With two trajectories the spread of effects has none."""
    (measure,) = [one for one in CATALOGUE if one.name == name]
    assert _with_error(measure, 0.25, float("nan")).endswith("± –")
    assert _with_error(measure, float("nan"), float("nan")) == "–"

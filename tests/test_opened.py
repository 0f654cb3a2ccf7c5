"""Any results folder is read back as it was made, and a bad one is refused with one clear sentence."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import iopsim
from batches import batch, plan
from batches import run as run_batch
from iopsim.cli.studies import app
from iopsim.experiments.engine import COMPILERS
from iopsim.experiments.ignorance import spread_rows
from iopsim.experiments.opened import open_results
from iopsim.experiments.runner import Runner
from iopsim.experiments.sensitivity_folder import analyse_in
from iopsim.experiments.sensitivity_study import Study
from iopsim.experiments.space import factors_of
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario import resolve
from iopsim.scenario.resolved import count_standings
from iopsim.scenario.unknowns import unknowns

ROOT = Path(__file__).parent.parent
PLAIN, PALMETTO = ROOT / "tests" / "plain.toml", ROOT / "scenarios" / "palmetto.toml"
WEEKS = {"weeks": 30}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FLAT = {"referrals.*.ramp_weeks": 0, **{f"referrals.*.months.{month}": 1 for month in MONTHS}}
"""So that there is a mature program."""


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())


def command(*words):
    answer = CliRunner().invoke(app, [str(word) for word in words])
    assert answer.exit_code == 0, answer.output


def assert_same(found, expected):
    for name, column in expected.columns().items():
        assert np.array_equal(found.columns()[name], column), name


RUNS = {
    "plain": (PLAIN, (), {}),
    "with payers, by all": (PALMETTO, ("--by", "source", "--by", "payer"), {"by": ("source", "payer")}),
    "mature": (PALMETTO, ("--warm-up", "8"), {"warm_up": 8}),
    "without payers, mature": (PLAIN, ("--warm-up", "8", "--by", "source"), {"warm_up": 8, "by": ("source",)}),
    "uncertain": (PALMETTO, ("--uncertain",), {"uncertain": True}),
    "uncertain, without payers": (PLAIN, ("--uncertain",), {"uncertain": True}),
}


@pytest.mark.parametrize(("file", "options", "asked"), RUNS.values(), ids=RUNS)
def test_a_run_is_read_back_with_the_facts_that_were_simulated(tmp_path, file, options, asked):
    changes = [f"{path}={value}" for path, value in {**WEEKS, **(FLAT if "warm_up" in asked else {})}.items()]
    sets = [word for change in changes for word in ("--set", change)]
    command("run", file, "-n", "6", "--quiet", "--out", tmp_path / "run", *sets, *options)
    opened = open_results(tmp_path / "run")
    resolved = resolve(file, changes)
    expected = iopsim.simulate(resolved if "uncertain" in asked else resolved.scenario, 6, **asked)
    assert (opened.kind, opened.arms, opened.made, opened.outcome) == ("run", ("",), {}, None)
    found = opened.result()
    assert found is opened.result("")
    assert_same(found.facts, expected.facts)
    assert (found.scenario, found.seed, found.replications) == (expected.scenario, 1, 6)
    assert found.warm_up == expected.warm_up
    assert [part.name for part in found.partitions] == [part.name for part in expected.partitions]
    assert found.weeks_before == expected.weeks_before
    assert bool(opened.rows("uncertainty.csv")) == ("uncertain" in asked)
    pd.testing.assert_frame_equal(found.to_pandas(), expected.to_pandas())
    assert (found.ignorance is None) == (expected.ignorance is None)
    if found.ignorance:
        mine, theirs = found.ignorance, expected.ignorance
        assert (mine.drawn, mine.refused, mine.inputs.hash) == (theirs.drawn, theirs.refused, theirs.inputs.hash)
        assert list(map(repr, spread_rows(mine))) == list(map(repr, spread_rows(theirs)))


def test_a_run_that_stopped_where_it_was_precise_enough_tells_at_what_it_looked(tmp_path):
    asked = ("--precision", "census_mean=0.5", "--most", "75")
    command("run", PLAIN, "--weeks", "30", *asked, "--quiet", "--out", tmp_path / "run")
    found = open_results(tmp_path / "run").result()
    expected = iopsim.simulate(iopsim.load(PLAIN, WEEKS), precision={"census_mean": 0.5}, most=75)
    assert (found.sought, found.looked) == (expected.sought, expected.looked)


@pytest.mark.parametrize("file", [PLAIN, PALMETTO])
def test_a_plan_knows_the_evidence_and_where_each_value_comes_from(tmp_path, file):
    changes = ["weeks=30", "groups.evening.seats=15", "name='=cmd()'"]
    sets = [word for change in changes for word in ("--set", change)]
    command("run", file, "-n", "2", "--quiet", "--out", tmp_path / "run", *sets)
    expected, found = resolve(file, changes), open_results(tmp_path / "run").plan()
    assert found.scenario == expected.scenario
    assert found.scenario.hash == expected.scenario.hash
    for path, origin in expected.origins.items():
        mine = found.origins[path]
        told = ("layer", "line", "template", "low", "high", "unit", "source", "grade")
        assert [getattr(mine, one) for one in told] == [getattr(origin, one) for one in told], path
        assert mine.where == (Path(origin.where).name if origin.layer == "file" else origin.where)
    assert count_standings(found) == count_standings(expected)
    assert [one.name for one in unknowns(found)] == [one.name for one in unknowns(expected)]


def test_the_table_of_assumptions_says_of_each_number_who_sets_it(tmp_path):
    command("run", PLAIN, "-n", "2", "--quiet", "--weeks", "30", "--out", tmp_path / "run")
    rows = {row["path"]: row for row in open_results(tmp_path / "run").rows("assumptions.csv")}
    assert rows["weeks"] | {"source": "", "grade": "", "evidence": ""} == {
        "path": "weeks", "value": "30", "unit": "weeks", "low": "", "high": "", "grade": "", "source": "",
        "evidence": "", "layer": "change", "where": "--set weeks=30", "line": "", "inherited": "", "set_by": "plan",
    }  # fmt: skip
    show = rows["assessment.show_probability_next_day"]
    assert (show["layer"], show["set_by"], show["inherited"]) == ("default", "world", "")
    assert float(show["low"]) < float(show["value"]) < float(show["high"]) and show["grade"]
    assert rows["referrals.self.ramp_weeks"]["inherited"] == "yes"
    assert (rows["name"]["value"], rows["groups.evening.nights"]["value"]) == ("Plain", '["Mon", "Tue", "Wed"]')
    assert (rows["groups.evening.nights"]["layer"], rows["groups.evening.nights"]["set_by"]) == ("file", "")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "batch"
    plans = (
        plan("base", FLAT),
        plan("more", {**FLAT, "groups.evening.seats": 15}),
        plan("fewer", {**FLAT, "groups.evening.seats": 8}),
    )
    return run_batch(folder, batch(12, plans, by=("source",), keep=("clients",), confidence=0.9, warm_up=4))


def test_every_arm_of_a_batch_is_read_back(outcome):
    opened = open_results(outcome.folder)
    assert (opened.kind, opened.arms) == ("batch", ("base", "more", "fewer"))
    assert opened.made["workers"] == 1
    for one in outcome.batch.plans:
        expected = iopsim.simulate(one.scenario, 12, by=("source",), warm_up=4)
        assert_same(opened.result(one.name).facts, expected.facts)
        assert opened.plan(one.name).scenario == one.scenario
        assert opened.plan(one.name).origins == one.resolved().origins
    assert opened.result() is opened.result("base")
    assert [row["arm"] for row in opened.rows("arms.csv")] == ["base", "more", "fewer"]
    assert opened.rows("uncertainty.csv") == []


def assert_same_outcome(found, expected):
    assert found.batch.identity == expected.batch.identity
    assert [point.key for point in found.batch.points] == [point.key for point in expected.batch.points]
    mine, theirs = found.batch, expected.batch
    for name in ("question", "measures", "replications", "confidence", "warm_up", "by", "keep", "precision", "text"):
        assert getattr(mine, name) == getattr(theirs, name), name
    assert [(one.about, one.levels) for one in mine.plans] == [(one.about, one.levels) for one in theirs.plans]
    pd.testing.assert_frame_equal(found.to_pandas(), expected.to_pandas())
    pd.testing.assert_frame_equal(found.differences(), expected.differences())
    pd.testing.assert_frame_equal(found.by_replication(), expected.by_replication())
    assert (found.failures, found.looked) == (expected.failures, expected.looked)
    assert found.redrawn_by_arm == expected.redrawn_by_arm
    assert found.replications == expected.replications


def test_an_outcome_says_the_same_again(outcome):
    assert_same_outcome(open_results(outcome.folder).outcome, outcome)


def test_an_outcome_of_drawn_inputs_knows_its_twins_as_long_as_there_are_chunks(tmp_path):
    plans = {name: resolve(PLAIN, {**WEEKS, "groups.evening.seats": seats}) for name, seats in (("a", 12), ("b", 15))}
    expected = iopsim.compare(plans, 8, uncertain=True, out=tmp_path / "batch")
    opened = open_results(tmp_path / "batch")
    assert_same_outcome(opened.outcome, expected)
    assert [one.inputs.hash for one in opened.outcome.batch.plans] == [one.inputs.hash for one in expected.batch.plans]
    again, before = (of.batch.plans[1].inputs.scenario(3) for of in (opened.outcome, expected))
    assert again == before
    assert np.array_equal(opened.outcome.twins, expected.twins)
    for arm, resolved in plans.items():
        assert_same(opened.result(arm).facts, iopsim.simulate(resolved, 8, uncertain=True).facts)
        assert opened.result(arm).inputs_drawn
    shutil.rmtree(tmp_path / "batch" / "chunks")
    assert open_results(tmp_path / "batch").outcome.twins == ()


def test_an_experiment_with_a_design_and_a_precision_is_read_back(tmp_path):
    (tmp_path / "seats.toml").write_text(
        f"""question = "How many seats?"
base = "{PLAIN.as_posix()}"
weeks = 30
design = "full_factorial"
measures = ["census_mean", "days_to_first_session"]
seed = 4
[factors]
"groups.evening.seats" = [10, 12]
"referrals.self.per_week" = [2.5, 3.5]
[precision]
census_mean = 0.5
most = 75
"""
    )
    command("experiment", tmp_path / "seats.toml", "--quiet", "--out", tmp_path / "batch")
    opened = open_results(tmp_path / "batch")
    found = opened.outcome
    assert found.batch.text == (tmp_path / "seats.toml").read_text()
    assert found.batch.plans[1].levels
    assert found.looked.described(found.batch.precision) == opened.manifest["precision"]
    from iopsim.experiments.batch_folder import description

    said = json.loads(json.dumps(description(found), default=str))
    how = ("sha256", "engine", "engine_asked", *COMPILERS)
    assert said == {name: value for name, value in opened.manifest.items() if name not in how}


def test_what_failed_is_read_back_and_left_out_of_the_result(tmp_path, monkeypatch):
    from iopsim.experiments import work

    def fails(book, seed, replication, since=0):
        if replication in (2, 5):
            raise ZeroDivisionError(f"in replication {replication}")
        return simulated(book, seed, replication, since)

    simulated = work.view_of
    monkeypatch.setattr(work, "view_of", fails)
    outcome = run_batch(tmp_path / "batch", batch(8))
    opened = open_results(tmp_path / "batch")
    assert [failure.replication for _, failure in outcome.failures] == [2, 5, 2, 5]
    assert opened.outcome.failures == outcome.failures
    assert opened.result("more").replications == 6


def test_a_sensitivity_analysis_gives_its_table_and_its_plan(tmp_path):
    base = resolve(PLAIN, ["weeks=20"])
    study = Study(factors_of(base).only({"waitlist.renege_per_day"}), (CATALOGUE[0],), replications=2)
    analyse_in(tmp_path / "tornado", study, Runner())
    opened = open_results(tmp_path / "tornado")
    assert (opened.kind, opened.arms, opened.outcome) == ("sensitivity", ("",), None)
    assert opened.rows("sensitivity.csv")[0]["factor"]
    assert (opened.plan().scenario, opened.plan().origins) == (base.scenario, base.origins)
    with pytest.raises(iopsim.IopsimError, match="a sensitivity analysis; it keeps an answer and no results"):
        opened.result()


def test_a_sizing_gives_its_table_and_the_plan_that_answers(tmp_path):
    text = f"""question = "How many seats?"
base = "{PLAIN.as_posix()}"
weeks = 20
first_stage = 10
most = 200
[choices]
groups.evening.seats = [10, 16]
[targets.soon]
measure = "days_to_first_session"
at_most = 60.0
as = "expectation"
tolerance = 2.0
[objective]
minimize = "size"
size = {{ groups.evening.seats = 1 }}
"""
    (tmp_path / "seats.toml").write_text(text)
    command("size", tmp_path / "seats.toml", "--quiet", "--out", tmp_path / "sized")
    opened = open_results(tmp_path / "sized")
    assert (opened.kind, opened.arms, opened.outcome) == ("sizing", (opened.manifest["chosen"],), None)
    assert len(opened.rows("sizing.csv")) == 2
    assert opened.plan().scenario.groups["evening"].seats == 10
    with pytest.raises(iopsim.IopsimError, match="a sizing; it keeps an answer"):
        opened.result(opened.arms[0])


def test_bad_folders_are_refused_with_what_to_do(outcome, tmp_path):
    def refused(folder, *said):
        with pytest.raises(iopsim.IopsimError) as refusal:
            open_results(folder)
        text = str(refusal.value)
        assert "\n" not in text
        for word in (str(folder), *said):
            assert word in text, text

    def copied(name):
        shutil.copytree(outcome.folder, tmp_path / name)
        return tmp_path / name

    refused(tmp_path / "nowhere", "found no such folder")
    refused(PLAIN, "found a file")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "found no results of iopsim")
    for name, text in {"words": "[not ours", "list": "[1]", "other": '{"name": "a web page"}'}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(text)
        refused(tmp_path / name, "that is not of iopsim")

    unfinished = copied("unfinished")
    (unfinished / "manifest.json").unlink()
    refused(unfinished, "unfinished results (seats)", "run the command that began them again, with the same --out")

    gone = copied("gone")
    (gone / "arms" / "more" / "weekly.parquet").unlink()
    refused(gone, "weekly.parquet: found no such file", "take a copy that is whole")

    changed = copied("changed")
    with (changed / "arms" / "more" / "scenario.toml").open("a") as file:
        file.write("\n# I only looked\n")
    refused(changed, "scenario.toml: found that it has changed since it was written")

    for said in ({"format": 0}, {"format": None}, {"kind": "poem"}):
        older = copied(f"older {said}")
        manifest = json.loads((older / "manifest.json").read_text())
        (older / "manifest.json").write_text(json.dumps({**manifest, **said}))
        refused(older, f"results that iopsim {iopsim.__version__} wrote in another format")


def test_an_arm_that_is_not_there_is_refused_with_those_that_are(outcome, tmp_path):
    opened = open_results(outcome.folder)
    with pytest.raises(iopsim.IopsimError, match=r"no arm 'mor'; there are base, more, fewer \(did you mean more\?\)"):
        opened.result("mor")
    command("run", PLAIN, "--weeks", "30", "-n", "2", "--quiet", "--out", tmp_path / "run")
    with pytest.raises(iopsim.IopsimError, match="a run, which has no arms; leave out 'base'"):
        open_results(tmp_path / "run").plan("base")


def test_pictures_may_be_taken_away_or_changed(tmp_path, monkeypatch):
    monkeypatch.undo()
    command("run", PLAIN, "--weeks", "30", "-n", "2", "--quiet", "--out", tmp_path / "run")
    pictures = sorted((tmp_path / "run").glob("*.png"))
    assert len(pictures) > 1
    pictures[0].unlink()
    pictures[1].write_bytes(b"a better one")
    assert open_results(tmp_path / "run").result().replications == 2


def test_a_scenario_that_this_version_takes_for_another_is_refused(outcome, tmp_path):
    shutil.copytree(outcome.folder, tmp_path / "batch")
    manifest = json.loads((tmp_path / "batch" / "manifest.json").read_text())
    manifest["arms"]["more"]["scenario_hash"] = "0" * 64
    (tmp_path / "batch" / "manifest.json").write_text(json.dumps(manifest))
    opened = open_results(tmp_path / "batch")
    assert opened.plan("base")
    with pytest.raises(iopsim.IopsimError, match="takes for another one than that simulated"):
        opened.plan("more")

"""`iopsim experiment`: shipped experiments run, go on where they stopped, and say what they found."""

import json
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.cli.studies import app
from iopsim.experiments.plan import load_experiment

EXPERIMENTS = Path(__file__).parent.parent / "experiments"
PLAIN = Path(__file__).parent / "plain.toml"

FILE = f"""
question = "More seats, or fewer people?"
base = "{PLAIN}"
weeks = 26
replications = 6
seed = 3
measures = ["census_mean", "cost_usd"]

[arms.larger]
groups.evening.seats = 16

[arms.fewer]
"referrals.*.per_week" = {{ times = 0.5 }}
"""

DESIGN = f"""
question = "Which seats for which referrals?"
base = "{PLAIN}"
weeks = 26
replications = 2
measures = ["census_mean"]
design = "full_factorial"

[factors]
groups.evening.seats = [6, 8, 10, 12]
"referrals.*.per_week" = {{ times = [0.5, 1.0, 1.5] }}
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def call(*arguments):
    answer = CliRunner().invoke(app, ("experiment", *arguments))
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_an_experiment_says_its_question_and_a_sentence_on_each_arm():
    Path("seats.toml").write_text(FILE)
    lines = call("seats.toml").splitlines()
    assert lines[0] == "What differs"
    at = lines.index("More seats, or fewer people?")
    assert lines[at + 1] == "3 arms, 6 replications each; seed 3; 26 weeks"
    assert [line.split()[1].rstrip(",") for line in lines if line.startswith("•")] == ["larger", "fewer"]
    (folder,) = Path("results").iterdir()
    assert folder.name.startswith("seats-")
    assert (folder / "experiment.toml").read_text() == FILE
    assert str(folder) in lines[-1]


def test_more_replications_go_on_from_those_that_are_there():
    Path("seats.toml").write_text(FILE)
    call("seats.toml", "--out", "out", "--quiet")
    chunks = {path: path.stat().st_mtime_ns for path in Path("out/chunks").rglob("*.chunk")}
    call("seats.toml", "--out", "out", "--quiet", "-n", "16")
    assert {path: path.stat().st_mtime_ns for path in chunks} == chunks
    longer = [len(pd.read_parquet(path)) for path in Path("out/arms").glob("*/measures.parquet")]
    assert longer == [16, 16, 16]
    call("seats.toml", "--out", "new", "--quiet", "-n", "16")
    for path in Path("new/arms").rglob("*.*"):
        assert path.read_bytes() == (Path("out") / path.relative_to("new")).read_bytes()


def test_results_are_read_in_two_lines():
    Path("seats.toml").write_text(FILE)
    call("seats.toml", "--out", "results/seats", "--quiet")
    frame = pd.read_parquet("results/seats/arms/base/measures.parquet")
    alone = iopsim.simulate(iopsim.load(PLAIN, {"weeks": 26}), 6, 3)
    assert frame["census_mean"].tolist() == alone.values("census_mean").tolist()
    said = duckdb.sql(
        "select filename, avg(census_mean) from read_parquet('results/seats/arms/*/measures.parquet') group by 1"
    ).fetchall()
    means = {Path(name).parent.name: mean for name, mean in said}
    assert set(means) == {"base", "larger", "fewer"}
    assert means["base"] == pytest.approx(alone.measures["census_mean"].mean, rel=1e-12)


def test_of_many_arms_the_ends_are_shown_by_their_levels():
    Path("grid.toml").write_text(DESIGN)
    lines = call("grid.toml", "--out", "out").splitlines()
    shown = [line.strip() for line in lines if "between" in line or "seats" in line]
    assert len([line for line in shown if line.startswith("point_") and ": seats" in line]) == 6
    assert any(line.startswith("... 6") for line in shown)
    assert not any(line.startswith("•") for line in lines)
    summary = pd.read_csv("out/summary.csv")
    assert len(summary[summary["measure"] == "census_mean"]) == 13
    arms = pd.read_csv("out/arms.csv")
    assert set(arms.columns) == {"arm", "about", "scenario_hash", "groups.evening.seats", "referrals.*.per_week"}
    assert len(arms.drop_duplicates(["groups.evening.seats", "referrals.*.per_week"])) == 13


def test_python_gives_what_the_command_gives():
    Path("seats.toml").write_text(FILE)
    said = json.loads(call("seats.toml", "--out", "out", "--json"))
    found = iopsim.experiment("seats.toml")
    rows = [one for one in said["differences"] if one["arm"] == "fewer"]
    assert [one["difference"] for one in rows] == [
        found.contrasts["fewer", measure.name].mean for measure in found.batch.measures
    ]
    again = iopsim.experiment(load_experiment("seats.toml"), out="out")
    assert again.differences().equals(found.differences())


@pytest.mark.parametrize("name", ["evening_groups", "evenings", "fewer_referrals", "same_day_assessment"])
def test_a_shipped_experiment_answers_its_question(name):
    said = json.loads(call(str(EXPERIMENTS / f"{name}.toml"), "-n", "2", "--out", "out", "--json"))
    assert said["question"].endswith("?")
    assert len(said["sentences"]) == len(said["arms"]) - 1 >= 1
    assert said["failures"] == []


def test_another_seed_makes_another_sample_of_a_design():
    sampled = DESIGN.replace('"full_factorial"', '"latin_hypercube"\npoints = 4').replace(
        "[6, 8, 10, 12]", "{ low = 6, high = 20 }"
    )
    Path("grid.toml").write_text(sampled)
    Path("seeded.toml").write_text(f"seed = 7\n{sampled}")
    arms = [
        json.loads(call(*order, "--json"))["arms"]
        for order in (("grid.toml",), ("grid.toml", "--seed", "7"), ("seeded.toml",))
    ]
    assert arms[0] != arms[1]
    assert arms[1] == arms[2]


def test_the_longest_warm_up_is_found_once_and_kept(monkeypatch):
    told = iter([SimpleNamespace(weeks=weeks, problems=()) for weeks in (30, 34, 32) * 2])
    monkeypatch.setattr("iopsim.experiments.making.estimate", lambda result: next(told))
    monkeypatch.setattr("iopsim.experiments.making.WARM_UP_REPLICATIONS", 20)
    steady = FILE.replace("weeks = 26", "weeks = 60").replace(
        "[arms.larger]", '[set]\n"referrals.*.months.*" = 1\n"referrals.*.growth_per_year" = 1\n\n[arms.larger]'
    )
    Path("seats.toml").write_text(f'warm_up = "auto"\n{steady}')
    first = json.loads(call("seats.toml", "--out", "out", "--json"))
    chunks = {path: path.stat().st_mtime_ns for path in Path("out/chunks").rglob("*.chunk")}
    again = json.loads(call("seats.toml", "--out", "out", "--json"))
    assert again == first
    assert first["warm_up_weeks"] == 34
    assert {path: path.stat().st_mtime_ns for path in Path("out/chunks").rglob("*.chunk")} == chunks
    Path("seats.toml").write_text(steady)
    answer = CliRunner().invoke(app, ("experiment", "seats.toml", "--out", "out"))
    assert answer.exit_code == 2


def test_a_file_that_is_wrong_writes_nothing():
    Path("seats.toml").write_text(FILE.replace("larger", "base").replace("seed = 3", "seed = -3"))
    answer = CliRunner().invoke(app, ("experiment", "seats.toml", "--workers", "0"))
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert [line.split(":")[0] for line in answer.stderr.splitlines()] == ["--workers", "seats.toml", "seats.toml"]
    assert [path.name for path in Path().iterdir()] == ["seats.toml"]

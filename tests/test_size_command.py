"""`iopsim size`: what a planner reads, what is kept, and that nothing depends on how it was run."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.cli.studies import app
from iopsim.experiments import work
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner
from iopsim.experiments.size_stage import Simulation, margin_of
from iopsim.experiments.sizing import load_sizing
from iopsim.measures.catalogue import CATALOGUE

HERE = Path(__file__).parent
ROOT = HERE.parent
FILE = f"""\
question = "How many seats?"
base = "{(HERE / "plain.toml").as_posix()}"
weeks = 20
first_stage = 10
most = 200

[choices]
groups.evening.seats = [6, 10, 16, 20]

[targets.soon]
measure = "days_to_first_session"
at_most = 14.0
as = "expectation"
tolerance = 2.0

[targets.room]
measure = "waitlist_mean"
at_most = 2.0
as = "chance"
chance = 0.7
tolerance = 0.2
"""
WAITING_AFTER_TWO = """
import time
from iopsim.store.chunks import Chunks
put, kept = Chunks.put, []
def put_and_wait(*chunk):
    put(*chunk)
    kept.append(chunk)
    if len(kept) >= 2:
        time.sleep(120)
Chunks.put = put_and_wait
from iopsim.cli.app import main
main()
"""
WITHIN = "both targets to within their tolerances"
SMALLEST = '[objective]\nminimize = "size"\nsize = { groups.evening.seats = 1 }\n'
FEWEST = '[objective]\nminimize = "census_mean"\nindifference = 3.0\n'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def call(*arguments, text=FILE + SMALLEST):
    Path("seats.toml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, ["size", "seats.toml", "--engine", "reference", *arguments])


def sized(*arguments, text=FILE + SMALLEST):
    answer = call(*arguments, text=text)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def files(folder):
    """All that a folder holds but its chunks, and what tells of time and machine."""
    found = {path.relative_to(folder).as_posix(): path for path in Path(folder).rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if not name.startswith(("chunks/", ".")) and name != "made.json"
    }


def test_the_answer_comes_first_then_the_targets_then_every_plan_then_the_promise():
    said = sized("--workers", "1")
    lines = [line.strip() for line in said.splitlines()]
    assert lines[0] == "How many seats?"
    assert lines[1].startswith("4 plans, ")
    assert lines[3].startswith("• evening seats 10 meets both targets to within their tolerances, and no smaller plan")
    assert "Plan: evening seats" in lines
    assert "soon: referral to first session at most 14 days on average (give or take 2 days)" in lines
    assert "room: waitlist, average at most 2 clients in 70 of 100 possible futures (give or take 20)" in lines
    (head,) = [place for place, line in enumerate(lines) if line.startswith("Plan  ")]
    assert lines[head + 1].split()[:2] == ["6", "misses"]
    assert lines[head + 2].startswith("> 10  meets")
    assert "What is promised, with 95 % confidence of all of it together" in said


def test_one_document_says_the_same():
    said = json.loads(sized("--json", "--seed", "1"))
    assert said["chosen"] == "plan_2"
    assert said["answer"] == [
        f"evening seats 10 meets {WITHIN}, and no smaller plan beats both targets by their tolerances; 95 % confidence."
    ]
    assert [row["chosen"] for row in said["plans"]] == [False, True, False, False]
    assert said["seed"] == 1 and said["iopsim"] == iopsim.__version__ and len(said["source"]) == 64
    assert sum(row["replications"] for row in said["plans"]) == said["replications"]
    assert sized("--quiet") == ""


def test_another_seed_meets_other_people():
    one, other = (json.loads(sized("--json", "--seed", seed)) for seed in ("1", "2"))
    assert one["plans"][0]["soon_mean"] != other["plans"][0]["soon_mean"]
    assert other["seed"] == 2


def test_a_plan_has_the_replications_that_it_has_when_it_runs_alone():
    said = json.loads(sized("--json"))["plans"][0]
    alone = iopsim.simulate(
        iopsim.load(HERE / "plain.toml", {"weeks": 20, "groups.evening.seats": 6}), said["replications"]
    )
    assert said["soon_mean"] == alone.measures["days_to_first_session"].mean
    assert said["room_mean"] == (alone.values("waitlist_mean") <= 2.0).mean()


def test_workers_change_nothing():
    for workers in ("1", "2"):
        sized(
            "--workers",
            workers,
            "--out",
            f"with_{workers}",
            "--quiet",
            text=FILE.replace("[6, 10, 16, 20]", "[6, 10, 12]") + FEWEST,
        )
    one, two = files("with_1"), files("with_2")
    assert one == two
    assert set(one) == {"assumptions.csv", "batch.json", "manifest.json", "scenario.toml", "sizing.csv", "sizing.toml"}
    said = json.loads(one["manifest.json"])
    assert said["chosen"] is not None and said["feasible"]
    assert len(one["sizing.csv"].splitlines()) == 4


def test_after_an_interruption_it_goes_on_and_ends_in_the_same(tmp_path, monkeypatch):
    sized("--workers", "1", "--out", "whole", "--quiet")
    started = subprocess.Popen(
        [
            sys.executable,
            "-c",
            WAITING_AFTER_TWO,
            "size",
            "seats.toml",
            "--out",
            "stopped",
            "--workers",
            "1",
            "--engine",
            "reference",
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        text=True,
    )
    while started.poll() is None and len(list(Path("stopped").rglob("*.chunk"))) < 2:
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 130
    assert said == "interrupted; the same command goes on from what is kept in stopped\n"
    assert not Path("stopped/manifest.json").exists()
    sized("--workers", "2", "--out", "stopped", "--quiet")
    assert files("stopped") == files("whole")

    monkeypatch.setattr("iopsim.experiments.runner.chunk_of", None)  # nothing is left to be simulated
    made = Path("stopped/made.json").read_bytes()
    sized("--workers", "1", "--out", "stopped", "--quiet")
    assert Path("stopped/made.json").read_bytes() == made


def test_a_folder_belongs_to_one_question_and_more_replications_may_be_allowed_later():
    sized("--out", "here", "--quiet")
    other = call("--out", "here", text=FILE.replace("14.0", "13.0") + SMALLEST)
    assert (other.exit_code, other.stdout) == (2, "")
    assert other.stderr.startswith("here: found a folder with the results of another batch (seats), which has another")
    more = FILE.replace("most = 200", "most = 300") + SMALLEST
    sized("--out", "here", "--quiet", text=more)
    assert json.loads(Path("here/manifest.json").read_text())["most"] == 300
    fewer = call("--out", "here")
    assert fewer.exit_code == 2
    assert "found that up to 300 replications of a plan were allowed, more than the 200 asked for" in fewer.stderr


def test_all_mistakes_are_told_at_once():
    answer = call("--seed", "-1", "--workers", "none", "--cluster", "here", text=FILE.replace("14.0", "-1") + SMALLEST)
    assert (answer.exit_code, answer.stdout) == (2, "")
    told = answer.stderr.splitlines()
    assert [line.partition(":")[0] for line in told] == ["--seed", "--workers", "--cluster", "seats.toml"]


def test_replications_that_fail_are_told_kept_and_never_pass(monkeypatch):
    view_of = work.view_of

    def fails(book, seed, replication, since):
        if book.schedule.night_seats.max() == 10 and replication == 4:
            raise ArithmeticError("a plan that breaks")
        return view_of(book, seed, replication, since)

    monkeypatch.setattr(work, "view_of", fails)
    said = sized("--workers", "1", "--out", "broken")
    assert "evening seats 16 is the smallest plan found to meet both targets" in said
    assert "FAILED  1 replication failed; of a plan with one no mean can be told" in said
    assert "evening seats 10, replication 4: ArithmeticError: a plan that breaks" in said
    kept = Path("broken/failures/plan_2-0000004.txt").read_text()
    assert "Traceback" in kept and "seats = 10" in kept


def test_plans_that_are_the_same_scenario_are_simulated_once():
    Path("seats.toml").write_text(FILE + SMALLEST, encoding="utf-8")
    sizing = load_sizing("seats.toml")
    done = []
    twice = replace(sizing, candidates=(sizing.candidates[1], sizing.candidates[0], sizing.candidates[1]))
    values, failed = Simulation(twice, Runner(progress=done.append))([0, 1, 2], 3, 8)
    assert sum(done) == 10
    assert values.shape == (3, 5, 3) and not failed.any()
    assert np.array_equal(values[0], values[2], equal_nan=True)
    assert not np.array_equal(values[0], values[1], equal_nan=True)


def test_the_margin_of_all_weeks_is_the_margin_of_the_run():
    scenario = iopsim.load(ROOT / "scenarios" / "palmetto.toml", {"weeks": 30})
    ((_, part),) = Runner().parts([Point(scenario, 1)], 0, 2)
    (column,) = [at for at, measure in enumerate(CATALOGUE) if measure.name == "margin_usd"]
    whole = part.facts.numerators[:, column] / 100
    before = part.facts.money.shape[2] - 30
    assert np.allclose(margin_of(part.facts, range(-before, 30), 30), whole)
    months = margin_of(part.facts, range(4), 30) + margin_of(part.facts, range(4, 30), 30)
    assert np.allclose(months, margin_of(part.facts, range(30), 30))
    assert not np.allclose(months, whole)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        (
            "size_evening",
            {
                "most = 5000 ": "most = 20 ",
                "first_stage = 50 ": "first_stage = 10 ",
                "question": "weeks = 26\nquestion",
            },
        ),
        (
            "size_staff",
            {
                "most = 5000 ": "first_stage = 10\nmost = 100 ",
                "weeks = 78": "weeks = 52",
                "counselor.people = [1, 2, 3]": "counselor.people = [1]",
                "assessor.people = [1, 2, 3]": "assessor.people = [1]",
            },
        ),
    ],
)
def test_a_shipped_file_runs(name, changed):
    text = (ROOT / "experiments" / f"{name}.toml").read_text(encoding="utf-8")
    text = text.replace("../scenarios", (ROOT / "scenarios").as_posix())
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new, 1)
    said = json.loads(sized("--json", text=text))
    assert said["answer"]
    assert all(row["replications"] <= 100 for row in said["plans"])
    assert {row["targets"] for row in said["plans"]} <= {"meets", "misses", "undecided", "not needed"}

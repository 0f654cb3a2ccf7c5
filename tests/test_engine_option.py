"""Which engine simulates is told in the manifest, in results and chunks, and nothing else depends on it."""

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import iopsim
from batches import batch, everything, plan, run
from iopsim.cli import sensitivity
from iopsim.cli.studies import app
from iopsim.experiments import compiled_work, engine, work
from iopsim.experiments.batch import Silent, in_memory
from iopsim.experiments.batch_folder import Making, run_in
from iopsim.experiments.compiled_work import Bench
from iopsim.experiments.engine import COMPILERS, Choice
from iopsim.experiments.executors.cluster import cluster
from iopsim.experiments.executors.executor import Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.opened import open_results
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner, _job_size
from iopsim.experiments.source import source_hash
from iopsim.experiments.uncertainty import draw_inputs
from iopsim.experiments.work import Job
from iopsim.rulebook import write
from iopsim.scenario import resolve
from iopsim.store.chunks import Chunks
from iopsim.store.part import Part, encoded

PLAIN = Path(__file__).parent / "plain.toml"
SHORT = ("--weeks", "12", "--workers", "1", "-q")
SIZING = f"""
question = "How many seats?"
base = "{PLAIN.as_posix()}"
weeks = 12
first_stage = 10
most = 20

[objective]
minimize = "size"
size = {{ "groups.evening.seats" = 1 }}

[choices]
groups.evening.seats = [10, 20]

[targets.soon]
measure = "days_to_first_session"
at_most = 14.0
as = "expectation"
tolerance = 2.0
"""
EXPERIMENT = f"""
question = "More seats?"
base = "{PLAIN.as_posix()}"
weeks = 12
replications = 4
measures = ["census_mean"]

[arms.larger]
groups.evening.seats = 16
"""
COMMANDS = {
    "run": ("run", str(PLAIN), "-n", "4", *SHORT, "--out", "there"),
    "compare": ("compare", str(PLAIN), "--set", "b: groups.evening.seats=9", "-n", "4", *SHORT, "--out", "there"),
    "experiment": ("experiment", "experiment.toml", "--workers", "1", "-q", "--out", "there"),
    "size": ("size", "sizing.toml", "--workers", "1", "-q", "--out", "there"),
    "sensitivity": ("sensitivity", str(PLAIN), "-n", "2", *SHORT, "--out", "there"),
    "warmup": ("warmup", str(PLAIN), "-n", "4", *SHORT, "--out", "there.png"),
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sizing.toml").write_text(SIZING)
    Path("experiment.toml").write_text(EXPERIMENT)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def without_charts(monkeypatch):
    """Charts take longer than a short run."""
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())


@pytest.fixture
def few(monkeypatch):
    """Let a sensitivity analysis move one number only."""
    factors_of = sensitivity.factors_of
    one = {"waitlist.renege_per_day"}
    monkeypatch.setattr(sensitivity, "factors_of", lambda *given: factors_of(*given).only(one))


@pytest.fixture
def lacking(monkeypatch):
    """A process that cannot have the compiled engine."""
    monkeypatch.setattr(engine, "reached", lambda: "numba is not there")
    engine.tell.cache_clear()


def call(*arguments):
    return CliRunner().invoke(app, arguments)


# ------------------------------------------------------------------------------------------------ work


POINTS = {
    "plain": Point(iopsim.load(PLAIN, {"weeks": 12}), 1),
    "by_and_keep": Point(iopsim.load(PLAIN, {"weeks": 12}), 1, ("source",), 0, ("clients", "events")),
    "mature": Point(iopsim.load(PLAIN, {"weeks": 12}), 1, since=28),
    "drawn": Point(iopsim.load(PLAIN, {"weeks": 12}), 1, inputs=draw_inputs(resolve(PLAIN, ["weeks=12"]), 1)),
    "measures": Point(iopsim.load(PLAIN, {"weeks": 12}), 1, series=False),
}


@pytest.mark.parametrize("name", POINTS)
def test_the_compiled_engine_gives_the_same_part(name):
    point = POINTS[name]
    told = engine.part_of(Job(point, 2, 5, "compiled"))
    plain = engine.part_of(Job(point, 2, 5))
    assert (told.engine, plain.engine) == ("compiled", "reference")
    assert not told.failures
    assert encoded(replace(told, engine="")) == encoded(replace(plain, engine=""))


def test_a_worker_without_numba_uses_the_reference_and_says_so(lacking, capsys):
    part = engine.part_of(Job(POINTS["plain"], 0, 2, "compiled"))
    assert part.engine == "reference"
    assert encoded(part) == encoded(work.part_of(Job(POINTS["plain"], 0, 2)))
    assert "numba is not there" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["here", "processes", "dask"])
def test_the_engine_goes_with_the_job_to_whoever_does_it(where):
    def ran(executor):
        return {part.engine for _, part in Runner(executor, engine=Choice("compiled")).parts([POINTS["plain"]], 0, 20)}

    if where == "dask":
        with cluster("local", 1) as workers:
            assert ran(workers) == {"compiled"}
    else:
        assert ran(Here() if where == "here" else Processes(2)) == {"compiled"}


@pytest.mark.parametrize(
    ("asked", "kept", "lengths"),
    [("reference", False, {10}), ("compiled", False, {1000, 500}), ("compiled", True, {10})],
)
def test_jobs_are_long_where_they_are_quick_and_make_no_chunks(tmp_path, monkeypatch, asked, kept, lengths):
    class Idle(Here):
        def map(self, task, jobs):
            for job in jobs:
                part = Part(job.point.key, source_hash(), job.first, job.last, None, ())
                yield job, encoded(part) if kept else part

    monkeypatch.setattr(engine, "reached", lambda: "")
    runner = Runner(Idle(), Chunks(tmp_path / "chunks") if kept else None, engine=Choice(asked))
    found = [part for _, part in runner.parts([POINTS["plain"]], 0, 2500)]
    assert {len(part) for part in found} == lengths
    assert sum(len(part) for part in found) == 2500


@pytest.mark.parametrize(
    ("changes", "length"),
    [({"weeks": 12}, 1000), ({"referrals.*.per_week": 10.0}, 100), ({"referrals.*.per_week": 500.0}, 10)],
)
def test_a_job_of_which_nothing_is_kept_is_short_enough_for_a_bar_to_move(changes, length):
    point = Point(iopsim.load(PLAIN, changes), 1)
    assert _job_size([Job(point, 0, 5000)]) == length
    assert length == 10 or engine.referred(point.scenario) * length * engine.SECONDS_PER_REFERRAL["compiled"] <= 1.0


def test_a_job_is_shorter_where_each_replication_has_its_own_inputs():
    assert _job_size([Job(POINTS["drawn"], 0, 5000)]) < _job_size([Job(POINTS["plain"], 0, 5000)])


def test_compiled_code_comes_back_often_enough_to_hear_a_signal_however_long_a_replication_takes(monkeypatch):
    bench = Bench(write(iopsim.load(PLAIN, {"weeks": 4})), 0)
    for seconds, expected in ((2**-10, [1, 2, 4, 8, 16, 32, 64, 128, 204, 41]), (2**-4, [1, 2, 3, 3]), (3, [1, 1, 1])):
        played, now = [], [0.0]

        def fill(*arguments, played=played, now=now, seconds=seconds):
            played.append(arguments[9])
            now[0] += seconds * arguments[9]

        bench._batch = 1
        monkeypatch.setattr(compiled_work, "_fill", fill)
        monkeypatch.setattr(compiled_work, "perf_counter", lambda now=now: now[0])
        bench.facts(1, 0, sum(expected))
        assert played == expected


def test_what_was_found_is_told_apart_from_what_was_computed(tmp_path):
    chunks = Chunks(tmp_path / "chunks")
    list(Runner(Here(), chunks).parts([POINTS["plain"]], 0, 20))
    done, found = [], []
    list(Runner(Here(), chunks, done.append, found.append).parts([POINTS["plain"]], 0, 30))
    assert (sum(done), sum(found)) == (10, 20)
    done.clear()
    list(Runner(Here(), chunks, done.append).parts([POINTS["plain"]], 0, 30))
    assert sum(done) == 30


def test_where_nothing_is_kept_measures_are_computed_without_series():
    seen = []

    class Watching(Here):
        def map(self, task, jobs):
            for job, part in super().map(task, jobs):
                seen.append(part)
                yield job, part

    point = POINTS["by_and_keep"]
    found, failures = Runner(Watching()).fractions([point], 0, 3)
    assert not failures
    (part,) = seen
    assert part.facts.weekly.size == part.facts.staff.size == part.facts.money.size == 0
    whole = work.part_of(Job(point, 0, 3)).facts
    assert np.array_equal(found[0, :, :, 0], whole.numerators)
    assert np.array_equal(found[0, :, :, 1], whole.denominators)
    assert np.array_equal(part.facts.groups, whole.groups)


def test_draws_that_were_refused_are_told_of_the_point_that_was_asked_for(monkeypatch):
    narrow = {"weeks": 12}
    told = batch(3, (plan("base", narrow, draw_inputs(resolve(PLAIN, narrow), 1)),))
    redrawn = {}
    runner = Runner(redrawn=redrawn)
    point = told.unique_points[0]
    lean = replace(point, series=False)
    original = work.part_of
    monkeypatch.setattr(work, "part_of", lambda job: replace(original(job), redrawn=2))
    in_memory(told, runner, Silent())
    assert redrawn == {point.key: 2}
    assert lean.key != point.key


# ------------------------------------------------------------------------------------------------ folders


def manifest(folder):
    return json.loads((Path(folder) / "manifest.json").read_text())


def without_engines(folder):
    """The files of a folder, but for what names an engine, and what compiles one."""
    found = everything(folder, chunks=False)
    said = json.loads(found.pop("manifest.json"))
    said = {name: text for name, text in said.items() if not name.startswith("engine") and name not in COMPILERS}
    return found, said


class Counting(Here):
    """An executor that counts the replications it was asked for."""

    def __init__(self):
        self.asked = 0

    def map(self, task, jobs):
        for job in jobs:
            self.asked += len(job)
            yield job, task(job)


def filled(folder, replications, asked):
    """Run a batch of two arms into a folder by an engine; return how many replications that took."""
    executor = Counting()
    run_in(Path(folder), batch(replications), Making(Runner(executor, engine=Choice(asked))))
    return executor.asked


def test_chunks_of_one_engine_are_used_by_the_other_and_the_manifest_tells_of_both():
    assert filled("both", 10, "reference") == 20
    assert manifest("both")["engine"] == "reference"
    assert filled("both", 20, "compiled") == 20
    assert manifest("both")["engine"] == "compiled and reference"
    assert manifest("both")["engine_asked"] == "compiled"
    run(Path("one"), batch(20))
    assert manifest("one")["engine"] == "reference"
    assert manifest("both")["numba"] == version("numba")
    assert not set(COMPILERS) & set(manifest("one"))
    assert without_engines(Path("both")) == without_engines(Path("one"))


def test_a_finished_folder_is_left_as_it_is_by_another_engine():
    filled("there", 10, "compiled")
    before = everything(Path("there"))
    assert filled("there", 10, "reference") == 0
    assert everything(Path("there")) == before
    choice = Choice("reference")
    run_in(Path("there"), batch(10), Making(Runner(engine=choice)))
    assert choice.ran == "compiled"


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "warmup"])
def test_the_manifest_of_every_folder_tells_which_engine_was_asked_for_and_which_ran(command, without_charts, few):
    for asked in ("auto", "compiled"):
        answer = call(*COMMANDS[command], "--engine", asked)
        assert answer.exit_code == 0, answer.output
        said = manifest("there")
        assert said["engine_asked"] == asked
        assert said["engine"] == ("reference" if asked == "auto" else "compiled")
        Path("there").rename(asked)
    assert without_engines(Path("auto")) == without_engines(Path("compiled"))


def test_the_json_of_a_run_and_of_a_comparison_tell_it(without_charts):
    for command in ("run", "compare"):
        arguments = [word for word in COMMANDS[command] if word not in ("--out", "there", "-q")]
        said = json.loads(call(*arguments, "--json", "--engine", "compiled").stdout)
        assert (said["engine"], said["engine_asked"]) == ("compiled", "compiled")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_simulates_explains_its_engine_and_refuses_another_word(command):
    assert "--engine" in call(command, "--help").stdout
    answer = call(*COMMANDS[command], "--engine", "complied")
    assert answer.exit_code == 2
    assert answer.stderr.splitlines() == [
        "--engine: found complied; give one of auto, reference, compiled (did you mean compiled?)"
    ]
    assert not Path("there").exists()


def test_from_python_the_engine_is_an_argument_and_told():
    scenario = iopsim.load(PLAIN, {"weeks": 12})
    plain, fast = (iopsim.simulate(scenario, 3, engine=name) for name in ("reference", "compiled"))
    assert (plain.engine, fast.engine) == ("reference", "compiled")
    assert (plain.engine_asked, fast.engine_asked) == ("reference", "compiled")
    assert all(map(np.array_equal, plain.facts.columns().values(), fast.facts.columns().values()))
    plans = {"one": scenario, "two": iopsim.load(PLAIN, {"weeks": 12, "groups.evening.seats": 9})}
    assert iopsim.compare(plans, 3).engine == "reference"
    assert iopsim.compare(plans, 3, out="compared", engine="compiled").engine == "compiled"
    assert manifest("compared")["engine"] == "compiled"
    assert iopsim.compare(plans, 3, out="compared").engine == "compiled"
    assert iopsim.compare(plans, 6, out="compared", engine="reference").engine == "compiled and reference"
    assert iopsim.experiment("experiment.toml", out="experimented", engine="compiled").engine == "compiled"
    assert manifest("experimented")["engine"] == "compiled"


def test_a_folder_that_is_opened_tells_which_engine_it_was(without_charts):
    call(*COMMANDS["run"], "--engine", "compiled")
    result = open_results("there").result()
    assert (result.engine, result.engine_asked) == ("compiled", "compiled")
    Path("there").rename("run")
    call(*COMMANDS["compare"], "--engine", "reference")
    assert open_results("there").outcome.engine == "reference"

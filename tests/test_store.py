"""Results on disk: whole or not at all, never over something else, and readable again."""

import csv
import hashlib
import io
import json
import math
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import iopsim
from iopsim.experiments.batch import Batch, Plan
from iopsim.experiments.batch_folder import Making, run_in
from iopsim.experiments.documents import default_folder, documents, run_key
from iopsim.experiments.runner import Runner
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario import resolve
from iopsim.store.folder import MANIFEST, examine, save

ROOT = Path(__file__).parent.parent
PLAIN = ROOT / "tests" / "plain.toml"
FILES = {"a.csv": b"1\n", MANIFEST: b'{"run_key": "k", "scenario_hash": "h", "seed": 1, "replications": 2}\n'}


@pytest.fixture(scope="module")
def run():
    resolved = resolve(PLAIN, {"weeks": 30})
    result = iopsim.simulate(resolved.scenario, 5)
    return result, documents(result, resolved, {"census.png": b"picture"})


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def everything(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_measures_are_written_in_full(run):
    result, files = run
    rows = table(files["measures.csv"])
    assert [row["name"] for row in rows] == [measure.name for measure in CATALOGUE]
    for row in rows:
        summary = result.measures[row["name"]]
        for part in ("mean", "low", "high", "p10", "p90"):
            value = getattr(summary, part)
            assert row[part] == ("" if math.isnan(value) else repr(value))
        assert (row["n"], row["undefined"]) == (str(summary.n), str(summary.undefined))


def test_replications_give_the_measures_again(run):
    result, files = run
    fractions = pq.read_table(io.BytesIO(files["tables/fractions.parquet"]))
    assert fractions["replication"].to_pylist() == [0, 1, 2, 3, 4]
    above, below = (fractions[f"seats_taken_share_{end}"].to_numpy() for end in ("numerator", "denominator"))
    assert (above / below).tolist() == result.values("seats_taken_share").tolist()


def test_the_tables_of_a_run_are_those_of_an_arm_byte_by_byte(run, tmp_path):
    resolved = resolve(PLAIN, {"weeks": 30})
    arm = Plan("only", resolved.scenario, lambda: resolved)
    run_in(tmp_path / "batch", Batch("one", "", (arm,), (), replications=5), Making(Runner()))
    for name, content in run[1].items():
        if name.startswith("tables/") or name in ("scenario.toml", "assumptions.csv"):
            assert (tmp_path / "batch" / "arms" / "only" / Path(name).name).read_bytes() == content, name


def test_weeks_count_from_1_and_bear_the_date_on_which_they_begin(run):
    rows = table(run[1]["weekly.csv"])
    assert len(rows) == 30
    assert (rows[0]["week"], rows[0]["date"]) == ("1", "2027-01-04")
    assert (rows[29]["week"], rows[29]["date"]) == ("30", "2027-07-26")
    assert all(float(row["census_p10"]) <= float(row["census_p90"]) for row in rows)


def test_months_in_which_nobody_can_be_followed_are_empty(run):
    rows = table(run[1]["waits.csv"])
    assert [row["month"] for row in rows] == [f"2027-0{month}" for month in range(1, 9)]
    assert float(rows[0]["days_to_assessment_mean"]) > 0
    assert rows[-1]["days_to_assessment_mean"] == ""


def test_where_admitted_clients_are_adds_up_to_all_of_them(run):
    rows = table(run[1]["retention.csv"])
    means = [name for name in rows[0] if name.endswith("_mean")]
    assert len(means) == 6
    for row in rows:
        assert math.isclose(sum(float(row[name]) for name in means), 1.0)


def test_the_manifest_vouches_for_every_other_file(run):
    result, files = run
    manifest = json.loads(files[MANIFEST])
    assert manifest["sha256"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != MANIFEST
    }
    assert manifest["scenario_hash"] == result.scenario.hash
    assert (manifest["seed"], manifest["replications"], manifest["weeks"]) == (1, 5, 30)
    assert manifest["iopsim"] == iopsim.__version__


def test_the_written_scenario_is_the_one_that_ran(run, tmp_path):
    result, files = run
    path = tmp_path / "scenario.toml"
    path.write_bytes(files["scenario.toml"])
    assert iopsim.load(path) == result.scenario


def test_the_key_of_a_run_depends_on_all_that_its_results_depend_on(run, monkeypatch):
    scenario = run[0].scenario
    keys = {run_key(scenario, 1, 5), run_key(scenario, 2, 5), run_key(scenario, 1, 6)}
    keys.add(run_key(iopsim.load(PLAIN), 1, 5))
    keys.add(run_key(scenario, 1, 5, by=("source", "payer")))
    assert run_key(scenario, 1, 5, by=("payer", "source")) in keys
    monkeypatch.setattr(iopsim, "__version__", "99")
    keys.add(run_key(scenario, 1, 5))
    assert len(keys) == 6


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Palmetto Alexandria", "palmetto-alexandria-0123456789"),
        ("../../etc/passwd", "etc-passwd-0123456789"),
        ("Clínica São José", "clinica-sao-jose-0123456789"),
        ("مركز", "0123456789"),
        ("x" * 200, "x" * 40 + "-0123456789"),
    ],
)
def test_the_folder_of_a_run_has_a_plain_name(name, folder):
    scenario = iopsim.load(PLAIN, {"name": name})
    assert default_folder(scenario, "0123456789abcdef") == Path("results") / folder


def test_a_run_is_saved_into_a_new_or_an_empty_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "new", tmp_path / "parents" / "made" / "on the way"):
        examine(folder, "k")
        save(folder, "k", FILES)
        assert everything(folder) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "new", "parents"]


def test_a_saved_folder_has_the_permissions_of_any_new_folder(tmp_path):
    (tmp_path / "plain").mkdir()
    save(tmp_path / "saved", "k", FILES)
    assert (tmp_path / "saved").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_the_same_run_is_written_again_and_what_else_lies_there_stays(tmp_path):
    save(tmp_path / "run", "k", FILES)
    (tmp_path / "run" / "a.csv").write_text("spoilt")
    (tmp_path / "run" / "my notes.txt").write_text("keep me")
    examine(tmp_path / "run", "k")
    save(tmp_path / "run", "k", FILES)
    assert everything(tmp_path / "run") == {**FILES, "my notes.txt": b"keep me"}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({MANIFEST: FILES[MANIFEST]}, "other results (scenario h, seed 1, 2 replications)"),
        ({"thesis.tex": b"years of work"}, "files that are no results of this run"),
        ({MANIFEST: b"[not ours"}, "files that are no results of this run"),
        ({MANIFEST: b"[1]"}, "files that are no results of this run"),
        ({MANIFEST: b"\xff\xfe"}, "files that are no results of this run"),
    ],
)
def test_a_folder_with_anything_else_is_left_alone(tmp_path, held, said):
    folder = tmp_path / "taken"
    folder.mkdir()
    for name, content in held.items():
        (folder / name).write_bytes(content)
    for action in (lambda: examine(folder, "other"), lambda: save(folder, "other", FILES)):
        with pytest.raises(iopsim.IopsimError) as refusal:
            action()
        assert str(refusal.value) == f"{folder}: found a folder with {said}; name a new or empty folder with --out"
    assert everything(folder) == held
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_file_in_the_way_is_left_alone(tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(iopsim.IopsimError, match=r"is a file|found a file"):
            examine(folder, "k")
        with pytest.raises(iopsim.IopsimError):
            save(folder, "k", FILES)
    assert everything(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(iopsim.IopsimError, match="cannot be written"):
        examine(tmp_path / "new", "k")
    tmp_path.chmod(0o700)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody may write")
def test_a_folder_in_which_nobody_may_write_is_refused():
    with pytest.raises(iopsim.IopsimError, match=r"^/proc/new: found that it cannot be written \(.+\)"):
        examine(Path("/proc/new"), "k")


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def write(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(iopsim.IopsimError, match="No space left on device"):
        save(tmp_path / "parents" / "new", "k", FILES)
    assert not list(tmp_path.iterdir())


def test_two_runs_for_one_folder_the_second_is_refused_at_the_end(tmp_path):
    folder = tmp_path / "wanted by two"
    examine(folder, "k")
    examine(folder, "other")
    save(folder, "k", FILES)
    with pytest.raises(iopsim.IopsimError, match="other results"):
        save(folder, "other", {MANIFEST: b"{}"})
    assert everything(folder) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["wanted by two"]


def test_a_folder_behind_a_link_is_the_folder_it_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    save(tmp_path / "link", "k", FILES)
    assert (tmp_path / "link").is_symlink()
    assert everything(tmp_path / "real") == FILES


def test_the_manifest_tells_what_was_changed_and_nothing_where_nothing_was(run):
    result, resolved = run[0], resolve(PLAIN)
    assert "changes" not in json.loads(documents(result, resolved, {})[MANIFEST])
    given = [
        "groups.evening.start=18:00",
        "referrals.*.months.Jan=1",
        "weeks=30",
        "groups.evening.nights=['Mon','Tue','Thu']",
    ]
    resolved = resolve(PLAIN, given)
    manifest = json.loads(documents(result, resolved, {})[MANIFEST])
    months = {f"referrals.{source}.months.Jan": 1.0 for source in resolved.scenario.referrals}
    timetable = {"groups.evening.nights": ["Mon", "Tue", "Thu"], "groups.evening.start": "18:00:00"}
    assert manifest["changes"] == {"weeks": 30, **months, **timetable}

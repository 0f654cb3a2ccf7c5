"""The command in a report: typed where the report says, it gives the same tables again, byte for byte."""

import shlex
import shutil
from pathlib import Path

import pytest

import reports

PALMETTO = reports.PALMETTO.as_posix()


@pytest.fixture
def again(tmp_path, monkeypatch):
    """Types the command of a report in a folder, and returns what it says around it and its words."""

    def start(opened, folder):
        tree = reports.parsed(reports.page_of(opened))
        said = reports.text_of(tree, "rerun")
        (typed,) = tree.xpath("//section[@id='rerun']/p/code/text()")
        program, *words = shlex.split(typed)
        assert program == "iopsim"
        monkeypatch.chdir(folder)
        if "plan.toml" in words:
            shutil.copy(PALMETTO, folder / "plan.toml")
        reports.command(*words, "-q", *(() if "--workers" in words else ("--workers", 1)))
        return said, words

    return start


def same_tables(opened, folder, names=None):
    """Assert that every table of one folder is there again, plans under other names or not."""
    tables = sorted(opened.folder.glob("tables/*.parquet")) + sorted(opened.folder.glob("arms/*/*.parquet"))
    assert len(tables) > 5
    for table in tables:
        path = table.relative_to(opened.folder)
        parts = [(names or {}).get(part, part) for part in path.parts]
        assert (folder / "again" / Path(*parts)).read_bytes() == table.read_bytes(), path


def test_a_run_comes_again_from_its_folder(tmp_path, again):
    opened = reports.run_in(
        tmp_path / "r", "--set", "weeks=30", "--set", "groups.evening.seats=10", "--by", "trait", "--seed", 7
    )
    said, words = again(opened, opened.folder)
    assert words[words.index("--seed") + 1] == "7"
    assert words[words.index("--replications") + 1] == "6"
    assert "every table in again/tables is then that of tables" in said
    same_tables(opened, opened.folder)


def test_a_precision_is_asked_for_again(tmp_path, again):
    words = ("--set", "weeks=10", "--precision", "census_mean=0.5", "--most", "60", "--workers", 1)
    reports.command("run", PALMETTO, *words, "--out", tmp_path / "r", "-q")
    opened = reports.open_results(tmp_path / "r")
    _, words = again(opened, opened.folder)
    assert words[words.index("--precision") + 1] == "census_mean=0.5"
    assert "--replications" not in words
    same_tables(opened, opened.folder)
    assert reports.open_results(tmp_path / "r" / "again").manifest["precision"] == opened.manifest["precision"]


def test_drawn_inputs_need_the_file_as_it_was(tmp_path, again):
    changes = (
        "--set",
        "weeks=20",
        "--set",
        "groups.evening.seats=10",
        "--set",
        'groups.evening.nights=["Mon", "Wed", "Fri"]',
    )
    opened = reports.run_in(tmp_path / "r", *changes, "--uncertain", replications=3)
    said, words = again(opened, opened.folder)
    assert "--uncertain" in words
    assert "with the plan's own file in the place of plan.toml" in said
    same_tables(opened, opened.folder)


def test_a_comparison_comes_again_from_its_folder_under_other_names(tmp_path, again):
    words = ("--set", "more: groups.evening.seats=14", "--weeks", 30, "-n", 3, "--seed", 4, "--confidence", 0.9)
    reports.command("compare", PALMETTO, *words, "--workers", 1, "--out", tmp_path / "c", "-q")
    opened = reports.open_results(tmp_path / "c")
    said, _ = again(opened, opened.folder)
    assert "the plans are called scenario, scenario-2 and so on" in said
    same_tables(opened, opened.folder, {"palmetto": "scenario", "more": "scenario-2"})
    found = reports.open_results(tmp_path / "c" / "again").manifest
    assert (found["seed"], found["confidence"]) == (4, 0.9)


def test_a_comparison_with_drawn_inputs_comes_again_as_it_was_typed(tmp_path, again, monkeypatch):
    words = ["compare", PALMETTO, "--set", "more: groups.evening.seats=14", "--weeks", "20", "-n", "3", "--uncertain"]
    words += ["--workers", "1", "--out", str(tmp_path / "c"), "-q"]
    monkeypatch.setattr("sys.argv", ["iopsim", *words])
    reports.command(*words)
    opened = reports.open_results(tmp_path / "c")
    said, typed = again(opened, tmp_path)
    assert "--uncertain" in typed
    assert str(tmp_path / "c") not in typed
    assert "In the folder in which the comparison was made" in said
    same_tables(opened, tmp_path)


@pytest.mark.parametrize("drawn", ["", "uncertain = true\n"])
def test_an_experiment_comes_again_from_its_file_beside_its_base(tmp_path, again, drawn):
    shutil.copy(PALMETTO, tmp_path / "plan.toml")
    text = 'question = "More?"\nbase = "../plan.toml"\nweeks = 20\nreplications = 9\nseed = 3\n'
    (tmp_path / "study").mkdir()
    file = tmp_path / "study" / "seats.toml"
    file.write_text(f"{text}{drawn}[arms.more]\ngroups.evening.seats = 14\n", encoding="utf-8")
    reports.command("experiment", file, "-n", 3, "--seed", 5, "--workers", 1, "--out", tmp_path / "e", "-q")
    opened = reports.open_results(tmp_path / "e")
    place = tmp_path / "elsewhere"
    place.mkdir()
    shutil.copy(opened.folder / "experiment.toml", place)
    said, words = again(opened, place)
    assert "It names its base as ../plan.toml" in said
    assert words[:2] == ["experiment", "experiment.toml"]
    assert ("--uncertain" in words) == bool(drawn)
    short = reports.text_of(reports.parsed(reports.page_of(opened)), "in-short")
    assert ("drawn anew for each replication" in short) == bool(drawn)
    assert ("hold luck only" in short) != bool(drawn)
    same_tables(opened, place)

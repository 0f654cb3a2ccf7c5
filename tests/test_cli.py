"""The command line as a person or a script meets it: what is printed, what is written, and the exit code."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.cli.commands import app
from iopsim.cli.console import plain
from iopsim.cli.run import workers_for
from iopsim.experiments.engine import Choice
from iopsim.experiments.reading import decimals
from iopsim.measures.catalogue import CATALOGUE
from iopsim.scenario.schema import json_schema

ROOT = Path(__file__).parent.parent
PLAIN = str(ROOT / "tests" / "plain.toml")
SHORT = ("run", PLAIN, "--weeks", "40", "-n", "6")
MAIN = "from iopsim.cli.app import main\nif __name__ == '__main__':\n    main()"
WITHOUT = ("numpy", "pydantic", "simpy", "scipy", "pandas", "matplotlib", "holidays", "tree_sitter", "rich", "numba")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test stands in a folder of its own, at a terminal of no particular width."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def without_charts(monkeypatch):
    """Charts take longer than a short run."""
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())


def call(*arguments):
    return CliRunner().invoke(app, arguments)


def process(*arguments, **options):
    """Call the command line in a process of its own."""
    command = [sys.executable, "-c", MAIN, *arguments]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, **options)


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(answer):
    """The problems of a refusal, one a line; nothing else is said, and nothing written."""
    assert answer.exit_code == 2, answer.output
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    assert not list(Path().iterdir())
    return answer.stderr.splitlines()


# ------------------------------------------------------------------------------------------------ help


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["run", "--help"], ["events", "--help"], ["check", "-h"], ["evidence", "-h"], ["--version"]],
)
def test_help_imports_nothing_heavier_than_the_command_line_library(arguments):
    code = (
        "import sys\nfrom iopsim.cli.app import main\n"
        "try:\n    main()\nfinally:\n    sys.stderr.write(','.join(name.split('.')[0] for name in sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert not set(WITHOUT) & set(told.stderr.split(","))


def test_every_command_and_every_option_is_explained():
    told = call("--help").stdout
    assert "..." not in told.partition("Commands:")[2]
    assert re.findall(r"^  (run|warmup|check|init|schema|trace|evidence|measures|events) +\w", told, re.MULTILINE) == [
        "run",
        "warmup",
        "check",
        "init",
        "schema",
        "trace",
        "evidence",
        "measures",
        "events",
    ]
    options = "replications seed set weeks out workers warm-up by all json quiet help"
    for option in options.split():
        assert re.search(rf"--{option}\b.* {{2,}}\w", call("run", "--help").stdout), option
    assert call("--version").stdout == f"iopsim {iopsim.__version__}\n"


# ------------------------------------------------------------------------------------------- bad input


def test_all_that_is_wrong_is_told_at_once_one_line_each():
    options = ["-n", "none", "--seed", "-1", "--workers", "0", "--weeks", "2000"]
    lines = refused(call("run", PLAIN, *options, "--set", "groups.evning.seats=3"))
    assert lines[0] == "--replications: found none; give a whole number from 1 to 10,000,000"
    assert lines[1] == "--seed: found -1; give a whole number from 0 to 18,446,744,073,709,551,615"
    assert lines[2] == "--workers: found 0; give a whole number from 1 to 512"
    assert [line for line in lines[3:] if "did you mean groups.evening.seats?" in line]
    assert [line for line in lines[3:] if line.startswith("--weeks: found 2000; ")]
    assert len(lines) == 5


def test_a_bad_file_is_told_by_file_line_and_path(tmp_path):
    bad = tmp_path.parent / f"{tmp_path.name}-bad.toml"
    good = Path(PLAIN).read_text(encoding="utf-8")
    bad.write_text(good.replace("seats = 12", "seats = -1\nseets = 3"), encoding="utf-8")
    line = good[: good.index("seats = 12")].count("\n") + 1
    for command in ("run", "check", "trace"):
        lines = refused(call(command, str(bad)))
        assert len(lines) == 2
        assert lines[0].startswith(f"{bad}:{line}: groups.evening.seats: found -1; ")
        assert lines[1].startswith(f"{bad}:{line + 1}: groups.evening.seets: found seets; ")
        assert lines[1].endswith("(did you mean seats?)")


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "no such file.toml"],
        ["run", PLAIN, "--seed"],
        ["run", PLAIN, "--no-such-option"],
        ["no such command"],
        ["run", PLAIN, "--set", "name"],
        ["run", PLAIN, "--weeks", "soon"],
        ["run", PLAIN, "--weeks", "5\nname = 'x'"],
        ["run", PLAIN, "--out", f"{PLAIN}/below"],
        ["run", PLAIN, "--out", PLAIN],
        ["run", PLAIN, "--out", "\0"],
        ["trace", PLAIN, "--client", "nobody"],
        ["trace", PLAIN, "--ending", "happily"],
        ["trace", PLAIN, "--replication", "-1"],
        ["init", PLAIN],
        ["init", "no such folder/new.toml"],
        ["check", PLAIN, "--set", "name="],
    ],
    ids=str,
)
def test_bad_input_ends_with_exit_code_2_and_nothing_is_written(arguments):
    assert refused(call(*arguments))


# -------------------------------------------------------------------------------------------------- run


def test_a_run_ends_with_table_bottleneck_and_three_charts_on_disk():
    answer = call(*SHORT)
    assert answer.exit_code == 0, answer.stderr
    (folder,) = Path("results").iterdir()
    assert re.fullmatch(r"plain-[0-9a-f]{10}", folder.name)
    told = answer.stdout
    assert re.search(r"^Measure +Unit +Mean +95 % interval +10th-90th pct\.$", told, re.MULTILINE)
    for row in (r"Referrals +clients +\d+ +\d+ to \d+ +\d+ to \d+", r"Started within 14 days +% +[\d.]+ +[\d.]+ to "):
        assert re.search(f"^{row}", told, re.MULTILINE)
    held_back = r"^Bottleneck: group seats \(tightest in [3-6] of 6 replications\), .*week\s+\d+\s+\(\d+\s+\w+\s+2027\)"
    assert re.search(held_back, told, re.MULTILINE)
    for name in ("census.png", "waits.png", "retention.png"):
        assert f"  {folder / name}\n" in told
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    assert not re.search(r"\x1b|[─│┌]| \n", told)
    assert answer.stderr == ""


def test_the_folder_is_the_same_to_the_byte_for_any_number_of_workers():
    arguments = ("run", PLAIN, "--weeks", "30", "-n", "24", "--quiet")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments, "--workers", str(workers), "--out", str(workers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for workers in (1, 2, 3)
    ]
    for one in running:
        assert one.communicate(timeout=120) == (b"", b"")
        assert one.returncode == 0
    tables = {f"{name}.csv" for name in ("assumptions", "measures", "weekly", "waits", "retention", "money")}
    tables |= {f"tables/{name}.parquet" for name in ("fractions", "measures", "nights", "staff")}
    tables |= {f"tables/{name}.parquet" for name in ("weekly", "waits", "retention", "money")}
    charts = {"census.png", "waits.png", "retention.png"}
    assert set(files(Path("1"))) == {*tables, *charts, "manifest.json", "scenario.toml"}
    assert files(Path("1")) == files(Path("2")) == files(Path("3"))


@pytest.mark.usefixtures("without_charts")
def test_no_file_tells_where_it_was_made(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "plain.toml").write_bytes(Path(PLAIN).read_bytes())
    assert call("run", "deep/plain.toml", "--weeks", "6", "-n", "2", "--out", "one").exit_code == 0
    assert call("run", PLAIN, "--weeks", "6", "-n", "2", "--out", "two").exit_code == 0
    assert files(Path("one")) == files(Path("two"))


@pytest.mark.usefixtures("without_charts")
def test_the_same_run_is_written_again_and_another_is_refused_before_it_is_simulated(monkeypatch):
    assert call(*SHORT, "--out", "here").exit_code == 0
    before = files(Path("here"))
    assert call(*SHORT, "--out", "here").exit_code == 0
    monkeypatch.setattr("iopsim.cli.run.simulate", None)
    answer = call(*SHORT, "--out", "here", "--seed", "2")
    assert answer.exit_code == 2
    assert answer.stderr.startswith("here: found a folder with other results (scenario ")
    assert files(Path("here")) == before
    assert [path.name for path in Path().iterdir()] == ["here"]


@pytest.mark.usefixtures("without_charts")
def test_a_run_can_be_repeated_from_its_folder_alone():
    assert call(*SHORT, "--set", "groups.evening.seats=10", "--out", "first").exit_code == 0
    assert call("run", "first/scenario.toml", "-n", "6", "--out", "second").exit_code == 0
    first, second = files(Path("first")), files(Path("second"))
    different = {name for name in first if first[name] != second[name]}
    assert different == {"assumptions.csv", "scenario.toml", "manifest.json"}  # the first name each value's origin
    manifests = [json.loads(content["manifest.json"]) for content in (first, second)]
    assert [manifest.get("changes", {}).get("groups.evening.seats") for manifest in manifests] == [10, None]
    keys = [manifest["run_key"] for manifest in manifests]
    assert keys[0] == keys[1]


def test_json_is_one_document_and_without_out_nothing_is_written():
    answer = call(*SHORT, "--json")
    assert answer.exit_code == 0
    document = json.loads(answer.stdout)
    assert document["scenario_hash"] == iopsim.load(PLAIN, {"weeks": 40}).hash
    assert (document["seed"], document["replications"], document["out"]) == (1, 6, None)
    assert [measure["name"] for measure in document["measures"]] == [measure.name for measure in CATALOGUE]
    result = iopsim.simulate(iopsim.load(PLAIN, {"weeks": 40}), 6)
    for measure in document["measures"]:
        summary = result.measures[measure["name"]]
        assert measure["unit"]
        said = (measure["mean"], measure["low"], measure["high"])
        assert measure["n"] == summary.n
        assert said == ((summary.mean, summary.low, summary.high) if summary.n else (None, None, None))
    assert not list(Path().iterdir())


def test_json_says_null_for_what_cannot_be_told_and_writes_where_it_is_told_to():
    answer = call("run", PLAIN, "--weeks", "1", "-n", "1", "--json", "--out", "here")
    document = json.loads(answer.stdout, parse_constant=pytest.fail)
    measures = {measure["name"]: measure for measure in document["measures"]}
    assert measures["days_to_first_session"]["mean"] is None
    assert measures["referrals"]["low"] is None
    assert document["out"] == "here"
    assert "manifest.json" in files(Path("here"))


def test_quiet_says_nothing():
    answer = call(*SHORT, "--quiet", "--out", "here")
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, "", "")
    assert (Path("here") / "census.png").exists()


@pytest.mark.usefixtures("without_charts")
def test_all_shows_every_measure_and_without_it_the_rest_is_mentioned():
    some, every = call(*SHORT, "--json", "--quiet"), call(*SHORT, "--all")
    assert json.loads(some.stdout)
    rows = [line for line in every.stdout.splitlines() if re.search(r" (clients|days|weeks|sessions|usd|%) ", line)]
    assert len(rows) >= len(CATALOGUE)
    assert "--all shows every one" in call(*SHORT).stdout
    assert "--all shows" not in every.stdout


@pytest.mark.usefixtures("without_charts")
def test_a_dash_is_explained():
    told = call("run", PLAIN, "--weeks", "3", "-n", "1").stdout
    assert re.search(r"^Referral to first session +days +– +– +–$", told, re.MULTILINE)
    assert "–  One replication gives no interval" in told
    said = " ".join(told.split())
    assert "– Cannot be told: waits need 90 days after referral, retention 20 weeks after admission, abst" in said
    assert "and the run has 3 weeks; or nobody came so far." in said


@pytest.mark.usefixtures("without_charts")
def test_a_run_of_ten_weeks_does_not_tell_who_is_abstinent_a_year_later():
    told = call("run", PLAIN, "--weeks", "10", "-n", "3").stdout
    assert re.search(r"^Abstinent at 12 months +% +– +– +–$", told, re.MULTILINE)
    assert "abstinence 182 or 365 days after discharge, and the run has 10 weeks" in " ".join(told.split())


@pytest.mark.usefixtures("without_charts")
def test_replications_that_cannot_tell_are_counted():
    told = call("run", PLAIN, "--weeks", "18", "-n", "8").stdout
    assert re.search(r"^Weeks until then \(\d of 8\) +weeks ", told, re.MULTILINE)
    assert "(n of 8)  Only n replications can tell; the figures are theirs." in told


@pytest.mark.usefixtures("without_charts")
def test_nothing_held_back_is_said_in_so_many_words():
    told = call(
        *SHORT,
        "--set",
        "groups.evening.seats=200",
        "--set",
        "assessment.slots_per_day=50",
        "--set",
        "staff.counselor.caseload=none",
        "--set",
        'staff.counselor.duties=["groups"]',
    ).stdout
    assert re.search(r"^Bottleneck: nothing\. Nobody waits for a slot, a seat\s+or a counselor\.$", told, re.MULTILINE)


@pytest.mark.usefixtures("without_charts")
def test_an_empty_program_runs():
    nobody = [f"--set=referrals.{source}.per_week=0" for source in ("self", "court", "health_care", "inpatient")]
    answer = call(*SHORT, *nobody)
    assert answer.exit_code == 0, answer.stderr
    assert re.search(r"^Referrals +clients +0 +0 to 0 +0 to 0$", answer.stdout, re.MULTILINE)


@pytest.mark.usefixtures("without_charts")
@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_the_table_fits_the_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    name = "name = " + json.dumps("A very long name of a program " * 6)
    told = call("run", PLAIN, "--weeks", "40", "-n", "3", "--set", name, "--out", "x").stdout
    assert max(map(len, told.splitlines())) <= int(columns)


@pytest.mark.usefixtures("without_charts")
def test_a_name_cannot_steer_the_terminal():
    answer = call(*SHORT, "--out", "x", "--set", r'name = "[red]a\u001b[31m\nb\u202ec"')
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.startswith("[red]a [31m b c\n")
    assert plain("\u2067x\r") == "x"


@pytest.mark.parametrize(
    ("mean", "half_width", "places"),
    [(567.4, 4.0, 0), (6.23, 0.084, 2), (12.3, 0.04, 1), (0.3, 0.0001, 2), (12.0, 0.0, 0), (12.5, float("nan"), 1)],
)
def test_decimals_follow_the_half_width(mean, half_width, places):
    assert decimals(mean, half_width) == places


def test_a_short_run_starts_no_processes(monkeypatch):
    monkeypatch.setattr("iopsim.cli.run.cores", lambda: 8)
    scenario = iopsim.load(PLAIN)
    plain = Choice("reference")
    assert workers_for(scenario, 1, plain) == 1
    assert workers_for(scenario, 20, plain) == 1
    assert workers_for(scenario, 10_000, plain) == 8
    assert workers_for(iopsim.load(PLAIN, {"weeks": 1}), 200, plain) == 1


# ------------------------------------------------------------------------- check, init, schema, trace


def test_check_says_ok_and_compares_demand_with_capacity():
    answer = call("check", PLAIN)
    assert answer.exit_code == 0
    assert re.search(r"^ok  .*plain\.toml: Plain$", answer.stdout, re.MULTILINE)
    counts = re.search(
        r"^ok  (\d+) values: (\d+) from the file, (\d+) from the defaults; ", answer.stdout, re.MULTILINE
    )
    every, ours, theirs = map(int, counts.groups())
    assert every == ours + theirs
    assert re.search(r"^seats in evening +[\d.]+ +[\d.]+ +1\d\d % +seat-nights/week$", answer.stdout, re.MULTILINE)
    assert re.search(r"^warning  .*seats in evening", answer.stdout, re.MULTILINE)
    assert ", 1 from --set" in call("check", PLAIN, "--set", "groups.evening.seats=30").stdout


def test_check_counts_what_evidence_there_is_for_the_values_of_the_file_and_of_the_defaults():
    cited = 'weeks = { value = 60, source = "a talk with the board" }'
    text = Path(PLAIN).read_text(encoding="utf-8")
    for rate, grade in {"2.5": "derived", "1.5": "assumed", "1.25": "assumed"}.items():
        text = text.replace(f"= {rate}\n", f'= {{ value = {rate}, source = "E1.34", grade = "{grade}" }}\n')
    Path("graded.toml").write_text(text, encoding="utf-8")
    told = call("check", "graded.toml", "--set", "groups.evening.seats=30", "--set", cited).stdout
    table = told[told.index("Evidence ") : told.index("Asked of")]
    assert re.search(r"^Evidence +From the file +From --set +From the defaults$", table, re.MULTILINE)
    rows = dict(re.findall(r"^([\w, ]+?)  +(.+)$", table, re.MULTILINE))
    assert rows["assumed"].split()[:2] == ["2", "–"]
    assert rows["derived"].split()[:2] == ["1", "–"]
    assert rows["source, no grade"].split() == ["–", "1", "–"]
    assert rows["no evidence given"].split() == ["11", "1", "–"]
    cells = [cell for row in rows.values() for cell in row.split() if cell.isdigit()]
    assert f"ok  {sum(map(int, cells))} values: " in told


def test_a_bare_number_of_the_file_is_not_taken_for_known():
    told = call("check", PLAIN, "--resolved").stdout
    assert re.search(r"^seats = 12  # .*plain\.toml:\d+; no evidence given$", told, re.MULTILINE)
    assert re.search(r"^excused_share = .*# defaults\.toml:\d+; assumed$", told, re.MULTILINE)
    assert re.search(r'^limit = "none"  # defaults\.toml:\d+$', told, re.MULTILINE)


def test_check_knows_no_limit_and_no_capacity():
    answer = call("check", PLAIN, "--set", "staff.counselor.caseload=none", "--set", "assessment.slots_per_day=0")
    assert answer.exit_code == 0
    assert re.search(r"^counselor caseload +[\d.]+ +no limit +– ", answer.stdout, re.MULTILINE)
    assert re.search(r"^assessment slots +[\d.]+ +0\.0 +no capacity ", answer.stdout, re.MULTILINE)


def test_check_resolved_is_a_file_that_says_the_same():
    answer = call("check", PLAIN, "--set", "groups.evening.seats=15", "--resolved")
    Path("resolved.toml").write_text(answer.stdout, encoding="utf-8")
    assert iopsim.load("resolved.toml") == iopsim.load(PLAIN, {"groups.evening.seats": 15})
    assert "# --set groups.evening.seats=15" in answer.stdout
    assert "# defaults.toml:" in answer.stdout


@pytest.mark.usefixtures("without_charts")
def test_init_writes_a_file_that_checks_and_runs_and_never_over_another():
    assert call("init", "new.toml").stdout == "wrote new.toml\nnext: iopsim check new.toml\n"
    assert call("check", "new.toml").exit_code == 0
    assert call("run", "new.toml", "--weeks", "4", "-n", "2").exit_code == 0
    before = Path("new.toml").read_bytes()
    assert call("init", "new.toml").exit_code == 2
    assert Path("new.toml").read_bytes() == before


def test_schema_is_json():
    assert json.loads(call("schema").stdout) == json_schema()


def test_a_journey_has_dates_clock_times_and_reasons():
    answer = call("trace", PLAIN, "--ending", "dropped_out")
    assert answer.exit_code == 0
    assert re.search(r"^\w+/20\d\d-\d\d-\d\d/\d+: dropped out$", answer.stdout.splitlines()[0])
    assert re.search(r"^\w{3} +\d+ \w{3} 2027  09:00  referred by ", answer.stdout, re.MULTILINE)
    assert re.search(r"^ +chance|card ", answer.stdout, re.MULTILINE)
    client = answer.stdout.partition(":")[0]
    assert call("trace", PLAIN, "--client", client).stdout == answer.stdout


def test_a_journey_is_readable_at_80_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    told = call("trace", PLAIN).stdout
    assert max(map(len, told.splitlines())) <= 80


# ----------------------------------------------------------------------------------------------- pipes


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe that knows its reader has gone")
@pytest.mark.parametrize("arguments", [["schema"], [*SHORT, "--out", "x"], ["check", PLAIN, "--resolved"]], ids=str)
def test_a_reader_who_leaves_early_is_no_accident(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        told = subprocess.run(
            [sys.executable, "-c", MAIN, *arguments], stdout=pipe, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert (told.returncode, told.stderr) == (141, b"")
    assert "run" not in arguments or (Path("x") / "manifest.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_behind_stdout_is_told_in_words():
    with Path("/dev/full").open("wb") as full:
        told = subprocess.run([sys.executable, "-c", MAIN, "schema"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (told.returncode, told.stderr) == (1, b"output: No space left on device\n")


def test_a_terminal_that_knows_only_ascii_still_gets_its_table():
    told = process("run", PLAIN, "--weeks", "2", "-n", "1", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert told.returncode == 0, told.stderr
    assert b"Referral to first session" in told.stdout

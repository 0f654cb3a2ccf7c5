"""`iopsim warmup` and `iopsim run --warm-up`, as a person meets them."""

import json
import re
import shlex
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.charts.headlines import mature_headline, no_steady_state_headline, warm_up_headline
from iopsim.charts.style import STYLES
from iopsim.charts.welch import welch
from iopsim.cli.commands import app
from iopsim.experiments.warmup import by_halves, estimate, middle
from iopsim.stats.warmup import Truncation
from pictures import assert_fits, words

PLAIN = str(Path(__file__).parent / "plain.toml")
SOURCES = ("self", "court", "health_care", "inpatient")
FLAT = [f"--set=referrals.{source}.months.{month}=1.0" for source in SOURCES for month in ("Jan", "Dec")]
SHORT = ["--weeks", "70", "-n", "12", "--workers", "1"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test stands in a folder of its own, at a terminal of no particular width."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def call(*arguments):
    return CliRunner().invoke(app, arguments)


def scenario(**changes):
    flat = {f"referrals.{source}.months.{month}": 1.0 for source in SOURCES for month in ("Jan", "Dec")}
    return iopsim.load(PLAIN, {**flat, **changes})


# ------------------------------------------------------------------------------------------------ run


def test_a_mature_view_says_so_in_its_heading_its_document_and_its_manifest(monkeypatch):
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())
    answer = call("run", PLAIN, *FLAT, *SHORT, "--warm-up", "30", "--out", "here")
    assert answer.exit_code == 0, answer.stderr
    said = "Mature view, after a warm-up of 30 weeks: only clients who came, and days, from 2 August 2027 on\n"
    assert answer.stdout.splitlines(keepends=True)[2] == said
    assert re.search(r"in \d+ of 40 weeks|from week \d+ ", answer.stdout)
    for text in (
        Path("here/manifest.json").read_text(),
        call("run", PLAIN, *FLAT, *SHORT, "--warm-up", "30", "--json").stdout,
    ):
        document = json.loads(text)
        assert (document["warm_up_weeks"], document["mature_from"]) == (30, "2027-08-02")
    weeks = Path("here/weekly.csv").read_text().splitlines()
    assert weeks[1].startswith("31,2027-08-02,")
    assert len(weeks) == 41
    assert Path("here/waits.csv").read_text().splitlines()[1].startswith("2027-08,")


def test_a_mature_view_by_group_is_written_and_told_with_both(monkeypatch):
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())
    both = ("--warm-up", "30", "--by", "source")
    answer = call("run", PLAIN, *FLAT, *SHORT, *both, "--out", "here")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.index("Mature view, after a warm-up of 30 weeks") < answer.stdout.index("By source")
    manifest = json.loads(Path("here/manifest.json").read_text())
    assert (manifest["by"], manifest["warm_up_weeks"]) == (["source"], 30)
    assert "equity.csv" in manifest["sha256"]
    document = json.loads(call("run", PLAIN, *FLAT, *SHORT, *both, "--json").stdout)
    assert (document["warm_up_weeks"], document["equity"][0]["partition"]) == (30, "source")


def test_an_opening_view_says_nothing_of_it(monkeypatch):
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())
    answer = call("run", PLAIN, "--weeks", "6", "-n", "2", "--out", "here")
    assert "ature" not in answer.stdout + Path("here/manifest.json").read_text()
    assert "warm_up" not in call("run", PLAIN, "--weeks", "6", "-n", "2", "--json").stdout


def test_another_view_of_the_same_run_is_another_result(monkeypatch):
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())
    assert call("run", PLAIN, *FLAT, *SHORT, "--warm-up", "30", "--out", "here").exit_code == 0
    answer = call("run", PLAIN, *FLAT, *SHORT, "--out", "here")
    assert answer.exit_code == 2
    assert "12 replications, mature after 30 weeks); name a new or empty folder" in answer.stderr


def test_auto_gives_the_same_folder_as_the_number_of_weeks_that_it_finds(monkeypatch):
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())
    assert call("run", PLAIN, *FLAT, *SHORT, "--warm-up", "auto", "--out", "auto").exit_code == 0
    weeks = json.loads(Path("auto/manifest.json").read_text())["warm_up_weeks"]
    assert call("run", PLAIN, *FLAT, *SHORT, "--warm-up", str(weeks), "--out", "told").exit_code == 0
    for path in Path("auto").rglob("*.*"):
        assert path.read_bytes() == (Path("told") / path.relative_to("auto")).read_bytes()


def test_every_reason_against_a_mature_view_is_told_with_its_place_and_with_all_other_mistakes():
    options = ["--set", "assessment.slots_per_day=1", "--weeks", "40", "--warm-up", "10", "--seed", "x"]
    answer = call("run", PLAIN, *options)
    assert answer.exit_code == 2
    lines = answer.stderr.splitlines()
    assert lines[0].startswith("--seed: found x; ")
    for line, source in zip(lines[1:5], SOURCES, strict=True):
        assert re.match(rf"defaults\.toml:\d+: referrals\.{source}\.months: found weights from 0\.85 \(Dec\)", line)
    assert lines[5].startswith("--set assessment.slots_per_day=1: assessment.slots_per_day: found a demand of ")
    for line, source in zip(lines[6:], SOURCES, strict=True):
        assert re.match(rf"defaults\.toml:\d+: referrals\.{source}\.ramp_weeks: found a ramp that ends after 26", line)
    assert not list(Path().iterdir())


@pytest.mark.parametrize(("typed", "said"), [("soon", "weeks, or auto"), ("70", "1 to 69, or auto"), ("-3", "1 to 69")])
def test_a_warm_up_that_is_none_is_refused_by_its_option(typed, said):
    answer = call("run", PLAIN, *FLAT, *SHORT, "--warm-up", typed)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"--warm-up: found {typed}; ")
    assert said in answer.stderr


def test_a_run_too_short_for_auto_is_told_by_the_option_that_made_it_short():
    answer = call("run", PLAIN, *FLAT, "--weeks", "45", "-n", "2", "--warm-up", "auto")
    assert answer.exit_code == 2
    assert answer.stderr == "--weeks: found a run of 45 weeks; a warm-up is estimated from at least 50 weeks\n"


# -------------------------------------------------------------------------------------------- warmup


def test_warmup_tells_each_series_the_warm_up_and_the_command_and_draws_welchs_plot():
    answer = call("warmup", PLAIN, *FLAT, *SHORT)
    assert answer.exit_code == 0, answer.stderr
    for row in (r"Census \(MSER-5\) +\d+", r"Waitlist \(MSER-5\) +\d+", r"Seats attended \(MSER-5\) +\d+"):
        assert re.search(f"^{row}$", answer.stdout, re.MULTILINE)
    assert re.search(r"^Ramps and late starts +26$", answer.stdout, re.MULTILINE)
    weeks = re.search(r"^A warm-up of (\d+) weeks: the program is mature from ", answer.stdout, re.MULTILINE)[1]
    assert f"--warm-up {weeks}\n" in answer.stdout
    (picture,) = Path("results").iterdir()
    assert re.fullmatch(r"plain-[0-9a-f]{10}-welch\.png", picture.name)
    assert f"  {picture}\n" in answer.stdout
    before = picture.read_bytes()
    assert call("warmup", PLAIN, *FLAT, *SHORT, "--quiet").stdout == ""
    assert picture.read_bytes() == before


def test_the_command_told_is_for_the_same_plan_with_its_changes_and_its_weeks():
    answer = call("warmup", PLAIN, *FLAT, "--set", 'name="A b"', *SHORT)
    told = next(line for line in answer.stdout.splitlines() if line.startswith("  iopsim run "))
    program, command, file, *options = shlex.split(told)
    assert (program, command, file) == ("iopsim", "run", PLAIN)
    changes = [word for change in FLAT for word in ("--set", change.removeprefix("--set="))]
    assert options[:-1] == [*changes, "--set", 'name="A b"', "--weeks", "70", "--warm-up"]


def test_a_plan_with_seasons_is_answered_with_the_command_that_leaves_them_out():
    answer = call("warmup", PLAIN, "--set", "groups.evening.seats=14", *SHORT)
    told = answer.stdout.partition("Without seasons:\n")[2].splitlines()[0]
    options = shlex.split(told)[3:]
    assert options == ["--set", "groups.evening.seats=14", "--set", "referrals.*.months.*=1", "--weeks", "70"]
    assert "A warm-up of" in call("warmup", PLAIN, *options, "-n", "2").stdout
    assert "Without seasons" not in call("warmup", PLAIN, *FLAT, *SHORT).stdout
    grows = call("warmup", PLAIN, "--set", "referrals.self.growth_per_year=1.5", "--weeks", "52", "-n", "2").stdout
    told = grows.partition("Without seasons and growth:\n")[2].splitlines()[0]
    assert shlex.split(told)[5:9] == ["--set", "referrals.*.months.*=1", "--set", "referrals.*.growth_per_year=1"]


@pytest.mark.parametrize("options", [["--set", "staff.counselor.hire_when_caseload=20"], ["--weeks", "40"]])
def test_no_command_is_told_where_more_than_seasons_stands_in_the_way(options):
    answer = call("warmup", PLAIN, "-n", "2", "--weeks", "52", *options)
    assert answer.exit_code == 2
    assert "No warm-up makes this a mature program:" in answer.stdout
    assert "referrals.self.months" in answer.stdout
    assert "Without" not in answer.stdout


def test_where_there_is_no_warm_up_a_quiet_command_says_why_and_draws_all_the_same():
    answer = call("warmup", PLAIN, "-n", "2", "--weeks", "40", "--quiet", "--out", "plot.png")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "referrals.self.months: found weights" in answer.stderr
    assert "--weeks: found a run of 40 weeks" in answer.stderr
    assert Path("plot.png").exists()


def test_more_replications_are_named_where_few_leave_the_series_unsettled(monkeypatch):
    unsettled = Truncation(35, settled=False, statistics=np.zeros(8))
    monkeypatch.setattr("iopsim.experiments.warmup.mser5", lambda _: unsettled)
    result = iopsim.simulate(scenario(weeks=70), 2)
    (problem,) = estimate(result).problems
    assert problem.allowed.startswith("more replications may settle it, as the mean of 2 is noisy; else a longer run")
    monkeypatch.setattr("iopsim.experiments.warmup.FEW_REPLICATIONS", 2)
    assert estimate(result).problems[0].allowed == "a longer run is needed"


def test_how_far_another_seed_may_lead_is_told_from_sixteen_replications_on():
    few = " ".join(call("warmup", PLAIN, *FLAT, *SHORT).stdout.split())
    assert "another seed may give another number of weeks. How far apart they lie is told from 16 replications" in few
    assert "8 of 10 halves" not in few
    answer = call("warmup", PLAIN, *FLAT, "--weeks", "70", "-n", "16", "--workers", "1")
    assert re.search(r"^Census \(MSER-5\) +\d+( or more)? +\d+( to \d+)?$", answer.stdout, re.MULTILINE)
    assert re.search(r"8 of 10 (halves of these replications )?ask for \d+", " ".join(answer.stdout.split()))


def test_the_commands_of_the_readme_for_a_mature_program_work_on_the_file_to_start_from():
    told = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    commands = [shlex.split(line, comments=True) for line in re.findall(r"^    iopsim (.*)$", told, re.MULTILINE)]
    mature = [command for command in commands if command[0] == "warmup" or "--warm-up" in command]
    assert [command[0] for command in mature] == ["warmup", "run"]
    assert call("init", "my_program.toml").exit_code == 0
    assert call(*mature[0], "-n", "60", "--workers", "1").exit_code == 0
    assert call(*mature[1], "-n", "2", "--json").exit_code == 0


class Runs(NamedTuple):
    """A result of which only the weekly series are looked at."""

    rows: np.ndarray

    @property
    def replications(self):
        return len(self.rows)

    def weekly(self, _):
        return self.rows

    def seat_share(self, _):
        return self.rows


def step(*weeks):
    return np.array([np.where(np.arange(100) < week, 0.0, 8.0) for week in weeks])


def test_halves_that_agree_give_one_number_and_halves_that_do_not_give_theirs():
    assert set(by_halves(Runs(step(*[30] * 16)))["census"]) == {30}
    found = by_halves(Runs(step(*[10, 40] * 8)))["waiting"]
    assert len(found) == 30
    assert {10, 40} <= set(found)
    assert found.count(40) == len(found) - 1  # every half but the one of the even replications has some that step late
    assert by_halves(Runs(step(*[30] * 15))) == {}
    assert middle(found) == (40, 40)
    assert middle([*range(30)]) == (3, 26)


def test_warmup_draws_a_plan_without_a_steady_state_too_and_says_why():
    answer = call("warmup", PLAIN, "--weeks", "40", "-n", "2", "--out", "deep/plot.png")
    assert answer.exit_code == 2, answer.stderr
    assert "MSER-5" not in answer.stdout
    said = " ".join(answer.stdout.split())
    assert "No warm-up makes this a mature program:" in said
    assert "referrals.self.months: found weights from 0.85 (Dec) to 1.15 (Jan)" in said
    assert "--weeks: found a run of 40 weeks; a warm-up is estimated from at least 50 weeks" in said
    assert Path("deep/plot.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in Path("deep").iterdir()] == ["plot.png"]


def test_warmup_never_writes_over_a_file_that_a_person_named():
    Path("mine.png").write_text("mine")
    answer = call("warmup", PLAIN, "--weeks", "6", "-n", "1", "--out", "mine.png")
    assert (answer.exit_code, Path("mine.png").read_text()) == (2, "mine")
    assert answer.stderr == "mine.png: found something there; name a new file with --out\n"


def test_warmup_tells_where_it_cannot_write():
    Path("file").write_text("")
    answer = call("warmup", PLAIN, "--weeks", "6", "-n", "1", "--out", "file/plot.png")
    assert answer.exit_code == 2
    assert "found that it cannot be written" in answer.stderr


# ---------------------------------------------------------------------------------------- the picture


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"weeks": 156}, r"The program is mature after \d+ weeks, from \w+ 20\d\d on"),
        (
            {"weeks": 208, "groups.late": {"nights": ["Thu"], "first_week": 60}},
            r"The program is mature after (60|65|[789]\d) weeks",
        ),
        ({"weeks": 1}, "No steady state to wait for: a ramp outlasts the run|nothing to show"),
        ({"weeks": 3}, "No steady state to wait for: a ramp outlasts the run"),
        ({"weeks": 40}, "A run of 40 weeks is too short to tell from when on the program is mature"),
        ({"referrals.self.months.Jan": 2.0}, "No steady state to wait for: referrals have seasons"),
        (
            {"waitlist.renege_per_day": 0.0},
            "No steady state to wait for: demand exceeds the seats, and nobody gives up",
        ),
        ({"referrals.self.growth_per_year": 1.2}, "No steady state to wait for: referrals have a trend"),
        (
            {"groups.late": {"nights": ["Thu"], "opens_when_waiting": 5}},
            "No steady state to wait for: a group opens when many wait",
        ),
        ({"assessment.slots_per_day": 0}, "Warm-up: nothing to show"),
    ],
    ids=str,
)
def test_the_plot_says_what_it_shows_and_nothing_is_cut_off_or_written_over(changes, title):
    found = estimate(iopsim.simulate(scenario(**changes), 4))
    for style in STYLES.values():
        chart = welch(found, style)
        assert re.search(title, words(chart)), words(chart)
        assert_fits(chart)


def test_the_same_estimate_gives_the_same_picture():
    found = estimate(iopsim.simulate(scenario(weeks=60), 2))
    picture = welch(found).png()
    assert welch(found).png() == picture
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")


def test_headlines_of_a_mature_program():
    assert warm_up_headline(1, "May 2027", awaits_ramp=False) == "The program is mature after 1 week, from May 2027 on"
    assert warm_up_headline(30, "May 2027", awaits_ramp=True).endswith("on: when the last ramp or late start is over")
    assert no_steady_state_headline(["weeks"], 50) == (
        "A run of 50 weeks is too short to tell from when on the program is mature"
    )
    assert no_steady_state_headline(["referrals.a.months", "referrals.b.months", "staff", "weeks"], 50) == (
        "No steady state to wait for: referrals have seasons; demand exceeds the caseload, and nobody gives up"
    )
    full = mature_headline(np.array([11.0, 13.0]), np.array([np.nan, 0.9]))
    assert full == "The mature program has 12 clients on average, with 90 % of its seats taken"
    assert mature_headline(np.array([3.0]), np.array([np.nan])) == "The mature program has 3 clients on average"

"""Comparing plans: what is said of them, what is refused, and that the command and Python say the same."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.cli.compare import names_of
from iopsim.cli.studies import app
from iopsim.experiments.verdict import sentence
from iopsim.measures.catalogue import CATALOGUE

PLAIN = str(Path(__file__).parent / "plain.toml")
SCENARIO = iopsim.load(PLAIN, {"weeks": 26})
SHORT = ("--weeks", "30", "-n", "12", "--workers", "1")
BIGGER = "bigger: groups.evening.seats=16"
FEWER = "fewer: referrals.*.per_week*=0.5"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def call(*arguments):
    return CliRunner().invoke(app, arguments)


def compared(*arguments):
    answer = call("compare", PLAIN, *SHORT, *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def refused(*arguments):
    answer = call("compare", *arguments)
    assert answer.exit_code == 2, answer.output
    assert answer.stdout == ""
    return answer.stderr.splitlines()


@pytest.fixture(scope="module")
def found():
    plans = {
        "plain": iopsim.load(PLAIN, {"weeks": 30}),
        "bigger": iopsim.load(PLAIN, {"weeks": 30, "groups.evening.seats": 16}),
        "fewer": iopsim.load(PLAIN, ["weeks=30", "referrals.*.per_week*=0.5"]),
        "again": iopsim.load(PLAIN, {"weeks": 30}),
    }
    return iopsim.compare(plans, replications=40, measures=["days_to_first_session", "census_mean", "cost_usd"])


def test_what_differs_is_told_before_what_comes_of_it():
    said = compared("--set", BIGGER, "--set", FEWER)
    lines = said.splitlines()
    assert lines[0] == "What differs"
    assert lines[1].split() == ["Setting", "plain", "bigger", "fewer"]
    table = {line.split()[0]: line.split()[1:] for line in lines[2:7]}
    assert table["groups.evening.seats"] == ["12", "16", "12"]
    assert table["referrals.self.per_week"] == ["2.5", "2.5", "1.25"]
    assert "3 arms, 12 replications each; seed 1; 30 weeks" in lines


def test_the_command_and_python_say_the_same(found):
    said = json.loads(
        compared("--set", BIGGER, "-n", "40", "-m", "days_to_first_session,census_mean", "-m", "cost_usd", "--json")
    )
    (row,) = [one for one in said["differences"] if one["measure"] == "census_mean"]
    assert row["arm"] == "bigger"
    assert row["difference"] == found.contrasts["bigger", "census_mean"].mean
    values = found.values("bigger", "census_mean") - found.values("plain", "census_mean")
    assert math.isclose(row["difference"], values.mean(), rel_tol=1e-12)
    assert row["n"] == 40


def test_each_arm_has_what_it_has_when_it_runs_alone(found):
    alone = iopsim.simulate(iopsim.load(PLAIN, {"weeks": 30, "groups.evening.seats": 16}), 40)
    for name in ("days_to_first_session", "census_mean", "cost_usd", "completed_share"):
        assert np.array_equal(found.values("bigger", name), alone.values(name), equal_nan=True)
        one, other = found.summary("bigger", name), alone.measures[name]
        assert (one.mean, one.low, one.high, one.n) == (other.mean, other.low, other.high, other.n)


def test_a_plan_that_is_the_same_differs_in_nothing(found):
    for name in ("days_to_first_session", "census_mean", "cost_usd"):
        gap = found.contrasts["again", name]
        assert (gap.mean, gap.low, gap.high) == (0.0, 0.0, 0.0)
        assert gap.told_apart is False
    assert sentence(found, "again") == (
        "again, against plain: referral to first session, census, average and cost are the same in every replication."
    )


def test_a_sentence_says_no_more_than_the_intervals(found):
    said = sentence(found, "fewer")
    gap = found.contrasts["fewer", "census_mean"]
    assert gap.told_apart
    assert f"census, average is {-gap.mean:.1f} clients lower [{-gap.high:.1f}, {-gap.low:.1f}]" in said
    for arm in ("bigger", "fewer"):
        for measure in found.batch.measures:
            gap = found.contrasts[arm, measure.name]
            if not gap.told_apart:
                assert sentence(found, arm).rstrip(".").endswith(("not distinguishable", "in every replication"))


def test_intervals_hold_together(found):
    assert math.isclose(found.each_confidence, 1 - 0.05 / 9)


def test_tables_are_tidy(found):
    frame = found.to_pandas()
    assert frame[["arm", "measure"]].drop_duplicates().shape[0] == len(frame) == 4 * len(CATALOGUE)
    assert list(found.differences()["arm"].unique()) == ["bigger", "fewer", "again"]
    by = found.by_replication()
    assert len(by) == 4 * 40
    assert set(by.columns) == {"arm", "replication", "days_to_first_session", "census_mean", "cost_usd"}


def test_a_folder_has_all_of_it_and_the_same_command_goes_on_there(found):
    first = compared("--set", BIGGER, "--out", "seats", "--json")
    assert {path.name for path in Path("seats").iterdir()} >= {
        "arms",
        "manifest.json",
        "summary.csv",
        "differences.csv",
    }
    again = compared("--set", BIGGER, "--out", "seats", "--json")
    assert again == first
    more = call("compare", PLAIN, "--weeks", "30", "--set", BIGGER, "-n", "20", "--out", "seats", "--quiet")
    assert more.exit_code == 0
    assert json.loads(Path("seats/manifest.json").read_text())["replications"] == 20
    (less,) = refused(PLAIN, *SHORT, "--set", BIGGER, "--out", "seats")
    assert less.startswith("seats: found 20 replications of each arm, more than the 12 asked for")
    (other,) = refused(PLAIN, *SHORT, "--set", FEWER, "--out", "seats")
    assert other.startswith("seats: found a folder with the results of another batch (plain-or-bigger), which has")


def test_export_writes_every_table_and_nothing_over_anything():
    compared("--set", BIGGER, "--out", "seats", "--quiet")
    answer = call("export", "seats", "--out", "csv")
    assert answer.exit_code == 0, answer.output
    rows = Path("csv/bigger/measures.csv").read_text().splitlines()
    assert len(rows) == 13
    assert rows[0].startswith('"replication","booked_share"')
    assert (Path("csv") / "plain" / "weekly.csv").exists()
    again = call("export", "seats", "--out", "csv")
    assert (again.exit_code, again.stderr) == (2, "csv: found something there; name a new or empty folder with --out\n")
    wrong = call("export", "seats", "--out", "new", "--table", "weeks")
    assert wrong.exit_code == 2
    assert "did you mean weekly?" in wrong.stderr
    assert not Path("new").exists()
    assert call("export", "csv", "--out", "new").stderr.startswith("csv: found no results of a run, an")


def test_export_writes_the_tables_of_a_run(monkeypatch):
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())
    assert call("run", PLAIN, "--weeks", "30", "-n", "3", "--by", "source", "--out", "run", "--quiet").exit_code == 0
    answer = call("export", "run", "--out", "csv")
    assert answer.exit_code == 0, answer.output
    assert sorted(path.stem for path in Path("csv").iterdir()) == [
        "fractions", "groups", "measures", "money", "nights", "retention", "staff", "waits", "weekly",
    ]  # fmt: skip
    with Path("csv/staff.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 30
    assert rows[0]["role"] == "counselor" and rows[1]["date"] == "2027-01-11"
    assert int(rows[5]["can_carry_client_days"]) == 7 * 25
    one = call("export", "run", "--out", "nights", "--table", "nights")
    assert one.exit_code == 0
    nights = Path("nights/nights.csv").read_text().splitlines()
    assert nights[0] == '"replication","night","week","date","seats","enrolled","attended","cancelled"'
    assert nights[1] == '0,"evening Mon",1,2027-01-04,12,0,0,0'


def test_what_comes_from_python_says_in_a_line_what_it_is(found):
    assert len(repr(found)) < 400
    assert repr(found).startswith(
        "<Outcome of plain, bigger, fewer, again; 40 replications each, seed 1; of days_to_first"
    )
    assert found._repr_html_().count("<tr") == 1 + 3 * 3
    with pytest.raises(ValueError, match="a measure or more"):
        iopsim.compare({"a": SCENARIO, "b": SCENARIO}, precision={})
    with pytest.raises(ValueError, match='such as "5 %"'):
        iopsim.compare({"a": SCENARIO, "b": SCENARIO}, precision={"cost_usd": "5"})
    twice = iopsim.compare({"a": SCENARIO, "b": SCENARIO}, 2, measures=["referrals", "referrals"])
    assert twice.each_confidence == pytest.approx(0.95)


def test_many_plans_are_told_below_each_other_where_a_table_is_too_wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    lines = compared(
        *(f"--set=plan_{n}: groups.evening.seats={n}" for n in range(13, 18)), "-m", "census_mean"
    ).splitlines()
    assert lines[:3] == [
        "What differs",
        "groups.evening.seats",
        "  plain 12; plan_13 13; plan_14 14; plan_15 15; plan_16 16;",
    ]
    assert lines[3] == "  plan_17 17"


def test_two_files_are_two_arms_and_files_of_one_name_are_numbered():
    Path("other.toml").write_text(Path(PLAIN).read_text().replace("seats = 12", "seats = 8"))
    said = compared("other.toml")
    assert said.splitlines()[1].split() == ["Setting", "plain", "other"]
    assert names_of(["a/plan.toml", "b/plan.toml", "c/my plan.toml"]) == ["plan", "plan-2", "my-plan"]
    assert names_of(["x/a.toml", "y/a.toml", "a-2.toml"]) == ["a", "a-2", "a-2-2"]
    assert names_of([f"{'x' * 50}{end}.toml" for end in "ab"]) == ["x" * 40, f"{'x' * 38}-2"]


def test_all_that_is_wrong_is_told_at_once():
    lines = refused(
        PLAIN,
        "--set", "bigger: groups.evening.seat=16",
        "--set", "weeks=0",
        "--seed", "x",
        "-m", "census",
        "--confidence", "2",
        "--precision", "cost_usd",
        "--cluster", "somewhere",
        "--warm-up", "soon",
    )  # fmt: skip
    said = "\n".join(lines)
    for part in ("--seed", "--measure: found", "--confidence", "--precision: found", "--cluster: found", "--warm-up"):
        assert part in said
    assert "groups.evening.seats" in said
    assert "weeks" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PLAIN,), 'compare: found one plan; give two files or more, or one and changes with a name'),
        ((PLAIN, PLAIN, "-n", "20", "--precision", "cost_usd=1%"), "--replications: found 20; give either"),
        ((PLAIN, PLAIN, "--most", "500"), "--most: found 500; goes with --precision"),
        ((PLAIN, "--set", "plain: weeks=40"), "--set: found plain; a set of changes needs a name that no file has"),
        ((PLAIN, PLAIN, "--stages", "three"), "--stages: found three; give one of sequential, two"),
        ((PLAIN, PLAIN, "--precision", "cost_used=1%"), "did you mean cost_usd?"),
        ((PLAIN, PLAIN, "--precision", "completed_share=2"), "2 percentage points are written completed_share=0.02"),
        ((PLAIN, "--set", "my plan: weeks=40"), "--set: found my plan: weeks; a plan has a name of letters, digits"),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_done_says_why(arguments, said):
    assert said in "\n".join(refused(*arguments))


def test_a_precision_is_reached_and_says_at_what_it_looked():
    said = json.loads(
        call(
            "compare", PLAIN, "--weeks", "26", "--set", BIGGER, "--precision", "census_mean=0.3", "--most", "200",
            "--json", "--workers", "2",
        ).stdout
    )  # fmt: skip
    precision = said["precision"]
    assert precision["met"] is True
    assert precision["looks"][0] == 50
    assert said["replications"] == precision["looks"][-1]
    rows = [one for one in said["summary"] if one["measure"] == "census_mean"]
    assert all(one["high"] - one["low"] <= 0.6 for one in rows)


def test_a_precision_that_is_not_reached_says_so_and_what_would_do():
    said = " ".join(compared_freely("--precision", "census_mean=0.01", "--most", "50", "-m", "census_mean").split())
    assert "Stopped after 50 replications, the most allowed; not known as precisely as asked for" in said
    assert "(census_mean ±0.01; 95 %, all 2 together)" in said
    assert "would do" in said


def compared_freely(*arguments):
    answer = call("compare", PLAIN, "--weeks", "26", "--set", BIGGER, *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.stdout

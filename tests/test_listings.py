"""`iopsim evidence` and `iopsim measures`: what they list, for a person and for a machine."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iopsim.cli.commands import app
from iopsim.cli.console import broken_name
from iopsim.cli.measures import OTHER_WORDS
from iopsim.evidence import GRADES, sources
from iopsim.measures.catalogue import CATALOGUE, GROUPS
from iopsim.scenario.evidence_base import about, default_values


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every test stands in a folder of its own, at a terminal of no particular width."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def told(*arguments):
    answer = CliRunner().invoke(app, arguments)
    assert (answer.exit_code, answer.stderr) == (0, ""), answer.stderr
    return answer.stdout


def refused(*arguments):
    answer = CliRunner().invoke(app, arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    return answer.stderr


# -------------------------------------------------------------------------------------------- evidence


def test_every_default_and_every_source_is_listed():
    screen = told("evidence")
    for default in default_values():
        assert default.name in screen.replace("_\n    ", "_")
    words = [line.split(" ")[0] for line in screen[screen.index("Sources, and") :].splitlines()]
    assert [word for word in words if word in sources()] == list(sources())


def test_a_default_has_its_value_range_unit_source_and_grade_on_one_line():
    (line,) = [line for line in told("evidence", "groups").splitlines() if line.startswith("  seats ")]
    assert line.split() == ["seats", "12", "8-16", "seats", "E4.4", "primary"]


def test_a_word_chooses_tables_keys_and_sources():
    assert {default.table for default in about("leaving")[0]} == {"leaving"}
    assert [default.path for default in about("e4.4")[0]] == ["groups.*.seats", "groups.*.facilitators"]
    assert list(about("e4.4")[1]) == ["E4.4"]
    assert about("E1.2")[0] == ()
    assert about("")[0] == default_values()
    assert "E6.15" in about("Maughan")[1]


@pytest.mark.parametrize("grade", GRADES)
def test_a_grade_chooses_defaults_and_the_sources_they_name(grade):
    found, behind = about("", grade)
    assert {default.grade for default in found} == {grade}
    assert set(behind) == {default.source for default in found}


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize(
    "arguments", [["evidence"], ["evidence", "leaving"], ["measures"], ["measures", "census_peak"]]
)
def test_a_list_fits_the_terminal(arguments, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    lines = told(*arguments).splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert not [line for line in lines if "…" in line or line != line.rstrip()]


def test_the_evidence_as_csv_has_a_line_for_each_default_with_its_source():
    rows = list(csv.DictReader(io.StringIO(told("evidence", "--format", "csv"))))
    assert [row["path"] for row in rows] == [default.path for default in default_values()]
    (seats,) = [row for row in rows if row["path"] == "groups.*.seats"]
    assert seats["citation"] == sources()["E4.4"].citation
    assert (seats["value"], seats["low"], seats["high"], seats["conf"]) == ("12", "8", "16", "V1")
    (start,) = [row for row in rows if row["path"] == "groups.*.start"]
    assert (start["value"], start["low"], start["source"]) == ("17:30:00", "", "")


def test_the_evidence_as_json_has_defaults_and_sources():
    document = json.loads(told("evidence", "--format", "json"))
    assert [default["path"] for default in document["defaults"]] == [default.path for default in default_values()]
    assert [source["id"] for source in document["sources"]] == list(sources())
    (limit,) = [default for default in document["defaults"] if default["path"] == "waitlist.limit"]
    assert (limit["value"], limit["low"], limit["grade"]) == ("none", None, None)


def test_a_csv_file_is_written_once_and_never_over_another():
    assert told("evidence", "leaving", "--csv", "leaving.csv") == "wrote leaving.csv\n"
    before = Path("leaving.csv").read_bytes()
    assert before.decode() == told("evidence", "leaving", "--format", "csv")
    assert refused("evidence", "--csv", "leaving.csv").startswith("leaving.csv: found a file; ")
    assert Path("leaving.csv").read_bytes() == before


def test_what_the_evidence_does_not_know_is_answered_with_the_nearest_name():
    assert refused("evidence", "leavng").endswith("(did you mean leaving?)\n")
    assert "--grade: found asumed; " in refused("evidence", "--grade", "asumed")
    assert refused("evidence", "--format", "cvs").endswith("(did you mean csv?)\n")
    assert "other grades than primary" in refused("evidence", "placement", "--grade", "primary")
    assert "use --format json" in refused("evidence", "Maughan", "--format", "csv")


def test_a_long_name_is_broken_behind_an_underscore_or_a_dot():
    assert broken_name("show_odds_ratio_per_log_day", 24) == "show_odds_ratio_per_log_\nday"
    assert broken_name("levers.contingency_management", 19) == "levers.contingency_\nmanagement"
    assert broken_name("placement.residential.away", 22) == "placement.residential.\naway"
    assert broken_name("seats", 3) == "seats"


# -------------------------------------------------------------------------------------------- measures


def test_every_measure_is_listed_under_its_group():
    screen = [line for line in told("measures").splitlines() if line.strip()]
    groups = {measure.name: group for group, measures in GROUPS.items() for measure in measures}
    found, group = [], ""
    for line in screen:
        group = line if line in GROUPS else group
        if (name := line.split()[0]) in groups:
            found.append((group, name))
    assert found == [(groups[measure.name], measure.name) for measure in CATALOGUE]


@pytest.mark.parametrize("measure", CATALOGUE, ids=lambda measure: measure.name)
def test_a_measure_is_told_in_full_by_its_name(measure):
    screen = told("measures", measure.name)
    for part in (measure.name, measure.label, measure.unit, measure.numerator, measure.denominator, measure.counted):
        assert part in " ".join(screen.split())
    assert measure.meaning.endswith(".")
    assert measure.meaning in " ".join(screen.split())


@pytest.mark.parametrize(
    ("words", "has"),
    [(["wait"], "wait"), (["Referral to"], "referral to"), (["interim", "hours"], "interim"), (["USD"], "usd")],
)
def test_words_list_the_measures_that_have_them_all(words, has):
    rows = json.loads(told("measures", *words, "--format", "json"))["measures"]
    names = {row["name"] for row in rows}
    parts = ("name", "label", "unit", "numerator", "denominator", "counted", "meaning")
    texts = {one.name: " ".join(getattr(one, part) for part in parts).lower() for one in CATALOGUE}
    every = [word.lower() for text in words for word in text.split()]
    assert names == {name for name, text in texts.items() if all(word in text for word in every)}
    assert 1 < len(names) < len(CATALOGUE)
    screen = told("measures", *words)
    assert all(re.search(rf"^    {name} ", screen, re.MULTILINE) for name in names)
    assert has in screen.lower()


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("no-show", "attendance_share"),
        ("Profit", "margin_usd"),
        ("hires", "hiring_usd"),
        ("bottleneck", "held_back_by_both"),
    ],
)
def test_another_word_finds_the_measures_for_which_it_may_stand(word, found):
    assert found in [row["name"] for row in json.loads(told("measures", word, "--format", "json"))["measures"]]


@pytest.mark.parametrize(("word", "parts"), OTHER_WORDS.items(), ids=OTHER_WORDS)
def test_each_thing_that_another_word_may_stand_for_is_in_some_measure(word, parts):
    texts = [f"{one.name} {one.label} {one.numerator} {one.denominator} {one.meaning}".lower() for one in CATALOGUE]
    assert word not in parts
    assert all(any(part in text for text in texts) for part in parts)


def test_words_that_only_one_measure_has_tell_it_in_full():
    assert told("measures", "balked") == told("measures", "balked_share")


def test_the_measures_as_csv_and_as_json_say_the_same():
    rows = list(csv.DictReader(io.StringIO(told("measures", "--format", "csv"))))
    assert rows == json.loads(told("measures", "--format", "json"))["measures"]
    assert [row["name"] for row in rows] == [measure.name for measure in CATALOGUE]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("waitlist_maen", "waitlist_mean"), ("Gave up witing", "reneged_share"), ("complted_share", "completed_share")],
)
def test_an_unknown_measure_is_answered_with_the_nearest_by_name_or_label(typed, meant):
    assert refused("measures", typed).endswith(f"(did you mean {meant}?)\n")

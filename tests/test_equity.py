"""The measures by group: parts that make the whole, differences that mean something, and nothing unless asked for."""

import csv
import io
import json
import math
import pickle
import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import iopsim
from iopsim.cli.commands import app
from iopsim.experiment.equity import COLUMNS, MISTAKEN, Equity, differences
from iopsim.measures import subset
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.partition import DIMENSIONS, partitions, split
from iopsim.record import Record
from iopsim.scenario import resolve, resolved_toml
from iopsim.scenario.load import load
from iopsim.stats.intervals import summarize
from iopsim.store import MANIFEST, documents
from strategies import run, scenarios

PALMETTO = str(Path(__file__).parent.parent / "scenarios" / "palmetto.toml")
TRAITS = {
    "traits.employed": {"share": 0.5},
    "traits.mandated": {"share": 0.4, "attendance_odds_ratio": 3.0, "dropout_hazard_ratio": 0.3},
}
PLACES = {
    "palmetto": {**TRAITS, "weeks": 60},
    "a tight step-down": {
        **TRAITS,
        "weeks": 60,
        "groups.evening.serves": ["intensive"],
        "groups.after": {"nights": ["Thu", "Mon"], "seats": 1, "serves": ["step_down"], "first_week": 8},
        "waitlist.limit": 5,
        "assessment.slots_per_day": 1,
        "staff.counselor.caseload": 8,
        "phases.intensive.planned_weeks": 4,
    },
    "nobody": {f"referrals.{name}.per_week": 0.0 for name in ("self", "court", "health_care", "inpatient")},
}
EVERYTHING = ("source", "trait")


@pytest.fixture(scope="module", params=PLACES)
def clinic(request):
    told = run(PLACES[request.param], seed=2)
    return told.record, told.book


@pytest.fixture(scope="module")
def result():
    return iopsim.simulate(load(PALMETTO, PLACES["palmetto"]), 12, 4, by=EVERYTHING)


def column(name):
    return [measure.name for measure in CATALOGUE].index(name)


def answers(record, book):
    return [measure.compute(record, book) for measure in CATALOGUE]


# --------------------------------------------------------------------------------------- part of a record


def test_the_part_that_is_everybody_is_the_record(clinic):
    record, book = clinic
    part = subset.of(record, np.ones(len(record.clients), dtype=bool))
    for name, values in record.columns().items():
        assert part.columns()[name].dtype == values.dtype
        assert np.array_equal(part.columns()[name], values), name
    assert answers(part, book) == answers(record, book)


def test_the_part_that_is_nobody_has_seats_and_no_clients(clinic):
    record, _ = clinic
    part = subset.of(record, np.zeros(len(record.clients), dtype=bool))
    assert (
        len(part.clients) == len(part.appointments.client) == len(part.sessions.client) == len(part.moves.client) == 0
    )
    assert np.array_equal(part.nights.seats, record.nights.seats)
    assert part.nights.scheduled.sum() == part.nights.attended.sum() == 0


def test_every_row_of_a_part_is_a_row_of_the_whole_about_the_same_client(clinic):
    record, _ = clinic
    who = record.clients.traits & 1 == 1
    part, members = subset.of(record, who), np.flatnonzero(who)
    for table in ("appointments", "sessions", "moves"):
        whole = [tuple(row) for row in np.column_stack([*columns(getattr(record, table)).values()]).tolist()]
        mine = columns(getattr(part, table))
        mine["client"] = members[mine["client"]]
        rows = [tuple(row) for row in np.column_stack([*mine.values()]).tolist()]
        place = list(mine).index("client")
        assert rows == [row for row in whole if who[row[place]]]
    assert all(np.array_equal(mine, columns(record.clients)[name][who]) for name, mine in columns(part.clients).items())


def columns(table):
    return {field.name: getattr(table, field.name) for field in fields(table)}


def test_a_part_of_a_part_is_the_part_of_both(clinic):
    record, _ = clinic
    one, other = record.clients.traits & 1 == 1, record.clients.source % 2 == 0
    twice, once = subset.of(subset.of(record, one), other[one]), subset.of(record, one & other)
    assert all(np.array_equal(values, once.columns()[name]) for name, values in twice.columns().items())


# --------------------------------------------------------------------------------------------------- laws

PEAKS = {"census_peak", "waitlist_peak"}
"""The fullest day of one group need not be that of another."""


def the_parts_make_the_whole(record, book):
    """Numerators of groups add up; so do denominators, unless they are the program's and then the same for all."""
    parts = partitions(book, EVERYTHING)
    facts, first = split(record, book, parts), 0
    for part in parts:
        groups = facts[first : first + len(part.groups), 0]
        first += len(part.groups)
        for place, measure in enumerate(CATALOGUE):
            above, below = groups[:, place].T.tolist()
            if not measure.by_group:
                assert above == below == [0] * len(part.groups)
                continue
            numerator, denominator = measure.compute(record, book)
            if measure.per_program:
                assert set(below) == {denominator}, measure.name
            else:
                assert sum(below) == denominator, measure.name
            if measure.name in PEAKS:
                assert max(above) <= numerator <= sum(above), measure.name
            else:
                assert sum(above) == numerator, measure.name


def the_others_are_all_but_the_group(record, book):
    parts = partitions(book, EVERYTHING)
    facts = split(record, book, parts)
    place = column("referrals")
    assert (facts[:, :, place, 0].sum(axis=1) == len(record.clients)).all()


def test_groups_add_up_to_the_whole(clinic):
    the_parts_make_the_whole(*clinic)
    the_others_are_all_but_the_group(*clinic)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(changes=scenarios(), seed=st.integers(0, 2**32))
def test_groups_add_up_to_the_whole_in_any_scenario(changes, seed):
    told = run(changes, seed=seed)
    the_parts_make_the_whole(told.record, told.book)
    the_others_are_all_but_the_group(told.record, told.book)


def nameless(record):
    """The names of the tables that do not say whom a row is about."""
    return [
        field.name
        for field in fields(Record)
        if hasattr(getattr(record, field.name), "__slots__") and field.name not in ("clients", "nights")
        if "client" not in getattr(record, field.name).__slots__
    ]


def test_a_measure_by_group_looks_at_nothing_of_which_the_record_does_not_know_whose_it_is(clinic):
    record, book = clinic
    assert nameless(record) == ["intake"]
    emptied = {
        table: type(rows)(*(values[:0] for values in columns(rows).values()))
        for table in nameless(record)
        for rows in [getattr(record, table)]
    }
    without = replace(record, **emptied)
    for measure in CATALOGUE:
        if measure.by_group:
            assert measure.compute(without, book) == measure.compute(record, book), measure.name


def test_what_is_not_told_by_group_is_the_program_s_own():
    assert {measure.name for measure in CATALOGUE if not measure.by_group} == {
        "ever_full_share",
        "weeks_until_full",
        "held_back_by_seats",
        "held_back_by_caseload",
        "held_back_by_both",
    }


# -------------------------------------------------------------------------------------------- partitions


def test_every_client_is_in_one_group_of_each_partition(clinic):
    record, book = clinic
    parts = partitions(book, ("traits", "source", "trait"))
    assert [part.dimension for part in parts] == sorted((part.dimension for part in parts), key=list(DIMENSIONS).index)
    assert len({part.name for part in parts}) == len(parts)
    for part in parts:
        number = part.number(record)
        assert number.shape == (len(record.clients),)
        assert set(number.tolist()) <= set(range(len(part.groups)))


def test_with_is_with_and_without_is_without():
    told = run({**PLACES["palmetto"], "traits.employed": {"share": 1.0}, "traits.mandated": {"share": 0.0}})
    employed, mandated = partitions(told.book, ["trait"])
    assert (employed.name, employed.called("with")) == ("trait employed", "with trait employed")
    assert {employed.groups[g] for g in employed.number(told.record).tolist()} == {"with"}
    assert {mandated.groups[g] for g in mandated.number(told.record).tolist()} == {"without"}


@pytest.mark.parametrize("by", ["payer", ("source", "colour"), ("",)])
def test_clients_are_not_told_apart_by_what_nobody_knows(by):
    with pytest.raises(ValueError, match=r"clients are not told apart by '.*'; by source or trait"):
        iopsim.simulate(load(PALMETTO, {"weeks": 2}), 1, by=by)


# ----------------------------------------------------------------------------------------------- results


def test_asking_changes_no_other_number_and_not_asking_computes_nothing(result, monkeypatch):
    monkeypatch.setattr(subset, "of", None)
    plain = iopsim.simulate(result.scenario, 12, 4)
    assert (len(plain.equity), plain.facts.groups.size, plain.equity.comparisons) == (0, 0, ())
    assert plain.equity.to_pandas().empty
    for name in plain.facts.__slots__:
        if name != "groups":
            assert np.array_equal(getattr(plain.facts, name), getattr(result.facts, name))


def test_the_groups_are_the_same_for_any_number_of_workers(result):
    again = iopsim.simulate(result.scenario, 12, 4, by=("traits", "sources"), workers=2)
    assert np.array_equal(again.facts.groups, result.facts.groups)


def test_each_group_is_summarized_like_the_whole(result):
    found = {(c.partition.name, c.group, c.measure.name): c for c in result.equity.comparisons}
    parts = [part for part in result.partitions for _ in part.groups]
    wanted = sum(measure.by_group for measure in CATALOGUE)
    assert len(found) == len(result.equity.comparisons) == len(parts) * wanted
    place = column("attendance_share")
    above, below = result.facts.groups[:, 6, 0, place].T
    mandated = found["trait mandated", "with", "attendance_share"]
    assert mandated.summary == summarize(above / below)
    assert mandated.others == found["trait mandated", "without", "attendance_share"].summary


def test_differences_are_paired_and_their_intervals_hold_together(result):
    place = column("attendance_share")
    mine, others = (result.facts.groups[:, 6, side, place, :] for side in (0, 1))
    gaps = mine[:, 0] / mine[:, 1] - others[:, 0] / others[:, 1]
    (found,) = (
        c
        for c in result.equity.comparisons
        if (c.partition.name, c.group, c.measure.name) == ("trait mandated", "with", "attendance_share")
    )
    compared = sum(measure.by_group and not measure.per_program for measure in CATALOGUE)
    assert [differences(part) for part in result.partitions] == [4 * compared, compared, compared]
    assert found.difference == summarize(gaps, 1 - MISTAKEN / compared)
    assert found.told_apart is True
    assert re.fullmatch(
        r"Attendance: with trait mandated has \d+\.\d\d percentage points more than the others \(\d.* to \d.*\)\.",
        found.sentence,
    )


def test_a_trait_without_effect_cannot_be_told_from_its_absence(result):
    found = [c for c in result.equity.comparisons if c.partition.name == "trait employed" and c.difference]
    assert [c.told_apart for c in found if c.told_apart is not None] == [False] * sum(
        c.told_apart is not None for c in found
    )
    assert "Attendance: with trait employed and the others cannot be told apart." in [c.sentence for c in found]


def test_sizes_are_not_compared_and_too_few_replications_tell_nothing():
    result = iopsim.simulate(load(PALMETTO, {"weeks": 4}), 1, by="source")
    for found in result.equity.comparisons:
        assert found.told_apart is None
        assert (found.difference is None) == found.measure.per_program
        ending = "and not compared." if found.measure.per_program else "cannot be compared with the others: too few"
        assert ending in found.sentence


def test_a_single_group_has_nobody_to_be_compared_with():
    told = run({"weeks": 30})
    (part,) = partitions(told.book, ["source"])
    alone = replace(part, groups=("all",), number=lambda record: record.clients.source * 0)
    facts = np.stack([split(told.record, told.book, [alone])] * 3)
    for found in Equity((alone,), facts).comparisons:
        assert found.told_apart is None
        assert math.isnan(found.others.mean) or found.measure.per_program


def test_a_result_with_groups_survives_pickling(result):
    assert result.equity.comparisons
    again = pickle.loads(pickle.dumps(result))
    assert again.equity.to_pandas().equals(result.equity.to_pandas())


def test_the_table_is_tidy(result):
    frame = result.equity.to_pandas()
    assert tuple(frame.columns) == COLUMNS
    assert not frame.duplicated(["partition", "group", "name"]).any()
    referrals = frame[(frame.name == "referrals") & (frame.dimension == "source")]
    assert math.isclose(referrals["mean"].sum(), result.measures["referrals"].mean)
    assert set(frame.told_apart) == {"yes", "no", ""}


# ------------------------------------------------------------------------------------- files and screens


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_folder_holds_the_groups_if_they_were_asked_for(result):
    resolved = resolve(PALMETTO, PLACES["palmetto"])
    files = documents(result, resolved_toml(resolved), {})
    assert json.loads(files[MANIFEST])["by"] == ["source", "trait"]
    summaries = rows(files["equity.csv"])
    assert summaries[0]["mean"] == repr(result.equity.comparisons[0].summary.mean)
    each = [row for row in rows(files["equity_replications.csv"]) if row["name"] == "referrals"]
    assert len(each) == 12 * 8
    by_source = [row for row in each if (row["partition"], row["replication"]) == ("source", "3")]
    assert sum(int(row["numerator"]) for row in by_source) == result.facts.numerators[3, 0]
    plain = documents(iopsim.simulate(result.scenario, 12, 4), resolved_toml(resolved), {})
    assert set(files) - set(plain) == {"equity.csv", "equity_replications.csv"}
    assert "by" not in json.loads(plain[MANIFEST])
    assert all(files[name] == plain[name] for name in plain if name != MANIFEST)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("iopsim.charts.gallery.CHARTS", {})
    return tmp_path


SHORT = ("run", PALMETTO, "--weeks", "40", "-n", "6", "--set", "traits.mandated={share=0.5}")


def call(*arguments):
    return CliRunner().invoke(app, [*SHORT, *arguments])


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize("more", [(), ("--all",)])
def test_the_tables_fit_the_terminal(folder, monkeypatch, columns, more):
    monkeypatch.setenv("COLUMNS", columns)
    name = "a_source_with_a_name_of_forty_characters"
    answer = call("--by", "source", "--by", "trait", "--set", f"referrals.{name}={{per_week=1.0}}", *more)
    assert answer.exit_code == 0, answer.output
    told = answer.stdout.partition("By source")[2]
    assert max(map(len, told.splitlines())) <= int(columns)
    assert "By trait mandated" in told
    assert "cannot be told apart" in told
    assert told.rstrip().endswith("/")


def test_without_asking_nothing_is_said_of_groups(folder):
    assert "By source" not in call().stdout


def test_json_holds_the_groups_if_they_were_asked_for(folder):
    found = json.loads(call("--json", "--by", "source").stdout)["equity"]
    assert set(found[0]) == set(COLUMNS)
    assert {row["told_apart"] for row in found} <= {"yes", "no", None}
    assert "equity" not in json.loads(call("--json").stdout)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("sorce", "--by: found sorce; give source or trait (did you mean source?)\n"),
        ("trait", "--by: found trait; the scenario has no traits; a header such as [traits.employed] begins one\n"),
    ],
)
def test_what_cannot_tell_clients_apart_is_refused(folder, by, said):
    answer = CliRunner().invoke(app, ["run", PALMETTO, "--by", by])
    assert (answer.exit_code, answer.stdout, answer.stderr) == (2, "", said)
    assert not list(folder.iterdir())

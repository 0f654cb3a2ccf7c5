"""The measures by group: differences that mean something, files and screens, and nothing unless asked for."""

import csv
import io
import json
import math
import pickle
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import iopsim
from iopsim.cli.commands import app
from iopsim.cli.groups import BY_PAYER, against
from iopsim.experiments.documents import documents
from iopsim.experiments.equity import COLUMNS, MISTAKEN, Equity, differences
from iopsim.measures import subset
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.partition import partitions, split
from iopsim.measures.view import View
from iopsim.money import settle
from iopsim.scenario import resolve
from iopsim.scenario.load import load
from iopsim.stats.intervals import Summary, summarize
from iopsim.store.folder import MANIFEST
from strategies import run

PLAIN = str(Path(__file__).parent / "plain.toml")
TRAITS = {
    "traits.employed": {"share": 0.5},
    "traits.mandated": {"share": 0.4, "attendance_odds_ratio": 3.0, "dropout_hazard_ratio": 0.3},
}
PAYERS = {"payers.medicaid": {"share": 0.6}, "payers.insurer": {"share": 0.4}}
CLINIC = {**TRAITS, **PAYERS, "weeks": 60}
EVERYTHING = ("source", "trait", "payer")


@pytest.fixture(scope="module")
def result():
    return iopsim.simulate(load(PLAIN, CLINIC), 12, 4, by=EVERYTHING)


def column(name):
    return [measure.name for measure in CATALOGUE].index(name)


def test_asking_changes_no_other_number_and_not_asking_computes_nothing(result, monkeypatch):
    monkeypatch.setattr(subset, "of", None)
    plain = iopsim.simulate(result.scenario, 12, 4)
    assert (len(plain.equity), plain.facts.groups.size, plain.equity.comparisons) == (0, 0, ())
    assert plain.equity.to_pandas().empty
    for name in plain.facts.__slots__:
        if name != "groups":
            assert np.array_equal(getattr(plain.facts, name), getattr(result.facts, name))


def test_the_groups_are_the_same_for_any_number_of_workers(result):
    again = iopsim.simulate(result.scenario, 12, 4, by=("payers", "traits", "sources"), workers=2)
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
    assert [differences(part) for part in result.partitions] == [4 * compared, compared, compared, compared]
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
    result = iopsim.simulate(load(PLAIN, {"weeks": 4}), 1, by="source")
    for found in result.equity.comparisons:
        assert found.told_apart is None
        assert (found.difference is None) == found.measure.per_program
        ending = "and not compared." if found.measure.per_program else "cannot be compared with the others: too few"
        assert ending in found.sentence


def test_a_single_group_has_nobody_to_be_compared_with():
    told = run({"weeks": 30})
    (part,) = partitions(told.book, ["source"])
    alone = replace(part, groups=("all",), number=lambda record: record.clients.source * 0)
    view = View(told.record, told.book, ledger=settle(told.record, told.book, told.cohort))
    facts = np.stack([split(view, [alone])] * 3)
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


@pytest.mark.parametrize("name", sorted(BY_PAYER))
def test_the_money_of_all_payers_is_that_of_the_program_to_the_cent(result, name):
    place, first = column(name), sum(len(part.groups) for part in result.partitions if part.dimension != "payer")
    assert [part.dimension for part in result.partitions][-1] == "payer"
    by_payer = result.facts.groups[:, first:, 0, place, 0]
    assert (by_payer > 0).all()
    assert by_payer.sum(axis=1).tolist() == result.facts.numerators[:, place].tolist()
    in_dollars = [
        c.summary.mean for c in result.equity.comparisons if c.measure.name == name and "payer" in c.partition.name
    ]
    assert math.isclose(sum(in_dollars), result.measures[name].mean)


def test_money_per_client_week_is_compared_in_dollars(result):
    (found,) = (
        c
        for c in result.equity.comparisons
        if (c.partition.name, c.group, c.measure.name) == ("trait employed", "with", "revenue_per_client_week_usd")
    )
    whole = result.measures["revenue_per_client_week_usd"].mean
    assert min(found.summary.mean, found.others.mean) < whole < max(found.summary.mean, found.others.mean)
    mean, low, high = 12.4, 3.2, 21.6
    gap = replace(found, difference=Summary(mean, low, high, low, high, 12, 0))
    assert against(gap) == "+$12 (+$3 to +$22)"
    assert "12.40 usd more than the others" in gap.sentence


def test_a_result_says_calmly_what_it_is(result):
    said = repr(result)
    assert said.startswith("<Result of Plain: 60 weeks from 2027-01-04; 12 replications, seed 4. ")
    assert "to_pandas()" in said and ".equity" in said and len(said) < 300
    said = repr(result.equity)
    assert said.startswith("<Equity of 12 replications by source: court, ")
    assert "by trait mandated: with, without; by payer: medicaid, insurer. to_pandas()" in said
    one = iopsim.simulate(load(PLAIN, {"weeks": 4}), 1)
    assert "; 1 replication, seed 1. " in repr(one) and ".equity" not in repr(one)
    assert "by=['source', 'trait', 'payer']" in repr(one.equity)


# ------------------------------------------------------------------------------------- files and screens


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_folder_holds_the_groups_if_they_were_asked_for(result):
    resolved = resolve(PLAIN, CLINIC)
    files = documents(result, resolved, {})
    assert json.loads(files[MANIFEST])["by"] == ["payer", "source", "trait"]
    summaries = rows(files["equity.csv"])
    assert summaries[0]["mean"] == repr(result.equity.comparisons[0].summary.mean)
    each = pq.read_table(io.BytesIO(files["tables/groups.parquet"])).to_pylist()
    assert len(each) == 12 * 10
    by_source = [row for row in each if (row["partition"], row["replication"]) == ("source", 3)]
    assert sum(row["referrals_numerator"] for row in by_source) == result.facts.numerators[3, column("referrals")]
    plain = documents(iopsim.simulate(result.scenario, 12, 4), resolved, {})
    assert set(files) - set(plain) == {"equity.csv", "tables/groups.parquet"}
    assert "by" not in json.loads(plain[MANIFEST])
    assert all(files[name] == plain[name] for name in plain if name != MANIFEST)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("iopsim.charts.kinds.OF_A_RUN", ())
    return tmp_path


SHORT = ("run", PLAIN, "--weeks", "40", "-n", "6", "--set", "traits.mandated={share=0.5}")


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


def test_money_is_told_by_payer(folder):
    payers = [f"--set=payers.{name}={{share={share}}}" for name, share in {"medicaid": 0.6, "insurer": 0.4}.items()]
    told = call("--by", "payer", "--by", "trait", *payers).stdout
    by_trait, by_payer = told.partition("By trait mandated")[2].split("By payer")
    for head in ("Billed", "Allowed", "Denied", "Collected"):
        assert re.search(rf"^{head}, usd\n  medicaid +\$[\d,]+ +~?\$[\d,]+ to \$[\d,]+$", by_payer, re.MULTILINE), head
        assert f"{head}, usd" not in by_trait


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
        ("sorce", "--by: found sorce; give source, trait or payer (did you mean source?)\n"),
        ("trait", "--by: found trait; the scenario has no traits; a header such as [traits.employed] begins one\n"),
        ("payers", "--by: found payers; the scenario has no payers; a header such as [payers.medicaid] begins one\n"),
    ],
)
def test_what_cannot_tell_clients_apart_is_refused(folder, by, said):
    answer = CliRunner().invoke(app, ["run", PLAIN, "--by", by])
    assert (answer.exit_code, answer.stdout, answer.stderr) == (2, "", said)
    assert not list(folder.iterdir())


def test_what_the_signs_mean_is_said_where_they_stand(folder):
    few = call("--by", "source", "-n", "20", "--weeks", "16").stdout.partition("By source")[2]
    assert re.search(r"^  inpatient \(\d+ of 20\) ", few, re.MULTILINE)
    assert "(n of 20)  Only n replications can tell; the figures are theirs." in few
    assert re.search(r"^Length of stay, days +– +–$", few, re.MULTILINE)
    assert "–  Cannot be told: no client of the group came so far" in few
    plenty = call("--by", "source", "-n", "3", "--weeks", "104", "--set", "referrals.inpatient.per_week=9.0").stdout
    assert not re.search("Cannot be told:|Only n", plenty.partition("By source")[2])


def test_an_interval_that_leaves_out_0_does_not_seem_to_begin_with_it(result):
    found = [against(one) for one in result.equity.comparisons if one.told_apart]
    assert found
    assert not [text for text in found if re.search(r"[+-]0(\.0)? ?(to|\))", text)]

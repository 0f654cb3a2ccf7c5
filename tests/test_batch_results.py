"""What a batch gives - its tables and its comparisons - is what a run gives."""

import datetime
import math
from dataclasses import fields
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import iopsim
from batches import COMPARED, FULL, batch, plan, run
from iopsim.events import Activity, events
from iopsim.experiments.batch import Plan, in_memory
from iopsim.experiments.batch_tables import frame_of
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner
from iopsim.experiments.work import Job, part_of, view_of
from iopsim.measures.catalogue import CATALOGUE
from iopsim.record import NEVER, Exit
from iopsim.rulebook import write
from iopsim.scenario import resolve
from iopsim.stats.intervals import Summary
from iopsim.store.parquet import ParquetFile
from iopsim.store.part import decoded, encoded
from iopsim.store.tables import restored, tables

N = 12
PALMETTO = iopsim.load("scenarios/palmetto.toml", {"weeks": 30})


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    return run(tmp_path_factory.mktemp("results") / "batch", batch(N, **FULL))


@pytest.fixture(scope="module")
def results(outcome):
    """The same plans by `iopsim.simulate`."""
    return {one.name: iopsim.simulate(one.scenario, N, by=("source",)) for one in outcome.batch.plans}


def table(outcome, name, arm="more"):
    return pq.read_table(outcome.folder / "arms" / arm / f"{name}.parquet")


def test_measures_by_replication_are_those_of_a_run(outcome, results):
    for arm, result in results.items():
        written = table(outcome, "measures", arm).to_pandas()
        assert written["replication"].tolist() == list(range(N))
        for measure in CATALOGUE:
            expected = result.values(measure.name)
            assert np.array_equal(written[measure.name].to_numpy(), expected, equal_nan=True), measure.name
            assert np.array_equal(outcome.values(arm, measure.name), expected, equal_nan=True), measure.name


def test_summaries_are_those_of_a_run(outcome, results):
    for arm, result in results.items():
        for measure in CATALOGUE:
            found, expected = outcome.summary(arm, measure.name), result.measures[measure.name]
            for one in fields(Summary):
                mine, theirs = getattr(found, one.name), getattr(expected, one.name)
                assert mine == theirs or (math.isnan(mine) and math.isnan(theirs)), (measure.name, one.name)


def test_in_memory_is_as_in_a_folder(outcome):
    fractions, failures, looked = in_memory(outcome.batch, Runner(), Watch())
    held = Outcome(outcome.batch, N, lambda plan, column: fractions[plan][:, column], failures, looked)
    pd.testing.assert_frame_equal(held.to_pandas(), outcome.to_pandas())
    pd.testing.assert_frame_equal(held.differences(), outcome.differences())


class Watch:
    def expects(self, replications):
        pass

    def advance(self, replications):
        pass


def test_a_contrast_is_the_mean_of_the_differences_of_pairs_and_antisymmetric(outcome, results):
    for measure in COMPARED:
        there = outcome.contrast("more", measure.name)
        back = outcome.contrast("base", measure.name, against="more")
        gaps = results["more"].values(measure.name) - results["base"].values(measure.name)
        assert there.mean == pytest.approx(np.nanmean(gaps), rel=1e-12)
        assert (there.mean, there.low, there.high) == pytest.approx((-back.mean, -back.high, -back.low), rel=1e-12)
        assert (there.n, there.undefined) == (back.n, back.undefined)
        assert (there.undefined_a, there.undefined_b) == (back.undefined_b, back.undefined_a)
        assert there.n + there.undefined == N


def test_the_same_plan_twice_differs_by_exactly_nothing(tmp_path):
    of = batch(5, plans=(plan("base"), plan("again")))
    assert len(of.unique_points) == 1
    same = run(tmp_path / "batch", of)
    for gap in same.contrasts.values():
        assert (gap.mean, gap.low, gap.high) == (0.0, 0.0, 0.0)
    arms = tmp_path / "batch" / "arms"
    for file in (arms / "base").iterdir():
        assert (arms / "again" / file.name).read_bytes() == file.read_bytes()


def test_undefined_replications_are_counted(outcome, results):
    rows = outcome.to_pandas().set_index(["arm", "measure"])
    assert (rows["n"] + rows["undefined"] == N).all()
    for arm, result in results.items():
        for measure in CATALOGUE:
            assert rows.loc[(arm, measure.name), "undefined"] == np.isnan(result.values(measure.name)).sum()


@pytest.mark.parametrize(
    ("scenario", "since", "by"),
    [
        (plan("base").scenario, 0, ()),
        (plan("base").scenario, 56, ("source",)),
        (PALMETTO, 0, ("payer", "trait")),
        (PALMETTO, 56, ()),
    ],
    ids=["plain", "plain, mature, by source", "with payers, by payer and trait", "with payers, mature"],
)
def test_facts_come_back_from_a_chunk_and_from_tables_as_they_were(scenario, since, by):
    point = Point(scenario, 1, by, since)
    part = part_of(Job(point, 3, 8))
    assert not part.failures
    same(decoded(encoded(part)).facts, part.facts)
    told = dict(tables(part, frame_of(point)))
    same(restored(told, frame_of(point).partitions), part.facts)
    assert ("groups" in told) == bool(by)


@pytest.mark.parametrize("most", [0, 127, 128, -129, 2**31, -(2**63), 2**63 - 1])
def test_a_number_of_any_size_comes_back_from_a_chunk(most):
    part = part_of(Job(Point(plan("base").scenario, 1), 0, 2))
    part.facts.staff[0, 0, 0, 0] = most
    part.facts.money[1, 2, 3] = -1
    same(decoded(encoded(part)).facts, part.facts)


def same(found, expected):
    for name, column in expected.columns().items():
        assert np.array_equal(found.columns()[name], column), name


def test_groups_are_those_of_a_run(outcome, results):
    facts, (sources,) = results["more"].facts.groups, results["more"].partitions
    written = table(outcome, "groups").to_pandas()
    for k, group in enumerate(sources.groups):
        rows = written[written["group"] == group]
        assert rows["replication"].tolist() == list(range(N))
        for column, measure in enumerate(CATALOGUE):
            if measure.by_group:
                for where, whose in enumerate(("", "others_")):
                    for at, end in enumerate(("numerator", "denominator")):
                        expected = facts[:, k, where, column, at]
                        assert (rows[f"{whose}{measure.name}_{end}"].to_numpy() == expected).all()


def test_weeks_count_from_the_opening_and_bear_its_date(outcome, results):
    weekly = table(outcome, "weekly").to_pandas()
    assert weekly["week"].tolist() == [*range(1, 27)] * N
    assert weekly["date"][0] == datetime.date(2027, 1, 4) and weekly["date"][25] == datetime.date(2027, 6, 28)
    assert (weekly["census"].to_numpy().reshape(N, 26) == results["more"].facts.weekly[:, 0] / 7).all()


def test_clients_and_events_agree_with_the_record(outcome):
    point = outcome.batch.points[1]
    clients, log = (table(outcome, name).to_pandas() for name in ("clients", "events"))
    opening = point.scenario.opening
    for replication in (0, 11):
        record = view_of(write(point.scenario), 1, replication).record
        mine = clients[clients["replication"] == replication]
        assert mine["client"].tolist() == list(range(len(mine)))
        assert mine["exit"].tolist() == [Exit(code).name.lower() for code in record.clients.exit]
        assert mine["source"].tolist() == [sorted(point.scenario.referrals)[code] for code in record.clients.source]
        for column in ("referral_day", "admitted_day", "exit_day"):
            days = getattr(record.clients, column)
            assert mine[column].tolist() == [
                None if day == NEVER else opening + datetime.timedelta(days=int(day)) for day in days
            ]
        told, rows = events(record), log[log["replication"] == replication]
        assert rows["activity"].tolist() == [Activity(code).name.lower() for code in told.activity]
        assert rows["client"].tolist() == told.client.tolist()
        assert rows["day"].tolist() == [opening + datetime.timedelta(days=int(day)) for day in told.day]


def test_days_that_have_no_date_have_no_value():
    """A relapse may lie thousands of years ahead, where neither pandas nor Python have dates."""
    point = Point(plan("base").scenario, 1, keep=("clients",))
    part = part_of(Job(point, 0, 2))
    column = part.tables["clients"]["relapse_day"]
    last = (datetime.date.max - point.scenario.opening).days
    column[:3] = [NEVER, last, last + 1]
    told = dict(tables(part, frame_of(point)))["clients"]["relapse_day"][:3].to_pylist()
    assert told == [None, datetime.date.max, None]


def test_pandas_and_duckdb_read_the_files(outcome):
    arms = outcome.folder / "arms"
    frame = pd.read_parquet(arms / "more" / "measures.parquet")
    assert frame["completed_share"].mean() == pytest.approx(outcome.summary("more", "completed_share").mean)
    query = f"select avg(completed_share), count(*) from '{arms}/more/measures.parquet'"
    mean, n = duckdb.sql(query).fetchall()[0]
    assert (mean, n) == (pytest.approx(frame["completed_share"].mean()), N)
    query = f"select count(distinct replication) from '{arms}/*/clients.parquet' where exit = 'completed'"
    assert duckdb.sql(query).fetchall()[0][0] > 0


@pytest.mark.parametrize("cuts", [[0, 25], [0, 1, 2, 25], [0, 10, 20, 25], [0, 7, 7, 14, 21, 25]])
def test_row_groups_do_not_depend_on_how_rows_come(tmp_path, cuts):
    names = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1, 0] * 5, pa.int32()), ["a", "b"])
    whole = pa.table({"n": list(range(25)), "name": names, "x": [None, 0.5, 1.5, None, 2.0] * 5})
    for path, parts in (("once", [0, 25]), ("parts", cuts)):
        file = ParquetFile(tmp_path / path, rows=10)
        for start, end in pairwise(parts):
            file.append(whole.slice(start, end - start))
        file.close()
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "once").read_bytes()
    meta = pq.ParquetFile(tmp_path / "parts").metadata
    assert [meta.row_group(k).num_rows for k in range(meta.num_row_groups)] == [10, 10, 5]
    assert pq.read_table(tmp_path / "parts").to_pylist() == whole.to_pylist()


def test_the_written_scenario_of_an_arm_is_the_one_that_ran(outcome):
    for one in outcome.batch.plans:
        assert iopsim.load(outcome.folder / "arms" / one.name / "scenario.toml") == one.scenario


def test_a_mature_view_is_that_of_a_run(tmp_path):
    changes = {"weeks": 40, "referrals.self.ramp_weeks": 0}
    resolved = resolve("tests/plain.toml", changes)
    scenario = resolved.scenario
    of = batch(3, plans=(Plan("base", scenario, lambda: resolved),), warm_up=20)
    found = run(tmp_path / "batch", of)
    facts = part_of(Job(Point(scenario, 1, (), 140), 0, 3)).facts
    for k, measure in enumerate(CATALOGUE):
        expected = measure.values(np.stack([facts.numerators[:, k], facts.denominators[:, k]], axis=1))
        assert np.array_equal(found.values("base", measure.name), expected, equal_nan=True)
    assert pq.read_table(tmp_path / "batch" / "arms" / "base" / "weekly.parquet")["week"][0].as_py() == 21

"""A batch in a folder: the same bytes whoever works on it, resumed, extended, and never believed when it is spoilt."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import iopsim
from batches import FULL, PRECISE, batch, everything, plan, run
from iopsim.errors import IopsimError
from iopsim.experiments import replicate, source
from iopsim.experiments import runner as running
from iopsim.experiments.batch_folder import Making, run_in
from iopsim.experiments.executors.cluster import cluster
from iopsim.experiments.executors.executor import Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.point import Point
from iopsim.experiments.runner import Runner, pieces
from iopsim.experiments.work import Job, part_of
from iopsim.store.chunks import Chunks
from iopsim.store.part import encoded

SOURCE = Path(iopsim.__file__).parent


class Counting(Here):
    """An executor that counts the replications it was asked for."""

    def __init__(self):
        self.asked = []

    def map(self, task, jobs):
        for job in jobs:
            self.asked += range(job.first, job.last)
            yield job, task(job)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The files of a batch of 12 replications in two arms, run in this process."""
    folder = tmp_path_factory.mktemp("whole") / "batch"
    run(folder, batch(12, **FULL))
    return folder


@pytest.fixture
def copy(whole, tmp_path):
    """That batch again, to be spoilt."""
    shutil.copytree(whole, tmp_path / "batch")
    return tmp_path / "batch"


def chunk_files(folder):
    return sorted((folder / "chunks").glob("*/*.chunk"))


@pytest.mark.parametrize("workers", [2, 7])
def test_workers_do_not_change_a_byte(whole, tmp_path, workers):
    run(tmp_path / "batch", batch(12, **FULL), Processes(workers))
    assert everything(tmp_path / "batch") == everything(whole)


def test_neither_workers_nor_dask_change_how_many_replications_a_precision_asks_for(whole, tmp_path):
    precise = batch(plans=(plan("base"),), **PRECISE)
    outcome = run(tmp_path / "one", precise)
    assert outcome.looked is not None and outcome.replications == 75
    run(tmp_path / "two", precise, Processes(2))
    assert everything(tmp_path / "two") == everything(tmp_path / "one")
    with cluster("local", 2) as workers:
        run(tmp_path / "dask", precise, workers)
        run(tmp_path / "full", batch(12, **FULL), workers)
    assert everything(tmp_path / "dask") == everything(tmp_path / "one")
    assert everything(tmp_path / "full") == everything(whole)


def test_how_replications_are_cut_into_chunks_does_not_change_a_byte_of_the_results(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "chunk_size", lambda replications: 7)
    run(tmp_path / "batch", batch(12, **FULL))
    assert len(chunk_files(tmp_path / "batch")) == 4
    assert everything(tmp_path / "batch", chunks=False) == everything(whole, chunks=False)


@pytest.mark.parametrize(("first", "last", "size"), [(0, 35, 10), (13, 20, 10), (13, 47, 10), (5, 5, 10)])
def test_pieces_end_at_the_multiples_of_a_chunk(first, last, size):
    cut = list(pieces(first, last, size))
    assert [n for piece in cut for n in range(*piece)] == list(range(first, last))
    assert all(end % size == 0 or end == last for _, end in cut)
    assert all(end - start <= size for start, end in cut)


def test_a_rerun_computes_nothing_and_rewrites_nothing(copy):
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file() and path.name != ".lock"}
    executor, told = Counting(), []
    outcome = run_in(copy, batch(12, **FULL), Making(Runner(executor, progress=told.append)))
    assert (executor.asked, sum(told)) == ([], 24)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert outcome.values("base", "completed_share").shape == (12,)


def test_files_that_were_spoilt_or_lost_are_made_again_from_the_chunks(whole, copy):
    (copy / "summary.csv").write_text("spoilt")
    (copy / "arms" / "more" / "weekly.parquet").unlink()
    executor = Counting()
    run(copy, batch(12, **FULL), executor)
    assert executor.asked == []
    assert everything(copy) == everything(whole)


def test_without_chunks_a_finished_batch_is_still_believed(copy):
    shutil.rmtree(copy / "chunks")
    executor = Counting()
    run(copy, batch(12, **FULL), executor)
    assert executor.asked == []


def test_more_replications_compute_just_the_new_ones(tmp_path):
    run(tmp_path / "grown", batch(12))
    executor = Counting()
    run(tmp_path / "grown", batch(23), executor)
    assert sorted(executor.asked) == sorted([*range(12, 23)] * 2)
    run(tmp_path / "at once", batch(23))
    assert everything(tmp_path / "grown", chunks=False) == everything(tmp_path / "at once", chunks=False)


def test_from_200_to_500_replications_300_are_computed(tmp_path, monkeypatch):
    one = batch(200, plans=(plan("base"),))
    point = one.points[0]
    row = part_of(Job(point, 0, 1)).facts
    monkeypatch.setattr(running, "chunk_of", lambda job: encoded(copies(job, row)))
    run(tmp_path / "batch", one)
    executor = Counting()
    run(tmp_path / "batch", batch(500, plans=(plan("base"),)), executor)
    assert executor.asked == list(range(200, 500))


def copies(job, row):
    """A part that has the same facts in every replication."""
    from iopsim.measures.facts import joined
    from iopsim.store.part import Part

    numbers = tuple(range(job.first, job.last))
    return Part(job.point.key, source.source_hash(), job.first, job.last, joined([row] * len(job)), numbers)


def test_fewer_replications_are_refused_and_nothing_is_touched(whole, copy):
    with pytest.raises(IopsimError, match=r"found 12 replications of each arm, more than the 11 asked for"):
        run(copy, batch(11, **FULL))
    assert everything(copy) == everything(whole)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 2}, "which has another seed"),
        ({"keep": ()}, "which has another keep"),
        ({"by": ()}, "which has another by"),
        ({"warm_up": 4}, "which has another warm_up"),
        ({"plans": (plan("base"), plan("more", {"groups.evening.seats": 16}))}, "which has another arms"),
    ],
)
def test_a_folder_of_another_batch_is_refused(whole, copy, change, said):
    with pytest.raises(IopsimError, match=r"found a folder with the results of another batch \(seats\), " + said):
        run(copy, batch(12, **{**FULL, **change}))
    assert everything(copy) == everything(whole)


@pytest.mark.parametrize("claim", [b"", b"[]", b"{}", b"\xff"])
def test_a_spoilt_claim_is_that_of_another_batch(copy, claim):
    (copy / "batch.json").write_bytes(claim)
    with pytest.raises(IopsimError, match="found a folder with the results of another batch; name a new"):
        run(copy, batch(12, **FULL))


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(IopsimError, match="found a folder with other files in it"):
        run(tmp_path, batch(12))
    assert everything(tmp_path) == {"thesis.doc": b"mine"}


@pytest.mark.parametrize("names", [("a", "A"), ("a", "a"), ("\ufb01t", "fit"), ("straße", "STRASSE")])
def test_arms_whose_folders_would_be_one_are_refused(names):
    with pytest.raises(IopsimError, match="each needs a folder of its own"):
        batch(plans=tuple(plan(name) for name in names))


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "../up", "tail.", "tail ", "a:b", "a\nb", "x" * 101])
def test_names_that_can_be_no_folder_are_refused(name):
    with pytest.raises(IopsimError, match="cannot be that of a folder"):
        batch(plans=(plan("base"), plan(name)))


def test_another_experiment_file_is_kept_and_none_removes_it(copy):
    run(copy, batch(12, **FULL, text="# one\n"))
    run(copy, batch(12, **FULL, text="# two\n"))
    assert (copy / "experiment.toml").read_text() == "# two\n"
    run(copy, batch(12, **FULL))
    assert not (copy / "experiment.toml").exists()


def spoilt(content):
    """Ways to spoil a chunk, by name."""
    head = content.index(b"\n", content.index(b"\n") + 1)  # the end of the digest
    json_end = content.index(b"\n", head + 1)

    def altered(at):
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    return {
        "emptied": b"",
        "truncated": content[:-1],
        "cut in half": content[: len(content) // 2],
        "cut after the digest": content[: head + 1],
        "longer": content + b"\0",
        "another format": altered(3),
        "another digest": altered(head - 5),
        "another head": altered(head + 10),
        "another table": altered(json_end + 200),
        "another last byte": altered(len(content) - 1),
        "no chunk at all": b"\0" * len(content),
    }


WAYS = tuple(spoilt(b"iopsim chunk 1\n" + b"0" * 64 + b"\n" + b"{}" * 20 + b"\n" + b"x" * 500))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain") / "batch"
    run(folder, batch(12))
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_a_spoilt_chunk_is_noticed_and_computed_again(plain, tmp_path, way):
    folder = tmp_path / "batch"
    shutil.copytree(plain, folder)
    (folder / "manifest.json").unlink()
    chunk = chunk_files(folder)[1]
    chunk.write_bytes(spoilt(chunk.read_bytes())[way])
    executor = Counting()
    run(folder, batch(12), executor)
    assert executor.asked == [10, 11]
    assert everything(folder) == everything(plain)


def test_a_chunk_of_others_in_its_place_is_noticed(plain, tmp_path):
    folder = tmp_path / "batch"
    shutil.copytree(plain, folder)
    (folder / "manifest.json").unlink()
    first, second, third, _ = chunk_files(folder)
    first.write_bytes(third.read_bytes())  # the other arm's
    second.write_bytes(third.read_bytes())
    executor = Counting()
    run(folder, batch(12), executor)
    assert sorted(executor.asked) == list(range(12))
    assert everything(folder) == everything(plain)


def test_of_overlapping_chunks_none_counts_twice_and_a_spoilt_one_hides_no_other(tmp_path):
    point = Point(plan("base").scenario, 1)
    row = part_of(Job(point, 0, 1)).facts
    chunks = Chunks(tmp_path)
    for first, last in [(0, 10), (0, 30), (5, 40), (30, 35), (38, 45), (45, 50), (50, 70)]:
        chunks.put(point.key, first, last, encoded(copies(Job(point, first, last), row)))

    def taken(**how):
        return [(part.first, part.last) for part in chunks.parts(point.key, 0, 60, **how)]

    assert taken() == [(0, 30), (30, 35), (38, 45), (45, 50)]
    chunks.path(point.key, 0, 30).write_bytes(b"")
    assert taken(dropping=True) == [(0, 10), (30, 35), (38, 45), (45, 50)]
    assert not chunks.path(point.key, 0, 30).exists()
    executor = Counting()
    found = [part for _, part in Runner(executor, chunks).parts([point], 0, 60)]
    assert sorted(n for part in found for n in part.numbers) == list(range(60))
    assert executor.asked == [*range(10, 30), *range(35, 38), *range(50, 60)]


def test_facts_stand_in_the_order_of_replications_whichever_is_done_first():
    class Backwards(Here):
        def map(self, task, jobs):
            yield from super().map(task, list(jobs)[::-1])

    point = Point(plan("base").scenario, 1)
    found = replicate._facts(Runner(Backwards()), point, 5, 25)
    whole = part_of(Job(point, 5, 25)).facts
    assert all(map(np.array_equal, found.columns().values(), whole.columns().values()))


def test_the_same_point_twice_is_refused_by_a_runner():
    point = Point(plan("base").scenario, 1)
    with pytest.raises(ValueError, match="each point is to be another"):
        list(Runner().parts([point, Point(plan("base").scenario, 1)], 0, 1))


def test_the_hash_of_the_source_covers_all_that_decides_a_replication():
    code = "import sys, iopsim.experiments.compiled_work; print(*(m for m in sys.modules if m.startswith('iopsim.')))"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment())
    packages = {"experiments", "stats", "store"}  # themselves empty
    decides_nothing = {"errors", "evidence", "experiments.source", "stats.intervals"}
    names = {name.removeprefix("iopsim.") for name in found.stdout.split()} - packages - decides_nothing
    hashed = {name.removesuffix(".py").replace("/", ".") for name in source.COMPUTES}
    assert {name for name in names if not any(name == one or name.startswith(f"{one}.") for one in hashed)} == set()


def test_a_name_without_a_text_is_no_part_of_the_hash_that_goes_unseen():
    with pytest.raises(ModuleNotFoundError, match="no_such"):
        source._hash(("deck.py", "no_such"))


def environment(source=SOURCE.parent):
    return {**os.environ, "PYTHONPATH": str(source)}


def command(folder, *words, source=SOURCE.parent):
    """Run a batch in a process of its own."""
    script = Path(__file__).parent / "batches.py"
    return subprocess.run(
        [sys.executable, str(script), str(folder), *words],
        env=environment(source),
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_changed_rule_recomputes_and_the_rule_as_it_was_gives_what_it_gave(tmp_path):
    """With the source copied: a rule changes there, and then the source as it was runs again."""
    shutil.copytree(SOURCE, tmp_path / "src" / "iopsim", ignore=shutil.ignore_patterns("__pycache__"))
    rule = tmp_path / "src" / "iopsim" / "rules" / "attendance.py"
    text, told = rule.read_text(), "    mine = odds / ratio\n    share = mine / (1.0 + mine)"
    assert told in text
    folder = tmp_path / "batch"
    run(folder, batch(12))
    before = everything(folder)

    rule.write_text(text.replace(told, told.replace("ratio", "(3.0 * ratio)")))
    assert command(folder, "12", "1", source=tmp_path / "src").returncode == 0
    after = everything(folder)
    assert after["arms/base/measures.parquet"] != before["arms/base/measures.parquet"]
    assert command(tmp_path / "new", "12", "1", source=tmp_path / "src").returncode == 0
    assert everything(tmp_path / "new", chunks=False) == everything(folder, chunks=False)

    run(folder, batch(12))
    assert everything(folder, chunks=False) == {name: before[name] for name in before if "chunks/" not in name}
    said = json.loads(after["manifest.json"]), json.loads(before["manifest.json"])
    assert said[0]["source"] != said[1]["source"]
    assert said[0]["arms"]["base"]["scenario_hash"] == said[1]["arms"]["base"]["scenario_hash"]

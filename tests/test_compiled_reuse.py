"""What is reused from one replication to the next, and what is done when compiled code fails."""

import pytest

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.compiled.engine import Engine
from iopsim.engines.reference import simulate
from iopsim.experiments import compiled_work
from iopsim.experiments import engine as engine_of_job
from iopsim.experiments.point import Point
from iopsim.experiments.work import Job
from iopsim.rulebook import write
from iopsim.scenario.load import load
from parity import assert_same_record
from strategies import PLAIN, SOURCES

pytestmark = pytest.mark.usefixtures("compiled_engine")


def test_a_record_stays_as_it_was_when_the_next_is_simulated() -> None:
    """A table of one row is where a copy is easily forgotten: NumPy hands the row itself on."""
    book = write(load(PLAIN, {"weeks": 8, **dict.fromkeys((f"referrals.{name}.per_week" for name in SOURCES), 0.1)}))
    engine = Engine(book)
    records = [engine.record(1, replication) for replication in range(60)]
    assert any(len(record.clients) == 1 for record in records)
    for replication, record in enumerate(records):
        assert_same_record(record, engine.record(1, replication))
        assert_same_record(record, simulate(book, draw(book, Deck(1, replication))))


def test_what_fails_in_compiled_code_is_told_and_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    point = Point(load(PLAIN, {"weeks": 4}), 3)
    compiled_work.part_of(Job(point, 0, 2, "compiled"))

    def fail(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(compiled_work.Bench, "facts", fail)
    with pytest.raises(MemoryError, match="no room"):
        compiled_work.part_of(Job(point, 0, 2, "compiled"))
    with pytest.raises(MemoryError, match="no room"):  # with bounds checked, nothing is simulated in its place
        engine_of_job.part_of(Job(point, 0, 2, "compiled"))
    monkeypatch.undo()
    monkeypatch.setattr(engine_of_job.compiled_code, "is_checked", lambda: False)
    monkeypatch.setattr(compiled_work.Bench, "facts", fail)
    told: list[str] = []
    monkeypatch.setattr(engine_of_job, "complain", told.append)
    part = engine_of_job.part_of(Job(point, 0, 2, "compiled"))
    assert part.engine == "reference" and part.numbers == (0, 1)
    assert told == ["the compiled engine failed (MemoryError: no room)"]

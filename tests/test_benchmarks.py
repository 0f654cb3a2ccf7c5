"""The floor counts every card that is used."""

import sys
from pathlib import Path

import pytest

import interpreted
import iopsim
from iopsim.deck import Purpose
from iopsim.rulebook import write

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import bench_floor  # noqa: E402


@pytest.mark.parametrize("replication", [0, 1])
def test_the_floor_counts_the_cards_that_the_compiled_engine_deals(replication: int) -> None:
    book = write(iopsim.load(bench_floor.PALMETTO, {"weeks": 52}))
    counted = {tuple(address) for address in bench_floor.addresses(book, 1, replication).tolist()}
    deck = bench_floor.NotingDeck(1, replication)
    interpreted.simulate(book, deck)
    assert deck.dealt <= counted
    assert Purpose.COVER in {address[1] for address in deck.dealt}
    # The plain path deals sickness for the shortest spells there may be, and accounts are not settled here.
    rest = {Purpose(address[1]) for address in counted - deck.dealt}
    assert rest - {Purpose.SICKNESS} == {Purpose.CLAIM, Purpose.COVERAGE}

"""The mechanics of the compiled engine, played as plain Python, take the cards of any deck and leave no trace."""

import sys
from collections.abc import Mapping

import pytest

import interpreted
from everything import EVERYTHING, PRESENT, RETURNS, with_detours
from hand import Story
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.rulebook import write
from iopsim.scenario.load import load
from parity import assert_same_record
from strategies import PLAIN


@pytest.mark.parametrize("changes", [RETURNS, PRESENT], ids=["returns", "present"])
def test_they_play_the_cards_of_a_deck_as_the_reference_engine_does(changes: Mapping[str, object]) -> None:
    book = write(with_detours(load(PLAIN, {**EVERYTHING, **changes, "weeks": 26})))
    for deck in (Deck(1, 0), Deck(2**64 - 1, 2**64 - 1)):
        record = interpreted.simulate(book, deck)
        assert record.clients.traits.any()
        assert_same_record(record, simulate(book, draw(book, deck)))


def test_whoever_imports_the_compiled_engine_gets_the_one_that_compiles() -> None:
    interpreted._mechanics.cache_clear()
    before = {name: module for name, module in sys.modules.items() if name.startswith("iopsim")}
    mechanics = interpreted._mechanics()
    assert {name: module for name, module in sys.modules.items() if name.startswith("iopsim")} == before
    assert mechanics.engine not in before.values()


def test_a_story_notices_where_the_engines_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> Story:
        story = Story()
        story.client("Ann", "Mon 4 Jan", drops_out=2)
        return story

    assert told().exits() == {"Ann": "dropped_out"}
    monkeypatch.setattr(interpreted, "simulate", _a_day_late(interpreted.simulate))
    with pytest.raises(AssertionError, match=r"clients\.exit_day in 1 places, first \[0\]: "):
        told().record()


def _a_day_late(play):
    def late(book, deck):
        record = play(book, deck)
        record.clients.exit_day[:] += 1
        return record

    return late

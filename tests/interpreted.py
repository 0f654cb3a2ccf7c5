"""The mechanics of the compiled engine played as plain Python, with any deck: also with one that is dealt by hand.

Compiled code cannot be handed a deck; it computes cards from their addresses. Its modules are imported here once more,
with an `iopsim.jit` that compiles nothing and with blocks of cards that come from a deck. Numba is not needed.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

import iopsim
from iopsim import engines
from iopsim.deck import Deck, Purpose
from iopsim.record import Record
from iopsim.rulebook import Rulebook

JIT, COMPILED = "iopsim.jit", "iopsim.engines.compiled"
DECK = f"{COMPILED}.deck"


class Word(NamedTuple):
    """Two cards, and where they come from."""

    low: float
    high: float
    deck: Deck
    who: np.ndarray
    when: np.ndarray


Words = tuple[Word, Word, Word, Word]


def _block(deck: Deck, replication: int, purpose: int, who: int, when: int, about: int, episode: int) -> Words:
    """Deal a block; what compiled code takes for the seed is the deck here."""
    address = (np.array([part], dtype=np.uint64) for part in (who, when, about))
    one, moment, subject = address
    cards = deck.deal(Purpose(purpose), one, moment, subject, int(episode))[0].tolist()
    first, second, third, fourth = (Word(*cards[k : k + 2], deck, one, moment) for k in range(0, 8, 2))
    return first, second, third, fourth


def _card_by_name(first: Word, second: Word, name: int) -> float:
    names = np.array([name], dtype=np.uint64)
    return float(first.deck.deal_by_name(Purpose.TRAIT, first.who, first.when, names)[0, 0])


def _lay_out(words: Words, cards: np.ndarray) -> None:
    cards[:] = [card for word in words for card in (word.low, word.high)]


def _card_at(words: Words, place: int) -> float:
    return words[place >> 1][place & 1]


def _low_card(word: Word) -> float:
    return word.low


def _high_card(word: Word) -> float:
    return word.high


def _same(thing: Any) -> Any:
    return thing


def _with_names(value: Any) -> Any:
    """Return an array of rows as one whose rows have their fields as attributes."""
    return value.view(np.recarray) if isinstance(value, np.ndarray) and value.dtype.names else value


def _struct(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{name: _with_names(value) for name, value in values.items()})


def _struct_of(part: Any) -> SimpleNamespace:
    values = {field.name: getattr(part, field.name) for field in fields(part)}
    return _struct(**{name: _struct_of(one) if is_dataclass(one) else one for name, one in values.items()})


def _row_type(table: type, **more: type) -> np.dtype[Any]:
    return np.dtype([*((field.name, np.int64) for field in fields(table)), *more.items()], align=True)


def _module(name: str, **content: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(content)
    return module


def _stand_ins() -> dict[str, ModuleType]:
    """Return what stands in for the modules that compile, and that compute cards."""
    kinds = dict.fromkeys(("Compiled", "Struct", "Row", "Rows", "Card", "Word", "Words"), Any)
    plain = dict.fromkeys(("jit", "jitted", "inlined", "merged", "Lent"), _same)
    jit = _module(JIT, struct=_struct, struct_of=_struct_of, row_type=_row_type, **plain, **kinds)
    cards = {"block": _block, "lay_out": _lay_out, "card_at": _card_at, "low_card": _low_card, "high_card": _high_card}
    return {JIT: jit, DECK: _module(DECK, **cards, **kinds)}


@contextmanager
def _instead(stand_ins: Mapping[str, ModuleType]) -> Iterator[None]:
    """Have modules of the compiled engine be imported anew, and forget them after."""

    def concerned() -> dict[str, ModuleType]:
        return {name: it for name, it in sys.modules.items() if name == JIT or f"{name}.".startswith(f"{COMPILED}.")}

    before, parents = concerned(), [(iopsim, "jit"), (engines, "compiled")]
    known = [(parent, name, vars(parent)[name]) for parent, name in parents if name in vars(parent)]
    for name in before:
        del sys.modules[name]
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in concerned():
            del sys.modules[name]
        sys.modules.update(before)
        for parent, name in parents:
            vars(parent).pop(name, None)
        for parent, name, module in known:
            setattr(parent, name, module)


class Mechanics(NamedTuple):
    """What is used of the compiled engine."""

    state: ModuleType
    engine: ModuleType
    rows: ModuleType


@cache
def _mechanics() -> Mechanics:
    with _instead(_stand_ins()):
        cohort = import_module(f"{COMPILED}.cohort")
        told = Mechanics(*(import_module(f"{COMPILED}.{name}") for name in Mechanics._fields))
    assert isinstance(cohort._card_by_name, Callable)
    cohort._card_by_name = _card_by_name
    return told


def simulate(book: Rulebook, deck: Deck) -> Record:
    """Simulate one replication by the mechanics of the compiled engine, and return its Record."""
    state, engine, rows = _mechanics()
    clinic = state.clinic_of(book, _struct_of(book))
    clinic.words = np.zeros(clinic.words.shape, dtype=object)
    happened = engine.no_rows(book)
    with np.errstate(divide="ignore"):  # compiled code divides without a word
        engine.replicate(clinic, happened, deck, 0)
    return rows.record_of(book.days, dict(zip(rows.ROW, engine._tables(happened), strict=True)))

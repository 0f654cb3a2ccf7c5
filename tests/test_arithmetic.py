"""Logarithm and exponential are right to the last digits, and the same for arrays, single numbers and compiled code."""

from collections.abc import Callable
from decimal import Context, Decimal

import numpy as np
import pytest

from iopsim.arithmetic import PLACES, exponential, logarithm, minus_log_rest
from iopsim.deck import Deck, Purpose
from iopsim.jit import jitted

EXACT = Context(prec=40)
WHO = np.arange(500, dtype=np.uint64)


def some_cards() -> np.ndarray:
    """Cards of the deck, the lowest and the highest there are, and those beside every power of two."""
    dealt = (Deck(1, 0).deal(Purpose.LEAVING, WHO, WHO).ravel() * 2**32 - 0.5).astype(np.int64)
    powers = 2 ** np.arange(32)
    beside = np.concatenate([powers + k for k in (-1, 0, 1)])
    ends = np.arange(200)
    whole = np.concatenate([dealt, beside, 2**32 - 1 - beside, ends, 2**32 - 1 - ends])
    return (np.unique(np.clip(whole, 0, 2**32 - 1)) + 0.5) * 2.0**-32


def furthest(found: np.ndarray, exact: list[Decimal], least: float = 0.0) -> float:
    """The largest error, as a share of what is right, or of `least` where that is more."""
    errors = [
        abs(Decimal(one) - right) / max(abs(right), Decimal(least))
        for one, right in zip(found.tolist(), exact, strict=True)
    ]
    return float(max(errors))


def test_the_logarithm_is_right_for_every_card() -> None:
    cards = some_cards()
    assert furthest(logarithm(cards), [EXACT.ln(Decimal(card)) for card in cards.tolist()]) <= 2e-14


def test_the_threshold_is_right_for_every_card() -> None:
    cards = some_cards()
    exact = [-EXACT.ln(1 - Decimal(card)) for card in cards.tolist()]
    assert furthest(minus_log_rest(cards), exact) <= 2e-14


def test_the_logarithm_of_a_large_number_is_right() -> None:
    numbers = np.concatenate([np.linspace(1.0, 2.0, 500), np.geomspace(1e-300, 1e300, 500)])
    assert furthest(logarithm(numbers), [EXACT.ln(Decimal(x)) for x in numbers.tolist()], least=1.0) <= 3e-16
    assert logarithm(np.ones(1)).tolist() == [0.0]


def test_the_exponential_is_right_at_every_scale() -> None:
    x = np.concatenate(
        [np.linspace(-690.0, 690.0, 1_001), np.linspace(-1.0, 1.0, 1_001), np.geomspace(1e-20, 1.0, 100)]
    )
    assert furthest(exponential(x), [EXACT.exp(Decimal(value)) for value in x.tolist()]) <= 3e-16
    assert exponential(np.zeros(1)).tolist() == [1.0]


def test_the_exponential_stays_a_number_beyond_its_range() -> None:
    low, high = exponential(np.array([-1e9, -np.inf])), exponential(np.array([1e9, np.inf]))
    assert ((low > 0.0) & (low < 1e-299)).all()
    assert ((high > 1e299) & np.isfinite(high)).all()


def test_a_higher_card_has_a_higher_threshold_and_logarithm() -> None:
    """Neighboring cards, at both ends of the range and at the ends of every part that the tables tell apart."""
    edges = (np.arange(PLACES, 2 * PLACES) << 25)[:, np.newaxis] >> np.arange(25)
    near = np.unique(np.concatenate([edges.ravel(), 2**32 - edges.ravel(), [4_000, 2**32 - 4_000]]))
    whole = np.unique(np.clip(near[:, np.newaxis] + np.arange(-50, 50), 0, 2**32 - 1))
    cards = (whole + 0.5) * 2.0**-32
    assert len(cards) > 100_000
    assert (np.diff(logarithm(cards)) > 0.0).all()
    assert (np.diff(minus_log_rest(cards)) > 0.0).all()


def test_a_larger_number_has_a_larger_exponential() -> None:
    steps = np.concatenate([np.linspace(-40.0, 40.0, 200_001), np.linspace(0.3465, 0.3467, 100_001)])
    assert (np.diff(exponential(np.unique(steps))) > 0.0).all()


@pytest.mark.parametrize("function", [logarithm, minus_log_rest, exponential], ids=lambda f: f.__name__)
def test_one_number_an_array_and_compiled_code_give_the_same_bits(function: Callable) -> None:
    cards = some_cards()
    numbers = 40.0 * cards - 20.0 if function is exponential else cards
    together, compiled = function(numbers), jitted(function)
    assert [function(one) for one in numbers] == together.tolist()
    assert [compiled(one) for one in numbers] == together.tolist()

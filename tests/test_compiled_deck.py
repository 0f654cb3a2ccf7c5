"""Compiled code finds at every address the cards that the deck deals there, to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.deck import CARDS, Deck, Purpose, name_word
from iopsim.engines.compiled.deck import block, card_at, high_card, lay_out, low_card, wide_product
from iopsim.jit import jit
from test_deck import LARGEST, PUBLISHED, numpys_block, words

HALVES = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 2**32 - 2, 2**32 - 1]))


@jit
def product(one: int, other: int) -> tuple[int, int]:
    return wide_product(one, other)


def ours(key: tuple[int, int], counter: tuple[int, ...]) -> tuple[int, ...]:
    """The block at an address that is given as the generator's key and counter."""
    who, when, what, about = (np.uint64(part) for part in counter)
    purpose, episode = np.uint64(int(what) >> 32), np.uint64(int(what) & 0xFFFFFFFF)
    return block(np.uint64(key[0]), np.uint64(key[1]), purpose, who, when, about, episode)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(one=words, other=words)
def test_the_wide_product_of_two_words_is_exact(one: int, other: int) -> None:
    assert product(np.uint64(one), np.uint64(other)) == divmod(one * other, 2**64)


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_blocks_are_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, int], answer: tuple[int, ...]
) -> None:
    assert ours(key, counter) == answer


@settings(derandomize=True, deadline=None, max_examples=500)
@given(key=st.tuples(words, words), counter=st.tuples(words, words, words, words))
def test_blocks_are_numpys_word_for_word(key: tuple[int, int], counter: tuple[int, int, int, int]) -> None:
    assert ours(key, counter) == numpys_block(key, counter)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    key=st.tuples(words, words),
    purpose=st.sampled_from(list(Purpose)),
    place=st.tuples(words, words, words),
    episode=HALVES,
)
def test_cards_are_those_that_the_deck_deals(
    key: tuple[int, int], purpose: Purpose, place: tuple[int, int, int], episode: int
) -> None:
    who, when, about = (np.array([word], dtype=np.uint64) for word in place)
    dealt = Deck(*key).deal(purpose, who, when, about, episode)[0]
    found = tuple(map(np.uint64, block(*map(np.uint64, (*key, purpose, *place, episode)))))
    assert [card_at(found, k) for k in range(CARDS)] == dealt.tolist()
    assert [card(word) for word in found for card in (low_card, high_card)] == dealt.tolist()
    cards = np.zeros(CARDS)
    lay_out(found, cards)
    assert np.array_equal(cards, dealt)


def test_an_address_may_be_given_in_plain_whole_numbers() -> None:
    """A purpose, an episode and a page are small numbers in compiled code, not words."""
    found = tuple(map(np.uint64, block(5, 3, Purpose.ABSENCE, np.uint64(name_word("self")), np.uint64(7 << 32), 2, 1)))
    dealt = Deck(5, 3).deal(
        Purpose.ABSENCE, np.array([name_word("self")], np.uint64), np.array([7 << 32], np.uint64), 2, 1
    )[0]
    assert [card_at(found, k) for k in range(CARDS)] == dealt.tolist()


def test_the_lowest_and_the_highest_card_lie_between_zero_and_one() -> None:
    assert low_card(np.uint64(0)) == high_card(np.uint64(0)) == 2.0**-33
    assert low_card(np.uint64(LARGEST)) == high_card(np.uint64(LARGEST)) == 1.0 - 2.0**-33

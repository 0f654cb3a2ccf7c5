"""The deck deals the generator it names, and every card has an address of its own."""
# ruff: noqa: TID251 - numpy's Philox is the reference that ours is held against

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from iopsim.deck import CARDS, Deck, Purpose, card_by_name, name_word, philox

LARGEST = 2**64 - 1
TWO_CLIENTS = np.array([name_word("self"), name_word("court")], dtype=np.uint64)
TWO_DAYS = np.array([3 << 32, (3 << 32) | 1], dtype=np.uint64)

words = st.one_of(st.integers(0, LARGEST), st.sampled_from([0, 1, 2**32 - 1, 2**32, 2**63, LARGEST - 1, LARGEST]))

PUBLISHED = [  # counter, key, answer: Random123, examples/kat_vectors, philox4x64 with 10 rounds
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
    ),
    (
        (LARGEST, LARGEST, LARGEST, LARGEST),
        (LARGEST, LARGEST),
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]


def block(key: tuple[int, int], counter: tuple[int, ...]) -> tuple[int, ...]:
    """The four words our generator gives for one counter."""
    return tuple(int(word[0]) for word in philox(key, tuple(np.array([part], dtype=np.uint64) for part in counter)))


def numpys_block(key: tuple[int, int], counter: tuple[int, ...]) -> tuple[int, ...]:
    """The same from numpy, whose generator counts up by one before it gives its first block."""
    before = (sum(part << (64 * place) for place, part in enumerate(counter)) - 1) % 2**256
    parts = [(before >> (64 * place)) & LARGEST for place in range(4)]
    generator = np.random.Philox(key=np.array(key, dtype=np.uint64), counter=np.array(parts, dtype=np.uint64))
    return tuple(int(word) for word in generator.random_raw(4))


# The generator


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_philox_gives_the_published_answers(
    counter: tuple[int, ...], key: tuple[int, int], answer: tuple[int, ...]
) -> None:
    assert block(key, counter) == answer
    assert numpys_block(key, counter) == answer


@settings(derandomize=True, deadline=None, max_examples=500)
@given(key=st.tuples(words, words), counter=st.tuples(words, words, words, words))
def test_philox_is_numpys_word_for_word(key: tuple[int, int], counter: tuple[int, int, int, int]) -> None:
    assert block(key, counter) == numpys_block(key, counter)


def test_philox_answers_a_counter_the_same_alone_and_among_many() -> None:
    rng = np.random.default_rng(1)
    counters = rng.integers(0, LARGEST, size=(4, 1_000), dtype=np.uint64, endpoint=True)
    many = philox((7, LARGEST), tuple(counters))
    for n in (0, 1, 499, 999):
        assert tuple(int(word[n]) for word in many) == block((7, LARGEST), tuple(map(int, counters[:, n])))


# A block of cards


def test_a_block_is_the_eight_halves_of_four_words_lowest_half_first() -> None:
    deck = Deck(seed=11, replication=12)
    about = np.array([5, 6], dtype=np.uint64)
    cards = deck.deal(Purpose.APPOINTMENT, TWO_CLIENTS, TWO_DAYS, about, episode=9)
    assert cards.shape == (2, CARDS) == (2, 8)
    for client in range(2):
        counter = (
            int(TWO_CLIENTS[client]),
            int(TWO_DAYS[client]),
            (int(Purpose.APPOINTMENT) << 32) | 9,
            int(about[client]),
        )
        halves = [half for word in numpys_block((11, 12), counter) for half in (word & 0xFFFFFFFF, word >> 32)]
        assert cards[client].tolist() == [(half + 0.5) / 2**32 for half in halves]


def test_a_number_and_an_array_say_the_same_what_about() -> None:
    deck = Deck(1, 2)
    same = np.full(2, 4, dtype=np.uint64)
    one = deck.deal(Purpose.ABSENCE, TWO_CLIENTS, TWO_DAYS, 4)
    assert np.array_equal(one, deck.deal(Purpose.ABSENCE, TWO_CLIENTS, TWO_DAYS, same))


def test_nobody_gets_no_cards() -> None:
    nobody = np.zeros(0, dtype=np.uint64)
    assert Deck(1, 2).deal(Purpose.INTAKE, nobody, nobody).shape == (0, CARDS)


def test_no_card_is_zero_or_one_even_at_the_ends_of_the_generator() -> None:
    lowest, highest = (0 + 0.5) * 2.0**-32, (2**32 - 1 + 0.5) * 2.0**-32
    assert 0.0 < lowest < highest < 1.0
    who = np.arange(200_000, dtype=np.uint64)
    cards = Deck(3, 0).deal(Purpose.INTAKE, who, np.zeros_like(who))
    assert lowest <= cards.min()
    assert cards.max() <= highest


def test_dealing_leaves_the_addresses_as_they_were() -> None:
    who, when = TWO_CLIENTS.copy(), TWO_DAYS.copy()
    about = np.array([1, 2], dtype=np.uint64)
    Deck(1, 1).deal(Purpose.TRAIT, who, when, about)
    assert np.array_equal(who, TWO_CLIENTS)
    assert np.array_equal(when, TWO_DAYS)
    assert about.tolist() == [1, 2]


@pytest.mark.parametrize(("seed", "replication"), [(-1, 0), (0, -1), (2**64, 0), (0, 2**64)])
def test_a_seed_or_replication_that_is_no_word_is_refused(seed: int, replication: int) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        Deck(seed, replication)


@pytest.mark.parametrize("end", [0, LARGEST])
def test_the_ends_of_the_range_of_seeds_are_seeds(end: int) -> None:
    cards = Deck(end, end).deal(Purpose.INTAKE, TWO_CLIENTS, TWO_DAYS)
    counter = (int(TWO_CLIENTS[0]), int(TWO_DAYS[0]), int(Purpose.INTAKE) << 32, 0)
    first = numpys_block((end, end), counter)[0]
    assert cards[0, 0] == ((first & 0xFFFFFFFF) + 0.5) / 2**32


# Addresses


def deal(
    seed: int = 1,
    replication: int = 2,
    purpose: Purpose = Purpose.INTAKE,
    who: int = 3,
    when: int = 4,
    about: int = 5,
    episode: int = 6,
) -> np.ndarray:
    """One block at an address, of which a test changes one part."""
    deck = Deck(seed, replication)
    return deck.deal(purpose, np.array([who], dtype=np.uint64), np.array([when], dtype=np.uint64), about, episode)[0]


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"replication": 3},
        {"seed": 2, "replication": 1},
        {"purpose": Purpose.LEAVING},
        {"who": 4},
        {"when": 5},
        {"who": 4, "when": 3},
        {"about": 6},
        {"episode": 7},
        {"about": 6, "episode": 5},
    ],
    ids=str,
)
def test_another_address_holds_other_cards(other: dict[str, int]) -> None:
    assert not set(deal()) & set(deal(**other))
    assert np.array_equal(deal(), deal()), "the same address always holds the same"


def test_every_purpose_has_its_own_cards() -> None:
    assert len({card for purpose in Purpose for card in deal(purpose=purpose)}) == CARDS * len(Purpose)


def test_a_name_is_a_word_that_no_other_name_has() -> None:
    names = [f"{first}{second}" for first in "abcdefghij" for second in range(1_000)]
    assert len({name_word(name) for name in names}) == len(names)
    assert all(0 <= name_word(name) <= LARGEST for name in names)
    assert name_word("self") == name_word("self") != name_word("Self")


def test_the_order_in_which_cards_are_looked_at_changes_nothing() -> None:
    forth, back = Deck(5, 0), Deck(5, 0)
    first = forth.deal(Purpose.INTAKE, TWO_CLIENTS, TWO_DAYS)
    forth.deal(Purpose.LEAVING, TWO_CLIENTS, TWO_DAYS)
    back.deal(Purpose.LEAVING, TWO_CLIENTS, TWO_DAYS)
    assert np.array_equal(first[::-1], back.deal(Purpose.INTAKE, TWO_CLIENTS[::-1], TWO_DAYS[::-1]))


# Uniformity, on one fixed seed: each of the tests below would fail a perfect deck once in a million.

ONE_IN_A_MILLION = 1e-6


def assert_uniform(counts: np.ndarray) -> None:
    expected = counts.sum() / counts.size
    distance = float(((counts - expected) ** 2 / expected).sum())
    assert distance < chi2.isf(ONE_IN_A_MILLION, counts.size - 1)
    assert distance > chi2.ppf(ONE_IN_A_MILLION, counts.size - 1), "too even to be chance"


@pytest.mark.parametrize("place", range(CARDS))
def test_the_cards_at_a_place_are_uniform_over_clients(place: int) -> None:
    who = np.full(100_000, name_word("self"), dtype=np.uint64)
    when = np.arange(100_000, dtype=np.uint64) << np.uint64(32)
    cards = Deck(20270104, 0).deal(Purpose.INTAKE, who, when)[:, place]
    assert_uniform(np.bincount((cards * 128).astype(int), minlength=128))
    fine_grain = (cards * 2**32).astype(np.uint64) & np.uint64(127)
    assert_uniform(np.bincount(fine_grain.astype(int), minlength=128))


def test_neighboring_cards_know_nothing_of_each_other() -> None:
    """Pairs within a block, of successive clients, and of successive replications fill a square evenly."""
    who = np.full(50_000, name_word("self"), dtype=np.uint64)
    when = np.arange(50_000, dtype=np.uint64)
    cards = (Deck(20270104, 0).deal(Purpose.INTAKE, who, when) * 16).astype(int)
    next_replication = (Deck(20270104, 1).deal(Purpose.INTAKE, who, when) * 16).astype(int)
    for one, other in [
        (cards[:, 0], cards[:, 1]),
        (cards[:, 1], cards[:, 2]),
        (cards[:-1, 0], cards[1:, 0]),
        (cards[:, 0], next_replication[:, 0]),
    ]:
        assert_uniform(np.bincount(16 * one + other, minlength=256))


# Cards by name


def test_a_card_by_name_is_found_by_the_written_rule() -> None:
    names = np.array([name_word("employed"), 0, LARGEST], dtype=np.uint64)
    cards = Deck(11, 12).deal_by_name(Purpose.TRAIT, TWO_CLIENTS, TWO_DAYS, names)
    for client in range(2):
        counter = (int(TWO_CLIENTS[client]), int(TWO_DAYS[client]), int(Purpose.TRAIT) << 32, 0)
        first, second, *_ = numpys_block((11, 12), counter)
        for place, name in enumerate(names.tolist()):
            word = first ^ name
            word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & LARGEST
            word = (word ^ (word >> 27)) * 0x94D049BB133111EB & LARGEST
            word ^= (word >> 31) ^ second
            assert cards[client, place] == ((word >> 32) + 0.5) / 2**32


def test_the_mixer_is_splitmixs() -> None:
    """The first outputs of SplitMix64 from state 0: the mixed multiples of its increment."""
    step = 0x9E3779B97F4A7C15
    expected = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)
    for k, word in enumerate(expected, start=1):
        first = np.array([step * k & LARGEST], dtype=np.uint64)
        nothing = np.zeros(1, dtype=np.uint64)
        assert card_by_name(first, nothing, nothing)[0] == ((word >> 32) + 0.5) / 2**32


def test_a_card_by_name_does_not_depend_on_the_other_names() -> None:
    names = np.array([name_word(name) for name in ("employed", "mandated", "moud")], dtype=np.uint64)
    all_three = Deck(1, 2).deal_by_name(Purpose.TRAIT, TWO_CLIENTS, TWO_DAYS, names)
    assert all_three.shape == (2, 3)
    last_first = Deck(1, 2).deal_by_name(Purpose.TRAIT, TWO_CLIENTS[::-1], TWO_DAYS[::-1], names[[2, 0]])
    assert np.array_equal(last_first, all_three[::-1][:, [2, 0]])


SEEDS = 200
CLIENTS = 500
ALIKE = np.arange(4, dtype=np.uint64)
"""Words that differ in their last bits only."""
NAMED = np.array([name_word(name) for name in ("employed", "mandated", "moud", "stimulant")], dtype=np.uint64)


def cards_by_name(seed: int, replication: int, names: np.ndarray) -> np.ndarray:
    when = np.arange(CLIENTS, dtype=np.uint64) << np.uint64(32)
    who = np.full(CLIENTS, name_word("self"), dtype=np.uint64)
    return Deck(seed, replication).deal_by_name(Purpose.TRAIT, who, when, names)


@pytest.mark.parametrize("names", [NAMED, ALIKE], ids=["names", "nearly alike"])
def test_cards_by_name_know_nothing_of_each_other_over_many_seeds(names: np.ndarray) -> None:
    """Pairs of names, of successive clients, of successive replications and of seeds, and triples of names.

    Of each the chi-squares of all seeds are added up; neither more nor less than chance is allowed.
    """
    found: dict[str, float] = {}
    cells: dict[str, int] = {}

    def count(what: str, parts: int, *cards: np.ndarray) -> None:
        cell = np.zeros(len(cards[0]), dtype=np.int64)
        for one in cards:
            cell = cell * parts + (one * parts).astype(np.int64)
        counts, expected = np.bincount(cell, minlength=parts ** len(cards)), len(cell) / parts ** len(cards)
        found[what] = found.get(what, 0.0) + float(((counts - expected) ** 2 / expected).sum())
        cells[what] = cells.get(what, 0) + parts ** len(cards) - 1

    for seed in range(SEEDS):
        cards, next_one, next_seed = (
            cards_by_name(*key, names) for key in ((seed, 0), (seed, 1), (seed + 1, 0))
        )  # fmt: skip
        for one in range(4):
            count(f"card {one}", 64, cards[:, one])
            count(f"next client {one}", 7, cards[:-1, one], cards[1:, one])
            count(f"next replication {one}", 7, cards[:, one], next_one[:, one])
            count(f"next seed {one}", 7, cards[:, one], next_seed[:, one])
            for other in range(one):
                count(f"pair {one} {other}", 7, cards[:, one], cards[:, other])
                count(f"next client's {one} {other}", 7, cards[:-1, one], cards[1:, other])
        count("triple 0 1 2", 4, cards[:, 0], cards[:, 1], cards[:, 2])
        count("triple 1 2 3", 4, cards[:, 1], cards[:, 2], cards[:, 3])
        count("all four", 3, *cards.T)
    for what, distance in found.items():
        low, high = chi2.ppf(ONE_IN_A_MILLION, cells[what]), chi2.isf(ONE_IN_A_MILLION, cells[what])
        assert low < distance < high, what


@pytest.mark.parametrize("names", [NAMED, ALIKE], ids=["names", "nearly alike"])
def test_cards_by_name_are_uncorrelated_at_every_lag(names: np.ndarray) -> None:
    """Means of products over all clients of many seeds are normal with the variance of independent cards."""
    sums = np.zeros((20, 4, 4))
    for seed in range(SEEDS):
        cards = cards_by_name(seed, 0, names) - 0.5
        for lag in range(20):
            sums[lag] += cards[: CLIENTS - lag].T @ cards[lag:]
    many = SEEDS * (CLIENTS - np.arange(20))[:, np.newaxis, np.newaxis]
    scores = sums / np.sqrt(many / 144.0)
    scores[0][np.diag_indices(4)] = 0.0
    assert np.abs(scores).max() < norm.isf(ONE_IN_A_MILLION / scores.size)
    assert 0.8 < float((scores[1:] ** 2).mean()) < 1.2

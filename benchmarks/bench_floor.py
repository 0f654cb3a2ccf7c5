"""The floor: how long it takes to generate only the random cards that a replication uses, and the whole beside it.

What is used is found by running the reference engine with a deck that notes what is dealt. What it deals in advance for
all is counted only for those who get there: of appointments, for who is given one; of coverage, for who joins the list
or is away first; of leaving, for who is admitted; of absences, visits, lapses and sessions cut short, as far as each
client plays them. Of the workforce and of claims everything counts that the plain path deals. Then a compiled loop
generates these blocks, address by address, and nothing else; and the compiled engine takes turns with it. The goal is a
whole within 3 times the floor.

Run with ``make bench``; ``--long`` takes more, and writes what it prints to ``benchmarks/floor.log`` too.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import patch

import engines
import numpy as np
from numpy.typing import NDArray
from rounds import Contender, Log, contender, in_words, machine, timed

import iopsim
from iopsim.cohort import draw
from iopsim.deck import CARDS, Deck, Purpose
from iopsim.engines.cards import Cards
from iopsim.engines.person import Person
from iopsim.engines.reference import simulate
from iopsim.money import settle
from iopsim.record import NEVER
from iopsim.rulebook import Rulebook

PALMETTO = Path(__file__).parent.parent / "scenarios" / "palmetto.toml"
AS_DEALT = (
    Purpose.REFERRALS,
    Purpose.TRAIT,
    Purpose.DOUBT,
    Purpose.CLAIM,
    Purpose.TENURE,
    Purpose.SICKNESS,
    Purpose.LEAVE,
    Purpose.COVER,
)
PER_APPOINTMENT = 4
F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]
ROOM = 1024
"""Blocks whose cards are kept at a time, as many as a cache holds."""

ADDRESS = 6
"""Words of an address: replication, purpose, who, when, about, episode."""


class NotingDeck(Deck):
    """A deck that notes every address dealt."""

    def __init__(self, seed: int, replication: int) -> None:
        super().__init__(seed, replication)
        self.dealt: set[tuple[int, ...]] = set()

    def deal(
        self, purpose: Purpose | U64, who: U64, when: U64, about: U64 | int = 0, episode: int = 0
    ) -> NDArray[np.float64]:
        """Deal, and note the addresses."""
        columns = (self.replication, purpose, who, when, about, episode)
        rows = np.stack([np.broadcast_to(np.asarray(column, dtype=np.uint64), len(who)) for column in columns], axis=1)
        self.dealt.update(map(tuple, rows.tolist()))
        return super().deal(purpose, who, when, about, episode)

    def deal_by_name(self, purpose: Purpose, who: U64, when: U64, names: U64) -> NDArray[np.float64]:
        """Deal a card for each name, and note the one address for all of them."""
        if len(names):
            self.deal(purpose, who, when)
        return super().deal_by_name(purpose, who, when, names)


def addresses(book: Rulebook, seed: int, replication: int) -> U64:
    """Return the addresses of the blocks that a replication uses; shape (blocks, 6)."""
    played: dict[tuple[int, ...], int] = {}
    plain = Cards.up_to

    def noting(self: Cards, purpose: Purpose, me: Person, place: int) -> list[float]:
        cohort, row = self.cohort_row[me.index]
        whose = (int(purpose), int(cohort.who[row]), int(cohort.when[row]), me.episode)
        played[whose] = max(place, played.get(whose, 0))
        return plain(self, purpose, me, place)

    deck = NotingDeck(seed, replication)
    cohort = draw(book, deck)
    with patch.object(Cards, "up_to", noting):
        record = simulate(book, cohort)
    settle(record, book, cohort)
    found = {address for address in deck.dealt if address[1] in AS_DEALT}
    for (purpose, who, when, episode), place in played.items():
        found |= {(replication, purpose, who, when, block, episode) for block in range(place // CARDS + 1)}
    covered = any(address[1] == Purpose.COVERAGE for address in deck.dealt)
    clients = record.clients
    here = zip(
        cohort.who[clients.first].tolist(),
        cohort.when[clients.first].tolist(),
        clients.episode.tolist(),
        clients.appointments.tolist(),
        ((clients.joined_day != NEVER) | (clients.away_day != NEVER)).tolist(),
        (clients.admitted_day != NEVER).tolist(),
        strict=True,
    )
    for who, when, episode, appointments, joined, admitted in here:
        found.add((replication, Purpose.INTAKE, who, when, 0, episode))
        pages = -(-appointments * PER_APPOINTMENT // CARDS)
        found |= {(replication, Purpose.APPOINTMENT, who, when, page, episode) for page in range(pages)}
        if covered and joined:
            found.add((replication, Purpose.COVERAGE, who, when, 0, episode))
        if admitted:
            found.add((replication, Purpose.LEAVING, who, when, 0, episode))
    return np.array(sorted(found), dtype=np.uint64).reshape(-1, ADDRESS)


def generator() -> Callable[[int, U64, F64, int], None]:
    """Return a compiled function: seed, addresses, room for some blocks of cards used again and again, times."""
    from iopsim.engines.compiled.deck import block, high_card, low_card
    from iopsim.jit import jit

    @jit
    def generate(seed: int, blocks: U64, room: F64, times: int) -> None:
        row = 0
        for _ in range(times):
            for k in range(len(blocks)):
                a = blocks[k]
                words = block(seed, a[0], a[1], a[2], a[3], a[4], a[5])
                for j in range(4):
                    room[row, 2 * j] = low_card(words[j])
                    room[row, 2 * j + 1] = high_card(words[j])
                row = row + 1 if row + 1 < len(room) else 0

    return generate


def as_dealt(seed: int, blocks: U64, cards: F64) -> bool:
    """Return whether these are the cards that the plain deck deals at these addresses."""
    for replication in np.unique(blocks[:, 0]).tolist():
        for episode in np.unique(blocks[:, 5]).tolist():
            some = (blocks[:, 0] == replication) & (blocks[:, 5] == episode)
            a = blocks[some]
            if not np.array_equal(
                Deck(seed, replication).deal(a[:, 1], a[:, 2], a[:, 3], a[:, 4], episode), cards[some]
            ):
                return False
    return True


def main() -> None:
    """Print what a replication uses, and the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--replications", type=int, default=20, help="of which the cards are counted")
    parser.add_argument("--long", action="store_true", help="100 replications, and a log")
    options = parser.parse_args()
    log = Log()
    if not engines.has(engines.DECK):
        log.say("no compiled deck here: nothing to measure")
        return
    log.say(machine("numba", "numpy"))
    point = engines.point_of(iopsim.load(PALMETTO))
    many = 100 if options.long else options.replications
    blocks = np.concatenate([addresses(point.book, point.seed, k) for k in range(many)])
    purposes = Counter(blocks[:, 1].tolist())
    each = ", ".join(f"{Purpose(k).name.lower()} {n / many:.0f}" for k, n in sorted(purposes.items()))
    log.say(f"Palmetto, {point.scenario.weeks} weeks: {len(blocks) / many:.0f} blocks a replication ({each})")
    generate, room, cards = generator(), np.empty((ROOM, CARDS)), np.empty((len(blocks), CARDS))
    generate(point.seed, blocks, cards, 1)
    log.say(f"  all the same as the plain deck deals: {'yes' if as_dealt(point.seed, blocks, cards) else 'NO'}")
    floor = contender(lambda first, last: generate(point.seed, blocks, room, last - first), 0.2)
    contenders: dict[str, Contender] = {"floor": floor}
    if engines.has(engines.COMPILED_WORK):
        contenders["compiled"] = contender(partial(engines.compiled, point), 0.2)
    took = timed(contenders, options.rounds)
    took.took["floor"] = [seconds / many for seconds in took.took["floor"]]
    block_seconds = took.median("floor") * many / len(blocks)
    log.say(
        f"  floor: {in_words(took.median('floor'))} for a replication, {1e9 * block_seconds:.1f} ns for a block of "
        f"{CARDS} cards (medians of {options.rounds} rounds)"
    )
    if "compiled" in contenders:
        log.say(f"  compiled engine, down to the measures: {in_words(took.median('compiled'))}")
        log.say(f"  compiled / floor: {took.told('compiled', 'floor')}")
    if options.long:
        log.keep()


if __name__ == "__main__":
    main()

"""The floor: how long it takes to generate only the random cards that a replication uses, and the whole beside it.

What is used is found by running the reference engine with a deck that notes what is dealt. What it deals in advance for
all is counted only for those who get there: of appointments, for who is given one; of coverage, for who joins the list
or is away first, and of a sliding scale, for who has a claim; of leaving, for who is admitted; of absences, visits,
lapses and sessions cut short, as far as each client plays them; of cover, for the weeks in which it is looked for. Of
claims, tenure, sickness and leave everything counts that the plain path deals. Then a compiled loop
generates these blocks, address by address, and nothing else; and the compiled engine simulates the same replications,
in turn with it. The goal is a whole within 3 times the floor.

Run with ``make bench``; ``--long`` takes 100 replications.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import engines
import numpy as np
from numpy.typing import NDArray
from rounds import Contender, contender, timed
from telling import from_on, goal, in_words, machine, of_rounds, parser, say

import iopsim
from iopsim.cohort import draw
from iopsim.deck import CARDS, Deck, Purpose
from iopsim.engines.cards import Cards
from iopsim.engines.person import Person
from iopsim.engines.reference import simulate
from iopsim.engines.team import Team
from iopsim.experiments.point import Point
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
)
WITHIN = 3
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
    covers: set[tuple[int, int]] = set()
    up_to, looks_for_cover = Cards.up_to, Team._covered  # noqa: SLF001 - the one place where a card of cover is used

    def noting(self: Cards, purpose: Purpose, me: Person, place: int) -> list[float]:
        cohort, row = self.cohort_row[me.index]
        whose = (int(purpose), int(cohort.who[row]), int(cohort.when[row]), me.episode)
        played[whose] = max(place, played.get(whose, 0))
        return up_to(self, purpose, me, place)

    def noting_cover(self: Team, night: int, today: int) -> bool:
        covers.add((int(book.schedule.group_word[book.schedule.night_group[night]]), today // 7))
        return looks_for_cover(self, night, today)

    deck = NotingDeck(seed, replication)
    cohort = draw(book, deck)
    covered = any(address[1] == Purpose.COVERAGE for address in deck.dealt)
    with patch.object(Cards, "up_to", noting), patch.object(Team, "_covered", noting_cover):
        record = simulate(book, cohort)
    ledger = settle(record, book, cohort)
    found = {address for address in deck.dealt if address[1] in AS_DEALT}
    if any(address[1] == Purpose.COVER for address in deck.dealt):
        found |= {(replication, Purpose.COVER, group, week, 0, 0) for group, week in covers}
    for (purpose, who, when, episode), place in played.items():
        found |= {(replication, purpose, who, when, block, episode) for block in range(place // CARDS + 1)}
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
    scale = book.money.scale
    on_scale = ((scale > 0.0) & (scale < 1.0)).any(axis=1)
    billed = np.unique(ledger.claims.client)
    for first in clients.first[billed[on_scale[clients.payer[billed]]]].tolist():
        found.add((replication, Purpose.COVERAGE, int(cohort.who[first]), int(cohort.when[first]), 0, 0))
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


def compared(point: Point, blocks: U64, many: int, rounds: int) -> None:
    """Time the cards alone and the whole of the same replications, and print both."""
    generate, room = generator(), np.empty((ROOM, CARDS))

    def whole(first: int, last: int) -> None:
        for _ in range(first, last):
            engines.compiled(point, 0, many)

    contenders: dict[str, Contender] = {
        "cards": contender(lambda first, last: generate(point.seed, blocks, room, last - first), 0.2)
    }
    if engines.has(engines.COMPILED_WORK):
        contenders["compiled"] = contender(whole, 0.2)
    took = timed(contenders, rounds)
    seconds = took.median("cards")
    say(
        f"  cards: {in_words(seconds / many)} for a replication, {1e9 * seconds / len(blocks):.1f} ns for a block of "
        f"{CARDS} ({of_rounds(rounds)})"
    )
    if "compiled" in contenders:
        say(f"  compiled engine, down to the measures: {in_words(took.median('compiled') / many)}")
        told = took.told("compiled", "cards")
        goal("compiled / cards", told, f"{WITHIN} at most", met=took.ratio("compiled", "cards") <= WITHIN)


def main() -> None:
    """Print what a replication uses, and the times."""
    asked = parser(__doc__, 9, "100 replications")
    asked.add_argument(
        "--replications", type=from_on(1), default=20, help="of which the cards are counted; default: 20"
    )
    options = asked.parse_args()
    if not engines.has(engines.DECK):
        say("no compiled deck here: nothing to measure")
        return
    machine("numba", "numpy")
    point = engines.point_of(iopsim.load(PALMETTO))
    many = 100 if options.long else options.replications
    blocks = np.concatenate([addresses(point.book, point.seed, k) for k in range(many)])
    purposes = Counter(blocks[:, 1].tolist())
    each = ", ".join(f"{Purpose(k).name.lower()} {n / many:.0f}" for k, n in sorted(purposes.items()))
    weeks = point.scenario.weeks
    say(f"Palmetto, {weeks} weeks, {many} replications: {len(blocks) / many:.0f} blocks each ({each})")
    cards = np.empty((len(blocks), CARDS))
    generator()(point.seed, blocks, cards, 1)
    if not as_dealt(point.seed, blocks, cards):
        sys.exit("compiled code does not generate the cards that the plain deck deals")
    say("  all cards are the same as the plain deck deals")
    compared(point, blocks, many, options.rounds)


if __name__ == "__main__":
    main()

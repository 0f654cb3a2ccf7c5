"""The cards of all clients as plain Python lists, by client's index."""

from __future__ import annotations

from typing import Any

import numpy as np

from iopsim.cohort import PAGE_BLOCKS, Cohort, draw_again, federal_class
from iopsim.deck import CARDS, Purpose
from iopsim.engines.person import Person
from iopsim.record import I64
from iopsim.rulebook import Rulebook

PRIORITY, EVERYBODY = 1, 2
"""To whom interim services are offered."""


class Cards:
    """Names as in `iopsim.cohort.Cohort`; later episodes follow the first ones, in the order in which they begin."""

    def __init__(self, book: Rulebook, cohort: Cohort) -> None:
        self.book = book
        self.parts: list[tuple[Cohort, I64]] = []
        self.cohort_row: list[tuple[Cohort, int]] = []
        self.again: dict[int, tuple[Cohort, dict[int, int]]] = {}
        self.lot: list[float] = []
        self.priority: list[int] = []
        self.start_phase: list[int] = []
        self.call: list[float] = []
        self.kept: list[float] = []
        self.show: list[float] = []
        self.rebook: list[float] = []
        self.client_delay: list[int] = []
        self.show_ratio: list[float] = []
        self.placement: list[float] = []
        self.placement_ratio: list[float] = []
        self.away_days: list[list[int]] = []
        self.comes_back: list[list[bool]] = []
        self.payer: list[int] = []
        self.ready_delay: list[int] = []
        self.authorization: list[int] = []
        self.denied: list[bool] = []
        self.orientations_missed: list[int] = []
        self.interim: list[bool] = []
        self.patience: list[float] = []
        self.renege_ratio: list[float] = []
        self.attendance_ratio: list[float] = []
        self.dropout_ratio: list[float] = []
        self.lapse_ratio: list[float] = []
        self.dropout: list[float] = []
        self.transfer_week: list[int] = []
        self.incarceration_week: list[int] = []
        self.death_week: list[int] = []
        self.other_week: list[int] = []
        self.covered_sessions: list[int] = []
        self.coverage_loss_week: list[int] = []
        self.relapse: list[float] = []
        self.returns: list[bool] = []
        self.return_delay: list[int] = []
        self.traits: list[int] = []
        self.pages: dict[Purpose, dict[int, list[float]]] = {}
        self._add(cohort, np.arange(len(cohort)))
        self.likely = np.flatnonzero(cohort.placement < book.intake.placement[2])

    def card(self, purpose: Purpose, me: Person, place: int) -> float:
        """Return a card that clients play one after the other."""
        return self.up_to(purpose, me, place)[place]

    def up_to(self, purpose: Purpose, me: Person, place: int) -> list[float]:
        """Return a client's cards up to a place and more; the first page is dealt for all who may need it."""
        mine = self.pages.get(purpose)
        if mine is None:
            cohort = self.parts[0][0]
            dealt = cohort.page(purpose, self.likely, 0).tolist()
            mine = self.pages[purpose] = dict(zip(self.likely.tolist(), dealt, strict=True))
        cards = mine.get(me.index)
        if cards is None:
            cards = mine[me.index] = []
        while place >= len(cards):
            cohort, row = self.cohort_row[me.index]
            page = len(cards) // PAGE_CARDS[purpose]
            cards += cohort.page(purpose, np.array([row]), page)[0].tolist()
        return cards

    def comes_again(self, me: Person) -> int:
        """Deal the cards of a client's next episode, and return their index.

        The cards of all who may come back in an episode are dealt together, the first time that somebody does.
        """
        episode = me.episode + 1
        cohort, row = self.cohort_row[me.index]
        if episode not in self.again:
            rows = np.flatnonzero(cohort.returns)
            again = draw_again(self.book, cohort, rows)
            self.again[episode] = again, {old: new for new, old in enumerate(rows.tolist())}
        again, new_row = self.again[episode]
        self._add(again, np.array([new_row[row]]))
        return len(self.lot) - 1

    def facts(self) -> dict[str, I64]:
        """Return what the client table takes from the cohorts: source, ordinal, payer and traits, by index."""
        return {
            name: np.concatenate([getattr(cohort, name)[rows] for cohort, rows in self.parts])
            for name in ("source", "ordinal", "payer", "traits")
        }

    def _add(self, cohort: Cohort, rows: I64) -> None:
        """Add some rows of a cohort."""
        book = self.book
        self.parts.append((cohort, rows))
        whole = len(rows) == len(cohort)

        def plain(column: np.ndarray[Any, np.dtype[Any]]) -> list[Any]:
            values: list[Any] = (column if whole else column[rows]).tolist()
            return values

        self.cohort_row += [(cohort, row) for row in rows.tolist()]
        for name in COLUMNS:
            getattr(self, name).extend(plain(getattr(cohort, name)))
        for name in BY_ATTEMPT:
            column = getattr(cohort, name)
            getattr(self, name).extend((column if whole else column[rows]).ravel().tolist())
        offered = book.intake.interim
        if offered == PRIORITY:
            self.interim += plain(federal_class(book, cohort.traits) < 3)
        else:
            self.interim += [offered == EVERYBODY] * len(rows)


COLUMNS = (
    "lot", "priority", "start_phase", "call", "kept", "show_ratio", "placement", "placement_ratio", "away_days",
    "comes_back", "payer", "ready_delay", "authorization", "denied", "orientations_missed", "patience", "renege_ratio",
    "attendance_ratio", "dropout_ratio", "lapse_ratio", "dropout", "transfer_week", "incarceration_week",
    "death_week", "other_week", "covered_sessions", "coverage_loss_week", "relapse", "returns", "return_delay",
    "traits",
)  # fmt: skip
BY_ATTEMPT = ("show", "rebook", "client_delay")
PAGE_CARDS = {purpose: CARDS * blocks for purpose, blocks in PAGE_BLOCKS.items()}

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
        self.again: dict[int, tuple[Cohort, dict[int, int], dict[str, list[Any]]]] = {}
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
        self.attendance_ratio_by_video: list[float] = []
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
        self.pages: dict[tuple[Purpose, int], dict[int, list[float]]] = {}
        """By purpose and episode, then row of that episode's cohort."""
        self.parts.append((cohort, np.arange(len(cohort))))
        self.cohort_row += [(cohort, row) for row in range(len(cohort))]
        for name, values in self._plain(cohort).items():
            getattr(self, name).extend(values)
        for name in BY_ATTEMPT:
            getattr(self, name).extend(getattr(cohort, name).ravel().tolist())

    def card(self, purpose: Purpose, me: Person, place: int) -> float:
        """Return a card that clients play one after the other."""
        return self.up_to(purpose, me, place)[place]

    def up_to(self, purpose: Purpose, me: Person, place: int) -> list[float]:
        """Return a client's cards up to a place and more; the first page is dealt for all who may need it."""
        cohort, row = self.cohort_row[me.index]
        mine = self.pages.get((purpose, me.episode))
        if mine is None:
            likely = np.flatnonzero(cohort.placement < self.book.intake.placement[2])
            dealt = cohort.page(purpose, likely, 0).tolist()
            mine = self.pages[purpose, me.episode] = dict(zip(likely.tolist(), dealt, strict=True))
        cards = mine.get(row)
        if cards is None:
            cards = mine[row] = []
        while place >= len(cards):
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
            self.again[episode] = again, {old: new for new, old in enumerate(rows.tolist())}, self._plain(again)
        again, new_row, columns = self.again[episode]
        new = new_row[row]
        self.parts.append((again, np.array([new])))
        self.cohort_row.append((again, new))
        for name, values in columns.items():
            getattr(self, name).append(values[new])
        for name in BY_ATTEMPT:
            getattr(self, name).extend(getattr(again, name)[new].tolist())
        return len(self.lot) - 1

    def facts(self) -> dict[str, I64]:
        """Return what the client table takes from the cohorts: source, ordinal, payer and traits, by index."""
        return {
            name: np.concatenate([getattr(cohort, name)[rows] for cohort, rows in self.parts])
            for name in ("source", "ordinal", "payer", "traits")
        }

    def _plain(self, cohort: Cohort) -> dict[str, list[Any]]:
        """Return the columns of a cohort as lists, but for those by attempt."""
        columns = {name: getattr(cohort, name).tolist() for name in COLUMNS}
        offered = self.book.intake.interim
        first = (federal_class(self.book, cohort.traits) < 3).tolist()
        columns["interim"] = first if offered == PRIORITY else [offered == EVERYBODY] * len(cohort)
        return columns


COLUMNS = (
    "lot", "priority", "start_phase", "call", "kept", "show_ratio", "placement", "placement_ratio", "away_days",
    "comes_back", "payer", "ready_delay", "authorization", "denied", "orientations_missed", "patience", "renege_ratio",
    "attendance_ratio", "attendance_ratio_by_video", "dropout_ratio", "lapse_ratio", "dropout", "transfer_week",
    "incarceration_week", "death_week", "other_week", "covered_sessions", "coverage_loss_week", "relapse", "returns",
    "return_delay", "traits",
)  # fmt: skip
BY_ATTEMPT = ("show", "rebook", "client_delay")
PAGE_CARDS = {purpose: CARDS * blocks for purpose, blocks in PAGE_BLOCKS.items()}

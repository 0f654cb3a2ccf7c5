"""Hands: the cards that each row of the client table plays, those of later episodes included.

The engine deals a later episode when it begins. As a card's address knows nothing of that, the same cards can be
dealt again afterwards, for whoever wants to know why a decision fell as it did.
"""

from __future__ import annotations

import numpy as np

from iopsim.cohort import Cohort, draw_again
from iopsim.record import NEVER, Record
from iopsim.rulebook import Rulebook


class Hands:
    """For each client episode of a record, the cohort that holds its cards, and the row there.

    Parameters
    ----------
    book : Rulebook
    cohort : Cohort
        With which the record was simulated.
    record : Record
    """

    def __init__(self, book: Rulebook, cohort: Cohort, record: Record) -> None:
        self.book = book
        self.cohorts = [cohort]
        self.row = np.arange(len(record.clients))
        self.episode = record.clients.episode
        first = record.clients.first
        for episode in range(1, int(self.episode.max(initial=0)) + 1):
            before = np.full(len(cohort), NEVER)
            now, then = (np.flatnonzero(self.episode == number) for number in (episode, episode - 1))
            before[first[then]] = self.row[then]
            self.cohorts.append(draw_again(book, self.cohorts[-1], before[first[now]]))
            self.row[now] = np.arange(len(now))

    def of(self, client: int) -> tuple[Cohort, int]:
        """Return where a client episode's cards are."""
        return self.cohorts[int(self.episode[client])], int(self.row[client])

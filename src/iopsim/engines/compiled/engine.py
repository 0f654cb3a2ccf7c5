"""The compiled engine: one replication after the other of a plan, the same buffers used again for each."""

from __future__ import annotations

import numpy as np

from iopsim.engines.compiled.clinic import play
from iopsim.engines.compiled.rows import KINDS, ROW, record_of
from iopsim.engines.compiled.state import clinic_of
from iopsim.jit import Lent, Rows, Struct, jit, struct, struct_of
from iopsim.record import Record
from iopsim.rulebook import Rulebook


@jit
def replicate(clinic: Struct, rows: Struct, seed: int, replication: int) -> None:
    """Play a replication, and have `rows` be what happened.

    Parameters
    ----------
    clinic : struct that is lent
        From `iopsim.engines.compiled.state.clinic_of`.
    rows : struct that is lent
        From `no_rows`; its tables are good until the next replication.
    seed, replication : uint64
    """
    clinic.seed, clinic.replication = seed, replication
    play(clinic)
    rows.clients = clinic.people[: clinic.n_people]
    rows.appointments = clinic.appointments[: clinic.n_appointments]
    rows.nights = clinic.nights[: clinic.n_nights]
    rows.intake = clinic.intake[: clinic.n_intake]
    rows.sessions = clinic.sessions[: clinic.n_sessions]
    rows.moves = clinic.moves[: clinic.n_moves]
    rows.lapses = clinic.lapses[: clinic.n_lapses]
    rows.counselors = clinic.counselors[: clinic.n_counselors]
    rows.posts = clinic.posts[: clinic.n_posts]
    rows.visits = clinic.visits[: clinic.n_visits]
    rows.staff = clinic.staff


@jit
def _tables(rows: Struct) -> tuple[Rows, ...]:
    """Return the tables, in the order of the Record."""
    return (
        rows.clients,
        rows.appointments,
        rows.nights,
        rows.intake,
        rows.sessions,
        rows.moves,
        rows.lapses,
        rows.counselors,
        rows.posts,
        rows.visits,
        rows.staff,
    )


def no_rows(book: Rulebook) -> Struct:
    """Return a Record as a struct in which nothing has happened."""
    return struct(days=book.days, **{name: np.zeros(0, ROW[name]) for name in KINDS})


class Engine:
    """The compiled engine for one rulebook.

    Life cycle: made with the rulebook; `record` plays one replication after the other, in any order.

    Parameters
    ----------
    rulebook : Rulebook
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.book = struct_of(rulebook)
        self.clinic, self.rows = Lent(clinic_of(rulebook, self.book)), Lent(no_rows(rulebook))

    def record(self, seed: int, replication: int) -> Record:
        """Simulate one replication: the Record of `iopsim.engines.reference.simulate`, with a cohort drawn as there.

        Parameters
        ----------
        seed, replication : int
            0 <= number < 2**64.
        """
        replicate(self.clinic, self.rows, np.uint64(seed), np.uint64(replication))
        return record_of(self.rulebook.days, dict(zip(ROW, _tables(self.rows.struct), strict=True)))

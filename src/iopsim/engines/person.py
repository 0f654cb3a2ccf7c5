"""What a client of the reference engine carries along: own cards, own history, nothing shared."""

from __future__ import annotations

import simpy

from iopsim.cohort import Cohort
from iopsim.record import NEVER, Exit
from iopsim.rulebook import Rulebook


class Bell(simpy.Event):
    """An event that someone else rings, now or after a delay; SimPy's own can only succeed at once."""

    def ring(self, delay: float, news: object) -> None:
        """Ring after `delay`, with some news; once only."""
        self._ok = True
        self._value = news
        self.env.schedule(self, delay=delay)


class Person:
    """One client's history; the values below are those of a client to whom nothing has happened yet.

    `bell` is the event for which the client's process waits.
    """

    index: int
    source: int
    day: int
    priority: int
    lot: float
    phase: int
    bell: Bell

    exit = int(Exit.AWAITING_ASSESSMENT)
    exit_day = NEVER
    appointments = 0
    booked_day = NEVER
    assessed_day = NEVER
    joined_day = NEVER
    ready_day = NEVER
    place_in_line: tuple[int, int, float, int]
    admitted_day = NEVER
    group = NEVER
    nights: tuple[int, ...] = ()
    weeks = 0
    phase_day = NEVER
    """Day of admission or of the move to the present phase."""
    dropout_hazard = 0.0
    moving = False
    due_day = NEVER

    chance_to_come = 1.0
    """Probability of coming to a session, for one who came to the last."""
    absence_goes_on = 0.0
    """Probability that a run of absences goes on by one more session."""
    presence = 1.0
    """Probability of having come to every session since the last run of absences."""
    gap = 1.0
    """Card: the next run of absences begins when `presence` has fallen to it."""
    absence_runs = 0
    absences_left = 0
    excusing = False
    returning = False
    run_unexcused = 0
    unexcused_days: tuple[int, ...] = ()
    rule_broken = False

    def __init__(self, index: int, source: int, day: int, priority: int, phase: int, lot: float) -> None:
        self.index = index
        self.source = source
        self.day = day
        self.priority = priority
        self.phase = phase
        self.lot = lot

    def begins_treatment(self, today: int, presence: float, chance_to_come: float, absence_goes_on: float) -> None:
        """Begin the history of treatment; what is looked up every night is kept in the instance, which is faster."""
        self.phase_day = today
        self.presence, self.chance_to_come, self.absence_goes_on = presence, chance_to_come, absence_goes_on
        self.weeks = 0
        self.dropout_hazard = 0.0
        self.absences_left = self.absence_runs = self.run_unexcused = 0
        self.returning = self.excusing = self.rule_broken = self.moving = False

    def ends(self, place: int, day: int = NEVER) -> None:
        """Note where the client is, and since when if that is final."""
        self.exit = int(place)
        self.exit_day = day


class Cards:
    """The cards of all clients as plain Python lists, by client's index; names as in `iopsim.cohort.Cohort`."""

    def __init__(self, cohort: Cohort) -> None:
        self.show: list[float] = cohort.show.ravel().tolist()
        self.rebook: list[float] = cohort.rebook.ravel().tolist()
        self.client_delay: list[int] = cohort.client_delay.ravel().tolist()
        self.show_ratio: list[float] = cohort.show_ratio.tolist()
        self.placement: list[float] = cohort.placement.tolist()
        self.ready_delay: list[int] = cohort.ready_delay.tolist()
        self.patience: list[float] = cohort.patience.tolist()
        self.renege_ratio: list[float] = cohort.renege_ratio.tolist()
        self.attendance_ratio: list[float] = cohort.attendance_ratio.tolist()
        self.dropout_ratio: list[float] = cohort.dropout_ratio.tolist()
        self.dropout: list[float] = cohort.dropout.tolist()
        self.transfer_week: list[int] = cohort.transfer_week.tolist()
        self.incarceration_week: list[int] = cohort.incarceration_week.tolist()
        self.death_week: list[int] = cohort.death_week.tolist()
        self.other_week: list[int] = cohort.other_week.tolist()


def people_of(book: Rulebook, cohort: Cohort) -> list[Person]:
    """Return the clients of a cohort, in its order."""
    columns = (
        range(len(cohort)),
        cohort.source.tolist(),
        cohort.day.tolist(),
        book.source_priority[cohort.source].tolist(),
        book.source_phase[cohort.source].tolist(),
        cohort.lot.tolist(),
    )
    return [Person(*row) for row in zip(*columns, strict=True)]

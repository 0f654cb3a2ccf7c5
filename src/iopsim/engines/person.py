"""What a client of the reference engine carries along: own history, nothing shared."""

from __future__ import annotations

import simpy

from iopsim.record import NEVER, Exit
from iopsim.rulebook.treatment import Fact


class Bell(simpy.Event):
    """An event that someone else rings; SimPy's own can only succeed without news of when."""

    def ring(self, news: object) -> None:
        """Ring now, with some news; once only."""
        self._ok = True
        self._value = news
        self.env.schedule(self)


class Person:
    """One client's history; the values below are those of a client to whom nothing has happened yet.

    `bell` is the event for which the client's process waits.
    """

    index: int
    """Row of the cards, and of the client table."""
    first: int
    """Index of the client's first episode."""
    episode: int
    source: int
    day: int
    """Day of the call."""
    priority: int
    lot: float
    entry_phase: int
    phase: int
    bell: Bell

    exit = int(Exit.AWAITING_ASSESSMENT)
    exit_day = NEVER
    appointments = 0
    appointment: list[int]
    """The row of the last appointment."""
    asking = False
    """Has called, and has no appointment yet."""
    booked_day = NEVER
    came_day = NEVER
    assessed_day = NEVER
    placement = NEVER
    away_day = NEVER
    joined_day = NEVER
    ready_day = NEVER
    denied = False
    place_in_line: tuple[int, int, float, int]
    admitted_day = NEVER
    group = NEVER
    nights: tuple[int, ...] = ()
    post = NEVER
    """The counselor's post."""
    has_had_counselor = False
    counselor_changes = 0
    weeks = 0
    """Weeks of treatment reviewed."""
    reviews = 0
    """The same, since the opening."""
    may_move_day = NEVER
    """First day on which the present phase may be over."""
    covered = False
    """Whether the end of coverage would end treatment."""
    contract_day = 0
    """Day on which the payer's contract starts."""
    phase_day = NEVER
    """Day of admission or of the move to the present phase."""
    wanted = NEVER
    """Phase that the client is due to enter."""
    due_day = NEVER
    facts: list[int]
    """By `iopsim.rulebook.treatment.Fact`."""
    dropout_ratio = 1.0
    dropout_hazard = 0.0
    lapses = 0
    lapse_hazard = 0.0
    next_lapse = 0.0
    lapse_week = 0
    relapse_day = NEVER
    return_day = NEVER

    missed: dict[int, float]
    """Share of sessions missed on each of the client's nights."""
    missed_last = 0.0
    """Share of such clients' sessions missed on the night of the last session."""
    absence_goes_on = 0.0
    """Probability that a run of absences goes on by one more session."""
    fresh = True
    """No session yet."""
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
    scheduled = 0
    came = 0
    billable = 0
    """Sessions under contract to which the client came, guest nights included, those cut short not."""
    wholeness = 1.0
    """Probability that no session since the last cut short was cut short."""
    short_card = NEVER * 1.0
    shorts = 0
    history: list[tuple[int, int]]
    """Sessions scheduled and attended up to each weekly review."""
    visits = 0
    last_individual = NEVER

    def __init__(
        self, index: int, source: int, day: int, priority: int, phase: int, lot: float, first: int, episode: int
    ) -> None:
        self.index = index
        self.source = source
        self.day = day
        self.priority = priority
        self.entry_phase = self.phase = phase
        self.lot = lot
        self.first = first
        self.episode = episode

    def begins_treatment(self, today: int, waited: int) -> None:
        """Begin the history of treatment; what is looked up every night is kept in the instance, which is faster."""
        self.phase_day = today
        self.facts = [0] * len(Fact)
        self.facts[Fact.PHASE] = self.phase
        self.facts[Fact.WEEKS_WAITED] = waited
        self.history = []
        self.weeks = self.reviews = self.scheduled = self.came = self.billable = 0
        self.dropout_hazard = 0.0
        self.absences_left = self.absence_runs = self.run_unexcused = 0
        self.fresh = True
        self.returning = self.excusing = self.rule_broken = False

    def ends(self, place: int, day: int = NEVER) -> None:
        """Note where the client is, and since when if that is final."""
        self.exit = int(place)
        self.exit_day = day

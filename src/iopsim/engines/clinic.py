"""The clinic of one replication: what clients share, who acts in which phase of a day, and what is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator
from typing import Any

import simpy

from iopsim.clock import Phase
from iopsim.cohort import Cohort
from iopsim.engines.agenda import Agenda
from iopsim.engines.cards import Cards
from iopsim.engines.diary import Diary
from iopsim.engines.facts import record_of
from iopsim.engines.line import Line
from iopsim.engines.office import Office
from iopsim.engines.person import Person
from iopsim.engines.program import Program, Review, Session
from iopsim.engines.seats import Seats
from iopsim.engines.tables import tables
from iopsim.engines.team import Team
from iopsim.record import NEVER, Exit, Record
from iopsim.rulebook import Rulebook
from iopsim.rules.placement import WITHDRAWAL
from iopsim.rules.relapse import NOT_KNOWN, call_day, relapse_days

Story = Callable[["Clinic", Person], Generator[simpy.Event, Any, None]]
Comes = Callable[["Clinic", Person, int], bool]

RETURNS, REFERRALS, SESSIONS = int(Phase.RETURNS), int(Phase.REFERRALS), int(Phase.SESSIONS)


class Clinic:
    """The shared state of one replication, in the hands of the diary, the line, the program and the team.

    Life cycle: made with the cohort; `run` plays every phase that has something to do, in order of time; `record`
    returns what happened. Between phases nobody changes shared state.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        cohort: Cohort,
        env: simpy.Environment,
        story: Story,
        here_already: Story,
        comes: Comes,
        review: Review,
        session: Session,
    ) -> None:
        self.rulebook = rulebook
        self.cohort = cohort
        self.story = story
        self.here_already = here_already
        self.book = tables(rulebook)
        self.cards = Cards(rulebook, cohort)
        self.agenda = Agenda(env, self.book.days)
        self.seats = Seats(self.book, self.cards.traits)
        self.diary = Diary(self, comes)
        self.line = Line(self)
        self.program = Program(self, review, session)
        self.team = Team(self, rulebook)
        self.office = Office(self)
        self.agenda.acts(
            {
                Phase.STAFF: self.team.staff,
                Phase.RETURNS: self.returns,
                Phase.REFERRALS: self.referrals,
                Phase.BOOKING: self.diary.booking,
                Phase.RENEGING: self.line.reneging,
                Phase.ASSESSMENTS: self.diary.assessments,
                Phase.REVIEW: self.program.weekly_review,
                Phase.DISCHARGES: self.program.discharges,
                Phase.STEP_DOWNS: self.program.step_downs,
                Phase.ADMISSIONS: self.line.admissions,
                Phase.SESSIONS: self.program.sessions,
                Phase.WEEK_END: self.office.week_end,
            }
        )
        self.people = [
            self._person(index, source, day, index, 0)
            for index, (source, day) in enumerate(zip(cohort.source.tolist(), cohort.day.tolist(), strict=True))
        ]
        self.arrivals: defaultdict[int, list[Person]] = defaultdict(list)
        for me in self.people:
            if me.day != NEVER:
                self.arrivals[me.day].append(me)
        self.coming_back: defaultdict[int, list[Person]] = defaultdict(list)
        self.calling_again: defaultdict[int, list[Person]] = defaultdict(list)

    def run(self) -> None:
        """Play every phase that has something to do, from the opening to the end of the run."""
        self.team.opens()
        self.present()
        self.agenda.call_all(REFERRALS, self.arrivals)
        self.agenda.call_all(SESSIONS, self.book.session_days)
        self.office.opens()
        self.agenda.run()

    def _person(self, index: int, source: int, day: int, first: int, episode: int) -> Person:
        cards = self.cards
        return Person(
            index, source, day, cards.priority[index], cards.start_phase[index], cards.lot[index], first, episode
        )

    def present(self) -> None:
        """Seat who is here at the opening; their stories begin where they are."""
        here = self.rulebook.present
        rows = zip(
            *(column.tolist() for column in (here.in_program, here.group, here.days, here.phase_days)), strict=True
        )
        for me, (inside, group, days, phase_days) in zip(self.people, rows, strict=False):
            if inside:
                self.program.was_admitted(me, group, days, phase_days)
            else:
                self.line.waits_already(me, days)
            self.agenda.env.process(self.here_already(self, me))

    # What clients ask, beside what they ask of the line and the program.

    def asks_for_assessment(self, me: Person) -> simpy.Event:
        """Ask for an appointment; rings with whether the client is assessed in the end."""
        self.diary.asks(me, self.agenda.today)
        return self.agenda.bell(me)

    def asks_for_seat(self, me: Person) -> simpy.Event:
        """Ask for a place in the program; rings with whether there is one."""
        return self.line.joins(me, self.agenda.today)

    def goes_away_first(self, me: Person, placement: int) -> simpy.Event:
        """Go to withdrawal management or residential treatment first; rings on the day of coming back."""
        detour = placement - WITHDRAWAL
        me.ends(Exit.AWAY_FIRST)
        me.away_day = self.agenda.today
        me.priority += self.book.back_priority[detour] - me.priority % 10  # the federal class is a client's own
        if self.book.back_phase[detour] >= 0:
            me.entry_phase = me.phase = self.book.back_phase[detour]
        back = self.agenda.today + max(1, self.cards.away_days[me.index][detour])
        if back < self.book.days:
            self.coming_back[back].append(me)
            self.agenda.call(RETURNS, back)
        return self.agenda.bell(me)

    def goes_home(self, me: Person) -> None:
        """Leave treatment, to relapse or not, and perhaps to call again."""
        book, cards, who = self.book, self.cards, me.index
        days = relapse_days(
            me.exit,
            me.exit_day - me.admitted_day,
            cards.relapse[who],
            book.completed_ratio,
            book.short_stay_ratio,
            book.short_stay_days,
        )
        if days == NOT_KNOWN:
            return
        me.relapse_day = me.exit_day + days
        if cards.returns[who] and me.episode + 1 < book.episodes:
            day = call_day(me.relapse_day, cards.return_delay[who], me.exit, me.exit_day, book.lockout_days)
            day = max(day, me.exit_day + 1)
            if day < book.days:
                me.return_day = day
                self.calling_again[day].append(me)
                self.agenda.call(RETURNS, day)

    # What the phases of a day do, beside what diary, line, program and team do.

    def returns(self, today: int) -> None:
        """Clients come back: from elsewhere to the waitlist, or after a relapse to the front door."""
        for me in sorted(self.coming_back.pop(today, []), key=lambda me: me.index):
            me.bell.ring(True)
        for me in sorted(self.calling_again.pop(today, []), key=lambda me: me.first):
            index = self.cards.comes_again(me)
            again = self._person(index, me.source, today, me.first, me.episode + 1)
            self.people.append(again)
            self.arrivals[today].append(again)
            self.agenda.call(REFERRALS, today)

    def referrals(self, today: int) -> None:
        """Clients are referred, or call again, and their stories begin."""
        for me in self.arrivals.pop(today):
            self.agenda.env.process(self.story(self, me))

    def record(self) -> Record:
        """Return what happened, every table in its canonical order, and forget it."""
        record = record_of(self)
        for part in (self.agenda, self.diary, self.line, self.program, self.team, self.office, self):
            vars(part).clear()  # else stories cut short by the run's end, which know the clinic, would keep all alive
        return record

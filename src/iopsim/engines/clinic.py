"""What clients share - diary, waitlist, seats, caseload - and the phases of a day that change it."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from iopsim.clock import PHASES_PER_DAY, Phase
from iopsim.cohort import PAGE, PER_DECISION, Cohort
from iopsim.engines.facts import client_facts, rows
from iopsim.engines.person import Bell, Cards, Person, people_of
from iopsim.engines.tables import tables
from iopsim.record import NEVER, AppointmentFacts, Exit, IntakeFacts, MoveFacts, NightFacts, Record, SessionFacts
from iopsim.rulebook import UNLIMITED, Rulebook
from iopsim.rules.admission import room, roomiest_night
from iopsim.rules.waitlist import balks, patience_days

Story = Callable[["Clinic", Person], Generator[simpy.Event, Any, None]]
Session = Callable[["Clinic", Person, int], int]


class Clinic:
    """The shared state of one replication.

    Life cycle: made with the cohort; `run` plays every phase that has something to do, in order of time; `record`
    returns what happened. Between phases nobody changes shared state.
    """

    def __init__(
        self, rulebook: Rulebook, cohort: Cohort, env: simpy.Environment, story: Story, session: Session
    ) -> None:
        self.env = env
        self.story = story
        self.session = session
        self.cohort = cohort
        self.book = book = tables(rulebook)
        self.slots = book.slots.copy()
        self.free = book.seats.copy()

        self.people = people_of(rulebook, cohort)
        self.cards = Cards(cohort)
        self.arrivals: defaultdict[int, list[Person]] = defaultdict(list)
        for me in self.people:
            self.arrivals[me.day].append(me)

        self.called: set[int] = set()
        self.act = {
            Phase.REFERRALS: self.referrals,
            Phase.BOOKING: self.booking,
            Phase.RENEGING: self.reneging,
            Phase.DISCHARGES: self.discharges,
            Phase.STEP_DOWNS: self.step_downs,
            Phase.ADMISSIONS: self.admissions,
            Phase.SESSIONS: self.sessions,
        }
        self.callers: list[Person] = []
        self.first_free_day = 0
        self.joining: list[Person] = []
        self.waitlist: list[tuple[tuple[int, int, float, int], Person]] = []
        self.losing_patience: defaultdict[int, list[Person]] = defaultdict(list)
        self.leavers: list[Person] = []
        self.movers: list[Person] = []
        self.roster: list[list[Person]] = [[] for _ in self.free]
        self.census = 0
        self.full_phases: set[int] = set()
        likely = np.flatnonzero(cohort.placement < book.placement[0])
        self.absence_cards: dict[int, list[float]] = dict(
            zip(likely.tolist(), cohort.absences(likely, 0).tolist(), strict=True)
        )

        self.session_rows: list[int] = []
        self.move_rows: list[int] = []
        self.appointment_rows: list[int] = []
        self.night_rows: list[int] = []
        self.intake_rows: list[int] = []

    @property
    def today(self) -> int:
        """Day since opening."""
        return self.env.now // PHASES_PER_DAY  # type: ignore[return-value]

    # What clients ask.

    def asks_for_appointment(self, me: Person) -> simpy.Event:
        """Call for an assessment; rings at the hour of the appointment, with the days since it was booked.

        A first call is booked the same day, a call after a missed appointment the day after.
        """
        self.callers.append(me)
        self._call(Phase.BOOKING, self.today if me.appointments == 0 else self.today + 1)
        return self._bell(me)

    def asks_for_seat(self, me: Person) -> simpy.Event:
        """Ask for a place in the program; rings with IN_TREATMENT, BALKED or RENEGED."""
        me.ends(Exit.WAITING)
        me.joined_day = self.today
        me.ready_day = self.today + self.cards.ready_delay[me.index]
        self.joining.append(me)
        self._call(Phase.ADMISSIONS, self.today)
        return self._bell(me)

    def week_of_sessions(self) -> simpy.Event:
        """Come for another seven days; rings at the review."""
        return self.env.timeout(7 * PHASES_PER_DAY + Phase.REVIEW - self.env.now % PHASES_PER_DAY)

    def asks_to_move(self, me: Person) -> None:
        """Ask for seats in the next phase, unless already asked."""
        if me.moving:
            return
        me.moving = True
        me.due_day = self.today
        self.movers.append(me)
        self._call(Phase.STEP_DOWNS, self.today)

    def asks_to_leave(self, me: Person, reason: int) -> None:
        """Leave the program; the seats are free from today's discharges on."""
        me.ends(reason, self.today)
        self.leavers.append(me)
        self._call(Phase.DISCHARGES, self.today)

    def absence_card(self, me: Person, card: int) -> float:
        """Return a card of the client's next run of absences."""
        mine = self.absence_cards[me.index]
        place = me.absence_runs * PER_DECISION + card
        while place >= len(mine):
            page = len(mine) // (PAGE * PER_DECISION)
            mine += self.cohort.absences(np.array([me.index]), page)[0].tolist()
        return mine[place]

    # What the phases of a day do.

    def run(self) -> None:
        """Play every phase that has something to do, from the opening to the end of the run."""
        for day in self.arrivals:
            self._call(Phase.REFERRALS, day)
        for day, nights in enumerate(self.book.tonight):
            if nights:
                self._call(Phase.SESSIONS, day)
        self.env.run(until=self.book.days * PHASES_PER_DAY)

    def referrals(self, _: simpy.Event) -> None:
        """Clients are referred; each begins a story."""
        for me in self.arrivals.pop(self.today):
            self.env.process(self.story(self, me))

    def booking(self, _: simpy.Event) -> None:
        """Each caller gets the first free slot that suits, in order of (priority, referral day, lot, client)."""
        today, last = self.today, self.book.days
        callers, self.callers = self.callers, []
        while self.first_free_day < last and self.slots[self.first_free_day] == 0:
            self.first_free_day += 1
        for me in sorted(callers, key=lambda me: (me.priority, me.day, me.lot, me.index)):
            lead = max(self.cards.client_delay[me.index * self.book.attempts + me.appointments], self.book.first_lead)
            wanted = self.book.next_assessment_day[min(today + lead, last)]
            day = max(wanted, self.first_free_day)
            while day < last and self.slots[day] == 0:
                day += 1
            self.appointment_rows += (me.index, me.appointments, today, wanted, day)
            me.appointments += 1
            me.booked_day = today
            if day < last:
                self.slots[day] -= 1
                me.bell.ring(self._until(day, Phase.ASSESSMENTS), day - today)

    def reneging(self, _: simpy.Event) -> None:
        """Those whose patience ends today leave the waitlist."""
        for me in self.losing_patience.pop(self.today):
            if me.exit == Exit.WAITING:
                self.waitlist.remove((me.place_in_line, me))
                self._answer(me, Exit.RENEGED)

    def discharges(self, _: simpy.Event) -> None:
        """Leavers give up their seats."""
        leavers, self.leavers = self.leavers, []
        for me in leavers:
            if me.moving:
                self.movers.remove(me)
            self._discharge(me)

    def step_downs(self, _: simpy.Event) -> None:
        """Those due to move take seats of their next phase, in order of (day due, lot, client), if there are any."""
        today = self.today
        movers, self.movers = sorted(self.movers, key=lambda me: (me.due_day, me.lot, me.index)), []
        for me in movers:
            self._release(me)
            group = self._group_with_room(me.phase + 1, today)
            if group != NEVER:
                me.phase += 1
                me.weeks_in_phase = 0
                me.moving = False
                self._seat(me, group)
                self.move_rows += (me.index, me.phase, me.due_day, today)
            elif self.book.phase_waits[me.phase + 1]:
                self._take(me, me.nights)
                self.movers.append(me)
                self._call(Phase.STEP_DOWNS, today + 1)
            else:
                self._take(me, me.nights)
                me.ends(Exit.OTHER, today)
                self._discharge(me)

    def admissions(self, _: simpy.Event) -> None:
        """Who is ready starts, in order of (priority, day of joining, lot, client), as far as there is room."""
        today = self.today
        joining, self.joining = self.joining, []
        for me in joining:
            me.place_in_line = (me.priority, me.joined_day, me.lot, me.index)
            insort(self.waitlist, (me.place_in_line, me))
        if self.book.next_admission_day[today] == today:
            self._admit_from_waitlist(today)
        for me in sorted(joining, key=lambda me: me.place_in_line, reverse=True):
            if me.exit == Exit.WAITING and balks(len(self.waitlist), self.book.waitlist_limit):
                self.waitlist.remove((me.place_in_line, me))
                self._answer(me, Exit.BALKED)
        for me in joining:
            if me.exit == Exit.WAITING:
                days = self._patience(me)
                if today + days < self.book.days:
                    self.losing_patience[today + days].append(me)
                    self._call(Phase.RENEGING, today + days)
        if self.waitlist:
            self._call(Phase.ADMISSIONS, self.book.next_admission_day[today + 1])

    def sessions(self, _: simpy.Event) -> None:
        """Tonight's groups meet."""
        today = self.today
        for night in self.book.tonight[today]:
            came = [0, 0, 0]
            for me in self.roster[night]:
                outcome = self.session(self, me, today)
                came[outcome] += 1
                self.session_rows += (today, night, me.index, outcome)
            self.night_rows += (today, night, self.book.seats[night], sum(came), *came)

    # How they do it.

    def _call(self, phase: Phase, day: int) -> None:
        """Have a phase of a day played; once, however often it is called."""
        now = day * PHASES_PER_DAY + phase
        if day < self.book.days and now not in self.called:
            self.called.add(now)
            self.env.timeout(now - self.env.now).callbacks.append(self.act[phase])

    def _bell(self, me: Person) -> simpy.Event:
        me.bell = bell = Bell(self.env)
        return bell

    def _answer(self, me: Person, answer: Exit) -> None:
        """Tell a waiting client what became of the wait; at once no longer on the list."""
        me.exit = int(answer)
        me.bell.ring(0, answer)

    def _until(self, day: int, phase: Phase) -> float:
        """Return how long it is until a phase of a day."""
        return day * PHASES_PER_DAY + phase - self.env.now

    def _patience(self, me: Person) -> int:
        """Return how many days a client will wait on the list."""
        hazard = self.book.renege_per_day * self.cards.renege_ratio[me.index]
        return patience_days(self.cards.patience[me.index], hazard)

    def _admit_from_waitlist(self, today: int) -> None:
        ready = admitted = no_seat = no_caseload = 0
        held = False
        for entry in list(self.waitlist):
            me = entry[1]
            if me.ready_day > today:
                continue
            ready += 1
            if self.book.caseload != UNLIMITED and self.census >= self.book.caseload:
                no_caseload += 1
                continue
            group = NEVER if held else self._group_with_room(me.phase, today)
            if group == NEVER:
                held = self.book.hold_the_line
                no_seat += 1
                continue
            admitted += 1
            self.waitlist.remove(entry)
            self.census += 1
            me.admitted_day, me.group = today, group
            self._seat(me, group)
            self._answer(me, Exit.IN_TREATMENT)
        if ready:
            self.intake_rows += (today, ready, admitted, no_seat, no_caseload)

    def _group_with_room(self, phase: int, today: int) -> int:
        """Return the open group serving a phase that has most room, the first of equals; NEVER if all are full."""
        if phase in self.full_phases:
            return NEVER
        best, most = NEVER, 0
        for group, serves in enumerate(self.book.serves[phase]):
            if serves and self.book.group_opening[group] <= today:
                first, stop = self.book.first_night[group], self.book.first_night[group + 1]
                here = room(self.free, first, stop, self.book.nights_needed[phase])
                if here > most:
                    best, most = group, here
        if best == NEVER and today >= self.book.all_open:
            self.full_phases.add(phase)
        return best

    def _seat(self, me: Person, group: int) -> None:
        """Give a client seats in a group for the nights of the client's phase."""
        first, stop, taken = self.book.first_night[group], self.book.first_night[group + 1], 0
        nights = []
        for _ in range(self.book.nights_needed[me.phase]):
            night = roomiest_night(self.free, first, stop, taken)
            taken |= 1 << (night - first)
            nights.append(night)
        self._take(me, tuple(sorted(nights)))

    def _take(self, me: Person, nights: tuple[int, ...]) -> None:
        me.nights = nights
        for night in nights:
            self.free[night] -= 1
            self.roster[night].append(me)

    def _release(self, me: Person) -> None:
        self.full_phases.clear()
        for night in me.nights:
            self.free[night] += 1
            self.roster[night].remove(me)

    def _discharge(self, me: Person) -> None:
        self._release(me)
        self.census -= 1

    def record(self) -> Record:
        """Return what happened, every table in its canonical order, and forget it."""
        record = Record(
            days=self.book.days,
            clients=client_facts(self.people, self.cohort),
            appointments=AppointmentFacts(*rows(self.appointment_rows, 5)),
            nights=NightFacts(*rows(self.night_rows, 7)),
            intake=IntakeFacts(*rows(self.intake_rows, 5)),
            sessions=SessionFacts(*rows(self.session_rows, 4)),
            moves=MoveFacts(*rows(self.move_rows, 4)),
        )
        self.__dict__.clear()  # else stories cut short by the run's end, which know the clinic, would keep all alive
        return record

"""What clients share - diary, waitlist, seats, caseload - and the phases of a day that change it."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from operator import attrgetter
from typing import Any, cast

import numpy as np
import simpy

from iopsim.clock import PHASES_PER_DAY, Phase
from iopsim.cohort import GAP, PAGE, PER_DECISION, Cohort
from iopsim.engines.facts import client_facts, night_facts, rows
from iopsim.engines.person import Bell, Cards, Person, people_of
from iopsim.engines.seats import Seats
from iopsim.engines.tables import tables
from iopsim.record import NEVER, AppointmentFacts, Exit, IntakeFacts, MoveFacts, Record, SessionFacts
from iopsim.rulebook import UNLIMITED, Rulebook
from iopsim.rules.attendance import absence_chance, absence_run, first_presence
from iopsim.rules.discharge import STAY
from iopsim.rules.waitlist import balks, patience_days

Story = Callable[["Clinic", Person], Generator[simpy.Event, Any, None]]
Review = Callable[["Clinic", Person, int], int]
Session = Callable[["Clinic", Person, int], int]

# Plain numbers, because a member of an enumeration is slow to add, compare and look up.
BOOKING, RENEGING, ASSESSMENTS, REVIEW, DISCHARGES, STEP_DOWNS, ADMISSIONS, SESSIONS = map(int, Phase)
WAITING, IN_TREATMENT = int(Exit.WAITING), int(Exit.IN_TREATMENT)
TO_ASSESSMENT = ASSESSMENTS - BOOKING

CALLING_ORDER = attrgetter("priority", "day", "lot", "index")
MOVING_ORDER = attrgetter("due_day", "lot", "index")
LINE = attrgetter("place_in_line")


class Clinic:
    """The shared state of one replication.

    Life cycle: made with the cohort; `run` plays every phase that has something to do, in order of time; `record`
    returns what happened. Between phases nobody changes shared state.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        cohort: Cohort,
        env: simpy.Environment,
        story: Story,
        review: Review,
        session: Session,
    ) -> None:
        self.env = env
        self.today = 0
        self.story = story
        self.review = review
        self.session = session
        self.cohort = cohort
        self.book = book = tables(rulebook)
        self.slots = book.slots.copy()
        self.seats = Seats(book)

        self.people = people_of(rulebook, cohort)
        self.cards = Cards(cohort)
        self.arrivals: defaultdict[int, list[Person]] = defaultdict(list)
        for me in self.people:
            self.arrivals[me.day].append(me)

        self.arrival_days = iter(self.arrivals)
        self.session_days = iter(book.session_days)

        self.called: set[int] = set()
        acts = {
            Phase.BOOKING: self.booking,
            Phase.RENEGING: self.reneging,
            Phase.REVIEW: self.weekly_review,
            Phase.DISCHARGES: self.discharges,
            Phase.STEP_DOWNS: self.step_downs,
            Phase.ADMISSIONS: self.admissions,
            Phase.SESSIONS: self.sessions,
        }
        self.play = [self._played(acts[phase]) if phase in acts else None for phase in Phase]
        self.callers: list[Person] = []
        self.first_free_day = 0
        self.joining: list[Person] = []
        self.waitlist: list[tuple[tuple[int, int, float, int], Person]] = []
        self.losing_patience: defaultdict[int, list[Person]] = defaultdict(list)
        self.due_for_review: defaultdict[int, list[Person]] = defaultdict(list)
        self.leavers: list[Person] = []
        self.movers: list[Person] = []
        self.census = 0
        likely = np.flatnonzero(cohort.placement < book.placement[0])
        self.absence_cards: dict[int, list[float]] = dict(
            zip(likely.tolist(), cohort.absences(likely, 0).tolist(), strict=True)
        )

        self.session_rows: list[int] = []
        self.move_rows: list[int] = []
        self.appointment_rows: list[int] = []
        self.intake_rows: list[int] = []

    # What clients ask.

    def asks_for_another_appointment(self, me: Person, today: int) -> None:
        """Call again after a missed assessment; the next day an appointment is booked, and its bell rings."""
        self._bell(me)
        self.callers.append(me)
        self._call(BOOKING, today + 1)

    def asks_for_seat(self, me: Person, today: int) -> simpy.Event:
        """Ask for a place in the program; rings with IN_TREATMENT, BALKED or RENEGED."""
        me.ends(Exit.WAITING)
        me.joined_day = today
        me.ready_day = today + self.cards.ready_delay[me.index]
        self.joining.append(me)
        self._call(ADMISSIONS, today)
        return self._bell(me)

    def weeks_of_sessions(self, me: Person) -> simpy.Event:
        """Come week after week; rings when a weekly review decides that the client moves on or leaves."""
        self._review_in_a_week([me])
        return self._bell(me)

    def asks_to_move(self, me: Person) -> None:
        """Ask for seats in the next phase, unless already asked."""
        if not me.moving:
            me.moving = True
            me.due_day = self.today
            self.movers.append(me)
            self._call(STEP_DOWNS, self.today)

    def asks_to_leave(self, me: Person, reason: int) -> None:
        """Leave the program; the seats are free from today's discharges on.

        One for whom the next phase has no place, and who does not wait for it, has left already.
        """
        if me.exit != IN_TREATMENT:
            return
        me.ends(reason, self.today)
        self.leavers.append(me)
        self._call(DISCHARGES, self.today)

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
        self._call_next(BOOKING, self.arrival_days)
        self._call_next(SESSIONS, self.session_days)
        self.env.run(until=self.book.days * PHASES_PER_DAY)

    def booking(self, today: int) -> None:
        """Clients are referred; each caller gets the first free slot that suits.

        In order of (priority, referral day, lot, client). The bell of a client rings at the hour of the appointment,
        with that day.
        """
        referred = self.arrivals.get(today, [])
        if referred:
            self._call_next(BOOKING, self.arrival_days)
            self.callers += referred
            for me in referred:
                self._bell(me)
        last, slots, cards = self.book.days, self.slots, self.cards
        callers, self.callers = self.callers, []
        self.first_free_day = max(self.first_free_day, today)
        while self.first_free_day < last and slots[self.first_free_day] == 0:
            self.first_free_day += 1
        for me in sorted(callers, key=CALLING_ORDER):
            lead = max(cards.client_delay[me.index * self.book.attempts + me.appointments], self.book.first_lead)
            wanted = self.book.next_assessment_day[min(today + lead, last)]
            day = max(wanted, self.first_free_day)
            while day < last and slots[day] == 0:
                day += 1
            self.appointment_rows += (me.index, me.appointments, today, wanted, day)
            me.appointments += 1
            me.booked_day = today
            if day < last:
                slots[day] -= 1
                me.bell.ring((day - today) * PHASES_PER_DAY + TO_ASSESSMENT, day)
        for me in referred:
            self.env.process(self.story(self, me))

    def reneging(self, today: int) -> None:
        """Those whose patience ends today leave the waitlist."""
        for me in self.losing_patience.pop(today):
            if me.exit == WAITING:
                self.waitlist.remove((me.place_in_line, me))
                self._answer(me, Exit.RENEGED)

    def weekly_review(self, today: int) -> None:
        """Those whose week of treatment is over are reviewed."""
        staying = []
        for me in self.due_for_review.pop(today):
            if me.exit == IN_TREATMENT:
                decision = self.review(self, me, today)
                if decision == STAY:
                    staying.append(me)
                else:
                    me.bell.ring(0, decision)
        if staying:
            self._review_in_a_week(staying)

    def discharges(self, _: int) -> None:
        """Leavers give up their seats."""
        leavers, self.leavers = self.leavers, []
        for me in leavers:
            if me.moving:
                self.movers.remove(me)
            self.seats.release(me)
            self.census -= 1

    def step_downs(self, today: int) -> None:
        """Those due to move take seats of their next phase, in order of (day due, lot, client), if there are any.

        A seat given up by one may be what another, ahead in the order, is waiting for; so after each move the first
        in the order is asked again. When nobody can move, the first who does not wait leaves, and all are asked again.
        """
        movers = sorted(self.movers, key=MOVING_ORDER)
        while True:
            if moved := next((me for me in movers if self._moves(me, today)), None):
                movers.remove(moved)
            elif turned_away := next((me for me in movers if not self.book.phase_waits[me.phase + 1]), None):
                movers.remove(turned_away)
                self.seats.release(turned_away)
                self.census -= 1
                self._answer(turned_away, Exit.OTHER)
            else:
                break
        self.movers = movers
        if movers:
            self._call(STEP_DOWNS, today + 1)

    def admissions(self, today: int) -> None:
        """Who is ready starts, in order of (priority, day of joining, lot, client), as far as there is room."""
        joining, self.joining = self.joining, []
        for me in joining:
            me.place_in_line = (me.priority, today, me.lot, me.index)
            insort(self.waitlist, (me.place_in_line, me))
        if self.book.next_admission_day[today] == today:
            self._admit_from_waitlist(today)
        if joining:
            self._begin_to_wait(joining, today)
        if self.waitlist:
            self._call(ADMISSIONS, self.book.next_admission_day[today + 1])

    def sessions(self, today: int) -> None:
        """Tonight's groups meet."""
        self._call_next(SESSIONS, self.session_days)
        session = self.session
        for night in self.book.tonight[today]:
            for me in self.seats.roster[night]:
                self.session_rows += (today, night, me.index, session(self, me, today))

    # How they do it.

    def _moves(self, me: Person, today: int) -> bool:
        """Move a client to the next phase, if it has room once the old seats are given up."""
        self.seats.release(me)
        group = self.seats.group_with_room(me.phase + 1, today)
        if group == NEVER:
            self.seats.take(me, me.nights)
            return False
        me.phase += 1
        me.phase_day = today
        me.moving = False
        self.seats.give(me, group)
        self.move_rows += (me.index, me.phase, me.due_day, today)
        return True

    def _call(self, phase: int, day: int) -> None:
        """Have a phase of a day played; once, however often it is called."""
        now = day * PHASES_PER_DAY + phase
        if now not in self.called and day < self.book.days:
            self.called.add(now)
            self.env.timeout(now - self.env.now, day).callbacks.append(self.play[phase])  # type: ignore[arg-type]

    def _call_next(self, phase: int, days: Iterator[int]) -> None:
        """Have a phase played on the next of some days; one at a time, as SimPy is faster with few events ahead."""
        for day in days:
            self._call(phase, day)
            return

    def _played(self, act: Callable[[int], None]) -> Callable[[simpy.Event], None]:
        """Return the callback of a phase's event, whose value is the day."""

        def play(event: simpy.Event) -> None:
            today = cast(int, event.value)
            self.today = today
            act(today)

        return play

    def _bell(self, me: Person) -> simpy.Event:
        me.bell = bell = Bell(self.env)
        return bell

    def _answer(self, me: Person, answer: Exit) -> None:
        """Note where a client is now, and tell."""
        me.ends(answer, NEVER if answer == IN_TREATMENT else self.today)
        me.bell.ring(0, answer)

    def _review_in_a_week(self, people: list[Person]) -> None:
        self.due_for_review[self.today + 7] += people
        self._call(REVIEW, self.today + 7)

    def _begin_to_wait(self, joining: list[Person], today: int) -> None:
        """Turn away whoever of those who joined today does not fit on the list; the others' patience begins."""
        for me in sorted(joining, key=LINE, reverse=True):
            if me.exit != WAITING:
                continue
            if balks(len(self.waitlist), self.book.waitlist_limit):
                self.waitlist.remove((me.place_in_line, me))
                self._answer(me, Exit.BALKED)
                continue
            hazard = self.book.renege_per_day * self.cards.renege_ratio[me.index]
            last = today + patience_days(self.cards.patience[me.index], hazard)
            if last < self.book.days:
                self.losing_patience[last].append(me)
                self._call(RENEGING, last)

    def _admit_from_waitlist(self, today: int) -> None:
        ready = admitted = no_seat = no_caseload = neither = 0
        held = False
        for entry in self.waitlist.copy():
            me = entry[1]
            if me.ready_day > today:
                continue
            ready += 1
            group = NEVER if held else self.seats.group_with_room(me.phase, today)
            busy = self.book.caseload != UNLIMITED and self.census >= self.book.caseload
            if group == NEVER:
                held = self.book.hold_the_line
                no_seat += not busy
                neither += busy
            elif busy:
                no_caseload += 1
            else:
                admitted += 1
                self.waitlist.remove(entry)
                self.census += 1
                me.admitted_day, me.group = today, group
                self.seats.give(me, group)
                self._expect_sessions(me, today)
                self._answer(me, Exit.IN_TREATMENT)
        if ready:
            self.intake_rows += (today, ready, admitted, no_seat, no_caseload, neither)

    def _expect_sessions(self, me: Person, today: int) -> None:
        """Begin the client's history of treatment, and work out how likely each session is to be attended."""
        ratio = self.cards.attendance_ratio[me.index]
        run = absence_run(self.book.absence_odds, self.book.absence_run, ratio)
        chance = absence_chance(self.book.absence_odds, run, ratio)
        me.begins_treatment(today, first_presence(self.book.absence_odds, ratio, chance), 1.0 - chance, 1.0 - 1.0 / run)
        me.gap = self.absence_card(me, GAP)

    def record(self) -> Record:
        """Return what happened, every table in its canonical order, and forget it."""
        sessions = SessionFacts(*rows(self.session_rows, 4))
        record = Record(
            days=self.book.days,
            clients=client_facts(self.people, self.cohort, sessions),
            appointments=AppointmentFacts(*rows(self.appointment_rows, 5)),
            nights=night_facts(self.book, sessions),
            intake=IntakeFacts(*rows(self.intake_rows, 6)),
            sessions=sessions,
            moves=MoveFacts(*rows(self.move_rows, 4)),
        )
        self.__dict__.clear()  # else stories cut short by the run's end, which know the clinic, would keep all alive
        return record

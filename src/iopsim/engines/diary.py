"""The assessors' diary: who calls gets an appointment, and who comes is seen if an assessor is free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING

from iopsim.clock import Phase
from iopsim.engines.person import Person
from iopsim.record import NEVER

if TYPE_CHECKING:
    from iopsim.engines.clinic import Clinic

BOOKING, ASSESSMENTS = int(Phase.BOOKING), int(Phase.ASSESSMENTS)

CALLING_ORDER = attrgetter("priority", "day", "lot", "index")
BY_APPOINTMENT = attrgetter("priority", "booked_day", "lot", "index")


class Diary:
    """Slots of each day, and who is expected when.

    `comes` decides whether a client comes to the appointment, and, if not, whether there will be another.
    """

    def __init__(self, clinic: Clinic, comes: Callable[[Clinic, Person, int], bool]) -> None:
        self.clinic = clinic
        self.book = clinic.book
        self.comes = comes
        self.slots = clinic.book.slots.copy()
        self.room = clinic.book.room.copy()
        self.callers: list[Person] = []
        self.expected: defaultdict[int, list[Person]] = defaultdict(list)
        self.first_free_day = 0
        self.rows: list[list[int]] = []

    def asks(self, me: Person, day: int) -> None:
        """Call on a day, and be given an appointment."""
        self.callers.append(me)
        self.clinic.agenda.call(BOOKING, day)

    def booking(self, today: int) -> None:
        """Each caller gets the first free slot that suits, in order of (priority, referral day, lot, client)."""
        book, slots, delay = self.book, self.slots, self.clinic.cards.client_delay
        last = book.days
        callers, self.callers = self.callers, []
        self.first_free_day = max(self.first_free_day, today)
        while self.first_free_day < last and slots[self.first_free_day] <= 0:
            self.first_free_day += 1
        for me in sorted(callers, key=CALLING_ORDER):
            lead = max(delay[me.index * book.attempts + me.appointments], book.first_lead)
            wanted = day = book.next_assessment_day[min(today + lead, last)]
            if not book.open_access:
                day = max(wanted, self.first_free_day)
                while day < last and slots[day] <= 0:
                    day += 1
                if day < last:
                    slots[day] -= 1
            me.appointment = [me.index, me.appointments, today, wanted, day, NEVER, NEVER]
            self.rows.append(me.appointment)
            me.appointments += 1
            me.booked_day = today
            self._expect(me, day)

    def assessments(self, today: int) -> None:
        """Who comes is seen while assessors have time: first who was sent away before, then by priority and booking.

        The others are asked to come again on the next assessment day, and do.
        """
        back, come = [], []
        for me in self.expected.pop(today):
            if me.came_day != NEVER:
                back.append(me)
            elif self.comes(self.clinic, me, today):
                me.came_day = me.appointment[5] = today
                come.append(me)
        come.sort(key=BY_APPOINTMENT)
        room = self.room[today] - self.clinic.team.assessor_slots_lost(today)
        for me in (back + come)[:room] if room > 0 else ():
            me.assessed_day = me.appointment[6] = today
            self.clinic.team.assesses(today)
            me.bell.ring(True)
        again = self.book.next_assessment_day[today + 1]
        for me in (back + come)[max(room, 0) :]:
            self._expect(me, again)

    def changes(self, day: int, assessors: int) -> None:
        """Have so many assessors more (or fewer) from a day on."""
        per_day, over = self.book.slots_per_day, 1.0 + self.book.overbooking
        for later in range(day, self.book.days):
            if self.book.assessment_days[later]:
                before = int(self.room[later] * over + 1e-9)
                self.room[later] += assessors * per_day
                self.slots[later] += int(self.room[later] * over + 1e-9) - before
        self.first_free_day = min(self.first_free_day, day)

    def _expect(self, me: Person, day: int) -> None:
        if day < self.book.days:
            self.expected[day].append(me)
            self.clinic.agenda.call(ASSESSMENTS, day)

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
        days = [day for day, is_one in enumerate(clinic.book.assessment_days) if is_one]
        self.last_day = days[-1] if days else 0
        self.without: list[Person] = []
        """Callers for whom there was no slot, as nobody assesses; they are called back when somebody does."""
        self.rows: list[list[int]] = []

    def asks(self, me: Person, day: int) -> None:
        """Call on a day, and be given an appointment."""
        self.callers.append(me)
        self.clinic.agenda.call(BOOKING, day)

    def booking(self, today: int) -> None:
        """Each caller gets the first free slot that suits, in order of (priority, referral day, lot, client)."""
        book, slots = self.book, self.slots
        last = book.days
        callers, self.callers = self.callers, []
        self.first_free_day = max(self.first_free_day, today)
        while self.first_free_day < last and slots[self.first_free_day] <= 0:
            self.first_free_day += 1
        for me in sorted(callers, key=CALLING_ORDER):
            wanted = day = self._wants(me, today)
            if not book.open_access:
                day = max(wanted, self.first_free_day)
                while day < last and slots[day] <= 0:
                    day += 1
                if day < last:
                    slots[day] -= 1
                elif self.room[self.last_day] <= 0 and not book.assessors_later:
                    self.without.append(me)  # else the appointment lies beyond the end of the run
            me.appointment[4] = day
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
        if assessors > 0 and self.without:
            self.callers += self.without
            self.without = []
            self.clinic.agenda.call(BOOKING, day)

    def _wants(self, me: Person, today: int) -> int:
        """Return the first assessment day that suits a caller, from today on; a call is noted once."""
        if me.asking:
            return max(me.appointment[3], today)
        book = self.book
        delay = self.clinic.cards.client_delay[me.index * book.attempts + me.appointments]
        wanted = book.next_assessment_day[min(today + max(delay, book.first_lead), book.days)]
        me.appointment = [me.index, me.appointments, today, wanted, book.days, NEVER, NEVER]
        self.rows.append(me.appointment)
        me.appointments += 1
        me.booked_day = today
        me.asking = True
        return wanted

    def _expect(self, me: Person, day: int) -> None:
        if day < self.book.days:
            me.asking = False
            self.expected[day].append(me)
            self.clinic.agenda.call(ASSESSMENTS, day)

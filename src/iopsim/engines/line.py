"""The line: from placement to a seat."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING

import simpy

from iopsim.clock import Phase
from iopsim.engines.person import Person
from iopsim.record import NEVER, Exit
from iopsim.rules.waitlist import balks, patience_days, ready_day

if TYPE_CHECKING:
    from iopsim.engines.clinic import Clinic

RENEGING, ADMISSIONS = int(Phase.RENEGING), int(Phase.ADMISSIONS)
WAITING = int(Exit.WAITING)

LINE = attrgetter("place_in_line")


class Line:
    """The waitlist, in order of (priority, day of joining, lot, client)."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.book = clinic.book
        self.joining: list[Person] = []
        self.waiting: list[tuple[tuple[int, int, float, int], Person]] = []
        self.leaving: defaultdict[int, list[tuple[Person, int]]] = defaultdict(list)
        """Who loses patience, or learns that treatment is not authorized, on a day."""
        self.last_wait = 0
        """Days from referral to admission of the client last admitted, which is what referrers know."""
        self.rows: list[int] = []

    def joins(self, me: Person, today: int) -> simpy.Event:
        """Ask for a place in the program; rings with whether there is one."""
        cards, book, who = self.clinic.cards, self.book, me.index
        me.ends(WAITING)
        me.joined_day = today
        me.ready_day = ready_day(
            today,
            cards.ready_delay[who],
            book.start_day[cards.payer[who]],
            cards.orientations_missed[who],
            book.next_orientation_day,
        )
        me.denied = cards.denied[who]
        self.joining.append(me)
        self.clinic.agenda.call(ADMISSIONS, today)
        return self.clinic.agenda.bell(me)

    def reneging(self, today: int) -> None:
        """Those whose patience ends today, or who learn today that treatment is not authorized, leave the line."""
        for me, why in self.leaving.pop(today):
            if me.exit == WAITING:
                self.waiting.remove((me.place_in_line, me))
                self._answer(me, why)

    def admissions(self, today: int) -> None:
        """Who is ready starts, in order of (priority, day of joining, lot, client), as far as there is room."""
        joining, self.joining = self.joining, []
        for me in joining:
            me.place_in_line = me.priority, me.joined_day, me.lot, me.index
            insort(self.waiting, (me.place_in_line, me), key=lambda entry: entry[0])
        if self.book.next_admission_day[today] == today:
            self._admit(today)
        self._begin_to_wait(joining, today)
        self._calls_again(today + 1)

    def ready(self, today: int, group: int) -> int:
        """Return how many wait who could start in a group, were it open."""
        takes = self.clinic.seats.takes
        return sum(me.ready_day <= today and not me.denied and takes(group, me) for _, me in self.waiting)

    def waits_already(self, me: Person, days: int) -> None:
        """Have one who has been on the waitlist for so many days at the opening wait on."""
        me.ends(WAITING)
        start = self.book.start_day[self.clinic.cards.payer[me.index]]
        me.joined_day, me.ready_day = -days, start if start > 0 else -days
        me.place_in_line = me.priority, me.joined_day, me.lot, me.index
        insort(self.waiting, (me.place_in_line, me), key=lambda entry: entry[0])
        self._loses_patience(me, 0)
        self.clinic.agenda.call(ADMISSIONS, self.book.next_admission_day[0])

    def _calls_again(self, day: int) -> None:
        """Have admissions played on the next admission day, from a day on, on which somebody is ready."""
        soonest = self.book.days
        for _, me in self.waiting:
            if me.ready_day < soonest and not me.denied:
                soonest = me.ready_day
                if soonest <= day:
                    break
        if soonest < self.book.days:
            self.clinic.agenda.call(ADMISSIONS, self.book.next_admission_day[max(day, soonest)])

    def _admit(self, today: int) -> None:
        ready = [entry for entry in self.waiting if entry[1].ready_day <= today and not entry[1].denied]
        if not ready:
            return
        admitted = no_seat = no_caseload = neither = 0
        held = False
        seats, team = self.clinic.seats, self.clinic.team
        post = team.counselor_with_room()
        for entry in ready:
            me = entry[1]
            group = NEVER if held else seats.group_with_room(me, me.phase, today)
            busy = team.full(post)
            if group == NEVER:
                held = self.book.hold_the_line
                no_seat += not busy
                neither += busy
            elif busy:
                no_caseload += 1
            else:
                admitted += 1
                self.waiting.remove(entry)
                self.last_wait = self._waited(me, today)
                self.clinic.program.admits(me, group, today)
                team.takes_on(me, post, today)
                post = team.counselor_with_room()
                self._answer(me, Exit.IN_TREATMENT)
        self.rows += (today, len(ready), admitted, no_seat, no_caseload, neither)

    def _begin_to_wait(self, joining: list[Person], today: int) -> None:
        """Turn away whoever of those who joined today does not fit on the list; the others' patience begins."""
        for me in sorted(joining, key=LINE, reverse=True):
            if me.exit != WAITING:
                continue
            if balks(len(self.waiting), self.book.waitlist_limit):
                self.waiting.remove((me.place_in_line, me))
                self._answer(me, Exit.BALKED)
                continue
            self._loses_patience(me, today)

    def _loses_patience(self, me: Person, today: int) -> None:
        """Note when a client's patience will end, or when treatment will turn out not to be authorized."""
        book, cards = self.book, self.clinic.cards
        hazard = book.renege_per_day * cards.renege_ratio[me.index]
        if cards.interim[me.index]:
            from_day = max(0, max(me.day, 0) + book.interim_after - today)
            last = today + patience_days(cards.patience[me.index], hazard, from_day, book.interim_ratio)
        else:
            last = today + patience_days(cards.patience[me.index], hazard)
        why = int(Exit.RENEGED)
        told = today + max(cards.authorization[me.index], 1)
        if me.denied and told <= last:
            last, why = told, int(Exit.NOT_AUTHORIZED)
        if last < book.days:
            self.leaving[last].append((me, why))
            self.clinic.agenda.call(RENEGING, last)

    def _waited(self, me: Person, today: int) -> int:
        """Return the days that one who is admitted has waited for this program: those spent elsewhere first apart."""
        if me.day == NEVER:
            return today - me.joined_day
        return today - me.day - (me.joined_day - me.assessed_day if me.away_day != NEVER else 0)

    def _answer(self, me: Person, answer: int) -> None:
        """Note where a client is now, and tell whether that is in the program."""
        inside = answer == Exit.IN_TREATMENT
        me.ends(answer, NEVER if inside else self.clinic.agenda.today)
        me.bell.ring(inside)

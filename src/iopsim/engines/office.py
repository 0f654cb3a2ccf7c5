"""The week's end: individual sessions, medication visits, families and notes, as far as the hours go."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from iopsim.clock import Phase
from iopsim.deck import Purpose
from iopsim.engines.person import Person
from iopsim.engines.team import USES
from iopsim.record import Outcome, Visit
from iopsim.rulebook import UNLIMITED
from iopsim.rulebook.treatment import Fact

if TYPE_CHECKING:
    from iopsim.engines.clinic import Clinic

WEEK_END = int(Phase.WEEK_END)
INDIVIDUAL, MEDICATION, FAMILY = map(int, Visit)
HELD, NO_SHOW, NO_HOURS = map(int, Outcome)

LONGEST_WITHOUT = attrgetter("last_individual", "lot", "index")
EVERYBODY = -1


class Office:
    """What is done beside the groups, and counted at the end of each week."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.book = clinic.book
        self.rows: list[int] = []
        self.has_staff = bool(clinic.team.role)
        staff = clinic.team.staffing
        self.sees, self.prescribes = np.flatnonzero(staff.sees).tolist(), np.flatnonzero(staff.prescribes).tolist()
        self.carries: list[int] = np.flatnonzero(staff.caseload != UNLIMITED).tolist()
        self.notes: list[int] = staff.notes_minutes.tolist()
        self.supervision: list[int] = staff.supervision_minutes.tolist()
        self.family_days = set(self.book.family_days)
        self.orientations = self._orientations()

    def opens(self) -> None:
        """Have the ends of all weeks played, if there is anything to do in them."""
        visits = any(self.book.individual_per_week) or any(self.book.medication_every) or self.family_days
        if visits or self.has_staff:
            self.clinic.agenda.call_all(WEEK_END, range(6, self.book.days, 7))

    def family_night(self, today: int) -> None:
        """Families of clients in program come, or not."""
        book = self.book
        self._facilitate("family", today // 7, book.family_staff * book.family_minutes)
        for me in self.clinic.program.clients.values():
            outcome = HELD if self._card(me) < book.family_show else NO_SHOW
            self.rows += (today, me.index, FAMILY, outcome)

    def week_end(self, today: int) -> None:
        """Spend the week's hours: what has happened already first, then what is due, in a fixed order."""
        week = today // 7
        self._orient(today)
        if self.has_staff:
            self._supervise(week)
        self._individual_sessions(today)
        self._medication_visits(today)
        if self.has_staff:
            self._notes(week)
            self.clinic.team.worked = [0] * len(self.clinic.team.role)

    def _orient(self, today: int) -> None:
        """Note the staff's time at the week's orientations."""
        week = today // 7
        if self.orientations[week]:
            self._facilitate(
                "orientation", week, self.orientations[week] * self.clinic.rulebook.intake.orientation_minutes
            )

    def _supervise(self, week: int) -> None:
        team = self.clinic.team
        for post, role in enumerate(team.role):
            if any(team.here[post][7 * week : 7 * week + 7]):
                team.minutes["supervision"][week * team.roles + role] += self.supervision[role]

    def _individual_sessions(self, today: int) -> None:
        """Individual sessions are held for who has gone longest without, while there are hours."""
        book, week = self.book, today // 7
        if not any(book.individual_per_week):
            return
        left = self._left(week, self.sees)
        due = [me for me in self.clinic.program.clients.values() for _ in range(book.individual_per_week[me.phase])]
        for me in sorted(due, key=LONGEST_WITHOUT):
            card = self._card(me)
            role = next((role for role, minutes in left.items() if minutes >= book.individual_minutes), None)
            if role is None:
                self._misses(me, week)
                self.rows += (today, me.index, INDIVIDUAL, NO_HOURS)
                continue
            left[role] -= book.individual_minutes
            self.clinic.team.minutes["individual"][week * self.clinic.team.roles + role] += book.individual_minutes
            me.last_individual = today
            self.rows += (today, me.index, INDIVIDUAL, HELD if card < book.individual_show else NO_SHOW)

    def _medication_visits(self, today: int) -> None:
        """Medication visits are due in the first week of treatment and every so many weeks after."""
        book, week, cards = self.book, today // 7, self.clinic.cards
        if not any(book.medication_every):
            return
        left = self._left(week, self.prescribes)
        trait = book.medication_trait
        for me in self.clinic.program.clients.values():
            every = book.medication_every[me.phase]
            if not every or (trait != EVERYBODY and not (cards.traits[me.index] >> trait) & 1):
                continue
            if ((today - me.admitted_day) // 7) % every:
                continue
            card = self._card(me)
            role = next((role for role, minutes in left.items() if minutes >= book.medication_minutes), None)
            if role is None:
                self._lacks("short_medication", week, self.prescribes, book.medication_minutes)
                self.rows += (today, me.index, MEDICATION, NO_HOURS)
                continue
            left[role] -= book.medication_minutes
            self.clinic.team.minutes["medication"][week * self.clinic.team.roles + role] += book.medication_minutes
            self.rows += (today, me.index, MEDICATION, HELD if card < book.medication_show else NO_SHOW)

    def _notes(self, week: int) -> None:
        """Notes take what hours are left to the roles that carry clients."""
        team = self.clinic.team
        for role, left in self._left(week, self.carries).items():
            carried = sum([len(team.load[post]) for post in team.counselors if team.role[post] == role])
            needed = carried * self.notes[role]
            team.minutes["notes"][week * team.roles + role] += min(needed, left)
            team.minutes["short_notes"][week * team.roles + role] += needed - min(needed, left)

    def _misses(self, me: Person, week: int) -> None:
        self._lacks("short_individual", week, self.sees, self.book.individual_minutes)
        self.clinic.program.learns(me, Fact.MISSED_INDIVIDUAL, me.facts[Fact.MISSED_INDIVIDUAL] + 1)

    def _lacks(self, what: str, week: int, roles: list[int], minutes: int) -> None:
        """Note hours that were lacking, at the first role whose duty it is."""
        if roles:
            self.clinic.team.minutes[what][week * self.clinic.team.roles + roles[0]] += minutes

    def _left(self, week: int, roles: list[int]) -> dict[int, int]:
        """Return the minutes that roles have left this week."""
        return {role: max(0, self.clinic.team.available[week][role] - self._used(week, role)) for role in roles}

    def _used(self, week: int, role: int) -> int:
        minutes, place = self.clinic.team.minutes, week * self.clinic.team.roles + role
        return sum([minutes[what][place] for what in USES])

    def _facilitate(self, what: str, week: int, minutes: int) -> None:
        team = self.clinic.team
        if team.facilitators:
            team.minutes[what][week * team.roles + team.role[team.facilitators[0]]] += minutes

    def _card(self, me: Person) -> float:
        me.visits += 1
        return self.clinic.cards.card(Purpose.VISIT, me, me.visits - 1)

    def _orientations(self) -> list[int]:
        """Return the orientations of each week."""
        intake, weeks = self.clinic.rulebook.intake, self.book.days // 7
        if not intake.orientation:
            return [0] * weeks
        days = np.unique(intake.next_orientation_day)
        by_week: list[int] = np.bincount(days[days < self.book.days] // 7, minlength=weeks).tolist()
        return by_week

"""The program: admissions, weekly reviews, moves between phases, group nights, discharges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING

import simpy

from iopsim.clock import Phase
from iopsim.cohort import GAP, LAPSE_GAP
from iopsim.deck import Purpose
from iopsim.engines.person import Person
from iopsim.record import NEVER, Attendance, Exit, Night
from iopsim.rulebook.treatment import Fact
from iopsim.rules.attendance import absence_run, missed_share
from iopsim.rules.discharge import STAY
from iopsim.rules.dropout import dropout_ratio
from iopsim.rules.facilitation import night_status

if TYPE_CHECKING:
    from iopsim.engines.clinic import Clinic

REVIEW, DISCHARGES, STEP_DOWNS = map(int, (Phase.REVIEW, Phase.DISCHARGES, Phase.STEP_DOWNS))
IN_TREATMENT, MADE_UP, HELD = int(Exit.IN_TREATMENT), int(Attendance.MADE_UP), int(Night.HELD)

MOVING_ORDER = attrgetter("due_day", "lot", "index")

Review = Callable[["Clinic", Person, int], int]
Session = Callable[["Clinic", Person, int, int], int]


class Program:
    """Clients in treatment.

    `review` and `session` decide for one client what a week or a night brings.
    """

    def __init__(self, clinic: Clinic, review: Review, session: Session) -> None:
        self.clinic = clinic
        self.book = clinic.book
        self.review = review
        self.session = session
        self.clients: dict[int, Person] = {}
        """Everybody in program, by index."""
        self.due_for_review: defaultdict[int, list[Person]] = defaultdict(list)
        self.leavers: list[Person] = []
        self.movers: list[Person] = []
        self.session_rows: list[int] = []
        self.night_rows: list[int] = []
        self.move_rows: list[int] = []
        self.lapse_rows: list[int] = []

    # What clients ask.

    def weeks_of_sessions(self, me: Person) -> simpy.Event:
        """Come week after week; rings when a weekly review decides that the client moves on or leaves."""
        self._review_in_a_week([me])
        return self.clinic.agenda.bell(me)

    def asks_to_move(self, me: Person, phase: int) -> None:
        """Ask for seats in another phase, unless already asked."""
        if me.wanted != phase:
            if me.wanted == NEVER:
                self.movers.append(me)
            me.wanted = phase
            me.due_day = self.clinic.agenda.today
            self.clinic.agenda.call(STEP_DOWNS, self.clinic.agenda.today)

    def asks_to_leave(self, me: Person, reason: int) -> None:
        """Leave the program; the seats are free from today's discharges on.

        One for whom the next phase has no place, and who does not wait for it, has left already.
        """
        if me.exit == IN_TREATMENT:
            me.ends(reason, self.clinic.agenda.today)
            self.leavers.append(me)
            self.clinic.agenda.call(DISCHARGES, self.clinic.agenda.today)

    # What the phases of a day do.

    def admits(self, me: Person, group: int, today: int) -> None:
        """Give a client seats, and begin the history of treatment."""
        since = me.assessed_day if me.away_day == NEVER and me.assessed_day != NEVER else me.joined_day
        me.admitted_day, me.group = today, group
        me.begins_treatment(today, (today - since) // 7)
        self._begins(me, group)

    def was_admitted(self, me: Person, group: int, days: int, phase_days: int) -> None:
        """Seat one who has been in program for so many days at the opening, and in the present phase for so many."""
        if group == NEVER:
            group = self.clinic.seats.group_with_room(me, me.phase, 0)
        me.ends(IN_TREATMENT)
        me.admitted_day, me.group = -days, group
        me.begins_treatment(-phase_days, 0)
        me.weeks = days // 7
        self._begins(me, group)
        self.clinic.team.takes_over(me)

    def _begins(self, me: Person, group: int) -> None:
        book, cards = self.book, self.clinic.cards
        me.may_move_day = me.phase_day + 7 * book.phase_least[me.phase]
        me.covered = book.discharges[cards.payer[me.index]]
        me.contract_day = book.contract_day[cards.payer[me.index]]
        self.clinic.seats.give(me, group)
        self._expect_nights(me)
        me.gap = cards.card(Purpose.ABSENCE, me, GAP)
        if book.lapse_hazard:
            me.next_lapse = cards.card(Purpose.LAPSE, me, LAPSE_GAP)
        self.learns(me, Fact.PHASE, me.phase)
        self.clients[me.index] = me

    def learns(self, me: Person, fact: int, value: int) -> None:
        """Note what is now known of a client, and what it does to the hazard of dropping out."""
        me.facts[fact] = value
        me.dropout_ratio = dropout_ratio(self.clinic.cards.dropout_ratio[me.index], self.book.dropout_effects, me.facts)

    def weekly_review(self, today: int) -> None:
        """Those whose week of treatment is over are reviewed."""
        staying = []
        for me in self.due_for_review.pop(today):
            if me.exit == IN_TREATMENT:
                decision = self.review(self.clinic, me, today)
                if decision == STAY:
                    staying.append(me)
                else:
                    me.bell.ring(decision)
        if staying:
            self._review_in_a_week(staying)

    def discharges(self, _: int) -> None:
        """Leavers give up their seats."""
        leavers, self.leavers = self.leavers, []
        for me in leavers:
            if me.wanted != NEVER:
                self.movers.remove(me)
            self._leaves(me)

    def step_downs(self, today: int) -> None:
        """Those due to move take seats of the phase they want, in order of (day due, lot, client), if there are any.

        A seat given up by one may be what another, ahead in the order, is waiting for; so after each move the first
        in the order is asked again. When nobody can move, the first who does not wait leaves, and all are asked again.
        """
        movers = sorted(self.movers, key=MOVING_ORDER)
        while True:
            if moved := next((me for me in movers if self._moves(me, today)), None):
                movers.remove(moved)
            elif turned_away := next((me for me in movers if self._does_not_wait(me)), None):
                movers.remove(turned_away)
                turned_away.ends(Exit.OTHER, today)
                self._leaves(turned_away)
                turned_away.bell.ring(int(Exit.OTHER))
            else:
                break
        self.movers = movers
        if movers:
            self.clinic.agenda.call(STEP_DOWNS, today + 1)

    def sessions(self, today: int) -> None:
        """Tonight's groups meet, if there is somebody to run them and clients enough."""
        seats, book, clinic, session = self.clinic.seats, self.book, self.clinic, self.session
        rows = self.session_rows
        for night in book.tonight[today]:
            group = book.night_group[night]
            if seats.opening[group] > today:
                continue
            roster = seats.roster[night]
            guests = self._guests(night, today)
            expected = len(roster) + len(guests)
            smallest = book.smallest_census[group]
            staff, cover, short = (0, 0, 0) if expected < smallest else clinic.team.runs(night, today, expected)
            status = night_status(expected, smallest, staff, cover, clinic.team.runs_groups)
            self.night_rows += (today, night, status, staff, cover, short)
            if status == HELD:
                for me in roster:
                    rows += (today, night, me.index, session(clinic, me, today, night))
                for me in guests:
                    me.billable += today >= me.contract_day
                    rows += (today, night, me.index, MADE_UP)
        if today in clinic.office.family_days:
            clinic.office.family_night(today)

    # How they do it.

    def _guests(self, night: int, today: int) -> list[Person]:
        """Return tonight's guests, as many as there are seats for."""
        seats = self.clinic.seats
        if not seats.guests:
            return []
        asked = seats.guests.pop((today, night), [])
        tonight = self.book.tonight[today]
        come = [me for me in asked if me.exit == IN_TREATMENT and not any(own in tonight for own in me.nights)]
        return come[: max(seats.free[night], 0)]

    def _moves(self, me: Person, today: int) -> bool:
        """Move a client to the phase wanted, if it has room once the old seats are given up."""
        seats = self.clinic.seats
        group = seats.group_after_release(me, me.wanted, today)
        if group == NEVER:
            return False
        seats.release(me)
        me.phase = me.wanted
        me.wanted = NEVER
        me.phase_day = today
        me.may_move_day = today + 7 * self.book.phase_least[me.phase]
        seats.give(me, group)
        self._expect_nights(me)
        self.learns(me, Fact.PHASE, me.phase)
        self.move_rows += (me.index, me.phase, me.due_day, today)
        return True

    def _does_not_wait(self, me: Person) -> bool:
        """Return whether a client leaves rather than wait for the next phase; one who lapsed always waits."""
        return me.wanted > me.phase and not self.book.phase_waits[me.wanted]

    def _leaves(self, me: Person) -> None:
        self.clinic.seats.release(me)
        del self.clients[me.index]
        self.clinic.team.lets_go(me)
        self.clinic.goes_home(me)

    def _expect_nights(self, me: Person) -> None:
        """Work out how likely each night's session is to be attended."""
        book, cards = self.book, self.clinic.cards
        group = book.night_group[me.nights[0]]
        ratio = (cards.attendance_ratio_by_video if book.by_video[group] else cards.attendance_ratio)[me.index]
        run = absence_run(book.absence_odds, book.absence_run, ratio * book.least_odds_ratio[group])
        me.absence_goes_on = 1.0 - 1.0 / run
        me.missed = {
            night: missed_share(book.absence_odds, ratio * book.night_odds_ratio[night]) for night in me.nights
        }

    def _review_in_a_week(self, people: list[Person]) -> None:
        day = self.clinic.agenda.today + 7
        self.due_for_review[day] += people
        self.clinic.agenda.call(REVIEW, day)

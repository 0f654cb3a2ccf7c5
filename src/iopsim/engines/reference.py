"""The reference engine: the clinic in SimPy, written to be read.

`client` is one client's way through the program. Clients only *ask*; the phases of the day, the methods of
`Clinic` named after them, *act*: they alone change what clients share (diary, waitlist, seats, caseload), each in
one total order. What is asked in one phase is granted or refused in a later one, so the order in which SimPy runs
things within a phase changes nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from iopsim.cohort import EXCUSED, GAP, RUN, Cohort
from iopsim.engines.clinic import Clinic
from iopsim.engines.person import Person
from iopsim.record import Attendance, Exit, Record
from iopsim.rulebook import Rulebook
from iopsim.rules.assessment import rebooks, show_probability, shows
from iopsim.rules.attendance import breaks_absence_rule, run_length
from iopsim.rules.discharge import MOVE_ON, verdict
from iopsim.rules.placement import HERE, place

ATTENDED, EXCUSED_ABSENCE, ABSENT = map(int, Attendance)
PLACED = (Exit.WAITING, Exit.PLACED_HIGHER, Exit.PLACED_LOWER, Exit.DECLINED)


def simulate(book: Rulebook, cohort: Cohort, environment: type[simpy.Environment] = simpy.Environment) -> Record:
    """Simulate one replication from the opening to the end of the run.

    Parameters
    ----------
    book : Rulebook
    cohort : Cohort
        The clients referred, drawn with the same rulebook.
    environment : type
        The SimPy environment; a test passes one that shuffles simultaneous events.
    """
    clinic = Clinic(book, cohort, environment(), client, review, session)
    clinic.run()
    return clinic.record()


def client(clinic: Clinic, me: Person) -> Generator[simpy.Event, Any, None]:
    """One client's way through the program, from referral to discharge."""
    book, cards, who = clinic.book, clinic.cards, me.index
    attempt = 0
    while True:
        today = yield me.bell  # referred, and booked: the hour of the assessment
        chance = show_probability(book.show_odds[today - me.booked_day], cards.show_ratio[who])
        if shows(cards.show[who * book.attempts + attempt], chance):
            break
        card = cards.rebook[who * book.attempts + attempt]
        if not rebooks(card, attempt, book.rebook_probability, book.max_rebookings):
            return me.ends(Exit.NO_SHOW, today)
        clinic.asks_for_another_appointment(me, today)
        attempt += 1
    me.assessed_day = today

    placement = place(cards.placement[who], *book.placement)
    if placement != HERE:
        return me.ends(PLACED[placement], today)

    answer = yield clinic.asks_for_seat(me, today)
    if answer != Exit.IN_TREATMENT:
        return None  # balked or reneged

    while True:
        decision = yield clinic.weeks_of_sessions(me)
        if decision == MOVE_ON:
            clinic.asks_to_move(me)
        else:
            return clinic.asks_to_leave(me, decision)


def review(clinic: Clinic, me: Person, today: int) -> int:
    """Look back on the week since the last review: does the client stay, move on or leave?"""
    book, cards, who = clinic.book, clinic.cards, me.index
    me.dropout_hazard += book.dropout_hazard[me.weeks] * cards.dropout_ratio[who]
    me.weeks += 1
    return verdict(
        me.weeks >= cards.death_week[who],
        me.weeks >= cards.incarceration_week[who],
        me.rule_broken,
        me.dropout_hazard >= cards.dropout[who],
        me.weeks >= cards.transfer_week[who],
        me.weeks >= cards.other_week[who],
        today - me.phase_day >= 7 * book.phase_weeks[me.phase],
        me.phase == book.last_phase,
    )


def session(clinic: Clinic, me: Person, today: int) -> int:
    """Come to tonight's group, or miss it: ATTENDED, EXCUSED or ABSENT."""
    if me.absences_left == 0:
        if me.returning:
            me.returning = False
        else:
            me.presence *= me.chance_to_come
        if me.presence > me.gap:
            return ATTENDED
        begin_absence(clinic, me)
    me.absences_left -= 1
    if me.excusing:
        return EXCUSED_ABSENCE
    me.run_unexcused += 1
    me.unexcused_days += (today,)
    book = clinic.book
    recent = sum(day > today - book.absence_window for day in me.unexcused_days)
    if breaks_absence_rule(me.run_unexcused, recent, book.absence_consecutive, book.absence_total):
        me.rule_broken = True
    return ABSENT


def begin_absence(clinic: Clinic, me: Person) -> None:
    """Begin a run of absences; the client comes at least once before the next."""
    me.excusing = clinic.absence_card(me, EXCUSED) < clinic.book.excused_share
    me.absences_left = run_length(clinic.absence_card(me, RUN), me.absence_goes_on)
    me.run_unexcused = 0
    me.returning = True
    me.absence_runs += 1
    me.presence, me.gap = 1.0, clinic.absence_card(me, GAP)

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
from iopsim.record import NEVER, Attendance, Exit, Record
from iopsim.rulebook import Rulebook
from iopsim.rules.assessment import rebooks, show_probability, shows
from iopsim.rules.attendance import absence_chance, breaks_absence_rule, first_absence_chance, run_length
from iopsim.rules.discharge import MOVE_ON, STAY, verdict
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
    clinic = Clinic(book, cohort, environment(), client, session)
    clinic.run()
    return clinic.record()


def client(clinic: Clinic, me: Person) -> Generator[simpy.Event, Any, None]:
    """One client's way through the program, from referral to discharge."""
    book, cards, who = clinic.book, clinic.cards, me.index
    attempt = 0
    while True:
        waited = yield clinic.asks_for_appointment(me)
        chance = show_probability(book.show_odds[waited], cards.show_ratio[who])
        if shows(cards.show[who * book.attempts + attempt], chance):
            break
        if not rebooks(
            cards.rebook[who * book.attempts + attempt], attempt, book.rebook_probability, book.max_rebookings
        ):
            return me.ends(Exit.NO_SHOW, clinic.today)
        attempt += 1
    me.assessed_day = clinic.today

    placement = place(cards.placement[who], *book.placement)
    if placement != HERE:
        return me.ends(PLACED[placement], clinic.today)

    answer = yield clinic.asks_for_seat(me)
    if answer != Exit.IN_TREATMENT:
        return me.ends(answer, clinic.today)

    while True:
        yield clinic.week_of_sessions()
        if me.exit != Exit.IN_TREATMENT:
            return  # the next phase was full, and the program does not wait for a seat
        decision = review(clinic, me)
        if decision == MOVE_ON:
            clinic.asks_to_move(me)
        elif decision != STAY:
            return clinic.asks_to_leave(me, decision)


def review(clinic: Clinic, me: Person) -> int:
    """Look back on the week since the last review: does the client stay, move on or leave?"""
    book, cards, who = clinic.book, clinic.cards, me.index
    me.dropout_hazard += book.dropout_hazard[me.weeks] * cards.dropout_ratio[who]
    me.weeks += 1
    me.weeks_in_phase += 1
    return verdict(
        me.weeks >= cards.death_week[who],
        me.weeks >= cards.incarceration_week[who],
        me.rule_broken,
        me.dropout_hazard >= cards.dropout[who],
        me.weeks >= cards.transfer_week[who],
        me.weeks >= cards.other_week[who],
        me.weeks_in_phase >= book.phase_weeks[me.phase],
        me.phase == book.last_phase,
    )


def session(clinic: Clinic, me: Person, today: int) -> int:
    """Come to tonight's group, or miss it: ATTENDED, EXCUSED or ABSENT."""
    book = clinic.book
    me.scheduled += 1
    if me.absences_left == 0:
        if me.returning:
            me.returning = False
        elif me.scheduled == 1:
            ratio = clinic.cards.attendance_ratio[me.index]
            me.gap = clinic.absence_card(me, GAP)
            me.presence = 1.0 - first_absence_chance(book.absence_odds, ratio)
            me.chance = absence_chance(book.absence_odds, book.absence_run, ratio)
        else:
            me.presence *= 1.0 - me.chance
        if me.presence > me.gap:
            me.attended += 1
            me.run_unexcused = 0
            if me.first_session_day == NEVER:
                me.first_session_day = today
            return ATTENDED
        me.excusing = clinic.absence_card(me, EXCUSED) < book.excused_share
        me.absences_left = run_length(clinic.absence_card(me, RUN), book.absence_goes_on)
        me.returning = True
        me.absence_runs += 1
        me.presence, me.gap = 1.0, clinic.absence_card(me, GAP)
    me.absences_left -= 1
    if me.excusing:
        me.excused += 1
        return EXCUSED_ABSENCE
    me.absent += 1
    me.run_unexcused += 1
    me.unexcused_days += (today,)
    recent = sum(day > today - book.absence_window for day in me.unexcused_days)
    if breaks_absence_rule(me.run_unexcused, recent, book.absence_consecutive, book.absence_total):
        me.rule_broken = True
    return ABSENT

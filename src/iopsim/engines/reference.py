"""The reference engine: the clinic in SimPy, written to be read.

`client` is one client's way through the program. Clients only *ask*; the phases of the day *act*: diary, line,
program, team and office alone change what clients share, each in one total order. What is asked in one phase is
granted or refused in a later one, so the order in which SimPy runs things within a phase changes nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from iopsim.cohort import CONSEQUENCE, EXCUSED, GAP, LAPSE_GAP, MAKE_UP, PER_DECISION, PER_LAPSE, RUN, Cohort
from iopsim.deck import Purpose
from iopsim.engines.clinic import Clinic
from iopsim.engines.person import Person
from iopsim.record import NEVER, Attendance, Exit, Record
from iopsim.rulebook import Rulebook
from iopsim.rulebook.treatment import Fact
from iopsim.rules.assessment import rebooks, show_probability, shows
from iopsim.rules.attendance import absence_chance, breaks_absence_rule, missed_tonight, run_length
from iopsim.rules.calls import ANSWERED, call_outcome
from iopsim.rules.discharge import MOVE_ON, STEP_UP, verdict
from iopsim.rules.lapse import STAYS, STEPS_OUT, STEPS_UP, lapse_consequence
from iopsim.rules.placement import HERE, RESIDENTIAL, WITHDRAWAL, place
from iopsim.rules.progress import meets_benchmark, phase_is_over

ATTENDED, EXCUSED_ABSENCE, ABSENT, CUT_SHORT, _ = map(int, Attendance)
NOT_CALLED = (Exit.AWAITING_ASSESSMENT, Exit.NOT_REFERRED, Exit.CALL_LOST, Exit.SCREENED_OUT)
PLACED = (Exit.WAITING, Exit.PLACED_HIGHER, Exit.PLACED_HIGHER, Exit.PLACED_HIGHER, Exit.PLACED_LOWER, Exit.DECLINED)

Story = Generator[simpy.Event, Any, None]


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
    clinic = Clinic(book, cohort, environment(), client, here_already, appointment, review, session)
    clinic.run()
    return clinic.record()


def client(clinic: Clinic, me: Person) -> Story:
    """One client's way through the program, from the first call to discharge."""
    book, cards, who = clinic.book, clinic.cards, me.index
    kept = book.kept[me.source][clinic.line.last_wait] if me.episode == 0 else 1.0  # nobody refers who comes back
    outcome = call_outcome(cards.kept[who], kept, cards.call[who], book.call_lost, book.screened_out)
    if outcome != ANSWERED:
        return me.ends(NOT_CALLED[outcome], me.day)

    assessed = yield clinic.asks_for_assessment(me)
    if not assessed:
        return None  # lost after missed appointments

    me.placement = placement = place(cards.placement[who], book.placement, cards.placement_ratio[who])
    if placement in (WITHDRAWAL, RESIDENTIAL) and cards.comes_back[who][placement - WITHDRAWAL]:
        yield clinic.goes_away_first(me, placement)
    elif placement != HERE:
        return me.ends(PLACED[placement], me.assessed_day)

    admitted = yield clinic.asks_for_seat(me)
    if admitted:
        yield from treatment(clinic, me)
    return None  # else balked, reneged, or not authorized


def treatment(clinic: Clinic, me: Person) -> Story:
    """One client's way from admission to discharge."""
    while True:
        decision = yield clinic.program.weeks_of_sessions(me)
        if decision == MOVE_ON:
            clinic.program.asks_to_move(me, me.phase + 1)
        elif decision == STEP_UP:
            clinic.program.asks_to_move(me, me.phase - 1)
        else:
            return clinic.program.asks_to_leave(me, decision)


def here_already(clinic: Clinic, me: Person) -> Story:
    """The way of one who is here at the opening, in treatment or on the waitlist."""
    admitted = me.admitted_day != NEVER or (yield clinic.agenda.bell(me))
    if admitted:
        yield from treatment(clinic, me)


def appointment(clinic: Clinic, me: Person, today: int) -> bool:
    """Come to the assessment, or miss it and take another appointment, or be lost."""
    book, cards = clinic.book, clinic.cards
    attempt = me.appointments - 1
    place = me.index * book.attempts + attempt
    chance = show_probability(book.show_odds[today - me.booked_day], cards.show_ratio[me.index])
    if shows(cards.show[place], chance):
        return True
    if rebooks(cards.rebook[place], attempt, book.rebook_probability, book.max_rebookings):
        clinic.diary.asks(me, today + 1)
    else:
        me.ends(Exit.NO_SHOW, today)
        me.bell.ring(False)
    return False


def review(clinic: Clinic, me: Person, today: int) -> int:
    """Look back on the week since the last review: does the client stay, move on, step up or leave?"""
    book, cards, who = clinic.book, clinic.cards, me.index
    if book.watches_crowding:
        clinic.program.learns(me, Fact.CROWDED, int(clinic.seats.crowded(me)))
    me.dropout_hazard += book.dropout_hazard[me.weeks] * me.dropout_ratio
    me.weeks += 1
    me.reviews += 1
    if book.benchmarks:
        me.history.append((me.scheduled, me.came))
    consequence = lapse(clinic, me, today) if book.lapse_hazard else STAYS
    return verdict(
        me.reviews >= cards.death_week[who],
        me.reviews >= cards.incarceration_week[who],
        me.rule_broken,
        me.dropout_hazard >= cards.dropout[who],
        me.reviews >= cards.transfer_week[who] or consequence == STEPS_OUT,
        me.reviews >= cards.other_week[who],
        me.covered and today >= me.contract_day and coverage_over(clinic, me),
        consequence == STEPS_UP,
        today >= me.may_move_day and phase_over(clinic, me, today),
        me.phase == book.last_phase,
    )


def coverage_over(clinic: Clinic, me: Person) -> bool:
    """Has the payer stopped paying?"""
    cards, who = clinic.cards, me.index
    return me.billable >= cards.covered_sessions[who] or me.reviews >= cards.coverage_loss_week[who]


def phase_over(clinic: Clinic, me: Person, today: int) -> bool:
    """Is it time to move on: by the calendar, or because the benchmark is met?"""
    if 0 <= me.wanted < me.phase:
        return False  # one who has lapsed waits to step up
    book, phase = clinic.book, me.phase
    weeks, least, most = (today - me.phase_day) // 7, book.phase_least[phase], book.phase_most[phase]
    if least >= most or weeks < least:
        return weeks >= most
    before = me.history[-1 - book.benchmark_weeks[phase]] if len(me.history) > book.benchmark_weeks[phase] else (0, 0)
    scheduled, came = me.scheduled - before[0], me.came - before[1]
    since_lapse = me.reviews - me.lapse_week
    meets = meets_benchmark(came, scheduled, book.benchmark[phase], since_lapse, book.lapse_free_weeks[phase])
    return phase_is_over(weeks, least, most, meets)


def lapse(clinic: Clinic, me: Person, today: int) -> int:
    """Lapse or not this week, and what follows: nothing, back a phase, or out to a higher level."""
    book, cards = clinic.book, clinic.cards
    me.lapse_hazard += book.lapse_hazard * cards.lapse_ratio[me.index]
    if me.lapse_hazard < me.next_lapse:
        return STAYS
    card = cards.card(Purpose.LAPSE, me, PER_LAPSE * me.lapses + CONSEQUENCE)
    me.lapses += 1
    me.lapse_week = me.reviews
    me.next_lapse = me.lapse_hazard + cards.card(Purpose.LAPSE, me, PER_LAPSE * me.lapses + LAPSE_GAP)
    clinic.program.lapse_rows += (me.index, today)
    clinic.program.learns(me, Fact.LAPSES, me.lapses)
    return lapse_consequence(card, book.lapse_step_out, book.lapse_step_up, me.phase > 0)


def session(clinic: Clinic, me: Person, today: int, night: int) -> int:
    """Come to tonight's group, or miss it: ATTENDED, CUT_SHORT, EXCUSED or ABSENT."""
    me.scheduled += 1
    missed, last = me.missed[night], me.missed_last
    me.missed_last = missed_tonight(missed, last, me.absence_goes_on)
    if me.absences_left == 0:
        if me.returning:
            me.returning = False
        elif me.fresh:
            me.fresh = False
            me.presence = 1.0 - missed
        else:
            me.presence *= 1.0 - absence_chance(missed, last, me.absence_goes_on)
        if me.presence > me.gap:
            return come(clinic, me, today)
        begin_absence(clinic, me, today)
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


def come(clinic: Clinic, me: Person, today: int) -> int:
    """Stay to the end, or leave early."""
    me.came += 1
    if clinic.book.cut_short:
        if me.wholeness == 1.0:
            me.short_card = clinic.cards.card(Purpose.CUT_SHORT, me, me.shorts)
        me.wholeness *= 1.0 - clinic.book.cut_short
        if me.wholeness <= me.short_card:
            me.wholeness = 1.0
            me.shorts += 1
            return CUT_SHORT
    me.billable += today >= me.contract_day
    return ATTENDED


def begin_absence(clinic: Clinic, me: Person, today: int) -> None:
    """Begin a run of absences, and perhaps take a make-up night; the client comes at least once before the next."""
    first = PER_DECISION * me.absence_runs
    cards = clinic.cards.up_to(Purpose.ABSENCE, me, first + PER_DECISION + GAP)
    me.excusing = cards[first + EXCUSED] < clinic.book.excused_share
    me.absences_left = run_length(cards[first + RUN], me.absence_goes_on)
    if cards[first + MAKE_UP] < clinic.book.make_up:
        clinic.seats.invite(me, today, clinic.book.days)
    me.run_unexcused = 0
    me.returning = True
    me.absence_runs += 1
    me.presence, me.gap = 1.0, cards[first + PER_DECISION + GAP]

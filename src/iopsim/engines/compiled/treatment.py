"""What a week and a night bring to one client: the weekly review, and the session."""

from __future__ import annotations

from iopsim.cohort import CONSEQUENCE, EXCUSED, GAP, LAPSE_GAP, MAKE_UP, PER_DECISION, PER_LAPSE, RUN
from iopsim.engines.compiled import seats
from iopsim.engines.compiled.blocks import absence_card, cut_short_card, lapse_card, lapse_gap
from iopsim.engines.compiled.growth import note_unexcused, row_of_lapse
from iopsim.engines.compiled.rules import (
    absence_chance,
    breaks_absence_rule,
    dropout_ratio,
    lapse_consequence,
    meets_benchmark,
    missed_tonight,
    phase_is_over,
    run_length,
    verdict,
)
from iopsim.engines.compiled.state import AFTER, COMES, LAST, MISSED
from iopsim.jit import Row, Struct, inlined, jit
from iopsim.record import Attendance
from iopsim.rulebook.days import F64
from iopsim.rulebook.treatment import Fact
from iopsim.rules.lapse import STAYS, STEPS_OUT, STEPS_UP

ATTENDED, EXCUSED_ABSENCE, ABSENT, CUT_SHORT, MADE_UP = map(int, Attendance)
CROWDED, LAPSES = int(Fact.CROWDED), int(Fact.LAPSES)
invite, crowded = seats.invite, seats.crowded


@jit
def learns(clinic: Struct, who: int, fact: int, value: int) -> None:
    """Note what is now known of a client, and what it does to the hazard of dropping out."""
    facts = clinic.facts[who]
    facts[fact] = value
    clinic.stories[who].dropout_ratio = dropout_ratio(
        clinic.people[who].traits_dropout_ratio, clinic.book.treatment.dropout_effects, facts
    )


@inlined
def review(clinic: Struct, who: int, me: Row, story: Row, today: int) -> int:
    """Look back on the week since the last review: does the client stay, move on, step up or leave?"""
    treatment, plan = clinic.book.treatment, clinic.plan
    if treatment.watches_crowding:
        learns(clinic, who, CROWDED, int(crowded(clinic, who)))
    story.dropout_hazard += treatment.dropout_hazard[story.weeks] * story.dropout_ratio
    story.weeks += 1
    story.reviews += 1
    reviews = story.reviews
    if plan.benchmarks:
        place = reviews % clinic.history.shape[1]
        clinic.history[who, place, 0], clinic.history[who, place, 1] = me.scheduled, me.attended
    consequence = lapse(clinic, who, today) if treatment.lapse_hazard != 0.0 else STAYS
    return verdict(
        reviews >= me.death_week,
        reviews >= me.incarceration_week,
        story.rule_broken,
        story.dropout_hazard >= me.dropout,
        reviews >= me.transfer_week or consequence == STEPS_OUT,
        reviews >= me.other_week,
        story.covered and today >= story.contract_day and coverage_over(me, story),
        consequence == STEPS_UP,
        today >= story.may_move_day and phase_over(clinic, who, today),
        me.phase == plan.last_phase,
    )


@inlined
def coverage_over(me: Row, story: Row) -> bool:
    """Has the payer stopped paying?"""
    return story.billable >= me.covered_sessions or story.reviews >= me.coverage_loss_week


@jit
def phase_over(clinic: Struct, who: int, today: int) -> bool:
    """Is it time to move on: by the calendar, or because the benchmark is met?"""
    me, story, treatment = clinic.people[who], clinic.stories[who], clinic.book.treatment
    phase = me.phase
    if 0 <= me.wanted < phase:
        return False  # one who has lapsed waits to step up
    weeks, least, most = (today - story.phase_day) // 7, treatment.phase_least[phase], treatment.phase_most[phase]
    if least >= most or weeks < least:
        return weeks >= most
    scheduled, came = me.scheduled, me.attended
    if story.reviews > treatment.benchmark_weeks[phase] and clinic.plan.benchmarks:
        place = (story.reviews - treatment.benchmark_weeks[phase]) % clinic.history.shape[1]
        scheduled -= clinic.history[who, place, 0]
        came -= clinic.history[who, place, 1]
    since_lapse = story.reviews - story.lapse_week
    share, lapse_free = treatment.benchmark[phase], treatment.lapse_free_weeks[phase]
    return phase_is_over(weeks, least, most, meets_benchmark(came, scheduled, share, since_lapse, lapse_free))


@jit
def lapse(clinic: Struct, who: int, today: int) -> int:
    """Lapse or not this week, and what follows: nothing, back a phase, or out to a higher level."""
    me, story, treatment = clinic.people[who], clinic.stories[who], clinic.book.treatment
    story.lapse_hazard += treatment.lapse_hazard * me.lapse_ratio
    if story.lapse_hazard < story.next_lapse:
        return STAYS
    card = lapse_card(clinic, who, PER_LAPSE * me.lapses + CONSEQUENCE)
    me.lapses += 1
    story.lapse_week = story.reviews
    story.next_lapse = story.lapse_hazard + lapse_gap(clinic, who, PER_LAPSE * me.lapses + LAPSE_GAP)
    number = row_of_lapse(clinic)
    row = clinic.lapses[number]
    row.client, row.day = who, today
    learns(clinic, who, LAPSES, me.lapses)
    return lapse_consequence(card, treatment.lapse_step_out, treatment.lapse_step_up, me.phase > 0)


@inlined
def session(clinic: Struct, who: int, me: Row, story: Row, turn: F64, today: int) -> int:
    """Come to tonight's group, whose turn of the client's week it is, or miss it: which `Attendance`."""
    me.scheduled += 1
    last = story.missed_last
    missed = turn[MISSED]
    if turn[AFTER] != last:
        turn[AFTER], turn[LAST] = last, missed_tonight(missed, last, story.absence_goes_on)
        turn[COMES] = 1.0 - absence_chance(missed, last, story.absence_goes_on)
    story.missed_last = turn[LAST]
    if story.absences_left == 0:
        if story.returning:
            story.returning = False
        elif story.fresh:
            story.fresh = False
            story.presence = 1.0 - missed
        else:
            story.presence *= turn[COMES]
        if story.presence > story.gap:
            return come(clinic, who, me, story, today)
        begin_absence(clinic, who, today)
    story.absences_left -= 1
    if story.excusing:
        me.excused += 1
        return EXCUSED_ABSENCE
    me.absent += 1
    story.run_unexcused += 1
    treatment, recent = clinic.book.treatment, 0
    if treatment.absence_total >= 0:
        note_unexcused(clinic, who, today)
        place = story.last_unexcused
        while place >= 0 and clinic.unexcused_day[place] > today - treatment.absence_window:
            recent += 1
            place = clinic.unexcused_before[place]
    if breaks_absence_rule(story.run_unexcused, recent, treatment.absence_consecutive, treatment.absence_total):
        story.rule_broken = True
    return ABSENT


@inlined
def come(clinic: Struct, who: int, me: Row, story: Row, today: int) -> int:
    """Stay to the end, or leave early."""
    me.attended += 1
    if me.first_session_day < 0:
        me.first_session_day = today
    cut_short = clinic.book.treatment.cut_short
    if cut_short != 0.0:
        if story.wholeness == 1.0:
            story.short_card = cut_short_card(clinic, who, story.shorts)
        story.wholeness *= 1.0 - cut_short
        if story.wholeness <= story.short_card:
            story.wholeness = 1.0
            story.shorts += 1
            me.cut_short += 1
            return CUT_SHORT
    story.billable += today >= story.contract_day
    return ATTENDED


@jit
def begin_absence(clinic: Struct, who: int, today: int) -> None:
    """Begin a run of absences, and perhaps take a make-up night; the client comes at least once before the next."""
    story, treatment = clinic.stories[who], clinic.book.treatment
    first = PER_DECISION * story.absence_runs
    story.excusing = absence_card(clinic, who, first + EXCUSED) < treatment.excused_share
    story.absences_left = run_length(absence_card(clinic, who, first + RUN), story.absence_goes_on)
    if absence_card(clinic, who, first + MAKE_UP) < treatment.make_up:
        invite(clinic, who, today)
    story.run_unexcused = 0
    story.returning = True
    story.absence_runs += 1
    story.presence, story.gap = 1.0, absence_card(clinic, who, first + PER_DECISION + GAP)

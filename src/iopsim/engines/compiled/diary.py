"""The assessors' diary: who calls gets an appointment, and who comes is seen if an assessor is free."""

from __future__ import annotations

from iopsim.clock import Phase
from iopsim.engines.compiled.agenda import append, call, put_in_order
from iopsim.engines.compiled.cards import attempt
from iopsim.engines.compiled.growth import row_of_appointment
from iopsim.engines.compiled.rules import rebooks, show_probability, shows
from iopsim.engines.compiled.team import assesses, assessors_away
from iopsim.engines.compiled.wayin import assessed
from iopsim.jit import Struct, jit
from iopsim.record import NEVER, Exit

BOOKING, ASSESSMENTS = int(Phase.BOOKING), int(Phase.ASSESSMENTS)
NO_SHOW = int(Exit.NO_SHOW)


@jit
def asks(clinic: Struct, who: int, day: int) -> None:
    """Call on a day, and be given an appointment."""
    clinic.callers[clinic.n_callers] = who
    clinic.n_callers += 1
    call(clinic, BOOKING, day)


@jit
def booking(clinic: Struct, today: int) -> None:
    """Each caller gets the first free slot that suits, in order of (priority, referral day, lot, client)."""
    slots, last, intake = clinic.slots, clinic.days, clinic.book.intake
    callers, many = clinic.callers, clinic.n_callers
    clinic.n_callers = 0
    free = max(clinic.first_free_day, today)
    while free < last and slots[free] <= 0:
        free += 1
    clinic.first_free_day = free
    for place in range(many):
        me = clinic.people[callers[place]]
        clinic.first_key[callers[place]], clinic.second_key[callers[place]] = me.priority, me.referral_day
    put_in_order(clinic, callers, 0, many)
    for place in range(many):
        who = callers[place]
        wanted = wants(clinic, who, today)
        day = wanted
        if not intake.open_access:
            day = max(wanted, free)
            while day < last and slots[day] <= 0:
                day += 1
            if day < last:
                slots[day] -= 1
            elif clinic.room[clinic.plan.last_assessment_day] <= 0 and not intake.assessors_later:
                clinic.without[clinic.n_without] = who  # else the appointment lies beyond the end of the run
                clinic.n_without += 1
        clinic.appointments[clinic.stories[who].appointment].day = day
        expect(clinic, who, day)


@jit
def assessments(clinic: Struct, today: int) -> None:
    """Who comes is seen while assessors have time: first who was sent away before, then by priority and booking.

    The others are asked to come again on the next assessment day, and do.
    """
    come, back, many = clinic.coming, 0, 0
    who = clinic.expected_first[today]
    while who != NEVER:
        story = clinic.stories[who]
        if story.came_day != NEVER:
            come[many] = who
            many += 1
        who = clinic.expected_after[who]
    back = many
    who = clinic.expected_first[today]
    while who != NEVER:
        story, following = clinic.stories[who], clinic.expected_after[who]
        if story.came_day == NEVER and comes(clinic, who, today):
            story.came_day = clinic.appointments[story.appointment].came_day = today
            clinic.first_key[who], clinic.second_key[who] = clinic.people[who].priority, story.booked_day
            come[many] = who
            many += 1
        who = following
    put_in_order(clinic, come, back, many)
    room = max(clinic.room[today] - assessors_away(clinic) * clinic.book.intake.slots_per_day, 0)
    again = clinic.book.intake.next_assessment_day[today + 1]
    for place in range(many):
        who = come[place]
        if place < room:
            clinic.people[who].assessed_day = clinic.appointments[clinic.stories[who].appointment].seen_day = today
            assesses(clinic, today)
            assessed(clinic, who, today)
        else:
            expect(clinic, who, again)


@jit
def comes(clinic: Struct, who: int, today: int) -> bool:
    """Come to the assessment, or miss it and take another appointment, or be lost."""
    me, story, intake = clinic.people[who], clinic.stories[who], clinic.book.intake
    chance = show_probability(intake.show_odds[today - story.booked_day], me.show_ratio)
    if shows(story.show_card, chance):
        return True
    if rebooks(story.rebook_card, me.appointments - 1, intake.rebook_probability, intake.max_rebookings):
        asks(clinic, who, today + 1)
    else:
        me.exit, me.exit_day = NO_SHOW, today
    return False


@jit
def changes(clinic: Struct, day: int, assessors: int) -> None:
    """Have so many assessors more (or fewer) from a day on."""
    intake, room, slots = clinic.book.intake, clinic.room, clinic.slots
    over = 1.0 + intake.overbooking
    for later in range(day, clinic.days):
        if intake.assessment_days[later]:
            before = int(room[later] * over + 1e-9)
            room[later] += assessors * intake.slots_per_day
            slots[later] += int(room[later] * over + 1e-9) - before
    clinic.first_free_day = min(clinic.first_free_day, day)
    if assessors > 0 and clinic.n_without:
        for place in range(clinic.n_without):
            clinic.callers[clinic.n_callers] = clinic.without[place]
            clinic.n_callers += 1
        clinic.n_without = 0
        call(clinic, BOOKING, day)


@jit
def wants(clinic: Struct, who: int, today: int) -> int:
    """Return the first assessment day that suits a caller, from today on; a call is noted once."""
    me, story, intake = clinic.people[who], clinic.stories[who], clinic.book.intake
    if story.asking:
        return max(clinic.appointments[story.appointment].wanted_day, today)
    show, rebook, delay = attempt(clinic.book, me, clinic.seed, clinic.replication, me.appointments)
    story.show_card, story.rebook_card = show, rebook
    wanted = intake.next_assessment_day[min(today + max(delay, intake.first_lead), clinic.days)]
    number = row_of_appointment(clinic)
    row = clinic.appointments[number]
    row.client, row.attempt, row.booked_day, row.wanted_day = who, me.appointments, today, wanted
    row.day, row.came_day, row.seen_day = clinic.days, NEVER, NEVER
    story.appointment, story.booked_day, story.asking = number, today, True
    me.appointments += 1
    return wanted


@jit
def expect(clinic: Struct, who: int, day: int) -> None:
    """Expect a client on a day; of one whose appointment lies beyond the run, nothing more is heard."""
    if day < clinic.days:
        clinic.stories[who].asking = False
        append(clinic.expected_first, clinic.expected_last, clinic.expected_after, day, who)
        call(clinic, ASSESSMENTS, day)

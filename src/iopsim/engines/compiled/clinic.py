"""The clinic of one replication: who acts in which phase of a day, and what is recorded."""

from __future__ import annotations

from iopsim.clock import Phase
from iopsim.engines.compiled import diary, line, office, posts, program
from iopsim.engines.compiled.agenda import call, put_in_order
from iopsim.engines.compiled.cards import is_answered
from iopsim.engines.compiled.cohort import again, refer
from iopsim.engines.compiled.diary import asks
from iopsim.engines.compiled.growth import has_room_for
from iopsim.engines.compiled.line import joins, waits_already
from iopsim.engines.compiled.program import was_admitted, week_of_sessions
from iopsim.engines.compiled.rules import call_outcome
from iopsim.engines.team import USES
from iopsim.jit import Struct, jit, merged
from iopsim.record import NEVER, Exit
from iopsim.rules.calls import ANSWERED

STAFF, RETURNS, REFERRALS, BOOKING, RENEGING, ASSESSMENTS, REVIEW, DISCHARGES, STEP_DOWNS, ADMISSIONS, SESSIONS, _ = (
    map(int, Phase)
)
WEEK_END = int(Phase.WEEK_END)
NOT_CALLED = tuple(
    int(place) for place in (Exit.AWAITING_ASSESSMENT, Exit.NOT_REFERRED, Exit.CALL_LOST, Exit.SCREENED_OUT)
)
"""Where a client is, by what became of the call."""

MANY_USES = len(USES)
act_staff, opens_posts, notes_posts = posts.staff, posts.opens, posts.notes_posts
act_booking, act_assessments = diary.booking, diary.assessments
act_reneging, act_admissions = line.reneging, line.admissions
act_review, act_discharges, act_step_downs, act_sessions = (
    program.weekly_review,
    program.discharges,
    program.step_downs,
    program.sessions,
)
act_week_end = office.week_end


@merged
def play(clinic: Struct) -> None:
    """Play one replication from the opening to the end of the run; what happened is then in the tables."""
    clears(clinic)
    draws_cohort(clinic)
    for who in range(clinic.n_people):
        begins_story(clinic, who)
    clinic.n_first = clinic.n_people
    opens_posts(clinic)
    seats_who_is_here(clinic)
    calls_for_referrals(clinic)
    for today in range(clinic.days):
        clinic.week, clinic.day_bit = today // 7, 1 << today % 7
        plays_before_review(clinic, today)
        plays_from_review(clinic, today)
    notes_posts(clinic)
    notes_staff(clinic)


@merged
def plays_before_review(clinic: Struct, today: int) -> None:
    """Play the phases of a day that have something to do; each may have a later one of the day be played.

    One question after the other, and no table of what to do, as a day is much like the day a week before.
    """
    called = clinic.called
    if called[today] >> STAFF & 1:
        act_staff(clinic, today)
    if called[today] >> RETURNS & 1:
        returns(clinic, today)
    if called[today] >> REFERRALS & 1:
        referrals(clinic, today)
    if called[today] >> BOOKING & 1:
        act_booking(clinic, today)
    if called[today] >> RENEGING & 1:
        act_reneging(clinic, today)
    if called[today] >> ASSESSMENTS & 1:
        act_assessments(clinic, today)


@merged
def plays_from_review(clinic: Struct, today: int) -> None:
    """Play the other phases of the day."""
    called = clinic.called
    if called[today] >> REVIEW & 1:
        act_review(clinic, today)
    if called[today] >> DISCHARGES & 1:
        act_discharges(clinic)
    if called[today] >> STEP_DOWNS & 1:
        act_step_downs(clinic, today)
    if called[today] >> ADMISSIONS & 1:
        act_admissions(clinic, today)
    if called[today] >> SESSIONS & 1:
        act_sessions(clinic, today)
    if called[today] >> WEEK_END & 1:
        act_week_end(clinic, today)


@jit
def clears(clinic: Struct) -> None:
    """Make the state that of a clinic in which nothing has happened."""
    schedule, intake = clinic.book.schedule, clinic.book.intake
    clinic.n_people = clinic.n_first = clinic.n_appointments = clinic.n_nights = clinic.n_intake = 0
    clinic.n_sessions = clinic.n_moves = clinic.n_lapses = clinic.n_counselors = clinic.n_posts = clinic.n_visits = 0
    clinic.n_unexcused = clinic.next_arrival = clinic.first_free_day = 0
    clinic.n_callers = clinic.n_without = clinic.n_joining = clinic.n_waiting = clinic.last_wait = 0
    clinic.n_leavers = clinic.n_movers = 0
    clinic.first_waiting = clinic.first_inside = clinic.last_inside = clinic.seats_day = NEVER
    clinic.asked = False
    clinic.busy_day = clinic.seen_day = NEVER
    clinic.any_invited = clinic.overloaded = False
    clinic.called[:] = clinic.plan.called
    clinic.n_reviewed[:] = 0
    clinic.expected_first[:] = NEVER
    clinic.losing_first[:] = NEVER
    clinic.back_first[:] = NEVER
    clinic.again_first[:] = NEVER
    clinic.tail[:] = NEVER
    clinic.slots[:] = intake.slots
    clinic.room[:] = intake.room
    clinic.free[:] = schedule.night_seats
    clinic.enrolled[:] = 0
    clinic.opening[:] = schedule.group_opening
    clinic.shift[:] = 0
    clinic.invited[:] = 0
    clinic.load[:] = 0
    clinic.load_first[:] = NEVER
    clinic.load_last[:] = NEVER
    clinic.worked[:] = 0
    clinic.busy[:] = 0
    clinic.taken_night[:] = NEVER
    clinic.minutes[:] = 0
    clinic.waiting_weeks_groups[:] = 0
    clinic.waiting_weeks_roles[:] = 0


@jit
def draws_cohort(clinic: Struct) -> None:
    """Draw who is here at the opening and who is referred."""
    many = refer(clinic.book, clinic.plan, clinic.people, clinic.seed, clinic.replication)
    if many > len(clinic.people):
        has_room_for(clinic, many)
        many = refer(clinic.book, clinic.plan, clinic.people, clinic.seed, clinic.replication)
    clinic.n_people = many


@jit
def begins_story(clinic: Struct, who: int) -> None:
    """Set what is known of a client to whom nothing has happened yet, beside the row."""
    clinic.stories[who] = clinic.plan.story[0]
    clinic.page[who, :] = NEVER


@jit
def seats_who_is_here(clinic: Struct) -> None:
    """Seat who is here at the opening; their stories begin where they are."""
    here = clinic.book.present
    for who in range(len(here.in_program)):
        if here.in_program[who]:
            was_admitted(clinic, who, here.group[who], here.days[who], here.phase_days[who])
            week_of_sessions(clinic, who, 0)
        else:
            waits_already(clinic, who, here.days[who])
    clinic.next_arrival = len(here.in_program)


@jit
def calls_for_referrals(clinic: Struct) -> None:
    """Have the days be played on which somebody is referred."""
    for who in range(clinic.next_arrival, clinic.n_people):
        call(clinic, REFERRALS, clinic.people[who].referral_day)


@jit
def referrals(clinic: Struct, today: int) -> None:
    """Clients are referred, or call again, and their stories begin."""
    while clinic.next_arrival < clinic.n_first and clinic.people[clinic.next_arrival].referral_day == today:
        calls(clinic, clinic.next_arrival, today)
        clinic.next_arrival += 1
    who = clinic.n_people - 1
    while who >= clinic.n_first and clinic.people[who].referral_day == today:
        calls(clinic, who, today)
        who -= 1


@jit
def calls(clinic: Struct, who: int, today: int) -> None:
    """A referral is made or not, and its call leads to an appointment or not."""
    me, intake = clinic.people[who], clinic.book.intake
    kept = clinic.book.demand.kept[me.source, clinic.last_wait] if me.episode == 0 else 1.0
    outcome = call_outcome(me.kept, kept, me.call, intake.call_lost, intake.screened_out)
    if outcome == ANSWERED:
        is_answered(clinic.book, clinic.plan, me)
        asks(clinic, who, today)
    else:
        me.exit, me.exit_day = NOT_CALLED[outcome], today


@jit
def returns(clinic: Struct, today: int) -> None:
    """Clients come back: from elsewhere to the waitlist, or after a relapse to the front door."""
    who = clinic.back_first[today]
    while who != NEVER:
        joins(clinic, who, today)
        who = clinic.returning_after[who]
    many, who = 0, clinic.again_first[today]
    while who != NEVER:
        clinic.coming[many] = who
        clinic.first_key[who], clinic.second_key[who] = clinic.people[who].first, 0
        many += 1
        who = clinic.returning_after[who]
    put_in_order(clinic, clinic.coming, 0, many)
    has_room_for(clinic, clinic.n_people + many)
    for place in range(many):
        new = clinic.n_people
        clinic.n_people = new + 1
        again(clinic.book, clinic.plan, clinic.people, clinic.coming[place], new, clinic.seed, clinic.replication)
        clinic.people[new].referral_day = today
        begins_story(clinic, new)
        call(clinic, REFERRALS, today)


@jit
def notes_staff(clinic: Struct) -> None:
    """Note the weeks of each role: minutes by what they were spent on."""
    roles, rows, minutes = clinic.roles, clinic.staff, clinic.minutes
    for week in range(clinic.weeks):
        for role in range(roles):
            place = week * roles + role
            row = rows[place]
            row.week, row.role = week, role
            row.available = clinic.available[week, role]
            row.groups, row.assessments, row.orientation = minutes[0, place], minutes[1, place], minutes[2, place]
            row.family, row.supervision, row.individual = minutes[3, place], minutes[4, place], minutes[5, place]
            row.medication, row.notes = minutes[6, place], minutes[7, place]
            used = 0
            for use in range(MANY_USES):
                used += minutes[use, place]
            row.idle, row.overtime = max(row.available - used, 0), max(used - row.available, 0)
            row.short_individual, row.short_medication = minutes[8, place], minutes[9, place]
            row.short_notes, row.cover = minutes[10, place], minutes[11, place]

"""The program: admissions, weekly reviews, moves between phases, group nights, discharges."""

from __future__ import annotations

from iopsim.clock import Phase
from iopsim.cohort import GAP, LAPSE_GAP
from iopsim.engines.compiled import seats, team
from iopsim.engines.compiled.agenda import append, call, put_in_order
from iopsim.engines.compiled.blocks import absence_card, lapse_gap
from iopsim.engines.compiled.cards import leaving_cards, treatment_cards
from iopsim.engines.compiled.growth import has_room_for_sessions, row_of_move, row_of_night
from iopsim.engines.compiled.office import family_night
from iopsim.engines.compiled.rules import absence_run, call_day, missed_share, night_status, relapse_days
from iopsim.engines.compiled.state import AFTER, MISSED, UNKNOWN
from iopsim.engines.compiled.treatment import (
    ABSENT,
    CUT_SHORT,
    EXCUSED_ABSENCE,
    MADE_UP,
    learns,
    review,
    session,
)
from iopsim.jit import Struct, jit
from iopsim.record import NEVER, Exit, Night
from iopsim.rulebook.treatment import Fact
from iopsim.rules.discharge import MOVE_ON, STAY, STEP_UP
from iopsim.rules.relapse import NOT_KNOWN

RETURNS, REVIEW, DISCHARGES, STEP_DOWNS = (
    int(phase) for phase in (Phase.RETURNS, Phase.REVIEW, Phase.DISCHARGES, Phase.STEP_DOWNS)
)
IN_TREATMENT, OTHER, HELD = int(Exit.IN_TREATMENT), int(Exit.OTHER), int(Night.HELD)
PHASE, WEEKS_WAITED = int(Fact.PHASE), int(Fact.WEEKS_WAITED)
group_with_room, group_after_release = seats.group_with_room, seats.group_after_release
give, release, own_night = seats.give, seats.release, seats.own_night
runs, takes_over, lets_go = team.runs, team.takes_over, team.lets_go
RING = seats.RING


# Coming in.


@jit
def admits(clinic: Struct, who: int, group: int, today: int) -> None:
    """Give a client seats, and begin the history of treatment."""
    me = clinic.people[who]
    since = me.assessed_day if me.away_day == NEVER and me.assessed_day != NEVER else me.joined_day
    me.admitted_day, me.group = today, group
    begins(clinic, who, group, today, (today - since) // 7)


@jit
def was_admitted(clinic: Struct, who: int, group: int, days: int, phase_days: int) -> None:
    """Seat one who has been in program for so many days at the opening, and in the present phase for so many."""
    me, story = clinic.people[who], clinic.stories[who]
    if group == NEVER:
        group = group_with_room(clinic, who, me.phase, 0)
    me.exit, me.exit_day = IN_TREATMENT, NEVER
    me.admitted_day, me.group = -days, group
    story.weeks = days // 7
    begins(clinic, who, group, -phase_days, 0)
    takes_over(clinic, who)


@jit
def begins(clinic: Struct, who: int, group: int, phase_day: int, waited: int) -> None:
    """Begin the history of treatment."""
    me, story, coverage = clinic.people[who], clinic.stories[who], clinic.book.coverage
    treatment_cards(clinic.book, clinic.plan, me, clinic.seed, clinic.replication)
    story.phase_day = phase_day
    clinic.facts[who, :] = 0
    clinic.facts[who, WEEKS_WAITED] = waited
    story.may_move_day = phase_day + 7 * clinic.book.treatment.phase_least[me.phase]
    story.covered = coverage.discharges[me.payer]
    story.contract_day = coverage.contract_day[me.payer]
    give(clinic, who, group)
    expect_nights(clinic, who)
    story.gap = absence_card(clinic, who, GAP)
    if clinic.book.treatment.lapse_hazard != 0.0:
        story.next_lapse = lapse_gap(clinic, who, LAPSE_GAP)
    learns(clinic, who, PHASE, me.phase)
    story.inside_before, story.inside_after = clinic.last_inside, NEVER
    if clinic.last_inside == NEVER:
        clinic.first_inside = who
    else:
        clinic.stories[clinic.last_inside].inside_after = who
    clinic.last_inside = who


@jit
def expect_nights(clinic: Struct, who: int) -> None:
    """Work out how likely each night's session is to be attended."""
    me, story, schedule, treatment = (
        clinic.people[who],
        clinic.stories[who],
        clinic.book.schedule,
        clinic.book.treatment,
    )
    group = story.seat_group
    ratio = me.attendance_ratio_by_video if schedule.group_by_video[group] else me.attendance_ratio
    odds = treatment.absence_odds
    run = absence_run(odds, treatment.absence_run, ratio * clinic.plan.least_odds_ratio[group])
    story.absence_goes_on = 1.0 - 1.0 / run
    first = schedule.group_first_night[group]
    for night in range(first, schedule.group_first_night[group + 1]):
        if (story.seat_bits >> (night - first)) & 1:
            turn = clinic.turns[who, night - first]
            turn[MISSED], turn[AFTER] = missed_share(odds, ratio * schedule.night_odds_ratio[night]), UNKNOWN


# What clients ask.


@jit
def week_of_sessions(clinic: Struct, who: int, today: int) -> None:
    """Have a client reviewed in a week, and every week from then on."""
    day = today % 7
    clinic.reviewed[clinic.n_reviewed[day], day] = who
    clinic.n_reviewed[day] += 1
    call(clinic, REVIEW, today + 7)


@jit
def asks_to_move(clinic: Struct, who: int, phase: int, today: int) -> None:
    """Ask for seats in another phase, unless already asked."""
    me = clinic.people[who]
    if me.wanted != phase:
        if me.wanted == NEVER:
            clinic.movers[clinic.n_movers] = who
            clinic.n_movers += 1
        me.wanted = phase
        me.due_day = today
        call(clinic, STEP_DOWNS, today)


@jit
def asks_to_leave(clinic: Struct, who: int, reason: int, today: int) -> None:
    """Leave the program; the seats are free from today's discharges on."""
    me = clinic.people[who]
    if me.exit == IN_TREATMENT:
        me.exit, me.exit_day = reason, today
        clinic.leavers[clinic.n_leavers] = who
        clinic.n_leavers += 1
        call(clinic, DISCHARGES, today)


# What the phases of a day do.


@jit
def weekly_review(clinic: Struct, today: int) -> None:
    """Those whose week of treatment is over are reviewed, in order of the day on which they were admitted."""
    people, stories, reviewed, day = clinic.people, clinic.stories, clinic.reviewed, today % 7
    first_lapse, stay = clinic.n_lapses, 0
    for place in range(clinic.n_reviewed[day]):
        who = reviewed[place, day]
        me = people[who]
        if me.exit != IN_TREATMENT:
            continue
        decision = review(clinic, who, me, stories[who], today)
        if decision == MOVE_ON:
            asks_to_move(clinic, who, me.phase + 1, today)
        elif decision == STEP_UP:
            asks_to_move(clinic, who, me.phase - 1, today)
        elif decision != STAY:
            asks_to_leave(clinic, who, decision, today)
            continue
        reviewed[stay, day] = who
        stay += 1
    clinic.n_reviewed[day] = stay
    if stay:
        call(clinic, REVIEW, today + 7)
    lapses = clinic.lapses
    for row in range(first_lapse + 1, clinic.n_lapses):
        client, place = lapses[row].client, row
        while place > first_lapse and lapses[place - 1].client > client:
            lapses[place].client = lapses[place - 1].client
            place -= 1
        lapses[place].client = client


@jit
def discharges(clinic: Struct) -> None:
    """Leavers give up their seats."""
    for place in range(clinic.n_leavers):
        who = clinic.leavers[place]
        if clinic.people[who].wanted != NEVER:
            no_more_a_mover(clinic, who)
        leaves(clinic, who)
    clinic.n_leavers = 0


@jit
def no_more_a_mover(clinic: Struct, who: int) -> None:
    """Take a client off the list of those due to move."""
    movers, place = clinic.movers, 0
    while movers[place] != who:
        place += 1
    clinic.n_movers -= 1
    while place < clinic.n_movers:
        movers[place] = movers[place + 1]
        place += 1


@jit
def step_downs(clinic: Struct, today: int) -> None:
    """Those due to move take seats of the phase they want, in order of (day due, lot, client), if there are any.

    After each move the first in the order is asked again. When nobody can move, the first who does not wait leaves.
    """
    people, movers = clinic.people, clinic.movers
    for place in range(clinic.n_movers):
        clinic.first_key[movers[place]] = people[movers[place]].due_day
        clinic.second_key[movers[place]] = 0
    put_in_order(clinic, movers, 0, clinic.n_movers)
    place = 0
    while place < clinic.n_movers:
        if moves(clinic, movers[place], today):
            no_more_a_mover(clinic, movers[place])
            place = 0
            continue
        place += 1
        if place == clinic.n_movers:
            turned = 0
            while turned < clinic.n_movers and not does_not_wait(clinic, movers[turned]):
                turned += 1
            if turned < clinic.n_movers:
                who = movers[turned]
                no_more_a_mover(clinic, who)
                people[who].exit, people[who].exit_day = OTHER, today
                leaves(clinic, who)
                place = 0
    if clinic.n_movers:
        call(clinic, STEP_DOWNS, today + 1)


@jit
def moves(clinic: Struct, who: int, today: int) -> bool:
    """Move a client to the phase wanted, if it has room once the old seats are given up."""
    me, story = clinic.people[who], clinic.stories[who]
    group = group_after_release(clinic, who, me.wanted, today)
    if group == NEVER:
        return False
    release(clinic, who)
    me.phase, me.wanted = me.wanted, NEVER
    story.phase_day = today
    story.may_move_day = today + 7 * clinic.book.treatment.phase_least[me.phase]
    give(clinic, who, group)
    expect_nights(clinic, who)
    learns(clinic, who, PHASE, me.phase)
    number = row_of_move(clinic)
    row = clinic.moves[number]
    row.client, row.phase, row.due_day, row.day = who, me.phase, me.due_day, today
    return True


@jit
def does_not_wait(clinic: Struct, who: int) -> bool:
    """Return whether a client leaves rather than wait for the next phase; one who lapsed always waits."""
    me = clinic.people[who]
    return me.wanted > me.phase and not clinic.book.treatment.phase_waits[me.wanted]


@jit
def sessions(clinic: Struct, today: int) -> None:
    """Tonight's groups meet, if there is somebody to run them and clients enough."""
    schedule = clinic.book.schedule
    for place in range(schedule.schedule_start[today], schedule.schedule_start[today + 1]):
        night = schedule.schedule[place]
        if clinic.opening[schedule.night_group[night]] <= today:
            group_night(clinic, night, today)
    if clinic.plan.family_day[today]:
        family_night(clinic, today)


@jit
def group_night(clinic: Struct, night: int, today: int) -> None:
    """One group meets, or does not."""
    schedule = clinic.book.schedule
    group = schedule.night_group[night]
    guests = gather_guests(clinic, night, today)
    many = clinic.enrolled[night]
    expected, smallest = many + guests, schedule.smallest_census[group]
    staff = cover = short = 0
    if expected >= smallest:
        staff, cover, short = runs(clinic, night, today, expected)
    number = row_of_night(clinic)
    row = clinic.nights[number]
    row.day, row.night, row.seats = today, night, schedule.night_seats[night]
    row.status = night_status(expected, smallest, staff, cover, len(clinic.plan.facilitators) > 0)
    row.staff, row.cover, row.short = staff, cover, short
    row.scheduled = row.attended = row.cut_short = row.excused = row.absent = row.guests = 0
    if row.status != HELD:
        return
    has_room_for_sessions(clinic, expected)
    sessions, people, stories, roster = clinic.sessions, clinic.people, clinic.stories, clinic.roster
    turns, nth = clinic.turns, night - schedule.group_first_night[group]
    absent = excused = cut_short = 0
    at = clinic.n_sessions
    for seat in range(many):
        who = roster[night, seat]
        became = session(clinic, who, people[who], stories[who], turns[who, nth], today)
        absent += became == ABSENT
        excused += became == EXCUSED_ABSENCE
        cut_short += became == CUT_SHORT
        here = sessions[at]
        here.day, here.night, here.client, here.attendance = today, night, who, became
        at += 1
    for seat in range(guests):
        who = clinic.tonight[seat]
        me, story = people[who], stories[who]
        story.billable += today >= story.contract_day
        me.made_up += 1
        if me.first_session_day < 0:
            me.first_session_day = today
        here = sessions[at]
        here.day, here.night, here.client, here.attendance = today, night, who, MADE_UP
        at += 1
    clinic.n_sessions = at
    row.scheduled, row.excused, row.absent, row.cut_short, row.guests = many, excused, absent, cut_short, guests
    row.attended = many - excused - absent


@jit
def gather_guests(clinic: Struct, night: int, today: int) -> int:
    """Note tonight's guests, as many as there are seats for, and return how many."""
    if not clinic.any_invited:
        return 0
    ring, many, most = today % RING, 0, max(clinic.free[night], 0)
    for place in range(clinic.invited[ring, night]):
        who = clinic.guests[ring, night, place]
        if many < most and clinic.people[who].exit == IN_TREATMENT and not own_night(clinic, who, today):
            clinic.tonight[many] = who
            many += 1
    clinic.invited[ring, night] = 0
    return many


# Going.


@jit
def leaves(clinic: Struct, who: int) -> None:
    """Give up seats and counselor, and go home."""
    release(clinic, who)
    story = clinic.stories[who]
    if story.inside_before == NEVER:
        clinic.first_inside = story.inside_after
    else:
        clinic.stories[story.inside_before].inside_after = story.inside_after
    if story.inside_after == NEVER:
        clinic.last_inside = story.inside_before
    else:
        clinic.stories[story.inside_after].inside_before = story.inside_before
    lets_go(clinic, who)
    goes_home(clinic, who)


@jit
def goes_home(clinic: Struct, who: int) -> None:
    """Leave treatment, to relapse or not, and perhaps to call again."""
    me, after = clinic.people[who], clinic.book.after
    leaving_cards(clinic.book, clinic.plan, me, clinic.seed, clinic.replication)
    days = relapse_days(
        me.exit,
        me.exit_day - me.admitted_day,
        me.relapse,
        after.completed_ratio,
        after.short_stay_ratio,
        after.short_stay_days,
    )
    if days == NOT_KNOWN:
        return
    me.relapse_day = me.exit_day + days
    if me.returns and me.episode + 1 < after.episodes:
        lockout = clinic.book.treatment.lockout_days
        day = max(call_day(me.relapse_day, me.return_delay, me.exit, me.exit_day, lockout), me.exit_day + 1)
        if day < clinic.days:
            me.return_day = day
            append(clinic.again_first, clinic.again_last, clinic.returning_after, day, who)
            call(clinic, RETURNS, day)

"""The line: from placement to a seat."""

from __future__ import annotations

from iopsim.clock import Phase
from iopsim.engines.compiled import seats, team
from iopsim.engines.compiled.agenda import append, call, put_in_order
from iopsim.engines.compiled.cards import is_answered, line_cards
from iopsim.engines.compiled.growth import row_of_intake
from iopsim.engines.compiled.program import admits, week_of_sessions
from iopsim.engines.compiled.rules import balks, patience_days, ready_day
from iopsim.jit import Struct, jit
from iopsim.record import NEVER, Exit
from iopsim.rules.waitlist import FOREVER

RENEGING, ADMISSIONS = int(Phase.RENEGING), int(Phase.ADMISSIONS)
WAITING, IN_TREATMENT, RENEGED, BALKED, NOT_AUTHORIZED = (
    int(place) for place in (Exit.WAITING, Exit.IN_TREATMENT, Exit.RENEGED, Exit.BALKED, Exit.NOT_AUTHORIZED)
)
group_for_who_waits, fits = seats.group_for_who_waits, seats.fits
counselor_with_room, takes_on = team.counselor_with_room, team.takes_on


# The list itself, in order of (priority, day of joining, lot, client).


@jit
def stands_before(clinic: Struct, one: int, other: int) -> bool:
    """Return whether one client of a priority class stands before another of it."""
    first, second = clinic.people[one], clinic.people[other]
    if first.joined_day != second.joined_day:
        return first.joined_day < second.joined_day
    if first.lot != second.lot:
        return first.lot < second.lot
    return one < other


@jit
def lines_up(clinic: Struct, who: int) -> None:
    """Put a client on the list; who joins later than all others of the class is put at the end of it at once."""
    line_before, line_after, tail = clinic.line_before, clinic.line_after, clinic.tail
    priority = clinic.people[who].priority
    after = priority
    while after >= 0 and tail[after] == NEVER:
        after -= 1
    cursor = tail[after] if after >= 0 else NEVER
    if after == priority:
        while cursor != NEVER and clinic.people[cursor].priority == priority and stands_before(clinic, who, cursor):
            cursor = line_before[cursor]
    line_before[who] = cursor
    if cursor == NEVER:
        line_after[who] = clinic.first_waiting
        clinic.first_waiting = who
    else:
        line_after[who] = line_after[cursor]
        line_after[cursor] = who
    if line_after[who] != NEVER:
        line_before[line_after[who]] = who
    if tail[priority] == NEVER or tail[priority] == cursor:
        tail[priority] = who
    clinic.n_waiting += 1
    me = clinic.people[who]
    clinic.may_start[who] = clinic.days if me.denied else me.ready_day
    clinic.phase_wanted[who], clinic.traits_wanted[who] = me.phase, me.traits & clinic.plan.traits_that_matter


@jit
def steps_out(clinic: Struct, who: int) -> None:
    """Take a client off the list."""
    line_before, line_after, tail, me = clinic.line_before, clinic.line_after, clinic.tail, clinic.people[who]
    if tail[me.priority] == who:
        before = line_before[who]
        same = before != NEVER and clinic.people[before].priority == me.priority
        tail[me.priority] = before if same else NEVER
    if line_before[who] == NEVER:
        clinic.first_waiting = line_after[who]
    else:
        line_after[line_before[who]] = line_after[who]
    if line_after[who] != NEVER:
        line_before[line_after[who]] = line_before[who]
    clinic.n_waiting -= 1


# What clients ask.


@jit
def joins(clinic: Struct, who: int, today: int) -> None:
    """Ask for a place in the program."""
    me, book = clinic.people[who], clinic.book
    line_cards(book, clinic.plan, me, clinic.seed, clinic.replication)
    me.exit, me.exit_day, me.joined_day = WAITING, NEVER, today
    start, missed = book.coverage.start_day[me.payer], me.orientations_missed
    me.ready_day = ready_day(today, me.ready_delay, start, missed, book.intake.next_orientation_day)
    clinic.joining[clinic.n_joining] = who
    clinic.n_joining += 1
    call(clinic, ADMISSIONS, today)


@jit
def waits_already(clinic: Struct, who: int, days: int) -> None:
    """Have one who has been on the waitlist for so many days at the opening wait on."""
    me = clinic.people[who]
    is_answered(clinic.book, clinic.plan, me)
    line_cards(clinic.book, clinic.plan, me, clinic.seed, clinic.replication)
    me.exit, me.exit_day = WAITING, NEVER
    start = clinic.book.coverage.start_day[me.payer]
    me.joined_day = -days
    me.ready_day = start if start > 0 else -days
    me.denied = 0
    lines_up(clinic, who)
    loses_patience(clinic, who, 0)
    call(clinic, ADMISSIONS, clinic.book.intake.next_admission_day[0])


# What the phases of a day do.


@jit
def reneging(clinic: Struct, today: int) -> None:
    """Those whose patience ends today, or who learn today that treatment is not authorized, leave the line."""
    who = clinic.losing_first[today]
    while who != NEVER:
        me = clinic.people[who]
        if me.exit == WAITING:
            steps_out(clinic, who)
            me.exit, me.exit_day = clinic.stories[who].why, today
        who = clinic.losing_after[who]


@jit
def admissions(clinic: Struct, today: int) -> None:
    """Who is ready starts, in order of (priority, day of joining, lot, client), as far as there is room."""
    joining = clinic.joining
    for place in range(clinic.n_joining):
        me = clinic.people[joining[place]]
        clinic.first_key[joining[place]], clinic.second_key[joining[place]] = me.priority, me.joined_day
    put_in_order(clinic, joining, 0, clinic.n_joining)
    for place in range(clinic.n_joining):
        lines_up(clinic, joining[place])
    if clinic.book.intake.next_admission_day[today] == today:
        admit(clinic, today)
    begin_to_wait(clinic, today)
    call_again(clinic, today + 1)


@jit
def ready(clinic: Struct, today: int, group: int) -> int:
    """Return how many wait who could start in a group, were it open."""
    many, who = 0, clinic.first_waiting
    while who != NEVER:
        if clinic.may_start[who] <= today and fits(clinic, group, clinic.people[who].phase, clinic.people[who].traits):
            many += 1
        who = clinic.line_after[who]
    return many


@jit
def call_again(clinic: Struct, day: int) -> None:
    """Have admissions played on the next admission day, from a day on, on which somebody is ready."""
    soonest, who = clinic.days, clinic.first_waiting
    may_start, line_after = clinic.may_start, clinic.line_after
    while who != NEVER:
        if may_start[who] < soonest:
            soonest = may_start[who]
            if soonest <= day:
                break
        who = line_after[who]
    if soonest < clinic.days:
        call(clinic, ADMISSIONS, clinic.book.intake.next_admission_day[max(day, soonest)])


@jit
def admit(clinic: Struct, today: int) -> None:
    """Go through the line once."""
    were_ready = admitted = no_seat = no_caseload = neither = 0
    held, post = False, NEVER
    nobody_counsels = len(clinic.plan.counselors) == 0
    who, may_start, line_after = clinic.first_waiting, clinic.may_start, clinic.line_after
    while who != NEVER:
        following = line_after[who]
        if may_start[who] <= today:
            if were_ready == 0:
                post = counselor_with_room(clinic)
            were_ready += 1
            group = NEVER if held else group_for_who_waits(clinic, who, today)
            busy = post == NEVER and not nobody_counsels
            if group == NEVER:
                held = clinic.book.intake.hold_the_line
                no_seat += not busy
                neither += busy
            elif busy:
                no_caseload += 1
            else:
                admitted += 1
                steps_out(clinic, who)
                clinic.last_wait = waited(clinic, who, today)
                admits(clinic, who, group, today)
                takes_on(clinic, who, post, today)
                post = counselor_with_room(clinic)
                clinic.people[who].exit, clinic.people[who].exit_day = IN_TREATMENT, NEVER
                week_of_sessions(clinic, who, today)
        who = following
    if were_ready:
        number = row_of_intake(clinic)
        row = clinic.intake[number]
        row.day, row.ready, row.admitted = today, were_ready, admitted
        row.no_seat, row.no_caseload, row.neither = no_seat, no_caseload, neither


@jit
def begin_to_wait(clinic: Struct, today: int) -> None:
    """Turn away whoever of those who joined today does not fit on the list, the last first; patience begins."""
    joining, many, limit = clinic.joining, clinic.n_joining, clinic.book.intake.waitlist_limit
    for place in range(many - 1, -1, -1):
        who = joining[place]
        me = clinic.people[who]
        if me.exit != WAITING:
            continue
        if balks(clinic.n_waiting, limit):
            steps_out(clinic, who)
            me.exit, me.exit_day = BALKED, today
        else:
            loses_patience(clinic, who, today)
    clinic.n_joining = 0


@jit
def loses_patience(clinic: Struct, who: int, today: int) -> None:
    """Note when a client's patience will end, or when treatment will turn out not to be authorized."""
    me, intake = clinic.people[who], clinic.book.intake
    hazard, from_day = intake.renege_per_day * me.renege_ratio, FOREVER
    ratio = 1.0
    if me.interim:
        from_day, ratio = max(0, max(me.referral_day, 0) + intake.interim_after - today), intake.interim_ratio
    last = today + patience_days(me.patience, hazard, from_day, ratio)
    why, told = RENEGED, today + max(me.authorization, 1)
    if me.denied and told <= last:
        last, why = told, NOT_AUTHORIZED
    if last < clinic.days:
        clinic.stories[who].why = why
        append(clinic.losing_first, clinic.losing_last, clinic.losing_after, last, who)
        call(clinic, RENEGING, last)


@jit
def waited(clinic: Struct, who: int, today: int) -> int:
    """Return the days that one who is admitted has waited for this program: those spent elsewhere first apart."""
    me = clinic.people[who]
    if me.referral_day == NEVER:
        return today - me.joined_day
    return today - me.referral_day - (me.joined_day - me.assessed_day if me.away_day != NEVER else 0)

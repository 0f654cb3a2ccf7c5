"""Who comes and goes among the staff, and what opens or is hired on a trigger."""

from __future__ import annotations

from iopsim.clock import Phase
from iopsim.engines.compiled import line, seats
from iopsim.engines.compiled.agenda import call
from iopsim.engines.compiled.diary import changes
from iopsim.engines.compiled.growth import row_of_post
from iopsim.engines.compiled.team import changes_counselor, hands_over
from iopsim.engines.compiled.workforce import absences, person
from iopsim.jit import Struct, jit
from iopsim.record import NEVER
from iopsim.rulebook.days import UNLIMITED

STAFF = int(Phase.STAFF)
WHOLE_WEEK = 127
"""Seven days, as bits."""

ready, opens_group = line.ready, seats.opens


@jit
def days_from(week: int, day: int) -> int:
    """Return the days of a week from a day of the run on, as bits."""
    since = day - 7 * week
    return WHOLE_WEEK if since <= 0 else (WHOLE_WEEK >> since) << since if since < 7 else 0


@jit
def fill(clinic: Struct, post: int) -> None:
    """Work out on which days a post is filled, and its person here, and have each change looked at on its day."""
    filled, here, off = clinic.filled, clinic.here, clinic.off_days
    filled[post, :] = 0
    begin, number = clinic.start[post], 0
    while begin < clinic.days:
        stays, empty = person(clinic.book, post, number, clinic.seed, clinic.replication)
        end = min(begin + stays, clinic.days)
        for week in range(begin // 7, (end + 6) // 7):
            filled[post, week] |= days_from(week, begin) & ~days_from(week, end)
        if begin > 0:
            call(clinic, STAFF, begin)
        call(clinic, STAFF, end)
        begin, number = end + empty, number + 1
    for week in range(clinic.weeks):
        here[post, week] = filled[post, week] & ~off[post, week]


@jit
def count_minutes(clinic: Struct) -> None:
    """Count the minutes that there are in each week."""
    staffing, plan = clinic.book.staffing, clinic.plan
    clinic.available[:] = 0
    for post in range(len(staffing.post_role)):
        role = staffing.post_role[post]
        for week in range(clinic.weeks):
            days = plan.days_in[clinic.here[post, week] & plan.working[week]]
            clinic.available[week, role] += days * staffing.day_minutes[role]


@jit
def notes_posts(clinic: Struct) -> None:
    """Note who held which post from when to when, and the days and hires of each role and week."""
    staffing, plan, rows, roles = clinic.book.staffing, clinic.plan, clinic.staff, clinic.roles
    for row in range(len(rows)):
        rows[row].employed_days = rows[row].vacant_days = rows[row].away_days = rows[row].hires = 0
    for post in range(len(clinic.start)):
        role, begin, number = staffing.post_role[post], clinic.start[post], 0
        while begin < clinic.days:
            stays, empty = person(clinic.book, post, number, clinic.seed, clinic.replication)
            place = row_of_post(clinic)
            held = clinic.posts[place]
            held.post, held.first_day, held.end_day = post, begin, min(begin + stays, clinic.days)
            rows[begin // 7 * roles + role].hires += begin > 0
            begin, number = held.end_day + empty, number + 1
        for week in range(clinic.weeks):
            row, filled = rows[week * roles + role], clinic.filled[post, week]
            row.employed_days += plan.days_in[filled]
            row.vacant_days += plan.days_in[days_from(week, clinic.start[post]) & ~filled]
            row.away_days += plan.days_in[filled & clinic.off_days[post, week] & plan.working[week]]


@jit
def opens(clinic: Struct) -> None:
    """Fill the posts of the opening day, and have later changes, and triggers, looked at on their days."""
    for post in range(len(clinic.start)):
        clinic.start[post] = clinic.book.staffing.post_start[post]
        absences(clinic.book, clinic.off, post, clinic.seed, clinic.replication)
        for week in range(clinic.weeks):
            days = 0
            for day in range(7):
                if clinic.off[post, 7 * week + day]:
                    days |= 1 << day
            clinic.off_days[post, week] = days
        fill(clinic, post)
        clinic.now[post] = clinic.began[post] = clinic.filled[post, 0] & 1 != 0
        clinic.hired[post] = False
    count_minutes(clinic)
    if clinic.plan.triggers:
        look_again(clinic, -1)


@jit
def staff(clinic: Struct, today: int) -> None:
    """Triggers are looked at; then who leaves hands over the caseload, and who starts takes over what was left."""
    staffing, posts = clinic.book.staffing, len(clinic.start)
    if clinic.plan.triggers and today % 7 == staffing.monday:
        look_at_triggers(clinic, today)
        look_again(clinic, today)
    changed, now = clinic.changed, clinic.now
    for post in range(posts):
        filled = clinic.filled[post, clinic.week] & clinic.day_bit != 0
        changed[post], now[post] = filled != now[post], filled
        clinic.handed[post] = clinic.load[post] if changed[post] and now[post] else 0
    for post in range(posts):
        if changed[post] and not now[post] and clinic.began[post]:
            hands_over(clinic, post, today)
    for post in range(posts):
        who = clinic.load_first[post]
        for _ in range(clinic.handed[post]):  # whoever starts is a new counselor to whom the empty post still carried
            following = clinic.stories[who].load_after
            changes_counselor(clinic, who, post, today)
            who = following
    for post in range(posts):
        if changed[post]:
            if staffing.assesses[staffing.post_role[post]]:
                changes(clinic, today, assessors_more(clinic, post, today))
            clinic.began[post] = clinic.began[post] or now[post]


@jit
def assessors_more(clinic: Struct, post: int, today: int) -> int:
    """Return by how many assessors the diary changes: a planned first start is in it already."""
    if not clinic.now[post]:
        return -1
    return 0 if not clinic.began[post] and clinic.book.staffing.post_start[post] == today else 1


# Triggers.


@jit
def look_again(clinic: Struct, today: int) -> None:
    """Have triggers looked at on the next Monday."""
    monday = clinic.book.staffing.monday
    call(clinic, STAFF, 7 * ((today - monday) // 7 + 1) + monday)


@jit
def look_at_triggers(clinic: Struct, today: int) -> None:
    """Once a week: has a group's line, or a role's caseload, been too long for long enough?"""
    schedule, weeks = clinic.book.schedule, clinic.waiting_weeks_groups
    for group in range(len(clinic.opening)):
        needed = schedule.opens_waiting[group]
        if needed == UNLIMITED or clinic.opening[group] < clinic.days:
            continue
        weeks[group] = weeks[group] + 1 if ready(clinic, today, group) >= needed else 0
        if weeks[group] >= schedule.opens_after[group]:
            weeks[group] = 0
            opens_group(clinic, group, today + schedule.opens_lead[group])
    for role in range(clinic.roles):
        look_at_caseload(clinic, role, today)


@jit
def look_at_caseload(clinic: Struct, role: int, today: int) -> None:
    """Hire one more for a role whose caseloads have been too large for long enough."""
    staffing, weeks = clinic.book.staffing, clinic.waiting_weeks_roles
    most, unused, pending, people, carried = staffing.hire_caseload[role], NEVER, False, 0, 0
    for post in range(len(clinic.start)):
        if staffing.post_role[post] == role:
            if clinic.start[post] >= clinic.days and unused == NEVER:
                unused = post
            pending = pending or (clinic.hired[post] and today < clinic.start[post] < clinic.days)
            people += clinic.began[post]  # an empty post will be filled anyway
            carried += clinic.load[post]
    if most == UNLIMITED or unused == NEVER or pending:
        return
    weeks[role] = weeks[role] + 1 if carried > most * people else 0
    if weeks[role] >= staffing.hire_after[role]:
        weeks[role] = 0
        clinic.hired[unused] = True
        clinic.start[unused] = today + staffing.hire_lead[role]
        fill(clinic, unused)
        count_minutes(clinic)

"""The team: whose post is filled, who is here today, who runs tonight's group, and who carries which client."""

from __future__ import annotations

from iopsim.engines.compiled.growth import row_of_counselor
from iopsim.engines.compiled.rules import enough
from iopsim.engines.compiled.state import ASSESSMENTS_USE, COVER_LACK, GROUPS_USE
from iopsim.engines.compiled.treatment import learns
from iopsim.engines.compiled.workforce import cover_card
from iopsim.engines.team import ANY_CARD
from iopsim.jit import Struct, jit
from iopsim.record import NEVER
from iopsim.rulebook.days import UNLIMITED
from iopsim.rulebook.treatment import Fact

COUNSELOR_CHANGES = int(Fact.COUNSELOR_CHANGES)


@jit
def is_here(clinic: Struct, post: int) -> bool:
    """Return whether a post is filled today by one who is neither sick nor on leave."""
    return clinic.here[post, clinic.week] & clinic.day_bit != 0


# Who runs tonight's group.


@jit
def runs(clinic: Struct, night: int, today: int, clients: int) -> tuple[int, int, int]:
    """Find staff for a group night: how many of our own, how many who fill in, and how many are lacking.

    Taken are those who are here and not in another group at the time, who had fewest minutes of groups this week first.
    """
    facilitators = clinic.plan.facilitators
    if len(facilitators) == 0 or clients == 0:
        return 0, 0, 0
    staffing, schedule = clinic.book.staffing, clinic.book.schedule
    if clinic.busy_day != today:
        clinic.busy_day = today
        for post in facilitators:
            clinic.busy[post] = 0
    begin, minutes = schedule.night_start[night], schedule.night_minutes[night]
    least = schedule.facilitators[schedule.night_group[night]]
    staff = capacity = 0
    week = clinic.week * clinic.roles
    while not enough(staff, least, clients, capacity):
        best = NEVER
        for post in facilitators:
            free = is_here(clinic, post) and clinic.busy[post] <= begin and clinic.taken_night[post] != clinic.n_nights
            if free and (best == NEVER or clinic.worked[post] < clinic.worked[best]):
                best = post
        if best == NEVER:
            break
        clinic.taken_night[best] = clinic.n_nights
        staff += 1
        ratio = staffing.ratio[staffing.post_role[best]]
        capacity = UNLIMITED if ratio == UNLIMITED or capacity < 0 else capacity + ratio
        clinic.worked[best] += minutes
        clinic.busy[best] = schedule.night_end[night]
        clinic.minutes[GROUPS_USE, week + staffing.post_role[best]] += minutes
    each, lacking = staffing.ratio[staffing.post_role[facilitators[0]]], 0
    while not enough(staff + lacking, least, clients, capacity):
        lacking += 1
        capacity = UNLIMITED if each == UNLIMITED or capacity < 0 else capacity + max(each, 1)
    cover = 0
    if lacking and covered(clinic, night, today):
        cover = lacking
        clinic.minutes[COVER_LACK, week + staffing.post_role[facilitators[0]]] += cover * minutes
    return staff, cover, lacking - cover


@jit
def covered(clinic: Struct, night: int, today: int) -> bool:
    """Return whether cover is found for a night."""
    card = ANY_CARD
    if clinic.plan.draws_cover:
        group = clinic.book.schedule.night_group[night]
        card = cover_card(clinic.book, clinic.seed, clinic.replication, group, today)
    return card < clinic.plan.cover_chance


# Assessors.


@jit
def assessors_away(clinic: Struct) -> int:
    """Return how many assessors on the payroll are sick or on leave today."""
    away, week, today = 0, clinic.week, clinic.day_bit
    for post in clinic.plan.assessors:
        away += clinic.filled[post, week] & clinic.off_days[post, week] & today != 0
    return away


@jit
def assesses(clinic: Struct, today: int) -> None:
    """Note the time of an assessor who is here: of the one who has seen fewest today, the first of equals."""
    assessors = clinic.plan.assessors
    if len(assessors) == 0:
        return
    if clinic.seen_day != today:
        clinic.seen_day = today
        for post in assessors:
            clinic.seen[post] = 0
    best = NEVER
    for post in assessors:
        if is_here(clinic, post) and (best == NEVER or clinic.seen[post] < clinic.seen[best]):
            best = post
    clinic.seen[best] += 1
    place = clinic.week * clinic.roles + clinic.book.staffing.post_role[best]
    clinic.minutes[ASSESSMENTS_USE, place] += clinic.book.intake.assessment_minutes


# Caseloads.


@jit
def limit(clinic: Struct, post: int) -> int:
    """Return how many clients a post carries at most, filled or empty as it is now."""
    staffing = clinic.book.staffing
    role = staffing.post_role[post]
    if clinic.now[post]:
        return staffing.caseload[role]
    return staffing.vacant_caseload[role] if clinic.began[post] else 0


@jit
def counselor_with_room(clinic: Struct) -> int:
    """Return the post with the smallest caseload that has room, the first of equals; NEVER if none has.

    A role whose posts carry more than all their limits together, after somebody quit, takes nobody.
    """
    counselors, load = clinic.plan.counselors, clinic.load
    if clinic.overloaded:
        clinic.overloaded = False
        for post in counselors:
            if load[post] > limit(clinic, post):
                clinic.overloaded = True
        clinic.spare[:] = 0
        for post in counselors:
            clinic.spare[clinic.book.staffing.post_role[post]] += limit(clinic, post) - load[post]
    best, least = NEVER, 0
    for post in counselors:
        carried = load[post]
        room = carried < limit(clinic, post)
        if clinic.overloaded and clinic.spare[clinic.book.staffing.post_role[post]] <= 0:
            room = False
        if room and (best == NEVER or carried < least):
            best, least = post, carried
    return best


@jit
def joins_load(clinic: Struct, who: int, post: int) -> None:
    """Put a client at the end of a post's caseload."""
    story = clinic.stories[who]
    story.load_before, story.load_after = clinic.load_last[post], NEVER
    if clinic.load_last[post] == NEVER:
        clinic.load_first[post] = who
    else:
        clinic.stories[clinic.load_last[post]].load_after = who
    clinic.load_last[post] = who
    clinic.load[post] += 1


@jit
def leaves_load(clinic: Struct, who: int, post: int) -> None:
    """Take a client off a post's caseload."""
    story = clinic.stories[who]
    if story.load_before == NEVER:
        clinic.load_first[post] = story.load_after
    else:
        clinic.stories[story.load_before].load_after = story.load_after
    if story.load_after == NEVER:
        clinic.load_last[post] = story.load_before
    else:
        clinic.stories[story.load_after].load_before = story.load_before
    clinic.load[post] -= 1


@jit
def takes_on(clinic: Struct, who: int, post: int, today: int) -> None:
    """Have a client's counselor be the one in a post."""
    if post == NEVER:
        return
    story = clinic.stories[who]
    if story.post != post:
        story.post = post
        joins_load(clinic, who, post)
    story.has_had_counselor = story.has_had_counselor or clinic.now[post]
    number = row_of_counselor(clinic)
    row = clinic.counselors[number]
    row.client, row.day, row.post = who, today, post


@jit
def takes_over(clinic: Struct, who: int) -> None:
    """Give one who is in program at the opening to the post with the smallest caseload, room or not."""
    best, load = NEVER, clinic.load
    for filled in range(2):
        for post in clinic.plan.counselors:
            if (filled == 1 or clinic.now[post]) and (best == NEVER or load[post] < load[best]):
                best = post
        if best != NEVER:
            break
    takes_on(clinic, who, best, 0)


@jit
def lets_go(clinic: Struct, who: int) -> None:
    """Take a client who leaves off the counselor's caseload."""
    story = clinic.stories[who]
    if story.post != NEVER:
        leaves_load(clinic, who, story.post)
        story.post = NEVER


@jit
def changes_counselor(clinic: Struct, who: int, post: int, today: int) -> None:
    """Have a client's counselor be another; only one who has had one has changed."""
    me = clinic.people[who]
    had_one = clinic.stories[who].has_had_counselor
    takes_on(clinic, who, post, today)
    if had_one:
        me.counselor_changes += 1
        learns(clinic, who, COUNSELOR_CHANGES, me.counselor_changes)


@jit
def hands_over(clinic: Struct, post: int, today: int) -> None:
    """Hand the caseload of one who leaves to colleagues; without any, it stays with the empty post."""
    clinic.overloaded = True
    role_of, load = clinic.book.staffing.post_role, clinic.load
    while clinic.load_first[post] != NEVER:
        who, best = clinic.load_first[post], NEVER
        for other in clinic.plan.counselors:
            same = role_of[other] == role_of[post] and clinic.now[other]
            if same and (best == NEVER or load[other] < load[best]):
                best = other
        if best == NEVER:
            return
        leaves_load(clinic, who, post)
        clinic.stories[who].post = NEVER
        changes_counselor(clinic, who, best, today)

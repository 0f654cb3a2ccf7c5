"""Measures and series of a replication, compiled: the very numbers of `iopsim.measures.facts`, from rows and ledger.

Measures that add up rows are the plain functions themselves (`compiled_sums`); where days or weeks come in between, the
mechanics are written once more, in the other modules of this name.
"""

from __future__ import annotations

import numpy as np

from iopsim.jit import Rows, Struct, jit, jitted, struct
from iopsim.measures import access, capacity, funnel, hours, priority, retention, triggers, view
from iopsim.measures.catalogue import CATALOGUE, place_of
from iopsim.measures.compiled_assessors import held_back_with_all_there, slots_offered
from iopsim.measures.compiled_days import follow_clients, mark_clients, most, turned_away
from iopsim.measures.compiled_money import follow_money, tell_cash, tell_money
from iopsim.measures.compiled_nights import (
    first_full_week,
    first_hire,
    first_opening,
    follow_nights,
    full_weeks,
    may_be_hired,
)
from iopsim.measures.compiled_series import (
    fill_money,
    fill_monthly,
    fill_nights,
    fill_retention,
    fill_staff,
    fill_weekly,
)
from iopsim.measures.compiled_sums import adding_up
from iopsim.measures.compiled_treatment import sessions_of_a_course, weeks_below_level
from iopsim.measures.facts import Facts
from iopsim.measures.resources import NIGHTS, STAFF
from iopsim.measures.series import MONEY, MONTHLY, WAYS_OUT, WEEKLY
from iopsim.record import NEVER
from iopsim.rulebook import UNLIMITED, Rulebook

BOOKED, BELOW_LEVEL = place_of(funnel.booked_share), place_of(hours.below_level_hours_share)
SESSIONS, FEWER_THAN_5 = place_of(retention.sessions_attended), place_of(retention.fewer_than_5_sessions_share)
WAITLIST_MEAN, WAITLIST_PEAK = place_of(access.waitlist_mean), place_of(access.waitlist_peak)
CENSUS_MEAN, CENSUS_PEAK = place_of(capacity.census_mean), place_of(capacity.census_peak)
NOTICE_WEEKS, NOTICES = place_of(priority.notice_weeks), place_of(priority.notices)
EVER_FULL, WEEKS_UNTIL_FULL = place_of(capacity.ever_full_share), place_of(capacity.weeks_until_full)
SLOTS_BOOKED, CASELOAD_USED = (
    place_of(capacity.assessment_slots_booked_share),
    place_of(capacity.caseload_used_share),
)
HELD_BACK_BY = tuple(
    place_of(measure)
    for measure in (
        capacity.held_back_by_slots,
        capacity.held_back_by_seats,
        capacity.held_back_by_caseload,
        capacity.held_back_by_both,
        capacity.held_back_by_next_phase,
    )
)
WITHOUT_ASSESSORS = place_of(capacity.held_back_without_assessors)
GROUP_OPENED, WEEKS_UNTIL_OPENED = place_of(triggers.group_opened_share), place_of(triggers.weeks_until_group_opened)
HIRED, WEEKS_UNTIL_HIRED = place_of(triggers.hired_share), place_of(triggers.weeks_until_hired)

add_up, can_carry = adding_up(), jitted(capacity.can_carry)


def view_of(book: Rulebook, rules: Struct, since: int) -> Struct:
    """Return what the measures look at beside what happened, the same for all replications of a plan.

    Parameters
    ----------
    book : Rulebook
    rules : struct
        The same rulebook for compiled code, from `iopsim.jit.struct_of`.
    since : int
        First day counted, a whole number of weeks.
    """
    days = book.days - since
    return struct(book=rules, since=since, end=book.days, days=days, weeks=days // 7, course=view.full_course(book))


def facts_room(book: Rulebook, since: int, replications: int, *, series: bool = True) -> Facts:
    """Return facts that are yet to be filled in, for compiled code to be handed by `iopsim.jit.struct_of`.

    Parameters
    ----------
    book : Rulebook
    since : int
        First day counted, a whole number of weeks.
    replications : int
    series : bool
        Whether there are any series beside the measures.
    """
    n, weeks = replications, book.weeks - since // 7
    months = int(book.month[-1]) - int(book.month[since]) + 1
    before = since // 7 - book.money.first_week if since else 0
    shapes = (
        (len(WEEKLY), weeks),
        (len(MONTHLY), months),
        (len(WAYS_OUT) + 1, view.full_course(book) // 7 + 1),
        (len(MONEY), book.money.planned.shape[1] - before),
        (len(NIGHTS), len(book.schedule.night_group), weeks),
        (len(STAFF), len(book.staffing.role_names), weeks),
    )
    some = [np.zeros((n, *(shape if series else (0,) * len(shape))), dtype=np.int64) for shape in shapes]
    above, below = np.zeros((2, n, len(CATALOGUE)), dtype=np.int64)
    weekly, monthly, retained, money, nights, staff = some
    groups = np.zeros((n, 0, 2, len(CATALOGUE), 2), dtype=np.int64)
    return Facts(above, below, weekly, monthly, retained, money, nights, staff, groups)


@jit
def reduce(view: Struct, rows: Struct, ledger: Struct, room: Struct, facts: Struct, k: int) -> None:
    """Fill in the facts of a replication as those of row k: `iopsim.measures.facts.reduce`, without groups."""
    reduce_measures(view, rows, ledger, room, facts, k)
    fill_weekly(view, rows, room, facts.weekly[k])
    fill_monthly(view, rows.clients, facts.monthly[k])
    fill_retention(view, rows.clients, facts.retention[k])
    fill_money(view, ledger, room, facts.money[k])
    fill_nights(view, rows.nights, facts.nights[k])
    fill_staff(view, rows, room, facts.staff[k])


@jit
def reduce_measures(view: Struct, rows: Struct, ledger: Struct, room: Struct, facts: Struct, k: int) -> None:
    """Fill in the measures of a replication alone.

    Parameters
    ----------
    view : struct
        From `view_of`.
    rows : struct
        The Record, as `iopsim.engines.compiled.rows.rows_of` makes it.
    ledger : struct
        From `iopsim.money.compiled.ledger.settle`.
    room : struct
        From `iopsim.measures.compiled_rows.room_of`; its contents are of no further use.
    facts : struct
        From `facts_room`.
    k : int
    """
    above, below = facts.numerators[k], facts.denominators[k]
    add_up(view, rows, above, below)
    _tell_treatment(view, rows, ledger.inside, room, above, below)
    _tell_days(view, rows, room, above, below)
    _tell_nights(view, rows, room, above, below)
    _tell_triggers(view, rows, room, above, below)
    follow_money(ledger, room)
    tell_money(view, rows, ledger, room, above, below)
    tell_cash(view, ledger, room, above, below)


@jit
def _tell_treatment(view: Struct, rows: Struct, inside: Struct, room: Struct, above: Rows, below: Rows) -> None:
    sessions, few, many = sessions_of_a_course(view, rows.clients, inside)
    above[SESSIONS], above[FEWER_THAN_5] = sessions, few
    below[SESSIONS] = below[FEWER_THAN_5] = many
    above[BELOW_LEVEL] = below[BELOW_LEVEL] = 0
    if view.book.treatment.phase_least_minutes.any():
        above[BELOW_LEVEL], below[BELOW_LEVEL] = weeks_below_level(view, rows, inside, room)


@jit
def _tell_days(view: Struct, rows: Struct, room: Struct, above: Rows, below: Rows) -> None:
    booked_slots, by_slots, by_next_phase = mark_clients(view, rows, room)
    inside, waiting, still_due, booked, referred = follow_clients(view, rows.clients, room)
    above[BOOKED], below[BOOKED] = booked, referred
    above[CENSUS_PEAK], above[WAITLIST_PEAK] = most(room.census, room.waiting, view.since)
    below[CENSUS_PEAK] = below[WAITLIST_PEAK] = 1
    above[CENSUS_MEAN], above[WAITLIST_MEAN] = inside, waiting
    below[CENSUS_MEAN] = below[WAITLIST_MEAN] = below[WITHOUT_ASSESSORS] = view.days
    by_seats, by_caseload, by_both = turned_away(view, rows.intake)
    held = by_slots, by_seats, by_caseload, by_both, by_next_phase + still_due
    for resource in range(len(HELD_BACK_BY)):
        above[HELD_BACK_BY[resource]], below[HELD_BACK_BY[resource]] = held[resource], view.days
    above[WITHOUT_ASSESSORS] = max(by_slots - held_back_with_all_there(view, rows, room), 0) if by_slots else 0
    above[SLOTS_BOOKED] = below[SLOTS_BOOKED] = 0
    if not view.book.intake.open_access:
        above[SLOTS_BOOKED], below[SLOTS_BOOKED] = booked_slots, slots_offered(view, rows.posts, room)
    above[CASELOAD_USED], below[CASELOAD_USED] = _caseload(view, rows.posts, inside)


@jit
def _caseload(view: Struct, posts: Rows, census: int) -> tuple[int, int]:
    carry = 0
    if view.book.staffing.caseload_limit == UNLIMITED:
        return 0, 0
    for k in range(len(posts)):
        carry += can_carry(view, posts[k])
    return census, carry


@jit
def _tell_nights(view: Struct, rows: Struct, room: Struct, above: Rows, below: Rows) -> None:
    follow_nights(view, rows.nights, room)
    week, grant = first_full_week(view, room), view.book.grant.applies
    above[EVER_FULL], below[EVER_FULL] = int(week > 0), 1
    above[WEEKS_UNTIL_FULL], below[WEEKS_UNTIL_FULL] = week, int(week > 0)
    above[NOTICE_WEEKS] = above[NOTICES] = 0
    if grant:
        above[NOTICE_WEEKS], above[NOTICES] = full_weeks(view, room)
    below[NOTICE_WEEKS] = below[NOTICES] = int(grant)


@jit
def _tell_triggers(view: Struct, rows: Struct, room: Struct, above: Rows, below: Rows) -> None:
    groups = posts = False
    for waits in view.book.schedule.opens_waiting:
        groups = groups or waits != UNLIMITED
    for post in range(len(view.book.staffing.post_role)):
        posts = posts or may_be_hired(view, post)
    opening = first_opening(view, rows.nights, room) if groups else NEVER
    hire = first_hire(view, rows.posts) if posts else NEVER
    for share, weeks, known, day in (
        (GROUP_OPENED, WEEKS_UNTIL_OPENED, groups, opening),
        (HIRED, WEEKS_UNTIL_HIRED, posts, hire),
    ):
        above[share], below[share] = int(day != NEVER), int(known)
        above[weeks] = (day - view.since) // 7 + 1 if day != NEVER else 0
        below[weeks] = int(day != NEVER)

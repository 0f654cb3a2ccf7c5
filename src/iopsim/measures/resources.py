"""Resources: each group night and each role of staff by week of the run. Whole numbers only."""

from __future__ import annotations

import numpy as np

from iopsim.measures.view import View, covers
from iopsim.record import I64, NEVER, Night

NIGHTS = ("seats", "enrolled", "attended", "cancelled")
"""By group night of the week and week: seat-nights of those held, of clients with a seat, and of clients who came
(cut short and guests included), and nights cancelled."""

STAFF = (
    "available",
    "groups",
    "individual",
    "assessments",
    "notes",
    "other",
    "overtime",
    "carried",
    "can_carry",
)
"""By role and week, minutes: those there were, and what they were used for, where other is orientation, families,
supervision and medication. Then client-days: those of clients whom the role's posts carry, an empty post included,
and those that the people on the payroll can carry."""

OTHER = ("orientation", "family", "supervision", "medication")


def nights(view: View) -> I64:
    """Return the group nights of the weeks that count; shape (len(NIGHTS), nights of the week, weeks).

    Nights are those of the rulebook's schedule, in its order; one that does not meet, because its group is not open or
    the day is closed, has nothing.
    """
    rows, n, first = view.record.nights, len(view.book.schedule.night_group), view.since // 7
    counted = covers(view, rows.day)
    place = rows.night[counted] * view.weeks + rows.day[counted] // 7 - first
    held = rows.status == Night.HELD

    def by_night(count: I64) -> I64:
        return np.bincount(place, count[counted], minlength=n * view.weeks)

    columns = (np.where(held, rows.seats, 0), rows.scheduled, rows.attended + rows.guests, ~held)
    told = [by_night(np.asarray(column, dtype=np.int64)) for column in columns]
    return np.array(told, dtype=np.int64).reshape(len(NIGHTS), n, view.weeks)


def staff(view: View) -> I64:
    """Return the staff of the weeks that count; shape (len(STAFF), roles, weeks); roles as in the rulebook."""
    rows, roles, first = view.record.staff, len(view.book.staffing.role_names), view.since // 7

    def by_role(minutes: I64) -> I64:
        return np.asarray(minutes.reshape(view.book.weeks, roles)[first:].T, dtype=np.int64)

    other = sum((getattr(rows, name) for name in OTHER), np.zeros_like(rows.available))
    columns = (rows.available, rows.groups, rows.individual, rows.assessments, rows.notes, other, rows.overtime)
    return np.array([*(by_role(minutes) for minutes in columns), *caseloads(view)], dtype=np.int64)


def caseloads(view: View) -> tuple[I64, I64]:
    """Return client-days carried, and that can be carried, in the weeks that count; each of shape (roles, weeks).

    A client is carried by the role of the post that has the case, from the day of getting a counselor to that of
    getting another, or of discharge. Both are 0 of a role without a caseload.
    """
    book, clients, days = view.book.staffing, view.record.clients, view.record.days
    given, posts = view.record.counselors, view.record.posts
    order = np.argsort(given.client, kind="stable")
    client, day = given.client[order], given.day[order]
    until = np.where(clients.exit_day == NEVER, days, clients.exit_day)[client]
    again = np.flatnonzero(client[1:] == client[:-1])
    until[again] = day[again + 1]
    role = book.post_role[given.post[order]]
    carried = _client_days(view, role, day, until, np.ones_like(day))
    role = book.post_role[posts.post]
    return carried, _client_days(view, role, posts.first_day, posts.end_day, np.maximum(book.caseload[role], 0))


def _client_days(view: View, role: I64, came: I64, went: I64, clients: I64) -> I64:
    """Return client-days by role and week, of so many clients from one day to before another; shape (roles, weeks)."""
    days, roles = view.record.days, len(view.book.staffing.role_names)

    def by_day(day: I64) -> I64:
        place = role * (days + 1) + np.clip(day, 0, days)
        return np.bincount(place, clients, minlength=roles * (days + 1)).astype(np.int64)

    change = (by_day(came) - by_day(went)).reshape(roles, days + 1)
    there = np.cumsum(change[:, :days], axis=1)[:, view.since :]
    return np.asarray(there.reshape(roles, view.weeks, 7).sum(axis=2), dtype=np.int64)

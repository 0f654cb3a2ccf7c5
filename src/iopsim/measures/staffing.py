"""Staff: nights held and cancelled, hours used, and what did not fit."""

from __future__ import annotations

import numpy as np

from iopsim.engines.team import USES
from iopsim.measures.cohorts import came_by_referral
from iopsim.measures.measure import Fraction, measure
from iopsim.measures.view import View
from iopsim.record import I64, Night, Outcome, Visit

OPEN = "group nights of open groups, closed days left out"
STAFFED = "roles with duties or a caseload"
INDIVIDUAL = "individual sessions due"
MEDICATION = "medication visits due"
MINUTES = 60

SHORT = ("short_individual", "short_medication", "short_notes")


def _nights(view: View) -> tuple[I64, I64]:
    """Return rows and status of the group nights that count."""
    rows = np.flatnonzero(view.covers(view.record.nights.day))
    return rows, view.record.nights.status[rows]


def _minutes(view: View, columns: tuple[str, ...]) -> int:
    """Return the minutes of roles with duties or a caseload in the weeks that count."""
    staff, book = view.record.staff, view.book.staffing
    duties = book.facilitates | book.assesses | book.sees | book.prescribes | (book.caseload >= 0)
    rows = duties[staff.role] & view.covers(7 * staff.week)
    return int(sum(getattr(staff, column)[rows].sum() for column in columns))


@measure("Group nights cancelled", "share", "group nights cancelled", "group nights", OPEN, by_group=False)
def nights_cancelled_share(view: View) -> Fraction:
    """Share of group nights cancelled, for want of staff or of clients."""
    _, status = _nights(view)
    return int((status != Night.HELD).sum()), len(status)


@measure("Cancelled for want of staff", "share", "group nights without staff", "group nights", OPEN, by_group=False)
def nights_without_staff_share(view: View) -> Fraction:
    """Share of group nights cancelled because nobody was there to run them."""
    _, status = _nights(view)
    return int((status == Night.NO_STAFF).sum()), len(status)


@measure("Group nights run with cover", "share", "nights with cover", "group nights held", OPEN, by_group=False)
def nights_covered_share(view: View) -> Fraction:
    """Share of group nights held for which somebody filled in."""
    rows, status = _nights(view)
    held = rows[status == Night.HELD]
    return int((view.record.nights.cover[held] > 0).sum()), len(held)


@measure("Group nights short of staff", "share", "nights short of staff", "group nights held", OPEN, by_group=False)
def nights_short_share(view: View) -> Fraction:
    """Share of group nights held with fewer staff than the group, or the clients present, call for."""
    rows, status = _nights(view)
    held = rows[status == Night.HELD]
    return int((view.record.nights.short[held] > 0).sum()), len(held)


@measure("Staff hours used", "share", "minutes used", "minutes there were", STAFFED, by_group=False, beyond_one=True)
def hours_used_share(view: View) -> Fraction:
    """Share of the hours of staff with duties or a caseload that are used; more than all of them is overtime."""
    return _minutes(view, USES), _minutes(view, ("available",))


@measure("Staff hours lacking", "hours", "minutes lacking", "hours, of 60 minutes, a week", STAFFED, by_group=False)
def hours_short(view: View) -> Fraction:
    """Hours a week of individual sessions, medication visits and notes for which there was no time."""
    return _minutes(view, SHORT), MINUTES * view.weeks


@measure("Overtime", "hours", "minutes of overtime", "hours, of 60 minutes, a week", STAFFED, by_group=False)
def overtime_hours(view: View) -> Fraction:
    """Hours a week that groups, assessments, orientation, families and supervision took beyond the hours there were."""
    return _minutes(view, ("overtime",)), MINUTES * view.weeks


@measure("Individual sessions held", "share", "sessions to which the client came", INDIVIDUAL, INDIVIDUAL)
def individual_held_share(view: View) -> Fraction:
    """Share of individual sessions due that are held."""
    visits = view.record.visits
    due = (visits.kind == Visit.INDIVIDUAL) & view.covers(visits.day)
    return int((due & (visits.outcome == Outcome.HELD)).sum()), int(due.sum())


@measure(
    "Individual sessions without staff hours", "share", "sessions for which there were no hours", INDIVIDUAL, INDIVIDUAL
)
def individual_no_hours_share(view: View) -> Fraction:
    """Share of individual sessions due for which the staff had no hours left that week."""
    visits = view.record.visits
    due = (visits.kind == Visit.INDIVIDUAL) & view.covers(visits.day)
    return int((due & (visits.outcome == Outcome.NO_HOURS)).sum()), int(due.sum())


@measure("Medication visits held", "share", "visits to which the client came", MEDICATION, MEDICATION)
def medication_held_share(view: View) -> Fraction:
    """Share of medication visits due that are held; the others are missed by the client, or for want of hours."""
    visits = view.record.visits
    due = (visits.kind == Visit.MEDICATION) & view.covers(visits.day)
    return int((due & (visits.outcome == Outcome.HELD)).sum()), int(due.sum())


@measure("Changes of counselor", "changes", "changes of counselor", "clients admitted", "clients referred and admitted")
def counselor_changes(view: View) -> Fraction:
    """Mean number of times that a client of this program gets another counselor, up to discharge or the run's end.

    The first counselor of a client whom an empty post carried until then is no change. Who was here at the opening, in
    the program or on the list, is not counted.
    """
    clients = view.record.clients
    who = came_by_referral(view.record) & view.covers(clients.admitted_day)
    return int(clients.counselor_changes[who].sum()), int(who.sum())


@measure("Posts vacant", "share", "person-days vacant", "person-days of posts", "posts once filled", by_group=False)
def posts_vacant_share(view: View) -> Fraction:
    """Share of the days of posts, once filled, on which they stand empty."""
    staff = view.record.staff
    rows = view.covers(7 * staff.week)
    vacant = int(staff.vacant_days[rows].sum())
    return vacant, vacant + int(staff.employed_days[rows].sum())


MEASURES = (
    nights_cancelled_share,
    nights_without_staff_share,
    nights_covered_share,
    nights_short_share,
    hours_used_share,
    hours_short,
    overtime_hours,
    individual_held_share,
    individual_no_hours_share,
    medication_held_share,
    counselor_changes,
    posts_vacant_share,
)

"""Staff: nights held and cancelled, hours used, and what did not fit."""

from __future__ import annotations

from iopsim.measures.cohorts import came_by_referral
from iopsim.measures.measure import measure
from iopsim.measures.view import Flags, View, covers, flags
from iopsim.record import I64, ClientFacts, Night, NightFacts, Outcome, StaffFacts, Visit, VisitFacts

OPEN = "group nights of open groups, closed days left out"
STAFFED = "roles with duties or a caseload"
INDIVIDUAL = "individual sessions due"
MEDICATION = "medication visits due"
MINUTES = 60


def _due(view: View, nights: NightFacts) -> Flags:
    """Group nights that count, held or not."""
    return covers(view, nights.day)


def _held(view: View, nights: NightFacts) -> Flags:
    """Group nights that count and were held."""
    return flags(covers(view, nights.day) & (nights.status == Night.HELD))


@measure(
    "Group nights cancelled", "share", "group nights cancelled", "group nights", OPEN, of="nights", among=_due,
    by_group=False,
)  # fmt: skip
def nights_cancelled_share(view: View, nights: NightFacts) -> Flags:
    """Share of group nights cancelled, for want of staff or of clients."""
    return flags(nights.status != Night.HELD)


@measure(
    "Cancelled for want of staff", "share", "group nights without staff", "group nights", OPEN, of="nights",
    among=_due, by_group=False,
)  # fmt: skip
def nights_without_staff_share(view: View, nights: NightFacts) -> Flags:
    """Share of group nights cancelled because nobody was there to run them."""
    return flags(nights.status == Night.NO_STAFF)


@measure(
    "Group nights run with cover", "share", "nights with cover", "group nights held", OPEN, of="nights", among=_held,
    by_group=False,
)  # fmt: skip
def nights_covered_share(view: View, nights: NightFacts) -> Flags:
    """Share of group nights held for which somebody filled in."""
    return flags(nights.cover > 0)


@measure(
    "Group nights short of staff", "share", "nights short of staff", "group nights held", OPEN, of="nights",
    among=_held, by_group=False,
)  # fmt: skip
def nights_short_share(view: View, nights: NightFacts) -> Flags:
    """Share of group nights held with fewer staff than the group, or the clients present, call for."""
    return flags(nights.short > 0)


def _at_work(view: View, staff: StaffFacts) -> Flags:
    """Weeks that count, of roles with duties or a caseload."""
    book, role = view.book.staffing, staff.role
    duties = book.facilitates[role] | book.assesses[role] | book.sees[role] | book.prescribes[role]
    return flags((duties | (book.caseload[role] >= 0)) & covers(view, 7 * staff.week))


def _hours_of_weeks(view: View) -> int:
    return MINUTES * view.weeks


@measure(
    "Staff hours used", "share", "minutes used", "minutes there were", STAFFED, of="staff", by_group=False,
    beyond_one=True,
)  # fmt: skip
def hours_used_share(view: View, staff: StaffFacts) -> tuple[I64, I64]:
    """Share of the hours of staff with duties or a caseload that are used; more than all of them is overtime."""
    with_clients = staff.groups + staff.assessments + staff.orientation + staff.individual + staff.medication
    used = with_clients + staff.family + staff.supervision + staff.notes
    counts = _at_work(view, staff)
    return counts * used, counts * staff.available


@measure(
    "Staff hours lacking", "hours", "minutes lacking", "hours, of 60 minutes, a week", STAFFED, of="staff",
    over=_hours_of_weeks, by_group=False,
)  # fmt: skip
def hours_short(view: View, staff: StaffFacts) -> I64:
    """Hours a week of individual sessions, medication visits and notes for which there was no time."""
    return _at_work(view, staff) * (staff.short_individual + staff.short_medication + staff.short_notes)


@measure(
    "Overtime", "hours", "minutes of overtime", "hours, of 60 minutes, a week", STAFFED, of="staff",
    over=_hours_of_weeks, by_group=False,
)  # fmt: skip
def overtime_hours(view: View, staff: StaffFacts) -> I64:
    """Hours a week that groups, assessments, orientation, families and supervision took beyond the hours there were."""
    return _at_work(view, staff) * staff.overtime


def _individual(view: View, visits: VisitFacts) -> Flags:
    return flags((visits.kind == Visit.INDIVIDUAL) & covers(view, visits.day))


def _medication(view: View, visits: VisitFacts) -> Flags:
    return flags((visits.kind == Visit.MEDICATION) & covers(view, visits.day))


@measure(
    "Individual sessions held", "share", "sessions to which the client came", INDIVIDUAL, INDIVIDUAL, of="visits",
    among=_individual,
)  # fmt: skip
def individual_held_share(view: View, visits: VisitFacts) -> Flags:
    """Share of individual sessions due that are held."""
    return flags(visits.outcome == Outcome.HELD)


@measure(
    "Individual sessions without staff hours", "share", "sessions for which there were no hours", INDIVIDUAL,
    INDIVIDUAL, of="visits", among=_individual,
)  # fmt: skip
def individual_no_hours_share(view: View, visits: VisitFacts) -> Flags:
    """Share of individual sessions due for which the staff had no hours left that week."""
    return flags(visits.outcome == Outcome.NO_HOURS)


@measure(
    "Medication visits held", "share", "visits to which the client came", MEDICATION, MEDICATION, of="visits",
    among=_medication,
)  # fmt: skip
def medication_held_share(view: View, visits: VisitFacts) -> Flags:
    """Share of medication visits due that are held; the others are missed by the client, or for want of hours."""
    return flags(visits.outcome == Outcome.HELD)


def _admitted(view: View, clients: ClientFacts) -> Flags:
    return flags(came_by_referral(clients) & covers(view, clients.admitted_day))


@measure(
    "Changes of counselor", "changes", "changes of counselor", "clients admitted", "clients referred and admitted",
    of="clients", among=_admitted,
)  # fmt: skip
def counselor_changes(view: View, clients: ClientFacts) -> I64:
    """Mean number of times that a client of this program gets another counselor, up to discharge or the run's end.

    The first counselor of a client whom an empty post carried until then is no change. Who was here at the opening, in
    the program or on the list, is not counted.
    """
    return clients.counselor_changes


@measure(
    "Posts vacant", "share", "person-days vacant", "person-days of posts", "posts once filled", of="staff",
    by_group=False,
)  # fmt: skip
def posts_vacant_share(view: View, staff: StaffFacts) -> tuple[I64, I64]:
    """Share of the days of posts, once filled, on which they stand empty."""
    counts = covers(view, 7 * staff.week)
    return counts * staff.vacant_days, counts * (staff.vacant_days + staff.employed_days)


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

"""The week's end: individual sessions, medication visits, families and notes, as far as the hours go."""

from __future__ import annotations

from iopsim.engines.compiled.agenda import put_in_order
from iopsim.engines.compiled.blocks import visit_card
from iopsim.engines.compiled.growth import longer, row_of_visit
from iopsim.engines.compiled.state import (
    FAMILY_USE,
    INDIVIDUAL_LACK,
    INDIVIDUAL_USE,
    MEDICATION_LACK,
    MEDICATION_USE,
    NOTES_LACK,
    NOTES_USE,
    ORIENTATION_USE,
    SUPERVISION_USE,
)
from iopsim.engines.compiled.treatment import learns
from iopsim.engines.team import USES
from iopsim.jit import Struct, jit
from iopsim.record import I64, NEVER, Outcome, Visit
from iopsim.rulebook.treatment import Fact

INDIVIDUAL, MEDICATION, FAMILY = map(int, Visit)
HELD, NO_SHOW, NO_HOURS = map(int, Outcome)
MISSED_INDIVIDUAL = int(Fact.MISSED_INDIVIDUAL)
EVERYBODY = -1
MANY_USES = len(USES)


@jit
def next_visit_card(clinic: Struct, who: int) -> float:
    """Return the card of a client's next visit."""
    story = clinic.stories[who]
    story.visits += 1
    return visit_card(clinic, who, story.visits - 1)


@jit
def note_visit(clinic: Struct, today: int, who: int, kind: int, outcome: int) -> None:
    """Note what became of a visit."""
    number = row_of_visit(clinic)
    row = clinic.visits[number]
    row.day, row.client, row.kind, row.outcome = today, who, kind, outcome


@jit
def facilitate(clinic: Struct, use: int, week: int, minutes: int) -> None:
    """Note hours of the first facilitator's role."""
    facilitators = clinic.plan.facilitators
    if len(facilitators):
        clinic.minutes[use, week * clinic.roles + clinic.book.staffing.post_role[facilitators[0]]] += minutes


@jit
def family_night(clinic: Struct, today: int) -> None:
    """Families of clients in program come, or not."""
    treatment = clinic.book.treatment
    facilitate(clinic, FAMILY_USE, clinic.week, treatment.family_staff * treatment.family_minutes)
    who = clinic.first_inside
    while who != NEVER:
        came = next_visit_card(clinic, who) < treatment.family_show
        note_visit(clinic, today, who, FAMILY, HELD if came else NO_SHOW)
        who = clinic.stories[who].inside_after


@jit
def week_end(clinic: Struct, today: int) -> None:
    """Spend the week's hours: what has happened already first, then what is due, in a fixed order."""
    plan, week = clinic.plan, clinic.week
    has_staff = len(clinic.book.staffing.post_role) > 0
    if plan.orientations[week]:
        minutes = plan.orientations[week] * clinic.book.intake.orientation_minutes
        facilitate(clinic, ORIENTATION_USE, week, minutes)
    if has_staff:
        supervise(clinic, week)
    if plan.individual:
        individual_sessions(clinic, today)
    if plan.medication:
        medication_visits(clinic, today)
    if has_staff:
        notes(clinic, week)
        clinic.worked[:] = 0


@jit
def supervise(clinic: Struct, week: int) -> None:
    """Note supervision of everybody who is here on any day of the week."""
    staffing = clinic.book.staffing
    for post in range(len(staffing.post_role)):
        if clinic.here[post, week]:
            role = staffing.post_role[post]
            clinic.minutes[SUPERVISION_USE, week * clinic.roles + role] += staffing.supervision_minutes[role]


@jit
def find_hours_left(clinic: Struct, week: int, roles: I64) -> None:
    """Note the minutes that roles have left this week."""
    for role in roles:
        used = 0
        for use in range(MANY_USES):
            used += clinic.minutes[use, week * clinic.roles + role]
        clinic.left[role] = max(0, clinic.available[week, role] - used)


@jit
def role_with_hours(clinic: Struct, roles: I64, minutes: int) -> int:
    """Return the first role that has so many minutes left; NEVER if none has."""
    for role in roles:
        if clinic.left[role] >= minutes:
            return role
    return NEVER


@jit
def lacks(clinic: Struct, lack: int, week: int, roles: I64, minutes: int) -> None:
    """Note hours that were lacking, at the first role whose duty it is."""
    if len(roles):
        clinic.minutes[lack, week * clinic.roles + roles[0]] += minutes


@jit
def individual_sessions(clinic: Struct, today: int) -> None:
    """Individual sessions are held for who has gone longest without, while there are hours."""
    treatment, roles, week = clinic.book.treatment, clinic.plan.sees, clinic.week
    minutes, n_due = treatment.individual_minutes, 0
    find_hours_left(clinic, week, roles)
    who = clinic.first_inside
    while who != NEVER:
        for _ in range(treatment.individual_per_week[clinic.people[who].phase]):
            if n_due == len(clinic.due):
                clinic.due = longer(clinic.due, 2 * n_due)
            clinic.due[n_due] = who
            n_due += 1
        clinic.first_key[who], clinic.second_key[who] = clinic.stories[who].last_individual, 0
        who = clinic.stories[who].inside_after
    if n_due > len(clinic.scratch):
        clinic.scratch = longer(clinic.scratch, 2 * n_due)
    put_in_order(clinic, clinic.due, 0, n_due)
    for place in range(n_due):
        who = clinic.due[place]
        card = next_visit_card(clinic, who)
        role = role_with_hours(clinic, roles, minutes)
        if role == NEVER:
            lacks(clinic, INDIVIDUAL_LACK, week, roles, minutes)
            learns(clinic, who, MISSED_INDIVIDUAL, clinic.facts[who, MISSED_INDIVIDUAL] + 1)
            note_visit(clinic, today, who, INDIVIDUAL, NO_HOURS)
            continue
        clinic.left[role] -= minutes
        clinic.minutes[INDIVIDUAL_USE, week * clinic.roles + role] += minutes
        clinic.stories[who].last_individual = today
        note_visit(clinic, today, who, INDIVIDUAL, HELD if card < treatment.individual_show else NO_SHOW)


@jit
def medication_visits(clinic: Struct, today: int) -> None:
    """Medication visits are due in the first week of treatment and every so many weeks after."""
    treatment, roles, week = clinic.book.treatment, clinic.plan.prescribes, clinic.week
    minutes, trait = treatment.medication_minutes, treatment.medication_trait
    find_hours_left(clinic, week, roles)
    who = clinic.first_inside
    while who != NEVER:
        me = clinic.people[who]
        every = treatment.medication_every[me.phase]
        has_them = trait == EVERYBODY or (me.traits >> trait) & 1
        if every and has_them and ((today - me.admitted_day) // 7) % every == 0:
            card = next_visit_card(clinic, who)
            role = role_with_hours(clinic, roles, minutes)
            if role == NEVER:
                lacks(clinic, MEDICATION_LACK, week, roles, minutes)
                note_visit(clinic, today, who, MEDICATION, NO_HOURS)
            else:
                clinic.left[role] -= minutes
                clinic.minutes[MEDICATION_USE, week * clinic.roles + role] += minutes
                note_visit(clinic, today, who, MEDICATION, HELD if card < treatment.medication_show else NO_SHOW)
        who = clinic.stories[who].inside_after


@jit
def notes(clinic: Struct, week: int) -> None:
    """Notes take what hours are left to the roles that carry clients."""
    staffing, roles = clinic.book.staffing, clinic.plan.carries
    find_hours_left(clinic, week, roles)
    clinic.spare[:] = 0
    for post in clinic.plan.counselors:
        clinic.spare[staffing.post_role[post]] += clinic.load[post]
    for role in roles:
        needed = clinic.spare[role] * staffing.notes_minutes[role]
        written = min(needed, clinic.left[role])
        clinic.minutes[NOTES_USE, week * clinic.roles + role] += written
        clinic.minutes[NOTES_LACK, week * clinic.roles + role] += needed - written

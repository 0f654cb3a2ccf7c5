"""Writing the Record: from what the engine noted, row by row, to integer columns; counts are counted here."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from iopsim.engines.person import Person
from iopsim.engines.team import USES, Team
from iopsim.record import (
    CAME,
    I64,
    NEVER,
    AppointmentFacts,
    Attendance,
    ClientFacts,
    CounselorFacts,
    IntakeFacts,
    LapseFacts,
    MoveFacts,
    NightFacts,
    PostFacts,
    Record,
    SessionFacts,
    StaffFacts,
    VisitFacts,
)

if TYPE_CHECKING:
    from iopsim.engines.clinic import Clinic

NOTED = (
    "day", "episode", "first", "appointments", "assessed_day", "placement", "away_day", "joined_day", "ready_day",
    "admitted_day", "group", "entry_phase", "phase", "wanted", "due_day", "lapses", "counselor_changes", "exit",
    "exit_day", "relapse_day", "return_day",
)  # fmt: skip
"""Columns of the client table that a client notes."""

ATTENDED, EXCUSED, ABSENT, CUT_SHORT, MADE_UP = map(int, Attendance)


def rows(flat: list[int], width: int) -> list[I64]:
    """Return the columns of a flat list of rows."""
    table = np.frombuffer(array("q", flat), dtype=np.int64).reshape(-1, width)
    return list(np.ascontiguousarray(table.T))


def record_of(clinic: Clinic) -> Record:
    """Return what happened in a clinic."""
    program = clinic.program
    sessions = SessionFacts(*rows(program.session_rows, 4))
    appointments = [number for row in clinic.diary.rows for number in row]
    lapses = rows(program.lapse_rows, 2)
    order = np.lexsort(lapses)
    return Record(
        days=clinic.book.days,
        clients=client_facts(clinic, sessions),
        appointments=AppointmentFacts(*rows(appointments, 7)),
        nights=night_facts(clinic, sessions),
        intake=IntakeFacts(*rows(clinic.line.rows, 6)),
        sessions=sessions,
        moves=MoveFacts(*rows(program.move_rows, 4)),
        lapses=LapseFacts(*(column[order] for column in lapses)),
        counselors=CounselorFacts(*rows(clinic.team.rows, 3)),
        posts=post_facts(clinic.team),
        visits=VisitFacts(*rows(clinic.office.rows, 4)),
        staff=staff_facts(clinic.team),
    )


def client_facts(clinic: Clinic, sessions: SessionFacts) -> ClientFacts:
    """Return one row per client episode."""
    people: Sequence[Person] = clinic.people
    facts = attrgetter(*NOTED)
    noted = dict(zip(NOTED, rows([fact for me in people for fact in facts(me)], len(NOTED)), strict=True))
    came = np.isin(sessions.attendance, CAME)
    first = np.full(len(people), NEVER)
    first[sessions.client[came][::-1]] = sessions.day[came][::-1]
    count = _by_attendance(sessions.client, sessions.attendance, len(people))
    attended = count[ATTENDED] + count[CUT_SHORT]
    return ClientFacts(
        referral_day=noted.pop("day"),
        **clinic.cards.facts(),
        first_session_day=first,
        scheduled=attended + count[EXCUSED] + count[ABSENT],
        attended=attended,
        cut_short=count[CUT_SHORT],
        excused=count[EXCUSED],
        absent=count[ABSENT],
        made_up=count[MADE_UP],
        **noted,
    )


def night_facts(clinic: Clinic, sessions: SessionFacts) -> NightFacts:
    """Return one row per group night of an open group, in order of (day, start of the group)."""
    day, night, status, staff, cover, short = rows(clinic.program.night_rows, 6)
    row = np.full((clinic.book.days, len(clinic.book.seats)), NEVER)
    row[day, night] = np.arange(len(day))
    count = _by_attendance(row[sessions.day, sessions.night], sessions.attendance, len(day))
    attended = count[ATTENDED] + count[CUT_SHORT]
    return NightFacts(
        day=day,
        night=night,
        status=status,
        seats=np.array(clinic.book.seats, dtype=np.int64)[night],
        scheduled=attended + count[EXCUSED] + count[ABSENT],
        attended=attended,
        cut_short=count[CUT_SHORT],
        excused=count[EXCUSED],
        absent=count[ABSENT],
        guests=count[MADE_UP],
        staff=staff,
        cover=cover,
        short=short,
    )


def post_facts(team: Team) -> PostFacts:
    """Return one row per person in a post."""
    days = team.days
    step = np.diff(team.filled.astype(np.int8), axis=1, prepend=0, append=0)
    post, first = np.nonzero(step == 1)
    _, end = np.nonzero(step == -1)
    return PostFacts(*(np.ascontiguousarray(column, dtype=np.int64) for column in (post, first, np.minimum(end, days))))


def staff_facts(team: Team) -> StaffFacts:
    """Return one row per week and role."""
    staff, weeks, roles = team.staffing, team.days // 7, len(team.staffing.role_names)

    minutes = {what: np.array(spent, dtype=np.int64).reshape(weeks, roles) for what, spent in team.minutes.items()}
    person_days = team.person_days
    filled, off = team.filled, team.force.off
    working = staff.working
    began = np.cumsum(filled, axis=1) > 0
    starts = filled.copy()
    starts[:, 1:] &= ~filled[:, :-1]
    starts[:, :1] = False
    available = person_days(filled & ~off & working) * staff.day_minutes
    used = {what: minutes[what] for what in USES}
    total = sum(used.values(), np.zeros((weeks, roles), dtype=np.int64))
    columns = (
        np.repeat(np.arange(weeks), roles).reshape(weeks, roles),
        np.tile(np.arange(roles), weeks).reshape(weeks, roles),
        person_days(filled),
        person_days(began & ~filled),
        person_days(filled & off & working),
        available,
        *used.values(),
        np.maximum(available - total, 0),
        np.maximum(total - available, 0),
        minutes["short_individual"],
        minutes["short_medication"],
        minutes["short_notes"],
        minutes["cover"],
        person_days(starts),
    )
    return StaffFacts(*(np.ascontiguousarray(column.ravel(), dtype=np.int64) for column in columns))


def _by_attendance(where: I64, attendance: I64, size: int) -> I64:
    """Count sessions by what became of them, and by place; shape (kinds, size)."""
    kinds = len(Attendance)
    count = np.bincount(where * kinds + attendance, minlength=size * kinds).reshape(size, kinds)
    return np.ascontiguousarray(count.T, dtype=np.int64)

"""The Record: what happened in one replication. Facts only, integer columns; the contract of a run.

A day is an integer since opening; -1 means "did not happen". Every table is sorted as its docstring says, so two
engines, or two orders of execution, give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
NEVER = -1


class Exit(IntEnum):
    """Where a client is when the run ends; every client episode is in exactly one of these places."""

    AWAITING_ASSESSMENT = 0
    NO_SHOW = 1
    PLACED_HIGHER = 2
    PLACED_LOWER = 3
    DECLINED = 4
    BALKED = 5
    RENEGED = 6
    WAITING = 7
    IN_TREATMENT = 8
    COMPLETED = 9
    DROPPED_OUT = 10
    TERMINATED = 11
    TRANSFERRED = 12
    INCARCERATED = 13
    DIED = 14
    OTHER = 15
    COVERAGE_ENDED = 16
    NOT_REFERRED = 17
    """The referrer, who knew of the waits, sent the client elsewhere."""
    CALL_LOST = 18
    SCREENED_OUT = 19
    AWAY_FIRST = 20
    """In withdrawal management or residential treatment, to come back."""
    NOT_AUTHORIZED = 21


class Attendance(IntEnum):
    """What became of a client's session."""

    ATTENDED = 0
    EXCUSED = 1
    ABSENT = 2
    CUT_SHORT = 3
    """Came, but late, or left early."""
    MADE_UP = 4
    """Came as a guest on another night, for one missed."""


class Night(IntEnum):
    """What became of a group night."""

    HELD = 0
    NO_STAFF = 1
    """Cancelled: nobody to run it."""
    TOO_FEW = 2
    """Cancelled: fewer clients than its smallest census."""


class Visit(IntEnum):
    """Kind of a session beside the group."""

    INDIVIDUAL = 0
    MEDICATION = 1
    FAMILY = 2


class Outcome(IntEnum):
    """What became of a visit."""

    HELD = 0
    NO_SHOW = 1
    NO_HOURS = 2
    """The staff had no hours left that week."""


CAME = (Attendance.ATTENDED, Attendance.CUT_SHORT, Attendance.MADE_UP)
"""Sessions to which the client came."""

CENSORED = (Exit.AWAITING_ASSESSMENT, Exit.AWAY_FIRST, Exit.WAITING, Exit.IN_TREATMENT)
"""Places in which the run's end finds a client whose way is not over."""

AGAINST_PLAN = (
    Exit.DROPPED_OUT,
    Exit.TERMINATED,
    Exit.INCARCERATED,
    Exit.DIED,
    Exit.OTHER,
    Exit.COVERAGE_ENDED,
)
"""Ways of leaving treatment that are neither completion nor transfer (evidence, section 9)."""

DISCHARGED = (Exit.COMPLETED, Exit.TRANSFERRED, *AGAINST_PLAN)
"""Ways out of treatment."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One row per client episode.

    First who is here at the opening, then first episodes in order of (referral day, source name, ordinal), then
    later ones in order of (day of coming back, first episode).
    """

    source: I64
    referral_day: I64
    """Day of the call; -1 for one who is here at the opening."""
    ordinal: I64
    episode: I64
    """0 for the first."""
    first: I64
    """Row of the client's first episode."""
    payer: I64
    traits: I64
    """Bit k is set if the client has the k-th trait in order of name."""
    appointments: I64
    """Appointments booked."""
    assessed_day: I64
    placement: I64
    """Where the assessment sent the client, as in `iopsim.rules.placement`; -1 before that."""
    away_day: I64
    """Day of leaving for withdrawal management or residential treatment first."""
    joined_day: I64
    """Day of joining the waitlist: that of placement here, or of coming back. Before the opening if negative, whole
    weeks; the next likewise."""
    ready_day: I64
    """First day on which the client can start, as far as the client's own side goes."""
    admitted_day: I64
    group: I64
    """Group at admission."""
    entry_phase: I64
    """Phase with which the client began, or would have begun."""
    phase: I64
    """Phase the client was last in."""
    wanted: I64
    """Phase that the client was last due to enter and did not, or not yet; -1 for none."""
    first_session_day: I64
    """First group night to which the client came."""
    due_day: I64
    """Day on which the client was last due to enter another phase, moved or not."""
    scheduled: I64
    """Group nights held on which the client had a seat; = attended + excused + absent."""
    attended: I64
    """Those to which the client came."""
    cut_short: I64
    """Those of them that were cut short."""
    excused: I64
    absent: I64
    """Unexcused absences."""
    made_up: I64
    """Further nights to which the client came as a guest."""
    lapses: I64
    counselor_changes: I64
    exit: I64
    """An `Exit`."""
    exit_day: I64
    """Day on which the client left the list or the program; -1 while there."""
    relapse_day: I64
    """Day of relapse after discharge, which may lie beyond the run; -1 if nothing is known of it."""
    return_day: I64
    """Day on which the client calls again, within the run."""

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class AppointmentFacts:
    """One row per assessment appointment, in the order in which they were booked."""

    client: I64
    attempt: I64
    booked_day: I64
    wanted_day: I64
    """First assessment day that would have suited the client, full or not."""
    day: I64
    """Day of the appointment; the run's length if none was free within the run."""
    came_day: I64
    """Day on which the client came, which is that of the appointment."""
    seen_day: I64
    """Day of the assessment: a later one if there was no assessor left for one who came."""


@dataclass(frozen=True, slots=True)
class NightFacts:
    """One row per group night of an open group, in order of (day, start of the group, group night)."""

    day: I64
    night: I64
    """Which group night of the week: index into the rulebook's nights."""
    status: I64
    """A `Night`."""
    seats: I64
    scheduled: I64
    attended: I64
    cut_short: I64
    excused: I64
    absent: I64
    guests: I64
    """Clients of other nights who made up for a session missed."""
    staff: I64
    """Own staff who ran it."""
    cover: I64
    """Others who filled in."""
    short: I64
    """Staff it lacked all the same."""


@dataclass(frozen=True, slots=True)
class IntakeFacts:
    """One row per admission day on which somebody was ready to start, in order of day."""

    day: I64
    ready: I64
    """Clients ready to start; ready = admitted + no_seat + no_caseload + neither."""
    admitted: I64
    no_seat: I64
    """Could not start only because no group had a seat on every night needed, or the line was held."""
    no_caseload: I64
    """Could not start only because no counselor had room."""
    neither: I64
    """Could not start because there was neither a seat nor room in the caseload."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One row per client and group night held, in order of (night, time on its roster), guests last."""

    day: I64
    night: I64
    client: I64
    attendance: I64
    """An `Attendance`."""


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """One row per move to another phase, in order of (day, place in line)."""

    client: I64
    phase: I64
    """Phase entered."""
    due_day: I64
    day: I64


@dataclass(frozen=True, slots=True)
class LapseFacts:
    """One row per lapse in treatment, in order of (day, client)."""

    client: I64
    day: I64
    """Day of the review at which it was known."""


@dataclass(frozen=True, slots=True)
class CounselorFacts:
    """One row each time a client gets a counselor, in order of day."""

    client: I64
    day: I64
    post: I64
    """Index into the rulebook's posts."""


@dataclass(frozen=True, slots=True)
class PostFacts:
    """One row per person in a post, in order of (post, first day)."""

    post: I64
    """Index into the rulebook's posts."""
    first_day: I64
    end_day: I64
    """First day on which the person is gone; the run's length if still there."""


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One row per individual session, medication visit or family at a family night, in order of day."""

    day: I64
    """Last day of the week, or the family night's."""
    client: I64
    kind: I64
    """A `Visit`."""
    outcome: I64
    """An `Outcome`."""


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """One row per week and role, in this order; minutes of all people in the role.

    available + overtime = groups + assessments + orientation + family + supervision + individual + medication +
    notes + idle, where overtime is what groups, assessments, orientation, family nights and supervision took beyond
    the hours there were.
    """

    week: I64
    role: I64
    employed_days: I64
    """Person-days on the payroll, of seven a week."""
    vacant_days: I64
    away_days: I64
    """Working days lost to sickness, leave and training."""
    available: I64
    groups: I64
    assessments: I64
    orientation: I64
    family: I64
    supervision: I64
    individual: I64
    medication: I64
    notes: I64
    idle: I64
    overtime: I64
    short_individual: I64
    """Minutes of individual sessions for which there were no hours; the next two likewise."""
    short_medication: I64
    short_notes: I64
    cover: I64
    """Minutes of cover."""
    hires: I64
    """People who started, after the opening."""


@dataclass(frozen=True, eq=False, slots=True)
class Record:
    """Everything that happened in one replication."""

    days: int
    clients: ClientFacts
    appointments: AppointmentFacts
    nights: NightFacts
    intake: IntakeFacts
    sessions: SessionFacts
    moves: MoveFacts
    lapses: LapseFacts
    counselors: CounselorFacts
    posts: PostFacts
    visits: VisitFacts
    staff: StaffFacts

    def columns(self) -> dict[str, I64]:
        """Return every column by name, such as ``clients.exit``; for comparing runs and writing files."""
        return {
            f"{table}.{column.name}": getattr(getattr(self, table), column.name)
            for table in TABLES
            for column in fields(getattr(self, table))
        }


TABLES = tuple(field.name for field in fields(Record) if field.name != "days")
"""Names of the Record's tables."""

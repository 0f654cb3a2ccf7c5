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
    """Where a client is when the run ends; every client is in exactly one of these places."""

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


class Attendance(IntEnum):
    """What a client scheduled for a session did."""

    ATTENDED = 0
    EXCUSED = 1
    ABSENT = 2


CENSORED = (Exit.AWAITING_ASSESSMENT, Exit.WAITING, Exit.IN_TREATMENT)
"""Places in which the run's end finds a client whose way is not over."""

AGAINST_PLAN = (Exit.DROPPED_OUT, Exit.TERMINATED, Exit.INCARCERATED, Exit.DIED, Exit.OTHER)
"""Ways of leaving treatment that are neither completion nor transfer (evidence, section 9)."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One row per client episode, in order of (referral day, source name, ordinal)."""

    source: I64
    referral_day: I64
    ordinal: I64
    traits: I64
    """Bit k is set if the client has the k-th trait in order of name."""
    appointments: I64
    """Appointments booked."""
    assessed_day: I64
    joined_day: I64
    """Day of joining the waitlist, which is the day of placement here."""
    ready_day: I64
    """First day on which the client can start, as far as the client's own side goes."""
    admitted_day: I64
    group: I64
    """Group at admission."""
    phase: I64
    """Phase the client was last in, or would have begun with."""
    first_session_day: I64
    """First group night attended."""
    due_day: I64
    """Day on which the client was last due to enter a next phase, moved or not."""
    scheduled: I64
    """Group nights scheduled while in program."""
    attended: I64
    excused: I64
    absent: I64
    """Unexcused absences. scheduled = attended + excused + absent."""
    exit: I64
    """An `Exit`."""
    exit_day: I64
    """Day on which the client left the list or the program; -1 while there."""

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


@dataclass(frozen=True, slots=True)
class NightFacts:
    """One row per group night held, in order of (day, start of the group, group night)."""

    day: I64
    night: I64
    """Which group night of the week: index into the rulebook's nights."""
    seats: I64
    scheduled: I64
    attended: I64
    excused: I64
    absent: I64


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
    """One row per client scheduled on a group night, in order of (night as in `NightFacts`, time on its roster)."""

    day: I64
    night: I64
    client: I64
    attendance: I64
    """An `Attendance`."""


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """One row per move to a later phase, in order of (day, place in line)."""

    client: I64
    phase: I64
    """Phase entered."""
    due_day: I64
    day: I64


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

    def columns(self) -> dict[str, I64]:
        """Return every column by name, such as ``clients.exit``; for comparing runs and writing files."""
        return {
            f"{table}.{column.name}": getattr(getattr(self, table), column.name)
            for table in ("clients", "appointments", "nights", "intake", "sessions", "moves")
            for column in fields(getattr(self, table))
        }

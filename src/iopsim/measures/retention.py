"""Retention: who stays, who leaves and why, and how long."""

from __future__ import annotations

from iopsim.measures.cohorts import admitted, full_course, left, sessions_within, treatment_days
from iopsim.measures.measure import Fraction, measure
from iopsim.record import AGAINST_PLAN, Exit, Record
from iopsim.rulebook import Rulebook

FOLLOWED = "clients who can be followed for the planned length and four weeks, as far as that goes"
MONTH = 30
QUARTER = 90


def _share_left(record: Record, book: Rulebook, *reasons: Exit) -> Fraction:
    course = full_course(book)
    who = admitted(record, course)
    return int((who & left(record, course, reasons)).sum()), int(who.sum())


@measure("Attendance", "share", "sessions attended", "sessions scheduled", "clients in program")
def attendance_share(record: Record, book: Rulebook) -> Fraction:
    """Share of scheduled sessions attended."""
    return int(record.clients.attended.sum()), int(record.clients.scheduled.sum())


@measure("Sessions attended per client", "sessions", "sessions attended", "clients admitted", FOLLOWED)
def sessions_attended(record: Record, book: Rulebook) -> Fraction:
    """Mean number of sessions a client attends within the planned length and four weeks."""
    course = full_course(book)
    who = admitted(record, course)
    return int(sessions_within(record, course)[who].sum()), int(who.sum())


@measure("Fewer than 5 sessions", "share", "fewer than 5 sessions attended", "clients admitted", FOLLOWED)
def fewer_than_5_sessions_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients who attend fewer than five sessions within the planned length and four weeks."""
    course = full_course(book)
    who = admitted(record, course)
    return int((who & (sessions_within(record, course) < 5)).sum()), int(who.sum())


@measure(
    "Left within 30 days",
    "share",
    "left, other than by completion or transfer",
    "clients admitted",
    "clients who can be followed for 30 days",
)
def left_within_30_days_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients who drop out, are terminated or otherwise leave against the plan within 30 days."""
    who = admitted(record, MONTH)
    return int((who & left(record, MONTH, AGAINST_PLAN)).sum()), int(who.sum())


@measure(
    "In program or completed at 90 days",
    "share",
    "in program, or completed, at day 90",
    "clients admitted",
    "clients who can be followed for 90 days; a transfer counts as gone",
)
def engaged_90_days_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients who at 90 days are still in program or have completed it."""
    who = admitted(record, QUARTER)
    gone = left(record, QUARTER, (*AGAINST_PLAN, Exit.TRANSFERRED))
    return int((who & ~gone).sum()), int(who.sum())


@measure("Completed", "share", "completed", "clients admitted", FOLLOWED)
def completed_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients who complete the program within the planned length and four weeks."""
    return _share_left(record, book, Exit.COMPLETED)


@measure("Dropped out", "share", "dropped out", "clients admitted", FOLLOWED)
def dropped_out_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients who drop out."""
    return _share_left(record, book, Exit.DROPPED_OUT)


@measure("Terminated for absences", "share", "terminated", "clients admitted", FOLLOWED)
def terminated_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients whose episode the program ends."""
    return _share_left(record, book, Exit.TERMINATED)


@measure("Transferred", "share", "transferred", "clients admitted", FOLLOWED)
def transferred_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients who move to another level of care."""
    return _share_left(record, book, Exit.TRANSFERRED)


@measure(
    "Left for other reasons",
    "share",
    "incarcerated, died, coverage ended or other",
    "clients admitted",
    FOLLOWED,
)
def left_otherwise_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients incarcerated, died, discharged as coverage ended, or leaving for another reason."""
    return _share_left(record, book, Exit.INCARCERATED, Exit.DIED, Exit.OTHER, Exit.COVERAGE_ENDED)


@measure("Still in program 4 weeks past plan", "share", "still in program", "clients admitted", FOLLOWED)
def still_in_program_share(record: Record, book: Rulebook) -> Fraction:
    """Share of clients still in program four weeks after the planned length; with the five ways out it makes 1."""
    course = full_course(book)
    who = admitted(record, course)
    gone = left(record, course, tuple(reason for reason in Exit if reason > Exit.IN_TREATMENT))
    return int((who & ~gone).sum()), int(who.sum())


@measure("Length of stay", "days", "days from admission to discharge", "clients admitted", FOLLOWED)
def length_of_stay_days(record: Record, book: Rulebook) -> Fraction:
    """Mean days in program; a stay longer than the planned length and four weeks counts as that."""
    course = full_course(book)
    who = admitted(record, course)
    return int(treatment_days(record, course)[who].sum()), int(who.sum())


MEASURES = (
    attendance_share,
    sessions_attended,
    fewer_than_5_sessions_share,
    left_within_30_days_share,
    engaged_90_days_share,
    completed_share,
    dropped_out_share,
    terminated_share,
    transferred_share,
    left_otherwise_share,
    still_in_program_share,
    length_of_stay_days,
)

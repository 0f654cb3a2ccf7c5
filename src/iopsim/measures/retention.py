"""Retention: who stays, who leaves and why, and how long."""

from __future__ import annotations

from iopsim.measures.cohorts import (
    GONE,
    LEFT_AGAINST_PLAN,
    LEFT_OTHERWISE,
    MONTH,
    OUT,
    PRESENT,
    QUARTER,
    followed_a_course,
    followed_a_month,
    followed_a_quarter,
    left,
    sessions_within,
    treatment_days,
)
from iopsim.measures.measure import Fraction, measure
from iopsim.measures.view import Flags, View, covers, flags
from iopsim.record import I64, Attendance, ClientFacts, Exit, SessionFacts

FOLLOWED = "clients who can be followed for the planned length and four weeks, as far as that goes"
FEW_SESSIONS = 5


def _scheduled(view: View, sessions: SessionFacts) -> Flags:
    """Sessions on which the client had a seat, on days that count."""
    return flags(covers(view, sessions.day) & (sessions.attendance != Attendance.MADE_UP))


@measure(
    "Attendance", "share", "sessions attended", "sessions scheduled", "clients in program", of="sessions",
    among=_scheduled,
)  # fmt: skip
def attendance_share(view: View, sessions: SessionFacts) -> Flags:
    """Share of scheduled sessions attended."""
    return PRESENT[sessions.attendance]


@measure("Sessions attended per client", "sessions", "sessions attended", "clients admitted", FOLLOWED)
def sessions_attended(view: View) -> Fraction:
    """Mean number of sessions a client attends within the planned length and four weeks."""
    who = followed_a_course(view, view.record.clients)
    return int(sessions_within(view.record, view.course)[who].sum()), int(who.sum())


@measure("Fewer than 5 sessions", "share", "fewer than 5 sessions attended", "clients admitted", FOLLOWED)
def fewer_than_5_sessions_share(view: View) -> Fraction:
    """Share of clients who attend fewer than five sessions within the planned length and four weeks."""
    who = followed_a_course(view, view.record.clients)
    return int((who & (sessions_within(view.record, view.course) < FEW_SESSIONS)).sum()), int(who.sum())


@measure(
    "Left within 30 days",
    "share",
    "left, other than by completion or transfer",
    "clients admitted",
    "clients who can be followed for 30 days",
    of="clients",
    among=followed_a_month,
)
def left_within_30_days_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients who drop out, are terminated or otherwise leave against the plan within 30 days."""
    return left(clients, MONTH, LEFT_AGAINST_PLAN[clients.exit])


@measure(
    "In program or completed at 90 days",
    "share",
    "in program, or completed, at day 90",
    "clients admitted",
    "clients who can be followed for 90 days; a transfer counts as gone",
    of="clients",
    among=followed_a_quarter,
)
def engaged_90_days_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients who at 90 days are still in program or have completed it."""
    return flags(~left(clients, QUARTER, GONE[clients.exit]))


@measure("Completed", "share", "completed", "clients admitted", FOLLOWED, of="clients", among=followed_a_course)
def completed_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients who complete the program within the planned length and four weeks."""
    return left(clients, view.course, flags(clients.exit == Exit.COMPLETED))


@measure("Dropped out", "share", "dropped out", "clients admitted", FOLLOWED, of="clients", among=followed_a_course)
def dropped_out_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients who drop out."""
    return left(clients, view.course, flags(clients.exit == Exit.DROPPED_OUT))


@measure(
    "Terminated for absences", "share", "terminated", "clients admitted", FOLLOWED, of="clients",
    among=followed_a_course,
)  # fmt: skip
def terminated_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients whose episode the program ends."""
    return left(clients, view.course, flags(clients.exit == Exit.TERMINATED))


@measure("Transferred", "share", "transferred", "clients admitted", FOLLOWED, of="clients", among=followed_a_course)
def transferred_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients who move to another level of care."""
    return left(clients, view.course, flags(clients.exit == Exit.TRANSFERRED))


@measure(
    "Left for other reasons", "share", "incarcerated, died, coverage ended or other", "clients admitted", FOLLOWED,
    of="clients", among=followed_a_course,
)  # fmt: skip
def left_otherwise_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients incarcerated, died, without coverage, or leaving for another reason."""
    return left(clients, view.course, LEFT_OTHERWISE[clients.exit])


@measure(
    "Still in program 4 weeks past plan", "share", "still in program", "clients admitted", FOLLOWED, of="clients",
    among=followed_a_course,
)  # fmt: skip
def still_in_program_share(view: View, clients: ClientFacts) -> Flags:
    """Share of clients still in program four weeks after the planned length; with the five ways out it makes 1."""
    return flags(~left(clients, view.course, OUT[clients.exit]))


@measure(
    "Length of stay", "days", "days from admission to discharge", "clients admitted", FOLLOWED, of="clients",
    among=followed_a_course,
)  # fmt: skip
def length_of_stay_days(view: View, clients: ClientFacts) -> I64:
    """Mean days in program; a stay longer than the planned length and four weeks counts as that."""
    return treatment_days(view, clients, view.course)


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

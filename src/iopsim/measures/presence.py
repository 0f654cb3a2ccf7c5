"""How many clients are somewhere on each day, from the days on which they came and went.

Several measures look at the same days, one after the other, so the last answer is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from iopsim.measures.view import View, chosen, flags, or_end
from iopsim.record import I64, NEVER, AppointmentFacts, ClientFacts, Exit


def present(came: I64, went: I64, days: int) -> I64:
    """Return how many are present at the end of each day; one who came and went the same day never is.

    Parameters
    ----------
    came, went : int arrays, shape (n,)
        Day of coming, and first day on which the client is no longer there (`days` or later: still there).
    days : int
        Length of the result.
    """
    change = np.bincount(came, minlength=days + 1)[: days + 1] - np.bincount(went, minlength=days + 1)[: days + 1]
    return np.asarray(np.cumsum(change[:days]), dtype=np.int64)


@lru_cache(maxsize=1)
def census(view: View) -> I64:
    """Return the clients in the program on each day that counts, whenever they came; shape (days,)."""
    clients = view.record.clients
    here = clients.admitted_day != NEVER
    went = or_end(view, clients.exit_day)
    return view.counted(present(np.maximum(clients.admitted_day[here], 0), went[here], view.end))


@lru_cache(maxsize=1)
def waiting(view: View) -> I64:
    """Return the clients on the waitlist at the end of each day that counts, whenever they joined; shape (days,)."""
    clients = view.record.clients
    here = clients.joined_day != NEVER
    went = left_list(view, clients)
    return view.counted(present(np.maximum(clients.joined_day[here], 0), went[here], view.end))


def left_list(view: View, clients: ClientFacts) -> I64:
    """Return the day on which clients left the waitlist, admitted or not; the run's length if they did not."""
    went = chosen(flags(clients.admitted_day != NEVER), clients.admitted_day, or_end(view, clients.exit_day))
    return chosen(flags(clients.exit == Exit.WAITING), view.end, went)


def seen(view: View, booked: AppointmentFacts) -> I64:
    """Return the day of the assessment, or of the appointment that the client missed; the run's length if later."""
    until = chosen(flags(booked.came_day == NEVER), booked.day, or_end(view, booked.seen_day))
    return np.minimum(until, view.end)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Clients held back on each day that counts, by what holds them back; arrays of shape (days,)."""

    by_slots: I64
    """From the day that would have suited to the day of the assessment, because the diary was full."""
    by_seats: I64
    """Ready to start and turned away on the last admission day, for want of a seat alone; the next two likewise."""
    by_caseload: I64
    by_both: I64
    """For want of a seat and of room in the caseload."""
    by_next_phase: I64
    """Due to move to the next phase, which is full."""

    def each(self) -> tuple[I64, ...]:
        """Return the five in this order."""
        return self.by_slots, self.by_seats, self.by_caseload, self.by_both, self.by_next_phase


@lru_cache(maxsize=1)
def held_back(view: View) -> HeldBack:
    """Return how many clients each resource holds back on each day that counts."""
    record, days = view.record, view.end
    booked, intake = record.appointments, record.intake
    until = view.book.intake.next_admission_day[intake.day + 1]

    def on_each_day(came: I64, went: I64) -> I64:
        return view.counted(present(came, went, days))

    def turned_away(count: I64) -> I64:
        return on_each_day(np.repeat(intake.day, count), np.repeat(until, count))

    clients, moves = record.clients, record.moves
    still_due = clients.due_day != NEVER
    still_due[moves.client[moves.due_day == clients.due_day[moves.client]]] = False
    gone = or_end(view, clients.exit_day)
    due = np.concatenate([moves.due_day, clients.due_day[still_due]])
    moved = np.concatenate([moves.day, gone[still_due]])
    return HeldBack(
        by_slots=on_each_day(np.minimum(booked.wanted_day, days), seen(view, booked)),
        by_seats=turned_away(intake.no_seat),
        by_caseload=turned_away(intake.no_caseload),
        by_both=turned_away(intake.neither),
        by_next_phase=on_each_day(due, moved),
    )

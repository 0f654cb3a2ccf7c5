"""Room for more: arrays of the state that are too short are replaced by longer ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from iopsim.jit import Rows, Struct, jit


@jit
def longer_rows(rows: Rows, length: int) -> Rows:
    """Return an array of rows with so many places, the rows it had first."""
    more = np.empty(length, rows.dtype)
    for place in range(len(rows)):
        more[place] = rows[place]
    return more


@jit
def longer(values: np.ndarray[Any, Any], length: int) -> np.ndarray[Any, Any]:
    """Return an array with so many places along its first axis, the values it had first."""
    more = np.zeros((length, *values.shape[1:]), values.dtype)
    more[: len(values)] = values
    return more


@jit
def has_room_for(clinic: Struct, clients: int) -> None:
    """Have room for so many clients. No row that was looked up before may be used after."""
    had = len(clinic.people)
    if clients <= had:
        return
    length = max(clients, 2 * had)
    clinic.stories = longer_rows(clinic.stories, length)
    clinic.turns, clinic.facts = longer(clinic.turns, length), longer(clinic.facts, length)
    clinic.page, clinic.words = longer(clinic.page, length), longer(clinic.words, length)
    clinic.history = longer(clinic.history, length)
    clinic.first_key, clinic.second_key = longer(clinic.first_key, length), longer(clinic.second_key, length)
    clinic.reviewed, clinic.expected_after = longer(clinic.reviewed, length), longer(clinic.expected_after, length)
    clinic.losing_after = longer(clinic.losing_after, length)
    clinic.line_before, clinic.line_after = longer(clinic.line_before, length), longer(clinic.line_after, length)
    clinic.may_start = longer(clinic.may_start, length)
    clinic.phase_wanted = longer(clinic.phase_wanted, length)
    clinic.traits_wanted = longer(clinic.traits_wanted, length)
    clinic.returning_after = longer(clinic.returning_after, length)
    clinic.callers, clinic.without = longer(clinic.callers, length), longer(clinic.without, length)
    clinic.joining, clinic.leavers = longer(clinic.joining, length), longer(clinic.leavers, length)
    clinic.movers, clinic.coming = longer(clinic.movers, length), longer(clinic.coming, length)
    clinic.scratch = longer(clinic.scratch, max(len(clinic.scratch), length))
    clinic.people = longer_rows(clinic.people, length)  # last: how long it is says how long all are


@jit
def row_of_appointment(clinic: Struct) -> int:
    """Return the place of a new row of the table; the next functions likewise."""
    row = clinic.n_appointments
    if row == len(clinic.appointments):
        clinic.appointments = longer_rows(clinic.appointments, 2 * row)
    clinic.n_appointments = row + 1
    return row


@jit
def row_of_night(clinic: Struct) -> int:
    """Return the place of a new row."""
    row = clinic.n_nights
    if row == len(clinic.nights):
        clinic.nights = longer_rows(clinic.nights, 2 * row)
    clinic.n_nights = row + 1
    return row


@jit
def row_of_intake(clinic: Struct) -> int:
    """Return the place of a new row."""
    row = clinic.n_intake
    if row == len(clinic.intake):
        clinic.intake = longer_rows(clinic.intake, 2 * row)
    clinic.n_intake = row + 1
    return row


@jit
def row_of_move(clinic: Struct) -> int:
    """Return the place of a new row."""
    row = clinic.n_moves
    if row == len(clinic.moves):
        clinic.moves = longer_rows(clinic.moves, 2 * row)
    clinic.n_moves = row + 1
    return row


@jit
def row_of_lapse(clinic: Struct) -> int:
    """Return the place of a new row."""
    row = clinic.n_lapses
    if row == len(clinic.lapses):
        clinic.lapses = longer_rows(clinic.lapses, 2 * row)
    clinic.n_lapses = row + 1
    return row


@jit
def row_of_counselor(clinic: Struct) -> int:
    """Return the place of a new row."""
    row = clinic.n_counselors
    if row == len(clinic.counselors):
        clinic.counselors = longer_rows(clinic.counselors, 2 * row)
    clinic.n_counselors = row + 1
    return row


@jit
def row_of_post(clinic: Struct) -> int:
    """Return the place of a new row."""
    row = clinic.n_posts
    if row == len(clinic.posts):
        clinic.posts = longer_rows(clinic.posts, 2 * row)
    clinic.n_posts = row + 1
    return row


@jit
def row_of_visit(clinic: Struct) -> int:
    """Return the place of a new row."""
    row = clinic.n_visits
    if row == len(clinic.visits):
        clinic.visits = longer_rows(clinic.visits, 2 * row)
    clinic.n_visits = row + 1
    return row


@jit
def has_room_for_sessions(clinic: Struct, more: int) -> None:
    """Have room for so many more sessions."""
    if clinic.n_sessions + more > len(clinic.sessions):
        clinic.sessions = longer_rows(clinic.sessions, 2 * (clinic.n_sessions + more))


@jit
def note_unexcused(clinic: Struct, who: int, today: int) -> None:
    """Put an unexcused absence on a client's list."""
    place = clinic.n_unexcused
    if place == len(clinic.unexcused_day):
        clinic.unexcused_day = longer(clinic.unexcused_day, 2 * place)
        clinic.unexcused_before = longer(clinic.unexcused_before, 2 * place)
    story = clinic.stories[who]
    clinic.unexcused_day[place], clinic.unexcused_before[place] = today, story.last_unexcused
    story.last_unexcused = place
    clinic.n_unexcused = place + 1

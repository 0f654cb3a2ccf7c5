"""The rulebook as plain Python numbers and lists, which an interpreted engine looks up faster than arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from iopsim.record import I64
from iopsim.rulebook import Rulebook


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """Names and meaning as in `iopsim.rulebook.Rulebook`."""

    days: int
    source_priority: list[int]
    source_phase: list[int]
    slots: list[int]
    next_assessment_day: list[int]
    first_lead: int
    show_odds: list[float]
    rebook_probability: float
    max_rebookings: int
    attempts: int
    placement: tuple[float, float, float]
    renege_per_day: float
    waitlist_limit: int
    hold_the_line: bool
    next_admission_day: list[int]
    seats: list[int]
    first_night: list[int]
    group_opening: list[int]
    all_open: int
    """Day from which every group meets."""
    serves: list[list[bool]]
    """By phase, then group."""
    tonight: list[list[int]]
    """Group nights held on each day, by start time."""
    session_days: list[int]
    """Days on which a group meets."""
    night_day: I64
    """Day of each group night held in the run, in order of (day, start)."""
    night_night: I64
    """Which group night of the week it is."""
    night_row: I64
    """Place in that order of each group night of each day; shape (days, group nights)."""
    caseload: int
    nights_needed: list[int]
    phase_weeks: list[int]
    last_phase: int
    phase_waits: list[bool]
    absence_odds: float
    absence_run: float
    excused_share: float
    absence_consecutive: int
    absence_total: int
    absence_window: int
    dropout_hazard: list[float]


@lru_cache(maxsize=4)
def tables(book: Rulebook) -> Tables:
    """Return the tables of a rulebook; the same for every replication."""
    here, higher, lower, _ = book.placement.tolist()
    night_day = np.repeat(np.arange(book.days), np.diff(book.schedule_start))
    night_row = np.zeros((book.days, len(book.night_seats)), dtype=np.int64)
    night_row[night_day, book.schedule] = np.arange(len(book.schedule))
    return Tables(
        days=book.days,
        source_priority=book.source_priority.tolist(),
        source_phase=book.source_phase.tolist(),
        slots=book.slots.tolist(),
        next_assessment_day=book.next_assessment_day.tolist(),
        first_lead=book.first_lead,
        show_odds=book.show_odds.tolist(),
        rebook_probability=book.rebook_probability,
        max_rebookings=book.max_rebookings,
        attempts=book.max_rebookings + 1,
        placement=(here, higher, lower),
        renege_per_day=book.renege_per_day,
        waitlist_limit=book.waitlist_limit,
        hold_the_line=book.hold_the_line,
        next_admission_day=book.next_admission_day.tolist(),
        seats=book.night_seats.tolist(),
        first_night=book.group_first_night.tolist(),
        group_opening=book.group_opening.tolist(),
        all_open=int(book.group_opening.max()),
        serves=book.serves.T.tolist(),
        tonight=[nights.tolist() for nights in np.split(book.schedule, book.schedule_start[1:-1])],
        session_days=np.unique(night_day).tolist(),
        night_day=night_day,
        night_night=book.schedule,
        night_row=night_row,
        caseload=book.caseload,
        nights_needed=book.phase_nights.tolist(),
        phase_weeks=book.phase_weeks.tolist(),
        last_phase=len(book.phase_names) - 1,
        phase_waits=book.phase_waits.tolist(),
        absence_odds=book.absence_odds,
        absence_run=book.absence_run,
        excused_share=book.excused_share,
        absence_consecutive=book.absence_consecutive,
        absence_total=book.absence_total,
        absence_window=book.absence_window,
        dropout_hazard=book.dropout_hazard.tolist(),
    )

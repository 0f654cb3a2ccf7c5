"""Series: the same facts by week of the run, by month of referral, and by week of treatment. Whole numbers only."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import admitted, ended_as, full_course, reached, referred
from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.measures.presence import census, held_back, waiting
from iopsim.record import I64, NEVER, Exit, Night, Record
from iopsim.rulebook import Rulebook

WEEKLY = (
    "census",
    "waiting",
    "seats",
    "seats_taken",
    "seats_attended",
    "held_back_by_slots",
    "held_back_by_seats",
    "held_back_by_caseload",
    "held_back_by_both",
    "held_back_by_next_phase",
)
"""By week: the first two and the last five in client-days, the others in seat-nights."""

MONTHLY = ("referred", "assessed", "days_to_assessment", "started", "days_to_first_session")
"""By month of referral, for clients referred 90 days before the end; the two waits are sums of days."""

WAYS_OUT = (
    (Exit.COMPLETED,),
    (Exit.TRANSFERRED,),
    (Exit.TERMINATED,),
    (Exit.DROPPED_OUT,),
    (Exit.INCARCERATED, Exit.DIED, Exit.OTHER, Exit.COVERAGE_ENDED),
)
"""Ways out of treatment as the retention series groups them."""

WAYS_OUT_NAMES = ("completed", "transferred", "terminated", "dropped_out", "other")


def weekly(record: Record, book: Rulebook) -> I64:
    """Return the weekly series; shape (len(WEEKLY), weeks)."""

    def by_week(daily: I64) -> I64:
        return np.asarray(daily.reshape(-1, 7).sum(axis=1), dtype=np.int64)

    def seat_nights(count: I64) -> I64:
        return np.bincount(record.nights.day // 7, count, minlength=book.weeks).astype(np.int64)

    nights = record.nights
    return np.array(
        [
            by_week(census(record)),
            by_week(waiting(record)),
            seat_nights(np.where(nights.status == Night.HELD, nights.seats, 0)),
            seat_nights(nights.scheduled),
            seat_nights(nights.attended + nights.guests),
            *(by_week(daily) for daily in held_back(record, book).each()),
        ]
    )


def monthly(record: Record, book: Rulebook) -> I64:
    """Return the series by month of referral; shape (len(MONTHLY), months)."""
    clients, eligible = record.clients, referred(record)
    month = book.month[np.maximum(clients.referral_day, 0)]
    months = int(book.month[-1]) + 1

    def count(who: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> I64:
        return np.bincount(month[who], minlength=months)

    rows = [count(eligible)]
    for day in (clients.assessed_day, clients.first_session_day):
        who = eligible & reached(record, day, clients.referral_day, FOLLOW_UP_DAYS)
        waited = np.bincount(month[who], (day - clients.referral_day)[who], minlength=months)
        rows += [count(who), waited.astype(np.int64)]
    return np.array(rows, dtype=np.int64)


def retention(record: Record, book: Rulebook) -> I64:
    """Return how many clients had left by each way out within k weeks of admission; shape (ways out + 1, weeks + 1).

    Counted are clients admitted the planned length and four weeks before the run ends; the last row repeats their
    number.
    """
    clients, who = record.clients, admitted(record, full_course(book))
    weeks = full_course(book) // 7
    rows = []
    for reasons in WAYS_OUT:
        out = who & ended_as(record, reasons) & (clients.exit_day != NEVER)
        after = -(-(clients.exit_day - clients.admitted_day)[out] // 7)
        rows.append(np.cumsum(np.bincount(after, minlength=weeks + 1)[: weeks + 1]))
    return np.array([*rows, np.full(weeks + 1, who.sum())], dtype=np.int64)

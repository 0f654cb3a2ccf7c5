"""Series: the same facts by week of the run, by month of referral, and by week of treatment. Whole numbers only."""

from __future__ import annotations

import numpy as np

from iopsim.measures.cohorts import LEFT_OTHERWISE, among, followed_a_course, reached, referred
from iopsim.measures.measure import FOLLOW_UP_DAYS
from iopsim.measures.presence import census, held_back, waiting
from iopsim.measures.view import View, covers
from iopsim.record import I64, NEVER, Exit, Night

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
    "nights_cancelled",
    "minutes_short",
    "minutes_overtime",
)
"""By week: census, waiting and those held back in client-days, seats in seat-nights, nights in group nights, minutes of
work that did not fit and of overtime in minutes of staff."""

MONEY = ("cash", "revenue", "cost")
"""By week, in cents, from the week of the first cost on: cash at the week's end, and what the week earned and cost."""

MONTHLY = ("referred", "assessed", "days_to_assessment", "started", "days_to_first_session")
"""By month of referral, for clients referred 90 days before the end; the two waits are sums of days."""

WAYS_OUT = (
    among(Exit, (Exit.COMPLETED,)),
    among(Exit, (Exit.TRANSFERRED,)),
    among(Exit, (Exit.TERMINATED,)),
    among(Exit, (Exit.DROPPED_OUT,)),
    LEFT_OTHERWISE,
)
"""Ways out of treatment as the retention series groups them."""

WAYS_OUT_NAMES = ("completed", "transferred", "terminated", "dropped_out", "other")


def weekly(view: View) -> I64:
    """Return the weekly series of the weeks that count; shape (len(WEEKLY), weeks)."""

    def by_week(daily: I64) -> I64:
        return np.asarray(daily.reshape(-1, 7).sum(axis=1), dtype=np.int64)

    def seat_nights(count: I64) -> I64:
        return np.bincount(nights.day[held] // 7 - first, count[held], minlength=view.weeks).astype(np.int64)

    def minutes(spent: I64) -> I64:
        return np.bincount(staff.week, spent, minlength=view.book.weeks).astype(np.int64)[first:]

    staff = view.record.staff
    nights, first = view.record.nights, view.since // 7
    held = covers(view, nights.day)
    return np.array(
        [
            by_week(census(view)),
            by_week(waiting(view)),
            seat_nights(np.where(nights.status == Night.HELD, nights.seats, 0)),
            seat_nights(nights.scheduled),
            seat_nights(nights.attended + nights.guests),
            *(by_week(daily) for daily in held_back(view).each()),
            seat_nights((nights.status != Night.HELD).astype(np.int64)),
            minutes(staff.short_individual + staff.short_medication + staff.short_notes),
            minutes(staff.overtime),
        ]
    )


def money(view: View) -> I64:
    """Return the weekly series of money that counts; shape (len(MONEY), weeks).

    The weeks before the opening come first, unless counting begins after the opening.
    """
    ledger = view.accounts
    return np.array([ledger.cash, ledger.revenue, ledger.cost])[:, view.first_account_week :]


def monthly(view: View) -> I64:
    """Return the series by month of referral, from the month in which counting begins; shape (len(MONTHLY), months)."""
    clients = view.record.clients
    eligible = referred(view, clients)
    first, last = int(view.book.month[view.since]), int(view.book.month[-1])
    month = view.book.month[np.maximum(clients.referral_day, 0)] - first
    months = last - first + 1

    def count(who: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> I64:
        return np.bincount(month[who], minlength=months)

    rows = [count(eligible)]
    for day in (clients.assessed_day, clients.first_session_day):
        who = eligible & reached(day, clients.referral_day, FOLLOW_UP_DAYS)
        waited = np.bincount(month[who], (day - clients.referral_day)[who], minlength=months)
        rows += [count(who), waited.astype(np.int64)]
    return np.array(rows, dtype=np.int64)


def retention(view: View) -> I64:
    """Return how many clients had left by each way out within k weeks of admission; shape (ways out + 1, weeks + 1).

    Counted are clients admitted the planned length and four weeks before the run ends; the last row repeats their
    number.
    """
    clients = view.record.clients
    who, weeks = followed_a_course(view, clients), view.course // 7
    rows = []
    for way in WAYS_OUT:
        out = who & way[clients.exit] & (clients.exit_day != NEVER)
        after = -(-(clients.exit_day - clients.admitted_day)[out] // 7)
        rows.append(np.cumsum(np.bincount(after, minlength=weeks + 1)[: weeks + 1]))
    return np.array([*rows, np.full(weeks + 1, who.sum())], dtype=np.int64)

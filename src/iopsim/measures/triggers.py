"""Triggers: whether somebody was hired, or a group opened, because many waited, and when."""

from __future__ import annotations

import numpy as np

from iopsim.measures.measure import Fraction, measure
from iopsim.measures.view import View, covers
from iopsim.record import I64
from iopsim.rulebook import UNLIMITED

HIRING = "runs of a program that may hire on a trigger"
OPENING = "runs of a program with a group on a trigger"


def hires(view: View) -> I64 | None:
    """Return the first days of those hired on a trigger; None if nobody may be."""
    staff, posts = view.book.staffing, view.record.posts
    on_trigger = (staff.hire_caseload[staff.post_role] != UNLIMITED) & (staff.post_start >= view.record.days)
    if not on_trigger.any():
        return None
    post, row = np.unique(posts.post, return_index=True)
    return np.asarray(posts.first_day[row][on_trigger[post]], dtype=np.int64)


def openings(view: View) -> I64 | None:
    """Return the days on which groups that opened on a trigger first met, or would have; None if there is no such."""
    schedule, nights = view.book.schedule, view.record.nights
    on_trigger = schedule.opens_waiting != UNLIMITED
    if not on_trigger.any():
        return None
    group, row = np.unique(schedule.night_group[nights.night], return_index=True)
    return np.asarray(nights.day[row][on_trigger[group]], dtype=np.int64)


def _ever(view: View, days: I64 | None) -> Fraction:
    return (0, 0) if days is None else (int(covers(view, days).any()), 1)


def _first_week(view: View, days: I64 | None) -> Fraction:
    counted = [] if days is None else days[covers(view, days)].tolist()
    return ((min(counted) - view.since) // 7 + 1, 1) if counted else (0, 0)


@measure(
    "Group opened on a trigger", "share", "a group that opened on its trigger, or none", "1", OPENING, by_group=False
)
def group_opened_share(view: View) -> Fraction:
    """Whether enough were waiting for long enough for a group to open that waits for that."""
    return _ever(view, openings(view))


@measure(
    "Weeks until it meets",
    "weeks",
    "first week of the first such group",
    "1",
    f"{OPENING}, that opened",
    by_group=False,
)
def weeks_until_group_opened(view: View) -> Fraction:
    """First week, counted from 1, in which a group meets that opened on a trigger, of runs in which one did."""
    return _first_week(view, openings(view))


@measure("Hired on a trigger", "share", "somebody who started on a trigger, or nobody", "1", HIRING, by_group=False)
def hired_share(view: View) -> Fraction:
    """Whether caseloads were above the limit for long enough that one more was hired and started."""
    return _ever(view, hires(view))


@measure(
    "Weeks until the first starts",
    "weeks",
    "first week of the first one hired",
    "1",
    f"{HIRING}, that did",
    by_group=False,
)
def weeks_until_hired(view: View) -> Fraction:
    """First week, counted from 1, of whoever is hired first on a trigger, of runs in which somebody is."""
    return _first_week(view, hires(view))


OF_GROUPS = (group_opened_share, weeks_until_group_opened)
OF_STAFF = (hired_share, weeks_until_hired)

"""What laws are, and what several of them read off a run: clients, days, sessions, moves, stays and posts."""

from collections import defaultdict
from collections.abc import Callable
from math import log

import numpy as np

from iopsim import clock
from iopsim.cohort import Cohort, draw_again
from iopsim.record import Attendance
from iopsim.scenario.calendar import Closure
from strategies import WEEKDAYS, Run

Law = Callable[[Run], None]

REGULAR = (Attendance.ATTENDED, Attendance.EXCUSED, Attendance.ABSENT)


def into(laws: list[Law]) -> Callable[[Law], Law]:
    """A decorator that puts a law among these."""

    def law(it: Law) -> Law:
        laws.append(it)
        return it

    return law


def clients(it: Run) -> list[dict[str, int]]:
    """The clients' rows."""
    columns = it.record.clients.__slots__
    values = zip(*(getattr(it.record.clients, column).tolist() for column in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in values]


def closed(it: Run) -> set[int]:
    """Days on which the clinic is closed."""
    calendar, opening = it.scenario.calendar, it.scenario.opening
    holidays = clock.public_holidays(calendar.holidays, opening, it.scenario.days)
    days = {(day - opening).days for day in set(holidays) - set(calendar.open_on)}
    for closure in calendar.closures:
        first, last = (closure.first, closure.last) if isinstance(closure, Closure) else (closure, closure)
        days |= set(range((first - opening).days, (last - opening).days + 1))
    return days


def open_days(it: Run, weekdays: tuple[str, ...]) -> list[int]:
    """Days of the run on these weekdays on which the clinic is not closed; the opening is a Monday."""
    shut = closed(it)
    return [day for day in range(it.scenario.days) if WEEKDAYS[day % 7] in weekdays and day not in shut]


def sessions(it: Run) -> dict[int, list[tuple[int, int, int]]]:
    """By client: day, group night and attendance of each session, in order of day."""
    facts = it.record.sessions
    by_client = defaultdict(list)
    for row in zip(*(getattr(facts, c).tolist() for c in ("client", "day", "night", "attendance")), strict=True):
        by_client[row[0]].append(row[1:])
    return by_client


def moves(it: Run) -> dict[int, list[tuple[int, int, int]]]:
    """By client: phase entered, day due and day moved."""
    facts = it.record.moves
    by_client = defaultdict(list)
    for row in zip(*(getattr(facts, c).tolist() for c in ("client", "phase", "due_day", "day")), strict=True):
        by_client[row[0]].append(row[1:])
    return by_client


def stays(it: Run) -> list[tuple[int, int, int, int]]:
    """Client, phase, first day and day after the last, for each stay of a client in a phase."""
    found = []
    moved = moves(it)
    for who, me in enumerate(clients(it)):
        if me["admitted_day"] >= 0:
            end = me["exit_day"] if me["exit_day"] >= 0 else it.record.days
            begin, phase = me["admitted_day"], first_phase(it, me)
            for entered, _, day in moved[who]:
                found.append((who, phase, begin, day))
                begin, phase = day, entered
            found.append((who, phase, begin, end))
    return found


def first_phase(it: Run, me: dict[str, int]) -> int:
    enters = it.scenario.referrals[it.book.demand.source_names[me["source"]]].enters
    return list(it.scenario.phases).index(enters) if enters else 0


def place_in_line(it: Run, who: int, me: dict[str, int]) -> tuple[int, int, float, int]:
    priority = it.scenario.referrals[it.book.demand.source_names[me["source"]]].priority
    return priority, me["joined_day"], float(it.cohort.lot[who]), who


def hazard_weeks(it: Run) -> list[float]:
    """Accumulated hazard of dropping out after 0, 1, 2 ... weeks, for a client without traits."""
    leaving, total = it.scenario.leaving, [0.0]
    for week in range(1, it.scenario.weeks + 2):
        weibull = leaving.dropout_per_week * 12 * (week / 12) ** leaving.dropout_shape
        early = -log(1 - leaving.early_probability) * min(week / leaving.early_weeks, 1.0)
        total.append(weibull + early)
    return total


def table(facts: object) -> list[dict[str, int]]:
    columns = facts.__slots__
    rows = zip(*(getattr(facts, column).tolist() for column in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def episodes(it: Run) -> list[Cohort]:
    """The cards of every episode that a client may have; each cohort has the rows of the first."""
    cohorts = [it.cohort]
    for _ in range(int(it.record.clients.episode.max(initial=0))):
        again = draw_again(it.book, cohorts[-1], np.arange(len(it.cohort)))
        cohorts.append(again)
    return cohorts


def by_client(rows: list[dict[str, int]]) -> dict[int, list[dict[str, int]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["client"]].append(row)
    return found


def filled(it: Run) -> np.ndarray:
    """Whether each post is filled on each day: who was in it, one after the other."""
    posts = np.zeros((len(it.book.staffing.post_role), it.record.days), dtype=bool)
    for row in table(it.record.posts):
        posts[row["post"], row["first_day"] : row["end_day"]] = True
    return posts

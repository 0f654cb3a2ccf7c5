"""The timetable: groups, their nights and seats, and when each takes new clients."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iopsim import clock
from iopsim.deck import name_word
from iopsim.rulebook.days import F64, I64, Flags, closed_days, limit
from iopsim.rulebook.demand import trait_bits
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.groups import Group
from iopsim.scenario.model import Scenario


@dataclass(frozen=True, eq=False, slots=True)
class Schedule:
    """Groups in the order of the file; group nights by group, then weekday."""

    group_names: tuple[str, ...]
    group_word: NDArray[np.uint64]
    night_group: I64
    night_weekday: I64
    night_seats: I64
    night_start: I64
    """Minutes after midnight; the next likewise."""
    night_end: I64
    night_minutes: I64
    night_odds_ratio: F64
    """Odds ratio of attending on each group night: weekday, group, video."""
    group_by_video: Flags
    """Whether group g meets by video."""
    group_first_night: I64
    """Nights of group g are group_first_night[g] to group_first_night[g + 1] - 1; shape (groups + 1,)."""
    group_opening: I64
    """Day from which group g meets; `days` for one that opens on a trigger."""
    opens_waiting: I64
    """Clients who must be waiting for group g to open; -1 for a group without such a trigger."""
    opens_after: I64
    """Mondays in a row."""
    opens_lead: I64
    """Days from then until it meets."""
    group_traits: I64
    """Bits of the traits that a client of group g must have."""
    serves: Flags
    """Whether group g takes clients of phase p; shape (groups, phases)."""
    admits: Flags
    """Whether group g, once open, takes new clients on each day; shape (groups, days)."""
    always_admits: Flags
    """Whether group g takes new clients on every day."""
    smallest_census: I64
    facilitators: I64
    schedule_start: I64
    schedule: I64
    """Group nights on day d by start, open or not: schedule[schedule_start[d]:schedule_start[d + 1]]."""

    @property
    def night_names(self) -> tuple[str, ...]:
        """Group nights of the week by name, such as ``evening Mon``."""
        nights = zip(self.night_group.tolist(), self.night_weekday.tolist(), strict=True)
        return tuple(f"{self.group_names[group]} {WEEKDAYS[weekday]}" for group, weekday in nights)


def write_schedule(scenario: Scenario) -> Schedule:
    """Write the timetable of the groups that exist: those whose lever, if they name one, is on."""
    groups = groups_on(scenario)
    days, traits = scenario.days, sorted(scenario.traits)
    nights = [
        (g, WEEKDAYS.index(night))
        for g, group in enumerate(groups.values())
        for night in sorted(group.nights, key=WEEKDAYS.index)
    ]
    by_night = [list(groups.values())[g] for g, _ in nights]
    start, schedule = _days(scenario, nights, by_night)
    video = scenario.levers.video
    by_video = video.attendance_odds_ratio if video.on else 1.0
    by_weekday = scenario.attendance.weekday_odds_ratios
    admits = np.array([_admits(group, days) for group in groups.values()]).reshape(len(groups), days)
    return Schedule(
        group_names=tuple(groups),
        group_word=np.array([name_word(name) for name in groups], dtype=np.uint64),
        night_group=np.array([g for g, _ in nights]),
        night_weekday=np.array([w for _, w in nights]),
        night_seats=np.array([group.seats for group in by_night]),
        night_start=np.array([minutes(group.start) for group in by_night]),
        night_end=np.array([minutes(group.start) + round(60 * group.hours) for group in by_night]),
        night_minutes=np.array([round(60 * group.hours) for group in by_night]),
        night_odds_ratio=np.array(
            [
                by_weekday[WEEKDAYS[w]] * group.attendance_odds_ratio * (by_video if group.video else 1.0)
                for (_, w), group in zip(nights, by_night, strict=True)
            ]
        ),
        group_by_video=np.array([group.video for group in groups.values()], dtype=np.bool_),
        group_first_night=np.cumsum([0] + [len(group.nights) for group in groups.values()]),
        group_opening=np.array([7 * g.first_week if g.opens_when_waiting == "none" else days for g in groups.values()]),
        opens_waiting=np.array([limit(group.opens_when_waiting) for group in groups.values()]),
        opens_after=np.array([group.opens_after_weeks for group in groups.values()]),
        opens_lead=np.array([7 * group.opens_lead_weeks for group in groups.values()]),
        group_traits=np.array([trait_bits(group.for_traits, traits) for group in groups.values()]),
        serves=np.array([[not g.serves or name in g.serves for name in scenario.phases] for g in groups.values()]),
        admits=admits,
        always_admits=np.asarray(admits.all(axis=1), dtype=np.bool_),
        smallest_census=np.array([group.smallest_census for group in groups.values()]),
        facilitators=np.array([group.facilitators for group in groups.values()]),
        schedule_start=start,
        schedule=schedule,
    )


def groups_on(scenario: Scenario) -> dict[str, Group]:
    """Return the groups that exist: those that name no lever, or one that is on."""
    return {
        name: group
        for name, group in scenario.groups.items()
        if not group.lever or getattr(scenario.levers, group.lever).on
    }


def minutes(time: datetime.time) -> int:
    """Return a clock time as minutes after midnight."""
    return 60 * time.hour + time.minute


def _admits(group: Group, days: int) -> Flags:
    """Return on which days a group takes new clients, once open; cohorts count from its first week."""
    if group.admission == "rolling":
        return np.ones(days, dtype=np.bool_)
    since = np.arange(days) // 7 - group.first_week
    return np.asarray(since % group.cohort_weeks < group.cohort_open_weeks, dtype=np.bool_)


def _days(scenario: Scenario, nights: list[tuple[int, int]], groups: list[Group]) -> tuple[I64, I64]:
    """Return the group nights of each day, by start time, as offsets and a flat list; none on closed days."""
    weekday, closed = clock.weekdays(scenario.opening, scenario.days), closed_days(scenario)
    by_start = sorted(range(len(nights)), key=lambda n: (groups[n].start, n))
    start, flat = [0], []
    for day in range(scenario.days):
        if not closed[day]:
            flat += [
                n
                for n in by_start
                if nights[n][1] == weekday[day]
                and (groups[n].opens_when_waiting != "none" or day >= 7 * groups[n].first_week)
            ]
        start.append(len(flat))
    return np.array(start, dtype=np.int64), np.array(flat, dtype=np.int64)

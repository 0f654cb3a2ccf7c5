"""The week's timetable as a file gives it: which groups exist, whom they serve, and which meet at the same time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from iopsim.scenario.fields import WEEKDAYS, Weekday
from iopsim.scenario.groups import Group
from iopsim.scenario.levers import Levers
from iopsim.scenario.model import Scenario
from iopsim.scenario.opening import Present

DAY = 24 * 60
"""Minutes of a day."""


class Meeting(NamedTuple):
    """A group's session in the week.

    Parameters
    ----------
    group : str
        Name of the group.
    weekday : str
        ``Mon`` to ``Sun``.
    start, end : int
        Minutes after midnight.
    """

    group: str
    weekday: Weekday
    start: int
    end: int

    def overlaps(self, other: Meeting) -> bool:
        """Return whether two sessions have a moment in common; one that begins as the other ends does not."""
        return self.weekday == other.weekday and self.start < other.end and other.start < self.end


def existing_groups(scenario: Scenario) -> Mapping[str, Group]:
    """Return the groups that exist: those that name no lever, or one that is on.

    A lever that there is not is reported elsewhere; its group counts as there.
    """
    return {
        name: group
        for name, group in scenario.groups.items()
        if group.lever not in Levers.model_fields or getattr(scenario.levers, group.lever).on
    }


def serving(scenario: Scenario, phase: str) -> Mapping[str, Group]:
    """Return the groups that exist and take clients of a phase."""
    return {
        name: group for name, group in existing_groups(scenario).items() if not group.serves or phase in group.serves
    }


def meetings(name: str, group: Group) -> Iterator[Meeting]:
    """List a group's sessions of a week, in the order of the week."""
    start = minutes(group.start)
    for weekday in sorted(group.nights, key=WEEKDAYS.index):
        yield Meeting(name, weekday, start, start + round(60 * group.hours))


def first_week_of(group: Group) -> int:
    """Return the first week in which a group may meet, whether it opens by the calendar or on a trigger."""
    if group.opens_when_waiting == "none":
        return group.first_week
    return group.opens_after_weeks + group.opens_lead_weeks


def weeks_in_phase(scenario: Scenario, here: Present, phase: str) -> int:
    """Return the weeks for which present clients have been in their phase.

    Where that is not known, it is what is left of their weeks after the planned weeks of the phases before, from the
    one in which clients of their source begin.
    """
    if here.phase_weeks != "none":
        return here.phase_weeks
    phases = list(scenario.phases)
    begins = scenario.referrals[here.source].enters or phases[0]
    before = phases[phases.index(begins) : phases.index(phase)]
    return max(here.weeks - sum(scenario.phases[name].planned_weeks for name in before), 0)


def minutes(time: datetime.time) -> int:
    """Return a clock time as minutes after midnight."""
    return 60 * time.hour + time.minute


def clock(time: int) -> str:
    """Return minutes after midnight as a clock time, such as ``17:30``."""
    return f"{time // 60:02d}:{time % 60:02d}"

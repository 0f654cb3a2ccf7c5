"""Evenings on which those who run groups are too few, although the simulation goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from iopsim.scenario.checks.conflict import named
from iopsim.scenario.checks.groups import groups_at_once, people_for_groups
from iopsim.scenario.groups import Group
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import Resolved
from iopsim.scenario.timetable import Meeting, clock, existing_groups, first_week_of, meetings, minutes


def too_few_for_full_groups(resolved: Resolved) -> Iterator[str]:
    """Name the groups that need more staff when they are full than there are, by clients_per_facilitator."""
    scenario = resolved.scenario
    role, ratio = _ratio(scenario)
    if ratio == math.inf:
        return
    groups = existing_groups(scenario)
    for name in groups:
        for meeting, together in groups_at_once(groups, name):
            week = max(first_week_of(groups[other]) for other in together)
            needed = sum(_needed(groups[other], ratio) for other in together)
            people = _people(scenario, week, [groups[other] for other in together])
            if needed > people:
                seats = " + ".join(str(groups[other].seats) for other in together)
                yield (
                    f"{resolved.origins[f'staff.{role}.clients_per_facilitator']}: groups.{name}: full "
                    f"({named(together)}: {seats} seats, clients_per_facilitator = {ratio:g}), groups need {needed} on "
                    f'{meeting.weekday} at {clock(meeting.start)}, and the people with the duty "groups" by '
                    f"week {week} are {people}; cover is then sought, or the night is held with too few"
                )
                break


def family_nights_beside_groups(resolved: Resolved) -> Iterator[str]:
    """Tell where a family night and the groups that meet during it need more people than there are."""
    scenario = resolved.scenario
    night, groups = scenario.family_night, existing_groups(scenario)
    if not night.every_weeks or not _ratio(scenario)[0]:
        return
    start = minutes(night.start)
    family = Meeting("", night.weekday, start, start + round(60 * night.hours))
    during = [
        meeting for name, group in groups.items() for meeting in meetings(name, group) if meeting.overlaps(family)
    ]
    for moment in sorted({max(start, meeting.start) for meeting in during}):
        together = [meeting.group for meeting in during if meeting.start <= moment < meeting.end]
        week = max(first_week_of(groups[name]) for name in together)
        needed = night.staff + sum(groups[name].facilitators for name in together)
        people = _people(scenario, week, [groups[name] for name in together])
        if needed > people:
            yield (
                f"{resolved.origins['family_night.weekday']}: family_night: with {named(together)} it needs {needed} "
                f'on {night.weekday} at {clock(moment)}, and the people with the duty "groups" are {people}; the '
                "simulation has the same people do both"
            )
            return


def _ratio(scenario: Scenario) -> tuple[str, float]:
    """Return the first role with people who run groups, and how many clients one of them may facilitate."""
    for name, role in scenario.staff.items():
        if "groups" in role.duties and role.people:
            limit = role.clients_per_facilitator
            return name, math.inf if isinstance(limit, str) or limit == 0 else float(limit)
    return "", math.inf


def _needed(group: Group, ratio: float) -> int:
    return max(group.facilitators, math.ceil(group.seats / ratio))


def _people(scenario: Scenario, week: int, groups: list[Group]) -> int:
    on_trigger = any(group.opens_when_waiting != "none" for group in groups)
    return sum(people_for_groups(scenario, week, on_trigger).values())

"""The week of a plan in words: which groups meet when, what has no clock time, and who works."""

from __future__ import annotations

import datetime
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iopsim.charts.style import inert
from iopsim.rulebook.schedule import groups_on
from iopsim.rulebook.staffing import planned_assessors
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.groups import Group
from iopsim.scenario.model import Scenario
from iopsim.scenario.staff import Role
from iopsim.scenario.timetable import DAY, meetings, minutes

NOON, EVENING = 12 * 60, 16 * 60 + 30
"""Minutes after midnight from which on a session is one of the afternoon, or of the evening."""

LONGEST = 24
"""Letters of a name that a title has room for."""

FAMILY = "family night"

DUTIES = {
    "groups": "groups",
    "individual": "individual sessions",
    "assessment": "assessments",
    "medication": "medication visits",
}

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Block:
    """A session of the week.

    Parameters
    ----------
    group : int
        Place of its group in the file's order; -1 of a family night.
    letter : str
        By which it is listed where its name has no room.
    name : str
    weekday : int
        0 for Monday.
    start, end : int
        Minutes after midnight.
    details : tuple of str
        What else there is to say, what matters most first.
    later : bool
        Whether it does not meet from the opening on.
    """

    group: int
    letter: str
    name: str
    weekday: int
    start: int
    end: int
    details: tuple[str, ...]
    later: bool = False

    @property
    def time(self) -> str:
        """When, such as ``5:30–8:30 pm``."""
        return span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Daily:
    """What happens on some weekdays at no clock time.

    Parameters
    ----------
    name : str
    weekdays : tuple of int
        0 for Monday.
    said : tuple of str
        What to write, the longest first.
    """

    name: str
    weekdays: tuple[int, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worker:
    """A row of the list of staff, as texts."""

    role: str
    people: str
    hours: str
    clients: str
    supervision: str
    work: str

    @property
    def numbers(self) -> tuple[str, str, str, str]:
        """What stands in columns of numbers."""
        return self.people, self.hours, self.clients, self.supervision


def said(name: str) -> str:
    """Return a name of the file as one reads it."""
    return inert(name).replace("_", " ")


def short(name: str) -> str:
    """Return a name of the file as one reads it in a title: its beginning, if it is long."""
    text = said(name)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def counted(number: float, thing: str) -> str:
    """Return a number of things, such as ``1 seat`` or ``2.5 hours``."""
    return f"{number:,g} {thing}{'' if number == 1 else 's'}"


def in_words(number: int) -> str:
    """Return a small number as a word, another in figures."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def clock(time: int) -> str:
    """Return minutes after midnight as a clock time, such as ``5:30 pm``."""
    if time % DAY in (0, NOON):
        return "midnight" if time % DAY == 0 else "noon"
    hour, minute = divmod(time, 60)
    return f"{(hour - 1) % 12 + 1}{f':{minute:02d}' if minute else ''} {'am' if time < NOON else 'pm'}"


def span(start: int, end: int) -> str:
    """Return a stretch of a day, with am or pm once where both ends have the same."""
    first, last = clock(start), clock(end)
    if first[-3:] == last[-3:] and last[-3:] in (" am", " pm"):
        first = first[:-3]
    return f"{first}–{last}"


def listed(names: Sequence[str]) -> str:
    """Return names as a list with an "and"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def blocks(scenario: Scenario) -> list[Block]:
    """Return the sessions of a week, by group and weekday; family nights last."""
    groups = groups_on(scenario)
    found = [
        Block(k, letter(k), said(name), WEEKDAYS.index(m.weekday), m.start, m.end, told, _opens_later(group))
        for k, (name, group) in enumerate(groups.items())
        for told in [_details(scenario, group)]
        for m in meetings(name, group)
    ]
    night = scenario.family_night
    if night.every_weeks:
        start, weekday = minutes(night.start), WEEKDAYS.index(night.weekday)
        how_often = "every week" if night.every_weeks == 1 else f"every {night.every_weeks} weeks"
        told = (how_often, f"staff: {night.staff}")
        end = start + round(60 * night.hours)
        found.append(Block(-1, letter(len(groups)), FAMILY, weekday, start, end, told))
    return found


def letter(number: int) -> str:
    """Return a letter for each number from 0: A to Z, then AA and so on."""
    return (letter(number // 26 - 1) if number >= 26 else "") + string.ascii_uppercase[number % 26]


def _details(scenario: Scenario, group: Group) -> tuple[str, ...]:
    """Say of a group how many it seats, when it opens, for whom it is and who runs it."""
    phases = [said(phase) for phase in (group.serves or scenario.phases)]
    found = [counted(group.seats, "seat")]
    if _opens_later(group):
        found.append(_opening(scenario, group))
    found.append("all phases" if 1 < len(phases) == len(scenario.phases) else ", ".join(phases))
    if group.for_traits:
        found.append(f"only for: {', '.join(said(trait) for trait in group.for_traits)}")
    if group.admission == "cohort":
        found.append(f"a cohort every {counted(group.cohort_weeks, 'week')}")
    if group.video:
        found.append("by video")
    elif group.room:
        found.append(f"room: {said(group.room)}")
    roles = [said(name) for name, role in scenario.staff.items() if "groups" in role.duties]
    if len(roles) == 1:
        found.append(f"staff: {group.facilitators} {roles[0]}")
    elif roles:
        found.append(f"staff: {group.facilitators} of {' or '.join(roles) if len(roles) == 2 else 'those for groups'}")
    return tuple(found)


def _opens_later(group: Group) -> bool:
    return group.opens_when_waiting != "none" or group.first_week > 0


def _opening(scenario: Scenario, group: Group) -> str:
    if group.opens_when_waiting != "none":
        return f"opens when {group.opens_when_waiting} wait"
    if group.first_week >= scenario.weeks:
        return "opens after the run"
    return f"from {_date(scenario, group.first_week)}"


def _date(scenario: Scenario, week: int) -> str:
    first = scenario.opening + datetime.timedelta(weeks=week)
    return f"{first.day} {first:%b %Y}"


def triggers(scenario: Scenario) -> list[str]:
    """Say of each group that opens on a trigger what opens it."""
    return [
        f"{said(name)} opens once {counted(int(group.opens_when_waiting), 'client')} or more have waited, ready to "
        f"start, on {counted(group.opens_after_weeks, 'Monday')}{' in a row' if group.opens_after_weeks > 1 else ''}, "
        f"{counted(group.opens_lead_weeks, 'week')} later."
        for name, group in groups_on(scenario).items()
        if group.opens_when_waiting != "none"
    ]


def dailies(scenario: Scenario) -> list[Daily]:
    """Return what happens at no clock time: assessments, orientations and admissions."""
    assessment, orientation = scenario.assessment, scenario.orientation
    assessors = planned_assessors(scenario)
    slots, most = (assessment.slots_per_day * int(number) for number in (assessors[0], assessors.max()))
    long = counted(slots, "slot") if slots == most else f"{slots} and later {counted(most, 'slot')}"
    walk_in = "walk-in, " if assessment.open_access else ""
    hours = f", {counted(assessment.hours, 'hour')} each"
    texts = (f"{walk_in}{long} a day{hours}", f"{long} a day", long, f"{most}") if most else ("no slots", "none")
    found = [Daily("assessments", _places(assessment.weekdays), texts)]
    if orientation.required:
        each = counted(orientation.hours, "hour")
        found.append(Daily("orientation", _places(orientation.weekdays), (each, f"{orientation.hours:g} h")))
    found.append(
        Daily("admissions", _places(scenario.admission.weekdays), ("clients start on these days", "clients start", ""))
    )
    return found


def _places(weekdays: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(WEEKDAYS.index(weekday) for weekday in weekdays))


def workers(scenario: Scenario) -> list[Worker]:
    """Return the rows of the list of staff, in the order of the file."""
    return [
        Worker(
            said(name),
            f"{role.people:,}",
            f"{role.hours_per_week:g}",
            "–" if role.caseload == "none" else f"{role.caseload:,}",
            f"{role.supervision_hours_per_week:g}",
            _work(scenario, role),
        )
        for name, role in scenario.staff.items()
    ]


def _work(scenario: Scenario, role: Role) -> str:
    parts = [", ".join(DUTIES[duty] for duty in role.duties) or "no sessions with clients"]
    if role.first_week:
        parts.append(f"from {_date(scenario, role.first_week)}")
    if role.hire_when_caseload != "none" and role.most_hires:
        parts.append(f"{role.most_hires} more above a caseload of {role.hire_when_caseload}")
    return "; ".join(parts)


def phases(scenario: Scenario) -> str:
    """Say how long and how dense each phase of treatment is planned to be."""
    told = []
    for name, phase in scenario.phases.items():
        sessions = phase.individual_per_week
        beside = f", {counted(sessions, 'individual session')} a week" if sessions else ""
        weeks = counted(phase.planned_weeks, "week")
        told.append(f"{said(name)} {weeks}, {counted(phase.nights_per_week, 'group session')} a week{beside}")
    return f"Treatment as planned: {'; then '.join(told)}."


def headline(scenario: Scenario) -> str:
    """Say how often groups meet in a week, and how many seats they have."""
    groups = groups_on(scenario)
    first = {name: group for name, group in groups.items() if not _opens_later(group)}
    told = first or groups
    seats, number = sum(group.seats for group in told.values()), len(told)
    rest = [group for name, group in groups.items() if name not in told]
    text = f"{_how_often(told.values())} a week: {counted(seats, 'seat')} in {in_words(number)} group"
    text += "" if number == 1 else "s"
    if not first:
        text += ", none of them open from the start" if number > 1 else ", which opens later"
    if rest:
        more = counted(sum(group.seats for group in rest), "seat")
        text += f"; {in_words(len(rest))} more, with {more}, may open later"
        if all(group.opens_when_waiting == "none" for group in rest):
            text = text.replace("may open later", f"open{'s' if len(rest) == 1 else ''} later")
    return text


def _how_often(groups: Iterable[Group]) -> str:
    """Say on how many mornings, afternoons and evenings groups meet."""
    days: dict[str, set[str]] = {"morning": set(), "afternoon": set(), "evening": set()}
    for group in groups:
        start = minutes(group.start)
        days["morning" if start < NOON else "afternoon" if start < EVENING else "evening"].update(group.nights)
    parts = [f"{in_words(len(on))} {part}{'' if len(on) == 1 else 's'}" for part, on in days.items() if on]
    text = listed(parts)
    return text[0].upper() + text[1:]

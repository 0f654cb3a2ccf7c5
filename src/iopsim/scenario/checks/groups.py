"""The timetable: groups, their rooms, and who runs them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from iopsim.scenario.checks.conflict import Conflict, Conflicts, named, unknown
from iopsim.scenario.given import Given
from iopsim.scenario.groups import Group
from iopsim.scenario.levers import Levers
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario
from iopsim.scenario.timetable import Meeting, clock, existing_groups, first_week_of, meetings
from iopsim.scenario.words import nearest, plain, short, written

NOT_BY_VIDEO = ("show_odds_ratio", "renege_hazard_ratio", "dropout_hazard_ratio")
"""Effects of a lever that video has not."""


def has_groups(scenario: Scenario, _: str) -> Conflicts:
    """A program must have a group."""
    if not scenario.groups:
        said = 'at least one is needed, such as [groups.evening] with nights = ["Mon", "Tue", "Wed"]'
        yield Conflict((("groups",),), "nothing", said)


def group_serves_phases(scenario: Scenario, name: str) -> Conflicts:
    """A group takes clients of phases that exist."""
    for index, phase in enumerate(scenario.groups[name].serves):
        if phase not in scenario.phases:
            yield unknown("phase", phase, scenario.phases, ("groups", name, "serves", index))


def group_is_for_known_traits(scenario: Scenario, name: str) -> Conflicts:
    """A group takes clients of traits that exist."""
    for index, trait in enumerate(scenario.groups[name].for_traits):
        if trait not in scenario.traits:
            yield unknown("trait", trait, scenario.traits, ("groups", name, "for_traits", index))


def group_meets_in_a_known_room(scenario: Scenario, name: str) -> Conflicts:
    """A group meets in a room that exists."""
    room = scenario.groups[name].room
    if room and room not in scenario.rooms:
        yield unknown("room", room, scenario.rooms, ("groups", name, "room"))


def group_has_a_known_lever(scenario: Scenario, name: str) -> Conflicts:
    """A group exists while a lever that there is is on."""
    lever = scenario.groups[name].lever
    if lever and lever not in Levers.model_fields:
        said = f"the levers are {', '.join(Levers.model_fields)}"
        key: Key = ("groups", name, "lever")
        yield Conflict((key,), short(written(lever)), said, nearest(lever, Levers.model_fields))


def group_ends_by_midnight(scenario: Scenario, name: str) -> Conflicts:
    """A session ends on the day on which it begins."""
    group = scenario.groups[name]
    start = datetime.timedelta(hours=group.start.hour, minutes=group.start.minute, seconds=group.start.second)
    if start + datetime.timedelta(hours=group.hours) > datetime.timedelta(days=1):
        found = f"a start at {group.start} and {plain(group.hours)} hours"
        keys: tuple[Key, ...] = (("groups", name, "hours"), ("groups", name, "start"))
        yield Conflict(keys, found, "a session must end by midnight; begin earlier or make it shorter")


def group_opens_once(scenario: Scenario, name: str) -> Conflicts:
    """A group opens in a given week, or when enough are waiting, not both."""
    group = scenario.groups[name]
    if group.opens_when_waiting != "none" and group.first_week:
        found = f"first_week = {group.first_week} and opens_when_waiting = {group.opens_when_waiting}"
        said = 'a group opens in its first_week, or when so many wait; leave one out (or opens_when_waiting = "none")'
        keys: tuple[Key, ...] = (("groups", name, "first_week"), ("groups", name, "opens_when_waiting"))
        yield Conflict(keys, found, said)


def cohort_is_open_no_longer_than_it_lasts(scenario: Scenario, name: str) -> Conflicts:
    """Clients may start in some weeks of a cohort, at most in all."""
    group = scenario.groups[name]
    if group.admission == "cohort" and group.cohort_open_weeks > group.cohort_weeks:
        keys: tuple[Key, ...] = (("groups", name, "cohort_open_weeks"), ("groups", name, "cohort_weeks"))
        said = f"cohort_open_weeks must be at most cohort_weeks, {group.cohort_weeks}"
        yield Conflict(keys, f"cohort_open_weeks = {group.cohort_open_weeks}", said)


def group_fits_its_room(scenario: Scenario, name: str, given: Given) -> Conflicts:
    """A room holds a group's clients; those of a group by video sit elsewhere."""
    group, seats = scenario.groups[name], ("groups", name, "seats")
    room = scenario.rooms.get(group.room)
    if room and not group.video and group.seats > room.seats:
        keys: tuple[Key, ...] = (seats, ("groups", name, "room"), ("rooms", group.room, "seats"))
        found = f"{group.seats} seats" + (", the default" if given.value(seats) is None else "")
        yield Conflict(keys, found, f"at most {room.seats}, the seats of the room {group.room}", path=seats)


def room_holds_one_group_at_a_time(scenario: Scenario, name: str) -> Conflicts:
    """No two groups that exist meet in the same room at the same time; the later one in the file is told."""
    groups = existing_groups(scenario)
    room = groups[name].room if name in groups else ""
    if not room:
        return
    for other in _before(name, groups):
        if groups[other].room == room:
            for mine in meetings(name, groups[name]):
                for theirs in meetings(other, groups[other]):
                    if mine.overlaps(theirs):
                        yield _clash(room, mine, theirs)
                        return


def group_has_facilitators(scenario: Scenario, name: str) -> Conflicts:
    """Groups that meet at the same moment need no more people than there are by then.

    Told for the last in the file of the groups that begin at a moment at which too many people are needed. A group
    that opens on a trigger counts from the first week in which it can; so do, for it, all who may be hired on one.
    """
    groups = existing_groups(scenario)
    if name not in groups or not any("groups" in role.duties for role in scenario.staff.values()):
        return
    for mine, together in groups_at_once(groups, name):
        for week in sorted({first_week_of(groups[other]) for other in together}):
            by_then = [other for other in together if first_week_of(groups[other]) <= week]
            needed = sum(groups[other].facilitators for other in by_then)
            people = people_for_groups(
                scenario, week, any(groups[other].opens_when_waiting != "none" for other in by_then)
            )
            if needed > sum(people.values()):
                yield _too_few(name, mine, week, by_then, needed, people)
                return


def groups_at_once(groups: Mapping[str, Group], name: str) -> Iterator[tuple[Meeting, list[str]]]:
    """List a group's sessions with the groups, itself included, that meet at the moment at which each begins.

    Of groups that begin at the same moment only the last in the file has that session listed.
    """
    for mine in meetings(name, groups[name]):
        together = [
            other
            for other, group in groups.items()
            for theirs in meetings(other, group)
            if theirs.weekday == mine.weekday and theirs.start <= mine.start < theirs.end
        ]
        if [other for other in together if groups[other].start == groups[name].start][-1] == name:
            yield mine, together


def people_for_groups(scenario: Scenario, week: int, hired: bool) -> dict[str, int]:
    """Return by role who can run a group in a week: those planned by then, and if need be those hired on a trigger."""
    return {
        name: (role.people if role.first_week <= week else 0)
        + (role.most_hires if hired and role.hire_when_caseload != "none" else 0)
        for name, role in scenario.staff.items()
        if "groups" in role.duties
    }


def lever_reaches_a_known_trait(scenario: Scenario, name: str) -> Conflicts:
    """A lever reaches clients of a trait that exists."""
    trait = getattr(scenario.levers, name).trait
    if trait and trait not in scenario.traits:
        yield unknown("trait", trait, scenario.traits, ("levers", name, "trait"))


RULES = (has_groups,)
"""Rules for the timetable as a whole."""


def video_works_through_attendance(scenario: Scenario, name: str) -> Conflicts:
    """Video changes how groups by video are attended, for everybody; it has no other effect."""
    lever = getattr(scenario.levers, name)
    if name != "video":
        return
    if lever.trait:
        said = (
            "video reaches everybody in the groups by video; for some clients only, give them a group with for_traits"
        )
        yield Conflict((("levers", name, "trait"),), short(written(lever.trait)), said)
    for ratio in NOT_BY_VIDEO:
        if getattr(lever, ratio) != 1.0:
            said = "video has only an attendance_odds_ratio, which holds on the nights of groups by video"
            yield Conflict((("levers", name, ratio),), plain(getattr(lever, ratio)), said)


GROUP_RULES = (
    group_serves_phases,
    group_is_for_known_traits,
    group_meets_in_a_known_room,
    group_has_a_known_lever,
    group_ends_by_midnight,
    group_opens_once,
    cohort_is_open_no_longer_than_it_lasts,
    room_holds_one_group_at_a_time,
    group_has_facilitators,
)
"""Rules for each group."""

LEVER_RULES = (lever_reaches_a_known_trait, video_works_through_attendance)
"""Rules for each lever."""


def _before(name: str, groups: Mapping[str, Group]) -> Iterator[str]:
    """List the groups that stand in the file before one."""
    for other in groups:
        if other == name:
            return
        yield other


def _clash(room: str, mine: Meeting, theirs: Meeting) -> Conflict:
    keys: tuple[Key, ...] = tuple(("groups", mine.group, part) for part in ("room", "start", "nights", "hours"))
    found = f"{mine.weekday} {clock(mine.start)}-{clock(mine.end)} in the room {room}"
    said = (
        f"{theirs.group} is there {clock(theirs.start)}-{clock(theirs.end)} on that day; "
        "meet at another time or in another room"
    )
    return Conflict(keys, found, said, path=("groups", mine.group))


def _too_few(name: str, at: Meeting, week: int, by_then: list[str], needed: int, people: dict[str, int]) -> Conflict:
    has = ", ".join(f"{role} {count}" for role, count in people.items())
    found = f"a need of {needed} to run groups on {at.weekday} at {clock(at.start)} in week {week} ({named(by_then)})"
    said = (
        f'at most {sum(people.values())}, the people with the duty "groups" by then ({has}); '
        "add people, or let the groups meet at other times"
    )
    keys: tuple[Key, ...] = tuple(("groups", name, part) for part in ("facilitators", "start", "nights"))
    return Conflict(keys, found, said, path=("groups", name))

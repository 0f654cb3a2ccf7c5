"""The program as a timetable: who meets when, for whom, with whom, and who comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from iopsim.experiments.reading import day
from iopsim.experiments.result import Result
from iopsim.report.numbers import NARROW, counted, fact
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.groups import Group
from iopsim.scenario.model import Scenario
from iopsim.scenario.staff import Role
from iopsim.scenario.timetable import clock, existing_groups, meetings, minutes
from iopsim.scenario.treatment import Phase
from iopsim.scenario.words import plain

DAYS = dict(zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))

Cell = Markup | str


@dataclass(frozen=True)
class Table:
    """A table of the report; the first cell of a row is its heading.

    Parameters
    ----------
    caption : str
    heads : sequence of str
    rows : sequence of sequence of cells
        Text, which is then escaped, or HTML.
    note : str
        What stands below it; empty for nothing.
    numbers : frozenset of int
        Columns of numbers, from 0.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    numbers: frozenset[int] = frozenset()


def groups(result: Result) -> Table:
    """Return the groups: nights, hours, seats, whom they take, who runs them, and from when on."""
    scenario = result.scenario
    rows = [_group(name, group, result) for name, group in existing_groups(scenario).items()]
    heads = ("Group", "Nights", "Hours", "Seats", "For", "Staff a night", "Meets from")
    return Table("The groups of a week", heads, rows, numbers=frozenset({3, 5}))


def _group(name: str, group: Group, result: Result) -> Sequence[Cell]:
    path = f"groups.{name}"
    met = list(meetings(name, group))
    serves = ", ".join(called(phase) for phase in group.serves) or "every phase"
    if group.for_traits:
        serves += f"; only clients who are {' and '.join(called(trait) for trait in group.for_traits)}"
    nights = Markup('<span data-fact="{}">{}</span>').format(
        f"{path}.nights", ", ".join(DAYS[meeting.weekday] for meeting in met)
    )
    hours = fact(f"{path}.start", group.start, clock(met[0].start)) + "–" + clock(met[0].end % (24 * 60))
    return (
        called(name),
        nights,
        hours + (" by video" if group.video else ""),
        fact(f"{path}.seats", group.seats),
        serves,
        fact(f"{path}.facilitators", group.facilitators),
        _opens(path, group, result),
    )


def _opens(path: str, group: Group, result: Result) -> Cell:
    if group.opens_when_waiting != "none":
        waiting = counted(f"{path}.opens_when_waiting", group.opens_when_waiting, "client")
        mondays = counted(f"{path}.opens_after_weeks", group.opens_after_weeks, "Monday")
        wait = "waits" if group.opens_when_waiting == 1 else "wait"
        return Markup("when {} {} on {} in a row").format(waiting, wait, mondays)
    if group.first_week == 0:
        return "the opening"
    week = fact(f"{path}.first_week", group.first_week, str(group.first_week + 1))
    return Markup("week {}, {}").format(week, day(result.week_start(group.first_week)))


def phases(result: Result) -> Table:
    """Return the phases: nights a week, weeks, sessions, and how one moves on."""
    rows = [_phase(name, phase) for name, phase in result.scenario.phases.items()]
    heads = ("Phase", "Level of care", "Nights a week", "Planned weeks", "Individual sessions a week", "Moves on")
    return Table("The phases of treatment, in their order", heads, rows, numbers=frozenset({2, 3, 4}))


def _phase(name: str, phase: Phase) -> Sequence[Cell]:
    path = f"phases.{name}"
    benchmark = phase.benchmark_attended_share > 0.0 or phase.lapse_free_weeks > 0
    return (
        called(name),
        phase.level or "none named",
        fact(f"{path}.nights_per_week", phase.nights_per_week),
        fact(f"{path}.planned_weeks", phase.planned_weeks),
        fact(f"{path}.individual_per_week", phase.individual_per_week),
        "by attendance and lapses" if benchmark else "by the calendar",
    )


def staff(result: Result) -> Table:
    """Return the staff: people, hours, duties, caseload and pay."""
    rows = [_role(name, role, result) for name, role in result.scenario.staff.items()]
    heads = ("Role", "People", "Hours a week, each", "Duties", "Caseload limit, each", "Wage an hour", "Starts")
    return Table("Who works here", heads, rows, numbers=frozenset({1, 2, 5}))


def _role(name: str, role: Role, result: Result) -> Sequence[Cell]:
    path = f"staff.{name}"
    if role.caseload == "none":
        caseload: Cell = "carries no clients"
    else:
        caseload = counted(f"{path}.caseload", role.caseload, "client")
    start = "the opening" if role.first_week == 0 else day(result.week_start(role.first_week))
    return (
        called(name),
        fact(f"{path}.people", role.people),
        fact(f"{path}.hours_per_week", role.hours_per_week, plain(role.hours_per_week)),
        ", ".join(role.duties) or "payroll around the program",
        caseload,
        fact(f"{path}.wage_usd_per_hour", role.wage_usd_per_hour, f"${role.wage_usd_per_hour:,.2f}"),
        start,
    )


def sources(result: Result) -> Table:
    """Return who refers: how many a week once mature, and how that builds up."""
    rows = []
    for name, source in result.scenario.referrals.items():
        path = f"referrals.{name}"
        first = "the opening" if source.first_week == 0 else day(result.week_start(source.first_week))
        ramp: Cell = "at once"
        if source.ramp_weeks:
            start = fact(f"{path}.ramp_start", source.ramp_start, f"{100 * source.ramp_start:.0f}{NARROW}%")
            ramp = Markup("over {}, from {}").format(counted(f"{path}.ramp_weeks", source.ramp_weeks, "week"), start)
        rows.append((
            called(name),
            fact(f"{path}.per_week", source.per_week, plain(source.per_week)),
            first,
            ramp,
            fact(f"{path}.priority", source.priority),
        ))  # fmt: skip
    heads = ("Source", "Referrals a week, mature", "From", "Builds up", "Class on the waitlist")
    return Table("Who refers, as planned", heads, rows, "Of classes on the waitlist, 0 goes first.", frozenset({1, 4}))


def payers(result: Result) -> Table:
    """Return who pays: the share of clients, and from when on."""
    rows = []
    for name, payer in result.scenario.payers.items():
        path = f"payers.{name}"
        since = "the opening" if payer.contract_week == 0 else day(result.week_start(payer.contract_week))
        rows.append((
            called(name),
            fact(f"{path}.share", payer.share, f"{100 * payer.share:.0f}{NARROW}%"),
            "clients pay themselves" if payer.self_pay else since,
        ))  # fmt: skip
    return Table("Who pays, as planned", ("Payer", "Share of clients", "Contract from"), rows, "", frozenset({1}))


@dataclass(frozen=True)
class Week:
    """Groups of a week, counted.

    Parameters
    ----------
    groups, nights, seat_nights : int
        Groups, the nights of a week on which they meet, each group's counted, and the seats of these nights.
    """

    groups: int
    nights: int
    seat_nights: int


def week_of(groups: Iterable[Group]) -> Week:
    """Count some groups, the nights of a week on which they meet, and the seats of these."""
    found = list(groups)
    nights = sum(len(group.nights) for group in found)
    return Week(len(found), nights, sum(group.seats * len(group.nights) for group in found))


def at_the_opening(scenario: Scenario) -> Week:
    """Return the week of the groups that meet from the opening on."""
    return week_of(group for group in existing_groups(scenario).values() if not opens_later(group))


def later(scenario: Scenario) -> Week:
    """Return the week of the groups that meet from a later week on, or once enough are waiting."""
    return week_of(group for group in existing_groups(scenario).values() if opens_later(group))


def opens_later(group: Group) -> bool:
    """Whether a group does not meet from the opening on."""
    return group.opens_when_waiting != "none" or group.first_week > 0


def earliest(scenario: Scenario) -> int:
    """Return the minute of the day at which the first group of a day begins."""
    return min((minutes(group.start) for group in existing_groups(scenario).values()), default=0)


def called(name: str) -> str:
    """Return a name of the file as words."""
    return name.replace("_", " ")

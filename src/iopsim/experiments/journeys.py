"""A few client journeys as spans on the calendar, prepared for a chart of lanes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.experiments.clients import client_name
from iopsim.measures.view import full_course
from iopsim.record import CAME, CENSORED, I64, NEVER, Exit, Record
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.model import Scenario

Flags = NDArray[np.bool_]

ASSESSMENT, WAITLIST, AWAY, PHASE = "assessment", "waitlist", "away", "phase"
"""Kinds of a span."""

ATTENDED, MISSED, LAPSE, LEFT = "attended", "missed", "lapse", "left"
"""Kinds of a mark; the last is the end of an episode after which the client came back."""

ENDINGS = {
    Exit.AWAITING_ASSESSMENT: "still waiting for an assessment",
    Exit.NO_SHOW: "never came to an assessment",
    Exit.PLACED_HIGHER: "placed in a higher level of care",
    Exit.PLACED_LOWER: "placed in a lower level of care",
    Exit.DECLINED: "declined the program",
    Exit.BALKED: "turned away by a full waitlist",
    Exit.RENEGED: "gave up waiting",
    Exit.WAITING: "still on the waitlist",
    Exit.IN_TREATMENT: "still in treatment",
    Exit.COMPLETED: "completed the program",
    Exit.DROPPED_OUT: "dropped out",
    Exit.TERMINATED: "discharged by the program",
    Exit.TRANSFERRED: "transferred to another level of care",
    Exit.INCARCERATED: "incarcerated",
    Exit.DIED: "died",
    Exit.OTHER: "left for another reason",
    Exit.COVERAGE_ENDED: "left when coverage ended",
    Exit.NOT_REFERRED: "sent elsewhere by the referrer",
    Exit.CALL_LOST: "call not answered",
    Exit.SCREENED_OUT: "screened out on the phone",
    Exit.AWAY_FIRST: "still in treatment elsewhere, to come back",
    Exit.NOT_AUTHORIZED: "not authorized by the payer",
}
"""How a journey ended, or where the end of the run found the client."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a client was somewhere.

    Parameters
    ----------
    kind : {"assessment", "waitlist", "away", "phase"}
        Waiting for the assessment, on the waitlist, in withdrawal management or residential treatment first, or in a
        phase of treatment.
    label : str
        The same in words; of a phase, its name in the scenario.
    first, last : datetime.date
        The day on which it began, and that on which it ended, which may be the first of the next; first < last. Of one
        that goes on, the last is the day after the run.
    """

    kind: str
    label: str
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day.

    Parameters
    ----------
    kind : {"attended", "missed", "lapse", "left"}
        A group night to which the client came, even if late or as a guest, or did not come; a lapse, on the day of the
        review at which it was known; the end of an episode after which the client called again.
    date : datetime.date
    words : str
        Of an end of an episode, how it ended; else empty.
    """

    kind: str
    date: datetime.date
    words: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """One client's way from the first call to the end, all episodes together.

    Parameters
    ----------
    name : str
        Under which `iopsim trace` finds the client: source, date of the first call, number that day.
    source : str
    called : datetime.date
        Of the first call.
    spans : tuple of Span
        In order, none over another; none for one whose way ended on the day of the call.
    marks : tuple of Mark
        In order.
    ending : str
        One of `ENDINGS`.
    ended : datetime.date
        When; the last day of the run for one whose way is not over.
    over : bool
        Whether it is.
    """

    name: str
    source: str
    called: datetime.date
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]
    ending: str
    ended: datetime.date
    over: bool


CALLING_WEEKS = 12
"""Weeks in which those call of whom a `season` tells."""

SPARE_WEEKS = 8
"""Weeks left to them beyond the planned length of treatment and four weeks, for waiting."""


def season(scenario: Scenario, since_week: int = 0) -> range:
    """Return days of a run on which clients call whose ways lie near each other, and mostly end within the run.

    Parameters
    ----------
    scenario : Scenario
    since_week : int
        The first week that counts.

    Returns
    -------
    range
        Twelve weeks in the middle of those that leave time for a course of treatment; of a shorter run, all its days.
    """
    last = scenario.weeks - CALLING_WEEKS - SPARE_WEEKS - full_course(write(scenario)) // 7
    if last < since_week:
        return range(7 * since_week, scenario.days)
    first = 7 * ((since_week + last) // 2)
    return range(first, first + 7 * CALLING_WEEKS)


def journeys(
    scenario: Scenario, seed: int, replication: int = 0, number: int = 6, calls: range | None = None
) -> tuple[Journey, ...]:
    """Return a few journeys of one replication that are different from each other.

    Those who call are gone through for one of each kind, in this order: completed after a change of phase; dropped out;
    gave up waiting; never assessed; came back for a later episode and was admitted again; elsewhere first and then
    admitted; discharged by the program; transferred; placed elsewhere, or declined; still in treatment; and anyone
    else. Of those of a kind the one is taken whose way took the median number of days, the earlier of equals. If that
    gives fewer than asked for, the kinds are gone through again, for the next nearest to the median.

    Parameters
    ----------
    scenario : Scenario
    seed, replication : int
        Which run; replications count from 0, as in `iopsim.simulate`.
    number : int
        At least 1.
    calls : range, optional
        Days of the run of the first calls of those who are looked at; all of them, if nothing is said.

    Returns
    -------
    tuple of Journey
        In the order of the kinds; fewer if fewer clients call.

    Raises
    ------
    ValueError
        If the number is less than 1.
    """
    if number < 1:
        raise ValueError(f"one journey or more can be shown, not {number}")
    book = write(scenario)
    found = Found(scenario, book, simulate(book, draw(book, Deck(seed, replication))), calls)
    return tuple(found.journey(person) for person in chosen(found, number))


def chosen(found: Found, number: int) -> list[int]:
    """Return the clients whose journeys are told, as `journeys` says, by the row of their first episode."""
    people = found.people
    lines = [_nearest_to_the_median(found, people[is_so(found, people)]) for is_so in KINDS]
    taken: dict[int, int] = {}
    while len(taken) < min(number, len(people)):
        for kind, line in enumerate(lines):
            person = next((one for one in line if one not in taken), None)
            if person is not None and len(taken) < number:
                taken[person] = kind
    return sorted(taken, key=lambda person: taken[person])


def _nearest_to_the_median(found: Found, people: I64) -> list[int]:
    """Return clients by how near the length of their way is to that of the one in the middle."""
    days = found.days_of_way[people]
    if len(people) == 0:
        return []
    middle = np.sort(days)[(len(days) - 1) // 2]
    order = np.lexsort([people, np.abs(days - middle)])
    nearest: list[int] = people[order].tolist()
    return nearest


@dataclass(frozen=True)
class Found:
    """What happened in a replication, person by person."""

    scenario: Scenario
    book: Rulebook
    record: Record
    calls: range | None = None

    @cached_property
    def people(self) -> I64:
        """Rows of the first episodes of those who called, on days that are looked at."""
        clients = self.record.clients
        called = (clients.episode == 0) & (clients.referral_day != NEVER)
        if self.calls is not None:
            called &= (clients.referral_day >= self.calls.start) & (clients.referral_day < self.calls.stop)
        return np.flatnonzero(called)

    @cached_property
    def last(self) -> I64:
        """By row of a first episode, the row of the last one."""
        clients = self.record.clients
        last = np.arange(len(clients))
        last[clients.first] = np.arange(len(clients))  # later episodes stand later
        return last

    @cached_property
    def moved(self) -> Flags:
        """By row of an episode, whether the client changed phase."""
        return np.bincount(self.record.moves.client, minlength=len(self.record.clients)) > 0

    @cached_property
    def days_of_way(self) -> I64:
        """By row of a first episode, days from the first call to the end of the last episode, or of the run."""
        clients = self.record.clients
        end = np.where(clients.exit_day == NEVER, self.record.days, clients.exit_day)[self.last]
        return np.asarray(end - clients.referral_day, dtype=np.int64)

    def exits(self, people: I64, *places: Exit) -> Flags:
        """Whether the last episode of each of some people ended in one of some places."""
        return np.isin(self.record.clients.exit[self.last[people]], places)

    def date(self, day: int) -> datetime.date:
        """Return the date of a day of the run."""
        return self.scenario.opening + datetime.timedelta(days=day)

    def journey(self, person: int) -> Journey:
        """Return the journey of a client, by the row of the first episode."""
        clients, last = self.record.clients, int(self.last[person])
        rows = np.flatnonzero(clients.first == person).tolist()
        place, day = Exit(clients.exit[last]), int(clients.exit_day[last])
        marks = [mark for row in rows for mark in self._marks(row)]
        for row in rows[:-1]:
            marks.append(Mark(LEFT, self.date(int(clients.exit_day[row])), ENDINGS[Exit(clients.exit[row])]))
        return Journey(
            name=client_name(self.scenario, self.book, self.record, person),
            source=self.book.demand.source_names[clients.source[person]],
            called=self.date(int(clients.referral_day[person])),
            spans=tuple(span for row in rows for span in self._spans(row)),
            marks=tuple(sorted(marks, key=lambda mark: mark.date)),
            ending=ENDINGS[place],
            ended=self.date(self.record.days - 1 if day == NEVER else day),
            over=place not in CENSORED,
        )

    def _marks(self, row: int) -> Iterator[Mark]:
        """Return the marks of one episode."""
        sessions, lapses = self.record.sessions, self.record.lapses
        mine = sessions.client == row
        for day, came in zip(sessions.day[mine].tolist(), np.isin(sessions.attendance[mine], CAME), strict=True):
            yield Mark(ATTENDED if came else MISSED, self.date(day))
        for day in lapses.day[lapses.client == row].tolist():
            yield Mark(LAPSE, self.date(day))

    def _spans(self, row: int) -> Iterator[Span]:
        """Return the spans of one episode, leaving out those that ended on the day on which they began."""
        steps = self._steps(row)
        ends = [day for _, _, day in steps[1:]]
        end = int(self.record.clients.exit_day[row])
        ends.append(self.record.days if end == NEVER else end)
        for (kind, label, first), last in zip(steps, ends, strict=True):
            if first < last:
                yield Span(kind, label, self.date(first), self.date(last))

    def _steps(self, row: int) -> list[tuple[str, str, int]]:
        """Return kind, label and first day of each stage of one episode that was reached."""
        clients, moves, phases = self.record.clients, self.record.moves, self.book.treatment.phase_names
        steps = [
            (ASSESSMENT, "waiting for the assessment", int(clients.referral_day[row])),
            (AWAY, "elsewhere first", int(clients.away_day[row])),
            (WAITLIST, "on the waitlist", int(clients.joined_day[row])),
            (PHASE, phases[clients.entry_phase[row]], int(clients.admitted_day[row])),
        ]
        reached = [step for step in steps if step[2] != NEVER]
        mine = moves.client == row
        moved = zip(moves.phase[mine].tolist(), moves.day[mine].tolist(), strict=True)
        return [*reached, *((PHASE, phases[phase], day) for phase, day in moved)]


Kind = Callable[[Found, I64], Flags]


def _ended(*places: Exit) -> Kind:
    return lambda found, people: found.exits(people, *places)


def _completed(found: Found, people: I64) -> Flags:
    return found.exits(people, Exit.COMPLETED) & found.moved[found.last[people]]


def _came_back(found: Found, people: I64) -> Flags:
    last = found.last[people]
    return np.asarray((last != people) & (found.record.clients.admitted_day[last] != NEVER), dtype=np.bool_)


def _away_first(found: Found, people: I64) -> Flags:
    clients = found.record.clients
    return np.asarray((clients.away_day[people] != NEVER) & (clients.admitted_day[people] != NEVER), dtype=np.bool_)


def _anyone(_: Found, people: I64) -> Flags:
    return np.ones(len(people), dtype=np.bool_)


KINDS: tuple[Kind, ...] = (
    _completed,
    _ended(Exit.DROPPED_OUT),
    _ended(Exit.RENEGED),
    _ended(Exit.NO_SHOW),
    _came_back,
    _away_first,
    _ended(Exit.TERMINATED),
    _ended(Exit.TRANSFERRED),
    _ended(Exit.PLACED_HIGHER, Exit.PLACED_LOWER, Exit.DECLINED),
    _ended(Exit.IN_TREATMENT),
    _anyone,
)
"""What `journeys` looks for, in this order."""

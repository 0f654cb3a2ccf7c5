"""Decks dealt by hand, and diaries written out in words, so that a test can tell a story.

Every story is told by the mechanics of both engines, and has to be the same.

Here the diary; the cards are in hand_deck.py, and how a hand is dealt in hand_dealing.py. A story's cards are kind:
unless the test says otherwise, whoever is referred comes, is placed here, attends every session and stays.
"""

from collections.abc import Callable, Mapping

import interpreted
from hand_dealing import Dealing
from iopsim.cohort import Cohort, draw
from iopsim.engines.reference import simulate
from iopsim.events import BY_ATTENDANCE, Activity, events
from iopsim.record import NEVER, Exit, Outcome, Record
from iopsim.rulebook import write
from iopsim.rulebook.schedule import groups_on
from parity import assert_same_record

SAID = {
    Activity.REFERRED: "referred",
    Activity.BOOKED: "booked for",
    Activity.MISSED_ASSESSMENT: "no-show",
    Activity.ASSESSED: "assessed",
    Activity.PLACED: "placed",
    Activity.JOINED_WAITLIST: "ready",
    Activity.BALKED: "balks",
    Activity.RENEGED: "reneges",
    Activity.ADMITTED: "admitted to",
    Activity.ATTENDED: "attends",
    Activity.EXCUSED: "excused from",
    Activity.ABSENT: "absent from",
    Activity.DUE_TO_MOVE: "due in",
    Activity.MOVED: "moves to",
    Activity.DISCHARGED: "discharged,",
    Activity.LOST: "lost",
    Activity.NOT_REFERRED: "not referred",
    Activity.CALL_LOST: "call lost",
    Activity.SCREENED_OUT: "screened out",
    Activity.NO_ASSESSOR: "no assessor",
    Activity.WENT_AWAY: "goes away",
    Activity.CAME_BACK: "comes back",
    Activity.NOT_AUTHORIZED: "not authorized",
    Activity.HERE_AT_OPENING: "here",
    Activity.COUNSELOR: "gets",
    Activity.OTHER_COUNSELOR: "changes to",
    Activity.CUT_SHORT: "cut short",
    Activity.MADE_UP: "makes up in",
    Activity.LAPSED: "lapses",
    Activity.INDIVIDUAL: "individual",
    Activity.MEDICATION: "medication",
    Activity.FAMILY: "family",
    Activity.RELAPSED: "relapses",
    Activity.CALLED_AGAIN: "calls again",
}
"""First words of what a diary says."""

PLACES = ("here", "in withdrawal first", "in residential first", "higher", "lower", "nowhere")


class Story(Dealing):
    """A few clients in a small clinic; what happens to them, and how a diary tells it.

    Parameters
    ----------
    changes : mapping, optional
        Changes to `CLINIC`. Who is here at the opening goes by the name of the entry in `present`.
    """

    def __init__(self, changes: Mapping[str, object] | None = None) -> None:
        super().__init__(changes)
        self.cohort: Cohort | None = None
        self.told: Record | None = None

    def record(self) -> Record:
        """Let it all happen, in both engines."""
        if self.told is None:
            book = write(self.scenario)
            self.cohort = draw(book, self.deck)
            told = simulate(book, self.cohort)
            assert_same_record(interpreted.simulate(book, self.deck), told)
            self.told = told
        return self.told

    def people(self) -> list[str]:
        """Return the clients' names in the order of the Record; who calls again is "Ann 2"."""
        clients, sources = self.record().clients, sorted(self.scenario.referrals)
        people = []
        for first, episode in zip(clients.first.tolist(), clients.episode.tolist(), strict=True):
            key = sources[clients.source[first]], int(clients.referral_day[first]), int(clients.ordinal[first])
            people.append(self.names[key] if episode == 0 else f"{self.names[key]} {episode + 1}")
        return people

    def diary(self, *but: str, counselors: bool = False) -> list[str]:
        """Return one line for each day and client: what happened, in its order.

        Parameters
        ----------
        *but : str
            First words of what is not worth telling in this story.
        counselors : bool
            Whether to tell a client's first counselor too; a change of counselor is told anyway.
        """
        but = but if counselors else (*but, SAID[Activity.COUNSELOR])
        record, people = self.record(), self.people()
        assert self.cohort is not None
        log = events(record)
        lines: dict[tuple[int, int], list[str]] = {}
        for day, client, activity, detail in zip(
            log.day.tolist(),
            log.client.tolist(),
            log.activity.tolist(),
            log.detail.tolist(),
            strict=True,
        ):
            said = self._said(day, Activity(activity), detail)
            if not said.startswith(but):
                lines.setdefault((day, client), []).append(said)
        return [
            f"{self.date(day)}  {people[client]}: {', '.join(said)}" for (day, client), said in sorted(lines.items())
        ]

    def facts(self, name: str) -> dict[str, int]:
        """Return a client's row of the Record, and with it the day of the last move."""
        row, clients, moves = self.people().index(name), self.record().clients, self.record().moves
        moved = moves.day[moves.client == row].tolist()
        facts = {column: int(getattr(clients, column)[row]) for column in clients.__slots__}
        return {**facts, "moved_day": moved[-1] if moved else NEVER}

    def exits(self) -> dict[str, str]:
        """Return where each client is when the story ends, by name."""
        exits = self.record().clients.exit.tolist()
        return {name: Exit(end).name.lower() for name, end in zip(self.people(), exits, strict=True)}

    def _said(self, day: int, activity: Activity, detail: int) -> str:
        groups, phases = groups_on(self.scenario), list(self.scenario.phases)
        nights = [name for name, group in groups.items() for _ in group.nights]

        def date(day_said: int) -> str:
            return "today" if day_said == day else self.date(day_said)

        if activity in (Activity.REFERRED, Activity.NOT_REFERRED):
            return f"{SAID[activity]} by {sorted(self.scenario.referrals)[detail]}"
        if activity == Activity.HERE_AT_OPENING:
            return f"here in {list(groups)[detail]}" if detail >= 0 else "here on the waitlist"
        if activity in (Activity.INDIVIDUAL, Activity.MEDICATION, Activity.FAMILY):
            return f"{SAID[activity]} {Outcome(detail).name.lower().replace('_', ' ')}"
        of_what: dict[Activity, Callable[[int], str]] = {
            Activity.BOOKED: date,
            Activity.PLACED: PLACES.__getitem__,
            Activity.JOINED_WAITLIST: date,
            Activity.ADMITTED: list(groups).__getitem__,
            Activity.COUNSELOR: self._posts().__getitem__,
            Activity.OTHER_COUNSELOR: self._posts().__getitem__,
            **dict.fromkeys(BY_ATTENDANCE.values(), nights.__getitem__),
            Activity.DUE_TO_MOVE: phases.__getitem__,
            Activity.MOVED: phases.__getitem__,
            Activity.DISCHARGED: lambda reason: Exit(reason).name.lower().replace("_", " "),
        }
        return f"{SAID[activity]} {of_what[activity](detail)}" if activity in of_what else SAID[activity]

    def _posts(self) -> list[str]:
        return [
            f"{name} {k + 1}"
            for name, role in self.scenario.staff.items()
            for k in range(role.people + (role.most_hires if role.hire_when_caseload != "none" else 0))
        ]


def lines(text: str) -> list[str]:
    """Return the lines of a diary written in a test."""
    return [line.strip() for line in text.strip().splitlines()]

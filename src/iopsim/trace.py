"""One client's journey, with dates and clock times, and why each decision fell as it did.

The engine knows nothing of explanations. A replication is run again, and each event of the client is explained
from the rulebook and the client's own cards, through the very rules that decided.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from iopsim.clock import OFFICE_HOUR, Phase
from iopsim.cohort import Cohort, draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.errors import IopsimError
from iopsim.events import Activity, events
from iopsim.record import NEVER, Exit, Record
from iopsim.rulebook import Rulebook, write
from iopsim.rules.assessment import show_probability
from iopsim.rules.waitlist import patience_days
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest, short

PLACES = (
    "this program",
    "a higher level of care",
    "a lower level of care",
    "this program, which the client declined",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: when, what, and why (empty where there is nothing to explain)."""

    when: datetime.datetime
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A client's way through the program."""

    title: str
    facts: tuple[str, ...]
    steps: tuple[Step, ...]


def trace(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    client: str | None = None,
    ending: str | None = None,
) -> Journey:
    """Tell the journey of one client.

    Parameters
    ----------
    scenario : Scenario
    seed, replication : int
        Which run; as in `iopsim.simulate`, where replications count from 0.
    client : str, optional
        Source, date of referral and number that day, such as ``self/2027-03-04/1``.
    ending : str, optional
        Take the first client who ended so, such as ``completed`` or ``reneged``. Without either, the first client
        who completed, or else the first admitted, or else the first.

    Raises
    ------
    IopsimError
        If there is no such client or no such ending.
    """
    book = write(scenario)
    cohort = draw(book, Deck(seed, replication))
    record = simulate(book, cohort)
    who = _find(scenario, book, record, client, ending)
    return _Teller(scenario, book, cohort, record, who).journey()


def client_name(scenario: Scenario, book: Rulebook, record: Record, who: int) -> str:
    """Return the name under which `trace` finds a client."""
    clients = record.clients
    date = scenario.opening + datetime.timedelta(days=int(clients.referral_day[who]))
    return f"{book.demand.source_names[clients.source[who]]}/{date}/{clients.ordinal[who] + 1}"


def _find(scenario: Scenario, book: Rulebook, record: Record, client: str | None, ending: str | None) -> int:
    clients = record.clients
    if len(clients) == 0:
        raise IopsimError("nobody is referred in this replication, so there is no journey to tell")
    if client is not None:
        for who in range(len(clients)):
            if client_name(scenario, book, record, who) == client:
                return who
        first = client_name(scenario, book, record, 0)
        raise IopsimError(f"no client {client!r} in this replication; a name (source/date/number) looks like {first}")
    if ending is not None:
        endings = [place.name.lower() for place in Exit]
        if ending not in endings:
            near = nearest(ending, endings)
            hint = f" (did you mean {near}?)" if near else ""
            raise IopsimError(f"no ending {short(ending)!r}; one of {', '.join(endings)}{hint}")
        found = np.flatnonzero(clients.exit == Exit[ending.upper()])
        if len(found) == 0:
            raise IopsimError(f"no client of this replication ended as {ending}; try another replication or ending")
        return int(found[0])
    for choice in (clients.exit == Exit.COMPLETED, clients.admitted_day != NEVER):
        if choice.any():
            return int(np.flatnonzero(choice)[0])
    return 0


class _Teller:
    """Explains the events of one client, one method for each activity that has a reason to give."""

    def __init__(self, scenario: Scenario, book: Rulebook, cohort: Cohort, record: Record, who: int) -> None:
        self.scenario, self.book, self.cohort, self.record, self.who = scenario, book, cohort, record, who
        mine = record.appointments.client == who
        self.wanted = record.appointments.wanted_day[mine]
        self.booked = record.appointments.booked_day[mine]
        self.attempt = 0
        self.run = 0
        self.explain: dict[Activity, Callable[[int, int], tuple[str, str]]] = {
            Activity.REFERRED: self._referred,
            Activity.BOOKED: self._booked,
            Activity.MISSED_ASSESSMENT: lambda day, attempt: (
                "missed the assessment",
                self._coming(day, attempt),
            ),
            Activity.LOST: self._lost,
            Activity.ASSESSED: lambda day, attempt: ("came to the assessment", self._coming(day, attempt)),
            Activity.PLACED: self._placed,
            Activity.JOINED_WAITLIST: self._joined,
            Activity.BALKED: lambda *_: (
                "turned away: the waitlist is full",
                f"it holds {book.intake.waitlist_limit}",
            ),
            Activity.RENEGED: self._reneged,
            Activity.ADMITTED: self._admitted,
            Activity.ATTENDED: lambda _, night: (f"attended {self._group(night)}", ""),
            Activity.EXCUSED: lambda _, night: (f"excused from {self._group(night)}", ""),
            Activity.ABSENT: self._absent,
            Activity.DUE_TO_MOVE: lambda _, phase: (
                f"due to move on to {book.treatment.phase_names[phase]}",
                "planned weeks are over",
            ),
            Activity.MOVED: lambda _, phase: (f"moved on to {book.treatment.phase_names[phase]}", "a seat was free"),
            Activity.DISCHARGED: self._discharged,
        }

    def journey(self) -> Journey:
        log = events(self.record)
        steps = []
        for row in np.flatnonzero(log.client == self.who).tolist():
            activity, day, detail = (
                Activity(log.activity[row]),
                int(log.day[row]),
                int(log.detail[row]),
            )
            what, why = self.explain[activity](day, detail)
            steps.append(Step(self._when(day, int(log.phase[row]), detail), what, why))
        clients = self.record.clients
        ending = Exit(clients.exit[self.who]).name.lower().replace("_", " ")
        name = client_name(self.scenario, self.book, self.record, self.who)
        return Journey(f"{name}: {ending}", self._facts(), tuple(steps))

    def _facts(self) -> tuple[str, ...]:
        book, cohort, who = self.book, self.cohort, self.who
        source = int(cohort.source[who])
        has = [name for k, name in enumerate(book.demand.trait_names) if int(cohort.traits[who]) >> k & 1]
        rank = f"priority class {book.demand.source_priority[source]}, lot {cohort.lot[who]:.3f}"
        return (
            f"source {book.demand.source_names[source]}, {rank}",
            f"traits: {', '.join(has) if has else 'none'}",
        )

    def _when(self, day: int, phase: int, detail: int) -> datetime.datetime:
        date = self.scenario.opening + datetime.timedelta(days=day)
        if phase == Phase.SESSIONS:
            return datetime.datetime.combine(date, self._start(detail))
        return datetime.datetime.combine(date, OFFICE_HOUR[Phase(phase)])

    def _start(self, night: int) -> datetime.time:
        return self.scenario.groups[self.book.schedule.group_names[self.book.schedule.night_group[night]]].start

    def _date(self, day: int) -> str:
        return f"{self.scenario.opening + datetime.timedelta(days=day):%a %d %b %Y}"

    def _group(self, night: int) -> str:
        return f"group {self.book.schedule.group_names[self.book.schedule.night_group[night]]}"

    def _referred(self, day: int, source: int) -> tuple[str, str]:
        clients, name = self.record.clients, self.book.demand.source_names[source]
        n = int(((clients.referral_day == day) & (clients.source == source)).sum())
        expected = self.book.demand.expected_referrals[source, day]
        return f"referred by {name}", f"{n} from {name} that day, {expected:.2f} expected"

    def _booked(self, _: int, appointment: int) -> tuple[str, str]:
        wanted = int(self.wanted[self.attempt])
        self.attempt += 1
        if appointment >= self.book.days:
            return (
                "no assessment slot before the run ends",
                f"{self._date(wanted)} would have suited, if within the run",
            )
        why = f"{self._date(wanted)} was the first day that suits"
        if appointment > wanted:
            why += "; the diary was full until the day booked"
        return f"assessment booked for {self._date(appointment)}", why

    def _coming(self, day: int, attempt: int) -> str:
        delay = day - int(self.booked[attempt])
        chance = show_probability(float(self.book.intake.show_odds[delay]), float(self.cohort.show_ratio[self.who]))
        card = self.cohort.show[self.who, attempt]
        sign = "<" if card < chance else ">="
        return f"booked {_days(delay)} ahead: chance of coming {chance:.3f}; card {card:.3f} {sign} it"

    def _lost(self, *_: int) -> tuple[str, str]:
        attempt = self.attempt - 1
        if attempt >= self.book.intake.max_rebookings:
            return (
                "lost before assessment",
                f"{self.book.intake.max_rebookings} further appointments offered, no more",
            )
        card = self.cohort.rebook[self.who, attempt]
        chance = self.book.intake.rebook_probability
        return "lost before assessment", f"chance of taking another {chance:.3f}; card {card:.3f} >= it"

    def _placed(self, _: int, placement: int) -> tuple[str, str]:
        card, shares = self.cohort.placement[self.who], [0.0, *self.book.intake.placement.tolist()]
        return (
            f"placed in {PLACES[placement]}",
            f"card {card:.3f} between {shares[placement]:.3f} and {shares[placement + 1]:.3f}",
        )

    def _joined(self, day: int, ready: int) -> tuple[str, str]:
        return "joined the waitlist", f"can start from {self._date(ready)}, {_days(ready - day)} on"

    def _reneged(self, *_: int) -> tuple[str, str]:
        hazard = self.book.intake.renege_per_day * float(self.cohort.renege_ratio[self.who])
        days = patience_days(float(self.cohort.patience[self.who]), hazard)
        return "gave up waiting", f"patience lasted {_days(days)} at a hazard of {hazard:.3f} a day"

    def _admitted(self, day: int, group: int) -> tuple[str, str]:
        ready = int(self.record.clients.ready_day[self.who])
        intake = self.record.intake
        refused = (intake.day >= ready) & (intake.day < day)
        why = [f"could start from {self._date(ready)}"]
        reasons = {
            "no seat": intake.no_seat,
            "no room in the caseload": intake.no_caseload,
            "neither seat nor caseload": intake.neither,
        }
        for name, column in reasons.items():
            times = int((column[refused] > 0).sum())
            if times:
                why.append(
                    f"{name} for some of those ready on {times} admission {'day' if times == 1 else 'days'} since"
                )
        today = int(np.flatnonzero(intake.day == day)[0])
        why.append(f"{intake.admitted[today]} of {intake.ready[today]} ready admitted today")
        nights = range(self.book.schedule.group_first_night[group], self.book.schedule.group_first_night[group + 1])
        names = ", ".join(WEEKDAYS[self.book.schedule.night_weekday[night]] for night in nights)
        return f"admitted to group {self.book.schedule.group_names[group]} ({names})", "; ".join(why)

    def _absent(self, _: int, night: int) -> tuple[str, str]:
        return f"absent from {self._group(night)}, not excused", "counts for the absence rule"

    def _discharged(self, _: int, reason: int) -> tuple[str, str]:
        clients, who, book = self.record.clients, self.who, self.book
        weeks = int(clients.exit_day[who] - clients.admitted_day[who]) // 7
        whys = {
            Exit.COMPLETED: "planned weeks of the last phase are over",
            Exit.DROPPED_OUT: f"hazard so far reached the client's threshold {self.cohort.dropout[who]:.3f}",
            Exit.TERMINATED: (
                f"absence rule: {_limit(book.treatment.absence_consecutive)} in a row, or more than "
                f"{_limit(book.treatment.absence_total)} in {book.treatment.absence_window // 7} weeks; "
                f"{clients.absent[who]} unexcused in all"
            ),
            Exit.TRANSFERRED: "hazard of transfer reached the client's threshold",
            Exit.INCARCERATED: "hazard of incarceration reached the client's threshold",
            Exit.DIED: "hazard of death reached the client's threshold",
            Exit.OTHER: "another reason, or the next phase was full and the program does not wait",
        }
        what = Exit(reason).name.lower().replace("_", " ")
        attended = f"{clients.attended[who]} of {clients.scheduled[who]} sessions attended"
        return (
            f"discharged after {weeks} {'week' if weeks == 1 else 'weeks'}: {what}",
            f"{whys[Exit(reason)]}; {attended}",
        )


def _limit(value: int) -> str:
    return "no limit" if value < 0 else str(value)


def _days(n: int) -> str:
    return f"{n} day" if n == 1 else f"{n} days"

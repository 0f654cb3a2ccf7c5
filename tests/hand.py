"""Decks dealt by hand, and diaries written out in words, so that a test can tell a story.

A story's cards are kind: unless the test says otherwise, nobody is referred; and whoever is can come at once, comes to
the assessment, is placed here, is ready to start, waits for ever, attends every session and stays.
"""

import datetime
from collections.abc import Iterable, Mapping
from math import exp, log, sqrt

import numpy as np
from scipy.stats import norm, poisson

from iopsim.cohort import (
    CALL,
    CLIENT_DELAY,
    COVERED,
    DEATH,
    DENIED,
    DROPOUT,
    EXCUSED,
    GAP,
    INCARCERATION,
    LOSS,
    LOT,
    OTHER,
    PATIENCE,
    PER_DECISION,
    PLACEMENT,
    READY_DELAY,
    REBOOK,
    RUN,
    SHOW,
    TRANSFER,
    draw,
)
from iopsim.deck import CARDS, Deck, Purpose, name_word
from iopsim.engines.reference import simulate
from iopsim.events import Activity, events
from iopsim.record import NEVER, Exit, Record
from iopsim.rulebook import write
from iopsim.scenario.load import from_toml
from iopsim.workforce import SPELLS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

LOWEST, HIGHEST = 0.5 / 2**32, 1.0 - 0.5 / 2**32

KIND = {purpose: [LOWEST] * CARDS for purpose in Purpose}
"""The card at each place that lets nothing happen: low is to show up, to start soon and not to be absent ..."""
KIND[Purpose.TRAIT] = [HIGHEST] * CARDS  # ... high is to have no trait ...
KIND[Purpose.LEAVING] = [HIGHEST] * CARDS  # ... and to stay
KIND[Purpose.INTAKE][LOT] = 0.5
KIND[Purpose.INTAKE][CALL] = HIGHEST  # ... calls are answered ...
KIND[Purpose.COVERAGE][DENIED] = KIND[Purpose.COVERAGE][COVERED] = KIND[Purpose.COVERAGE][LOSS] = HIGHEST
KIND[Purpose.LAPSE] = [HIGHEST] * CARDS
KIND[Purpose.TENURE] = [HIGHEST] * SPELLS + [LOWEST] * SPELLS  # ... and staff neither quits nor falls sick
KIND[Purpose.SICKNESS] = [HIGHEST] * SPELLS + [LOWEST] * SPELLS
KIND[Purpose.INTAKE][PATIENCE] = HIGHEST

CLINIC = """
name = "A clinic for stories"
opening = 2027-01-04  # a Monday
weeks = 8

[calendar]
holidays = ""

[referrals.self]
per_week = 5.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }

[referrals.hospital]
per_week = 5.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }
priority = 0

[referrals.residential]
per_week = 5.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }
priority = 0
enters = "step_down"

[assessment]
slots_per_day = 5
show_probability_next_day = 0.8
show_odds_ratio_per_log_day = 1.0
rebook_probability = 0.5
max_rebookings = 1
client_delay = { median_days = 2.0, mean_days = 3.0 }

[waitlist]
renege_per_day = 0.1
ready_delay = { median_days = 2.0, mean_days = 3.0 }

[phases.intensive]
nights_per_week = 3
planned_weeks = 2

[phases.step_down]
nights_per_week = 1
planned_weeks = 1

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
seats = 3

[attendance]
probability = 0.75
absence_run_sessions = 1.5
excused_share = 0.5

[leaving]
early_probability = 0.0
dropout_per_week = 0.1
dropout_shape = 1.0
transfer_per_week = 0.1
incarceration_per_week = 0.1
death_per_week = 0.1
other_per_week = 0.1
"""


class HandDealt(Deck):
    """A deck of kind cards, except at the addresses where another card was put."""

    def __init__(self) -> None:
        super().__init__(seed=0, replication=0)
        self.put_cards: dict[tuple[int, ...], dict[int, float]] = {}

    def put(
        self, purpose: Purpose, who: int, when: int, place: int, card: float, about: int = 0, episode: int = 0
    ) -> None:
        """Put a card at an address."""
        self.put_cards.setdefault((int(purpose), who, when, about, episode), {})[place] = card

    def deal(
        self,
        purpose: Purpose | np.ndarray,
        who: np.ndarray,
        when: np.ndarray,
        about: np.ndarray | int = 0,
        episode: int = 0,
    ) -> np.ndarray:
        cards = np.empty((len(who), CARDS))
        parts = (np.broadcast_to(part, len(who)).tolist() for part in (purpose, who, when, about, episode))
        for row, address in enumerate(zip(*parts, strict=True)):
            cards[row] = KIND[Purpose(address[0])]
            for place, card in self.put_cards.get(address, {}).items():
                cards[row, place] = card
        return cards


class Story:
    """A few clients in a small clinic.

    Parameters
    ----------
    changes : mapping, optional
        Changes to `CLINIC`.
    """

    def __init__(self, changes: Mapping[str, object] | None = None) -> None:
        self.scenario = from_toml(CLINIC, changes=changes)
        self.deck = HandDealt()
        self.names: dict[tuple[str, int, int], str] = {}
        self.told: Record | None = None

    def client(
        self,
        name: str,
        referred: str,
        source: str = "self",
        *,
        lot: float | None = None,
        traits: Iterable[str] = (),
        can_come_in: tuple[int, ...] = (),
        misses: int = 0,
        rebooks: int = 9,
        placement: float | None = None,
        ready_in: int = 0,
        patience: int | None = None,
        drops_out: int | None = None,
        transferred: int | None = None,
        incarcerated: int | None = None,
        dies: int | None = None,
        leaves: int | None = None,
        absent: Iterable[tuple[int, int, bool]] = (),
    ) -> None:
        """Bring a client to the door.

        Parameters
        ----------
        name : str
            For the diary.
        referred : str
            Day, such as "Mon 4 Jan".
        source : str
            Who refers.
        lot : float, optional
            The client's lot, 0.5 if left out.
        traits : iterable of str
            Traits.
        can_come_in : tuple of int
            For each attempt, days from the call until the client can come.
        misses : int
            First appointments missed.
        rebooks : int
            Missed appointments after which the client takes another.
        placement : float, optional
            The card of the placement.
        ready_in : int
            Days from assessment until the client can start.
        patience : int, optional
            Days on the waitlist after which the client reneges.
        drops_out, transferred, incarcerated, dies, leaves : int, optional
            Week of treatment, from 1, at whose end it happens.
        absent : iterable of (int, int, bool)
            Runs of absences: sessions attended before it (since the run before), sessions missed, excused or not.
        """
        day = self.day(referred)
        ordinal = sum(key[:2] == (source, day) for key in self.names)
        self.names[source, day, ordinal] = name
        self._refer(source, day, ordinal + 1)
        who, when = name_word(source), (day << 32) | ordinal
        book = self.scenario

        def put(purpose: Purpose, place: int, card: float | None, about: int = 0) -> None:
            if card is not None:
                self.deck.put(purpose, who, when, place, card, about)

        def put_week(place: int, week: int | None, hazard: float) -> None:
            if week is not None:
                put(Purpose.LEAVING, place, reached(week - 0.5, hazard))

        put(Purpose.INTAKE, LOT, lot)
        put(Purpose.INTAKE, PLACEMENT, placement)
        put(Purpose.INTAKE, READY_DELAY, delay_card(ready_in, book.waitlist.ready_delay))
        if patience is not None:
            put(Purpose.INTAKE, PATIENCE, reached(patience - 0.5, book.waitlist.renege_per_day))
        for trait in traits:
            put(Purpose.TRAIT, 0, LOWEST, name_word(trait))
        for attempt in range(book.assessment.max_rebookings + 1):
            page, place = attempt // 2, PER_DECISION * (attempt % 2)
            put(Purpose.APPOINTMENT, place + SHOW, HIGHEST if attempt < misses else LOWEST, page)
            put(Purpose.APPOINTMENT, place + REBOOK, LOWEST if attempt < rebooks else HIGHEST, page)
        for attempt, days in enumerate(can_come_in):
            card = delay_card(days, book.assessment.client_delay)
            put(Purpose.APPOINTMENT, PER_DECISION * (attempt % 2) + CLIENT_DELAY, card, attempt // 2)
        leaving = book.leaving
        put_week(DROPOUT, drops_out, leaving.dropout_per_week)
        put_week(TRANSFER, transferred, leaving.transfer_per_week)
        put_week(INCARCERATION, incarcerated, leaving.incarceration_per_week)
        put_week(DEATH, dies, leaving.death_per_week)
        put_week(OTHER, leaves, leaving.other_per_week)
        for run, (sessions, length, excused) in enumerate(absent):
            page, place = run // 2, PER_DECISION * (run % 2)
            put(Purpose.ABSENCE, place + GAP, self._gap(sessions, first=run == 0), page)
            put(Purpose.ABSENCE, place + EXCUSED, LOWEST if excused else HIGHEST, page)
            goes_on = 1.0 - 1.0 / book.attendance.absence_run_sessions
            put(Purpose.ABSENCE, place + RUN, (goes_on ** (length - 1) + goes_on**length) / 2, page)

    def day(self, text: str) -> int:
        """Return the day since opening of a date such as "Mon 4 Jan", in the first year."""
        weekday, number, month = text.split()
        date = datetime.date(self.scenario.opening.year, MONTHS.index(month) + 1, int(number))
        assert WEEKDAYS[date.weekday()] == weekday, f"{text} is a {WEEKDAYS[date.weekday()]}"
        return (date - self.scenario.opening).days

    def date(self, day: int) -> str:
        """Return a day since opening as a date such as "Mon 4 Jan"."""
        if day >= self.scenario.days:
            return "later"
        date = self.scenario.opening + datetime.timedelta(days=int(day))
        return f"{WEEKDAYS[date.weekday()]} {date.day} {MONTHS[date.month - 1]}"

    def record(self) -> Record:
        """Let it all happen."""
        if self.told is None:
            book = write(self.scenario)
            self.told = simulate(book, draw(book, self.deck))
        return self.told

    def people(self) -> list[str]:
        """Return the clients' names in the order of the Record."""
        clients, sources = self.record().clients, sorted(self.scenario.referrals)
        rows = zip(clients.source.tolist(), clients.referral_day.tolist(), clients.ordinal.tolist(), strict=True)
        return [self.names[sources[source], day, ordinal] for source, day, ordinal in rows]

    def diary(self, *but: str) -> list[str]:
        """Return one line for each day and client: what happened, in its order.

        Parameters
        ----------
        *but : str
            First words of what is not worth telling in this story.
        """
        log, people = events(self.record()), self.people()
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
        sources, groups = sorted(self.scenario.referrals), list(self.scenario.groups)
        phases = list(self.scenario.phases)
        nights = [group for group in groups for _ in self.scenario.groups[group].nights]
        match activity:
            case Activity.REFERRED:
                return f"referred by {sources[detail]}"
            case Activity.BOOKED:
                return f"booked for {'today' if detail == day else self.date(detail)}"
            case Activity.PLACED:
                return f"placed {('here', 'higher', 'lower', 'nowhere')[detail]}"
            case Activity.JOINED_WAITLIST:
                return f"ready {'today' if detail == day else self.date(detail)}"
            case Activity.ADMITTED:
                return f"admitted to {groups[detail]}"
            case Activity.ATTENDED | Activity.EXCUSED | Activity.ABSENT:
                said = {"ATTENDED": "attends", "EXCUSED": "excused from", "ABSENT": "absent from"}
                return f"{said[activity.name]} {nights[detail]}"
            case Activity.DUE_TO_MOVE:
                return f"due in {phases[detail]}"
            case Activity.MOVED:
                return f"moves to {phases[detail]}"
            case Activity.DISCHARGED:
                return f"discharged, {Exit(detail).name.lower().replace('_', ' ')}"
        words = {"MISSED_ASSESSMENT": "no-show", "ASSESSED": "assessed", "LOST": "lost"}
        return {**words, "BALKED": "balks", "RENEGED": "reneges"}[activity.name]

    def _refer(self, source: str, day: int, clients: int) -> None:
        """Let a source refer so many clients on a day."""
        rate = self.scenario.referrals[source]
        weights = [rate.weekdays[name] for name in WEEKDAYS]
        mean = rate.per_week * weights[(self.scenario.opening.weekday() + day) % 7] / sum(weights)
        assert mean > 0, f"{source} refers nobody on {self.date(day)}"
        card = (poisson.cdf(clients - 1, mean) + poisson.cdf(clients, mean)) / 2
        self.deck.put(Purpose.REFERRALS, name_word(source), 0, day % 7, card, about=day // 7)

    def _gap(self, sessions: int, first: bool) -> float:
        """Return the card by which a run of absences begins after so many sessions attended.

        The first session is missed with the long-run share; after a run one session is attended for sure.
        """
        attendance = self.scenario.attendance
        odds = (1.0 - attendance.probability) / attendance.probability
        comes = 1.0 - odds / attendance.absence_run_sessions
        present = [1.0, attendance.probability] if first else [1.0]
        while len(present) < sessions + 2:
            present.append(present[-1] * comes)
        return (present[sessions] + present[sessions + 1]) / 2 if first else _between(present, sessions)


def _between(present: list[float], sessions: int) -> float:
    assert sessions >= 1, "between two runs of absences at least one session is attended"
    return (present[sessions - 1] + present[sessions]) / 2


def reached(time: float, hazard: float) -> float:
    """Return the card whose unit-exponential threshold an accumulating hazard reaches at a time."""
    return 1.0 - exp(-hazard * time)


def delay_card(days: int, delay: object) -> float:
    """Return the middle of the cards that mean a delay of so many days."""
    median, mean = delay.median_days, delay.mean_days
    if mean == median:
        assert days == 0 or median == days, "this clinic has no such delay"
        return LOWEST
    sigma = sqrt(2.0 * log(mean / median))
    up_to = [0.0, *(norm.cdf(log((k + 0.5) / median) / sigma) for k in range(days + 1))]
    return float(up_to[days] + up_to[days + 1]) / 2


def lines(text: str) -> list[str]:
    """Return the lines of a diary written in a test."""
    return [line.strip() for line in text.strip().splitlines()]

"""The dossier: everything that is known of one client's episode, and the words for it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np

from iopsim.deck import Purpose
from iopsim.events import Activity
from iopsim.hands import Hands
from iopsim.record import I64, NEVER, Record
from iopsim.rulebook import Rulebook
from iopsim.rules.placement import RESIDENTIAL, WITHDRAWAL, place
from iopsim.scenario.model import Scenario

Told = tuple[str, str]
"""What happened, and why; the latter is empty where there is nothing to explain."""

Telling = Callable[[int, int], Told]
"""From an event's day and detail."""

Tellings = dict[Activity, Telling]


class Dossier:
    """One client's episode in one run: the rows of the Record, the cards, and names and dates to speak of them.

    Parameters
    ----------
    scenario : Scenario
    book : Rulebook
    record : Record
    hands : Hands
    who : int
        Row of the client table.
    """

    def __init__(self, scenario: Scenario, book: Rulebook, record: Record, hands: Hands, who: int) -> None:
        self.scenario, self.book, self.record, self.hands, self.who = scenario, book, record, hands, who
        self.cohort, self.row = hands.of(who)
        self.appointments = self._mine(record.appointments.client)
        self.sessions = self._mine(record.sessions.client)
        self.moves = self._mine(record.moves.client)
        self.lapses = self._mine(record.lapses.client)
        self.counselors = self._mine(record.counselors.client)

    def _mine(self, clients: I64) -> I64:
        """Return which rows of a table are this client's."""
        return np.flatnonzero(clients == self.who)

    # Facts and cards.

    def fact(self, column: str) -> int:
        """Return a fact from the client's row."""
        return int(getattr(self.record.clients, column)[self.who])

    def dealt(self, column: str) -> float:
        """Return what the client was dealt, as the cohort holds it."""
        return float(getattr(self.cohort, column)[self.row])

    def card(self, purpose: Purpose, place: int) -> float:
        """Return a card that is dealt once, straight from the deck."""
        address = self.cohort.who[[self.row]], self.cohort.when[[self.row]]
        return float(self.cohort.deck.deal(purpose, *address, 0, self.cohort.episode)[0, place])

    def card_in_turn(self, purpose: Purpose, place: int) -> float:
        """Return one of the cards that a client plays one after the other."""
        rows = np.array([self.row])
        cards = self.cohort.page(purpose, rows, 0)
        while place >= cards.shape[1]:
            page = place // cards.shape[1]
            cards, place = self.cohort.page(purpose, rows, page), place % cards.shape[1]
        return float(cards[0, place])

    def placement(self) -> int:
        """Return where the assessment sends the client, through the rule."""
        ratio = self.dealt("placement_ratio")
        return place(self.dealt("placement"), self.book.intake.placement.tolist(), ratio)

    def detour(self) -> int:
        """Return 0 for withdrawal management first, 1 for residential treatment first, -1 for neither."""
        placement = self.placement()
        return placement - WITHDRAWAL if placement in (WITHDRAWAL, RESIDENTIAL) else NEVER

    def priority(self) -> int:
        """Return the class on the waitlist: who comes back from elsewhere has that of the detour."""
        own = int(self.cohort.priority[self.row])
        if self.fact("away_day") == NEVER:
            return own
        return own - own % 10 + int(self.book.intake.back_priority[self.detour()])

    def start_phase(self) -> int:
        """Return the phase in which the client starts."""
        entered = int(self.book.intake.back_phase[self.detour()]) if self.fact("away_day") != NEVER else NEVER
        return entered if entered >= 0 else int(self.cohort.start_phase[self.row])

    def phase_on(self, day: int) -> tuple[int, int]:
        """Return the phase the client is in on the morning of a day, and since when."""
        here = self.fact("referral_day") == NEVER
        since = -int(self.book.present.phase_days[self.who]) if here else self.fact("admitted_day")
        moves, phase = self.record.moves, self.start_phase()
        since = self.fact("admitted_day") if here and self.fact("joined_day") != NEVER else since
        for move in self.moves.tolist():
            if moves.day[move] < day:
                phase, since = int(moves.phase[move]), int(moves.day[move])
        return phase, since

    def reviews_by(self, day: int) -> int:
        """Return how many weekly reviews there have been, that of the day included."""
        return (day - max(self.fact("admitted_day"), 0)) // 7

    # Words.

    def date(self, day: int) -> str:
        """Return a day as a date such as Mon 04 Jan 2027."""
        return f"{self.scenario.opening + datetime.timedelta(days=day):%a %d %b %Y}"

    def group(self, night: int) -> str:
        """Return the group of a group night."""
        return f"group {self.book.schedule.group_names[self.book.schedule.night_group[night]]}"

    def phase_name(self, phase: int) -> str:
        """Return the name of a phase."""
        return self.book.treatment.phase_names[phase]

    def payer_name(self) -> str:
        """Return the client's payer; empty where the scenario has none."""
        names = self.book.demand.payer_names
        return names[self.fact("payer")] if names else ""

    def post_name(self, post: int) -> str:
        """Return a post as a role and a number from 1."""
        staff = self.book.staffing
        return f"{staff.role_names[staff.post_role[post]]} {staff.post_number[post] + 1}"


def days(n: int) -> str:
    """Return a number of days in words."""
    return f"{n} day" if n == 1 else f"{n} days"


def weeks(n: int) -> str:
    """Return a number of weeks in words."""
    return f"{n} week" if n == 1 else f"{n} weeks"


def chance(of: str, probability: float, card: float) -> str:
    """Tell a decision in which a card below a probability means yes."""
    return f"chance of {of} {probability:.3f}; card {card:.3f} {'<' if card < probability else '>='} it"


def limit(value: int) -> str:
    """Return a limit in words."""
    return "no limit" if value < 0 else str(value)

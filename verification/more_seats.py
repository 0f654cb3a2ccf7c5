"""Do more seats delay anybody?

Where one line is served first come, first served, and stays are the clients' own, they delay nobody:
`tests/test_more_seats.py` holds that to be a law. Here one thing at a time is made otherwise. Clinics of many sizes are
simulated twice with the same people, once with a few seats and once with more on every night of the first group, and
counted is who starts later with more seats, or no longer starts at all. The first of the smallest examples is told in
words, found from the two Records alone.

The seed was written down before the first run. ``python verification/more_seats.py`` prints the table and the examples
and writes them to ``verification/more_seats.log``.
"""

import argparse
import datetime
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import NEVER, Exit, Record
from iopsim.rulebook import write
from iopsim.scenario.load import from_toml
from iopsim.scenario.model import Scenario

HERE = Path(__file__).parent
SEED = 20270105
WEEKS = 26

LINE = f"""
name = "One line for one group"
opening = 2027-01-04  # a Monday
weeks = {WEEKS}

[calendar]
holidays = ""

[referrals.court]
per_week = 2.0
ramp_weeks = 0

[referrals.self]
per_week = 2.0
ramp_weeks = 0

[assessment]
slots_per_day = 20
show_probability_next_day = 1.0
client_delay = {{ median_days = 0.0, mean_days = 0.0 }}

[placement]
this_program = 1.0
higher = 0.0
lower = 0.0
declined = 0.0

[waitlist]
renege_per_day = 0.0
ready_delay = {{ median_days = 0.0, mean_days = 0.0 }}

[phases.treatment]
nights_per_week = 3
planned_weeks = 4

[groups.evening]
nights = ["Mon", "Tue", "Wed"]
seats = 3

[absence_rule]
consecutive = "none"
total = "none"

[leaving]
early_probability = 0.0
dropout_per_week = 0.0
transfer_per_week = 0.0
incarceration_per_week = 0.0
death_per_week = 0.0
other_per_week = 0.0
"""

RATES = (0.3, 0.6, 1.0, 1.6)
"""Referrals a week."""

Changes = Mapping[str, object]

AFTERCARE = {"phases.aftercare": {"nights_per_week": 1, "planned_weeks": 4}}
LATE = {"nights": ["Mon", "Tue", "Thu"], "start": datetime.time(19), "seats": 2}

ELSEWHERE: dict[str, Changes] = {
    "one line, stays of one length (the law)": {},
    "dropout, by each client's own luck (the law)": {"leaving.dropout_per_week": 0.15},
    "dropout that rises with the wait": {"leaving.dropout_per_week": 0.1, "leaving.waited_hazard_ratio": 1.3},
    "dropout that rises when every seat is taken": {
        "leaving.dropout_per_week": 0.1,
        "leaving.crowded_hazard_ratio": 3.0,
    },
    "two sources, one with priority": {"referrals.court.priority": 0},
    "clients ready at different times": {"waitlist.ready_delay": {"median_days": 5.0, "mean_days": 9.0}},
    "patience": {"waitlist.renege_per_day": 0.04},
    "a list that holds four": {"waitlist.limit": 4},
    "a group of four nights, of which clients need three": {"groups.evening.nights": ["Mon", "Tue", "Wed", "Thu"]},
    "a second group on other nights": {"groups.late": LATE},
    "a second phase of one night": AFTERCARE,
    "some enter the second phase, of one night, at once": {**AFTERCARE, "referrals.court.enters": "aftercare"},
    "the same, and who does not fit holds the line": {
        **AFTERCARE,
        "referrals.court.enters": "aftercare",
        "waitlist.when_first_does_not_fit": "hold_the_line",
    },
    "a group for some, who may join the first as well": {
        "traits.women": {"share": 0.4},
        "groups.women": {**LATE, "for_traits": ["women"]},
    },
    "a caseload limit, reached before the seats are": {
        "staff.counselor": {
            "people": 1,
            "caseload": 4,
            "duties": [],
            "turnover_per_year": 0.0,
            "sick_days_per_year": 0.0,
            "leave_weeks_per_year": 0,
        }
    },
    "referrers who react to waits": {
        "referrals.court.kept_per_week_waited": 0.7,
        "referrals.self.kept_per_week_waited": 0.7,
    },
    "clients who come back": {
        "after.relapse_scale_days": 20.0,
        "after.return_probability": 0.8,
        "after.return_days": 5.0,
    },
}
"""What is otherwise than in the law, by what it is called."""

CAME_TO_NOTHING = {
    Exit.RENEGED: "gives up waiting",
    Exit.BALKED: "is turned away",
    Exit.NOT_REFERRED: "is not referred",
    Exit.WAITING: "still waits at the end",
}


@dataclass(frozen=True)
class Pair:
    """The same people with few seats and with more; first episodes alone count."""

    scenario: Scenario
    seats: tuple[int, int]
    records: tuple[Record, Record]

    def starts(self, which: int) -> NDArray[np.int64]:
        """Return the day of admission of each first episode; the run's length for one who never starts."""
        clients = self.records[which].clients
        day = clients.admitted_day[clients.episode == 0]
        return np.where(day == NEVER, self.scenario.days, day)

    def words(self) -> list[str]:
        """Tell of the one who is first to be delayed by more seats."""
        few, many = self.starts(0), self.starts(1)
        delayed = np.flatnonzero(many > few)
        one = int(delayed[np.argmin(few[delayed])])
        day = int(few[one])
        inside = [self._inside(which, day) - {one} for which in (0, 1)]
        less, more = self.seats
        called = self._date(int(self.records[0].clients.referral_day[one]))
        lines = [
            f"{less} seats or {more}: client {one} ({self._source(one)}) calls on {called}.",
            f"This one {self._said(0, one)} with {less} seats, but {self._said(1, one)} with {more}.",
            f"On {self._date(day)} others in program are {len(inside[0])} with {less}, {len(inside[1])} with {more}.",
            *self._known(one),
        ]
        only = sorted(inside[1] - inside[0])
        for other in only[:4]:
            lines.append(
                f"Client {self._name(1, other)} has a seat then with {self.seats[1]} ({self._said(1, other)}); with "
                f"{self.seats[0]} this one {self._said(0, other)}{self._left(0, other, day)}."
            )
        if len(only) > 4:
            lines.append(f"So have {len(only) - 4} more.")
        if not only:
            lines.append("Nobody is in the program then who is not there with fewer seats as well.")
        return lines

    def _known(self, client: int) -> list[str]:
        """Tell what the referrer knew of one who was not referred."""
        lines = []
        for seats, record in zip(self.seats, self.records, strict=True):
            clients = record.clients
            if clients.exit[client] == Exit.NOT_REFERRED:
                before = (clients.admitted_day != NEVER) & (clients.admitted_day < clients.referral_day[client])
                last = int(np.flatnonzero(before)[np.argmax(clients.admitted_day[before])])
                waited = int(clients.admitted_day[last] - clients.referral_day[last])
                lines.append(f"The last to start before that call, with {seats}, had waited {waited} days.")
        return lines

    def _inside(self, which: int, day: int) -> set[int]:
        clients = self.records[which].clients
        left = (clients.exit_day != NEVER) & (clients.exit_day <= day)
        return set(np.flatnonzero((clients.admitted_day != NEVER) & (clients.admitted_day <= day) & ~left).tolist())

    def _said(self, which: int, client: int) -> str:
        clients = self.records[which].clients
        if client >= len(clients) or clients.episode[client] != self.records[1].clients.episode[client]:
            return "has not come back"
        if clients.admitted_day[client] != NEVER:
            return f"starts on {self._date(int(clients.admitted_day[client]))}"
        return CAME_TO_NOTHING.get(Exit(int(clients.exit[client])), "never starts")

    def _left(self, which: int, client: int, day: int) -> str:
        clients = self.records[which].clients
        if client < len(clients) and clients.admitted_day[client] != NEVER and 0 <= clients.exit_day[client] <= day:
            return f" and is gone by {self._date(int(clients.exit_day[client]))}"
        return ""

    def _name(self, which: int, client: int) -> str:
        episode = int(self.records[which].clients.episode[client])
        return f"{client} ({self._source(client, which)}{', back again' if episode else ''})"

    def _source(self, client: int, which: int = 0) -> str:
        return sorted(self.scenario.referrals)[int(self.records[which].clients.source[client])]

    def _date(self, day: int) -> str:
        date = self.scenario.opening + datetime.timedelta(days=day)
        return f"{date:%a} {date.day} {date:%b}"


@dataclass
class Count:
    """What was found of one kind of clinic."""

    pairs: int = 0
    pairs_with_delay: int = 0
    clients: int = 0
    """First episodes."""
    later: int = 0
    never: int = 0
    days_later: list[int] = field(default_factory=list)
    sooner: int = 0
    more_starts: int = 0
    fewer_starts: int = 0
    """Pairs in which fewer clients start with more seats."""
    example: Pair | None = None

    def add(self, pair: Pair) -> None:
        """Count one pair."""
        few, many, days = pair.starts(0), pair.starts(1), pair.scenario.days
        worse = many > few
        self.pairs += 1
        self.pairs_with_delay += bool(worse.any())
        self.clients += len(few)
        self.later += int((worse & (many < days)).sum())
        self.never += int((worse & (many == days)).sum())
        self.days_later += (many - few)[worse & (many < days)].tolist()
        self.sooner += int((many < few).sum())
        self.more_starts += int((many < days).sum() - (few < days).sum())
        self.fewer_starts += bool((many < days).sum() < (few < days).sum())
        if worse.any() and (self.example is None or len(few) < len(self.example.starts(0))):
            self.example = pair

    def line(self, title: str) -> str:
        """Return the row of the table."""
        worst = max(self.days_later, default=0)
        per_cent = [100.0 * many / self.clients for many in (self.later, self.never, self.sooner)]
        return (
            f"{title:52s} {self.pairs_with_delay:8d} {per_cent[0]:8.2f} {per_cent[1]:8.2f} {worst:8d} "
            f"{per_cent[2]:8.1f} {self.more_starts / self.pairs:8.2f} {self.fewer_starts:8d}"
        )


def pairs(changes: Changes, many: int) -> Count:
    """Simulate pairs of clinics of many sizes with something changed."""
    count = Count()
    for number in range(many):
        seats = 1 + number % 5
        more = seats + 1 + number // 5 % 2
        clinic = {
            "referrals.court.per_week": RATES[number // 10 % 4],
            "referrals.self.per_week": RATES[number // 40 % 4],
            "phases.treatment.planned_weeks": 2 + number % 7,
            **changes,
        }
        scenarios = [from_toml(LINE, changes={**clinic, "groups.evening.seats": held}) for held in (seats, more)]
        few, many_seats = (
            simulate(book, draw(book, Deck(SEED, number))) for book in (write(scenario) for scenario in scenarios)
        )
        count.add(Pair(scenarios[0], (seats, more), (few, many_seats)))
    return count


def main() -> None:
    """Print and keep the table and the examples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=400)
    options = parser.parse_args()
    start = time.perf_counter()
    counts = {title: pairs(changes, options.pairs) for title, changes in ELSEWHERE.items()}
    head = ["clin.", "later %", "never %", "worst", "sooner %", "starts", "fewer"]
    lines = [
        f"Few seats and more on every night, {options.pairs} pairs of clinics of {WEEKS} weeks, seed {SEED}.",
        "Clin.: pairs in which anybody starts later, or never, with more seats. Later, never, sooner: clients, in % of",
        "all referred. Worst: most days later. Starts: how many more start with more seats, a pair. Fewer: pairs in",
        "which fewer start with more seats.",
        "",
        f"{'':52s} " + " ".join(f"{word:>8s}" for word in head),
        *(count.line(title) for title, count in counts.items()),
    ]
    for title, count in counts.items():
        if count.example is not None:
            lines += ["", f"{title[0].upper()}{title[1:]}.", *(f"  {line}" for line in count.example.words())]
    print("\n".join(lines))
    (HERE / "more_seats.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()

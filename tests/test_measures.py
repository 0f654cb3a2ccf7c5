"""Each measure against a naive twin: plain loops over the Record, written from the measure's words alone."""

import datetime
import math

import numpy as np
import pytest

from iopsim import rulebook
from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.experiment.bottleneck import bottlenecks
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.series import MONTHLY, WEEKLY, monthly, retention, weekly
from iopsim.record import Exit
from iopsim.scenario.load import load

PALMETTO = "scenarios/palmetto.toml"
SCENARIOS = {
    "palmetto": {},
    "tight": {
        "weeks": 60,
        "groups.evening.seats": 4,
        "assessment.slots_per_day": 1,
        "waitlist.limit": 5,
        "staff.counselor.caseload": 5,
        "phases.intensive.planned_weeks": 3,
    },
    "short": {"weeks": 6},
    "nobody": {f"referrals.{name}.per_week": 0.0 for name in ("self", "court", "health_care", "inpatient")},
    "two groups, a tight step-down": {
        "weeks": 70,
        "groups.evening.serves": ["intensive"],
        "groups.after": {"nights": ["Thu"], "seats": 1, "serves": ["step_down"], "first_week": 8},
        "staff.counselor.caseload": 12,
        "phases.intensive.planned_weeks": 4,
        "calendar.closures": [datetime.date(2027, 6, 10)],
    },
    "no limits": {"weeks": 40, "staff.counselor.caseload": "none", "groups.evening.seats": 100},
}
AGAINST_PLAN = {"DROPPED_OUT", "TERMINATED", "INCARCERATED", "DIED", "OTHER"}


class Naive:
    """The measures, by loops over one dictionary per client."""

    def __init__(self, record, book):
        self.record, self.book, self.days = record, book, record.days
        clients = record.clients
        self.clients = [
            {name: int(getattr(clients, name)[k]) for name in clients.__slots__} for k in range(len(clients))
        ]
        for c in self.clients:
            c["exit"] = Exit(c["exit"]).name
            if c["admitted_day"] >= 0:
                gone = c["exit_day"] if c["exit_day"] >= 0 else self.days
                c["stay"] = gone - c["admitted_day"]
        self.course = 7 * sum(book.treatment.phase_weeks.tolist()) + 28

    def referred(self):
        return [c for c in self.clients if c["referral_day"] + 90 <= self.days - 1]

    def listed(self):
        return [c for c in self.clients if c["joined_day"] >= 0 and c["joined_day"] + 90 <= self.days - 1]

    def admitted(self, days):
        return [c for c in self.clients if c["admitted_day"] >= 0 and c["admitted_day"] + days <= self.days - 1]

    def wait(self, column):
        waits = [c[column] - c["referral_day"] for c in self.referred() if c[column] >= 0]
        waits = [wait for wait in waits if wait <= 90]
        return sum(waits), len(waits)

    def within(self, column, days):
        who = self.referred()
        return sum(c[column] >= 0 and c[column] - c["referral_day"] <= days for c in who), len(who)

    def present(self, came, went):
        """Clients present at the end of each day, counted day by day."""
        spans = []
        for c in self.clients:
            if c[came] >= 0:
                ends = [c[column] for column in went if c[column] >= 0]
                spans.append((c[came], min(ends) if ends else self.days))
        return [sum(a <= day < b for a, b in spans) for day in range(self.days)]

    def census(self):
        return self.present("admitted_day", ["exit_day"])

    def waiting(self):
        return self.present("joined_day", ["admitted_day", "exit_day"])

    def ended(self, *reasons):
        who = self.admitted(self.course)
        return sum(c["exit"] in reasons and c["stay"] <= self.course for c in who), len(who)

    def held_back(self, which):
        total = 0
        if which == "slots":
            rows = self.record.appointments
            for wanted, day in zip(rows.wanted_day.tolist(), rows.day.tolist(), strict=True):
                total += sum(wanted <= d < min(day, self.days) for d in range(self.days))
            return total, self.days
        if which == "next_phase":
            moves, waits = self.record.moves, []
            for due, day in zip(moves.due_day.tolist(), moves.day.tolist(), strict=True):
                waits.append(day - due)
            made = set(zip(moves.client.tolist(), moves.due_day.tolist(), strict=True))
            for k, c in enumerate(self.clients):
                if c["due_day"] >= 0 and (k, c["due_day"]) not in made:
                    waits.append((c["exit_day"] if c["exit_day"] >= 0 else self.days) - c["due_day"])
            return sum(waits), self.days
        rows = self.record.intake
        column = {"seats": rows.no_seat, "caseload": rows.no_caseload, "both": rows.neither}[which]
        for day, count in zip(rows.day.tolist(), column.tolist(), strict=True):
            until = day + 1
            while until < self.days and self.book.intake.next_admission_day[until] != until:
                until += 1
            total += count * (until - day)
        return total, self.days

    def sessions_within(self, client, days):
        rows = self.record.sessions
        start = self.clients[client]["admitted_day"]
        mine = zip(rows.client.tolist(), rows.day.tolist(), rows.attendance.tolist(), strict=True)
        return sum(who == client and day - start < days and attendance == 0 for who, day, attendance in mine)

    def full_weeks(self):
        """Weeks, from 1, in which every open group meets every night and nine seats in ten are taken."""
        full, nights = [], self.record.nights
        for week in range(self.days // 7):
            rows = [k for k, day in enumerate(nights.day.tolist()) if day // 7 == week]
            usual = sum(self.book.schedule.group_opening[g] <= 7 * week for g in self.book.schedule.night_group.tolist())
            seats = sum(int(nights.seats[k]) for k in rows)
            if seats and len(rows) == usual and sum(int(nights.scheduled[k]) for k in rows) / seats >= 0.9:
                full.append(week + 1)
        return full

    def nights(self, column):
        return int(getattr(self.record.nights, column).sum())

    def answers(self):
        book, admitted, course = self.book, self.admitted, self.course
        census, waiting = self.census(), self.waiting()
        full = self.full_weeks()
        followed = [k for k, c in enumerate(self.clients) if c in admitted(course)]
        sessions = {k: self.sessions_within(k, course) for k in followed}
        return {
            "referrals": (len(self.clients), 1),
            "days_to_assessment": self.wait("assessed_day"),
            "assessed_share": self.within("assessed_day", 90),
            "assessed_in_time_share": self.within("assessed_day", 7),
            "lost_before_assessment_share": (
                sum(c["exit"] == "NO_SHOW" and c["exit_day"] - c["referral_day"] <= 90 for c in self.referred()),
                len(self.referred()),
            ),
            "days_to_first_session": self.wait("first_session_day"),
            "started_share": self.within("first_session_day", 90),
            "started_in_time_share": self.within("first_session_day", 14),
            "reneged_share": (
                sum(c["exit"] == "RENEGED" and c["exit_day"] - c["joined_day"] <= 90 for c in self.listed()),
                len(self.listed()),
            ),
            "balked_share": (sum(c["exit"] == "BALKED" for c in self.listed()), len(self.listed())),
            "waitlist_mean": (sum(waiting), self.days),
            "waitlist_peak": (max(waiting), 1),
            "census_mean": (sum(census), self.days),
            "census_peak": (max(census), 1),
            "seats_taken_share": (self.nights("scheduled"), self.nights("seats")),
            "seats_attended_share": (self.nights("attended"), self.nights("seats")),
            "ever_full_share": (int(bool(full)), 1),
            "weeks_until_full": (full[0], 1) if full else (0, 0),
            "assessment_slots_booked_share": (
                sum(day < self.days for day in self.record.appointments.day.tolist()),
                int(sum(book.intake.slots.tolist())),
            ),
            "caseload_used_share": (sum(census), self.days * book.caseload) if book.caseload >= 0 else (0, 0),
            "held_back_by_slots": self.held_back("slots"),
            "held_back_by_seats": self.held_back("seats"),
            "held_back_by_caseload": self.held_back("caseload"),
            "held_back_by_both": self.held_back("both"),
            "held_back_by_next_phase": self.held_back("next_phase"),
            "attendance_share": (sum(c["attended"] for c in self.clients), sum(c["scheduled"] for c in self.clients)),
            "sessions_attended": (sum(sessions.values()), len(sessions)),
            "fewer_than_5_sessions_share": (sum(n < 5 for n in sessions.values()), len(sessions)),
            "left_within_30_days_share": (
                sum(c["exit"] in AGAINST_PLAN and c["stay"] <= 30 for c in admitted(30)),
                len(admitted(30)),
            ),
            "engaged_90_days_share": (
                sum(not (c["exit"] in AGAINST_PLAN | {"TRANSFERRED"} and c["stay"] <= 90) for c in admitted(90)),
                len(admitted(90)),
            ),
            "completed_share": self.ended("COMPLETED"),
            "dropped_out_share": self.ended("DROPPED_OUT"),
            "terminated_share": self.ended("TERMINATED"),
            "transferred_share": self.ended("TRANSFERRED"),
            "left_otherwise_share": self.ended("INCARCERATED", "DIED", "OTHER"),
            "still_in_program_share": (
                sum(not (c["exit"] != "IN_TREATMENT" and c["stay"] <= course) for c in admitted(course)),
                len(admitted(course)),
            ),
            "length_of_stay_days": (sum(min(c["stay"], course) for c in admitted(course)), len(admitted(course))),
        }


@pytest.fixture(params=SCENARIOS, scope="module")
def run(request):
    book = rulebook.write(load(PALMETTO, SCENARIOS[request.param]))
    record = simulate(book, draw(book, Deck(11, 3)))
    return record, book, Naive(record, book)


def test_every_measure_agrees_with_its_naive_twin(run):
    record, book, naive = run
    twins = naive.answers()
    recorded = [measure for measure in CATALOGUE if not measure.of_money]  # money has a twin of its own
    assert set(twins) == {measure.name for measure in recorded}
    for measure in recorded:
        ours, theirs = measure.compute(record, book), twins[measure.name]
        if theirs[1] == 0:
            assert ours[1] == 0, measure.name
        else:
            assert ours == theirs, measure.name


def test_weekly_series_add_up_to_the_measures(run):
    record, book, naive = run
    series = dict(zip(WEEKLY, weekly(record, book), strict=True))
    assert series["census"].tolist() == [sum(naive.census()[7 * w : 7 * w + 7]) for w in range(book.weeks)]
    assert series["waiting"].tolist() == [sum(naive.waiting()[7 * w : 7 * w + 7]) for w in range(book.weeks)]
    assert series["seats"].sum() == naive.nights("seats")
    assert series["seats_taken"].sum() == naive.nights("scheduled")
    assert series["seats_attended"].sum() == naive.nights("attended")
    for which in ("slots", "seats", "caseload", "both", "next_phase"):
        assert series[f"held_back_by_{which}"].sum() == naive.held_back(which)[0]


def test_monthly_series_add_up_to_the_measures(run):
    record, book, naive = run
    series = dict(zip(MONTHLY, monthly(record, book), strict=True))
    assert series["referred"].sum() == len(naive.referred())
    assert (series["days_to_assessment"].sum(), series["assessed"].sum()) == naive.wait("assessed_day")
    assert (series["days_to_first_session"].sum(), series["started"].sum()) == naive.wait("first_session_day")


def test_the_retention_series_ends_at_the_measures_and_never_falls(run):
    record, book, naive = run
    *ways, followed = retention(record, book)
    assert set(followed.tolist()) == {len(naive.admitted(naive.course))}
    ends = [naive.ended("COMPLETED"), naive.ended("TRANSFERRED"), naive.ended("TERMINATED")]
    ends += [naive.ended("DROPPED_OUT"), naive.ended("INCARCERATED", "DIED", "OTHER")]
    assert [int(way[-1]) for way in ways] == [count for count, _ in ends]
    assert all((np.diff(way) >= 0).all() for way in ways)


def test_the_bottleneck_is_the_resource_that_holds_back_most_and_bites_from_its_first_full_client():
    facts = np.zeros((2, len(WEEKLY), 4), dtype=np.int64)
    facts[:, WEEKLY.index("held_back_by_seats"), :] = [[0, 7, 21, 14], [0, 7, 7, 14]]
    facts[:, WEEKLY.index("held_back_by_slots"), :] = [[3, 3, 3, 3], [3, 3, 3, 3]]
    seats, slots = bottlenecks(facts)
    assert (seats.resource, seats.first_week, seats.worst_week, seats.held_back, seats.weeks) == (
        "group seats",
        1,
        2,
        2.0,
        3,
    )
    assert (slots.resource, slots.first_week, slots.weeks) == ("assessment slots", None, 0)
    assert math.isclose(slots.held_back, 3 / 7)


def test_nothing_is_a_bottleneck_where_nobody_is_held_back():
    assert bottlenecks(np.zeros((3, len(WEEKLY), 5), dtype=np.int64)) == ()


def test_the_ways_out_and_those_still_in_program_are_everybody(run):
    record, book, _ = run
    names = ["completed", "dropped_out", "terminated", "transferred", "left_otherwise", "still_in_program"]
    measures = {measure.name: measure for measure in CATALOGUE}
    parts = [measures[f"{name}_share"].compute(record, book) for name in names]
    assert sum(count for count, _ in parts) == parts[0][1]

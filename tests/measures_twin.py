"""The naive twin of each measure: plain loops over the Record, written from the measure's words alone."""

import datetime

from diary_twin import DiaryWithAllThere
from everything import PRESENT, RETURNS
from iopsim.record import CAME, NEVER, Attendance, Exit, Night

PLAIN = "tests/plain.toml"
SCENARIOS = {
    "plain": {},
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
    "nobody to run the groups": {
        "staff.counselor.duties": ["groups"],
        "weeks": 60,
        "groups.evening.smallest_census": 3,
        "staff.counselor.cover_probability": 0.2,
        "staff.counselor.sick_days_per_year": 100.0,
        "groups.evening.seats": 5,
        "phases.intensive.planned_weeks": 3,
    },
    "guests, and sessions cut short": {
        "weeks": 60,
        "attendance.make_up_probability": 1.0,
        "attendance.cut_short_probability": 0.3,
        "groups.late": {"nights": ["Thu", "Fri"], "seats": 4},
        "phases.intensive.planned_weeks": 3,
    },
    "more come than assessors have time for": {
        "weeks": 60,
        "assessment.slots_per_day": 1,
        "assessment.overbooking": 1.0,
        "assessment.weekdays": ["Mon", "Thu"],
        "assessment.show_probability_next_day": 0.95,
        "assessment.client_delay": {"median_days": 0.0, "mean_days": 0.0},
        "phases.intensive.planned_weeks": 3,
    },
    "assessors who come and go, and one hired": {
        "weeks": 60,
        "assessment.slots_per_day": 1,
        "assessment.weekdays": ["Mon", "Thu"],
        "staff.counselor.duties": ["groups", "assessment"],
        "staff.counselor.turnover_per_year": 2.0,
        "staff.counselor.sick_days_per_year": 20.0,
        "staff.counselor.caseload": 8,
        "staff.counselor.hire_when_caseload": 2,
        "staff.counselor.hire_lead_weeks": 1,
        "phases.intensive.planned_weeks": 3,
    },
    "walk-in": {"weeks": 60, "assessment.slots_per_day": 1, "assessment.open_access": True},
    "clients here at the opening": {
        "weeks": 50,
        "waitlist.limit": 4,
        "present.old": {"count": 7, "source": "self", "weeks": 5, "phase_weeks": 5},
        "present.after": {"count": 2, "source": "court", "weeks": 14, "phase": "step_down", "phase_weeks": 2},
        "present.waiting": {"count": 9, "source": "court", "where": "waitlist", "weeks": 3},
        "phases.intensive.planned_weeks": 6,
    },
}
EVERYTHING = {"everything, and clients call again": RETURNS, "everything, and clients are here": PRESENT}
AGAINST_PLAN = {"DROPPED_OUT", "TERMINATED", "INCARCERATED", "DIED", "OTHER", "COVERAGE_ENDED"}
LEFT_OTHERWISE = ("INCARCERATED", "DIED", "OTHER", "COVERAGE_ENDED")


class Naive:
    """The measures, by loops over one dictionary per client."""

    def __init__(self, scenario, record, book, since):
        self.scenario, self.record, self.book, self.days, self.since = scenario, record, book, record.days, since
        self.counted = range(since, record.days)
        clients = record.clients
        self.clients = [
            {name: int(getattr(clients, name)[k]) for name in clients.__slots__} for k in range(len(clients))
        ]
        for c in self.clients:
            c["exit"] = Exit(c["exit"]).name
            c["called"] = c["referral_day"] >= 0 and c["exit"] != "NOT_REFERRED"
            if c["admitted_day"] != NEVER:
                gone = c["exit_day"] if c["exit_day"] >= 0 else self.days
                c["stay"] = gone - c["admitted_day"]
        self.course = 7 * sum(book.treatment.phase_weeks.tolist()) + 28

    def came_since(self, column, days):
        """Clients, not here at the opening, to whom something happened on a day that counts, `days` before the end."""
        counted = range(self.since, self.days - days)
        return [c for c in self.clients if c["called"] and c[column] in counted]

    def referred(self):
        return self.came_since("referral_day", 90)

    def listed(self):
        return self.came_since("joined_day", 90)

    def admitted(self, days):
        return self.came_since("admitted_day", days)

    def wait(self, column):
        waits = [c[column] - c["referral_day"] for c in self.referred() if c[column] >= 0]
        waits = [wait for wait in waits if wait <= 90]
        return sum(waits), len(waits)

    def within(self, column, days):
        who = self.referred()
        return sum(c[column] >= 0 and c[column] - c["referral_day"] <= days for c in who), len(who)

    def present(self, came, went):
        """Clients present at the end of each day that counts, counted day by day."""
        spans = []
        for c in self.clients:
            if c[came] != NEVER:
                ends = [c[column] for column in went if c[column] >= 0]
                spans.append((c[came], min(ends) if ends else self.days))
        return [sum(a <= day < b for a, b in spans) for day in self.counted]

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
            columns = (rows.wanted_day.tolist(), rows.day.tolist(), rows.came_day.tolist(), rows.seen_day.tolist())
            for wanted, day, came, seen in zip(*columns, strict=True):
                until = day if came < 0 else seen if seen >= 0 else self.days
                total += sum(wanted <= d < min(until, self.days) for d in self.counted)
            return total, len(self.counted)
        if which == "next_phase":
            moves = self.record.moves
            waits = list(zip(moves.due_day.tolist(), moves.day.tolist(), strict=True))
            made = set(zip(moves.client.tolist(), moves.due_day.tolist(), strict=True))
            for k, c in enumerate(self.clients):
                if c["due_day"] >= 0 and (k, c["due_day"]) not in made:
                    waits.append((c["due_day"], c["exit_day"] if c["exit_day"] >= 0 else self.days))
            return sum(due <= d < day for due, day in waits for d in self.counted), len(self.counted)
        rows = self.record.intake
        column = {"seats": rows.no_seat, "caseload": rows.no_caseload, "both": rows.neither}[which]
        for day, count in zip(rows.day.tolist(), column.tolist(), strict=True):
            until = day + 1
            while until < self.days and self.book.intake.next_admission_day[until] != until:
                until += 1
            total += count * sum(day <= d < until for d in self.counted)
        return total, len(self.counted)

    def slots(self, day):
        """Slots of the assessors whose posts are filled on a day."""
        plan, posts = self.scenario.assessment, self.record.posts
        roles = list(self.scenario.staff.values())
        if not self.book.intake.assessment_days[day]:
            return 0
        there = sum(
            "assessment" in roles[self.book.staffing.post_role[post]].duties and first <= day < end
            for post, first, end in zip(
                posts.post.tolist(), posts.first_day.tolist(), posts.end_day.tolist(), strict=True
            )
        )
        if not any("assessment" in role.duties for role in roles):
            there = 1
        return int(there * plan.slots_per_day * (1 + plan.overbooking) + 1e-9)

    def without_assessors(self):
        kept = DiaryWithAllThere(self.scenario, self.book, self.record).waited(self.counted)
        return max(self.held_back("slots")[0] - kept, 0), len(self.counted)

    def sessions_within(self, client, days):
        rows = self.record.sessions
        start = self.clients[client]["admitted_day"]
        mine = zip(rows.client.tolist(), rows.day.tolist(), rows.attendance.tolist(), strict=True)
        return sum(who == client and day - start < days and attendance in CAME for who, day, attendance in mine)

    def full_weeks(self):
        """Weeks, the first that counts being 1, with every night of every open group and nine seats in ten taken."""
        full, rows = [], self.rows_of("nights")
        group_of, opened = self.book.schedule.night_group.tolist(), {}
        for row in rows:
            opened.setdefault(group_of[row["night"]], row["day"] // 7)
        for number, week in enumerate(range(self.since // 7, self.days // 7), start=1):
            held = [row for row in rows if row["day"] // 7 == week and row["status"] == Night.HELD]
            usual = sum(opened.get(group, self.days) <= week for group in group_of)
            seats = sum(row["seats"] for row in held)
            if seats and len(held) == usual and sum(row["scheduled"] for row in held) / seats >= 0.9:
                full.append(number)
        return full

    def rows_of(self, table):
        facts = getattr(self.record, table)
        columns = [getattr(facts, name).tolist() for name in facts.__slots__]
        return [dict(zip(facts.__slots__, row, strict=True)) for row in zip(*columns, strict=True)]

    def nights(self, *columns):
        """What nights held add up to, on days that count; nothing is scheduled on one that is cancelled."""
        rows = [row for row in self.rows_of("nights") if row["day"] in self.counted]
        assert all(row["scheduled"] == row["attended"] == row["guests"] == 0 for row in rows if row["status"])
        return sum(row[column] for row in rows if row["status"] == Night.HELD for column in columns)

    def caseload(self):
        """Client-days that the people on the payroll can carry; 0 if no role carries clients."""
        roles = list(self.scenario.staff.values())
        total = 0
        for row in self.rows_of("staff"):
            if 7 * row["week"] in self.counted and roles[row["role"]].caseload != "none":
                total += row["employed_days"] * roles[row["role"]].caseload
        return total

    def sessions(self):
        """Sessions attended, and sessions scheduled, on days that count; a guest has no seat of its own."""
        rows = [row["attendance"] for row in self.rows_of("sessions") if row["day"] in self.counted]
        scheduled = [attendance for attendance in rows if attendance != Attendance.MADE_UP]
        return sum(attendance in CAME for attendance in scheduled), len(scheduled)

    def answers(self):
        admitted, course = self.admitted, self.course
        census, waiting = self.census(), self.waiting()
        full = self.full_weeks()
        followed = [k for k, c in enumerate(self.clients) if c in admitted(course)]
        sessions = {k: self.sessions_within(k, course) for k in followed}
        return {
            "referrals": (sum(c["called"] and c["referral_day"] in self.counted for c in self.clients), 1),
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
            "prompt_start_share": (self.within("first_session_day", 14)[0], self.within("first_session_day", 90)[0]),
            "reneged_share": (
                sum(c["exit"] == "RENEGED" and c["exit_day"] - c["joined_day"] <= 90 for c in self.listed()),
                len(self.listed()),
            ),
            "balked_share": (sum(c["exit"] == "BALKED" for c in self.listed()), len(self.listed())),
            "waitlist_mean": (sum(waiting), len(self.counted)),
            "waitlist_peak": (max(waiting), 1),
            "census_mean": (sum(census), len(self.counted)),
            "census_peak": (max(census), 1),
            "seats_taken_share": (self.nights("scheduled"), self.nights("seats")),
            "seats_attended_share": (self.nights("attended", "guests"), self.nights("seats")),
            "ever_full_share": (int(bool(full)), 1),
            "weeks_until_full": (full[0], 1) if full else (0, 0),
            "assessment_slots_booked_share": (
                sum(day in self.counted for day in self.record.appointments.day.tolist()),
                sum(self.slots(day) for day in self.counted),
            )
            if not self.scenario.assessment.open_access
            else (0, 0),
            "caseload_used_share": (sum(census), self.caseload()) if self.caseload() else (0, 0),
            "held_back_by_slots": self.held_back("slots"),
            "held_back_without_assessors": self.without_assessors(),
            "held_back_by_seats": self.held_back("seats"),
            "held_back_by_caseload": self.held_back("caseload"),
            "held_back_by_both": self.held_back("both"),
            "held_back_by_next_phase": self.held_back("next_phase"),
            "attendance_share": self.sessions(),
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
            "left_otherwise_share": self.ended(*LEFT_OTHERWISE),
            "still_in_program_share": (
                sum(not (c["exit"] != "IN_TREATMENT" and c["stay"] <= course) for c in admitted(course)),
                len(admitted(course)),
            ),
            "length_of_stay_days": (sum(min(c["stay"], course) for c in admitted(course)), len(admitted(course))),
        }

"""Naive twins of the measures of the whole clinic: loops over rows, written from each measure's words alone.

The funnel, federal priorities, staff, what comes after discharge, and hours against the level of care.
"""

from fractions import Fraction

from iopsim.record import Attendance, Exit, Night, Outcome, Visit
from iopsim.standards import level_hours

UNKNOWN = {"TRANSFERRED", "INCARCERATED", "DIED"}
"""Ways out after which nothing is known of a client."""

DISCHARGED = {"COMPLETED", "DROPPED_OUT", "TERMINATED", "OTHER", "COVERAGE_ENDED"} | UNKNOWN
USES = ("groups", "assessments", "orientation", "family", "supervision", "individual", "medication", "notes")


class Whole:
    """One replication, as lists of dictionaries, and the first day that counts."""

    def __init__(self, scenario, record, book, since):
        self.scenario, self.record, self.book, self.since, self.days = scenario, record, book, since, record.days
        self.weeks = (record.days - since) // 7
        self.tables = {}
        self.clients = self.rows("clients")
        for number, client in enumerate(self.clients):
            client["number"] = number
            client["exit"] = Exit(client["exit"]).name
            client["called"] = client["referral_day"] >= 0 and client["exit"] != "NOT_REFERRED"
            client["traits"] = {name for k, name in enumerate(sorted(scenario.traits)) if client["traits"] >> k & 1}

    def rows(self, table):
        if table not in self.tables:
            facts = getattr(self.record, table)
            columns = [getattr(facts, name).tolist() for name in facts.__slots__]
            self.tables[table] = [dict(zip(facts.__slots__, row, strict=True)) for row in zip(*columns, strict=True)]
        return self.tables[table]

    def counts(self, day):
        return self.since <= day < self.days

    def answers(self):
        """Numerator and denominator of every measure told here, by name."""
        return {
            **self.funnel(),
            **self.priorities(),
            **self.nights(),
            **self.hours(),
            **self.visits(),
            **self.people(),
            **self.after_discharge(),
            **self.triggers(),
            "below_level_hours_share": self.below_level(),
        }

    # The funnel.

    def funnel(self):
        referred = [
            c
            for c in self.clients
            if c["called"] and self.counts(c["referral_day"]) and c["referral_day"] + 90 < self.days
        ]
        given = {row["client"] for row in self.rows("appointments") if row["day"] < self.days}
        course = 90 + 7 * sum(phase.planned_weeks for phase in self.scenario.phases.values()) + 28
        to_the_end = [c for c in referred if c["referral_day"] + course < self.days]
        placed = [
            c
            for c in self.clients
            if c["referral_day"] >= 0 and self.counts(c["joined_day"]) and c["joined_day"] + 90 < self.days
        ]

        def within_90(client, column):
            return 0 <= client[column] <= client["referral_day"] + 90

        return {
            "booked_share": (sum(c["number"] in given for c in referred), len(referred)),
            "placed_here_share": (
                sum(within_90(c, "joined_day") or within_90(c, "away_day") for c in referred),
                len(referred),
            ),
            "not_authorized_share": (
                sum(c["exit"] == "NOT_AUTHORIZED" and c["exit_day"] <= c["joined_day"] + 90 for c in placed),
                len(placed),
            ),
            "admitted_share": (sum(within_90(c, "admitted_day") for c in referred), len(referred)),
            "completed_of_referred_share": (
                sum(c["exit"] == "COMPLETED" and c["exit_day"] <= c["referral_day"] + course for c in to_the_end),
                len(to_the_end),
            ),
        }

    # Federal priorities.

    def interim_in_time(self, client):
        """Whether interim services began within the law's days of the request; all whom they are for have them."""
        offered = {
            "nobody": False,
            "everybody": True,
            "priority": bool(client["traits"] & {"pregnant", "injecting"}),
        }[self.scenario.interim.offered]
        return offered and self.scenario.interim.after_days <= self.scenario.block_grant.interim_days

    def admitted_within(self, client, limit):
        """Whether a client is admitted so soon after the request; nothing of who has left then, or is not followed."""
        last = client["referral_day"] + limit
        if last >= self.days or (client["admitted_day"] < 0 and 0 <= client["exit_day"] <= last):
            return []
        return [0 <= client["admitted_day"] <= last]

    def priorities(self):
        grant = self.scenario.block_grant
        inject, pregnant, waiting = [], [], []
        for c in self.clients:
            if not self.counts(c["referral_day"]) or c["joined_day"] < 0:
                continue
            interim = self.interim_in_time(c)
            if grant.injecting in c["traits"]:
                limit = grant.admit_days_with_interim if interim else grant.admit_days
                inject += self.admitted_within(c, limit)
                waiting += [interim for admitted in self.admitted_within(c, grant.admit_days) if not admitted]
            if grant.pregnant in c["traits"]:
                pregnant += [admitted or interim for admitted in self.admitted_within(c, grant.interim_days)]
        full = self.notice_weeks()
        told = {
            "injecting_in_time_share": (sum(inject), len(inject)),
            "pregnant_in_time_share": (sum(pregnant), len(pregnant)),
            "interim_in_time_share": (sum(waiting), len(waiting)),
            "notice_weeks": (sum(is_full for week, is_full in full if week >= self.since // 7), 1),
            "notices": (
                sum(
                    is_full and week >= self.since // 7 and not (k and full[k - 1][1])
                    for k, (week, is_full) in enumerate(full)
                ),
                1,
            ),
        }
        return told if grant.applies else dict.fromkeys(told, (0, 0))

    def notice_weeks(self):
        """Each week with groups, from the opening, and whether so many of its seats are taken."""
        told = Fraction(str(self.scenario.block_grant.notice_share))
        found = []
        for week in range(self.days // 7):
            held = [row for row in self.rows("nights") if row["day"] // 7 == week and row["status"] == Night.HELD]
            if held:
                found.append((week, sum(row["scheduled"] for row in held) >= told * sum(row["seats"] for row in held)))
        return found

    # Staff.

    def nights(self):
        nights = [row for row in self.rows("nights") if self.counts(row["day"])]
        held = [row for row in nights if row["status"] == Night.HELD]
        return {
            "nights_cancelled_share": (len(nights) - len(held), len(nights)),
            "nights_without_staff_share": (sum(row["status"] == Night.NO_STAFF for row in nights), len(nights)),
            "nights_covered_share": (sum(row["cover"] > 0 for row in held), len(held)),
            "nights_short_share": (sum(row["short"] > 0 for row in held), len(held)),
        }

    def hours(self):
        roles = list(self.scenario.staff.values())
        rows = [
            row
            for row in self.rows("staff")
            if row["week"] >= self.since // 7 and (roles[row["role"]].duties or roles[row["role"]].caseload != "none")
        ]
        used = sum(row[what] for row in rows for what in USES)
        lacking = sum(row["short_individual"] + row["short_medication"] + row["short_notes"] for row in rows)
        beyond = ("groups", "assessments", "orientation", "family", "supervision")
        overtime = sum(max(0, sum(row[what] for what in beyond) - row["available"]) for row in rows)
        return {
            "hours_used_share": (used, sum(row["available"] for row in rows)),
            "hours_short": (lacking, 60 * self.weeks),
            "overtime_hours": (overtime, 60 * self.weeks),
        }

    def visits(self):
        rows = [row for row in self.rows("visits") if self.counts(row["day"])]
        due, medication = (
            [row for row in rows if row["kind"] == kind] for kind in (Visit.INDIVIDUAL, Visit.MEDICATION)
        )
        return {
            "individual_held_share": (sum(row["outcome"] == Outcome.HELD for row in due), len(due)),
            "individual_no_hours_share": (sum(row["outcome"] == Outcome.NO_HOURS for row in due), len(due)),
            "medication_held_share": (sum(row["outcome"] == Outcome.HELD for row in medication), len(medication)),
        }

    def people(self):
        """Changes of counselor from who got one when, and vacancies from who was in which post."""
        admitted = [c["number"] for c in self.clients if c["called"] and self.counts(c["admitted_day"])]
        posts, vacant, filled = self.rows("posts"), 0, 0
        got = [
            row["client"]
            for row in self.rows("counselors")
            if any(p["post"] == row["post"] and p["first_day"] <= row["day"] < p["end_day"] for p in posts)
        ]
        for post in {row["post"] for row in posts}:
            mine = [row for row in posts if row["post"] == post]
            for day in range(max(self.since, min(row["first_day"] for row in mine)), self.days):
                there = any(row["first_day"] <= day < row["end_day"] for row in mine)
                filled += there
                vacant += not there
        return {
            "counselor_changes": (sum(max(got.count(number) - 1, 0) for number in admitted), len(admitted)),
            "posts_vacant_share": (vacant, vacant + filled),
        }

    # Triggers.

    def triggers(self):
        roles, staff = list(self.scenario.staff.values()), self.book.staffing
        hired, hiring = {}, any(role.hire_when_caseload != "none" and role.most_hires for role in roles)
        for row in self.rows("posts"):
            if staff.post_number[row["post"]] >= roles[staff.post_role[row["post"]]].people:
                hired.setdefault(row["post"], row["first_day"])
        groups = [group for group in self.scenario.groups.values() if not group.lever]
        opened = {}
        for row in self.rows("nights"):
            group = self.book.schedule.night_group[row["night"]]
            if groups[group].opens_when_waiting != "none":
                opened.setdefault(group, row["day"])
        opening = any(group.opens_when_waiting != "none" for group in groups)
        told = {}
        for days, may, names in (
            (hired, hiring, ("hired_share", "weeks_until_hired")),
            (opened, opening, ("group_opened_share", "weeks_until_group_opened")),
        ):
            weeks = [(day - self.since) // 7 + 1 for day in days.values() if self.counts(day)]
            told[names[0]] = (int(bool(weeks)), 1) if may else (0, 0)
            told[names[1]] = (min(weeks), 1) if weeks else (0, 0)
        return told

    # After discharge.

    def after_discharge(self):
        known = [
            c for c in self.clients if c["called"] and self.counts(c["exit_day"]) and c["exit"] in DISCHARGED - UNKNOWN
        ]
        followed = [c for c in known if c["exit_day"] + 365 < self.days]
        referred = [c for c in self.clients if c["called"] and self.counts(c["referral_day"])]
        calls = [(c["first"], c["referral_day"]) for c in self.clients]

        def relapse_free(days):
            until_then = [c for c in known if c["exit_day"] + days < self.days]
            return sum(c["relapse_day"] - c["exit_day"] > days for c in until_then), len(until_then)

        def called_again(client):
            return any(first == client["first"] and 0 < day - client["exit_day"] <= 365 for first, day in calls)

        return {
            "abstinent_6_months_share": relapse_free(182),
            "abstinent_12_months_share": relapse_free(365),
            "called_again_share": (sum(map(called_again, followed)), len(followed)),
            "returning_share": (
                sum(c["first"] != c["number"] for c in referred),
                len(referred),
            ),
        }

    # Hours.

    def below_level(self):
        """Client-weeks whose hours are fewer than the level's, of those in one phase that asks for hours."""
        asked = [Fraction(str(least)) for least, _ in level_hours(self.scenario).values()]
        sessions, visits, moves = self.rows("sessions"), self.rows("visits"), self.rows("moves")
        below = counted = 0
        for c in self.clients:
            if c["admitted_day"] == -1:
                continue
            end = c["exit_day"] if c["exit_day"] >= 0 else self.days
            attended = [
                (row["day"], Fraction(int(self.book.schedule.night_minutes[row["night"]]), 60))
                for row in sessions
                if row["client"] == c["number"] and row["attendance"] in (Attendance.ATTENDED, Attendance.MADE_UP)
            ]
            attended += [
                (row["day"], Fraction(str(self.scenario.individual.hours)))
                for row in visits
                if (row["client"], row["kind"], row["outcome"]) == (c["number"], Visit.INDIVIDUAL, Outcome.HELD)
            ]
            phases = [c["entry_phase"]] * max(end - c["admitted_day"], 0)  # on each day in program
            for row in moves:
                if row["client"] == c["number"]:
                    phases = [
                        row["phase"] if day >= row["day"] else phase
                        for day, phase in enumerate(phases, start=c["admitted_day"])
                    ]
            for week in range(len(phases) // 7):
                first, (phase, *others) = c["admitted_day"] + 7 * week, phases[7 * week : 7 * week + 7]
                if first >= self.since and all(other == phase for other in others) and asked[phase]:
                    counted += 1
                    below += sum(hours for day, hours in attended if first <= day < first + 7) < asked[phase]
        return below, counted

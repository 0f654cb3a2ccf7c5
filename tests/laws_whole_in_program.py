"""Laws of the whole clinic: groups and their nights, treatment, and staff."""

from collections import Counter, defaultdict
from math import log

import numpy as np

from iopsim.deck import Purpose
from iopsim.record import DISCHARGED, Attendance, Exit, Night, Outcome, Visit
from iopsim.scenario.groups import Group
from record_rows import Law, by_client, clients, episodes, filled, into, open_days, table
from strategies import WEEKDAYS, Run

LAWS: list[Law] = []
law = into(LAWS)


# Groups


def opening_days(it: Run) -> list[int]:
    """Day from which each group meets, from the scenario and, for a trigger, from who was waiting on Mondays."""
    all_, cohorts = clients(it), episodes(it)
    monday = -it.scenario.opening.weekday() % 7
    found = []
    for group in it.scenario.groups.values():
        if group.opens_when_waiting == "none":
            found.append(7 * group.first_week)
            continue
        in_a_row, day = 0, it.record.days
        for today in range(monday, it.record.days, 7):
            ready = 0
            for row, me in enumerate(all_):
                listed = me["joined_day"] != -1 and me["joined_day"] < today and me["ready_day"] <= today
                before = me["admitted_day"] != -1 and me["admitted_day"] < today
                gone = me["admitted_day"] == -1 and 0 <= me["exit_day"] < today
                denied = row >= len(it.book.present) and cohorts[me["episode"]].denied[me["first"]]
                fits = takes(it, group, me)
                ready += listed and fits and not before and not gone and not denied
            in_a_row = in_a_row + 1 if ready >= group.opens_when_waiting else 0
            if in_a_row == group.opens_after_weeks:
                day = today + 7 * group.opens_lead_weeks
                break
        found.append(day)
    return found


def takes(it: Run, group: Group, me: dict[str, int]) -> bool:
    """Whether a group takes clients who start in this client's phase and have this client's traits."""
    traits, phase = sorted(it.scenario.traits), list(it.scenario.phases)[me["entry_phase"]]
    has = all(me["traits"] >> traits.index(name) & 1 for name in group.for_traits)
    return has and (not group.serves or phase in group.serves)


@law
def the_nights_are_those_of_the_groups_that_are_open(it: Run) -> None:
    expected, night = [], 0
    for group, first in zip(it.scenario.groups.values(), opening_days(it), strict=True):
        for weekday in sorted(group.nights, key=WEEKDAYS.index):
            expected += [(day, night) for day in open_days(it, (weekday,)) if day >= first]
            night += 1
    facts = it.record.nights
    assert sorted(zip(facts.day.tolist(), facts.night.tolist(), strict=True)) == sorted(expected)


@law
def a_night_is_held_with_clients_and_staff_enough_and_never_above_its_seats(it: Run) -> None:
    count = Counter()
    for row in table(it.record.sessions):
        count[row["day"], row["night"], Attendance(row["attendance"])] += 1
    groups = list(it.scenario.groups.values())
    facilitates = any("groups" in role.duties for role in it.scenario.staff.values())
    for row in table(it.record.nights):
        group = groups[it.book.schedule.night_group[row["night"]]]
        went = {way: count.pop((row["day"], row["night"], way), 0) for way in Attendance}
        assert row["attended"] == went[Attendance.ATTENDED] + went[Attendance.CUT_SHORT]
        assert row["cut_short"] == went[Attendance.CUT_SHORT]
        assert (row["excused"], row["absent"], row["guests"]) == (
            went[Attendance.EXCUSED],
            went[Attendance.ABSENT],
            went[Attendance.MADE_UP],
        )
        assert row["scheduled"] == row["attended"] + row["excused"] + row["absent"]
        expected = row["scheduled"] + row["guests"]
        assert expected <= row["seats"]
        if row["status"] == Night.HELD:
            assert expected >= group.smallest_census
            assert not facilitates or not expected or row["staff"] + row["cover"] > 0
        else:
            assert expected == 0
        if row["status"] == Night.NO_STAFF:
            assert facilitates
            assert row["staff"] == row["cover"] == 0 < row["short"]
    assert not count


@law
def only_clients_of_the_right_phase_and_traits_sit_in_a_group_and_start_when_it_admits(it: Run) -> None:
    groups, traits, opened = list(it.scenario.groups.values()), sorted(it.scenario.traits), opening_days(it)
    for row, me in enumerate(clients(it)):
        if me["group"] < 0:
            continue
        group = groups[me["group"]]
        assert all(me["traits"] >> traits.index(name) & 1 for name in group.for_traits)
        if group.admission == "cohort" and row >= len(it.book.present):
            since = (me["admitted_day"] - opened[me["group"]]) // 7
            assert since % group.cohort_weeks < group.cohort_open_weeks


# Treatment


@law
def sessions_follow_the_cards(it: Run) -> None:
    """Attended, cut short, excused and absent, in order, from the cards and each night's odds."""
    attendance, cohorts, mine = it.scenario.attendance, episodes(it), by_client(table(it.record.sessions))
    base = (1 - attendance.probability) / attendance.probability
    for row, me in enumerate(clients(it)):
        regular = [s for s in mine.get(row, []) if s["attendance"] != Attendance.MADE_UP]
        if not regular:
            continue
        cohort, first = cohorts[me["episode"]], np.array([me["first"]])
        runs = np.concatenate([cohort.page(Purpose.ABSENCE, first, page)[0] for page in range(4)]).reshape(-1, 4)
        shorts = np.concatenate([cohort.page(Purpose.CUT_SHORT, first, page)[0] for page in range(4)])
        in_room, by_video = (
            base / ratio[me["first"]] for ratio in (cohort.attendance_ratio, cohort.attendance_ratio_by_video)
        )
        n, left, present, returning, fresh, last = 0, 0, 1.0, False, True, 0.0
        whole, short = 1.0, 0
        for s in regular:
            schedule = it.book.schedule
            group = schedule.night_group[s["night"]]
            odds = by_video if list(it.scenario.groups.values())[group].video else in_room
            worst = schedule.night_odds_ratio[schedule.night_group == group].min()
            goes_on = 1 - 1 / max(attendance.absence_run_sessions, odds / worst)
            tonight = odds / schedule.night_odds_ratio[s["night"]]
            missed = tonight / (1 + tonight)
            begins = min(max((missed - goes_on * last) / (1 - last), 0.0), 1 - 2.0**-40)
            last = missed if fresh else goes_on * last + begins * (1 - last)
            if not left:
                if returning:
                    returning = False
                elif fresh:
                    present, fresh = 1 - missed, False
                else:
                    present *= 1 - begins
                if present > runs[n][0]:
                    whole *= 1 - attendance.cut_short_probability
                    is_short = whole <= shorts[short]
                    assert s["attendance"] == (Attendance.CUT_SHORT if is_short else Attendance.ATTENDED)
                    if is_short:
                        whole, short = 1.0, short + 1
                    continue
                left = 1 if not goes_on else 1 + int(log(runs[n][2]) / log(goes_on))
                excused = runs[n][1] < attendance.excused_share
                n, present, returning = n + 1, 1.0, True
            left -= 1
            assert s["attendance"] == (Attendance.EXCUSED if excused else Attendance.ABSENT)


@law
def coverage_ends_when_the_payer_grants_no_more_or_is_lost(it: Run) -> None:
    payers, cohorts, mine = list(it.scenario.payers.values()), episodes(it), by_client(table(it.record.sessions))
    for row, me in enumerate(clients(it)):
        if me["admitted_day"] == -1:
            continue
        cohort, payer = cohorts[me["episode"]], payers[me["payer"]]
        begin = max(me["admitted_day"], 0)
        end = me["exit_day"] if me["exit_day"] >= 0 else it.record.days - 1
        contract = 7 * payer.contract_week
        kept = [s["day"] for s in mine.get(row, []) if s["attendance"] in (Attendance.ATTENDED, Attendance.MADE_UP)]
        kept = [day for day in kept if day >= contract]
        for week in range(1, (end - begin) // 7 + 1):
            billable = sum(day < begin + 7 * week for day in kept)
            over = billable >= cohort.covered_sessions[me["first"]] or week >= cohort.coverage_loss_week[me["first"]]
            if over and payer.when_coverage_ends == "discharge" and begin + 7 * week >= contract:
                assert begin + 7 * week == end == me["exit_day"]
                assert me["exit"] in DISCHARGED
            else:
                assert not (me["exit"] == Exit.COVERAGE_ENDED and begin + 7 * week == end)


@law
def a_phase_is_left_when_its_benchmark_is_met_or_its_weeks_are_over(it: Run) -> None:
    phases, mine = list(it.scenario.phases.values()), by_client(table(it.record.sessions))
    moved, lapsed = by_client(table(it.record.moves)), by_client(table(it.record.lapses))
    for row, me in enumerate(clients(it)):
        if me["exit"] != Exit.COMPLETED or row < len(it.book.present):
            continue
        phase = phases[me["phase"]]
        begin = max([move["day"] for move in moved.get(row, [])], default=me["admitted_day"])
        weeks = (me["exit_day"] - begin) // 7
        marked = phase.benchmark_attended_share > 0 or phase.lapse_free_weeks > 0
        least = (phase.least_weeks or phase.planned_weeks) if marked else phase.planned_weeks
        most = (phase.most_weeks or phase.planned_weeks) if marked else phase.planned_weeks
        assert weeks >= min(least, most)
        if marked and weeks < most:
            since = me["exit_day"] - 7 * phase.benchmark_weeks
            lately = [s for s in mine.get(row, []) if s["day"] >= since and s["attendance"] != Attendance.MADE_UP]
            came = sum(s["attendance"] in (Attendance.ATTENDED, Attendance.CUT_SHORT) for s in lately)
            assert came >= phase.benchmark_attended_share * len(lately) - 1e-9
            last_lapse = max([one["day"] for one in lapsed.get(row, [])], default=me["admitted_day"])
            assert me["exit_day"] - last_lapse >= 7 * phase.lapse_free_weeks


@law
def lapses_come_when_their_hazard_has_added_up(it: Run) -> None:
    per_week, cohorts, lapsed = it.scenario.lapse.per_week, episodes(it), by_client(table(it.record.lapses))
    for row, me in enumerate(clients(it)):
        mine = [one["day"] for one in lapsed.get(row, [])]
        assert me["lapses"] == len(mine)
        if me["admitted_day"] == -1 or not per_week:
            assert not mine
            continue
        cohort, first = cohorts[me["episode"]], np.array([me["first"]])
        pages = np.concatenate([cohort.page(Purpose.LAPSE, first, page)[0] for page in range(6)]).reshape(-1, 2)
        begin = max(me["admitted_day"], 0)
        end = me["exit_day"] if me["exit_day"] >= 0 else it.record.days - 1
        total, due, n, expected = 0.0, pages[0][0], 0, []
        for week in range(1, (end - begin) // 7 + 1):
            total += per_week * cohort.lapse_ratio[me["first"]]
            if total >= due:
                expected.append(begin + 7 * week)
                n += 1
                due = total + pages[n][0]
        assert mine == expected


# Staff


@law
def people_stay_and_posts_stand_empty_as_long_as_the_cards_say(it: Run) -> None:
    force, planned, days = it.cohort.workforce, it.book.staffing.post_start, it.record.days
    spells = defaultdict(list)
    for row in table(it.record.posts):
        spells[row["post"]].append((row["first_day"], row["end_day"]))
    for post, mine in spells.items():
        assert planned[post] >= days or mine[0][0] == planned[post]
        begin, expected = mine[0][0], []
        for tenure, vacancy in zip(force.tenure[post].tolist(), force.vacancy[post].tolist(), strict=True):
            if begin < days:
                expected.append((begin, min(begin + tenure, days)))
                begin += tenure + vacancy
        joined: list[tuple[int, int]] = []
        for first, end in expected:
            if joined and joined[-1][1] == first:
                first = joined.pop()[0]
            joined.append((first, end))
        assert mine == joined
    assert set(np.flatnonzero(planned < days).tolist()) <= set(spells)


@law
def the_hours_of_every_week_add_up(it: Run) -> None:
    staff, posts = it.record.staff, filled(it)
    off, role = it.cohort.workforce.off, it.book.staffing.post_role
    working = np.zeros(it.record.days, dtype=bool)
    working[open_days(it, WEEKDAYS[:5])] = True
    roles = list(it.scenario.staff.values())
    uses = ("groups", "assessments", "orientation", "family", "supervision", "individual", "medication", "notes")
    for row in table(staff):
        week = slice(7 * row["week"], 7 * row["week"] + 7)
        mine = posts[role == row["role"], week]
        here = mine & ~off[role == row["role"], week] & working[week]
        assert row["employed_days"] == mine.sum()
        assert row["available"] == here.sum() * round(60 * roles[row["role"]].hours_per_week / 5)
        used = sum(row[use] for use in uses)
        assert row["available"] + row["overtime"] == used + row["idle"]
        assert min(row["overtime"], row["idle"]) == 0
        assert all(row[use] >= 0 for use in (*uses, "short_notes", "short_individual", "short_medication", "cover"))


@law
def the_minutes_of_staff_are_those_of_nights_assessments_and_visits(it: Run) -> None:
    staff, nights, book = it.record.staff, it.record.nights, it.book
    minutes = book.schedule.night_minutes[nights.night]
    assert staff.groups.sum() == (nights.staff * minutes).sum()
    assert staff.cover.sum() == (nights.cover * minutes).sum()
    visits = table(it.record.visits)
    for kind, each, column in (
        (Visit.INDIVIDUAL, book.treatment.individual_minutes, "individual"),
        (Visit.MEDICATION, book.treatment.medication_minutes, "medication"),
    ):
        some = Counter(row["outcome"] for row in visits if row["kind"] == kind)
        assert getattr(staff, column).sum() == each * (some[Outcome.HELD] + some[Outcome.NO_SHOW])
        duty = [role for role in it.scenario.staff.values() if column in role.duties]
        assert not duty or getattr(staff, f"short_{column}").sum() == each * some[Outcome.NO_HOURS]
    if any("assessment" in role.duties for role in it.scenario.staff.values()):
        seen = int((it.record.appointments.seen_day >= 0).sum())
        assert staff.assessments.sum() == seen * round(60 * it.scenario.assessment.hours)


@law
def visits_are_due_every_week_to_everyone_in_a_phase_that_has_them(it: Run) -> None:
    phases = list(it.scenario.phases.values())
    visits = Counter((row["day"], row["client"]) for row in table(it.record.visits) if row["kind"] == Visit.INDIVIDUAL)
    moved = by_client(table(it.record.moves))
    for row, me in enumerate(clients(it)):
        if me["admitted_day"] == -1:
            continue
        end = me["exit_day"] if me["exit_day"] >= 0 else it.record.days
        for day in range(6, it.record.days, 7):
            if me["admitted_day"] <= day < end:
                known = [move["phase"] for move in moved.get(row, []) if move["day"] <= day]
                first = me["phase"] if not moved.get(row) else None
                phase = known[-1] if known else first
                if phase is not None:
                    assert visits.pop((day, row), 0) == phases[phase].individual_per_week
                else:
                    visits.pop((day, row), 0)
    assert not visits


@law
def every_client_has_a_counselor_where_there_are_caseloads_and_nobody_elsewhere(it: Run) -> None:
    rows = table(it.record.counselors)
    assert [row["day"] for row in rows] == sorted(row["day"] for row in rows)
    posts, given = filled(it), by_client(rows)
    carries = any(role.caseload != "none" for role in it.scenario.staff.values())
    for row, me in enumerate(clients(it)):
        real = [one for one in given.get(row, []) if posts[one["post"], one["day"]]]
        assert me["counselor_changes"] == max(len(real) - 1, 0)
        assert bool(given.get(row)) == (carries and me["admitted_day"] != -1)


class Caseloads:
    """Who is on which counselor's caseload, day by day."""

    def __init__(self, it: Run) -> None:
        self.post_of: dict[int, int] = {}
        self._load: dict[int, set[int]] = defaultdict(set)
        self._admitted = [me["admitted_day"] for me in clients(it)]
        self._ends: dict[int, list[int]] = defaultdict(list)
        for row, me in enumerate(clients(it)):
            if me["exit_day"] >= 0:
                self._ends[me["exit_day"]].append(row)
        self._day = 0

    def until(self, day: int, client: int) -> None:
        """Take off who left before the client gets a counselor: that same day too, if it is on admission."""
        for today in range(self._day, day + 1):
            if today < day or day == self._admitted[client]:
                for gone in self._ends.pop(today, []):
                    self._load[self.post_of.pop(gone, -1)].discard(gone)
        self._day = day

    def give(self, client: int, post: int) -> int:
        """Put a client on a caseload and off the one before; return how many are on it then."""
        if client in self.post_of:
            self._load[self.post_of[client]].discard(client)
        self._load[post].add(client)
        self.post_of[client] = post
        return len(self._load[post])


@law
def a_counselor_takes_on_no_more_than_the_limit(it: Run) -> None:
    staff, posts, caseloads = it.book.staffing, filled(it), Caseloads(it)
    for one in table(it.record.counselors):
        caseloads.until(one["day"], one["client"])
        first = one["client"] not in caseloads.post_of
        carried = caseloads.give(one["client"], one["post"])
        if first and one["client"] >= len(it.book.present):
            limits = staff.caseload if posts[one["post"], one["day"]] else staff.vacant_caseload
            assert carried <= int(limits[staff.post_role[one["post"]]])

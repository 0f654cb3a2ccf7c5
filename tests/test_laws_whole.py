"""What holds in every run of the whole clinic: payers, detours, staff, phases with benchmarks, returns and the rest.

As in test_laws.py, each law reads the Record, or the Record beside the scenario and the cards; none asks the engine.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from math import ceil, floor, log

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iopsim.cohort import Cohort, draw_again
from iopsim.deck import Purpose
from iopsim.record import DISCHARGED, Attendance, Exit, Night, Outcome, Visit
from iopsim.scenario.groups import Group
from strategies import WEEKDAYS, Run, run
from strategies_whole import whole_scenarios
from test_laws import clients, open_days

Law = Callable[[Run], None]
LAWS: list[Law] = []
EXAMPLES = 150

BEFORE_BOOKING = {Exit.NOT_REFERRED, Exit.CALL_LOST, Exit.SCREENED_OUT}
NOT_ASSESSED = BEFORE_BOOKING | {Exit.AWAITING_ASSESSMENT, Exit.NO_SHOW}
ELSEWHERE = {Exit.PLACED_HIGHER, Exit.PLACED_LOWER, Exit.DECLINED}
ON_THE_LIST = {Exit.BALKED, Exit.RENEGED, Exit.NOT_AUTHORIZED, Exit.WAITING}
CENSORED = {Exit.AWAITING_ASSESSMENT, Exit.AWAY_FIRST, Exit.WAITING, Exit.IN_TREATMENT}
NO_RELAPSE_KNOWN = {Exit.TRANSFERRED, Exit.INCARCERATED, Exit.DIED}


def law(it: Law) -> Law:
    LAWS.append(it)
    return it


def table(facts: object) -> list[dict[str, int]]:
    columns = facts.__slots__
    rows = zip(*(getattr(facts, column).tolist() for column in columns), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def episodes(it: Run) -> list[Cohort]:
    """The cards of every episode that a client may have; each cohort has the rows of the first."""
    cohorts = [it.cohort]
    for _ in range(int(it.record.clients.episode.max(initial=0))):
        again = draw_again(it.book, cohorts[-1], np.arange(len(it.cohort)))
        cohorts.append(again)
    return cohorts


def by_client(rows: list[dict[str, int]]) -> dict[int, list[dict[str, int]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["client"]].append(row)
    return found


@law
def every_episode_ends_in_one_place_and_its_days_say_which(it: Run) -> None:
    for row, me in enumerate(clients(it)):
        place, here = Exit(me["exit"]), row < len(it.book.present)
        assert (me["referral_day"] == -1) == here
        assert (me["assessed_day"] < 0) == (here or place in NOT_ASSESSED)
        listed = me["joined_day"] != -1
        admitted = me["admitted_day"] != -1
        assert admitted == (place == Exit.IN_TREATMENT or place in DISCHARGED)
        assert (listed or (here and admitted)) == (admitted or place in ON_THE_LIST)
        assert (me["exit_day"] == -1) == (place in CENSORED)
        assert (me["away_day"] >= 0) <= (listed or place == Exit.AWAY_FIRST)
        assert (me["appointments"] > 0) == (not here and place not in BEFORE_BOOKING)
        if not here and listed:
            assert me["joined_day"] == me["assessed_day"] or me["joined_day"] > me["away_day"] >= 0
        way = [me["referral_day"], me["assessed_day"], me["joined_day"], me["admitted_day"], me["exit_day"]]
        days = [day for day in way if day >= 0]
        assert days == sorted(days)
        assert all(day < it.record.days for day in days)


@law
def a_later_episode_begins_on_the_day_on_which_the_one_before_says_so(it: Run) -> None:
    all_, after, lockout = clients(it), it.scenario.after, it.scenario.absence_rule.lockout_days
    last: dict[int, dict[str, int]] = {}
    firsts = len(it.cohort)
    for row, me in enumerate(all_):
        if row < firsts:
            assert (me["first"], me["episode"]) == (row, 0)
        else:
            before = last[me["first"]]
            assert me["episode"] == before["episode"] + 1 < after.most_episodes
            assert me["referral_day"] == before["return_day"] >= before["relapse_day"] > before["exit_day"]
            if before["exit"] == Exit.TERMINATED:
                assert me["referral_day"] >= before["exit_day"] + lockout
            for same in ("source", "ordinal", "traits", "payer"):
                assert me[same] == all_[me["first"]][same]
        last[me["first"]] = me
    days = [(me["referral_day"], me["first"]) for me in all_[firsts:]]
    assert days == sorted(days)
    assert sum(me["return_day"] >= 0 for me in all_) == len(all_) - firsts


@law
def relapse_follows_the_log_logistic_curve_of_the_cards(it: Run) -> None:
    after, cohorts = it.scenario.after, episodes(it)
    for me in clients(it):
        discharged = me["admitted_day"] != -1 and me["exit_day"] >= 0
        if not discharged or Exit(me["exit"]) in NO_RELAPSE_KNOWN:
            assert me["relapse_day"] == me["return_day"] == -1
            continue
        odds = 1.0
        if me["exit"] == Exit.COMPLETED:
            odds *= after.completed_odds_ratio
        if me["exit_day"] - me["admitted_day"] < 7 * after.short_stay_weeks:
            odds *= after.short_stay_odds_ratio
        days = cohorts[me["episode"]].relapse[me["first"]] * odds ** (-1 / after.relapse_shape)
        if days < 1e9:
            assert me["relapse_day"] - me["exit_day"] == floor(days) + 1 or abs(days - round(days)) < 1e-6


@law
def the_calls_are_answered_or_lost_as_the_cards_say(it: Run) -> None:
    calls, cohorts = it.scenario.calls, episodes(it)
    for row, me in enumerate(clients(it)):
        if row >= len(it.book.present) and me["exit"] != Exit.NOT_REFERRED:
            card = cohorts[me["episode"]].call[me["first"]]
            lost = card < calls.lost_probability
            answered = 1 - (1 - calls.lost_probability) * (1 - calls.screened_out_probability)
            assert (me["exit"] == Exit.CALL_LOST) == lost
            assert (me["exit"] == Exit.SCREENED_OUT) == (not lost and card < answered)


@law
def assessors_see_no_more_than_they_have_time_for_and_who_was_sent_away_first(it: Run) -> None:
    rows = table(it.record.appointments)
    assessment = it.scenario.assessment
    on = set(open_days(it, assessment.weekdays))
    roles = [r for r, role in enumerate(it.scenario.staff.values()) if "assessment" in role.duties]
    seen = Counter(row["seen_day"] for row in rows if row["seen_day"] >= 0)
    if roles:
        here = filled(it) & ~it.cohort.workforce.off
        posts = np.isin(it.book.staffing.post_role, roles)
        room = here[posts].sum(axis=0) * assessment.slots_per_day
    else:
        room = np.full(it.record.days, assessment.slots_per_day)
    for day, many in seen.items():
        assert day in on
        assert many <= room[day]
    for row in rows:
        if row["came_day"] >= 0:
            assert row["came_day"] == row["day"] <= max(row["seen_day"], row["day"])
            until = row["seen_day"] if row["seen_day"] >= 0 else it.record.days
            for day in range(row["came_day"], until):
                assert day not in on or seen[day] == max(room[day], 0), "an assessor sat idle"
        else:
            assert row["seen_day"] == -1
    for day in seen:
        late = [row for row in rows if 0 <= row["came_day"] < day and not 0 <= row["seen_day"] <= day]
        today = [row for row in rows if row["came_day"] == row["seen_day"] == day]
        assert not (late and today)


@law
def denied_clients_never_start_and_others_are_never_told_no(it: Run) -> None:
    cohorts = episodes(it)
    for row, me in enumerate(clients(it)):
        if row >= len(it.book.present) and me["joined_day"] >= 0:
            denied = bool(cohorts[me["episode"]].denied[me["first"]])
            assert (me["exit"] == Exit.NOT_AUTHORIZED) <= denied
            assert not denied or me["admitted_day"] == -1


@law
def nobody_starts_before_contract_authorization_and_orientation(it: Run) -> None:
    cohorts, payers = episodes(it), list(it.scenario.payers.values())
    meetings = open_days(it, it.scenario.orientation.weekdays)
    for row, me in enumerate(clients(it)):
        if row < len(it.book.present) or me["joined_day"] < 0:
            continue
        cohort, first = cohorts[me["episode"]], me["first"]
        payer = payers[me["payer"]]
        day = me["joined_day"] + int(cohort.ready_delay[first])
        if payer.before_contract == "wait":
            day = max(day, 7 * payer.contract_week)
        if it.scenario.orientation.required and day < it.record.days:
            later = [meeting for meeting in meetings if meeting >= day]
            missed = int(cohort.orientations_missed[first])
            day = later[missed] if missed < len(later) else it.record.days
        assert me["ready_day"] == day
        assert me["admitted_day"] == -1 or me["admitted_day"] >= day


@law
def patience_ends_when_the_hazard_has_added_up_interim_services_counted(it: Run) -> None:
    waitlist, interim, cohorts = it.scenario.waitlist, it.scenario.interim, episodes(it)
    names = sorted(it.scenario.traits)
    first_two = [1 << names.index(name) for name in ("pregnant", "injecting")]
    for me in clients(it):
        if me["joined_day"] == -1:
            continue
        cohort, first = cohorts[me["episode"]], me["first"]
        offered = interim.offered == "everybody" or (
            interim.offered == "priority" and any(me["traits"] & bit for bit in first_two)
        )
        begin = max(me["joined_day"], 0)
        interim_from = max(max(me["referral_day"], 0) + interim.after_days - begin, 0) if offered else 10**9
        hazard, total, days = waitlist.renege_per_day * cohort.renege_ratio[first], 0.0, 0
        limit = it.record.days - begin
        while total < cohort.patience[first] and days < limit:
            days += 1
            total += hazard * (interim.renege_hazard_ratio if days > interim_from else 1.0)
            if abs(total - cohort.patience[first]) < 1e-9:
                break
        patient = total < cohort.patience[first] - 1e-9
        close = abs(total - cohort.patience[first]) < 1e-9
        if me["exit"] == Exit.RENEGED:
            assert close or me["exit_day"] == begin + days
        elif me["exit"] == Exit.WAITING:
            assert close or patient or begin + days >= it.record.days
        elif me["admitted_day"] >= 0 and not close:
            assert patient or me["admitted_day"] < begin + days


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


def filled(it: Run) -> np.ndarray:
    """Whether each post is filled on each day: who was in it, one after the other."""
    posts = np.zeros((len(it.book.staffing.post_role), it.record.days), dtype=bool)
    for row in table(it.record.posts):
        posts[row["post"], row["first_day"] : row["end_day"]] = True
    return posts


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


@law
def the_first_to_be_admitted_are_the_federal_priorities(it: Run) -> None:
    if not it.scenario.block_grant.applies or it.scenario.waitlist.when_first_does_not_fit != "pass_over":
        return
    names = sorted(it.scenario.traits)
    pregnant, injecting = (1 << names.index(name) for name in ("pregnant", "injecting"))
    for me, other in zip(it.cohort.traits.tolist(), it.cohort.priority.tolist(), strict=True):
        expected = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}
        assert other // 10 == expected[bool(me & pregnant), bool(me & injecting)]


@cache
def patience_of(threshold: float, hazard: float) -> int:
    return ceil(threshold / hazard)


@settings(derandomize=True, deadline=None, max_examples=EXAMPLES)
@given(changes=whole_scenarios(), seed=st.integers(0, 2**32))
def test_every_law_holds_in_any_scenario_of_the_whole_clinic(changes: dict[str, object], seed: int) -> None:
    it = run(changes, seed=seed)
    for law in LAWS:
        law(it)

"""Laws of the whole clinic: episodes and their days, calls, assessors, payers, the start, patience and priority."""

from collections import Counter
from math import floor

import numpy as np

from iopsim.record import DISCHARGED, Exit
from record_rows import Law, clients, episodes, filled, into, open_days, table
from strategies import Run

LAWS: list[Law] = []
law = into(LAWS)


BEFORE_BOOKING = {Exit.NOT_REFERRED, Exit.CALL_LOST, Exit.SCREENED_OUT}
NOT_ASSESSED = BEFORE_BOOKING | {Exit.AWAITING_ASSESSMENT, Exit.NO_SHOW}
ELSEWHERE = {Exit.PLACED_HIGHER, Exit.PLACED_LOWER, Exit.DECLINED}
ON_THE_LIST = {Exit.BALKED, Exit.RENEGED, Exit.NOT_AUTHORIZED, Exit.WAITING}
CENSORED = {Exit.AWAITING_ASSESSMENT, Exit.AWAY_FIRST, Exit.WAITING, Exit.IN_TREATMENT}
NO_RELAPSE_KNOWN = {Exit.TRANSFERRED, Exit.INCARCERATED, Exit.DIED}


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


@law
def the_first_to_be_admitted_are_the_federal_priorities(it: Run) -> None:
    if not it.scenario.block_grant.applies or it.scenario.waitlist.when_first_does_not_fit != "pass_over":
        return
    names = sorted(it.scenario.traits)
    pregnant, injecting = (1 << names.index(name) for name in ("pregnant", "injecting"))
    for me, other in zip(it.cohort.traits.tolist(), it.cohort.priority.tolist(), strict=True):
        expected = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}
        assert other // 10 == expected[bool(me & pregnant), bool(me & injecting)]

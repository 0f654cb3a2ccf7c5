"""Laws: where clients are and on what days, Little's law, and the diary of the assessors."""

from collections import Counter
from math import log

import numpy as np

from iopsim.events import Activity, events
from iopsim.record import Exit
from record_rows import Law, clients, into, moves, open_days
from strategies import Run

LAWS: list[Law] = []
law = into(LAWS)


# Who is where


@law
def every_client_is_in_exactly_one_place_and_the_days_say_which(it: Run) -> None:
    never_assessed = {Exit.AWAITING_ASSESSMENT, Exit.NO_SHOW}
    not_here = {Exit.PLACED_HIGHER, Exit.PLACED_LOWER, Exit.DECLINED}
    never_admitted = {Exit.BALKED, Exit.RENEGED, Exit.WAITING}
    still_there = {Exit.AWAITING_ASSESSMENT, Exit.WAITING, Exit.IN_TREATMENT}
    for me in clients(it):
        place = Exit(me["exit"])
        assert (me["assessed_day"] < 0) == (place in never_assessed)
        assert (me["joined_day"] < 0) == (me["ready_day"] < 0) == (place in never_assessed | not_here)
        assert (me["admitted_day"] < 0) == (me["group"] < 0) == (place in never_assessed | not_here | never_admitted)
        assert (me["exit_day"] < 0) == (place in still_there)
        assert me["appointments"] >= 1 or place in still_there
        if me["admitted_day"] < 0:
            assert me["first_session_day"] == me["due_day"] == -1
            assert me["scheduled"] == me["attended"] == me["excused"] == me["absent"] == 0


@law
def the_days_of_a_client_follow_each_other(it: Run) -> None:
    for me in clients(it):
        way = [me["referral_day"], me["assessed_day"], me["joined_day"], me["admitted_day"], me["exit_day"]]
        happened = [day for day in way if day >= 0]
        assert happened == sorted(happened)
        assert all(day < it.record.days for day in happened)
        if me["joined_day"] >= 0:
            assert me["joined_day"] == me["assessed_day"]
            assert me["ready_day"] >= me["joined_day"]
        if me["admitted_day"] >= 0:
            assert me["admitted_day"] >= me["ready_day"]
        if me["exit"] in (Exit.PLACED_HIGHER, Exit.PLACED_LOWER, Exit.DECLINED):
            assert me["exit_day"] == me["assessed_day"]
        if me["exit"] == Exit.BALKED:
            assert me["exit_day"] == me["joined_day"]
        if me["exit"] == Exit.RENEGED:
            assert me["exit_day"] > me["joined_day"]


@law
def the_event_log_tells_of_each_client_what_the_client_s_row_tells(it: Run) -> None:
    log = events(it.record)
    order = list(zip(log.day.tolist(), log.phase.tolist(), log.client.tolist(), strict=True))
    assert order == sorted(order)
    counts: Counter[tuple[int, int]] = Counter(zip(log.client.tolist(), log.activity.tolist(), strict=True))
    moved = moves(it)
    told = 0
    for who, me in enumerate(clients(it)):
        expected = {
            Activity.REFERRED: 1,
            Activity.BOOKED: me["appointments"],
            Activity.LOST: me["exit"] == Exit.NO_SHOW,
            Activity.ASSESSED: me["assessed_day"] >= 0,
            Activity.PLACED: me["assessed_day"] >= 0,
            Activity.JOINED_WAITLIST: me["joined_day"] >= 0,
            Activity.BALKED: me["exit"] == Exit.BALKED,
            Activity.RENEGED: me["exit"] == Exit.RENEGED,
            Activity.ADMITTED: me["admitted_day"] >= 0,
            Activity.ATTENDED: me["attended"],
            Activity.EXCUSED: me["excused"],
            Activity.ABSENT: me["absent"],
            Activity.MOVED: len(moved[who]),
            Activity.DISCHARGED: me["admitted_day"] >= 0 and me["exit_day"] >= 0,
        }
        for activity, times in expected.items():
            assert counts[who, activity] == times, (who, activity)
        missed = counts[who, Activity.MISSED_ASSESSMENT]
        beyond_the_run = sum(it.record.appointments.day[it.record.appointments.client == who] == it.record.days)
        assert missed + beyond_the_run + (me["assessed_day"] >= 0) == me["appointments"]
        due = counts[who, Activity.DUE_TO_MOVE]
        assert len(moved[who]) <= due <= len(moved[who]) + 1
        told += sum(expected.values()) + missed + due
    elsewhere = (Activity.COUNSELOR, Activity.RELAPSED)  # counted in test_events.py
    assert told == (~np.isin(log.activity, elsewhere)).sum()


@law
def every_table_is_in_the_order_that_its_docstring_promises(it: Run) -> None:
    record, groups = it.record, list(it.scenario.groups.values())

    def rows(*columns: list[object]) -> list[tuple[object, ...]]:
        return list(zip(*columns, strict=True))

    names = [it.book.demand.source_names[source] for source in record.clients.source]
    in_order = rows(record.clients.referral_day.tolist(), names, record.clients.ordinal.tolist())
    assert in_order == sorted(set(in_order))
    booked = rows(record.appointments.booked_day.tolist(), record.appointments.client.tolist())
    assert booked == sorted(booked, key=lambda row: (row[0], *turn(it, row[1])))
    starts = [groups[group].start for group in it.book.schedule.night_group[record.nights.night]]
    nights = rows(record.nights.day.tolist(), starts, record.nights.night.tolist())
    assert nights == sorted(set(nights))
    place = {(day, night): row for row, (day, _, night) in enumerate(nights)}
    at = [place[row] for row in rows(record.sessions.day.tolist(), record.sessions.night.tolist())]
    assert at == sorted(at)
    assert (np.diff(record.intake.day) > 0).all()
    assert (np.diff(record.moves.day) >= 0).all()
    for name, column in record.columns().items():
        assert column.dtype == np.int64, name
        assert column.flags.c_contiguous, name


def turn(it: Run, who: int) -> tuple[float, ...]:
    """Return a caller's place in the order of booking."""
    source = it.scenario.referrals[it.book.demand.source_names[it.cohort.source[who]]]
    return source.priority, int(it.cohort.day[who]), float(it.cohort.lot[who]), who


# Little's law, in whole client-days


@law
def the_clients_in_program_summed_over_days_are_their_days_summed_over_clients(it: Run) -> None:
    log, days = events(it.record), it.record.days
    change = np.zeros(days, dtype=int)
    np.add.at(change, log.day[log.activity == Activity.ADMITTED], 1)
    np.add.at(change, log.day[log.activity == Activity.DISCHARGED], -1)
    census = np.cumsum(change)
    there = [me for me in clients(it) if me["admitted_day"] >= 0]
    lengths = [(me["exit_day"] if me["exit_day"] >= 0 else days) - me["admitted_day"] for me in there]
    assert census.min(initial=0) >= 0
    assert census.sum() == sum(lengths)
    assert census[-1] == sum(me["exit"] == Exit.IN_TREATMENT for me in there)


@law
def the_clients_on_the_waitlist_summed_over_days_are_their_waits_summed_over_clients(it: Run) -> None:
    log, days = events(it.record), it.record.days
    change = np.zeros(days, dtype=int)
    np.add.at(change, log.day[log.activity == Activity.JOINED_WAITLIST], 1)
    for activity in (Activity.ADMITTED, Activity.RENEGED, Activity.BALKED):
        np.add.at(change, log.day[log.activity == activity], -1)
    waiting = np.cumsum(change)
    waits = []
    for me in clients(it):
        if me["joined_day"] >= 0:
            ends = [me["admitted_day"], me["exit_day"], days]
            waits.append(next(day for day in ends if day >= 0) - me["joined_day"])
    assert waiting.min(initial=0) >= 0
    assert waiting.sum() == sum(waits)
    limit = it.scenario.waitlist.limit
    assert limit == "none" or waiting.max(initial=0) <= limit


# The diary of the assessors


@law
def the_diary_is_the_one_a_careful_clerk_would_have_kept(it: Run) -> None:
    """Booked again from scratch: each day's callers in order, each in the first free slot that suits."""
    assessment, days = it.scenario.assessment, it.record.days
    slots = Counter(dict.fromkeys(open_days(it, assessment.weekdays), assessment.slots_per_day))
    facts = it.record.appointments
    rows = list(
        zip(
            *(getattr(facts, c).tolist() for c in ("booked_day", "client", "attempt", "wanted_day", "day")), strict=True
        )
    )
    last: dict[int, int] = {}
    for booked, who, attempt, wanted, day in sorted(rows, key=lambda row: (row[0], *turn(it, row[1]))):
        calls = int(it.cohort.day[who]) if attempt == 0 else last[who] + 1
        assert booked == calls, "the first call is on the day of referral, another on the day after a missed one"
        soonest = booked + max(int(it.cohort.client_delay[who, attempt]), 0 if assessment.same_day else 1)
        assert wanted == next((d for d in range(soonest, days) if d in slots), days)
        first_free = next((d for d in range(soonest, days) if slots[d] > 0), days)
        assert day == first_free
        slots[day] -= 1
        last[who] = day
    for who, me in enumerate(clients(it)):
        mine = sorted(row[2] for row in rows if row[1] == who)
        assert mine == list(range(me["appointments"]))


@law
def who_comes_to_the_assessment_is_in_the_cards(it: Run) -> None:
    assessment, facts = it.scenario.assessment, it.record.appointments
    next_day = assessment.show_probability_next_day
    all_ = clients(it)
    for who, attempt, booked, day in zip(
        *(getattr(facts, c).tolist() for c in ("client", "attempt", "booked_day", "day")), strict=True
    ):
        if day < it.record.days:
            if next_day == 1.0:
                chance = 1.0
            else:
                delay = assessment.show_odds_ratio_per_log_day ** log(max(day - booked, 1))
                odds = next_day / (1 - next_day) * delay * it.cohort.show_ratio[who]
                chance = odds / (1 + odds)
            came = bool(it.cohort.show[who, attempt] < chance)
            assert came == (all_[who]["assessed_day"] == day)
            again = attempt < assessment.max_rebookings and (
                it.cohort.rebook[who, attempt] < assessment.rebook_probability
            )
            lost = all_[who]["exit"] == Exit.NO_SHOW and all_[who]["exit_day"] == day
            assert lost == (not came and not again)


@law
def placement_follows_the_card(it: Run) -> None:
    shares = it.scenario.placement
    for who, me in enumerate(clients(it)):
        if me["assessed_day"] >= 0:
            card, place = it.cohort.placement[who], Exit(me["exit"])
            places = {Exit.PLACED_HIGHER: 1, Exit.PLACED_LOWER: 2, Exit.DECLINED: 3}
            bounds = np.cumsum([shares.this_program, shares.higher, shares.lower])
            assert places.get(place, 0) == int((card >= bounds).sum())

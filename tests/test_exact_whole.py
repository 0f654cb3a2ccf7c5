"""The simulator beside exact answers, in an actual clinic: attendance, lapses, returns, staff and money.

As in `comparison`. With the 300 or so comparisons here and in test_exact_way_in.py, a right simulator would fail once
for 500 choices of the seed. Each call says what error must not escape it.
"""

from functools import cache
from math import expm1, log

import numpy as np
import pytest
from numpy.typing import NDArray

from comparison import COUNSELOR, COURT, MANY, SEED, Changes, assert_mean, assert_share, cohorts, each, rulebook
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.money import settle
from iopsim.record import NEVER, Attendance, Exit, Night, Record
from iopsim.rulebook.money import Service
from iopsim.workforce import Workforce, draw_workforce

F64 = NDArray[np.float64]

# Attendance

NIGHTS = {
    **MANY,
    "groups.evening.nights": ["Mon", "Tue", "Wed"],
    "phases.treatment": {"nights_per_week": 3, "planned_weeks": 8},
    "referrals.door.months.Feb": 0.0,
    "weeks": 9,
}


@cache
def absent_by_session(run: float, **ratios: float) -> F64:
    """Return whether each client was absent from each of the first 24 sessions; shape (clients, sessions)."""

    def rows(record: Record) -> NDArray[np.bool_]:
        sessions, done = record.sessions, record.clients.scheduled == 24
        kept = done[sessions.client]
        order = np.lexsort([sessions.day[kept], sessions.client[kept]])
        return (sessions.attendance[kept][order] != Attendance.ATTENDED).reshape(-1, 24)

    by_weekday = {f"attendance.weekday_odds_ratios.{day}": ratio for day, ratio in ratios.items()}
    changes = {**NIGHTS, "attendance.probability": 0.8, "attendance.absence_run_sessions": run, **by_weekday}
    return np.vstack(each(changes, 20, rows))


@pytest.mark.parametrize("run", [1.0, 1.3, 2.0])
def test_a_weekday_s_odds_ratio_is_the_ratio_of_the_odds_of_attending_on_it(run: float) -> None:
    absent = absent_by_session(run, Mon=0.5)
    for number, odds in ((0, 0.5), (1, 0.25), (2, 0.25), (21, 0.5), (22, 0.25), (23, 0.25)):
        assert_share(absent[:, number], odds / (1 + odds), notices=0.045)


def test_long_runs_of_absences_carry_a_bad_night_into_the_next() -> None:
    """Two of three absences on Mondays go on to Tuesday, which is more than Tuesday's own share."""
    absent = absent_by_session(3.0, Mon=0.5)
    for number, share in ((21, 1 / 3), (22, 2 / 3 * 1 / 3), (23, 1 / 5), (20, 1 / 5)):
        assert_share(absent[:, number], share, notices=0.045)


def test_a_group_s_odds_ratio_holds_however_small_it_is() -> None:
    changes = {**NIGHTS, "attendance.probability": 0.5, "groups.evening.attendance_odds_ratio": 0.2}

    def later(record: Record) -> NDArray[np.bool_]:
        sessions = record.sessions
        return np.isin(sessions.attendance[sessions.day >= 42], (Attendance.ATTENDED,))

    assert_share(np.concatenate(each(changes, 20, later)), 1 / 6, notices=0.03)


def test_a_share_of_the_sessions_attended_is_cut_short_independently() -> None:
    changes = {**NIGHTS, "attendance.probability": 1.0, "attendance.cut_short_probability": 0.15}

    def rows(record: Record) -> NDArray[np.bool_]:
        sessions, done = record.sessions, record.clients.scheduled == 24
        kept = done[sessions.client]
        order = np.lexsort([sessions.day[kept], sessions.client[kept]])
        return (sessions.attendance[kept][order] == Attendance.CUT_SHORT).reshape(-1, 24)

    short = np.vstack(each(changes, 8, rows))
    for number in (0, 1, 7, 23):
        assert_share(short[:, number], 0.15, notices=0.035)
    assert_share(short[:, 5][short[:, 4]], 0.15, notices=0.09)
    assert_share(short.ravel(), 0.15, notices=0.008)


def test_with_free_seats_on_other_nights_a_share_of_absence_runs_is_made_up_within_the_week() -> None:
    changes = {
        "weeks": 16,
        "referrals.door.per_week": 100.0,
        "groups.evening.nights": ["Mon", "Tue", "Wed"],
        "attendance.probability": 0.7,
        "attendance.make_up_probability": 0.35,
    }

    def made_up(record: Record) -> NDArray[np.bool_]:
        sessions = record.sessions
        own = sessions.attendance != Attendance.MADE_UP
        order = np.lexsort([sessions.day[own], sessions.client[own]])
        who, day = sessions.client[own][order], sessions.day[own][order]
        came = sessions.attendance[own][order] == Attendance.ATTENDED
        before = np.append(True, came[:-1]) | (np.diff(who, prepend=-1) != 0)
        begins = ~came & before & (day - record.clients.admitted_day[who] < 56) & (day < record.days - 7)
        guest = set(zip(sessions.client[~own].tolist(), sessions.day[~own].tolist(), strict=True))
        runs = zip(who[begins].tolist(), day[begins].tolist(), strict=True)
        return np.array([any((client, first + k) in guest for k in range(1, 7)) for client, first in runs])

    assert_share(np.concatenate(each(changes, 4, made_up)), 0.35, notices=0.03)


# Lapses


@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_each_week_of_treatment_has_the_same_chance_of_a_lapse(ratio: float) -> None:
    changes = {
        **NIGHTS,
        "lapse.per_week": 0.12,
        "traits.all": {"share": 1.0, "lapse_hazard_ratio": ratio},
        "referrals.door.months.Feb": 0.0,
    }
    chance = -expm1(-0.12 * ratio)

    def weeks(record: Record) -> NDArray[np.bool_]:
        whole = np.flatnonzero(record.clients.exit == Exit.COMPLETED)
        lapsed = np.zeros((len(record.clients), 9), dtype=np.bool_)
        who, day = record.lapses.client, record.lapses.day
        lapsed[who, (day - record.clients.admitted_day[who]) // 7] = True
        return lapsed[whole, 1:]

    lapsed = np.vstack(each(changes, 20, weeks))
    for week in range(8):
        assert_share(lapsed[:, week], chance, notices=0.045)
    assert_share(lapsed[:, 3][lapsed[:, 2]], chance, notices=0.1)
    assert_share(lapsed.ravel(), chance, notices=0.015)


# After discharge


@cache
def relapses() -> tuple[NDArray[np.int64], ...]:
    """Return reason, trait, stay, days to relapse and whether the client calls again, of all discharged."""
    changes = {
        "weeks": 26,
        "referrals.door.per_week": 150.0,
        "phases.treatment.planned_weeks": 3,
        "leaving.other_per_week": 0.25,
        "leaving.transfer_per_week": 0.05,
        "traits.mark": {"share": 0.5, "relapse_odds_ratio": 2.0},
        "after": {
            "relapse_scale_days": 60.0,
            "relapse_shape": 0.7,
            "completed_odds_ratio": 0.5,
            "short_stay_odds_ratio": 1.8,
            "short_stay_weeks": 2,
            "return_probability": 0.4,
            "return_days": 6.0,
            "most_episodes": 2,
        },
    }

    def told(record: Record) -> NDArray[np.int64]:
        clients = record.clients
        done = (clients.episode == 0) & np.isin(clients.exit, (Exit.COMPLETED, Exit.OTHER, Exit.TRANSFERRED))
        days = np.where(clients.relapse_day == NEVER, NEVER, clients.relapse_day - clients.exit_day)
        early = clients.relapse_day < record.days - 80
        wait = np.where(clients.return_day == NEVER, NEVER, clients.return_day - clients.relapse_day)
        stay = clients.exit_day - clients.admitted_day
        return np.vstack([clients.exit, clients.traits, stay, days, early, wait])[:, done]

    return tuple(np.hstack(each(changes, 10, told)))


def test_relapse_by_any_day_has_log_logistic_odds_times_every_ratio_that_holds() -> None:
    reason, trait, stay, days, _, _ = relapses()
    assert (days[reason == Exit.TRANSFERRED] == NEVER).all()
    for why, own in ((Exit.COMPLETED, 0.5), (Exit.OTHER, 1.0)):
        for short in (True, False):
            for mark in (0, 1):
                mine = days[(reason == why) & (trait == mark) & ((stay < 14) == short)]
                if not len(mine):
                    assert why == Exit.COMPLETED and short, "a kind of discharge is missing"
                    continue
                for day in (1, 7, 30, 90, 365, 3650):
                    odds = own * (1.8 if short else 1.0) * (2.0 if mark else 1.0) * (day / 60.0) ** 0.7
                    assert_share(mine <= day, odds / (1 + odds), notices=0.05)


def test_a_share_of_those_who_relapse_calls_again_after_exponential_days() -> None:
    _, _, _, days, early, wait = relapses()
    relapsed = (days != NEVER) & (early == 1)
    assert_share(wait[relapsed] != NEVER, 0.4, notices=0.03)
    waited = wait[relapsed & (wait != NEVER)]
    for day in (1, 3, 6, 12, 24):
        assert_share(waited <= day, -expm1(-(day + 0.5) / 6.0), notices=0.045)  # to the nearest day, one at least


# Staff


def forces(role: Changes, weeks: int, blocks: int, people: int = 40) -> list[Workforce]:
    """Draw the workforce of some replications; each person is independent of the others."""
    book = rulebook({"weeks": weeks, "staff.counselor": {**COUNSELOR, "people": people, **role}})
    return [draw_workforce(book, Deck(SEED, block)) for block in range(blocks)]


@pytest.mark.parametrize(("days_a_year", "spell"), [(6.0, 2.0), (60.0, 5.0), (26.0, 1.0)])
def test_people_are_sick_for_their_share_of_days_in_geometric_spells(days_a_year: float, spell: float) -> None:
    role = {"sick_days_per_year": days_a_year, "sick_spell_days": spell}
    off = np.vstack([force.off for force in forces(role, 52, 50)])
    share = days_a_year / 260
    fades = 1.0 - share / spell / (1.0 - share) - 1.0 / spell  # all are healthy the day before the opening
    for day in (0, 1, 5, 50, 363):
        assert_share(off[:, day], share * (1.0 - fades**day), notices=0.05)
    days = sum(share * (1.0 - fades**day) for day in range(364))
    assert_mean(off.sum(axis=1), days, notices=0.13 * days)
    lengths = []
    for person in off:
        begins = np.flatnonzero(np.diff(person.astype(int), prepend=0) == 1)
        if len(begins) and begins[0] < 250:
            well = np.flatnonzero(~person[begins[0] :])
            lengths.append(int(well[0]) if len(well) else 1000)
    for many in (1, 2, 4, 8):
        assert_share(np.array(lengths) > many, (1 - 1 / spell) ** many, notices=0.07)


@pytest.mark.parametrize(
    "weeks",
    [1, 2, 4, 13, 26, 5, 10],
)
def test_everybody_takes_the_weeks_of_leave_in_every_year(weeks: int) -> None:
    for force in forces({"leave_weeks_per_year": weeks}, 104, 5):
        by_week = force.off.reshape(-1, 2, 52, 7)
        assert (by_week.all(axis=3) == by_week.any(axis=3)).all()
        assert (by_week.any(axis=3).sum(axis=2) == weeks).all()


@pytest.mark.parametrize(("rate", "shape"), [(0.332, 0.7), (0.5, 1.0), (1.5, 0.5)])
def test_tenure_is_weibull_and_its_hazard_averages_the_rate_over_two_years(rate: float, shape: float) -> None:
    role = {"turnover_per_year": rate, "turnover_shape": shape, "vacancy_weeks": 1.0}
    days = np.concatenate([force.tenure[:, 0] for force in forces(role, 4, 100)])
    for day in (7, 30, 91, 365, 730, 1461):
        assert_share(days <= day, -expm1(-2 * rate * (day / 730.5) ** shape), notices=0.036)
    hazard = -log(np.mean(days > 730)) / 2  # a year
    assert hazard == pytest.approx(rate, rel=0.12)


def test_a_vacancy_lasts_exponential_whole_days() -> None:
    role = {"turnover_per_year": 1.0, "vacancy_weeks": 13.0}
    days = np.concatenate([force.vacancy[:, 0] for force in forces(role, 4, 100)])
    for day in (1, 7, 30, 91, 182, 365):
        assert_share(days <= day, -expm1(-day / 91.0), notices=0.036)
    assert_mean(days, 91.5, notices=7.0)


def test_a_short_vacancy_lasts_as_long_on_average_as_the_scenario_says() -> None:
    role = {"turnover_per_year": 1.0, "vacancy_weeks": 0.5}
    days = np.concatenate([force.vacancy[:, 0] for force in forces(role, 4, 100)])
    assert_mean(days, 3.5, notices=0.3)


def test_cover_is_found_for_its_share_of_the_nights_that_lack_somebody() -> None:
    changes = {
        "weeks": 60,
        "groups.evening.nights": ["Mon", "Tue", "Wed", "Thu"],
        "referrals.door.per_week": 2.0,
        "staff.counselor": {
            **COUNSELOR,
            "duties": ["groups"],
            "sick_days_per_year": 100.0,
            "sick_spell_days": 3.0,
            "cover_probability": 0.6,
        },
    }

    def nights(record: Record) -> NDArray[np.bool_]:
        lacks = (record.nights.cover + record.nights.short > 0) & (record.nights.staff == 0)
        assert (record.nights.status[lacks] == np.where(record.nights.cover[lacks], Night.HELD, Night.NO_STAFF)).all()
        return record.nights.cover[lacks] > 0

    assert_share(np.concatenate(each(changes, 50, nights)), 0.6, notices=0.04)


# Money


def test_claims_are_denied_and_paid_late_to_their_shares_service_by_service() -> None:
    payer = {
        "share": 1.0,
        "denied_share": 0.12,
        "late_share": 0.25,
        "late_weeks": 9,
        "payment_weeks": 4,
        "rates": {"session_usd": 150.0, "assessment_usd": 100.0},
    }
    book = rulebook({**NIGHTS, "payers.one": payer})
    denied, late, service = [], [], []
    for cohort in cohorts(book, 4):
        claims = settle(simulate(book, cohort), book, cohort).claims
        denied.append(claims.denied > 0)
        after = claims.payer_pays_week - claims.day // 7
        assert set(np.unique(after)) == {4, 13}
        late.append(after == 13)
        service.append(claims.service)
    denied_all, late_all, services = np.concatenate(denied), np.concatenate(late), np.concatenate(service)
    for kind, notices in ((Service.SESSION, 0.01), (Service.ASSESSMENT, 0.045)):
        mine = services == kind
        assert_share(denied_all[mine], 0.12, notices=notices)
        assert_share(late_all[mine & ~denied_all], 0.25, notices=1.5 * notices)


def test_a_payer_s_share_holds_source_by_source() -> None:
    changes = {
        **MANY,
        "referrals.court": {**COURT, "payers": {"cash": 0.65, "plan": 0.35}},
        "payers.cash": {"share": 0.2},
        "payers.plan": {"share": 0.8},
    }
    drawn = cohorts(rulebook(changes), 10)
    payer, source = (np.concatenate([getattr(cohort, name) for cohort in drawn]) for name in ("payer", "source"))
    assert_share(payer[source == 0] == 0, 0.65, notices=0.02)
    assert_share(payer[source == 1] == 0, 0.2, notices=0.02)

"""The simulator beside exact answers, in the parts that an actual clinic adds: payers, staff, lapses, money, returns.

As in `test_exact_answers`: every comparison is a z-test over independent replications of one seed, fixed before the
first run; it fails when a share or mean lies further from the exact answer than chance would take it 7 times in a
million. With the 300 or so comparisons below, a right simulator would fail once for 500 choices of the seed. Each
call says what error must not escape it.
"""

from collections.abc import Mapping
from functools import cache
from math import expm1, log, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import lognorm

from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.money import settle
from iopsim.record import NEVER, Attendance, Exit, Night, Record
from iopsim.rulebook.money import Service
from iopsim.workforce import Workforce, draw_workforce
from test_exact_answers import SEED, assert_mean, assert_share, cohorts, each, rulebook

Changes = Mapping[str, object]
F64 = NDArray[np.float64]

MANY = {"weeks": 10, "referrals.door.per_week": 150.0}
COURT = {"per_week": 150.0, "ramp_weeks": 0, "dispersion": 1.0}
COUNSELOR = {
    "people": 1,
    "caseload": "none",
    "duties": [],
    "sick_days_per_year": 0.0,
    "leave_weeks_per_year": 0,
    "turnover_per_year": 0.0,
}


def column(changes: Changes, blocks: int, name: str) -> NDArray[np.int64]:
    """Return a column of the cohort, of all clients of all replications."""
    return np.concatenate([getattr(cohort, name) for cohort in cohorts(rulebook(changes), blocks)])


# Calls and traits


def test_calls_are_lost_first_and_screened_out_of_those_answered() -> None:
    changes = {**MANY, "calls.lost_probability": 0.2, "calls.screened_out_probability": 0.3}
    exits = np.concatenate(each(changes, 8, lambda record: record.clients.exit))
    assert_share(exits == Exit.CALL_LOST, 0.2, notices=0.02)
    assert_share(exits == Exit.SCREENED_OUT, 0.8 * 0.3, notices=0.02)


def test_a_trait_that_follows_from_others_is_as_common_as_they_make_it_source_by_source() -> None:
    changes = {
        **MANY,
        "referrals.court": {**COURT, "traits": {"a": 0.9, "b": 0.1}},
        "traits.a": {"share": 0.5},
        "traits.b": {"share": 0.4},
        "traits.c": {"share": 0.7},
        "traits.a_and_c_not_b": {"all_of": ["a", "c"], "none_of": ["b"]},
        "traits.not_b": {"none_of": ["b"]},
    }
    book = rulebook(changes)
    assert book.demand.trait_names == ("a", "a_and_c_not_b", "b", "c", "not_b")
    drawn = cohorts(book, 20)
    traits, source = (np.concatenate([getattr(cohort, name) for cohort in drawn]) for name in ("traits", "source"))
    for number, (a, b, c) in {0: (0.9, 0.1, 0.7), 1: (0.5, 0.4, 0.7)}.items():
        mine = traits[source == number]
        assert_share(mine >> 1 & 1, a * c * (1 - b), notices=0.02)
        assert_share(mine >> 4 & 1, 1 - b, notices=0.02)


# Payers


def test_sessions_are_granted_until_a_review_denies_them() -> None:
    denied = 0.3
    payer = {"share": 1.0, "authorized_sessions": 6, "review_sessions": 4, "review_denied_probability": denied}
    granted = column({**MANY, "payers.one": payer}, 20, "covered_sessions")
    assert set(np.unique((granted - 6) % 4)) == {0}
    reviews = (granted - 6) // 4
    for many in range(6):
        assert_share(reviews >= many, (1 - denied) ** many, notices=0.014)
    assert_mean(reviews, (1 - denied) / denied, notices=0.09, spread=sqrt(1 - denied) / denied)


@pytest.mark.parametrize("denied", [0.0, 1e-12, 1e-17, 1e-300])
def test_a_denial_that_never_comes_ends_no_coverage(denied: float) -> None:
    payer = {"share": 1.0, "authorized_sessions": 6, "review_sessions": 365, "review_denied_probability": denied}
    assert column({**MANY, "payers.one": payer}, 2, "covered_sessions").min() > 10**9


@pytest.mark.parametrize("turnover", [0.0, 1e-300])
def test_whoever_quits_less_than_once_in_a_billion_years_stays(turnover: float) -> None:
    book = rulebook({"weeks": 52, "staff.counselor": {**COUNSELOR, "turnover_per_year": turnover}})
    assert (draw_workforce(book, Deck(SEED, 0)).tenure > 364).all()


def test_coverage_is_lost_at_a_constant_hazard_and_authorization_is_denied_to_its_share() -> None:
    payer = {"share": 1.0, "coverage_loss_per_week": 0.1, "authorization_denied_probability": 0.15}
    changes = {**MANY, "payers.one": payer}
    week = column(changes, 20, "coverage_loss_week")
    for last in (1, 2, 5, 10, 20):
        assert_share(week <= last, -expm1(-0.1 * last), notices=0.014)
    assert_share(column(changes, 20, "denied"), 0.15, notices=0.01)


def test_orientations_are_missed_one_after_the_other_with_the_same_chance() -> None:
    changes = {**MANY, "orientation": {"required": True, "weekdays": ["Mon", "Thu"], "show_probability": 0.6}}
    missed = column(changes, 20, "orientations_missed")
    for many in range(6):
        assert_share(missed >= many, 0.4**many, notices=0.014)
    book = rulebook(changes)
    for cohort in cohorts(book, 3):
        clients = simulate(book, cohort).clients
        weeks, half = np.divmod(cohort.orientations_missed, 2)
        first = -cohort.day % 7  # all call on Mondays, and are ready at once
        started = clients.admitted_day != NEVER
        expected = cohort.day + first + 7 * weeks + 3 * half
        assert (clients.ready_day[started] == expected[started]).all()


# Away first


@pytest.mark.parametrize(("median", "mean"), [(5.0, 6.0), (28.0, 30.0), (0.6, 1.0)])
def test_those_who_go_away_first_are_away_for_lognormal_whole_days_and_their_share_comes_back(
    median: float, mean: float
) -> None:
    changes = {
        **MANY,
        "weeks": 24,
        "phases.treatment.planned_weeks": 1,
        "placement": {"this_program": 0.5, "higher": 0.0, "lower": 0.0, "declined": 0.0},
        "placement.withdrawal": {
            "share": 0.5,
            "return_probability": 0.7,
            "away": {"median_days": median, "mean_days": mean},
        },
    }
    distribution = lognorm(s=sqrt(2 * log(mean / median)), scale=median)

    def told(record: Record) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        clients = record.clients
        early = clients.referral_day < 90
        away = clients.away_day != NEVER
        joined = np.where(clients.joined_day == NEVER, 10_000, clients.joined_day)
        went = np.isin(clients.exit, (Exit.PLACED_HIGHER,)) | away
        return (joined - clients.away_day)[early & away], away[early & went].astype(np.int64)

    days, back = (np.concatenate(part) for part in zip(*each(changes, 7, told), strict=True))
    for k in (1, 2, 4, 8, 16, 32, 60):
        assert_share(days <= k, float(distribution.cdf(k + 0.5)), notices=0.04)
    assert_share(back, 0.7, notices=0.03)


# The waitlist


def test_interim_services_bend_the_survival_of_patience_on_the_day_on_which_they_begin() -> None:
    hazard, ratio, after = 0.05, 0.3, 4
    changes = {
        "weeks": 12,
        "referrals.door.per_week": 150.0,
        "groups.evening.first_week": 1000,
        "waitlist.renege_per_day": hazard,
        "interim": {"offered": "everybody", "after_days": after, "renege_hazard_ratio": ratio},
    }

    def waits(record: Record) -> NDArray[np.int64]:
        clients = record.clients
        early = clients.joined_day < record.days - 30
        return np.where(clients.exit[early] == Exit.RENEGED, (clients.exit_day - clients.joined_day)[early], 1000)

    days = np.concatenate(each(changes, 25, waits))
    for day in (1, 3, 4, 5, 8, 15, 29):
        met = hazard * (min(day, after) + ratio * max(0, day - after))
        assert_share(days <= day, -expm1(-met), notices=0.016)


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


# Demand over years


def test_a_clinic_to_which_nobody_is_referred_has_an_empty_record() -> None:
    for changes in ({"referrals.door.per_week": 0.0}, {"weeks": 1, "referrals.door.per_week": 0.01}):
        assert each(changes, 2, lambda record: len(record.clients)) == [0, 0]


def test_one_who_had_waited_longer_than_the_run_before_the_opening_starts_like_anybody() -> None:
    here = {"count": 1, "where": "waitlist", "source": "door", "weeks": 31}
    admitted = each(
        {"present.old": here, "referrals.door.first_week": 1}, 1, lambda record: record.clients.admitted_day
    )[0]
    assert (admitted >= 0).all()


@pytest.mark.parametrize("doubt", [0.2, 0.5])
def test_doubt_spreads_a_year_s_referrals_and_leaves_their_mean(doubt: float) -> None:
    """The factor is told in 50 equally likely levels, which lose 2 % of its spread at a doubt of 0.5."""
    weeks, rate, blocks = 52, 10.0, 800
    changes = {"weeks": weeks, "referrals.door.per_week": rate, "referrals.door.doubt": doubt}
    book = rulebook(changes)
    found = np.array([len(cohort) for cohort in cohorts(book, blocks)])
    mean, spread = weeks * rate, sqrt(expm1(doubt**2))
    assert_mean(found / mean, 1.0, notices=0.2 * doubt + 0.02)
    squares = (found / mean - 1.0) ** 2 - 1.0 / mean
    assert_mean(squares, spread**2, notices=0.9 * spread**2)


@pytest.mark.parametrize("doubt", [0.1, 0.5, 1.0])
def test_the_levels_of_doubt_have_the_spread_of_a_lognormal_factor_to_an_eighth(doubt: float) -> None:
    book = rulebook({"weeks": 1, "referrals.door.per_week": 7.0, "referrals.door.doubt": doubt})
    table = book.demand.count_table[book.demand.count_kind[0, :, 0]]
    factor = (1.0 - table).sum(axis=1) / 7.0  # the mean of a count is the sum of its tail
    assert factor.mean() == pytest.approx(1.0, abs=1e-6)
    assert factor.std() == pytest.approx(sqrt(expm1(doubt**2)), rel=0.125)
    assert np.log(factor).std() == pytest.approx(doubt, rel=0.01)


def test_referrals_grow_by_their_factor_each_year_from_the_first_referral() -> None:
    growth, first = 1.5, 8
    changes = {
        "weeks": 164,
        "referrals.door.per_week": 20.0,
        "referrals.door.first_week": first,
        "referrals.door.growth_per_year": growth,
    }
    counts = np.array([np.bincount(c.day // 7, minlength=164) for c in cohorts(rulebook(changes), 60)])
    assert not counts[:, :first].any()
    for week in (8, 20, 60, 112, 163):
        expected = 20.0 * growth ** (7 * (week - first) / 365.25)
        assert_mean(counts[:, week], expected, notices=0.25 * expected, spread=sqrt(expected))
    for year in range(3):
        weeks = range(first + 52 * year, first + 52 * year + 52)
        expected = sum(20.0 * growth ** (7 * (week - first) / 365.25) for week in weeks)
        assert_mean(counts[:, list(weeks)].sum(axis=1), expected, notices=0.03 * expected, spread=sqrt(expected))


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

"""The simulator beside exact answers, in an actual clinic: calls, payers, waits, and demand over years.

As in `comparison` and test_exact_whole.py.
"""

from math import expm1, log, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import lognorm

from comparison import COUNSELOR, COURT, MANY, SEED, Changes, assert_mean, assert_share, cohorts, each, rulebook
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import NEVER, Exit, Record
from iopsim.workforce import draw_workforce


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

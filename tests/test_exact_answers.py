"""The simulator beside exact answers, with rules switched off: the program, its ways out, its diary and its line.

As in `comparison`. With the 500 or so comparisons here and in test_exact_clients.py, a right simulator would fail once
for 300 choices of the seed. A longer form runs `times` as many replications: it imports these tests and has a fixture
`times` of its own.
"""

from functools import cache
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.stats import poisson

import exact
from comparison import EVERY_WEEKDAY, NO_TREATMENT, assert_mean, assert_share, each
from iopsim.record import Exit, Record

# A program that never lacks a seat

LEAVES, PLANNED, ADMITTED_A_WEEK = 0.07, 10, 8.0
UNLIMITED = {"leaving.dropout_per_week": -log(1 - LEAVES)}


def census(record: Record, day: int) -> int:
    """Clients in program at the end of a day."""
    clients = record.clients
    left = (clients.exit_day >= 0) & (clients.exit_day <= day)
    return int(((clients.admitted_day >= 0) & (clients.admitted_day <= day) & ~left).sum())


@pytest.mark.parametrize("week", [0, 1, 4, 9, 10, 29])
def test_the_census_of_an_unlimited_program_is_poisson_in_every_week(week: int, times: int) -> None:
    blocks = 350 * times
    found = np.array(unlimited_censuses(blocks))[:, week]
    mean = exact.unlimited_census_mean(ADMITTED_A_WEEK, LEAVES, PLANNED, week)
    assert_mean(found, mean, notices=0.09 * mean, spread=sqrt(mean))
    fourth_moment = mean * (1 + 3 * mean)
    assert_mean((found - mean) ** 2, mean, notices=0.36 * mean, spread=sqrt(fourth_moment - mean**2))
    half = int(poisson.median(mean))
    assert_share(found <= half, poisson.cdf(half, mean), notices=0.125)


@cache
def unlimited_censuses(blocks: int) -> list[list[int]]:
    """The census on a day of each week: Monday in the first, Tuesday in the second ... so that any day is tried."""
    days = [7 * week + week % 7 for week in range(30)]
    return each(UNLIMITED, blocks, lambda record: [census(record, day) for day in days])


def test_the_share_that_completes_and_the_mean_stay_of_an_unlimited_program(times: int) -> None:
    blocks = 200 * times

    def stays(record: Record) -> tuple[np.ndarray, np.ndarray]:
        early = record.clients.admitted_day < 7 * (30 - PLANNED)
        weeks = (record.clients.exit_day - record.clients.admitted_day)[early] / 7
        return weeks, record.clients.exit[early]

    found = each(UNLIMITED, blocks, stays)
    weeks, exits = (np.concatenate(column) for column in zip(*found, strict=True))
    assert set(exits) == {Exit.COMPLETED, Exit.DROPPED_OUT}
    assert_share(exits == Exit.COMPLETED, exact.completes(LEAVES, PLANNED), notices=0.013)
    assert_mean(weeks, exact.stay_weeks(LEAVES, PLANNED), notices=0.085)
    for week in range(1, PLANNED):
        assert_share(weeks == week, LEAVES * (1 - LEAVES) ** (week - 1), notices=0.007)
    last = (1 - LEAVES) ** (PLANNED - 1)
    assert_share(weeks == PLANNED, last, notices=0.013)


# Ways out

HAZARDS = {"death": 0.01, "incarceration": 0.02, "transfer": 0.05, "other": 0.03}
REASONS = (Exit.DIED, Exit.INCARCERATED, Exit.DROPPED_OUT, Exit.TRANSFERRED, Exit.OTHER)


@pytest.mark.parametrize("ratio", [1.0, 2.5])
def test_each_way_out_is_taken_in_each_week_as_often_as_its_hazard_says(ratio: float, times: int) -> None:
    """Hazards compete; of two in one week the graver counts. A trait multiplies the hazard of dropping out."""
    blocks = 70 * times
    early, shape, per_week = 0.2, 0.6, 0.03
    book = {
        **{f"leaving.{name}_per_week": hazard for name, hazard in HAZARDS.items()},
        "leaving.early_probability": early,
        "leaving.early_weeks": 2,
        "leaving.dropout_per_week": per_week,
        "leaving.dropout_shape": shape,
        "traits.all": {"share": 1.0, "dropout_hazard_ratio": ratio},
        "referrals.door.per_week": 40.0,
        "phases.treatment.planned_weeks": 5,
    }

    def ends(record: Record) -> tuple[np.ndarray, np.ndarray]:
        weeks = (record.clients.exit_day - record.clients.admitted_day) // 7
        followed = record.clients.admitted_day < 7 * 25
        return record.clients.exit[followed], weeks[followed]

    exits, weeks = (np.concatenate(column) for column in zip(*each(book, blocks, ends), strict=True))
    there = 1.0
    for week in range(1, 6):
        weibull = per_week * 12 * ((week / 12) ** shape - ((week - 1) / 12) ** shape)
        dropout = weibull + (-log(1 - early) / 2 if week <= 2 else 0.0)
        hazards = [HAZARDS["death"], HAZARDS["incarceration"], ratio * dropout, HAZARDS["transfer"], HAZARDS["other"]]
        for reason, hazard in zip(REASONS, hazards, strict=True):
            leaves = there * (1 - exp(-hazard))
            assert_share((exits == reason) & (weeks == week), leaves, notices=0.009)
            there -= leaves
    assert_share(exits == Exit.COMPLETED, there, notices=0.009)


# The diary of the assessors

CLINIC_DAY_REFERRALS, SLOTS = 4.5, 5
DIARY = {
    "weeks": 260,
    "referrals.door": {"per_week": 5 * CLINIC_DAY_REFERRALS, **EVERY_WEEKDAY},
    "assessment": {"slots_per_day": SLOTS, "weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri"]},
    **NO_TREATMENT,
}
BURN_IN_WEEKS = 80
"""The slowest part of the start dies away by a factor of e in about 8 weeks."""


def left_over(record: Record) -> tuple[np.ndarray, np.ndarray]:
    """Referrals of each clinic day, and who is booked for a later day when it is over."""
    booked, day = record.appointments.booked_day, record.appointments.day
    clinic_days = np.array([d for d in range(record.days) if d % 7 < 5])
    made = np.bincount(booked, minlength=record.days)
    served = np.bincount(day, minlength=record.days + 1)[: record.days]
    return made[clinic_days], np.cumsum(made - served)[clinic_days]


@cache
def diaries(blocks: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return each(DIARY, blocks, left_over)


def test_day_by_day_the_diary_leaves_over_what_does_not_fit_its_slots(times: int) -> None:
    """Lindley's recursion on the very referrals of the run: no luck is left, so every day must agree."""
    blocks = 40 * times
    for made, left in diaries(blocks):
        before, expected = 0, []
        for referrals in made.tolist():
            before = max(before + referrals - SLOTS, 0)
            expected.append(before)
        assert left.tolist() == expected


def test_the_diary_at_nine_tenths_leaves_over_three_and_a_half_referrals(times: int) -> None:
    blocks = 40 * times
    steady = [left[5 * BURN_IN_WEEKS :] for _, left in diaries(blocks)]
    diary = exact.diary(CLINIC_DAY_REFERRALS, SLOTS)
    assert_mean([left.mean() for left in steady], diary.mean, notices=1.1)
    assert_mean([(left == 0).mean() for left in steady], diary.empty_probability, notices=0.042)
    made = np.concatenate([made for made, _ in diaries(blocks)])
    assert_mean(made, CLINIC_DAY_REFERRALS, notices=0.045, spread=sqrt(CLINIC_DAY_REFERRALS))


# A program of one night a week

LAM, SEATS, LEAVE, RENEGE = 1.5, 4, 0.3, 0.2
CHAIN = {
    "weeks": 400,
    "referrals.door.per_week": LAM,
    "groups.evening.seats": SEATS,
    "phases.treatment.planned_weeks": 520,
    "leaving.dropout_per_week": -log(1 - LEAVE),
    "waitlist.renege_per_day": -log(1 - RENEGE) / 7,
}
CHAIN_BURN_IN_WEEKS = 40
"""Nobody's influence lasts long where three tenths leave every week: 0.7 ** 40 is less than one in a million."""


def weekly(record: Record) -> np.ndarray:
    """For each week after the burn-in: census, waiting, referrals, balked, reneged; once the weekly day is over."""
    clients, mondays = record.clients, np.arange(7 * CHAIN_BURN_IN_WEEKS, record.days, 7)

    def by(days: np.ndarray, who: np.ndarray) -> np.ndarray:
        """Count those to whom something happened since the last weekly day, up to and with today's."""
        return np.bincount((days[who] + 6) // 7, minlength=record.days // 7 + 1)[mondays // 7]

    everybody = clients.referral_day >= 0
    gone = np.where(clients.exit_day < 0, record.days, clients.exit_day)
    admitted = np.where(clients.admitted_day < 0, record.days, clients.admitted_day)
    in_program = [((admitted <= day) & (gone > day)).sum() for day in mondays]
    off_the_list = np.minimum(admitted, gone)
    waiting = [((clients.joined_day <= day) & (off_the_list > day)).sum() for day in mondays]
    referred = by(clients.referral_day, everybody)
    balked = by(clients.exit_day, clients.exit == Exit.BALKED)
    reneged = by(clients.exit_day, clients.exit == Exit.RENEGED)
    return np.array([in_program, waiting, referred, balked, reneged])


@pytest.mark.parametrize("limit", [0, 2, None])
def test_a_program_of_one_night_a_week_is_a_markov_chain(limit: int | None, times: int) -> None:
    blocks = 80 * times
    changes = {**CHAIN, "waitlist.limit": "none" if limit is None else limit}
    found = np.array(each(changes, blocks, weekly))
    program = exact.program_chain(LAM, SEATS, LEAVE, RENEGE, limit)
    in_program, waiting, referred, balked, reneged = (found[:, row].mean(axis=1) for row in range(5))
    assert_mean(in_program, program.mean_census, notices=0.052)
    assert_mean(waiting, program.mean_waiting, notices=0.18)
    assert_mean(referred, LAM, notices=0.037)
    assert_mean(balked, LAM * program.balked_share, notices=0.032)
    assert_mean(reneged, LAM * program.reneged_share, notices=0.032)
    for x in range(SEATS):
        assert_mean((found[:, 0] == x).mean(axis=1), program.joint[x].sum(), notices=0.017)
    for w in range(3):
        probability = program.joint[:, w].sum() if w < program.joint.shape[1] else 0.0
        assert_mean((found[:, 1] == w).mean(axis=1), probability, notices=0.03)


def test_a_program_with_slow_weeks_loses_clients_as_erlang_says(times: int) -> None:
    """With sixteen weekly days in a mean stay, the chain is near its limit, and so is the simulator."""
    blocks = 120 * times
    step, seats, load = 1 / 16, 5, 4.0
    changes = {
        **CHAIN,
        "weeks": 1040,
        "referrals.door.per_week": load * step,
        "groups.evening.seats": seats,
        "phases.treatment.planned_weeks": 520,
        "leaving.dropout_per_week": step,
        "waitlist.limit": 0,
    }
    burn_in = 160 - CHAIN_BURN_IN_WEEKS
    found = np.array(each(changes, blocks, weekly))[:, :, burn_in:]
    program = exact.program_chain(load * step, seats, 1 - exp(-step), 0.0, limit=0)
    lost, expected = exact.erlang_b(seats, load), program.balked_share
    surplus = (found[:, 3] - expected * found[:, 2]).mean(axis=1)
    assert_mean(surplus, 0.0, notices=0.015 * load * step)
    assert_mean(found[:, 0].mean(axis=1), program.mean_census, notices=0.09)
    assert abs(expected - lost) < 0.004
    assert found[:, 3].sum() / found[:, 2].sum() == pytest.approx(lost, abs=0.02)


def test_patience_on_a_list_that_never_moves_is_exponential_in_whole_days(times: int) -> None:
    """Half of the clients have a trait that doubles the hazard."""
    blocks = 40 * times
    changes = {
        "weeks": 12,
        "referrals.door.per_week": 100.0,
        "groups.evening.first_week": 1000,
        "waitlist.renege_per_day": 0.05,
        "traits.hasty": {"share": 0.5, "renege_hazard_ratio": 2.0},
    }

    def waits(record: Record) -> tuple[np.ndarray, np.ndarray]:
        clients = record.clients
        early = clients.joined_day < record.days - 30
        days = np.where(clients.exit[early] == Exit.RENEGED, (clients.exit_day - clients.joined_day)[early], 1000)
        return days, clients.traits[early]

    days, hasty = (np.concatenate(column) for column in zip(*each(changes, blocks, waits), strict=True))
    for trait, hazard in ((0, 0.05), (1, 0.1)):
        mine = days[hasty == trait]
        assert mine.min() >= 1
        for day in (1, 2, 7, 14, 30):
            assert_share(mine <= day, 1 - exp(-hazard * day), notices=0.02)

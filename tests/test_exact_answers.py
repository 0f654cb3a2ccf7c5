"""The simulator beside exact answers, with rules switched off by scenario values alone.

Every comparison is a z-test over independent replications of one seed, fixed before the first run. It fails when an
average lies further from the exact answer than chance would take it 7 times in a million (4.5 standard errors; where
the standard error itself is estimated from n replications, Student's quantile of the same probability). With the 500
or so comparisons below, a right simulator would fail once for 300 choices of the seed. Each average is precise enough
to notice the error that its call of `assert_mean` names. A longer form runs `times` as many replications: it imports
these tests and has a fixture `times` of its own.
"""

from collections.abc import Callable, Mapping
from functools import cache
from math import exp, log, sqrt
from typing import TypeVar

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.stats import lognorm, norm, poisson, t

import exact
from iopsim.cohort import Cohort, draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import Attendance, Exit, Record
from iopsim.rulebook import Rulebook, write
from iopsim.rules.progress import meets_benchmark
from iopsim.scenario.load import from_toml

SEED = 20270104
Z = 4.5
FALSE_ALARM = 2 * norm.sf(Z)

PLAIN = """
name = "Nothing but the rule in question"
opening = 2027-01-04  # a Monday
weeks = 30

[calendar]
holidays = ""

[referrals.door]
per_week = 8.0
ramp_weeks = 0
dispersion = 1.0
months = { Jan = 1.0, Dec = 1.0 }
weekdays = { Mon = 1.0, Tue = 0.0, Wed = 0.0, Thu = 0.0, Fri = 0.0, Sat = 0.0, Sun = 0.0 }

[assessment]
weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
slots_per_day = 500
same_day = true
show_probability_next_day = 1.0
max_rebookings = 0
client_delay = { median_days = 0.0, mean_days = 0.0 }

[placement]
this_program = 1.0
higher = 0.0
lower = 0.0
declined = 0.0

[waitlist]
renege_per_day = 0.0
ready_delay = { median_days = 0.0, mean_days = 0.0 }

[admission]
weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

[phases.treatment]
nights_per_week = 1
planned_weeks = 10

[groups.evening]
nights = ["Mon"]
seats = 500

[attendance]
probability = 1.0

[absence_rule]
consecutive = "none"
total = "none"

[leaving]
early_probability = 0.0
dropout_per_week = 0.0
dropout_shape = 1.0
transfer_per_week = 0.0
incarceration_per_week = 0.0
death_per_week = 0.0
other_per_week = 0.0
"""

EVERY_WEEKDAY = {"weekdays": dict.fromkeys(("Mon", "Tue", "Wed", "Thu", "Fri"), 1.0)}
NO_TREATMENT = {"placement": {"this_program": 0.0, "higher": 0.0, "lower": 0.0, "declined": 1.0}}

Changes = Mapping[str, object]
Measured = TypeVar("Measured")


def rulebook(changes: Changes) -> Rulebook:
    return write(from_toml(PLAIN, changes=changes))


def cohorts(book: Rulebook, blocks: int) -> list[Cohort]:
    return [draw(book, Deck(SEED, block)) for block in range(blocks)]


def each(changes: Changes, blocks: int, measure: Callable[[Record], Measured]) -> list[Measured]:
    """Simulate independent replications and measure each."""
    book = rulebook(changes)
    return [measure(simulate(book, draw(book, Deck(SEED, block)))) for block in range(blocks)]


def assert_mean(found: ArrayLike, expected: float, notices: float, spread: float | None = None) -> None:
    """Hold the mean of independent numbers to what is expected.

    Parameters
    ----------
    found : array_like
        One number for each replication, client or day.
    expected : float
        The exact mean.
    notices : float
        The error that must not escape; the numbers must be many enough for it.
    spread : float, optional
        The exact standard deviation of one number; estimated if left out.
    """
    found = np.asarray(found, dtype=float)
    deviation = found.std(ddof=1) if spread is None else spread
    most = (t.isf(FALSE_ALARM / 2, len(found) - 1) if spread is None else Z) * deviation / sqrt(len(found))
    assert most <= notices, f"{len(found)} numbers can err by {most:.4g}"
    assert abs(found.mean() - expected) <= most, f"{found.mean():.6g} instead of {expected:.6g} +- {most:.2g}"


def assert_share(happened: ArrayLike, expected: float, notices: float) -> None:
    """Hold the share of independent trials in which something happened to its probability."""
    happened = np.asarray(happened)
    if expected in (0.0, 1.0):
        assert (happened == expected).all()
    else:
        assert_mean(happened, expected, notices, spread=sqrt(expected * (1 - expected)))


@pytest.fixture
def times() -> int:
    """How many times as many replications as are needed to notice what each comparison must notice."""
    return 1


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


# Referrals


def daily_counts(changes: Changes, blocks: int) -> np.ndarray:
    """Referrals of the first source, by replication and day."""
    book = rulebook(changes)
    return np.array([np.bincount(cohort.day, minlength=book.days) for cohort in cohorts(book, blocks)])


def test_referrals_come_by_weekday_and_month_and_never_where_a_weight_is_zero(times: int) -> None:
    blocks = 1000 * times
    weekdays = {"Mon": 2.0, "Tue": 1.0, "Wed": 1.0, "Thu": 0.5, "Fri": 0.5, "Sat": 0.0, "Sun": 0.0}
    months = {"Jan": 1.0, "Feb": 1.5, "Jul": 0.0, "Dec": 0.25}
    counts = daily_counts(
        {
            "weeks": 52,
            "referrals.door.per_week": 10.0,
            "referrals.door.weekdays": weekdays,
            "referrals.door.months": months,
        },
        blocks,
    )
    dates = np.datetime64("2027-01-04") + np.arange(364)
    month = (dates.astype("datetime64[M]") - np.datetime64("2027-01")).astype(int)
    for m, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")):
        for d, weight in enumerate(weekdays.values()):
            found = counts[:, (month == m) & (np.arange(364) % 7 == d)]
            mean = 10.0 * weight / 5.0 * months.get(name, 1.0)
            if mean:
                assert_mean(found.ravel(), mean, notices=0.05 * mean + 0.03, spread=sqrt(mean))
            else:
                assert not found.any()


@pytest.mark.parametrize("dispersion", [1.0, 1.3, 4.0])
def test_a_day_s_count_has_the_variance_that_the_dispersion_says(dispersion: float, times: int) -> None:
    blocks = 300 * times
    mean = 3.0
    changes = {"weeks": 104, "referrals.door": {"per_week": 15.0, "dispersion": dispersion, **EVERY_WEEKDAY}}
    counts = daily_counts(changes, blocks)[:, np.arange(728) % 7 < 5].ravel()
    assert_mean(counts, mean, notices=0.04, spread=sqrt(dispersion * mean))
    assert_mean((counts - mean) ** 2 / mean, dispersion, notices=0.035 * dispersion)
    nobody = exp(-mean) if dispersion == 1.0 else dispersion ** (-mean / (dispersion - 1.0))
    assert_share(counts == 0, nobody, notices=0.006)


def test_one_day_s_count_knows_nothing_of_another_s(times: int) -> None:
    blocks = 300 * times
    changes = {"weeks": 104, "referrals.door": {"per_week": 15.0, "dispersion": 2.0, **EVERY_WEEKDAY}}
    off = daily_counts(changes, blocks)[:, np.arange(728) % 7 < 5] - 3.0
    for lag in (1, 2, 5):
        assert_mean((off[:, lag:] * off[:, :-lag]).ravel() / 6.0, 0.0, notices=0.012, spread=1.0)
    assert_mean((off[1:] * off[:-1]).ravel() / 6.0, 0.0, notices=0.012, spread=1.0)


def test_referrals_grow_along_a_straight_line_from_the_first_week_to_maturity(times: int) -> None:
    blocks = 1500 * times
    changes = {
        "weeks": 20,
        "referrals.door": {"per_week": 14.0, "first_week": 2, "ramp_weeks": 10, "ramp_start": 0.3},
        "referrals.door.weekdays": dict.fromkeys(("Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1.0),
    }
    counts = daily_counts(changes, blocks)
    assert not counts[:, :14].any()
    for week in range(2, 20):
        means = [2.0 * min(0.3 + 0.7 * (7 * (week - 2) + day) / 70, 1.0) for day in range(7)]
        spread = sqrt(sum(means))
        assert_mean(counts[:, 7 * week : 7 * week + 7].sum(axis=1), sum(means), notices=0.45, spread=spread)


# What clients are like


def test_traits_and_placements_have_their_shares_source_by_source(times: int) -> None:
    blocks = 60 * times
    changes = {
        "weeks": 20,
        "referrals.door.per_week": 30.0,
        "referrals.court": {"per_week": 30.0, "traits": {"mandated": 0.9}, "ramp_weeks": 0},
        "traits.mandated": {"share": 0.25},
        "traits.employed": {"share": 0.5},
        "placement": {"this_program": 0.45, "higher": 0.3, "lower": 0.2, "declined": 0.05},
    }

    def rows(record: Record) -> np.ndarray:
        clients = record.clients
        return np.array([clients.source, clients.traits & 1, clients.traits >> 1 & 1, clients.exit])

    source, employed, mandated, exits = np.hstack(each(changes, blocks, rows))
    for number, share in ((0, 0.9), (1, 0.25)):
        mine = source == number
        assert_share(mandated[mine], share, notices=0.013)
        assert_share(employed[mine], 0.5, notices=0.013)
        assert_share((employed & mandated)[mine], 0.5 * share, notices=0.013)
    for place, share in ((Exit.PLACED_HIGHER, 0.3), (Exit.PLACED_LOWER, 0.2), (Exit.DECLINED, 0.05)):
        assert_share(exits == place, share, notices=0.008)


# Showing up

NEXT_DAY, PER_LOG_DAY = 0.79, 0.54
DELAYED = {
    "weeks": 20,
    "referrals.door.per_week": 120.0,
    "assessment.show_probability_next_day": NEXT_DAY,
    "assessment.show_odds_ratio_per_log_day": PER_LOG_DAY,
    "assessment.client_delay": {"median_days": 3.0, "mean_days": 4.5},
    **NO_TREATMENT,
}


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_longer_the_delay_the_fewer_show_up(ratio: float, times: int) -> None:
    """The odds fall with the logarithm of the delay; on the day of the call they are those of the next day."""
    blocks = 40 * times

    def shown(record: Record) -> np.ndarray:
        facts = record.appointments
        kept = facts.day < record.days
        came = record.clients.assessed_day[facts.client] == facts.day
        return np.array([(facts.day - facts.booked_day)[kept], came[kept]])

    changes = {**DELAYED, "traits.all": {"share": 1.0, "show_odds_ratio": ratio}}
    delay, came = np.hstack(each(changes, blocks, shown))
    for days in range(9):
        odds = NEXT_DAY / (1 - NEXT_DAY) * max(days, 1) ** log(PER_LOG_DAY) * ratio
        assert_share(came[delay == days], odds / (1 + odds), notices=0.044)


def test_clients_are_lost_after_the_last_appointment_offered(times: int) -> None:
    blocks = 40 * times
    show, again, most = 0.6, 0.7, 2
    changes = {
        **DELAYED,
        "assessment.show_probability_next_day": show,
        "assessment.show_odds_ratio_per_log_day": 1.0,
        "assessment.rebook_probability": again,
        "assessment.max_rebookings": most,
        "assessment.client_delay": {"median_days": 0.0, "mean_days": 0.0},
    }

    def rows(record: Record) -> np.ndarray:
        early = record.clients.referral_day < record.days - 7
        return np.array([record.clients.appointments[early], record.clients.exit[early]])

    appointments, exits = np.hstack(each(changes, blocks, rows))
    calls = 1.0
    for attempt in range(most + 1):
        assert_share(appointments > attempt, calls, notices=0.008)
        assert_share((appointments == attempt + 1) & (exits != Exit.NO_SHOW), calls * show, notices=0.008)
        calls *= (1 - show) * again
    assert_share(exits == Exit.NO_SHOW, 1 - show * sum(((1 - show) * again) ** k for k in range(3)), notices=0.008)


# Delays on the client's side


@pytest.mark.parametrize(("median", "mean"), [(3.0, 4.0), (1.0, 6.0), (0.2, 0.3)])
def test_delays_are_lognormal_in_whole_days(median: float, mean: float, times: int) -> None:
    blocks = 100 * times
    delay = {"median_days": median, "mean_days": mean}
    changes = {"weeks": 10, "referrals.door.per_week": 120.0, "assessment.max_rebookings": 2}
    book = rulebook({**changes, "assessment.client_delay": delay, "waitlist.ready_delay": delay})
    drawn = cohorts(book, blocks)
    distribution = lognorm(s=sqrt(2 * log(mean / median)), scale=median)
    assert distribution.mean() == pytest.approx(mean)
    for attempt in range(3):
        days = np.concatenate([cohort.client_delay[:, attempt] for cohort in drawn])
        for k in (0, 1, 2, 3, 5, 8, 13, 21):
            assert_share(days <= k, distribution.cdf(k + 0.5), notices=0.007)
    ready = np.concatenate([cohort.ready_delay for cohort in drawn])
    for k in (0, 1, 2, 3, 5, 8, 13, 21):
        assert_share(ready <= k, distribution.cdf(k + 0.5), notices=0.007)


def test_the_record_has_the_delays_of_the_cards(times: int) -> None:
    """Where nothing is ever full, clients come and start when they can."""
    blocks = 10 * times
    delay = {"median_days": 3.0, "mean_days": 4.0}
    book = rulebook({"assessment.client_delay": delay, "waitlist.ready_delay": delay})
    for cohort in cohorts(book, blocks):
        clients = simulate(book, cohort).clients
        assessed, admitted = clients.assessed_day >= 0, clients.admitted_day >= 0
        assert assessed.sum() > 100
        came = cohort.day + cohort.client_delay[:, 0]
        assert np.array_equal(np.where(came < book.days, came, -1), clients.assessed_day)
        assert np.array_equal((clients.admitted_day - clients.assessed_day)[admitted], cohort.ready_delay[admitted])


# Attendance

SESSIONS = 24
ATTENDS, RUN, EXCUSED_SHARE = 0.80, 1.3, 0.5
GROUP = {
    "weeks": 9,
    "referrals.door.per_week": 150.0,
    "referrals.door.months.Feb": 0.0,
    "groups.evening.nights": ["Mon", "Tue", "Wed"],
    "phases.treatment": {"nights_per_week": 3, "planned_weeks": 8},
    "attendance": {"probability": ATTENDS, "absence_run_sessions": RUN, "excused_share": EXCUSED_SHARE},
}


@cache
def attendance(blocks: int, ratio: float) -> np.ndarray:
    """How each client's first 24 sessions went; shape (clients, sessions)."""

    def rows(record: Record) -> np.ndarray:
        sessions, done = record.sessions, record.clients.scheduled == SESSIONS
        kept = done[sessions.client]
        order = np.lexsort([sessions.day[kept], sessions.client[kept]])
        return sessions.attendance[kept][order].reshape(-1, SESSIONS)

    changes = {**GROUP, "traits.all": {"share": 1.0, "attendance_odds_ratio": ratio}}
    return np.vstack(each(changes, blocks, rows))


@pytest.mark.parametrize("ratio", [1.0, 2.0, 0.5, 0.1])
def test_every_session_from_the_first_is_attended_with_the_long_run_share(ratio: float, times: int) -> None:
    blocks = 40 * times
    odds = ATTENDS / (1 - ATTENDS) * ratio
    went = attendance(blocks, ratio)
    for number in range(SESSIONS):
        assert_share(went[:, number] == Attendance.ATTENDED, odds / (1 + odds), notices=0.02)
    for number in (0, 5, 20):
        missed = (1 - odds / (1 + odds)) * EXCUSED_SHARE
        assert_share(went[:, number] == Attendance.EXCUSED, missed, notices=0.02)


@pytest.mark.parametrize("ratio", [1.0, 0.5])
def test_absences_come_in_geometric_runs_and_a_run_is_excused_as_a_whole(ratio: float, times: int) -> None:
    blocks = 40 * times
    went = attendance(blocks, ratio)
    missed = went != Attendance.ATTENDED
    begins = missed & ~np.roll(missed, 1, axis=1)
    begins[:, 0] = missed[:, 0]
    runs = []
    for client, first in np.argwhere(begins[:, : SESSIONS // 2]):
        comes_back = np.flatnonzero(~missed[client, first:])
        runs.append(went[client, first : first + comes_back[0] if len(comes_back) else SESSIONS].tolist())
    assert all(len(set(run)) == 1 for run in runs), "a run is partly excused"
    lengths, kinds = [len(run) for run in runs], [run[0] == Attendance.EXCUSED for run in runs]
    goes_on = 1 - 1 / RUN
    assert_mean(lengths, RUN, notices=0.02, spread=sqrt(goes_on) * RUN)
    for length in (1, 2, 3):
        assert_share(np.array(lengths) == length, goes_on ** (length - 1) / RUN, notices=0.013)
    assert_share(kinds, EXCUSED_SHARE, notices=0.016)


def test_a_run_begins_after_a_session_attended_with_one_and_the_same_chance(times: int) -> None:
    """A Markov chain: neither the number of the session nor what came before the last one matters."""
    blocks = 40 * times
    went = attendance(blocks, 1.0) == Attendance.ATTENDED
    chance = (1 - ATTENDS) / ATTENDS / RUN
    for number in (1, 2, 3, 8, 23):
        assert_share(~went[:, number][went[:, number - 1]], chance, notices=0.024)
    after_run = ~went[:, 5] & went[:, 6]
    assert_share(~went[after_run, 7], chance, notices=0.043)
    assert_share(~went[went[:, 4] & went[:, 5] & went[:, 6], 7], chance, notices=0.024)


def test_a_benchmark_in_whole_percent_is_met_by_exactly_that_share() -> None:
    for scheduled in range(1, 61):
        for attended in range(scheduled + 1):
            for percent in range(101):
                met = meets_benchmark(attended, scheduled, percent / 100, 1, 0)
                assert met == (100 * attended >= percent * scheduled), (attended, scheduled, percent)

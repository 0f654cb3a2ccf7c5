"""The simulator beside exact answers, with rules switched off: who is referred, who shows up, and who attends.

As in `comparison` and test_exact_answers.py.
"""

from functools import cache
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.stats import lognorm

from comparison import EVERY_WEEKDAY, NO_TREATMENT, Changes, assert_mean, assert_share, cohorts, each, rulebook
from iopsim.engines.reference import simulate
from iopsim.record import Attendance, Exit, Record
from iopsim.rules.progress import meets_benchmark

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

"""The exact answers agree with each other, with closed formulas and with brute force.

The brute force here draws from one fixed seed and walks through every client or every day; its estimates are
held to four standard errors, found from batch means because weeks in a row resemble each other.
"""
# ruff: noqa: TID251 - brute force needs draws of its own, from one fixed seed
# ruff: noqa: T201 - `pytest -s` shows how the gaps shrink

from collections.abc import Sequence
from math import exp, pi

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.stats import poisson

import exact

SEED = 20270104
N_BATCHES = 50


def assert_within_four_standard_errors(observed: ArrayLike, expected: float) -> None:
    """Hold the mean of a long autocorrelated series to its expected value."""
    batches = np.array([batch.mean() for batch in np.array_split(np.asarray(observed, dtype=float), N_BATCHES)])
    standard_error = batches.std(ddof=1) / np.sqrt(N_BATCHES)
    assert abs(batches.mean() - expected) <= 4.0 * standard_error


# Stays


def test_a_stay_of_three_weeks_is_counted_by_hand() -> None:
    assert exact.stay_weeks(0.2, 3) == pytest.approx(1.0 + 0.8 + 0.64)
    assert exact.completes(0.2, 3) == pytest.approx(0.8 * 0.8 * 0.8)


def test_nobody_leaves_early_without_a_hazard_and_everybody_does_at_certainty() -> None:
    assert exact.stay_weeks(0.0, 12) == 12.0
    assert exact.completes(0.0, 12) == 1.0
    assert exact.stay_weeks(1.0, 12) == 1.0
    assert exact.completes(1.0, 12) == 0.0


def test_every_client_ends_by_leaving_or_by_completing() -> None:
    h, n = 0.07, 12
    left_at_review = [h * (1 - h) ** (k - 1) for k in range(1, n + 1)]
    assert sum(left_at_review) + exact.completes(h, n) == pytest.approx(1.0)
    weeks = sum(k * p for k, p in enumerate(left_at_review, start=1)) + n * exact.completes(h, n)
    assert exact.stay_weeks(h, n) == pytest.approx(weeks)


def test_an_unlimited_program_fills_as_counted_client_by_client() -> None:
    lam, h, n, weeks, n_programs = 3.0, 0.1, 8, 12, 4_000
    rng = np.random.default_rng(SEED)
    census = np.zeros((n_programs, weeks))
    for program in range(n_programs):
        for admitted_week, n_admitted in enumerate(rng.poisson(lam, weeks)):
            for reviews_passed in rng.geometric(h, n_admitted):
                census[program, admitted_week : admitted_week + min(reviews_passed, n)] += 1
    for week in (0, 3, 7, 11):
        assert_within_four_standard_errors(census[:, week], exact.unlimited_census_mean(lam, h, n, week))
    assert exact.unlimited_census_mean(lam, h, n, weeks - 1) == exact.unlimited_census_mean(lam, h, n)
    full = exact.unlimited_census_mean(lam, h, n)
    for clients in (10, 17, 24):
        assert_within_four_standard_errors(census[:, -1] <= clients, float(poisson.cdf(clients, full)))


# Diary


def test_a_diary_at_nine_tenths_leaves_three_and_a_half_referrals_over() -> None:
    diary = exact.diary(4.5, 5)
    assert diary.mean == pytest.approx(3.495, abs=0.0005)
    assert diary.empty_probability == pytest.approx(0.3635, abs=0.00005)


@pytest.mark.parametrize(("lam", "served"), [(0.5, 1), (1.2, 2), (4.5, 5), (4.9, 5), (2.0, 12)])
def test_the_diary_agrees_with_the_roots_of_its_generating_function(lam: float, served: int) -> None:
    """With roots z of z^s = exp(lam (z - 1)) inside the unit circle, mean and P(empty) have closed forms."""
    turns = np.exp(2j * pi * np.arange(1, served) / served)
    roots = np.zeros(served - 1, dtype=complex)
    for _ in range(3_000):
        roots = turns * np.exp(lam * (roots - 1) / served)
    mean = np.sum(1 / (1 - roots)).real - (served * (served - 1) - lam**2) / (2 * (served - lam))
    empty = (served - lam) * exp(lam) * np.prod(roots / (roots - 1)).real
    diary = exact.diary(lam, served)
    assert diary.mean == pytest.approx(mean, rel=1e-9)
    assert diary.empty_probability == pytest.approx(empty, rel=1e-9)


def test_appointments_given_equal_referrals_made() -> None:
    lam, served = 4.5, 5
    left_over = exact.diary(lam, served).distribution
    wanting = np.convolve(left_over, poisson.pmf(np.arange(80), lam))
    assert np.minimum(np.arange(len(wanting)), served) @ wanting == pytest.approx(lam, rel=1e-12)


def test_the_diary_agrees_with_days_walked_one_by_one() -> None:
    rng = np.random.default_rng(SEED)
    left_over, series = 0, []
    for referred in rng.poisson(4.5, 200_000):
        left_over = max(left_over + int(referred) - 5, 0)
        series.append(left_over)
    diary = exact.diary(4.5, 5)
    assert_within_four_standard_errors(series, diary.mean)
    assert_within_four_standard_errors([x == 0 for x in series], diary.empty_probability)


@pytest.mark.parametrize("lam", [0.0, 5.0, 6.0])
def test_a_diary_without_a_steady_state_is_refused(lam: float) -> None:
    with pytest.raises(ValueError, match="steady state"):
        exact.diary(lam, 5)


def test_a_diary_too_near_to_full_is_refused_rather_than_cut_short() -> None:
    with pytest.raises(ValueError, match="too near"):
        exact.diary(4.999, 5)


# Program of one night a week


def test_one_seat_and_no_waitlist_is_solved_by_hand() -> None:
    lam, leave = 0.7, 0.25
    fills, empties = 1 - exp(-lam), leave * exp(-lam)
    taken = fills / (fills + empties)
    program = exact.program_chain(lam, 1, leave, 0.5, limit=0)
    assert program.mean_census == pytest.approx(taken)
    assert program.balked_share == pytest.approx(1 - taken * leave / lam)
    assert program.mean_waiting == program.reneged_share == 0.0


PROGRAMS = [
    (1.5, 4, 0.3, 0.2, None),
    (1.5, 4, 0.3, 0.2, 3),
    (2.5, 6, 0.4, 0.05, None),
    (0.9, 3, 0.5, 0.0, None),
    (3.0, 3, 0.5, 0.0, 2),
    (1.0, 5, 0.3, 0.1, 0),
]


@pytest.mark.parametrize(("lam", "seats", "leave", "renege", "limit"), PROGRAMS)
def test_every_referral_is_admitted_or_balks_or_reneges(
    lam: float, seats: int, leave: float, renege: float, limit: int | None
) -> None:
    """In steady state admissions equal discharges, `leave` times the census: Little's law for the seats."""
    program = exact.program_chain(lam, seats, leave, renege, limit)
    discharged_share = leave * program.mean_census / lam
    assert discharged_share + program.balked_share + program.reneged_share == pytest.approx(1.0, abs=1e-10)
    assert program.joint.sum() == pytest.approx(1.0)
    assert program.joint[:seats, 1:].sum() == 0.0, "somebody waits beside a free seat"


@pytest.mark.parametrize(("lam", "seats", "rate"), [(0.8, 2, 0.3), (2.0, 6, 0.25)])
def test_when_waiting_clients_leave_like_seated_ones_their_sum_is_poisson(lam: float, seats: int, rate: float) -> None:
    """With leave = renege a seat changes nothing: n' = Binomial(n, 1 - rate) + Poisson(lam)."""
    program = exact.program_chain(lam, seats, rate, rate)
    present = np.add.outer(np.arange(seats + 1), np.arange(program.joint.shape[1]))
    distribution = np.bincount(present.ravel(), weights=program.joint.ravel())
    closed = poisson.pmf(np.arange(len(distribution)), lam / rate)
    assert np.abs(distribution - closed).max() < 1e-12


def test_seats_that_never_fill_hold_an_unlimited_program() -> None:
    lam, leave = 0.2, 0.5
    program = exact.program_chain(lam, 12, leave, 0.1, limit=0)
    assert program.mean_census == pytest.approx(exact.unlimited_census_mean(lam, leave, 10_000), rel=1e-9)
    assert program.balked_share < 1e-12


def test_a_long_waitlist_becomes_an_unlimited_one() -> None:
    unlimited = exact.program_chain(2.0, 5, 0.35, 0.1)
    long = exact.program_chain(2.0, 5, 0.35, 0.1, limit=150)
    assert long.mean_waiting == pytest.approx(unlimited.mean_waiting, abs=1e-9)
    assert long.reneged_share == pytest.approx(unlimited.reneged_share, abs=1e-9)


@pytest.mark.parametrize(("lam", "seats", "leave", "renege", "limit"), PROGRAMS)
def test_the_chain_agrees_with_clients_followed_one_by_one(
    lam: float, seats: int, leave: float, renege: float, limit: int | None
) -> None:
    rng = np.random.default_rng(SEED)
    enrolled = 0
    waitlist: list[int] = []
    census, waiting, balked, reneged, wait_weeks = [], [], [], [], []
    for week in range(40_000):
        stays = rng.random(len(waitlist)) >= renege
        reneged.append(len(waitlist) - int(stays.sum()))
        wait_weeks += [week - joined for joined, stay in zip(waitlist, stays, strict=True) if not stay]
        waitlist = [joined for joined, stay in zip(waitlist, stays, strict=True) if stay]
        waitlist += [week] * int(rng.poisson(lam))
        enrolled -= int((rng.random(enrolled) < leave).sum())
        while waitlist and enrolled < seats:
            wait_weeks.append(week - waitlist.pop(0))
            enrolled += 1
        balked.append(0)
        while limit is not None and len(waitlist) > limit:
            assert waitlist.pop() == week, "only those who came today balk"
            wait_weeks.append(0)
            balked[-1] += 1
        census.append(enrolled)
        waiting.append(len(waitlist))
    program = exact.program_chain(lam, seats, leave, renege, limit)
    assert_within_four_standard_errors(census, program.mean_census)
    assert_within_four_standard_errors(waiting, program.mean_waiting)
    if limit is not None:
        assert_within_four_standard_errors(balked, program.balked_share * lam)
    if renege > 0.0 and limit != 0:
        assert_within_four_standard_errors(reneged, program.reneged_share * lam)
    if limit != 0:
        assert_within_four_standard_errors(wait_weeks, program.mean_waiting / lam)  # Little's law for the list


def test_a_waitlist_that_grows_for_ever_is_refused() -> None:
    with pytest.raises(ValueError, match="outgrow"):
        exact.program_chain(2.0, 4, 0.5, 0.0)


def test_a_waitlist_too_long_to_solve_is_refused_rather_than_cut_short() -> None:
    with pytest.raises(ValueError, match="more than"):
        exact.program_chain(5.0, 4, 0.25, 0.001)


# Erlang


def test_erlang_b_is_the_truncated_poisson_distribution() -> None:
    for servers, load in [(1, 0.5), (5, 4.0), (12, 15.0)]:
        closed = poisson.pmf(servers, load) / poisson.cdf(servers, load)
        assert exact.erlang_b(servers, load) == pytest.approx(closed, rel=1e-12)


def test_erlang_a_without_a_waiting_room_is_erlang_b() -> None:
    queue = exact.erlang_a(5, 2.0, 0.5, 0.3, limit=0)
    assert queue.blocked_share == pytest.approx(exact.erlang_b(5, 4.0), rel=1e-12)
    assert queue.abandoned_share == 0.0


def test_erlang_a_without_impatience_is_erlang_c() -> None:
    servers, load = 5, 4.0
    blocked = exact.erlang_b(servers, load)
    delayed = servers * blocked / (servers - load * (1 - blocked))
    queue = exact.erlang_a(servers, 2.0, 0.5, 0.0)
    assert queue.mean_waiting == pytest.approx(delayed * load / (servers - load), rel=1e-9)
    assert queue.distribution[servers:].sum() == pytest.approx(delayed, rel=1e-9)


def test_erlang_a_with_patience_like_service_is_an_infinite_server_queue() -> None:
    queue = exact.erlang_a(3, 2.0, 0.4, 0.4)
    closed = poisson.pmf(np.arange(len(queue.distribution)), 5.0)
    assert np.abs(queue.distribution - closed).max() < 1e-14


@pytest.mark.parametrize("limit", [None, 0, 2, 20])
def test_every_erlang_arrival_is_served_or_blocked_or_gives_up(limit: int | None) -> None:
    queue = exact.erlang_a(4, 3.0, 0.6, 0.2, limit)
    served_share = 0.6 * queue.mean_busy / 3.0
    assert served_share + queue.blocked_share + queue.abandoned_share == pytest.approx(1.0, abs=1e-12)


def test_a_queue_that_grows_for_ever_is_refused() -> None:
    with pytest.raises(ValueError, match="outgrow"):
        exact.erlang_a(2, 2.0, 0.5, 0.0)


# From weekly nights to continuous time

STEPS = [2.0**-k for k in range(9)]
"""Time between two program days, as a share of a mean stay."""


def programs(lam: float, seats: int, patience_rate: float, limit: int | None) -> list[exact.ProgramLoad]:
    """Programs of one load, `lam` referrals in a mean stay, with a program day ever more often."""
    return [
        exact.program_chain(lam * step, seats, 1 - exp(-step), 1 - exp(-patience_rate * step), limit) for step in STEPS
    ]


def assert_shrinks(name: str, gaps: Sequence[float], to: float) -> None:
    """Print the gap at each step; over the last three halvings, hold it to `to` times the one before."""
    for step, gap in zip(STEPS, gaps, strict=True):
        print(f"{name}: step {step:.5f} of a mean stay, gap {gap:+.7f}")
    for before, after in zip(gaps[-4:-1], gaps[-3:], strict=True):
        assert after / before == pytest.approx(to, rel=0.1)


def test_the_gap_to_erlang_b_quarters_in_the_loss_and_halves_in_the_census_when_the_step_halves() -> None:
    """Leaving and arriving in one step bends the loss both ways, so that the first order cancels.

    Not so the census, which is counted just after admissions.
    """
    chain = programs(4.0, 5, 2.0, limit=0)
    lost = exact.erlang_b(5, 4.0)
    assert_shrinks("lost, Erlang-B", [p.balked_share - lost for p in chain], to=0.25)
    assert_shrinks("census, Erlang-B", [p.mean_census - 4.0 * (1 - lost) for p in chain], to=0.5)


@pytest.mark.parametrize(("lam", "seats", "patience_rate"), [(4.0, 5, 2.0), (4.0, 3, 0.5)])
def test_the_gap_to_erlang_a_halves_when_the_step_halves(lam: float, seats: int, patience_rate: float) -> None:
    chain = programs(lam, seats, patience_rate, limit=None)
    queue = exact.erlang_a(seats, lam, 1.0, patience_rate)
    assert_shrinks("reneged, Erlang-A", [p.reneged_share - queue.abandoned_share for p in chain], to=0.5)
    assert_shrinks("waiting, Erlang-A", [p.mean_waiting - queue.mean_waiting for p in chain], to=0.5)
    assert_shrinks("census, Erlang-A", [p.mean_census - queue.mean_busy for p in chain], to=0.5)


def test_the_gap_to_erlang_a_with_four_waiting_places_halves_when_the_step_halves() -> None:
    chain = programs(4.0, 3, 0.5, limit=4)
    queue = exact.erlang_a(3, 4.0, 1.0, 0.5, limit=4)
    assert_shrinks("balked, four places", [p.balked_share - queue.blocked_share for p in chain], to=0.5)
    assert_shrinks("reneged, four places", [p.reneged_share - queue.abandoned_share for p in chain], to=0.5)

"""Exact answers for small programs, to hold the simulator against.

Pure functions of numbers, with nothing of the simulator in them. Each says what it assumes; a comparison is
fair only when the scenario switches everything else off.
"""

from dataclasses import dataclass
from itertools import count
from math import ceil, log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom, poisson

Floats = NDArray[np.float64]

NEGLIGIBLE = 1e-12
"""Largest probability that may be cut off where a list of states has no natural end."""

MOST_STATES = 2_000
"""States beyond which an exact answer would take minutes, so that the functions refuse instead."""


@dataclass(frozen=True)
class DiaryLoad:
    """Steady state of the referrals left over after each day's appointments."""

    distribution: Floats
    """Probability of 0, 1, 2, ... left over, shape (n_states,)."""
    mean: float
    """Mean number left over, in referrals."""
    empty_probability: float
    """Probability that nobody is left over."""


@dataclass(frozen=True)
class ProgramLoad:
    """Steady state of a program of one night a week, seen when the weekly day is over."""

    joint: Floats
    """Probability of x clients in program and w waiting, shape (seats + 1, room + 1)."""
    mean_census: float
    """Mean clients in program."""
    mean_waiting: float
    """Mean clients on the waitlist."""
    balked_share: float
    """Share of all referrals who find no place on the waitlist."""
    reneged_share: float
    """Share of all referrals who leave the waitlist before an offer."""


@dataclass(frozen=True)
class ErlangLoad:
    """Steady state of the continuous-time queue with impatient customers."""

    distribution: Floats
    """Probability of 0, 1, 2, ... in service or waiting, shape (n_states,)."""
    mean_busy: float
    """Mean customers in service."""
    mean_waiting: float
    """Mean customers waiting."""
    blocked_share: float
    """Share of arrivals who find every waiting place taken."""
    abandoned_share: float
    """Share of arrivals who give up waiting."""


def stay_weeks(h: float, n: int) -> float:
    """Mean weeks between admission and discharge when each weekly review may end the stay.

    Assumes
        A review 7, 14, ... days after admission; at each the client leaves with probability `h`, whatever
        happened before; who is still there after review `n` has completed.
    Source
        Sum over k = 0 .. n-1 of the probability (1-h)^k of being there after k reviews: a geometric series.

    Parameters
    ----------
    h : float
        Probability of leaving at one review, in [0, 1].
    n : int
        Planned weeks, at least 1.

    Returns
    -------
    float
        Weeks, from 1 (`h` = 1) to `n` (`h` = 0).
    """
    return float(n) if h == 0.0 else (1.0 - (1.0 - h) ** n) / h


def completes(h: float, n: int) -> float:
    """Probability that a client stays through all `n` weekly reviews.

    Assumes
        As `stay_weeks`: the hazard applies at the last review too, before completion.
    Source
        Product of `n` independent probabilities 1-h.
    """
    return (1.0 - h) ** n


def unlimited_census_mean(lam: float, h: float, n: int, week: int | None = None) -> float:
    """Mean clients in a program that never lacks a seat, at the end of any day of a week.

    The census is Poisson with this mean, in every week and not only in the long run.

    Assumes
        The program opens empty; a Poisson(`lam`) number is admitted on one weekday of every week from week 0,
        and that week runs from one such day to the next; clients stay as in `stay_weeks`; the census is
        counted after the day's reviews.
    Source
        Clients admitted k weeks ago are a Poisson(`lam`) number thinned with probability (1-h)^k, independent
        of other weeks; sums of independent Poisson numbers are Poisson (Kingman, Poisson Processes, 1993).

    Parameters
    ----------
    lam : float
        Mean admissions per week, at least 0.
    h : float
        Probability of leaving at one review, in [0, 1].
    n : int
        Planned weeks, at least 1.
    week : int, optional
        Weeks since the first admission day, from 0; the steady state if left out.

    Returns
    -------
    float
        Clients.
    """
    return lam * stay_weeks(h, n if week is None else min(n, week + 1))


def stationary(transition: Floats) -> Floats:
    """Long-run share of time a Markov chain spends in each state.

    Uses no subtraction, so even the rarest state has a small relative error.

    Assumes
        One class of states that all lead to each other, through states of lower number where necessary.
    Source
        Grassmann, Taksar and Heyman, Operations Research 33 (1985) 1107-1116.

    Parameters
    ----------
    transition : ndarray of float, shape (n, n)
        Probability of going from the row's state to the column's; each row sums to 1.

    Returns
    -------
    ndarray of float, shape (n,)
        Probabilities that sum to 1.
    """
    censored = transition.copy()
    n = len(censored)
    for last in range(n - 1, 0, -1):
        censored[:last, last] /= censored[last, :last].sum()
        censored[:last, :last] += np.outer(censored[:last, last], censored[last, :last])
    weight = np.ones(n)
    for state in range(1, n):
        weight[state] = weight[:state] @ censored[:state, state]
        # Scaled at every step: if the first state is rare enough, the others would overflow.
        weight[: state + 1] /= weight[: state + 1].sum()
    return weight


def capped(probability: Floats, top: int) -> Floats:
    """Distribution of the smaller of a count and `top`, shape (top + 1,), with the whole tail at `top`."""
    below = np.zeros(top + 1)
    kept = probability[:top]
    below[: len(kept)] = kept
    below[top] = max(0.0, 1.0 - below.sum())
    return below


def diary(lam: float, served: int) -> DiaryLoad:
    """How many referrals are left over each day when a fixed number of appointments is given.

    Assumes
        X' = max(X + A - served, 0): A is Poisson(`lam`), independent from day to day, and today's referrals
        may take today's appointments; nobody gives up; everyone shows up.
    Source
        Lindley's recursion as a Markov chain (Bailey, J. R. Stat. Soc. B 16 (1954) 80-87). The list of states
        ends where Kingman's bound P(X >= k) <= z^-k falls below 1e-14, z > 1 being the root of
        lam (z - 1) = served ln z (Kingman, A martingale inequality in the theory of queues, 1964).

    Parameters
    ----------
    lam : float
        Mean referrals per day, above 0 and below `served`.
    served : int
        Appointments per day.

    Returns
    -------
    DiaryLoad

    Raises
    ------
    ValueError
        If `lam` is not between 0 and `served`, or is so near `served` that there are too many states.
    """
    if not 0.0 < lam < served:
        raise ValueError(f"a diary has a steady state for 0 < lam < served only, not for lam={lam}, served={served}")

    def excess(z: float) -> float:
        return lam * (z - 1.0) - served * log(z)

    above = next(z for z in (served / lam * 2.0**k for k in count(1)) if excess(z) > 0.0)
    top = ceil(log(1e14) / log(float(brentq(excess, served / lam, above))))
    if top > MOST_STATES:
        raise ValueError(f"lam={lam} is too near to served={served}: more than {MOST_STATES} states")
    top = max(top, served)
    arrivals = poisson.pmf(np.arange(top + served + 1), lam)
    transition = np.empty((top + 1, top + 1))
    for before in range(top + 1):
        wanting = np.concatenate([np.zeros(before), arrivals])
        nobody_left = wanting[: served + 1].sum()
        transition[before] = capped(np.append(nobody_left, wanting[served + 1 :]), top)
    distribution = stationary(transition)
    return DiaryLoad(distribution, float(np.arange(top + 1) @ distribution), float(distribution[0]))


def program_chain(lam: float, seats: int, leave: float, renege: float, limit: int | None = None) -> ProgramLoad:
    """Who is in program, who waits and who is lost, in a program of one night a week.

    The weekly day runs in this order. (a) Each client on the waitlist has left since last week with
    probability `renege`. (b) A Poisson(`lam`) number of clients is referred and assessed. (c) At review each
    client in program leaves with probability `leave`. (d) Free seats go to the list, oldest first. (e) Of
    those who came today, who does not fit within the waitlist's limit balks. The state is counted after (e),
    so clients of this week cannot renege before the next.

    Assumes
        Clients are alike and independent; everyone assessed is placed here; stays have no planned end
        (geometric); the census is constant between weekly days. A list that reneges daily shrinks between
        weekly days, so `mean_waiting` holds for the weekly day only.
    Source
        Seats are filled whenever someone waits, so clients in program plus on the list, n, is a Markov chain:
        n' = min(Binomial(x, 1-leave) + Binomial(w, 1-renege) + Poisson(lam), seats + limit),
        x = min(n, seats), w = n - x. Exact up to rounding for a finite limit. Without one, the list is cut
        where a cut list has both P(last place taken) and its share of balking clients below 1e-12.

    Parameters
    ----------
    lam : float
        Mean referrals per week, above 0.
    seats : int
        Places in the program, at least 1.
    leave : float
        Probability that a client in program leaves at one weekly review, in (0, 1].
    renege : float
        Probability that a waiting client leaves within a week, in [0, 1].
    limit : int, optional
        Places on the waitlist, at least 0 (0: whoever is not admitted at once is lost); no limit if left out.

    Returns
    -------
    ProgramLoad

    Raises
    ------
    ValueError
        If there is no limit and the list grows for ever, or grows too long to solve.
    """
    if limit is not None:
        return limited_program(lam, seats, leave, renege, limit)
    if renege == 0.0 and lam >= seats * leave:
        raise ValueError(f"nobody reneges, and {lam} referrals a week outgrow {seats * leave} discharges")
    for room in (32 * 2**k for k in range(5)):
        program = limited_program(lam, seats, leave, renege, room)
        if max(program.balked_share, program.joint[:, room].sum()) < NEGLIGIBLE:
            return program
    raise ValueError(f"the waitlist needs more than {room} places before its tail is negligible")


def limited_program(lam: float, seats: int, leave: float, renege: float, limit: int) -> ProgramLoad:
    """Solve `program_chain` for a waitlist of `limit` places; sources and assumptions are given there."""
    top = seats + limit
    total = np.arange(top + 1)
    enrolled = np.minimum(total, seats)
    waiting = total - enrolled
    arrivals = poisson.pmf(total, lam)
    transition = np.empty((top + 1, top + 1))
    for before, x, w in zip(total, enrolled, waiting, strict=True):
        staying = binom.pmf(np.arange(x + 1), x, 1.0 - leave)
        patient = binom.pmf(np.arange(w + 1), w, 1.0 - renege)
        transition[before] = capped(np.convolve(np.convolve(staying, patient), arrivals), top)
    probability = stationary(transition)
    joint = np.zeros((seats + 1, limit + 1))
    joint[enrolled, waiting] = probability
    wanting = enrolled * (1.0 - leave) + waiting * (1.0 - renege) + lam
    balked_per_week = probability @ (wanting - transition @ total)
    mean_waiting = float(probability @ waiting)
    return ProgramLoad(
        joint=joint,
        mean_census=float(probability @ enrolled),
        mean_waiting=mean_waiting,
        balked_share=max(0.0, float(balked_per_week)) / lam,
        reneged_share=renege * mean_waiting / lam,
    )


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals lost when every server is busy and nobody may wait.

    Assumes
        Poisson arrivals; service times of any distribution, independent of them.
    Source
        Erlang (1917), by the recursion B(c) = a B(c-1) / (c + a B(c-1)), B(0) = 1.

    Parameters
    ----------
    servers : int
        Number of servers c, at least 0.
    load : float
        Offered load a: arrival rate times mean service time, at least 0.

    Returns
    -------
    float
        Probability in [0, 1].
    """
    blocked = 1.0
    for c in range(1, servers + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def erlang_a(
    servers: int, arrival: float, service: float, patience_rate: float, limit: int | None = None
) -> ErlangLoad:
    """Who waits, gives up or is turned away at servers with impatient customers.

    Assumes
        Poisson arrivals; exponential service times and patience, all independent; first come, first served.
        The three rates share one unit of time.
    Source
        Birth-death balance of the M/M/c+M queue (Palm 1957; Garnett, Mandelbaum and Reiman, Manufacturing &
        Service Operations Management 4 (2002) 208-227). Without a limit the list of states ends where the
        rest, bounded by a geometric series, is below 1e-15 of the whole.

    Parameters
    ----------
    servers : int
        Number of servers, at least 1.
    arrival, service, patience_rate : float
        Arrivals, services by one busy server and abandonments by one waiting customer, per unit of time;
        patience may be 0 (nobody gives up).
    limit : int, optional
        Waiting places, at least 0 (0: Erlang-B); no limit if left out.

    Returns
    -------
    ErlangLoad

    Raises
    ------
    ValueError
        If nobody gives up, there is no limit, and the servers cannot keep up.
    """
    if limit is None and patience_rate == 0.0 and arrival >= servers * service:
        raise ValueError(f"nobody gives up, and {arrival} arrivals outgrow {servers * service} services")
    weights = [1.0]
    for n in count(1):
        if limit is not None and n > servers + limit:
            break
        ratio = arrival / (min(n, servers) * service + max(n - servers, 0) * patience_rate)
        if limit is None and n > servers and ratio < 1.0:
            rest_at_most = weights[-1] * ratio / (1.0 - ratio)
            if rest_at_most < 1e-15 * sum(weights):
                break
        weights.append(weights[-1] * ratio)
    distribution = np.array(weights) / sum(weights)
    present = np.arange(len(weights))
    busy = np.minimum(present, servers)
    mean_waiting = float(distribution @ (present - busy))
    return ErlangLoad(
        distribution=distribution,
        mean_busy=float(distribution @ busy),
        mean_waiting=mean_waiting,
        blocked_share=0.0 if limit is None else float(distribution[-1]),
        abandoned_share=patience_rate * mean_waiting / arrival,
    )

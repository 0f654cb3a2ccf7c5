"""Calibrate the default ways of leaving and the way in, by simulation; write calibration.log and calibration.png.

Published rates of leaving already contain dropout, termination, incarceration, death and the rest. So the *sum*
is calibrated: the clinic is simulated with all its rules at work, and a few parameters are moved until what comes
out is what was published. The same holds for the way in, where rebooking and reneging select whose waits are seen.
Every candidate meets the same clients with the same cards, so a difference between two candidates is theirs alone.

Run ``python verification/calibrate.py``: it solves, rounds, confirms on clients never used before, and says
whether ``defaults.toml`` holds what was found. Row numbers are those of the evidence table.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from iopsim.cohort import draw
from iopsim.deck import Deck
from iopsim.engines.reference import simulate
from iopsim.record import AGAINST_PLAN, CENSORED, NEVER, Exit
from iopsim.rulebook import Rulebook, write
from iopsim.scenario.load import load

HERE = Path(__file__).parent
PALMETTO = HERE.parent / "scenarios" / "palmetto.toml"
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Changes = dict[str, object]
"""Dotted path -> a value that can be hashed, as for `iopsim.scenario.load.load`."""

SOLVE, CONFIRM = 1, 2
"""Seeds: the clients on whom parameters are solved, and those on whom they are confirmed."""

PLANNED_WEEKS = 16
COUNTED_WEEKS = 104
"""Two years of admissions, or of calls, are counted, so that seasons and holidays weigh what they should."""


# ------------------------------------------------------------------------------------------- what is aimed at


@dataclass(frozen=True)
class Target:
    """A published result. `rounding` is how far rounded parameters may miss it, beyond the luck of the draw.

    `ends` is None where the result is to be met. Where two sources disagree, what is simulated shall lie between
    the ends, and the value is only what lies in their middle.
    """

    measure: str
    words: str
    row: str
    value: float
    rounding: float
    ends: tuple[float, float] | None = None
    days: bool = False

    def write(self, value: float) -> str:
        return f"{value:.2f} d" if self.days else f"{100 * value:.1f} %"


LEAVING = (
    Target("fewer_than_5", "attended fewer than 5 sessions", "1.9", 0.27, 0.003),
    Target("left_30", "left against plan by day 30", "1.22, 1.26", 0.335, 0.003, (0.30, 0.37)),
    Target("left_90", "left against plan by day 90", "1.26, 1.29", 0.50, 0.003),
    Target("transferred", "discharges that are transfers", "5.4", 0.179, 0.003),
)
WAY_IN = (
    Target("assessed_median", "call to assessment, median", "2.1", 6.0, 0.05, days=True),
    Target("assessed_mean", "call to assessment, mean", "2.1", 7.5, 0.05, days=True),
    Target("lost_before_assessment", "lost between call and assessment", "2.3", 0.45, 0.003),
    Target("enrolled_median", "assessment to enrolment, median", "2.2", 8.0, 0.1, days=True),
    Target("enrolled_mean", "assessment to enrolment, mean", "2.2", 12.5, 0.1, days=True),
    Target("lost_before_enrolment", "lost between placement and enrolment", "2.4", 0.32, 0.003),
)

EARLY, DROPOUT, TRANSFER = "leaving.early_probability", "leaving.dropout_per_week", "leaving.transfer_per_week"
RUN, EXCUSED = "attendance.absence_run_sessions", "attendance.excused_share"
SHOW, REBOOK = "assessment.show_probability_next_day", "assessment.rebook_probability"
RENEGE = "waitlist.renege_per_day"

DIGITS = {EARLY: 2, DROPOUT: 2, TRANSFER: 3, SHOW: 3, RENEGE: 3}
"""Significant digits kept. Nothing published is known better than this."""

PUBLISHED_DELAYS: Changes = {
    "assessment.client_delay.median_days": 5.54,
    "assessment.client_delay.mean_days": 6.91,
    "waitlist.ready_delay.median_days": 11.2,
    "waitlist.ready_delay.mean_days": 22.0,
}
"""Delays that give the waits of rows 2.1 and 2.2 where slots and seats are ample: solved below, then rounded.

They stand for all that kept the clients of that clinic waiting, its own queues included, so they are not defaults:
in a scenario the queues come on top of the client's own delay.
"""

STACKED: Changes = {EARLY: 0.23, DROPOUT: 7 * 0.0047, TRANSFER: 7 * 0.0035}
"""The published formulas (row 1.29, and section 9 for transfer) put in as they stand, on top of the other rules."""


# ------------------------------------------------------------------------------------------------ simulating


def _times(factor: float) -> Changes:
    """Palmetto's referrals, so many times over and mature from the first day."""
    scenario = load(PALMETTO)
    rates = {f"referrals.{name}.per_week": factor * s.per_week for name, s in scenario.referrals.items()}
    return {**rates, **{f"referrals.{name}.ramp_weeks": 0 for name in scenario.referrals}}


@lru_cache
def _treatment() -> Changes:
    """Palmetto's treatment with room for everyone, and everyone admitted on the first day that suits."""
    return {
        **_times(4),
        "weeks": COUNTED_WEEKS + PLANNED_WEEKS + 2,
        "groups.evening.seats": 500,
        "staff.counselor.caseload": "none",
        "assessment.slots_per_day": 500,
        SHOW: 1.0,
        "assessment.client_delay.median_days": 0.0,
        "assessment.client_delay.mean_days": 0.0,
        "placement.this_program": 1.0,
        "placement.higher": 0.0,
        "placement.lower": 0.0,
        "placement.declined": 0.0,
        "waitlist.ready_delay.median_days": 0.0,
        "waitlist.ready_delay.mean_days": 0.0,
        RENEGE: 0.0,
    }


@lru_cache
def _way_in() -> Changes:
    """Palmetto's way in with slots and seats for everyone; treatment is cut short, for it plays no part."""
    return {
        **_times(20),
        "weeks": COUNTED_WEEKS + 52,
        "groups.evening.seats": 500,
        "staff.counselor.caseload": "none",
        "assessment.slots_per_day": 500,
        "phases.intensive.planned_weeks": 1,
        "phases.step_down.planned_weeks": 1,
    }


@lru_cache(maxsize=2)
def _book(changes: tuple[tuple[str, object], ...]) -> Rulebook:
    return write(load(PALMETTO, changes=dict(changes)))


@dataclass(frozen=True)
class Stays:
    """Everyone admitted in the counted weeks: weeks until discharge, reason, sessions attended."""

    weeks: I64
    exit: I64
    attended: I64


def stays(changes: Changes, seed: int, replication: int) -> Stays:
    """Simulate treatment once."""
    book = _book(tuple(sorted({**_treatment(), **changes}.items())))
    record = simulate(book, draw(book, Deck(seed, replication)))
    who = record.clients
    counted = (who.admitted_day != NEVER) & (who.admitted_day < 7 * COUNTED_WEEKS)
    weeks, odd_days = np.divmod(who.exit_day[counted] - who.admitted_day[counted], 7)
    everyone_fits = not record.intake.no_seat.any() and (who.due_day == who.moved_day)[counted].all()
    if not everyone_fits or odd_days.any() or np.isin(who.exit[counted], CENSORED).any():
        raise AssertionError("treatment is calibrated with room for everyone, followed to a review that ends it")
    return Stays(weeks, who.exit[counted], who.attended[counted])


def leaving(stay: Stays) -> dict[str, float]:
    """Measure a replication of treatment.

    Leaving is decided at weekly reviews, on days 7, 14, ... of treatment, and is dated by the review, as a
    discharge record would be. So "by day 30" counts the reviews up to day 28, and "by day 90" those up to day 84,
    the twelve weeks of the intensive phase; `spread` spreads each review's leavers evenly over its week instead.
    """
    against = np.isin(stay.exit, AGAINST_PLAN)
    left = kaplan_meier(stay.weeks, against)
    against_crude, gone_crude = incidence(stay.weeks, against), incidence(stay.weeks, stay.exit != Exit.COMPLETED)
    return {
        "fewer_than_5": float((stay.attended < 5).mean()),
        "transferred": float((stay.exit == Exit.TRANSFERRED).mean()),
        "mean_weeks": float(stay.weeks.mean()),
        "of_against_terminated": float((stay.exit == Exit.TERMINATED).sum() / max(against.sum(), 1)),
        **{f"left_{day}": left[day // 7] for day in DAYS},
        **{f"against_{day}": against_crude[day // 7] for day in DAYS},
        **{f"gone_{day}": gone_crude[day // 7] for day in DAYS},
        **{f"spread_{day}": float(np.interp(day / 7, range(len(left)), left)) for day in DAYS},
        **{reason.name.lower(): float((stay.exit == reason).mean()) for reason in REASONS},
    }


DAYS = (10, 14, 30, 60, 84, 90, 112)
REASONS = (
    Exit.DROPPED_OUT,
    Exit.TERMINATED,
    Exit.INCARCERATED,
    Exit.DIED,
    Exit.OTHER,
    Exit.TRANSFERRED,
    Exit.COMPLETED,
)


def kaplan_meier(weeks: I64, against: NDArray[np.bool_]) -> list[float]:
    """Return the share that has left against plan after k weeks, k from 0; transfer and completion censor."""
    staying, left = 1.0, [0.0]
    for k in range(1, PLANNED_WEEKS + 1):
        at_risk = int((weeks >= k).sum())
        staying *= 1 - int(((weeks == k) & against).sum()) / at_risk if at_risk else 1.0
        left.append(1 - staying)
    return left


def incidence(weeks: I64, among: NDArray[np.bool_]) -> list[float]:
    """Return the share of all admitted that has left in this way after k weeks, k from 0."""
    return [float(((weeks <= k) & among).mean()) for k in range(PLANNED_WEEKS + 1)]


def way_in(changes: Changes, seed: int, replication: int) -> dict[str, float]:
    """Simulate and measure the way in once."""
    book = _book(tuple(sorted({**_way_in(), **changes}.items())))
    record = simulate(book, draw(book, Deck(seed, replication)))
    who, diary = record.clients, record.appointments
    if record.intake.no_seat.any() or (diary.day != diary.wanted_day).any():
        raise AssertionError("the way in is calibrated with slots and seats for everyone")
    called = who.referral_day < 7 * COUNTED_WEEKS
    assessed, placed = called & (who.assessed_day != NEVER), called & (who.joined_day != NEVER)
    enrolled, declined = called & (who.admitted_day != NEVER), called & (who.exit == Exit.DECLINED)
    to_assessment = (who.assessed_day - who.referral_day)[assessed]
    to_enrolment = (who.admitted_day - who.assessed_day)[enrolled]
    return {
        "assessed_median": grouped_median(to_assessment),
        "assessed_mean": float(to_assessment.mean()),
        "lost_before_assessment": 1 - assessed.sum() / called.sum(),
        "enrolled_median": grouped_median(to_enrolment),
        "enrolled_mean": float(to_enrolment.mean()),
        "lost_before_enrolment": 1 - enrolled.sum() / placed.sum(),
        "lost_or_declined": 1 - enrolled.sum() / (placed | declined).sum(),
        "placed_median": grouped_median((who.ready_day - who.joined_day)[placed]),
        "placed_mean": float((who.ready_day - who.joined_day)[placed].mean()),
    }


def grouped_median(days: I64) -> float:
    """Return the median of whole days, day k taken as spread evenly from k - 1/2 to k + 1/2.

    It moves smoothly with the parameters, and rounds to the plain median.
    """
    reached = np.cumsum(np.bincount(days)) / len(days)
    k = int(np.searchsorted(reached, 0.5))
    below = reached[k - 1] if k else 0.0
    return float(k - 0.5 + (0.5 - below) / (reached[k] - below))


def treatment(changes: Changes, seed: int, replication: int) -> dict[str, float]:
    """Simulate and measure treatment once."""
    return leaving(stays(changes, seed, replication))


# --------------------------------------------------------------------------------------------------- solving

Once = Callable[[Changes, int, int], dict[str, float]]
Map = Callable[..., Iterator]


@contextmanager
def processes() -> Iterator[Map]:
    """Yield a `map` that uses every processor."""
    with ProcessPoolExecutor() as pool:
        yield partial(pool.map, chunksize=4)


@dataclass(frozen=True)
class Estimate:
    """A mean over replications, its standard error, and the ends of its 95 % interval."""

    mean: float
    error: float
    low: float
    high: float


def estimates(once: Once, changes: Changes, seed: int, n: int, map_: Map = map) -> dict[str, Estimate]:
    """Simulate n replications, and estimate every measure."""
    rows = list(map_(partial(once, changes, seed), range(n)))
    result = {}
    for measure in rows[0]:
        values = np.array([row[measure] for row in rows])
        mean, error = float(values.mean()), float(values.std(ddof=1) / math.sqrt(n))
        reach = float(student.ppf(0.975, n - 1)) * error
        result[measure] = Estimate(mean, error, mean - reach, mean + reach)
    return result


def means(once: Once, changes: Changes, n: int, map_: Map) -> dict[str, float]:
    """Simulate n replications of the clients on whom parameters are solved, and average every measure."""
    return {name: found.mean for name, found in estimates(once, changes, SOLVE, n, map_).items()}


def solve(
    once: Once, start: Mapping[str, float], aims: Mapping[str, float], fixed: Changes, n: int, map_: Map
) -> dict[str, float]:
    """Find parameters with which as many measures meet their aims, by Newton's method.

    The unknowns are the logarithms of the parameters; slopes are differences on the same clients, taken anew in
    the first two steps; no step changes a parameter by more than a fifth.
    """
    logs = np.log(list(start.values()))

    def gap(logs: F64) -> F64:
        values = dict(zip(start, np.exp(logs).tolist(), strict=True))
        found = means(once, {**fixed, **values}, n, map_)
        return np.array([found[measure] - aim for measure, aim in aims.items()])

    here, slope = gap(logs), np.empty((len(aims), len(logs)))
    for step in range(12):
        if (np.abs(here) < 1e-3 * np.maximum(list(aims.values()), 0.3)).all():
            break
        if step < 2:
            for j, unit in enumerate(np.eye(len(logs))):
                slope[:, j] = (gap(logs + 0.05 * unit) - here) / 0.05
        move = -np.linalg.solve(slope, here)
        logs = logs + move * min(1.0, 0.2 / np.abs(move).max())
        here = gap(logs)
    else:
        raise ArithmeticError(f"no solution found near {np.exp(logs)}: off by {here}")
    return dict(zip(start, np.exp(logs).tolist(), strict=True))


def rounded(values: Mapping[str, float]) -> Changes:
    """Round parameters to the digits kept."""
    return {path: float(f"{value:.{DIGITS.get(path, 3)}g}") for path, value in values.items()}


AIMS = {target.measure: target.value for target in (*LEAVING, *WAY_IN)}


def solve_leaving(aims: Sequence[str], fixed: Changes, n: int, map_: Map) -> dict[str, float]:
    """Solve early non-engagement, dropout and transfer."""
    start = {EARLY: 0.29, DROPOUT: 0.009, TRANSFER: 0.022}
    return solve(treatment, start, {aim: AIMS[aim.replace("crude", "left")] for aim in aims}, fixed, n, map_)

"""Are the peers' clinics one clinic, and what theory knows of it? And how far is iopsim's model from it?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

import numpy as np

from iopsim.experiments.point import Point
from iopsim.experiments.work import view_of
from iopsim.record import I64, NEVER, Exit
from peers import clinic as c

LARGEST = 4.0
"""Standard errors by which nothing that is alike, or known, comes out: chance would do so once in 16,000."""

NUMBERS = list(c.Told().numbers())


def column(told: Sequence[c.Told], name: str) -> list[float]:
    """Return one number of some replications."""
    return [one.numbers()[name] for one in told]


def mean_of(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard error."""
    return fmean(values), stdev(values) / math.sqrt(len(values))


def in_words(values: Sequence[float]) -> str:
    """Return a mean with its 95 % interval."""
    mean, error = mean_of(values)
    return f"{mean:.2f} +- {1.96 * error:.2f}"


def equal(told: Mapping[str, Sequence[c.Told]]) -> int:
    """Return in how many replications all peers, given the same seed, tell the same to nine digits."""
    return sum(
        all(
            math.isclose(one.numbers()[name], each[0].numbers()[name], rel_tol=1e-9) for one in each for name in NUMBERS
        )
        for each in zip(*told.values(), strict=True)
    )


def apart(told: Mapping[str, Sequence[c.Told]]) -> float:
    """Return by how many standard errors a mean of one peer is from another's at most, as if seeds were others."""
    far = [0.0]
    first, *others = told.values()
    for name in NUMBERS:
        mean, error = mean_of(column(first, name))
        for other in others:
            mean_too, error_too = mean_of(column(other, name))
            far.append(abs(mean - mean_too) / math.hypot(error, error_too))
    return max(far)


def from_theory(told: Sequence[c.Told]) -> dict[str, float]:
    """Return by how many standard errors a peer is from what theory knows.

    Of referrals, the mean. Of those who renege, and of those who drop out, that each day of somebody who could has the
    same hazard: their number less hazard times days has mean zero, however full the clinic is.
    """
    reneging = [one.reneged - c.RUN_DAYS * one.waitlist / c.PATIENCE_DAYS for one in told]
    dropping_out = [one.dropped_out - c.RUN_DAYS * one.census / c.DROPOUT_DAYS for one in told]
    expected = {
        "referrals": (column(told, "referred"), c.REFERRALS_PER_DAY * c.RUN_DAYS),
        "reneging for each day on the waitlist": (reneging, 0.0),
        "dropping out for each day in a seat": (dropping_out, 0.0),
    }
    return {what: (mean_of(values)[0] - truth) / mean_of(values)[1] for what, (values, truth) in expected.items()}


def of_iopsim(point: Point, many: int) -> list[c.Told]:
    """Return what iopsim's model of such a clinic, of two phases, tells of some replications."""
    found = []
    for replication in range(many):
        record = view_of(point.book, point.seed, replication).record
        them, days = record.clients, record.days
        listed, admitted = them.joined_day != NEVER, them.admitted_day != NEVER
        seat_left = them.exit_day.copy()
        moved = record.moves.client[record.moves.phase == 1]
        seat_left[moved] = record.moves.day[record.moves.phase == 1]
        line_left = np.where(admitted, them.admitted_day, them.exit_day)
        found.append(
            c.Told(
                referred=len(them.source),
                assessed=int((them.assessed_day != NEVER).sum()),
                reneged=int((them.exit == Exit.RENEGED).sum()),
                admitted=int(admitted.sum()),
                dropped_out=int((them.exit == Exit.DROPPED_OUT).sum()),
                completed=int((them.exit == Exit.COMPLETED).sum()),
                waitlist=_mean_taken(them.joined_day[listed], line_left[listed], days),
                census=_mean_taken(them.admitted_day[admitted], seat_left[admitted], days),
                step_down_census=_mean_taken(seat_left[moved], them.exit_day[moved], days),
                days_waited=float((them.admitted_day - them.joined_day)[admitted].mean()),
            )
        )
    return found


def _mean_taken(begin: I64, end: I64, days: int) -> float:
    """Return how many were there in the mean over the run."""
    return float((np.where(end == NEVER, days, end) - begin).sum() / days)

"""How staff are used: hours and caseload against what there is, by role, and where a limit is nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from iopsim.experiments.series import F64, HoursSeries
from iopsim.stats.intervals import ratio

KINDS = ("groups", "individual", "assessments", "notes", "other")
"""What hours are spent on, as the series names it."""

STRETCH = 4
"""Weeks over which a share is told, so that one week does not decide."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The stretch of weeks in which a limit is nearest.

    Parameters
    ----------
    role : int
        Which of the series' roles.
    limit : str
        ``hours`` or ``caseload``.
    share : float
        Of the limit, in that stretch, of all replications together; more than 1 where it is exceeded.
    week : int
        The middle of the stretch, from 0 at the start of the series.
    overall : float
        The share of the limit in all weeks together.
    """

    role: int
    limit: Literal["hours", "caseload"]
    share: float
    week: int
    overall: float


def hours_used(hours: HoursSeries) -> F64:
    """Return the hours of those available that are spent, overtime left out; shape (replications, roles, weeks)."""
    return np.asarray(sum(getattr(hours, kind) for kind in KINDS) - hours.overtime, dtype=np.float64)


def used_share(hours: HoursSeries) -> F64:
    """Return the share of each role's hours that is spent, of all weeks and replications; NaN without hours."""
    return ratio(hours_used(hours).sum(axis=(0, 2)), hours.available.sum(axis=(0, 2)))


def peaks(hours: HoursSeries) -> list[Peak]:
    """Return where each role comes nearest to each limit it has, nearest first."""
    pairs: list[tuple[Literal["hours", "caseload"], F64, F64]] = [
        ("hours", hours_used(hours).sum(axis=0), hours.available.sum(axis=0)),
        ("caseload", hours.caseload.sum(axis=0), hours.caseload_limit.sum(axis=0)),
    ]
    found = []
    for role in range(len(hours.roles)):
        for limit, part, whole in pairs:
            shares = _stretches(part[role], whole[role])
            if not np.isnan(shares).all():
                first = int(np.nanargmax(shares))
                width = len(part[role]) - len(shares) + 1
                overall = float(part[role].sum() / whole[role].sum())
                found.append(Peak(role, limit, float(shares[first]), first + width // 2, overall))
    return sorted(found, key=lambda peak: -peak.share)


def _stretches(part: F64, whole: F64) -> F64:
    """Return the share of each stretch of weeks, of the whole series if it is shorter; NaN where there is nothing."""
    window = np.ones(min(STRETCH, len(part)))
    return ratio(np.convolve(part, window, "valid"), np.convolve(whole, window, "valid"))

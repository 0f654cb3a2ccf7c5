"""The bottleneck: which resource holds people back, in how many replications, from when on, and how many.

A mean over replications can be made by few of them - a post of assessors that stays empty for a year in three of two
hundred - so resources are ranked by how often each is the tightest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iopsim.measures.series import WEEKLY
from iopsim.record import I64

SLOTS = "assessment slots"
RESOURCES = {
    "held_back_by_slots": SLOTS,
    "held_back_by_seats": "group seats",
    "held_back_by_caseload": "counselor caseload",
    "held_back_by_both": "group seats and counselor caseload together",
    "held_back_by_next_phase": "seats in the next phase",
}

FEW = 2.0
"""A few replications make a mean that is more than so many times the median."""

BITES = 1.0
"""A resource bites in a week in which it holds back at least this many clients at a time, on average."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A resource that holds people back.

    Parameters
    ----------
    resource : str
        In words.
    tightest_in : int
        Replications in which it holds back more client-days than any other resource; of equals it is the first.
    first_week : int or None
        First week of the run, from 0, in which it holds back a client at a time on average; None if it never does.
    worst_week : int
        Week of the run in which it holds back most.
    held_back : float
        Clients it holds back at a time in that week, mean over replications.
    weeks : int
        Weeks in which it bites.
    mean, median : float
        Clients it holds back at a time over all weeks: mean over replications, and the replication in the middle.
    without_assessors : float or None
        Of those whom slots hold back, the share for want of an assessor, over all replications; None for another
        resource.
    """

    resource: str
    tightest_in: int
    first_week: int | None
    worst_week: int
    held_back: float
    weeks: int
    mean: float
    median: float
    without_assessors: float | None

    @property
    def few_make_it(self) -> bool:
        """Whether a few replications make the mean: the one in the middle is not half of it."""
        return self.mean > FEW * self.median


def bottlenecks(weekly: I64, since: int = 0, without_assessors: I64 | None = None) -> tuple[Bottleneck, ...]:
    """Return the resources that hold anybody back: first what is tightest in most replications, then by client-days.

    Parameters
    ----------
    weekly : int array, shape (replications, len(WEEKLY), weeks)
    since : int
        Week of the run that the first column is.
    without_assessors : int array, shape (replications,), optional
        Client-days that slots hold back for want of an assessor.
    """
    held_back = weekly[:, [WEEKLY.index(name) for name in RESOURCES], :]
    by_replication, days = held_back.sum(axis=2), 7 * weekly.shape[2]
    lacking = 0 if without_assessors is None else int(without_assessors.sum())
    somebody = by_replication.any(axis=1)
    tightest = np.bincount(by_replication.argmax(axis=1)[somebody], minlength=len(RESOURCES)).tolist()
    found = []
    for place, resource in enumerate(RESOURCES.values()):
        clients = held_back[:, place, :].mean(axis=0) / 7
        if clients.sum() == 0.0:
            continue
        biting = np.flatnonzero(clients >= BITES)
        worst = int(clients.argmax())
        first = since + int(biting[0]) if len(biting) else None
        one = Bottleneck(
            resource=resource,
            tightest_in=tightest[place],
            first_week=first,
            worst_week=since + worst,
            held_back=float(clients[worst]),
            weeks=len(biting),
            mean=float(by_replication[:, place].mean()) / days,
            median=float(np.median(by_replication[:, place])) / days,
            without_assessors=lacking / int(by_replication[:, place].sum()) if resource == SLOTS else None,
        )
        found.append((tightest[place], float(clients.sum()), one))
    return tuple(one for *_, one in sorted(found, key=lambda row: (-row[0], -row[1])))

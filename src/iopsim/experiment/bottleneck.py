"""The bottleneck: which resource holds people back, in how many replications, from when on, and how many.

A mean over replications can be made by few of them - a post of assessors that stays empty for a year in three of two
hundred - so resources are ranked by how often each is the tightest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iopsim.measures.series import WEEKLY
from iopsim.record import I64

RESOURCES = {
    "held_back_by_slots": "assessment slots",
    "held_back_by_seats": "group seats",
    "held_back_by_caseload": "counselor caseload",
    "held_back_by_both": "group seats and counselor caseload together",
    "held_back_by_next_phase": "seats in the next phase",
}

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
    """

    resource: str
    tightest_in: int
    first_week: int | None
    worst_week: int
    held_back: float
    weeks: int


def bottlenecks(weekly: I64, since: int = 0) -> tuple[Bottleneck, ...]:
    """Return the resources that hold anybody back: first what is tightest in most replications, then by client-days.

    Parameters
    ----------
    weekly : int array, shape (replications, len(WEEKLY), weeks)
    since : int
        Week of the run that the first column is.
    """
    held_back = weekly[:, [WEEKLY.index(name) for name in RESOURCES], :]
    by_replication = held_back.sum(axis=2)
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
        one = Bottleneck(resource, tightest[place], first, since + worst, float(clients[worst]), len(biting))
        found.append((tightest[place], float(clients.sum()), one))
    return tuple(one for *_, one in sorted(found, key=lambda row: (-row[0], -row[1])))

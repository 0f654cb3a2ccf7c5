"""The bottleneck: which resource holds people back, from when on, and how many."""

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
    """The resource that holds back most client-days.

    Parameters
    ----------
    resource : str
        In words.
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
    first_week: int | None
    worst_week: int
    held_back: float
    weeks: int


def bottlenecks(weekly: I64, since: int = 0) -> tuple[Bottleneck, ...]:
    """Return the resources that hold anybody back, the worst first.

    Parameters
    ----------
    weekly : int array, shape (replications, len(WEEKLY), weeks)
    since : int
        Week of the run that the first column is.
    """
    found = []
    for name, resource in RESOURCES.items():
        clients = weekly[:, WEEKLY.index(name), :].mean(axis=0) / 7
        if clients.sum() == 0.0:
            continue
        biting = np.flatnonzero(clients >= BITES)
        worst = int(clients.argmax())
        first = since + int(biting[0]) if len(biting) else None
        bottleneck = Bottleneck(resource, first, since + worst, float(clients[worst]), len(biting))
        found.append((float(clients.sum()), bottleneck))
    return tuple(bottleneck for _, bottleneck in sorted(found, key=lambda pair: -pair[0]))

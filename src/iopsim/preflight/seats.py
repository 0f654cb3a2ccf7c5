"""Seat-nights offered by groups, and asked for by phases that share them."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from iopsim.rulebook import Rulebook

F64 = NDArray[np.float64]

MOST_SUBSETS = 8
"""Phases that share groups, or roles that share work, beyond which not every set of them is looked at."""


def seats_offered(book: Rulebook, span: slice) -> F64:
    """Return the seat-nights each group offers within a span of days."""
    held = book.schedule.schedule[book.schedule.schedule_start[span.start] : book.schedule.schedule_start[span.stop]]
    seats = np.bincount(
        book.schedule.night_group[held], book.schedule.night_seats[held], minlength=len(book.schedule.group_names)
    )
    return seats.astype(np.float64)


def can_seat(book: Rulebook, group: int, phases: list[int]) -> bool:
    """Whether a group takes clients of one of the phases and has as many nights as that phase needs."""
    nights = book.schedule.group_first_night[group + 1] - book.schedule.group_first_night[group]
    return any(book.schedule.serves[group, p] and nights >= book.treatment.phase_nights[p] for p in phases)


def seats_load(book: Rulebook, phases: list[int], by_phase: F64, offered: F64) -> float:
    """Return the seat-nights asked for by some phases as a share of those of the groups that can seat any of them."""
    seats = sum(float(offered[g]) for g in range(len(book.schedule.group_names)) if can_seat(book, g, phases))
    asked = float(by_phase[phases].sum())
    return asked / seats if seats else (math.inf if asked else 0.0)


def subsets(phases: list[int]) -> list[list[int]]:
    """Return the subsets of some phases that share groups, the whole first; of very many, the whole and each alone."""
    if len(phases) > MOST_SUBSETS:
        return [phases, *([p] for p in phases)]
    sizes = range(len(phases), 0, -1)
    return [list(some) for size in sizes for some in combinations(phases, size)]


def families(book: Rulebook) -> list[list[int]]:
    """Return the phases that share groups, directly or through others, as lists of indices."""
    phases = range(len(book.treatment.phase_names))
    groups = range(len(book.schedule.group_names))
    families: list[set[int]] = []
    for p in phases:
        shared = {q for q in phases for g in groups if can_seat(book, g, [p]) and can_seat(book, g, [q])} | {p}
        joined = [family for family in families if family & shared]
        families = [family for family in families if family not in joined] + [shared.union(*joined)]
    return sorted(sorted(family) for family in families)

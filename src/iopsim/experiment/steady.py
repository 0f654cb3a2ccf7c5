"""Whether a plan can have a steady state at all, and the first week in which it may begin.

What stands in the way is told from the scenario alone, before anything is simulated: each reason with the setting that
makes it. A series cannot tell a season from a slow start, so no estimate of a warm-up is asked where there is one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np

from iopsim import preflight
from iopsim.errors import Problem
from iopsim.rulebook import closed_days
from iopsim.scenario.demand import ReferralSource
from iopsim.scenario.model import Scenario

LONGEST_CLOSURE = 7
"""Closed days in a row that count as noise; a longer closure drains the program, and it is not itself for weeks."""


def earliest(scenario: Scenario) -> int:
    """Return the first week, from 0, by which every source has ended its ramp and every group has opened.

    Parameters
    ----------
    scenario : Scenario
    """
    begun = [_full_rate(source) for source in scenario.referrals.values() if source.per_week]
    return max([0, *begun, *(group.first_week for group in scenario.groups.values())])


def obstacles(scenario: Scenario) -> tuple[Problem, ...]:
    """Return every reason for which no steady state can be expected, each with the setting that makes it.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    tuple of Problem
        Empty if a steady state can be expected; their `file` and `line` are not known here.

    Notes
    -----
    Assumes that single closed days, and closures of at most a week, are noise around a steady state; that without a
    limit to the waitlist and without anybody giving up, demand at or above capacity has no steady state; and that for
    assessment slots it never has one, as nobody gives up waiting for them. Source: Law AM, Simulation Modeling and
    Analysis, 5th ed. (2015), section 9.3, on systems without a steady state.
    """
    return (*_seasons(scenario), *_late_starts(scenario), *_closures(scenario), *_overloads(scenario))


def too_early(scenario: Scenario, warm_up: int) -> tuple[Problem, ...]:
    """Return what has not yet come to its full extent after so many weeks, each with the setting that makes it.

    Parameters
    ----------
    scenario : Scenario
    warm_up : int
        Weeks.
    """
    allowed = f"a warm-up of {warm_up} weeks ends before that; wait at least {{}} weeks"
    return tuple(_starting(scenario, warm_up, allowed))


def _full_rate(source: ReferralSource) -> int:
    """Return the first week in which a source has its mature rate."""
    return source.first_week + (source.ramp_weeks if source.ramp_start < 1.0 else 0)


def _seasons(scenario: Scenario) -> Iterator[Problem]:
    for name, source in scenario.referrals.items():
        low, high = (pick(source.months, key=source.months.__getitem__) for pick in (min, max))
        if source.per_week and source.months[low] != source.months[high]:
            found = f"weights from {source.months[low]:g} ({low}) to {source.months[high]:g} ({high})"
            yield _problem(f"referrals.{name}.months", found, "a mature view needs the same weight in every month")


def _late_starts(scenario: Scenario) -> Iterator[Problem]:
    yield from _starting(scenario, scenario.weeks - 1, f"the run ends after {scenario.weeks} weeks; give it more weeks")


def _starting(scenario: Scenario, week: int, allowed: str) -> Iterator[Problem]:
    """Yield the sources and groups that have not come to their full extent when a week begins."""
    for name, source in scenario.referrals.items():
        full = _full_rate(source)
        if source.per_week and full > week:
            ramped = full > source.first_week
            found = f"a ramp that ends after {full} weeks" if ramped else f"a source that begins after {full} weeks"
            path = f"referrals.{name}.{'ramp_weeks' if ramped else 'first_week'}"
            yield _problem(path, found, allowed.format(full))
    for name, group in scenario.groups.items():
        if group.first_week > week:
            found = f"a group that opens after {group.first_week} weeks"
            yield _problem(f"groups.{name}.first_week", found, allowed.format(group.first_week))


def _closures(scenario: Scenario) -> Iterator[Problem]:
    change = np.diff(closed_days(scenario).astype(np.int64), prepend=0, append=0)
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    for first, days in zip(starts.tolist(), (ends - starts).tolist(), strict=True):
        if days > LONGEST_CLOSURE:
            date = scenario.opening + datetime.timedelta(days=first)
            said = f"a mature view allows at most {LONGEST_CLOSURE} closed days in a row"
            yield _problem("calendar.closures", f"{days} closed days in a row from {date}", said)


def _overloads(scenario: Scenario) -> Iterator[Problem]:
    patient = scenario.waitlist.renege_per_day == 0.0 and scenario.waitlist.limit == "none"
    slots, *seats, caseload = preflight.check(scenario).loads
    if slots.share >= 1.0:
        said = "add slots; without a free one the queue for an assessment grows as long as the run"
        yield _problem("assessment.slots_per_day", _asked(slots), said)
    if not patient:
        return
    said = "add {}, or let people give up (waitlist.renege_per_day, waitlist.limit); else the waitlist grows for ever"
    for load in seats:
        if load.share >= 1.0:
            yield _problem("groups", _asked(load), said.format("seats or nights"))
    if caseload.share >= 1.0:
        yield _problem("staff", _asked(caseload), said.format("counselors"))


def _asked(load: preflight.Load) -> str:
    return f"a demand of {load.demand:,.1f} {load.unit} on {load.resource} of {load.capacity:,.1f}"


def _problem(path: str, found: str, allowed: str) -> Problem:
    return Problem("", None, path, found, allowed)

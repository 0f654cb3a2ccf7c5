"""Whether a plan can have a steady state at all, and the first week in which it may begin.

What stands in the way is told from the scenario alone, before anything is simulated: each reason with the setting that
makes it. A series cannot tell a season from a slow start, so no estimate of a warm-up is asked where there is one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from iopsim import preflight
from iopsim.errors import Problem
from iopsim.rulebook.days import closed_days
from iopsim.rulebook.schedule import groups_on
from iopsim.scenario.model import Scenario

LONGEST_CLOSURE = 7
"""Closed days in a row that count as noise; a longer closure drains the program, and it is not itself for weeks."""


def earliest(scenario: Scenario) -> int:
    """Return the first week, from 0, by which everything is there in full.

    That is: every source has ended its ramp, every group has opened, all staff work and every contract has started.

    Parameters
    ----------
    scenario : Scenario
    """
    return max((start.week for start in _starts(scenario)), default=0)


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
    Assumes that single closed days, and closures of at most a week, are noise around a steady state; that what comes
    round again, such as cohorts, family nights and leave, is a part of it, because its mean over whole rounds stays;
    that without a limit to the waitlist and without anybody giving up, demand at or above capacity has no steady state;
    that for assessment slots it never has one, as nobody gives up waiting for them; and that it always has one where
    every referrer sends fewer clients the longer they wait. A factor drawn once for a replication (`doubt`), clients
    who are here at the opening, and people who quit and are replaced are no reasons against it: the first only tells
    replications apart, the others fade. Source: Law AM, Simulation Modeling and Analysis, 5th ed. (2015), section 9.3,
    on systems without a steady state.
    """
    return (
        *_seasons(scenario),
        *_trends(scenario),
        *_late_starts(scenario),
        *_triggers(scenario),
        *_closures(scenario),
        *_overloads(scenario),
    )


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


class Start(NamedTuple):
    """Something that is there in full only from some week on.

    Parameters
    ----------
    path : str
        The setting that makes it so.
    what : str
        In words, to be followed by the week.
    week : int
        From 0.
    """

    path: str
    what: str
    week: int


def _starts(scenario: Scenario) -> Iterator[Start]:
    """Yield everything that may come to its full extent later than the opening; groups on a trigger have no week."""
    active = [source for source in scenario.referrals.values() if source.per_week]
    for name, source in scenario.referrals.items():
        full = source.first_week + (source.ramp_weeks if source.ramp_start < 1.0 else 0)
        if source.per_week and full > source.first_week:
            yield Start(f"referrals.{name}.ramp_weeks", "a ramp that ends", full)
        elif source.per_week:
            yield Start(f"referrals.{name}.first_week", "a source that begins", full)
    for name, group in groups_on(scenario).items():
        if group.opens_when_waiting == "none":
            yield Start(f"groups.{name}.first_week", "a group that opens", group.first_week)
    for name, role in scenario.staff.items():
        if role.people:
            yield Start(f"staff.{name}.first_week", "staff who start", role.first_week)
    for name, payer in scenario.payers.items():
        if any(source.payers.get(name, 0.0) if source.payers else payer.share for source in active):
            yield Start(f"payers.{name}.contract_week", "a contract that starts", payer.contract_week)


def _seasons(scenario: Scenario) -> Iterator[Problem]:
    for name, source in scenario.referrals.items():
        low, high = (pick(source.months, key=source.months.__getitem__) for pick in (min, max))
        if source.per_week and source.months[low] != source.months[high]:
            found = f"weights from {source.months[low]:g} ({low}) to {source.months[high]:g} ({high})"
            yield _problem(f"referrals.{name}.months", found, "a mature view needs the same weight in every month")


def _trends(scenario: Scenario) -> Iterator[Problem]:
    for name, source in scenario.referrals.items():
        if source.per_week and source.growth_per_year != 1.0:
            found = f"referrals that change by a factor of {source.growth_per_year:g} a year"
            said = "a mature view needs a factor of 1, which is no trend"
            yield _problem(f"referrals.{name}.growth_per_year", found, said)


def _late_starts(scenario: Scenario) -> Iterator[Problem]:
    yield from _starting(scenario, scenario.weeks - 1, f"the run ends after {scenario.weeks} weeks; give it more weeks")


def _starting(scenario: Scenario, week: int, allowed: str) -> Iterator[Problem]:
    """Yield what has not come to its full extent when a week begins."""
    for start in _starts(scenario):
        if start.week > week:
            found = f"{start.what} after {start.week} weeks"
            yield _problem(start.path, found, allowed.format(start.week))


def _triggers(scenario: Scenario) -> Iterator[Problem]:
    """Yield what opens or is hired when many wait: its week is another in each replication, or never comes."""
    for name, group in groups_on(scenario).items():
        if group.opens_when_waiting != "none":
            found = f"a group that opens when {group.opens_when_waiting} wait"
            said = "a mature view needs a group that opens in a week of its own (first_week), or none"
            yield _problem(f"groups.{name}.opens_when_waiting", found, said)
    for name, role in scenario.staff.items():
        if role.hire_when_caseload != "none" and role.most_hires:
            found = f"people who are hired when the caseload exceeds {role.hire_when_caseload}"
            said = 'a mature view needs a staff of one size; set "none", and people to how many there are in the end'
            yield _problem(f"staff.{name}.hire_when_caseload", found, said)


def _closures(scenario: Scenario) -> Iterator[Problem]:
    change = np.diff(closed_days(scenario).astype(np.int64), prepend=0, append=0)
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    for first, days in zip(starts.tolist(), (ends - starts).tolist(), strict=True):
        if days > LONGEST_CLOSURE:
            date = scenario.opening + datetime.timedelta(days=first)
            said = f"a mature view allows at most {LONGEST_CLOSURE} closed days in a row"
            yield _problem("calendar.closures", f"{days} closed days in a row from {date}", said)


def _overloads(scenario: Scenario) -> Iterator[Problem]:
    if all(source.kept_per_week_waited < 1.0 for source in scenario.referrals.values() if source.per_week):
        return
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

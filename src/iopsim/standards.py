"""Levels of care and state rules: does the timetable offer the hours, days, ratios and caseloads that they ask for?

A finding is a warning, never a mistake: a plan may be looked at before it complies, and rules change.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from iopsim.evidence import UNVERIFIED
from iopsim.scenario.fields import WEEKDAYS
from iopsim.scenario.groups import Group
from iopsim.scenario.model import Scenario
from iopsim.scenario.timetable import serving
from iopsim.scenario.treatment import Phase

WEEK = 7
QUARTERS = 4
"""Of an hour, in which a session's length is suggested."""


@dataclass(frozen=True, slots=True)
class Standard:
    """One rule on one quantity.

    Parameters
    ----------
    name : str
        Its key in ``standards.toml``.
    what : str
        The quantity: ``hours_per_week``, ``hours_per_day``, ``days_per_week``, ``days_between``, ``group_seats``,
        ``clients_per_facilitator`` or ``caseload``.
    rule : str
        The rule in words.
    source : str
        Id of ``evidence.toml``.
    conf : str
        How far this rule was followed: a key of `iopsim.evidence.FOLLOWED`.
    state : str
        Two letters; empty for a rule that holds everywhere.
    levels : tuple of str
        Levels of care of the phases for which it holds; empty for every phase.
    least, most : float
        Bounds of the quantity, both allowed.
    below : float
        Bound that is not allowed itself.
    """

    name: str
    what: str
    rule: str
    source: str
    conf: str
    state: str = ""
    levels: tuple[str, ...] = ()
    least: float = 0.0
    most: float = math.inf
    below: float = math.inf

    def holds_for(self, level: str, state: str) -> bool:
        """Return whether the rule is about phases of a level in a state."""
        return self.state in ("", state) and (not self.levels or level in self.levels)

    @property
    def is_verified(self) -> bool:
        """Whether the rule was seen in a source."""
        return self.conf not in UNVERIFIED

    def __str__(self) -> str:
        return f"{self.rule} ({self.source}{'' if self.is_verified else ', not verified'})"

    def allows(self, quantity: float) -> bool:
        """Return whether a quantity complies."""
        return self.least <= quantity + 1e-9 and quantity <= self.most + 1e-9 and quantity < self.below - 1e-9


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a level of care or a state asks for, and the scenario does not offer.

    Parameters
    ----------
    path : str
        Dotted path of the part of the scenario.
    found : str
        What it offers.
    rule : str
        What is asked for.
    source : str
        Id of ``evidence.toml``; empty for none.
    conf : str
        How far the rule was followed; empty for none.
    comply : str
        What would comply.
    """

    path: str
    found: str
    rule: str
    source: str
    conf: str
    comply: str

    @property
    def is_verified(self) -> bool:
        """Whether the rule was seen in a source."""
        return self.conf not in UNVERIFIED

    def __str__(self) -> str:
        unverified = "" if self.is_verified else ", not verified: commonly quoted, look it up before relying on it"
        cited = f" ({self.source}{unverified})" if self.source else ""
        return f"{self.path}: found {self.found}; {self.rule}{cited}; to comply: {self.comply}"


class Offer(NamedTuple):
    """A phase as a group offers it."""

    scenario: Scenario
    name: str
    phase: Phase
    called: str
    group: Group


@cache
def standards() -> Mapping[str, Standard]:
    """Return every rule that the package knows, by its name; read-only."""
    table = tomllib.loads(files("iopsim").joinpath("standards.toml").read_text(encoding="utf-8"))
    rules = {name: Standard(name, **{**entry, "levels": tuple(entry["levels"])}) for name, entry in table.items()}
    return MappingProxyType(rules)


def rules_for(level: str, state: str) -> Iterator[Standard]:
    """List the rules for phases of a level in a state; a state's on a quantity is in place of the general one.

    Parameters
    ----------
    level : str
        ``1``, ``2.1`` or ``2.5``; empty for a phase without a level.
    state : str
        Two letters, or empty.
    """
    rules = [rule for rule in standards().values() if rule.holds_for(level, state)]
    own = {rule.what for rule in rules if rule.state}
    yield from (rule for rule in rules if rule.state or rule.what not in own)


def level_hours(scenario: Scenario) -> Mapping[str, tuple[float, float]]:
    """Return the least and the most hours a week of each phase, by its level and the state.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    mapping of str to tuple of float
        For each phase; 0 and infinity where nothing is asked. At Level 1, fewer than the most: 9.
    """
    bounds = {}
    for name, phase in scenario.phases.items():
        rules = [rule for rule in rules_for(phase.level, scenario.state) if rule.what == "hours_per_week"]
        least = max((rule.least for rule in rules), default=0.0)
        bounds[name] = float(least), float(min((min(rule.most, rule.below) for rule in rules), default=math.inf))
    return bounds


def hours_offered(scenario: Scenario, phase: Phase, group: Group) -> float:
    """Return the hours a week that a phase offers in a group: group nights and individual sessions.

    Family nights and medication visits are left out.
    """
    return phase.nights_per_week * group.hours + phase.individual_per_week * scenario.individual.hours


def days_between(group: Group) -> int:
    """Return the most days in a row without the group, around the week."""
    return _longest_gap(tuple(sorted(WEEKDAYS.index(night) for night in group.nights)))


def findings(scenario: Scenario) -> tuple[Finding, ...]:
    """Compare a scenario with what its levels of care and its state ask for.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    tuple of Finding
        Empty if it complies, as far as the rules are known.
    """
    found = dict.fromkeys(finding for _, some in _comparisons(scenario) for finding in some)
    return (*found, *_levels(scenario))


def compared(scenario: Scenario) -> Mapping[Standard, bool]:
    """Return every rule with which a scenario was compared, and whether it is met in all phases and groups.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    mapping of Standard to bool
        Empty where no phase names a level, and the state, if any, has no rule for every phase.
    """
    met: dict[Standard, bool] = {}
    for rule, found in _comparisons(scenario):
        met[rule] = met.get(rule, True) and not found
    return met


def has_rules(state: str) -> bool:
    """Return whether any rule of a state is known.

    Parameters
    ----------
    state : str
        Two letters.
    """
    return any(rule.state == state for rule in standards().values())


def _comparisons(scenario: Scenario) -> Iterator[tuple[Standard, tuple[Finding, ...]]]:
    """Yield each rule with what is found in a phase, or in a phase as a group offers it."""
    for name, phase in scenario.phases.items():
        for rule in rules_for(phase.level, scenario.state):
            if rule.what == "caseload":
                yield rule, tuple(_caseload(rule, scenario))
                continue
            for called, group in serving(scenario, name).items():
                if len(group.nights) >= phase.nights_per_week:
                    yield rule, tuple(COMPARISONS[rule.what](rule, Offer(scenario, name, phase, called, group)))


def _finding(rule: Standard, path: str, found: str, comply: str) -> Finding:
    return Finding(path, found, rule.rule, rule.source, rule.conf, comply)


def _hours_per_week(rule: Standard, offer: Offer) -> Iterator[Finding]:
    scenario, name, phase, called, group = offer
    hours = hours_offered(scenario, phase, group)
    if rule.allows(hours):
        return
    beside = phase.individual_per_week * scenario.individual.hours
    found = f"{hours:g} hours a week in {called} ({phase.nights_per_week} x {group.hours:g}"
    found += f" and {beside:g} of individual sessions)" if beside else ")"
    yield _finding(rule, f"phases.{name}", found, _other_hours(rule, phase.nights_per_week, group.hours, beside))


def _other_hours(rule: Standard, nights: int, hours: float, beside: float) -> str:
    """Suggest other nights of the same hours, or other hours on the same nights."""
    few = hours * nights + beside < rule.least
    if few:
        more_nights = math.ceil((rule.least - beside) / hours - 1e-9)
        longer = math.ceil(QUARTERS * (rule.least - beside) / nights - 1e-9) / QUARTERS
    else:
        most = min(rule.most, rule.below - 1.0 / QUARTERS)
        more_nights = math.floor((most - beside) / hours + 1e-9)
        longer = math.floor(QUARTERS * (most - beside) / nights + 1e-9) / QUARTERS
    said = [f"{_nights(more_nights)} of {hours:g} hours"] if 1 <= more_nights <= WEEK else []
    said += [f"{_nights(nights)} of {longer:g} hours"] if longer > 0 else []
    return ", or ".join(said) or "fewer individual sessions"


def _hours_per_day(rule: Standard, offer: Offer) -> Iterator[Finding]:
    hours = offer.group.hours
    if not rule.allows(hours):
        yield _finding(
            rule, f"groups.{offer.called}", f"{hours:g} hours on a night", f"sessions of {rule.least:g} hours"
        )


def _days_per_week(rule: Standard, offer: Offer) -> Iterator[Finding]:
    nights = offer.phase.nights_per_week
    if not rule.allows(nights):
        comply = f"{rule.least:g} nights a week, in a group that meets on as many"
        yield _finding(rule, f"phases.{offer.name}", f"{_nights(nights)} a week", comply)


def _days_between(rule: Standard, offer: Offer) -> Iterator[Finding]:
    group = offer.group
    between = days_between(group)
    if not rule.allows(between):
        nights = ", ".join(sorted(group.nights, key=WEEKDAYS.index))
        found = f"{between} days in a row without the group ({nights})"
        yield _finding(rule, f"groups.{offer.called}", found, f"such as {', '.join(_spread(group, int(rule.most)))}")


def _spread(group: Group, most: int) -> list[str]:
    """Return nights with no longer gaps: as many as now or as few more as possible, those of now and workdays first."""
    now = {WEEKDAYS.index(night) for night in group.nights}
    for count in range(len(now), WEEK + 1):
        fitting = [days for days in combinations(range(WEEK), count) if _longest_gap(days) <= most]
        if fitting:
            best = max(fitting, key=lambda days: (-sum(day >= 5 for day in days), len(now.intersection(days))))
            return [WEEKDAYS[day] for day in best]
    return list(WEEKDAYS)


def _longest_gap(days: tuple[int, ...]) -> int:
    following = (*days[1:], days[0] + WEEK)
    return max(later - day - 1 for day, later in zip(days, following, strict=True))


def _group_seats(rule: Standard, offer: Offer) -> Iterator[Finding]:
    seats = offer.group.seats
    if not rule.allows(seats):
        yield _finding(rule, f"groups.{offer.called}", f"{seats} seats", f"{rule.most:g} seats, or two groups")


def _clients_per_facilitator(rule: Standard, offer: Offer) -> Iterator[Finding]:
    """Compare the ratio in a full group; a limit on what one person may facilitate keeps it too."""
    group = offer.group
    limits = [role.clients_per_facilitator for role in offer.scenario.staff.values() if "groups" in role.duties]
    kept = bool(limits) and all(not isinstance(limit, str) and rule.allows(limit) for limit in limits)
    if not kept and not rule.allows(group.seats / group.facilitators):
        needed, seats = math.ceil(group.seats / rule.most), int(rule.most) * group.facilitators
        found = f"{group.seats} seats and facilitators = {group.facilitators}"
        comply = f"facilitators = {needed}, {seats} seats, or clients_per_facilitator = {rule.most:g} in [staff.NAME]"
        yield _finding(rule, f"groups.{offer.called}", found, comply)


def _caseload(rule: Standard, scenario: Scenario) -> Iterator[Finding]:
    carrying = {name: role for name, role in scenario.staff.items() if role.caseload != "none"}
    for name, role in carrying.items():
        if not rule.allows(float(role.caseload)):
            yield _finding(rule, f"staff.{name}", f"caseload = {role.caseload}", f"caseload = {rule.most:g}")
    if not carrying:
        comply = f"a role with caseload = {rule.most:g}"
        yield _finding(rule, "staff", "nobody whose caseload has a limit", comply)


def _levels(scenario: Scenario) -> Iterator[Finding]:
    """A state's rules hold for levels of care; without one of these nothing is looked at."""
    rules = [rule for rule in standards().values() if scenario.state and rule.state == scenario.state]
    levels = sorted({level for rule in rules for level in rule.levels})
    general = any(not rule.levels for rule in rules)
    if rules and not general and not any(phase.level in levels for phase in scenario.phases.values()):
        rule = f"the rules known for {scenario.state} are for the levels {' and '.join(levels)}"
        comply = f'give phases their level, such as level = "{levels[0]}"'
        yield Finding(
            "state", f'"{scenario.state}", and no phase of a level that it has rules for', rule, "", "", comply
        )


def _nights(count: int) -> str:
    return f"{count} night{'' if count == 1 else 's'}"


COMPARISONS: Mapping[str, Callable[[Standard, Offer], Iterator[Finding]]] = {
    "hours_per_week": _hours_per_week,
    "hours_per_day": _hours_per_day,
    "days_per_week": _days_per_week,
    "days_between": _days_between,
    "group_seats": _group_seats,
    "clients_per_facilitator": _clients_per_facilitator,
}
"""How each quantity of a phase in a group is compared."""

"""What no single value can get wrong: names that must exist, shares that must sum, nights that must suffice.

One small function for each rule. Each speaks of one entry, so that a mistake in one group hides nothing about
another.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

from iopsim.clock import knows_holidays
from iopsim.errors import Problem
from iopsim.scenario.calendar import Closure
from iopsim.scenario.fields import Delay
from iopsim.scenario.given import Given
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.model import Scenario
from iopsim.scenario.states import state
from iopsim.scenario.words import nearest, plain, short, written

MOST_TRAITS = 60

MOST_REFERRALS_A_DAY = 200
"""Mean referrals of one source on one day beyond which a file is surely mistaken."""


class Conflict(NamedTuple):
    """Values that do not go together.

    Parameters
    ----------
    keys : tuple of tuple
        Addresses of the values, the most likely culprit first.
    found : str
        What was found.
    said : str
        What is allowed.
    hint : str
        Nearest known name, or empty.
    path : tuple of str or int
        Address to name; empty for the address of the culprit.
    """

    keys: tuple[Key, ...]
    found: str
    said: str
    hint: str = ""
    path: Key = ()


Conflicts = Iterator[Conflict]
Rule = Callable[[Scenario, str], Conflicts]


def check(scenario: Scenario, given: Given, holes: Set[Key] = frozenset()) -> list[Problem]:
    """Check what no single value can get wrong.

    Parameters
    ----------
    scenario : Scenario
        The scenario, or a draft of one.
    given : Given
        What the person gave, to say where it stands.
    holes : set of tuple
        Addresses that a draft lacks; a rule that needs one of them is left out.

    Returns
    -------
    list of Problem
        Empty for a scenario that can be run.
    """
    problems = []
    for table, rules in RULES.items():
        try:
            names: Iterable[str] = tuple(getattr(scenario, table)) if table else ("",)
        except AttributeError:
            continue
        for name in names:
            for rule in rules if (table, name) not in holes else ():
                for keys, found, said, hint, path in _conflicts(rule, scenario, name, holes):
                    problems.append(given.problem(said, *keys, found=found, hint=hint, path=path))
    return problems


def _conflicts(rule: Rule, scenario: Scenario, name: str, holes: Set[Key]) -> list[Conflict]:
    try:
        return list(rule(scenario, name))
    except AttributeError:  # what the rule needs is missing, which is reported already
        if holes:
            return []
        raise


def has_referrals(scenario: Scenario, _: str) -> Conflicts:
    """Somebody must refer clients."""
    yield from _at_least_one("referrals", scenario.referrals, "[referrals.self] with per_week = 2.5")


def has_phases(scenario: Scenario, _: str) -> Conflicts:
    """Treatment must have a phase."""
    yield from _at_least_one("phases", scenario.phases, "[phases.intensive] with nights_per_week = 3")


def has_groups(scenario: Scenario, _: str) -> Conflicts:
    """A program must have a group."""
    yield from _at_least_one("groups", scenario.groups, '[groups.evening] with nights = ["Mon", "Tue", "Wed"]')


def placement_shares_sum(scenario: Scenario, _: str) -> Conflicts:
    """Every assessed client is placed somewhere, and only once."""
    shares = scenario.placement
    four = {
        "this_program": shares.this_program,
        "higher": shares.higher,
        "lower": shares.lower,
        "declined": shares.declined,
    }
    total = math.fsum(four.values())
    if abs(total - 1.0) > 1e-9:
        found = " + ".join(plain(share) for share in four.values()) + f" = {plain(round(total, 9))}"
        said = f"the four shares {', '.join(four)} must sum to 1"
        yield Conflict(tuple(("placement", name) for name in four), found, said, path=("placement",))


def client_delay_is_possible(scenario: Scenario, _: str) -> Conflicts:
    """The client's own delay before the assessment has a mean that its median allows."""
    yield from _delay(scenario.assessment.client_delay, ("assessment", "client_delay"))


def ready_delay_is_possible(scenario: Scenario, _: str) -> Conflicts:
    """The delay before a placed client can start has a mean that its median allows."""
    yield from _delay(scenario.waitlist.ready_delay, ("waitlist", "ready_delay"))


def closures_end_after_they_begin(scenario: Scenario, _: str) -> Conflicts:
    """A closure has at least one day."""
    for index, closure in enumerate(scenario.calendar.closures):
        if isinstance(closure, Closure) and closure.last < closure.first:
            key: Key = ("calendar", "closures", index, "last")
            said = f"last must be {closure.first} (its first day) or later"
            yield Conflict((key,), closure.last.isoformat(), said)


def holidays_are_known(scenario: Scenario, _: str) -> Conflicts:
    """Whose holidays close the clinic must be a place whose holidays are known."""
    where = scenario.calendar.holidays
    if not knows_holidays(where):
        said = 'no public holidays are known for it; a country such as "US", a state such as "US-LA", or "" for none'
        yield Conflict((("calendar", "holidays"),), short(written(where)), said, state(where))


def traits_are_few(scenario: Scenario, _: str) -> Conflicts:
    """A client's traits are kept in the bits of one number."""
    if len(scenario.traits) > MOST_TRAITS:
        yield Conflict((("traits",),), f"{len(scenario.traits)} traits", f"at most {MOST_TRAITS}")


def absences_fit_in_runs(scenario: Scenario, _: str) -> Conflicts:
    """Absences come in runs with an attended session between two of them, which bounds their number."""
    attendance = scenario.attendance
    least = 1.0 / (1.0 + attendance.absence_run_sessions)
    if attendance.probability < least:
        run = plain(attendance.absence_run_sessions)
        bound = plain(math.ceil(1000 * least) / 1000)
        said = f"probability must be at least {bound} when absence_run_sessions is {run}"
        keys = (("attendance", "probability"), ("attendance", "absence_run_sessions"))
        yield Conflict(keys, f"probability = {plain(attendance.probability)}", said)


def source_has_a_weekday(scenario: Scenario, name: str) -> Conflicts:
    """Who refers clients does so on some day of the week."""
    source = scenario.referrals[name]
    if source.per_week > 0 and not any(source.weekdays.values()):
        key: Key = ("referrals", name, "weekdays")
        yield Conflict((key,), "the weight 0 for every weekday", "at least one weekday needs a weight above 0")


def source_is_plausible(scenario: Scenario, name: str) -> Conflicts:
    """A day's referrals of one source stay below what any program sees."""
    source = scenario.referrals[name]
    total = math.fsum(source.weekdays.values())
    if not total:
        return
    busiest = source.per_week * max(source.months.values()) * max(source.weekdays.values()) / total
    if busiest > MOST_REFERRALS_A_DAY:
        keys: tuple[Key, ...] = tuple(("referrals", name, part) for part in ("per_week", "months", "weekdays"))
        said = f"at most {MOST_REFERRALS_A_DAY} on a day; lower per_week or the weights of months and weekdays"
        yield Conflict(keys, f"{busiest:.0f} referrals on the busiest day", said)


def source_enters_a_phase(scenario: Scenario, name: str) -> Conflicts:
    """Clients start in a phase that exists."""
    enters = scenario.referrals[name].enters
    if enters and enters not in scenario.phases:
        yield _unknown("phase", enters, scenario.phases, ("referrals", name, "enters"))


def source_has_known_traits(scenario: Scenario, name: str) -> Conflicts:
    """Clients have traits that exist."""
    for trait in scenario.referrals[name].traits:
        if trait not in scenario.traits:
            yield _unknown("trait", trait, scenario.traits, ("referrals", name, "traits", trait))


def group_serves_phases(scenario: Scenario, name: str) -> Conflicts:
    """A group takes clients of phases that exist."""
    for index, phase in enumerate(scenario.groups[name].serves):
        if phase not in scenario.phases:
            yield _unknown("phase", phase, scenario.phases, ("groups", name, "serves", index))


def group_ends_by_midnight(scenario: Scenario, name: str) -> Conflicts:
    """A session ends on the day on which it begins."""
    group = scenario.groups[name]
    start = datetime.timedelta(hours=group.start.hour, minutes=group.start.minute, seconds=group.start.second)
    if start + datetime.timedelta(hours=group.hours) > datetime.timedelta(days=1):
        found = f"a start at {group.start} and {plain(group.hours)} hours"
        keys: tuple[Key, ...] = (("groups", name, "hours"), ("groups", name, "start"))
        yield Conflict(keys, found, "a session must end by midnight; begin earlier or make it shorter")


def phase_is_served(scenario: Scenario, name: str) -> Conflicts:
    """A client has somewhere to go in every phase."""
    groups = scenario.groups
    if groups and not _serving(scenario, name) and not _misnames_a_phase(scenario):
        said = f"a group must take its clients: add {name} to the serves of one, or leave serves empty there"
        yield Conflict((("phases", name),), "no group that serves this phase", said)


def phase_has_nights_enough(scenario: Scenario, name: str) -> Conflicts:
    """One group has as many nights as the phase needs."""
    needed = scenario.phases[name].nights_per_week
    nights = {group: len(scenario.groups[group].nights) for group in _serving(scenario, name)}
    if nights and needed > max(nights.values()) and not _misnames_a_phase(scenario):
        has = ", ".join(f"{group} meets on {count}" for group, count in nights.items())
        said = f"at most {max(nights.values())}, the nights of the largest group that serves this phase ({has})"
        yield Conflict((("phases", name, "nights_per_week"),), f"{needed} nights a week", said)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "": (
        has_referrals,
        has_phases,
        has_groups,
        placement_shares_sum,
        client_delay_is_possible,
        ready_delay_is_possible,
        closures_end_after_they_begin,
        holidays_are_known,
        traits_are_few,
        absences_fit_in_runs,
    ),
    "referrals": (source_has_a_weekday, source_is_plausible, source_enters_a_phase, source_has_known_traits),
    "phases": (phase_is_served, phase_has_nights_enough),
    "groups": (group_serves_phases, group_ends_by_midnight),
}
"""Rules for the scenario as a whole, and for each entry of a collection."""


def _at_least_one(name: str, entries: Mapping[str, object], example: str) -> Conflicts:
    if not entries:
        yield Conflict(((name,),), "nothing", f"at least one is needed, such as {example}")


def _delay(delay: Delay, key: Key) -> Conflicts:
    keys: tuple[Key, ...] = ((*key, "mean_days"), (*key, "median_days"))
    found = f"median_days = {plain(delay.median_days)} and mean_days = {plain(delay.mean_days)}"
    if delay.mean_days < delay.median_days:
        yield Conflict(keys, found, "mean_days must be at least median_days")
    elif delay.mean_days > 0 and delay.median_days == 0:
        yield Conflict(keys[::-1], found, "median_days must be above 0; for no delay write 0 for both")


def _unknown(what: str, name: str, known: Iterable[str], key: Key) -> Conflict:
    names = ", ".join(dotted((one,)) for one in known)
    said = f"the {what}s of this file are {names}" if names else f"this file has no {what}s; add [{what}s.{name}]"
    return Conflict((key,), short(written(name)), said, nearest(name, known))


def _serving(scenario: Scenario, phase: str) -> list[str]:
    return [name for name, group in scenario.groups.items() if not group.serves or phase in group.serves]


def _misnames_a_phase(scenario: Scenario) -> bool:
    """Whether some group serves a phase that does not exist; which one it means cannot be known."""
    return any(phase not in scenario.phases for group in scenario.groups.values() for phase in group.serves)

"""Clients who are here at the opening: what they are called after, and whether they fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iopsim.scenario.checks.conflict import Conflict, Conflicts, named, unknown
from iopsim.scenario.checks.demand import follows
from iopsim.scenario.lines import Key, dotted
from iopsim.scenario.model import Scenario
from iopsim.scenario.opening import Present
from iopsim.scenario.timetable import first_week_of, serving, weeks_in_phase
from iopsim.scenario.words import short, written

ABSURD = 2
"""Times the longest stay in a phase beyond which a present client's is surely mistaken."""


def present_clients_have_known_names(scenario: Scenario, name: str) -> Conflicts:
    """Source, payer, phase and group of clients who are here exist."""
    here = scenario.present[name]
    named_in: Mapping[str, tuple[str, Iterable[str]]] = {
        "source": (here.source, tuple(scenario.referrals)),
        "payer": (here.payer, tuple(scenario.payers)),
        "phase": (here.phase, tuple(scenario.phases)),
        "group": (here.group, tuple(scenario.groups)),
    }
    for part, (called, known) in named_in.items():
        if called not in known and (called or part == "source"):
            yield unknown(part, called, known, ("present", name, part))


def present_clients_have_drawn_traits(scenario: Scenario, name: str) -> Conflicts:
    """Traits of clients who are here exist, and are not combinations, which follow from the others by themselves."""
    for index, trait in enumerate(scenario.present[name].traits):
        key: Key = ("present", name, "traits", index)
        if trait not in scenario.traits:
            yield unknown("trait", trait, scenario.traits, key)
        elif follows(scenario.traits[trait]):
            said = f"{trait} follows from other traits by itself; name those"
            yield Conflict((key,), short(written(trait)), said)


def present_clients_have_been_here_a_sensible_time(scenario: Scenario, name: str) -> Conflicts:
    """A client has been in a phase no longer than in the program, nor far longer than the phase lasts."""
    here = scenario.present[name]
    phase, source = phase_of(scenario, here), scenario.referrals.get(here.source)
    begins = "" if source is None else source.enters or next(iter(scenario.phases), "")
    if here.where != "program" or phase not in scenario.phases or begins not in scenario.phases:
        return
    part = "weeks" if here.phase_weeks == "none" else "phase_weeks"
    keys: tuple[Key, ...] = (("present", name, part), ("present", name, "weeks"))
    if here.phase_weeks != "none" and here.phase_weeks > here.weeks:
        said = f"phase_weeks must be at most weeks, {here.weeks}: the phase came with or after the admission"
        yield Conflict(keys, f"phase_weeks = {here.phase_weeks}", said, path=keys[0])
        return
    longest = max(scenario.phases[phase].planned_weeks, scenario.phases[phase].most_weeks)
    if weeks_in_phase(scenario, here, phase) > ABSURD * longest:
        said = f"{phase} lasts {longest} weeks at the most; nobody is in it for more than {ABSURD * longest}"
        yield Conflict(keys, f"{part} = {getattr(here, part)}", said, path=keys[0])


def present_clients_on_the_waitlist_have_no_group(scenario: Scenario, name: str) -> Conflicts:
    """Who waits has no seat yet, and has not begun a phase."""
    here = scenario.present[name]
    if here.where == "waitlist":
        for part, given in (("group", here.group), ("phase_weeks", here.phase_weeks)):
            if given not in ("", "none"):
                keys: tuple[Key, ...] = (("present", name, part), ("present", name, "where"))
                said = f'a client on the waitlist has no {part}; leave it out, or write where = "program"'
                yield Conflict(keys, f"{part} = {written(given)}", said, path=keys[0])


def present_clients_have_one_group(scenario: Scenario, name: str) -> Conflicts:
    """Of several groups that serve the phase, the one in which present clients sit must be named."""
    here = scenario.present[name]
    phase = phase_of(scenario, here)
    if here.where != "program" or here.group or not _has_a_group(scenario, phase):
        return
    groups = _open_for(scenario, here, phase)
    key: Key = ("present", name, "group")
    if len(groups) > 1:
        said = f"several groups that are open at the opening take them; say which: {named(groups)}"
        yield Conflict((key,), "no group", said)
    elif not groups:
        said = f"no group that is open at the opening takes them (phase {phase}, and their traits); add one"
        yield Conflict((key,), "no group", said)


def present_clients_sit_in_a_group_that_takes_them(scenario: Scenario, name: str) -> Conflicts:
    """A group in which clients are must be open, and take them."""
    here = scenario.present[name]
    phase = phase_of(scenario, here)
    if here.where != "program" or here.group not in scenario.groups or not _has_a_group(scenario, phase):
        return
    groups = _open_for(scenario, here, phase)
    if here.group not in groups:
        said = f"the groups that are open at the opening and take them (phase {phase}, and their traits) are "
        said += named(groups) if groups else "none"
        yield Conflict((("present", name, "group"),), short(written(here.group)), said)


def present_clients_fit(scenario: Scenario, name: str) -> Conflicts:
    """Clients who are in a group at the opening have its seats, a seat for each night of their phase."""
    group = scenario.groups[name]
    taken, keys = 0, list[Key]()
    for entry, here in scenario.present.items():
        phase = phase_of(scenario, here)
        if here.where == "program" and phase in scenario.phases and _group_of(scenario, here, phase) == name:
            taken += here.count * scenario.phases[phase].nights_per_week
            keys.append(("present", entry, "count"))
    seats = group.seats * len(group.nights)
    if taken > seats:
        entries = ", ".join(dotted(key[:-1]) for key in keys)
        said = f"at most {seats}, {group.seats} on each of {len(group.nights)} nights"
        found = f"{taken} seat-nights a week for the clients of {entries}" if len(keys) < 4 else f"{taken} seat-nights"
        yield Conflict((*keys, ("groups", name, "seats")), found, said)


def phase_of(scenario: Scenario, here: Present) -> str:
    """Return the phase in which present clients are; empty if it cannot be known."""
    if here.phase:
        return here.phase
    source = scenario.referrals.get(here.source)
    if source is None:
        return ""
    return source.enters or next(iter(scenario.phases), "")


PRESENT_RULES = (
    present_clients_have_known_names,
    present_clients_have_drawn_traits,
    present_clients_have_been_here_a_sensible_time,
    present_clients_on_the_waitlist_have_no_group,
    present_clients_have_one_group,
    present_clients_sit_in_a_group_that_takes_them,
)
"""Rules for each entry of clients who are here."""

GROUP_RULES = (present_clients_fit,)
"""Rules for each group."""


def _group_of(scenario: Scenario, here: Present, phase: str) -> str:
    groups = _open_for(scenario, here, phase)
    return here.group or (groups[0] if len(groups) == 1 else "")


def _has_a_group(scenario: Scenario, phase: str) -> bool:
    """Whether there is such a phase and a group with nights enough for it; if not, that is what is told."""
    nights = [len(group.nights) for group in serving(scenario, phase).values()]
    return phase in scenario.phases and max(nights, default=0) >= scenario.phases[phase].nights_per_week


def _open_for(scenario: Scenario, here: Present, phase: str) -> list[str]:
    """Return the groups that meet from the opening, with nights enough, and take clients like these."""
    traits = set(here.traits)
    for name, trait in scenario.traits.items():
        if follows(trait) and traits.issuperset(trait.all_of) and traits.isdisjoint(trait.none_of):
            traits.add(name)
    return [
        name
        for name, group in serving(scenario, phase).items()
        if first_week_of(group) == 0
        and len(group.nights) >= scenario.phases[phase].nights_per_week
        and traits.issuperset(group.for_traits)
    ]

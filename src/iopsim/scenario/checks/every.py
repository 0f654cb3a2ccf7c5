"""Every rule of the file, applied to a scenario or to what could be read of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import partial

from iopsim.errors import Problem
from iopsim.scenario.checks import demand, groups, intake, payers, phases, present, staff
from iopsim.scenario.checks.conflict import Conflict, Rule
from iopsim.scenario.fields import Part
from iopsim.scenario.given import Given
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario

RULES: Mapping[str, tuple[Rule, ...]] = {
    "": (*demand.RULES, *intake.RULES, *phases.RULES, *groups.RULES),
    "referrals": demand.SOURCE_RULES,
    "traits": demand.TRAIT_RULES,
    "payers": payers.PAYER_RULES,
    "phases": phases.PHASE_RULES,
    "groups": (*groups.GROUP_RULES, *present.GROUP_RULES),
    "staff": (),
    "levers": groups.LEVER_RULES,
    "present": present.PRESENT_RULES,
}
"""Rules for the scenario as a whole, and for each entry of a table; some more look at what the person gave."""


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
    rules_of_the_file: Mapping[str, tuple[Rule, ...]] = {
        "traits": (partial(demand.trait_has_a_share, given=given),),
        "staff": (partial(staff.prescriber_has_a_wage, given=given),),
        "groups": (partial(groups.group_fits_its_room, given=given),),
    }
    problems = []
    for table in RULES:
        for name in _entries(scenario, table):
            for rule in (*RULES[table], *rules_of_the_file.get(table, ())) if (table, name) not in holes else ():
                for keys, found, said, hint, path in _conflicts(rule, scenario, name, holes):
                    problems.append(given.problem(said, *keys, found=found, hint=hint, path=path))
    return problems


def _entries(scenario: Scenario, table: str) -> Iterator[str]:
    if not table:
        yield ""
        return
    entries = getattr(scenario, table, {})
    yield from type(entries).model_fields if isinstance(entries, Part) else entries


def _conflicts(rule: Rule, scenario: Scenario, name: str, holes: Set[Key]) -> list[Conflict]:
    try:
        return list(rule(scenario, name))
    except AttributeError:  # what the rule needs is missing, which is reported already
        if holes:
            return []
        raise

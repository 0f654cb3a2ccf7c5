"""Payers: authorization and the sliding scale."""

from __future__ import annotations

from iopsim.scenario.checks.conflict import Conflict, Conflicts, named, possible_delay, sum_to_one
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest


def authorization_is_possible(scenario: Scenario, name: str) -> Conflicts:
    """The wait for authorization has a mean that its median allows."""
    yield from possible_delay(scenario.payers[name].authorization, ("payers", name, "authorization"))


def scale_names_the_same_steps(scenario: Scenario, name: str) -> Conflicts:
    """Each step of a sliding scale has clients, and something to pay."""
    payer = scenario.payers[name]
    tables = {"scale_share": payer.scale_share, "scale_pays": payer.scale_pays}
    for table, other in (("scale_share", "scale_pays"), ("scale_pays", "scale_share")):
        lacking = [step for step in tables[other] if step not in tables[table]]
        if lacking:
            keys: tuple[Key, ...] = (("payers", name, other, lacking[0]),)
            said = f"scale_share and scale_pays name the same steps; add it to {table}, or leave it out of {other}"
            step = named(lacking[:1])
            yield Conflict(keys, f"the step {step} in {other} only", said, nearest(step, tables[table]))


def scale_shares_sum(scenario: Scenario, name: str) -> Conflicts:
    """Each of the payer's clients is on one step of its sliding scale."""
    steps, table = scenario.payers[name].scale_share, ("payers", name, "scale_share")
    if steps:
        shares: dict[Key, float] = {(*table, step): share for step, share in steps.items()}
        yield from sum_to_one(shares, "the shares of the steps of a sliding scale must sum to 1", table)


PAYER_RULES = (authorization_is_possible, scale_names_the_same_steps, scale_shares_sum)
"""Rules for each payer."""

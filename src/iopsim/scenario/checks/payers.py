"""Payers: authorization and the sliding scale."""

from __future__ import annotations

import math

from iopsim.scenario.checks.conflict import Conflict, Conflicts, named, possible_delay
from iopsim.scenario.lines import Key
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest, plain

TERMS = (
    "authorization_denied_probability",
    "authorized_sessions",
    "review_denied_probability",
    "coverage_loss_per_week",
    "copay_usd",
    "deductible_usd",
)
"""What only somebody else who pays can ask for; off by default."""


def authorization_is_possible(scenario: Scenario, name: str) -> Conflicts:
    """The wait for authorization has a mean that its median allows."""
    yield from possible_delay(scenario.payers[name].authorization, ("payers", name, "authorization"))


def who_pays_alone_has_no_terms(scenario: Scenario, name: str) -> Conflicts:
    """Nobody grants or limits anything to clients who pay alone, and they pay no part beside the whole."""
    payer = scenario.payers[name]
    if not payer.self_pay:
        return
    for part in TERMS:
        value = getattr(payer, part)
        if value not in (0, "none"):
            said = f"who pays alone has no {part}; leave it out, or write self_pay = false"
            yield Conflict((("payers", name, part), ("payers", name, "self_pay")), f"{part} = {plain(value)}", said)


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


def scale_shares_fit(scenario: Scenario, name: str) -> Conflicts:
    """A payer's clients are on one step of its sliding scale, or on none and pay in full."""
    shares = scenario.payers[name].scale_share
    total = math.fsum(shares.values())
    if total > 1.0 + 1e-9:
        keys: tuple[Key, ...] = tuple(("payers", name, "scale_share", step) for step in shares)
        found = " + ".join(plain(share) for share in shares.values()) + f" = {plain(round(total, 9))}"
        said = "the shares of the steps of a sliding scale must sum to at most 1; who is on no step pays in full"
        yield Conflict(keys, found, said, path=("payers", name, "scale_share"))


PAYER_RULES = (authorization_is_possible, who_pays_alone_has_no_terms, scale_names_the_same_steps, scale_shares_fit)
"""Rules for each payer."""

"""Federal block grant: the limits that bind a program that takes its money."""

from __future__ import annotations

from dataclasses import dataclass

from iopsim.scenario.model import Scenario


@dataclass(frozen=True, eq=False, slots=True)
class Grant:
    """As in the scenario's `block_grant`; who has priority is in `iopsim.rulebook.demand`."""

    applies: bool
    admit_days: int
    admit_days_with_interim: int
    interim_days: int
    notice_share: float


def write_grant(scenario: Scenario) -> Grant:
    """Write the limits."""
    grant = scenario.block_grant
    return Grant(grant.applies, grant.admit_days, grant.admit_days_with_interim, grant.interim_days, grant.notice_share)

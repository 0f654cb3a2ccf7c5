"""Clients who are here at the opening, one row each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iopsim.rulebook.days import I64
from iopsim.rulebook.demand import trait_bits
from iopsim.rulebook.schedule import groups_on
from iopsim.scenario.model import Scenario
from iopsim.scenario.timetable import weeks_in_phase

ANY_GROUP = -1


@dataclass(frozen=True, eq=False, slots=True)
class Present:
    """In the order of the file; arrays have one row per client."""

    source: I64
    payer: I64
    traits: I64
    """Bits."""
    phase: I64
    group: I64
    """-1 for the one with most room."""
    in_program: I64
    """1 in the program, 0 on the waitlist."""
    days: I64
    """Days since admission, or since joining the waitlist; whole weeks."""
    phase_days: I64
    """Days since entering the phase."""

    def __len__(self) -> int:
        return len(self.source)


def write_present(scenario: Scenario) -> Present:
    """Write who is here at the opening."""
    sources, traits = sorted(scenario.referrals), sorted(scenario.traits)
    payers, phases, groups = list(scenario.payers), list(scenario.phases), list(groups_on(scenario))
    rows = []
    for kind in scenario.present.values():
        phase = kind.phase or scenario.referrals[kind.source].enters or phases[0]
        inside = kind.where == "program"
        row = (
            sources.index(kind.source),
            payers.index(kind.payer) if kind.payer else 0,
            trait_bits(kind.traits, traits),
            phases.index(phase),
            groups.index(kind.group) if kind.group else ANY_GROUP,
            int(inside),
            7 * kind.weeks,
            7 * weeks_in_phase(scenario, kind, phase) if inside else 0,
        )
        rows += [row] * kind.count
    return Present(*np.array(rows, dtype=np.int64).reshape(len(rows), 8).T)

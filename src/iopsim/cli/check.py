"""`iopsim check`: is the scenario sound, where do its values come from, and does demand exceed a capacity?"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console

from iopsim.cli.console import grid, paragraph, plain, print_grid, screen
from iopsim.preflight import Preflight
from iopsim.preflight import check as fly
from iopsim.scenario import resolve, resolved_toml
from iopsim.scenario.cautions import cautions
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import LAYERS, Layer, count_standings
from iopsim.scenario.states import STATES
from iopsim.standards import Standard, compared, findings, has_rules

FROM: Mapping[Layer, str] = {"file": "From the file", "change": "From --set", "default": "From the defaults"}


def check(file: str, changes: Sequence[str], resolved: bool, rules: bool) -> None:
    """Check a scenario.

    Parameters
    ----------
    file : str
    changes : sequence of str
        As given to `--set`.
    resolved : bool
        Print the whole scenario as a file, and nothing else.
    rules : bool
        List the rules of levels of care and states that were compared.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    found = resolve(file, changes)
    if resolved:
        sys.stdout.write(resolved_toml(found))
        return
    console = screen()
    paragraph(console, f"{plain(file)}: {plain(found.scenario.name)}", lead="ok  ", indent="    ")
    counts = count_standings(found)
    paragraph(console, _origins(counts), lead="ok  ", indent="    ")
    met = compared(found.scenario)
    if any(met.values()):
        paragraph(console, _rules_met(found.scenario, met, rules), lead="ok  ", indent="    ")
    state = found.scenario.state
    if state and not has_rules(state):
        said = f"no rules of {STATES[state]} are known here, so nothing was compared with them: ask the state"
        paragraph(console, said, lead="note  ", indent="      ")
    if rules:
        _show_rules(console, met)
    for caution in (*cautions(found), *map(str, findings(found.scenario))):
        paragraph(console, plain(caution), lead="warning  ", indent="         ")
    console.print()
    _show_evidence(console, counts)
    console.print()
    _show(console, fly(found.scenario))


def _rules_met(scenario: Scenario, met: Mapping[Standard, bool], listed: bool) -> str:
    """Say how many rules are met, and whose."""
    count, doubtful = sum(met.values()), sum(is_met and not rule.is_verified for rule, is_met in met.items())
    levels = sorted({phase.level for phase in scenario.phases.values() if phase.level})
    of_levels = f"level{'s' if len(levels) > 1 else ''} {' and '.join(levels)}" if levels else ""
    of_state = STATES[scenario.state] if any(rule.state for rule in met) else ""
    whose = " and ".join(filter(None, [of_state, of_levels]))
    said = f"meets the rules known for {whose}: {count} checked"
    if count < len(met):
        said = f"meets {count} of the {len(met)} rules known for {whose}"
    said += f", {doubtful} not verified" if doubtful else ""
    return said if listed else f"{said}; --rules lists them"


def _show_rules(console: Console, met: Mapping[Standard, bool]) -> None:
    if not met:
        said = "no rule to compare: no phase names its level of care, and no state has a rule for every phase"
        paragraph(console, said, lead="note  ", indent="      ")
    for rule, is_met in met.items():
        paragraph(console, plain(str(rule)), lead="    met      " if is_met else "    not met  ", indent=" " * 13)


def _origins(counts: Mapping[str, Mapping[Layer, int]]) -> str:
    """Say how many values come from where."""
    layers = {layer: sum(count[layer] for count in counts.values()) for layer in LAYERS}
    changed = f", {layers['change']} from --set" if layers["change"] else ""
    return (
        f"{sum(layers.values())} values: {layers['file']} from the file, {layers['default']} from the defaults"
        f"{changed}; --resolved shows each, `iopsim evidence` the defaults' sources"
    )


def _show_evidence(console: Console, counts: Mapping[str, Mapping[Layer, int]]) -> None:
    """Print how many values there is what evidence for; layers and grades without any are left out."""
    used = [layer for layer in LAYERS if any(count[layer] for count in counts.values())]
    table = grid(console)
    table.add_column("Evidence", no_wrap=True)
    for layer in used:
        table.add_column(FROM[layer], justify="right", no_wrap=True)
    for said, count in counts.items():
        if any(count.values()):
            table.add_row(said, *(str(count[layer] or "–") for layer in used))
    print_grid(console, table)


def _show(console: Console, flight: Preflight) -> None:
    table = grid(console)
    table.add_column("Asked of")
    for heading in ("Demand", "Capacity", "Share"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Unit", no_wrap=True)
    for load in (*flight.loads, *flight.hours):
        capacity = "no limit" if math.isinf(load.capacity) else f"{load.capacity:,.1f}"
        table.add_row(load.resource, f"{load.demand:,.1f}", capacity, _percent(load.share, load.capacity), load.unit)
    print_grid(console, table)
    console.print()
    for warning in flight.warnings:
        paragraph(console, warning, lead="warning  ", indent="         ")
    if flight.is_easy:
        console.print("ok  no demand exceeds 90 % of its capacity")
    for note in flight.notes:
        paragraph(console, note, lead="note  ", indent="      ")


def _percent(share: float, capacity: float) -> str:
    if math.isinf(capacity):
        return "–"
    return "no capacity" if math.isinf(share) else f"{100 * share:.0f} %"

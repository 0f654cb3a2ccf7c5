"""Phases in which some clients find no group, however many seats there are."""

from __future__ import annotations

from collections.abc import Iterator

from iopsim.scenario.cautions.traits import MOST_DRAWN, combinations, drawn_behind
from iopsim.scenario.checks.conflict import named
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import Resolved
from iopsim.scenario.timetable import serving


def phases_only_for_some(resolved: Resolved) -> Iterator[str]:
    """Name every phase that clients reach, and whose groups are all for traits that some of them have not."""
    scenario = resolved.scenario
    for name, phase in scenario.phases.items():
        groups = {
            group: one for group, one in serving(scenario, name).items() if len(one.nights) >= phase.nights_per_week
        }
        wanted = [frozenset(one.for_traits) for one in groups.values()]
        drawn = drawn_behind(scenario, frozenset().union(*wanted))
        if not all(wanted) or len(drawn) > MOST_DRAWN:
            continue
        without = [
            source
            for source in _sources_of(scenario, name)
            if any(
                not any(some <= traits for some in wanted)
                for traits in combinations(scenario, scenario.referrals[source], drawn)
            )
        ]
        if without:
            which = ", ".join(f"{group} for {' and '.join(one.for_traits)}" for group, one in groups.items())
            first = next(iter(groups))
            yield (
                f"{resolved.origins[f'groups.{first}.for_traits']}: phases.{name}: only groups for some traits serve "
                f"it ({which}); clients of {named(without)} without them never find a seat there, and wait for it or "
                "leave; add a group for everybody"
            )


def _sources_of(scenario: Scenario, phase: str) -> list[str]:
    """Return the sources whose clients reach a phase: those who start in it or before, or come back to it."""
    order = list(scenario.phases)
    shares = scenario.placement
    back = any(
        detour.share
        and detour.return_probability
        and detour.enters
        and order.index(detour.enters) <= order.index(phase)
        for detour in (shares.withdrawal, shares.residential)
    )
    steps_back = scenario.lapse.per_week > 0.0 and scenario.lapse.step_up_probability > 0.0
    return [
        name
        for name, source in scenario.referrals.items()
        if source.per_week
        and (back or steps_back or not source.enters or order.index(source.enters) <= order.index(phase))
    ]

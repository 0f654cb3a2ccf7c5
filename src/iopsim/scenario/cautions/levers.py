"""Levers that are bought and cannot do what they are bought for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iopsim.scenario.cautions.traits import somebody_has
from iopsim.scenario.levers import Lever
from iopsim.scenario.model import Scenario
from iopsim.scenario.resolved import Resolved
from iopsim.scenario.timetable import existing_groups
from iopsim.scenario.words import plain

TO_A_ROOM = ("transport", "child_care")
"""Levers that help clients to come to a room."""

RATIOS = ("show_odds_ratio", "renege_hazard_ratio", "attendance_odds_ratio", "dropout_hazard_ratio")


def levers_that_change_nothing(resolved: Resolved) -> Iterator[str]:
    """Name every lever that is on, and why all or part of it has no effect."""
    scenario = resolved.scenario
    for name, lever in scenario.levers:
        if lever.on:
            for why in _whys(scenario, name, lever):
                yield f"{resolved.origins[f'levers.{name}.on']}: levers.{name}: bought, and {why}"


def _whys(scenario: Scenario, name: str, lever: Lever) -> Iterator[str]:
    given = {ratio: getattr(lever, ratio) for ratio in RATIOS if getattr(lever, ratio) != 1.0}
    opens = any(group.lever == name for group in scenario.groups.values())
    if lever.trait and not somebody_has(scenario, lever.trait):
        yield f"reaches nobody: no client has the trait {lever.trait}"
        return
    if name == "same_day_assessment" and scenario.assessment.same_day:
        beside = "" if given or opens else ", so the lever changes nothing"
        yield f"assessments are on the day of the call without it (assessment.same_day = true){beside}"
    elif name == "second_evening" and not opens:
        beside = "" if given else ", so the lever changes nothing"
        yield f'it opens none: no group has lever = "second_evening"{beside}'
    elif name == "video" and not any(group.video for group in existing_groups(scenario).values()):
        yield "changes nothing: no group has video = true"
        return
    elif not given and not opens and name != "same_day_assessment":
        what = "its attendance_odds_ratio is 1" if name == "video" else "all its ratios are 1"
        yield f"changes nothing: {what}"
    if name in TO_A_ROOM and all(group.video for group in existing_groups(scenario).values()):
        yield "helps nobody to a session: all groups meet by video"
    nothing = _nothing_to_change(scenario)
    for ratio, value in given.items():
        if ratio in nothing:
            yield f"its {ratio} of {plain(value)} changes nothing: {nothing[ratio]}"


def _nothing_to_change(scenario: Scenario) -> Mapping[str, str]:
    """Return for each ratio that has nothing to multiply why that is so."""
    shown, leaving = scenario.assessment.show_probability_next_day, scenario.leaving
    certain = {
        "show_odds_ratio": (shown in (0.0, 1.0), f"assessment.show_probability_next_day is {plain(shown)}"),
        "renege_hazard_ratio": (scenario.waitlist.renege_per_day == 0.0, "waitlist.renege_per_day is 0"),
        "attendance_odds_ratio": (scenario.attendance.probability == 1.0, "attendance.probability is 1"),
        "dropout_hazard_ratio": (
            leaving.early_probability == leaving.dropout_per_week == 0.0,
            "leaving.early_probability and leaving.dropout_per_week are 0",
        ),
    }
    return {ratio: why for ratio, (is_so, why) in certain.items() if is_so}

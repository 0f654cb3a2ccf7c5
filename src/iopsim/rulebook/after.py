"""After discharge: how soon people relapse, and who comes back."""

from __future__ import annotations

from dataclasses import dataclass

from iopsim.scenario.model import Scenario


@dataclass(frozen=True, eq=False, slots=True)
class After:
    """Relapse by day t after discharge has odds ratio x (t / scale) ** shape."""

    scale_days: float
    power: float
    """1 / shape."""
    completed_ratio: float
    """Odds ratio of those who completed, as a factor on time: ratio ** (-1 / shape); the next likewise."""
    short_stay_ratio: float
    short_stay_days: int
    returns: float
    """Share of those who relapse who call again."""
    return_days: float
    episodes: int


def write_after(scenario: Scenario) -> After:
    """Write what comes after discharge."""
    after = scenario.after
    power = 1.0 / after.relapse_shape
    return After(
        scale_days=after.relapse_scale_days,
        power=power,
        completed_ratio=after.completed_odds_ratio**-power,
        short_stay_ratio=after.short_stay_odds_ratio**-power,
        short_stay_days=7 * after.short_stay_weeks,
        returns=after.return_probability,
        return_days=after.return_days,
        episodes=after.most_episodes,
    )

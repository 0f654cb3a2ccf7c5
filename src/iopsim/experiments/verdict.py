"""The verdict: how an arm differs from the baseline, in a sentence that says no more than the intervals do."""

from __future__ import annotations

import math

from iopsim.experiments.outcome import Outcome
from iopsim.measures.measure import Measure
from iopsim.stats.contrast import Contrast

SAID = {
    "days_to_assessment": ("assesses people {} later", "assesses people {} sooner"),
    "days_to_first_session": ("starts people {} later", "starts people {} sooner"),
    "weeks_until_full": ("fills {} later", "fills {} sooner"),
    "weeks_until_broken_even": ("breaks even {} later", "breaks even {} sooner"),
    "weeks_until_operating_margin": ("pays for itself {} later", "pays for itself {} sooner"),
    "weeks_until_group_opened": ("opens its group {} later", "opens its group {} sooner"),
    "weeks_until_hired": ("hires {} later", "hires {} sooner"),
    "cost_usd": ("costs {} more", "costs {} less"),
    "revenue_usd": ("earns {} more", "earns {} less"),
    "referrals": ("gets {bare} more referrals", "gets {bare} fewer referrals"),
    "length_of_stay_days": ("keeps people {} longer", "keeps people {} less long"),
}
"""What an arm does, if the difference is above 0, and below; ``{bare}`` is the amount without its unit."""

COUNTED = {"days": "day", "weeks": "week", "clients": "client", "sessions": "session", "hours": "hour"}


def sentence(outcome: Outcome, arm: str) -> str:
    """Return what an arm does otherwise than the baseline, and what cannot be told.

    Parameters
    ----------
    outcome : Outcome
    arm : str

    Returns
    -------
    str
        Such as ``bigger starts people 4.1 days sooner [3.2, 5.0]; cost per completion is not distinguishable.``
    """
    does, told, alike, same, unknown = (list[str]() for _ in range(5))
    for measure in outcome.batch.measures:
        gap = outcome.contrasts[arm, measure.name]
        if gap.told_apart is None:
            unknown.append(measure.label)
        elif gap.told_apart:
            (does if measure.name in SAID else told).append(_told(measure, gap))
        elif gap.same_in_every_pair:
            same.append(measure.label)
        else:
            alike.append(measure.label)
    parts = [f"{arm} {_listed(does)}"] if does else []
    parts += told
    if same:
        parts.append(f"{_lower(same)} {'is' if len(same) == 1 else 'are'} the same in every replication")
    if alike:
        parts.append(f"{_lower(alike)} {'is' if len(alike) == 1 else 'are'} not distinguishable")
    if unknown:
        parts.append(f"{_lower(unknown)} cannot be compared")
    if not does:
        parts[0] = f"{arm}, against {outcome.baseline}: {parts[0]}"
    return "; ".join(parts) + "."


def narrowed(outcome: Outcome) -> str:
    """Return by how much meeting the same people has narrowed the differences; nothing where none can be told."""
    known = sorted(
        gap.narrowing
        for gap in outcome.contrasts.values()
        if not math.isnan(gap.narrowing) and not math.isinf(gap.narrowing)
    )
    if not known:
        return ""
    middle = known[len(known) // 2] if len(known) % 2 else (known[len(known) // 2 - 1] + known[len(known) // 2]) / 2
    if len(known) == 1:
        width = f"has made the interval of the difference {_width(known[0])}"
    else:
        width = (
            f"has made the intervals of the differences {_width(middle)} (median; {known[0]:.1f} to {known[-1]:.1f})"
        )
    more = f", worth {middle**2:.0f} times as many replications" if middle**2 >= 1.5 else ""
    return f"Meeting the same people with the same luck {width}{more}."


def _width(narrowing: float) -> str:
    return f"{narrowing:.1f} times narrower" if narrowing >= 1.05 else "no narrower"


def amount(measure: Measure, value: float, places: int) -> str:
    """Return an amount of a measure with its unit, such as ``4.1 days`` or ``3 percentage points``."""
    if measure.unit == "usd":
        return f"${round(abs(value), places):,.0f}"
    number = f"{abs(value) * (100.0 if measure.unit == 'share' else 1.0):,.{max(places, 0)}f}"
    if measure.unit == "share":
        return f"{number} percentage point{'' if number == '1' else 's'}"
    one = COUNTED.get(measure.unit, measure.unit.removesuffix("s"))
    return f"{number} {one if number == '1' else measure.unit}"


def places_of(measure: Measure, gap: Contrast) -> int:
    """Return to how many decimals a difference is told: down to the second digit of its half-width, at most two.

    Dollars may have fewer than none. An end of the interval that is not 0 is not told as 0.
    """
    factor = 100.0 if measure.unit == "share" else 1.0
    half = factor * (gap.high - gap.low) / 2.0
    size = half if half > 0.0 else abs(factor * gap.mean)
    if size == 0.0:
        return 0
    if measure.unit == "usd":
        return min(1 - math.floor(math.log10(size)), 0)
    places = min(max(-math.floor(math.log10(size)), 0), 2)
    nearest = factor * min(abs(gap.low), abs(gap.high))
    while gap.told_apart and places < 4 and round(nearest, places) == 0.0:
        places += 1
    return places


def _told(measure: Measure, gap: Contrast) -> str:
    """Return a difference that can be told, with its interval, both as amounts in the direction of the difference."""
    places = places_of(measure, gap)
    low, high = sorted(abs(end) for end in (gap.low, gap.high))
    label = f"{measure.label[0].lower()}{measure.label[1:]}"
    more, less = SAID.get(measure.name, (f"{label} is {{}} higher", f"{label} is {{}} lower"))
    said = (more if gap.mean > 0.0 else less).format(
        amount(measure, gap.mean, places), bare=_bare(measure, abs(gap.mean), places)
    )
    if gap.same_in_every_pair:
        return f"{said} in every replication"
    few = "~" if gap.made_by_few else ""
    return f"{said} [{few}{_bare(measure, low, places)}, {_bare(measure, high, places)}]"


def _bare(measure: Measure, value: float, places: int) -> str:
    if measure.unit == "usd":
        return f"${round(value, places):,.0f}"
    return f"{value * (100.0 if measure.unit == 'share' else 1.0):,.{max(places, 0)}f}"


def _listed(parts: list[str]) -> str:
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


def _lower(labels: list[str]) -> str:
    """Return labels in a row, in small letters at their beginning."""
    return _listed([f"{label[0].lower()}{label[1:]}" for label in labels])

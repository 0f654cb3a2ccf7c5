"""The verdict: how an arm differs from the baseline, in a sentence that says no more than the intervals do."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    "referrals": ("gets {bare} more referral{s}", "gets {bare} fewer referral{s}"),
    "length_of_stay_days": ("keeps people {} longer", "keeps people {} less long"),
}
"""What an arm does, if the difference is above 0, and below; ``{bare}`` is the amount without its unit."""

ALONE = {
    "weeks_until_full": "weeks until 90 % of seats are taken",
    "weeks_until_group_opened": "weeks until the group on a trigger meets",
    "weeks_until_hired": "weeks until whoever is hired on a trigger starts",
    "weeks_until_cash_hole": "week of the deepest cash hole",
}
"""What measures are called away from the line above them in a table."""

MOST_PLACES = 6

FEWEST_PAIRS = 10
"""Pairs below which a difference that is the same in all that tell is no finding, if others do not tell."""

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
        called = called_alone(measure)
        if is_unknown(gap):
            unknown.append(called)
        elif gap.told_apart:
            (does if measure.name in SAID else told).append(_told(measure, gap))
        elif gap.same_in_every_pair and not gap.undefined:
            same.append(called)
        elif gap.same_in_every_pair:
            told.append(f"{called} is the same {_where_told(gap)}")
        else:
            alike.append(called)
    parts = [f"{arm} {_listed(does)}"] if does else []
    parts += told
    if same:
        parts.append(f"{_listed(same)} {'is' if len(same) == 1 else 'are'} the same in every replication")
    if alike:
        parts.append(f"{_listed(alike)} {'is' if len(alike) == 1 else 'are'} not distinguishable")
    if unknown:
        parts.append(f"{_listed(unknown)} cannot be compared")
    if not does and parts:
        parts[0] = f"{arm}, against {outcome.baseline}: {parts[0]}"
    return "; ".join(parts) + "."


def leading(outcome: Outcome, arms: Sequence[str], measures: Sequence[Measure]) -> tuple[str, Measure, Contrast] | None:
    """Return the difference from the baseline that matters most; None if none can be told.

    It is of the first measure in which any arm can be told apart - a planner names first what matters most - and there
    of the arm that differs most.

    Parameters
    ----------
    outcome : Outcome
    arms : sequence of str
        Those that are looked at, without the baseline.
    measures : sequence of Measure
    """
    for measure in measures:
        gaps = [(arm, outcome.contrast(arm, measure.name)) for arm in arms]
        apart = [(arm, gap) for arm, gap in gaps if gap.told_apart and not is_unknown(gap)]
        if apart:
            arm, gap = max(apart, key=lambda one: abs(one[1].mean))
            return arm, measure, gap
    return None


def difference(measure: Measure, gap: Contrast, arm: str, baseline: str) -> str:
    """Return a difference that can be told as a sentence without a full stop, such as ``b costs $10 more than a``.

    Parameters
    ----------
    measure : Measure
    gap : Contrast
    arm, baseline : str
        What the two are called.
    """
    said = _does(measure, gap)
    if measure.name in SAID:
        return f"{arm} {said} than {baseline}"
    return f"{said} with {arm} than with {baseline}"


def signed(measure: Measure, gap: Contrast) -> str:
    """Return a mean difference with its sign and without a unit but dollars: ``+3.1``, ``-$400``."""
    said = _bare(measure, abs(gap.mean), places_of(measure, gap))
    if not any(digit in "123456789" for digit in said):
        return said
    return f"{'-' if gap.mean < 0.0 else '+'}{said}"


def is_unknown(gap: Contrast) -> bool:
    """Whether nothing can be said of a difference: no interval, or one without width that rests on very few pairs."""
    return gap.told_apart is None or (gap.same_in_every_pair and bool(gap.undefined) and gap.n < FEWEST_PAIRS)


def called_alone(measure: Measure) -> str:
    """Return what a measure is called within a sentence."""
    return ALONE.get(measure.name, f"{measure.label[0].lower()}{measure.label[1:]}")


def _where_told(gap: Contrast) -> str:
    if not gap.undefined:
        return "in every replication"
    return f"in all {gap.n:,} of {gap.n + gap.undefined:,} replications in which both can tell"


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
        return _bare(measure, abs(value), places)
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
        places, most = min(1 - math.floor(math.log10(size)), 0), 2
    else:
        places, most = min(max(-math.floor(math.log10(size)), 0), 2), MOST_PLACES
    nearest = factor * min(abs(gap.low), abs(gap.high))
    while gap.told_apart and places < most and round(nearest, places) == 0.0:
        places += 1
    return places


def _told(measure: Measure, gap: Contrast) -> str:
    """Return a difference that can be told, with its interval, both as amounts in the direction of the difference."""
    places = places_of(measure, gap)
    low, high = sorted(abs(end) for end in (gap.low, gap.high))
    said = _does(measure, gap)
    if gap.same_in_every_pair:
        return f"{said} {_where_told(gap)}"
    few = "~" if gap.made_by_few else ""
    return f"{said} [{few}{_bare(measure, low, places)}, {_bare(measure, high, places)}]"


def _does(measure: Measure, gap: Contrast) -> str:
    """Return what a difference is, in its direction and without its interval."""
    places = places_of(measure, gap)
    label = called_alone(measure)
    more, less = SAID.get(measure.name, (f"{label} is {{}} higher", f"{label} is {{}} lower"))
    bare = _bare(measure, abs(gap.mean), places)
    s = "" if bare == "1" else "s"
    return (more if gap.mean > 0.0 else less).format(amount(measure, gap.mean, places), bare=bare, s=s)


def _bare(measure: Measure, value: float, places: int) -> str:
    if measure.unit == "usd":
        return f"${round(value, places):,.{2 if places > 0 else 0}f}"
    return f"{value * (100.0 if measure.unit == 'share' else 1.0):,.{max(places, 0)}f}"


def _listed(parts: list[str]) -> str:
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]

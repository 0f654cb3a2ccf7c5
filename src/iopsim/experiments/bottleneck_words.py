"""What holds people back, in sentences: which resource, how often, from when on, and how many people."""

from __future__ import annotations

from iopsim.experiments.bottleneck import SLOTS, Bottleneck
from iopsim.experiments.reading import day
from iopsim.experiments.result import Result

OFTEN = 0.1
"""Share of the weeks from which on a resource that is never the tightest is worth telling."""

MOSTLY = 0.5
"""Share of the waits for a slot from which on they are mostly for want of an assessor."""

SLIGHT = 0.5
"""Clients held back at a time below which the mean over all weeks is not told."""

LEAST = 0.005
"""Share of the waits from which on it is written as a percentage."""

WALK_IN = "assessors' time", "who walk in wait for a free assessor"
"""What a free slot is called where clients walk in, and what becomes of them."""

HELD_BACK = {
    "assessment slots": "who could come sooner wait for a free assessment slot",
    "group seats": "who are ready to start wait for a seat",
    "counselor caseload": "who are ready to start wait for a counselor with room",
    "group seats and counselor caseload together": "who are ready to start wait for both a seat and a counselor",
    "seats in the next phase": "who are due to move on wait for a seat in the next phase",
}

WAITS = {
    "assessment slots": "waits for an assessment slot",
    "group seats": "waits for a seat",
    "counselor caseload": "waits for a counselor with room",
    "group seats and counselor caseload together": "waits for both a seat and a counselor",
    "seats in the next phase": "waits for a seat in the next phase",
}
WALK_IN_WAITS = "waits for a free assessor"
"""What becomes of one whom each resource holds back."""

FEW = (
    (0.875, "nearly one client"),
    (0.625, "three quarters of a client"),
    (0.375, "half a client"),
    (0.175, "a quarter of a client"),
    (0.05, "a tenth of a client"),
    (0.0, "next to nobody"),
)
"""What less than a client is called, from so many on."""


def bottleneck_sentences(result: Result) -> list[str]:
    """Return what holds people back, first what is tightest in most replications, in plain words."""
    biting = [found for found in result.bottlenecks if found.first_week is not None]
    if not biting:
        return [f"Bottleneck: {_mildest(result)}"]
    first, *others = result.bottlenecks
    told = [first, *(found for found in others if found in biting and _is_worth_telling(found, result))]
    heads = ("Bottleneck", *["Then"] * (len(told) - 1))
    return [f"{head}: {_sentence(found, result)}" for head, found in zip(heads, told, strict=True)]


def bottleneck_in_short(result: Result) -> str:
    """Return what holds people back most, and for how long, in a sentence for whoever reads no further."""
    if all(found.first_week is None for found in result.bottlenecks):
        said = _mildest(result)
        return f"{said[0].upper()}{said[1:]}"
    most = result.bottlenecks[0]
    resource = f"Most of all {_in_words(most, result)[0]}{_what_of_it(most)}"
    if most.first_week is None:
        return f"{resource}, though never a client at a time."
    weeks = "in every week" if most.weeks == len(result.weeks) else f"in {most.weeks} of {len(result.weeks)} weeks"
    return f"{resource}: {weeks} a client or more {_waits(most, result)}."


def _is_worth_telling(found: Bottleneck, result: Result) -> bool:
    """Whether a resource that bites is the tightest in any replication, or bites in more than a few weeks."""
    return found.tightest_in > 0 or found.weeks >= OFTEN * len(result.weeks)


def _mildest(result: Result) -> str:
    """Say what holds people back most although it is less than a client at a time in any week."""
    if not result.bottlenecks:
        return "nothing. Nobody waits for a slot, a seat or a counselor."
    most = max(result.bottlenecks, key=lambda found: found.held_back)
    how_many = next(words for least, words in FEW if most.held_back >= least)
    waits = f"{how_many} on average {_waits(most, result)}{_what_of_it(most)}"
    return f"nothing much. At the worst ({_worst_week(most, result)}), {waits}."


def _sentence(found: Bottleneck, result: Result) -> str:
    resource, waits = _in_words(found, result)
    return (
        f"{resource}{_what_of_it(found)}{_how_often(found, result)}, {_when(found, result)}. On average "
        f"{found.held_back:.1f} clients {waits} at the worst ({_worst_week(found, result)})."
        f"{_assessors(found)}{_few(found, result)}"
    )


def _in_words(found: Bottleneck, result: Result) -> tuple[str, str]:
    """Return what a resource is called, and what becomes of those whom it holds back."""
    walk_in = found.resource == SLOTS and result.scenario.assessment.open_access
    return WALK_IN if walk_in else (found.resource, HELD_BACK[found.resource])


def _waits(found: Bottleneck, result: Result) -> str:
    """Return what one whom a resource holds back waits for."""
    walk_in = found.resource == SLOTS and result.scenario.assessment.open_access
    return WALK_IN_WAITS if walk_in else WAITS[found.resource]


def _what_of_it(found: Bottleneck) -> str:
    """Say that slots are there, and assessors are not, where that is most of it."""
    mostly = found.without_assessors is not None and found.without_assessors >= MOSTLY
    return ", mostly for want of an assessor" if mostly else ""


def _assessors(found: Bottleneck) -> str:
    """Say how much of the waits for a slot more slots would not help."""
    if not found.without_assessors:
        return ""
    share = f"{100.0 * found.without_assessors:.0f} %" if found.without_assessors >= LEAST else "less than 1 %"
    return f" With every assessor's post filled and nobody away, {share} of these waits would be gone."


def _few(found: Bottleneck, result: Result) -> str:
    """Say what the replication in the middle has where a few make the mean."""
    if result.replications == 1 or not found.few_make_it or found.mean < SLIGHT:
        return ""
    return (
        f" A few replications make this number: over all weeks it is {found.mean:.1f} clients in the mean, "
        f"and {found.median:.1f} in the median replication."
    )


def _how_often(found: Bottleneck, result: Result) -> str:
    """Say in how many replications it is the tightest resource; one alone needs no count."""
    if result.replications == 1:
        return ""
    return f" (tightest in {found.tightest_in:,} of {result.replications:,} replications)"


def _when(found: Bottleneck, result: Result) -> str:
    if found.first_week is None:
        return "though never a client at a time"
    first = f"week {found.first_week + 1} ({day(result.week_start(found.first_week))})"
    if found.weeks == result.weeks.stop - found.first_week:
        return f"from {first} on"
    return f"in {found.weeks} of {len(result.weeks)} weeks, first in {first}"


def _worst_week(found: Bottleneck, result: Result) -> str:
    return f"week {found.worst_week + 1}, {day(result.week_start(found.worst_week))}"

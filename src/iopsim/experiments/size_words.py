"""What is said of a sizing: the answer in a sentence, what it promises, and a row for each plan."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iopsim.experiments.result import dollars
from iopsim.experiments.size import Finding, Sized
from iopsim.experiments.sizing import Candidate, Sizing
from iopsim.experiments.targets import Target
from iopsim.experiments.verdict import COUNTED, amount
from iopsim.measures.measure import Measure
from iopsim.stats.intervals import Summary

SAID = {"feasible": "meets", "infeasible": "misses", "undecided": "undecided"}
NOT_NEEDED = "not needed"
"""Of a plan that is larger than one that meets all targets."""

NAMED = 6
"""Plans that are named in a sentence."""

Cell = str | int | float | bool


def called(candidate: Candidate) -> str:
    """Return what a plan is called: the level of each choice."""
    return ", ".join(
        f"{name} {level}" for name, level in zip(choices(candidate), candidate.arm.levels.values(), strict=True)
    )


def choices(candidate: Candidate) -> list[str]:
    """Return the choices in words: the last two names of each path, such as ``evening seats``."""
    return [
        " ".join([part for part in name.split(".") if part != "*"][-2:]).replace("_", " ")
        for name in candidate.arm.levels
    ]


def sentences(found: Sized) -> list[str]:
    """Return the answer, and what else must be said with it."""
    if found.chosen is not None:
        return [_of_chosen(found), *_as_small(found), *_of_undecided(found)]
    if found.remaining:
        return [_of_remaining(found), *_of_undecided(found)]
    return [_of_none(found), *_of_nearest(found), *_of_undecided(found)]


def _of_chosen(found: Sized) -> str:
    sizing, plan = found.sizing, _named(found, found.chosen)
    measure, meeting = sizing.objective.measure, len(found.feasible)
    sure = "" if found.undecided else f", with {100 * sizing.confidence:g} % confidence"
    if measure is None:
        return f"{plan} is the smallest plan {_found(found)} {_targets(sizing)}{sure}."
    if meeting == 1:
        return f"{plan} is the only plan {_found(found)} {_targets(sizing)}{sure}."
    of = f"the {meeting:,} plans {_found(found)} {_targets(sizing)}"
    apart = f"differences of less than {_give(measure, sizing.objective.indifference)} are not told apart"
    return f"{plan} has the lowest {_lower(measure)} of {of}{sure}; {apart}."


def _found(found: Sized) -> str:
    return "found to meet" if found.undecided else "that meets" if _one(found) else "that meet"


def _one(found: Sized) -> bool:
    return found.sizing.objective.measure is None or len(found.feasible) == 1


def _as_small(found: Sized) -> list[str]:
    if not found.as_small:
        return []
    return [f"Just as small, and meeting {_targets(found.sizing)} too: {_names(found, found.as_small)}."]


def _of_undecided(found: Sized) -> list[str]:
    if not found.undecided:
        return []
    n = len(found.undecided)
    might = ""
    if found.feasible:
        measure = found.sizing.objective.measure
        might = ", and may be " + ("no larger" if measure is None else f"better in {_lower(measure)}")
    plans = f"{n:,} plan{'' if n == 1 else 's'}, {_names(found, found.undecided)}"
    said = f"Undecided after {found.sizing.most:,} replications{might}: {plans}."
    return [f"{said} A greater tolerance, or more replications (most), would decide."]


def _of_remaining(found: Sized) -> str:
    sizing = found.sizing
    measure = sizing.objective.measure
    assert measure is not None
    compared = max(found.standings[place].compared for place in found.remaining)
    return (
        f"{len(found.feasible):,} plans meet {_targets(sizing)}, but {compared:,} replications do not tell which of "
        f"{len(found.remaining):,} has the lowest {_lower(measure)}; the best so far comes first: "
        f"{_names(found, found.remaining)}. A greater indifference, or more replications (most), would decide."
    )


def _of_none(found: Sized) -> str:
    sizing, n = found.sizing, len(found.sizing.candidates)
    plans = f"No plan of the {n:,}" if n > 1 else "The one plan that there is"
    if found.undecided:
        return f"{plans} was {'' if n > 1 else 'not '}found to meet {_targets(sizing)}."
    meets = "meets" if n > 1 else "does not meet"
    return f"{plans} {meets} {_targets(sizing)}, with {100 * sizing.confidence:g} % confidence."


def _of_nearest(found: Sized) -> list[str]:
    if found.nearest is None:
        return []
    missed = [said for finding in found.standings[found.nearest].findings if (said := _missed(finding))]
    if not missed:
        return []
    return [f"The nearest is {_named(found, found.nearest)}, which misses {' and '.join(missed)}, as estimated."]


def _missed(finding: Finding) -> str:
    """Return by how much a target is missed, as estimated; nothing if it is not."""
    target = finding.target
    miss = target.missed_by(finding.estimate.mean)
    if not miss > 0.0:
        return ""
    if target.kind == "chance":
        points = 100 * miss
        return f"{target.name} by {points:.{0 if points >= 1 else 1}f} in 100 replications"
    factor = 100.0 if target.measure.unit == "share" else 1.0
    places = 1 - math.floor(math.log10(factor * target.tolerance))
    return f"{target.name} by {amount(target.measure, miss, min(places, 0 if target.measure.unit == 'usd' else 4))}"


def meaning(target: Target) -> str:
    """Return a target in words, with its tolerance."""
    measure = target.measure
    what = f"{measure.label[0].lower()}{measure.label[1:]}"
    if target.month is not None:
        what += f" of month {target.month}"
    bound = f"at {'least' if target.at_least else 'most'} {level(measure, target.bound)}"
    if target.kind == "chance":
        assert target.chance is not None
        how = f"in {100 * target.chance:g} of 100 possible futures (give or take {100 * target.tolerance:g})"
    else:
        how = f"on average (give or take {_give(measure, target.tolerance)})"
    return f"{what} {bound} {how}"


def level(measure: Measure, value: float) -> str:
    """Return a value of a measure with its unit, as a person wrote it."""
    if measure.unit == "usd":
        return dollars(value)
    if measure.unit == "share":
        return f"{100 * value:g} %"
    return f"{value:,g} {COUNTED.get(measure.unit, measure.unit.removesuffix('s')) if value == 1 else measure.unit}"


def _give(measure: Measure, value: float) -> str:
    if measure.unit == "share":
        return f"{100 * value:g} percentage point{'' if math.isclose(100 * value, 1.0) else 's'}"
    return level(measure, value)


def promise(sizing: Sizing) -> str:
    """Return what the answer promises, and what that rests on."""
    measure = sizing.objective.measure
    sure = f"{100 * sizing.confidence:g} %"
    said = (
        f"What is promised, with {sure} confidence of all of it together: no plan said to meet the targets misses one "
        "by its tolerance or more, and no plan said to miss one beats them all by their tolerances or more; in "
        "between, either may be said."
    )
    if measure is not None:
        said += (
            f" Of the plans that meet the targets, the one of lowest {_lower(measure)} is left, if it is better than "
            f"every other by {_give(measure, sizing.objective.indifference)} or more; if others come closer, one of "
            "them may be left instead."
        )
    said += " This rests on replications that are independent of each other"
    if measure is not None or any(target.kind == "expectation" for target in sizing.targets):
        said += ", and for means on values that are nearly normal"
    return said + "."


def verdict(found: Sized, place: int) -> str:
    """Return in a word whether a plan meets the targets."""
    answer = found.standings[place].answer
    if answer is None or (answer == "undecided" and place not in found.undecided):
        return NOT_NEEDED
    return SAID[answer]


def rows(found: Sized) -> list[dict[str, Cell]]:
    """Return a row for each plan; the columns are the same in all. NaN where nothing is known."""
    sizing = found.sizing
    told = []
    for place, one in enumerate(found.standings):
        candidate, out = one.candidate, one.dropped
        row: dict[str, Cell] = {"plan": candidate.arm.name, **candidate.arm.levels}
        if sizing.objective.measure is None:
            row["size"] = candidate.size
        row |= {"targets": verdict(found, place), "chosen": place == found.chosen, "replications": one.replications}
        row["failed"] = one.failed
        for column, target in enumerate(sizing.targets):
            row |= _of_target(target, one.findings[column] if one.findings else None)
        if sizing.objective.measure is not None:
            row |= _figures(sizing.objective.measure.name, one.objective)
            row["compared"] = one.compared
            row["dropped_by"] = found.sizing.candidates[out.by].arm.name if out else ""
            row["dropped_at"] = out.replications if out else math.nan
            row["dropped_unvaried"] = out.unvaried if out else False
        told.append(row)
    return told


def _of_target(target: Target, finding: Finding | None) -> dict[str, Cell]:
    name = target.name
    return {
        f"{name}_answer": SAID[finding.answer] if finding else NOT_NEEDED,
        **_figures(name, finding.estimate if finding else None),
        f"{name}_undefined": finding.estimate.undefined if finding else 0,
        f"{name}_looked_at": finding.replications if finding else 0,
        f"{name}_unvaried": finding.unvaried if finding else False,
    }


def _figures(name: str, summary: Summary | None) -> dict[str, Cell]:
    ends = (math.nan, math.nan, math.nan) if summary is None else (summary.mean, summary.low, summary.high)
    return dict(zip((f"{name}_mean", f"{name}_low", f"{name}_high"), ends, strict=True))


def _named(found: Sized, place: int | None) -> str:
    assert place is not None
    return called(found.sizing.candidates[place])


def _names(found: Sized, places: Sequence[int]) -> str:
    shown = [_named(found, place) for place in places[:NAMED]]
    more = [f"and {len(places) - NAMED:,} more"] if len(places) > NAMED else []
    return "; ".join([*shown, *more])


def _targets(sizing: Sizing) -> str:
    n = len(sizing.targets)
    return {1: "the target", 2: "both targets"}.get(n, f"all {n} targets")


def _lower(measure: Measure) -> str:
    return f"{measure.label[0].lower()}{measure.label[1:]}"

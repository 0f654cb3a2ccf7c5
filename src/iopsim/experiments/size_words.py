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

SAID = {"feasible": "meets", "infeasible": "misses", "undecided": "undecided", "failed": "failed"}
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
        said = [_of_chosen(found), *_as_small(found)]
    elif found.remaining:
        said = [_of_remaining(found)]
    else:
        said = [_of_none(found), *_of_nearest(found)]
    return [*said, *_of_undecided(found), *_of_failing(found), *_of_unvaried(found)]


def _of_chosen(found: Sized) -> str:
    sizing, plan, n = found.sizing, _named(found, found.chosen), len(found.sizing.candidates)
    assert found.chosen is not None
    measure, meeting = sizing.objective.measure, len(found.feasible)
    sure, meets = _sure(sizing), f"{_targets(sizing)} {_within(sizing)}"
    if measure is not None and meeting > 1:
        most = _give(measure, sizing.objective.indifference)
        said = f"Of the {meeting:,} plans found to meet {meets}, {plan} has the lowest {_lower(measure)}"
        return f"{said}, unless others come within {most} of the lowest{sure if found.sure else ''}."
    if not found.sure:
        return f"{plan} is the {'smallest' if measure is None else 'only'} plan found to meet {meets}."
    if n == 1:
        return f"{plan} meets {meets}{sure}."
    if measure is not None:
        return f"{plan} meets {meets}, and no other plan beats {_targets(sizing)} {_by_them(sizing)}{sure}."
    if all(found.standings[found.chosen].candidate.size <= one.candidate.size for one in found.standings):
        return f"{plan}, the smallest plan of the {n:,}, meets {meets}{sure}."
    return f"{plan} meets {meets}, and no smaller plan beats {_targets(sizing)} {_by_them(sizing)}{sure}."


def _sure(sizing: Sizing) -> str:
    return f"; {100 * sizing.confidence:g} % confidence"


def _within(sizing: Sizing) -> str:
    return f"to within {'its tolerance' if len(sizing.targets) == 1 else 'their tolerances'}"


def _by_them(sizing: Sizing) -> str:
    return f"by {'its tolerance' if len(sizing.targets) == 1 else 'their tolerances'}"


def _as_small(found: Sized) -> list[str]:
    if not found.as_small:
        return []
    return [f"Just as small, and found to meet {_them(found)} as well: {_names(found, found.as_small)}."]


def _them(found: Sized) -> str:
    return "it" if len(found.sizing.targets) == 1 else "them"


def _of_undecided(found: Sized) -> list[str]:
    blind = [place for place in found.undecided if _blind(found, place)]
    open_ = [place for place in found.undecided if place not in blind]
    most = f"{found.sizing.most:,} replications"
    said = []
    if open_:
        said.append(
            f"Undecided after {most}{_might(found)}: {_plans(found, open_)}. A greater tolerance, or more replications "
            "(most), may decide."
        )
    if blind:
        names = sorted({name for place in blind for name in _blind(found, place)})
        said.append(
            f"Undecided{_might(found)}, as none of {most} can tell {' or '.join(names)}: {_plans(found, blind)}."
        )
    return said


def _blind(found: Sized, place: int) -> list[str]:
    """Targets of a plan that no replication tells."""
    findings = found.standings[place].findings
    return [one.target.name for one in findings if one.answer == "undecided" and not one.estimate.n]


def _of_failing(found: Sized) -> list[str]:
    if not found.failing:
        return []
    return [f"Cannot be decided, because replications failed{_might(found)}: {_plans(found, found.failing)}."]


def _might(found: Sized) -> str:
    """What a plan that was not decided may be."""
    if not found.feasible:
        return ""
    measure = found.sizing.objective.measure
    return ", and may be " + ("no larger" if measure is None else f"better in {_lower(measure)}")


def _of_unvaried(found: Sized) -> list[str]:
    """Say which verdicts rest on a mean that was the same in every replication, and of which nothing is bounded."""
    said = []
    for column, target in enumerate(found.sizing.targets):
        alike = [
            place
            for place, one in enumerate(found.standings)
            if one.findings and one.answer in ("feasible", "infeasible") and _rests_on_alike(one.findings[column])
        ]
        if alike:
            said.append(
                f"{target.name} was the same in every replication looked at, and what is seen in fewer than 1 of 100 "
                f"may have been missed: {_plans(found, alike)}."
            )
    return said


def _rests_on_alike(finding: Finding) -> bool:
    decided = finding.answer in ("feasible", "infeasible")
    return decided and finding.unvaried and finding.target.kind == "expectation"


def _of_remaining(found: Sized) -> str:
    sizing = found.sizing
    measure = sizing.objective.measure
    assert measure is not None
    compared = max(found.standings[place].compared for place in found.remaining)
    return (
        f"{len(found.feasible):,} plans were found to meet {_targets(sizing)} {_within(sizing)}, but {compared:,} "
        "replications do not tell which of "
        f"{len(found.remaining):,} has the lowest {_lower(measure)}; the best so far comes first: "
        f"{_names(found, found.remaining)}. A greater indifference, or more replications (most), may decide."
    )


def _of_none(found: Sized) -> str:
    sizing, n = found.sizing, len(found.sizing.candidates)
    plans = f"No plan of the {n:,}" if n > 1 else "The one plan that there is"
    if not found.sure:
        return f"{plans} was {'' if n > 1 else 'not '}found to meet {_targets(sizing)}."
    beats = "beats" if n > 1 else "does not beat"
    return f"{plans} {beats} {_targets(sizing)} {_by_them(sizing)}{_sure(sizing)}."


def _of_nearest(found: Sized) -> list[str]:
    if found.nearest is None:
        return []
    missed = [said for finding in found.standings[found.nearest].findings if (said := _missed(finding))]
    how = f"misses {' and '.join(missed)}" if missed else f"meets {_targets(found.sizing)}"
    but = "" if missed else ", but was not found to"
    return [f"The nearest is {_named(found, found.nearest)}, which {how}, as estimated{but}."]


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
        said += ", and for means on values that are nearly normal, with nothing rare that was not seen"
    return said + "."


def verdict(found: Sized, place: int) -> str:
    """Return in a word whether a plan meets the targets."""
    answer = found.standings[place].answer
    if answer is None or (answer in ("undecided", "failed") and place not in (*found.undecided, *found.failing)):
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


def _plans(found: Sized, places: Sequence[int]) -> str:
    return f"{len(places):,} plan{'' if len(places) == 1 else 's'}, {_names(found, places)}"


def _targets(sizing: Sizing) -> str:
    n = len(sizing.targets)
    return {1: "the target", 2: "both targets"}.get(n, f"all {n} targets")


def _lower(measure: Measure) -> str:
    return f"{measure.label[0].lower()}{measure.label[1:]}"

"""Sizing files: which plans may be chosen, what a plan must meet, and which of those that do is best."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from iopsim.errors import ScenarioError
from iopsim.experiments.arms import SET, Arm, Base, Check, base, check_base
from iopsim.experiments.design import MOST_POINTS
from iopsim.experiments.factors import Factor, Level, factors
from iopsim.experiments.plan import MOST_SEED, in_order, settings
from iopsim.experiments.sheet import Sheet, is_number, unit_of
from iopsim.experiments.targets import Target, target, untellable
from iopsim.measures.measure import Measure
from iopsim.scenario import Resolved
from iopsim.scenario.words import short

KEYS = (
    "question",
    "base",
    "weeks",
    SET,
    "choices",
    "targets",
    "objective",
    "confidence",
    "seed",
    "most",
    "first_stage",
)
"""What a sizing file may say at its top."""

OBJECTIVE_KEYS = ("minimize", "indifference", "size")
SIZE = "size"
"""What is minimized when the choices themselves are weighed."""

MOST = 20_000
"""Replications at which a sizing stops, if nothing else is said."""

FIRST_STAGE = 50

BATCH = 10
"""Replications that are one observation when plans are compared by a measure, so that it is nearly normal."""

MOST_COMPARED = 500
"""Plans of which every one may be compared with every other."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What is minimized among the plans that meet all targets.

    Parameters
    ----------
    measure : Measure or None
        None where the size is minimized, which has no luck in it.
    indifference : float
        Difference in the measure that is not worth detecting, in its unit; 0 for the size.
    size : mapping of str to float
        Weight of each path in the size; empty for a measure.
    """

    measure: Measure | None
    indifference: float
    size: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan that may be chosen.

    Parameters
    ----------
    arm : Arm
        Its changes, and the level of each choice.
    size : float
        Sum of weight times value, where the size is minimized; 0 elsewhere.
    """

    arm: Arm
    size: float


@dataclass(frozen=True, slots=True)
class Sizing:
    """A question of size.

    Parameters
    ----------
    name : str
        Of the file, without folder and ending.
    file, text : str
        The file, and its text.
    question : str
    base : Base
    choices : tuple of Factor
    candidates : tuple of Candidate
        Every combination of the choices.
    targets : tuple of Target
    objective : Objective
    confidence : float
        Of the whole answer, between 0.5 and 1.
    seed : int
    first_stage : int
        Replications of a candidate before it is judged; and batches of ten before any is dropped as worse than another.
    most : int
        Replications of a candidate at which to stop in any case, for the targets and again for the comparison.
    """

    name: str
    file: str
    text: str
    question: str
    base: Base
    choices: tuple[Factor, ...]
    candidates: tuple[Candidate, ...]
    targets: tuple[Target, ...]
    objective: Objective
    confidence: float
    seed: int
    first_stage: int
    most: int

    def resolve(self, candidate: Candidate) -> Resolved:
        """Return the scenario of a candidate, with the origin of every value."""
        return self.base.resolve(candidate.arm.changes)


def load_sizing(path: str | Path) -> Sizing:
    """Load a sizing file and check all its candidates.

    Parameters
    ----------
    path : str or Path
        A TOML file; docs/EXPERIMENT.md says what may stand in it.

    Returns
    -------
    Sizing

    Raises
    ------
    ScenarioError
        With every problem found, in the file and in its candidates.
    """
    sheet = Sheet(path, "sizing")
    sheet.known(KEYS)
    question = sheet.words("question", needed="How many seats and counselors?")
    sheet.table(SET)
    start = base(sheet)
    choices = factors(sheet, "choices", ranges=False)
    if sheet.value("choices") is None:
        sheet.refuse('choices are needed, such as "groups.evening.seats" = [10, 12, 14] below [choices]', "choices")
    targets = tuple(one for name in sheet.table("targets") if (one := target(sheet, name)))
    if not sheet.table("targets"):
        sheet.refuse("a plan has at least one target, [targets.NAME]", "targets", found="none")
    objective = _objective(sheet, choices)
    candidates = _candidates(sheet, choices, objective)
    confidence = sheet.number("confidence", above=0.5, below=1.0, default=0.95, example="confidence = 0.95")
    seed = sheet.whole("seed", least=0, most=MOST_SEED, default=1)
    first = sheet.whole("first_stage", least=10, most=100_000, default=FIRST_STAGE)
    most = sheet.whole("most", least=10, most=10_000_000, default=MOST)
    if most < first:
        sheet.refuse(f"most is at least the first stage, {first}", "most")
    elif objective is not None and objective.measure is not None:
        candidates = _comparable(sheet, candidates, first, most)
    if start is not None and check_base(sheet, start):
        candidates = _checked(sheet, start, candidates, targets)
    if sheet.problems or start is None or objective is None:
        raise ScenarioError(in_order(sheet))
    return Sizing(
        name=Path(path).stem,
        file=sheet.name,
        text=sheet.text,
        question=question,
        base=start,
        choices=choices,
        candidates=candidates,
        targets=targets,
        objective=objective,
        confidence=confidence,
        seed=seed,
        first_stage=first,
        most=most,
    )


def _comparable(sheet: Sheet, plans: tuple[Candidate, ...], first: int, most: int) -> tuple[Candidate, ...]:
    """Return the plans, unless there are too many to be compared; refuse that, and too few replications for it."""
    if most < BATCH * first:
        said = f"where a measure is minimized, most is at least {BATCH} times the first stage, {BATCH * first:,}"
        sheet.refuse(said, "most", found=f"{most:,}")
    if len(plans) > MOST_COMPARED:
        said = f"at most {MOST_COMPARED} plans are compared by a measure; a size may be minimized of more"
        sheet.refuse(said, "choices", found=f"{len(plans):,} plans")
        return ()
    return plans


def _objective(sheet: Sheet, choices: Sequence[Factor]) -> Objective | None:
    sheet.known(OBJECTIVE_KEYS, "objective")
    name = sheet.value("objective", "minimize")
    if name is None:
        sheet.refuse('minimize is needed, such as minimize = "cost_usd", or "size"', "objective", "minimize")
    elif name == SIZE:
        if sheet.value("objective", "indifference") is not None:
            sheet.refuse("a size has no luck in it, and needs no indifference", "objective", "indifference")
        return Objective(None, 0.0, _weights(sheet, choices))
    elif measure := sheet.measure("objective", "minimize"):
        if sheet.value("objective", SIZE) is not None:
            sheet.refuse('size goes with minimize = "size"', "objective", SIZE)
        example = f"indifference = 100: what is not worth telling apart, in {unit_of(measure)}"
        zone = sheet.number("objective", "indifference", above=0.0, below=math.inf, default=None, example=example)
        return Objective(measure, zone, {})
    return None


def _weights(sheet: Sheet, choices: Sequence[Factor]) -> Mapping[str, float]:
    """Return the weight of each path in the size; each must be a choice whose values are numbers."""
    numbers = {path for factor in choices for path in factor.paths if all(map(is_number, _values(factor, path)))}
    table = dict(_weights_in(sheet, ("objective", SIZE)))
    for path, (key, weight) in table.items():
        if path not in numbers:
            known = ", ".join(sorted(numbers)) or "none"
            sheet.refuse(f"a size weighs choices that are numbers: {known}", *key, found=short(path))
        elif not is_number(weight) or weight <= 0:
            sheet.refuse("a weight is a number above 0", *key)
    if not table:
        sheet.refuse('size is needed, such as size = { "staff.counselor.people" = 1 }', "objective", SIZE)
    return {path: float(weight) for path, (_, weight) in table.items() if is_number(weight)}


def _weights_in(sheet: Sheet, key: tuple[str, ...]) -> Iterator[tuple[str, tuple[tuple[str, ...], object]]]:
    value = sheet.value(*key)
    if isinstance(value, Mapping):
        for name in value:
            yield from _weights_in(sheet, (*key, name))
    elif value is not None:
        yield ".".join(key[2:]), (key, value)


def _values(factor: Factor, path: str) -> list[object]:
    place = factor.paths.index(path)
    return [level.values[place] for level in factor.levels]


def _candidates(sheet: Sheet, choices: Sequence[Factor], objective: Objective | None) -> tuple[Candidate, ...]:
    number = math.prod(len(factor.levels) for factor in choices)
    if not choices or number > MOST_POINTS:
        if choices:
            sheet.refuse(
                f"there are at most {MOST_POINTS:,} plans to choose from", "choices", found=f"{number:,} plans"
            )
        return ()
    width, weights = len(str(number)), objective.size if objective else {}
    found = []
    for place, row in enumerate(product(*(factor.levels for factor in choices)), start=1):
        changes, levels = settings(sheet, choices, row)
        about = ", ".join(f"{factor} = {level}" for factor, level in levels.items())
        arm = Arm(f"plan_{place:0{width}}", about, changes, levels, sheet.line("choices"))
        found.append(Candidate(arm, _size(choices, row, weights)))
    return tuple(found)


def _size(choices: Sequence[Factor], row: Sequence[Level], weights: Mapping[str, float]) -> float:
    terms = (
        weights[path] * value
        for factor, level in zip(choices, row, strict=True)
        for path, value in zip(factor.paths, level.values, strict=True)
        if path in weights and is_number(value)
    )
    return math.fsum(terms)


def _checked(
    sheet: Sheet, start: Base, candidates: Sequence[Candidate], targets: Sequence[Target]
) -> tuple[Candidate, ...]:
    """Return the candidates with their hashes; refuse targets that their scenarios cannot tell."""
    check = Check(sheet, start, "choices")
    found, told = [], set[str]()
    for candidate in candidates:
        arm, resolved = check.arm(candidate.arm)
        found.append(Candidate(arm, candidate.size))
        for one in targets if resolved else ():
            assert resolved is not None
            said = untellable(one, resolved.scenario)
            if said and one.name not in told:
                told.add(one.name)
                sheet.refuse(said, "targets", one.name, "month" if "month" in said else "measure")
    return tuple(found)

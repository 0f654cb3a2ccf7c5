"""Experiment files: a question, a base, arms or factors, and how sure the answer must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from iopsim.errors import Problem, ScenarioError
from iopsim.experiments import design as designs
from iopsim.experiments.arms import BASE, SET, Arm, Base, Check, arms, base, check_base, label
from iopsim.experiments.factors import Factor, Level, factors
from iopsim.experiments.precision import Precision, precision
from iopsim.experiments.sheet import Sheet
from iopsim.experiments.warmup import forbidden
from iopsim.measures.measure import Measure
from iopsim.measures.partition import DIMENSIONS
from iopsim.scenario import Resolved
from iopsim.scenario.changes import Change, change_of

BOARD = (
    "days_to_first_session",
    "started_share",
    "census_mean",
    "seats_taken_share",
    "completed_of_referred_share",
    "cost_usd",
    "margin_usd",
)
"""What is compared when a planner names no measures: access, use, outcome and money, few enough to be sure of all."""

KEYS = (
    "question",
    "base",
    "weeks",
    "set",
    "arms",
    "factors",
    "design",
    "points",
    "baseline",
    "measures",
    "replications",
    "precision",
    "confidence",
    "seed",
    "warm_up",
    "by",
    "keep",
    "uncertain",
)
"""What an experiment file may say at its top."""

KEPT = ("clients", "events")
"""Tables that may be kept of every replication, beside measures and weekly series."""

REPLICATIONS = 200
MOST_SEED = 2**63 - 1
"""Largest seed that TOML can write."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """A question, the plans that answer it, and how they are run.

    Parameters
    ----------
    name : str
        Of the file, without folder and ending.
    file, text : str
        The file, and its text.
    question : str
    base : Base
        The scenario that every arm changes.
    arms : tuple of Arm
        The baseline first, then the others in the order of the file or the design.
    factors : tuple of Factor
        Of a design; empty for named arms.
    design : str
        One of `iopsim.experiments.design.DESIGNS`; empty for named arms.
    measures : tuple of Measure
        What is compared.
    replications : int or None
        Of every arm; None where a precision says how many.
    precision : Precision or None
    confidence : float
        Of all intervals together, between 0.5 and 1.
    seed : int
    warm_up : int, "auto" or None
        As for `iopsim.simulate`.
    by : tuple of str
        By what to tell clients apart.
    keep : tuple of str
        Of `KEPT`.
    uncertain : bool
        Whether what nobody knows is drawn anew for each replication.
    """

    name: str
    file: str
    text: str
    question: str
    base: Base
    arms: tuple[Arm, ...]
    factors: tuple[Factor, ...]
    design: str
    measures: tuple[Measure, ...]
    replications: int | None
    precision: Precision | None
    confidence: float
    seed: int
    warm_up: int | Literal["auto"] | None
    by: tuple[str, ...] = field(default=())
    keep: tuple[str, ...] = field(default=())
    uncertain: bool = False

    @property
    def baseline(self) -> Arm:
        """The arm with which all others are compared."""
        return self.arms[0]

    @property
    def repeated(self) -> tuple[Arm, ...]:
        """Arms that are the same scenario as one before them."""
        return tuple(arm for arm in self.arms if arm.same_as)

    def resolve(self, arm: Arm) -> Resolved:
        """Return the scenario of an arm, with the origin of every value."""
        return self.base.resolve(arm.changes)


def load_experiment(path: str | Path, seed: int | None = None) -> Experiment:
    """Load an experiment file and check all its arms.

    Parameters
    ----------
    path : str or Path
        A TOML file; docs/EXPERIMENT.md says what may stand in it.
    seed : int, optional
        Instead of the file's, also for the points of a sampled design.

    Returns
    -------
    Experiment

    Raises
    ------
    ScenarioError
        With every problem found, in the file and in its arms.
    """
    sheet = Sheet(path, "experiment")
    sheet.known(KEYS)
    question = sheet.words("question", needed="Two evening groups, or one larger?")
    sheet.table(SET)
    start = base(sheet)
    named, moved, design = arms(sheet), factors(sheet, "factors", ranges=True), _design(sheet)
    written = sheet.whole("seed", least=0, most=MOST_SEED, default=1)
    seed = written if seed is None else seed
    points = _points(sheet, moved, design, seed) if design else ()
    warm_up = _warm_up(sheet)
    measures = sheet.measures("measures", default=BOARD)
    runs = sheet.whole("replications", least=2, most=10_000_000, default=REPLICATIONS)
    sought = precision(sheet)
    if sought and sheet.value("replications") is not None:
        sheet.refuse("give either replications or a precision", "replications")
    confidence = sheet.number("confidence", above=0.5, below=1.0, default=0.95, example="confidence = 0.95")
    by, keep = sheet.choices("by", choices=tuple(DIMENSIONS)), sheet.choices("keep", choices=KEPT)
    uncertain = _uncertain(sheet)
    ordered = _with_baseline(sheet, named or points)
    if start is not None and check_base(sheet, start):
        ordered = _checked(sheet, start, ordered, warm_up)
    if sheet.problems or start is None:
        raise ScenarioError(in_order(sheet))
    return Experiment(
        name=Path(path).stem,
        file=sheet.name,
        text=sheet.text,
        question=question,
        base=start,
        arms=ordered,
        factors=moved,
        design=design,
        measures=measures,
        replications=None if sought else runs,
        precision=sought,
        confidence=confidence,
        seed=seed,
        warm_up=warm_up,
        by=by,
        keep=keep,
        uncertain=uncertain,
    )


def in_order(sheet: Sheet) -> list[Problem]:
    """Return all problems of a file, those of its own lines first and in their order, each once."""
    unique = dict.fromkeys(sheet.problems)
    return sorted(unique, key=lambda problem: (problem.file != sheet.name, problem.line or 0))


def _design(sheet: Sheet) -> str:
    """Return the design, and refuse what does not go with arms, or with factors."""
    has_arms, has_factors = sheet.value("arms") is not None, sheet.value("factors") is not None
    if has_arms == has_factors:
        found = "both" if has_arms else "neither"
        said = "an experiment has either arms, [arms.NAME], or [factors] with a design"
        sheet.refuse(said, "factors" if has_arms else "arms", found=found)
    for name in ("design", "points"):
        if not has_factors and sheet.value(name) is not None:
            sheet.refuse(f"{name} goes with [factors]", name)
    return sheet.choice("design", choices=designs.DESIGNS) if has_factors else ""


def _points(sheet: Sheet, moved: Sequence[Factor], design: str, seed: int) -> tuple[Arm, ...]:
    """Return the points of a design as arms."""
    sampled = design in designs.SAMPLED
    asked = sheet.whole("points", least=2, most=designs.MOST_POINTS, default=2)
    if not sampled and sheet.value("points") is not None:
        sheet.refuse("points goes with latin_hypercube and sobol; this design has as many as its levels make", "points")
    if sampled and sheet.value("points") is None:
        sheet.refuse("points is needed, such as points = 64", "points")
    if design == "sobol" and not designs.is_power_of_two(asked):
        sheet.refuse("points of a Sobol' design are a power of 2, or its balance is lost", "points",
                     hint=str(1 << (asked.bit_length() - 1)))  # fmt: skip
        return ()
    number = _number(moved, design)
    if not moved or number > designs.MOST_POINTS:
        said = f"a design has at most {designs.MOST_POINTS:,}; latin_hypercube takes as many as one asks for"
        if moved:
            sheet.refuse(said, "design", found=f"{number:,} points")
        return ()
    rows = _rows(moved, design, asked, seed)
    width = len(str(len(rows)))
    return tuple(_point(sheet, f"point_{place:0{width}}", moved, row) for place, row in enumerate(rows, start=1))


def _number(moved: Sequence[Factor], design: str) -> int:
    """Return how many points a design of levels has; 0 for one that has as many as one asks for."""
    levels = [len(factor.levels) for factor in moved]
    product = 1
    for n in levels:
        product *= n
    return {"full_factorial": product, "one_at_a_time": sum(levels)}.get(design, 0)


def _rows(moved: Sequence[Factor], design: str, asked: int, seed: int) -> list[list[Level | None]]:
    """Return for each point of a design the level of each factor; None for one that is left as it is."""
    if design in designs.SAMPLED:
        sample = designs.sobol if design == "sobol" else designs.latin_hypercube
        return [
            [factor.at(float(place)) for factor, place in zip(moved, row, strict=True)]
            for row in sample(asked, len(moved), seed)
        ]
    levels = [len(factor.levels) for factor in moved]
    rows = designs.full_factorial(levels) if design == "full_factorial" else designs.one_at_a_time(levels)
    return [
        [None if level is None else factor.levels[level] for factor, level in zip(moved, row, strict=True)]
        for row in rows
    ]


def _point(sheet: Sheet, name: str, moved: Sequence[Factor], row: Sequence[Level | None]) -> Arm:
    """Return a point as an arm."""
    changes, levels = settings(sheet, moved, row)
    about = ", ".join(f"{factor} = {level}" for factor, level in levels.items())
    return Arm(name, about, changes, levels, sheet.line("factors"))


def settings(
    sheet: Sheet, moved: Sequence[Factor], row: Sequence[Level | None]
) -> tuple[tuple[Change, ...], dict[str, str]]:
    """Return the changes that set some factors to some levels, and the level of each by its name."""
    changes, levels = [], {}
    for factor, level in zip(moved, row, strict=True):
        if level is None:
            continue
        levels[factor.name] = level.label
        for path, value in zip(factor.paths, level.values, strict=True):
            change = change_of(label(sheet, factor.line), path, value)
            if isinstance(change, Change):
                changes.append(change)
            else:
                sheet.problems.append(replace(change, file=sheet.name, line=factor.line))
    return tuple(changes), levels


def _warm_up(sheet: Sheet) -> int | Literal["auto"] | None:
    value = sheet.value("warm_up")
    if value is None or value == "auto":
        return None if value is None else "auto"
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    sheet.refuse('warm_up is a whole number of weeks, at least 1, or "auto"', "warm_up")
    return None


def _uncertain(sheet: Sheet) -> bool:
    value = sheet.value("uncertain")
    if value is not None and not isinstance(value, bool):
        sheet.refuse("uncertain is true or false", "uncertain")
    return value is True


def _with_baseline(sheet: Sheet, found: Sequence[Arm]) -> tuple[Arm, ...]:
    """Return the arms with the baseline first: one of them, or the base unchanged."""
    value = sheet.value("baseline")
    names = [arm.name for arm in found]
    if value is None or value == BASE:
        return (Arm(BASE, "The base scenario, unchanged"), *found)
    known = [BASE, *sheet.table("arms")]
    if value not in known:
        sheet.choice("baseline", choices=known)
    elif value in names and len(names) == 1:
        sheet.refuse("a baseline needs another arm to be compared with it", "baseline")
    return (*(arm for arm in found if arm.name == value), *(arm for arm in found if arm.name != value))


def _checked(sheet: Sheet, start: Base, found: Sequence[Arm], warm_up: int | Literal["auto"] | None) -> tuple[Arm, ...]:
    """Return the arms with their hashes; refuse a warm-up for those that have no steady state."""
    check = Check(sheet, start, "factors" if any(arm.levels for arm in found) else "arms")
    arms_checked, told = [], set[str]()
    for arm in found:
        one, resolved = check.arm(arm)
        arms_checked.append(one)
        for problem in forbidden(resolved.scenario, warm_up) if resolved else ():
            said = problem.allowed
            if problem.path != "warm_up":
                said = f"no steady state can be expected: {problem.path}: found {problem.found}; {said}"
            if said not in told:
                told.add(said)
                sheet.refuse(said if arm is found[0] else f"{said} (in {arm.name})", "warm_up")
    return tuple(arms_checked)

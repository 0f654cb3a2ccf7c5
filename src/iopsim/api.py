"""The Python door: load a scenario, simulate it, look at the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from iopsim.experiments.batch import COLUMN, Batch, Plan, Precision, Silent, in_memory
from iopsim.experiments.batch_folder import CHUNKS, Making, run_in
from iopsim.experiments.engine import Choice, chosen
from iopsim.experiments.executors.executor import Executor, Here
from iopsim.experiments.executors.processes import Processes
from iopsim.experiments.ignorance import explore, simulations
from iopsim.experiments.making import (
    WARM_UP_REPLICATIONS,
    batch_of,
    forbidden_draws,
    obstacles,
    plans_of,
    plans_of_scenarios,
    settled,
    with_drawn_inputs,
)
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.plan import BOARD, Experiment, load_experiment
from iopsim.experiments.point import Point
from iopsim.experiments.precision import STAGES
from iopsim.experiments.replicate import replicate, replicate_until
from iopsim.experiments.result import Result
from iopsim.experiments.runner import Progress, Runner
from iopsim.experiments.twins import finished
from iopsim.experiments.uncertainty import draw_inputs
from iopsim.experiments.warmup import estimate, forbidden, settle
from iopsim.measures.catalogue import CATALOGUE
from iopsim.measures.facts import from_first_dollar
from iopsim.measures.measure import Measure
from iopsim.measures.partition import partitions
from iopsim.rulebook import write
from iopsim.scenario import Resolved
from iopsim.scenario.model import Scenario
from iopsim.scenario.words import nearest
from iopsim.stats.stopping import Target
from iopsim.store.chunks import Chunks

RANGES = (
    "what nobody knows is drawn within its range, and a Scenario has lost its ranges: give what "
    "`iopsim.scenario.resolve(path, changes)` returns"
)


def simulate(
    scenario: Scenario | Resolved,
    replications: int = 200,
    seed: int = 1,
    *,
    workers: int = 1,
    progress: Progress | None = None,
    by: Sequence[str] = (),
    warm_up: int | Literal["auto"] | None = None,
    uncertain: bool = False,
    precision: Mapping[str, float | str | Target] | None = None,
    most: int = 10_000,
    stages: str = "sequential",
    expects: Callable[[int], None] | None = None,
    engine: str | Choice = "auto",
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario or Resolved
        From `iopsim.load`, or `iopsim.scenario.resolve`.
    replications : int
        Independent repetitions of the whole run, 1 to 10,000,000; with a `precision` it says how many.
    seed : int
        0 <= seed < 2**64. The same seed gives the same result, whatever the number of workers.
    workers : int
        Processes. More than 1 starts new Python processes; a script then needs ``if __name__ == "__main__":``.
    progress : callable, optional
        Called with the number of replications done since the last call.
    by : sequence of str
        By what to tell clients apart, for `Result.equity`: ``"source"``, ``"trait"``, ``"payer"``, or
        some of them. Nothing else changes.
    warm_up : int or "auto", optional
        None: the opening view, in which everybody and every day from the opening on counts. A number of weeks: the
        mature view, in which only clients who come after so many weeks, and days after them, count; the program itself
        goes on from where it was. "auto": the replications are run twice (`progress` counts both), and the first time
        tells how many weeks; with a `precision` the first 200 do.
    uncertain : bool
        Draw what nobody knows within its range, anew for each replication. It needs a scenario that still knows its
        ranges, from `iopsim.scenario.resolve`, and takes more than twice as many simulations, which tell luck and
        ignorance apart: `Result.ignorance`.
    precision : mapping of str to float or str, optional
        Half-width that the interval of a measure may have, in its unit or in percent of its mean: ``0.5``, ``"2 %"``.
        Replications are added until all are reached, with 95 % together: `Result.looked`.
    most : int
        Replications at which a precision gives up, 50 to 10,000,000.
    stages : {"sequential", "two"}
        ``sequential``: it is looked again after half as many more. ``two``: a first stage of 50, then all that its
        spread asks for, if that is in no percent.
    expects : callable, optional
        Called with how many replications, of which `progress` counts, there will be by the next look of a precision.
    engine : {"auto", "reference", "compiled"}
        ``reference`` simulates in Python. ``compiled`` is the same in machine code: much faster, but it takes a second
        or two to load, and a minute or two to compile the first time. ``auto`` takes whichever is done sooner. The
        results are the same, bit for bit; `Result.engine` tells which it was.

    Returns
    -------
    Result

    Raises
    ------
    TypeError
        If `scenario` is the name of a file, or anything else that is no scenario; or it knows no ranges, and
        `uncertain` needs them.
    ScenarioError
        If a mature view is asked for and no steady state can be expected, with every reason.
    ValueError
        If `replications`, `seed` or `workers` is out of range, clients cannot be told apart by what `by` names, or
        `warm_up` is a word other than "auto"; a precision names no measure, or has no half-width above 0; or there is
        no such engine.
    IopsimError
        If a script asks for workers and does not guard its start; or the compiled engine is asked for by name and
        cannot be had.

    Examples
    --------
    >>> import iopsim
    >>> scenario = iopsim.load("scenarios/palmetto.toml")
    >>> result = iopsim.simulate(scenario, replications=20, seed=1)
    >>> result.measures["referrals"].n
    20
    """
    resolved = scenario if isinstance(scenario, Resolved) else None
    scenario = scenario.scenario if isinstance(scenario, Resolved) else scenario
    if not isinstance(scenario, Scenario):
        found = f"the file name {str(scenario)!r}" if isinstance(scenario, (str, Path)) else type(scenario).__name__
        example = str(scenario) if isinstance(scenario, (str, Path)) else "my_program.toml"
        raise TypeError(f"simulate takes a scenario, not {found}; load it first: iopsim.load({example!r})")
    if uncertain and resolved is None:
        raise TypeError(RANGES)
    _in_range(replications, seed, workers)
    choice = chosen(engine)
    if isinstance(warm_up, str) and warm_up != "auto":
        raise ValueError(f'warm_up must be a number of weeks, "auto" or None, not {warm_up!r}')
    sought = None if precision is None else _sought(precision, most, stages)
    book = write(scenario)
    parts = partitions(book, by)
    inputs = None if resolved is None or not uncertain else draw_inputs(resolved, seed)
    settle(forbidden(scenario, warm_up))
    before = 0
    if warm_up == "auto":
        before = replications if sought is None else WARM_UP_REPLICATIONS
        found = estimate(simulate(scenario, before, seed, workers=workers, progress=progress, engine=choice))
        settle(found.problems)
        warm_up = found.weeks
    if inputs is not None:
        settle(forbidden_draws(inputs, warm_up))
    point = Point(scenario, seed, tuple(by) if not isinstance(by, str) else (by,), 7 * (warm_up or 0))
    drawn, looked = point, None
    if inputs is not None:
        inputs.draw(0)
        drawn = replace(point, inputs=inputs)
    if sought is None:
        facts = replicate(drawn, replications, workers, progress, engine=choice)
    else:
        told_of = _counting(expects, before, inputs is not None)
        facts, looked = replicate_until(drawn, sought, workers, progress, told_of, choice)
    told = None if inputs is None else explore(point, inputs, facts, workers, progress, choice)
    if inputs is not None:
        facts = from_first_dollar(facts)
    return Result(
        scenario, seed, len(facts), facts, parts, warm_up, told, sought, looked, False, choice.ran, choice.asked
    )


def compare(
    plans: Mapping[str, Scenario | Resolved],
    replications: int = 200,
    seed: int = 1,
    *,
    measures: Sequence[str] = BOARD,
    precision: Mapping[str, float | str] | None = None,
    most: int = 10_000,
    confidence: float = 0.95,
    warm_up: int | Literal["auto"] | None = None,
    uncertain: bool = False,
    workers: int = 1,
    out: str | Path | None = None,
    executor: Executor | None = None,
    engine: str = "auto",
) -> Outcome:
    """Compare plans under the same luck: the same people walk into each, so that differences are paired.

    Parameters
    ----------
    plans : mapping of str to Scenario or Resolved
        Two or more, by name: letters, digits, ``_`` and ``-``. The first is the baseline.
    replications : int
        Of each plan, 2 or more; with a `precision` it says how many.
    seed : int
        0 <= seed < 2**64.
    measures : sequence of str
        What is compared, by name.
    precision : mapping of str to float or str, optional
        Half-width that the interval of a measure may have, in its unit or in percent of its mean: ``0.5``, ``"2 %"``.
    most : int
        Replications at which a precision gives up.
    confidence : float
        With which all differences, arms times measures, hold together.
    warm_up : int or "auto", optional
        As for `simulate`; "auto" takes the longest that any of the plans needs.
    uncertain : bool
        As for `simulate`; what plans share that nobody knows is the same in all of them, replication by replication.
    workers : int
        Processes. More than 1 starts new Python processes; a script then needs ``if __name__ == "__main__":``.
    out : str or Path, optional
        A new or empty folder for the results, or one in which this comparison was begun.
    executor : Executor, optional
        Where it runs, such as a Dask cluster (`iopsim.experiments.executors.cluster`); `workers` then says nothing.
    engine : {"auto", "reference", "compiled"}
        As for `simulate`; `Outcome.engine` tells which it was.

    Returns
    -------
    Outcome
        ``to_pandas()`` has the measures of each arm, ``differences()`` how they differ, ``by_replication()`` values.

    Raises
    ------
    ValueError
        If anything is out of range, or a name is not known.
    ScenarioError
        If a mature view is asked for and no steady state can be expected.
    IopsimError
        If the folder holds anything else, or cannot be written.

    Examples
    --------
    >>> import iopsim
    >>> small = iopsim.load("scenarios/palmetto.toml")
    >>> large = iopsim.load("scenarios/palmetto.toml", {"groups.evening.seats": 15})
    >>> found = iopsim.compare({"small": small, "large": large}, replications=20)
    >>> found.contrasts["large", "days_to_first_session"].n
    20
    """
    if len(plans) < 2:
        raise ValueError("two plans or more are compared, each with a name")
    if wrong := [name for name in plans if not _is_name(name)]:
        raise ValueError(f"a plan has a name of letters, digits, _ and -, at most 40, not {wrong[0]!r}")
    if not 2 <= replications <= 10_000_000 or not 0 <= seed < 2**64 or not 0.5 < confidence < 1.0 or workers < 1:
        raise ValueError(
            "2 to 10,000,000 replications, a seed below 2**64, a confidence from 0.5 to 1, a worker or more"
        )
    if not measures:
        raise ValueError("a comparison is of one measure or more")
    sought = None
    if precision is not None:
        sought = _sought(precision, most)
    batch = Batch(
        "-or-".join(plans),
        "",
        _plans(plans),
        tuple(_named(name) for name in dict.fromkeys(measures)),
        seed,
        None if sought else replications,
        sought,
        confidence,
        None if warm_up == "auto" else warm_up,
        warm_up == "auto",
    )
    if uncertain:
        if not all(isinstance(plan, Resolved) for plan in plans.values()):
            raise TypeError(RANGES)
        batch = with_drawn_inputs(batch)
    settle(tuple(problem for _, problem in obstacles(batch.plans, warm_up)))
    return _outcome(batch, out, Runner(executor or _local(workers), engine=chosen(engine)))


def experiment(
    file: str | Path | Experiment,
    *,
    replications: int | None = None,
    uncertain: bool = False,
    workers: int = 1,
    out: str | Path | None = None,
    executor: Executor | None = None,
    engine: str = "auto",
) -> Outcome:
    """Run an experiment file.

    Parameters
    ----------
    file : str, Path or Experiment
        docs/EXPERIMENT.md says what may stand in it.
    replications : int, optional
        Of each arm, instead of what the file says.
    uncertain : bool
        As for `compare`, also if the file does not say so.
    workers, out, executor, engine
        As for `compare`. A folder in which the experiment was begun is gone on with.

    Returns
    -------
    Outcome
        As of `compare`.

    Raises
    ------
    ScenarioError
        With every problem of the file and its arms.
    IopsimError
        If the folder holds anything else, or cannot be written.
    """
    loaded = file if isinstance(file, Experiment) else load_experiment(file)
    batch = batch_of(loaded)
    if replications is not None:
        batch = replace(batch, replications=replications, precision=None)
    if uncertain:
        batch = with_drawn_inputs(batch)
    return _outcome(batch, out, Runner(executor or _local(workers), engine=chosen(engine)))


def _in_range(replications: int, seed: int, workers: int) -> None:
    if not 1 <= replications <= 10_000_000:
        raise ValueError(f"replications must be between 1 and 10,000,000, not {replications}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be between 0 and 2**64 - 1, not {seed}")
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")


def _counting(expects: Callable[[int], None] | None, before: int, uncertain: bool) -> Callable[[int], None] | None:
    """Return what is told of the replications of a look: those before them count too, and drawn inputs need more."""
    return expects and (lambda n: expects(before + (simulations(n) if uncertain else n)))


def _plans(plans: Mapping[str, Scenario | Resolved]) -> tuple[Plan, ...]:
    """Return plans, those with their origins as they are."""
    found: list[Plan] = []
    for name, plan in plans.items():
        found += plans_of({name: plan}) if isinstance(plan, Resolved) else plans_of_scenarios({name: plan})
    return tuple(found)


def _outcome(batch: Batch, out: str | Path | None, runner: Runner) -> Outcome:
    if out is not None:
        outcome = run_in(Path(out), batch, Making(runner))
        return finished(outcome, replace(runner, chunks=Chunks(Path(out) / CHUNKS)))
    batch = settled(batch, runner)
    redrawn: dict[str, int] = {}
    fractions, failures, looked = in_memory(batch, replace(runner, redrawn=redrawn), Silent())
    n = len(fractions[0])
    outcome = Outcome(batch, n, lambda plan, column: fractions[plan][:, column], failures, looked, redrawn=redrawn)
    return finished(outcome, runner)


def _local(workers: int) -> Executor:
    return Here() if workers == 1 else Processes(workers)


def _named(name: str) -> Measure:
    if name not in COLUMN:
        hint = nearest(name, list(COLUMN))
        raise ValueError(f"no measure is named {name!r}" + (f"; did you mean {hint!r}?" if hint else ""))
    return CATALOGUE[COLUMN[name]]


def _sought(precision: Mapping[str, float | str | Target], most: int, stages: str = "sequential") -> Precision:
    if not precision:
        raise ValueError("a precision names a measure or more, each with a half-width")
    if stages not in STAGES:
        raise ValueError(f"stages are one of {', '.join(STAGES)}, not {stages!r}")
    return Precision({name: _target(_named(name), width) for name, width in precision.items()}, most, stages)


def _target(measure: Measure, width: float | str | Target) -> Target:
    if isinstance(width, Target):
        return width
    if isinstance(width, str):
        number, sign, rest = width.partition("%")
        if not sign or rest.strip():
            raise ValueError(f'a half-width is a number, or in percent of the mean, such as "5 %", not {width!r}')
        return Target(float(number), relative=True, span=measure.span)
    return Target(float(width), span=measure.span)


def _is_name(name: str) -> bool:
    return name.isascii() and 0 < len(name) <= 40 and name.replace("_", "").replace("-", "").isalnum()

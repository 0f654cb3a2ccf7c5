"""The Python door: load a scenario, simulate it, look at the result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from iopsim.experiment.point import Point
from iopsim.experiment.replicate import replicate
from iopsim.experiment.result import Result
from iopsim.experiment.runner import Progress
from iopsim.experiment.warmup import estimate, forbidden, settle
from iopsim.measures.partition import partitions
from iopsim.rulebook import write
from iopsim.scenario.model import Scenario


def simulate(
    scenario: Scenario,
    replications: int = 200,
    seed: int = 1,
    *,
    workers: int = 1,
    progress: Progress | None = None,
    by: Sequence[str] = (),
    warm_up: int | Literal["auto"] | None = None,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario
        From `iopsim.load`.
    replications : int
        Independent repetitions of the whole run, 1 to 10,000,000.
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
        tells how many weeks.

    Returns
    -------
    Result

    Raises
    ------
    TypeError
        If `scenario` is the name of a file, or anything else that is no scenario.
    ScenarioError
        If a mature view is asked for and no steady state can be expected, with every reason.
    ValueError
        If `replications`, `seed` or `workers` is out of range, clients cannot be told apart by what `by` names, or
        `warm_up` is a word other than "auto".
    IopsimError
        If a script asks for workers and does not guard its start.

    Examples
    --------
    >>> import iopsim
    >>> scenario = iopsim.load("scenarios/palmetto.toml")
    >>> result = iopsim.simulate(scenario, replications=20, seed=1)
    >>> result.measures["referrals"].n
    20
    """
    if not isinstance(scenario, Scenario):
        found = f"the file name {str(scenario)!r}" if isinstance(scenario, (str, Path)) else type(scenario).__name__
        example = str(scenario) if isinstance(scenario, (str, Path)) else "my_program.toml"
        raise TypeError(f"simulate takes a scenario, not {found}; load it first: iopsim.load({example!r})")
    if not 1 <= replications <= 10_000_000:
        raise ValueError(f"replications must be between 1 and 10,000,000, not {replications}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be between 0 and 2**64 - 1, not {seed}")
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    if isinstance(warm_up, str) and warm_up != "auto":
        raise ValueError(f'warm_up must be a number of weeks, "auto" or None, not {warm_up!r}')
    book = write(scenario)
    parts = partitions(book, by)
    settle(forbidden(scenario, warm_up))
    if warm_up == "auto":
        found = estimate(simulate(scenario, replications, seed, workers=workers, progress=progress))
        settle(found.problems)
        warm_up = found.weeks
    point = Point(scenario, seed, tuple(by) if not isinstance(by, str) else (by,), 7 * (warm_up or 0))
    facts = replicate(point, replications, workers, progress)
    return Result(scenario, seed, replications, facts, parts, warm_up)

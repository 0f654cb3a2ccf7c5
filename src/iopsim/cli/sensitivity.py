"""`iopsim sensitivity`: which of the things that nobody knows move what a planner looks at."""

from __future__ import annotations

import math
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from iopsim.cli.batches import Place, executor, heard, known, measures, place, stopped
from iopsim.cli.console import margin, paragraph, plain, screen
from iopsim.cli.export import json_text
from iopsim.cli.interrupts import Interrupted
from iopsim.cli.options import Mistakes, weeks_by_name, with_weeks
from iopsim.cli.progress import Bar
from iopsim.cli.run import LARGEST_SEED, MOST_REPLICATIONS
from iopsim.errors import IopsimError, Problem
from iopsim.experiments.engine import SECONDS_PER_REFERRAL, referred
from iopsim.experiments.executors.processes import cores
from iopsim.experiments.runner import Runner
from iopsim.experiments.sensitivity_folder import analyse_in
from iopsim.experiments.sensitivity_study import (
    BOARD,
    METHODS,
    ONE,
    REPLICATIONS,
    SAMPLES,
    SOBOL,
    Findings,
    Study,
    analyse,
    description,
    rows,
)
from iopsim.experiments.space import Choice, factors_of
from iopsim.scenario import Resolved, resolve
from iopsim.scenario.words import nearest, short

MOST_SAMPLES = 1_000_000
LONG = 30.0
"""Seconds from which on it is told beforehand how long it takes."""

_LEVELS = re.compile(r"([^=]+?)\s*=\s*(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for, as they typed it; the fields are the options of `iopsim sensitivity`."""

    file: str
    changes: Sequence[str]
    measures: Sequence[str]
    replications: str | None
    method: str
    top: str
    samples: str | None
    also: Sequence[str]
    seed: str
    weeks: str | None
    out: str | None
    workers: str | None
    cluster: str | None
    engine: str
    every: bool
    json: bool
    quiet: bool


def sensitivity(order: Order) -> None:
    """Analyse a scenario.

    Parameters
    ----------
    order : Order

    Raises
    ------
    IopsimError
        If anything in the order cannot be done.
    Interrupted
        If a person stops it; what is finished is kept in a folder that was named.
    """
    mistakes = Mistakes()
    method = mistakes.choice("--method", order.method, METHODS)
    runs, drawn = order.replications, order.samples
    replications = REPLICATIONS[method]
    if runs is not None:
        replications = mistakes.whole("--replications", runs, 2, MOST_REPLICATIONS)
    samples = SAMPLES[method]
    if drawn is not None:
        samples = mistakes.whole("--samples", drawn, 2, MOST_SAMPLES)
        if method == ONE or (method == SOBOL and samples & (samples - 1)):
            said = "goes with --method morris or sobol" if method == ONE else "give a power of 2 for Sobol'"
            mistakes.problems.append(Problem("--samples", None, "", short(drawn), said))
    top = mistakes.whole("--top", order.top, 1, 10_000)
    seed = mistakes.whole("--seed", order.seed, 0, LARGEST_SEED)
    looked_at = measures(mistakes, order.measures, BOARD)
    where = place(mistakes, order)
    choices, also = _also(mistakes, order.also)
    resolved = mistakes.attempt(lambda: resolve(order.file, with_weeks(order.changes, order.weeks)))
    mistakes.problems = [weeks_by_name(problem, order.weeks) for problem in mistakes.problems]
    if resolved is not None:
        _check_levels(mistakes, resolved, choices)
    mistakes.settle()
    assert resolved is not None
    try:
        factors = factors_of(resolved, choices, also)
    except IopsimError as error:
        raise IopsimError(f"--also: {error}; for a setting with levels give them: --also 'PATH=[1, 2]'") from None
    study = Study(factors, looked_at, method, seed, replications, samples, top)
    if not order.quiet:
        _announce(study, resolved, where)
    findings = _found(study, where)
    _report(order, findings, where)


def _also(mistakes: Mistakes, texts: Sequence[str]) -> tuple[list[Choice], list[str]]:
    """Return the settings with levels, and the names of numbers that the plan sets, which are to be moved too."""
    choices, names = [], []
    for text in texts:
        match = _LEVELS.fullmatch(text.strip())
        if match is None:
            names.append(text.strip())
            continue
        try:
            levels = tomllib.loads(f"levels = {match[2]}")["levels"]
        except (ValueError, RecursionError):
            levels = None
        if isinstance(levels, list) and len(levels) >= 2:
            choices.append(Choice(match[1].strip(), tuple(levels)))
        else:
            said = """give two levels or more in brackets: 'groups.evening.nights=[["Mon", "Tue"], ["Mon", "Wed"]]'"""
            mistakes.problems.append(Problem("--also", None, "", short(text), said))
    return choices, names


def _check_levels(mistakes: Mistakes, resolved: Resolved, choices: Sequence[Choice]) -> None:
    """Refuse a setting that there is not; a level that cannot be is told with the others that are refused."""
    for choice in choices:
        if choice.path not in resolved.origins:
            said = "give the path of a setting; `iopsim check FILE --resolved` shows them all"
            near = nearest(choice.path, list(resolved.origins))
            mistakes.problems.append(Problem("--also", None, "", short(choice.path), said, near))


def _announce(study: Study, resolved: Resolved, where: Place) -> None:
    """Say beforehand how much it is, if it takes long."""
    workers = where.workers or (1 if where.cluster else cores())
    referrals = referred(resolved.scenario) * study.planned
    with Bar(margin(), study.planned, hidden=where.quiet) as bar, heard(where.engine, bar):
        seconds = SECONDS_PER_REFERRAL[where.engine.decide(referrals, workers)] * referrals / workers
    if seconds >= LONG:
        on = "" if where.cluster else f" on {workers} core{'' if workers == 1 else 's'}"
        said = (
            f"{len(study.factors.names):,} factors: at most {study.planned:,} simulations, about {_time(seconds)}{on}"
        )
        paragraph(margin(), said)


def _time(seconds: float) -> str:
    if seconds >= 5400:
        return f"{seconds / 3600:.0f} hours"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _found(study: Study, where: Place) -> Findings:
    """Run the study, with a bar meanwhile, into its folder or in memory."""
    try:
        scenario = study.factors.base.scenario
        with (
            Bar(margin(), study.planned, hidden=where.quiet) as bar,
            heard(where.engine, bar),
            executor(where, scenario, study.planned) as found,
        ):
            runner = Runner(found, progress=bar.advance, finds=bar.finds, engine=where.engine)
            if where.out is None:
                return analyse(study, runner, bar)

            def waiting() -> None:
                bar.says("Waiting for another run in this folder")

            return analyse_in(where.out, study, runner, bar, waiting)
    except Interrupted as stop:
        raise stopped(stop, where.out) from None


def _report(order: Order, findings: Findings, where: Place) -> None:
    """Say what was found, in the way that was asked for."""
    if where.json:
        told = [known(row) for row in rows(findings)]
        out = None if where.out is None else str(where.out)
        sys.stdout.write(json_text({**description(findings), **where.engine.described(), "rows": told, "out": out}))
        return
    from iopsim.cli.tornado import failures, show

    if where.quiet:
        for line in failures(findings):
            paragraph(margin(), line)
        return
    console = screen()
    show(console, findings, every=order.every)
    if where.out is not None:
        console.print()
        console.print("What was found, for every factor: sensitivity.csv; manifest.json")
        console.print(f"  {plain(str(where.out))}/", soft_wrap=True)

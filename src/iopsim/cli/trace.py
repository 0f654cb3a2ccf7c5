"""`iopsim trace`: one client's journey, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from iopsim.cli.console import paragraph, plain, screen
from iopsim.cli.options import Mistakes, weeks_by_name, with_weeks
from iopsim.cli.run import LARGEST_SEED, MOST_REPLICATIONS
from iopsim.scenario import load
from iopsim.trace import Journey, Step
from iopsim.trace import trace as follow

LONGEST_DATE = 22
"""Columns of a date with its hour."""

HOURS = "Hours are those of groups and family nights; all others are nominal, for the model decides by the day."
WEEK_TO = ' What stands under "week to" was on some day of the seven up to that one; the model does not say on which.'


def trace(
    file: str,
    seed: str,
    replication: str,
    client: str | None,
    ending: str | None,
    changes: Sequence[str],
    weeks: str | None,
) -> None:
    """Tell the journey of one client.

    Parameters
    ----------
    file, seed, replication, client, ending, weeks : str
        As typed.
    changes : sequence of str
        As given to `--set`.

    Raises
    ------
    IopsimError
        If anything asked for does not exist.
    """
    mistakes = Mistakes()
    number = mistakes.whole("--seed", seed, 0, LARGEST_SEED)
    which = mistakes.whole("--replication", replication, 0, MOST_REPLICATIONS - 1)
    scenario = mistakes.attempt(lambda: load(file, with_weeks(changes, weeks)))
    mistakes.problems = [weeks_by_name(problem, weeks) for problem in mistakes.problems]
    mistakes.settle()
    assert scenario is not None
    _show(screen(), follow(scenario, number, which, client, ending))


def _show(console: Console, journey: Journey) -> None:
    console.print(plain(journey.title), style="bold")
    for fact in journey.facts:
        paragraph(console, plain(fact))
    console.print()
    stamp = ""
    for step in journey.steps:
        stamp = _print(console, step, stamp)
    console.print()
    paragraph(console, HOURS + (WEEK_TO if any(step.any_day for step in journey.steps) else ""), style="dim")


def _print(console: Console, step: Step, before: str) -> str:
    """Print a step, its date only where it is another than the step's before, and return its date."""
    date = f"{step.when.day:>2} {step.when:%b %Y}"
    date = f"week to {date.lstrip()}" if step.any_day else f"{step.when:%a} {date}"
    hour = "" if step.any_day else f"{step.when:%H:%M}"
    stamp = f"{date if date != before else '':<{LONGEST_DATE - len(hour)}}{hour}  "
    indent = " " * len(stamp)
    for number, line in enumerate(Text(plain(step.what)).wrap(console, max(20, console.width - len(stamp)))):
        line.rstrip()
        console.print(Text(indent if number else stamp, style="dim") + line, soft_wrap=True)
    if step.why:
        paragraph(console, plain(step.why), style="dim", lead=indent, indent=indent)
    return date

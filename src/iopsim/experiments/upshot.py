"""The upshot: what becomes of a program that opens as planned, in a sentence of a few numbers."""

from __future__ import annotations

import math

from iopsim.experiments.amounts import amount, measure_named
from iopsim.experiments.reading import day
from iopsim.experiments.result import Result
from iopsim.experiments.risk import last_day, part_of_month
from iopsim.stats.intervals import Summary

FULL = "weeks_until_full"


def upshot(result: Result) -> str:
    """Return how many start and finish, when the groups fill and what it costs; without a full stop.

    What the run cannot tell is left out.

    Parameters
    ----------
    result : Result
    """
    told = [part for part in (_clients(result), _seats(result), _money(result)) if part]
    begin = f"Opening {day(result.scenario.opening)}" if result.warm_up is None else "The mature program"
    return f"{begin}: {'; '.join(told) or 'the run is too short to tell what becomes of it'}"


def _clients(result: Result) -> str:
    started, completed = (result.measures[name].mean for name in ("started_share", "completed_of_referred_share"))
    if math.isnan(started):
        return ""
    said = f"of 100 clients referred {_of_100(started)} start"
    return said if math.isnan(completed) else f"{said} and {_of_100(completed)} complete"


def _of_100(share: float) -> str:
    return "fewer than 1" if 0.0 < share < 0.005 else f"{100 * share:.0f}"


def _seats(result: Result) -> str:
    """Say by when half of the programs have filled; nothing where no group meets or the opening is not looked at."""
    if result.warm_up is not None:
        return ""
    filled = result.values(FULL)
    reached = sorted(week for week in filled.tolist() if not math.isnan(week))
    if not reached or math.isnan(result.measures["ever_full_share"].mean):
        return "the groups never fill" if result.measures["ever_full_share"].mean == 0.0 else ""
    place = math.ceil(0.5 * len(filled)) - 1
    if place >= len(reached):
        return f"the groups fill in {len(reached):,} of {len(filled):,} replications"
    when = last_day(result.scenario.opening, reached[place])
    return f"the groups are full by {part_of_month(when)}{when:%B %Y}"


def _money(result: Result) -> str:
    name = "margin_usd" if result.scenario.payers else "cost_usd"
    found, measure = result.measures[name], measure_named(name)
    if math.isnan(found.mean):
        return ""
    over = f"in {_span(len(result.weeks))}"
    told = amount(measure, abs(found.mean), _half_width(found))
    if not result.scenario.payers:
        return f"the program costs {told} {over}"
    if found.low <= 0.0 <= found.high:
        return f"the program comes out even {over}, as far as can be told"
    return f"the program {'loses' if found.mean < 0.0 else 'earns'} {told} {over}"


def _span(weeks: int) -> str:
    """Return a number of weeks in years where they are whole."""
    number, unit = (weeks // 52, "year") if weeks and weeks % 52 == 0 else (weeks, "week")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _half_width(found: Summary) -> float:
    return (found.high - found.low) / 2.0

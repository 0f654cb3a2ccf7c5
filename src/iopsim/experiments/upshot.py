"""The upshot: what becomes of a program that opens as planned, in a sentence of a few numbers."""

from __future__ import annotations

import math

import numpy as np

from iopsim.experiments.amounts import amount, measure_named, rough_dollars
from iopsim.experiments.reading import day
from iopsim.experiments.result import Result
from iopsim.stats.intervals import Summary, ratio


def upshot(result: Result) -> str:
    """Return how many start and finish, how full the groups are and what it costs; without a full stop.

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
    """Say what share of the seats is taken at the end of the run; nothing where no group meets then."""
    weeks = max(1, len(result.weeks) // 4)
    taken, seats = (result.weekly(name)[:, -weeks:].sum(axis=1) for name in ("seats_taken", "seats"))
    if not seats.any():
        return ""
    share = float(np.nanmean(ratio(taken, seats)))
    return f"{100 * share:.0f} % of the seats are taken in the last {_span(weeks)}"


def _money(result: Result) -> str:
    name = "margin_usd" if result.scenario.payers else "cost_usd"
    found, measure = result.measures[name], measure_named(name)
    if math.isnan(found.mean):
        return ""
    over = f"in {_span(len(result.weeks))}"
    told = rough_dollars(abs(found.mean)) if found.n == 1 else amount(measure, abs(found.mean), half_width(found))
    if not result.scenario.payers:
        return f"the program costs {told} {over}"
    if found.low <= 0.0 <= found.high:
        return f"whether it earns or loses money {over} cannot be told"
    return f"the program {'loses' if found.mean < 0.0 else 'earns'} {told} {over}"


def _span(weeks: int) -> str:
    """Return a number of weeks in years where they are whole."""
    number, unit = (weeks // 52, "year") if weeks and weeks % 52 == 0 else (weeks, "week")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def half_width(found: Summary) -> float:
    """Return the half-width of an interval; NaN where there is none."""
    return (found.high - found.low) / 2.0

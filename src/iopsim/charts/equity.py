"""Equity: a measure of each group of clients beside that of all clients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.page import Page, nothing
from iopsim.charts.rows import before, beside, dot, in_title, in_units, rows, spaced
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PRINT, SMALL, Style, styled, thin
from iopsim.errors import IopsimError
from iopsim.experiments.amounts import amount, measure_named
from iopsim.experiments.equity import Comparison
from iopsim.experiments.reading import label
from iopsim.experiments.result import Result
from iopsim.measures.measure import Measure
from iopsim.measures.partition import DIMENSIONS, WITHOUT
from iopsim.stats.intervals import Summary

MOST_ROWS = 16
"""Lines that there is room for, headings among them."""

NAMES = 2.2
"""Room for the names of groups, inches of a printed page."""

HEADINGS = {"source": "By source of referral", "trait": "By trait: with ●, without ◇", "payer": "By payer"}

WHO = {"source": "clients from {}", "payer": "clients of payer {}"}
"""How a title speaks of a group; one of a trait is named with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the chart: a group, or a trait with those who have it and those who do not."""

    heading: str
    name: str
    found: tuple[Comparison, ...]

    @property
    def told_apart(self) -> bool:
        """Whether its clients can be told apart from all others."""
        return self.found[0].told_apart is True


def equity(
    result: Result, style: Style = PRINT, *, measure: str = "started_in_time_share", by: str | None = None
) -> Chart:
    """Draw a measure of each group of clients, with intervals, and of all clients as a line.

    Parameters
    ----------
    result : Result
        In which clients were told apart.
    style : Style
    measure : str
        A measure that can be told of some of the clients.
    by : str, optional
        Only this way of telling them apart: ``source``, ``trait`` or ``payer``.

    Returns
    -------
    Chart

    Raises
    ------
    IopsimError
        If there is no such measure, it cannot be told by group, or clients were not told apart so.
    """
    what = measure_named(measure)
    if not what.by_group or what.per_program:
        why = "it would only tell how large a group is" if what.by_group else "it is not known whose it is"
        raise IopsimError(f"measure: found {measure}, which cannot be compared by group: {why}")
    with styled(style):
        named = label(what, result.scenario)
        found = _rows(result, what, by)
        if not found:
            why = (
                "Clients were not told apart in this run. Run it again with --by source, --by trait or --by payer "
                "(or several of them) to see how groups of clients fare."
            )
            return nothing(of_result(result), "Groups of clients: nothing to show", why, style)
        if all(math.isnan(one.summary.mean) for row in found for one in row.found):
            why = f"{named} is told of {what.counted}. In this run there are none."
            return nothing(of_result(result), f"{named} by group: nothing to show", why, style)
        drawn = _kept(found)
        page = Page(
            of_result(result),
            in_title(_title(named, what, found)),
            f"{named}{_unit(what)}, by group of clients. Line: all clients.",
            _caption(result, what, found, drawn),
            _alt(result, what, drawn),
            style,
        )
        grid = page.grid(left=NAMES, right=1.6, above=0.3)
        _draw(page, page.figure.add_subplot(grid[0]), result, what, drawn)
        return page.chart()


def _rows(result: Result, measure: Measure, by: str | None) -> list[Row]:
    """Return a row for each group; those who have a trait and those who do not are one."""
    dimensions = {part.dimension for part in result.partitions}
    if by is not None and by.removesuffix("s") not in DIMENSIONS:
        raise IopsimError(f"by: found {by!r}; clients are told apart by {', '.join(DIMENSIONS)}")
    if by is not None and dimensions and by.removesuffix("s") not in dimensions:
        told = " and ".join(sorted(dimensions))
        raise IopsimError(f"by: found {by!r}, and in this run clients were told apart by {told}; run it with --by {by}")
    found: list[Row] = []
    for one in result.equity.comparisons:
        if one.measure.name != measure.name or by not in (None, one.partition.dimension, f"{one.partition.dimension}s"):
            continue
        heading = HEADINGS.get(one.partition.dimension, f"By {one.partition.dimension}")
        if one.partition.dimension != "trait":
            found.append(Row(heading, spaced(one.group), (one,)))
        elif one.group != WITHOUT:
            found.append(Row(heading, spaced(one.partition.name.removeprefix("trait ")), (one,)))
        else:
            found[-1] = Row(heading, found[-1].name, (*found[-1].found, one))
    return found


def _kept(found: list[Row]) -> list[Row]:
    """Return as many rows as there is room for: first those that can be told apart, in the order that they had."""
    room = MOST_ROWS - len({row.heading for row in found})
    best = sorted(range(len(found)), key=lambda place: not found[place].told_apart)[:room]
    return [found[place] for place in sorted(best)]


def _unit(measure: Measure) -> str:
    return f", share of {measure.denominator}" if measure.unit == "share" else f", mean {measure.unit}"


def who(row: Row) -> str:
    """Return how a sentence speaks of a group of clients."""
    one = row.found[0]
    return WHO.get(one.partition.dimension, f"clients {one.group} the trait {{}}").format(row.name)


def _said(measure: Measure, summary: Summary) -> str:
    return amount(measure, summary.mean, (summary.high - summary.low) / 2)


def _title(named: str, measure: Measure, found: Sequence[Row]) -> str:
    known = [row for row in found if row.found[0].told_apart is not None]
    if not known:
        return f"{named}: too few replications to tell groups of clients apart"
    apart = [row for row in known if row.told_apart]
    if not apart:
        means = sorted((one.summary for row in known for one in row.found), key=lambda one: one.mean)
        low, high = (_said(measure, one) for one in (means[0], means[-1]))
        ends = high if low == high else f"{low.removesuffix(f' {measure.unit}')} to {high}"
        return f"{named}: no group of clients can be told apart from the others ({ends})"
    most = max(apart, key=lambda row: _gap(row.found[0]))
    one = most.found[0]
    of = "of" if measure.unit == "share" else "for"
    said = f"{named}: {_said(measure, one.summary)} {of} {who(most)}, {_said(measure, one.others)} {of} all others"
    more = len(apart) - 1
    return said if not more else f"{said}; {more} more group{'' if more == 1 else 's'} also differ{'s' * (more == 1)}"


def _gap(one: Comparison) -> float:
    return 0.0 if one.difference is None else abs(one.difference.mean)


def _draw(page: Page, axes: Axes, result: Result, measure: Measure, drawn: Sequence[Row]) -> None:
    everybody = result.measures[measure.name]
    y, heading = -1, ""
    room = page.inch(NAMES) - 0.1
    for row in drawn:
        if row.heading != heading:
            y, heading = y + 1, row.heading
            before(axes, y, page.cut(heading, SMALL, room), GREY)
        y += 1
        apart = row.told_apart
        before(axes, y, page.cut(row.name, SMALL, room), INK, "bold" if apart else "normal")
        shifts = (0.0,) if len(row.found) == 1 else (-0.17, 0.17)
        for one, shift, marker in zip(row.found, shifts, "oD", strict=False):
            dot(axes, one.summary, y + shift, BLUE if apart else GREY, solid=apart, marker=marker)
        told = " | ".join(_said(measure, one.summary) for one in row.found)
        beside(axes, y, told, INK if apart else GREY, "bold" if apart else "normal")
    rows(axes, y + 1)
    axes.set_ylim(y + 0.5, -0.9)
    axes.axvline(everybody.mean, color=INK, linewidth=thin(1.0), linestyle=(0, (4, 3)), zorder=1)
    axes.text(
        everybody.mean,
        1.01,
        f"all clients: {_said(measure, everybody)}",
        transform=axes.get_xaxis_transform(),
        size=SMALL,
        color=INK,
        ha="center",
        va="bottom",
    )
    in_units(axes.xaxis, measure)
    if measure.unit != "share":
        axes.set_xlabel(measure.unit)


def _caption(result: Result, measure: Measure, found: Sequence[Row], drawn: Sequence[Row]) -> str:
    said = f"Counted: {measure.counted}. "
    if result.replications == 1:
        said += "One replication has no intervals."
    else:
        said += (
            "Lines through dots: 95 % interval of the mean over replications. Solid and bold: can be told apart from "
            "all other clients. Each group is compared with the others of the same replication, with intervals "
            "wide enough for all measures and groups of one way of telling clients apart to hold together in 95 of "
            "100 runs. Hollow: cannot be told apart."
        )
    left = len(found) - len(drawn)
    if left:
        said += f" {left} more group{' is' if left == 1 else 's are'} in equity.csv, as there is no room."
    return said


def _alt(result: Result, measure: Measure, drawn: Sequence[Row]) -> str:
    told = []
    for row in drawn:
        for one in row.found:
            name = row.name if len(row.found) == 1 else f"{one.group} {row.name}"
            told.append(f"{name} {_said(measure, one.summary)}{' (differs)' if row.told_apart else ''}")
    everybody = _said(measure, result.measures[measure.name])
    return f"Dots with intervals, a row for each group of clients; all clients {everybody}: {', '.join(told)}."

"""Arms side by side: a panel for each measure, a dot with its interval and its spread for each plan."""

from __future__ import annotations

import math

from iopsim.charts.chart import Chart
from iopsim.charts.multiples import NAMES, Panel, Shown, called, finished, how_named, named, panels, shown, told, untold
from iopsim.charts.page import Page
from iopsim.charts.rows import beside, dot, in_title, spread
from iopsim.charts.source import of_outcome
from iopsim.charts.style import BLUE, GREY, INK, PRINT, SMALL, Style, styled, thin
from iopsim.experiments.amounts import amount, figure
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.verdict import leading
from iopsim.measures.measure import Measure
from iopsim.stats.intervals import Summary

BASELINE = " (baseline)"


def arms(outcome: Outcome, style: Style = PRINT) -> Chart:
    """Draw every compared measure of every arm: mean, interval, and between which values 8 of 10 replications lie.

    Parameters
    ----------
    outcome : Outcome
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        drawn = shown(outcome, style)
        page = Page(
            of_outcome(outcome),
            in_title(_title(outcome, drawn)),
            _subtitle(drawn),
            _caption(outcome, drawn),
            _alt(outcome, drawn),
            style,
        )
        names = [called(outcome, arm) for arm in drawn.arms]
        if len(names) > 1 and page.width(names[0] + BASELINE, SMALL) <= page.inch(NAMES):
            names[0] += BASELINE
        titles = [_with_unit(named(measure, outcome), measure) for measure in drawn.measures]
        numbers = [[_number(outcome, arm, measure) for arm in drawn.arms] for measure in drawn.measures]
        for panel, texts in zip(panels(page, drawn.measures, names, titles, numbers), numbers, strict=True):
            _draw(page, panel, outcome, drawn, texts)
        return page.chart()


def _with_unit(name: str, measure: Measure) -> str:
    return name if measure.unit in {"share", "usd"} or measure.unit in name.lower() else f"{name}, {measure.unit}"


def _number(outcome: Outcome, arm: str, measure: Measure) -> str:
    summary = outcome.summary(arm, measure.name)
    return figure(measure, summary.mean, _half(summary))


def _half(summary: Summary) -> float:
    return (summary.high - summary.low) / 2


def _title(outcome: Outcome, drawn: Shown) -> str:
    found = leading(outcome, drawn.arms[1:], drawn.measures)
    if found is None:
        first = drawn.measures[0]
        only = outcome.summary(drawn.arms[0], first.name)
        if len(drawn.arms) == 1:
            return f"{named(first, outcome)}: {amount(first, only.mean, _half(only))}"
        if len(outcome.arms) == 2:
            return "The two plans cannot be told apart"
        none = f"None of the other {len(drawn.arms) - 1} plans can be told apart from {told(outcome, outcome.baseline)}"
        rest = len(outcome.arms) - len(drawn.arms)
        return f"{none}; {rest:,} more plan{' is' if rest == 1 else 's are'} not drawn" if rest else none
    arm, measure, _ = found
    said = [
        f"{amount(measure, one.mean, _half(one))} with {told(outcome, name)}"
        for name in (arm, outcome.baseline)
        for one in (outcome.summary(name, measure.name),)
    ]
    return f"{named(measure, outcome)}: {said[0]}, {said[1]}"


def _subtitle(drawn: Shown) -> str:
    measures = "1 measure" if len(drawn.measures) == 1 else f"{len(drawn.measures)} measures"
    if len(drawn.arms) == 1:
        return f"{measures} of 1 plan."
    return f"{measures} of {len(drawn.arms)} plans that meet the same people and the same luck."


def _draw(page: Page, panel: Panel, outcome: Outcome, drawn: Shown, numbers: list[str]) -> None:
    axes, measure = panel.axes, panel.measure
    summaries = [outcome.summary(arm, measure.name) for arm in drawn.arms]
    several = len(summaries) > 1
    if several and not math.isnan(summaries[0].mean):
        axes.axvline(summaries[0].mean, color=GREY, linewidth=thin(0.9), linestyle=(0, (4, 3)), zorder=1)
    for y, (summary, number) in enumerate(zip(summaries, numbers, strict=True)):
        first = y == 0 and several
        spread(axes, summary, y, INK if first else BLUE)
        dot(axes, summary, y, INK if first else BLUE, marker="s" if first else "o")
        beside(axes, y, number, INK)
    if all(math.isnan(summary.mean) for summary in summaries):
        untold(panel)
        return
    finished(page, panel)


def _caption(outcome: Outcome, drawn: Shown) -> str:
    said = "One replication has neither an interval nor a spread."
    if outcome.replications > 1:
        said = (
            "Dots, and the numbers beside them: means over replications; lines through them: 95 % intervals; pale "
            "bars: 8 of 10 replications lie there (10th to 90th percentile)."
        )
    if len(outcome.arms) > 1:
        said += (
            f" Square and dashed line: the baseline, {called(outcome, outcome.baseline)}. Intervals of two plans may "
            "overlap though the plans differ, as both meet the same people: the chart of differences tells."
        )
    return " ".join(part for part in (said, how_named(outcome), drawn.rest) if part)


def _alt(outcome: Outcome, drawn: Shown) -> str:
    parts = []
    for measure in drawn.measures:
        values = ", ".join(f"{called(outcome, arm)} {_number(outcome, arm, measure)}" for arm in drawn.arms)
        parts.append(f"{_with_unit(named(measure, outcome), measure)}: {values}")
    return f"A panel with dots and intervals for each measure. {'; '.join(parts)}."

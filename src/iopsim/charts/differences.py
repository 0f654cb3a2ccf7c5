"""Differences: each arm less the baseline, pair by pair of replications, as a forest plot for every measure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iopsim.charts.chart import Chart
from iopsim.charts.multiples import Panel, Shown, called, finished, how_named, named, panels, shown, told, untold
from iopsim.charts.page import Page, nothing
from iopsim.charts.rows import beside, dot, in_title
from iopsim.charts.source import of_outcome
from iopsim.charts.style import BLUE, GREY, INK, PRINT, Style, styled, thin
from iopsim.experiments.outcome import Outcome
from iopsim.experiments.reading import UNKNOWN
from iopsim.experiments.verdict import difference, is_unknown, leading, signed
from iopsim.measures.measure import Measure
from iopsim.stats.contrast import Contrast


def differences(outcome: Outcome, style: Style = PRINT) -> Chart:
    """Draw how every arm differs from the baseline in every compared measure, with intervals that hold together.

    Parameters
    ----------
    outcome : Outcome
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        base = told(outcome, outcome.baseline)
        if len(outcome.arms) < 2:
            why = f"There is only one plan, {base}. A difference is of two: iopsim compare PLAN_A PLAN_B."
            return nothing(of_outcome(outcome), "Differences: nothing to show", why, style)
        drawn = shown(outcome, style)
        others = drawn.arms[1:]
        gaps = [[outcome.contrast(arm, one.name) for arm in others] for one in drawn.measures]
        who = told(outcome, others[0]) if len(others) == 1 else "Each plan"
        page = Page(
            of_outcome(outcome),
            in_title(_title(outcome, drawn)),
            f"{who} less {base}, the baseline. Line at 0: no difference.",
            _caption(outcome, drawn),
            _alt(outcome, drawn, gaps),
            style,
        )
        names = [called(outcome, arm) for arm in others]
        titles = [f"{named(measure, outcome)}{_unit(measure)}" for measure in drawn.measures]
        numbers = [[_number(one, gap) for gap in found] for one, found in zip(drawn.measures, gaps, strict=True)]
        for at, panel in enumerate(panels(page, drawn.measures, names, titles, numbers)):
            _draw(page, panel, gaps[at], numbers[at])
        return page.chart()


def _number(measure: Measure, gap: Contrast) -> str:
    return UNKNOWN if math.isnan(gap.mean) else signed(measure, gap)


def _apart(gap: Contrast) -> bool:
    return gap.told_apart is True and not is_unknown(gap)


def _unit(measure: Measure) -> str:
    if measure.unit == "share":
        return ", %-points"
    return "" if measure.unit == "usd" or measure.unit in measure.label.lower() else f", {measure.unit}"


def _title(outcome: Outcome, drawn: Shown) -> str:
    others = drawn.arms[1:]
    found = leading(outcome, others, drawn.measures)
    base = told(outcome, outcome.baseline)
    if found is None:
        runs = f"{outcome.replications:,} replication{'' if outcome.replications == 1 else 's'}"
        n = len(outcome.arms) - 1
        which = "any plan" if len(others) == n else f"the first {len(others)} of {n:,} other plans"
        who = told(outcome, others[0]) if len(others) == 1 else which
        return f"No difference of {who} from {base} can be told in {runs}"
    arm, measure, gap = found
    said = difference(measure, gap, told(outcome, arm), base)
    return f"{said[0].upper()}{said[1:]}"


def _draw(page: Page, panel: Panel, gaps: Sequence[Contrast], numbers: Sequence[str]) -> None:
    axes = panel.axes
    axes.axvline(0.0, color=INK, linewidth=thin(1.0), zorder=1)
    for y, (gap, number) in enumerate(zip(gaps, numbers, strict=True)):
        apart = _apart(gap)
        dot(axes, gap, y, BLUE if apart else GREY, solid=apart)
        beside(axes, y, number, INK if apart else GREY, "bold" if apart else "normal")
    if all(math.isnan(gap.mean) for gap in gaps):
        untold(panel)
        return
    if not any(axes.dataLim.intervalx):
        axes.set_xlim(-0.01, 0.01) if panel.measure.unit == "share" else axes.set_xlim(-1.0, 1.0)
    finished(page, panel, points_of=panel.measure.unit == "share")


def _caption(outcome: Outcome, drawn: Shown) -> str:
    n = (len(outcome.arms) - 1) * len(outcome.batch.measures)
    sure = f"{100 * outcome.batch.confidence:g} %"
    lines = f"intervals, wide enough for all {n:,} differences to hold together with {sure}"
    said = "One replication has no intervals, and no difference can be told from one."
    if outcome.replications > 1:
        said = (
            "Dots and numbers: mean difference over pairs of replications that meet the same people; lines through "
            f"them: {lines if n > 1 else f'{sure} interval'}. Solid and bold: told apart from no difference. Hollow: "
            "not distinguishable. The chart does not say which way is better."
        )
    return " ".join(part for part in (said, how_named(outcome), drawn.rest) if part)


def _alt(outcome: Outcome, drawn: Shown, gaps: Sequence[Sequence[Contrast]]) -> str:
    parts = []
    for measure, found in zip(drawn.measures, gaps, strict=True):
        values = [
            f"{called(outcome, arm)} {_number(measure, gap)}{'' if _apart(gap) else ' (not distinguishable)'}"
            for arm, gap in zip(drawn.arms[1:], found, strict=True)
        ]
        parts.append(f"{named(measure, outcome)}{_unit(measure)}: {', '.join(values)}")
    return f"Forest plot, a panel for each measure. {'; '.join(parts)}."

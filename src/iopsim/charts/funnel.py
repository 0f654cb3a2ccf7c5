"""Funnel: of 100 clients referred, how many are left after each step, and where most are lost."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.intervals import of_100_clients, whisker, whiskers_in_words
from iopsim.charts.marks import TEXT
from iopsim.charts.numbers import of_100, so_many
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, ORANGE, PALE, PRINT, SMALL, Style, styled
from iopsim.experiments import funnel as funnels
from iopsim.experiments.funnel import LAST, Funnel, Step
from iopsim.experiments.result import Result
from iopsim.measures.measure import FOLLOW_UP_DAYS

FILLS = (
    ("reached", "come so far", BLUE),
    ("most", "lost at the step with the largest loss", ORANGE),
    ("lost", "lost at another step", PALE),
)
"""In the order in which they adjoin in a row; neighbours differ in grey as well."""

REACHED, MOST, LOST = (colour for _, _, colour in FILLS)

WORDS = {
    "booked_share": ("booked", "get no appointment", "before an appointment"),
    "assessed_share": ("assessed", "are not assessed", "between appointment and assessment"),
    "placed_here_share": ("placed here", "are not placed here", "between assessment and placement here"),
    "admitted_share": ("admitted", "are not admitted", "between placement and admission"),
    "started_share": ("first session", "do not come to a session", "between admission and first session"),
    "completed_of_referred_share": ("completed", "do not complete", "between first session and completion"),
}
"""By measure: what a client has reached, what those do who do not, and where that is."""

OF_ONE = {"get": "gets", "are": "is", "do": "does", "start": "starts", "complete": "completes"}
"""What of many is the former, is the latter of one client."""

GAP = 0.35
"""Rows by which the last step, told of other clients, stands apart."""

THICK = 0.62
"""Of a bar, as a share of a row."""

TOLD = 0.005
"""Share of clients from which on a loss is told."""

INSIDE = 90
"""From so many of 100 on, there is no room for a number at the right."""

SPACE = 1.5
"""Between a number and the lines beside it, clients of 100."""


def funnel(result: Result, style: Style = PRINT) -> Chart:
    """Draw of 100 clients referred how many come to each step up to completion, and how many are lost at each.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        found = funnels.funnel(result)
        if not found.steps[0].known:
            why = (
                f"The way from referral is told of clients referred at least {FOLLOW_UP_DAYS} days before the run "
                f"ends. In this run of {_weeks(len(result.weeks))} there are none."
            )
            return nothing(of_result(result), "From referral to completion: nothing to show", why, style)
        page = Page(
            of_result(result),
            _title(found),
            f"Of 100 clients referred: how many come to each step within {FOLLOW_UP_DAYS} days, and how many do not.",
            _caption(result, found),
            _alt(found),
            style,
        )
        _draw(page, found)
        return page.chart()


def _title(found: Funnel) -> str:
    last, started = found.steps[-1].share, found.steps[-2].share
    said = f"Of 100 clients referred, {_many(started.mean, 'start')}"
    if found.steps[-1].known:
        said += f" and {_many(last.mean, 'complete')}"
    most = [step for step in found.most if step.lost.mean >= TOLD]
    if not most:
        return f"{said}; hardly anybody is lost on the way"
    told = [f"{of_100(step.lost.mean)}{{}}{WORDS[step.name][2]}" for step in most]
    if len(most) == 1:
        return f"{said}; the largest loss, {told[0].format(', is ')}"
    if len(most) > 2:
        return f"{said}; at no one step are clearly more lost than at all others"
    return f"{said}; the largest losses are {' and '.join(told).format(*[' '] * len(most))}"


def _many(share: float, do: str) -> str:
    """Return how many of 100 do something, as one says it of one and of several."""
    number, (verb, *others) = so_many(share), do.split()
    return " ".join([number, OF_ONE[verb] if number.endswith("1") and of_100(share) <= 1 else verb, *others])


def _alt(found: Funnel) -> str:
    """Say what is to be seen, with all numbers."""
    told = ", ".join(f"{so_many(step.share.mean)} {WORDS[step.name][0]}" for step in found.steps if step.known)
    return f"Horizontal bars, one for each step on the way, on one scale. Of 100 clients referred: {told}."


def _draw(page: Page, found: Funnel) -> None:
    (axes,) = page.panels((1,), left=1.2, labels=1.9, below=0.35)
    heights = {step.name: float(row + 1) for row, step in enumerate(found.steps)}
    heights[LAST] += GAP
    axes.barh(0.0, 100, THICK, color=REACHED, linewidth=0)
    _name(axes, 0.0, "referred", "")
    _number(axes, 0.0, 100, (100.0,))
    before = 100.0
    for step in found.steps:
        height, share, most = heights[step.name], 100 * step.share.mean, step in found.most
        _name(axes, height, WORDS[step.name][0], f"within {step.days} days *" if step.name == LAST else "")
        if not step.known:
            paper = {"facecolor": "white", "linewidth": 0, "pad": 1.5}
            said = "cannot be followed so far in this run"
            axes.text(1, height, said, size=SMALL, color=GREY, va="center", bbox=paper)
            continue
        axes.barh(height, share, THICK, color=REACHED, linewidth=0)
        if share < before:
            colour = MOST if most and step.lost.mean >= TOLD else LOST
            axes.barh(height, before - share, THICK, left=share, color=colour, linewidth=0)
        whisker(axes, height, step.share, INK)
        ends = [100 * end for end in (step.share.low, step.share.p10, step.share.p90, step.share.high)]
        _number(axes, height, of_100(step.share.mean), (share, *(end for end in ends if not math.isnan(end))))
        if step.lost.mean >= TOLD:
            _lost(axes, height, step, most)
        before = share
    axes.set_ylim(heights[LAST] + 0.5, -0.5)
    of_100_clients(axes)
    axes.set_yticks([])


def _name(axes: Axes, height: float, name: str, within: str) -> None:
    """Write beside the left end of a row what is reached, and below it within what time, if that is another."""
    where = axes.get_yaxis_transform()
    axes.text(-0.02, height, name, transform=where, ha="right", va="center")
    if within:
        axes.text(-0.02, height + THICK / 2, within, transform=where, ha="right", va="top", size=SMALL, color=GREY)


def _number(axes: Axes, height: float, number: int, ends: tuple[float, ...]) -> None:
    """Write how many of 100 come so far beyond the lines at the end of the bar; where these are long, elsewhere."""
    place, side, colour, behind = max(ends) + SPACE, "left", INK, None
    if place > INSIDE and min(ends) > 100 - INSIDE:
        place, side, colour = min(ends) - SPACE, "right", "white"
    elif place > INSIDE:
        place, side, behind = ends[0], "center", {"facecolor": "white", "linewidth": 0, "pad": 1.5}
    axes.text(place, height, f"{number}", color=colour, weight="bold", ha=side, va="center", bbox=behind)


def _lost(axes: Axes, height: float, step: Step, most: bool) -> None:
    """Write beside the right end of a row how many do not come so far."""
    said = _many(step.lost.mean, WORDS[step.name][1])
    axes.text(
        TEXT,
        height,
        said,
        transform=axes.get_yaxis_transform(),
        color=INK if most else GREY,
        weight="bold" if most else "normal",
        size=SMALL,
        va="center",
    )


def _caption(result: Result, found: Funnel) -> str:
    first, last = found.steps[0], found.steps[-1]
    many = " on average" if result.replications > 1 else ""
    said = f"Counted: clients referred at least {first.days} days before the run ends, {first.counted:,.0f}{many}"
    said += f"; {first.share.n} of {result.replications} replications have any. " if first.share.undefined else ". "
    if last.known:
        said += (
            f"* Of those referred at least {last.days} days before the end, {last.counted:,.0f}{many}: the last loss "
            "is not of quite the same clients. "
        )
    else:
        said += f"* Told only of clients referred at least {last.days} days before the end: this run has none. "
    elsewhere = "Placed elsewhere is lost to this program, not to care; who is sent there to come back is placed here. "
    return said + elsewhere + whiskers_in_words(result)


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"{number} weeks"

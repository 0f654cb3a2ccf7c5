"""Outcomes: what becomes of clients within six and twelve months of discharge, as far as they can be followed."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from iopsim.charts.chart import Chart
from iopsim.charts.intervals import mean_mark, of_100_clients, whisker, whiskers_in_words
from iopsim.charts.numbers import so_many
from iopsim.charts.page import Page, nothing
from iopsim.charts.source import of_result
from iopsim.charts.style import BLUE, GREY, INK, PRINT, SMALL, VERMILLION, Style, styled
from iopsim.experiments.followed import followed
from iopsim.experiments.result import Result
from iopsim.measures.outcomes import HALF_A_YEAR, YEAR
from iopsim.stats.intervals import Summary


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the chart.

    Parameters
    ----------
    measure : str
    words : str
        What has become of the clients.
    months, days : int
        Since discharge.
    colour, marker : str
    """

    measure: str
    words: str
    months: int
    days: int
    colour: str
    marker: str


ROWS = (
    Row("abstinent_6_months_share", "no relapse within\n6 months", 6, HALF_A_YEAR, BLUE, "o"),
    Row("abstinent_12_months_share", "no relapse within\n12 months", 12, YEAR, BLUE, "o"),
    Row("called_again_share", "relapsed, and called\nagain within 12 months", 12, YEAR, VERMILLION, "D"),
)
"""From the top."""

WIDE = 0.05
"""Half-width of an interval from which on a share in the title is said to be about so much."""

TOO_WIDE = 0.2
"""Half-width from which on the title tells no number."""

FEW = 20
"""Clients of all replications together below whom it tells none either."""

BESIDE = 1.05
"""Where words at the right begin, as a share of the axes' width: a number above a dot at 100 has room."""


def outcomes(result: Result, style: Style = PRINT) -> Chart:
    """Draw the shares of discharged clients who have not relapsed after 6 and 12 months, and who called again.

    Parameters
    ----------
    result : Result
    style : Style

    Returns
    -------
    Chart
    """
    with styled(style):
        if not any(result.measures[row.measure].n for row in ROWS):
            why = (
                f"What becomes of clients is told of those discharged at least {HALF_A_YEAR} days before the run ends. "
                f"In this run of {_weeks(len(result.weeks))} there are none."
            )
            return nothing(of_result(result), "After discharge: nothing to show", why, style)
        page = Page(
            of_result(result),
            _title(result),
            "Of 100 clients discharged, however treatment ended: what has become of them since.",
            _caption(result),
            _alt(result),
            style,
        )
        (axes,) = page.panels((1,), left=2.05, labels=1.95, below=0.35)
        _draw(axes, result)
        return page.chart()


def _title(result: Result) -> str:
    """Say how many are without a relapse, if relapse is as the plan has it."""
    known = [(row, result.measures[row.measure]) for row in ROWS[:2] if result.measures[row.measure].n]
    clients = [followed(result, row.measure) * result.replications for row, _ in known]
    if min(clients) < FEW or any(found.high - found.low > 2 * TOO_WIDE for _, found in known):
        return "So few replications, or clients, hardly tell how many relapse after discharge"
    first, *others = [f"{_about(found)}{so_many(found.mean)}" for _, found in known]
    have = "has" if first.endswith(" 1") or first == "1" else "have"
    said = (
        f"If relapse is as the plan assumes, {first} of 100 clients {have} had none {known[0][0].months} months after"
    )
    return f"{said} discharge{''.join(f', and {other} have had none after 12' for other in others)}"


def _about(found: Summary) -> str:
    """Say of a share that is not known well, or of one replication, that it is not."""
    return "" if found.high - found.low <= 2 * WIDE else "about "


def _alt(result: Result) -> str:
    """Say what is to be seen, with all numbers."""
    told = [
        f"{so_many(found.mean)} {' '.join(row.words.split())}"
        for row in ROWS
        if (found := result.measures[row.measure]).n
    ]
    return f"Dots with intervals on a scale from 0 to 100 clients discharged: {'; '.join(told)}."


def _draw(axes: Axes, result: Result) -> None:
    where = axes.get_yaxis_transform()
    for height, row in enumerate(ROWS):
        found = result.measures[row.measure]
        axes.text(-0.025, height, row.words, transform=where, ha="right", va="center", linespacing=1.15)
        if not found.n:
            said = f"cannot be told: nobody is discharged\n{row.days} days before the run ends"
            paper = {"facecolor": "white", "linewidth": 0, "pad": 1.5}
            axes.text(2, height, said, size=SMALL, color=GREY, va="center", linespacing=1.15, bbox=paper)
            continue
        whisker(axes, height, found, row.colour)
        size = mean_mark(axes, height, found, row.colour, row.marker)
        axes.annotate(
            so_many(found.mean),
            (100 * found.mean, height),
            xytext=(0, 0.75 * size),
            textcoords="offset points",
            ha="center",
            va="bottom",
            weight="bold",
            color=INK,
        )
        axes.text(
            BESIDE,
            height,
            f"{_of(followed(result, row.measure))}\nfollowed for {row.days} days",
            transform=where,
            size=SMALL,
            color=GREY,
            va="center",
            linespacing=1.15,
        )
    axes.set_ylim(len(ROWS) - 0.5, -0.6)
    of_100_clients(axes)
    axes.set_yticks([])


def _of(number: float) -> str:
    """Say how many can be followed."""
    if number < 0.95:
        return "of fewer than 1 client"
    return "of 1 client" if round(number) == 1 else f"of {number:,.0f} clients"


def _caption(result: Result) -> str:
    some = [row for row in ROWS if 0 < result.measures[row.measure].n < result.replications]
    few = (
        f" Told in {result.measures[some[-1].measure].n:,} of {result.replications:,} replications after "
        f"{some[-1].months} months."
        if some
        else ""
    )
    many = " on average" if result.replications > 1 else ""
    return (
        f"Counted: clients discharged early enough to be followed (at the right, how many{many}), but for those "
        f"transferred, incarcerated or dead.{few} "
        f"{whiskers_in_words(result)} When clients relapse is put in, not found: "
        f"half of typical clients within {result.scenario.after.relapse_scale_days:.0f} days. The default derives from "
        "published rates of 40 to 60 % within a year. No promise about a person."
    )


def _weeks(number: int) -> str:
    return "1 week" if number == 1 else f"{number} weeks"

"""The figures of a report: which charts it shows, as pictures with their words."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from iopsim.charts.chart import Chart
from iopsim.charts.kinds import draw
from iopsim.charts.multiples import MOST_ARMS
from iopsim.charts.style import PRINT
from iopsim.report.inert import inert
from iopsim.report.subject import Subject

DPI = 150

OF_PROGRAM = (
    "overview",
    "timetable",
    "funnel",
    "waits",
    "waitlist",
    "census",
    "seats",
    "hours",
    "retention",
    "attendance",
    "outcomes",
    "cash",
)
"""Kinds of chart that show one program, each in the place of its name in the templates."""

OVERVIEW = "The groups of a week, the way from referral to completion, clients in program, and cash."
"""Caption of the first figure, whose panels have titles of their own."""

OF_PLANS = ("arms", "differences")
"""Kinds that show several plans; of a design with more points than they have room for, its sweeps say more."""


@dataclass(frozen=True)
class Picture:
    """A chart as a page shows it.

    Parameters
    ----------
    png : bytes
    caption : str
        What is drawn; what was found stands in the picture.
    alt : str
        The picture for whom cannot see it.
    width, height : int
        Size on a page, in CSS pixels.
    """

    png: bytes
    caption: str
    alt: str
    width: int
    height: int

    @property
    def uri(self) -> str:
        """The picture itself, as an address."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


def pictures(subject: Subject) -> Mapping[str, Picture]:
    """Draw the charts of a report, by their place in its templates; a kind that cannot tell anything is left out.

    Parameters
    ----------
    subject : Subject
    """
    result, outcome = subject.result, subject.outcome
    drawn = {name: draw(name, result, PRINT) for name in OF_PROGRAM}
    if result.partitions:
        drawn["equity"] = draw("equity", result, PRINT, measure="started_share")
    if subject.pays and result.replications > 1:
        drawn["distribution"] = draw("distribution", result, PRINT, measure="margin_usd")
    drawn |= {f"sweep_{place}": chart for place, chart in enumerate(subject.sweeps, 1)}
    if outcome is not None and len(subject.arms) > 1 and (not subject.sweeps or len(subject.arms) <= MOST_ARMS):
        drawn |= {name: draw(name, outcome, PRINT) for name in OF_PLANS}
    return {name: picture_of(chart, OVERVIEW if name == "overview" else "") for name, chart in drawn.items()}


def picture_of(chart: Chart, caption: str = "") -> Picture:
    """Return a chart as a page shows it.

    Parameters
    ----------
    chart : Chart
    caption : str, optional
        What is drawn; the subtitle if none is given, and of a chart that has neither, its title.
    """
    width, height = (round(96 * inches) for inches in chart.figure.get_size_inches())
    said = inert(caption or chart.subtitle or chart.title, 600)
    return Picture(chart.png(DPI), said, inert(chart.alt, 2000), width, height)

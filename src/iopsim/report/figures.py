"""The figures of a report: which charts it shows, as pictures with their words."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from iopsim.charts.chart import Chart
from iopsim.charts.kinds import KINDS, draw
from iopsim.charts.style import PRINT
from iopsim.report.inert import inert
from iopsim.report.subject import Subject

DPI = 150

OF_PROGRAM = {
    "timetable": "timetable",
    "funnel": "funnel",
    "waits": "waits",
    "waitlist": "waitlist",
    "census": "census",
    "seats": "seats",
    "staff": "staff",
    "retention": "retention",
    "attendance": "attendance",
    "outcomes": "outcomes",
    "cash": "cash",
}
"""Kind of chart for each place in the templates that shows one program."""

OF_PLANS = {"arms": "arms", "forest": "forest"}
"""Kind of chart for each place that shows several plans."""


@dataclass(frozen=True)
class Picture:
    """A chart as a page shows it.

    Parameters
    ----------
    png : bytes
    title, alt : str
        What was found; and the same for whom cannot see it.
    width, height : int
        Size on a page, in CSS pixels.
    """

    png: bytes
    title: str
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
    found = {place: picture_of(draw(kind, result, PRINT)) for place, kind in OF_PROGRAM.items() if kind in KINDS}
    if outcome is not None and len(subject.arms) > 1:
        found |= {place: picture_of(draw(kind, outcome, PRINT)) for place, kind in OF_PLANS.items() if kind in KINDS}
    return found


def picture_of(chart: Chart) -> Picture:
    """Return a chart as a page shows it."""
    width, height = (round(96 * inches) for inches in chart.figure.get_size_inches())
    return Picture(chart.png(DPI), inert(chart.title), inert(chart.alt, 2000), width, height)

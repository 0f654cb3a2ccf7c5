"""The list of staff below a timetable: a row for each role, in columns."""

from __future__ import annotations

import numpy as np

from iopsim.charts.page import EDGE, LINE, Page
from iopsim.charts.style import GREY, INK, SMALL, points
from iopsim.charts.week import Worker

SPACE = 0.22
"""Above and below, inches of a printed page; also between columns."""

LEAST_ROLES = 3
"""Rows that are shown however little room there is."""


def line_height() -> float:
    """Return the height of a line of small letters in inches, in the style in force."""
    return points(SMALL) / 72 * LINE


class StaffList:
    """The list of staff, as it has room below the axes.

    Parameters
    ----------
    page : Page
        In the making.
    staff : list of Worker
    room : float
        Height it may take, inches; a few rows are shown whatever it is.
    """

    def __init__(self, page: Page, staff: list[Worker], room: float) -> None:
        self.page, self.rest, self.height = page, 0, 0.0
        self.rows: list[tuple[Worker, list[str]]] = []
        if not staff:
            return
        heads = Worker("staff", "people", "hours a week", "caseload limit", "supervision", "work")
        wide, space = page.style.width - 2 * page.inch(EDGE), page.inch(SPACE)
        self.role = min(0.27 * wide, max(page.width(row.role, SMALL) for row in (heads, *staff)))
        self.ends = self.role + np.cumsum([space + page.width(head, SMALL) for head in heads.numbers])
        self.work = float(self.ends[-1]) + 1.5 * space
        lines = int((room - page.rise(SPACE)) / line_height())
        for k, row in enumerate([heads, *staff]):
            body = page.wrapped(row.work, SMALL, width=wide - self.work)
            left = lines - self._lines() - (k < len(staff))
            if k > LEAST_ROLES and left < len(body):
                self.rest = len(staff) - k + 1
                break
            self.rows.append((row, body))
        self.height = (self._lines() + (self.rest > 0)) * line_height() + page.rise(SPACE)

    def _lines(self) -> int:
        return sum(len(body) for _, body in self.rows)

    def write(self, top: float) -> None:
        """Write it, from a height in inches downwards."""
        done = 0
        for row, body in self.rows:
            colour = INK if done else GREY
            self._cell(0.0, top, done, self.page.cut(row.role, SMALL, self.role), colour)
            for end, text in zip(self.ends, row.numbers, strict=True):
                self._cell(float(end), top, done, text, colour, "right")
            for text in body:
                self._cell(self.work, top, done, text, colour)
                done += 1
        if self.rest:
            self._cell(0.0, top, done, f"and {self.rest} more role{'' if self.rest == 1 else 's'}", GREY)

    def _cell(self, x: float, top: float, line: int, text: str, colour: str, side: str = "left") -> None:
        left = (self.page.inch(EDGE) + x) / self.page.style.width
        y = (top - (line + 0.5) * line_height()) / self.page.style.height
        self.page.figure.text(left, y, text, ha=side, va="center", size=SMALL, color=colour)

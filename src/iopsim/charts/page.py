"""The page of a chart: a title that says what was found, the axes, who is counted, and where it comes from."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from iopsim import __version__
from iopsim.charts.style import DPI, GREY, INK, PALE, SMALL, TEXT, TITLE, inert
from iopsim.experiment.result import Result

WIDTH, HEIGHT = 10.0, 6.5
"""Inches."""

EDGE = 0.4
"""White space around everything, inches."""

LINE = 1.35
"""Distance of lines of text, in letter sizes."""

LABELS = 2.15
"""Room for labels to the right of the axes, inches."""

AXIS = 0.75
"""Room for the numbers of the vertical axis, inches."""

DATES = 0.5
"""Room for the labels below the axes, inches."""


class Page:
    """A chart in the making.

    Parameters
    ----------
    result : Result
    title : str
        What was found, in a sentence.
    subtitle : str
        What is drawn, with its unit.
    caption : str
        Who is counted, and what a band means.
    """

    def __init__(self, result: Result, title: str, subtitle: str, caption: str) -> None:
        self.figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI)
        self._letters = FigureCanvasAgg(self.figure).get_renderer()
        top = self._write(self.wrapped(title, TITLE, "bold"), HEIGHT - EDGE, TITLE, INK, "bold")
        self.top = self._write(self.wrapped(subtitle, TEXT), top - 0.06, TEXT, GREY) - 0.12
        lines = self.wrapped(caption, SMALL)
        foot = EDGE + SMALL / 72 * LINE
        self._sign(result)
        self.bottom = foot + 0.15 + len(lines) * SMALL / 72 * LINE
        self._write(lines, self.bottom, SMALL, GREY)

    def panels(self, heights: Sequence[float], labels: float = LABELS) -> list[Axes]:
        """Return axes, one above the other, that share their horizontal axis.

        Parameters
        ----------
        heights : sequence of float
            Relative heights, from the top.
        labels : float
            Room to the right, inches.
        """
        grid = self.figure.add_gridspec(
            len(heights),
            1,
            height_ratios=list(heights),
            left=(EDGE + AXIS) / WIDTH,
            right=1 - (EDGE + labels) / WIDTH,
            bottom=(self.bottom + DATES + 0.1) / HEIGHT,
            top=(self.top - 0.3) / HEIGHT,
            hspace=0.32,
        )
        first = self.figure.add_subplot(grid[0])
        return [first, *(self.figure.add_subplot(grid[row], sharex=first) for row in range(1, len(heights)))]

    def png(self) -> bytes:
        """Return the page as a PNG that says nothing of when or by what it was made."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
        return file.getvalue()

    def width(self, text: str, size: float, weight: str = "normal") -> float:
        """Return the width of a line of text in inches."""
        letters = FontProperties(size=size, weight=weight)
        return float(self._letters.get_text_width_height_descent(text, letters, ismath=False)[0]) / DPI

    def wrapped(
        self, text: str, size: float, weight: str = "normal", width: float = WIDTH - 2 * EDGE
    ) -> list[str]:
        """Return a text as lines that fit."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}", size, weight) <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def _write(self, lines: Sequence[str], top: float, size: float, colour: str, weight: str = "normal") -> float:
        """Write lines from `top` downwards, in inches from the bottom, and return where they end."""
        for line in lines:
            top -= size / 72 * LINE
            self.figure.text(EDGE / WIDTH, top / HEIGHT, line, size=size, color=colour, weight=weight)
        return top

    def _sign(self, result: Result) -> None:
        """Write the foot: whose run this is, and how to have it again."""
        runs = f"{result.replications:,} replication{'' if result.replications == 1 else 's'}"
        run = f"scenario {result.scenario.hash[:10]} · seed {result.seed} · {runs} · iopsim {__version__}"
        room = WIDTH - 2 * EDGE - self.width(run, SMALL) - 0.4
        name = inert(result.scenario.name)
        if self.width(name, SMALL) > room:
            while name and self.width(name + "…", SMALL) > room:
                name = name[:-1].rstrip()
            name += "…"
        line = Figure.text
        line(self.figure, EDGE / WIDTH, EDGE / HEIGHT, name, size=SMALL, color=GREY)
        line(self.figure, 1 - EDGE / WIDTH, EDGE / HEIGHT, run, size=SMALL, color=GREY, ha="right")
        rule = (EDGE + SMALL / 72 * LINE) / HEIGHT
        ends = [EDGE / WIDTH, 1 - EDGE / WIDTH]
        self.figure.add_artist(_rule(ends, rule))


def nothing(result: Result, title: str, why: str) -> bytes:
    """Return a page that says that there is nothing to show, and why."""
    page = Page(result, title, "", "")
    page.figure.text(0.5, 0.5, "\n".join(page.wrapped(why, TEXT, width=6.0)), size=TEXT, color=GREY, ha="center")
    return page.png()


def _rule(ends: Sequence[float], height: float):  # type: ignore[no-untyped-def]
    from matplotlib.lines import Line2D

    return Line2D(list(ends), [height, height], color=PALE, linewidth=0.8)

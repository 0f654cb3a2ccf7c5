"""The page of a chart: a title that says what was found, the axes, who is counted, and where it comes from."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D

from iopsim import __version__
from iopsim.charts.style import DPI, GREY, INK, PALE, SMALL, TEXT, TITLE, inert
from iopsim.experiments.result import Result

WIDTH, HEIGHT = 10.0, 6.5
"""Inches."""

EDGE = 0.4
"""White space around everything, inches."""

ABOVE = 0.22
"""White space above the title, inches."""

LINE = 1.35
"""Distance of lines of text, in letter sizes."""

LABELS = 2.15
"""Room for labels to the right of the axes, inches."""

FOOT = 0.58
"""Height of the rule above the foot, inches."""

AXIS = 0.75
"""Room for the numbers of the vertical axis, inches."""

DATES = 0.55
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
        self._letters = FigureCanvasAgg(self.figure).get_renderer()  # type: ignore[no-untyped-call]
        top = self._write(self.wrapped(title, TITLE, "bold"), HEIGHT - ABOVE, TITLE, INK, "bold")
        if result.view_in_words:
            subtitle = f"{subtitle} {result.view_in_words}.".strip()
        self._head = self._write(self.wrapped(subtitle, TEXT), top - 0.06, TEXT, GREY) - 0.12
        lines = self.wrapped(caption, SMALL)
        self._sign(result)
        self._caption = FOOT + 0.13 + len(lines) * SMALL / 72 * LINE
        self._write(lines, self._caption, SMALL, GREY)

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
            bottom=(self._caption + DATES) / HEIGHT,
            top=(self._head - 0.3) / HEIGHT,
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

    def wrapped(self, text: str, size: float, weight: str = "normal", width: float = WIDTH - 2 * EDGE) -> list[str]:
        """Return a text as lines that fit."""
        lines: list[str] = []
        for word in text.replace(" %", "\u00a0%").split(" "):
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
        left, right = EDGE / WIDTH, 1 - EDGE / WIDTH
        height = (FOOT - 0.22) / HEIGHT
        self.figure.text(left, height, name, size=SMALL, color=GREY)
        self.figure.text(right, height, run, size=SMALL, color=GREY, ha="right")
        self.figure.add_artist(
            Line2D([left, right], [FOOT / HEIGHT] * 2, color=PALE, linewidth=0.8, transform=self.figure.transFigure)
        )


def nothing(result: Result, title: str, why: str) -> bytes:
    """Return a page that says that there is nothing to show, and why."""
    page = Page(result, title, "", "")
    page.figure.text(0.5, 0.5, "\n".join(page.wrapped(why, TEXT, width=6.0)), size=TEXT, color=GREY, ha="center")
    return page.png()

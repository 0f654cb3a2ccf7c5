"""The page of a chart: a title that says what was found, the axes, who is counted, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D

from iopsim.charts.chart import Chart
from iopsim.charts.source import Source
from iopsim.charts.style import GREY, INK, PALE, PRINT, TITLE, Style, points, thin

LINE = 1.35
"""Distance of lines of text, in letter sizes."""

EDGE = 0.4
"""White space around everything; this and all below in inches of a printed page, more on slides."""

ABOVE = 0.22
"""White space above the title."""

LABELS = 2.15
"""Room for labels to the right of the axes."""

FOOT = 0.58
"""Height of the rule above the foot."""

AXIS = 0.75
"""Room for the numbers of the vertical axis."""

DATES = 0.55
"""Room for the labels below the axes."""

LEAST = 1.9
"""Height that is left to the axes whatever the words need."""


class Page:
    """A chart in the making; the style must be in force (`iopsim.charts.style.styled`).

    Parameters
    ----------
    source : Source
    title : str
        What was found, in a sentence without a full stop.
    subtitle : str
        What is drawn, with its unit.
    caption : str
        Who is counted, and what intervals mean.
    alt : str
        What the picture shows for whom cannot see it; the title comes before it by itself.
    style : Style
    """

    def __init__(
        self, source: Source, title: str, subtitle: str, caption: str, alt: str = "", style: Style = PRINT
    ) -> None:
        self.source, self.title, self.caption, self.style = source, title, caption, style
        self.alt = " ".join(part for part in (f"{title}.", alt or subtitle) if part)
        said = (f"{text}." for text in (source.view, source.inputs) if text)
        self.subtitle = " ".join(text for text in (subtitle, *said) if text)
        self.figure = Figure(figsize=(style.width, style.height), dpi=style.dpi)
        self._letters = FigureCanvasAgg(self.figure).get_renderer()  # type: ignore[no-untyped-call]
        top = self._write(self.wrapped(title, TITLE, "bold"), style.height - self.rise(ABOVE), TITLE, INK, "bold")
        self._head = self._write(self.wrapped(self.subtitle, "medium"), top - self.rise(0.06), "medium", GREY)
        self._head -= self.rise(0.12)
        self._sign()
        lines = self.wrapped(caption, style.note)
        self._foot = self.rise(FOOT + 0.13) + len(lines) * points(style.note) / 72 * LINE
        self._write(lines, self._foot, style.note, GREY)

    def inch(self, printed: float) -> float:
        """Return inches from left to right for those of a printed page: more on slides, as letters are larger."""
        return printed * self.style.scale

    def rise(self, printed: float) -> float:
        """Return inches from bottom to top for those of a printed page: hardly more on slides, which are flat."""
        return float(printed * self.style.scale**0.5)

    def grid(
        self,
        rows: Sequence[float] = (1,),
        columns: Sequence[float] = (1,),
        *,
        left: float = AXIS,
        right: float = LABELS,
        below: float = DATES,
        above: float = 0.3,
        hspace: float = 0.32,
        wspace: float = 0.2,
    ) -> GridSpec:
        """Return a grid of places for axes between the words.

        Parameters
        ----------
        rows, columns : sequence of float
            Relative heights from the top, and widths from the left.
        left, right, below, above : float
            Room for what stands around the axes, inches of a printed page.
        hspace, wspace : float
            Between rows and columns, as shares of the mean height and width of axes.
        """
        width, height = self.style.width, self.style.height
        bottom = self._foot + self.inch(below)
        top = max(self._head - self.rise(above), bottom + self.rise(LEAST) / 2)
        return self.figure.add_gridspec(
            len(rows),
            len(columns),
            height_ratios=list(rows),
            width_ratios=list(columns),
            left=self.inch(EDGE + left) / width,
            right=1 - self.inch(EDGE + right) / width,
            bottom=bottom / height,
            top=top / height,
            hspace=hspace,
            wspace=wspace,
        )

    def panels(
        self, heights: Sequence[float] = (1,), labels: float = LABELS, left: float = AXIS, below: float = DATES
    ) -> list[Axes]:
        """Return axes, one above the other, that share their horizontal axis.

        Parameters
        ----------
        heights : sequence of float
            Relative heights, from the top.
        labels, left, below : float
            Room to the right, to the left and below, inches of a printed page.
        """
        grid = self.grid(heights, left=left, right=labels, below=below)
        first = self.figure.add_subplot(grid[0])
        return [first, *(self.figure.add_subplot(grid[row], sharex=first) for row in range(1, len(heights)))]

    def chart(self) -> Chart:
        """Return the finished chart."""
        return Chart(self.figure, self.title, self.subtitle, self.caption, self.alt, self.style)

    def width(self, text: str, size: str | float, weight: str = "normal") -> float:
        """Return the width of a line of text in inches."""
        letters = FontProperties(size=size, weight=weight)
        return float(self._letters.get_text_width_height_descent(text, letters, ismath=False)[0]) / self.style.dpi

    def wrapped(self, text: str, size: str | float, weight: str = "normal", width: float | None = None) -> list[str]:
        """Return a text as lines that fit into a width, inches; that between the edges, if none is given."""
        room = self.style.width - 2 * self.inch(EDGE) if width is None else width
        lines: list[str] = []
        for word in filter(None, text.replace(" %", "\u00a0%").split(" ")):
            if lines and self.width(f"{lines[-1]} {word}", size, weight) <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def cut(self, text: str, size: str | float, room: float) -> str:
        """Return as much of a line of text as fits into a width in inches, with an ellipsis where some is lost."""
        if self.width(text, size) <= room:
            return text
        while text and self.width(text + "…", size) > room:
            text = text[:-1].rstrip()
        return text + "…"

    def _write(self, lines: Sequence[str], top: float, size: str | float, colour: str, weight: str = "normal") -> float:
        """Write lines from `top` downwards, in inches from the bottom, and return where they end."""
        left = self.inch(EDGE) / self.style.width
        for line in lines:
            top -= points(size) / 72 * LINE
            self.figure.text(left, top / self.style.height, line, size=size, color=colour, weight=weight)
        return top

    def _sign(self) -> None:
        """Write the foot: whose run this is, and how to have it again."""
        edge, width, height = self.inch(EDGE), self.style.width, self.style.height
        room = width - 2 * edge - self.width(self.source.run, self.style.note) - self.inch(0.4)
        left, right, line = edge / width, 1 - edge / width, self.rise(FOOT - 0.22) / height
        self.figure.text(
            left, line, self.cut(self.source.name, self.style.note, room), size=self.style.note, color=GREY
        )
        self.figure.text(right, line, self.source.run, size=self.style.note, color=GREY, ha="right")
        rule = [self.rise(FOOT) / height] * 2
        self.figure.add_artist(
            Line2D([left, right], rule, color=PALE, linewidth=thin(), transform=self.figure.transFigure)
        )


def nothing(source: Source, title: str, why: str, style: Style = PRINT) -> Chart:
    """Return a page that says that there is nothing to show, and why."""
    page = Page(source, title, "", "", why, style)
    lines = page.wrapped(why, "medium", width=0.6 * style.width)
    page.figure.text(0.5, 0.5, "\n".join(lines), color=GREY, ha="center")
    return page.chart()

"""What the fills, lines and signs of a chart are, in lines of swatches and words below its subtitle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from iopsim.charts.page import EDGE, LINE, Page
from iopsim.charts.style import INK, SMALL, points, thin

APART = 1.25
"""Distance of the lines, in lines of small text."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """One entry.

    Parameters
    ----------
    words : str
    colour : str
        Of the fill, the line or the sign.
    hatch : str
        Of a fill.
    framed : bool
        Whether the fill has an edge.
    marker : str
        Of a sign, as matplotlib names it; empty for a fill or a line.
    line : float
        Width of a line, points of a printed page; 0 for a fill or a sign.
    """

    words: str
    colour: str
    hatch: str = ""
    framed: bool = False
    marker: str = ""
    line: float = 0.0


def explain(page: Page, swatches: Sequence[Swatch]) -> float:
    """Write swatches with their words below the subtitle, and return the height they take, inches of this page.

    Parameters
    ----------
    page : Page
        In the making.
    swatches : sequence of Swatch
    """
    high, wide = page.style.height, page.style.width
    box, gap, space = page.inch(0.2), page.inch(0.07), page.inch(0.24)
    line, room = APART * points(SMALL) / 72 * LINE, wide - 2 * page.inch(EDGE)
    top = page.grid(above=0)[0].get_position(page.figure).y1
    x, row = 0.0, 0
    for swatch in swatches:
        length = box + gap + page.width(swatch.words, SMALL)
        if x and x + length > room:
            x, row = 0.0, row + 1
        left, y = (page.inch(EDGE) + x) / wide, top - (row + 0.5) * line / high
        _draw(page, swatch, left, y, box / wide)
        page.figure.text(left + (box + gap) / wide, y, swatch.words, size=SMALL, va="center_baseline")
        x += length + space
    return (row + 1) * line


def _draw(page: Page, swatch: Swatch, left: float, y: float, width: float) -> None:
    """Draw a swatch at a place given as shares of the figure."""
    place = page.figure.transFigure
    if swatch.marker:
        size = 0.62 * points(SMALL)
        sign = Line2D([left + width / 2], [y], color=swatch.colour, marker=swatch.marker, markersize=size, linewidth=0)
        sign.set(transform=place, markeredgewidth=thin(1.4))
        page.figure.add_artist(sign)
    elif swatch.line:
        stroke = Line2D([left, left + width], [y, y], color=swatch.colour, linewidth=thin(swatch.line))
        stroke.set_transform(place)
        page.figure.add_artist(stroke)
    else:
        tall = 0.75 * points(SMALL) / 72 / page.style.height
        page.figure.add_artist(
            Rectangle(
                (left, y - tall / 2),
                width,
                tall,
                facecolor=swatch.colour,
                edgecolor=INK if swatch.framed else "white",
                hatch=swatch.hatch or None,
                linewidth=thin(0.4) if swatch.framed else 0,
                transform=place,
            )
        )

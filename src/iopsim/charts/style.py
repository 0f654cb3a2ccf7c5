"""How a chart looks: colours, letters, and no trace of the settings of whoever draws it."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font

logging.getLogger("matplotlib").setLevel(logging.ERROR)

BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
ORANGE, VERMILLION, PURPLE = "#E69F00", "#D55E00", "#CC79A7"
"""Told apart by the colour-blind. Source: Okabe M, Ito K, Color universal design (2008)."""

LETTERS = {
    SKY: "#1F6E9E",
    GREEN: "#00704F",
    YELLOW: "#6B6400",
    ORANGE: "#8A5A00",
    VERMILLION: "#A64800",
    PURPLE: "#9B4475",
}
"""Colours that are too light for letters on white, and what is written instead."""

INK, GREY, PALE = "#1A1A1A", "#5A5A5A", "#D9D9D9"


@dataclass(frozen=True, slots=True)
class Style:
    """For whom a chart is drawn: a reader with a page in hand, or the back row of a room.

    Parameters
    ----------
    name : str
    width, height : float
        Of the whole picture, inches.
    text : float
        Size of letters, points; `SMALL` and the title are relative to it.
    note : str
        Size of the caption and the foot, beside that of plain text.
    line : float
        Width of a line that carries a finding, points.
    dpi : int
        Dots to an inch in a PNG.
    """

    name: str
    width: float
    height: float
    text: float
    note: str
    line: float
    dpi: int

    @property
    def scale(self) -> float:
        """How much larger than on a printed page, where text has 11 points, everything is."""
        return self.text / 11.0


PRINT = Style("print", 10.0, 6.5, 11.0, "small", 2.2, 200)
SLIDES = Style("slides", 13.333, 7.5, 16.0, "x-small", 3.6, 150)
STYLES = {style.name: style for style in (PRINT, SLIDES)}

SMALL, TITLE = "small", "x-large"
"""Letter sizes beside that of plain text, as matplotlib names them: 0.83 and 1.44 of it."""

FAMILY = "DejaVu Sans"
"""Comes with matplotlib, so that a chart is the same on every machine."""


def settings(style: Style) -> dict[Any, Any]:
    """Return all settings of matplotlib that differ from its own."""
    thin = 0.8 * style.scale
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": GREY,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.labelcolor": INK,
        "axes.labelsize": "medium",
        "axes.linewidth": thin,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.facecolor": "white",
        "font.family": FAMILY,
        "font.size": style.text,
        "grid.color": PALE,
        "grid.linewidth": thin,
        "hatch.linewidth": thin,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "lines.linewidth": style.line,
        "lines.markersize": 5.0 * style.scale,
        "pdf.fonttype": 42,  # letters as letters
        "savefig.facecolor": "white",
        "svg.fonttype": "none",  # text as text
        "text.color": INK,
        "text.hinting": "none",  # as wide at every resolution, and so broken into the same lines
        "text.parse_math": False,
        "text.usetex": False,
        "timezone": "UTC",
        "xtick.color": GREY,
        "xtick.labelcolor": INK,
        "xtick.labelsize": 0.91 * style.text,
        "xtick.major.pad": 4.5 * style.scale,
        "xtick.major.width": thin,
        "ytick.color": GREY,
        "ytick.labelcolor": INK,
        "ytick.labelsize": 0.91 * style.text,
        "ytick.left": False,
        "ytick.major.pad": 4.5 * style.scale,
    }


@contextmanager
def styled(style: Style = PRINT) -> Iterator[None]:
    """Draw with our settings, whatever the settings of the machine or the notebook are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings(style))
        yield


def points(size: str | float) -> float:
    """Return a letter size in points, in the style in force."""
    return float(FontProperties(size=size).get_size_in_points())


def thin(width: float = 0.8) -> float:
    """Return the width of a line that supports one that carries a finding: points, in the style in force."""
    return width * float(mpl.rcParams["lines.linewidth"]) / PRINT.line


def inert(text: str) -> str:
    """Return a text of strangers so that it only ever reads: one line, no commands, in letters that we have."""
    letters = get_font(findfont(FontProperties(family=FAMILY)))
    shown = []
    for sign in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(sign)[0]
        if kind in "CZ":
            shown.append(" ")
        elif kind != "M":  # marks without end can be piled on one letter
            shown.append(sign if letters.get_char_index(ord(sign)) else "?")
    return " ".join("".join(shown).split())

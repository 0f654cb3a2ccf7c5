"""How a chart looks: colours, letters, and no trace of the settings of whoever draws it."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font

logging.getLogger("matplotlib").setLevel(logging.ERROR)

BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
ORANGE, VERMILLION, PURPLE = "#E69F00", "#D55E00", "#CC79A7"
"""Told apart by the colour-blind. Source: Okabe M, Ito K, Color universal design (2008)."""

INK, GREY, PALE = "#1A1A1A", "#5A5A5A", "#D9D9D9"

TITLE, TEXT, SMALL = 16.0, 11.0, 9.5
"""Letter sizes in points."""

DPI = 200
FAMILY = "DejaVu Sans"
"""Comes with matplotlib, so that a chart is the same on every machine."""

STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.8,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "white",
    "font.family": FAMILY,
    "font.size": TEXT,
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "timezone": "UTC",
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": TEXT - 1,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": TEXT - 1,
    "ytick.left": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw with our settings, whatever the settings of the machine or the notebook are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


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

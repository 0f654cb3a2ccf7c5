"""A chart: a picture with its words, and as a file of three kinds; the same input gives the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.figure import Figure

from iopsim.charts.style import FAMILY, Style, styled

FALLBACK = f"'{FAMILY}', 'Verdana', 'Geneva', sans-serif"
"""Letters of an SVG where ours are lacking; Verdana is as wide as they are."""


@dataclass(frozen=True, eq=False)
class Chart:
    """What a chart's function returns.

    Parameters
    ----------
    figure : Figure
    title : str
        What was found, in a sentence without a full stop.
    subtitle : str
        What is drawn, with its unit.
    caption : str
        Who is counted, and what intervals mean.
    alt : str
        The picture for whom cannot see it: what it shows, with its main numbers.
    style : Style
    """

    figure: Figure = field(repr=False)
    title: str
    subtitle: str
    caption: str
    alt: str
    style: Style = field(repr=False)

    def png(self, dpi: int | None = None) -> bytes:
        """Return the picture in dots; it says nothing of when or by what it was made."""
        metadata = {"Software": None, "Title": self.title, "Description": self.alt}
        return self._saved("png", metadata, dpi=dpi or self.style.dpi)

    def svg(self) -> bytes:
        """Return the picture in lines, its text as text."""
        with styled(self.style), mpl.rc_context({"svg.hashsalt": self.title}):
            file = io.BytesIO()
            self.figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        text = file.getvalue().decode()
        text = text.replace(f"'{FAMILY}'", FALLBACK)
        said = f"<title>{escape(self.title)}</title>\n <desc>{escape(self.alt)}</desc>\n "
        return re.sub(r"(<svg\b[^>]*)>\s*", lambda tag: f'{tag[1]} role="img">\n {said}', text, count=1).encode()

    def pdf(self) -> bytes:
        """Return the picture as a page of its size, its text as text."""
        told = {"Title": self.title, "Subject": self.alt}
        return self._saved("pdf", {**told, "Creator": None, "Producer": None, "CreationDate": None, "ModDate": None})

    def _saved(self, form: str, metadata: dict[str, str | None], dpi: int | None = None) -> bytes:
        with styled(self.style):
            file = io.BytesIO()
            self.figure.savefig(file, format=form, metadata=metadata, dpi=dpi or "figure")
        return file.getvalue()


FORMS: dict[str, Callable[[Chart], bytes]] = {".png": Chart.png, ".svg": Chart.svg, ".pdf": Chart.pdf}
"""How a chart is saved, by the end of the file's name."""

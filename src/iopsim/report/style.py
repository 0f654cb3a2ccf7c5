"""The look of a page, on a screen and on paper."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

LETTERS = {
    ("Report Sans", "normal", "normal"): "DejaVuSans.ttf",
    ("Report Sans", "bold", "normal"): "DejaVuSans-Bold.ttf",
    ("Report Sans", "normal", "italic"): "DejaVuSans-Oblique.ttf",
    ("Report Serif", "normal", "normal"): "STIXGeneral.ttf",
    ("Report Serif", "bold", "normal"): "STIXGeneralBol.ttf",
    ("Report Serif", "normal", "italic"): "STIXGeneralItalic.ttf",
    ("Report Serif", "bold", "italic"): "STIXGeneralBolIta.ttf",
    ("Report Mono", "normal", "normal"): "DejaVuSansMono.ttf",
}
"""Files that come with matplotlib, by family, weight and slant, so that paper is the same on every machine."""


def screen() -> str:
    """Return the style sheet of a page in a browser, which also prints well."""
    return _sheet("style.css")


def paper() -> str:
    """Return the style sheet of a PDF, with its letters."""
    import matplotlib as mpl

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    faces = (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {slant}; '
        f'src: url("{(folder / name).as_uri()}"); }}'
        for (family, weight, slant), name in LETTERS.items()
    )
    return "\n".join((*faces, _sheet("style.css"), _sheet("paper.css")))


def _sheet(name: str) -> str:
    return files("iopsim.report").joinpath("templates", name).read_text(encoding="utf-8").strip()

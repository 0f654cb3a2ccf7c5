"""The styles of a document: an editor who changes one changes all that is written in it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from iopsim.report.word_fields import add_page_number, element

if TYPE_CHECKING:
    from docx.document import Document

LANGUAGE = "en-US"

WRITTEN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""What a document says of when it was made: nothing of the day, so that the same report has the same bytes."""

INK, ACCENT, QUIET = "1C2733", "1D4F7C", "4F5B67"

MARKED = "FFF6DC"
"""Behind rows of numbers that are assumed."""

SERIF, SANS, MONO = "Georgia", "Arial", "Consolas"

TABLE = "Report Table"

SIZES = {
    "Title": (20.0, ACCENT, SANS, True),
    "Subtitle": (9.0, QUIET, SANS, False),
    "Heading 1": (14.0, ACCENT, SANS, True),
    "Heading 2": (10.5, INK, SANS, True),
    "Caption": (9.0, INK, SANS, True),
    "Normal": (10.0, INK, SERIF, False),
}
"""Of styles that every editor knows: points, color, letters, and whether they are bold."""

SPACES = {
    "Normal": (0.0, 5.0),
    "Note": (2.0, 8.0),
    "Lead": (0.0, 6.0),
    "Cell": (1.0, 1.0),
    "Caption": (10.0, 4.0),
    "Heading 1": (16.0, 4.0),
    "Heading 2": (9.0, 2.0),
    "Title": (0.0, 4.0),
    "Subtitle": (0.0, 10.0),
    "Foot": (0.0, 0.0),
}
"""Points before and after a paragraph."""


def dress(document: Document, title: str, author: str, running: str) -> None:
    """Give an empty document its styles, language, margins, foot and properties.

    Parameters
    ----------
    document : Document
    title, author : str
        Of its properties.
    running : str
        What stands at the foot of each page.
    """
    from docx.shared import Inches

    _styles(document)
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11.0)
    section.left_margin = section.right_margin = Inches(1.0)
    section.top_margin = section.bottom_margin = Inches(0.9)
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Footer"]
    document.styles["Footer"].paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(Inches(6.5), _right())
    foot.add_run(f"{running}\t")
    add_page_number(foot)
    about = document.core_properties
    about.title, about.author, about.language = title[:255], author[:255], LANGUAGE
    about.last_modified_by, about.comments, about.keywords = author[:255], "", ""
    about.created = about.modified = WRITTEN
    about.revision = 1


def _right() -> Any:
    from docx.enum.text import WD_TAB_ALIGNMENT

    return WD_TAB_ALIGNMENT.RIGHT


def _styles(document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    styles = document.styles
    for name, (points, color, letters, bold) in SIZES.items():
        _letters(styles[name], points, color, letters, bold)
    for name, points, bold in (("Note", 9.0, False), ("Lead", 12.0, True), ("Cell", 8.0, False), ("Foot", 8.0, False)):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["Normal"]
        _letters(made, points, QUIET if name in ("Note", "Foot") else INK, SANS if name != "Lead" else SERIF, bold)
    code = styles.add_style("Code", WD_STYLE_TYPE.CHARACTER)
    code.font.name, code.font.size = MONO, Pt(8.5)
    _letters(styles["Footer"], 8.0, QUIET, SANS, bold=False)
    for name, (before, after) in SPACES.items():
        styles[name].paragraph_format.space_before = Pt(before)
        styles[name].paragraph_format.space_after = Pt(after)
    styles["Caption"].paragraph_format.keep_with_next = True
    for border in styles["Title"].element.xpath(".//w:pBdr"):
        border.getparent().remove(border)
    for language in styles.element.xpath("//w:lang"):
        language.attrib.clear()
        for name in ("val", "eastAsia", "bidi"):
            language.set(f"{{{language.nsmap['w']}}}{name}", {"bidi": "ar-SA"}.get(name, LANGUAGE))
    _table_style(styles)


def _letters(style: Any, points: float, color: str, letters: str, bold: bool) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = letters, Pt(points), bold
    style.font.color.rgb, style.font.italic = RGBColor.from_string(color), False
    for spacing in style.element.xpath("./w:rPr/w:spacing"):
        spacing.getparent().remove(spacing)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), letters)


def _table_style(styles: Any) -> None:
    """Add the style of tables: rules between rows, and a heading with a rule of its own."""
    from docx.enum.style import WD_STYLE_TYPE

    style = styles.add_style(TABLE, WD_STYLE_TYPE.TABLE).element
    borders = element("w:tblBorders")
    for side, size, color in (("top", "8", INK), ("bottom", "8", INK), ("insideH", "4", "C9D1D9")):
        borders.append(element(f"w:{side}", val="single", sz=size, space="0", color=color))
    look = element("w:tblPr")
    look.append(borders)
    cell = element("w:tblCellMar")
    for side in ("left", "right"):
        cell.append(element(f"w:{side}", w="70", type="dxa"))
    look.append(cell)
    style.append(look)
    first = element("w:tblStylePr", type="firstRow")
    letters = element("w:rPr")
    letters.append(element("w:b"))
    first.append(letters)
    style.append(first)

"""The report as a document to go on writing in: the same page, with real headings, tables and captions."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from iopsim.report.inert import inert
from iopsim.report.page import Page
from iopsim.report.word_fields import add_field, add_link, begin_field, element, end_field, mark_place
from iopsim.report.word_style import MARKED, TABLE, dress

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

WIDTH = 6.5
"""Of text on a page, inches."""

CONTENTS = 'TOC \\o "1-2" \\h \\z \\u'

PICTURE = 6.4
"""Of a chart, inches: two of them fit on a page."""

SIGNS, LONGEST, SPARE = 92, 90, 3
"""Of a table: signs of small letters on a line; signs of a cell that is worth a wide column; room beside a word."""

HEADINGS = {"h2": "Heading 1", "h3": "Heading 2"}
PARAGRAPHS = {"note": "Note", "lead": "Lead"}
WITHIN = ("strong", "em", "code")

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The only time that the parts of a document name: the first that their format has."""


def docx(page: Page) -> bytes:
    """Return a report as a DOCX; the same report gives the same bytes.

    Parameters
    ----------
    page : Page
    """
    from docx import Document
    from lxml import html

    document = Document()
    dress(document, page.title, inert(page.cover.organization), page.running)
    Writer(document, page).write(html.document_fromstring(page.html("")))
    file = io.BytesIO()
    document.save(file)
    return _timeless(file.getvalue())


class Writer:
    """Writes a page into a document, element by element.

    Parameters
    ----------
    document : Document
        Empty, with its styles.
    page : Page
    """

    def __init__(self, document: Document, page: Page) -> None:
        self._document = document
        self._page = page
        self._places = 0

    def write(self, root: Any) -> None:
        """Write a page: its head, the first section, the contents, and all other sections."""
        self._head(root.find(".//header"))
        first, *others = root.findall(".//main/section")
        self._blocks(first)
        self._contents()
        for section in others:
            self._blocks(section)

    def _head(self, header: Any) -> None:
        if self._page.cover.logo is not None:
            self._picture(header.find(".//img"), self._page.cover.logo.width / 96)
        for paragraph in header.findall("p[@class='organization']"):
            self._paragraph(paragraph, "Subtitle").paragraph_format.space_after = 0
        self._paragraph(header.find("h1"), "Title")
        self._paragraph(header.find("p[@class='subtitle']"), "Subtitle")

    def _contents(self) -> None:
        """Write the contents as a field, with the headings in it until an editor makes it anew."""
        heading = self._document.add_paragraph("Contents", "Subtitle")
        heading.paragraph_format.page_break_before = True
        titles = [(section.id, section.title) for section in self._page.sections]
        for place, (name, title) in enumerate(titles):
            line = self._document.add_paragraph(style="Normal")
            line.paragraph_format.space_after = 0
            if place == 0:
                begin_field(line, CONTENTS, stale=True)
            add_link(line, title, name)
            if place == len(titles) - 1:
                end_field(line)

    def _blocks(self, parent: Any) -> None:
        """Write what is within an element that is no paragraph itself."""
        for child in parent:
            match child.tag:
                case "h2" | "h3":
                    self._heading(child, parent)
                case "p":
                    self._paragraph(child, PARAGRAPHS.get(child.get("class", ""), "Normal"))
                case "ul":
                    self._list(child, "List Bullet")
                case "ol":
                    self._list(child, "List Number")
                case "dl":
                    self._definitions(child)
                case "table":
                    self._table(child)
                case "figure":
                    self._figure(child)
                case _:
                    self._blocks(child)

    def _heading(self, child: Any, parent: Any) -> None:
        heading = self._paragraph(child, HEADINGS[child.tag])
        if child.tag == "h2":
            self._mark(heading, parent.get("id"))

    def _paragraph(self, source: Any, style: str) -> Paragraph:
        paragraph = self._document.add_paragraph(style=style)
        _inline(paragraph, source)
        return paragraph

    def _mark(self, paragraph: Paragraph, name: str) -> None:
        self._places += 1
        mark_place(paragraph, name, self._places)

    def _list(self, source: Any, style: str) -> None:
        for item in source.findall("li"):
            self._paragraph(item, style).paragraph_format.space_after = 3 * 12700

    def _definitions(self, source: Any) -> None:
        """Write questions with their answers as sections; other words, each in a line with what it means."""
        if source.get("class") == "answers":
            for child in source:
                if child.tag == "dt":
                    self._paragraph(child, "Heading 2")
                else:
                    self._blocks(child)
            return
        for word in source.findall("dt"):
            line = self._document.add_paragraph(style="Normal")
            line.paragraph_format.space_after = 3 * 12700
            line.add_run(f"{_text(word)}: ").bold = True
            _inline(line, word.getnext())
            if word.get("id"):
                self._mark(line, word.get("id"))

    def _figure(self, source: Any) -> None:
        self._picture(source.find("img"), PICTURE)
        caption = self._paragraph(source.find("figcaption"), "Caption")
        caption.paragraph_format.keep_with_next = False

    def _picture(self, source: Any, width: float) -> None:
        from docx.shared import Inches

        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        content = base64.b64decode(source.get("src").partition(",")[2])
        shape = paragraph.add_run().add_picture(io.BytesIO(content), Inches(width))
        shape._inline.docPr.set("descr", source.get("alt"))  # noqa: SLF001 - python-docx has no name for it

    def _table(self, source: Any) -> None:
        """Write a table below its caption; its heading is repeated on every page."""
        self._paragraph(source.find("caption"), "Caption")
        head, rows = source.findall("thead/tr"), source.findall("tbody/tr")
        columns = len(head[0])
        table = self._document.add_table(rows=0, cols=columns, style=TABLE)
        table.autofit = False
        for column, wide in zip(table.columns, _widths([*head, *rows], columns), strict=True):
            column.width = wide
        for line in (*head, *rows):
            row = table.add_row()
            settings = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no name for it
            settings.append(element("w:cantSplit"))
            if line in head:
                settings.append(element("w:tblHeader"))
            place, cells = 0, row.cells
            for cell in line:
                wide = int(cell.get("colspan", "1"))
                made = cells[place]
                if wide > 1:
                    made = made.merge(cells[place + wide - 1])
                self._cell(made, cell, line)
                place += wide
        self._document.add_paragraph(style="Foot")

    def _cell(self, made: Any, source: Any, line: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        blocks = [child for child in source if child.tag in ("p", "ol", "ul")]
        first = made.paragraphs[0]
        for place, paragraph_of in enumerate(_lines(source) if blocks else [source]):
            paragraph = first if place == 0 else made.add_paragraph()
            paragraph._p.style = "Cell"  # noqa: SLF001 - by its id: to look up its name for every cell takes seconds
            _inline(paragraph, paragraph_of, ("strong",) if line.getparent().tag == "thead" else ())
            if source.get("class") == "numeric":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if line.get("class") == "assumed":
            made._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=MARKED))  # noqa: SLF001


def _widths(lines: Sequence[Any], columns: int) -> list[int]:
    """Return how wide each column is: as wide as its longest word, and what is left goes to those with long texts.

    Parameters
    ----------
    lines : sequence of elements
        Rows; those with a cell over several columns say nothing.
    columns : int
    """
    from docx.shared import Inches

    whole = [[_text(cell) for cell in line] for line in lines if len(line) == columns]
    cells = list(zip(*whole, strict=True))
    needed = [SPARE + max(len(word) for text in texts for word in (text.split(" ") or [""])) for texts in cells]
    wanted = [
        max(min(max(map(len, texts)), LONGEST) + SPARE - least, 0) for texts, least in zip(cells, needed, strict=True)
    ]
    left = max(SIGNS - sum(needed), 0)
    share = min(left / sum(wanted), 1.0) if any(wanted) else 0.0
    signs = [least + share * more for least, more in zip(needed, wanted, strict=True)]
    return [Inches(WIDTH * one / sum(signs)) for one in signs]


def _lines(source: Any) -> Iterator[Any]:
    """Return the paragraphs and items of lists within a cell."""
    for child in source:
        if child.tag == "p":
            yield child
        else:
            yield from child.findall("li")


def _inline(paragraph: Paragraph, source: Any, within: tuple[str, ...] = ()) -> None:
    """Write the text within an element into a paragraph, with its emphasis, links and numbers of captions."""
    _run(paragraph, source.text, within)
    for child in source:
        if child.get("data-seq"):
            add_field(paragraph, f"SEQ {child.get('data-seq')} \\* ARABIC", _text(child))
        elif child.tag == "a":
            add_link(paragraph, _text(child), child.get("href").removeprefix("#"))
        else:
            _inline(paragraph, child, (*within, child.tag) if child.tag in WITHIN else within)
        _run(paragraph, child.tail, within)


def _run(paragraph: Paragraph, text: str | None, within: tuple[str, ...]) -> None:
    if not text:
        return
    words = " ".join(text.replace("\u00a0", "\ue000").split()).replace("\ue000", "\u00a0")
    before = " " if text[0] in " \n" and paragraph.text and not paragraph.text.endswith(" ") else ""
    after = " " if words and text[-1] in " \n" else ""
    if not (before + words + after):
        return
    run = paragraph.add_run(before + words + after)
    run.bold, run.italic = "strong" in within or None, "em" in within or None
    if "code" in within:
        run.style = "Code"


def _text(source: Any) -> str:
    return " ".join(source.text_content().split(" ")).strip()


def _timeless(content: bytes) -> bytes:
    """Return a document whose parts do not tell when they were packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, EARLIEST), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()

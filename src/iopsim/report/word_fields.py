"""What an editor keeps up to date in a document: numbers of captions and pages, the contents, and where links lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

LONGEST_BOOKMARK = 40


def element(tag: str, **attributes: str) -> Any:
    """Return an element of WordprocessingML, such as ``element("w:fldChar", fldCharType="begin")``."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def add_field(paragraph: Paragraph, instruction: str, result: str) -> None:
    """Add a field to a paragraph.

    Parameters
    ----------
    paragraph : Paragraph
    instruction : str
        Such as ``PAGE``.
    result : str
        What it shows until an editor counts anew.
    """
    begin_field(paragraph, instruction)
    paragraph.add_run(result)
    end_field(paragraph)


def begin_field(paragraph: Paragraph, instruction: str, *, stale: bool = False) -> None:
    """Begin a field in a paragraph; what follows up to `end_field` is what it shows.

    Parameters
    ----------
    paragraph : Paragraph
    instruction : str
    stale : bool
        Whether an editor should make its content anew when it opens the document.
    """
    begin = element("w:fldChar", fldCharType="begin", **({"dirty": "true"} if stale else {}))
    code = element("w:instrText")
    code.text = f" {instruction} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for part in (begin, code, element("w:fldChar", fldCharType="separate")):
        paragraph.add_run()._r.append(part)  # noqa: SLF001 - the way python-docx gives to what it has no name for


def end_field(paragraph: Paragraph) -> None:
    """End the field that was begun last."""
    paragraph.add_run()._r.append(element("w:fldChar", fldCharType="end"))  # noqa: SLF001 - as above


def bookmark(name: str) -> str:
    """Return the name of a place in a document, of its id on the page."""
    return re.sub(r"\W", "_", f"at_{name}", flags=re.ASCII)[:LONGEST_BOOKMARK]


def mark_place(paragraph: Paragraph, name: str, number: int) -> None:
    """Make a paragraph a place that links can lead to.

    Parameters
    ----------
    paragraph : Paragraph
    name : str
        Its id on the page.
    number : int
        That no other place of the document has.
    """
    start = element("w:bookmarkStart", id=str(number), name=bookmark(name))
    content: Sequence[Any] = paragraph._p.findall(start.tag.replace("bookmarkStart", "r"))  # noqa: SLF001 - as above
    if content:
        content[0].addprevious(start)
    else:
        paragraph._p.append(start)  # noqa: SLF001 - as above
    paragraph._p.append(element("w:bookmarkEnd", id=str(number)))  # noqa: SLF001 - as above


def add_link(paragraph: Paragraph, text: str, name: str) -> None:
    """Add a link that leads to a place in the same document."""
    link = element("w:hyperlink", anchor=bookmark(name), history="1")
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)  # noqa: SLF001 - as above
    paragraph._p.append(link)  # noqa: SLF001 - as above


def add_page_number(paragraph: Paragraph) -> None:
    """Add ``Page 1 of 9`` to a paragraph, counted by the editor."""
    paragraph.add_run("Page ")
    add_field(paragraph, "PAGE", "1")
    paragraph.add_run(" of ")
    add_field(paragraph, "NUMPAGES", "1")

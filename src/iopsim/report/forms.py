"""The forms of a report: a page, a PDF, a document; by the end of a file's name."""

from __future__ import annotations

from collections.abc import Callable

from iopsim.report.page import Page
from iopsim.report.pdf import pdf
from iopsim.report.style import screen
from iopsim.report.word import docx


def html(page: Page) -> bytes:
    """Return a report as one file for a browser, which needs nothing else."""
    return page.html(screen()).encode()


FORMS: dict[str, Callable[[Page], bytes]] = {".html": html, ".docx": docx, ".pdf": pdf}
"""How a report is written; the same report gives the same bytes."""

"""The report as a PDF: the same page on paper, tagged so that it can be read aloud."""

from __future__ import annotations

import logging
from typing import Any

from iopsim.errors import IopsimError
from iopsim.report.page import Page
from iopsim.report.style import paper

LACKING = (
    "a PDF needs Pango, which is not on this machine; install it (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0; macOS: brew install pango), or write the report --to html or docx"
)

VARIANT = "pdf/ua-1"


def pdf(page: Page) -> bytes:
    """Return a report as a PDF; the same report gives the same bytes.

    Parameters
    ----------
    page : Page

    Raises
    ------
    IopsimError
        If the machine lacks the library that sets the letters.
    """
    try:
        html, fetcher = _printer()
    except OSError:
        raise IopsimError(LACKING) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    content: bytes = html(string=page.html(paper()), url_fetcher=fetcher).write_pdf(pdf_variant=VARIANT)
    return content


def _printer() -> tuple[Any, Any]:
    """Return what sets a page, and what fetches for it: pictures are within it, letters are files of ours.

    Raises
    ------
    OSError
        If the machine lacks a library.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    return HTML, URLFetcher(allowed_protocols=("data", "file"), fail_on_errors=True)

"""The report as a PDF and as a document: read back, and opened with what people open such files with."""

import io
import os
import re
import subprocess
import sys
import zipfile

import docx
import pypdf
import pytest
from lxml import etree

import reports
import tools
from iopsim.charts.kinds import draw
from iopsim.errors import IopsimError
from iopsim.report import page as page_module
from iopsim.report import pdf as pdf_module
from iopsim.report.figures import Picture, picture_of
from iopsim.report.forms import FORMS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def some_sections(monkeypatch):
    """Reports of a few sections, which a PDF of them all would take too long for."""
    some = {name: title for name, title in page_module.SECTIONS.items() if name in SOME}
    monkeypatch.setattr(page_module, "SECTIONS", some)
    return some


@pytest.fixture(scope="session")
def charts(ran):
    return {"census": picture_of(draw("census", ran.result()))}


@pytest.fixture(scope="session")
def page(ran, charts):
    return reports.page_of(ran, charts=charts, organization="Palmetto Behavioral Health")


@pytest.fixture(scope="session")
def paper(page):
    return FORMS[".pdf"](page)


@pytest.fixture(scope="session")
def read(paper):
    return pypdf.PdfReader(io.BytesIO(paper))


@pytest.fixture(scope="session")
def written(page):
    return FORMS[".docx"](page)


@pytest.fixture(scope="session")
def document(written):
    return docx.Document(io.BytesIO(written))


def flat(text):
    return " ".join(text.split())


class TestPdf:
    def test_its_text_is_that_of_the_page(self, read, page):
        text = flat(" ".join(one.extract_text() for one in read.pages))
        for title in [one.title for one in page.sections]:
            assert title in text
        amount = page.subject.measures["margin_usd"].lost.striptags()
        assert amount in text
        assert f"Page 1 of {len(read.pages)}" in text
        assert 15 <= len(read.pages) <= 60

    def test_the_first_page_is_enough_for_a_decision(self, read):
        first = flat(read.pages[0].extract_text())
        for part in ("The question", "The answer", "How sure this is", "What it costs"):
            assert part in first
        assert "Contents" not in first

    def test_two_figures_have_room_on_a_page(self, read):
        heights = []

        def draw_image(operator, operands, matrix, _):
            if operator == b"Do":
                heights.append(abs(matrix[3]))

        for one in read.pages:
            one.extract_text(visitor_operand_before=draw_image)
        (height,) = [found for found in heights if found > 100]
        margins, words = 2 * 60, 48  # points; two captions of a line
        assert 2 * height + words < float(read.pages[0].mediabox.height) - margins

    def test_it_says_what_it_is_and_can_be_read_aloud(self, read, page):
        assert read.metadata.title == page.title
        assert read.metadata.author == "Palmetto Behavioral Health"
        root = read.trailer["/Root"]
        assert root["/Lang"].startswith("en")
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
        assert b"pdfuaid:part" in root["/Metadata"].get_data()

    def test_its_bookmarks_are_the_sections(self, read, page):
        titles = [one.title for one in read.outline if not isinstance(one, list)]
        assert titles == [one.title for one in page.sections]

    def test_its_letters_are_those_that_come_along(self, read):
        fonts = set(_fonts(read))
        assert fonts
        assert all(name.startswith(("DejaVu", "STIX", "Report")) for name in fonts), fonts

    def test_without_pango_it_is_said_what_to_install(self, page, monkeypatch):
        monkeypatch.setattr(pdf_module, "_printer", _lacking)
        with pytest.raises(IopsimError, match=r"a PDF needs Pango, .* apt install libpango"):
            pdf_module.pdf(page)


def _lacking():
    raise OSError("cannot load library 'libpango-1.0-0'")


def _fonts(read):
    """The letters that a PDF has in it, without the marks of their subsets."""
    for page in read.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            for below in font.get_object().get("/DescendantFonts", []):
                name = below.get_object()["/FontDescriptor"].get_object()["/FontName"]
                yield name.removeprefix("/").rpartition("+")[2]


class TestDocx:
    def test_headings_are_headings(self, document, page):
        found = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
        assert found == [one.title for one in page.sections]
        assert [one.text for one in document.paragraphs if one.style.name == "Title"] == [page.title]

    def test_tables_are_tables_whose_head_is_repeated(self, document, page):
        tree = reports.parsed(page)
        assert len(document.tables) == len(tree.findall(".//table"))
        for table, source in zip(document.tables, tree.findall(".//table"), strict=True):
            assert len(table.rows) == len(source.findall(".//tr"))
            assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None

    def test_captions_count_themselves(self, document):
        captions = [one for one in document.paragraphs if one.style.name == "Caption"]
        codes = [
            "".join(code.text for code in one._p.iter(f"{W}instrText")).strip()
            for one in captions
        ]  # fmt: skip
        assert len(captions) == len(document.tables) + 1
        assert {code.split()[0] for code in codes} == {"SEQ"}
        tables = [one.text for one, code in zip(captions, codes, strict=True) if "Table" in code]
        assert [int(re.match(r"Table (\d+)\.", text)[1]) for text in tables] == list(range(1, len(tables) + 1))

    def test_the_caption_of_a_picture_says_what_is_drawn_and_not_again_what_was_found(self, document, ran):
        chart = draw("census", ran.result())
        (caption,) = [one.text for one in document.paragraphs if one.text.startswith("Figure")]
        assert flat(caption) == f"Figure 1. {flat(chart.subtitle)}"
        assert chart.title not in " ".join(one.text for one in document.paragraphs)

    def test_two_pictures_have_room_on_a_page(self, document):
        (picture,), section = document.inline_shapes, document.sections[0]
        room = (section.page_height - section.top_margin - section.bottom_margin) / 914_400  # inches
        words = 0.8  # two captions of a line
        assert 2 * picture.height.inches + words < room

    def test_a_picture_says_what_it_shows(self, document, charts):
        (alt,) = document.element.body.xpath(".//wp:docPr/@descr")
        assert alt == charts["census"].alt
        assert len(alt) > 40

    def test_every_link_leads_somewhere(self, document):
        body = document.element.body
        anchors = {link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink")}
        names = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
        assert anchors
        assert anchors <= set(names)
        assert len(names) == len(set(names))

    def test_it_says_its_language_and_who_wrote_it_and_not_when(self, document, page):
        about = document.core_properties
        assert (about.title, about.author, about.language) == (page.title, "Palmetto Behavioral Health", "en-US")
        assert about.created == about.modified
        assert {lang.get(f"{W}val") for lang in document.styles.element.iter(f"{W}lang")} == {"en-US"}

    def test_its_numbers_are_those_of_the_page(self, document, page):
        text = flat(" ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells))
        for found in reports.parsed(page).xpath("//td//*[@data-measure]"):
            assert flat(found.text_content()) in text

    def test_libreoffice_opens_it_and_finds_the_same_words(self, written, page, tmp_path, artifacts):
        office = tools.program("soffice", "libreoffice")
        (artifacts / "report.docx").write_bytes(written)
        profile = (tmp_path / "profile").as_uri()
        subprocess.run(
            [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path),
             str(artifacts / "report.docx")],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        read = pypdf.PdfReader(tmp_path / "report.pdf")
        text = flat(" ".join(one.extract_text() for one in read.pages))
        for title in [one.title for one in page.sections]:
            assert title in text
        assert page.subject.measures["cost_usd"].mean.striptags() in text
        assert len(read.pages) >= 15


class TestHostileWords:
    def test_a_document_is_good_xml_and_shows_them(self, hostile):
        page = reports.page_of(hostile, title=reports.HOSTILE, organization=reports.HOSTILE)
        content = FORMS[".docx"](page)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(parts.read(name))
        text = " ".join(one.text for one in docx.Document(io.BytesIO(content)).paragraphs)
        assert '<script>alert("1")</script>' in text
        assert "{{ 7 * 7 }}" in text
        assert "\u202e" not in text

    def test_a_pdf_shows_them_and_does_nothing(self, hostile, some_sections):
        page = reports.page_of(hostile, title=reports.HOSTILE, organization=reports.HOSTILE)
        content = FORMS[".pdf"](page)
        read = pypdf.PdfReader(io.BytesIO(content))
        first = read.pages[0].extract_text()
        assert "<script>" in first
        assert b"/JavaScript" not in content
        assert b"/OpenAction" not in content or b"/JS" not in content
        assert not [uri for one in read.pages for uri in _uris(one)]


def _uris(page):
    for note in page.get("/Annots", []):
        action = note.get_object().get("/A", {})
        if "/URI" in action:
            yield action["/URI"]


# Enough of a report to hold a table, links, a list and hostile words.
SOME = ("in-short", "program", "limits", "rerun")

AGAIN = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import reports
from iopsim.experiments.opened import open_results
from iopsim.report.figures import Picture
from iopsim.report import page as page_module
from iopsim.report.forms import FORMS
page_module.SECTIONS = {sections!r}
charts = {{"census": Picture(Path({picture!r}).read_bytes(), *{words!r})}}
page = reports.page_of(open_results({folder!r}), charts=charts, organization="Palmetto Behavioral Health")
for form, write in FORMS.items():
    Path({out!r} + form).write_bytes(write(page))
"""


def test_the_same_results_give_the_same_bytes_in_another_process(ran, charts, tmp_path, some_sections):
    page = reports.page_of(ran, charts=charts, organization="Palmetto Behavioral Health")
    picture = charts["census"]
    (tmp_path / "census.png").write_bytes(picture.png)
    said = AGAIN.format(
        tests=str(reports.ROOT / "tests"), folder=str(ran.folder), out=str(tmp_path / "again"),
        sections=some_sections,
        picture=str(tmp_path / "census.png"), words=(picture.caption, picture.alt, picture.width, picture.height),
    )  # fmt: skip
    subprocess.run([sys.executable, "-c", said], check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    for form, write in FORMS.items():
        assert (tmp_path / f"again{form}").read_bytes() == write(page), form


def test_a_chart_on_a_page_has_its_own_words(charts):
    picture = charts["census"]
    assert isinstance(picture, Picture)
    assert picture.uri.startswith("data:image/png;base64,")
    assert (picture.width, picture.height) == (960, 624)

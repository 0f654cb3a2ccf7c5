"""A chart as a file: PNG, SVG and PDF that say what they show, and are the same bytes wherever they are made."""

import hashlib
import io
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pypdf
import pytest
from PIL import Image

import iopsim
from iopsim.charts.chart import FORMS
from iopsim.charts.kinds import draw
from iopsim.charts.style import PRINT, SLIDES, STYLES

PLAIN = Path(__file__).parent / "plain.toml"
HOSTILE = '<script>alert(1)</script> & "quoted" \u202eevil $x$'
SVG = "{http://www.w3.org/2000/svg}"

CODE = f"""
import hashlib, iopsim
from iopsim.charts.chart import FORMS
from iopsim.charts.kinds import draw
result = iopsim.simulate(iopsim.load({str(PLAIN)!r}, {{"weeks": 40}}), 3)
for name in ("census", "retention"):
    chart = draw(name, result)
    print(*(hashlib.sha256(save(chart)).hexdigest() for save in FORMS.values()))
"""


@pytest.fixture(scope="module")
def result():
    return iopsim.simulate(iopsim.load(PLAIN, {"weeks": 40}), 3)


@pytest.fixture(scope="module")
def hostile():
    return draw("census", iopsim.simulate(iopsim.load(PLAIN, {"weeks": 40, "name": HOSTILE}), 3))


def test_the_same_input_gives_the_same_bytes_in_every_process_and_form(result):
    hashes = [
        subprocess.run(
            [sys.executable, "-c", CODE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    here = [
        hashlib.sha256(save(draw(name, result))).hexdigest()
        for name in ("census", "retention")
        for save in FORMS.values()
    ]
    assert hashes == [here, here]


def test_a_chart_saved_twice_or_after_another_form_is_the_same(result):
    chart = draw("waits", result)
    first = {end: save(chart) for end, save in FORMS.items()}
    assert {end: save(chart) for end, save in FORMS.items()} == first


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_each_form_is_a_picture_of_the_style_s_size(result, style):
    chart = draw("census", result, style)
    with Image.open(io.BytesIO(chart.png())) as picture:
        width, height = style.width * style.dpi, style.height * style.dpi
        assert picture.size == (pytest.approx(width, abs=1), pytest.approx(height, abs=1))
    (page,) = pypdf.PdfReader(io.BytesIO(chart.pdf())).pages
    assert float(page.mediabox.width) == pytest.approx(72 * style.width, abs=0.1)
    root = ElementTree.fromstring(chart.svg())
    assert root.attrib["width"] == f"{72 * style.width:g}pt"


def test_letters_on_slides_are_readable_from_the_back_of_a_room(result):
    """Half as large again as on paper, and 16 points on a slide of 13.3 inches."""
    assert SLIDES.text >= 16 and SLIDES.text / PRINT.text >= 1.4
    assert SLIDES.line / PRINT.line >= 1.5
    sizes = [
        text.get_fontsize()
        for text in draw("census", result, SLIDES).figure.findobj(lambda one: hasattr(one, "get_fontsize"))
        if text.get_text()
    ]
    assert min(sizes) >= 11.0


def test_the_text_of_an_svg_is_text_with_letters_that_any_machine_has(result):
    chart = draw("census", result)
    root = ElementTree.fromstring(chart.svg())
    said = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    for words in ("clients", "taken", "Census"):
        assert words in said
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == chart.title
    assert root.findtext(f"{SVG}desc") == chart.alt
    assert b"'DejaVu Sans', 'Verdana'" in chart.svg()
    assert b"<script" not in chart.svg() and b"http-equiv" not in chart.svg()


def test_a_pdf_has_its_text_as_text_and_says_what_it_shows(result):
    chart = draw("census", result)
    reader = pypdf.PdfReader(io.BytesIO(chart.pdf()))
    assert " ".join(chart.title.split()[:4]) in " ".join(reader.pages[0].extract_text().split())
    assert (reader.metadata.title, reader.metadata.subject) == (chart.title, chart.alt)
    assert not {"/CreationDate", "/ModDate"} & set(reader.metadata)


def test_a_png_says_what_it_shows(result):
    chart = draw("census", result)
    with Image.open(io.BytesIO(chart.png())) as picture:
        assert picture.info["Title"] == chart.title
        assert picture.info["Description"] == chart.alt


def test_a_hostile_name_is_only_ever_read(hostile):
    root = ElementTree.fromstring(hostile.svg())
    assert not list(root.iter(f"{SVG}script"))
    assert any("<script>alert(1)</script>" in "".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert "\u202e" not in hostile.svg().decode()
    pypdf.PdfReader(io.BytesIO(hostile.pdf()))


def test_alt_text_begins_with_the_finding_and_tells_numbers(result):
    for name in ("census", "waits", "retention"):
        chart = draw(name, result)
        assert chart.alt.startswith(f"{chart.title}. ")
        assert any(sign.isdigit() for sign in chart.alt.removeprefix(chart.title))

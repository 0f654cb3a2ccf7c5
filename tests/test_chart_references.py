"""Every chart beside its reference image: nobody changes a picture without looking at it."""

import pytest
from PIL import Image

import iopsim
import references
from iopsim.charts.style import PRINT
from references import apart, names, path, picture

MEAN, CLEARLY = 0.0015, 0.001
"""Largest distance on average, and largest share of dots that differ clearly, of 1; a reference has 200 colors."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return references.results(tmp_path_factory.mktemp("plans"))


@pytest.mark.parametrize(("name", "style"), names(), ids=lambda one: getattr(one, "name", one))
def test_a_chart_looks_as_its_reference_does(found, name, style):
    with Image.open(path(name, style)) as reference:
        mean, clearly = apart(picture(found, name, style), reference)
    assert mean <= MEAN and clearly <= CLEARLY, f"{mean:.4f}, {clearly:.4f}: python tests/references.py, and look"


def test_no_reference_is_left_of_a_chart_that_is_gone():
    assert {one.name for one in references.FOLDER.iterdir()} == {path(*one).name for one in names()}


@pytest.mark.parametrize("name", ["census", "funnel", "retention", "cash"])
def test_a_chart_of_another_program_is_not_taken_for_the_reference(found, name):
    changes = {"groups.evening.seats": 9, "attendance.probability": 0.6, "referrals.self.per_week": 1.0}
    other = iopsim.simulate(iopsim.load(references.HERE.parent / "scenarios" / "palmetto.toml", changes), 6)
    with Image.open(path(name, PRINT)) as reference:
        mean, clearly = apart(picture({"program": other}, name, PRINT), reference)
    assert mean > MEAN or clearly > CLEARLY


def test_a_moved_word_or_a_lost_band_is_seen(found):
    name, style = "census", PRINT
    with Image.open(path(name, style)) as reference:
        chart = references.draw(name, found["program"], style)
        chart.figure.axes[0].collections[0].remove()
        without_band = apart(_image(chart), reference)
        chart = references.draw(name, found["program"], style)
        chart.figure.texts[0].set_position((0.3, 0.5))
        moved = apart(_image(chart), reference)
    for mean, clearly in (without_band, moved):
        assert mean > MEAN or clearly > CLEARLY


def _image(chart):
    import io

    with Image.open(io.BytesIO(chart.png(dpi=references.DPI))) as image:
        return image.convert("RGB")

"""Colours of charts: told apart in grey and by people who see colour in another way, and letters that can be read."""

import importlib
import pkgutil
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

import iopsim
import iopsim.charts
from colours import SEEN_BY, apart, contrast, lightness
from iopsim.charts.kinds import KINDS, draw
from iopsim.charts.style import SLIDES
from references import results

PLAIN = Path(__file__).parent / "plain.toml"

IN_GREY = 8.0
"""Steps of lightness between fills that touch, of 100."""

TOLD_APART = 15.0
"""Distance of two colours that touch, as anybody sees them; about 2 can just be seen."""

READABLE = 4.5
"""Contrast of letters with what is behind them (Web Content Accessibility Guidelines 2.2, level AA)."""

PROGRAMS = [name for name, kind in KINDS.items() if kind.needs == "program"]
PLANS = [name for name, kind in KINDS.items() if kind.needs in ("plans", "design")]


def stacks():
    """Fills that touch, by the chart that stacks them: every constant LAYERS or FILLS of (key, words, colour)."""
    for found in pkgutil.iter_modules(iopsim.charts.__path__):
        module = importlib.import_module(f"iopsim.charts.{found.name}")
        for name in ("LAYERS", "FILLS"):
            if hasattr(module, name):
                yield pytest.param([row[2] for row in getattr(module, name)], id=found.name)


@pytest.fixture(scope="module")
def charts(tmp_path_factory):
    found = results(tmp_path_factory.mktemp("plans"))
    drawn = {name: draw(name, found[KINDS[name].needs]) for name in (*PROGRAMS, *PLANS)}
    for chart in drawn.values():
        chart.png(dpi=50)
    return drawn


def test_the_measures_of_colour_are_right():
    assert lightness("black") == pytest.approx(0.0, abs=1e-6)
    assert lightness("white") == pytest.approx(100.0, abs=1e-3)
    assert lightness("#777777") == pytest.approx(50.03, abs=0.05)
    assert contrast("black", "white") == pytest.approx(21.0, abs=1e-3)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)
    assert apart("#FF0000", "#00FF00") > 150.0
    assert apart("#B00000", "#5C5200", "deuteranopia") < apart("#B00000", "#5C5200") / 2


@pytest.mark.parametrize("colours", list(stacks()))
def test_fills_that_touch_are_told_apart_by_everybody_and_in_grey(colours):
    for one, other in pairwise(colours):
        assert abs(lightness(one) - lightness(other)) >= IN_GREY, (one, other)
        for by in (None, *SEEN_BY):
            assert apart(one, other, by) >= TOLD_APART, (one, other, by)


def drawn_as(line):
    """By what a line is known without its colour."""
    return line.get_linestyle(), line.get_marker(), round(line.get_linewidth(), 1)


@pytest.mark.parametrize("name", [*PROGRAMS, *PLANS])
def test_lines_in_one_place_differ_in_more_than_colour(charts, name):
    for axes in charts[name].figure.axes:
        lines = [line for line in axes.lines if line.get_visible() and len(line.get_xdata()) > 2]
        for one, other in combinations(lines, 2):
            if to_hex(one.get_color()) != to_hex(other.get_color()):
                in_grey = abs(lightness(one.get_color()) - lightness(other.get_color())) >= 3 * IN_GREY
                assert drawn_as(one) != drawn_as(other) or in_grey, (name, one, other)


@pytest.mark.parametrize("name", [*PROGRAMS, *PLANS])
def test_letters_can_be_read(charts, name):
    """On white, on their own box, or on a bar or a cell that lies behind them."""
    chart = charts[name]
    for text in chart.figure.findobj(mpl.text.Text):
        if not text.get_text().strip() or not text.get_visible():
            continue
        box = text.get_bbox_patch()
        behind = to_hex(box.get_facecolor()) if box is not None else background(text)
        assert contrast(text.get_color(), behind) >= READABLE, (name, text.get_text(), text.get_color(), behind)


def background(text):
    """The colour of the topmost fill at the middle of a text."""
    box = text.get_window_extent()
    middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    found = "#ffffff"
    for axes in text.figure.axes:
        for fill in [*axes.collections, *axes.patches]:
            if fill is axes.patch or isinstance(fill, PathCollection) or not fill.get_visible():
                continue
            colours = fill.get_facecolor()
            colour = colours[0] if getattr(colours, "ndim", 1) == 2 and len(colours) else colours
            if len(colour) == 4 and colour[3] == 1.0 and holds(fill, middle):
                found = to_hex(colour)
    return found


def holds(fill, place):
    """Whether a fill covers a place, in pixels."""
    transform = fill.get_transform()
    paths = fill.get_paths() if hasattr(fill, "get_paths") else [fill.get_path()]
    return any(path.transformed(transform).contains_point(place) for path in paths if len(path.vertices) > 2)


def test_lines_on_slides_are_thicker():
    result = iopsim.simulate(iopsim.load(PLAIN, {"weeks": 40}), 3)
    widest = [
        max(line.get_linewidth() for axes in draw("census", result, *style).figure.axes for line in axes.lines)
        for style in ((), (SLIDES,))
    ]
    assert widest[1] > 1.5 * widest[0]

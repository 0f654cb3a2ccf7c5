"""What is on a chart: its texts and their boxes, for tests that look at pictures."""

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg

from iopsim.charts.style import styled


def texts(chart):
    """What stands on a chart, with the box of each text in pixels; without ticks beyond the ends of an axis."""
    with styled(chart.style):
        renderer = FigureCanvasAgg(chart.figure).get_renderer()
        chart.figure.draw_without_rendering()
        found = [
            text
            for text in chart.figure.findobj(mpl.text.Text)
            if text.get_visible() and text.get_text().strip() and not _in_hidden_axes(text)
        ]
        undrawn = {
            id(label)
            for axes in chart.figure.axes
            for axis in (axes.xaxis, axes.yaxis)
            for tick in axis.get_major_ticks()
            for label, shown in ((tick.label1, tick.label1.get_visible()), (tick.label2, tick.label2.get_visible()))
            if not shown or not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        }
        return [(text.get_text(), text.get_window_extent(renderer)) for text in found if id(text) not in undrawn]


def _in_hidden_axes(text):
    return text.axes is not None and not text.axes.get_visible()


def words(chart):
    """Everything that stands on a chart as one line."""
    return " ".join(" ".join(text.split()) for text, _ in texts(chart))


def overlapping(boxes):
    """Pairs of texts of which one covers part of the other."""
    return [
        (one, other)
        for k, (one, box) in enumerate(boxes)
        for other, other_box in boxes[k + 1 :]
        if box.x0 + 1 < other_box.x1 and other_box.x0 + 1 < box.x1
        if box.y0 + 1 < other_box.y1 and other_box.y0 + 1 < box.y1
    ]


def assert_fits(chart):
    """Nothing is cut off at the page's edge, and no text is written over another."""
    boxes = texts(chart)
    assert not (found := overlapping(boxes)), found
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= chart.style.width * chart.style.dpi, text
        assert box.y1 <= chart.style.height * chart.style.dpi, text
    said = f"{chart.title} {chart.subtitle} {chart.caption} {chart.alt}"
    assert not {"nan", "None", "inf"} & set(said.replace("(", " ").replace("$", " ").split()), said

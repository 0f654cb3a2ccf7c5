"""Reference images of every chart, small, in tests/reference/; `python tests/references.py` draws them anew.

Look at what has changed before committing it: a test holds charts to these pictures.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

import iopsim
from iopsim.charts.kinds import KINDS, draw
from iopsim.charts.style import PRINT, SLIDES
from iopsim.experiments.plan import load_experiment

HERE = Path(__file__).parent
FOLDER = HERE / "reference"
DPI = 50
COLORS = 200
EXPERIMENT = """\
question = "How many seats for how many referrals?"
base = "{base}"
weeks = 60
replications = 6
design = "full_factorial"
measures = ["days_to_first_session", "started_share", "cost_usd"]

[factors]
groups.evening.seats = [6, 9, 12]
"referrals.*.per_week" = {{ times = [0.7, 1.0] }}
"""
ON_SLIDES = ("overview", "census", "timetable")


def results(scratch):
    """What charts are drawn of, by their need; `scratch` is a folder for files."""
    program = iopsim.simulate(iopsim.load(HERE.parent / "scenarios" / "palmetto.toml"), 6, by=("source",))
    plan = scratch / "seats.toml"
    plan.write_text(EXPERIMENT.format(base=(HERE / "plain.toml").as_posix()), encoding="utf-8")
    design = iopsim.experiment(load_experiment(plan))
    return {"program": program, "plans": design, "design": design}


def names():
    """Every picture: a chart and its style."""
    known = [kind.name for kind in KINDS.values() if kind.needs != "sensitivity"]
    return [*((name, PRINT) for name in known), *((name, SLIDES) for name in ON_SLIDES)]


def picture(found, name, style):
    """A chart in few dots."""
    chart = draw(name, found[KINDS[name].needs], style)
    with Image.open(io.BytesIO(chart.png(dpi=DPI))) as image:
        return image.convert("RGB")


def path(name, style):
    """Where the reference of a chart lies."""
    return FOLDER / f"{name}-{style.name}.png"


def apart(one, other):
    """Mean distance of two pictures, and the share of dots that differ clearly; each from 0 to 1."""
    if one.size != other.size:
        return 1.0, 1.0
    pair = (np.asarray(image.convert("RGB"), dtype=float) for image in (one, other))
    distance = np.abs(np.subtract(*pair)).mean(axis=2) / 255
    return float(distance.mean()), float((distance > 0.2).mean())


def main():
    """Draw every reference anew."""
    import tempfile

    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        found = results(Path(scratch))
    for name, style in names():
        image = picture(found, name, style).quantize(COLORS, dither=Image.Dither.NONE)
        image.save(path(name, style), optimize=True)


if __name__ == "__main__":
    main()

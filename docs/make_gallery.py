"""Draw the gallery: docs/gallery.md with its pictures in docs/gallery/, from the shipped programs and experiments.

    make gallery

Every picture is drawn by the command that stands below it, from results made here with seed 1 and mostly 200
replications, and then made smaller: 32 colors, 840 dots wide.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from iopsim.charts.chart import Chart
from iopsim.charts.kinds import KINDS
from iopsim.charts.of_results import draw_folders
from iopsim.charts.style import PRINT, SLIDES
from iopsim.experiments.opened import Opened, open_results

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PICTURES = DOCS / "gallery"
WIDTH = 840
COLORS = 32

PROGRAMS = ("palmetto", "directory-typical", "twelve-week", "benchmark-step-down", "daily-short")
OF_EACH_PROGRAM = ("timetable", "census")
EXPERIMENTS = (
    "evenings",
    "evening_groups",
    "second_counselor",
    "same_day_assessment",
    "fewer_referrals",
    "seats_and_referrals",
    "what_matters",
)
MANY_POINTS = ("what_matters",)
"""Designs of so many points that a quarter of the replications shows as much."""

SWEPT = "seats_and_referrals"
COMPARED = "evenings"


@dataclass(frozen=True)
class Shown:
    """A picture of the gallery: its file, the command that draws it, and the chart."""

    name: str
    command: str
    chart: Chart


def main() -> None:
    """Simulate what is lacking, draw everything, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--results", type=Path, help="where results are kept and looked for; else thrown away")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        results = asked.results or Path(scratch)
        folders = simulated(results, asked.replications)
        if PICTURES.exists():
            shutil.rmtree(PICTURES)
        PICTURES.mkdir()
        (DOCS / "gallery.md").write_text(page(folders), encoding="utf-8")
        shutil.copy(PICTURES / "overview.png", DOCS / "overview.png")  # the README's


def simulated(results: Path, replications: int) -> dict[str, Opened]:
    """Return the results folders by name, made if they are not there."""
    number = ["-n", str(replications), "-q"]
    commands = {name: ["run", str(ROOT / "scenarios" / f"{name}.toml"), "--by", "source", *number] for name in PROGRAMS}
    for name in EXPERIMENTS:
        fewer = [] if name not in MANY_POINTS else ["-n", str(replications // 4)]
        commands[name] = ["experiment", str(ROOT / "experiments" / f"{name}.toml"), *number, *fewer]
    commands["sensitivity"] = ["sensitivity", str(ROOT / "scenarios" / "palmetto.toml"), "-n", "20", "-q"]
    for name, words in commands.items():
        if not (results / name / "manifest.json").exists():
            print(f"simulating {name}", flush=True)
            subprocess.run([Path(sys.executable).with_name("iopsim"), *words, "--out", results / name], check=True)
    return {name: open_results(results / name) for name in commands}


def page(folders: dict[str, Opened]) -> str:
    """Return the page, and save its pictures."""
    lines = [
        "# Gallery",
        "",
        "Drawn by `make gallery` from the shipped [scenarios](../scenarios/) and [experiments](../experiments/); the",
        "foot of each says with how many replications. `iopsim chart --list` names all charts; each can be a PNG, an",
        "SVG or a PDF, for print or (`--style slides`) for the back of a room.",
        "",
        "## Every chart",
        "",
    ]
    for kind in KINDS.values():
        source = {"program": "palmetto", "plans": COMPARED, "design": SWEPT, "sensitivity": "sensitivity"}[kind.needs]
        lines += shown(kind.name, f"**{kind.name}**: {kind.shows}.", kind.name, source, folders)
    lines += ["## For the back of a room", ""]
    lines += shown("census_slides", "The same census on a slide.", "census", "palmetto", folders, "slides")
    lines += ["## Five programs", ""]
    for name in PROGRAMS:
        lines += [f"### {folders[name].plan().scenario.name}", ""]
        for kind in OF_EACH_PROGRAM:
            lines += shown(f"{name}_{kind}", "", kind, name, folders)
    lines += ["## The shipped experiments", ""]
    for name in EXPERIMENTS:
        lines += [f"### {folders[name].manifest['question']}", ""]
        kind = "sweep" if name in (SWEPT, "what_matters") else "differences"
        lines += shown(f"{name}_{kind}", "", kind, name, folders)
    return "\n".join(lines)


def shown(file: str, said: str, kind: str, source: str, folders: dict[str, Opened], style: str = "print") -> list[str]:
    """Draw a picture, save it, and return what the page says of it."""
    print(f"drawing {file}", flush=True)
    chart = draw_folders(kind, [folders[source]], SLIDES if style == "slides" else PRINT)
    (PICTURES / f"{file}.png").write_bytes(small(chart))
    command = f"iopsim chart {kind} results/{source} -o {kind}.png{' --style slides' if style == 'slides' else ''}"
    alt = chart.alt.replace("[", "(").replace("]", ")")
    return [*([said, ""] if said else []), f"![{alt}](gallery/{file}.png)", "", f"    {command}", ""]


def small(chart: Chart) -> bytes:
    """Return a chart as a small PNG."""
    with Image.open(io.BytesIO(chart.png())) as picture:
        height = round(picture.height * WIDTH / picture.width)
        resized = picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        resized.quantize(COLORS, dither=Image.Dither.NONE).save(file, format="PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    main()

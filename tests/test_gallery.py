"""The gallery: every chart, every shipped program and experiment is in it, and its pictures are there and small."""

import re
from pathlib import Path

import pytest

from iopsim.charts.kinds import KINDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"!\[([^\]]+)\]\((gallery/[\w.-]+\.png)\)", PAGE)


@pytest.mark.parametrize("name", KINDS)
def test_every_chart_is_shown_with_the_command_that_draws_it(name):
    assert (f"gallery/{name}.png") in [file for _, file in SHOWN]
    assert f"iopsim chart {name} results/" in PAGE


@pytest.mark.parametrize("path", sorted(ROOT.glob("scenarios/*.toml")), ids=lambda path: path.stem)
def test_every_shipped_program_is_shown(path):
    assert f"gallery/{path.stem}_census.png" in PAGE and f"gallery/{path.stem}_timetable.png" in PAGE


@pytest.mark.parametrize(
    "path",
    sorted(path for path in ROOT.glob("experiments/*.toml") if not path.stem.startswith("size_")),
    ids=lambda path: path.stem,
)
def test_every_shipped_experiment_is_shown(path):
    assert f"gallery/{path.stem}_" in PAGE


def test_pictures_have_a_text_and_are_there_and_small():
    files = {f"gallery/{path.name}" for path in (DOCS / "gallery").iterdir()}
    assert {file for _, file in SHOWN} == files
    assert all(len(alt) > 40 for alt, _ in SHOWN)
    sizes = [path.stat().st_size for path in (DOCS / "gallery").iterdir()]
    assert max(sizes) < 100_000 and sum(sizes) < 2_000_000


def test_the_readme_opens_with_a_picture():
    first = (ROOT / "README.md").read_text(encoding="utf-8").split("## ")[0]
    (picture,) = re.findall(r"!\[[^\]]{20,}\]\(([\w/.-]+\.png)\)", first)
    assert (ROOT / picture).stat().st_size < 120_000

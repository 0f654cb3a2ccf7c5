"""`iopsim chart`: from a results folder to a picture, the list, the page of thumbnails, what it refuses."""

import hashlib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iopsim.charts.kinds import KINDS
from iopsim.cli.showing import app

PLAIN = Path(__file__).parent / "plain.toml"
WEEKS = ("--weeks", "40")


def said(*words, code=0):
    found = CliRunner().invoke(app, [str(word) for word in words])
    assert found.exit_code == code, found.output
    return " ".join((found.stdout + found.stderr).split())


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    said("run", PLAIN, *WEEKS, "-n", "3", "--workers", "1", "-q", "--out", folder / "run", "--by", "source")
    bigger = ("--set", "bigger: groups.evening.seats=9")
    said("compare", PLAIN, *bigger, *WEEKS, "-n", "3", "--workers", "1", "-q", "--out", folder / "plans")
    return folder


@pytest.mark.parametrize(("end", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("PDF", b"%PDF")])
def test_a_chart_is_drawn_of_a_folder_alone_and_its_finding_told(folders, tmp_path, end, begins):
    out = tmp_path / f"census.{end}"
    told = said("chart", "census", folders / "run", "-o", out)
    assert "Census" in told and told.endswith(out.name)
    assert out.read_bytes().startswith(begins)


def test_the_chart_of_a_folder_is_that_of_the_run_that_made_it(folders, tmp_path):
    for name in ("census", "waits", "retention"):
        said("chart", name, folders / "run", "-o", tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").read_bytes() == (folders / "run" / f"{name}.png").read_bytes()


def test_slides_are_wider_and_of_several_plans_one_arm_is_shown(folders, tmp_path):
    said("chart", "census", folders / "plans", "-o", tmp_path / "base.png", "--style", "slides")
    said("chart", "census", folders / "plans", "--arm", "bigger", "-o", tmp_path / "bigger.png", "--style", "slides")
    base, bigger = ((tmp_path / name).read_bytes() for name in ("base.png", "bigger.png"))
    assert int.from_bytes(base[16:20]) == 1999 or int.from_bytes(base[16:20]) == 2000
    assert base != bigger


def test_the_list_has_every_chart_and_says_what_it_shows():
    told = said("chart", "--list")
    for kind in KINDS.values():
        assert kind.name in told and kind.shows.split()[0] in told


class Page(HTMLParser):
    """The pictures and the links of a page."""

    def __init__(self):
        super().__init__()
        self.pictures, self.elsewhere = [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "img":
            self.pictures.append(found)
        self.elsewhere += [found[name] for name in ("href", "src") if not found.get(name, "data:").startswith("data:")]


def test_the_page_of_thumbnails_shows_all_that_a_folder_holds_and_needs_nothing_else(folders, tmp_path):
    out = tmp_path / "page.html"
    said("chart", "--list", folders / "run", "-o", out)
    page = Page()
    page.feed(out.read_text())
    assert len(page.pictures) == sum(kind.needs == "program" for kind in KINDS.values())
    assert all(picture["alt"] for picture in page.pictures)
    assert page.elsewhere == []


def test_all_mistakes_are_told_at_once_and_nothing_is_written(folders, tmp_path):
    out = tmp_path / "chart.gif"
    told = said("chart", "cenus", folders / "run", "-o", out, "--style", "slide", "--measure", "foo", code=2)
    assert "KIND: found cenus; give a kind of chart" in told and "did you mean census?" in told
    assert "--out: found" in told and ".png, .svg or .pdf" in told
    assert "--style: found slide; give one of print, slides (did you mean slides?)" in told
    assert "--measure: found foo" in told
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_exists_is_kept_unless_it_is_to_be_replaced(folders, tmp_path):
    out = tmp_path / "census.png"
    out.write_bytes(b"mine")
    assert "which exists; name a new file, or say --replace" in said(
        "chart", "census", folders / "run", "-o", out, code=2
    )
    assert out.read_bytes() == b"mine"
    said("chart", "census", folders / "run", "-o", out, "--replace")
    assert hashlib.sha256(out.read_bytes()).digest() != hashlib.sha256(b"mine").digest()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("census",), "RESULTS: found nothing; give a results folder"),
        ((), "KIND: found nothing; give a kind of chart"),
        (("census", "nowhere"), "nowhere: found no such folder"),
        (("census", "run", "plans"), "found more than one folder; the chart 'census' is drawn of"),
        (("census", "plans", "--arm", "biger"), "--arm biger: found no such arm in"),
        (("census", "run", "--arm", "base"), "a run has no arms: leave --arm out"),
        (("census", "run", "--clients", "3"), "--clients: found 3; only these charts take it"),
        (("arms", "plans", "--arm", "bigger"), "--arm bigger: the chart 'arms' shows no single plan; leave --arm out"),
        (("equity", "plans"), "found clients not told apart; simulate again with `--by source`"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(folders, tmp_path, words, reason):
    told = [folders / word if (folders / word).is_dir() else word for word in words]
    assert reason in said("chart", *told, "-o", tmp_path / "a.png", code=2)
    assert not (tmp_path / "a.png").exists()


def test_a_list_with_a_folder_needs_a_page_to_write(folders, tmp_path):
    assert "--out: found nothing; give a file whose name ends in .html" in said(
        "chart", "--list", folders / "run", code=2
    )


def test_plans_without_factors_are_not_swept_and_the_page_of_their_charts_leaves_it_out(folders, tmp_path):
    assert "found plans without factors; the chart 'sweep' is drawn of an experiment with a design" in said(
        "chart", "sweep", folders / "plans", "-o", tmp_path / "a.png", code=2
    )
    said("chart", "--list", folders / "plans", "-o", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "iopsim chart differences" in page and "iopsim chart sweep" not in page
